"""Comparing both books: down two digest trees at once, to the fields that differ (§16).

What is found once may be a message that is still on its way, so a difference counts when it is seen
again after a time and nothing of its lane is under way, on our side or by the partner's own word.
What is no longer found is closed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
from django.db import connection
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.journal import record
from lindung.access.roles import ROBOT
from lindung.exchange import books
from lindung.exchange.events import DifferenceClosed, DifferenceConfirmed
from lindung.exchange.fields import label_of
from lindung.exchange.lifecycles import DIFFERENCE, DifferenceState
from lindung.exchange.models import (
    Comparison,
    Difference,
    DifferenceStep,
    Partner,
    SharedRecord,
)
from lindung.exchange.operations import digests
from lindung.exchange.operations.questions import Questions, questions
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.records import SUBJECT, Record, leaf_of
from lindung.exchange.wire.tree import WAYS
from lindung.registry.operations import close_task_about, open_task

# Our own: how long a message may take before a difference is more than that, and how long a desk
# has. No agreement names either yet.
SETTLES_IN = timedelta(minutes=2)
# After a silence a node may try again only every quarter of an hour; one that says longer than this
# that its message is under way is not believed.
THEIRS_TAKES = timedelta(days=1)
DESK_HAS = timedelta(days=7)
TASK = "exchange-difference"
ASKED_AT_ONCE, RECORDS_AT_ONCE = 500, 100
# More than this is no worklist: the heads will say what happened. Nothing is closed then.
MOST = 5_000
_RECORD = "placement.v1"


@dataclass(slots=True)
class Found:
    """What one walk found.

    Attributes:
        leaves: subject → our leaf and theirs, ``None`` where there is no such record.
        whole: the walk reached every difference.
    """

    ours: int = 0
    theirs: int = 0
    leaves: dict[str, tuple[bytes | None, bytes | None]] = field(default_factory=dict)
    whole: bool = True


def compare(partner_id: UUID, *, now: datetime, http: httpx.Client | None = None) -> Comparison:
    """Compare our books with a partner's and keep what differs.

    Raises:
        CannotAsk: its line carries no questions.
        Later, Stop: no answer, as the adapter says.
        Unacceptable: an answer that is none.
    """
    began = time.perf_counter()
    digests.fold()
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
    with questions(partner, http=http) as asking:
        found = walk(asking)
        theirs = _their_records(asking, found)
    with acting_as(ROBOT):
        under_way = theirs.changed | subjects_under_way(partner, list(found.leaves))
        seen = _differing(partner, found, theirs.records, under_way)
        _keep(partner, seen, theirs.under_way, now)
        if found.whole:
            _close_others(partner, set(seen), under_way, now)
        return Comparison.objects.create(
            partner=partner,
            at=now,
            ours=found.ours,
            theirs=found.theirs,
            differing=len(found.leaves),
            under_way=len((under_way | theirs.under_way) & set(found.leaves)),
            requests=asking.requests,
            bytes=asking.bytes,
            seconds=round(time.perf_counter() - began, 3),
        )


def walk(asking: Questions) -> Found:
    """Find the subjects whose leaves differ, breadth first, ``ASKED_AT_ONCE`` prefixes a request."""
    found = Found()
    level = [""]
    while level and found.whole:
        below: list[str] = []
        for start in range(0, len(level), ASKED_AT_ONCE):
            prefixes = level[start : start + ASKED_AT_ONCE]
            with acting_as(ROBOT):
                ours = digests.at(asking.partner, prefixes)
            said = asking.ask(
                "digests", "/exchange/v1/digests", {"record": _RECORD, "prefixes": prefixes}
            )
            theirs = [_read(node) for node in said["nodes"]]
            if [node.prefix for node in theirs] != prefixes:
                raise Unacceptable("data_invalid", "an answer about other prefixes")
            if prefixes == [""]:
                found.ours, found.theirs = ours[0].count, theirs[0].count
            for here, there in zip(ours, theirs, strict=True):
                below += _between(here, there, found)
            if len(found.leaves) > MOST:
                found.whole = False
                break
        level = below
    return found


def _between(ours: digests.Answer, theirs: digests.Answer, found: Found) -> Iterator[str]:
    """The prefixes to go down to; where both show leaves, the differing ones are noted."""
    if ours.children and theirs.children:
        for at, way in enumerate(WAYS):
            here, there = (each.children[at * 32 : at * 32 + 32] for each in (ours, theirs))
            if here != there:
                yield ours.prefix + way
    elif ours.children or theirs.children:
        # One side is split where the other is not: its children are asked one by one.
        yield from (ours.prefix + way for way in WAYS)
    else:
        for subject in ours.leaves.keys() | theirs.leaves.keys():
            pair = (ours.leaves.get(subject), theirs.leaves.get(subject))
            if pair[0] != pair[1]:
                found.leaves[subject] = pair


def _read(node: dict[str, Any]) -> digests.Answer:
    """One node of the partner's tree; its answer fits the schema already."""
    children = b"".join(bytes.fromhex(each) for each in node.get("children", ()))
    leaves = {subject: bytes.fromhex(leaf) for subject, leaf in node.get("leaves", ())}
    return digests.Answer(node["prefix"], int(node["count"]), children, leaves)


