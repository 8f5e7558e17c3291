"""Erasing: by two people, never what is held, in batches that can be cut off, proven afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from lindung.access import forgetting, proofs, seals
from lindung.access.acting import acting_as
from lindung.access.models import Forgotten, JournalEntry
from lindung.access.roles import ROBOT
from lindung.access.two_people import AlreadyAsked, NeedsAnother
from lindung.documents.models import Content, Document
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.privacy import due, ledger, schedule
from lindung.privacy.lifecycles import Decision
from lindung.privacy.models import Erasure, Hold, Period, Tally
from lindung.privacy.operations import erasing, holds, periods
from lindung.registry import queries as registry
from lindung.registry.models import Identifier, Worker, WorkerToken
from tests.cast import (
    ATTACHE,
    MINISTRY,
    NOW,
    OTHER_ATTACHE,
    RECRUITER,
    TODAY,
    posts,
    self_of,
    worker,
)
from tests.conftest import Scene
from tests.privacy.cast import DPO, DPO_2, NIK, WORDS, lived, lived_fully, with_case
from tests.privacy.dump import places_of

pytestmark = pytest.mark.django_db
LATER = date(2046, 1, 1)
WHY = "Permintaan pekerja; tujuan pemrosesan tercapai."


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, scene: Scene) -> Path:
    """A folder of its own for the ledger and the heads; two posts."""
    settings.LINDUNG_HOME = tmp_path
    with scene():
        posts()
    return tmp_path


def agreed_for(who: Worker) -> Erasure:
    """Asked by one officer, agreed to by another."""
    row = erasing.ask_for_person(DPO, who.id, reason=WHY, on=TODAY, at=NOW)
    return erasing.answer(DPO_2, row.id, agree=True, at=NOW)


def run(row: Erasure, *, on: date = TODAY) -> int:
    """Run to the end, in its batches; how many there were."""
    batches = 0
    while erasing.erase_next(ROBOT, row.id, on=on, at=NOW):
        batches += 1
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
    return batches


def decided(kind: str, years: int = 5) -> Period:
    """A period that two people decided."""
    row = periods.ask(DPO, kind, years=years, basis="JRA 2025", reason="Jadwal disahkan", at=NOW)
    return periods.answer(DPO_2, row.id, agree=True, at=NOW)


class TestEraseAPerson:
    def test_leaves_no_word_of_hers_in_the_whole_database(self, scene: Scene) -> None:
        who = lived_fully()
        with scene():
            before = places_of(["Prameswari", WORDS])
        assert {"registry_worker", "access_journal", "monitoring_checkin"} <= set(before)
        run(agreed_for(who))
        with scene():
            assert places_of(["Prameswari", WORDS]) == {}

    def test_counts_beforehand_what_goes(self, scene: Scene) -> None:
        who = lived_fully()
        row = agreed_for(who)
        run(row)
        with scene():
            row.refresh_from_db()
            assert row.state == Decision.DONE
            assert row.expected["registry_identifier"] == 3
            same = {k: v for k, v in row.expected.items() if k != "access_journal"}
            assert {k: v for k, v in row.done.items() if k != "access_journal"} == same
            assert Worker.objects.get(pk=who.id).public_number == who.public_number
            assert not WorkerToken.objects.filter(worker_id=who.id).exists()
            assert not Identifier.objects.filter(worker=who.id).exists()

    def test_makes_her_number_findable_by_nobody(self) -> None:
        who = lived()
        run(agreed_for(who))
        with acting_as(MINISTRY):
            assert registry.find_workers(MINISTRY, NIK) == []

    def test_says_in_the_journal_that_and_not_what(self, scene: Scene) -> None:
        who = lived_fully()
        row = agreed_for(who)
        run(row)
        with scene():
            entries = list(JournalEntry.objects.filter(worker_id=who.id))
            said = [each for each in entries if each.payload]
            assert {each.type for each in said} <= {"privacy.DataErased"}
            assert said[0].payload == {"erasure": str(row.id), "kind": ""}
            assert not any(each.actor_name for each in entries if each.actor_kind in forgetting.OWN)
            assert any(each.actor_name == "Rina" for each in entries)

    def test_leaves_another_person_whole(self, scene: Scene) -> None:
        other = worker(full_name="Dewi Lestari", call_name="Dewi")
        who = lived()
        run(agreed_for(who))
        with scene():
            assert Worker.objects.get(pk=other.id).full_name == "Dewi Lestari"
            assert JournalEntry.objects.filter(worker_id=other.id).exclude(payload={}).exists()

    def test_notes_whom_it_took_outside_the_database(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        who = lived()
        row = agreed_for(who)
        with django_capture_on_commit_callbacks(execute=True):
            run(row)
        [noted] = ledger.noted()
        assert (noted.erasure, noted.kind, noted.people) == (row.id, "", (who.id,))
        assert {noted.asked_by, noted.answered_by} == {DPO.id, DPO_2.id}

    def test_counts_the_placement_that_went(self, scene: Scene) -> None:
        run(agreed_for(lived()))
        with scene():
            kept = Tally.objects.get()
            assert (kept.year, kept.country, kept.placements) == (2026, "KR", 1)

    def test_is_done_once(self) -> None:
        who = lived()
        run(agreed_for(who))
        with pytest.raises(NotFound):
            erasing.ask_for_person(DPO, who.id, reason=WHY, on=TODAY, at=NOW)


class TestAfterARestore:
    def test_is_done_again_from_the_ledger(self, scene: Scene) -> None:
        """The erasure came after the backup: neither its row nor its effect is there."""
        who = lived_fully()
        batch = ledger.Batch(new_id(), "", (who.id,), DPO.id, DPO_2.id, TODAY, NOW)
        ledger.note(batch)
        out = StringIO()
        call_command("erase", "--after-restore", stdout=out)
        assert "1 of 1" in out.getvalue()
        with scene():
            assert places_of(["Prameswari", WORDS]) == {}
            assert Erasure.objects.get(pk=batch.erasure).answered_by == DPO_2.id
        out = StringIO()
        call_command("erase", "--after-restore", stdout=out)
        assert "0 of 1" in out.getvalue()


def test_the_command_says_what_is_due(scene: Scene) -> None:
    lived_fully()
    decided("condition", 1)
    out = StringIO()
    call_command("erase", "--due", "--on", LATER.isoformat(), stdout=out)
    assert "condition: 1 people due, 0 held, 1 years by decision" in out.getvalue()
    assert "cases: needs a check" in out.getvalue()


class TestTwoPeople:
    def test_who_asked_does_not_agree(self) -> None:
        row = erasing.ask_for_person(DPO, lived().id, reason=WHY, on=TODAY, at=NOW)
        with pytest.raises(NeedsAnother):
            erasing.answer(DPO, row.id, agree=True, at=NOW)

    def test_nothing_runs_before_the_second_has_agreed(self) -> None:
        row = erasing.ask_for_person(DPO, lived().id, reason=WHY, on=TODAY, at=NOW)
        with pytest.raises(NotFound):
            erasing.erase_next(ROBOT, row.id, on=TODAY, at=NOW)

    def test_a_refusal_ends_it(self) -> None:
        row = erasing.ask_for_person(DPO, lived().id, reason=WHY, on=TODAY, at=NOW)
        erasing.answer(DPO_2, row.id, agree=False, at=NOW)
        with pytest.raises(StepClosed):
            erasing.answer(DPO_2, row.id, agree=True, at=NOW)

    def test_is_asked_once_at_a_time_and_with_a_reason(self) -> None:
        who = lived()
        with pytest.raises(Incomplete):
            erasing.ask_for_person(DPO, who.id, reason=" ", on=TODAY, at=NOW)
        erasing.ask_for_person(DPO, who.id, reason=WHY, on=TODAY, at=NOW)
        with pytest.raises(AlreadyAsked):
            erasing.ask_for_person(DPO_2, who.id, reason=WHY, on=TODAY, at=NOW)

    @pytest.mark.parametrize("actor", [ATTACHE, OTHER_ATTACHE, RECRUITER, MINISTRY])
    def test_others_may_not_ask(self, actor: Any) -> None:
        who = lived()
        with pytest.raises(NotAllowed):
            erasing.ask_for_person(actor, who.id, reason=WHY, on=TODAY, at=NOW)


class TestHolds:
    def test_an_open_case_holds_by_itself(self) -> None:
        who = lived()
        with_case(who)
        with pytest.raises(erasing.Held):
            erasing.ask_for_person(DPO, who.id, reason=WHY, on=TODAY, at=NOW)

    def test_a_placed_one_stops_even_what_is_agreed(self, scene: Scene) -> None:
        who = lived()
        row = agreed_for(who)
        holds.place(
            ATTACHE, who.id, kind="court", reason="Banding", basis="12/Pdt/2026",
            until=TODAY + timedelta(days=30), at=NOW,
        )  # fmt: skip
        assert run(row) == 0
        with scene():
            assert Worker.objects.get(pk=who.id).full_name.startswith("Siti")
            assert Erasure.objects.get(pk=row.id).state == Decision.AGREED
        assert run(row, on=TODAY + timedelta(days=31)) == 1

    def test_lifting_needs_a_reason(self, scene: Scene) -> None:
        who = lived()
        hold = holds.place(
            MINISTRY, who.id, kind="audit", reason="BPK", basis="Surat 3/2026",
            until=TODAY + timedelta(days=9), at=NOW,
        )  # fmt: skip
        with pytest.raises(Incomplete):
            holds.lift(MINISTRY, hold.id, reason="", at=NOW)
        holds.lift(MINISTRY, hold.id, reason="Pemeriksaan selesai", at=NOW)
        with acting_as(ROBOT):
            assert not due.is_held(who.id, on=TODAY)

    def test_names_what_is_missing_and_keeps_the_rest(self) -> None:
        with pytest.raises(Incomplete) as told:
            holds.place(MINISTRY, lived().id, kind="", reason="", basis="", until=TODAY, at=NOW)
        assert set(told.value.facts["fields"]) == {"kind", "reason", "basis", "until"}

    def test_another_post_neither_places_nor_sees_one(self) -> None:
        who = lived()
        given: Any = {"kind": "court", "reason": "x", "basis": "y", "until": LATER, "at": NOW}
        with pytest.raises(NotFound):
            holds.place(OTHER_ATTACHE, who.id, **given)
        holds.place(ATTACHE, who.id, **given)
        with acting_as(OTHER_ATTACHE):
            assert not Hold.objects.exists()


class TestEraseAKind:
    def test_nothing_is_due_while_the_law_is_unknown(self) -> None:
        lived_fully()
        with acting_as(ROBOT):
            for kind in schedule.kinds():
                assert due.people_due(kind, on=LATER) == (0, 0), kind
        with pytest.raises(erasing.NothingDue):
            erasing.ask_for_kind(DPO, "condition", reason=WHY, on=LATER, at=NOW)

    def test_goes_by_a_decided_period_and_by_that_kind_alone(self, scene: Scene) -> None:
        who = lived_fully()
        decided("condition", 5)
        with acting_as(ROBOT):
            assert due.people_due("condition", on=TODAY + timedelta(days=5 * 365)) == (0, 0)
            assert due.people_due("condition", on=LATER) == (1, 0)
        row = erasing.ask_for_kind(DPO, "condition", reason=WHY, on=LATER, at=NOW)
        erasing.answer(DPO_2, row.id, agree=True, at=NOW)
        assert run(row, on=LATER) == 1
        with scene():
            row.refresh_from_db()
            assert row.done == row.expected == {
                "monitoring_checkin": 1, "monitoring_wagereport": 1,
            }  # fmt: skip
            assert Worker.objects.get(pk=who.id).full_name.startswith("Siti")

    def test_never_takes_who_is_held(self, scene: Scene) -> None:
        who, other = lived_fully(), lived_fully(worker_id=None)
        decided("condition", 1)
        with_case(who)
        with acting_as(ROBOT):
            assert due.people_due("condition", on=LATER) == (1, 1)
            assert due.next_due("condition", on=LATER, most=9) == [other.id]

    def test_waits_for_what_hangs_on_it(self) -> None:
        """A placement stays while contracts' money still points to it."""
        lived_fully()
        decided("placement", 1)
        with acting_as(ROBOT):
            assert due.people_due("placement", on=LATER) == (0, 0)

    def test_goes_on_after_it_was_cut_off(self, scene: Scene, monkeypatch: Any) -> None:
        monkeypatch.setattr(erasing, "BATCH", 1)
        for _ in range(3):
            lived_fully(worker_id=None)
        decided("condition", 1)
        row = erasing.ask_for_kind(DPO, "condition", reason=WHY, on=LATER, at=NOW)
        erasing.answer(DPO_2, row.id, agree=True, at=NOW)
        assert erasing.erase_next(ROBOT, row.id, on=LATER, at=NOW)
        with monkeypatch.context() as cut:
            cut.setattr(erasing, "record_of_each", _cut_off)
            with pytest.raises(ConnectionError):
                erasing.erase_next(ROBOT, row.id, on=LATER, at=NOW)
        assert run(row, on=LATER) == 2
        with scene():
            row.refresh_from_db()
            assert (row.state, row.batches) == (Decision.DONE, 3)
            assert row.done == row.expected

    def test_an_empty_file_of_a_person_waits_for_years_of_silence(self) -> None:
        who = worker()
        decided("person", 3)
        with acting_as(ROBOT):
            assert due.people_due("person", on=TODAY + timedelta(days=3 * 365)) == (0, 0)
            assert due.next_due("person", on=LATER, most=9) == [who.id]


