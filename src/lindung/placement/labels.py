"""Words for states and steps, as the office says them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.placement.lifecycles import ContractState, PlacementState

PLACEMENT_STATES = {
    PlacementState.PREPARING: _("Menyiapkan berkas"),
    PlacementState.ROSTERED: _("Di daftar pencari kerja"),
    PlacementState.OFFERED: _("Ada tawaran kontrak"),
    PlacementState.CONTRACTED: _("Kontrak disepakati"),
    PlacementState.AUTHORISED: _("Visa diizinkan"),
    PlacementState.CLEARED: _("Boleh berangkat"),
    PlacementState.DEPARTED: _("Sudah berangkat"),
    PlacementState.ARRIVED: _("Bekerja di negara tujuan"),
    PlacementState.ENDED: _("Selesai"),
    PlacementState.WITHDRAWN: _("Dibatalkan"),
}
CONTRACT_STATES = {
    ContractState.OFFERED: _("Menunggu pemeriksaan"),
    ContractState.VERIFIED: _("Lolos, menunggu jawaban pekerja"),
    ContractState.SIGNED: _("Disepakati"),
    ContractState.REFUSED: _("Ditolak pekerja"),
    ContractState.RETURNED: _("Dikembalikan"),
    ContractState.LAPSED: _("Gugur bersama penempatan"),
}
EVIDENCE_STATES = {
    "given": _("diserahkan, belum diperiksa"),
    "accepted": _("diterima"),
    "refused": _("ditolak"),
    "waived": _("dikecualikan"),
}
WHY_OPEN = {
    "missing": _("belum ada"),
    "refused": _("ditolak"),
    "not_yet_given": _("bertanggal setelah hari ini"),
    "expired": _("sudah kedaluwarsa"),
    "law_not_confirmed": _("masa berlakunya perlu dipastikan"),
}
GIVEN_BY = {
    "worker": _("pekerja"),
    "agency": _("P3MI"),
    "office": _("kantor layanan"),
    "post": _("perwakilan"),
    "ministry": _("kementerian"),
    "destination": _("negara tujuan"),
    "trainer": _("pelatih"),
    "insurer": _("jaminan sosial"),
}
