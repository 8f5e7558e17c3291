"""Contract forms as data: which field of a destination's form means what to the rules.

A new form is a file ``schemas/forms/<form>.meaning.yaml`` beside its JSON Schema; no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import NotFound

Found = Quantity | Decimal | bool | str | tuple[str, ...] | None
DAYS_A_WEEK = 7
FOLDER = Path("schemas") / "forms"
# What rules call the clauses that a contract holds.
CLAUSES = "contract.clauses"
# What is worked out from other fields: nobody types it.
RECKONED = frozenset({"daily_hours", "weekly_hours", "clauses"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: where it stands, its title by language, what rules call it.

    ``says`` gives the words of codes, by code and language.
    """

    path: str
    title: Mapping[str, str]
    read_as: str
    per: str
    field: str
    says: Mapping[str, Mapping[str, str]]

    @property
    def typed(self) -> bool:
        """Whether a person writes this field on the paper."""
        return bool(self.path) and self.read_as not in RECKONED


@dataclass(frozen=True, slots=True)
class Form:
    """A destination's contract form.

    ``serves`` holds the countries and sectors it is made for, empty for any; ``printed`` what its
    own text already says; ``clauses`` the fields that fill each clause of the origin's law.
    """

    name: str
    currency: str
    title: Mapping[str, str]
    sections: tuple[tuple[Mapping[str, str], tuple[Field, ...]], ...]
    rest_days: Mapping[str, Decimal]
    serves: Mapping[str, tuple[str, ...]]
    printed: Mapping[str, Found]
    clauses: Mapping[str, tuple[str, ...]]

    @property
    def languages(self) -> tuple[str, ...]:
        """BCP 47 codes of the languages its titles stand in."""
        return tuple(self.title)

    def fields(self) -> Iterator[Field]:
        """All fields in the order of the paper."""
        for _, fields in self.sections:
            yield from fields

    def stated(self, terms: Mapping[str, Any]) -> dict[str, Found]:
        """Contract field → what these terms say, for every field that a rule may test.

        What the terms leave out stays out; what cannot be read is left to a person.
        """
        found: dict[str, Found] = dict(self.printed)
        for each in self.fields():
            if each.field and (value := self.value(each, terms)) is not None:
                found[each.field] = value
        return found

    def value(self, each: Field, terms: Mapping[str, Any]) -> Found:
        """What the terms say in one field, or ``None``."""
        raw = at(terms, each.path)
        match each.read_as:
            case "money":
                amount, currency = _decimal(raw), self._currency(terms)
                if amount is None or not currency:
                    return None
                return Quantity.of(amount, f"{currency}/{each.per}")
            case "number":
                return _decimal(raw)
            case "daily_hours":
                return _daily_hours(terms)
            case "weekly_hours":
                daily, rest = _daily_hours(terms), self._rest_days(terms)
                return None if daily is None or rest is None else daily * (DAYS_A_WEEK - rest)
            case "weekly_rest_days":
                return self._rest_days(terms)
            case "flag":
                return raw if isinstance(raw, bool) else None
            case "codes":
                return tuple(map(str, raw)) if isinstance(raw, list) else None
            case "clauses":
                return self._held(terms)
        return raw if isinstance(raw, str) else None

    def _held(self, terms: Mapping[str, Any]) -> tuple[str, ...]:
        """The clauses that this paper fills; one without any field is printed on the form."""
        return tuple(
            code
            for code, paths in self.clauses.items()
            if all(at(terms, path) not in (None, "", []) for path in paths)
        )

    def _currency(self, terms: Mapping[str, Any]) -> str:
        """The form's own currency, or the one at the path it names after an ``@``."""
        if self.currency.startswith("@"):
            return str(at(terms, self.currency[1:]) or "")
        return self.currency

    def _rest_days(self, terms: Mapping[str, Any]) -> Decimal | None:
        ticks = at(terms, "rest.days")
        if not isinstance(ticks, list) or "other" in ticks:
            return None
        return sum((self.rest_days.get(tick, Decimal()) for tick in ticks), Decimal())


@cache
def form(name: str) -> Form:
    """The form of that name; ``plain`` where a contract names none.

    Raises:
        NotFound: no file describes it.
    """
    name = name or "plain"
    path = Path(settings.ROOT) / FOLDER / f"{name}.meaning.yaml"
    if "/" in name or not path.exists():
        raise NotFound(f"{name}")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Form(
        name=data["form"],
        currency=data["currency"],
        title=data["title"],
        sections=tuple(
            (
                section["title"],
                tuple(
                    Field(
                        path=row["path"],
                        title=row["title"],
                        read_as=row.get("as", "text"),
                        per=row.get("per", ""),
                        field=row.get("field", ""),
                        says=row.get("says", {}),
                    )
                    for row in section["fields"]
                ),
            )
            for section in data["sections"]
        ),
        rest_days={key: Decimal(str(value)) for key, value in data["rest_days"].items()},
        serves={key: tuple(value) for key, value in data.get("serves", {}).items()},
        printed={key: _printed(value) for key, value in data.get("printed", {}).items()},
        clauses={key: tuple(value) for key, value in data.get("clauses", {}).items()},
    )


@cache
def clause_titles() -> Mapping[str, Mapping[str, str]]:
    """The clauses that the origin's law asks for, by code and language, as the plain form says them."""
    return next(each.says for each in form("plain").fields() if each.field == CLAUSES)


@cache
def names() -> tuple[str, ...]:
    """Names of all forms that are described, in order."""
    found = (Path(settings.ROOT) / FOLDER).glob("*.meaning.yaml")
    return tuple(sorted(each.name.removesuffix(".meaning.yaml") for each in found))


def forms_for(country: str, sector: str) -> tuple[Form, ...]:
    """The forms for work in a country and sector, its own first, the plain one last."""
    fitting = [
        paper
        for paper in map(form, names())
        if country in paper.serves.get("countries", (country,))
        and sector in paper.serves.get("sectors", (sector,))
    ]
    return tuple(sorted(fitting, key=lambda paper: (not paper.serves, paper.name)))


def _printed(value: Any) -> Found:
    return value if isinstance(value, bool | str) else Decimal(str(value))


def at(terms: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or ``None``; the empty path is the whole."""
    value: Any = terms
    for part in _parts(path):
        # Asked of every field of every contract, most of which say little: the plain cases first.
        if value is None or not isinstance(value, dict | Mapping):
            return None
        value = value.get(part)
    return value


@cache
def _parts(path: str) -> tuple[str, ...]:
    return tuple(filter(None, path.split(".")))


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or raw is None:
        return None
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _daily_hours(terms: Mapping[str, Any]) -> Decimal | None:
    """Hours of work between start and end, the recess taken off; a night shift passes midnight."""
    try:
        start = datetime.strptime(at(terms, "hours.start"), "%H:%M")
        end = datetime.strptime(at(terms, "hours.end"), "%H:%M")
        recess = int(at(terms, "hours.recess_minutes") or 0)
    except (TypeError, ValueError):
        return None
    minutes = (end - start).seconds // 60 - recess
    return Decimal(minutes) / 60
