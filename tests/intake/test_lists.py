"""Lists of people: read, tried, taken row by row, and safe to send again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.xml import DEFUSEDXML

from lindung.access import many
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import Account, ApiToken, Duty, HandlerError, JournalEntry
from lindung.access.roles import ROBOT
from lindung.intake import operations, queries, reading, tasks
from lindung.intake.lifecycles import BatchState
from lindung.intake.models import Batch, Row
from lindung.intake.operations import keeping, settling
from lindung.intake.operations.settling import NOT_KEPT
from lindung.intake.understanding import key_of, understand
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.placement.models import Placement
from lindung.registry.models import Agency, Identifier, Task, Worker, WorkerState
from tests import cast
from tests.conftest import Scene
from tests.factories import DutyFactory
from tests.site.test_closed_pages import signed_in

TODAY, NOW = cast.TODAY, cast.NOW
GOOD = "Nama Lengkap;L/P;Tgl Lahir;Kode Kab;Hobi\nSiti Rahayu;P;12-04-1999;3502;catur\n"
MIXED = (
    "Nama Lengkap;L/P;Tgl Lahir;Kode Kab;NIK;Jalur;Sektor\n"
    "Siti Rahayu;P;12-04-1999;3502;;g2g-kr;manufacturing\n"
    ";P;1999-04-12;3502;;;\n"
    "Budi;Q;2099-01-01;9999;3.50212E+15;tidak-ada;\n"
    "Wati;perempuan;1/2/2000;3502;;g2g-kr;perkebunan\n"
)


NUMBERED = "nama;l/p;kode kab;nik;jalur;sektor"


def person(n: int, *, name: str = "", region: str = "3502", way: str = "g2g-kr") -> str:
    """A line of a list with a number, under :data:`NUMBERED`."""
    sector = "manufacturing" if way else ""
    return f"{name or f'Siti {n}'};P;{region};350212520499{n:04d};{way};{sector}"


def now(batch: Batch) -> Batch:
    """The list as it stands."""
    with acting_as(cast.MINISTRY):
        return queries.batch(batch.id)


def counts(batch: Batch) -> dict[str, int]:
    """What became of its rows, by the counts and by the rows: both have to say the same."""
    found = now(batch)
    told = {each: getattr(found, each) for each in ("taken", "known", "refused")}
    with acting_as(cast.MINISTRY):
        states = list(Row.objects.filter(batch=batch).values_list("state", flat=True))
    assert told == {each: states.count(each) for each in told}
    return {each: number for each, number in told.items() if number}


def sent(actor: Actor, words: str) -> Batch:
    """Sent, and read by the job."""
    batch = operations.send_list(actor, words.encode())
    operations.read_list(batch.id, now=lambda: NOW, on=TODAY)
    return batch


def take(actor: Actor, batch: Batch, count: int = 100) -> None:
    """Every chunk, as the jobs do one after another; what is being taken already goes on."""
    operations.take_list(actor, batch.id)
    while now(batch).state == BatchState.TAKING:
        operations.take_rows(actor, batch.id, on=TODAY, at=NOW, count=count)


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """What stands in the queue."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute("select task_name, args::text from procrastinate_jobs order by id")
        return [(name, json.loads(args)) for name, args in cursor.fetchall()]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A store of this test's own."""
    settings.STORAGES = settings.STORAGES | {
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path


class TestRead:
    def test_knows_headings_however_they_are_written_and_names_the_others(self) -> None:
        sheet = reading.read(GOOD.encode())
        assert sheet.unknown == ("Hobi",)
        assert next(sheet.lines)[1]["region"] == "3502"

    def test_reads_a_spreadsheet_as_the_same_lines(self) -> None:
        book = Workbook()
        page = book.active
        assert page is not None
        page.append(["Nama", "Tanggal Lahir", "NIK"])
        page.append(["Siti Rahayu", date(1999, 4, 12), "3502125204990001"])
        out = io.BytesIO()
        book.save(out)
        (line,) = reading.read(out.getvalue()).lines
        assert line == (
            2,
            {"full_name": "Siti Rahayu", "birth_date": "1999-04-12", "nik": "3502125204990001"},
        )

    def test_parses_spreadsheets_without_xml_tricks(self) -> None:
        assert DEFUSEDXML

    def test_refuses_what_unpacks_to_far_more_than_it_weighs(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.MOST_UNPACKED + 1))
        with pytest.raises(reading.ListTooLarge):
            reading.read(out.getvalue())

    @pytest.mark.parametrize(
        "content",
        [b"", b"PK\x03\x04 nothing", b"umur;tinggi\n1;2\n", b"nama\x00;x\n", b"\xff\xd8\xff"],
    )
    def test_refuses_what_is_no_list(self, content: bytes) -> None:
        with pytest.raises(reading.ListUnreadable):
            reading.read(content)

    def test_refuses_more_lines_than_it_may_have(self) -> None:
        with pytest.raises(reading.ListTooLarge):
            list(reading.read(b"nama\n" + b"Siti\n" * (reading.MOST_ROWS + 1)).lines)

    def test_takes_as_many_as_it_may_have(self) -> None:
        lines = reading.read(b"nama\n" + b"Siti\n" * reading.MOST_ROWS).lines
        assert sum(1 for _ in lines) == reading.MOST_ROWS == 100_000

    def test_is_told_by_its_headings_alone_until_the_lines_are_asked_for(self) -> None:
        sheet = reading.read(b'nama\nSiti\n"open')
        assert sheet.columns == {"nama": "full_name"}
        with pytest.raises(reading.ListUnreadable):
            list(sheet.lines)

    @given(content=st.binary(max_size=300))
    def test_answers_or_refuses_whatever_comes(self, content: bytes) -> None:
        try:
            sheet = reading.read(content)
            list(sheet.lines)
        except (reading.ListTooLarge, reading.ListUnreadable):
            return
        assert "full_name" in sheet.columns.values()


