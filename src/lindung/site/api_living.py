"""The API of the living register: how sure we are of somebody abroad, what changes there, the balance."""

# Not with postponed annotations: ``acting`` wraps the handlers, and they would be looked up in its module.

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Schema, Status
from pydantic import Field

from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import NotFound
from lindung.monitoring import operations, queries
from lindung.monitoring.models import Companion, Extension, Leave, Relation
from lindung.placement import queries as placements
from lindung.placement import twin
from lindung.registry import queries as registry
from lindung.registry.models import Source, Worker
from lindung.site.api import ApiRequest, acting, api
from lindung.site.register import balance as books

_TAGS = ["living register"]


class FactOut(Schema):
    """One thing that somebody said."""

    shown: str
    source: str = Field(description="worker, family, agency, employer, destination or officer")
    confirmed_on: date
    confidence: str = Field(description="high, medium or low")


class HeldOut(Schema):
    """How sure we are of one thing about a person."""

    kind: str = Field(description="arrival, whereabouts, employer, condition or contact")
    facts: list[FactOut] = Field(description="those that stand, the newest first; none is a gap")
    days: int | None = Field(description="whole days since last confirmed; null: never")
    contradicted: bool = Field(description="two sources say different things; both are kept")


class LivingOut(Schema):
    """What is known of a person abroad."""

    held: list[HeldOut]
    work_ends_on: date | None


class Told(Schema):
    """Who says so."""

    source: str = Field("officer", pattern="^(worker|family|agency|employer|destination|officer)$")


class OtherEmployerIn(Told):
    """Another employer."""

    employer: str = Field(max_length=160)
    region: str = Field("", max_length=8, description="ISO 3166-2 of the workplace, where known")
    sector: str = Field("", max_length=40)
    on: date


class EmployerOut(Schema):
    """The employment that goes on now."""

    employer: str
    began_on: date


class ResignedIn(Told):
    """What another contract, signed abroad, says; what is not at hand is left out."""

    signed_on: date
    employer: str = Field("", max_length=160)
    job: str = Field("", max_length=160)
    region: str = Field("", max_length=8)
    ends_on: date | None = None
    wage: Decimal | None = Field(None, ge=0, description="in the cleared contract's currency")
    wage_per: str = Field("month", pattern="^(month|day|hour)$")
    hours: Decimal | None = Field(None, ge=0, le=24, description="regular hours a day")


class DiffersOut(Schema):
    """What differs from the cleared contract: a finding each."""

    findings: list[str] = Field(examples=[["TMN-26-000012"]])


class ExtensionIn(Told):
    """An application to extend the contract in force."""

    until: date


class DecisionIn(Schema):
    """The officer's word."""

    step: str = Field(pattern="^(grant|refuse)$")
    reason: str = Field("", max_length=300)


class ExtensionOut(Schema):
    """An application to extend a contract, and what became of it."""

    id: UUID
    state: str = Field(description="asked, granted, refused or withdrawn")
    until: date
    outcome: str = Field(description="the rules' word: meets, breaks or needs_check")
    decided_on: date | None
    reason: str


class LeaveIn(Told):
    """Somebody goes for a while."""

    on: date
    back_by: date
    reason: str = Field("", max_length=200)


class LeaveEndIn(Schema):
    """Somebody is back, or stays away."""

    step: str = Field(pattern="^(come back|stay away)$")
    on: date


class LeaveOut(Schema):
    """A time away."""

    id: UUID
    state: str = Field(description="away, back or not_returned")
    left_on: date
    back_by: date
    ended_on: date | None


class CompanionIn(Told):
    """Somebody of the family who lives with the worker abroad."""

    name: str = Field(max_length=160)
    relation: Relation
    birth_year: int | None = None
    born_abroad: bool = False
    needs: list[str] = Field([], description="papers, school, health, mobility, baby")


class CompanionOut(Schema):
    """Somebody who lives with the worker."""

    id: UUID
    name: str
    relation: str
    birth_year: int | None
    needs: list[str]
    confirmed_on: date


class BalanceAsked(Schema):
    """Which balance."""

    since: date | None = Field(None, description="first day; 1 January of the last day's year")
    until: date | None = Field(None, description="last day; today without, and never later")
    post: int | None = None
    country: str = Field("", max_length=2)


class SheetOut(Schema):
    """The balance of one post and country."""

    post_id: int | None
    country: str
    opening: int
    departures: int
    enrolled: int
    moved_in: int
    moved_out: int
    returns: int
    deaths: int
    closing: int
    counted: int | None = Field(description="null where the last day is past")
    difference: int | None
    named: int = Field(description="people counted otherwise than the movements say")
    as_of: datetime = Field(description="everything told until then is in it")


