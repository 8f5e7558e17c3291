"""What the worker's pages show, gathered from every stage; the row policies leave own rows only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from lindung.access.models import Office, Post
from lindung.access.ready import Given, Question
from lindung.kernel.refusals import NotFound
from lindung.outreach.lifecycles import MessageState
from lindung.outreach.models import Message
from lindung.outreach.templates import SECRET_TEMPLATES
from lindung.placement import queries as placements
from lindung.placement.contract_forms import form
from lindung.placement.labels import GIVEN_BY, WHY_OPEN
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, Placement
from lindung.placement.web import show
from lindung.placement.web.show import Line
from lindung.protection import queries as protection
from lindung.protection.lifecycles import CaseState
from lindung.protection.models import Case
from lindung.protection.stages import RAIL, STAGE_LABELS
from lindung.reference.models import Country
from lindung.registry.models import Stage, Worker
from lindung.regulations import pathways
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import BREAKS, NEEDS_CHECK, Verdict
from lindung.reintegration import queries as reintegration
from lindung.reintegration.models import Plan

_POST = Question(lambda: Post.objects.filter(id=Given("id")))
_SENDER = Question(
    lambda: (
        Worker.objects.filter(id=Given("id"))
        .only(*Worker.SCOPE)
        .annotate(zone=Subquery(Post.objects.filter(id=OuterRef("post_id")).values("timezone")))
    )
)
SHOWN_MESSAGES = 3
SHOWN_CASES = 5
PREPARING = {
    PlacementState.PREPARING,
    PlacementState.ROSTERED,
    PlacementState.OFFERED,
    PlacementState.CONTRACTED,
    PlacementState.AUTHORISED,
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose phone sends: the person with the scope columns alone, and the clock of their post."""

    worker: Worker
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class MyStep:
    """One open requirement as its owner reads it.

    Attributes:
        who: who has to act, in words.
        mine: the worker has to.
        note: why it is open, where it is more than missing.
        after: titles of what must come first.
    """

    title: str
    who: str
    mine: bool
    note: str
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MySteps:
    """Where the way to departure stands.

    Attributes:
        done, total: requirements settled, and asked for in all.
        now: what can be done now, the worker's own first.
        later: what waits for others.
    """

    title: str
    done: int
    total: int
    now: tuple[MyStep, ...]
    later: tuple[MyStep, ...]


@dataclass(frozen=True, slots=True)
class CaseStage:
    """One stage of a case on its bar."""

    label: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case with the label of its stage."""

    case: Case
    stage: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the first page."""

    offices: tuple[Office, ...]
    placement: Placement | None
    steps: MySteps | None
    contract: Contract | None
    cases: tuple[MyCase, ...]
    messages: tuple[Message, ...]
    plan: Plan | None
    asking: tuple[MyCase, ...]

    @property
    def cleared(self) -> bool:
        """Whether the paper that opens the gate is there and not used yet."""
        return self.placement is not None and self.placement.state == PlacementState.CLEARED


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict in a sentence, where it stands in the law, and what an officer decided on it."""

    sentence: str
    outcome: str
    basis: str
    rule: str
    answer: str
    reason: str


def home(worker: Worker, *, on: date) -> Home:
    """What stands on the worker's first page."""
    placement = placements.live_placement(worker.id)
    before = placement is not None and PlacementState(placement.state) in PREPARING
    cases = tuple(_my_case(each) for each in protection.cases_of(worker.id)[:SHOWN_CASES])
    after = worker.state.stage == Stage.AFTER
    return Home(
        offices=() if placement else offices_of(worker.region),
        placement=placement,
        steps=steps(placement, on=on) if placement and before else None,
        contract=placements.current_contract(placement.id) if placement else None,
        cases=cases,
        asking=tuple(each for each in cases if each.asks),
        messages=tuple(messages(worker.id)[:SHOWN_MESSAGES]),
        plan=reintegration.last_plan(worker.id) if after else None,
    )


def post_of(worker: Worker) -> Post | None:
    """The post in charge of a person, if one is."""
    return _POST.first(id=worker.post_id) if worker.post_id else None


