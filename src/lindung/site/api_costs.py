"""The API of money before departure: charges, refunds, what the law says, answers, the indicator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.utils import timezone
from ninja import Schema, Status
from pydantic import Field

from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.costs import burden, ledger, operations, queries
from lindung.costs.ceilings import Judged
from lindung.costs.models import Capture, Loan, Refund
from lindung.costs.queries import Indicator
from lindung.costs.ratio import Spread
from lindung.documents import queries as documents
from lindung.kernel.money import Money
from lindung.placement.models import Placement
from lindung.regulations.sentences import pick
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["costs"]
_SUM = r"^\d{1,13}(\.\d{1,3})?$"
Payer = Literal["worker", "family", "employer", "agency", "state", "other"]
Payee = Literal[
    "agency", "partner", "broker", "employer", "clinic", "trainer", "insurer", "state",
    "official", "carrier", "lender", "other", "unknown",
]  # fmt: skip
How = Literal["cash", "transfer", "deduction", "loan"]


class MoneyOut(Schema):
    """An exact sum; the amount is text, so that no cent is lost."""

    amount: str = Field(examples=["9000000"])
    currency: str = Field(examples=["IDR"], description="ISO 4217")


class ChargeIn(Schema):
    """A payment, as told."""

    component: str = Field(max_length=40, description="what for, e.g. agency_fee, training")
    amount: str = Field(pattern=_SUM)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    paid_on: date
    payer: Payer
    payee: Payee
    payee_name: str = Field("", max_length=160)
    payee_id: UUID | None = Field(None, description="an agency or partner that is known here")
    how: How
    months: int = Field(1, ge=1, le=120, description="for how many months at once")
    evidence: str = Field("", description="number of a document of this person")
    told_by: Literal["", "officer", "worker", "family", "employer"] = Field(
        "", description="for whom an official writes it down; empty: for oneself"
    )


class RefundOut(Schema):
    """What came back of a charge."""

    id: UUID
    amount: str
    on: date
    by: str
    told_by: str
    state: str = Field(description="claimed, confirmed or withdrawn; confirmed ones count")


class ChargeOut(Schema):
    """A payment as it stands, with what came back of it."""

    number: str = Field(examples=["BYA-26-000123"])
    component: str
    paid: MoneyOut
    net: MoneyOut = Field(description="without what came back")
    paid_on: date
    payer: str
    payee: str
    payee_name: str
    how: str
    months: int
    told_by: str
    told_on: date
    state: str = Field(description="stands, corrected or withdrawn")
    counts: bool = Field(description="whether it is the worker's cost; see the reference page")
    refunds: list[RefundOut]


class Charges(Schema):
    """Payments of one placement, the oldest first."""

    items: list[ChargeOut]


class RefundIn(Schema):
    """Money that came back, in the currency it was paid in."""

    amount: str = Field(pattern=_SUM)
    came_on: date
    by: Payee
    how: How
    told_by: Literal["", "officer", "worker", "family", "employer"] = ""


class Why(Schema):
    """A reason; it is kept."""

    reason: str = Field(max_length=300)


class CeilingOut(Schema):
    """What one rule says of what was paid."""

    rule: str = Field(examples=["hk.recruitment.agency_fee_worker"])
    title: str
    outcome: Literal["meets", "breaks", "needs_check"]
    reason: str
    on: date = Field(description="the day of payment by which the rule was read")
    articles: list[str]
    excess: MoneyOut | None
    refunds: str = Field(description="kind of payee who gives back what is too much")


class Ceilings(Schema):
    """Every rule that speaks of what was paid, breaches first."""

    items: list[CeilingOut]


class LoanIn(Schema):
    """A loan, as the worker's side tells it."""

    lender: Literal["bank", "coop", "agency", "employer", "lender", "family", "finance", "other"]
    lender_name: str = Field("", max_length=160)
    principal: str = Field(pattern=_SUM)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    taken_on: date
    rate: Decimal | None = Field(None, ge=0, le=1000, description="percent")
    rate_per: Literal["month", "year", "whole"] = "month"
    months: int | None = Field(None, ge=1, le=600)
    instalment: Decimal | None = Field(None, ge=0)
    from_wages: bool | None = None
    collateral: Literal["none", "passport", "papers", "land", "vehicle", "other"] = "none"


class LoanOut(Schema):
    """A loan and what it costs."""

    id: UUID
    lender: str
    principal: MoneyOut
    interest: MoneyOut | None
    instalment: MoneyOut | None
    collateral: str


class Loans(Schema):
    """Loans that stand, and their weight; shares of one, None where it cannot be reckoned."""

    items: list[LoanOut]
    share_of_month: str | None
    share_of_year: str | None
    warned: bool = Field(description="practice warns of it; never a breach of law")


