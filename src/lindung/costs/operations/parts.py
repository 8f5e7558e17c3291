"""What several operations on money before departure share: voices, locks and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor, Kind
from lindung.costs.models import Charge, Teller
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal
from lindung.placement.models import Placement
from lindung.reference.queries import currencies
from lindung.registry.models import Worker

# As the columns keep money.
_DECIMALS = 3
_TOO_MUCH = 10**13
_OFFICIALS = (Teller.OFFICER, Teller.WORKER, Teller.FAMILY, Teller.EMPLOYER)
# For whom each kind of actor may speak; the first is whom it speaks for unless it says otherwise.
VOICES: Mapping[Kind, tuple[Teller, ...]] = {
    Kind.WORKER: (Teller.WORKER,),
    Kind.AGENCY: (Teller.AGENCY,),
    Kind.POST: _OFFICIALS,
    Kind.OFFICE: _OFFICIALS,
    Kind.MINISTRY: _OFFICIALS,
}


class NotYours(Refusal):
    """Only whoever told of it, or an officer, may take it back."""

    status = 403
    slug = "told-by-another"
    title = "Catatan ini disampaikan pihak lain."
    advice = "Catat versi Anda sendiri; kedua catatan tetap disimpan."


class MoreThanPaid(Refusal):
    """More would have come back than was paid."""

    status = 422
    slug = "refund-over-charge"
    title = "Pengembalian ini lebih besar daripada yang dibayar."
    advice = "Periksa jumlahnya dan pengembalian yang sudah dicatat."


def voice(actor: Actor, told_by: str = "") -> Teller:
    """In whose name an actor tells something.

    Raises:
        NotAllowed: an actor of this kind does not speak for them.
    """
    voices = VOICES.get(actor.kind, ())
    if not voices or (told_by and told_by not in voices):
        raise NotAllowed(told_by=told_by)
    return Teller(told_by) if told_by else voices[0]


def of_whom(worker_id: UUID, placement_id: UUID | None) -> tuple[Worker, Placement | None]:
    """The person and the placement that something is told of.

    Raises:
        NotFound: none, none this actor may see, or a placement of somebody else.
    """
    worker = Worker.objects.filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    if placement_id is None:
        return worker, None
    found = Placement.objects.filter(id=placement_id, worker_id=worker_id).first()
    if found is None:
        raise NotFound
    return worker, found


def locked_charge(charge_id: UUID) -> Charge:
    """One charge, locked until the transaction ends.

    Raises:
        NotFound: no such charge, or none this actor may see.
    """
    found = Charge.objects.select_for_update().filter(id=charge_id).first()
    if found is None:
        raise NotFound
    return found


def may_take_back(actor: Actor, told_by: str) -> None:
    """Refuse whoever did not tell of it.

    Raises:
        NotYours: another side told of it.
    """
    if told_by not in VOICES.get(actor.kind, ()) and actor.kind is not Kind.MINISTRY:
        raise NotYours


def whole(wrong: Mapping[str, str]) -> None:
    """Refuse with all that is wrong at once.

    Raises:
        Incomplete: something is.
    """
    if wrong:
        raise Incomplete(fields=dict(wrong))


def wrong_day(day: date, on: date) -> bool:
    """Whether a day is still to come."""
    return day > on


def is_kept_whole(amount: Decimal) -> bool:
    """Whether a sum is kept as it was told: nothing of it is rounded away."""
    return abs(amount) < _TOO_MUCH and amount == round(amount, _DECIMALS)


def is_sum(amount: Decimal) -> bool:
    """Whether a sum can be kept as it was told, and is one: above nothing."""
    return amount > 0 and is_kept_whole(amount)


def wrong_currency(code: str) -> bool:
    """Whether nobody pays in this currency."""
    return code not in currencies()


def why(reason: str) -> str:
    """A reason, without blanks around it.

    Raises:
        Incomplete: there is none.
    """
    words = reason.strip()
    whole({} if words else {"reason": gettext_noop("Tulis alasannya.")})
    return words


def scope_of(worker: Worker, placement: Placement | None) -> dict[str, Any]:
    """The scope columns of what is told: those of the placement, else the person's."""
    return (placement or worker).scope()
