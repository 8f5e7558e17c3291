"""What the worker reads of the own file, and who else did."""

from __future__ import annotations

import re

import pytest

from lindung.access.acting import acting_as
from lindung.access.journal import look
from lindung.kernel import identifiers
from lindung.registry import operations as registry
from lindung.registry.models import Confidence, FactKind, Source, Worker

from .conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_numbers_are_masked_and_facts_say_who_and_when(lives, phone_of):
    siti = lives.person()
    registry.add_identifier(
        siti, siti.worker, kind=identifiers.Kind.PHONE, value="+628123456789", on=TODAY
    )
    lives.offered(siti)
    registry.record_fact(
        lives.attache,
        siti.worker,
        kind=FactKind.WHEREABOUTS,
        value={"region": "KR-41"},
        shown="Gyeonggi",
        source=Source.DESTINATION,
        confirmed_on=TODAY,
        confidence=Confidence.HIGH,
    )
    response = phone_of(siti).get("/saya/data/")
    page = words(response)
    assert "Kabupaten Ponorogo" in page
    assert "Keberadaan: Gyeonggi dari negara tujuan, hari ini" in page
    assert "89" in page
    assert "3456" not in response.content.decode()


def test_everyone_who_looked_is_named_and_oneself_is_not(lives, phone_of):
    siti = lives.person()
    lives.offered(siti)
    phone = phone_of(siti)
    phone.get("/saya/data/")
    assert "Belum ada yang membuka berkas Anda" in words(phone.get("/saya/dilihat/"))
    with acting_as(lives.attache):
        person = Worker.objects.get(id=siti.worker)
        look(lives.attache, person, worker=person.id, purpose="KSS-26-1")
    page = words(phone.get("/saya/dilihat/"))
    assert "Rina, KBRI Seoul" in page
    assert "KSS-26-1" in page
    assert "dibuka 1 kali" in page
