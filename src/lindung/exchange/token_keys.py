"""Our signing keys in a PKCS#11 token: the private halves are made in it and never leave it.

Named by ``LINDUNG_EXCHANGE_KEYS=lindung.exchange.token_keys.TokenKeys``; needs ``requirements/hsm.txt``
and the token's own module. Tried against SoftHSM (``tests/exchange/test_softhsm.py``).
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc.util import urlsafe_b64encode

from lindung.access.keys import KeyMissing
from lindung.exchange.wire.signatures import SigningKey, thumbprint
from lindung.kernel.ids import new_id

try:
    import pkcs11
except ImportError as error:  # only who names this store needs the binding
    raise ImproperlyConfigured("pip install -r requirements/hsm.txt") from error

# What we look for in a token that other programs may use too. The rest of the label is the time-ordered
# id of the key, so that the oldest comes first.
LABEL = "lindung-exchange-"
# The curve by name, an ASN.1 PrintableString (PKCS#11 v3.0, section 2.3.10).
_CURVE = b"\x13\x0cedwards25519"
_RAW = 32


@dataclass(frozen=True, slots=True)
class TokenKey:
    """An Ed25519 key in a token."""

    kid: str
    x: str
    private: Any
    turn: Any  # a session takes one call at a time

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature (``CKM_EDDSA``)."""
        with self.turn:
            return bytes(self.private.sign(data, mechanism=pkcs11.Mechanism.EDDSA))


class TokenKeys:
    """The keys of the token that the settings name, over one session a process."""

    def held(self) -> dict[str, SigningKey]:
        """Every key of ours in the token, the oldest first.

        Raises:
            KeyMissing: there is none, or a private half without its public one.
        """
        keys = _session().keys()
        if not keys:
            raise KeyMissing(f"the token {settings.EXCHANGE_TOKEN} holds no key of ours")
        return keys

    def make(self) -> SigningKey:
        """One more key, made in the token: sensitive, not extractable."""
        return _session().make(f"{LABEL}{new_id()}")


class _Session:
    """One login to the token; keys are looked up once and again after one was made."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.pid = os.getpid()
        pin = Path(settings.EXCHANGE_TOKEN_PIN_FILE).read_text("utf-8").strip()
        token = pkcs11.lib(settings.EXCHANGE_TOKEN_MODULE).get_token(
            token_label=settings.EXCHANGE_TOKEN
        )
        self.session = token.open(rw=True, user_pin=pin)
        self.known: dict[str, SigningKey] = {}

    def keys(self) -> dict[str, SigningKey]:
        with self.turn:
            if not self.known:
                self.known = self._found()
            return dict(self.known)

    def make(self, label: str) -> SigningKey:
        with self.turn:
            group = self.session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS,
                {pkcs11.Attribute.EC_PARAMS: _CURVE},
                local=True,
            )
            public, private = group.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=label,
                id=label.encode(),
                private_template={
                    pkcs11.Attribute.SENSITIVE: True,
                    pkcs11.Attribute.EXTRACTABLE: False,
                },
            )
            made = _key(public, private, self.turn)
            self.known = {}
            return made

    def _found(self) -> dict[str, SigningKey]:
        halves: dict[str, dict[str, Any]] = {}
        for name, kind in (
            ("public", pkcs11.ObjectClass.PUBLIC_KEY),
            ("private", pkcs11.ObjectClass.PRIVATE_KEY),
        ):
            for each in self.session.get_objects({pkcs11.Attribute.CLASS: kind}):
                if each.label.startswith(LABEL):
                    halves.setdefault(each.label, {})[name] = each
        found: dict[str, SigningKey] = {}
        for label in sorted(halves):
            pair = halves[label]
            if len(pair) != 2:
                raise KeyMissing(f"{label}: one half of it is not in the token")
            key = _key(pair["public"], pair["private"], self.turn)
            found[key.kid] = key
        return found


_held: list[_Session] = []
_opening = threading.Lock()


def _session() -> _Session:
    with _opening:
        # A login does not survive a fork: whoever was forked logs in anew.
        if _held and _held[0].pid != os.getpid():
            _held.clear()
        if not _held:
            _held.append(_Session())
        return _held[0]


def log_out() -> None:
    """Close the session; the next use opens one."""
    with _opening:
        for each in _held:
            each.session.close()
        _held.clear()


def _key(public: Any, private: Any, turn: Any) -> TokenKey:
    # Tokens give the point as it is, or in an ASN.1 string around it; the point is what ends it.
    point = bytes(public[pkcs11.Attribute.EC_POINT])
    if len(point) not in (_RAW, _RAW + 2, _RAW + 3):
        raise KeyMissing(f"{public.label} is no Ed25519 key")
    x = urlsafe_b64encode(point[-_RAW:]).decode()
    return TokenKey(thumbprint(x), x, private, turn)
