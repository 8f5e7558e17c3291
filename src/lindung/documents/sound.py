"""What an uploaded file really is, and whether it may come in.

A name and a declared type are claims. The first bytes, and for photos the whole decoded picture,
decide. Photos are drawn anew: what hid in them (the place where they were taken, a second file) is gone.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import puremagic
from django.conf import settings
from PIL import Image, ImageOps

from lindung.kernel.refusals import Refusal

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
# As Pillow calls the two kinds of photo.
_FORMATS = {JPEG: "jpeg".upper(), PNG: "png".upper()}
_EXTENSIONS = {JPEG: {"jpg", "jpeg", "jfif"}, PNG: {"png"}, PDF: {"pdf"}}
# Recorded voices, by how they begin: MP3, AMR, Ogg, WebM, WAV; MPEG-4 is told by its brand.
_VOICES = (
    (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"), (b"OggS", "audio/ogg"), (b"\x1a\x45\xdf\xa3", "audio/webm"),
)  # fmt: skip
_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
# Long side of a stored photo: a page of A4 at 300 dots to the inch.
_LONG_SIDE = 3508
# What makes a file act instead of being read; PDF 32000-1:2008, 12.6 and 7.11.4.
_ACTS = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b"
)
_PAGE = re.compile(rb"<\s*(?:script|html|iframe|svg|\?php)\b", re.IGNORECASE)
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


class FileRefused(Refusal):
    """The file cannot come in; the subclass says why and what to do."""

    slug = "file-refused"
    title = "Berkas ini belum dapat diterima."
    advice = "Foto ulang atau simpan sebagai JPEG, PNG, atau PDF, lalu kirim lagi."


class FileEmpty(FileRefused):
    """Nothing in it."""

    slug = "file-empty"
    title = "Berkas ini kosong."


class FileTooLarge(FileRefused):
    """Larger than the installation takes."""

    status = 413
    slug = "file-too-large"
    title = "Berkas ini terlalu besar."
    advice = "Kirim foto dengan ukuran lebih kecil, atau pisahkan PDF per halaman."


class PictureTooLarge(FileRefused):
    """More pixels than a page can need; a small file may unfold into gigabytes."""

    status = 413
    slug = "picture-too-large"
    title = "Gambar ini terlalu besar untuk dibuka."
    advice = "Foto ulang dengan kamera ponsel pada ukuran biasa."


class PhotoOfApple(FileRefused):
    """HEIC, which most officers' machines cannot show."""

    slug = "file-heic"
    title = "Foto ini berbentuk HEIC."
    advice = (
        "Di iPhone: Pengaturan, Kamera, Format, pilih Paling Kompatibel, lalu foto ulang."
        " Atau kirim tangkapan layar fotonya."
    )


class FileUnknown(FileRefused):
    """Neither photo nor PDF."""

    slug = "file-unknown"
    title = "Berkas ini bukan foto atau PDF."


class FileMismatch(FileRefused):
    """Its name or its declared type says another thing than it is."""

    slug = "file-mismatch"
    title = "Nama berkas ini tidak cocok dengan isinya."
    advice = "Buka berkasnya, simpan lagi sebagai JPEG, PNG, atau PDF, lalu kirim yang baru."


class FileDamaged(FileRefused):
    """Cut short or not readable."""

    slug = "file-damaged"
    title = "Berkas ini rusak atau terpotong."
    advice = "Buka di ponsel Anda; bila tidak tampil, foto ulang. Bila tampil, kirim lagi."


class FileTwofold(FileRefused):
    """Two kinds of file in one, as attacks are."""

    slug = "file-twofold"
    title = "Di dalam berkas ini ada berkas lain."
    advice = "Kirim foto atau hasil pindai dari kertasnya sendiri."


