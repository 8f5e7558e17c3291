"""Whose things lie on a phone, where several people share one.

Each sign-in gets a *subject*: a random mark that says nothing to anybody but us. We can tell from it
alone whether it was given to this worker, and give back the key under which the phone sealed what
was waiting then. So an item that is still on the phone can be sent by its writer alone, after any
number of sign-ins of others in between, and nothing about it is kept here.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare, salted_hmac

PHONE_KEY = "phone"  # in the session of a signed-in worker: subject, hash of the PIN, open until
# An unlocked phone that nobody touches locks itself after this; our own practice.
OPEN_FOR = timedelta(minutes=10)
_SALT = "lindung.access.phones"
_SEED = _MARK = 16


@dataclass(frozen=True, slots=True)
class Phone:
    """A signed-in phone as this request finds it.

    Attributes:
        subject: whose things the phone keeps now; random, new with each sign-in.
        has_pin: the worker put a PIN before the private parts.
        locked: the PIN has to be given first.
    """

    subject: str
    has_pin: bool
    locked: bool

    @property
    def pin(self) -> str:
        """``none``, ``open`` or ``locked``."""
        if not self.has_pin:
            return "none"
        return "locked" if self.locked else "open"


def subject_for(worker: UUID) -> str:
    """A new subject for one sign-in of this worker, 43 characters."""
    seed = secrets.token_bytes(_SEED)
    return _text(seed + _mark(worker, seed))


def is_of(subject: str, worker: UUID) -> bool:
    """Whether the subject was given to this worker, at whichever sign-in."""
    try:
        known = urlsafe_b64decode(f"{subject}=")
    except (Error, ValueError):
        return False
    seed, mark = known[:_SEED], known[_SEED:]
    return len(known) == _SEED + _MARK and constant_time_compare(mark, _mark(worker, seed))


def key_of(subject: str) -> str:
    """The key, 256 bits in base64url, under which a phone seals what belongs to the subject."""
    return _text(salted_hmac(f"{_SALT}.key", subject, algorithm="sha256").digest())


def found(session: SessionBase, *, worker: UUID, now: datetime) -> Phone:
    """The phone of this session; a use of an unlocked one keeps it unlocked. Runs at the door."""
    kept = _kept(session, worker)
    until = kept.get("open_until", 0)
    locked = "pin" in kept and until <= now.timestamp()
    # Written at most once a minute: every page would else write its session.
    if "pin" in kept and not locked and until - now.timestamp() < OPEN_FOR.total_seconds() - 60:
        _unlock(session, kept, now)
    return Phone(kept["subject"], "pin" in kept, locked)


def set_pin(session: SessionBase, pin: str, *, worker: UUID, now: datetime) -> None:
    """Put a PIN before the private parts of this phone, and leave them open for now."""
    kept = _kept(session, worker)
    kept["pin"] = make_password(pin)
    _unlock(session, kept, now)


def unlock(session: SessionBase, pin: str, *, worker: UUID, now: datetime) -> bool:
    """Open the private parts with the right PIN; ``False`` for a wrong one."""
    kept = _kept(session, worker)
    if not check_password(pin, kept.get("pin", "")):
        return False
    _unlock(session, kept, now)
    return True


def lock(session: SessionBase, *, worker: UUID) -> None:
    """Close the private parts now."""
    kept = _kept(session, worker)
    kept.pop("open_until", None)
    session[PHONE_KEY] = kept


def forget_pin(session: SessionBase, *, worker: UUID) -> None:
    """Take the PIN away; the private parts stay open."""
    session[PHONE_KEY] = {"subject": _kept(session, worker)["subject"]}


def _kept(session: SessionBase, worker: UUID) -> dict[str, Any]:
    kept: dict[str, Any] | None = session.get(PHONE_KEY)
    if kept is None:
        kept = session[PHONE_KEY] = {"subject": subject_for(worker)}
    return dict(kept)


def _unlock(session: SessionBase, kept: dict[str, Any], now: datetime) -> None:
    kept["open_until"] = int((now + OPEN_FOR).timestamp())
    session[PHONE_KEY] = kept


def _mark(worker: UUID, seed: bytes) -> bytes:
    return salted_hmac(_SALT, worker.bytes + seed, algorithm="sha256").digest()[:_MARK]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
