"""The desk's pages of the conversation and the inbox: who gets them, and what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.test import Client

from lindung.access import identity
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.outreach import operations
from lindung.outreach.models import Message, SafeContact, Sender
from lindung.protection.models import Complaint
from lindung.registry.models import Worker
from lindung.registry.operations import add_identifier
from tests import cast
from tests.outreach.test_receiving import PHONE, rows

pytestmark = pytest.mark.usefixtures("posts", "places")


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


@pytest.fixture
def who() -> Worker:
    """At work in Korea; she wrote, and was answered."""
    made = cast.worker()
    add_identifier(cast.self_of(made.id), made.id, kind=Kind.PHONE, value=PHONE, on=cast.TODAY)
    cast.arrived(made)
    operations.receive(ROBOT, channel="sms", sender=PHONE, raw="Kabar baik", at=cast.NOW)
    with acting_as(ROBOT):
        return Worker.objects.get(id=made.id)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


class TestTheConversation:
    def test_shows_one_thread_and_what_became_of_each(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            shown = page(client, f"/pekerja/{who.id}/percakapan/")
        assert "Kabar baik" in shown
        assert "SMS" in shown
        assert "menunggu" in shown  # our answer, until the job has carried it
        assert PHONE not in shown

    @pytest.mark.parametrize("rest", ["percakapan/", "tatap-muka/", "aman/"])
    def test_is_no_other_offices(self, who: Worker, rest: str) -> None:
        with signed_in(cast.OTHER_ATTACHE) as client:
            assert client.get(f"/pekerja/{who.id}/{rest}").status_code == 404
        with signed_in(cast.RECRUITER) as client:
            assert client.get(f"/pekerja/{who.id}/{rest}").status_code in {403, 404}

    def test_keeps_what_was_typed_when_it_is_refused(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            answer = client.post(
                f"/pekerja/{who.id}/percakapan/tulis/", {"channel": "email", "words": "Halo Siti"}
            )
        assert answer.status_code == 422
        assert "Halo Siti" in answer.content.decode()

    def test_writes_to_the_person(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            client.post(
                f"/pekerja/{who.id}/percakapan/tulis/", {"channel": "web", "words": "Halo Siti"}
            )
        [said] = rows(Message, author=cast.ATTACHE.name)
        assert (said.words, said.channel) == ("Halo Siti", "web")

    def test_shows_the_number_to_call_only_when_asked(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            shown = client.post(f"/pekerja/{who.id}/percakapan/telepon/").content.decode()
        assert f"tel:{PHONE}" in shown

    def test_takes_down_what_was_said_at_the_counter(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            client.post(
                f"/pekerja/{who.id}/tatap-muka/",
                {"channel": "walk_in", "words": "Gaji saya belum dibayar"},
            )
        [complaint] = rows(Complaint)
        assert (complaint.channel, complaint.words) == ("walk_in", "Gaji saya belum dibayar")

    def test_sets_safe_contact(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            answer = client.post(
                f"/pekerja/{who.id}/aman/",
                {"first": "sms", "second": "", "not_before": "20:00", "not_after": "22:00",
                 "do_not_call": "on", "harmless": "on", "note": "Adiknya di rumah"},
            )  # fmt: skip
            assert answer.status_code == 302
            shown = page(client, f"/pekerja/{who.id}/percakapan/")
        assert "jangan menelepon" in shown
        [rules] = rows(SafeContact)
        assert rules.set_by == cast.ATTACHE.name


class TestThePhonesPage:
    def test_sets_the_workers_own_rules(self, who: Worker) -> None:
        with signed_in(cast.self_of(who.id)) as client:
            assert "Cara aman" in page(client, "/saya/aman/")
            answer = client.post(
                "/saya/aman/", {"first": "whatsapp", "second": "sms", "help_word": "resep rendang"}
            )
        assert answer.status_code == 302
        [rules] = rows(SafeContact)
        assert (rules.channel, rules.channels, rules.help_word) == (
            "whatsapp", ["sms"], "resep rendang",
        )  # fmt: skip

    def test_keeps_what_was_typed_when_it_is_refused(self, who: Worker) -> None:
        with signed_in(cast.self_of(who.id)) as client:
            answer = client.post("/saya/aman/", {"first": "sms", "help_word": "tolong"})
        assert answer.status_code == 422
        assert re.search(r'value="tolong"', answer.content.decode())


class TestTheInbox:
    @pytest.fixture
    def sender(self, who: Worker) -> Sender:
        operations.receive(
            ROBOT, channel="sms", sender="+821099990000", raw="SOS saya dikunci", at=cast.NOW
        )
        [found] = rows(Sender, masked__endswith="00")
        return found

    def test_lists_who_waits_with_cries_first(self, sender: Sender) -> None:
        operations.receive(ROBOT, channel="sms", sender="+821099990011", raw="Halo", at=cast.NOW)
        with signed_in(cast.ATTACHE) as client:
            shown = page(client, "/kotak-masuk/")
        assert shown.index(sender.masked) < shown.index("+82********11")
        assert "+821099990000" not in shown

    def test_matches_a_sender_found_by_search(self, sender: Sender, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            found = client.post(f"/kotak-masuk/{sender.id}/", {"q": "siti rah"}).content.decode()
            assert who.public_number in found
            answer = client.post(
                f"/kotak-masuk/{sender.id}/putuskan/",
                {"langkah": "cocokkan", "who": who.public_number, "relation": "once"},
            )
        assert answer.status_code == 302
        [message] = rows(Message, sender=sender, incoming=True)
        assert message.worker_id == who.id
        [kept] = rows(Sender, id=sender.id)
        assert kept.worker is None  # somebody else's telephone

    def test_says_when_the_number_is_nobodys(self, sender: Sender) -> None:
        with signed_in(cast.ATTACHE) as client:
            answer = client.post(
                f"/kotak-masuk/{sender.id}/putuskan/",
                {"langkah": "cocokkan", "who": "PMI-26-999999", "relation": "self"},
            )
        assert answer.status_code == 422

    def test_is_no_other_offices(self, sender: Sender) -> None:
        with signed_in(cast.OTHER_ATTACHE) as client:
            assert client.get(f"/kotak-masuk/{sender.id}/").status_code == 404
            assert sender.masked not in page(client, "/kotak-masuk/")
        with signed_in(cast.RECRUITER) as client:
            assert client.get("/kotak-masuk/").status_code == 403

    @pytest.mark.parametrize("step", ["bersama", "kesampingkan"])
    def test_takes_other_decisions(self, sender: Sender, step: str) -> None:
        with signed_in(cast.ATTACHE) as client:
            answer = client.post(f"/kotak-masuk/{sender.id}/putuskan/", {"langkah": step})
            assert answer.status_code == 302
        [kept] = rows(Sender, id=sender.id)
        assert kept.state in {"shared", "set_aside"}
