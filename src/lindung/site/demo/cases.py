"""Cases of made-up people abroad, worked on as an office works: paused, linked, sealed, reported.

As in ``lives``, each step goes through the operation that the service itself uses. The people are
drawn ones who are at work abroad, taken in their order, so that it is the same each time.
"""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import telling_of
from lindung.access.roles import acting_worker
from lindung.kernel.ids import new_id
from lindung.parties.models import PartyKind, ProblemKind
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind, LinkSort
from lindung.registry.models import Agency, Stage, Worker


def make(cast: Mapping[str, Actor], *, today: date) -> None:
    """Tell them; ``cast`` has the made-up officials by user name."""
    _Desk(cast["atase.hongkong"], cast["staf.hongkong"], cast["ministry"], today).tell()
    _Desk(cast["atase.seoul"], cast["staf.seoul"], cast["ministry"], today).tell()


class _Desk:
    """One post's cases."""

    def __init__(self, attache: Actor, staff: Actor, ministry: Actor, today: date) -> None:
        self.attache, self.staff, self.ministry, self.today = attache, staff, ministry, today
        with acting_as(attache):
            abroad = Worker.objects.filter(
                post_id=attache.posts[0], state__stage=Stage.DURING, is_demo=True
            )
            self.people = list(abroad.select_related("state").order_by("public_number")[20:26])
            agency = Agency.objects.order_by("number").first()
        self.agency: UUID | None = agency.id if agency else None

    def at(self, ago: int, hour: int = 2) -> datetime:
        """An instant so many days ago."""
        return datetime.combine(self.today - timedelta(days=ago), time(hour), UTC)

    def said(self, worker: Worker, ago: int, kind: CaseKind, words: str) -> Case:
        """Complained on the phone."""
        me, at = acting_worker(worker.id, worker.shown_name), self.at(ago, 1)
        with telling_of(at):
            return operations.complain(me, worker.id, words=words, at=at, kind=kind)

    def tell(self) -> None:
        """Six people, as many as there are."""
        if len(self.people) < 6:
            return
        one, two, three, four, five, six = self.people
        self._wages(one)
        self._charged(two, three)
        self._hurt(four)
        self._lost(five)
        self._twice(six)
        if self.agency:
            with telling_of(self.at(1)):
                operations.report_in_confidence(
                    self.staff,
                    words="Sudah tiga bulan paspor kami disimpan di kantor agensi. Jangan sebut saya.",
                    at=self.at(1),
                    about_agency=self.agency,
                    name="Pelapor Contoh",
                    contact="lewat teman sekamar, Minggu siang",
                    channel="walk-in",
                )

    def _wages(self, worker: Worker) -> None:
        case = self.said(worker, 9, CaseKind.WAGES_UNPAID, "Gaji dua bulan belum dibayar.")
        me = acting_worker(worker.id, worker.shown_name)
        with telling_of(self.at(9)):
            operations.add_evidence(
                me,
                worker_id=worker.id,
                content=_voice(),
                at=self.at(9),
                evidence_id=new_id(),
                case_id=case.id,
                note="Cerita, 1 detik",
            )
        with telling_of(self.at(8)):
            operations.take_case(self.staff, case.id)
            operations.log_attempt(
                self.staff, case.id, channel="phone", reached=False, at=self.at(8)
            )
            operations.log_attempt(
                self.staff, case.id, channel="whatsapp", reached=True, at=self.at(8, 5)
            )
            operations.move_case(self.staff, case.id, step="understand")
            operations.write_plan(
                self.staff, case.id, words="Aman tinggal; telepon hanya Minggu.", at=self.at(8, 6)
            )
        with telling_of(self.at(2)):
            operations.move_case(self.staff, case.id, step="handle")
            operations.set_task(
                self.staff,
                case.id,
                words="Minta slip September dari majikan",
                due_on=self.today + timedelta(days=2),
                at=self.at(2),
            )
            operations.pause(
                self.staff,
                case.id,
                reason="Menunggu rekening koran dari bank pekerja",
                until=self.at(-6),
                at=self.at(2),
            )

    def _charged(self, first: Worker, second: Worker) -> None:
        one = self.said(first, 16, CaseKind.OVERCHARGED, "Dipotong tujuh bulan untuk agensi.")
        two = self.said(second, 12, CaseKind.OVERCHARGED, "Kami berdua bayar agensi yang sama.")
        with telling_of(self.at(11)):
            operations.link(
                self.attache, one.id, other_id=two.id, sort=LinkSort.SAME_EVENT, at=self.at(11)
            )
            operations.start_track(self.attache, one.id, at=self.at(11))
        for ago, result, paper in ((9, "complete", "VER-014"), (6, "denied", "BA-031")):
            with acting_as(self.attache):
                step = queries.track_of(one.id)[-1]
            with telling_of(self.at(ago)):
                operations.end_step(
                    self.attache,
                    step.id,
                    result=result,
                    reference=paper,
                    minutes="Perusahaan menyatakan potongan disepakati; tidak ada kuitansi.",
                    at=self.at(ago),
                )
        if self.agency:
            with telling_of(self.at(3)):
                operations.propose_sanction(
                    self.attache,
                    party=PartyKind.AGENCY,
                    subject=self.agency,
                    kind=ProblemKind.OVERCHARGING,
                    at=self.at(3),
                    case_id=one.id,
                )

    def _hurt(self, worker: Worker) -> None:
        case = self.said(worker, 1, CaseKind.VIOLENCE, "Saya dipukul. Takut pulang ke rumah itu.")
        operations.ask_opening(
            self.staff,
            case.id,
            reason="Menyusun rencana aman malam ini dengan rumah singgah",
            at=datetime.now(UTC),
        )

    def _lost(self, worker: Worker) -> None:
        case = self.said(worker, 70, CaseKind.DOCUMENTS, "Perlu surat keterangan untuk bank.")
        for ago, channel in ((60, "phone"), (40, "whatsapp"), (20, "family")):
            with telling_of(self.at(ago)):
                operations.log_attempt(
                    self.staff, case.id, channel=channel, reached=False, at=self.at(ago)
                )

    def _twice(self, worker: Worker) -> None:
        self.said(worker, 6, CaseKind.PASSPORT_KEPT, "Paspor dipegang majikan sejak datang.")
        self.said(worker, 4, CaseKind.PASSPORT_KEPT, "Sudah saya minta, paspor tetap ditahan.")


def _voice() -> bytes:
    """A second of silence, as a phone would record it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(struct.pack("<h", 0) * 8000)
    return file.getvalue()
