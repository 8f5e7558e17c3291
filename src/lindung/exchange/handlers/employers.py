"""Employers that may take on nobody for a time: told by either side, decided by each for itself."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import is_retold
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import by_hand
from lindung.exchange.handlers.parts import ask_office
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations.applying import handles
from lindung.exchange.operations.outbox import send
from lindung.exchange.wire import agreement
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.parties import operations as parties
from lindung.parties.events import ProblemEnded, ProblemPublished
from lindung.parties.models import PartyKind, ProblemEntry, ProblemKind, Weight
from lindung.registry.models import Employer

COMPANY = "company"
_ENDS = {"lift": "lifted", "expire": "expired"}


@handles("employer.restricted")
def employer_restricted(actor: Actor, message: Message) -> ProblemEntry:
    """Open a file in the problem list and let the post hear the employer.

    Nothing counts against the employer before our own people published it, and nothing published is
    taken off by a message: both are people's to decide.
    """
    data = message.data
    if data["restriction_no"] != message.subject:
        raise Unacceptable("data_invalid", "restriction_no is not the subject")
    evidence = _evidence(actor, data["restriction_no"])
    entry = ProblemEntry.objects.filter(evidence=evidence, country=actor.country).last()
    if data["status"] != "restricted":
        if entry is None:
            raise Unacceptable("step_closed", "no such restriction was told")
        ask_office(
            actor,
            message,
            "exchange-restriction-over",
            gettext_noop("Pembatasan pemberi kerja di negara tujuan berakhir: tinjau catatannya"),
            about=entry,
        )
        return entry
    if entry is None:
        entry = parties.report_problem(
            actor,
            party=PartyKind.EMPLOYER,
            subject=_employer(actor, data).id,
            kind=ProblemKind(data["ground"]),
            evidence=evidence,
            basis=data.get("decided_under", message.basis)[:160],
            reported_by=actor.name,
            on=timezone.localdate(),
        )
    ask_office(
        actor,
        message,
        "exchange-restriction",
        gettext_noop("Negara tujuan membatasi pemberi kerja: dengar pihaknya dan putuskan"),
        about=entry,
    )
    return entry


@reacts_to(ProblemPublished)
def tell_restriction(event: ProblemPublished, entry: JournalEntry) -> None:
    """Tell the country where a company is that we place nobody with it until a day."""
    if event.party != PartyKind.EMPLOYER or event.weight != Weight.BLOCKS:
        return
    _tell(event.number, entry, status="restricted", until=event.until.isoformat())


@reacts_to(ProblemEnded)
def tell_end(event: ProblemEnded, entry: JournalEntry) -> None:
    """Tell who was told that it is over."""
    if event.how in _ENDS:
        ended = timezone.localdate(entry.at).isoformat()
        _tell(event.number, entry, status=_ENDS[event.how], ended_on=ended)


def _tell(number: str, entry: JournalEntry, *, status: str, **days: str) -> None:
    with acting_as(ROBOT):
        problem = ProblemEntry.objects.select_related("employer").get(number=number)
        employer = problem.employer
        # A household is a person: neither its name nor that it is on a list leaves.
        if employer is None or employer.kind != COMPANY or is_retold():
            return
        if problem.published_on is None:
            return
        data: dict[str, Any] = {
            "restriction_no": number,
            "status": status,
            "employer": _company(employer),
            "sector": employer.sector,
            "ground": problem.kind,
            "decided_under": problem.basis,
            "restricted_on": problem.published_on.isoformat(),
            **days,
        }
        for partner in Partner.objects.filter(country=employer.country):
            if by_hand(partner) or problem.reported_by == partner.name:
                continue  # a portal has no place for it; who told us of it knows
            if status != "restricted" and not _was_told(partner, number):
                continue
            send(
                "employer.restricted", number, data, partner=partner, about=problem, entry=entry.id
            )


def _company(employer: Employer) -> dict[str, str]:
    said = {
        "name": employer.name,
        "registration_no": employer.outside_number[:40],
        "region": employer.dest_region,
    }
    return {name: value for name, value in said.items() if value}


def _was_told(partner: Partner, number: str) -> bool:
    type_ = agreement.type_of("employer.restricted")
    return Outgoing.objects.filter(partner=partner, subject=number, type=type_).exists()


def _employer(actor: Actor, data: dict[str, Any]) -> Employer:
    """The company in our register; one that nobody placed with yet is entered, so that it is met."""
    said = data["employer"]
    companies = Employer.objects.filter(country=actor.country, kind=COMPANY)
    if number := said.get("registration_no", ""):
        known = companies.filter(outside_number=number).first()
    else:
        known = companies.filter(name__iexact=said["name"], outside_number="").first()
    return known or parties.register_employer(
        actor,
        name=said["name"],
        kind=COMPANY,
        country=actor.country,
        sector=data["sector"],
        on=timezone.localdate(),
        dest_region=said.get("region", ""),
        outside_number=number,
    )


def _evidence(actor: Actor, number: str) -> str:
    """The papers a file rests on: the other authority's decision, by its number."""
    return f"{number}, {actor.name}"[:120]
