"""What states are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.privacy.lifecycles import BreachState, Decision, RequestState

REQUEST_STATES = {
    RequestState.ASKED: _("menunggu jawaban"),
    RequestState.GRANTED: _("dikabulkan"),
    RequestState.PARTLY: _("dikabulkan sebagian"),
    RequestState.REFUSED: _("tidak dikabulkan"),
    RequestState.WITHDRAWN: _("ditarik kembali"),
}
DECISIONS = {
    Decision.ASKED: _("menunggu orang kedua"),
    Decision.REFUSED: _("ditolak orang kedua"),
    Decision.AGREED: _("disetujui dua orang"),
    Decision.RUNNING: _("sedang dihapus"),
    Decision.DONE: _("selesai"),
}
BREACH_STATES = {
    BreachState.FOUND: _("dihitung, belum diberitahukan"),
    BreachState.NOTIFIED: _("diberitahukan"),
    BreachState.CLOSED: _("ditutup"),
}
