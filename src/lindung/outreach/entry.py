"""Letting people in on their phones: the code that is sent, the link after a recovery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from lindung.access import limits, sessions
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel import identifiers
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.operations import send
from lindung.registry import entry
from lindung.registry.events import AccessRecovered
from lindung.registry.models import Identifier, Worker
from lindung.registry.operations import add_identifier

# What an officer may ask to know the person again; names of entry.yaml.
QUESTIONS = {
    "birth_date": _("Tanggal lahir"),
    "birth_place": _("Tempat lahir"),
    "nik": _("NIK"),
    "passport": _("Nomor paspor"),
    "employer": _("Nama pemberi kerja"),
    "family": _("Nama keluarga yang dicatat"),
    "phone": _("Nomor telepon lama"),
}


def ask(text: str, *, address: str, now: datetime) -> list[bytes]:
    """Send a code to whoever has this telephone number; whether anybody has is not told.

    Runs at the door.

    Args:
        text: the number in any form.
        address: network address of the asker, for the limit.
    Returns:
        what :func:`enter` needs in place of the number.
    Raises:
        TooMany: too many codes for this number or from this address.
    """
    on = timezone.localdate(now)
    rules = entry.rules(on)
    _spend("address", address, rules, now)
    indexes = entry.phone_indexes(text, on=on)
    for index in indexes:
        _spend("number", index.hex(), rules, now)
    with acting_as(ROBOT):
        for worker in entry.workers_with_phone(indexes, on=on):
            code = entry.make_code(worker, now=now)
            send(
                ROBOT,
                worker,
                "entry_code",
                now=now,
                secret=True,
                at_once=True,
                code=code,
                minutes=str(rules.code_minutes),
            )
    return indexes


def enter(indexes: Sequence[bytes], code: str, *, address: str, now: datetime) -> Worker | None:
    """The person whose code it is, or ``None``; a wrong one counts. Runs at the door.

    Raises:
        TooMany: too many guesses from this address.
    """
    on = timezone.localdate(now)
    _spend("guess", address, entry.rules(on), now)
    workers = entry.workers_with_phone(indexes, on=on)
    return entry.use_code(workers, code, now=now) if workers else None


def enter_by_link(token: str, *, address: str, now: datetime) -> Worker:
    """The person whose link it is. Runs at the door.

    Raises:
        TooMany: too many guesses from this address.
        LinkClosed, LinkWaits: as they say.
    """
    _spend("guess", address, entry.rules(timezone.localdate(now)), now)
    return entry.use_link(token, now=now)


@operation(Right.WORKER_RECOVER)
def recover(
    actor: Actor,
    worker_id: UUID,
    *,
    answered: Collection[str],
    in_person: bool,
    reason: str,
    now: datetime,
    new_phone: str = "",
) -> str:
    """Give a person whose phone is lost or changed a new way in; every other session ends.

    A link made over the telephone waits a cool-down, in which the person is told by the old way.

    Args:
        answered: the questions answered rightly, names of ``QUESTIONS``.
        in_person: the officer sees the person and a document.
        new_phone: takes the place of the numbers on file.
    Returns:
        the address of a link that lets in once.
    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: too few answers, no reason, or no telephone number.
    """
    on = timezone.localdate(now)
    rules = entry.rules(on)
    worker = Worker.objects.select_for_update().filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    known = sorted(set(answered) & set(rules.questions))
    if len(known) < rules.answers:
        raise Incomplete(
            fields={
                "answered": gettext_noop(
                    "Jawaban yang benar belum cukup untuk memastikan orangnya."
                )
            }
        )
    if not reason.strip():
        raise Incomplete(fields={"reason": gettext_noop("Tuliskan alasan pemulihan.")})
    # Told first: by the old number, before the new one takes its place.
    send(actor, worker, "recovered", now=now, at_once=True, office=actor.office)
    cool_down = rules.cool_down_hours["in_person" if in_person else "otherwise"]
    opens_at = now + timedelta(hours=cool_down)
    if new_phone.strip():
        # Days, so the first whole one after the cool-down: a code to the new number must not be
        # a way around it.
        opens_on = timezone.localdate(opens_at) + timedelta(days=1 if cool_down else 0)
        _change_phone(actor, worker, new_phone, on=on, opens_on=opens_on)
    entry.end_all(worker)
    token = entry.make_link(
        worker,
        now=now,
        opens_at=opens_at,
        expires_at=opens_at + timedelta(hours=rules.link_hours),
    )
    ended = sessions.end_all_of_worker(worker.id)
    record(
        AccessRecovered(
            opens_at=opens_at,
            questions=", ".join(known),
            in_person=in_person,
            sessions_ended=ended,
            reason=reason.strip(),
        ),
        actor=actor,
        about=worker,
    )
    link = f"{settings.PUBLIC_URL}/saya/m/{token}/"
    send(actor, worker, "entry_link", now=now, secret=True, at_once=True, link=link)
    return link


def _change_phone(actor: Actor, worker: Worker, text: str, *, on: date, opens_on: date) -> None:
    """End the numbers on file at once; the new one lets in from ``opens_on``."""
    phones = Identifier.objects.filter(worker=worker, kind=str(identifiers.Kind.PHONE))
    phones.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).update(valid_to=on)
    added = add_identifier(actor, worker.id, kind=identifiers.Kind.PHONE, value=text, on=on)
    phones.filter(id=added.id).update(valid_from=opens_on, valid_to=None)


def spend(what: str, key: str, *, now: datetime) -> None:
    """Count one try against the limit of that name in ``entry.yaml``.

    Raises:
        TooMany: that was one too many.
    """
    _spend(what, key, entry.rules(timezone.localdate(now)), now)


def _spend(what: str, key: str, rules: entry.Rules, now: datetime) -> None:
    limit = rules.limits[what]
    limits.spend(f"entry.{what}", key, most=limit.most, minutes=limit.minutes, now=now)
