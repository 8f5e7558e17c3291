"""What a partner is told: one message for each event it must know of, in the same transaction."""

from __future__ import annotations

from typing import Any

from lindung.access.acting import acting_as
from lindung.access.journal import is_retold
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations.inbox import message_of_offer
from lindung.exchange.operations.outbox import send
from lindung.kernel.identifiers import Kind
from lindung.placement.events import (
    ContractAnswered,
    DepartureRecorded,
    PlacementWithdrawn,
    RosterSubmitted,
)
from lindung.placement.models import Placement
from lindung.registry.models import Identifier, OutsideNumber, Worker
from lindung.registry.secrets import keyring

_SEX = {"F": "female", "M": "male", "X": "unspecified"}


@reacts_to(RosterSubmitted)
def list_candidate(event: RosterSubmitted, entry: JournalEntry) -> None:
    """Send what the destination's list of job seekers needs, and no more."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        worker = placement.worker
        passport = _passport(worker)
        data = {
            "listed_on": event.listed_on.isoformat(),
            "scheme": placement.scheme,
            "sector": placement.sector,
            "person": {
                "name": worker.full_name,
                "birth_date": worker.birth_date.isoformat() if worker.birth_date else None,
                "sex": _SEX[worker.sex],
                "nationality": passport.pop("issuer"),
            },
            "passport": passport,
        }
        send(
            "candidate.listed",
            placement.number,
            data,
            partner=partner,
            about=placement,
            entry=entry.id,
        )


@reacts_to(ContractAnswered)
def answer_offer(event: ContractAnswered, entry: JournalEntry) -> None:
    """Pass on the worker's own answer."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        answered_on = event.answered_on.isoformat()
        data: dict[str, Any] = {
            "offer_no": event.offer_no,
            "answer": event.answer,
            "answered_on": answered_on,
        }
        if event.answer == "accepted":
            # The worker signs on the page that shows and reads the contract in this language.
            data["signed"] = {"signed_on": answered_on, "method": "electronic"}
            data["read_to_worker"] = {
                "language": placement.worker.language,
                "read_on": answered_on,
            }
        else:
            # The worker's own words stay at home; the code is all that travels.
            data["reason"] = "other"
        send(
            "contract.answered",
            placement.number,
            data,
            partner=partner,
            about=placement,
            entry=entry.id,
            answers=message_of_offer(partner, placement.number, event.offer_no),
        )


@reacts_to(DepartureRecorded)
def announce_departure(event: DepartureRecorded, entry: JournalEntry) -> None:
    """Tell the destination who left, on which flight, with which papers."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        data = {
            "offer_no": event.offer_no,
            "departed_on": event.on.isoformat(),
            "flight": event.flight.replace(" ", "").replace("-", ""),
            "passport_number": _passport(placement.worker)["number"],
        }
        for kind, field in (("visa-authorisation", "authorisation_no"), ("entry-list", "list_no")):
            number = OutsideNumber.objects.filter(
                worker=placement.worker, kind=kind, subject=placement.id
            ).first()
            if number is not None:
                data[field] = number.value
        send(
            "departure.done",
            placement.number,
            data,
            partner=partner,
            about=placement,
            entry=entry.id,
        )


@reacts_to(PlacementWithdrawn)
def remove_candidate(event: PlacementWithdrawn, entry: JournalEntry) -> None:
    """Take a candidate off the destination's list, where they were put on it."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        listed = Outgoing.objects.filter(
            partner=partner, subject=placement.number, type__contains=".candidate.listed."
        ).exists()
        if not listed:
            return
        removed_on = entry.at.date().isoformat()
        data = {"removed_on": removed_on, "reason": "withdrawn_by_origin"}
        send(
            "candidate.removed",
            placement.number,
            data,
            partner=partner,
            about=placement,
            entry=entry.id,
        )


def _concerned(number: str) -> tuple[Placement, Partner | None]:
    placement = Placement.objects.select_related("worker").get(number=number)
    if is_retold():
        return placement, None
    partner = Partner.objects.filter(
        country=placement.country, schemes__contains=placement.pathway
    ).first()
    return placement, partner


def _passport(worker: Worker) -> dict[str, Any]:
    """The newest passport's number and dates, opened for this message alone."""
    found = (
        Identifier.objects.filter(worker=worker, kind=Kind.PASSPORT)
        .order_by("-valid_to", "-id")
        .first()
    )
    if found is None:
        return {"number": None, "issuer": None}
    return {
        "number": keyring().open(str(Kind.PASSPORT), bytes(found.cipher)),
        "issuer": found.issuer,
        "issued_on": found.valid_from.isoformat() if found.valid_from else None,
        "expires_on": found.valid_to.isoformat() if found.valid_to else None,
    }
