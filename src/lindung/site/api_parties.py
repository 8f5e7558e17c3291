"""The API of parties: agencies and their licence, partners, providers, the problem list."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Schema, Status
from pydantic import Field

from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound
from lindung.parties import operations, queries
from lindung.parties.models import ForeignAgency, PartyKind, ProblemKind, Provider, Weight
from lindung.registry.models import Agency
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["parties"]
Party = Literal["employer", "partner", "agency", "provider"]


class LicenceOut(Schema):
    """An agency and its licence today."""

    id: UUID
    number: str
    name: str
    region: str = Field(description="four-digit regency code of its seat")
    licence_number: str
    state: str = Field(description="valid, warned, suspended, revoked or expired")
    licensed_from: date
    licensed_to: date
    able: bool = Field(description="whether it may place workers today")
    obstacle: str = Field(description="why not, as the slug of a problem; empty where it may")


class RuleOut(Schema):
    """What one rule says of an agency."""

    rule: str = Field(examples=["id.agency.deposit"])
    outcome: Literal["meets", "breaks", "needs_check"]
    reason: str = Field(description="why it needs a check; empty where it does not")
    found: str | None
    law: list[str] = Field(description="law and article")


class StandingOut(LicenceOut):
    """An agency's licence, and what each rule says."""

    rules: list[RuleOut]


class AgencySearch(Schema):
    """Which agency to look for. In the body: a name in an address stays in logs."""

    name: str = Field(min_length=1, max_length=160)


class PartnerSearch(Schema):
    """Which partners to look for; what is left empty leaves none out."""

    name: str = Field("", max_length=160)
    country: str = Field("", max_length=2, description="ISO 3166-1 alpha-2")


class ProviderSearch(Schema):
    """Which providers to look for; what is left empty leaves none out."""

    name: str = Field("", max_length=160)
    kind: str = Field("", max_length=20, description="training, medical or competence")


class PartnerIn(Schema):
    """A partner abroad."""

    name: str = Field(min_length=1, max_length=160)
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    city: str = Field("", max_length=80)
    licence_number: str = Field("", max_length=60)
    licensed_from: date | None = None
    licensed_to: date | None = None
    contact_office: str = Field("", max_length=200, description="of the office, not of a person")


class PartnerOut(PartnerIn):
    """A partner abroad, as registered."""

    id: UUID
    number: str = Field(examples=["MTR-26-000123"])


class ProviderOut(Schema):
    """Who trains, examines or certifies candidates."""

    id: UUID
    number: str = Field(examples=["PNY-26-000123"])
    name: str
    kind: str = Field(description="training, medical or competence")
    region: str = Field(description="four-digit regency code")
    accreditation: str
    valid_from: date
    valid_to: date


class EmployerIn(Schema):
    """An employer abroad."""

    name: str = Field(min_length=1, max_length=160)
    kind: Literal["company", "household"]
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    sector: str = Field(max_length=40)
    dest_region: str = Field("", max_length=8, description="ISO 3166-2 of the workplace")
    outside_number: str = Field("", max_length=60)


class Numbered(Schema):
    """What was made."""

    id: UUID
    number: str


class ProblemIn(Schema):
    """A file against a party, which is named by its public number."""

    party: Party
    party_number: str = Field(max_length=24)
    kind: str = Field(examples=[str(ProblemKind.UNPAID_WAGES)])
    weight: Literal["blocks", "warns"] = "blocks"
    evidence: str = Field(min_length=1, max_length=120)
    basis: str = Field(min_length=1, max_length=160)
    reported_by: str = Field(min_length=1, max_length=120, description="an office, not a name")


class ProblemOut(Schema):
    """A published entry against a company."""

    number: str = Field(examples=["MSL-26-000123"])
    party: str
    name: str
    country: str
    kind: str
    weight: str
    basis: str
    published_on: date
    expires_on: date


@api.post("/agencies/search", response=list[LicenceOut], operation_id="find_agencies", tags=_TAGS)
@acting(Right.PARTY_READ)
def find_agencies(request: ApiRequest, search: AgencySearch) -> list[LicenceOut]:
    """Agencies by the beginning of the name or by a whole number, at most fifty."""
    found = queries.agencies(text=search.name)[: queries.PAGE]
    return [LicenceOut(**_licence(each)) for each in found]


