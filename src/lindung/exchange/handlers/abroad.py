"""During work: arrival, training, registration, changes, incidents.

The actor is the partner's robot; the message was verified, is in order and fits its schema.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.exchange.handlers.parts import (
    ask,
    compare,
    day,
    day_or_none,
    of_employer,
    of_terms,
    placement_of,
    require_offer,
    zone_of,
)
from lindung.exchange.operations.applying import handles
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.texts import read_instant
from lindung.monitoring import operations as monitoring
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.registry.models import Source


@handles("arrival.confirmed")
def arrival_confirmed(actor: Actor, message: Message) -> Placement:
    """The destination's own system saw the worker enter."""
    data, placement = message.data, placement_of(actor, message)
    require_offer(placement, data["offer_no"])
    on = read_instant(data["arrived_at"]).astimezone(zone_of(placement)).date()
    employer = data.get("employer", {})
    details: dict[str, Any] = {
        k: data[k] for k in ("port", "handed_over_on", "list_no") if k in data
    }
    arrived = placing.record_arrival(
        actor, placement.number, on=on, employer=employer.get("name", ""), details=details
    )
    compare(actor, placement, of_employer(employer), on=on)
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
    placement = placement_of(actor, message)
    title = gettext_noop("Cari keterangan: pekerja tidak tercatat masuk negara tujuan")
    ask(actor, placement, f"arrival:{message.data['outcome']}", title)
    return placement


@handles("induction.done")
def induction_done(actor: Actor, message: Message) -> Placement:
    """The worker was trained after entry; insurances are taken out there."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_induction(
        actor,
        placement.id,
        on=day(data["completed_on"]),
        body=data["body"],
        insurances=data.get("insurances", ()),
    )
    return placement


@handles("insurance.changed")
def insurance_changed(actor: Actor, message: Message) -> Placement:
    """A cover began or ended."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_insurance(
        actor,
        placement.id,
        kind=data["kind"],
        status=data["status"],
        since=day(data["since"]),
        policy_no=data.get("policy_no", ""),
    )
    return placement


@handles("registration.confirmed")
def registration_confirmed(actor: Actor, message: Message) -> Placement:
    """The worker holds a residence card."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_registration(
        actor,
        placement.worker_id,
        residence_no=data["residence_no"],
        on=day(data["registered_on"]),
        stay_expires_on=day(data["stay_expires_on"]),
        region=data.get("region", ""),
    )
    return placement


@handles("employment.changed")
def employment_changed(actor: Actor, message: Message) -> Placement:
    """An employer's report, passed on by the destination."""
    data, placement = message.data, placement_of(actor, message)
    moved = data["event"] in {"employer_changed", "workplace_moved", "employer_renamed"}
    details: dict[str, Any] = {
        k: data[k] for k in ("known_on", "reported_on", "reason", "new_terms") if k in data
    }
    monitoring.record_employment_change(
        actor,
        placement.worker_id,
        change=data["event"],
        on=day(data["event_on"]),
        employer=data.get("employer", {}).get("name", "") if moved else "",
        region=data.get("region", "") if moved else "",
        sector=placement.sector,
        details=details,
    )
    if data["event"] == "terms_changed":
        told = of_terms(data.get("new_terms", {}))
        compare(actor, placement, told, on=day(data["event_on"]))
    if data["event"] in {"absent", "deceased", "unfit", "dismissed"}:
        title = gettext_noop("Hubungi pekerja: negara tujuan melaporkan perubahan berat")
        ask(actor, placement, f"employment:{data['event']}", title)
    return placement


@handles("workplace_change.requested")
def change_requested(actor: Actor, message: Message) -> Placement:
    """The worker asked the destination for another workplace."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_change_requested(
        actor,
        placement.id,
        ended_on=day(data["ended_on"]),
        requested_on=day(data["requested_on"]),
        reason=data["reason"],
        counted=data.get("counts_against_limit"),
        permit_by=day_or_none(data.get("permit_by")),
    )
    return placement


@handles("workplace_change.granted")
def change_permitted(actor: Actor, message: Message) -> Placement:
    """Another workplace was permitted."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_change_permitted(
        actor,
        placement.id,
        employer=data["employer"]["name"],
        region=data.get("region") or data["employer"].get("region", ""),
        on=day(data["permitted_on"]),
        starts_on=day_or_none(data.get("starts_on")),
    )
    return placement


@handles("workplace_change.lapsed")
def change_lapsed(actor: Actor, message: Message) -> Placement:
    """The time for a change of workplace ran out."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_change_lapsed(
        actor,
        placement.id,
        on=day(data["lapsed_on"]),
        why=data["why"],
        leave_by=day_or_none(data.get("leave_by")),
    )
    return placement


@handles("extension.granted")
def extension_granted(actor: Actor, message: Message) -> Placement:
    """The stay was extended."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_extension(
        actor,
        placement.id,
        granted=True,
        on=day(data["granted_on"]),
        stay_expires_on=day(data["stay_expires_on"]),
    )
    return placement


@handles("extension.refused")
def extension_refused(actor: Actor, message: Message) -> Placement:
    """The stay was not extended."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_extension(
        actor,
        placement.id,
        granted=False,
        on=day(data["refused_on"]),
        stay_expires_on=day_or_none(data.get("stay_expires_on")),
        reason=data["reason"],
    )
    return placement


@handles("wage.missed")
def wage_missed(actor: Actor, message: Message) -> Placement:
    """Wages were not paid."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_wages_missed(
        actor,
        placement.id,
        first=day(data["from"]),
        last=day(data["to"]),
        status=data["status"],
        on=day(data["known_on"]),
    )
    return placement


@handles("incident.reported")
def incident_reported(actor: Actor, message: Message) -> Placement:
    """Something happened to the worker."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_incident(
        actor,
        placement.id,
        kind=data["kind"],
        on=day(data["happened_on"]),
        severity=data["severity"],
        region=data.get("region", ""),
    )
    return placement


@handles("death.reported")
def death_reported(actor: Actor, message: Message) -> Placement:
    """The worker died."""
    data, placement = message.data, placement_of(actor, message)
    monitoring.record_incident(
        actor,
        placement.id,
        kind="death",
        on=day(data["died_on"]),
        region=data.get("region", ""),
    )
    return placement
