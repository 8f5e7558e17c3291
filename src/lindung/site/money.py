"""Money left in a destination, in words: the same rows on the desk and on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lindung.regulations.sentences import pick, shown_value
from lindung.reintegration import money
from lindung.reintegration.models import Owed, OwedState


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One kind of money.

    Attributes:
        left: whole days in which it can be claimed; negative is past; ``None``: nobody knows.
        settled: paid, or nothing due.
    """

    kind: str
    title: str
    state: str
    amount: str
    claim_until: date | None
    left: int | None
    needs_check: bool
    paid_on: date | None
    settled: bool
    claimed: bool
    where: str
    papers: str


def rows(owed: Sequence[Owed], *, on: date) -> list[MoneyRow]:
    """Rows in the order of the country's list."""
    found = {each.kind: each for each in owed}
    country = owed[0].country if owed else ""
    return [
        _row(found[kind.kind], kind, on) for kind in money.kinds_for(country) if kind.kind in found
    ]


def _row(owed: Owed, kind: money.Kind, on: date) -> MoneyRow:
    amount = shown_value(owed.amount, owed.currency) if owed.amount is not None else ""
    return MoneyRow(
        kind=owed.kind,
        title=pick(money.title(owed.kind)),
        state=str(OwedState(owed.state).label),
        amount=amount,
        claim_until=owed.claim_until,
        left=(owed.claim_until - on).days if owed.claim_until else None,
        needs_check=owed.needs_check,
        paid_on=owed.paid_on,
        settled=owed.state in {OwedState.PAID, OwedState.NOT_DUE},
        claimed=owed.state == OwedState.CLAIMED,
        where=pick(kind.where),
        papers=pick(kind.papers),
    )
