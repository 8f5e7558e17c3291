"""States in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.crisis.lifecycles import AnswerState, EventState

ANSWER_LABELS = {
    AnswerState.NEEDS_HELP: _("Perlu bantuan"),
    AnswerState.NO_ANSWER: _("Belum menjawab"),
    AnswerState.NOT_REACHED: _("Tidak terjangkau"),
    AnswerState.LISTED: _("Belum ditanya"),
    AnswerState.SAFE: pgettext_lazy("sesudah bencana", "Aman"),
}
EVENT_LABELS = {
    EventState.DECLARED: _("Dicatat"),
    EventState.ASKING: _("Sedang ditanyakan"),
    EventState.ENDED: _("Ditutup"),
}
