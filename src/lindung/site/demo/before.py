"""What stands before a departure, told in full: licences, problems, the chain of papers, orientation.

As in ``lives``, each step goes through the operation that the service itself uses, on its day, by
the people whose work it is; nothing here is drawn by chance, so it is the same each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import told_at
from lindung.kernel.ids import new_id
from lindung.parties import operations as parties
from lindung.parties.models import (
    ForeignAgency,
    PartyKind,
    Premises,
    ProblemEntry,
    ProblemKind,
    ProviderKind,
    Weight,
)
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement.models import Placement
from lindung.preparation import operations as preparing
from lindung.preparation import premiums
from lindung.preparation.models import CoverKind
from lindung.recruitment import operations as recruiting
from lindung.recruitment.models import Agreement, JobOrder
from lindung.registry import operations as registering
from lindung.registry.models import Worker
from lindung.site.demo.lives import Telling

LAW = "UU 18/2017 Ps. 54"
_PONOROGO, _MALANG, _SURABAYA = "3502", "3507", "3578"
_YEAR = 365
_MEANS = parties.Means(
    paid_capital=Decimal(5_000_000_000),
    deposit=Decimal(1_500_000_000),
    premises=Premises.OWN,
    reference="Akta contoh 12",
)
_DOCUMENTS = {
    "demand_letter": "DL-CONTOH-1",
    "power_of_attorney": "PA-CONTOH-1",
    "partner_licence": "TW-CONTOH-1",
    "contract_form": "C-CONTOH-1",
}


@dataclass(frozen=True)
class Told:
    """What was told, by what it shows.

    Attributes:
        order: endorsed and permitted, with a candidate on one of its places.
        waiting: an agreement that waits for the post's check.
        candidate: on the way through the agency to Taiwan.
        session: the orientation that comes next, with seats taken.
        asked, answered: files that the agency was told of, and that it answered itself.
        published: a file that counts today.
    """

    order: JobOrder
    waiting: Agreement
    candidate: Placement
    session: UUID
    asked: ProblemEntry
    answered: ProblemEntry
    published: ProblemEntry


def make(cast: Mapping[str, Actor], people: Mapping[str, Worker], *, today: date) -> Told:
    """Tell it all.

    Args:
        cast: as ``accounts.make`` gives it: ``ministry``, ``officer``, ``attache`` of the first
            post, ``agency_staff``, and ``atase.taipei`` with ``staf.taipei``.
        people: as ``lives.make`` gives them; ``offered`` and ``preparing`` are used here.
    """
    tell = Before(cast, today)
    tell.licences()
    tell.providers()
    good, bad = tell.partners()
    order, waiting = tell.papers(good)
    candidate = tell.candidate(order)
    yuni = placements_of(tell.ministry, people["offered"])
    session = tell.orientation([candidate.id, *(each.id for each in yuni)])
    for each in yuni:
        tell.covered(each)
    asked, answered, published = tell.problems(bad)
    return Told(order, waiting, candidate, session, asked, answered, published)


def placements_of(actor: Actor, worker: Worker) -> list[Placement]:
    """A person's placements as somebody reads them."""
    with acting_as(actor):
        return placements.placements_of(worker.id)


