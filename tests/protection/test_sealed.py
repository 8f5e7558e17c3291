"""What is sealed opens only by two people; who reports a company cannot be found by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.documents.models import Content
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind, Complaint, Opening
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.protection.conftest import COLLEAGUE, complain

WORDS = "Dipukul majikan di dapur"
OGG = b"OggS" + b"\x00" * 60
SEALED_TABLES = (
    "complaint", "casenote", "evidence", "casetask", "sealedpart", "informant",
)  # fmt: skip


def now() -> datetime:
    """Openings end by the database's own clock."""
    return datetime.now(UTC)


@pytest.fixture
def sealed(who: Worker) -> Case:
    case = complain(who, CaseKind.VIOLENCE, words=WORDS)
    operations.add_evidence(
        cast.self_of(who.id), worker_id=who.id, content=OGG, at=cast.NOW,
        evidence_id=new_id(), case_id=case.id,
    )  # fmt: skip
    return case


def copied(who: Actor, table: str) -> bytes:
    """A table as an actor can take it away."""
    with acting_as(who), connection.cursor() as cursor:
        with cursor.copy(f'copy (select * from "{table}" order by 1) to stdout') as rows:
            return b"".join(bytes(each) for each in rows)


def words_seen(who: Actor, case: Case) -> list[str]:
    with acting_as(who):
        return [each.words for each in queries.notes(case.id)]


def opened(case: Case, by: Actor = cast.ATTACHE, second: Actor = cast.MINISTRY) -> Opening:
    asked = operations.ask_opening(by, case.id, reason="Menyusun rencana aman", at=now())
    return operations.answer_opening(second, asked.id, agree=True, at=now())


class TestASealedCase:
    def test_is_a_number_and_a_clock_in_lists(self, sealed: Case) -> None:
        with acting_as(cast.ATTACHE):
            (row,) = queries.open_cases(cast.ATTACHE)
        assert row.get_kind_display() == "Kasus tertutup"
        assert (row.number, row.due_at, row.who) == (sealed.number, sealed.due_at, "")

    @pytest.mark.parametrize("reader", [cast.ATTACHE, COLLEAGUE, cast.MINISTRY, cast.MINISTRY_2])
    def test_gives_its_words_to_nobody(self, sealed: Case, reader: Actor) -> None:
        assert words_seen(reader, sealed) == []
        for table in SEALED_TABLES:
            assert copied(reader, f"protection_{table}") == b""
        for table in ("documents_document", "documents_content"):
            assert str(sealed.id).encode() not in copied(reader, table)
        with acting_as(reader):
            assert Content.objects.count() == 0
            entries = str(list(JournalEntry.objects.values("type", "payload")))
        assert "violence" not in entries
        assert WORDS not in entries

    def test_is_its_worker_s_own(self, sealed: Case, who: Worker) -> None:
        assert words_seen(cast.self_of(who.id), sealed) == [WORDS]
        with acting_as(cast.self_of(who.id)):
            story = queries.story_for_worker(sealed.id)
        assert story.title == "Kekerasan"
        assert len(story.evidence) == 1

    def test_may_be_added_to_unread(self, sealed: Case) -> None:
        operations.add_note(
            cast.ATTACHE, sealed.id, words="Dokter datang", at=cast.NOW, internal=True
        )
        assert words_seen(cast.ATTACHE, sealed) == []
        opened(sealed)
        assert words_seen(cast.ATTACHE, sealed) == [WORDS, "Dokter datang"]

    def test_takes_in_an_open_one_with_all_its_words(self, who: Worker) -> None:
        case = complain(who)
        operations.add_evidence(
            cast.self_of(who.id),
            worker_id=who.id,
            content=OGG,
            at=cast.NOW,
            evidence_id=new_id(),
            case_id=case.id,
        )
        assert words_seen(cast.ATTACHE, case) != []
        operations.set_kind(cast.ATTACHE, case.id, kind=CaseKind.TRAFFICKING)
        assert words_seen(cast.ATTACHE, case) == []
        with acting_as(cast.ATTACHE):
            assert Complaint.objects.count() == 0
            assert Content.objects.count() == 0
            assert queries.evidence_of(queries.case(case.id)) == []

    def test_keeps_its_outcome(self, sealed: Case, who: Worker) -> None:
        for step in ("understand", "handle"):
            operations.move_case(cast.ATTACHE, sealed.id, step=step)
        operations.move_case(cast.ATTACHE, sealed.id, step="report outcome", outcome="Pindah aman")
        with acting_as(cast.ATTACHE):
            assert queries.case(sealed.id).outcome == ""
        with acting_as(cast.self_of(who.id)):
            assert queries.story_for_worker(sealed.id).outcome == "Pindah aman"


