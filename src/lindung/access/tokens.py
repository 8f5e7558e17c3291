"""Keys for other systems: each acts within one duty, with some of its rights, until a day.

The key is shown once; only its hash is kept. It begins with ``lindung_`` so that scanners of leaked
secrets know it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from lindung.access.actors import Actor
from lindung.access.events import TokenIssued, TokenRevoked
from lindung.access.identity import actor_for, in_force
from lindung.access.journal import record
from lindung.access.models import ApiToken, Duty
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import rights_of
from lindung.access.sign_in import is_welcome
from lindung.kernel.refusals import Incomplete, NotFound

_PREFIX = "lindung_"
# A key that never ends is forgotten in somebody's script; our own practice.
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh key: its row, and the secret that is told this once."""

    token: ApiToken
    secret: str


@operation(Right.TOKEN_ISSUE)
def issue(
    actor: Actor,
    duty_id: UUID,
    *,
    name: str,
    rights: Collection[str],
    expires_at: datetime,
    now: datetime,
) -> Issued:
    """Make a key that acts within a duty.

    Args:
        rights: some of those that the duty's role holds.
    Raises:
        NotFound: no such duty, or it is not in force.
        Incomplete: no name, no right, a right beyond the duty, or too long a life.
    """
    duty = in_force(Duty.objects.filter(id=duty_id), on=timezone.localdate(now)).first()
    if duty is None:
        raise NotFound
    wrong = {}
    if not name.strip():
        wrong["name"] = _("Tuliskan nama sistem yang memakai kunci ini.")
    if not rights or not set(rights) <= set(map(str, rights_of(duty.role))):
        wrong["rights"] = _("Pilih sedikitnya satu wewenang, dan hanya yang dimiliki tugas itu.")
    if not now < expires_at <= now + LONGEST:
        wrong["expires_at"] = _("Kunci berlaku paling lama satu tahun.")
    if wrong:
        raise Incomplete(fields=wrong)
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        duty=duty,
        name=name.strip(),
        digest=digest(secret),
        rights=sorted(map(str, rights)),
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    record(
        TokenIssued(
            duty=duty.id, name=token.name, rights=tuple(token.rights), expires_at=expires_at
        ),
        actor=actor,
        subject=token.id,
    )
    return Issued(token, secret)


@operation(Right.TOKEN_ISSUE)
def revoke(actor: Actor, token_id: UUID, *, now: datetime) -> ApiToken:
    """End a key now; ending it twice changes nothing.

    Raises:
        NotFound: no such key.
    """
    token = ApiToken.objects.select_for_update().filter(id=token_id).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(TokenRevoked(name=token.name), actor=actor, subject=token.id)
    return token


def actor_of_token(secret: str, *, now: datetime) -> Actor | None:
    """Who acts with this key, or ``None``: unknown, ended, or its duty is over. Runs at the door."""
    return _actor_of(Q(digest=digest(secret)), now=now)


def actor_of_token_id(token_id: UUID, *, now: datetime) -> Actor | None:
    """The same for a key whose job goes on; never an answer to whoever names an id."""
    return _actor_of(Q(id=token_id), now=now)


def _actor_of(which: Q, *, now: datetime) -> Actor | None:
    token = (
        ApiToken.objects.filter(which, revoked_at__isnull=True, expires_at__gt=now)
        .select_related("duty__account", "duty__post", "duty__office")
        .first()
    )
    if token is None or not is_welcome(token.duty.account):
        return None
    if not in_force(Duty.objects.filter(id=token.duty_id), on=timezone.localdate(now)).exists():
        return None
    actor = actor_for(token.duty.account, token.duty)
    return replace(
        actor,
        id=token.id,
        name=token.name,
        rights=actor.rights & {Right(each) for each in token.rights if each in _KNOWN},
    )


def digest(secret: str) -> bytes:
    """SHA-256; the secret is 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).digest()


_KNOWN = frozenset(map(str, Right))
