"""States of a document in words, with the tone of their tag and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lindung.documents.lifecycles import DocumentState

_S = DocumentState


@dataclass(frozen=True, slots=True)
class Label:
    """A state in words.

    Attributes:
        words: what the tag says.
        tone: colour of the tag, one of the tag's tones or empty.
        next: what the person may do or expect.
    """

    words: str | Promise
    tone: str
    next: str | Promise = ""


STATES: dict[DocumentState, Label] = {
    _S.UPLOADED: Label(_("Diperiksa dari virus"), "samudra", _("Tunggu sebentar.")),
    _S.SCANNED: Label(_("Menunggu petugas"), "samudra", _("Petugas akan memeriksanya.")),
    _S.UNSCANNED: Label(
        _("Menunggu petugas, belum dipindai"), "samudra", _("Petugas akan memeriksanya.")
    ),
    _S.VERIFIED: Label(_("Sah"), "daun"),
    _S.REFUSED: Label(_("Dikembalikan"), "kunyit", _("Kirim yang baru.")),
    _S.EXPIRED: Label(_("Habis masa berlaku"), "kunyit", _("Kirim yang baru.")),
    _S.QUARANTINED: Label(
        _("Ditahan: ada virus"),
        "merah",
        _("Foto ulang kertasnya dengan ponsel lain, lalu kirim lagi."),
    ),
    _S.DESTROYED: Label(_("Isinya dimusnahkan"), ""),
}