@pytest.mark.usefixtures("posts", "places")
class TestUnderstand:
    def test_finds_every_problem_of_a_line_at_once(self) -> None:
        said = list(reading.read(MIXED.encode()).lines)[2][1]
        wrong = {each["column"] for each in understand(said, on=TODAY).problems}
        assert wrong == {"sex", "birth_date", "region", "nik", "pathway"}

    def test_takes_a_line_with_a_name_alone(self) -> None:
        assert understand({"full_name": "Suparmi"}, on=TODAY).problems == []

    @pytest.mark.parametrize("way", ["ukps", "perseorangan"])
    def test_asks_where_to_on_a_way_that_leads_to_no_one_country(self, way: str) -> None:
        said = {"full_name": "Siti", "pathway": way, "sector": "services"}
        (problem,) = understand(said, on=TODAY).problems
        assert problem["column"] == "destination"
        for written in ("jp", "JP", "Jepang", "japan", " Japan "):
            understood = understand(said | {"destination": written}, on=TODAY)
            assert understood.problems == []
            assert understood.values["destination"] == "JP"

    @pytest.mark.parametrize(
        ("way", "where"), [("g2g-kr", "JP"), ("ukps", "ID"), ("ukps", "Utopia")]
    )
    def test_refuses_a_country_the_way_does_not_lead_to(self, way: str, where: str) -> None:
        said = {"full_name": "Siti", "pathway": way, "sector": "services", "destination": where}
        (problem,) = understand(said, on=TODAY).problems
        assert problem["column"] == "destination"

    def test_needs_no_country_where_the_way_has_one(self) -> None:
        said = {"full_name": "Siti", "pathway": "g2g-kr", "sector": "services"}
        assert understand(said, on=TODAY).problems == []

    @pytest.mark.parametrize("code", ["35", "9999", "KR41", "", "３５０２"])
    def test_takes_no_region_that_is_not_a_regency(self, code: str) -> None:
        understood = understand({"full_name": "Siti", "region": code}, on=TODAY)
        assert understood.values["region"] == ""

    def test_two_writings_of_one_person_have_one_key(self) -> None:
        one = key_of({"full_name": "SITI  RAHAYU", "birth_date": "1999-04-12"}, office="a")
        assert one == key_of({"full_name": "Rahayu Siti", "birth_date": "1999 04 12"}, office="a")
        assert one != key_of({"full_name": "Siti Rahayu", "birth_date": "1999-04-13"}, office="a")


