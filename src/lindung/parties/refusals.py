"""What parties refuses, and what to do about it."""

from __future__ import annotations

from lindung.kernel.refusals import Refusal


class AgencyNotAble(Refusal):
    """The agency's licence does not allow it to place anybody on that day; subclasses say why."""

    status = 409
    slug = "agency-not-able"
    title = "P3MI ini tidak boleh menempatkan pekerja pada hari itu."
    advice = "Lihat riwayat izinnya, atau pilih P3MI yang izinnya berlaku."


class AgencyUnknown(AgencyNotAble):
    """No such agency is registered."""

    slug = "agency-unknown"
    title = "P3MI ini tidak terdaftar."


class AgencySuspended(AgencyNotAble):
    """The licence is suspended."""

    slug = "agency-suspended"
    title = "Izin P3MI ini sedang diskors."
    advice = "Tunggu sampai izinnya dipulihkan, atau pilih P3MI lain."


class AgencyRevoked(AgencyNotAble):
    """The licence was revoked."""

    slug = "agency-revoked"
    title = "Izin P3MI ini sudah dicabut."
    advice = "Pilih P3MI lain; pekerjanya dapat dibantu kantor BP3MI."


class AgencyExpired(AgencyNotAble):
    """The licence has run out."""

    slug = "agency-expired"
    title = "Masa izin P3MI ini sudah habis."
    advice = "Minta P3MI memperpanjang izinnya, atau pilih P3MI lain."


class AgencyNotYet(AgencyNotAble):
    """The licence begins later."""

    slug = "agency-not-yet"
    title = "Izin P3MI ini belum mulai berlaku."


class KnownProblem(Refusal):
    """A party stands on the problem list; names the entries by number."""

    status = 409
    slug = "known-problem"
    title = "Pihak ini tercatat bermasalah, jadi langkah ini berhenti."
    advice = "Pilih pihak lain, atau minta pejabat kementerian memutuskan dengan alasan."


class ReplyPeriodRuns(Refusal):
    """The party can still answer."""

    status = 409
    slug = "reply-period-runs"
    title = "Pihak ini masih punya waktu untuk menjawab."
    advice = "Tunggu sampai batas jawabnya lewat, atau catat jawabannya bila sudah ada."


class NotTold(Refusal):
    """The party was never told of the entry."""

    status = 409
    slug = "party-not-told"
    title = "Pihak ini belum diberi tahu."
    advice = "Beri tahu pihaknya dan catat tanggalnya, baru kemudian tanggapannya."


class AlreadyTold(Refusal):
    """The party was told of the entry before; its time runs from that day."""

    status = 409
    slug = "party-told-already"
    title = "Pihak ini sudah diberi tahu."
    advice = "Waktu menjawab dihitung dari pemberitahuan yang pertama."


class HearingOver(Refusal):
    """The agency has been heard, or the file is closed."""

    status = 409
    slug = "hearing-over"
    title = "Catatan ini tidak menerima tanggapan lagi."
    advice = "Hubungi kantor yang membuka catatan ini bila ada keterangan baru."


class NotInForce(Refusal):
    """An entry that does not count on that day cannot be set aside."""

    status = 409
    slug = "entry-not-in-force"
    title = "Catatan ini tidak berlaku pada hari itu."
    advice = "Muat ulang halaman untuk melihat keadaannya sekarang."


class LicenceBreaks(Refusal):
    """A licence would be given against the law of the day; names each rule."""

    status = 409
    slug = "licence-breaks"
    title = "Izin tidak dapat diberikan: ada syarat yang dilanggar."
    advice = "Minta P3MI memenuhi syarat yang disebut, lalu catat buktinya."
