"""How messages travel (§9): one interface, four ways. Which partner uses which is data.

``http`` posts to the partner's node, ``xroad`` does so through security servers, ``files`` leaves
and fetches signed drops, ``worklist`` is people copying into a portal. What is said, signed,
receipted and refused is the same on all four: adapters carry bytes and read nothing in them.
"""

from lindung.exchange.adapters.base import (
    Adapter,
    Busy,
    Later,
    Parcel,
    Stop,
    WrongSettings,
    check_settings,
)
from lindung.exchange.adapters.registry import adapter_for, by_hand, fetches

__all__ = [
    "Adapter",
    "Busy",
    "Later",
    "Parcel",
    "Stop",
    "WrongSettings",
    "adapter_for",
    "by_hand",
    "check_settings",
    "fetches",
]
