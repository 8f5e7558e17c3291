"""Versions of a contract: what was repaired or amended, and the consent of the employer's side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete
from lindung.placement import queries
from lindung.placement import terms as comparable
from lindung.placement.events import ContractAmended, EmployerAgreed
from lindung.placement.lifecycles import CONTRACT, ContractState
from lindung.placement.models import Contract
from lindung.placement.operations.parts import (
    close_check_task,
    locked,
    locked_contract,
    supersede,
    tell_of_offer,
    written_by,
)
from lindung.placement.operations.refusals import NothingDiffers, VersionWaiting
from lindung.placement.terms import OVER
from lindung.registry.operations import open_task

# How long a post has for a repaired contract; our own practice, as for a first offer.
CHECK_DAYS = 3
WAITING = (ContractState.OFFERED, ContractState.VERIFIED)


def differences(
    was: Mapping[str, Any], now: Mapping[str, Any], path: str = ""
) -> list[dict[str, Any]]:
    """What two versions say otherwise: ``{"path", "was", "now"}``, None where one says nothing."""
    found: list[dict[str, Any]] = []
    for name in sorted({*was, *now}):
        one, other = was.get(name), now.get(name)
        here = f"{path}.{name}" if path else name
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += differences(one, other, here)
        elif one != other:
            found.append({"path": here, "was": one, "now": other})
    return found


def _changes(
    earlier: Contract, terms: Mapping[str, Any], days: Mapping[str, date | None]
) -> list[dict[str, Any]]:
    """What other terms say otherwise, and the days that stand otherwise on the paper."""
    was = {"signed_on": earlier.paper_signed_on, "starts_on": earlier.paper_starts_on}
    return differences(earlier.fields, terms) + [
        {
            "path": f"paper.{name}",
            "was": (old := was[name]) and old.isoformat(),
            "now": now.isoformat(),
        }
        for name, now in days.items()
        if now is not None and now != was[name]
    ]


@operation(Right.CONTRACT_RECORD)
def amend_contract(
    actor: Actor,
    contract_id: UUID,
    *,
    terms: Mapping[str, Any],
    why: str,
    offered_on: date,
    answer_by: date | None = None,
    languages: Sequence[str] | None = None,
    document: tuple[UUID, str] | None = None,
    applies_from: date | None = None,
    signed_on: date | None = None,
    work_on: date | None = None,
) -> Contract:
    """Record a repaired or amended contract as a new version of an earlier one.

    One that was agreed stays in force until the worker agrees to the new one; any other gives way
    at once. The same terms again give the version that waits. What changed is told against the
    contract that is amended, also where the worker refused a version in between.

    Args:
        terms: the whole paper in the layout of the earlier version's form.
        why: what was asked to be repaired, or what both sides wish to change.
        languages: BCP 47 codes; those of the earlier version without.
        document: id and SHA-256 (64 hexadecimal digits) of the paper kept by documents.
        applies_from: the day from which the new terms count.
        signed_on: day of signing on the new paper.
        work_on: first day of work on the paper; that of the earlier version without.

    Raises:
        NotFound: no such contract, or none this actor may see.
        StepClosed: it was refused, lapsed or superseded, or its placement is over.
        VersionWaiting: another version waits already.
        NothingDiffers: the terms are those of the version before.
        Incomplete: no reason.
    """
    if not why.strip():
        raise Incomplete(fields={"why": "Tulis mengapa kontrak diubah."})
    earlier = locked_contract(contract_id)
    placement = locked(earlier.placement_id)
    if placement.state in OVER:
        raise StepClosed(step="amend", state=placement.state)
    last = queries.versions_of(earlier)[-1]
    days = {"signed_on": signed_on, "starts_on": work_on}
    blocking = queries.version_in_the_way(earlier)
    if blocking is not None and blocking == last and not _changes(last, terms, days):
        return last
    if blocking is not None:
        raise VersionWaiting
    # Refused and lapsed ones are not repaired: they need a new offer.
    CONTRACT.take("supersede", ContractState(earlier.state))
    changes = _changes(earlier, terms, days)
    if not changes:
        raise NothingDiffers
    file_id, sha256 = document or (None, "")
    amended = Contract(
        placement=placement,
        worker=earlier.worker,
        number=next_number(Series.CONTRACT, on=offered_on),
        offer_number=earlier.offer_number,
        **written_by(actor),
        form=earlier.form,
        fields=dict(terms),
        offered_on=offered_on,
        answer_by=answer_by,
        starts_on=earlier.starts_on,
        ends_on=earlier.ends_on,
        is_demo=earlier.is_demo,
        # Behind a version that the worker refused, too: the chain has one end.
        supersedes=last,
        version_no=last.version_no + 1,
        changes=changes,
        why=why.strip(),
        languages=list(earlier.languages if languages is None else languages),
        document_id=file_id,
        document_sha256=sha256,
        paper_signed_on=signed_on,
        paper_starts_on=work_on or earlier.paper_starts_on,
        applies_from=applies_from,
        **placement.scope(),
    )
    if earlier.state != ContractState.SIGNED:
        supersede(actor, earlier, by=amended)
        close_check_task(actor, earlier)
    amended.save(force_insert=True)
    comparable.keep(amended)
    record(
        ContractAmended(
            contract=amended.id,
            number=amended.number,
            follows=last.id,
            version_no=amended.version_no,
            fields=[each["path"] for each in changes],
        ),
        actor=actor,
        about=amended,
    )
    open_task(
        actor,
        about=amended,
        kind="contract:verify",
        title=gettext_noop("Periksa kontrak"),
        due_at=told_at() + timedelta(days=CHECK_DAYS),
        owner="post",
        subject=amended.id,
    )
    tell_of_offer(actor, earlier.worker, answer_by=answer_by)
    return amended


@operation(Right.CONTRACT_RECORD)
def record_employer_consent(
    actor: Actor, contract_id: UUID, *, by: str, evidence: str, on: date
) -> Contract:
    """Record that the employer, or the agency for it, agreed to this version, and how we know.

    The first consent counts; it is not overwritten.

    Raises:
        NotFound: no such contract, or none this actor may see.
        StepClosed: the version no longer counts.
        Incomplete: nobody named, or no evidence.
    """
    missing = {
        name: words
        for name, given, words in (
            ("by", by, "Tulis siapa yang menyetujui."),
            ("evidence", evidence, "Tulis buktinya: surat, tanda tangan, atau nomornya."),
        )
        if not given.strip()
    }
    if missing:
        raise Incomplete(fields=missing)
    contract = locked_contract(contract_id)
    if contract.state not in {*WAITING, ContractState.SIGNED}:
        raise StepClosed(step="employer agrees", state=contract.state)
    if contract.employer_agreed_on is not None:
        return contract
    contract.employer_agreed_on = on
    contract.employer_agreed_by = by.strip()
    contract.employer_evidence = evidence.strip()
    contract.employer_recorded_by = ", ".join(filter(None, (actor.name, actor.office)))[:200]
    contract.save(
        update_fields=[
            "employer_agreed_on",
            "employer_agreed_by",
            "employer_evidence",
            "employer_recorded_by",
        ]
    )
    record(
        EmployerAgreed(contract=contract.id, number=contract.number, on=on),
        actor=actor,
        about=contract,
    )
    return contract
