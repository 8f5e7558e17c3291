"""States and kinds of the exchange in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LINKS = {
    "up": (_("Tersambung"), "daun"),
    "shaky": (_("Percobaan terakhir gagal, dicoba lagi"), "kunyit"),
    "down": (_("Terputus"), "merah"),
    "unknown": (_("Belum pernah tersambung"), "abu"),
    "hand": (_("Tanpa saluran: disalin petugas"), "abu"),
}

# Of a message of ours, as we say it, and as the partner's people read it.
OURS = {
    "waiting": (_("menunggu dikirim"), "kunyit"),
    "stored": (_("tersimpan di sana, belum dijawab"), "nila"),
    "accepted": (_("diterima"), "daun"),
    "refused": (_("ditolak"), "merah"),
    "done": (_("tanda terima sampai"), "daun"),
    "dead": (_("tidak dapat diterima, perlu orang"), "merah"),
    "settled": (_("selesai tanpa diterima"), "abu"),
}
THEIRS = {
    "kept": (_("baru masuk"), "abu"),
    "untaken": (_("tidak diterima: bukti tidak cocok"), "merah"),
    "repeat": (_("ulangan"), "abu"),
    "waiting": (_("menunggu giliran"), "kunyit"),
    "applied": (_("dicatat"), "daun"),
    "matching": (_("diterima; orangnya belum dikenali"), "kunyit"),
    "refused": (_("ditolak"), "merah"),
    "error": (_("gagal diolah di pihak kita"), "merah"),
    "aside": (_("disisihkan oleh dua orang"), "abu"),
}
MIRRORED_OURS = {
    "waiting": (_("belum dikirim dari sana"), "kunyit"),
    "stored": (_("tersimpan di sini, belum kita jawab"), "nila"),
    "accepted": (_("kita terima"), "daun"),
    "refused": (_("kita tolak"), "merah"),
    "done": (_("tanda terima sampai"), "daun"),
    "dead": (_("tidak dapat kita terima; ditangani di sana"), "merah"),
    "settled": (_("diselesaikan di sana"), "abu"),
}
MIRRORED_THEIRS = {
    "kept": (_("baru masuk di sana"), "abu"),
    "untaken": (_("tidak diterima di sana: bukti tidak cocok"), "merah"),
    "repeat": (_("ulangan"), "abu"),
    "waiting": (_("menunggu giliran di sana"), "kunyit"),
    "applied": (_("dicatat di sana"), "daun"),
    "matching": (_("diterima di sana; orangnya belum dikenali"), "kunyit"),
    "refused": (_("ditolak di sana"), "merah"),
    "error": (_("gagal diolah di sana dan ditangani di sana"), "merah"),
    "aside": (_("disisihkan di sana"), "abu"),
}
# Headings of the counts, as our people and as the partner's read them.
HEADS = {
    "sent": pgettext_lazy("pesan", "Keluar"),
    "stored": _("Tersimpan di sana"),
    "answered": _("Dijawab"),
    "refused": _("Ditolak"),
    "received": pgettext_lazy("pesan", "Masuk"),
    "applied": _("Diputuskan"),
}
MIRRORED_HEADS = {
    "sent": _("Diterima dari sana"),
    "stored": _("Tersimpan di sini"),
    "answered": _("Kita jawab"),
    "refused": _("Kita tolak"),
    "received": _("Kita kirim"),
    "applied": _("Diputuskan di sana"),
}
PROOFS = {
    "message": pgettext_lazy("bukti", "Pesan"),
    "technical": _("Tanda terima teknis (tersimpan)"),
    "business": _("Tanda terima isi (diputuskan)"),
}
GRAVE = {
    "trust-key": _("Percayai kunci baru"),
    "revoke-key": _("Cabut kunci"),
    "leave-out": _("Sisihkan pesan"),
}
ANSWERS = {
    "yes": (_("ya"), "daun"),
    "no": (_("tidak"), "merah"),
    "needs_check": (_("perlu diperiksa"), "kunyit"),
}
