"""States and reasons of money before departure in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lindung.costs import ceilings, ratio
from lindung.costs.lifecycles import EntryState, OverchargeState, RefundState
from lindung.costs.models import Payee
from lindung.regulations.sentences import reason_sentence

# Why a person has to look, beside the law's own reasons. Codes are kept with decisions: never reuse.
_REASONS: Mapping[str, str | Promise] = {
    ceilings.NO_RATE: _("Sebagian dibayar dalam mata uang yang kursnya tidak terbit."),
    ceilings.NO_WAGE: _("Upah bulanan dalam kontrak belum diketahui."),
    ceilings.NO_PAYEE: _("Belum diketahui siapa yang menerima uangnya."),
    ceilings.EASED: _("Aturan lain mungkin membolehkannya di negara ini."),
    ceilings.NO_LENGTH: _("Lama kontrak belum diketahui."),
}
ENTRIES: Mapping[str, tuple[str | Promise, str]] = {
    EntryState.STANDS: (_("tercatat"), ""),
    EntryState.CORRECTED: (_("dibetulkan"), "kunyit"),
    EntryState.WITHDRAWN: (_("ditarik"), "kunyit"),
}
REFUNDS: Mapping[str, tuple[str | Promise, str]] = {
    RefundState.CLAIMED: (_("belum dipastikan"), "kunyit"),
    RefundState.CONFIRMED: (_("uang diterima"), "daun"),
    RefundState.WITHDRAWN: (_("tidak benar"), "merah"),
}
OVERCHARGES: Mapping[str, tuple[str | Promise, str]] = {
    OverchargeState.OPEN: (_("belum dikembalikan"), "merah"),
    OverchargeState.CLEARED: (_("selesai"), "daun"),
}
MISSING: Mapping[str, str | Promise] = {
    ratio.NO_COSTS: _("biaya belum diceritakan"),
    ratio.NO_EARNINGS: _("upah belum diketahui"),
    ratio.NO_RATE: _("kurs tidak terbit"),
}
# Who gives back what was too much.
GIVES_BACK: Mapping[str, str | Promise] = {
    Payee.AGENCY: _("P3MI"),
    Payee.PARTNER: _("agensi di negara tujuan"),
    Payee.BROKER: _("perantara"),
    Payee.EMPLOYER: _("pemberi kerja"),
    Payee.CLINIC: _("klinik atau rumah sakit"),
    Payee.TRAINER: _("tempat pelatihan"),
    Payee.LENDER: _("pemberi pinjaman"),
}
# The ILO's three groups.
GROUPS: Mapping[str, str | Promise] = {
    "fee": _("Biaya perekrutan"),
    "related": _("Biaya terkait"),
    "illegitimate": _("Pungutan tidak sah"),
}


def gives_back(payee: str) -> str:
    """Who gives back, at the beginning of a sentence."""
    words = str(GIVES_BACK[payee]) if payee in GIVES_BACK else gettext("yang menerima uangnya")
    return words[:1].upper() + words[1:]


def reason(code: str) -> str:
    """A reason in words, ours or the law's."""
    return str(_REASONS[code]) if code in _REASONS else reason_sentence(code)
