"""What people call the states of a licence and of an entry."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.parties.lifecycles import ProblemState
from lindung.registry.lifecycles import LicenceState

LICENCE_STATES: dict[LicenceState, Promise] = {
    LicenceState.VALID: pgettext_lazy("izin", "Berlaku"),
    LicenceState.WARNED: pgettext_lazy("izin", "Berlaku, dengan peringatan"),
    LicenceState.SUSPENDED: pgettext_lazy("izin", "Diskors"),
    LicenceState.REVOKED: pgettext_lazy("izin", "Dicabut"),
    LicenceState.EXPIRED: pgettext_lazy("izin", "Habis masa berlaku"),
}
PROBLEM_STATES: dict[ProblemState, Promise] = {
    ProblemState.REPORTED: pgettext_lazy("catatan masalah", "Dilaporkan"),
    ProblemState.HEARD: pgettext_lazy("catatan masalah", "Pihaknya didengar"),
    ProblemState.PUBLISHED: pgettext_lazy("catatan masalah", "Diterbitkan"),
    ProblemState.LIFTED: pgettext_lazy("catatan masalah", "Diangkat"),
    ProblemState.EXPIRED: pgettext_lazy("catatan masalah", "Berakhir"),
    ProblemState.DISMISSED: pgettext_lazy("catatan masalah", "Ditutup tanpa diterbitkan"),
}
NOTHING_FOUND = _("Belum ada bukti yang dicatat.")