@pytest.mark.usefixtures("posts", "places")
class TestSendList:
    def test_answers_before_a_line_is_read_and_leaves_the_rest_to_a_job(self, folder: Path) -> None:
        batch = operations.send_list(cast.OFFICER, GOOD.encode())
        assert (batch.state, batch.kept) == (BatchState.SENT, 0)
        assert jobs() == [("intake.read_list", {"batch_id": str(batch.id)})]
        (stored,) = (path for path in folder.rglob("*") if path.is_file())
        assert b"Siti" not in stored.read_bytes()

    def test_of_the_same_file_is_the_list_that_stands(self) -> None:
        one = operations.send_list(cast.OFFICER, GOOD.encode())
        assert operations.send_list(cast.OFFICER, GOOD.encode()).id == one.id
        assert operations.send_list(cast.RECRUITER, GOOD.encode()).id != one.id

    def test_refuses_at_once_what_its_headings_say(self) -> None:
        with pytest.raises(reading.ListUnreadable):
            operations.send_list(cast.OFFICER, b"umur;tinggi\n1;2\n")

    def test_is_closed_to_whoever_may_not(self) -> None:
        for stranger in (cast.ATTACHE, cast.self_of(UUID(int=1)), ROBOT):
            with pytest.raises(NotAllowed):
                operations.send_list(stranger, GOOD.encode())


def a_list_of(count: int) -> str:
    """A list of so many people."""
    return "nama;tanggal lahir\n" + "".join(f"Siti {n};12-04-1999\n" for n in range(count))


class Killed(BaseException):
    """The process died here."""


