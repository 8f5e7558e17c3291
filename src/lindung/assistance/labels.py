"""The words that lists and life-lines use for states."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.assistance.lifecycles import (
    AppointmentState,
    ClaimState,
    LetterState,
    ReferralState,
)

LETTER_STATES = {
    LetterState.DRAFT: _("konsep"),
    LetterState.SENT: _("dikirim, menunggu jawaban"),
    LetterState.ANSWERED: _("dijawab"),
    LetterState.WITHDRAWN: _("dibatalkan"),
}
CLAIM_STATES = {
    ClaimState.RECKONED: _("dihitung, belum diajukan"),
    ClaimState.FILED: pgettext_lazy("tuntutan", "diajukan"),
    ClaimState.AWARDED: _("diputuskan"),
    ClaimState.PAID: _("dibayar penuh"),
    ClaimState.REFUSED: pgettext_lazy("tuntutan", "ditolak"),
    ClaimState.WITHDRAWN: _("dicabut"),
}
CLAIM_STEPS = {
    "file": _("Ajukan"),
    "award": _("Catat putusan"),
    "refuse": _("Catat penolakan"),
    "withdraw": _("Tarik"),
    "reopen": _("Ajukan lagi"),
}
REFERRAL_STATES = {
    ReferralState.MADE: _("menunggu layanan"),
    ReferralState.ACCEPTED: _("diterima layanan"),
    ReferralState.DECLINED: _("tidak dapat ditangani layanan"),
    ReferralState.DONE: pgettext_lazy("rujukan", "selesai"),
    ReferralState.ENDED: _("dihentikan"),
}
APPOINTMENT_STATES = {
    AppointmentState.AGREED: _("disepakati"),
    AppointmentState.HELD: _("sudah berlangsung"),
    AppointmentState.CANCELLED: _("dibatalkan"),
}
MONEY_WORDS = {True: _("uang sudah diterima"), False: _("uang belum diterima")}
