"""The API of the chain before a contract: agreements, job orders, permits, exceptions, places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from ninja import Schema, Status
from pydantic import Field

from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound
from lindung.recruitment import operations, queries
from lindung.recruitment.models import Agreement, JobOrder, Override, RecruitmentPermit
from lindung.site.api import ApiRequest, acting, api

Kind = Literal["agreement", "order"]
_TAGS = ["recruitment"]


class AgreementIn(Schema):
    """An agreement with a partner, as handed in."""

    partner: UUID
    country: str = Field(description="ISO 3166-1 alpha-2, where the partner works")
    valid_from: date
    valid_to: date
    quota: int = Field(ge=1, le=100_000, description="places that may be endorsed under it")
    paper_number: str = Field("", max_length=60)


class AgreementOut(Schema):
    """An agreement as it stands."""

    id: UUID
    number: str = Field(examples=["PKP-26-000123"])
    partner: str
    country: str
    state: str
    valid_from: date
    valid_to: date
    quota: int
    endorsed: int = Field(description="places endorsed under it; never more than quota")
    due_at: datetime | None
    reason_code: str


class Wage(Schema):
    """A wage as the order says it."""

    amount: str = Field(pattern=r"^\d{1,12}(\.\d{1,2})?$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    per: Literal["hour", "day", "month"]


class OrderIn(Schema):
    """An employer's request for workers, as handed in."""

    employer_name: str = Field(max_length=160)
    employer_kind: Literal["company", "household"]
    employer_number: str = Field("", max_length=60)
    dest_region: str = Field("", max_length=8, description="ISO 3166-2 of the workplace")
    sector: str = Field(max_length=40)
    occupation: str = Field("", pattern=r"^(\d{4})?$", description="ISCO-08, four digits")
    paper_number: str = Field("", max_length=60)
    quota: int = Field(ge=1, le=100_000)
    quota_female: int | None = Field(None, ge=0, le=100_000)
    quota_male: int | None = Field(None, ge=0, le=100_000)
    wage: Wage
    documents: dict[str, str] = Field(default_factory=dict, description="code → number")
    valid_to: date


class OrderOut(Schema):
    """A job order as it stands."""

    id: UUID
    number: str = Field(examples=["JOB-26-000123"])
    agreement: UUID
    employer_name: str
    country: str
    sector: str
    state: str
    quota: int
    taken: int = Field(description="places held; never more than quota")
    valid_to: date
    due_at: datetime | None
    reason_code: str


class CheckOut(Schema):
    """One check of a paper today."""

    id: str
    title: str
    outcome: str = Field(description="meets, breaks or needs_check")
    passes: bool
    waivable: bool
    why: str


class Agreements(Schema):
    """Agreements, the newest first, at most a hundred."""

    items: list[AgreementOut]


class Orders(Schema):
    """Job orders, the newest first, at most a hundred."""

    items: list[OrderOut]


class Checks(Schema):
    """All checks of one paper."""

    items: list[CheckOut]


class Reason(Schema):
    """A reason of the list, and words."""

    reason_code: str = Field(max_length=40)
    reason: str = Field("", max_length=300)


class State(Schema):
    """Where a paper stands after a step."""

    id: UUID
    number: str
    state: str


class PermitOut(Schema):
    """A recruitment permit as it stands."""

    id: UUID
    number: str = Field(examples=["SIP-26-000123"])
    order: UUID
    state: str
    valid_from: date | None
    valid_to: date | None
    outcome: str = Field(description="needs_check where an officer said how long it lasts")


class PermitIn(Schema):
    """How long a permit lasts, where no confirmed rule says so."""

    valid_to: date | None = None
    reason: str = Field("", max_length=300)


class Wish(Schema):
    """That a paper may go on in spite of a check."""

    check: str = Field(max_length=40)
    reason: str = Field(max_length=300)
    expires_on: date


class WishOut(Schema):
    """An exception as it stands."""

    id: UUID
    check: str
    state: str
    expires_on: date


