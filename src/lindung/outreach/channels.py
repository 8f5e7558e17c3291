"""Channels: one interface, ``hand_over(message)``. The web inbox is the worker's own page.

Gateways for SMS, WhatsApp and e-mail register here; a channel without one refuses for good and
says so, rather than pretending.
"""

from __future__ import annotations

from collections.abc import Callable

from lindung.outreach.models import Message


class Refused(Exception):
    """The channel will never take this message; says why, without personal data."""


class NotTaken(Exception):
    """The channel did not take the message now; trying again may help."""


_gateways: dict[str, Callable[[Message], None]] = {}


def gateway(name: str) -> Callable[[Callable[[Message], None]], Callable[[Message], None]]:
    """Register the function that hands a message to a channel."""

    def register(function: Callable[[Message], None]) -> Callable[[Message], None]:
        _gateways[name] = function
        return function

    return register


def hand_over(message: Message) -> None:
    """Give the message to its channel.

    Raises:
        Refused: for good. NotTaken: for now.
    """
    if (function := _gateways.get(message.channel)) is None:
        raise Refused(f"no gateway for {message.channel}")
    function(message)


@gateway("web")
def web_inbox(message: Message) -> None:
    """Nothing to carry: the worker's page shows the message once it is marked as sent."""
