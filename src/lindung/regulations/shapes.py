"""The law's files as frozen structures. Nothing here decides; see ``lawbook`` and ``verdicts``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

Rule = Literal["minimum", "maximum", "exact", "required", "prohibited", "informative"]
Status = Literal["in_force", "announced", "unknown"]
Confidence = Literal["high", "medium", "low"]


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in Indonesian (the source language) and English."""

    id: str
    en: str


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a value was read. ``kind`` ``own_knowledge``: the compilers knew it, nobody looked."""

    key: str = ""
    title: str
    kind: str
    url: str | None = None
    locator: str = ""


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law and its article."""

    law: str
    article: str


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dated value. ``value`` is a number, text, yes/no or tiers; None where unknown."""

    effective_from: date | None
    value: Any
    status: Status
    source: tuple[str, ...]
    confidence: Confidence
    effective_to: date | None = None
    note: str = ""


class AppliesTo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a rule binds; ``exceptions`` and ``when`` are words that a person may have to read."""

    sectors: tuple[str, ...]
    regions: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = msgspec.field(default=(), name="except")
    when: str = ""


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule with all its dated values. ``version`` is the SHA-256 of its file."""

    id: str
    category: str
    title: Bilingual
    unit: str
    rule: Rule
    applies_to: AppliesTo
    legal_basis: tuple[Basis, ...]
    values: tuple[Row, ...]
    verified_through: date | None
    contract_field: str = ""
    note: str = ""
    jurisdiction: str = ""
    version: str = ""
    path: str = ""


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test of one fact of the contract or worker; see ``holds`` in ``conditions``."""

    fact: str
    equals: bool | int | str | None = None
    among: tuple[str, ...] = msgspec.field(default=(), name="in")
    not_among: tuple[str, ...] = msgspec.field(default=(), name="not_in")
    starts_with: tuple[str, ...] = ()
    at_least: int | float | None = None
    at_most: int | float | None = None


class ExceptionReading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a phrase in ``except`` is understood.

    ``sectors`` are clearly excepted; ``all_of`` (together) and ``any_of`` (one is enough) test
    facts; ``person`` leaves it to a reader. ``frees``: the exception only frees from a duty, so
    a contract that fulfils the rule needs nobody to read it.
    """

    sectors: tuple[str, ...] = ()
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    person: bool = False
    frees: bool = True


class WhenReading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the words in ``when`` are understood: another reference day, or conditions."""

    reference: Literal["work", "signed"] = "work"
    requires: tuple[Condition, ...] = ()


class Doubt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note that narrows a rule: between these days a person reads, unless the facts are so."""

    why: Bilingual
    start: date | None = msgspec.field(default=None, name="from")
    end: date | None = msgspec.field(default=None, name="to")
    unless: tuple[Condition, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a note of one parameter means to the program. The note stays what counts.

    ``whole_contract``: the rule names no field and binds such a contract as it stands.
    """

    reference: Literal["work", "signed"] | None = None
    requires: tuple[Condition, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    decided_by_destination: bool = False
    whole_contract: bool = False
    items: dict[str, tuple[Condition, ...]] = {}


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paid hours (or days) in a month: a fixed number, a contract field, or so many a week.

    What is counted is what the conversion's unit is per: hours for ``MYR/hour``, days for a day.
    """

    fixed: int | float | None = None
    field: str = ""
    weekly: int | float | None = None
    weekly_field: str = ""
    plus_weekly: int | float = 0
    weeks_a_year: int | float = 52


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount as a part of another field: ``times`` 100 gives percent."""

    of: str
    times: int


class Conversion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one field of a contract follows from another, from a day to a day.

    ``approximate``: a result under the limit is no proof of a breach.
    """

    id: str
    title: Bilingual
    field: str
    unit: str
    source_field: str = msgspec.field(name="from_field")
    hours: Hours | None = None
    share: Share | None = None
    requires: tuple[Condition, ...] = ()
    start: date | None = msgspec.field(default=None, name="from")
    end: date | None = msgspec.field(default=None, name="to")
    round_to: str = ""
    approximate: bool = False
    source: tuple[str, ...]
    confidence: Confidence
    note: str = ""


class Readings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A jurisdiction's readings file."""

    parameters: dict[str, Reading] = {}
    conversions: tuple[Conversion, ...] = ()
    version: str = ""


class Jurisdiction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country (or the origin) whose rules are kept, and the sources that they cite."""

    jurisdiction: str
    name: Bilingual
    role: Literal["destination", "origin"]
    currency: str
    timezone: str
    compiled_on: date
    notes: tuple[str, ...]
    sources: dict[str, Source]
    readings: Readings = Readings()


class TierSelector(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a key of a tier is compared with a fact."""

    fact: str
    match: Literal["equal", "highest_reached", "listed"]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shared vocabulary: labels of codes, and how phrases are understood."""

    sectors: dict[str, Bilingual]
    categories: dict[str, Bilingual]
    any_scheme: tuple[str, ...]
    occupations: dict[str, tuple[str, ...]]
    money_fields: dict[str, str]
    tier_measures: tuple[str, ...]
    tiers: dict[str, TierSelector]
    exceptions: dict[str, ExceptionReading]
    when: dict[str, WhenReading]


class Lawbook(msgspec.Struct, frozen=True, kw_only=True):
    """All law files of one state of the folder; ``digest`` names that state."""

    digest: str
    words: Words
    jurisdictions: dict[str, Jurisdiction]
    parameters: dict[str, Parameter]


def number(value: object) -> Decimal | None:
    """A value as an exact number, None where it is text, yes/no, tiers or nothing.

    YAML's floats come back as they were written: 8.72 is Decimal("8.72").
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, (int, float)):
        return Decimal(str(value))
    return None