class Answer(Schema):
    """The answer to a wish."""

    give: bool
    reason: str = Field(max_length=300)


class PlaceOut(Schema):
    """One place of an order, and the placement that holds or held it."""

    seat: int
    placement: UUID
    state: str = Field(description="held or freed")
    taken_on: date
    freed_on: date | None


class Places(Schema):
    """Places of an order, by number."""

    items: list[PlaceOut]


class Chosen(Schema):
    """Job orders to be endorsed in one go."""

    orders: list[UUID] = Field(max_length=100)


class NotDone(Schema):
    """One order that was not endorsed, and why."""

    number: str
    problem: str
    title: str


class ReceiptOut(Schema):
    """What one bulk endorsement did."""

    done: list[str]
    before: list[str]
    refused: list[NotDone]


@api.get("/agreements", response=Agreements, operation_id="agreements", tags=_TAGS)
@acting(Right.PAPER_READ)
def agreements(request: ApiRequest, state: str = "") -> Agreements:
    """Agreements in the key's jurisdiction."""
    found = queries.agreements(states=[state] if state else [])[:100]
    return Agreements(items=[_agreement(each) for each in found])


@api.post("/agreements", response={201: AgreementOut}, operation_id="submit_agreement", tags=_TAGS)
@acting(Right.PAPER_SUBMIT)
def submit_agreement(request: ApiRequest, given: AgreementIn) -> Status[AgreementOut]:
    """Hand in an agreement with a foreign partner."""
    values = given.dict()
    made = operations.submit_agreement(
        request.auth, partner_id=values.pop("partner"), at=_now(), on=_today(), **values
    )
    return Status(201, _agreement(queries.agreement(made.id)))


@api.get("/job-orders", response=Orders, operation_id="job_orders", tags=_TAGS)
@acting(Right.PAPER_READ)
def job_orders(request: ApiRequest, state: str = "") -> Orders:
    """Job orders in the key's jurisdiction."""
    found = queries.orders(states=[state] if state else [])[:100]
    return Orders(items=[_order(each) for each in found])


@api.get("/job-orders/{number}", response=OrderOut, operation_id="job_order", tags=_TAGS)
@acting(Right.PAPER_READ)
def job_order(request: ApiRequest, number: str) -> OrderOut:
    """One job order by its public number."""
    return _order(queries.order_by_number(number))


@api.post(
    "/agreements/{agreement_id}/job-orders",
    response={201: OrderOut},
    operation_id="submit_job_order",
    tags=_TAGS,
)
@acting(Right.PAPER_SUBMIT)
def submit_job_order(request: ApiRequest, agreement_id: UUID, given: OrderIn) -> Status[OrderOut]:
    """Hand in an employer's request under an agreement in force."""
    made = operations.submit_order(
        request.auth, agreement_id, given=given.dict(), at=_now(), on=_today()
    )
    return Status(201, _order(made))


@api.get(
    "/recruitment/{kind}/{paper_id}/checks",
    response=Checks,
    operation_id="recruitment_checks",
    tags=_TAGS,
)
@acting(Right.PAPER_READ)
def checks(request: ApiRequest, kind: Kind, paper_id: UUID) -> Checks:
    """How each check of a paper stands today."""
    paper = queries.paper(kind, paper_id)
    return Checks(
        items=[
            CheckOut(
                id=each.id,
                title=each.title,
                outcome=each.outcome,
                passes=each.passes,
                waivable=each.waivable,
                why=" ".join(filter(None, [gettext(each.why) if each.why else "", *each.facts])),
            )
            for each in queries.checks(request.auth, paper, on=_today())
        ]
    )


@api.post(
    "/recruitment/{kind}/{paper_id}/check",
    response=State,
    operation_id="check_recruitment_paper",
    tags=_TAGS,
)
@acting(Right.PAPER_CHECK)
def check(request: ApiRequest, kind: Kind, paper_id: UUID) -> State:
    """The first pair of eyes."""
    act = operations.check_order if kind == JobOrder.kind else operations.check_agreement
    return _state(act(request.auth, paper_id, at=_now(), on=_today()))


