"""What a row of an export says, in our terms; what cannot be so is a doubt, or refuses the row.

A doubt leaves the field empty and the row comes in: a person without a birth date is a task, not a
refusal. What would make a placement or contract untrue (no state, no day it began) refuses that row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from uuid import UUID

from lindung.access.jurisdictions import post_in_charge
from lindung.changeover.mapping import NotUnderstood, SheetMap
from lindung.kernel import identifiers
from lindung.kernel.identifiers import Kind, NotThatNumber
from lindung.placement.lifecycles import ContractState, PlacementState
from lindung.reference.models import Country, Region
from lindung.registry.models import Agency, Sex

P = PlacementState
OVER = frozenset({P.ENDED, P.WITHDRAWN})
ABROAD = frozenset({P.DEPARTED, P.ARRIVED})
# Days that a state rests on; a placement that claims the state without them is not brought in.
_NEEDS = {
    P.CLEARED: ("cleared_on",),
    P.DEPARTED: ("cleared_on", "departed_on"),
    P.ARRIVED: ("cleared_on", "departed_on", "arrived_on"),
}
_EARLIEST = date(1900, 1, 1)
_WAGES = {"month": "monthly_ordinary", "hour": "hourly_equivalent"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a row: ``refused`` says whether it stays out."""

    slug: str
    field: str = ""
    refused: bool = False


@dataclass(slots=True)
class Understood:
    """Fields of a row, and what was doubtful about it."""

    values: dict[str, str]
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether the row stays out."""
        return any(doubt.refused for doubt in self.doubts)

    def has(self, slug: str) -> bool:
        """Whether there is this doubt."""
        return any(doubt.slug == slug for doubt in self.doubts)

    def doubt(self, slug: str, field: str, *, refused: bool = False) -> None:
        """Empty a field that cannot be so."""
        self.values[field] = ""
        self.doubts.append(Doubt(slug, field, refused))

    def day(self, field: str) -> date | None:
        """A day, checked already; ``None`` where there is none."""
        text = self.values.get(field, "")
        return date.fromisoformat(text) if text else None

    def needed(self, field: str) -> date:
        """A day that the row would be refused without."""
        return date.fromisoformat(self.values[field])

    def number(self, field: str, kind: Kind) -> str:
        """An identity number in its canonical form; empty where there is none."""
        text = self.values.get(field, "")
        return identifiers.canonical(kind, text) if text else ""


def mapped(sheet: SheetMap, row: Mapping[str, str]) -> Understood:
    """The row's fields in our form."""
    understood = Understood({})
    for column in sheet.columns:
        try:
            understood.values[column.field] = column.read(row)
        except NotUnderstood as reason:
            slug = "code-unknown" if "code" in reason.why else "day-unreadable"
            understood.doubt(slug, column.field, refused=column.field == "state")
    return understood


def person(values: Mapping[str, str], *, on: date) -> Understood:
    """A person: a name is all that is needed."""
    found = Understood(dict(values))
    if not values.get("full_name", "").strip():
        found.doubt("name-missing", "full_name", refused=True)
    if values.get("sex", "") not in {"", *Sex.values}:
        found.doubt("code-unknown", "sex")
    _days(found, "birth_date", "passport_from", "passport_to")
    if (born := found.day("birth_date")) and not _EARLIEST <= born <= on:
        found.doubt("day-impossible", "birth_date")
    if values.get("region") and values["region"] not in _regions():
        found.doubt("region-unknown", "region")
    for name, kind in (("nik", Kind.NIK), ("passport", Kind.PASSPORT)):
        try:
            found.number(name, kind)
        except NotThatNumber:
            found.doubt("number-malformed", name)
    return found


