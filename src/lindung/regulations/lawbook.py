"""What a rule says on a day. The law is loaded once per process; no database is asked.

::

    FLOOR = Provision("kr.minimum_wage.hourly", unit="KRW/hour")
    value = FLOOR.on(date(2026, 3, 1))
    value.outcome, value.number, value.since, value.sources[0].title
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

import msgspec

from lindung.kernel.refusals import NotFound, Refusal
from lindung.regulations.files import load
from lindung.regulations.shapes import (
    Basis,
    Bilingual,
    Jurisdiction,
    Lawbook,
    Parameter,
    Row,
    Source,
    number,
)

IN_FORCE: Literal["in_force"] = "in_force"
NEEDS_CHECK: Literal["needs_check"] = "needs_check"


class NoSuchRule(NotFound):
    """No rule has this id; names the nearest ones."""

    slug = "no-such-rule"
    title = "Peraturan itu tidak ada."
    advice = "Periksa kodenya, atau cari di daftar peraturan."

    def __init__(self, id_: str, nearest: Iterable[str] = ()) -> None:
        self.nearest = tuple(nearest)
        super().__init__(f"{id_}", nearest=list(self.nearest))


class NotConfirmed(Refusal):
    """A figure of law was needed for a day for which it is not confirmed."""

    status = 409
    slug = "law-not-confirmed"
    title = "Nilai peraturan untuk hari itu belum dipastikan."
    advice = "Petugas yang berwenang memeriksa peraturannya dan menambah barisnya."


@functools.cache
def law() -> Lawbook:
    """The law of this process, loaded at the first question.

    Raises:
        LawUnreadable: a file is not as it should be.
    """
    return load()


def nearest_ids(id_: str, *, count: int = 5) -> tuple[str, ...]:
    """Ids that look like this one, best first."""
    known = list(law().parameters)
    close = get_close_matches(id_.lower(), known, n=count, cutoff=0.5)
    words = [part for part in id_.lower().replace("_", ".").split(".") if len(part) > 2]
    scored = sorted(known, key=lambda each: -sum(word in each for word in words))
    holding = [each for each in scored if words and any(word in each for word in words)]
    return tuple(dict.fromkeys([*close, *holding]))[:count]


def parameter(id_: str) -> Parameter:
    """A rule by its id.

    Raises:
        NoSuchRule: no rule has it; names the nearest.
    """
    try:
        return law().parameters[id_]
    except KeyError:
        raise NoSuchRule(id_, nearest_ids(id_)) from None


def jurisdiction(code: str) -> Jurisdiction:
    """A jurisdiction by its ISO 3166-1 alpha-2 code.

    Raises:
        NotFound: none has rules here.
    """
    try:
        return law().jurisdictions[code.upper()]
    except KeyError:
        raise NotFound(code) from None


class Hint(msgspec.Struct, frozen=True):
    """The last value known before the law became uncertain; shown, never tested."""

    value: Any
    unit: str
    since: date | None
    confidence: str


class Upcoming(msgspec.Struct, frozen=True):
    """A row that begins later, or was only announced."""

    value: Any
    since: date | None
    status: str
    note: str


class DatedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says on a day.

    Attributes:
        value: the row's value; None where the row is unknown or there is none.
        outcome: ``in_force``, or ``needs_check`` where nobody may rely on ``value``.
        reason: why it needs a check, a code of ``sentences``; empty when in force.
        hint: the last known value, only with ``needs_check``.
        upcoming: later and announced rows, in order.
    """

    id: str
    title: Bilingual
    on: date
    value: Any
    unit: str
    since: date | None
    until: date | None
    status: str
    sources: tuple[Source, ...]
    legal_basis: tuple[Basis, ...]
    confidence: str
    verified_through: date | None
    outcome: Literal["in_force", "needs_check"]
    reason: str
    hint: Hint | None
    upcoming: tuple[Upcoming, ...]
    note: str
    version: str

    @property
    def source(self) -> Source:
        """The first source named."""
        return self.sources[0]

    @property
    def number(self) -> Decimal | None:
        """The value as an exact number, None where it is none."""
        return number(self.value)

    @property
    def last_known(self) -> Any:
        """The value in force, or else the hint's; None where nothing was ever known."""
        if self.outcome == IN_FORCE:
            return self.value
        return self.hint.value if self.hint else None

    def confirmed(self) -> Any:
        """The value, or a refusal.

        Raises:
            NotConfirmed: the rule needs a check on this day.
        """
        if self.outcome != IN_FORCE:
            raise NotConfirmed(self.id, reason=self.reason, on=self.on.isoformat())
        return self.value


def _started(row: Row, day: date) -> bool:
    return row.effective_from is None or row.effective_from <= day


def _last_known(rows: Iterable[Row], day: date) -> Row | None:
    """The newest row with a value that had begun by the day."""
    known = [row for row in rows if row.status == "in_force" and _started(row, day)]
    return known[-1] if known else None