@pytest.mark.usefixtures("posts", "places")
class TestReadList:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keeping, "CHUNK", 2)

    def test_makes_every_line_a_row_and_lets_the_file_go(
        self, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            batch = sent(cast.OFFICER, MIXED)
        found = now(batch)
        assert (found.state, found.rows, found.kept, found.wrong, found.read_to) == (
            BatchState.READ, 4, 4, 3, 5,
        )  # fmt: skip
        assert found.wrapped_key is None
        assert not [path for path in folder.rglob("*") if path.is_file()]

    @pytest.mark.parametrize("at", [1, 2, 3])
    def test_killed_anywhere_goes_on_and_doubles_no_line(
        self, at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = operations.send_list(cast.OFFICER, a_list_of(5).encode())
        calls = []
        kept = keeping.keep_lines

        def dies(*args: Any, **kwargs: Any) -> Batch:
            calls.append(1)
            if len(calls) == at:
                raise Killed
            return kept(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(keeping, "keep_lines", dies)
            with pytest.raises(Killed):
                operations.read_list(batch.id, now=lambda: NOW, on=TODAY)
        assert (now(batch).state, now(batch).kept) == (BatchState.SENT, 2 * (at - 1))
        operations.read_list(batch.id, now=lambda: NOW, on=TODAY)
        with acting_as(cast.MINISTRY):
            lines = list(Row.objects.filter(batch=batch).values_list("line", flat=True))
        assert lines == [2, 3, 4, 5, 6]
        assert (now(batch).state, now(batch).kept) == (BatchState.READ, 5)

    def test_by_two_at_once_doubles_no_line(self) -> None:
        batch = operations.send_list(cast.OFFICER, a_list_of(3).encode())
        lines = list(reading.read(a_list_of(3).encode()).lines)
        for chunk in (lines[:2], lines[:2], lines[1:], lines):
            operations.keep_lines(ROBOT, batch.id, chunk, rows=3, at=NOW, on=TODAY)
        assert (now(batch).kept, now(batch).read_to) == (3, 4)

    @pytest.mark.parametrize(
        ("words", "trouble"),
        [
            ('nama\nSiti\nWati\nAni\n"open', reading.ListUnreadable.slug),
            ("nama\n" + "Siti\n" * 6, reading.ListTooLarge.slug),
        ],
    )
    def test_keeps_nothing_of_what_turns_out_to_be_no_list(
        self, words: str, trouble: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 5)
        batch = sent(cast.OFFICER, words)
        assert (now(batch).state, now(batch).trouble) == (BatchState.UNREADABLE, trouble)
        assert now(batch).wrapped_key is None
        with acting_as(cast.MINISTRY):
            assert not Row.objects.exists()
        with pytest.raises(StepClosed):
            operations.take_list(cast.OFFICER, batch.id)

    def test_is_our_robot_s_alone(self) -> None:
        batch = operations.send_list(cast.OFFICER, GOOD.encode())
        lines = list(reading.read(GOOD.encode()).lines)
        with pytest.raises(NotAllowed):
            operations.keep_lines(cast.OFFICER, batch.id, lines, rows=1, at=NOW, on=TODAY)
        with pytest.raises(NotAllowed):
            operations.finish_reading(cast.OFFICER, batch.id, rows=1, at=NOW)
        with pytest.raises(NotAllowed):
            operations.stop_taking(cast.OFFICER, batch.id)


@pytest.mark.usefixtures("posts", "places")
class TestTakeList:
    def test_takes_the_good_rows_and_keeps_the_others_with_their_cure(self) -> None:
        batch = sent(cast.OFFICER, MIXED)
        with acting_as(cast.MINISTRY):
            assert not Worker.objects.exists()
        take(cast.OFFICER, batch)
        assert counts(batch) == {"taken": 1, "refused": 3}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.get().full_name == "Siti Rahayu"
            assert Placement.objects.get().pathway == "g2g-kr"

    @pytest.mark.parametrize("actor", [cast.OFFICER, cast.MINISTRY], ids=lambda each: each.office)
    def test_brings_in_who_goes_without_an_agency(self, actor: Actor) -> None:
        words = (
            "nama,kode kab,jalur,sektor,negara tujuan\n"
            "Siti Rahayu,3502,ukps,services,JP\nWati,3502,perseorangan,ict,Singapura\n"
        )
        batch = sent(actor, words)
        take(actor, batch)
        assert counts(batch) == {"taken": 2}
        with acting_as(cast.MINISTRY):
            ways = set(Placement.objects.values_list("scheme", "country", "agency_id"))
        assert ways == {("UKPS", "JP", None), ("PERSEORANGAN", "SG", None)}

    def test_keeps_no_number_in_the_clear(self) -> None:
        batch = sent(cast.OFFICER, "nama,nik\nSiti Rahayu,3502125204990001\n")
        with acting_as(cast.MINISTRY):
            (row,) = Row.objects.values()
            assert "3502125204990001" not in f"{row!r} {bytes(row['sealed'])!r}"
            assert queries.words(queries.rows(batch.id)[0])["nik"] == "3502125204990001"

    def test_waits_until_every_line_is_read(self) -> None:
        batch = operations.send_list(cast.OFFICER, GOOD.encode())
        with pytest.raises(StepClosed):
            operations.take_list(cast.OFFICER, batch.id)

    def test_again_does_nothing_more(self) -> None:
        batch = sent(cast.OFFICER, GOOD)
        for _ in range(2):
            take(cast.OFFICER, batch)
        operations.take_rows(cast.OFFICER, batch.id, on=TODAY, at=NOW)
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 1

    def test_goes_chunk_by_chunk_each_the_job_of_the_one_before(self) -> None:
        batch = sent(cast.OFFICER, a_list_of(5))
        operations.take_list(cast.OFFICER, batch.id)
        told = []
        for _ in range(3):
            operations.take_rows(cast.OFFICER, batch.id, on=TODAY, at=NOW, count=2)
            told.append((now(batch).taken, now(batch).state))
        assert told == [(2, "taking"), (4, "taking"), (5, "taken")]
        taking = [name for name, _args in jobs() if name == "intake.take_rows"]
        assert len(taking) == 3
        assert counts(batch) == {"taken": 5}

    @pytest.mark.parametrize("at", range(1, 13))
    def test_killed_at_any_statement_takes_a_chunk_once_later(
        self, at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = f"{NUMBERED}\n{person(1)}\n{person(2)}\n{person(3, way='')}\n{person(4)}\n"
        batch = sent(cast.OFFICER, words)
        operations.take_list(cast.OFFICER, batch.id)
        operations.take_rows(cast.OFFICER, batch.id, on=TODAY, at=NOW, count=2)
        run, calls = many._run, list[int]()

        def dies(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            if len(calls) == at:
                raise Killed
            return run(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(many, "_run", dies)
            with pytest.raises(Killed) if at < 12 else nullcontext():
                operations.take_rows(cast.OFFICER, batch.id, on=TODAY, at=NOW, count=2)
        # The last of them shows that every statement was tried.
        assert len(calls) == min(at, 11)
        assert counts(batch) == {"taken": 2 if at < 12 else 4}
        take(cast.OFFICER, batch)
        assert counts(batch) == {"taken": 4}
        with acting_as(cast.MINISTRY):
            told = (Worker, 4), (WorkerState, 4), (Identifier, 4), (Placement, 3)
            assert [model._default_manager.count() for model, _ in told] == [n for _, n in told]
            enrolled = JournalEntry.objects.filter(type="registry.WorkerEnrolled")
            assert enrolled.values("worker_id").distinct().count() == enrolled.count() == 4

    def test_asks_as_often_for_two_hundred_rows_as_for_twenty(self) -> None:
        asked = []
        for first, count in ((0, 20), (1_000, 200)):
            people = "\n".join(person(first + n) for n in range(count))
            batch = sent(cast.OFFICER, f"{NUMBERED}\n{people}\n")
            operations.take_list(cast.OFFICER, batch.id)
            with CaptureQueriesContext(connection) as queries:
                operations.take_rows(cast.OFFICER, batch.id, on=TODAY, at=NOW)
            asked.append(len(queries))
            assert counts(batch) == {"taken": count}
        with acting_as(ROBOT):
            assert not HandlerError.objects.exists()
        assert asked[0] == asked[1] <= 60, asked

    def test_of_a_number_that_is_known_opens_no_task_for_it(self) -> None:
        take(cast.OFFICER, sent(cast.OFFICER, f"{NUMBERED}\n{person(1)}\n"))
        with acting_as(cast.MINISTRY):
            assert [each.kind for each in Task.objects.all()] == ["gap:birth_date"]
            told = JournalEntry.objects.filter(worker_id=Worker.objects.get().id).order_by("id")
            assert [each.type.partition(".")[2] for each in told] == [
                "WorkerEnrolled", "IdentifierAdded", "TaskOpened", "PlacementOpened",
            ]  # fmt: skip
            assert Identifier.objects.get().masked == "3502**********01"

    def test_of_a_row_that_cannot_be_kept_says_so_and_takes_the_others(self) -> None:
        rows = [person(n, name="A" * 170 if n == 4 else "") for n in range(7)]
        batch = sent(cast.OFFICER, NUMBERED + "\n" + "\n".join(rows) + "\n")
        take(cast.OFFICER, batch)
        assert counts(batch) == {"taken": 6, "refused": 1}
        with acting_as(cast.MINISTRY):
            (bad,) = Row.objects.filter(state="refused")
            assert Worker.objects.count() == Identifier.objects.count() == 6
        assert bad.line == 6
        assert bad.problems == [{"column": "", "sentence": NOT_KEPT}]

    def test_refuses_one_of_another_region_alone(self) -> None:
        words = f"{NUMBERED}\n{person(1)}\n{person(2, region='3573')}\n{person(3)}\n"
        batch = sent(cast.OFFICER, words)
        take(cast.OFFICER, batch)
        assert counts(batch) == {"taken": 2, "refused": 1}

    def test_of_lines_that_are_one_person_takes_the_first_good_one(self) -> None:
        lines = [person(1, region="3573"), person(1), person(1), person(1, region="3573")]
        batch = sent(cast.OFFICER, NUMBERED + "\n" + "\n".join(lines) + "\n")
        take(cast.OFFICER, batch)
        assert counts(batch) == {"taken": 1, "known": 2, "refused": 1}
        with acting_as(cast.MINISTRY):
            states = list(Row.objects.order_by("line").values_list("state", "worker_id"))
            who = Worker.objects.get().id
        assert states == [("refused", None), ("taken", who), ("known", who), ("known", who)]

    def test_enrols_nobody_who_then_may_not_set_out(self, scene: Scene) -> None:
        with scene():
            Agency.objects.filter(id=cast.RECRUITER.agency).update(licence_state="revoked")
        batch = sent(cast.RECRUITER, f"{NUMBERED}\n{person(1)}\n{person(2, way='')}\n")
        take(cast.RECRUITER, batch)
        assert counts(batch) == {"taken": 1, "refused": 1}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.get().full_name == "Siti 2"
            assert not Placement.objects.exists()
            assert Row.objects.get(state="refused").problems[0]["sentence"]

    @pytest.mark.parametrize("count", [1, 4])
    def test_knows_whom_another_list_took_in_the_same_moment(
        self, count: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = [person(n) for n in range(count)]
        take(cast.OFFICER, sent(cast.OFFICER, f"{NUMBERED}\n{people[0]}\n"))
        second = sent(cast.OFFICER, NUMBERED + "\n" + "\n".join(people) + "\n")
        before, looked = settling._taken_before, list[int]()

        def too_early(tried: Any) -> Any:
            looked.append(1)
            return before(tried) if len(looked) > 1 else {}

        monkeypatch.setattr(settling, "_taken_before", too_early)
        take(cast.OFFICER, second)
        expected = {"known": 1} | ({"taken": count - 1} if count > 1 else {})
        assert counts(second) == expected
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == count

    def test_of_a_repaired_list_takes_only_what_is_new(self) -> None:
        take(cast.OFFICER, sent(cast.OFFICER, MIXED))
        second = sent(cast.OFFICER, MIXED.replace("perkebunan", "manufacturing"))
        take(cast.OFFICER, second)
        assert counts(second) == {"known": 1, "taken": 1, "refused": 2}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 2

    def test_of_the_same_line_twice_makes_one_person(self) -> None:
        twice = sent(cast.OFFICER, GOOD + GOOD.split("\n")[1] + "\n")
        take(cast.OFFICER, twice)
        assert counts(twice) == {"taken": 1, "known": 1}

    def test_is_closed_to_another_agency_and_another_office(self) -> None:
        batch = sent(cast.RECRUITER, GOOD)
        for stranger in (cast.OTHER_RECRUITER, cast.OTHER_OFFICER):
            with pytest.raises(NotFound):
                operations.take_list(stranger, batch.id)
            with acting_as(stranger):
                assert not Row.objects.exists()
        with pytest.raises(NotAllowed):
            operations.take_list(cast.ATTACHE, batch.id)


@pytest.mark.usefixtures("posts", "places")
class TestJobs:
    @pytest.fixture
    def duty(self, scene: Scene) -> Duty:
        with scene():
            made: Duty = DutyFactory(
                role="agency_staff", agency_id=cast.RECRUITER.agency, agency_name="Sinar"
            )
        return made

    def accepted(self, duty: Duty) -> Batch:
        from lindung.access.identity import actor_for

        actor = actor_for(duty.account, duty)
        batch = sent(actor, GOOD)
        return operations.take_list(actor, batch.id)

    def test_take_rows_as_whoever_agreed(self, duty: Duty) -> None:
        batch = self.accepted(duty)
        tasks.take_rows(str(batch.id))
        assert counts(batch) == {"taken": 1}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.get().agency_id == duty.agency_id

    @pytest.mark.parametrize("why", ["duty over", "account closed", "another agency"])
    def test_stop_where_that_duty_is_over_and_another_goes_on(
        self, duty: Duty, why: str, scene: Scene
    ) -> None:
        batch = self.accepted(duty)
        with scene():
            if why == "duty over":
                Duty.objects.filter(id=duty.id).update(valid_to=date(2026, 3, 1))
            elif why == "account closed":
                Account.objects.filter(id=duty.account_id).update(is_active=False)
            else:
                Duty.objects.filter(id=duty.id).update(agency_id=cast.OTHER_RECRUITER.agency)
        tasks.take_rows(str(batch.id))
        assert (now(batch).state, counts(batch)) == (BatchState.READ, {})
        take(cast.RECRUITER, batch)
        assert counts(batch) == {"taken": 1}

    def test_take_rows_as_a_key_until_it_ends(self, duty: Duty, scene: Scene) -> None:
        with scene():
            key = ApiToken.objects.create(
                duty=duty, name="Sistem P3MI", digest=b"x" * 32,
                rights=["intake:list:send", "registry:worker:enrol"],
                expires_at=datetime.now().astimezone() + timedelta(days=1),
            )  # fmt: skip
        batch = self.accepted(duty)
        with scene():
            Batch.objects.filter(id=batch.id).update(taken_by=key.id)
        tasks.take_rows(str(batch.id))
        assert counts(batch) == {"taken": 1}
        with scene():
            ApiToken.objects.filter(id=key.id).update(revoked_at=NOW)
            Batch.objects.filter(id=batch.id).update(state="taking", taken_at=None)
        tasks.take_rows(str(batch.id))
        assert now(batch).state == BatchState.READ

    def test_take_up_what_stands_still_and_nothing_else(self, scene: Scene) -> None:
        unread = operations.send_list(cast.OFFICER, GOOD.encode())
        waiting = sent(cast.OFFICER, MIXED)
        moving = sent(cast.OFFICER, a_list_of(2))
        for each in (waiting, moving):
            operations.take_list(cast.OFFICER, each.id)
        with scene():
            Batch.objects.exclude(id=moving.id).update(moved_at=NOW - timedelta(minutes=4))
            Batch.objects.filter(id=moving.id).update(moved_at=NOW - timedelta(minutes=1))
        before = len(jobs())
        operations.recover(now=NOW)
        assert sorted(jobs()[before:], key=lambda job: job[0]) == [
            ("intake.read_list", {"batch_id": str(unread.id)}),
            ("intake.take_rows", {"batch_id": str(waiting.id)}),
        ]

    def test_hold_ids_alone(self) -> None:
        sent(cast.OFFICER, MIXED)
        assert all(set(args) == {"batch_id"} for _name, args in jobs())


@pytest.mark.usefixtures("posts", "places")
class TestCountsOfOlderLists:
    def test_are_filled_from_their_rows_once(self, scene: Scene) -> None:
        fill = import_module("lindung.intake.migrations.0003_batch_counts").fill
        batch = sent(cast.OFFICER, MIXED)
        take(cast.OFFICER, batch)
        names = ("state", "kept", "wrong", "taken", "known", "refused", "read_to", "taken_to")
        with scene():
            as_kept = Batch.objects.values(*names).get()
            Batch.objects.update(**dict.fromkeys(names[1:], 0), state="read")
            for _ in range(2):
                fill(None, type("Editor", (), {"connection": connection}))
                assert Batch.objects.values(*names).get() == as_kept


@pytest.mark.usefixtures("posts", "places")
class TestPages:
    @pytest.fixture
    def recruiter(self, scene: Scene) -> Client:
        return signed_in(
            scene, role="agency_staff", agency_id=cast.RECRUITER.agency, agency_name="Sinar"
        )

    def send(self, client: Client, words: str, *, read: bool = True) -> str:
        file = SimpleUploadedFile("daftar.csv", words.encode())
        answer = client.post(reverse("intakes"), {"file": file})
        assert answer.status_code == 302
        if read:
            tasks.read_list(str(next(self.batches()).id))
        return str(answer.headers["Location"])

    def batches(self) -> Iterator[Batch]:
        with acting_as(cast.MINISTRY):
            yield from queries.batches()

    def test_ask_for_themselves_while_a_job_is_at_work_and_not_after(
        self, recruiter: Client
    ) -> None:
        to = self.send(recruiter, MIXED, read=False)
        page = recruiter.get(to).content.decode()
        assert 'hx-trigger="every' in page
        assert f'href="{to}"' in page, "without scripts a link shows how far it is"
        assert "<progress" in page
        tasks.read_list(str(next(self.batches()).id))
        page = recruiter.get(to).content.decode()
        assert "hx-trigger" not in page.split("<main", 1)[1]

    def test_show_what_is_wrong_before_anything_is_taken(self, recruiter: Client) -> None:
        page = recruiter.get(self.send(recruiter, MIXED)).content.decode()
        assert "Nama kosong" in page
        assert "1 baris siap" in page

    def test_lead_from_taking_to_the_receipt(self, recruiter: Client) -> None:
        to = self.send(recruiter, MIXED)
        recruiter.post(f"{to}terima/")
        assert "0 dari 4 baris" in recruiter.get(to).content.decode()
        tasks.take_rows(str(next(self.batches()).id))
        page = recruiter.get(to).content.decode()
        assert "1 orang baru, 0 sudah ada, 3 ditolak." in page

    def test_say_why_a_list_could_not_be_read(self, recruiter: Client) -> None:
        page = recruiter.get(self.send(recruiter, 'nama\nSiti\n"open')).content.decode()
        assert reading.ListUnreadable.title in page

    def test_show_rows_page_by_page_or_the_wrong_ones_alone(
        self, recruiter: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE", 2)
        to = self.send(recruiter, MIXED)
        first = recruiter.get(to).content.decode()
        assert 'href="?sesudah=3"' in first
        assert "Wati" not in first
        assert "Wati" in recruiter.get(f"{to}?sesudah=3").content.decode()
        assert "Siti" not in recruiter.get(f"{to}?perlu=1").content.decode()
        for odd in ("x", "-1", "9" * 40, "٣"):
            assert recruiter.get(to, {"sesudah": odd}).status_code == 200

    def test_give_the_bad_rows_back_without_a_formula(self, recruiter: Client) -> None:
        to = self.send(recruiter, 'nama,l/p\n"=cmd|x",Q\n')
        csv = recruiter.get(f"{to}perbaikan/").content.decode()
        assert "'=cmd|x" in csv

    def test_keep_another_agency_out(self, recruiter: Client, scene: Scene) -> None:
        to = self.send(recruiter, GOOD)
        other = signed_in(
            scene, role="agency_staff", agency_id=cast.OTHER_RECRUITER.agency, agency_name="Lain"
        )
        assert other.get(to).status_code == 404
        assert other.get(f"{to}perbaikan/").status_code == 404
        assert other.post(f"{to}terima/").status_code == 404

    def test_are_closed_to_whoever_may_not_send(self, scene: Scene) -> None:
        nosy = signed_in(scene, role="administrator")
        assert nosy.get(reverse("intakes")).status_code == 403