class CaptureOut(Schema):
    """What a worker answered on a day."""

    moment: Literal["before", "arrived", "returned"]
    answered_on: date
    currency: str
    amounts: dict[str, str]


class GapOut(Schema):
    """How much more of one component was told afterwards than at home."""

    component: str
    more: MoneyOut | None


class Captures(Schema):
    """Every answer, the oldest first, and the gap by the newest of each moment."""

    items: list[CaptureOut]
    gaps: list[GapOut]


class SpreadOut(Schema):
    """How ratios lie, in months of earnings; nothing where there are fewer than five people."""

    n: int | None
    mean: str | None
    quartile_1: str | None
    median: str | None
    quartile_3: str | None
    p90: str | None


class IndicatorOut(Schema):
    """SDG 10.7.1 by sex, occupation (ISCO-08) and country of work."""

    total: SpreadOut
    sex: dict[str, SpreadOut]
    occupation: dict[str, SpreadOut]
    country: dict[str, SpreadOut]
    left_out: dict[str, int] = Field(description="people without a ratio, by what is not known")


_OF = "/placements/{number}"


@api.get(_OF + "/charges", response=Charges, operation_id="charges", tags=_TAGS)
@acting(Right.COST_READ)
def charges(request: ApiRequest, number: str) -> Charges:
    """What was paid; a recruiter's key sees what that recruiter declared itself."""
    found = _placement(request, number)
    return Charges(items=[_charge(each) for each in ledger.entries_of(found.id)])


@api.post(_OF + "/charges", response={201: ChargeOut}, operation_id="tell_charge", tags=_TAGS)
@acting(Right.COST_TELL)
def tell_charge(request: ApiRequest, number: str, given: ChargeIn) -> Status[ChargeOut]:
    """Tell of a payment; a recruiter declares the cost table of its placement agreement so."""
    placement = queries.placement_by(number)
    values = given.dict(exclude={"amount", "currency", "evidence"})
    made = operations.tell_charge(
        request.auth,
        placement.worker_id,
        placement_id=placement.id,
        amount=Money(Decimal(given.amount), given.currency),
        evidence_id=documents.by_number(given.evidence).id if given.evidence else None,
        on=_today(),
        **values,
    )
    return Status(201, _charge(ledger.entries([made])[0]))


@api.post(
    "/charges/{number}/refunds", response={201: RefundOut}, operation_id="tell_refund", tags=_TAGS
)
@acting(Right.COST_TELL)
def tell_refund(request: ApiRequest, number: str, given: RefundIn) -> Status[RefundOut]:
    """Tell that part of it came back; a recruiter's word counts once it is confirmed."""
    made = operations.tell_refund(
        request.auth,
        queries.charge_by_number(number).id,
        amount=Decimal(given.amount),
        on=_today(),
        **given.dict(exclude={"amount"}),
    )
    return Status(201, _refund(made))


@api.post(
    "/charges/{number}/withdrawal", response=ChargeOut, operation_id="withdraw_charge", tags=_TAGS
)
@acting(Right.COST_TELL)
def withdraw_charge(request: ApiRequest, number: str, given: Why) -> ChargeOut:
    """Take back that it was paid; it is kept, and counts no more."""
    found = queries.charge_by_number(number)
    made = operations.withdraw_charge(request.auth, found.id, reason=given.reason, on=_today())
    return _charge(ledger.entries([made])[0])


@api.post(
    "/refunds/{refund_id}/confirmation",
    response=RefundOut,
    operation_id="confirm_refund",
    tags=_TAGS,
)
@acting(Right.COST_CONFIRM)
def confirm_refund(request: ApiRequest, refund_id: UUID) -> RefundOut:
    """Say that money which somebody says came back did."""
    return _refund(operations.confirm_refund(request.auth, refund_id, on=_today()))


@api.get(_OF + "/ceilings", response=Ceilings, operation_id="ceilings", tags=_TAGS)
@acting(Right.COST_READ)
def ceilings(request: ApiRequest, number: str) -> Ceilings:
    """What the law says of the payments that this key sees, on the days they were paid."""
    return Ceilings(items=[_ceiling(each) for each in _account(request, number).judged])


@api.get(_OF + "/loans", response=Loans, operation_id="loans", tags=_TAGS)
@acting(Right.LOAN_TELL)
def loans(request: ApiRequest, number: str) -> Loans:
    """Loans for the way abroad and what they weigh."""
    found = _account(request, number)
    weight = found.burden
    return Loans(
        items=[_loan(each) for each in found.loans],
        share_of_month=_text(weight.share_of_month),
        share_of_year=_text(weight.share_of_year),
        warned=weight.warning is not None,
    )