def chosen_row(rule: Parameter, day: date) -> tuple[Row | None, str]:
    """The row that counts on a day and why it needs a check (empty: it is in force).

    Rows stand oldest first; announced ones never count. An ended row is not replaced by an
    older one: what followed it is not known.
    """
    begun = [row for row in rule.values if row.status != "announced" and _started(row, day)]
    if not begun:
        later = [row for row in rule.values if row.status != "announced"]
        return None, "before_first_row" if later else "announced_only"
    row = begun[-1]
    if row.effective_to is not None and day > row.effective_to:
        return row, "ended"
    if row.status == "unknown":
        return row, "unknown_value"
    if rule.verified_through is None:
        return row, "never_confirmed"
    if day > rule.verified_through:
        return row, "not_confirmed_after"
    return row, ""


def value_on(rule: Parameter, day: date) -> DatedValue:
    """What a rule says on a day, with everything that a person needs to trust or doubt it."""
    row, reason = chosen_row(rule, day)
    sources = law().jurisdictions[rule.jurisdiction].sources
    hint = None
    if reason and (known := _last_known(rule.values, day)):
        hint = Hint(known.value, rule.unit, known.effective_from, known.confidence)
    upcoming = tuple(
        Upcoming(each.value, each.effective_from, each.status, each.note)
        for each in rule.values
        if not _started(each, day) or each.status == "announced"
    )
    return DatedValue(
        id=rule.id,
        title=rule.title,
        on=day,
        value=row.value if row else None,
        unit=rule.unit,
        since=row.effective_from if row else None,
        until=_until(rule, row),
        status=row.status if row else "none",
        sources=tuple(sources[key] for key in row.source) if row else (),
        legal_basis=rule.legal_basis,
        confidence=row.confidence if row else "low",
        verified_through=rule.verified_through,
        outcome=NEEDS_CHECK if reason else IN_FORCE,
        reason=reason,
        hint=hint,
        upcoming=upcoming,
        note=" ".join(filter(None, (row.note if row else "", rule.note))),
        version=rule.version,
    )


def _until(rule: Parameter, row: Row | None) -> date | None:
    """The last day of a row: its own end, or the day before the next one that counts."""
    if row is None:
        return None
    if row.effective_to is not None:
        return row.effective_to
    rows = [each for each in rule.values if each.status != "announced"]
    following = rows[rows.index(row) + 1 :]
    if following and following[0].effective_from is not None:
        return following[0].effective_from - timedelta(days=1)
    return None


class Ambiguous(Refusal):
    """A family of rules was asked without what tells its members apart."""

    slug = "rule-ambiguous"
    title = "Peraturan itu berbeda menurut wilayah atau sektor."
    advice = "Sebutkan wilayah atau sektor tempat kerja."


class Provision:
    """A rule that code rests on, named once beside the code that rests on it.

    Args:
        id: a rule's id, or the beginning of a family's (``jp.minimum_wage``), whose member is
            found by region or sector.
        unit: what the code expects; another unit in the file is an error at the first use.
    """

    declared: ClassVar[list[Provision]] = []

    def __init__(self, id: str, unit: str = "") -> None:  # noqa: A002  the law's own word
        self.id = id
        self.unit = unit
        self.declared.append(self)

    def __repr__(self) -> str:
        return f"Provision({self.id!r})"

    def rule(self, *, region: str | None = None, sector: str | None = None) -> Parameter:
        """The rule itself, or the member of the family that fits.

        Raises:
            NoSuchRule: nothing has this id, or no member fits.
            Ambiguous: several members fit.
        """
        rules = law().parameters
        if self.id in rules:
            found = [rules[self.id]]
        else:
            found = [each for id_, each in rules.items() if id_.startswith(f"{self.id}.")]
        fitting = [each for each in found if _fits(each, region, sector)]
        if not fitting:
            raise NoSuchRule(self.id, nearest_ids(self.id))
        # A rule made for this region or sector is meant before one for all.
        narrowest = [each for each in fitting if region and region in each.applies_to.regions]
        narrowest = narrowest or [
            each for each in fitting if sector and sector in each.applies_to.sectors
        ]
        fitting = narrowest or fitting
        if len(fitting) > 1:
            raise Ambiguous(self.id, members=[each.id for each in fitting])
        if self.unit and fitting[0].unit != self.unit:
            raise TypeError(f"{fitting[0].id} is in {fitting[0].unit}, not in {self.unit}.")
        return fitting[0]

    def on(self, day: date, *, region: str | None = None, sector: str | None = None) -> DatedValue:
        """What the rule says on a day.

        Args:
            day: the day that counts: of the work, or of signing, as the rule has it.
            region: ISO 3166-2 code of the workplace.
            sector: code of ``regulations/_words.yaml``.

        Raises:
            NoSuchRule, Ambiguous: see :meth:`rule`.
        """
        return value_on(self.rule(region=region, sector=sector), day)


def _fits(rule: Parameter, region: str | None, sector: str | None) -> bool:
    applies = rule.applies_to
    if region and applies.regions and region not in applies.regions:
        return False
    return not sector or "all" in applies.sectors or sector in applies.sectors
