"""What a placement needs, per scheme and corridor, and what of it is still open.

Pathways are data (``regulations/<origin>/pathways/*.yaml``). Nothing here knows a country.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from lindung.kernel.days import add_months
from lindung.kernel.refusals import NotFound
from lindung.regulations import files
from lindung.regulations.files import LawUnreadable, read_yaml
from lindung.regulations.lawbook import law, value_on
from lindung.regulations.schema import shape_faults
from lindung.regulations.shapes import Basis, Bilingual, Confidence, Lawbook, Source

ANY = "any"
Why = Literal["missing", "refused", "not_yet_given", "expired", "law_not_confirmed"]


class Validity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long evidence stays good: by a rule of law, or a duration with its own source."""

    provision: str = ""
    amount: int | None = None
    unit: Literal["days", "months", "years"] = "days"
    source: tuple[str, ...] = ()
    confidence: Confidence = "medium"


class LegalClock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when a requirement is due, counted from another one."""

    amount: int
    count: Literal["hours", "days", "working_days", "months"]
    since: str = msgspec.field(name="from")
    side: Literal["after", "before"] = "after"
    source: tuple[str, ...] = ()
    confidence: Confidence = "medium"


class Usual(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something takes by what was published; never a promise.

    Attributes:
        least, most: the span; equal where one number was published.
        source: a norm of service or a count, never our estimate.
    """

    least: int
    most: int
    count: Literal["days", "working_days", "months"]
    source: tuple[str, ...]
    confidence: Confidence


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number that somebody published about the way, with its day.

    Attributes:
        requirement: the step of the way that it speaks of.
        as_of: the day, month (``2025-09``) or year that it stands for.
    """

    requirement: str
    title: Bilingual
    value: int
    as_of: str
    source: tuple[str, ...]
    confidence: Confidence


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that has to be given, by whom, and on what legal basis.

    Attributes:
        given_by: who hands it in or makes it.
        approved_by: who accepts it, where that is somebody else.
    """

    id: str
    title: Bilingual
    stage: str
    given_by: str
    approved_by: str = ""
    evidence: str
    legal_basis: tuple[Basis, ...]
    source: tuple[str, ...]
    confidence: Confidence
    for_departure: bool = True
    validity: Validity | None = None
    clock: LegalClock | None = None
    usual: Usual | None = None
    provision: str = ""
    needs: tuple[str, ...] = ()
    note: str = ""

    @property
    def needs_check(self) -> bool:
        """Whether what it rests on is weak, so that an officer accepts it with a reason."""
        return self.confidence != "high"


class Corridor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which country to which, ISO 3166-1 alpha-2.

    ``destination`` is one country, a list of them, or ``any`` where the scheme is bound to none.
    """

    origin: str
    destination: str | tuple[str, ...]

    @property
    def fixed(self) -> str:
        """The one destination; empty where the person's own placement has to name it."""
        if isinstance(self.destination, str):
            return "" if self.destination == ANY else self.destination
        return self.destination[0] if len(self.destination) == 1 else ""

    def serves(self, country: str) -> bool:
        """Whether the way leads to a country."""
        if self.destination == ANY:
            return country != self.origin
        return country in (
            (self.destination,) if isinstance(self.destination, str) else self.destination
        )


