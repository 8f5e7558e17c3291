"""Everything asked about incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.roles import ROBOT
from lindung.incidents import plans
from lindung.incidents.lifecycles import IncidentState, TodoState
from lindung.incidents.models import (
    AgencyDuty,
    Certainty,
    Expense,
    FamilyNotice,
    Happening,
    HealthFinding,
    Incident,
    IncidentKind,
    Reception,
    Ruling,
    Todo,
)
from lindung.kernel.refusals import NotFound

UNEXPLAINED = (Certainty.STATED, Certainty.UNKNOWN, Certainty.CERTIFICATE)


@dataclass(frozen=True, slots=True)
class Line:
    """A step as it stands: what the workflow says, its row, and what stops it."""

    plan: plans.PlanStep
    todo: Todo
    waiting: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.todo.state == TodoState.OPEN

    @property
    def may_begin(self) -> bool:
        """Whether nothing stops it now."""
        return self.is_open and not self.waiting

    @property
    def title(self) -> str:
        """What it is, in the active language."""
        return plans.said(self.plan.title)

    @property
    def hint(self) -> str:
        """How it is done, in the active language."""
        return plans.said(self.plan.hint)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen in it."""
        return [(key, plans.said(words)) for key, words in self.plan.choices.items()]

    @property
    def unsure(self) -> bool:
        """Whether an officer has to decide about its rule first."""
        return self.is_open and self.todo.needs_check and not self.todo.decision


@dataclass(frozen=True, slots=True)
class TrackLines:
    """A track with its steps."""

    id: str
    title: str
    lines: tuple[Line, ...]

    @property
    def done(self) -> int:
        """How many steps are over."""
        return sum(not each.is_open for each in self.lines)

    @property
    def state(self) -> str:
        """``past`` when all is over, ``now`` when something can be done, else ``future``."""
        if self.done == len(self.lines):
            return "past"
        return "now" if any(each.may_begin for each in self.lines) else "future"


@dataclass(frozen=True, slots=True)
class Deaths:
    """Deaths of people who worked for one employer, and how many of them nobody explained."""

    country: str
    employer_id: UUID | None
    site: str
    count: int
    unexplained: int
    first_on: datetime


@dataclass(frozen=True, slots=True)
class ToldToFamily:
    """What a relative may know: what happened, what was done, what comes next. No word on health
    but what was copied to them.
    """

    number: str
    kind: str
    title: str
    state: str
    done: tuple[tuple[str, datetime | None], ...]
    coming: tuple[tuple[str, datetime | None], ...]
    cause_copied: bool
    received: Reception | None


def incident(incident_id: UUID) -> Incident:
    """One incident.

    Raises:
        NotFound: no such incident, or none this actor may see.
    """
    found = Incident.objects.filter(id=incident_id).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def incidents_of(worker_id: UUID) -> list[Incident]:
    """A person's incidents, the newest first."""
    return list(Incident.objects.filter(worker_id=worker_id).order_by("-known_at"))


def open_incidents(actor: Actor, *, kind: str = "") -> QuerySet[Incident]:
    """Incidents under way in scope, the one with the next clock first."""
    query = Incident.objects.filter(ended_at__isnull=True).select_related("worker")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    elif actor.kind is Kind.OFFICE:
        query = query.filter(region__in=actor.regions)
    if kind:
        query = query.filter(kind=kind)
    return query.annotate(
        next_due=Min("todos__due_at", filter=Q(todos__state=TodoState.OPEN)),
        law_due=Min("todos__law_due_at", filter=Q(todos__state=TodoState.OPEN)),
        open_steps=Count("todos", filter=Q(todos__state=TodoState.OPEN)),
    ).order_by("next_due", "id")


def open_counts(actor: Actor) -> dict[str, int]:
    """How many are under way, by kind."""
    rows = open_incidents(actor).order_by().values_list("kind", "id")
    counts: dict[str, int] = {}
    for kind, *_ in rows:
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def tracks_of(found: Incident) -> list[TrackLines]:
    """The tracks of an incident that are open to it, with their steps."""
    todos = {each.step: each for each in Todo.objects.filter(incident=found)}
    opened = {each.step for each in todos.values() if each.state == TodoState.OPEN}
    plan = plans.plan_of(found.kind)
    tracks = []
    for track in plan.tracks:
        lines = tuple(
            Line(step, todos[step.id], _waiting(plan, step, opened))
            for step in track.steps
            if step.id in todos
        )
        if lines:
            tracks.append(TrackLines(track.id, plans.said(track.title), lines))
    return tracks


def _waiting(plan: plans.Plan, step: plans.PlanStep, opened: set[str]) -> tuple[str, ...]:
    needs: Sequence[str] = step.needs
    if step.last:
        needs = [each.id for each in plan.steps() if not each.last]
    return tuple(plans.said(plan.step(each).title) for each in needs if each in opened)


