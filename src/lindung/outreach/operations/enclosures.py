"""What comes with a message: voice notes, pictures, papers; looked at by their bytes, then sealed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents.sound import FileRefused, examine
from lindung.kernel.refusals import NotFound
from lindung.outreach import channels, vault
from lindung.outreach.gateways import fetching
from lindung.outreach.models import Medium, MediumState, Message
from lindung.outreach.parsing.parts import Enclosure
from lindung.outreach.practice import practice

# First bytes of the recordings that telephones make; RFC 3533, RFC 4867, ISO 14496-12, ID3 v2.
_SOUNDS = {"audio/ogg": (0, b"OggS"), "audio/amr": (0, b"#!AMR"), "audio/mp4": (4, b"ftyp"),
    "audio/mpeg": (0, b"ID3")}  # fmt: skip
# An MPEG frame begins with eleven bits that are set (ISO 11172-3, 2.4.2.3).
_FRAME = 0xE0
_MOST = 10


def keep_all(message: Message, enclosures: Sequence[Enclosure]) -> None:
    """Keep what came with a message; what the line still holds is fetched by a job."""
    for each in enclosures[:_MOST]:
        row = Medium(
            message=message,
            worker=message.worker,
            content_type=each.content_type,
            outside_id=each.outside_id,
            **message.scope(),
        )
        if each.data:
            _take_in(row, each.data)
        row.save(force_insert=True)
        if row.state == MediumState.WAITING:
            enqueue("outreach.fetch", lock=f"medium:{row.id}", medium_id=str(row.id))


def fetch(actor: Actor, medium_id: UUID) -> None:
    """Fetch what the line holds, in steps of their own.

    Raises:
        channels.NotTaken: not now; the job tries again.
    """
    wanted = waiting(actor, medium_id)
    if wanted is None:
        return
    try:
        data = fetching.fetch(wanted.message.channel, wanted.outside_id)
    except channels.Refused as refused:
        fetched(actor, medium_id, data=b"", reason=str(refused))
    else:
        fetched(actor, medium_id, data=data)


@operation(Right.MESSAGE_RECEIVE)
def waiting(actor: Actor, medium_id: UUID) -> Medium | None:
    """The enclosure, where it still has to be fetched."""
    return (
        Medium.objects.filter(id=medium_id, state=MediumState.WAITING)
        .select_related("message")
        .first()
    )


@operation(Right.MESSAGE_RECEIVE)
def fetched(actor: Actor, medium_id: UUID, *, data: bytes, reason: str = "") -> Medium:
    """Take in what was fetched, or note why it never will be.

    Raises:
        NotFound: no such enclosure.
    """
    row = Medium.objects.select_for_update().filter(id=medium_id).first()
    if row is None:
        raise NotFound
    if row.state == MediumState.WAITING:
        if reason:
            row.state, row.reason = MediumState.REFUSED, reason[:40]
        else:
            _take_in(row, data)
        row.save()
    return row


def _take_in(row: Medium, data: bytes) -> None:
    """Seal what it really is; refuse what is too large or nothing that we show."""
    row.size = len(data)
    if len(data) > practice().most_media_bytes:
        row.state, row.reason = MediumState.REFUSED, "too_large"
        return
    if (sound := _sound(data)) is not None:
        row.content_type = sound
    else:
        try:
            # Pictures are drawn anew: the place where they were taken is gone from them.
            looked_at = examine(data)
        except FileRefused as refused:
            row.state, row.reason = MediumState.REFUSED, refused.slug[:40]
            return
        data, row.content_type = looked_at.data, looked_at.media
        row.size = len(data)
    row.sealed, row.wrapped_key = vault.seal(data, row.id)
    row.state = MediumState.KEPT


def _sound(data: bytes) -> str | None:
    for media, (start, mark) in _SOUNDS.items():
        if data[start : start + len(mark)] == mark:
            return media
    if len(data) > 2 and data[0] == 0xFF and data[1] & _FRAME == _FRAME and data[1] != 0xFF:
        # A JPEG begins with FF D8, which has the same first bits but no layer of MPEG audio.
        return None if data[1] == 0xD8 else "audio/mpeg"
    return None
