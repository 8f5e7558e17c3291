"""Words for states and steps of the chain, as the office says them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.recruitment.lifecycles import OverrideState, PaperState, PermitState

PAPER_STATES = {
    PaperState.SUBMITTED: _("Menunggu pemeriksaan"),
    PaperState.CHECKED: _("Diperiksa, menunggu pengesahan"),
    PaperState.ENDORSED: _("Disahkan"),
    PaperState.RETURNED: _("Dikembalikan"),
    PaperState.REFUSED: _("Ditolak"),
    PaperState.EXPIRED: _("Habis masa berlakunya"),
    PaperState.ENDED: _("Diakhiri"),
}
PAPER_TONES = {
    PaperState.SUBMITTED: "kunyit",
    PaperState.CHECKED: "samudra",
    PaperState.ENDORSED: "daun",
    PaperState.RETURNED: "kunyit",
    PaperState.REFUSED: "merah",
}
PERMIT_STATES = {
    PermitState.REQUESTED: _("Diminta"),
    PermitState.ISSUED: _("Terbit"),
    PermitState.REFUSED: _("Ditolak"),
    PermitState.REVOKED: _("Dicabut"),
    PermitState.EXPIRED: _("Habis masa berlakunya"),
}
PERMIT_TONES = {
    PermitState.REQUESTED: "kunyit",
    PermitState.ISSUED: "daun",
    PermitState.REFUSED: "merah",
    PermitState.REVOKED: "merah",
}
OVERRIDE_STATES = {
    OverrideState.ASKED: _("Diminta"),
    OverrideState.GIVEN: _("Diberikan"),
    OverrideState.DENIED: _("Tidak diberikan"),
    OverrideState.LAPSED: _("Sudah lewat"),
}
WAITING = {
    ("agreement", "check"): _("Periksa perjanjian kerja sama"),
    ("agreement", "endorse"): _("Sahkan perjanjian kerja sama"),
    ("agreement", "repair"): _("Perbaiki perjanjian kerja sama"),
    ("order", "check"): _("Periksa permintaan pekerja"),
    ("order", "endorse"): _("Sahkan permintaan pekerja"),
    ("order", "repair"): _("Perbaiki permintaan pekerja"),
    ("permit", "permit"): _("Putuskan izin perekrutan"),
}
HOLDERS = {"post": _("perwakilan"), "agency": _("P3MI"), "ministry": _("kementerian")}
STEPS = {
    "check": _("Sudah diperiksa"),
    "endorse": _("Disahkan"),
    "return for repair": _("Dikembalikan"),
    "submit again": _("Diajukan lagi"),
    "refuse": _("Ditolak"),
    "expire": _("Habis masa berlakunya"),
    "end": _("Diakhiri"),
}
PER = {"hour": _("per jam"), "day": _("per hari"), "month": _("per bulan")}