def placement(values: Mapping[str, str], *, on: date) -> Understood:
    """A placement: where to, by which pathway, how far, and since when."""
    found = Understood(dict(values))
    if values.get("country", "") not in _countries():
        found.doubt("country-unknown", "country", refused=True)
    if values.get("state", "") not in set(PlacementState):
        found.doubt("state-unknown", "state", refused=True)
    _days(found, "opened_on", "cleared_on", "departed_on", "arrived_on", "ended_on")
    for name in ("pathway", "sector", "opened_on"):
        if not found.values.get(name):
            found.doubt("missing", name, refused=True)
    # What could not be read is empty by now: nothing rests on it.
    state = found.values.get("state", "")
    for name in _NEEDS.get(PlacementState(state), ()) if state else ():
        if not found.values.get(name):
            found.doubt("missing", name, refused=True)
    if values.get("agency_licence") and values["agency_licence"] not in _agencies():
        found.doubt("agency-unknown", "agency_licence")
    if values.get("dest_region") and values["dest_region"] not in _regions():
        found.doubt("region-unknown", "dest_region")
    if any((day := found.day(name)) and day > on for name in ("opened_on", "departed_on")):
        found.doubt("day-impossible", "opened_on", refused=True)
    return found


def contract(values: Mapping[str, str], *, on: date) -> Understood:
    """A contract: its day of signing or offer, and what it pays."""
    found = Understood(dict(values))
    _days(found, "offered_on", "signed_on", "starts_on", "ends_on")
    if not (found.values.get("offered_on") or found.values.get("signed_on")):
        found.doubt("missing", "signed_on", refused=True)
    if values.get("wage"):
        try:
            if not Decimal(values["wage"]).is_finite():
                raise InvalidOperation
        except InvalidOperation:
            found.doubt("amount-unreadable", "wage")
        if values.get("wage_per", "month") not in _WAGES:
            found.doubt("code-unknown", "wage_per")
    if (day := found.day("signed_on")) and day > on:
        found.doubt("day-impossible", "signed_on", refused=True)
    return found


# By the kind of row, as the mapping names them.
READERS = {"persons": person, "placements": placement, "contracts": contract}


def terms(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the contract says, as the plain form has it (``schemas/forms/plain``)."""
    said: dict[str, dict[str, str]] = {}
    if values.get("employer_name"):
        said["employer"] = {"name": values["employer_name"]}
    if values.get("wage") and values.get("currency"):
        wage = _WAGES.get(values.get("wage_per") or "month")
        if wage:
            said["wage"] = {"currency": values["currency"], wage: values["wage"]}
    return said


def contract_state(values: Mapping[str, str], state: PlacementState, *, on: date) -> ContractState:
    """Signed while its placement is under way and its end is not past; else lapsed."""
    ends = values.get("ends_on", "")
    over = state in OVER or (ends and date.fromisoformat(ends) < on)
    if over:
        return ContractState.LAPSED
    return ContractState.SIGNED if values.get("signed_on") else ContractState.OFFERED


def post_of(values: Mapping[str, str], *, on: date) -> int | None:
    """The post in charge of a placement today."""
    return _post(values["country"], values.get("dest_region", ""), values.get("sector", ""), on)


def agency_of(values: Mapping[str, str]) -> UUID | None:
    """Id of the recruiter with that licence number, or ``None``."""
    return _agencies().get(values.get("agency_licence", ""))


def forget() -> None:
    """Read reference data anew: a run may follow a change of it."""
    for cached in (_regions, _countries, _agencies, _post):
        cached.cache_clear()


def _days(found: Understood, *names: str) -> None:
    for name in names:
        try:
            found.day(name)
        except ValueError:
            found.doubt("day-unreadable", name)


@cache
def _regions() -> frozenset[str]:
    return frozenset(Region.objects.values_list("code", flat=True))


@cache
def _countries() -> frozenset[str]:
    return frozenset(Country.objects.values_list("code", flat=True))


@cache
def _agencies() -> dict[str, UUID]:
    return dict(Agency.objects.exclude(licence_number="").values_list("licence_number", "id"))


@cache
def _post(country: str, region: str, sector: str, on: date) -> int | None:
    return post_in_charge(country, region=region, sector=sector, on=on)