class Pathway(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All requirements of a scheme and corridor between two days, in order."""

    id: str
    title: Bilingual
    scheme: str
    corridor: Corridor
    sectors: tuple[str, ...]
    needs_agency: bool
    effective_from: date | None
    effective_to: date | None
    verified_through: date | None
    sources: dict[str, Source]
    requirements: tuple[Requirement, ...]
    published: tuple[Published, ...] = ()
    note: str = ""
    version: str = ""

    def asks(self, id_: str) -> bool:
        """Whether this pathway has a requirement of that id."""
        return any(each.id == id_ for each in self.requirements)

    def requirement(self, id_: str) -> Requirement:
        """One requirement by its id.

        Raises:
            NotFound: this pathway has none such.
        """
        for each in self.requirements:
            if each.id == id_:
                return each
        raise NotFound(id_)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was given for a requirement.

    Args:
        state: ``accepted``, ``waived`` (with a reason on file) or ``refused``.
        given_on: day it was issued or given; validity counts from it.
        valid_until: last day it is good for, where the evidence itself says so.
    """

    state: Literal["accepted", "waived", "refused"]
    given_on: date
    valid_until: date | None = None


class OpenRequirement(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that is still open, and why.

    Attributes:
        why: ``missing``, ``refused``, ``not_yet_given`` (dated after the day asked),
            ``expired``, or ``law_not_confirmed`` (its validity rests on a rule that needs a check).
        waits_for: requirements before it that are open themselves.
        expired_on: first day on which it was no longer good.
        needs_check: its own sources are weak, so an officer may decide with a reason.
    """

    requirement: Requirement
    why: Why
    waits_for: tuple[str, ...] = ()
    expired_on: date | None = None
    needs_check: bool = False


def open_requirements(
    pathway: Pathway,
    evidence: Mapping[str, Evidence],
    *,
    on: date,
    for_departure: bool = True,
) -> tuple[OpenRequirement, ...]:
    """What is still open on a day, in the pathway's order. Pure: same input, same answer.

    Args:
        evidence: requirement id → the newest record; unknown ids are ignored.
        on: the day of the question, in the origin country.
        for_departure: only what must be there before leaving; False asks for the whole way.
    """
    found: dict[str, OpenRequirement] = {}
    for requirement in pathway.requirements:
        state = _state(requirement, evidence.get(requirement.id), on)
        if state is None:
            continue
        why, expired_on = state
        found[requirement.id] = OpenRequirement(
            requirement=requirement,
            why=why,
            waits_for=tuple(need for need in requirement.needs if need in found),
            expired_on=expired_on,
            needs_check=requirement.needs_check or why == "law_not_confirmed",
        )
    return tuple(
        each for each in found.values() if each.requirement.for_departure or not for_departure
    )


def _state(
    requirement: Requirement, given: Evidence | None, on: date
) -> tuple[Why, date | None] | None:
    """Why a requirement is open, None when it is settled."""
    if given is None:
        return "missing", None
    if given.state == "refused":
        return "refused", None
    if given.given_on > on:
        return "not_yet_given", None
    if given.state == "waived":
        return None
    if given.valid_until is not None:
        past = given.valid_until < on
        return ("expired", date.fromordinal(given.valid_until.toordinal() + 1)) if past else None
    if requirement.validity is None:
        return None
    end = _valid_before(requirement.validity, given.given_on)
    if end is None:
        return "law_not_confirmed", None
    return ("expired", end) if end <= on else None


def good_until(requirement: Requirement, given: Evidence) -> date | None:
    """The last day on which accepted evidence is good.

    ``None`` where no end is known: none is set, or the rule that sets it needs a check.
    """
    if given.state != "accepted":
        return None
    if given.valid_until is not None:
        return given.valid_until
    if requirement.validity is None:
        return None
    end = _valid_before(requirement.validity, given.given_on)
    return None if end is None else date.fromordinal(end.toordinal() - 1)


def _valid_before(validity: Validity, given_on: date) -> date | None:
    """First day on which evidence is no longer good; None where the rule needs a check."""
    amount, unit = validity.amount, validity.unit
    if validity.provision:
        said = value_on(law().parameters[validity.provision], given_on)
        counted = said.number
        if said.outcome != "in_force" or counted is None:
            return None
        amount = int(counted)
        unit = said.unit  # type: ignore[assignment]  # checked by validation: days, months, years
    assert amount is not None
    if unit == "days":
        return date.fromordinal(given_on.toordinal() + amount)
    return add_months(given_on, amount * (12 if unit == "years" else 1))


def pathways(folder: Path | None = None) -> Mapping[str, Pathway]:
    """Every pathway by its id, as the files of the law's folder describe them.

    Raises:
        LawUnreadable: a pathway file is not as it should be.
    """
    return _read(folder or files.FOLDER)


@functools.cache
def _read(folder: Path) -> Mapping[str, Pathway]:
    found: dict[str, Pathway] = {}
    for path in sorted(folder.glob("*/pathways/*.yaml")):
        content = path.read_bytes()
        data: dict[str, Any] = read_yaml(path, content)
        data["sources"] = {key: {"key": key, **each} for key, each in data["sources"].items()}
        data["version"] = hashlib.sha256(content).hexdigest()
        try:
            pathway = msgspec.convert(data, Pathway)
        except msgspec.ValidationError as error:
            raise LawUnreadable(f"{path.relative_to(folder)}: {error}") from error
        if pathway.id in found:
            raise LawUnreadable(f"{path.relative_to(folder)}: {pathway.id} stands twice.")
        found[pathway.id] = pathway
    return found


def pathway(id_: str) -> Pathway:
    """One pathway by its id.

    Raises:
        NotFound: none has it.
    """
    try:
        return pathways()[id_]
    except KeyError:
        raise NotFound(id_) from None


def pathway_for(*, scheme: str, origin: str, destination: str, on: date) -> Pathway:
    """The pathway of a scheme and corridor on a day.

    Raises:
        NotFound: none is described for them.
    """
    for each in pathways().values():
        begun = each.effective_from is None or each.effective_from <= on
        running = each.effective_to is None or on <= each.effective_to
        same = (each.scheme, each.corridor.origin) == (scheme, origin)
        if same and each.corridor.serves(destination) and begun and running:
            return each
    raise NotFound(f"{scheme} {origin}-{destination}")


def pathway_faults(folder: Path, lawbook: Lawbook) -> Iterator[str]:
    """What is wrong with the pathways of a folder."""
    for path in sorted(folder.glob("*/pathways/*.yaml")):
        name = path.relative_to(folder).as_posix()
        data = read_yaml(path)
        faults = list(shape_faults(folder, "pathway", name, data))
        yield from faults or _semantic_faults(name, data, lawbook)


def _semantic_faults(name: str, data: dict[str, Any], lawbook: Lawbook) -> Iterator[str]:
    if Path(name).stem != data["id"]:
        yield f"{name}: its id is {data['id']}."
    if name.partition("/")[0] != data["corridor"]["origin"]:
        yield f"{name}: belongs in the folder of {data['corridor']['origin']}."
    for sector in data["sectors"]:
        if sector not in lawbook.words.sectors:
            yield f"{name}: the sector {sector} is not in _words.yaml."
    earlier: set[str] = set()
    for each in data["requirements"]:
        faults = [
            *_order_faults(each, earlier),
            *_source_faults(each, data["sources"]),
            *_validity_faults(each, lawbook),
        ]
        yield from (f"{name}: {each['id']}: {fault}" for fault in faults)
        earlier.add(each["id"])
    yield from _published_faults(name, data, earlier)


def _published_faults(name: str, data: dict[str, Any], known: set[str]) -> Iterator[str]:
    for each in data.get("published", []):
        if each["requirement"] not in known:
            yield f"{name}: a published number speaks of {each['requirement']}, no step of this way."
        for key in each["source"]:
            if key not in data["sources"]:
                yield f"{name}: the source {key} is not in this file."


def _order_faults(each: dict[str, Any], earlier: set[str]) -> Iterator[str]:
    if each["id"] in earlier:
        yield "stands twice."
    for need in each.get("needs", []):
        if need not in earlier:
            yield f"needs {need}, which does not stand before it."
    if "clock" in each and each["clock"]["from"] not in earlier:
        yield f"counts from {each['clock']['from']}, which does not stand before it."


def _source_faults(each: dict[str, Any], sources: dict[str, Any]) -> Iterator[str]:
    parts = [each, *(each.get(part, {}) for part in ("clock", "validity", "usual"))]
    if "usual" in each and each["usual"]["least"] > each["usual"]["most"]:
        yield "usually takes longer at least than at most."
    for key in [key for part in parts for key in part.get("source", [])]:
        if key not in sources:
            yield f"the source {key} is not in this file."


def _validity_faults(each: dict[str, Any], lawbook: Lawbook) -> Iterator[str]:
    validity = each.get("validity", {})
    if validity and ("provision" in validity) == ("amount" in validity):
        yield "a validity rests either on a rule or on an amount."
    for rule in filter(None, (each.get("provision"), validity.get("provision"))):
        if rule not in lawbook.parameters:
            yield f"no rule {rule}."
        elif rule == validity.get("provision"):
            unit = lawbook.parameters[rule].unit
            if unit not in ("days", "months", "years"):
                yield f"a validity cannot be counted in {unit}."
