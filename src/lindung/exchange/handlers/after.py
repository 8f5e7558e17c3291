"""After work: leaving, money that is left, going back.

The actor is the partner's robot; the message was verified, is in order and fits its schema.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.exchange.handlers.parts import ask, day, day_or_none, placement_of
from lindung.exchange.operations.applying import handles
from lindung.exchange.wire.envelopes import Message
from lindung.placement.models import Placement
from lindung.registry.models import Source
from lindung.reintegration import operations as returning
from lindung.reintegration.models import ReturnReason

_RETURNS = {
    "end_of_contract": ReturnReason.CONTRACT_ENDED,
    "early": ReturnReason.OWN_WISH,
    "voluntary_departure": ReturnReason.OWN_WISH,
    "medical": ReturnReason.ILLNESS,
    "deported": ReturnReason.DEPORTED,
}


@handles("return.planned")
def return_planned(actor: Actor, message: Message) -> Placement:
    """The worker will leave for good: what is owed has to be asked for before that."""
    data, placement = message.data, placement_of(actor, message)
    returning.record_return_plan(
        actor, placement.id, leaves_on=day(data["leaves_on"]), on=day(data["planned_on"])
    )
    return placement


@handles("return.done")
def return_done(actor: Actor, message: Message) -> Placement:
    """The worker left the destination for good; what is owed becomes somebody's task."""
    data, placement = message.data, placement_of(actor, message)
    left_on = day(data["left_on"])
    returning.record_return(
        actor,
        placement.worker_id,
        on=left_on,
        reason=_RETURNS.get(data.get("kind", ""), ReturnReason.TROUBLE),
        source=Source.DESTINATION,
    )
    returning.list_money(actor, placement.id, left_on=left_on)
    for each in data.get("owed", ()):
        returning.record_money(
            actor,
            placement.id,
            kind=each["kind"],
            state=each["state"],
            on=left_on,
            amount=_amount(each),
            currency=each.get("currency", ""),
            claim_until=day_or_none(each.get("claim_until")),
        )
    if any(each["state"] != "paid" for each in data.get("owed", ())):
        title = gettext_noop("Bantu menagih hak yang masih ada di negara tujuan")
        ask(actor, placement, "money-left", title, days=14, owner="office")
    return placement


@handles("benefit.payable")
def benefit_payable(actor: Actor, message: Message) -> Placement:
    """A sum is due."""
    data, placement = message.data, placement_of(actor, message)
    returning.record_money(
        actor,
        placement.id,
        kind=data["kind"],
        state="dormant" if data.get("dormant") else "not_claimed",
        on=day(data["as_of"]),
        amount=_amount(data),
        currency=data.get("currency", ""),
        claim_until=day_or_none(data.get("claim_until")),
    )
    return placement


@handles("benefit.paid")
def benefit_paid(actor: Actor, message: Message) -> Placement:
    """A sum was paid."""
    data, placement = message.data, placement_of(actor, message)
    returning.record_money(
        actor,
        placement.id,
        kind=data["kind"],
        state="paid",
        on=day(data["paid_on"]),
        amount=_amount(data),
        currency=data["currency"],
    )
    return placement


@handles("reentry.committed")
def reentry_committed(actor: Actor, message: Message) -> Placement:
    """The former employer takes the worker back."""
    data, placement = message.data, placement_of(actor, message)
    returning.record_reentry(
        actor,
        placement.id,
        kind=data["kind"],
        on=day(data["permitted_on"]),
        employer=data.get("employer", {}).get("name", ""),
        enter_from=day_or_none(data.get("enter_from")),
    )
    return placement


def _amount(data: dict[str, str]) -> Decimal | None:
    return Decimal(data["amount"]) if "amount" in data else None
