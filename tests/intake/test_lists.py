"""Lists of people: read, tried, taken row by row, and safe to send again."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.xml import DEFUSEDXML

from lindung.access.acting import acting_as
from lindung.intake import operations, queries, reading
from lindung.intake.models import Batch, Row
from lindung.intake.understanding import key_of, understand
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.placement.models import Placement
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

TODAY = cast.TODAY
GOOD = "Nama Lengkap;L/P;Tgl Lahir;Kode Kab;Hobi\nSiti Rahayu;P;12-04-1999;3502;catur\n"
MIXED = (
    "Nama Lengkap;L/P;Tgl Lahir;Kode Kab;NIK;Jalur;Sektor\n"
    "Siti Rahayu;P;12-04-1999;3502;;g2g-kr;manufacturing\n"
    ";P;1999-04-12;3502;;;\n"
    "Budi;Q;2099-01-01;9999;3.50212E+15;tidak-ada;\n"
    "Wati;perempuan;1/2/2000;3502;;g2g-kr;perkebunan\n"
)


def taken(batch: Batch) -> dict[str, int]:
    with acting_as(cast.MINISTRY):
        return dict(queries.counts(batch.id))


class TestRead:
    def test_knows_headings_however_they_are_written_and_names_the_others(self) -> None:
        sheet = reading.read(GOOD.encode())
        assert sheet.unknown == ("Hobi",)
        assert sheet.lines[0][1]["region"] == "3502"

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
            reading.read(b"nama\n" + b"Siti\n" * (reading.MOST_ROWS + 1))

    @given(content=st.binary(max_size=300))
    def test_answers_or_refuses_whatever_comes(self, content: bytes) -> None:
        try:
            sheet = reading.read(content)
        except (reading.ListTooLarge, reading.ListUnreadable):
            return
        assert "full_name" in sheet.columns.values()


@pytest.mark.usefixtures("posts", "places")
class TestUnderstand:
    def test_finds_every_problem_of_a_line_at_once(self) -> None:
        said = reading.read(MIXED.encode()).lines[2][1]
        wrong = {each["column"] for each in understand(said, on=TODAY).problems}
        assert wrong == {"sex", "birth_date", "region", "nik", "pathway"}

    def test_takes_a_line_with_a_name_alone(self) -> None:
        assert understand({"full_name": "Suparmi"}, on=TODAY).problems == []

    def test_two_writings_of_one_person_have_one_key(self) -> None:
        one = key_of({"full_name": "SITI  RAHAYU", "birth_date": "1999-04-12"}, office="a")
        assert one == key_of({"full_name": "Rahayu Siti", "birth_date": "1999 04 12"}, office="a")
        assert one != key_of({"full_name": "Siti Rahayu", "birth_date": "1999-04-13"}, office="a")


@pytest.mark.usefixtures("posts", "places")
class TestTakeList:
    def test_takes_the_good_rows_and_keeps_the_others_with_their_cure(self) -> None:
        batch = operations.send_list(cast.OFFICER, MIXED.encode(), on=TODAY)
        with acting_as(cast.MINISTRY):
            assert not Worker.objects.exists()
        operations.take_list(cast.OFFICER, batch.id, on=TODAY)
        assert taken(batch) == {"taken": 1, "refused": 3, "wrong": 3}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.get().full_name == "Siti Rahayu"
            assert Placement.objects.get().pathway == "g2g-kr"

    def test_keeps_no_number_in_the_clear(self) -> None:
        words = "nama,nik\nSiti Rahayu,3502125204990001\n"
        batch = operations.send_list(cast.OFFICER, words.encode(), on=TODAY)
        with acting_as(cast.MINISTRY):
            (row,) = Row.objects.values()
            assert "3502125204990001" not in f"{row!r} {bytes(row['sealed'])!r}"
            assert queries.words(queries.rows(batch.id)[0])["nik"] == "3502125204990001"

    def test_again_does_nothing_more(self) -> None:
        batch = operations.send_list(cast.OFFICER, GOOD.encode(), on=TODAY)
        for _ in range(2):
            operations.take_list(cast.OFFICER, batch.id, on=TODAY)
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 1

    def test_of_a_repaired_list_takes_only_what_is_new(self) -> None:
        first = operations.send_list(cast.OFFICER, MIXED.encode(), on=TODAY)
        operations.take_list(cast.OFFICER, first.id, on=TODAY)
        repaired = MIXED.replace("perkebunan", "manufacturing").encode()
        second = operations.send_list(cast.OFFICER, repaired, on=TODAY)
        operations.take_list(cast.OFFICER, second.id, on=TODAY)
        assert taken(second) == {"known": 1, "taken": 1, "refused": 2, "wrong": 2}
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 2

    def test_of_the_same_line_twice_makes_one_person(self) -> None:
        twice = GOOD + GOOD.split("\n")[1] + "\n"
        batch = operations.send_list(cast.OFFICER, twice.encode(), on=TODAY)
        operations.take_list(cast.OFFICER, batch.id, on=TODAY)
        assert taken(batch) == {"taken": 1, "known": 1, "wrong": 0}

    def test_is_closed_to_another_agency_and_to_whoever_may_not_send(self) -> None:
        batch = operations.send_list(cast.RECRUITER, GOOD.encode(), on=TODAY)
        with pytest.raises(NotFound):
            operations.take_list(cast.OTHER_RECRUITER, batch.id, on=TODAY)
        with pytest.raises(NotAllowed):
            operations.send_list(cast.ATTACHE, GOOD.encode(), on=TODAY)
        with acting_as(cast.OTHER_RECRUITER):
            assert not Row.objects.exists()


@pytest.mark.usefixtures("posts", "places")
class TestPages:
    @pytest.fixture
    def recruiter(self, scene: Scene) -> Client:
        return signed_in(
            scene, role="agency_staff", agency_id=cast.RECRUITER.agency, agency_name="Sinar"
        )

    def send(self, client: Client, words: str) -> str:
        file = SimpleUploadedFile("daftar.csv", words.encode())
        answer = client.post(reverse("intakes"), {"file": file})
        assert answer.status_code == 302
        return str(answer.headers["Location"])

    def test_show_what_is_wrong_before_anything_is_taken(self, recruiter: Client) -> None:
        page = recruiter.get(self.send(recruiter, MIXED)).content.decode()
        assert "Nama kosong" in page
        assert "1 baris siap" in page

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

    def test_are_closed_to_the_post(self, scene: Scene) -> None:
        nosy = signed_in(scene, role="administrator")
        assert nosy.get(reverse("intakes")).status_code == 403
