"""Before work: tests, the roster, the offer, the visa, the entry list.

The actor is the partner's robot; the message was verified, is in order and fits its schema.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.exchange.handlers.parts import (
    ask,
    day,
    day_or_none,
    placement_of,
    require_offer,
    require_same_passport,
    require_same_person,
)
from lindung.exchange.operations.applying import handles
from lindung.exchange.wire.envelopes import Message
from lindung.placement import operations as placing
from lindung.placement.models import Contract, Placement
from lindung.registry.operations import add_outside_number

ENTRY_PLAN = "entry_plan"


@handles("test.result")
def test_result(actor: Actor, message: Message) -> Placement:
    """The destination's own test was passed or not."""
    data, placement = message.data, placement_of(actor, message)
    return placing.record_test_result(
        actor,
        placement.id,
        test=data["test"],
        outcome=data["outcome"],
        taken_on=day(data["taken_on"]),
        valid_to=day_or_none(data.get("valid_to")),
        registration_no=data.get("registration_no", ""),
    )


@handles("roster.status")
def roster_status(actor: Actor, message: Message) -> Placement:
    """The destination says where a candidate stands on its list."""
    data, placement = message.data, placement_of(actor, message)
    placing.record_roster_status(
        actor,
        placement.id,
        status=data["status"],
        roster_no=data.get("roster_no", ""),
        as_of=day(data["as_of"]),
        valid_to=day_or_none(data.get("valid_to")),
    )
    if data["status"] in {"returned", "removed", "expired"}:
        title = gettext_noop("Perbaiki data pencari kerja")
        ask(actor, placement, f"roster:{data['status']}", title)
    return placement


@handles("contract.offered")
def contract_offered(actor: Actor, message: Message) -> Contract:
    """The destination hands over an employer's offer."""
    data, terms, placement = message.data, message.data["terms"], placement_of(actor, message)
    require_same_person(placement, terms["employee"]["name"], terms["employee"]["birth_date"])
    return placing.record_contract_offer(
        actor,
        placement.number,
        offer_no=data["offer_no"],
        form=data["form"],
        terms=terms,
        offered_on=day(data["offered_on"]),
        answer_by=day(data["answer_by"]),
        employer=terms["employer"]["enterprise_name"],
        region=terms["job"].get("region", ""),
        permit_no=data["permit_no"],
    )


@handles("visa.authorised")
def visa_authorised(actor: Actor, message: Message) -> Placement:
    """The destination authorised a visa."""
    data, placement = message.data, placement_of(actor, message)
    invitee = data["invitee"]
    require_offer(placement, data["offer_no"])
    require_same_person(placement, invitee["name"], invitee["birth_date"])
    require_same_passport(placement, invitee["passport_number"])
    return placing.record_visa_authorisation(
        actor,
        placement.number,
        authorisation_no=data["authorisation_no"],
        issued_on=day(data["issued_on"]),
        expires_on=day(data["expires_on"]),
    )


@handles("visa.issued")
def visa_issued(actor: Actor, message: Message) -> Placement:
    """The visa stands in the passport."""
    data, placement = message.data, placement_of(actor, message)
    require_offer(placement, data["offer_no"])
    require_same_passport(placement, data["passport_number"])
    return placing.record_visa(
        actor,
        placement.number,
        visa_no=data["visa_no"],
        issued_on=day(data["issued_on"]),
        enter_by=day_or_none(data.get("enter_by")),
    )


@handles("departure.planned")
def departure_planned(actor: Actor, message: Message) -> Placement:
    """The destination put the worker on an entry list."""
    data, placement = message.data, placement_of(actor, message)
    require_offer(placement, data["offer_no"])
    add_outside_number(
        placement.worker_id,
        kind="entry-list",
        value=data["list_no"],
        subject=placement.id,
        valid_to=day(data["entry_on"]),
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
