"""What a partner's messages mean in our books: each calls the operation of the stage it belongs to.

The actor is the partner's robot; the message was verified, is in order and fits its schema.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.jurisdictions import workweek_of
from lindung.exchange.operations.inbox import UnknownSubject, handles
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import read_instant
from lindung.kernel.identifiers import Kind, NotThatNumber, canonical
from lindung.kernel.quantities import Quantity
from lindung.monitoring import operations as monitoring
from lindung.placement import operations as placing
from lindung.placement import twin
from lindung.placement.models import Contract, Placement
from lindung.registry.models import Identifier, Source
from lindung.registry.operations import add_outside_number, open_task
from lindung.registry.secrets import keyring
from lindung.reintegration.models import ReturnReason
from lindung.reintegration.operations import record_return

ENTRY_PLAN = "entry_plan"
_RETURNS = {
    "end_of_contract": ReturnReason.CONTRACT_ENDED,
    "early": ReturnReason.OWN_WISH,
    "voluntary_departure": ReturnReason.OWN_WISH,
    "medical": ReturnReason.ILLNESS,
    "deported": ReturnReason.DEPORTED,
}


@handles("roster.status")
def roster_status(actor: Actor, message: Message) -> Placement:
    """The destination says where a candidate stands on its list."""
    data, placement = message.data, _placement(actor, message)
    placing.record_roster_status(
        actor,
        placement.id,
        status=data["status"],
        roster_no=data.get("roster_no", ""),
        as_of=_day(data["as_of"]),
        valid_to=_day_or_none(data.get("valid_to")),
    )
    if data["status"] in {"returned", "removed", "expired"}:
        title = gettext_noop("Perbaiki data pencari kerja")
        _ask(actor, placement, f"roster:{data['status']}", title)
    return placement


@handles("contract.offered")
def contract_offered(actor: Actor, message: Message) -> Contract:
    """The destination hands over an employer's offer."""
    data, terms, placement = message.data, message.data["terms"], _placement(actor, message)
    _same_person(placement, terms["employee"]["name"], terms["employee"]["birth_date"])
    return placing.record_contract_offer(
        actor,
        placement.number,
        offer_no=data["offer_no"],
        form=data["form"],
        terms=terms,
        offered_on=_day(data["offered_on"]),
        answer_by=_day(data["answer_by"]),
        employer=terms["employer"]["enterprise_name"],
        region=terms["job"].get("region", ""),
        permit_no=data["permit_no"],
    )


@handles("visa.authorised")
def visa_authorised(actor: Actor, message: Message) -> Placement:
    """The destination authorised a visa."""
    data, placement = message.data, _placement(actor, message)
    invitee = data["invitee"]
    _offer(placement, data["offer_no"])
    _same_person(placement, invitee["name"], invitee["birth_date"])
    _same_passport(placement, invitee["passport_number"])
    return placing.record_visa_authorisation(
        actor,
        placement.number,
        authorisation_no=data["authorisation_no"],
        issued_on=_day(data["issued_on"]),
        expires_on=_day(data["expires_on"]),
    )


@handles("departure.planned")
def departure_planned(actor: Actor, message: Message) -> Placement:
    """The destination put the worker on an entry list."""
    data, placement = message.data, _placement(actor, message)
    _offer(placement, data["offer_no"])
    add_outside_number(
        placement.worker_id,
        kind="entry-list",
        value=data["list_no"],
        subject=placement.id,
        valid_to=_day(data["entry_on"]),
    )
    placing.settle_requirements(
        actor,
        placement.id,
        requirements=[ENTRY_PLAN],
        state="accepted",
        given_on=message.time.date(),
        reference=f"{data['list_no']} {data['entry_on']}",
    )
    return placement


@handles("arrival.confirmed")
def arrival_confirmed(actor: Actor, message: Message) -> Placement:
    """The destination's own system saw the worker enter."""
    data, placement = message.data, _placement(actor, message)
    _offer(placement, data["offer_no"])
    on = read_instant(data["arrived_at"]).astimezone(_zone_of(placement)).date()
    employer = data.get("employer", {})
    details: dict[str, Any] = {
        k: data[k] for k in ("port", "handed_over_on", "list_no") if k in data
    }
    arrived = placing.record_arrival(
        actor, placement.number, on=on, employer=employer.get("name", ""), details=details
    )
    _compare(actor, placement, _of_employer(employer), on=on)
    monitoring.begin_employment(
        actor,
        placement.worker_id,
        employer=employer.get("name") or placement.employer_name,
        on=on,
        source=Source.DESTINATION,
        region=employer.get("region") or placement.dest_region,
        placement_id=placement.id,
    )
    return arrived


@handles("arrival.failed")
def arrival_failed(actor: Actor, message: Message) -> Placement:
    """The worker did not come in: somebody must find out at once."""
    placement = _placement(actor, message)
    title = gettext_noop("Cari keterangan: pekerja tidak tercatat masuk negara tujuan")
    _ask(actor, placement, f"arrival:{message.data['outcome']}", title)
    return placement


