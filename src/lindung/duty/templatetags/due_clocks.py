"""Clocks that run in minutes and hours while they are near, for what cannot wait for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()
DAYS = 3
LABELS = {
    "praktik": gettext_lazy("praktik"),
    "hukum": gettext_lazy("batas hukum"),
    "kontak": gettext_lazy("kontak pertama"),
    "rencana": gettext_lazy("rencana aman"),
}


@register.simple_tag
def due_clock(due_at: datetime | None, now: datetime, label: str = "") -> SafeString | str:
    """How long until an instant, in hours while it is near, else in days; late in words too."""
    if due_at is None:
        return ""
    left = due_at - now
    words = _left(abs(left))
    if left < timedelta(0):
        text, tone = _("lewat %(time)s") % {"time": words}, "merah"
    else:
        text = _("%(time)s lagi") % {"time": words}
        tone = "kunyit" if left < timedelta(days=1) else "abu"
    if label:
        text = f"{LABELS.get(label, label)}: {text}"
    return format_html(
        '<time class="tag clock" data-tone="{}" datetime="{}" title="{}">{}</time>',
        tone,
        due_at.isoformat(timespec="minutes"),
        f"{timezone.localtime(due_at):%d-%m-%Y %H.%M}",
        text,
    )


def _left(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 90:
        return ngettext("%(n)d menit", "%(n)d menit", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < DAYS * 24:
        return ngettext("%(n)d jam", "%(n)d jam", hours) % {"n": hours}
    return ngettext("%(n)d hari", "%(n)d hari", hours // 24) % {"n": hours // 24}
