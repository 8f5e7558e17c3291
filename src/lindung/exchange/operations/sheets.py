"""Worksheets: what officers carry by hand to and from a partner's portal, always two of them (§14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import Scoped
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.documents import operations as filing
from lindung.documents.models import Document
from lindung.exchange import portals
from lindung.exchange.events import SheetChecked, SheetReturned, SheetTyped
from lindung.exchange.lifecycles import OUTGOING, SHEET, OutgoingState, SheetKind, SheetState
from lindung.exchange.models import Incoming, Outgoing, Partner, Sheet
from lindung.exchange.operations import applying, inbox
from lindung.exchange.ourselves import own_node, typed_for
from lindung.exchange.wire import agreement, envelopes
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.texts import instant
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.placement.models import Placement


class SameEyes(Refusal):
    """Whoever typed a sheet does not check it."""

    status = 409
    slug = "same-eyes-sheet"
    title = "Lembar kerja diperiksa orang lain, bukan yang mengisinya."
    advice = "Minta rekan sekantor membandingkannya dengan portal."


class AlreadyTyped(Refusal):
    """A sheet of this kind waits or counts already."""

    status = 409
    slug = "already-typed"
    title = "Lembar kerja untuk langkah ini sudah ada."
    advice = "Buka lembar yang menunggu diperiksa; kembalikan dahulu bila isinya salah."


class CannotTake(Refusal):
    """What was typed does not make a message that our books may take."""

    status = 422
    slug = "sheet-not-taken"
    title = "Isian ini tidak dapat dijadikan pesan."
    advice = "Kembalikan lembar ini kepada pengisinya untuk diperbaiki."


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that the portal says so: a file, or where the paper lies.

    Attributes:
        data: the file, kept with the person's documents; empty: there is none.
        name, declared: as the device calls it.
        pointer: where to find it otherwise.
    """

    data: bytes = b""
    name: str = ""
    declared: str = ""
    pointer: str = ""


@operation(Right.SHEET_TYPE)
def copied(
    actor: Actor, message_id: UUID, *, reference: str, evidence: Evidence, at: datetime
) -> Sheet:
    """Say that a message of ours now stands in the partner's portal, under its reference.

    Raises:
        NotFound: no such message to a partner with a portal, or none this actor may see.
        StepClosed: it does not wait to be copied.
        AlreadyTyped: somebody has said so.
        Incomplete: no reference or no proof; FileRefused: the file cannot be taken.
    """
    row = _message(message_id)
    if row.state != OutgoingState.WAITING:
        raise StepClosed(step="copy", state=str(row.state))
    reference = reference.strip()[:60]
    wrong = {} if reference else {"reference": "Tulis nomor yang diberikan portal."}
    return _typed(
        actor, SheetKind.COPIED, row.partner, row.subject, evidence, at,
        wrong=wrong, about=row, message=row, type=row.type, reference=reference,
    )  # fmt: skip


@operation(Right.SHEET_TYPE)
def answered(
    actor: Actor, message_id: UUID, *, accepted: bool, reason: str, note: str, evidence: Evidence,
    at: datetime,
) -> Sheet:  # fmt: skip
    """Say that the portal accepted or refused a message of ours.

    Args:
        reason: one of the protocol's codes (§6).
        note: words for people, no personal data.

    Raises:
        StepClosed: it was not copied, or is answered.
        Others as ``copied``.
    """
    row = _message(message_id)
    if row.state != OutgoingState.STORED:
        raise StepClosed(step="answer", state=str(row.state))
    values = {
        "message_id": str(row.pk),
        "digest": row.digest,
        "outcome": "accepted" if accepted else "refused",
        "reason": "applied" if accepted else reason,
        "decided_at": instant(at),
    } | ({"note": note.strip()[:300]} if note.strip() else {})
    found = agreement.faults(agreement.schema_of("receipt.business"), values)
    wrong = {"reason": "Pilih alasannya."} if found or not (accepted or reason) else {}
    return _typed(
        actor, SheetKind.ANSWERED, row.partner, row.subject, evidence, at,
        wrong=wrong, about=row, message=row, type=agreement.type_of("receipt.business"),
        values=values,
    )  # fmt: skip


