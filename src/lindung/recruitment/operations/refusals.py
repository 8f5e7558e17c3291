"""What recruitment refuses, and what to do about it."""

from __future__ import annotations

from lindung.kernel.refusals import Refusal


class SameEyes(Refusal):
    """Whoever checked, or asked, may not be the one who endorses, or answers."""

    status = 409
    slug = "same-eyes"
    title = "Langkah ini harus diambil orang lain, bukan yang memeriksa atau memintanya."
    advice = "Minta rekan yang berwenang mengesahkan atau menjawabnya."


class ChecksFail(Refusal):
    """A check does not pass and no exception stands; names each."""

    status = 409
    slug = "checks-fail"
    title = "Belum dapat disahkan: ada pemeriksaan yang tidak lolos."
    advice = "Minta perbaikan, atau minta pengecualian dari pejabat lain bila boleh."


class QuotaFull(Refusal):
    """Endorsing this, or filling this place, would exceed the quota."""

    status = 409
    slug = "quota-full"
    title = "Kuota sudah penuh."
    advice = "Tunggu tempat yang kembali kosong, atau ajukan permintaan baru."


class NotForThisOrder(Refusal):
    """The candidate's placement does not fit the order: recruiter, country or sector."""

    status = 409
    slug = "not-for-this-order"
    title = "Penempatan ini tidak cocok dengan permintaan tersebut."
    advice = "Periksa P3MI, negara, dan sektornya, lalu pilih permintaan yang cocok."


class NoPermit(Refusal):
    """No recruitment permit stands for the order on this day."""

    status = 409
    slug = "no-permit"
    title = "Belum ada izin perekrutan yang berlaku untuk permintaan ini."
    advice = "Minta izin perekrutan kepada kementerian, atau tunggu terbitnya."


class OrderClosed(Refusal):
    """The order is not endorsed, or its last day has passed."""

    status = 409
    slug = "order-closed"
    title = "Permintaan ini tidak atau tidak lagi berlaku."
    advice = "Pilih permintaan lain yang sudah disahkan."


class NotWaivable(Refusal):
    """This check may not be let pass by anybody, or it passes already."""

    status = 409
    slug = "not-waivable"
    title = "Pemeriksaan ini tidak dapat dikecualikan."
    advice = "Minta perbaikan kepada P3MI."