def _cut_off(*_: Any) -> None:
    raise ConnectionError


class TestPeriods:
    def test_takes_two_people_and_a_basis(self) -> None:
        with pytest.raises(Incomplete) as told:
            periods.ask(DPO, "cases", years=0, basis="", reason="x", at=NOW)
        assert set(told.value.facts["fields"]) == {"basis", "years"}
        row = periods.ask(DPO, "cases", years=10, basis="JRA", reason="x", at=NOW)
        with pytest.raises(NeedsAnother):
            periods.answer(DPO, row.id, agree=True, at=NOW)
        with acting_as(ROBOT):
            assert due.term_of("cases").years is None
        periods.answer(DPO_2, row.id, agree=True, at=NOW)
        with acting_as(ROBOT):
            assert (due.term_of("cases").years, due.term_of("cases").by) == (10, "decision")

    def test_a_newer_one_counts(self) -> None:
        decided("cases", 10)
        row = periods.ask(DPO, "cases", years=30, basis="JRA 2026", reason="x", at=NOW)
        periods.answer(DPO_2, row.id, agree=True, at=NOW + timedelta(days=1))
        with acting_as(ROBOT):
            assert due.term_of("cases").years == 30

    def test_what_is_never_erased_gets_none(self) -> None:
        with pytest.raises(NotFound):
            periods.ask(DPO, "oversight", years=1, basis="x", reason="x", at=NOW)