@api.post(
    "/recruitment/{kind}/{paper_id}/endorse",
    response=State,
    operation_id="endorse_recruitment_paper",
    tags=_TAGS,
)
@acting(Right.PAPER_ENDORSE)
def endorse(request: ApiRequest, kind: Kind, paper_id: UUID) -> State:
    """The second pair of eyes, never the first's."""
    return _state(operations.endorse(request.auth, kind, paper_id, at=_now(), on=_today()))


@api.post(
    "/recruitment/orders/endorse",
    response=ReceiptOut,
    operation_id="endorse_job_orders",
    tags=_TAGS,
)
@acting(Right.PAPER_ENDORSE)
def endorse_many(request: ApiRequest, chosen: Chosen) -> ReceiptOut:
    """Endorse many orders; each is done or refused by itself."""
    receipt = operations.endorse_many(request.auth, chosen.orders, at=_now(), on=_today())
    return ReceiptOut(
        done=[each.number for each in receipt.done],
        before=[each.number for each in receipt.before],
        refused=[
            NotDone(
                number=each.number, problem=each.refusal.slug, title=gettext(each.refusal.title)
            )
            for each in receipt.refused
        ],
    )


@api.post(
    "/recruitment/{kind}/{paper_id}/return",
    response=State,
    operation_id="return_recruitment_paper",
    tags=_TAGS,
)
@acting(Right.PAPER_CHECK)
def return_paper(request: ApiRequest, kind: Kind, paper_id: UUID, why: Reason) -> State:
    """Send a paper back for repair."""
    return _state(operations.return_paper(request.auth, kind, paper_id, at=_now(), **why.dict()))


@api.post(
    "/recruitment/{kind}/{paper_id}/refuse",
    response=State,
    operation_id="refuse_recruitment_paper",
    tags=_TAGS,
)
@acting(Right.PAPER_ENDORSE)
def refuse_paper(request: ApiRequest, kind: Kind, paper_id: UUID, why: Reason) -> State:
    """Refuse a paper for good."""
    return _state(operations.refuse_paper(request.auth, kind, paper_id, at=_now(), **why.dict()))


@api.post(
    "/recruitment/{kind}/{paper_id}/end",
    response=State,
    operation_id="end_recruitment_paper",
    tags=_TAGS,
)
@acting(Right.PAPER_READ)
def end_paper(request: ApiRequest, kind: Kind, paper_id: UUID, why: Reason) -> State:
    """End a paper before its day."""
    return _state(operations.end_paper(request.auth, kind, paper_id, at=_now(), **why.dict()))


@api.post(
    "/recruitment/order/{paper_id}/again",
    response=State,
    operation_id="submit_job_order_again",
    tags=_TAGS,
)
@acting(Right.PAPER_SUBMIT)
def submit_again(request: ApiRequest, paper_id: UUID, given: OrderIn) -> State:
    """Hand in a returned order again, repaired."""
    return _state(
        operations.submit_again(
            request.auth, JobOrder.kind, paper_id, at=_now(), on=_today(), given=given.dict()
        )
    )


@api.post(
    "/recruitment/{kind}/{paper_id}/exceptions",
    response={201: WishOut},
    operation_id="ask_recruitment_exception",
    tags=_TAGS,
)
@acting(Right.OVERRIDE_ASK)
def ask(request: ApiRequest, kind: Kind, paper_id: UUID, wish: Wish) -> Status[WishOut]:
    """Ask that a paper may go on in spite of a check."""
    made = operations.ask_override(
        request.auth, kind, paper_id, at=_now(), on=_today(), **wish.dict()
    )
    return Status(201, _wish(made))


@api.post(
    "/recruitment/exceptions/{override_id}",
    response=WishOut,
    operation_id="answer_recruitment_exception",
    tags=_TAGS,
)
@acting(Right.OVERRIDE_GIVE)
def answer(request: ApiRequest, override_id: UUID, given: Answer) -> WishOut:
    """Give or deny what somebody else asked for."""
    return _wish(
        operations.answer_override(
            request.auth, override_id, at=_now(), on=_today(), **given.dict()
        )
    )


