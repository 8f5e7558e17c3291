"""Everything asked about the chain before a contract. The row policies decide whose rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound, Refusal
from lindung.parties.models import ForeignAgency
from lindung.recruitment import partners, vocabulary
from lindung.recruitment.lifecycles import OverrideState, PaperState, PermitState, PlaceState
from lindung.recruitment.models import (
    Agreement,
    JobOrder,
    Override,
    Place,
    RecruitmentPermit,
    Signature,
)
from lindung.regulations.lawbook import NoSuchRule, parameter, value_on
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK, Outcome

Paper = Agreement | JobOrder
UNDER_WAY = (PaperState.SUBMITTED, PaperState.CHECKED)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a paper on a day.

    Attributes:
        why: a msgid: what stands in the way; empty where it meets.
        facts: what the words of ``why`` name.
        override: leave to go on that stands on that day.
        wish: leave that was asked for and not answered.
    """

    id: str
    title: str
    outcome: Outcome
    waivable: bool
    why: str = ""
    facts: tuple[str, ...] = ()
    override: Override | None = None
    wish: Override | None = None

    @property
    def passes(self) -> bool:
        """Whether the paper may go on as far as this check is concerned."""
        return self.outcome == MEETS or self.override is not None


def agreement(agreement_id: UUID) -> Agreement:
    """One agreement.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = Agreement.objects.select_related("partner").filter(id=agreement_id).first()
    if found is None:
        raise NotFound
    return found


def order(order_id: UUID) -> JobOrder:
    """One job order with its agreement and employer.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = JobOrder.objects.select_related("agreement__partner").filter(id=order_id).first()
    if found is None:
        raise NotFound
    return found


def paper(kind: str, paper_id: UUID) -> Paper:
    """An ``agreement`` or an ``order``.

    Raises:
        NotFound: neither, none, or none this actor may see.
    """
    if kind == Agreement.kind:
        return agreement(paper_id)
    if kind == JobOrder.kind:
        return order(paper_id)
    raise NotFound


def order_by_number(number: str) -> JobOrder:
    """One job order by its public number.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = JobOrder.objects.select_related("agreement").filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def order_of(placement_id: UUID) -> JobOrder | None:
    """The order whose place this placement holds, as far as this actor sees it."""
    place = Place.objects.filter(placement_id=placement_id, state=PlaceState.HELD).first()
    return JobOrder.objects.filter(id=place.order_id).first() if place else None


def agreements(*, states: Iterable[str] = ()) -> QuerySet[Agreement]:
    """Agreements in scope, newest first."""
    found = Agreement.objects.select_related("partner").order_by("-submitted_at", "-id")
    return found.filter(state__in=list(states)) if states else found


def orders(*, states: Iterable[str] = ()) -> QuerySet[JobOrder]:
    """Job orders in scope, newest first."""
    found = JobOrder.objects.select_related("agreement__partner").order_by("-submitted_at", "-id")
    return found.filter(state__in=list(states)) if states else found


def orders_under(agreement_id: UUID) -> QuerySet[JobOrder]:
    """The job orders under one agreement."""
    return orders().filter(agreement_id=agreement_id)


def open_orders(actor: Actor, *, on: date, country: str = "") -> QuerySet[JobOrder]:
    """Endorsed orders with a free place and a permit in force that this actor may fill."""
    if not actor.may(Right.PLACE_TAKE):
        return JobOrder.objects.none()
    permitted = RecruitmentPermit.objects.filter(
        state=PermitState.ISSUED, valid_from__lte=on, valid_to__gte=on
    )
    found = orders(states=[PaperState.ENDORSED]).filter(
        taken__lt=F("quota"), valid_to__gte=on, id__in=permitted.values("order_id")
    )
    return found.filter(country=country) if country else found


def waiting_papers(model: type[Agreement] | type[JobOrder]) -> QuerySet[Any]:
    """Papers that wait for a post's check or endorsement, the latest first."""
    return _with_partner(model).filter(state__in=UNDER_WAY).order_by("due_at", "id")