@api.get("/agencies/{agency_id}", response=StandingOut, operation_id="agency", tags=_TAGS)
@acting(Right.PARTY_READ)
def agency(request: ApiRequest, agency_id: UUID) -> StandingOut:
    """One agency: its licence, and what each rule says of it today."""
    found = queries.agency(agency_id)
    rules = [
        RuleOut(
            rule=each.law.id,
            outcome=each.outcome,
            reason=each.reason,
            found=None if each.found is None else str(each.found),
            law=[f"{basis.law} {basis.article}" for basis in each.law.legal_basis],
        )
        for each in queries.standing(found, on=timezone.localdate()).rules
    ]
    return StandingOut(**_licence(found), rules=rules)


@api.post("/partners/search", response=list[PartnerOut], operation_id="find_partners", tags=_TAGS)
@acting(Right.PARTY_READ)
def find_partners(request: ApiRequest, search: PartnerSearch) -> list[PartnerOut]:
    """Partners abroad by the beginning of the name, at most fifty."""
    found = queries.partners(text=search.name, country=search.country)[: queries.PAGE]
    return [_partner(each) for each in found]


@api.post("/partners", response={201: PartnerOut}, operation_id="register_partner", tags=_TAGS)
@acting(Right.PARTNER_REGISTER)
def register_partner(request: ApiRequest, given: PartnerIn) -> Status[PartnerOut]:
    """Register a partner abroad; a licence that is registered already is refused."""
    made = operations.register_partner(request.auth, on=timezone.localdate(), **given.model_dump())
    return Status(201, _partner(made))


@api.post(
    "/providers/search", response=list[ProviderOut], operation_id="find_providers", tags=_TAGS
)
@acting(Right.PARTY_READ)
def find_providers(request: ApiRequest, search: ProviderSearch) -> list[ProviderOut]:
    """Providers by the beginning of the name, at most fifty."""
    found = queries.providers(text=search.name, kind=search.kind)[: queries.PAGE]
    return [_provider(each) for each in found]


@api.post("/employers", response={201: Numbered}, operation_id="register_employer", tags=_TAGS)
@acting(Right.EMPLOYER_REGISTER)
def register_employer(request: ApiRequest, given: EmployerIn) -> Status[Numbered]:
    """Register an employer abroad; an outside number that is registered already is refused."""
    made = operations.register_employer(request.auth, on=timezone.localdate(), **given.model_dump())
    return Status(201, Numbered(id=made.id, number=made.number))


@api.get("/problems", response=list[ProblemOut], operation_id="published_problems", tags=_TAGS)
@acting(Right.PARTY_READ)
def published_problems(request: ApiRequest, party: Party | None = None) -> list[ProblemOut]:
    """What is published and in force today, at most fifty; households never stand here."""
    found = queries.published(on=timezone.localdate(), party=party or "")[: queries.PAGE]
    names = ProblemOut.model_fields
    return [ProblemOut(**{name: getattr(each, name) for name in names}) for each in found]


@api.post("/problems", response={201: Numbered}, operation_id="report_problem", tags=_TAGS)
@acting(Right.PROBLEM_REPORT)
def report_problem(request: ApiRequest, given: ProblemIn) -> Status[Numbered]:
    """Open a file against a party; it counts once the party was heard and it is published."""
    if given.kind not in ProblemKind.values:
        raise NotFound
    party = PartyKind(given.party)
    made = operations.report_problem(
        request.auth,
        party=party,
        subject=queries.party_id(party, given.party_number),
        kind=ProblemKind(given.kind),
        weight=Weight(given.weight),
        evidence=given.evidence,
        basis=given.basis,
        reported_by=given.reported_by,
        on=timezone.localdate(),
    )
    return Status(201, Numbered(id=made.id, number=made.number))


def _licence(found: Agency) -> dict[str, Any]:
    held = queries.licence(found, on=timezone.localdate())
    return {
        "id": found.id,
        "number": found.number,
        "name": found.name,
        "region": found.region,
        "licence_number": found.licence_number,
        "state": str(held.state),
        "licensed_from": held.licensed_from,
        "licensed_to": held.licensed_to,
        "able": held.able,
        "obstacle": held.obstacle.slug if held.obstacle else "",
    }


def _partner(found: ForeignAgency) -> PartnerOut:
    return PartnerOut(**{name: getattr(found, name) for name in PartnerOut.model_fields})


def _provider(found: Provider) -> ProviderOut:
    return ProviderOut(**{name: getattr(found, name) for name in ProviderOut.model_fields})