@handles("registration.confirmed")
def registration_confirmed(actor: Actor, message: Message) -> Placement:
    """The worker holds a residence card."""
    data, placement = message.data, _placement(actor, message)
    monitoring.record_registration(
        actor,
        placement.worker_id,
        residence_no=data["residence_no"],
        on=_day(data["registered_on"]),
        stay_expires_on=_day(data["stay_expires_on"]),
        region=data.get("region", ""),
    )
    return placement


@handles("employment.changed")
def employment_changed(actor: Actor, message: Message) -> Placement:
    """An employer's report, passed on by the destination."""
    data, placement = message.data, _placement(actor, message)
    moved = data["event"] in {"employer_changed", "workplace_moved", "employer_renamed"}
    details: dict[str, Any] = {
        k: data[k] for k in ("known_on", "reported_on", "reason", "new_terms") if k in data
    }
    monitoring.record_employment_change(
        actor,
        placement.worker_id,
        change=data["event"],
        on=_day(data["event_on"]),
        employer=data.get("employer", {}).get("name", "") if moved else "",
        region=data.get("region", "") if moved else "",
        sector=placement.sector,
        details=details,
    )
    if data["event"] == "terms_changed":
        told = _of_terms(data.get("new_terms", {}))
        _compare(actor, placement, told, on=_day(data["event_on"]))
    if data["event"] in {"absent", "deceased", "unfit", "dismissed"}:
        title = gettext_noop("Hubungi pekerja: negara tujuan melaporkan perubahan berat")
        _ask(actor, placement, f"employment:{data['event']}", title)
    return placement


@handles("return.done")
def return_done(actor: Actor, message: Message) -> Placement:
    """The worker left the destination for good; what is owed becomes somebody's task."""
    data, placement = message.data, _placement(actor, message)
    reason = _RETURNS.get(data.get("kind", ""), ReturnReason.TROUBLE)
    record_return(
        actor,
        placement.worker_id,
        on=_day(data["left_on"]),
        reason=reason,
        source=Source.DESTINATION,
    )
    if any(each["state"] != "paid" for each in data.get("owed", ())):
        title = gettext_noop("Bantu menagih hak yang masih ada di negara tujuan")
        _ask(actor, placement, "money-left", title, days=14, owner="office")
    return placement


def _placement(actor: Actor, message: Message) -> Placement:
    """The placement spoken of; one to another country is unknown to this partner."""
    found = (
        Placement.objects.select_related("worker")
        .filter(number=message.subject, country=actor.country)
        .first()
    )
    if found is None:
        raise UnknownSubject
    return found


def _compare(actor: Actor, placement: Placement, told: dict[str, Any], *, on: date) -> None:
    """Lay what was registered beside the contract that was verified."""
    placing.compare_registered(actor, placement.number, told=told, at=timezone.now(), on=on)


def _of_employer(employer: dict[str, Any]) -> dict[str, Any]:
    return {twin.EMPLOYER: employer.get("name"), twin.REGION: employer.get("region")}


def _of_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """New terms by contract field; a wage without its currency is not compared."""
    told: dict[str, Any] = {twin.ENDS: terms.get("ends_on")}
    wage, currency = terms.get("monthly_ordinary_wage"), terms.get("currency")
    if wage and currency:
        told["wage.monthly_ordinary"] = Quantity.of(str(wage), f"{currency}/month")
    return told


def _zone_of(placement: Placement) -> ZoneInfo:
    """Where the days of a placement abroad begin: at the post in charge."""
    week = workweek_of(placement.post_id)
    return ZoneInfo(week.timezone if week else settings.TIME_ZONE)


def _offer(placement: Placement, offer_no: str) -> None:
    if not Contract.objects.filter(placement=placement, offer_number=offer_no).exists():
        raise Unacceptable("offer_unknown")


def _same_person(placement: Placement, name: str, birth_date: str) -> None:
    worker = placement.worker
    if _letters(worker.full_name) != _letters(name) or (
        worker.birth_date is not None and worker.birth_date.isoformat() != birth_date
    ):
        raise Unacceptable("person_mismatch")


def _same_passport(placement: Placement, number: str) -> None:
    try:
        blinds = keyring().indexes(str(Kind.PASSPORT), canonical(Kind.PASSPORT, number))
    except NotThatNumber as error:
        # The schema is wider than a passport's zone; a fault of ours would hold up the subject.
        raise Unacceptable("data_invalid", "passport number") from error
    if not Identifier.objects.filter(worker=placement.worker, blind__in=blinds).exists():
        raise Unacceptable("person_mismatch", "passport number")


def _letters(name: str) -> str:
    return " ".join(name.upper().split())


def _ask(
    actor: Actor, placement: Placement, kind: str, title: str, *, days: int = 1, owner: str = ""
) -> None:
    open_task(
        actor,
        about=placement,
        kind=kind,
        title=title,
        due_at=timezone.now() + timedelta(days=days),
        owner=owner or ("post" if placement.post_id else "office"),
        subject=placement.id,
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
