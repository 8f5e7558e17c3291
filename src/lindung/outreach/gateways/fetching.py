"""Fetching what a line keeps for us: voice notes and pictures of WhatsApp messages."""

from __future__ import annotations

from lindung.outreach import channels, lines
from lindung.outreach.gateways import whatsapp
from lindung.outreach.models import Channel


def fetch(channel: str, outside_id: str) -> bytes:
    """The bytes that the line keeps under an id.

    Raises:
        channels.Refused: never again. channels.NotTaken: not now.
    """
    line = lines.lines().whatsapp
    if channel != Channel.WHATSAPP or line is None:
        raise channels.Refused("line_off")
    return whatsapp.fetch(line, outside_id)
