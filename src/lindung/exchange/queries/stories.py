"""One message: its envelope, what it says, its story, and the receipts with their proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.exchange import words
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import Incoming, Outgoing, Partner, PartnerKey
from lindung.exchange.own_keys import public_halves
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import digest
from lindung.kernel.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Proof:
    """Exact bytes checked anew against the signature kept with them.

    Attributes:
        holds: the signature verifies under the key it names; fits: the digest is that of the bytes.
        kid: fingerprint of the key; empty where there is no signature to read.
        signed: there is a signature; what of ours waits to be sent has none yet.
        reason: what a receipt says, empty for the message itself.
    """

    title: str
    at: datetime | None
    kid: str
    digest: str
    holds: bool
    fits: bool
    signed: bool
    outcome: str = ""
    reason: words.Reason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message as people read it.

    Attributes:
        ours: we sent it.
        message: its envelope and data; ``None`` where the bytes cannot be read.
        proofs: its own signature first, then the receipts.
    """

    ours: bool
    row: Outgoing | Incoming
    partner: Partner | None
    message: Message | None
    title: str
    lines: tuple[words.Line, ...]
    proofs: tuple[Proof, ...]

    @property
    def outgoing(self) -> Outgoing | None:
        """The row, where it is ours."""
        return self.row if isinstance(self.row, Outgoing) else None

    @property
    def incoming(self) -> Incoming | None:
        """The row, where it is theirs."""
        return self.row if isinstance(self.row, Incoming) else None


def opened(row_id: UUID) -> Opened:
    """A message that went out or came in, by the id of our row.

    Raises:
        NotFound: no such message, or none this actor may see.
    """
    sent = Outgoing.objects.select_related("partner", "answer").filter(pk=row_id).first()
    if sent is not None:
        return _sent(sent)
    came = Incoming.objects.select_related("partner").filter(pk=row_id).first()
    if came is None:
        raise NotFound
    return _came(came)


def thread(found: Opened) -> tuple[list[Outgoing], list[Incoming]]:
    """The other messages of the same thread, receipts left out, ours and theirs."""
    if found.message is None or found.partner is None:
        return [], []
    root = found.message.correlation
    ours = Outgoing.objects.filter(partner=found.partner, correlation=root)
    theirs = Incoming.objects.filter(partner=found.partner, correlation=root)
    own_id = found.row.pk
    return (
        list(ours.filter(sequence__isnull=False).exclude(pk=own_id).order_by("id")),
        list(
            theirs.filter(sequence__isnull=False)
            .exclude(state=IncomingState.REPEAT)
            .exclude(pk=own_id)
            .order_by("id")
        ),
    )


def _sent(row: Outgoing) -> Opened:
    message = _read(bytes(row.raw))
    theirs = dict(PartnerKey.objects.filter(partner=row.partner).values_list("kid", "x"))
    ours = public_halves()
    proofs = [_proof("message", bytes(row.raw), row.signature, ours, row.digest, row.written_at)]
    if row.technical is not None:
        proofs.append(
            _receipt(
                "technical", bytes(row.technical), row.technical_signature, theirs, row.digest,
                row.stored_at,
            )
        )  # fmt: skip
    if row.answer is not None:
        raw, at = bytes(row.answer.raw), row.answered_at
        # What officers typed from a portal, or a signed list vouches for, our own key signs.
        keys = theirs if row.answer.proof == "signed" else ours
        proofs.append(_receipt("business", raw, row.answer.signature, keys, row.digest, at))
    return _opened(True, row, row.partner, message, proofs)


def _came(row: Incoming) -> Opened:
    raw = bytes(row.raw)
    message = _read(raw)
    keys = PartnerKey.objects.all() if row.partner is None else row.partner.keys.all()
    theirs = dict(keys.values_list("kid", "x"))
    ours = public_halves()
    proofs = [_proof("message", raw, row.signature, theirs | ours, row.digest, row.came_at)]
    if row.message_id is not None and row.sequence is not None:
        answers = Outgoing.objects.filter(
            partner=row.partner, correlation=row.message_id, sequence=None
        )
        for each in answers.order_by("id"):
            sent = bytes(each.raw)
            proofs.append(
                _receipt("business", sent, each.signature, ours, row.digest, each.written_at)
            )
    return _opened(False, row, row.partner, message, proofs)


def _opened(
    ours: bool,
    row: Outgoing | Incoming,
    partner: Partner | None,
    message: Message | None,
    proofs: list[Proof],
) -> Opened:
    name = message.name if message else agreement.name_of(row.type) if row.type else ""
    return Opened(
        ours=ours,
        row=row,
        partner=partner,
        message=message,
        title=words.message(name) if name else "",
        lines=tuple(words.lines(name, message.data)) if message else (),
        proofs=tuple(proofs),
    )


def _read(raw: bytes) -> Message | None:
    try:
        return envelopes.read(raw)
    except Unacceptable:
        return None


def _receipt(
    title: str,
    raw: bytes,
    signature: str,
    keys: dict[str, str],
    about: str,
    at: datetime | None,
) -> Proof:
    """A receipt: it speaks of this message when its ``digest`` is the message's."""
    found = _proof(title, raw, signature, keys, digest(raw), at)
    message = _read(raw)
    if message is None:
        return found
    return Proof(
        title=title,
        at=at,
        kid=found.kid,
        digest=str(message.data.get("digest", "")),
        holds=found.holds,
        fits=message.data.get("digest") == about,
        signed=bool(signature),
        outcome=str(message.data.get("outcome", "")),
        reason=words.reason(str(message.data.get("reason", ""))),
        note=str(message.data.get("note", "")),
    )


def _proof(
    title: str, raw: bytes, signature: str, keys: dict[str, str], known: str, at: datetime | None
) -> Proof:
    kid, holds = "", False
    try:
        kid = signatures.claimed_kid(signature)
        signatures.verify(raw, signature, keys.get(kid, ""))
        holds = True
    except (Unacceptable, ValueError):
        holds = False
    return Proof(title, at, kid, known, holds, digest(raw) == known, bool(signature))
