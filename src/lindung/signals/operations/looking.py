"""Our robot looks: at everybody each night, at a few as soon as something is told of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from lindung.access.actors import Actor
from lindung.access.journal import Told, append_all, record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.signals import dues, parties, passing
from lindung.signals.catalogue import signals
from lindung.signals.events import AlertRaised, PassMade, QuietDrawn
from lindung.signals.models import Alert, AuditPick, Pass, Unjudged
from lindung.signals.passing import Settled
from lindung.signals.queries import thresholds_on

# So many journal entries in one statement.
_AT_ONCE = 5_000
# Of the quiet people of each post this share is asked each month; our own practice.
QUIET_PERCENT = 2


@operation(Right.ALERT_RAISE)
def look_at_people(
    actor: Actor, workers: Sequence[UUID], *, on: date, at: datetime
) -> list[Settled]:
    """Bring the alerts about some people in line with their rows; at most a thousand at once."""
    return _look_at_people(actor, sorted(set(workers)), on=on, at=at)


@operation(Right.ALERT_RAISE)
def look_at_everybody(actor: Actor, *, on: date, at: datetime) -> Pass:
    """All signals over everybody: the nightly pass.

    Signals about people come first, since clusters are reckoned from what they found.
    """
    began = time.perf_counter()
    settled = _look_at_people(actor, None, on=on, at=at)
    changed = thresholds_on(on)
    for each in signals().values():
        if each.about == "party":
            found = parties.found(each, on=on, changed=changed.get(each.id))
            settled.append(passing.settle_parties(each, found, on=on, at=at))
            _tell(actor, settled[-1])
    counts = {
        each.signal: {
            "found": each.found,
            "raised": len(each.raised),
            "changed": each.changed,
            "gone": each.gone,
        }
        for each in settled
    }
    seconds = round(time.perf_counter() - began, 3)
    made = Pass.objects.create(on=on, began_at=at, seconds=seconds, counts=counts)
    record(
        PassMade(
            on=on,
            raised=sum(len(each.raised) for each in settled),
            changed=sum(each.changed for each in settled),
            gone=sum(each.gone for each in settled),
        ),
        actor=actor,
        subject=made.id,
    )
    return made


def _look_at_people(
    actor: Actor, workers: list[UUID] | None, *, on: date, at: datetime
) -> list[Settled]:
    asked = [each for each in signals().values() if each.about == "person"]
    with passing.looking(asked, on=on, workers=workers, changed=thresholds_on(on)) as look:
        settled = passing.settle_people(asked, look, at=at)
        for each in settled:
            _tell(actor, each)
        if workers is None:
            _list_unjudged(look)
    return settled


def _tell(actor: Actor, settled: Settled) -> None:
    """Journal what is new; many at once, and nobody reacts: who has to look sees the queue."""
    title = signals()[settled.signal].title.id
    told = []
    for each in settled.raised:
        event = AlertRaised(
            alert=each.id, signal=settled.signal, title=title, severity=each.severity
        )
        told.append(Told(event, Alert(id=each.id, worker_id=each.worker_id, **each.scope)))
    for start in range(0, len(told), _AT_ONCE):
        append_all(told[start : start + _AT_ONCE], actor=actor)


def _list_unjudged(look: passing.Look) -> None:
    """Which rules kept a month's sum from being whole, for how many people: somebody checks those."""
    month = dues.months_before(look.on, 1)[0]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE_OF_A_KIND, {"month": month})
        rows = cursor.fetchall()
    people: dict[tuple[str, str, str], int] = {}
    for kind, count in rows:
        work = look.kinds[kind]
        for gap in dues.law_of(work, month).gaps:
            key = (work.country, gap.rule, gap.reason)
            people[key] = people.get(key, 0) + count
    kept: dict[tuple[str, str], Unjudged] = {}
    for (country, rule, reason), count in people.items():
        kept[(country, rule)] = Unjudged(
            signal="underpayment",
            country=country,
            rule=rule,
            reason=reason,
            people=count,
            on=look.on,
        )
    Unjudged.objects.all().delete()
    Unjudged.objects.bulk_create(kept.values())


_PEOPLE_OF_A_KIND = """
select t.kind, count(*)
from monitoring_wagereport w join looked_terms t on t.worker_id = w.worker_id
where w.stands and w.month = %(month)s and t.kind is not null and t.signed
group by t.kind
"""


@operation(Right.ALERT_RAISE)
def draw_quiet(actor: Actor, *, month: date, seed: str) -> int:
    """Draw by lot, for each post, the quiet people to be asked this month; the same seed, the same people.

    Quiet is who is abroad and of whom no alert stands. Whoever was drawn stays drawn.

    Args:
        month: its first day.
        seed: kept by us and told to nobody beforehand, so that nobody knows who will be asked.
    """
    with passing.over_everybody() as cursor:
        cursor.execute(_QUIET, {"lot": f"{seed}:{month}:", "percent": QUIET_PERCENT})
        columns = ("worker_id", "post_id", "agency_id", "region", "country")
        picks = [
            AuditPick(month=month, **dict(zip(columns, row, strict=True)))
            for row in cursor.fetchall()
        ]
    made = AuditPick.objects.bulk_create(picks, ignore_conflicts=True, batch_size=_AT_ONCE)
    record(QuietDrawn(month=month, people=len(made)), actor=actor)
    return len(made)


# Drawn where they are: of a country's quiet people, the fiftieth part leaves the database.
_QUIET = """
select worker_id, post_id, agency_id, region, country
from (
    select s.worker_id, s.post_id, s.agency_id, s.region, s.country,
           row_number() over (
               partition by s.post_id order by sha256((%(lot)s || s.worker_id)::bytea)) as place,
           count(*) over (partition by s.post_id) as people
    from registry_workerstate s
    where s.stage = 'during' and s.post_id is not null
      and not exists (
          select from signals_alert a where a.worker_id = s.worker_id and a.gone_on is null)
) quiet
where place <= ceil(people * %(percent)s / 100.0)
"""
