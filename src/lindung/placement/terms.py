"""What contracts say in the words of the rules: one narrow row each, kept beside the contract.

A law that changes asks all live contracts at once. Their own rows are wide (the whole form, the
whole check), so the few comparable values stand apart, in ``ContractTerms``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import NotFound
from lindung.placement.contract_forms import Found, form
from lindung.placement.lifecycles import ContractState, PlacementState
from lindung.placement.models import Contract, ContractTerms

LIVE_CONTRACTS = frozenset({ContractState.OFFERED, ContractState.VERIFIED, ContractState.SIGNED})
OVER = frozenset({PlacementState.ENDED, PlacementState.WITHDRAWN})
BATCH = 5_000


def packed(stated: Mapping[str, Found]) -> dict[str, Any]:
    """Stated fields as plain JSON; amounts as ``[amount, unit]``, so that none is rounded."""
    return {name: _packed(value) for name, value in sorted(stated.items()) if value is not None}


def unpacked(kept: Mapping[str, Any]) -> dict[str, Found]:
    """What :func:`packed` kept, as the rules read it; what was not stated stays out."""
    return {name: _unpacked(value) for name, value in kept.items() if value is not None}


def row_of(contract: Contract) -> ContractTerms:
    """The row that a contract should have; its form need not be described."""
    placement = contract.placement
    return ContractTerms(
        contract=contract,
        worker_id=contract.worker_id,
        live=contract.state in LIVE_CONTRACTS and placement.state not in OVER,
        sector=placement.sector,
        scheme=placement.scheme,
        occupation=placement.occupation,
        dest_region=placement.dest_region,
        signed_on=contract.signing_day,
        ends_on=contract.ends_on,
        stated=_stated(contract),
        **contract.scope(),
    )


def keep(contract: Contract) -> None:
    """Make a contract's row say what the contract says now; part of the caller's operation."""
    row_of(contract).save()


def faults() -> Iterator[tuple[Contract, ContractTerms]]:
    """Contracts whose row is missing or says something else, with the row as it should be.

    Only contracts that are live, or whose row says so, are looked at: the others bind nobody.
    """
    wrong: list[Any] = []
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [sorted(LIVE_CONTRACTS), sorted(OVER)])
        wrong = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(wrong), BATCH):
        ids = wrong[start : start + BATCH]
        kept = ContractTerms.objects.in_bulk(ids)
        for contract in Contract.objects.filter(id__in=ids).select_related("placement"):
            wanted = row_of(contract)
            if (was := kept.get(contract.id)) is None or not _same(was, wanted):
                yield contract, wanted


def rebuild() -> int:
    """Write every row that is missing or wrong; how many there were."""
    count = 0
    for rows in _in_batches(row for _, row in faults()):
        ContractTerms.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["contract"],
            update_fields=[name for name in _COMPARED if name != "contract_id"],
        )
        count += len(rows)
    return count


_COMPARED = (
    "worker_id", "live", "sector", "scheme", "occupation", "dest_region", "signed_on", "ends_on",
    "stated", "post_id", "agency_id", "region", "country",
)  # fmt: skip

# Every contract that should be read as live, and every row that claims to be.
_CANDIDATES = """
select c.id from placement_contract c join placement_placement p on p.id = c.placement_id
where c.state = any(%s) and not p.state = any(%s)
union
select t.contract_id from placement_contractterms t where t.live
"""


def _same(one: ContractTerms, other: ContractTerms) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)


def _in_batches(rows: Iterable[ContractTerms]) -> Iterator[list[ContractTerms]]:
    batch: list[ContractTerms] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _stated(contract: Contract) -> dict[str, Any]:
    try:
        return packed(form(contract.form).stated(contract.fields))
    except NotFound:
        # Nothing can be compared by a form that no file describes; a person reads such a contract.
        return {}


def _packed(value: Found) -> Any:
    if isinstance(value, Quantity):
        return [_short(value.amount), str(value.unit)]
    if isinstance(value, Decimal):
        return [_short(value), ""]
    if isinstance(value, tuple):
        return {"codes": list(value)}
    return value


def _short(amount: Decimal) -> str:
    """One spelling for one amount, so that equal contracts group together."""
    return f"{amount.normalize():f}"


def _unpacked(value: Any) -> Found:
    if isinstance(value, list):
        amount, unit = value
        return Quantity.of(amount, unit) if unit else Decimal(amount)
    if isinstance(value, dict):
        return tuple(value["codes"])
    found: Found = value
    return found