class NamesAsked(Schema):
    """Whose names."""

    post: int | None = None
    country: str = Field("", max_length=2)
    reason: str = ""
    after: str = Field("", description="number of the last one of the page before")
    after_reason: str = ""


class NamedOut(Schema):
    """One person of the difference, by public number."""

    number: str
    reason: str
    weight: int = Field(description="by how much the count differs; 0: only to be cleared up")
    what_to_do: str


class NamesOut(Schema):
    """At most a hundred; ask again behind the last one."""

    items: list[NamedOut]
    more: bool


class ShareOut(Schema):
    """The share of people abroad who were confirmed lately."""

    abroad: int
    confirmed: int
    percent: int | None
    days: int
    since: date
    on: date


@api.get("/workers/{public_number}/living", response=LivingOut, operation_id="living", tags=_TAGS)
@acting(Right.FACT_RECORD)
def living(request: ApiRequest, public_number: str) -> LivingOut:
    """How sure we are of a person abroad, and when each was last confirmed; the look is recorded."""
    worker = _worker(request, public_number)
    placement = placements.live_placement(worker.id)
    contract = placements.contract_in_force(placement.id) if placement else None
    return LivingOut(
        held=[
            HeldOut(
                kind=each.kind,
                facts=[
                    FactOut(
                        shown=fact.value.get("shown", ""),
                        source=fact.source,
                        confirmed_on=fact.confirmed_on,
                        confidence=fact.confidence,
                    )
                    for fact in each.facts
                ],
                days=each.days,
                contradicted=each.contradicted,
            )
            for each in registry.held(worker.id, on=timezone.localdate())
        ],
        work_ends_on=queries.work_ends_on(contract) if contract else None,
    )


@api.post(
    "/workers/{public_number}/employer",
    response=EmployerOut,
    operation_id="change_employer",
    tags=_TAGS,
)
@acting(Right.EMPLOYMENT_CONFIRM)
def change_employer(request: ApiRequest, public_number: str, body: OtherEmployerIn) -> EmployerOut:
    """Record another employer; a new region may bring another post."""
    worker = registry.worker_by_number(public_number)
    made = operations.change_employer(
        request.auth,
        worker.id,
        employer=body.employer,
        source=Source(body.source),
        region=body.region,
        sector=body.sector,
        at=datetime.now(UTC),
        on=body.on,
    )
    return EmployerOut(employer=made.employer_name, began_on=made.began_on)


@api.post(
    "/placements/{number}/resigning",
    response=DiffersOut,
    operation_id="record_resigning",
    tags=_TAGS,
)
@acting(Right.EMPLOYMENT_CONFIRM)
def record_resigning(request: ApiRequest, number: str, body: ResignedIn) -> DiffersOut:
    """Lay a contract signed abroad beside the one that was cleared; what differs is a finding."""
    placement = placements.by_number(number)
    told: dict[str, Any] = {
        twin.EMPLOYER: body.employer,
        twin.JOB: body.job,
        twin.REGION: body.region,
        twin.ENDS: body.ends_on.isoformat() if body.ends_on else "",
        "hours.daily_regular": body.hours,
    }
    cleared = placements.contract_in_force(placement.id)
    agreed = twin.verified(cleared).get("wage.monthly_ordinary") if cleared else None
    if body.wage is not None and isinstance(agreed, Quantity):
        unit = f"{agreed.unit.measure}/{body.wage_per}"
        told["wage.monthly_ordinary"] = Quantity.of(body.wage, unit)
    found = operations.record_resigning(
        request.auth,
        placement.id,
        told=told,
        source=Source(body.source),
        signed_on=body.signed_on,
        at=datetime.now(UTC),
        on=timezone.localdate(),
    )
    return DiffersOut(findings=[each.number for each in found])


@api.post(
    "/placements/{number}/extensions",
    response={201: ExtensionOut},
    operation_id="ask_extension",
    tags=_TAGS,
)
@acting(Right.EXTENSION_ASK)
def ask_extension(request: ApiRequest, number: str, body: ExtensionIn) -> Status[ExtensionOut]:
    """Apply to extend the contract in force; the rules of the renewed one are tested at once."""
    made = operations.ask_extension(
        request.auth,
        placements.by_number(number).id,
        until=body.until,
        source=Source(body.source),
        on=timezone.localdate(),
    )
    return Status(201, _extension(made))


@api.post(
    "/extensions/{extension_id}/decision",
    response=ExtensionOut,
    operation_id="decide_extension",
    tags=_TAGS,
)
@acting(Right.EXTENSION_DECIDE)
def decide_extension(request: ApiRequest, extension_id: UUID, body: DecisionIn) -> ExtensionOut:
    """Grant or refuse an extension."""
    made = operations.decide_extension(
        request.auth, extension_id, step=body.step, reason=body.reason, on=timezone.localdate()
    )
    return _extension(made)