@operation(Right.SHEET_TYPE)
def told(
    actor: Actor, partner_code: str, *, name: str, subject: str, data: dict[str, Any],
    evidence: Evidence, at: datetime,
) -> Sheet:  # fmt: skip
    """Type what a partner's portal says, as a message of the agreed schema.

    Args:
        name: one that the portal's file lists, e.g. ``arrival.confirmed``.
        subject: public number of the thing spoken of.
        data: as the schema says.

    Raises:
        NotFound: no such partner with a portal, or it does not say this.
        Incomplete: names the fields that break the schema.
    """
    partner = Partner.objects.filter(code=partner_code, adapter="worklist").first()
    if partner is None or name not in portals.portal_of(partner).tells:
        raise NotFound
    type_ = agreement.type_of(name)
    wrong = {
        path or "subject": "Isian ini belum lengkap atau bentuknya salah."
        for path in agreement.places_at_fault(agreement.schema_of(name), data)
    }
    subject = subject.strip()
    if agreement.faults(agreement.NUMBER, subject):
        wrong["subject"] = "Tulis nomor penempatan atau nomor yang disebut portal."
    about = Placement.objects.filter(number=subject, country=partner.country).first()
    return _typed(
        actor, SheetKind.TOLD, partner, subject, evidence, at,
        wrong=wrong, about=about, type=type_, values=data,
    )  # fmt: skip


@operation(Right.SHEET_CHECK)
def check(actor: Actor, sheet_id: UUID, *, at: datetime) -> Sheet:
    """Find a sheet right, as the second person: from now on it counts.

    Raises:
        NotFound: no such sheet, or none this actor may see.
        StepClosed: it is checked or returned; the message is elsewhere meanwhile.
        SameEyes: the actor typed it.
        CannotTake: what was typed makes no message.
    """
    sheet = _answered_by(actor, sheet_id, "check", at)
    with acting_as(ROBOT):
        if sheet.kind == SheetKind.COPIED:
            _count_as_stored(sheet, at)
        else:
            sheet.came = _taken(sheet, at)
        sheet.save()
    record(
        SheetChecked(sheet=sheet.id, number=sheet.subject, kind=sheet.kind),
        actor=actor, about=sheet, worker=sheet.worker_id,
    )  # fmt: skip
    return sheet


@operation(Right.SHEET_CHECK)
def give_back(actor: Actor, sheet_id: UUID, *, remark: str, at: datetime) -> Sheet:
    """Find a sheet wrong, as the second person; a new one takes its place.

    Raises:
        NotFound, StepClosed, SameEyes: as ``check``.
        Incomplete: nobody says what is wrong.
    """
    remark = remark.strip()[:300]
    if not remark:
        raise Incomplete(fields={"remark": "Tulis apa yang tidak cocok."})
    sheet = _answered_by(actor, sheet_id, "return", at)
    sheet.remark = remark
    with acting_as(ROBOT):
        sheet.save()
    record(
        SheetReturned(sheet=sheet.id, number=sheet.subject, kind=sheet.kind),
        actor=actor, about=sheet, worker=sheet.worker_id,
    )  # fmt: skip
    return sheet