class FileActs(FileRefused):
    """A PDF with programs, attachments or a password."""

    slug = "file-acts"
    title = "PDF ini berisi program, lampiran, atau kata sandi."
    advice = "Cetak ke PDF biasa tanpa kata sandi, atau foto kertasnya, lalu kirim lagi."


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that may come in: its true type, and the bytes to keep."""

    media: str
    data: bytes


def examine(data: bytes, *, name: str = "", declared: str = "", speech: bool = False) -> Sound:
    """Judge a file.

    Args:
        name: as the device calls it; only its ending is read, and nothing of it is kept.
        declared: the type that the device claims, or empty.
        speech: whether it may also be a recorded voice, which is kept as it is.
    Raises:
        FileRefused: a subclass says why and what to do.
    """
    if not data:
        raise FileEmpty
    if len(data) > settings.DOCUMENT_BYTES:
        raise FileTooLarge(most_megabytes=settings.DOCUMENT_BYTES // 1_000_000)
    if speech and (voice := _voice(data)):
        return Sound(voice, data)
    media = _media(data)
    _as_claimed(media, name, declared)
    if zipfile.is_zipfile(BytesIO(data)):
        raise FileTwofold
    if media == PDF:
        return Sound(PDF, _whole_pdf(data))
    if b"%PDF-" in data[:1024] or _PAGE.search(data[:4096]):
        raise FileTwofold
    return _drawn_anew(data, media)


def _voice(data: bytes) -> str:
    """The media type of a recorded voice, or empty."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    if data[4:8] == b"ftyp" and data[8:12] not in _HEIC:
        return "audio/mp4"
    return next((media for start, media in _VOICES if data.startswith(start)), "")


def _media(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise PhotoOfApple
    try:
        matches = {match.mime_type for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        raise FileUnknown from None
    starts = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", PDF: b"%PDF-"}
    for media, start in starts.items():
        if data.startswith(start) and media in matches:
            return media
    raise FileUnknown


def _as_claimed(media: str, name: str, declared: str) -> None:
    ending = PurePath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    if ending and ending not in _EXTENSIONS[media]:
        raise FileMismatch
    claimed = declared.partition(";")[0].strip().lower()
    # A device that does not know says octet-stream; some say image/jpg.
    if claimed not in {
        "",
        "application/octet-stream",
        "image/jpg" if media == JPEG else media,
        media,
    }:
        raise FileMismatch


def _whole_pdf(data: bytes) -> bytes:
    end = data.rstrip(b"\x00\r\n\t ")
    if not end.endswith(b"%%EOF"):
        raise FileTwofold if b"%%EOF" in end else FileDamaged
    if b"startxref" not in end[-4096:]:
        raise FileDamaged
    plain = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
    if _ACTS.search(plain) or b"/Encrypt" in plain:
        raise FileActs
    if _PAGE.search(data[:1024]):
        raise FileTwofold
    return data


def _drawn_anew(data: bytes, media: str) -> Sound:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")
            with Image.open(BytesIO(data), formats=(_FORMATS[media],)) as seen:
                width, height = seen.size
                if width * height > settings.DOCUMENT_PIXELS:
                    raise PictureTooLarge
                seen.verify()
            with Image.open(BytesIO(data), formats=(_FORMATS[media],)) as opened:
                return Sound(media, _encoded(ImageOps.exif_transpose(opened), media))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureTooLarge from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise FileDamaged from None


def _encoded(picture: Image.Image, media: str) -> bytes:
    drawn = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if drawn.mode == "RGBA":
        paper = Image.new("RGBA", drawn.size, "white")
        drawn = Image.alpha_composite(paper, drawn).convert("RGB")
    drawn.thumbnail((_LONG_SIDE, _LONG_SIDE))
    # A new picture has no memory of the old one's hidden fields.
    clean = Image.new("RGB", drawn.size)
    clean.paste(drawn)
    out = BytesIO()
    # The lossless kind has no use for a quality, and lets it be.
    clean.save(out, _FORMATS[media], quality=88, optimize=media == JPEG)
    return out.getvalue()
