"""What social security costs for a contract of so many months, by the dated table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lindung.regulations.lawbook import Provision
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

BEFORE = Provision("id.social_security.before_work", "IDR/once")
DURING = Provision("id.social_security.during_work", "IDR/once")
EXTRA_MONTH = Provision("id.social_security.extra_month", "IDR/month")


@dataclass(frozen=True, slots=True)
class Premium:
    """What is due; ``amount`` is None where a person has to say.

    Attributes:
        lowest, highest: what the table allows at least and at most, where it says anything.
        rule: id of the rule used.
        why: code of the reason it needs a check; empty when known.
    """

    amount: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    currency: str
    rule: str
    why: str = ""

    def judge(self, paid: Decimal) -> str:
        """*meets*, *breaks* or *needs a check* for a sum that was paid."""
        if self.amount is not None:
            return MEETS if paid >= self.amount else BREAKS
        if self.lowest is not None and paid < self.lowest:
            return BREAKS
        return NEEDS_CHECK


def before(*, on: date) -> Premium:
    """The part before work: one sum.

    Law:
        id.social_security.before_work
    """
    found = BEFORE.on(on)
    known = found.number if found.outcome == "in_force" else None
    return Premium(known, known, known, _currency(found.unit), found.id, found.reason)


def during(months: int, *, on: date) -> Premium:
    """The part during and after work, for a contract of whole months.

    The table names contract lengths and a sum for each month beyond. A length that is one of them,
    or longer than the longest, has one answer. In between, the law's words allow two readings (the
    next length, or the last one and single months): both are given, and a person decides.

    Law:
        id.social_security.during_work, id.social_security.extra_month
    """
    table, extra = DURING.on(on), EXTRA_MONTH.on(on)
    currency = _currency(table.unit)
    if table.outcome != "in_force" or extra.outcome != "in_force" or extra.number is None:
        why = table.reason or extra.reason
        return Premium(None, None, None, currency, table.id, why)
    tiers = _tiers(table.value)
    longest = max(tiers)
    if months in tiers:
        return Premium(tiers[months], tiers[months], tiers[months], currency, table.id)
    if months > longest:
        due = tiers[longest] + (months - longest) * extra.number
        return Premium(due, due, due, currency, table.id)
    readings = [min(sum_ for length, sum_ in tiers.items() if length > months)]
    if shorter := [length for length in tiers if length < months]:
        readings.append(tiers[max(shorter)] + (months - max(shorter)) * extra.number)
    lowest, highest = min(readings), max(readings)
    if lowest == highest:
        return Premium(lowest, lowest, lowest, currency, table.id)
    if len(readings) == 1:
        return Premium(lowest, lowest, lowest, currency, table.id)
    return Premium(None, lowest, highest, currency, table.id, "two_readings")


def _tiers(rows: Any) -> dict[int, Decimal]:
    return {int(row["months"]): Decimal(str(row["amount"])) for row in rows}


def _currency(unit: str) -> str:
    return unit.split("/", 1)[0]