class Before(Telling):
    """Takes the steps before a departure on their days."""

    def __init__(self, cast: Mapping[str, Actor], today: date) -> None:
        super().__init__(cast, today)
        self.agency = cast["agency_staff"]
        self.taipei, self.taipei_staff = cast["atase.taipei"], cast["staf.taipei"]
        assert self.agency.agency is not None
        self.own = self.agency.agency

    def licences(self) -> None:
        """One in order, one warned, one suspended and reinstated, one revoked."""
        why = {"basis": LAW, "reason": "Berkas lengkap dan telah diperiksa di tempat."}
        self._on(40, parties.record_means, self.ministry, self.own, means=_MEANS)
        for number, (name, region, acts) in enumerate(
            (
                ("PT Cahaya Contoh Nusantara", _SURABAYA, {"warn": 25}),
                ("PT Samudra Contoh Abadi", _MALANG, {"suspend": 70, "reinstate": 15}),
                ("PT Lentera Contoh Jaya", _SURABAYA, {"warn": 90, "suspend": 60, "revoke": 20}),
            ),
            start=1,
        ):
            made = self._on(
                200,
                parties.grant_licence,
                self.ministry,
                number=f"912000000{number:04}",
                name=name,
                region=region,
                licence_number=f"DEMO SIP3MI {number}",
                valid_from=self.day(200),
                valid_to=self.day(200 - 5 * _YEAR),
                means=_MEANS,
                is_demo=True,
                **why,
            )
            for act, ago in acts.items():
                self._on(ago, _ACTS[act], self.ministry, made.id, **_WHY[act])

    def providers(self) -> None:
        """Who trains, examines and certifies; the accreditation of one has run out."""
        for name, kind, region, last in (
            ("BLK Contoh Ponorogo", ProviderKind.TRAINING, _PONOROGO, -700),
            ("Klinik Contoh Sehat Malang", ProviderKind.MEDICAL, _MALANG, -300),
            ("LSP Contoh Perawatan", ProviderKind.COMPETENCE, _SURABAYA, -500),
            ("LPK Contoh Bahasa", ProviderKind.TRAINING, _SURABAYA, 12),
        ):
            self._on(
                150,
                parties.register_provider,
                self.ministry,
                name=name,
                kind=kind,
                region=region,
                accreditation=f"AKR-CONTOH-{region}-{kind}",
                accredited_by="Komite Akreditasi Contoh",
                valid_from=self.day(400),
                valid_to=self.day(last),
                is_demo=True,
            )

    def partners(self) -> tuple[ForeignAgency, ForeignAgency]:
        """A partner to work with, and one with a problem."""
        made: list[ForeignAgency] = []
        for name, city in (
            ("Taichung Care Services Contoh", "Taichung"),
            ("Kaohsiung Works Contoh", "Kaohsiung"),
        ):
            made.append(
                self._on(
                    120,
                    parties.register_partner,
                    self.taipei,
                    name=name,
                    country="TW",
                    city=city,
                    licence_number=f"TW-CONTOH-{len(made) + 1}",
                    licensed_from=self.day(600),
                    licensed_to=self.day(-500),
                    is_demo=True,
                )
            )
        return made[0], made[1]

    def papers(self, partner: ForeignAgency) -> tuple[JobOrder, Agreement]:
        """An agreement in force with an order that recruits, and papers at every other step."""
        agreement = self._agreed(partner, 60, quota=40)
        self._passed("agreement", agreement.id, 55)
        order = self._asked(agreement, 48, quota=12, employer="Keluarga Chen Contoh")
        self._passed("order", order.id, 44)
        wish = self._at(42, recruiting.request_permit, self.agency, order.id)
        self._at(
            40,
            recruiting.issue_permit,
            self.ministry,
            wish.id,
            valid_to=order.valid_to,
            reason="Surat permohonan contoh 12; lamanya mengikuti permintaan.",
        )
        asking = self._asked(agreement, 20, quota=4, employer="Keluarga Huang Contoh")
        self._passed("order", asking.id, 12)
        self._at(10, recruiting.request_permit, self.agency, asking.id)
        checked = self._asked(agreement, 9, quota=6, employer="Keluarga Wu Contoh")
        self._at(5, recruiting.check_order, self.taipei_staff, checked.id)
        self._asked(agreement, 2, quota=3, employer="Panti Contoh Taichung", kind="company")
        returned = self._agreed(partner, 30, quota=10)
        self._at(
            26,
            recruiting.return_paper,
            self.taipei_staff,
            "agreement",
            returned.id,
            reason_code="document_missing",
            dated=False,
        )
        return order, self._agreed(partner, 1, quota=15)

    def candidate(self, order: JobOrder) -> Placement:
        """Enrolled by the agency and placed on the order; half of the papers are there."""
        with self.told(35):
            who = registering.enrol(
                self.agency,
                worker_id=new_id(),
                full_name="Kartini Puspa Contoh",
                call_name="Kartini",
                sex="F",
                birth_date=date(self.today.year - 29, 2, 11),
                birth_place="Ponorogo",
                region=_PONOROGO,
                on=self.day(35),
                channel="agency",
                is_demo=True,
            )
        made: Placement = self._on(
            30,
            placing.open_placement,
            self.agency,
            who.id,
            pathway_id="p2p-tw-care",
            sector=order.sector,
            job_order_id=order.id,
            is_demo=True,
        )
        with self.told(14):
            placing.settle_requirements(
                self.ministry,
                made.id,
                requirements=["passport", "family_consent", "police_certificate"],
                state="accepted",
                given_on=self.day(20),
            )
        return made

    def orientation(self, placements_: list[UUID]) -> UUID:
        """One that was held, one that was cancelled, and one that comes with seats taken."""
        held = self._session(30, held=22)
        with self.told(28):
            seat = preparing.take_seat(self.ministry, held, placement_id=placements_[-1])
        with self.told(22):
            proofs = {seat.id: "OPP-CONTOH-0001"}
            preparing.record_attendance(self.ministry, held, proofs=proofs, on=self.day(22))
        preparing.cancel_session(self.officer, self._session(25, held=-2))
        coming = self._session(8, held=-6)
        with self.told(3):
            preparing.take_seat(self.agency, coming, placement_id=placements_[0])
        return coming

    def covered(self, placement: Placement) -> None:
        """The part of the social security before work, at the price of its day."""
        due = premiums.before(on=self.day(18))
        self._bare(
            18,
            preparing.record_cover,
            self.ministry,
            placement.id,
            kind=CoverKind.BEFORE,
            receipt="BPJS-CONTOH-0001",
            amount=due.lowest or Decimal(37_500),
            paid_on=self.day(18),
            covers_from=self.day(18),
            covers_to=self.day(18 - 5 * 30),
            months=0,
            reason="Bukti bayar dibaca petugas.",
        )

    def problems(self, partner: ForeignAgency) -> tuple[ProblemEntry, ProblemEntry, ProblemEntry]:
        """Files at every step: told, answered by the accused, published, only reported, closed."""
        asked = self._file(self.attache, PartyKind.AGENCY, self.own, ProblemKind.OVERCHARGING, 6)
        self._on(5, parties.tell_party, self.attache, asked.id)
        answered = self._file(
            self.taipei, PartyKind.AGENCY, self.own, ProblemKind.DUTIES_LEFT, 24, warns=True
        )
        self._on(22, parties.tell_party, self.taipei, answered.id)
        self._on(
            4,
            parties.answer_problem,
            self.agency,
            answered.id,
            reply="Pekerja sudah kami dampingi ke rumah sakit dan majikan baru; surat terlampir.",
            evidence="Surat PT 14/contoh",
        )
        published = self._file(
            self.taipei, PartyKind.PARTNER, partner.id, ProblemKind.PASSPORT_KEPT, 70
        )
        self._on(68, parties.tell_party, self.taipei, published.id)
        self._on(
            50, parties.hear_party, self.taipei, published.id, reply="Paspor disimpan atas izin."
        )
        self._on(
            45, parties.publish_problem, self.taipei, published.id, expires_on=self.day(-_YEAR)
        )
        closed = self._file(
            self.taipei, PartyKind.PARTNER, partner.id, ProblemKind.FALSE_PAPERS, 100
        )
        self._on(
            95, parties.dismiss_problem, self.taipei, closed.id, reason="Dokumen ternyata asli."
        )
        home = self._on(
            80,
            parties.register_employer,
            self.taipei,
            name="Keluarga Tsai Contoh",
            kind="household",
            country="TW",
            sector="caregiving_home",
            is_demo=True,
        )
        self._file(self.taipei, PartyKind.EMPLOYER, home.id, ProblemKind.UNPAID_WAGES, 3)
        return asked, answered, published

    # -- how a step is taken on its day

    def _bare(self, ago: int, operation: Any, *args: Any, **given: Any) -> Any:
        with self.told(ago):
            return operation(*args, **given)

    def _on(self, ago: int, operation: Any, *args: Any, **given: Any) -> Any:
        return self._bare(ago, operation, *args, on=self.day(ago), **given)

    def _at(self, ago: int, operation: Any, *args: Any, dated: bool = True, **given: Any) -> Any:
        """For the chain of papers, whose steps also take the instant."""
        with self.told(ago):
            on = {"on": self.day(ago)} if dated else {}
            return operation(*args, at=told_at(), **on, **given)

    def _agreed(self, partner: ForeignAgency, ago: int, *, quota: int) -> Agreement:
        made: Agreement = self._at(
            ago,
            recruiting.submit_agreement,
            self.agency,
            partner_id=partner.id,
            country=partner.country,
            valid_from=self.day(ago),
            valid_to=self.day(ago - 2 * _YEAR),
            quota=quota,
            paper_number=f"PKS-CONTOH-{ago}",
            is_demo=True,
        )
        return made

    def _asked(
        self, agreement: Agreement, ago: int, *, quota: int, employer: str, kind: str = "household"
    ) -> JobOrder:
        given = {
            "employer_name": employer,
            "employer_kind": kind,
            "sector": "caregiving_home",
            "quota": quota,
            "wage": {"amount": "20000", "currency": "TWD", "per": "month"},
            "documents": _DOCUMENTS,
            "valid_to": self.day(ago - _YEAR),
        }
        made: JobOrder = self._at(
            ago, recruiting.submit_order, self.agency, agreement.id, given=given, is_demo=True
        )
        return made

    def _passed(self, kind: str, paper_id: UUID, ago: int) -> None:
        """Checked by the staff of the post, endorsed by the attaché."""
        check = {"agreement": recruiting.check_agreement, "order": recruiting.check_order}[kind]
        self._at(ago, check, self.taipei_staff, paper_id)
        self._at(ago - 1, recruiting.endorse, self.taipei, kind, paper_id)

    def _session(self, ago: int, *, held: int) -> UUID:
        made = self._on(
            ago,
            preparing.plan_session,
            self.officer,
            place="BP3MI Jawa Timur, ruang OPP contoh",
            held_on=self.day(held),
            seats=20,
            country="TW",
        )
        found: UUID = made.id
        return found

    def _file(
        self,
        who: Actor,
        party: PartyKind,
        subject: UUID,
        kind: ProblemKind,
        ago: int,
        *,
        warns: bool = False,
    ) -> ProblemEntry:
        made: ProblemEntry = self._on(
            ago,
            parties.report_problem,
            who,
            party=party,
            subject=subject,
            kind=kind,
            weight=Weight.WARNS if warns else Weight.BLOCKS,
            evidence=f"KASUS-CONTOH-{ago}",
            basis="UU 18/2017 Ps. 10",
            reported_by=who.office,
            is_demo=True,
        )
        return made


_ACTS = {
    "warn": parties.warn_agency,
    "suspend": parties.suspend_agency,
    "reinstate": parties.reinstate_agency,
    "revoke": parties.revoke_licence,
}
_WHY = {
    "warn": {"basis": LAW, "reason": "Laporan penempatan terlambat tiga bulan."},
    "suspend": {
        "basis": LAW,
        "reason": "Deposito belum ditambah setelah diambil.",
        "letter": "S-12",
    },
    "reinstate": {"basis": LAW, "reason": "Deposito sudah kembali penuh."},
    "revoke": {
        "basis": LAW,
        "reason": "Kewajiban tidak dipenuhi selama skorsing.",
        "letter": "K-3",
    },
}