@api.post(_OF + "/loans", response={201: LoanOut}, operation_id="tell_loan", tags=_TAGS)
@acting(Right.LOAN_TELL)
def tell_loan(request: ApiRequest, number: str, given: LoanIn) -> Status[LoanOut]:
    """Tell of a loan."""
    placement = queries.placement_by(number)
    made = operations.tell_loan(
        request.auth,
        placement.worker_id,
        placement_id=placement.id,
        principal=Money(Decimal(given.principal), given.currency),
        on=_today(),
        **given.dict(exclude={"principal", "currency"}),
    )
    return Status(201, _loan(made))


@api.get(_OF + "/cost-answers", response=Captures, operation_id="cost_answers", tags=_TAGS)
@acting(Right.LOAN_TELL)
def cost_answers(request: ApiRequest, number: str) -> Captures:
    """What the worker answered at each moment, side by side; closed to recruiters."""
    rows = queries.captures_of(_placement(request, number).id)
    return Captures(
        items=[_capture(each) for each in rows],
        gaps=[
            GapOut(component=each.component, more=_money(each.more)) for each in queries.gaps(rows)
        ],
    )


@api.get("/indicators/sdg-10-7-1", response=IndicatorOut, operation_id="sdg_10_7_1", tags=_TAGS)
@acting(Right.COST_OVERVIEW)
def sdg_10_7_1(
    request: ApiRequest, since: date | None = None, until: date | None = None
) -> IndicatorOut:
    """Recruitment cost in months of earnings, of those who left between two days."""
    return _indicator(queries.indicator(request.auth, since=since, until=until))


def _placement(request: ApiRequest, number: str) -> Placement:
    found = queries.placement_by(number)
    look(request.auth, found, worker=found.worker_id, purpose="API")
    return found


def _account(request: ApiRequest, number: str) -> queries.Account:
    return queries.account(request.auth, _placement(request, number), on=_today())


def _today() -> date:
    return timezone.localdate()


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.0001")))


def _money(value: Money | None) -> MoneyOut | None:
    return None if value is None else _sum(value)


def _sum(value: Money) -> MoneyOut:
    return MoneyOut(amount=f"{value.rounded().amount:f}", currency=value.currency)


def _charge(entry: ledger.Entry) -> ChargeOut:
    found = entry.charge
    return ChargeOut(
        number=found.number,
        component=found.component,
        paid=_sum(found.paid),
        net=_sum(entry.net),
        paid_on=found.paid_on,
        payer=found.payer,
        payee=found.payee,
        payee_name=found.payee_name,
        how=found.how,
        months=found.months,
        told_by=found.told_by,
        told_on=found.told_on,
        state=found.state,
        counts=entry.counts,
        refunds=[_refund(each) for each in entry.refunds],
    )


def _refund(found: Refund) -> RefundOut:
    return RefundOut(
        id=found.id,
        amount=f"{found.amount:f}",
        on=found.on,
        by=found.by,
        told_by=found.told_by,
        state=found.state,
    )


def _ceiling(found: Judged) -> CeilingOut:
    verdict = found.verdict
    return CeilingOut(
        rule=verdict.parameter,
        title=pick(verdict.title),
        outcome=verdict.outcome,
        reason=verdict.reason,
        on=verdict.on,
        articles=[f"{each.law} {each.article}" for each in verdict.legal_basis],
        excess=_money(found.excess),
        refunds=found.refunds,
    )


def _loan(found: Loan) -> LoanOut:
    return LoanOut(
        id=found.id,
        lender=found.lender,
        principal=_sum(found.borrowed),
        interest=_money(burden.interest(found)),
        instalment=_money(burden.instalment(found)),
        collateral=found.collateral,
    )


def _capture(found: Capture) -> CaptureOut:
    return CaptureOut(
        moment=found.moment,  # type: ignore[arg-type]  # the column's choices
        answered_on=found.answered_on,
        currency=found.currency,
        amounts=found.lines,
    )


def _indicator(found: Indicator) -> IndicatorOut:
    groups = {
        name: {value: _spread(each) for value, each in rows.items()}
        for name, rows in found.groups.items()
    }
    return IndicatorOut(total=_spread(found.whole), left_out=found.left_out, **groups)


def _spread(found: Spread) -> SpreadOut:
    return SpreadOut(
        n=found.n,
        mean=_text(found.mean),
        quartile_1=_text(found.quartile1),
        median=_text(found.median),
        quartile_3=_text(found.quartile3),
        p90=_text(found.p90),
    )