def permits(*, states: Iterable[str] = ()) -> QuerySet[RecruitmentPermit]:
    """Permits in scope, those due first."""
    found = RecruitmentPermit.objects.select_related("order").order_by("due_at", "id")
    return found.filter(state__in=list(states)) if states else found


def permit(permit_id: UUID) -> RecruitmentPermit:
    """One permit with its order.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = permits().filter(id=permit_id).first()
    if found is None:
        raise NotFound
    return found


def permits_of(order_id: UUID) -> list[RecruitmentPermit]:
    """Every permit that was asked for an order, the latest first."""
    return list(RecruitmentPermit.objects.filter(order_id=order_id).order_by("-requested_at"))


def permit_on(order_id: UUID, day: date) -> RecruitmentPermit | None:
    """The permit that stands for an order on a day."""
    return RecruitmentPermit.objects.filter(
        order_id=order_id, state=PermitState.ISSUED, valid_from__lte=day, valid_to__gte=day
    ).first()


def places(order_id: UUID) -> list[Place]:
    """Who holds or held which place of an order, by place.

    Not joined with people: a post sees a place before the person is in its charge.
    """
    return list(Place.objects.filter(order_id=order_id).select_related("replaces"))


def signatures(paper_id: UUID) -> list[Signature]:
    """Who did what to a paper, in order."""
    return list(Signature.objects.filter(subject=paper_id))


def overrides(actor: Actor, paper_id: UUID) -> list[Override]:
    """The exceptions asked for a paper; recruiters do not read them."""
    if actor.kind == Kind.AGENCY:
        return []
    return list(Override.objects.filter(subject=paper_id))


def checks(actor: Actor, about: Paper, *, on: date) -> list[Check]:
    """What is looked at before endorsing this paper, and how it stands on that day."""
    asked = overrides(actor, about.id)
    found = []
    for each in vocabulary.checks(about.kind).values():
        outcome, why, facts = _judge(each.id, about, on)
        mine = [one for one in asked if one.check_id == each.id]
        found.append(
            Check(
                id=each.id,
                title=pick(each.title),
                outcome=outcome,
                waivable=each.waivable,
                why=why,
                facts=facts,
                override=next((one for one in mine if _stands(one, on)), None),
                wish=next((one for one in mine if one.state == OverrideState.ASKED), None),
            )
        )
    return found


def failing(found: Sequence[Check]) -> list[Check]:
    """The checks that stand in the way."""
    return [each for each in found if not each.passes]


@dataclass(frozen=True, slots=True)
class PermitLength:
    """How many months a permit lasts; ``needs_check`` where no rule in force says so."""

    months: int | None
    outcome: str
    basis: str


def permit_length(on: date) -> PermitLength:
    """What the law says on a day about how long a recruitment permit lasts."""
    rule = vocabulary.permit_rule()
    try:
        value = value_on(parameter(rule), on)
    except NoSuchRule:
        return PermitLength(None, NEEDS_CHECK, "")
    months = value.number if value.outcome != NEEDS_CHECK else None
    if months is None:
        return PermitLength(None, NEEDS_CHECK, rule)
    return PermitLength(int(months), MEETS, rule)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for this actor.

    Attributes:
        kind: ``agreement``, ``order``, ``permit`` or ``override``.
        step: ``check``, ``endorse``, ``repair``, ``permit`` or ``answer``.
        id: of the paper whose page has the step.
        page: ``agreement`` or ``order``: which page that is.
        who: the partner's or the employer's name as written on the paper.
    """

    kind: str
    step: str
    id: UUID
    page: str
    number: str
    who: str
    due_at: datetime


def papers_waiting(actor: Actor, kind: str) -> QuerySet[Any]:
    """Papers of a kind (``agreement``, ``order``) that wait for a step of this actor."""
    wanted = Q(pk__in=[])
    if actor.may(Right.PAPER_CHECK):
        wanted |= Q(state=PaperState.SUBMITTED)
    if actor.may(Right.PAPER_ENDORSE):
        # Not what one has checked oneself: that waits for somebody else.
        wanted |= Q(state=PaperState.CHECKED) & ~Q(checked_by=actor.id)
    if actor.may(Right.PAPER_SUBMIT):
        wanted |= Q(state=PaperState.RETURNED)
    return _with_partner(Agreement if kind == Agreement.kind else JobOrder).filter(wanted)


