"""Refusals: the service says no, why, and what to do next.

A refusal is no bug. It carries what each door needs: the API answers with RFC 9457
problem details, a page with a sentence, the gateway with a negative acknowledgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A clear no. Subclasses stand beside what raises them.

    Attributes:
        status: HTTP status of the answer.
        slug: last part of the problem type (``/problems/<slug>``), stable for machines.
        title: one short sentence for people; a msgid in the interface's source language.
        advice: what to do next; a msgid.
        retry: whether the same call may succeed later without anyone changing anything.
    """

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "refused"
    title: ClassVar[str] = "Permintaan ini tidak dapat dijalankan."
    advice: ClassVar[str] = ""
    retry: ClassVar[bool] = False

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.facts: Mapping[str, Any] = facts

    def problem(self) -> dict[str, Any]:
        """This refusal as RFC 9457 problem details, untranslated."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.advice:
            body["advice"] = self.advice
        return body | dict(self.facts)


class NotFound(Refusal):
    """No such thing, or none this actor may see: one answer for both."""

    status = 404
    slug = "not-found"
    title = "Tidak ditemukan."
    advice = "Periksa alamat atau nomornya. Mungkin juga data ini di luar wilayah tugas Anda."


class NotAllowed(Refusal):
    """The actor's role does not hold the right to do this at all."""

    status = 403
    slug = "not-allowed"
    title = "Peran Anda tidak mencakup tindakan ini."
    advice = "Minta rekan yang berwenang, atau hubungi pengelola kantor Anda."


class NobodyActs(Refusal):
    """An operation was called with nobody acting."""

    status = 401
    slug = "sign-in"
    title = "Silakan masuk dahulu."
    advice = "Masuk dengan akun Anda, lalu ulangi."


class Conflict(Refusal):
    """Someone changed the same thing meanwhile; both versions are shown, none is lost."""

    status = 409
    slug = "conflict"
    title = "Data ini sudah diubah orang lain."
    advice = "Muat ulang, bandingkan kedua isian, lalu simpan lagi."


class TooMany(Refusal):
    """A rate limit was reached."""

    status = 429
    slug = "too-many"
    title = "Terlalu banyak percobaan."
    advice = "Tunggu beberapa menit, lalu coba lagi."
    retry = True


class Incomplete(Refusal):
    """What was sent cannot be used as it stands; names each field and what to change."""

    status = 422
    slug = "incomplete"
    title = "Isian belum dapat dipakai."
    advice = "Perbaiki isian yang ditandai; yang lain sudah tersimpan di halaman."


class Unstorable(Refusal):
    """A text with a NUL in it, or a number beyond what is ever written: no table holds it."""

    status = 422
    slug = "unstorable"
    title = "Isian memuat tanda atau angka yang tidak dapat disimpan."
    advice = "Ketik ulang isiannya tanpa menyalin, lalu kirim lagi."


class TooManyAtOnce(Refusal):
    """More was chosen than one receipt can hold."""

    status = 422
    slug = "too-many-at-once"
    title = "Terlalu banyak yang dipilih sekaligus."
    advice = "Pilih lebih sedikit, lalu ulangi untuk sisanya."
