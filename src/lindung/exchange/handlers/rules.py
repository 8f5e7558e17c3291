"""The other country's law changes: somebody of ours reads it. No value of law changes by a message."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.models import Scoped
from lindung.exchange.handlers.parts import ask_office
from lindung.exchange.operations.applying import handles
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable


@handles("regulation.changed")
def regulation_changed(actor: Actor, message: Message) -> Scoped:
    """Give the ministry the rule to check, with its source and the day it begins."""
    data = message.data
    if data["rule_no"] != message.subject:
        raise Unacceptable("data_invalid", "rule_no is not the subject")
    told = ("title", "instrument", "provision", "begins_on", "value", "unit", "source_url")
    return ask_office(
        actor,
        message,
        "exchange-regulation",
        gettext_noop("Peraturan negara tujuan berubah: periksa sumbernya dan nilainya"),
        details={name: data[name] for name in told if name in data},
        owner="ministry",
        # Another change of the same rule is another thing to read.
        thing=f"{message.subject} {data['begins_on']}",
    )
