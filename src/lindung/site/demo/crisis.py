"""An earthquake that did not happen, in the made-up population: who is listed, asked, and what they answer."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT, acting_worker
from lindung.crisis import operations, queries
from lindung.crisis.lifecycles import AnswerState
from lindung.crisis.models import CrisisEvent, EventKind, MusterEntry, Way
from lindung.crisis.operations import Given
from lindung.kernel.places import centre_of, checked
from lindung.monitoring import operations as telling
from lindung.outreach import operations as outreach
from lindung.protection import operations as protection
from lindung.reference.queries import place_label
from lindung.registry.models import Condition, Source, Worker, WorkerState

_MAGNITUDE, _DEPTH, _LEAST = 5.4, 12.0, 6
# Of every twelve on the list, in its order: what becomes known of them.
_ANSWERS = ("well", "well", "", "well", "", "family", "well", "", "unwell", "well", "", "officer")
_MOST = 36
# Asked at once, so that answers follow; the others are asked by jobs, as always.
_ASKED = 2 * _MOST


def shake(officer: Actor, *, today: date) -> None:
    """An earthquake where most of the officer's people are: declared, asked about, partly answered."""
    with acting_as(ROBOT):
        there = WorkerState.objects.filter(
            post_id__in=officer.posts, stage="during", cell__isnull=False
        )
        cells = Counter(each for each in there.values_list("cell", flat=True) if each)
    if not cells:
        return
    most = checked(cells.most_common(1)[0][0])
    (lat, lon), where = centre_of(most), place_label(most).split(",")[0]
    now = min(
        timezone.now(), datetime.combine(today, datetime.max.time(), ZoneInfo(settings.TIME_ZONE))
    )
    event = operations.declare(
        officer,
        kind=EventKind.EARTHQUAKE,
        title=f"Latihan gempa {where}"[:80],
        happened_at=now - timedelta(hours=3),
        source="Latihan Lindung; angka dibuat",
        source_on=today,
        given=Given(
            Way.MAGNITUDE, lat=lat, lon=lon, magnitude=_MAGNITUDE, depth=_DEPTH, least=_LEAST
        ),
        at=now - timedelta(hours=2, minutes=50),
        is_demo=True,
    )
    _reachable(officer, event, now=now)
    made = operations.ask(
        officer, event.id, with_maybe=True, at=now - timedelta(hours=2, minutes=45)
    )
    with acting_as(ROBOT):
        people = list(
            MusterEntry.objects.filter(event=event, state__in=queries.SILENT)
            .select_related("worker")
            .order_by("-inside", "-level", "id")[:_ASKED]
        )
    operations.ask_some(
        ROBOT,
        made.id,
        [each.worker_id for each in people],
        now=now - timedelta(hours=2, minutes=44),
    )
    for number, each in enumerate(people[:_MOST]):
        who, at = each.worker, now - timedelta(hours=2) + timedelta(minutes=number)
        match _ANSWERS[number % len(_ANSWERS)]:
            case "well":
                telling.check_in(
                    acting_worker(who.id, who.shown_name), who.id, condition=Condition.GOOD, at=at
                )
            case "unwell":
                protection.call_for_help(acting_worker(who.id, who.shown_name), who.id, at=at)
            case "family" | "officer" as source:
                operations.answer(
                    officer,
                    event.id,
                    who.id,
                    state=AnswerState.SAFE,
                    source=Source.FAMILY if source == "family" else Source.OFFICER,
                    at=at,
                    words="Sudah menelepon rumah."
                    if source == "family"
                    else "Bertemu di titik kumpul.",
                )
    operations.chase(ROBOT, now=now)


def _reachable(officer: Actor, event: CrisisEvent, *, now: datetime) -> None:
    """Some have told how they may be reached: by text message, by WhatsApp, in the evening only."""
    with acting_as(officer):
        found = [each.worker_id for each in queries.inside(officer, event, most=_MOST * 2)]
        people = Worker.objects.in_bulk(found)
    for number, key in enumerate(found):
        if (who := people.get(key)) is None or number % 3 == 2:
            continue
        evening = number % 12 == 4
        outreach.set_rules(
            acting_worker(who.id, who.shown_name),
            who.id,
            now=now,
            channels=["sms", "whatsapp"] if number % 2 else ["whatsapp", "sms"],
            not_before=time(19) if evening else None,
            not_after=time(22) if evening else None,
            harmless=number % 24 == 4,
        )
