"""Channels: one interface, ``hand_over(parcel) → id``. The web inbox is the worker's own page.

Gateways register here (``gateways/``); a channel without one refuses for good and says so, rather
than pretending.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


class Refused(Exception):
    """The channel will never take this message; says why in a code, without personal data."""


class NotTaken(Exception):
    """The channel did not take the message now; trying again may help."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as a channel gets it. What is personal in it stands in no log.

    Attributes:
        to: telephone in E.164 or e-mail address; empty for the web inbox.
        words: what travels.
        subject: of an e-mail.
        template, facts: where the channel has templates of its own outside a conversation.
        open: the person wrote over this channel within the time in which free words may answer.
        automatic: nobody of ours wrote it.
    """

    id: UUID
    channel: str
    to: str = field(repr=False)
    words: str = field(repr=False)
    language: str
    subject: str = ""
    template: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    open: bool = False
    automatic: bool = True


_gateways: dict[str, Callable[[Parcel], str]] = {}


def gateway(name: str) -> Callable[[Callable[[Parcel], str]], Callable[[Parcel], str]]:
    """Register the function that hands a message to a channel and gives the channel's id for it."""

    def register(function: Callable[[Parcel], str]) -> Callable[[Parcel], str]:
        _gateways[name] = function
        return function

    return register


def hand_over(parcel: Parcel) -> str:
    """Give the message to its channel.

    Returns:
        the channel's id of it, by which receipts name it; empty where there are none.

    Raises:
        Refused: for good. NotTaken: for now.
    """
    if (function := _gateways.get(parcel.channel)) is None:
        raise Refused(f"no gateway for {parcel.channel}")
    return function(parcel)


@gateway("web")
def web_inbox(parcel: Parcel) -> str:
    """Nothing to carry: the worker's page shows the message once it is marked as sent."""
    return ""
