"""Claims: what is owed, where it was filed, what was awarded, and what the worker really got."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.assistance.events import (
    ClaimMoved,
    ClaimReckoned,
    MoneyConfirmed,
    MoneyRecovered,
)
from lindung.assistance.labels import CLAIM_STATES, MONEY_WORDS
from lindung.assistance.lifecycles import CLAIM, ClaimState
from lindung.assistance.models import Addressee, Claim, ClaimKind, Payment
from lindung.assistance.operations.parts import of_case, open_case, same_version
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.money import Money
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.operations import send
from lindung.registry import queries as registry

# Steps an officer takes by hand; payment in full follows from the worker's word.
BY_HAND = ("file", "award", "refuse", "withdraw", "reopen")


@operation(Right.CLAIM_WORK)
def reckon_claim(
    actor: Actor,
    case_id: UUID,
    *,
    kind: ClaimKind,
    against: Addressee,
    amount: Decimal,
    currency: str,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    how: str = "",
    rule: str = "",
    file_by: date | None = None,
) -> Claim:
    """Write down what is owed and how it was reckoned.

    Args:
        rule: id of the provision it rests on.
        file_by: last day to file; without it the claim says that the day needs a check.
    Raises:
        NotFound: no such case; StepClosed: the case is closed.
        Incomplete: no sum, no currency, or a period that ends before it begins.
    """
    case = open_case(case_id)
    wrong = {}
    if amount <= 0:
        wrong["amount"] = "Tulis jumlah yang lebih dari nol."
    try:
        total = Money(amount, currency)
    except ValueError:
        wrong["currency"] = "Tulis tiga huruf mata uang, misalnya HKD."
    if since and until and until < since:
        wrong["until"] = "Masa ini berakhir sebelum mulai."
    if wrong:
        raise Incomplete(fields=wrong)
    claim = Claim.objects.create(
        kind=kind,
        against=against,
        amount=amount,
        currency=currency,
        since=since,
        until=until,
        reckoned_how=how.strip(),
        rule=rule,
        file_by=file_by,
        needs_check=file_by is None,
        made_at=at,
        **of_case(case),
    )
    label = str(ClaimKind(kind).label)
    record(
        ClaimReckoned(claim=claim.id, label=label, sum=f"{total.amount} {total.currency}"),
        actor=actor,
        about=claim,
    )
    return claim


@operation(Right.CLAIM_WORK)
def move_claim(
    actor: Actor,
    claim_id: UUID,
    *,
    step: str,
    on: date,
    filed_with: str = "",
    outside_number: str = "",
    awarded: Decimal | None = None,
    reason: str = "",
    version: int | None = None,
) -> Claim:
    """Take a claim a step on: ``file``, ``award``, ``refuse``, ``withdraw`` or ``reopen``.

    Raises:
        NotFound: no such claim or step; StepClosed: the step is not open.
        Conflict: somebody else changed it meanwhile.
        Incomplete: filed with nobody, awarded nothing, or no reason.
    """
    if step not in BY_HAND:
        raise NotFound(step)
    claim = _locked(claim_id)
    same_version(claim, version)
    claim.state = CLAIM.take(step, ClaimState(claim.state))
    if step in {"file", "reopen"}:
        if not (filed_with or claim.filed_with).strip():
            raise Incomplete(fields={"filed_with": "Tulis di mana diajukan."})
        claim.filed_with = (filed_with or claim.filed_with).strip()
        claim.filed_on = on
        claim.outside_number = outside_number.strip() or claim.outside_number
    if step == "award":
        if awarded is None or awarded <= 0:
            raise Incomplete(fields={"awarded": "Tulis jumlah yang diputuskan."})
        claim.awarded, claim.awarded_on = awarded, on
    if step in {"refuse", "withdraw"}:
        if not reason.strip():
            raise Incomplete(fields={"reason": "Tulis alasannya; pekerja membacanya."})
        claim.reason = reason.strip()[:300]
    claim.version += 1
    claim.save()
    _moved(actor, claim, step)
    return claim


@operation(Right.CLAIM_WORK)
def record_payment(
    actor: Actor, claim_id: UUID, *, amount: Decimal, paid_on: date, how: str, at: datetime
) -> Payment:
    """Record money that is said to have come in; the worker is asked whether it did.

    Raises:
        NotFound: no such claim; StepClosed: it was refused or withdrawn.
        Incomplete: no sum, or not how it was paid.
    """
    claim = _locked(claim_id)
    if claim.state in {ClaimState.REFUSED, ClaimState.WITHDRAWN}:
        raise StepClosed(step="pay", state=claim.state)
    wrong = {}
    if amount <= 0:
        wrong["amount"] = "Tulis jumlah yang lebih dari nol."
    if not how.strip():
        wrong["how"] = "Tulis bagaimana dibayar, misalnya transfer bank."
    if wrong:
        raise Incomplete(fields=wrong)
    payment = Payment.objects.create(
        claim=claim,
        amount=amount,
        paid_on=paid_on,
        how=how.strip(),
        told_by=actor.name,
        told_at=at,
        **of_case(claim.case),
    )
    record(
        MoneyRecovered(claim=claim.id, payment=payment.id, sum=f"{amount} {claim.currency}"),
        actor=actor,
        about=claim,
    )
    send(actor, registry.worker(claim.worker_id), "money_asked", number=claim.case.number)
    return payment


@operation(Right.PAYMENT_CONFIRM)
def confirm_payment(actor: Actor, payment_id: UUID, *, had: bool, at: datetime) -> Payment:
    """The worker's word: the money came, or it did not. Only what came counts.

    Raises:
        NotFound: no such payment, or not this worker's.
        StepClosed: the worker said so already.
    """
    payment = Payment.objects.select_for_update(of=("self",)).filter(id=payment_id).first()
    if payment is None:
        raise NotFound
    if payment.confirmed is not None:
        raise StepClosed(step="confirm payment", state=str(payment.confirmed))
    payment.confirmed, payment.confirmed_at = had, at
    payment.save(update_fields=["confirmed", "confirmed_at"])
    record(
        MoneyConfirmed(payment=payment.id, had=had, label=str(MONEY_WORDS[had])),
        actor=actor,
        about=payment,
    )
    return payment


@operation(Right.CLAIM_WORK)
def settle_claim(actor: Actor, claim_id: UUID) -> Claim:
    """Close a claim whose sum the worker has said to have received in full.

    Raises:
        NotFound: no such claim; StepClosed: it cannot be paid now.
        Incomplete: the confirmed payments do not reach the sum.
    """
    claim = _locked(claim_id)
    claim.state = CLAIM.take("pay in full", ClaimState(claim.state))
    had = sum(
        (each.amount for each in Payment.objects.filter(claim=claim, confirmed=True)), Decimal(0)
    )
    if had < claim.due.amount:
        raise Incomplete(
            fields={"amount": "Yang dipastikan pekerja belum mencapai jumlah tuntutan."}
        )
    claim.version += 1
    claim.save(update_fields=["state", "version"])
    _moved(actor, claim, "pay in full")
    return claim


def _moved(actor: Actor, claim: Claim, step: str) -> None:
    record(
        ClaimMoved(
            claim=claim.id,
            label=str(ClaimKind(claim.kind).label),
            step=step,
            stage=str(CLAIM_STATES[ClaimState(claim.state)]),
        ),
        actor=actor,
        about=claim,
    )


def _locked(claim_id: UUID) -> Claim:
    claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(id=claim_id)
        .first()
    )
    if claim is None:
        raise NotFound
    return claim
