"""Words for states and steps, as the office says them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.placement.lifecycles import ContractState, FindingState, PlacementState

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
    ContractState.SUPERSEDED: _("Diganti versi baru"),
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
    "employer": _("pemberi kerja"),
    "facility": _("fasilitas kesehatan"),
}
STAGES = {
    "registration": _("Pendaftaran"),
    "test": _("Tes"),
    "documents": _("Berkas"),
    "selection": _("Pilihan pemberi kerja"),
    "contract": _("Perjanjian dan kontrak"),
    "training": _("Pelatihan"),
    "visa": _("Visa"),
    "clearance": _("Siap berangkat"),
    "arrival": _("Tiba"),
    "work": _("Bekerja"),
    "return": _("Pulang"),
}
FINDING_STATES = {
    FindingState.OPEN: _("Belum diperiksa"),
    FindingState.EXPLAINED: _("Ada penjelasan"),
    FindingState.CORRECTED: _("Sudah dibetulkan"),
    FindingState.CONFIRMED: _("Kontrak diganti diam-diam"),
    FindingState.CLOSED: _("Ditutup"),
}
FINDING_STEPS = {
    "explain": _("Ada penjelasannya"),
    "correct": _("Sudah dibetulkan"),
    "confirm substitution": _("Pastikan penggantian"),
    "close": _("Tutup"),
}
FINDING_FIELDS = {
    "employer.name": _("Pemberi kerja"),
    "job.description": _("Pekerjaan"),
    "job.region": _("Wilayah kerja"),
    "contract.ends_on": _("Akhir kontrak"),
}
TOLD_BY = {
    "destination": _("negara tujuan"),
    "worker": _("pekerja"),
}
