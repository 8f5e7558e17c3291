"""A column of bytes that lies sealed in the database and is open in Python.

For what must be kept byte for byte and holds personal data: signed messages. What was stored before the
column was sealed is read as it is; ``rotate_keys`` seals it (declare it in the app's ``rotation.py``).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from lindung.access.secrets import keyring
from lindung.kernel.secrets import Keyring

# Two bytes that begin neither JSON nor any text, then what the sealed bytes are.
_MARK = b"\x00\xffLDS1"


class Opened(bytes):
    """Bytes as they are, and the id of the key they lie under; 0 where they lie in clear."""

    key: int = 0

    @classmethod
    def of(cls, value: bytes, key: int) -> Opened:
        """Bytes that lay under ``key``."""
        made = cls(value)
        made.key = key
        return made


class SealedBytes(models.BinaryField):  # type: ignore[type-arg]  # no generic at run time
    """Sealed under the key ring's current key on every save; nothing stays nothing."""

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        """Take ``about``: the kind of value, authenticated with it."""
        self.about = about
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As migrations write it."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "about": self.about}

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seal."""
        return super().get_db_prep_value(self.sealed(value), connection, prepared)

    def sealed(self, value: Any) -> Any:
        """The bytes as they lie in the database."""
        return _MARK + keyring().seal_bytes(self.about, bytes(value)) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Opened | None:
        """Open.

        Raises:
            CannotOpen: changed, or the key is gone.
        """
        if value is None:
            return None
        lying = bytes(value)
        if not lying.startswith(_MARK):
            return Opened(lying)
        sealed = lying[len(_MARK) :]
        return Opened.of(keyring().open_bytes(self.about, sealed), sealed[0])


def is_stale(ring: Keyring, value: bytes) -> bool:
    """Whether a value read from such a column has to be saved anew."""
    return bool(value) and getattr(value, "key", 0) != ring.current_id
