"""Registering oneself: a name is enough, once, and nobody else's door opens with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.roles import ROBOT
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
