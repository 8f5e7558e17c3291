"""What this app's pages share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.rights import Right


def tabs(actor: Actor, here: str) -> list[dict[str, object]]:
    """The parts of the desk's pages that this actor may open."""
    parts = [
        ("data_schedule", _("Masa simpan"), Right.SCHEDULE_READ),
        ("data_requests", _("Permintaan data"), Right.DATA_ANSWER),
        ("erasures", _("Penghapusan"), Right.ERASURE_APPROVE),
        ("breaches", _("Kebocoran"), Right.BREACH_WORK),
    ]
    return [
        {"href": reverse(name), "label": label, "current": name == here}
        for name, label, right in parts
        if actor.may(right)
    ]
