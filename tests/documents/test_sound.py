"""What comes in is what it says, and nothing hides in it."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from lindung.documents import sound
from lindung.documents.sound import JPEG, PDF, PNG, examine
from tests.documents import files


class TestHonestFiles:
    @pytest.mark.parametrize(
        ("data", "name", "declared", "media"),
        [
            (files.photo(), "IMG_1.JPG", "image/jpeg", JPEG),
            (files.photo(), "foto.jpeg", "image/jpg", JPEG),
            (files.photo("PNG"), "layar.png", "image/png", PNG),
            (files.PDF, "surat.pdf", "application/pdf", PDF),
            (files.PDF, "", "application/octet-stream", PDF),
        ],
    )
    def test_come_in_as_what_they_are(
        self, data: bytes, name: str, declared: str, media: str
    ) -> None:
        assert examine(data, name=name, declared=declared).media == media

    def test_a_name_that_climbs_is_only_read_for_its_ending(self) -> None:
        assert examine(files.photo(), name="../../../etc/passwd.jpg").media == JPEG

    def test_where_a_photo_was_taken_is_gone(self) -> None:
        before = files.photo(place=True)
        assert Image.open(BytesIO(before)).getexif().get_ifd(0x8825)
        after = examine(before).data
        assert not dict(Image.open(BytesIO(after)).getexif())
        assert b"GeheimPhone" in before
        assert b"GeheimPhone" not in after

    def test_what_is_appended_to_a_photo_is_gone(self) -> None:
        after = examine(files.photo() + b"SECRET TRAILER").data
        assert b"SECRET" not in after

    def test_a_photo_keeps_its_way_up(self) -> None:
        out, exif = BytesIO(), Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)
        assert Image.open(BytesIO(examine(out.getvalue()).data)).size == (30, 40)

    def test_a_picture_with_glass_in_it_lies_on_white_paper(self) -> None:
        out = BytesIO()
        Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
        assert Image.open(BytesIO(examine(out.getvalue()).data)).getpixel((0, 0)) == (255, 255, 255)


class TestAttacks:
    @pytest.mark.parametrize(
        ("data", "name", "declared", "refusal"),
        [
            (b"", "a.jpg", "image/jpeg", sound.FileEmpty),
            (files.HEIC, "IMG_1.HEIC", "image/heic", sound.PhotoOfApple),
            (b"MZ" + b"\0" * 200, "foto.jpg", "image/jpeg", sound.FileUnknown),
            (b"<html><script>1</script>", "a.pdf", "application/pdf", sound.FileUnknown),
            (files.archive(), "a.pdf", "application/pdf", sound.FileUnknown),
            (files.photo(), "foto.jpg.exe", "image/jpeg", sound.FileMismatch),
            (files.photo(), "foto.pdf", "image/jpeg", sound.FileMismatch),
            (files.photo(), "foto.jpg", "text/html", sound.FileMismatch),
            (files.photo() + files.archive(), "a.jpg", "", sound.FileTwofold),
            (files.PDF + files.archive(), "a.pdf", "", sound.FileTwofold),
            (files.PDF + b"<script>1</script>", "a.pdf", "", sound.FileTwofold),
            (b"%PDF-1.4 <script>alert(1)</script>" + files.PDF, "a.pdf", "", sound.FileTwofold),
            (files.PDF[:-20], "a.pdf", "", sound.FileDamaged),
            (files.photo()[:200], "a.jpg", "", sound.FileDamaged),
            (files.photo("PNG")[:-30], "a.png", "", sound.FileDamaged),
            (files.bomb(), "a.png", "", sound.PictureTooLarge),
            (files.PDF.replace(b"/Pages 2", b"/OpenAction<</S/JavaScript>>/Pages 2"), "", "", sound.FileActs),
            (files.PDF.replace(b"/Pages 2", b"/X<</S/#4aavaScript>>/Pages 2"), "", "", sound.FileActs),
            (files.PDF.replace(b"<</Root", b"<</Encrypt 5 0 R/Root"), "", "", sound.FileActs),
        ],
    )  # fmt: skip
    def test_are_refused_by_name_with_advice(
        self, data: bytes, name: str, declared: str, refusal: type[sound.FileRefused]
    ) -> None:
        with pytest.raises(sound.FileRefused) as refused:
            examine(data, name=name, declared=declared)
        assert type(refused.value) is refusal
        assert refused.value.advice

    def test_a_pdf_inside_a_photo_is_refused(self) -> None:
        plain = files.photo()
        comment = b"\xff\xfe" + (len(files.PDF) + 2).to_bytes(2, "big") + files.PDF
        with pytest.raises(sound.FileTwofold):
            examine(plain[:2] + comment + plain[2:])

    def test_one_byte_too_many_is_refused(self, settings: object) -> None:
        data = files.photo()
        settings.DOCUMENT_BYTES = len(data)  # type: ignore[attr-defined]
        assert examine(data)
        settings.DOCUMENT_BYTES = len(data) - 1  # type: ignore[attr-defined]
        with pytest.raises(sound.FileTooLarge):
            examine(data)

    def test_a_picture_is_judged_by_its_size_before_it_is_unfolded(self, settings: object) -> None:
        settings.DOCUMENT_PIXELS = 40 * 30 - 1  # type: ignore[attr-defined]
        with pytest.raises(sound.PictureTooLarge):
            examine(files.photo())
