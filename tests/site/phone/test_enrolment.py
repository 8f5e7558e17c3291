"""Registering oneself: a name is enough, once, and nobody else's door opens with it."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.roles import ROBOT, acting_worker
from lindung.protection import operations as protection
from lindung.reference.models import Country
from lindung.reference.queries import forget
from lindung.registry import entry
from lindung.registry.models import Identifier, Worker

from .conftest import TODAY

pytestmark = pytest.mark.django_db
PATH = "/saya/daftar/?provinsi=35"


def opened(client, path=PATH) -> str:
    page = client.get(path).content.decode()
    return re.search(r'name="kunci" value="([^"]+)"', page)[1]


def people():
    with acting_as(ROBOT):
        return list(Worker.objects.all())


def sent(client, key, **more):
    given = {"full_name": "Sumiati", "sex": "F", "kunci": key}
    return client.post(PATH, given | more)


@pytest.fixture(autouse=True)
def places(lives):
    return lives


def test_the_province_is_asked_first_and_its_regencies_then(client):
    assert "Jawa Timur" in client.get("/saya/daftar/").content.decode()
    assert "Kabupaten Ponorogo" in client.get(PATH).content.decode()
    assert "Ponorogo" not in client.get("/saya/daftar/?provinsi=").content.decode()


def test_a_name_is_enough_and_signs_in(client):
    answer = sent(client, opened(client))
    assert answer.headers["Location"] == "/saya/"
    (worker,) = people()
    assert worker.full_name == "Sumiati"
    assert "Anda terdaftar dengan nomor" in client.get("/saya/").content.decode()


def test_everything_given_is_kept_and_the_number_found_again(client):
    sent(
        client,
        opened(client),
        call_name="Sumi",
        birth_date="1999-04-12",
        region="3502",
        phone="0812 3456 789",
    )
    (worker,) = people()
    assert (worker.region, worker.call_name, str(worker.birth_date)) == (
        "3502",
        "Sumi",
        "1999-04-12",
    )
    found = entry.workers_with_phone(entry.phone_indexes("+62 812 3456 789", on=TODAY), on=TODAY)
    assert [each.id for each in found] == [worker.id]


def test_a_double_tap_makes_one_person(client):
    key = opened(client)
    sent(client, key)
    other = Client()
    assert sent(other, key).headers["Location"] == "/saya/"
    assert len(people()) == 1
    assert other.session[WORKER_KEY]["id"] == str(people()[0].id)


def test_a_form_left_on_a_shared_phone_opens_nothing_later(client):
    key = opened(client)
    sent(client, key)
    with acting_as(ROBOT):
        Worker.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    later = Client()
    assert sent(later, key).headers["Location"] == "/saya/masuk/"
    assert WORKER_KEY not in later.session
    assert len(people()) == 1


def test_a_made_up_form_registers_nobody(client):
    page = sent(client, "0198c0de-0000-7000-8000-000000000001").content.decode()
    assert "terlalu lama terbuka" in page
    assert 'value="Sumiati"' in page
    assert not people()


def test_what_was_typed_stays_when_the_number_is_none(client):
    page = sent(client, opened(client), phone="bukan nomor").content.decode()
    assert 'value="bukan nomor"' in page
    assert 'value="Sumiati"' in page
    assert not people()
    with acting_as(ROBOT):
        assert not Identifier.objects.exists()


def test_without_a_name_nothing_happens(client):
    page = sent(client, opened(client), full_name=" ").content.decode()
    assert "Tuliskan nama" in page
    assert not people()


def test_too_many_from_one_address_are_slowed_down(client):
    most = entry.rules(TODAY).limits["enrol"].most
    for _each in range(most):
        fresh = Client()
        assert sent(fresh, opened(fresh)).status_code == 302
    last = Client()
    assert sent(last, opened(last)).status_code == 429
    assert len(people()) == most


def test_who_is_signed_in_is_not_asked_again(client):
    sent(client, opened(client))
    assert client.get("/saya/daftar/").headers["Location"] == "/saya/"


ABROAD = "/saya/daftar/?negara=KR"


@pytest.fixture(autouse=True)
def korea(scene, places):
    with scene():
        Country.objects.get_or_create(
            code="KR",
            defaults={"alpha3": "KOR", "numeric": "410", "names": {"id": "Korea", "en": "Korea"}},
        )
    forget()
    yield
    forget()


def entered(client, **more):
    given = {"name": "Ani", "nothing": "on", "kunci": opened(client, ABROAD)}
    return client.post(ABROAD, given | more)


class TestAbroad:
    def test_two_steps_a_name_and_no_papers(self, client):
        first = client.get("/saya/daftar/").content.decode()
        assert 'value="KR"' in first
        assert "Tidak: polisi, imigrasi" in first
        second = client.get(ABROAD).content.decode()
        assert "Tidak: polisi, imigrasi" in second
        for asked in ("NIK", "paspor", "Paspor", "tanggal lahir"):
            assert asked not in second
        assert entered(client).headers["Location"] == "/saya/"
        (worker,) = people()
        assert (worker.full_name, worker.walled, worker.country) == ("Ani", True, "")
        assert worker.post_id == 3

    def test_is_found_again_by_the_telephone_she_gave(self, client):
        entered(client, phone="+82 10 1234 5678", nothing="")
        (worker,) = people()
        found = entry.workers_with_phone(
            entry.phone_indexes("+82 10 1234 5678", on=TODAY), on=TODAY
        )
        assert [each.id for each in found] == [worker.id]

    def test_asks_once_how_to_reach_her_and_takes_no_for_an_answer(self, client):
        page = entered(client, nothing="").content.decode()
        assert "centang bahwa belum ada" in page
        assert 'value="Ani"' in page
        assert not people()

    def test_keeps_what_was_typed_when_the_number_is_none(self, client):
        page = entered(client, phone="bukan nomor", nothing="").content.decode()
        assert 'value="bukan nomor"' in page
        assert not people()

    def test_a_double_tap_makes_one_person(self, client):
        key = opened(client, ABROAD)
        for each in (client, Client()):
            answer = each.post(ABROAD, {"name": "Ani", "nothing": "on", "kunci": key})
            assert answer.headers["Location"] == "/saya/"
        assert len(people()) == 1

    def test_a_country_that_is_none_leads_back_to_the_question(self, client):
        assert 'name="negara"' in client.get("/saya/daftar/?negara=XX").content.decode()

    def test_weighs_little(self, client):
        for path in ("/saya/daftar/", ABROAD):
            assert len(gzip.compress(client.get(path).content)) < 10_000

    def test_too_many_from_one_address_are_slowed_down(self, client):
        most = entry.rules(TODAY).limits["enrol"].most
        for _each in range(most):
            assert entered(Client()).status_code == 302
        assert entered(Client()).status_code == 429

    def test_she_opens_the_wall_herself(self, client):
        entered(client)
        assert "/saya/izin/" in client.get("/saya/data/").content.decode()
        once = re.search(
            r'name="once" value="([^"]+)"', client.get("/saya/izin/").content.decode()
        )[1]
        client.post("/saya/izin/", {"once": once})
        (worker,) = people()
        assert (worker.walled, worker.country) == (False, "KR")
        assert client.get("/saya/izin/").status_code == 302

    def test_she_can_complain_from_behind_the_wall(self, client):
        entered(client)
        (worker,) = people()
        case = protection.complain(
            acting_worker(worker.id, "Ani"),
            worker.id,
            words="Gaji belum dibayar",
            at=timezone.now(),
            kind="wages_unpaid",
        )
        assert (case.post_id, case.country) == (3, "")


def test_family_abroad_is_written_down_on_the_phone(client):
    entered(client)
    page = client.get("/saya/serumah/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    given = {"name": "Putri", "relation": "child", "birth_year": "2023", "once": once}
    client.post("/saya/serumah/", given)
    page = client.get("/saya/serumah/").content.decode()
    assert "Putri" in page
    gone = re.search(r'action="(/saya/serumah/[^"]+/pergi/)"', page)[1]
    client.post(gone, {"once": str(uuid4())})
    assert "Putri" not in client.get("/saya/serumah/").content.decode()
