"""What a partner is told: one message for each event it must know of, in the same transaction."""

from __future__ import annotations

import re
from typing import Any

from lindung.access.acting import acting_as
from lindung.access.journal import is_retold
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations.applying import message_of_offer
from lindung.exchange.operations.outbox import send
from lindung.kernel.identifiers import Kind
from lindung.placement import queries as placements
from lindung.placement.events import (
    ContractAnswered,
    DepartureRecorded,
    PlacementWithdrawn,
    RequirementSettled,
    RosterRenewalAsked,
    RosterSubmitted,
    SittingRegistered,
)
from lindung.placement.models import Evidence, Placement
from lindung.registry.models import Identifier, OutsideNumber, Worker
from lindung.reintegration.events import MoneyClaimed, ReadyToReturn

# Requirements whose acceptance the destination is told of: the message, and the day it names.
_TOLD = {
    "preliminary_training": ("training.done", "completed_on"),
    "medical_second": ("medical.confirmed", "examined_on"),
}
_NUMBER = re.compile(r"^[A-Z0-9][A-Za-z0-9./-]{2,39}$")
_SEX = {"F": "female", "M": "male", "X": "unspecified"}


@reacts_to(SittingRegistered)
def register_for_test(event: SittingRegistered, entry: JournalEntry) -> None:
    """Register somebody for the destination's test: what identifies the person and no more."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        passport = _passport(placement.worker)
        data: dict[str, Any] = {
            "registered_on": event.on.isoformat(),
            "sector": placement.sector,
            "person": _person(placement.worker, passport["issuer"]),
            "passport_number": passport["number"],
        }
        if event.round_no:
            data["round"] = event.round_no
        _send("test.registered", data, placement, partner, entry)


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
            "person": _person(worker, passport.pop("issuer")),
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


@reacts_to(RosterRenewalAsked)
def ask_to_stay_listed(event: RosterRenewalAsked, entry: JournalEntry) -> None:
    """Ask the destination to keep a candidate on its list for another term."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        data = {"asked_on": event.on.isoformat(), "test_valid_to": event.test_valid_to.isoformat()}
        if event.roster_no:
            data["roster_no"] = event.roster_no
        _send("candidate.renewed", data, placement, partner, entry)


@reacts_to(RequirementSettled)
def tell_requirement(event: RequirementSettled, entry: JournalEntry) -> None:
    """Tell the destination of training and of the verdict of an examination, once each is accepted."""
    if event.requirement not in _TOLD or event.state != "accepted" or entry.subject is None:
        return
    with acting_as(ROBOT):
        evidence = Evidence.objects.select_related("placement").get(pk=entry.subject)
        placement, partner = _concerned(evidence.placement.number)
        contract = placements.contract_in_force(placement.id)
        if partner is None or contract is None or not contract.offer_number:
            return
        name, field = _TOLD[event.requirement]
        data: dict[str, Any] = {
            "offer_no": contract.offer_number,
            field: evidence.given_on.isoformat(),
        }
        if name == "medical.confirmed":
            data["fit"] = True
            if evidence.valid_until is not None:
                data["valid_to"] = evidence.valid_until.isoformat()
        elif _NUMBER.match(evidence.reference):
            data["certificate_no"] = evidence.reference
        _send(name, data, placement, partner, entry)


@reacts_to(MoneyClaimed)
def pass_on_claim(event: MoneyClaimed, entry: JournalEntry) -> None:
    """Pass on a claim to money that was left."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is not None:
            data = {"kind": event.kind, "claimed_on": event.on.isoformat()}
            _send("benefit.claimed", data, placement, partner, entry)


@reacts_to(ReadyToReturn)
def report_for_reentry(event: ReadyToReturn, entry: JournalEntry) -> None:
    """Tell the destination that a worker whom an employer takes back is ready."""
    with acting_as(ROBOT):
        placement, partner = _concerned(event.number)
        if partner is None:
            return
        data: dict[str, Any] = {"reported_on": event.on.isoformat(), "ready": True}
        if (number := _passport(placement.worker)["number"]) is not None:
            data["passport_number"] = number
        _send("reentry.reported", data, placement, partner, entry)


def _send(
    name: str, data: dict[str, Any], placement: Placement, partner: Partner, entry: JournalEntry
) -> None:
    send(name, placement.number, data, partner=partner, about=placement, entry=entry.id)


def _concerned(number: str) -> tuple[Placement, Partner | None]:
    placement = Placement.objects.select_related("worker").get(number=number)
    if is_retold():
        return placement, None
    partner = Partner.objects.filter(
        country=placement.country, schemes__contains=placement.pathway
    ).first()
    return placement, partner


def _person(worker: Worker, nationality: str | None) -> dict[str, Any]:
    return {
        "name": worker.full_name,
        "birth_date": worker.birth_date.isoformat() if worker.birth_date else None,
        "sex": _SEX[worker.sex],
        "nationality": nationality,
    }


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
