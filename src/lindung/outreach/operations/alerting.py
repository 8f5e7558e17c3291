"""Officers on duty are told on their own telephone that a call rings: no word about anybody in it.

The chain is duty's: who is rung next, and when, stands there. Here a ring becomes words over what the
officer registered, text message first, then e-mail; a line that does not take them is tried again while
it still rings, and then the next way. Carried twice, it rings twice, which harms nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import is_retold, record
from lindung.access.models import Account
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.duty.lifecycles import RingState
from lindung.duty.models import Ring
from lindung.kernel.refusals import NotFound
from lindung.outreach import channels, templates
from lindung.outreach.channels import Parcel
from lindung.outreach.events import OfficerAlerted, OfficerNotAlerted
from lindung.outreach.lifecycles import MESSAGE, MessageState
from lindung.outreach.models import Channel, OfficerAlert
from lindung.outreach.practice import practice

TEMPLATE = "duty_ring"


@operation(Right.MESSAGE_SEND)
def alert_officer(actor: Actor, ring_id: UUID, *, now: datetime) -> OfficerAlert | None:
    """Put in words to an officer who is rung, over the first way that is known.

    Returns:
        nothing where no way is known: the desk's banner and the next in the chain are left.
    Raises:
        NotFound: no such ring.
    """
    ring = Ring.objects.select_related("call").filter(id=ring_id).first()
    if ring is None:
        raise NotFound
    ways = ways_of(ring)
    if not ways or is_retold():
        return None
    return _put_in(ring, ways[0], now=now)


def ways_of(ring: Ring) -> list[str]:
    """Over what the officer can be told: the telephone of the roster, then the account's e-mail."""
    found = [str(Channel.SMS)] if ring.phone else []
    if ring.account_id is not None:
        account = Account.objects.filter(id=ring.account_id, is_active=True).only("email").first()
        if account is not None and account.email:
            found.append(str(Channel.EMAIL))
    return found


def alert(actor: Actor, alert_id: UUID, *, now: datetime) -> OfficerAlert:
    """Hand one alert to its channel; its steps have transactions of their own.

    Raises:
        NotFound: no such alert.
    """
    parcel = take_alert(actor, alert_id)
    if parcel is None:
        with acting_as(actor):
            return OfficerAlert.objects.get(id=alert_id)
    try:
        channels.hand_over(parcel)
    except channels.Refused as refused:
        return end_alert(actor, alert_id, why=str(refused) or "refused", again=False, now=now)
    except channels.NotTaken as not_taken:
        return end_alert(actor, alert_id, why=str(not_taken) or "not taken", again=True, now=now)
    return end_alert(actor, alert_id, why="", again=False, now=now)


@operation(Right.MESSAGE_SEND)
def take_alert(actor: Actor, alert_id: UUID) -> Parcel | None:
    """The alert as its channel gets it; nothing where it was sent or somebody has answered."""
    found = _locked(alert_id)
    if found.state != MessageState.WAITING:
        return None
    if found.ring.state != RingState.CALLED:
        # The call was taken or went on: a ring now would only wake somebody.
        found.state = MESSAGE.take("fail", MessageState(found.state))
        found.failure = "answered meanwhile"
        found.save(update_fields=["state", "failure"])
        return None
    found.attempts += 1
    found.save(update_fields=["attempts"])
    account = (
        Account.objects.filter(id=found.ring.account_id).only("email", "language").first()
        if found.ring.account_id
        else None
    )
    facts = {
        "number": found.ring.call.number,
        "link": f"{settings.PUBLIC_URL}/sos/",
    }
    language = account.language if account is not None else settings.LANGUAGE_CODE
    words, language = templates.render(TEMPLATE, language, facts)
    email = found.channel == Channel.EMAIL
    return Parcel(
        id=found.id,
        channel=found.channel,
        to=(account.email if account is not None else "") if email else found.ring.phone,
        words=words,
        language=language,
        subject=templates.subject(language, harmless=False),
        template=TEMPLATE,
        facts=facts,
    )


@operation(Right.MESSAGE_SEND)
def end_alert(
    actor: Actor, alert_id: UUID, *, why: str, again: bool, now: datetime
) -> OfficerAlert:
    """Note what the channel said; not taken, it is tried again, and then over the next way."""
    found = _locked(alert_id)
    if found.state != MessageState.WAITING:
        return found
    if not why:
        found.state = MESSAGE.take("send", MessageState(found.state))
        found.sent_at = now
        found.save(update_fields=["state", "sent_at"])
        told = OfficerAlerted(ring=found.ring_id, channel=found.channel)
        record(told, actor=actor, about=found)
        return found
    found.failure = why[:120]
    waits = practice().alert_waits_seconds
    if again and found.attempts <= len(waits):
        found.save(update_fields=["failure"])
        _enqueue(found, at=now + timedelta(seconds=waits[found.attempts - 1]))
        return found
    found.state = MESSAGE.take("fail", MessageState(found.state))
    found.save(update_fields=["state", "failure"])
    record(OfficerNotAlerted(ring=found.ring_id, channel=found.channel), actor=actor, about=found)
    tried = set(OfficerAlert.objects.filter(ring=found.ring).values_list("channel", flat=True))
    left = [each for each in ways_of(found.ring) if each not in tried]
    if left:
        _put_in(found.ring, left[0], now=now)
    return found


def _put_in(ring: Ring, channel: str, *, now: datetime) -> OfficerAlert:
    made = OfficerAlert.objects.create(ring=ring, channel=channel, made_at=now, **ring.scope())
    _enqueue(made, at=None)
    return made


def _enqueue(made: OfficerAlert, *, at: datetime | None) -> None:
    enqueue("outreach.alert", lock=f"alert:{made.id}", at=at, alert_id=str(made.id))


def _locked(alert_id: UUID) -> OfficerAlert:
    found = (
        OfficerAlert.objects.select_for_update(of=("self",))
        .select_related("ring", "ring__call")
        .filter(id=alert_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found
