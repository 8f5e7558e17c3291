"""What placement refuses, and what to do about it."""

from __future__ import annotations

from lindung.kernel.refusals import Refusal


class RequirementsMissing(Refusal):
    """Not cleared: requirements are still open; names each and why."""

    status = 409
    slug = "requirements-missing"
    title = "Belum boleh berangkat: masih ada syarat yang terbuka."
    advice = "Lengkapi syarat yang disebut, atau minta pejabat yang berwenang memutuskan."


class ContractBreaks(Refusal):
    """Not approved: the contract breaks the law; names each rule."""

    status = 409
    slug = "contract-breaks"
    title = "Kontrak ini melanggar aturan, jadi tidak dapat disetujui."
    advice = "Minta perbaikan kepada pengirim kontrak; obatnya tertulis di tiap aturan."


class DecisionMissing(Refusal):
    """A rule that needs a person has not been decided with a reason."""

    status = 422
    slug = "decision-missing"
    title = "Masih ada aturan yang perlu Anda putuskan."
    advice = "Pilih ya atau tidak pada tiap aturan yang ditandai, dan tulis alasannya."


class VersionWaiting(Refusal):
    """Another version of this contract still waits for its check or answer."""

    status = 409
    slug = "version-waiting"
    title = "Masih ada versi kontrak lain yang menunggu."
    advice = "Periksa atau jawab versi itu dahulu."


class NothingDiffers(Refusal):
    """A new version says the same as the one before."""

    status = 422
    slug = "nothing-differs"
    title = "Versi baru ini sama dengan versi sebelumnya."
    advice = "Ubah isian yang harus diperbaiki, lalu kirim lagi."


class NothingInForce(Refusal):
    """No signed contract is there to compare with."""

    status = 409
    slug = "nothing-in-force"
    title = "Belum ada kontrak yang disepakati untuk dibandingkan."
    advice = "Tunggu sampai kontrak diperiksa dan dijawab."


class AlreadyUnderWay(Refusal):
    """The person is on the way with another placement."""

    status = 409
    slug = "already-under-way"
    title = "Orang ini sudah punya penempatan yang sedang berjalan."
    advice = "Buka penempatan itu, atau batalkan dahulu dengan alasan."


class OfferLapsed(Refusal):
    """The day by which the offer had to be answered has passed."""

    status = 409
    slug = "offer-lapsed"
    title = "Batas waktu menjawab tawaran ini sudah lewat."
    advice = "Tunggu tawaran berikutnya; petugas penempatan dapat menjelaskan."


class Barred(Refusal):
    """The person may not apply again before a day: too many offers refused, or one cancelled."""

    status = 409
    slug = "barred"
    title = "Orang ini belum boleh melamar lagi ke sana."
    advice = "Tunggu sampai harinya, atau pilih jalur ke negara lain."


class TestRunsOut(Refusal):
    """The list cannot be renewed: the test behind it counts no longer."""

    status = 409
    slug = "test-runs-out"
    title = "Hasil tesnya tidak berlaku lagi."
    advice = "Daftarkan orangnya untuk tes berikutnya."
