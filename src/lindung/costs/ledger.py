"""What a worker's costs come to: which tellings count, net of what came back, and for which work.

Two sides may tell of the same payment. Of each component the worker's side (worker, family, officer)
counts where it tells anything; what a recruiter or employer declares counts where it does not. So
nothing is counted twice, and nobody's silence hides a cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lindung.costs.ceilings import Paid, Work
from lindung.costs.lifecycles import EntryState, RefundState
from lindung.costs.models import OWN_SIDE, WORKERS_MONEY, Charge, How, Loan, Refund
from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.placement import queries as placements
from lindung.placement.models import Contract, Finding, Placement
from lindung.placement.twin import verified
from lindung.preparation.queries import contract_months
from lindung.regulations.conditions import Context

WAGE = "wage.monthly_ordinary"


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge as the ledger reads it.

    Attributes:
        refunded: what came back, confirmed; claimed what is said to have.
        counts: whether it is the worker's cost (see the head of this file).
    """

    charge: Charge
    refunds: tuple[Refund, ...]
    refunded: Money
    claimed: Money
    counts: bool

    @property
    def net(self) -> Money:
        """What was really lost; never less than nothing."""
        left = self.charge.paid - self.refunded
        return max(left, Money.zero(left.currency))

    @property
    def recovered_monthly(self) -> Money | None:
        """What this takes off a month's wage; None where it is no deduction."""
        if self.charge.how != How.DEDUCTION:
            return None
        return Money(self.net.amount / self.charge.months, self.net.currency)


def entries_of(placement_id: UUID) -> list[Entry]:
    """The ledger of a placement as far as this actor sees it, oldest payment first."""
    return entries(Charge.objects.filter(placement_id=placement_id).select_related("evidence"))


def entries(charges: Iterable[Charge]) -> list[Entry]:
    """Charges of one placement with their refunds, and which of them count."""
    rows = list(charges)
    refunds: Mapping[UUID, list[Refund]] = defaultdict(list)
    for each in Refund.objects.filter(charge_id__in=[row.id for row in rows]):
        refunds[each.charge_id].append(each)
    told = {row.component for row in rows if _stands(row) and row.told_by in OWN_SIDE}
    return [
        Entry(
            charge=row,
            refunds=tuple(refunds[row.id]),
            refunded=_sum(row, refunds[row.id], RefundState.CONFIRMED),
            claimed=_sum(row, refunds[row.id], RefundState.CLAIMED),
            counts=_stands(row)
            and row.payer in WORKERS_MONEY
            and (row.told_by in OWN_SIDE or row.component not in told),
        )
        for row in rows
    ]


def counted(ledger: Iterable[Entry]) -> list[Paid]:
    """The worker's costs in it, as ceilings read them."""
    return [
        Paid(
            id=each.charge.id,
            component=each.charge.component,
            net=each.net,
            paid_on=each.charge.paid_on,
            payee=each.charge.payee,
            months=each.charge.months,
        )
        for each in ledger
        if each.counts
    ]


def loans_of(placement_id: UUID) -> list[Loan]:
    """Loans that stand, oldest first."""
    return list(Loan.objects.filter(placement_id=placement_id, state=EntryState.STANDS))


def work_of(placement: Placement) -> Work:
    """What is known of the work under a placement, for the rules."""
    contract = first_contract(placement)
    stated = verified(contract) if contract else {}
    begins = contract.work_day if contract else None
    return Work(
        jurisdictions=(placements.origin(), placement.country),
        context=Context(
            signed_on=contract.signing_day if contract else None,
            work_on=begins or placement.arrived_on,
            sector=placement.sector,
            scheme=placement.scheme,
            region=placement.dest_region,
            occupation=placement.occupation,
            origin=placements.origin(),
            destination=placement.country,
            facts=stated,
        ),
        wage=_monthly(stated.get(WAGE)),
        begins=begins or placement.arrived_on,
        months=contract_months(contract) if contract and contract.form else None,
    )


def first_contract(placement: Placement) -> Contract | None:
    """The contract of the first job: the first that was signed, else the one that counts now."""
    signed = Contract.objects.filter(placement=placement, signed_on__isnull=False)
    found = signed.select_related("placement").order_by("signed_on", "version_no").first()
    if found is not None:
        return found
    current = placements.current_contract(placement.id)
    if current is not None:
        current.placement = placement
    return current


def told_wage(placement_id: UUID) -> Quantity | None:
    """A month's wage as the worker tells it is really paid, the newest telling; None where none."""
    told = Finding.objects.filter(placement_id=placement_id, field=WAGE, told_by="worker")
    found = told.order_by("-opened_on", "-id").first()
    if found is None:
        return None
    value, unit = found.told.get("value"), found.told.get("unit")
    return _monthly(Quantity.of(str(value), str(unit))) if value and unit else None


def _monthly(wage: object) -> Quantity | None:
    return wage if isinstance(wage, Quantity) and wage.unit.per == "month" else None


def _stands(charge: Charge) -> bool:
    return charge.state == EntryState.STANDS


def _sum(charge: Charge, refunds: Iterable[Refund], state: RefundState) -> Money:
    amounts = (each.amount for each in refunds if each.state == state)
    return Money(sum(amounts, Decimal(0)), charge.currency)
