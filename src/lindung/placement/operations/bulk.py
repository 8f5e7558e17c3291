"""Many contracts in one go: looked through first, then each decided by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound, Refusal, TooManyAtOnce
from lindung.placement import queries
from lindung.placement.lifecycles import CONTRACT, ContractState
from lindung.placement.models import Contract
from lindung.placement.operations.contracts import verify_contract
from lindung.regulations.contracts import ContractCheck
from lindung.regulations.verdicts import MEETS

# So many fit a page and a receipt that somebody reads.
MOST = 100


@dataclass(frozen=True, slots=True)
class Looked:
    """One chosen contract and what the rules say of it today.

    Attributes:
        check: None where it was decided meanwhile.
    """

    contract: Contract
    check: ContractCheck | None

    @property
    def approvable(self) -> bool:
        """Every rule that could be tested is met, and nothing is left to a person."""
        return self.check is not None and bool(len(self.check)) and self.check.outcome == MEETS


@dataclass(frozen=True, slots=True)
class Refused:
    """One contract that was not approved, and why; empty number: none that one may see."""

    number: str
    worker: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one bulk approval did.

    Attributes:
        done: approved now.
        before: approved already when this began: a second tap.
    """

    done: tuple[Contract, ...]
    before: tuple[Contract, ...]
    refused: tuple[Refused, ...]


@operation(Right.CONTRACT_CHECK)
def look_through(actor: Actor, contract_ids: Sequence[UUID], *, on: date) -> list[Looked]:
    """What the rules say of each chosen contract, in the order chosen; changes nothing.

    What one may not see is left out.

    Raises:
        TooManyAtOnce: more than 100.
    """
    looked = []
    for contract in _chosen(contract_ids):
        open_ = any(
            step.name == "verify" for step in CONTRACT.open_steps(ContractState(contract.state))
        )
        looked.append(Looked(contract, queries.check(contract, on=on) if open_ else None))
    return looked


@operation(Right.CONTRACT_CHECK)
def verify_many(actor: Actor, contract_ids: Sequence[UUID], *, on: date) -> Receipt:
    """Approve each chosen contract that meets everything; the others are refused by name.

    Each is an operation of its own with its own record, so one refusal leaves the others alone.
    A contract that a person must judge is refused here: nobody judges a hundred in one tap.

    Raises:
        TooManyAtOnce: more than 100.
    """
    done: list[Contract] = []
    before: list[Contract] = []
    refused: list[Refused] = []
    chosen = {contract.id: contract for contract in _chosen(contract_ids)}
    for contract_id in dict.fromkeys(contract_ids):
        contract = chosen.get(contract_id)
        if contract is None:
            refused.append(Refused("", "", NotFound()))
            continue
        if contract.state == ContractState.VERIFIED:
            before.append(contract)
            continue
        try:
            if not len(queries.check(contract, on=on)):
                raise NothingTested
            done.append(verify_contract(actor, contract_id, judgements={}, on=on))
        except Refusal as refusal:
            refused.append(Refused(contract.number, contract.worker.full_name, refusal))
    return Receipt(tuple(done), tuple(before), tuple(refused))


class NothingTested(Refusal):
    """No rule tests this contract, so "meets everything" would say nothing."""

    status = 409
    slug = "nothing-tested"
    title = "Tidak ada aturan yang dapat diuji pada kontrak ini."
    advice = "Buka kontraknya dan periksa sendiri."


def _chosen(contract_ids: Sequence[UUID]) -> list[Contract]:
    if len(set(contract_ids)) > MOST:
        raise TooManyAtOnce(most=MOST)
    query = Contract.objects.filter(id__in=contract_ids).select_related("placement", "worker")
    found = {each.id: each for each in query}
    return [found[each] for each in dict.fromkeys(contract_ids) if each in found]