def sender(worker_id: UUID) -> Sender:
    """Who sends from a phone: as little as taking an item needs, in one question.

    Raises:
        NotFound: no such person, or not this actor.
    """
    found = _SENDER.first(id=worker_id)
    if found is None:
        raise NotFound
    zone: str | None = found.zone  # type: ignore[attr-defined]  # annotated
    return Sender(found, ZoneInfo(zone) if zone else timezone.get_default_timezone())


def currency_of(worker: Worker) -> str:
    """What wages are paid in where the person works; empty where that is not known."""
    found = Country.objects.filter(code=worker.country).values_list("currency_id", flat=True)
    return found.first() or ""


def offices_of(region: str) -> tuple[Office, ...]:
    """The services at home for a regency."""
    return tuple(Office.objects.filter(regions__contains=[region])[:3]) if region else ()


def messages(worker_id: UUID) -> list[Message]:
    """What we wrote to a person, newest first, as far as it has been sent."""
    sent = [MessageState.SENT, MessageState.DELIVERED, MessageState.READ]
    query = Message.objects.filter(worker_id=worker_id, incoming=False, state__in=sent)
    return list(query.exclude(template__in=SECRET_TEMPLATES)[:50])


def steps(placement: Placement, *, on: date) -> MySteps:
    """What is still open before departure: what, by whom, why, and after what."""
    way = pathways.pathway(placement.pathway)
    still_open = placements.open_requirements(placement, on=on)
    titles = {each.id: pick(each.title) for each in way.requirements}
    total = sum(each.for_departure for each in way.requirements)
    rows = [(each, _step(each, titles)) for each in still_open]
    ready = [step for each, step in rows if not each.waits_for]
    return MySteps(
        title=pick(way.title),
        done=total - len(still_open),
        total=total,
        now=tuple(sorted(ready, key=lambda step: not step.mine)),
        later=tuple(step for each, step in rows if each.waits_for),
    )


def sections(contract: Contract) -> list[tuple[str, list[Line]]]:
    """The contract in plain words, by the parts of its form; nothing for a form not described."""
    try:
        paper = form(contract.form)
    except NotFound:
        return []
    parts = show.sections(paper, contract.fields, ())
    return [(title, lines) for title, lines in parts if lines]


def judged(contract: Contract) -> tuple[Judged, ...]:
    """The verdicts kept with a checked contract, what an officer decided first."""
    kept = contract.verdicts.get("verdicts", [])
    order = (BREAKS, NEEDS_CHECK)
    rows = []
    for verdict in (Verdict.thawed(each) for each in kept):
        decided = contract.judgements.get(verdict.parameter, {})
        rows.append(
            Judged(
                sentence=verdict.sentence,
                outcome=verdict.outcome,
                basis="; ".join(f"{each.law} {each.article}" for each in verdict.legal_basis),
                rule=verdict.parameter,
                answer=decided.get("answer", ""),
                reason=decided.get("reason", ""),
            )
        )
    return tuple(
        sorted(rows, key=lambda row: order.index(row.outcome) if row.outcome in order else 9)
    )


def stages(case: Case) -> tuple[CaseStage, ...]:
    """The stages of a case in order, those behind it ticked."""
    order = list(RAIL)
    state = CaseState(case.state)
    reached = order.index(state if state in RAIL else CaseState.HANDLING)
    closed = case.closed_at is not None
    return tuple(
        CaseStage(str(STAGE_LABELS[state]), place < reached or closed, place == reached)
        for place, state in enumerate(order)
    )


def last_messages(number: str = "", *, most: int = 30) -> list[Message]:
    """The last words to made-up people, of one of them where a public number is given."""
    query = Message.objects.filter(worker__is_demo=True, incoming=False).select_related("worker")
    if number:
        query = query.filter(worker__public_number=number)
    return list(query[:most])


def _my_case(case: Case) -> MyCase:
    state = CaseState(case.state)
    return MyCase(case, str(STAGE_LABELS[state]), state is CaseState.OUTCOME)


def _step(each: pathways.OpenRequirement, titles: dict[str, str]) -> MyStep:
    requirement = each.requirement
    return MyStep(
        title=titles[requirement.id],
        who=str(GIVEN_BY.get(requirement.given_by, requirement.given_by)),
        mine=requirement.given_by == "worker",
        note="" if each.why == "missing" else str(WHY_OPEN[each.why]),
        after=tuple(titles[need] for need in each.waits_for),
    )
