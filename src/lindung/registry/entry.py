"""Codes and links with which people sign in on their phones. Only hashes are kept.

Everything here runs as our robot: a code is checked before anybody acts.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.kernel import identifiers
from lindung.kernel.ids import new_id
from lindung.kernel.links import new_token, read_token
from lindung.kernel.refusals import Refusal
from lindung.registry.models import EntryCode, Identifier, Worker

_DIGITS = 6
_PHONE = identifiers.Kind.PHONE


class LinkClosed(Refusal):
    """A link that was used, is too old, or never was: one answer for all."""

    status = 410
    slug = "link-closed"
    title = "Tautan ini tidak berlaku lagi."
    advice = "Minta kode masuk yang baru dengan nomor telepon Anda, atau hubungi perwakilan."


class LinkWaits(Refusal):
    """A link made at a recovery that is not open yet."""

    status = 425
    slug = "link-waits"
    title = "Tautan ini belum dapat dipakai."
    advice = "Pemulihan akses menunggu sebentar demi keamanan Anda. Coba lagi nanti."
    retry = True


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many minutes."""

    most: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What ``entry.yaml`` says on one day."""

    home_calling_code: str
    code_minutes: int
    code_tries: int
    session_days: int
    limits: dict[str, Limit]
    questions: tuple[str, ...]
    answers: int
    cool_down_hours: dict[str, int]
    link_hours: int


def rules(on: date) -> Rules:
    """The rules in force that day.

    Raises:
        LookupError: none has begun.
    """
    begun = [day for day in _file() if day <= on]
    if not begun:
        raise LookupError(f"No rules of signing in on {on}.")
    found = _file()[max(begun)]
    recovery = found["recovery"]
    return Rules(
        home_calling_code=found["home_calling_code"],
        code_minutes=found["code"]["minutes"],
        code_tries=found["code"]["tries"],
        session_days=found["session_days"],
        limits={name: Limit(**limit) for name, limit in found["limits"].items()},
        questions=tuple(recovery["questions"]),
        answers=recovery["answers"],
        cool_down_hours=recovery["cool_down_hours"],
        link_hours=recovery["link_hours"],
    )


def phone_indexes(text: str, *, on: date) -> list[bytes]:
    """Blind indexes of every number that the typed text may mean; none where it is no number.

    People type ``+62 812…``, ``0812…``, ``62812…`` or ``812…`` for the same telephone.
    """
    digits = "".join(letter for letter in text if letter.isdigit())
    home = rules(on).home_calling_code
    if text.strip().startswith("+") or digits.startswith("00"):
        wanted = [text]
    elif digits.startswith("0"):
        wanted = [f"+{home}{digits[1:]}"]
    else:
        wanted = [f"+{digits}", f"+{home}{digits}"]
    found: list[bytes] = []
    for each in wanted:
        try:
            found += keyring().indexes(str(_PHONE), identifiers.canonical(_PHONE, each))
        except identifiers.NotThatNumber:
            continue
    return found


def workers_with_phone(indexes: Sequence[bytes], *, on: date) -> list[Worker]:
    """Whose telephone it is now; a family may share one. At most five."""
    with acting_as(ROBOT):
        ids = Identifier.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
            kind=str(_PHONE),
            blind__in=indexes,
        ).values("worker_id")
        people = Worker.objects.filter(id__in=ids, merged_into__isnull=True)
        return list(people.order_by("id")[:5])


def make_code(worker: Worker, *, now: datetime) -> str:
    """A fresh six-digit code; the person's earlier codes end with it."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    entry = EntryCode(
        id=new_id(),
        worker=worker,
        made_at=now,
        opens_at=now,
        expires_at=now + timedelta(minutes=rules(now.date()).code_minutes),
    )
    entry.digest = _code_digest(entry.id, code)
    with acting_as(ROBOT):
        # Not the links: whoever knows the number could end a recovery by asking for a code.
        EntryCode.objects.filter(worker=worker, used_at__isnull=True, is_link=False).delete()
        entry.save(force_insert=True)
    return code


def use_code(workers: Sequence[Worker], code: str, *, now: datetime) -> Worker | None:
    """Whose code it is; it is used up with that. ``None`` counts as a try of each.

    The caller must let this stand: a try that is rolled back was never counted.
    """
    with acting_as(ROBOT):
        # Locked, so that two tries at the same instant count as two.
        waiting = list(
            EntryCode.objects.select_for_update()
            .filter(
                worker__in=workers,
                is_link=False,
                used_at__isnull=True,
                opens_at__lte=now,
                expires_at__gt=now,
                tries__lt=rules(now.date()).code_tries,
            )
            .order_by("id")
        )
        fitting = [
            entry
            for entry in waiting
            if hmac.compare_digest(bytes(entry.digest), _code_digest(entry.id, code))
        ]
        if not fitting:
            ids = [entry.id for entry in waiting]
            EntryCode.objects.filter(id__in=ids).update(tries=F("tries") + 1)
            return None
        entry = fitting[0]
        entry.used_at = now
        entry.save(update_fields=["used_at"])
        return next(each for each in workers if each.id == entry.worker_id)


def make_link(worker: Worker, *, now: datetime, opens_at: datetime, expires_at: datetime) -> str:
    """A fresh one-time link's token; the person's earlier codes and links end with it."""
    id_ = new_id()
    token, digest = new_token(id_)
    entry = EntryCode(
        id=id_,
        worker=worker,
        is_link=True,
        digest=digest,
        made_at=now,
        opens_at=opens_at,
        expires_at=expires_at,
    )
    with acting_as(ROBOT):
        _end_earlier(worker)
        entry.save(force_insert=True)
    return token


def use_link(token: str, *, now: datetime) -> Worker:
    """Whose link it is; it is used up with that.

    Raises:
        LinkClosed: used, too old, or none of ours.
        LinkWaits: not open yet.
    """
    with acting_as(ROBOT):
        entry = _entry_of(token, EntryCode.objects.select_for_update(of=("self",)), now=now)
        entry.used_at = now
        entry.save(update_fields=["used_at"])
        return entry.worker


def look_at_link(token: str, *, now: datetime) -> None:
    """Whether the link would open, without using it up: what a link preview may do.

    Raises:
        LinkClosed, LinkWaits: as :func:`use_link`.
    """
    with acting_as(ROBOT):
        _entry_of(token, EntryCode.objects.all(), now=now)


def end_all(worker: Worker) -> None:
    """End every code and link of a person; part of an operation of the caller."""
    with acting_as(ROBOT):
        _end_earlier(worker)


def _entry_of(token: str, among: Any, *, now: datetime) -> EntryCode:
    if (read := read_token(token)) is None:
        raise LinkClosed
    id_, digest = read
    entry: EntryCode | None = (
        among.filter(id=id_, is_link=True, used_at__isnull=True).select_related("worker").first()
    )
    if entry is None or not hmac.compare_digest(bytes(entry.digest), digest):
        raise LinkClosed
    if entry.expires_at <= now:
        raise LinkClosed
    if entry.opens_at > now:
        raise LinkWaits(opens_at=entry.opens_at.isoformat())
    return entry


def _end_earlier(worker: Worker) -> None:
    EntryCode.objects.filter(worker=worker, used_at__isnull=True).delete()


def _code_digest(entry_id: UUID, code: str) -> bytes:
    """Keyed, since a million codes are tried in a second by whoever steals the table."""
    return salted_hmac("lindung.registry.entry", f"{entry_id}|{code}", algorithm="sha256").digest()


@cache
def _file() -> dict[date, dict[str, Any]]:
    file = Path(__file__).parent / "entry.yaml"
    loaded: dict[date, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
