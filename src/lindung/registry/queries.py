"""Everything asked about people; the row policies decide which rows answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.utils import timezone

from lindung.access.acting import acting_as, current_actor
from lindung.access.actors import Actor, Kind
from lindung.access.journal import LOOKED, closed_to
from lindung.access.models import JournalEntry
from lindung.access.ready import Given, Question
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.kernel import identifiers, names
from lindung.kernel.refusals import NotFound
from lindung.registry.living import living_rules
from lindung.registry.models import (
    Condition,
    Fact,
    FactKind,
    Identifier,
    MergeRecord,
    OutsideNumber,
    SelfEnrolment,
    Stage,
    Task,
    Worker,
    WorkerState,
    WorkerToken,
)

PAGE = 50
STORY = 200  # entries of a life-line on one page
SHOWN_LOOKS = 5

_BY_ID = Question(lambda: Worker.objects.filter(id=Given("id")).select_related("state"))


def in_scope(actor: Actor, query: QuerySet[Worker]) -> QuerySet[Worker]:
    """The same rows the policy leaves, with the scope as a constant that the planner can see."""
    if actor.kind is Kind.POST:
        return query.filter(post_id__in=actor.posts)
    if actor.kind is Kind.AGENCY:
        return query.filter(agency_id=actor.agency)
    if actor.kind is Kind.OFFICE:
        return query.filter(region__in=actor.regions)
    return query


def worker(worker_id: UUID) -> Worker:
    """One person.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    found = _BY_ID.first(id=worker_id)
    if found is None:
        raise NotFound
    return _as_seen(found)


def person(worker_id: UUID) -> Worker:
    """One person under any of their ids; another id comes back where this one is an alias.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    found = Worker.objects.filter(id=worker_id, merged_into__isnull=True)
    seen = found.select_related("state").first()
    if seen is not None:
        return _as_seen(seen)
    return worker(kept_id(worker_id))


def worker_by_number(number: str) -> Worker:
    """One person by public number.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    found = _numbered(number)
    if found is None:
        raise NotFound
    return _as_seen(found)


def kept_id(worker_id: UUID) -> UUID:
    """Under which id a person's file is kept now: this one, unless it was merged into another.

    Tells an id only; whether its file may be seen, the policies say.
    """
    with acting_as(ROBOT):
        return _kept(Worker.objects.filter(id=worker_id)) or worker_id


def merge_history(worker_id: UUID) -> list[MergeRecord]:
    """Entries merged into this person, proposed or undone, the newest first."""
    return list(MergeRecord.objects.filter(worker_id=worker_id))


def merge_record(merge_id: UUID) -> MergeRecord:
    """One merge.

    Raises:
        NotFound: no such merge, or none this actor may see.
    """
    found = MergeRecord.objects.filter(id=merge_id).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def newest_workers(actor: Actor, *, before: UUID | None = None) -> list[Worker]:
    """A page of people in scope, newest first, below ``before``; one more row tells of a next."""
    # The states are fetched by id: joined under two policies, the planner reads too many.
    people = Worker.objects.filter(merged_into__isnull=True).prefetch_related("state")
    query = in_scope(actor, people).order_by("-id")
    if before is not None:
        query = query.filter(id__lt=before)
    return [_as_seen(each) for each in query[: PAGE + 1]]


def find_workers(actor: Actor, text: str) -> list[Worker]:
    """People by any number, or by parts of a name in any order, the last part as a prefix.

    Returns:
        up to 50 people in scope; exact numbers first.
    """
    text = text.strip()
    if not text:
        return []
    if numbered := _by_number(text):
        return [_as_seen(each) for each in numbered]
    parts = names.queried(text)
    if not parts:
        return []
    query = tokens_in_scope(actor)
    *whole, last = parts
    found = query.filter(token__begins=last).values("worker_id")
    for part in whole:
        found = found.filter(worker_id__in=query.filter(token=part).values("worker_id"))
    ids = list(found.values_list("worker_id", flat=True).distinct()[:PAGE])
    people = in_scope(actor, Worker.objects.select_related("state")).filter(id__in=ids)
    return sorted(map(_as_seen, people), key=lambda each: each.full_name)


def by_identifier(kind: identifiers.Kind, text: str) -> list[Worker]:
    """People who have this number, however it was typed.

    Raises:
        NotThatNumber: the text cannot be such a number.
    """
    value = identifiers.canonical(kind, text)
    blinds = keyring().indexes(str(kind), value)
    ids = Identifier.objects.filter(blind__in=blinds, kind=str(kind)).values("worker_id")
    return list(Worker.objects.filter(id__in=ids).select_related("state")[:PAGE])


def identifiers_of(worker_id: UUID) -> list[Identifier]:
    """A person's numbers, masked."""
    return list(Identifier.objects.filter(worker_id=worker_id).defer("cipher").order_by("kind"))


