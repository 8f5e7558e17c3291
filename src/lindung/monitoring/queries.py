"""Everything asked about life at work abroad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, Sum, Value
from django.urls import reverse
from django.utils import timezone

from lindung.access.actors import Actor, Kind
from lindung.kernel.refusals import NotFound
from lindung.monitoring.lifecycles import ExtensionState, LeaveState
from lindung.monitoring.models import (
    Answer,
    Companion,
    Employment,
    Extension,
    Leave,
    Tally,
    Told,
)
from lindung.monitoring.questions import Question, due, round_on
from lindung.placement import queries as placements
from lindung.placement.models import Contract
from lindung.preparation.queries import contract_end
from lindung.registry import queries as registry
from lindung.registry.living import living_rules
from lindung.registry.models import Stage, Worker, WorkerState


def current_employment(worker_id: UUID) -> Employment | None:
    """The employment that goes on, if one is known."""
    return Employment.objects.filter(worker_id=worker_id, ended_on__isnull=True).first()


def work_ends_on(contract: Contract) -> date | None:
    """The last day of work: of the last extension granted, else of the contract; None: not known."""
    granted = Extension.objects.filter(contract_id=contract.id, state=ExtensionState.GRANTED)
    until = granted.order_by("-until").values_list("until", flat=True).first()
    if until is not None:
        return until
    starts = contract.starts_on or contract.paper_starts_on
    return contract_end(contract, starts_on=starts) if starts else contract.ends_on


def renewed_check(
    contract: Contract, *, terms: Mapping[str, Any] | None, ends: date | None, on: date
) -> dict[str, Any]:
    """What the rules say of a contract that goes on, frozen.

    Args:
        terms: those of the renewed contract; the present ones without.
        ends: last day of the present one; work under the renewed one begins the day after.
        on: the day it is applied for, by which the rules of signing go.
    """
    check = placements.check_terms(
        contract.placement,
        form_name=contract.form,
        terms=contract.fields if terms is None else terms,
        signed_on=on,
        work_on=ends + timedelta(days=1) if ends else on,
    )
    return check.frozen()


def extensions_of(worker_id: UUID) -> list[Extension]:
    """Applications to extend, the newest first."""
    return list(Extension.objects.filter(worker_id=worker_id))


def extension(extension_id: UUID) -> Extension:
    """One application.

    Raises:
        NotFound: no such application, or none this actor may see.
    """
    found = Extension.objects.filter(id=extension_id).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def leaves_of(worker_id: UUID) -> list[Leave]:
    """Times away, the newest first."""
    return list(Leave.objects.filter(worker_id=worker_id))


def overdue_leaves(*, before: date) -> list[Leave]:
    """People on leave who were expected back before that day, the longest overdue first."""
    query = Leave.objects.filter(state=LeaveState.AWAY, back_by__lt=before)
    return list(query.select_related("worker").order_by("back_by", "id"))


def companions_of(worker_id: UUID) -> list[Companion]:
    """Who lives with the worker abroad now."""
    return list(Companion.objects.filter(worker_id=worker_id, left_on__isnull=True))


def questions_for(worker: Worker, on: date) -> list[Question]:
    """What to ask a person abroad on a day: this round's questions that they have not answered yet.

    Rounds run from the day work began, or from the day we came to know somebody whose beginning is
    not known. Nobody is asked before leaving or after coming home.
    """
    state = WorkerState.objects.filter(worker=worker).only("stage").first()
    if state is None or state.stage != Stage.DURING:
        return []
    began = (
        Employment.objects.filter(worker=worker)
        .order_by("-began_on")
        .values_list("began_on", flat=True)
        .first()
    )
    running = round_on(began or timezone.localdate(worker.created_at), on)
    if running is None:
        return []
    number, first = running
    since = datetime.combine(first, time.min, ZoneInfo(settings.TIME_ZONE))
    answered = Answer.objects.filter(worker=worker, at__gte=since, stands=True)
    return due(worker.id, number=number, answered=answered.values_list("question", flat=True))


@dataclass(frozen=True, slots=True)
class ConfirmedShare:
    """Of the people abroad in scope, how many were confirmed lately; ``href`` lists the others.

    ``on`` is the day that was counted for.
    """

    abroad: int
    confirmed: int
    days: int
    since: date
    on: date
    href: str

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down: a promise is not rounded up. None where nobody is abroad."""
        return self.confirmed * 100 // self.abroad if self.abroad else None

    @property
    def missing(self) -> int:
        """How many the list names."""
        return self.abroad - self.confirmed


def confirmed_share(actor: Actor, on: date) -> ConfirmedShare:
    """The share of people abroad in scope who were confirmed within the days that count.

    Exact for this moment. Added up from the tallies, a row for each day of confirming; only an
    office at home, whose people are at all posts, is counted anew.
    """
    days = living_rules(on).confirmed_days
    since = on - timedelta(days=days)
    if actor.kind is Kind.OFFICE:
        counted = registry.abroad(actor).aggregate(
            # Of rows, not of a column: then the index alone is read.
            abroad=Count("*"),
            confirmed=Count(Value(1), filter=Q(confirmed_on__gte=since)),
        )
    else:
        tallies = Tally.objects.filter(what=Told.CONFIRMED)
        if actor.kind is Kind.POST:
            tallies = tallies.filter(post_id__in=actor.posts)
        counted = tallies.aggregate(
            abroad=Sum("n", default=0), confirmed=Sum("n", filter=Q(day__gte=since), default=0)
        )
    return ConfirmedShare(
        abroad=counted["abroad"],
        confirmed=counted["confirmed"],
        days=days,
        since=since,
        on=on,
        href=reverse("unconfirmed"),
    )
