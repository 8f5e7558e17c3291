"""Second factors are sealed under the key ring; see :mod:`lindung.access.renewing`."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from lindung.access.renewing import Rotation
from lindung.access.sign_in import is_stale, sealed_anew
from lindung.kernel.secrets import Keyring

# What allauth keeps encrypted in a factor's data: the secret of an app, the seed of recovery codes,
# and codes taken over from elsewhere.
_SEALED = ("secret", "seed")
_SEALED_LISTS = ("migrated_codes",)


def _renew(ring: Keyring, factor: Authenticator) -> bool:
    stale = {
        name: sealed_anew(ring, text)
        for name in _SEALED
        if (text := factor.data.get(name)) and is_stale(ring, text)
    } | {
        name: [sealed_anew(ring, each) for each in texts]
        for name in _SEALED_LISTS
        if (texts := factor.data.get(name)) and any(is_stale(ring, each) for each in texts)
    }
    factor.data = {**factor.data, **stale}
    return bool(stale)


ROTATIONS = (Rotation("second factors", Authenticator, ("data",), _renew),)
