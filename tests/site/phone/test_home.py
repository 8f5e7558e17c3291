"""The worker's first page: help, what waits for an answer, how things stand."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.monitoring.models import CheckIn
from lindung.outreach import operations as outreach
from lindung.outreach.models import Message
from lindung.placement import operations as placement
from lindung.placement import queries as placements
from lindung.placement.models import Contract
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseNote
from lindung.registry.models import WorkerState

from .conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
MOST_BYTES = 30_000
MOST_QUERIES = 15


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows(query):
    with acting_as(ROBOT):
        return list(query)


class TestWhereIAm:
    def test_somebody_without_a_placement_is_told_whom_to_see(self, lives, phone_of):
        siti = lives.person()
        page = words(phone_of(siti).get("/saya/"))
        assert "Anda terdaftar dengan nomor PMI-" in page
        assert "temui petugas" in page

    def test_a_candidate_reads_what_is_missing_and_who_has_it(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        page = words(phone_of(siti).get("/saya/"))
        assert re.search(r"0 dari \d+ syarat", page)
        assert "Paspor dari kantor imigrasi setempat Anda" in page
        assert "sesudah:" in page

    def test_the_page_speaks_the_language_chosen(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        phone = phone_of(siti)
        phone.cookies["bahasa"] = "en"
        page = words(phone.get("/saya/"))
        assert "How are you today?" in page
        assert "Letter of marital status" in page

    def test_what_was_settled_is_no_longer_asked_for(self, lives, phone_of):
        siti = lives.person()
        lives.listed(siti)
        page = words(phone_of(siti).get("/saya/"))
        assert "Paspor dari kantor imigrasi" not in page
        assert not re.search(r"\b0 dari \d+ syarat", page)

    def test_a_checked_contract_comes_before_the_rest(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti)
        page = phone_of(siti).get("/saya/").content.decode()
        assert page.index("Kontrak menunggu jawaban Anda") < page.index("Apa kabar hari ini?")
        assert f"/saya/kontrak/{contract.id}/" in page

    def test_after_the_departure_no_requirement_is_shown(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        assert "Langkah saya" in words(phone_of(siti).get("/saya/"))
        with acting_as(lives.officer):
            placement.withdraw(lives.officer, placements.live_placement(siti.worker).id, reason="x")
            WorkerState.objects.filter(worker_id=siti.worker).update(stage="during")
        assert "Langkah saya" not in words(phone_of(siti).get("/saya/"))


class TestCheckIn:
    def send(self, phone, condition="good", once=None):
        return phone.post("/saya/kabar/", {"condition": condition, "once": once or uuid4()})

    def test_is_one_tap_and_says_what_happened(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        answer = self.send(phone)
        assert answer.headers["Location"] == "/saya/kabar/"
        assert "Kabar Anda tersimpan" in words(phone.get("/saya/kabar/"))
        assert [each.condition for each in rows(CheckIn.objects.all())] == ["good"]

    def test_a_double_tap_counts_once(self, lives, phone_of):
        siti = lives.person()
        phone, key = phone_of(siti), uuid4()
        first, second = self.send(phone, once=key), self.send(phone, once=key)
        assert first.headers["Location"] == second.headers["Location"]
        assert len(rows(CheckIn.objects.all())) == 1
        self.send(phone)
        assert len(rows(CheckIn.objects.all())) == 2

    def test_who_needs_help_is_asked_what_happened(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        self.send(phone, "needs_help")
        page = words(phone.get("/saya/kabar/"))
        assert "Apa yang terjadi?" in page
        assert "DARURAT" in page

    def test_an_unknown_face_is_refused(self, lives, phone_of):
        siti = lives.person()
        assert self.send(phone_of(siti), "dancing").status_code == 422
        assert not rows(CheckIn.objects.all())

    def test_only_who_is_abroad_is_expected_to_say_so_again(self, lives, phone_of):
        siti, rina = lives.person(), lives.person("Rina", "Rina")
        with acting_as(ROBOT):
            WorkerState.objects.filter(worker_id=rina.worker).update(stage="during")
        self.send(phone_of(siti))
        self.send(phone_of(rina))
        due = {each.worker_id: each.check_in_due_on for each in rows(WorkerState.objects.all())}
        assert due[siti.worker] is None
        assert due[rina.worker] > TODAY


class TestComplaint:
    def test_opens_a_case_and_leads_to_it(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        sent = {"words": "Paspor saya diambil", "kind": "passport_kept", "once": uuid4()}
        first, second = phone.post("/saya/keluhan/", sent), phone.post("/saya/keluhan/", sent)
        (case,) = rows(Case.objects.all())
        assert first.headers["Location"] == second.headers["Location"] == f"/saya/kasus/{case.id}/"
        assert case.kind == "passport_kept"

    def test_the_kind_may_stay_open(self, lives, phone_of):
        siti = lives.person()
        phone_of(siti).post("/saya/keluhan/", {"words": "Tolong", "kind": ""})
        assert [each.kind for each in rows(Case.objects.all())] == ["other"]

    def test_what_was_typed_stays_when_it_is_refused(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        page = phone.post("/saya/keluhan/", {"words": "  ", "kind": "violence"}).content.decode()
        assert "Satu kalimat cukup" in page
        assert '<option value="violence" selected>' in page
        typed = "x" * 4001
        assert typed in phone.post("/saya/keluhan/", {"words": typed}).content.decode()
        assert not rows(Case.objects.all())


class TestEmergency:
    def test_opens_a_case_and_shows_the_number_to_call(self, lives, phone_of):
        siti = lives.person()
        lives.offered(siti)
        phone = phone_of(siti)
        page = phone.post("/saya/darurat/", {"once": uuid4()}, follow=True).content.decode()
        (case,) = rows(Case.objects.all())
        assert (case.kind, case.post_id) == ("danger", 3)
        assert 'href="tel:+82200000000"' in page
        assert "sudah sampai ke KBRI Seoul" in page

    def test_pressed_again_it_is_the_same_cry(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        phone.post("/saya/darurat/", {"once": uuid4()})
        phone.post("/saya/darurat/", {"once": uuid4()})
        assert len(rows(Case.objects.all())) == 1
        assert [each.words for each in rows(CaseNote.objects.all())] == ["SOS", "SOS"]

    def test_without_a_post_it_says_who_reads_it(self, lives, phone_of):
        siti = lives.person()
        page = words(phone_of(siti).post("/saya/darurat/", {}, follow=True))
        assert "Belum ada perwakilan untuk Anda" in page


class TestMessages:
    def test_only_what_was_sent_and_no_sign_in_codes(self, lives, phone_of):
        siti = lives.person()
        phone = phone_of(siti)
        lives.complained(siti)
        with acting_as(ROBOT):
            worker = WorkerState.objects.select_related("worker").get(worker_id=siti.worker).worker
            outreach.send(ROBOT, worker, "entry_code", secret=True, code="123456", minutes="10")
        assert "Keluhan Anda tercatat" not in words(phone.get("/saya/"))
        with acting_as(ROBOT):
            for each in Message.objects.all():
                outreach.deliver(ROBOT, each.id, now=NOW.replace(year=NOW.year + 1))
        page = words(phone.get("/saya/")) + words(phone.get("/saya/pesan/"))
        assert "Keluhan Anda tercatat" in page
        assert "123456" not in page


class TestDoors:
    def test_nobody_signed_in_is_led_to_signing_in(self, client, lives):
        assert client.get("/saya/").headers["Location"] == "/saya/masuk/"

    def test_a_worker_sees_nothing_of_another(self, lives, phone_of):
        siti, rina = lives.person(), lives.person("Rina", "Rina")
        case = lives.outcome(siti)
        with acting_as(ROBOT):
            contract = Contract.objects.get(worker_id=siti.worker)
        hers = phone_of(rina)
        for path in (f"/saya/kasus/{case.id}/", f"/saya/kontrak/{contract.id}/"):
            assert phone_of(siti).get(path).status_code == 200
            assert hers.get(path).status_code == 404
        assert hers.post(f"/saya/kasus/{case.id}/", {"words": "x"}).status_code in {200, 404}
        assert hers.post(f"/saya/kasus/{case.id}/hasil/", {"solved": "yes"}).status_code == 302
        assert hers.post(f"/saya/kontrak/{contract.id}/", {"answer": "agree"}).status_code == 404
        with acting_as(ROBOT):
            assert Case.objects.get(id=case.id).closed_at is None
            assert not CaseNote.objects.filter(case_id=case.id, words="x").exists()


class TestWeight:
    def test_the_first_page_weighs_little_and_asks_little(self, lives, phone_of):
        siti = lives.person()
        lives.verified(siti)
        for _each in range(5):
            case = lives.complained(siti, "Gaji belum dibayar " * 20)
            protection.take_case(lives.attache, case.id)
        with acting_as(ROBOT):
            for message in Message.objects.all():
                outreach.deliver(ROBOT, message.id, now=NOW.replace(year=NOW.year + 1))
        phone = phone_of(siti)
        phone.get("/saya/")
        with CaptureQueriesContext(connection) as asked:
            page = phone.get("/saya/").content
        assert len(asked) <= MOST_QUERIES, [each["sql"][:90] for each in asked]
        assert weight(page) <= MOST_BYTES

    @pytest.mark.parametrize("path", ["pesan/", "dilihat/", "data/", "keluhan/"])
    def test_so_do_the_others(self, lives, phone_of, path):
        siti = lives.person()
        phone = phone_of(siti)
        phone.get(f"/saya/{path}")
        with CaptureQueriesContext(connection) as asked:
            page = phone.get(f"/saya/{path}").content
        assert len(asked) <= MOST_QUERIES
        assert weight(page) <= MOST_BYTES


def weight(page: bytes) -> int:
    """Bytes of a first load: the page as it is, what it loads compressed."""
    loaded = re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode())
    assert any(each.endswith("phone.css") for each in loaded)
    files = (Path(finders.find(each)).read_bytes() for each in loaded)
    return len(page) + sum(len(gzip.compress(each)) for each in files)