class TestTheJournal:
    @pytest.fixture
    def finished(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As if this very transaction had finished."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text")
            mine = int(cursor.fetchone()[0])
        monkeypatch.setattr(seals, "transactions_now", lambda: (mine + 1, mine + 1))

    def verified(self, scene: Scene) -> proofs.Proof:
        """What the proof says; read as our robot."""
        with acting_as(ROBOT):
            return proofs.verify(now=NOW)

    def test_holds_after_words_were_taken_out(
        self, scene: Scene, finished: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        who = lived_fully()
        run(agreed_for(who))
        with django_capture_on_commit_callbacks(execute=True), acting_as(ROBOT):
            seals.seal(now=NOW)
        assert self.verified(scene).findings == ()

    def test_names_entries_taken_out_with_no_word_about_it(
        self, scene: Scene, finished: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        who = lived()
        with django_capture_on_commit_callbacks(execute=True), acting_as(ROBOT):
            seals.seal(now=NOW)
        with scene(), connection.cursor() as cursor:
            entry = JournalEntry.objects.filter(worker_id=who.id).first()
            assert entry is not None
            Forgotten.objects.create(entry_id=entry.id, erasure=who.id, batch=1, kept=b"0" * 32)
            cursor.execute("select access.journal_forget(%s)", [[entry.id]])
        found = self.verified(scene).findings
        assert {each.entry for each in found} == {str(entry.id)}

    def test_names_what_was_changed_after_the_words_went(
        self, scene: Scene, finished: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        who = lived()
        run(agreed_for(who))
        with django_capture_on_commit_callbacks(execute=True), acting_as(ROBOT):
            seals.seal(now=NOW)
        entry = JournalEntry.objects.filter(worker_id=who.id, payload={})
        with scene(), connection.cursor() as cursor:
            one = entry.first()
            assert one is not None
            cursor.execute("alter table access_journal disable trigger user")
            cursor.execute("update access_journal set type = 'x.Y' where id = %s", [one.id])
            cursor.execute("alter table access_journal enable trigger user")
        assert [each.problem for each in self.verified(scene).findings] == ["changed"]

    @pytest.mark.parametrize(
        "change", ["payload = '{\"a\": 1}'", "type = 'x.Y'", "actor_office = ''", "at = now()"]
    )
    def test_refuses_every_other_change_to_the_owner_too(self, scene: Scene, change: str) -> None:
        who = lived()
        run(agreed_for(who))
        refuses(scene, f"update access_journal set {change} where worker_id = '{who.id}'")

    def test_refuses_to_take_words_out_of_what_is_not_listed(self, scene: Scene) -> None:
        who = lived()
        refuses(scene, f"update access_journal set payload = '{{}}' where worker_id = '{who.id}'")

    def test_an_officer_may_not_take_words_out(self) -> None:
        who = lived()
        with pytest.raises(Exception, match="permission denied"), acting_as(MINISTRY):
            with connection.cursor() as cursor:
                cursor.execute("select access.journal_forget(%s)", [[who.id]])


def refuses(scene: Scene, change: str) -> None:
    """The database refuses a change, to the owner as to everybody."""
    with scene(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(change)


class TestDocuments:
    def test_their_keys_go_and_their_files(
        self, scene: Scene, django_capture_on_commit_callbacks: Any, monkeypatch: Any
    ) -> None:
        dropped: list[Any] = []
        monkeypatch.setattr(erasing.store, "drop", dropped.append)
        who = lived()
        with scene():
            made = Document.objects.create(
                worker=who, number="DOK-1", type="passport", media="image/png", size=1,
                sha256="0" * 64, uploaded_at=NOW, uploaded_by="Siti", sealed=False, **who.scope(),
            )  # fmt: skip
            Content.objects.create(
                document=made, worker=who, wrapped_key=b"k", sealed=False, **who.scope()
            )
        row = agreed_for(who)
        with django_capture_on_commit_callbacks(execute=True):
            run(row)
        assert dropped == [made.id]
        with scene():
            assert not Content.objects.exists()
            assert not Document.objects.exists()


class TestSelf:
    def test_she_may_not_erase_by_herself(self) -> None:
        who = lived()
        with pytest.raises(NotAllowed):
            erasing.ask_for_person(self_of(who.id), who.id, reason=WHY, on=TODAY, at=NOW)