@api.post(
    "/job-orders/{number}/permit",
    response={201: PermitOut},
    operation_id="request_permit",
    tags=_TAGS,
)
@acting(Right.PERMIT_ASK)
def request_permit(request: ApiRequest, number: str) -> Status[PermitOut]:
    """Ask for leave to recruit."""
    order = queries.order_by_number(number)
    return Status(
        201, _permit(operations.request_permit(request.auth, order.id, at=_now(), on=_today()))
    )


@api.post("/permits/{number}/issue", response=PermitOut, operation_id="issue_permit", tags=_TAGS)
@acting(Right.PERMIT_ISSUE)
def issue_permit(request: ApiRequest, number: str, given: PermitIn) -> PermitOut:
    """Give leave to recruit."""
    permit = _permit_by_number(number)
    return _permit(
        operations.issue_permit(request.auth, permit.id, at=_now(), on=_today(), **given.dict())
    )


@api.post("/permits/{number}/refuse", response=PermitOut, operation_id="refuse_permit", tags=_TAGS)
@acting(Right.PERMIT_ISSUE)
def refuse_permit(request: ApiRequest, number: str, why: Reason) -> PermitOut:
    """Refuse leave to recruit."""
    permit = _permit_by_number(number)
    return _permit(operations.refuse_permit(request.auth, permit.id, at=_now(), **why.dict()))


@api.post("/permits/{number}/revoke", response=PermitOut, operation_id="revoke_permit", tags=_TAGS)
@acting(Right.PERMIT_ISSUE)
def revoke_permit(request: ApiRequest, number: str, why: Reason) -> PermitOut:
    """Take leave to recruit back."""
    permit = _permit_by_number(number)
    return _permit(operations.revoke_permit(request.auth, permit.id, at=_now(), **why.dict()))


@api.get(
    "/job-orders/{number}/places", response=Places, operation_id="job_order_places", tags=_TAGS
)
@acting(Right.PAPER_READ)
def places(request: ApiRequest, number: str) -> Places:
    """Who holds which place; ids only, a person's file is opened by its own call."""
    order = queries.order_by_number(number)
    return Places(
        items=[
            PlaceOut(
                seat=each.seat,
                placement=each.placement_id,
                state=each.state,
                taken_on=each.taken_on,
                freed_on=each.freed_on,
            )
            for each in queries.places(order.id)
        ]
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return timezone.localdate()


def _permit_by_number(number: str) -> RecruitmentPermit:
    found = queries.permits().filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def _agreement(each: Agreement) -> AgreementOut:
    return AgreementOut(
        id=each.id,
        number=each.number,
        partner=each.partner.name,
        country=each.country,
        state=each.state,
        valid_from=each.valid_from,
        valid_to=each.valid_to,
        quota=each.quota,
        endorsed=each.endorsed,
        due_at=each.due_at,
        reason_code=each.reason_code,
    )


def _order(each: JobOrder) -> OrderOut:
    return OrderOut(
        id=each.id,
        number=each.number,
        agreement=each.agreement_id,
        employer_name=each.employer_name,
        country=each.country,
        sector=each.sector,
        state=each.state,
        quota=each.quota,
        taken=each.taken,
        valid_to=each.valid_to,
        due_at=each.due_at,
        reason_code=each.reason_code,
    )


def _state(paper: queries.Paper) -> State:
    return State(id=paper.id, number=paper.number, state=paper.state)


def _permit(each: RecruitmentPermit) -> PermitOut:
    return PermitOut(
        id=each.id,
        number=each.number,
        order=each.order_id,
        state=each.state,
        valid_from=each.valid_from,
        valid_to=each.valid_to,
        outcome=each.outcome,
    )


def _wish(each: Override) -> WishOut:
    return WishOut(id=each.id, check=each.check_id, state=each.state, expires_on=each.expires_on)
