"""The partner holds other values in some fields and asks us to look at ours."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.exchange.events import PartnerQueried
from lindung.exchange.fields import label_of
from lindung.exchange.operations.applying import UnknownSubject, handles
from lindung.exchange.wire.envelopes import Message
from lindung.placement.models import Placement
from lindung.registry.operations import open_task

DESK_HAS = timedelta(days=7)


@handles("record.queried")
def record_queried(actor: Actor, message: Message) -> Placement:
    """Put the desk in charge of looking; nothing in our books changes."""
    placement = Placement.objects.filter(number=message.subject, country=actor.country).first()
    if placement is None:
        raise UnknownSubject
    fields = message.data["fields"]
    about = PartnerQueried(
        number=placement.number,
        fields=", ".join(fields),
        labels=", ".join(map(label_of, fields)),
    )
    record(about, actor=actor, about=placement)
    open_task(
        actor,
        about=placement,
        kind="exchange-queried",
        title=gettext_noop("Periksa catatan kita: negara tujuan mencatat lain"),
        due_at=message.time + DESK_HAS,
        owner="post" if placement.post_id is not None else "office",
        subject=placement.id,
        details={"fields": fields, "number": placement.number},
    )
    return placement
