"""What may be left in a destination, as data: kinds, where to claim, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import yaml

from lindung.kernel.days import add_months
from lindung.regulations.lawbook import parameter, value_on
from lindung.regulations.shapes import Bilingual, number


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of money in one country.

    Attributes:
        where: where it is claimed. papers: what has to be shown.
        lapses: id of the rule that says after how many months the claim is gone.
        rule: id of the rule that the right itself rests on.
    """

    kind: str
    where: Bilingual
    papers: Bilingual
    lapses: str = ""
    rule: str = ""


class MoneyLeft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    kinds: Mapping[str, Bilingual]
    countries: Mapping[str, tuple[Kind, ...]]
    any: tuple[Kind, ...]


@cache
def money_left() -> MoneyLeft:
    """The file, read once."""
    file = Path(__file__).parent / "money_left.yaml"
    return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), MoneyLeft)


def kinds_for(country: str) -> tuple[Kind, ...]:
    """What may be left in a country."""
    return money_left().countries.get(country, money_left().any)


def title(kind: str) -> Bilingual:
    """A kind in words."""
    return money_left().kinds[kind]


def claim_until(kind: Kind, *, left_on: date) -> tuple[date | None, bool]:
    """The last day of a claim, and whether its rule needs a check.

    ``None``: no rule is kept, or its value is not known; nobody may say that nothing lapses.
    """
    if not kind.lapses:
        return None, True
    law = value_on(parameter(kind.lapses), left_on)
    months = number(law.last_known)
    if months is None:
        return None, True
    return add_months(left_on, int(months)), law.outcome == "needs_check"
