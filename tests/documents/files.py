"""Files for the tests, made here: honest ones and attacks."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (40, 30), place: bool = False) -> bytes:
    """A small photo, where asked with the place and the make of the phone in it."""
    out = io.BytesIO()
    picture = Image.new("RGB", size, (200, 120, 40))
    exif = Image.Exif()
    if place:
        exif[0x010F] = "GeheimPhone"
        exif.get_ifd(0x8825)[2] = (7.0, 52.0, 11.0)
        exif.get_ifd(0x8825)[1] = "S"
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def archive() -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("x.html", "<script>1</script>")
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of some hundred bytes that says it unfolds into gigabytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