def findings_of(found: Incident) -> list[HealthFinding]:
    """What is known of health or cause, the newest first, for those who may read it."""
    return list(HealthFinding.objects.filter(incident=found))


def notices_of(found: Incident) -> list[FamilyNotice]:
    """Which relatives were told, and how."""
    return list(FamilyNotice.objects.filter(incident=found))


def happenings_of(found: Incident) -> list[Happening]:
    """Dated things, in order."""
    return list(Happening.objects.filter(incident=found))


def expenses_of(found: Incident) -> list[Expense]:
    """What was paid, by whom."""
    return list(Expense.objects.filter(incident=found))


def duties_of(found: Incident) -> list[AgencyDuty]:
    """What the recruiter was asked."""
    return list(AgencyDuty.objects.filter(incident=found))


def reception_of(found: Incident) -> Reception | None:
    """The hand-over at home, if there was one."""
    return Reception.objects.filter(incident=found).first()


def agency_duties(actor: Actor) -> list[AgencyDuty]:
    """What a recruiter was asked about people it placed, the unanswered first."""
    return list(
        AgencyDuty.objects.filter(agency_id=actor.agency)
        .select_related("worker")
        .order_by("-answered_at", "due_at")[:100]
    )


def deaths_by_employer(*, since: date, until: date) -> list[Deaths]:
    """Deaths per country, employer and site of the workplace, made certain, the most first.

    Counted by the day they happened, or were known; our robot asks it for the pattern alert.
    """
    found = (
        Incident.objects.filter(
            kind=IncidentKind.DEATH,
            state__in=[IncidentState.VERIFIED, IncidentState.CLOSED],
            known_at__date__gte=since,
            known_at__date__lte=until,
        )
        .values("country", "employer_id", "site")
        .annotate(count=Count("id", distinct=True), first_on=Min("known_at"))
        .order_by("-count", "country", "site")
    )
    explained = {
        (row["incident__country"], row["incident__employer_id"], row["incident__site"]): row["n"]
        for row in HealthFinding.objects.exclude(certainty__in=UNEXPLAINED)
        .filter(
            incident__kind=IncidentKind.DEATH,
            incident__known_at__date__gte=since,
            incident__known_at__date__lte=until,
        )
        .values("incident__country", "incident__employer_id", "incident__site")
        .annotate(n=Count("incident", distinct=True))
    }
    return [
        Deaths(
            row["country"],
            row["employer_id"],
            row["site"],
            row["count"],
            row["count"] - explained.get((row["country"], row["employer_id"], row["site"]), 0),
            row["first_on"],
        )
        for row in found
    ]


def family_not_told_yet(worker_id: UUID) -> bool:
    """Whether a death is known that nobody has told the family of. Asked as our robot."""
    deaths = Incident.objects.filter(
        worker_id=worker_id, kind=IncidentKind.DEATH, verified_at__isnull=False
    )
    told = FamilyNotice.objects.filter(incident__in=deaths)
    return deaths.exists() and not told.exists()


def for_family(actor: Actor) -> list[ToldToFamily]:
    """What a relative may know of the person they act for.

    Nothing before somebody of ours has told the family in person; nothing that the person did not
    agree to have told. A screen never brings such news first.
    """
    if actor.worker is None:
        return []
    with acting_as(ROBOT):
        told = []
        for each in Incident.objects.filter(worker_id=actor.worker).order_by("-known_at"):
            if not each.tells_family or not FamilyNotice.objects.filter(incident=each).exists():
                continue
            lines = [line for track in tracks_of(each) for line in track.lines]
            copied = HealthFinding.objects.filter(
                incident=each, copied_to_family_at__isnull=False
            ).exists()
            told.append(
                ToldToFamily(
                    number=each.number,
                    kind=each.kind,
                    title=plans.said(plans.plan_of(each.kind).title),
                    state=each.state,
                    done=tuple(
                        (line.title, line.todo.done_at)
                        for line in lines
                        if line.todo.state == TodoState.DONE
                    ),
                    coming=tuple((line.title, line.todo.due_at) for line in lines if line.is_open),
                    cause_copied=copied,
                    received=reception_of(each),
                )
            )
    return told


def rulings_of(incident: Incident) -> list[Ruling]:
    """What was asked of two people on an incident, oldest first."""
    return list(Ruling.objects.filter(incident=incident))


def ruling(ruling_id: UUID) -> Ruling:
    """One of them.

    Raises:
        NotFound: no such one, or none this actor may see.
    """
    found = Ruling.objects.filter(id=ruling_id).first()
    if found is None:
        raise NotFound
    return found
