"""Changing our own signing keys without a gap (protocol §4): make the next, retire, revoke.

Whoever can run commands on the server does this; the journal keeps what was done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min

from lindung.access.acting import acting_as
from lindung.access.journal import record
from lindung.access.keys import KeyMissing
from lindung.access.roles import ROBOT
from lindung.exchange.events import OwnKeyMade, OwnKeyRetired, OwnKeyRevoked
from lindung.exchange.lifecycles import OutgoingState
from lindung.exchange.models import Outgoing, OwnKey
from lindung.exchange.own_keys import key_store, known_keys
from lindung.kernel.refusals import NotFound, Refusal

# §4: published at least so long before it signs, so that every partner has fetched it.
ANNOUNCED = timedelta(hours=24)
# The old key stays valid a little longer: what was written just before the change may be signed
# a moment after it.
OVERLAP = timedelta(hours=1)


class TooSoon(Refusal):
    """Partners have to have seen a key before it signs."""

    status = 409
    slug = "key-too-soon"
    title = "Kunci baru harus diumumkan paling sedikit 24 jam sebelum dipakai."
    advice = "Pilih saat yang lebih lambat; sampai saat itu kunci yang sekarang tetap dipakai."


class NotTheFirst(Refusal):
    """There is a key already."""

    status = 409
    slug = "not-the-first-key"
    title = "Sudah ada kunci."
    advice = "Buat kunci berikutnya."


class OnlyKey(Refusal):
    """Without this key nothing could be signed."""

    status = 409
    slug = "only-key"
    title = "Ini satu-satunya kunci yang berlaku."
    advice = "Buat kunci berikutnya dahulu."


def make_next(*, valid_from: datetime, now: datetime) -> OwnKey:
    """Make the next key and publish it; it signs by itself from ``valid_from``.

    The keys that sign until then end an hour later.

    Raises:
        TooSoon: less than 24 hours ahead.
    """
    if valid_from < now + ANNOUNCED:
        raise TooSoon
    with acting_as(ROBOT):
        known_keys(now=now)
        row = _keep(valid_from)
        ends = valid_from + OVERLAP
        for each in OwnKey.objects.filter(revoked_at=None).exclude(pk=row.pk):
            if each.valid_from < valid_from and (each.valid_to is None or each.valid_to > ends):
                OwnKey.objects.filter(pk=each.pk).update(valid_to=ends)
        return row


def make_first(*, now: datetime) -> OwnKey:
    """Make the first key where the store holds none, an empty token say; it signs from now on.

    Raises:
        NotTheFirst: there is one.
    """
    with acting_as(ROBOT):
        try:
            held = bool(key_store().held())
        except KeyMissing:
            held = False
        if held or OwnKey.objects.exists():
            raise NotTheFirst
        return _keep(now)


def retire(kid: str, *, at: datetime, now: datetime) -> OwnKey:
    """End a key at an instant to come; what it signed before stays valid.

    Raises:
        NotFound: no such key.
        OnlyKey: nothing could sign from then on.
    """
    with acting_as(ROBOT):
        row = _found(kid)
        ends = max(at, now)
        others = OwnKey.objects.filter(revoked_at=None, valid_from__lte=ends).exclude(pk=kid)
        if not any(each.valid_to is None or each.valid_to > ends for each in others):
            raise OnlyKey
        row.valid_to = ends
        row.save(update_fields=["valid_to"])
        record(OwnKeyRetired(kid=kid, at=ends), actor=ROBOT)
        return row


def revoke(kid: str, *, reason: str, now: datetime) -> OwnKey | None:
    """Believe a key no more, from now on; where no other is valid a new one is made at once.

    Returns:
        The new key, which no partner knows: their people have to compare its fingerprint with us.
        ``None`` where another key was ready. It counts from the oldest message not signed yet.

    Raises:
        NotFound: no such key.
    """
    with acting_as(ROBOT):
        row = _found(kid)
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        # What no partner is known to have is signed anew, the same bytes by a key still believed.
        Outgoing.objects.filter(state=OutgoingState.WAITING, stored_at=None).update(signature="")
        record(OwnKeyRevoked(kid=kid, reason=reason), actor=ROBOT)
        others = OwnKey.objects.filter(revoked_at=None, valid_from__lte=now)
        if any(each.valid_to is None or each.valid_to > now for each in others):
            return None
        oldest = Outgoing.objects.filter(signature="").aggregate(at=Min("written_at"))["at"]
        return _keep(min(oldest or now, now))


def _keep(valid_from: datetime) -> OwnKey:
    key = key_store().make()
    row = OwnKey.objects.create(kid=key.kid, x=key.x, valid_from=valid_from)
    record(OwnKeyMade(kid=key.kid, valid_from=valid_from), actor=ROBOT)
    return row


def _found(kid: str) -> OwnKey:
    row = OwnKey.objects.select_for_update().filter(pk=kid).first()
    if row is None:
        raise NotFound
    return row
