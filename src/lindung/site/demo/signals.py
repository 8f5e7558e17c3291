"""What made-up people at work abroad tell, through the service's own operations, and what comes of it.

A passport kept, months not paid, a low mood, people shut in at one employer; others who are well. Then our
robot looks at everybody, an officer looks at some of it, and the quiet ones are drawn by lot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT, acting_worker
from lindung.monitoring import operations as telling
from lindung.monitoring.models import WageState
from lindung.registry.models import Worker
from lindung.signals import operations
from lindung.signals.models import Alert, Outcome

_PEOPLE = 40
# Of every ten people: what they answer beside what everybody answers.
_ANSWERS: tuple[Mapping[str, str], ...] = (
    {"passport_keeper": "employer", "may_go_out": "no"},
    {"wage_cut": "placement"},
    {"interest": "daily", "low_mood": "most_days"},
    {"passport_keeper": "agency"},
    {"may_go_out": "no", "phone_hours": "taken", "day_off": "never"},
    {},
    {"passport_keeper": "locker"},
    {},
    {"debt": "more"},
    {},
)
_USUAL = {"passport_keeper": "me", "may_go_out": "yes", "day_off": "weekly", "wage_cut": "usual"}


def tell(officer: Actor, *, today: date) -> None:
    """Let people tell, look, and let an officer of their post look.

    Args:
        officer: an attaché; the people are of that post.
    """
    with acting_as(ROBOT):
        people = list(
            Worker.objects.filter(post_id__in=officer.posts, state__stage="during", is_demo=True)
            .order_by("id")[:_PEOPLE]
        )  # fmt: skip
    now = datetime.combine(today, time(9), ZoneInfo(settings.TIME_ZONE))
    for number, who in enumerate(people):
        me = acting_worker(who.id, who.shown_name)
        answers = _USUAL | dict(_ANSWERS[number % len(_ANSWERS)])
        for nth, (question, answer) in enumerate(answers.items()):
            at = now - timedelta(days=3 + number % 5, minutes=nth)
            telling.answer(me, who.id, question=question, answer=answer, at=at)
        _wages(me, who, number, today=today, now=now)
    operations.look_at_everybody(ROBOT, on=today, at=now)
    operations.draw_quiet(ROBOT, month=today.replace(day=1), seed=settings.SECRET_KEY)
    _look(officer, now)


def _wages(me: Actor, who: Worker, number: int, *, today: date, now: datetime) -> None:
    month = today.replace(day=1)
    for back in range(3):
        month = (month - timedelta(days=1)).replace(day=1)
        unpaid = number % 9 == 4 and back < 2
        telling.report_wage(
            me,
            who.id,
            month=month,
            state=WageState.NOT_YET if unpaid else WageState.PAID,
            at=now - timedelta(days=1),
        )


def _look(officer: Actor, now: datetime) -> None:
    """One is a false alarm, one is true, one becomes a case."""
    with acting_as(officer):
        found = list(Alert.objects.filter(worker__isnull=False, state="new").order_by("due_at")[:9])
    for number, each in enumerate(found):
        if number % 3 == 0:
            operations.review(
                officer, each.id, outcome=Outcome.FALSE, words="Kuncinya ada pada pekerja.", at=now
            )
        elif number % 3 == 1:
            operations.review(officer, each.id, outcome=Outcome.TRUE, at=now)