def waiting(actor: Actor, *, most: int = 50) -> list[Waiting]:
    """What waits for this actor, of each kind at most ``most``, the latest first."""
    rows: list[Waiting] = []
    for model in (Agreement, JobOrder):
        rows += [
            Waiting(
                kind=model.kind,
                step=_STEP[PaperState(each.state)],
                id=each.id,
                page=model.kind,
                number=each.number,
                who=each.employer_name if isinstance(each, JobOrder) else each.partner.name,
                due_at=each.due_at or each.since,
            )
            for each in papers_waiting(actor, model.kind).order_by("due_at", "id")[:most]
        ]
    if actor.may(Right.PERMIT_ISSUE):
        rows += [
            Waiting("permit", "permit", each.order_id, "order", each.number,
                    each.order.employer_name, each.due_at)
            for each in permits(states=[PermitState.REQUESTED])[:most]
        ]  # fmt: skip
    return sorted(rows, key=lambda row: row.due_at)


def _with_partner(model: type[Agreement] | type[JobOrder]) -> QuerySet[Any]:
    path = "partner" if model is Agreement else "agreement__partner"
    return model.objects.select_related(path)


_STEP = {
    PaperState.SUBMITTED: "check",
    PaperState.CHECKED: "endorse",
    PaperState.RETURNED: "repair",
}


def holder(about: Paper) -> str:
    """Who has a paper now: ``post``, ``agency``, or empty where nobody must act."""
    if about.state in UNDER_WAY:
        return "post"
    return "agency" if about.state == PaperState.RETURNED else ""


def _stands(one: Override, on: date) -> bool:
    return one.state == OverrideState.GIVEN and one.expires_on >= on


_Judged = tuple[Outcome, str, tuple[str, ...]]
_FINE: _Judged = (MEETS, "", ())


def _judge(check: str, about: Paper, on: date) -> _Judged:
    parent = about.agreement if isinstance(about, JobOrder) else about
    match check:
        case "agency_able":
            return _from(partners.unable(about.agency_id, on=on))
        case "partner_clean":
            return _from(partners.problem_of([parent.partner_id], on=on))
        case "partner_licensed":
            return _licence(parent.partner, on)
        case "still_runs":
            return _FINE if about.valid_to >= on else (BREAKS, "Hari terakhirnya sudah lewat.", ())
    assert isinstance(about, JobOrder)
    match check:
        case "agreement_in_force":
            stands = parent.state == PaperState.ENDORSED
            if stands and parent.valid_from <= on <= parent.valid_to:
                return _FINE
            return BREAKS, "Perjanjian kerja sama belum atau tidak lagi berlaku.", ()
        case "employer_clean":
            if about.employer_id is None:
                return NEEDS_CHECK, "Pemberi kerja belum dicocokkan dengan daftar pos.", ()
            return _from(partners.problem_of([about.employer_id], on=on))
        case "documents_complete":
            missing = tuple(
                words
                for code, words in vocabulary.documents().items()
                if not about.documents.get(code)
            )
            return (BREAKS, "Dokumen yang belum ada:", missing) if missing else _FINE
        case "within_agreement":
            if about.valid_to <= parent.valid_to:
                return _FINE
            return BREAKS, "Berlaku lebih lama dari perjanjian kerja samanya.", ()
    raise KeyError(check)


def _licence(partner: ForeignAgency, on: date) -> _Judged:
    if partner.licensed_to is None:
        return NEEDS_CHECK, "Masa izin mitra belum diketahui.", ()
    if partner.licensed_to < on or (partner.licensed_from and partner.licensed_from > on):
        return BREAKS, "Izin mitra tidak berlaku pada hari ini.", ()
    return _FINE


def _from(refusal: Refusal | None) -> _Judged:
    return _FINE if refusal is None else (BREAKS, refusal.title, ())


def passed_on(country: str, order_no: str) -> JobOrder | None:
    """The newest order that a country passed on under this number of its own."""
    if not order_no:
        return None
    return JobOrder.objects.filter(country=country, paper_number=order_no).order_by("-id").first()