@dataclass(frozen=True, slots=True)
class _Theirs:
    """What the partner says of the subjects that differ.

    Attributes:
        records: those that hash to the leaf it showed before.
        changed: those whose record changed between its two answers.
        under_way: those of which it has still something to say to us.
    """

    records: dict[str, Record]
    changed: set[str]
    under_way: set[str]


def _their_records(asking: Questions, found: Found) -> _Theirs:
    wanted = sorted(found.leaves)
    records: dict[str, Record] = {}
    under_way: set[str] = set()
    for start in range(0, len(wanted), RECORDS_AT_ONCE):
        body = {"record": _RECORD, "subjects": wanted[start : start + RECORDS_AT_ONCE]}
        said = asking.ask("records", "/exchange/v1/records", body)
        records |= {each[SUBJECT]: each for each in said["records"]}
        under_way |= set(said.get("under_way", ()))
    # What does not hash to its leaf changed between two answers: the next comparison will tell.
    leaves = {subject: theirs for subject, (_, theirs) in found.leaves.items()}
    shown = {subject: leaf_of(record) for subject, record in records.items()}
    changed = {subject for subject in wanted if shown.get(subject) != leaves[subject]}
    stand = {subject: record for subject, record in records.items() if subject not in changed}
    return _Theirs(stand, changed, under_way)