def current_facts(worker_id: UUID) -> dict[str, list[Fact]]:
    """What is held true now, by kind; more than one of a kind is a contradiction."""
    facts: dict[str, list[Fact]] = {str(kind): [] for kind in FactKind}
    for fact in Fact.objects.filter(worker_id=worker_id, current=True):
        facts.setdefault(fact.kind, []).append(fact)
    return facts


@dataclass(frozen=True, slots=True)
class Held:
    """How sure we are of one thing about a person, and since when.

    ``facts`` are those that stand, the newest first; none is a gap.
    ``days`` are whole days since it was last confirmed; None where it never was.
    """

    kind: str
    label: str
    facts: tuple[Fact, ...]
    days: int | None

    @property
    def fact(self) -> Fact | None:
        """The one to go by, if anything is held."""
        return self.facts[0] if self.facts else None

    @property
    def contradicted(self) -> bool:
        """Whether two sources say different things; a region and a coarse place do not."""
        standing = {each.id for each in self.facts}
        return any(each.contradicts_id in standing for each in self.facts)

    @property
    def stale(self) -> bool:
        """Not confirmed within the days that count as lately, or never; an arrival does not age."""
        if self.days is None:
            return True
        return self.kind != FactKind.ARRIVAL and self.days > lately_days()


_SURENESS = {"high": 0, "medium": 1, "low": 2}


def held(worker_id: UUID, *, on: date) -> list[Held]:
    """Arrival, whereabouts, employer, condition and contact: how sure, and when last confirmed.

    One query, in the order of ``FactKind``. Of two that contradict, the newer stands first, then
    the surer. For people who are or were abroad; who never left has no arrival to be unsure of.
    """
    found = current_facts(worker_id)
    return [
        Held(
            kind=str(kind),
            label=str(kind.label),
            facts=tuple(
                sorted(
                    found[str(kind)],
                    key=lambda each: (-each.confirmed_on.toordinal(), _SURENESS[each.confidence]),
                )
            ),
            days=min(((on - each.confirmed_on).days for each in found[str(kind)]), default=None),
        )
        for kind in FactKind
    ]


def lately_days() -> int:
    """Within how many days a person counts as confirmed; our own promise, ``living.yaml``."""
    return living_rules(timezone.localdate()).confirmed_days


def unconfirmed(
    actor: Actor, on: date, *, after: tuple[date | None, UUID] | None = None, most: int = PAGE
) -> list[WorkerState]:
    """People abroad in scope not confirmed lately: never confirmed first, then the longest ago.

    Args:
        after: the day and id of the last one of the page before.
    Returns:
        up to ``most`` and one more, which tells of a next page.
    """
    since = on - timedelta(days=living_rules(on).confirmed_days)
    query = abroad(actor).filter(Q(confirmed_on__lt=since) | Q(confirmed_on__isnull=True))
    if after is not None:
        day, key = after
        later = Q(confirmed_on__gt=day) | Q(confirmed_on=day, worker_id__gt=key)
        if day is None:
            later = Q(confirmed_on__isnull=False) | Q(confirmed_on__isnull=True, worker_id__gt=key)
        query = query.filter(later)
    query = query.order_by(F("confirmed_on").asc(nulls_first=True), "worker_id")
    return list(query.prefetch_related("worker")[: most + 1])


def abroad(actor: Actor) -> QuerySet[WorkerState]:
    """The states of people abroad in scope."""
    query = WorkerState.objects.filter(stage=Stage.DURING)
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    elif actor.kind is Kind.OFFICE:
        query = query.filter(region__in=actor.regions)
    return query


def works_in(person: Worker) -> str:
    """The country where somebody works: the scope's, or what she told who entered herself."""
    if person.country or not person.walled:
        return person.country
    found = SelfEnrolment.objects.filter(worker_id=person.id).values_list("works_in", flat=True)
    return found.first() or ""


def self_enrolment(worker_id: UUID) -> SelfEnrolment | None:
    """How somebody entered herself; none for others, and none where the table is refused."""
    if current_actor().kind not in {Kind.POST, Kind.MINISTRY, Kind.CLOCK, Kind.WORKER}:
        return None
    return SelfEnrolment.objects.filter(worker_id=worker_id).first()


def open_tasks(worker_id: UUID) -> list[Task]:
    """What still has to be done for a person, the most urgent first."""
    return list(Task.objects.filter(worker_id=worker_id, state="open").order_by("due_at"))


@dataclass(frozen=True, slots=True)
class Story:
    """A person's life with us, newest first; who looked last, and how often in all."""

    entries: list[JournalEntry]
    looks: list[JournalEntry]
    times_looked: int


def story(actor: Actor, person: Worker) -> Story:
    """What happened in a person's life with us, and who opened the file.

    Who may see the person may see the whole line, also what was recorded under an earlier post or
    office: ``person`` was found under the actor's own policies, our robot reads the line. What is
    closed to the actor's kind everywhere (``journal.CLOSED``) stays closed here.
    """
    with acting_as(ROBOT):
        told = JournalEntry.objects.filter(worker_id__in=person.ids).exclude(type=LOOKED)
        for start in closed_to(actor.kind):
            told = told.exclude(type__startswith=start)
        newest = told.annotate(times=Value(0)).order_by("-at")[:STORY]
        both = list(newest.union(_looks(actor, person)[:SHOWN_LOOKS], all=True))
    entries = [each for each in both if each.type != LOOKED]
    seen: list[Any] = sorted((each for each in both if each.type == LOOKED), key=_at, reverse=True)
    times = seen[0].times if seen else 0
    return Story(sorted(entries, key=_at, reverse=True), _told_to(actor, person, seen), times)