class TestOpening:
    def test_opens_to_the_asker_alone(self, sealed: Case) -> None:
        opened(sealed)
        assert words_seen(cast.ATTACHE, sealed) == [WORDS]
        assert words_seen(COLLEAGUE, sealed) == []
        assert words_seen(cast.MINISTRY, sealed) == []
        with acting_as(cast.ATTACHE):
            (each,) = queries.evidence_of(sealed)
        assert operations.open_evidence(cast.ATTACHE, each.id, purpose="bukti").data == OGG
        with pytest.raises(NotFound):
            operations.open_evidence(COLLEAGUE, each.id, purpose="bukti")

    def test_takes_a_second_person_of_the_post_or_ministry(self, sealed: Case) -> None:
        asked = operations.ask_opening(cast.ATTACHE, sealed.id, reason="Menyusun rencana", at=now())
        assert words_seen(cast.ATTACHE, sealed) == []
        with pytest.raises(operations.SecondPersonNeeded):
            operations.answer_opening(cast.ATTACHE, asked.id, agree=True, at=now())
        with pytest.raises(NotFound):
            operations.answer_opening(cast.OTHER_ATTACHE, asked.id, agree=True, at=now())
        with pytest.raises(NotAllowed):
            operations.answer_opening(cast.RECRUITER, asked.id, agree=True, at=now())
        operations.answer_opening(COLLEAGUE, asked.id, agree=True, at=now())
        assert words_seen(cast.ATTACHE, sealed) == [WORDS]

    def test_ends_by_itself(self, sealed: Case, scene: Scene) -> None:
        made = opened(sealed)
        with scene():
            Opening.objects.filter(id=made.id).update(until_at=now() - timedelta(seconds=1))
        assert words_seen(cast.ATTACHE, sealed) == []

    def test_refused_opens_nothing(self, sealed: Case) -> None:
        asked = operations.ask_opening(cast.ATTACHE, sealed.id, reason="Ingin tahu saja", at=now())
        with pytest.raises(Incomplete):
            operations.answer_opening(COLLEAGUE, asked.id, agree=False, at=now())
        operations.answer_opening(
            COLLEAGUE, asked.id, agree=False, remark="Bukan tugasnya", at=now()
        )
        assert words_seen(cast.ATTACHE, sealed) == []
        with pytest.raises(StepClosed):
            operations.answer_opening(COLLEAGUE, asked.id, agree=True, at=now())

    def test_in_danger_needs_one_and_is_judged_afterwards(self, sealed: Case) -> None:
        made = operations.open_in_danger(
            cast.ATTACHE, sealed.id, reason="Tidak sadarkan diri", at=now()
        )
        assert words_seen(cast.ATTACHE, sealed) == [WORDS]
        with acting_as(cast.MINISTRY):
            assert made.id in {
                each.id for each in queries.openings_waiting(cast.MINISTRY, at=now())
            }
        operations.answer_opening(
            cast.MINISTRY, made.id, agree=False, remark="Tidak perlu", at=now()
        )
        assert words_seen(cast.ATTACHE, sealed) == []

    def test_is_told_to_the_worker(self, sealed: Case, who: Worker) -> None:
        opened(sealed)
        with acting_as(cast.self_of(who.id)):
            (each,) = queries.story_for_worker(sealed.id).opened_by
        assert (each.asker_name, each.second_name) == ("Rina", "Dewi")

    def test_is_written_by_nobody_by_hand(self, sealed: Case) -> None:
        """Agreeing to oneself is refused by the table, not by the operation alone."""
        asked = operations.ask_opening(cast.ATTACHE, sealed.id, reason="Menyusun rencana", at=now())
        with acting_as(cast.ATTACHE), pytest.raises(Exception, match="opening_takes_two"):
            with transaction.atomic():
                Opening.objects.filter(id=asked.id).update(
                    agreed=True, second_id=cast.ATTACHE.id, until_at=now() + timedelta(hours=1)
                )


def everything(who: Actor) -> dict[str, bytes]:
    """All that an actor can take out of the database: every table, every row, every column."""
    found = {}
    for table in connection.introspection.table_names():
        try:
            found[table] = copied(who, table)
        except psycopg.errors.InsufficientPrivilege:
            continue
    return found


Report = Callable[[Worker], object]


def in_confidence(who: Worker) -> object:
    """A report by somebody who named themselves."""
    return operations.report_in_confidence(
        cast.ATTACHE, words="P3MI menahan paspor 12 orang", at=cast.NOW,
        about_agency=cast.RECRUITER.agency, name="Yanti", contact="+62 811 000",
    )  # fmt: skip


def by_the_worker(who: Worker) -> object:
    """A worker of that very agency reports it."""
    return operations.report_in_confidence(
        cast.self_of(who.id), words="Paspor kami ditahan", at=cast.NOW,
        about_agency=cast.RECRUITER.agency,
    )  # fmt: skip


def with_evidence(who: Worker) -> object:
    """A complaint with a voice, worked on, up to the sanction's file."""
    case = complain(who, CaseKind.OVERCHARGED)
    operations.add_evidence(
        cast.self_of(who.id), worker_id=who.id, content=OGG, at=cast.NOW,
        evidence_id=new_id(), case_id=case.id,
    )  # fmt: skip
    operations.take_case(cast.ATTACHE, case.id)
    operations.add_note(cast.ATTACHE, case.id, words="Kami urus", at=cast.NOW, internal=False)
    return operations.start_track(cast.ATTACHE, case.id, at=cast.NOW)


