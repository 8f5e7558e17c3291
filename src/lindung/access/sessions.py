"""Signed-in sessions, ended from elsewhere: a lost phone, a reset factor, leaving staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from lindung.access.acting import acting_as
from lindung.access.identity import FAMILY_KEY, WORKER_KEY
from lindung.access.models import PhoneSession
from lindung.access.phones import PHONE_KEY, subject_for
from lindung.access.roles import ROBOT


def begin_on_phone(
    session: SessionBase, *, worker: UUID, name: str, days: int, now: datetime
) -> None:
    """Sign a worker in on this phone; whatever the session held before is gone.

    Runs at the door.

    Args:
        days: until the phone must sign in again.
    """
    session.flush()
    session[WORKER_KEY] = {"id": str(worker), "name": name}
    session[PHONE_KEY] = {"subject": subject_for(worker)}
    session.set_expiry(days * 86_400)
    session.save()
    PhoneSession.objects.create(
        session_key=session.session_key or "", worker_id=worker, made_at=now
    )


def begin_for_family(
    session: SessionBase, *, member: UUID, name: str, worker: UUID, days: int, now: datetime
) -> None:
    """Sign a relative in on this phone; whatever the session held before is gone.

    Runs at the door.
    """
    session.flush()
    session[FAMILY_KEY] = {"id": str(member), "name": name, "worker": str(worker)}
    session.set_expiry(days * 86_400)
    session.save()
    PhoneSession.objects.create(
        session_key=session.session_key or "", worker_id=member, made_at=now
    )


def end_on_phone(session: SessionBase) -> None:
    """Sign this phone out. Runs at the door."""
    PhoneSession.objects.filter(session_key=session.session_key or "").delete()
    session.flush()


def end_all_of_worker(worker: UUID) -> int:
    """Sign a worker, or a relative, out everywhere; part of an operation of the caller. Returns how many."""
    with acting_as(ROBOT):
        kept = PhoneSession.objects.filter(worker_id=worker)
        keys = list(kept.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        kept.delete()
    return len(keys)


def end_all_of_account(account: UUID) -> int:
    """Sign an official out everywhere; part of an operation of the caller. Returns how many."""
    with acting_as(ROBOT):
        kept = UserSession.objects.filter(user_id=account)
        keys = list(kept.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        kept.delete()
    return len(keys)