def _message(message_id: UUID) -> Outgoing:
    found = (
        Outgoing.objects.select_related("partner")
        .filter(pk=message_id, partner__adapter="worklist")
        .exclude(sequence=None)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _typed(
    actor: Actor,
    kind: SheetKind,
    partner: Partner,
    subject: str,
    evidence: Evidence,
    at: datetime,
    *,
    wrong: dict[str, str],
    about: Scoped | None,
    **values: Any,
) -> Sheet:
    worker = getattr(about, "worker_id", None)
    pointer = evidence.pointer.strip()[:200]
    if not evidence.data and not pointer:
        wrong = wrong | {"file": "Unggah bukti dari portal, atau tulis di mana bukti itu disimpan."}
    elif evidence.data and worker is None and not pointer:
        wrong = wrong | {"pointer": "Orangnya belum dikenali: tulis di mana bukti itu disimpan."}
    if wrong:
        raise Incomplete(fields=wrong)
    message = values.get("message")
    if message is not None:
        open_ = Sheet.objects.filter(message=message, kind=kind).exclude(state=SheetState.RETURNED)
        if open_.exists():
            raise AlreadyTyped
    proof: Document | None = None
    if evidence.data and worker is not None:
        proof = filing.attach(
            actor, worker, type_id="other", data=evidence.data, at=at,
            name=evidence.name, declared=evidence.declared,
        )  # fmt: skip
    scope = about.scope() if about is not None else _scope_of(actor)
    with acting_as(ROBOT):
        sheet = Sheet.objects.create(
            partner=partner, kind=kind, subject=subject, worker_id=worker, proof=proof,
            pointer=pointer, typed_by=actor.id, typed_name=actor.name[:120], typed_at=at,
            **(scope | {"country": partner.country}), **values,
        )  # fmt: skip
    record(
        SheetTyped(sheet=sheet.id, number=subject, kind=str(kind)),
        actor=actor, about=sheet, worker=worker,
    )  # fmt: skip
    return sheet


def _scope_of(actor: Actor) -> dict[str, Any]:
    """Whose desk a sheet about somebody unknown lies on: the typist's own."""
    return {"post_id": actor.posts[0] if actor.posts else None, "agency_id": None, "region": ""}


def _answered_by(actor: Actor, sheet_id: UUID, step: str, at: datetime) -> Sheet:
    if not Sheet.objects.filter(pk=sheet_id).exists():
        raise NotFound
    with acting_as(ROBOT):
        sheet = (
            Sheet.objects.select_for_update(of=("self",))
            .select_related("partner", "message")
            .get(pk=sheet_id)
        )
    sheet.state = SHEET.take(step, SheetState(sheet.state))
    if sheet.typed_by == actor.id:
        raise SameEyes
    sheet.checked_by, sheet.checked_name, sheet.checked_at = actor.id, actor.name[:120], at
    return sheet


def _count_as_stored(sheet: Sheet, at: datetime) -> None:
    if sheet.message is None:
        raise NotFound
    row = Outgoing.objects.select_for_update().get(pk=sheet.message.pk)
    row.state = OUTGOING.take("note stored", OutgoingState(row.state))
    row.stored_at = at
    row.save(update_fields=["state", "stored_at"])


def _taken(sheet: Sheet, at: datetime) -> Incoming:
    """Make the message that was typed and take it in, like any other that comes."""
    partner, name = sheet.partner, agreement.name_of(sheet.type)
    identity = new_id()
    message = Message(
        id=identity,
        source=typed_for(partner),
        recipient=own_node(),
        type=sheet.type,
        # The instant of writing these bytes; when the portal said it stands in the data.
        time=datetime.now(UTC),
        subject=sheet.subject,
        sequence=None if sheet.kind == SheetKind.ANSWERED else _next(partner, sheet.subject),
        correlation=sheet.message_id or identity,
        purpose=agreement.purposes_of(name)[0],
        basis=partner.agreement,
        schema=agreement.schema_of(name),
        data=sheet.values,
    )
    [(receipt, _)] = inbox.take(
        [(envelopes.write(message), "")], proof=inbox.TYPED, partner=partner
    )
    said = envelopes.read(receipt).data
    if said["outcome"] != "stored":
        raise CannotTake(reason=said["reason"])
    return Incoming.objects.get(partner=partner, message_id=identity)


def _next(partner: Partner, subject: str) -> int:
    """The number after the last that was typed; the lane stays locked, so nobody gets it too."""
    applying.locked_lane(partner, subject)
    last = (
        Incoming.objects.filter(partner=partner, subject=subject)
        .exclude(state__in=inbox.NOT_IN_BOOKS)
        .aggregate(last=Max("sequence"))["last"]
    )
    return (last or 0) + 1