def subjects_under_way(partner: Partner, subjects: Sequence[str]) -> set[str]:
    """Of these, the ones of which something is still on its way, or not yet folded in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select subject from exchange_outgoing
            where partner_id = %(partner)s and subject = any(%(these)s)
              and state in ('waiting', 'stored') and sequence is not null
            union select subject from exchange_incoming
            where partner_id = %(partner)s and subject = any(%(these)s)
              and state in ('kept', 'waiting')
            union select r.subject from exchange_sharedrecord r
            join exchange_stalerecord s on s.worker_id = r.worker_id
            where r.partner_id = %(partner)s and r.subject = any(%(these)s)
            """,
            {"partner": partner.pk, "these": list(subjects)},
        )
        return {subject for (subject,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class _Pair:
    ours: str
    theirs: str
    about: SharedRecord | None


def _differing(
    partner: Partner, found: Found, theirs: dict[str, Record], under_way: set[str]
) -> dict[tuple[str, str], _Pair]:
    """Subject and field → both values, of all that is not under way."""
    wanted = [subject for subject in found.leaves if subject not in under_way]
    rows = SharedRecord.objects.filter(partner=partner, subject__in=wanted)
    about = {row.subject: row for row in rows}
    held = {each.subject: each.record for each in books.of_subjects(partner, wanted)}
    seen: dict[tuple[str, str], _Pair] = {}
    for subject in wanted:
        ours_leaf, theirs_leaf = found.leaves[subject]
        ours = held.get(subject, {}) if ours_leaf is not None else {}
        there = theirs.get(subject, {}) if theirs_leaf is not None else {}
        if not ours or not there:
            seen[subject, SUBJECT] = _Pair(
                subject if ours else "", subject if there else "", about.get(subject)
            )
            continue
        for name in ours.keys() | there.keys():
            if ours.get(name, "") != there.get(name, ""):
                pair = _Pair(ours.get(name, ""), there.get(name, ""), about.get(subject))
                seen[subject, name] = pair
    return seen


# --- keeping --------------------------------------------------------------------------------------


def _keep(
    partner: Partner, seen: dict[tuple[str, str], _Pair], theirs: set[str], now: datetime
) -> None:
    """Keep what differs and confirm what stays so.

    Args:
        theirs: subjects of which the partner says that it has a message under way.
    """
    rows = Difference.objects.filter(
        partner=partner, closed_at=None, subject__in={subject for subject, _ in seen}
    )
    known = {(row.subject, row.field): row for row in rows.select_for_update()}
    for (subject, name), pair in seen.items():
        row = known.get((subject, name))
        if row is None:
            scope = pair.about.scope() if pair.about is not None else {}
            Difference.objects.create(
                partner=partner, subject=subject, field=name, ours=pair.ours, theirs=pair.theirs,
                worker_id=pair.about.worker_id if pair.about is not None else None,
                found_at=now, seen_at=now, **(scope | {"country": partner.country}),
            )  # fmt: skip
            continue
        same = (row.ours, row.theirs) == (pair.ours, pair.theirs)
        row.ours, row.theirs = pair.ours, pair.theirs
        if pair.about is not None:  # it may have come into another post's charge meanwhile
            row.worker_id, row.post_id = pair.about.worker_id, pair.about.post_id
            row.agency_id, row.region = pair.about.agency_id, pair.about.region
        row.seen_at, row.times = now, row.times + 1
        settles_in = THEIRS_TAKES if subject in theirs else SETTLES_IN
        if row.state == DifferenceState.FOUND and not same:
            row.found_at = now  # another difference than the one seen before
        elif row.state == DifferenceState.FOUND and now - row.found_at >= settles_in:
            _confirm(partner, row, now)
        row.save()


def _confirm(partner: Partner, row: Difference, now: datetime) -> None:
    row.state = DIFFERENCE.take("confirm", DifferenceState(row.state))
    row.confirmed_at = now
    about = DifferenceConfirmed(
        difference=row.id, number=row.subject, field=row.field, label=label_of(row.field)
    )
    record(about, actor=ROBOT, about=row)
    open_task(
        ROBOT,
        about=row,
        kind=TASK,
        title=gettext_noop("Selesaikan selisih catatan dengan negara tujuan"),
        due_at=now + DESK_HAS,
        owner="post" if row.post_id is not None else "ministry",
        subject=task_of(row),
        details={"partner": partner.code, "number": row.subject},
    )


def task_of(row: Difference) -> UUID:
    """What the desk's one task about a subject hangs on."""
    return uuid5(row.partner_id, row.subject)


def _close_others(
    partner: Partner,
    seen: set[tuple[str, str]],
    under_way: set[str],
    now: datetime,
) -> None:
    """Close what both books agree on again."""
    rows = Difference.objects.filter(partner=partner, closed_at=None).select_for_update()
    gone = [
        row for row in rows if (row.subject, row.field) not in seen and row.subject not in under_way
    ]
    held = {h.subject: h.record for h in books.of_subjects(partner, {r.subject for r in gone})}
    for row in gone:
        ours = held.get(row.subject, {}).get(row.field, "")
        row.moved = "theirs" if ours == row.ours else "ours"
        last = DifferenceStep.objects.filter(difference=row).exclude(what="noted").last()
        row.closed_name = last.name if last is not None else ""
        acted = row.state in {DifferenceState.ASKED, DifferenceState.TAKING}
        step = "settle" if acted else "vanish"
        confirmed = row.state != DifferenceState.FOUND
        row.state = DIFFERENCE.take(step, DifferenceState(row.state))
        row.closed_at = now
        row.save()
        if confirmed:
            about = DifferenceClosed(
                difference=row.id,
                number=row.subject,
                field=row.field,
                label=label_of(row.field),
                moved=row.moved,
            )
            record(about, actor=ROBOT, about=row)
        left = Difference.objects.filter(partner=partner, subject=row.subject, closed_at=None)
        if not left.filter(confirmed_at__isnull=False).exists():
            close_task_about(ROBOT, task_of(row), kind=TASK)
