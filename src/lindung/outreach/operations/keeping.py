"""Raw bytes first: whatever comes in over a line is kept sealed before anything in it is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from lindung.access.acting import acting_as
from lindung.access.jobs import URGENT, enqueue
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.outreach import keywords, vault
from lindung.outreach.models import Received, ReceivedState
from lindung.outreach.practice import practice

TOO_LARGE, BAD_SIGNATURE = "too_large", "bad_signature"


def keep(channel: str, raw: bytes, *, outside_id: str = "", at: datetime) -> Received:
    """Keep what came in, and put in the job that reads it: both or neither, so nothing is lost.

    Runs at the door. What may be a cry for help is read before all others. The same id again, or the same bytes where the line gives none, changes nothing.

    Returns:
        the kept row; its ``state`` is ``refused`` where it was too large to be a message.
    """
    if len(raw) > practice().most_bytes[channel]:
        return refuse(channel, raw, reason=TOO_LARGE, at=at)
    row = _row(channel, raw, outside_id=outside_id, at=at)
    with acting_as(ROBOT):
        kept = _saved(row)
        if kept is row:
            enqueue(
                "outreach.read",
                lock=f"received:{row.id}",
                priority=URGENT if keywords.may_cry(raw) else None,
                received_id=str(row.id),
            )
        return kept


def keep_here(channel: str, raw: bytes, *, outside_id: str, at: datetime) -> Received:
    """Keep what is read in the same transaction; the caller's to mark as read."""
    return _saved(_row(channel, raw, outside_id=outside_id, at=at))


def _row(channel: str, raw: bytes, *, outside_id: str, at: datetime) -> Received:
    digest = vault.digest(raw)
    row = Received(
        id=new_id(),
        channel=channel,
        outside_id=(outside_id or digest.hex())[:120],
        at=at,
        size=len(raw),
        digest=digest,
    )
    row.sealed, row.wrapped_key = vault.seal(raw, row.id)
    return row


def keep_again_within(channel: str, raw: bytes, *, about: bytes, at: datetime) -> Received:
    """Keep what came over a line that gives no ids: the same text within minutes is the same message.

    Args:
        about: what tells one message from another (sender, receiver, text), without the numbers that
            the network gives anew each time it sends again.
    """
    what = vault.digest(about)
    minutes = timedelta(minutes=practice().again_minutes)
    with acting_as(ROBOT):
        before = Received.objects.filter(
            channel=channel,
            outside_id__startswith=what.hex(),
            at__gt=at - minutes,
            at__lte=at + minutes,
        ).first()
    if before is not None:
        return before
    return keep(channel, raw, outside_id=f"{what.hex()}:{int(at.timestamp())}", at=at)


def refuse(channel: str, raw: bytes, *, reason: str, at: datetime) -> Received:
    """Record that something was refused at the door and why; its bytes are nobody's, and not kept."""
    id_ = new_id()
    row = Received(
        id=id_,
        channel=channel,
        outside_id=f"refused:{id_}",
        at=at,
        size=len(raw),
        digest=vault.digest(raw),
        state=ReceivedState.REFUSED,
        reason=reason,
    )
    with acting_as(ROBOT):
        row.save(force_insert=True)
    return row


def opened(row: Received) -> bytes:
    """The bytes of a kept row."""
    return vault.unseal(bytes(row.sealed), bytes(row.wrapped_key), row.id)


def _saved(row: Received) -> Received:
    known = Received.objects.filter(channel=row.channel, outside_id=row.outside_id)
    if (before := known.first()) is not None:
        return before
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # At the same instant, in another process.
        return known.get()
    return row