@api.post(
    "/workers/{public_number}/leaves",
    response={201: LeaveOut},
    operation_id="go_on_leave",
    tags=_TAGS,
)
@acting(Right.LEAVE_RECORD)
def go_on_leave(request: ApiRequest, public_number: str, body: LeaveIn) -> Status[LeaveOut]:
    """Record that a person abroad left for a while."""
    made = operations.go_on_leave(
        request.auth,
        registry.worker_by_number(public_number).id,
        on=body.on,
        back_by=body.back_by,
        reason=body.reason,
        source=Source(body.source),
    )
    return Status(201, _leave(made))


@api.post("/leaves/{leave_id}/end", response=LeaveOut, operation_id="end_leave", tags=_TAGS)
@acting(Right.LEAVE_RECORD)
def end_leave(request: ApiRequest, leave_id: UUID, body: LeaveEndIn) -> LeaveOut:
    """Record that a person is back, or stays away."""
    return _leave(operations.end_leave(request.auth, leave_id, step=body.step, on=body.on))


@api.get(
    "/workers/{public_number}/companions",
    response=list[CompanionOut],
    operation_id="companions",
    tags=_TAGS,
)
@acting(Right.COMPANION_KEEP)
def companions(request: ApiRequest, public_number: str) -> list[CompanionOut]:
    """Who lives with the worker abroad; the look is recorded."""
    worker = _worker(request, public_number)
    return [_companion(each) for each in queries.companions_of(worker.id)]


@api.post(
    "/workers/{public_number}/companions",
    response={201: CompanionOut},
    operation_id="keep_companion",
    tags=_TAGS,
)
@acting(Right.COMPANION_KEEP)
def keep_companion(
    request: ApiRequest, public_number: str, body: CompanionIn
) -> Status[CompanionOut]:
    """Write down who lives with the worker abroad."""
    made = operations.keep_companion(
        request.auth,
        registry.worker_by_number(public_number).id,
        name=body.name,
        relation=body.relation,
        birth_year=body.birth_year,
        born_abroad=body.born_abroad,
        needs=body.needs,
        source=Source(body.source),
        on=timezone.localdate(),
    )
    return Status(201, _companion(made))


@api.get("/register/balance", response=list[SheetOut], operation_id="balance", tags=_TAGS)
@acting(Right.BALANCE_READ)
def balance(request: ApiRequest, asked: Query[BalanceAsked]) -> list[SheetOut]:
    """The balance by post and country: movements beside the count of people abroad."""
    today = timezone.localdate()
    end = min(asked.until or today, today)
    found = books.balance(
        request.auth,
        start=min(asked.since or end.replace(month=1, day=1), end),
        end=end,
        today=today,
        post=asked.post,
        country=asked.country.upper(),
    )
    names = SheetOut.model_fields.keys() - {"as_of"}
    return [
        SheetOut(as_of=found.book.as_of, **{name: getattr(each, name) for name in names})
        for each in found.sheets
    ]


@api.get("/register/balance/names", response=NamesOut, operation_id="balance_names", tags=_TAGS)
@acting(Right.BALANCE_READ)
def balance_names(request: ApiRequest, asked: Query[NamesAsked]) -> NamesOut:
    """Who makes the difference, by public number, each with the reason and what to do."""
    found = books.names(
        request.auth,
        on=timezone.localdate(),
        post=asked.post,
        country=asked.country.upper(),
        reason=asked.reason,
        after=(asked.after, asked.after_reason),
    )
    page = found[: books.PAGE]
    return NamesOut(
        items=[
            NamedOut(
                number=each.number, reason=each.reason, weight=each.weight, what_to_do=each.cure
            )
            for each in page
        ],
        more=len(found) > len(page),
    )


@api.get("/register/confirmed", response=ShareOut, operation_id="confirmed_share", tags=_TAGS)
@acting(Right.FACT_RECORD)
def confirmed_share(request: ApiRequest) -> ShareOut:
    """The share of people abroad in the key's jurisdiction who were confirmed lately."""
    found = queries.confirmed_share(request.auth, timezone.localdate())
    return ShareOut(**{name: getattr(found, name) for name in ShareOut.model_fields})


def _worker(request: ApiRequest, public_number: str) -> Worker:
    found = registry.worker_by_number(public_number)
    if found.merged_into_id is not None:
        raise NotFound
    look(request.auth, found, worker=found.id, purpose="API")
    return found


def _extension(made: Extension) -> ExtensionOut:
    return ExtensionOut(**{name: getattr(made, name) for name in ExtensionOut.model_fields})


def _leave(made: Leave) -> LeaveOut:
    return LeaveOut(**{name: getattr(made, name) for name in LeaveOut.model_fields})


def _companion(made: Companion) -> CompanionOut:
    return CompanionOut(**{name: getattr(made, name) for name in CompanionOut.model_fields})
