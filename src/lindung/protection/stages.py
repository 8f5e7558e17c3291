"""The stages of a case as the officer and the worker read them, in order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.protection.lifecycles import CaseState

STAGE_LABELS = {
    CaseState.RECEIVED: _("Diterima"),
    CaseState.UNDERSTOOD: _("Dipahami"),
    CaseState.HANDLING: _("Ditangani"),
    CaseState.OUTCOME: _("Hasil"),
    CaseState.CONFIRMED: _("Dipastikan pekerja"),
    CaseState.NO_ANSWER: _("Ditutup: tidak dapat dihubungi"),
    CaseState.MERGED: _("Digabung"),
    CaseState.DIED: _("Ditutup: semua hak almarhum dan keluarga diurus"),
}
# The rail of a case that goes its way; the others are ends beside it.
RAIL = tuple(CaseState)[:5]

STEP_LABELS = {
    "understand": _("Masalah sudah dipahami"),
    "handle": _("Mulai menangani"),
    "report outcome": _("Laporkan hasil"),
}
