"""What the handlers of every stage share: whom a message is about, whether it fits our books."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from lindung.access.actors import Actor
from lindung.access.jurisdictions import post_in_charge, workweek_of
from lindung.access.models import Scoped
from lindung.access.secrets import keyring
from lindung.exchange.operations import subjects
from lindung.exchange.operations.applying import UnknownSubject
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.identifiers import Kind, NotThatNumber, canonical
from lindung.kernel.quantities import Quantity
from lindung.placement import operations as placing
from lindung.placement import twin
from lindung.placement.models import Contract, Placement
from lindung.registry.models import Identifier, Task
from lindung.registry.operations import open_task

# Our own: no law says how soon an office has to look at what another country's office told it.
OFFICE_HAS = timedelta(days=7)


def placement_of(actor: Actor, message: Message) -> Placement:
    """The placement spoken of; one to another country is unknown to this partner."""
    found = (
        Placement.objects.select_related("worker")
        .filter(number=message.subject, country=actor.country)
        .first()
    )
    found = found or subjects.placement_of(message)  # their own number, once people said whose
    if found is None or found.country != actor.country:
        raise UnknownSubject
    return found


def compare(actor: Actor, placement: Placement, told: dict[str, Any], *, on: date) -> None:
    """Lay what was registered beside the contract that was verified."""
    placing.compare_registered(actor, placement.number, told=told, at=timezone.now(), on=on)


def of_employer(employer: dict[str, Any]) -> dict[str, Any]:
    """What a message says of the employer, by contract field."""
    return {twin.EMPLOYER: employer.get("name"), twin.REGION: employer.get("region")}


def of_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """New terms by contract field; a wage without its currency is not compared."""
    told: dict[str, Any] = {twin.ENDS: terms.get("ends_on")}
    wage, currency = terms.get("monthly_ordinary_wage"), terms.get("currency")
    if wage and currency:
        told["wage.monthly_ordinary"] = Quantity.of(str(wage), f"{currency}/month")
    return told


def zone_of(placement: Placement) -> ZoneInfo:
    """Where the days of a placement abroad begin: at the post in charge."""
    week = workweek_of(placement.post_id)
    return ZoneInfo(week.timezone if week else settings.TIME_ZONE)


def require_offer(placement: Placement, offer_no: str) -> None:
    """Refuse what speaks of an offer that was never made to this person."""
    if not Contract.objects.filter(placement=placement, offer_number=offer_no).exists():
        raise Unacceptable("offer_unknown")


def require_same_person(placement: Placement, name: str, birth_date: str) -> None:
    """Refuse what speaks of somebody else."""
    worker = placement.worker
    if _letters(worker.full_name) != _letters(name) or (
        worker.birth_date is not None and worker.birth_date.isoformat() != birth_date
    ):
        raise Unacceptable("person_mismatch")


def require_same_passport(placement: Placement, number: str) -> None:
    """Refuse a passport that is not one of this person's."""
    try:
        blinds = keyring().indexes(str(Kind.PASSPORT), canonical(Kind.PASSPORT, number))
    except NotThatNumber as error:
        # The schema is wider than a passport's zone; a fault of ours would hold up the subject.
        raise Unacceptable("data_invalid", "passport number") from error
    if not Identifier.objects.filter(worker=placement.worker, blind__in=blinds).exists():
        raise Unacceptable("person_mismatch", "passport number")


def ask(
    actor: Actor, placement: Placement, kind: str, title: str, *, days: int = 1, owner: str = ""
) -> None:
    """Give somebody of ours something to do about a message."""
    open_task(
        actor,
        about=placement,
        kind=kind,
        title=title,
        due_at=timezone.now() + timedelta(days=days),
        owner=owner or ("post" if placement.post_id else "office"),
        subject=placement.id,
    )


def ask_office(
    actor: Actor,
    message: Message,
    kind: str,
    title: str,
    *,
    about: Scoped | None = None,
    region: str = "",
    sector: str = "",
    details: dict[str, Any] | None = None,
    owner: str = "",
    thing: str = "",
) -> Task:
    """Give the post in charge of the partner's country something to do that is about no worker.

    Args:
        about: whose scope the task takes over; else that of the place named.
        owner: whose it is; else the post's, and the ministry's where no post is in charge.
        thing: what it is about, where the message's subject alone does not tell.
    """
    if about is None:
        post = post_in_charge(
            actor.country, region=region, sector=sector, on=timezone.localdate(message.time)
        )
        about = Task(post_id=post, country=actor.country)
    return open_task(
        actor,
        about=about,
        kind=kind,
        title=title,
        due_at=timezone.now() + OFFICE_HAS,
        owner=owner or ("post" if about.post_id is not None else "ministry"),
        subject=uuid5(actor.id, f"{message.name} {thing or message.subject}"),
        details={"number": message.subject} | (details or {}),
    )


def day(text: str) -> date:
    """A calendar day of a message."""
    return date.fromisoformat(text)


def day_or_none(text: str | None) -> date | None:
    """A calendar day of a message, where it stands there."""
    return None if text is None else date.fromisoformat(text)


def _letters(name: str) -> str:
    return " ".join(name.upper().split())