def sealed_complaint(who: Worker) -> object:
    """A complaint that is sealed."""
    return complain(who, CaseKind.SEXUAL_VIOLENCE, words=WORDS)


class TestAnInformant:
    """cannot be found by the company: whatever it can read is the same before and after."""

    @pytest.mark.parametrize(
        "report", [in_confidence, by_the_worker, with_evidence, sealed_complaint]
    )
    @pytest.mark.parametrize("reader", [cast.RECRUITER, cast.OTHER_RECRUITER])
    def test_changes_nothing_the_agency_can_read(
        self, who: Worker, scene: Scene, report: Report, reader: Actor
    ) -> None:
        with scene():
            Worker.objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
            type(who.state)._default_manager.filter(worker=who).update(
                agency_id=cast.RECRUITER.agency
            )
        before = everything(reader)
        assert len(before) > 10
        if reader is cast.RECRUITER:
            assert str(who.id).encode() in before["registry_worker"]
        report(who)
        assert everything(reader) == before

    def test_stays_sealed_from_the_office_too(self, who: Worker) -> None:
        made = operations.report_in_confidence(
            cast.ATTACHE, words="x", at=cast.NOW, about_agency=cast.RECRUITER.agency, name="Yanti"
        )
        for reader in (cast.ATTACHE, COLLEAGUE, cast.MINISTRY):
            with acting_as(reader):
                assert queries.informant(made.id) is None
                assert made.id in {each.id for each in queries.waiting_complaints(reader)}
                assert "Yanti" not in str(list(JournalEntry.objects.values()))

    def test_is_known_to_the_asker_once_a_second_person_agreed(self, who: Worker) -> None:
        now = timezone.now()
        made = operations.report_in_confidence(
            cast.ATTACHE, words="x", at=now, about_agency=cast.RECRUITER.agency, name="Yanti"
        )
        with pytest.raises(Incomplete):
            operations.ask_informant(cast.ATTACHE, made.id, reason="x", at=now)
        with pytest.raises(NotFound):
            operations.ask_informant(cast.OTHER_ATTACHE, made.id, reason="x" * 20, at=now)
        asked = operations.ask_informant(
            cast.ATTACHE, made.id, reason="Ancaman terhadap pelapor", at=now
        )
        again = operations.ask_informant(
            cast.ATTACHE, made.id, reason="Ancaman terhadap pelapor", at=now
        )
        assert again.id == asked.id
        with acting_as(COLLEAGUE):
            assert asked.id in {each.id for each in queries.openings_waiting(COLLEAGUE, at=now)}
        assert operations.read_informant(cast.ATTACHE, made.id) is None
        with pytest.raises(operations.SecondPersonNeeded):
            operations.answer_opening(cast.ATTACHE, asked.id, agree=True, at=now)
        operations.answer_opening(COLLEAGUE, asked.id, agree=True, at=now)
        found = operations.read_informant(cast.ATTACHE, made.id)
        assert found is not None
        assert found.name == "Yanti"
        assert operations.read_informant(COLLEAGUE, made.id) is None
        with acting_as(cast.MINISTRY):
            read = JournalEntry.objects.filter(type="protection.InformantRead")
            assert [each.actor_id for each in read] == [cast.ATTACHE.id]
            assert "Yanti" not in str(list(JournalEntry.objects.values()))

    def test_of_an_ordinary_complaint_there_is_none(self, who: Worker) -> None:
        case = complain(who, CaseKind.OVERCHARGED)
        with pytest.raises(StepClosed):
            operations.ask_informant(
                cast.ATTACHE, case.complaint_id, reason="x" * 20, at=timezone.now()
            )

    def test_is_not_told_by_the_worker_s_own_journal(self, who: Worker) -> None:
        operations.report_in_confidence(
            cast.self_of(who.id), words="x", at=cast.NOW, about_agency=cast.RECRUITER.agency
        )
        with acting_as(cast.MINISTRY):
            (entry,) = JournalEntry.objects.filter(type="protection.ReportTaken")
        assert entry.worker_id is None
        assert entry.actor_id != who.id

    def test_has_a_time_by_which_it_is_placed(self, who: Worker) -> None:
        made = operations.report_in_confidence(
            cast.ATTACHE, words="x", at=cast.NOW, about_agency=cast.RECRUITER.agency
        )
        assert made.due_at == cast.NOW + timedelta(hours=24)
        case = operations.open_from(
            cast.ATTACHE, made.id, who.id, kind=CaseKind.PASSPORT_KEPT, at=cast.NOW
        )
        with acting_as(cast.ATTACHE):
            assert queries.waiting_complaints(cast.ATTACHE) == []
            assert [each.id for each in queries.complaints_of(case)] == [made.id]

    def test_is_counted_once(self, who: Worker) -> None:
        key = new_id()
        for _again in range(2):
            operations.report_in_confidence(
                cast.ATTACHE, words="x", at=cast.NOW, about_agency=cast.RECRUITER.agency, report_id=key
            )  # fmt: skip
        with acting_as(cast.MINISTRY):
            assert Complaint.objects.count() == 1
