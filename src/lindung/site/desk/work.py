"""The queue of the desk: cases, contracts, clearances and tasks in one order, by lateness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.parties import queries as parties
from lindung.placement import queries as placements
from lindung.protection import queries as protection
from lindung.recruitment import queries as recruitment
from lindung.recruitment.labels import WAITING
from lindung.registry import queries as registry
from lindung.registry.models import Task

MOST = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: whole days left, what, whose, number, owner, and its page."""

    days: int
    what: str
    who: str
    number: str
    owner: str
    href: str

    @property
    def group(self) -> str:
        """The heading it stands under."""
        if self.days < -7:
            return _("Lewat jauh")
        if self.days < 0:
            return _("Lewat")
        return _("Segera") if self.days <= 7 else _("Nanti")


def queue(actor: Actor, *, now: datetime) -> list[Row]:
    """What waits for this actor, the latest first; at most 50 of each kind."""
    rows: list[Row] = []
    if actor.may(Right.CASE_READ):
        rows += [
            Row(
                days=_days(each.answer_due_at if each.answered_at is None else each.due_at, now),
                what=each.get_kind_display(),
                who=each.worker.full_name,
                number=each.number,
                owner=each.owner_name,
                href=reverse("case", args=[each.id]),
            )
            for each in protection.open_cases(actor)[:MOST]
        ]
    if actor.may(Right.CONTRACT_CHECK):
        rows += [
            Row(
                days=(each.answer_by - timezone.localtime(now).date()).days,
                what=_("Periksa kontrak"),
                who=each.worker.full_name,
                number=each.number,
                owner="",
                href=reverse("contract", args=[each.id]),
            )
            for each in placements.awaiting_verification(actor)[:MOST]
            if each.answer_by is not None
        ]
    if actor.may(Right.DEPARTURE_CLEAR) or actor.may(Right.REQUIREMENT_CONFIRM):
        rows += [
            Row(
                days=0,
                what=_("Lengkapi syarat keberangkatan"),
                who=each.worker.full_name,
                number=each.number,
                owner="",
                href=reverse("placement", args=[each.id]),
            )
            for each in placements.awaiting_clearance(actor)[:MOST]
        ]
    if actor.may(Right.PAPER_READ):
        rows += [
            Row(
                days=_days(each.due_at, now),
                what=str(WAITING[each.kind, each.step]),
                who=each.who,
                number=each.number,
                owner="",
                href=reverse("job_order" if each.page == "order" else each.page, args=[each.id]),
            )
            for each in recruitment.waiting(actor, most=MOST)
        ]
    if actor.may(Right.TASK_WORK):
        rows += [
            Row(
                days=_days(each.due_at, now),
                what=_(each.title),
                who=each.worker.full_name if each.worker else "",
                number=each.worker.public_number if each.worker else "",
                owner="",
                href=_page_of(each),
            )
            for each in registry.tasks_of(actor)[:MOST]
        ]
    if actor.may(Right.PROBLEM_ANSWER):
        rows += [
            Row(
                days=(each.answer_by - timezone.localtime(now).date()).days
                if each.answer_by
                else 0,
                what=_("Tanggapi catatan terhadap P3MI Anda"),
                who=each.get_kind_display(),
                number=each.number,
                owner="",
                href=reverse("answer_problem", args=[each.entry_id]),
            )
            for each in parties.hearings(actor)[:MOST]
            if each.open
        ]
    return sorted(rows, key=lambda row: row.days)


def _page_of(task: Task) -> str:
    """Where a task is done: with the person, or at the file it is about."""
    if task.worker_id is not None:
        return reverse("person", args=[task.worker_id])
    if task.kind.startswith("problem:") and task.subject is not None:
        return reverse("problem", args=[task.subject])
    if task.kind == "exchange-match" and task.subject is not None:
        return reverse("exchange-match", args=[task.subject])
    return ""


def summary(rows: list[Row]) -> dict[str, int]:
    """How many rows are late, due today, within a week, and later: counts of the same rows."""
    return {
        "late": sum(row.days < 0 for row in rows),
        "today": sum(row.days == 0 for row in rows),
        "week": sum(0 < row.days <= 7 for row in rows),
        "later": sum(row.days > 7 for row in rows),
    }


def _days(at: datetime, now: datetime) -> int:
    return (timezone.localtime(at).date() - timezone.localtime(now).date()).days