def looks(
    actor: Actor, person: Worker, *, most: int = SHOWN_LOOKS
) -> tuple[list[JournalEntry], int]:
    """Who opened the file last, and how many times it was opened in all."""
    with acting_as(ROBOT):
        found = list(_looks(actor, person)[:most])
    return _told_to(actor, person, found), found[0].times if found else 0


def _told_to(actor: Actor, person: Worker, seen: list[JournalEntry]) -> list[JournalEntry]:
    """Why something beside the file was opened is not told to whom it is closed: it may be a case."""
    if LOOKED in closed_to(actor.kind):
        for entry in seen:
            if entry.subject not in person.ids:
                entry.payload = {"purpose": ""}
    return seen


def _looks(actor: Actor, person: Worker) -> QuerySet[Any]:
    query = JournalEntry.objects.filter(worker_id__in=person.ids, type=LOOKED)
    if actor.kind is Kind.AGENCY:
        # That officers open a file tells the one complained of that somebody complained.
        query = query.filter(actor_kind=str(actor.kind), actor_office=actor.office)
    return query.annotate(times=Window(Count("id"))).order_by("-at")


def _at(entry: JournalEntry) -> datetime:
    return entry.at


def late_check_ins(actor: Actor, *, now: datetime) -> QuerySet[WorkerState]:
    """People at work abroad whose check-in is overdue, the longest first."""
    query = WorkerState.objects.filter(check_in_due_on__lt=now.date()).select_related("worker")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    return query.order_by("check_in_due_on")


def _as_seen(found: Worker) -> Worker:
    """Without what the journal keeps from the actor's kind: how a person is, and where.

    Blanked on the row read, which is never saved.
    """
    if "monitoring." in closed_to(current_actor().kind):
        state = found.state
        state.condition = Condition.UNKNOWN
        state.last_check_in_at = state.check_in_due_on = state.confirmed_on = None
        state.employer_id = state.cell = None
        state.dest_region = ""
    return found


def tokens_in_scope(actor: Actor) -> QuerySet[WorkerToken]:
    """Name tokens of people in scope, the scope as a constant that the planner can see."""
    query = WorkerToken.objects.all()
    if actor.kind is Kind.POST:
        return query.filter(post_id__in=actor.posts)
    if actor.kind is Kind.AGENCY:
        return query.filter(agency_id=actor.agency)
    if actor.kind is Kind.OFFICE:
        return query.filter(region__in=actor.regions)
    return query


def _numbered(number: str) -> Worker | None:
    """The person of a public number, also of one that was merged into another's."""
    people = Worker.objects.select_related("state")
    found = people.filter(public_number=number).first()
    if found is not None and found.merged_into_id is None:
        return found
    # An alias is in nobody's scope; our robot says where it leads, the policies whether to go.
    with acting_as(ROBOT):
        kept = _kept(Worker.objects.filter(public_number=number))
    return people.filter(id=kept).first() if kept is not None else None


def _kept(query: QuerySet[Worker]) -> UUID | None:
    """Where an alias leads in the end; none for an entry that is no alias."""
    kept: UUID | None = None
    step = query.values_list("merged_into_id", flat=True).first()
    while step is not None:
        kept = step
        step = Worker.objects.filter(id=kept).values_list("merged_into_id", flat=True).first()
    return kept


def _by_number(text: str) -> list[Worker]:
    if not any(letter.isdigit() for letter in text):
        return []
    if own := _numbered(text.upper()):
        return [own]
    for kind in (identifiers.Kind.NIK, identifiers.Kind.PASSPORT, identifiers.Kind.PHONE):
        try:
            if found := by_identifier(kind, text):
                return found
        except identifiers.NotThatNumber:
            continue
    outside = OutsideNumber.objects.filter(value=text.upper()).values("worker_id")
    return list(Worker.objects.filter(id__in=outside).select_related("state")[:PAGE])


def tasks_of(actor: Actor) -> QuerySet[Task]:
    """Open tasks in scope that are the actor's kind of work, the most urgent first."""
    query = Task.objects.filter(state="open").select_related("worker")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts, owner="post")
    elif actor.kind is Kind.OFFICE:
        query = query.filter(region__in=actor.regions, owner="office")
    elif actor.kind is Kind.AGENCY:
        query = query.filter(agency_id=actor.agency)
    else:
        # What an alias could not take along stands with it; it is nobody's work.
        query = query.filter(Q(worker__isnull=True) | Q(worker__merged_into__isnull=True))
    return query.exclude(kind="contract:verify").order_by("due_at")
