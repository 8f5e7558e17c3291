"""Words from people: whose they are, what they ask for, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from lindung.access.acting import acting_as
from lindung.access.jobs import URGENT
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.monitoring.models import CheckIn
from lindung.outreach import family, item_key, operations
from lindung.outreach.models import Message, Received, SafeContact, Sender
from lindung.outreach.operations import keeping
from lindung.outreach.practice import practice
from lindung.outreach.tasks import read
from lindung.protection.models import Case, CaseNote, Complaint
from lindung.registry.models import Identifier, Task, Worker
from lindung.registry.operations import add_identifier
from tests import cast

pytestmark = pytest.mark.usefixtures("posts")

PHONE = "+821055550101"


def person(phone: str = PHONE, **given: Any) -> Worker:
    """Somebody whose telephone we know."""
    who = cast.worker(**given)
    add_identifier(cast.self_of(who.id), who.id, kind=Kind.PHONE, value=phone, on=cast.TODAY)
    return who


def sms(words: str, *, sender: str = PHONE, id_: str = "", minutes: int = 0) -> Message:
    """A text message comes in."""
    return operations.receive(
        ROBOT,
        channel="sms",
        sender=sender,
        raw=words,
        at=cast.NOW + timedelta(minutes=minutes),
        outside_id=id_,
    )


def _posted(words: str) -> bytes:
    """As the SMS gateway posts it."""
    return json.dumps({"id": new_id().hex, "from": PHONE, "text": words}).encode()


def rows(model: Any, **which: Any) -> list[Any]:
    with acting_as(ROBOT):
        return list(model.objects.filter(**which))


def answers(message: Message) -> list[Message]:
    return rows(Message, answers=message)


class TestReceive:
    def test_keeps_the_bytes_sealed_before_anything_is_read(self) -> None:
        person()
        message = sms("Majikan menahan paspor saya")
        [kept] = rows(Received)
        assert b"paspor" not in bytes(kept.sealed)
        assert "Majikan menahan paspor saya" in keeping.opened(kept).decode()
        assert message.received_id == kept.id

    def test_does_nothing_when_the_same_comes_again(self) -> None:
        person()
        first, again = sms("BAIK", id_="1"), sms("BAIK", id_="1", minutes=3)
        assert first.id == again.id
        assert len(rows(CheckIn)) == 1
        assert len(answers(first)) == 1

    def test_takes_a_keyword_as_a_check_in(self) -> None:
        who = person()
        message = sms("Baik.")
        [given] = rows(CheckIn)
        assert (given.worker_id, given.condition, given.channel) == (who.id, "good", "sms")
        [answer] = answers(message)
        assert (answer.channel, answer.template) == ("sms", "check_in_kept")
        assert "10.00" in answer.words  # 03:00 UTC, on the clock of home until a post has her

    def test_asks_whose_the_number_is_on_the_day_of_the_message(self) -> None:
        stranger = sms("Baik")
        assert stranger.worker_id is None
        who = cast.worker()
        add_identifier(
            cast.self_of(who.id),
            who.id,
            kind=Kind.PHONE,
            value=PHONE,
            on=cast.TODAY + timedelta(days=2),
        )
        assert sms("Baik", minutes=3 * 1440).worker_id == who.id

    @pytest.mark.parametrize(
        ("words", "first"),
        [
            ("SOS saya dikunci", True),
            ("Tolong!", True),
            ("BAIK", False),
            ("Gaji belum dibayar", False),
        ],
    )
    @pytest.mark.parametrize("coding", ["json", "utf-16-be"])
    def test_reads_what_may_be_a_cry_first(self, words: str, first: bool, coding: str) -> None:
        raw = _posted(words) if coding == "json" else b"\x00\x01" + words.encode(coding)
        keeping.keep("sms", raw, at=cast.NOW)
        with acting_as(ROBOT), connection.cursor() as cursor:
            cursor.execute("select priority from procrastinate_jobs")
            assert [row[0] for row in cursor.fetchall()] == [URGENT if first else 0]

    def test_costs_the_database_no_more_than_so_many_questions(
        self, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
    ) -> None:
        """Each is a way to the database; thirty people may write in the same second."""
        who = person()
        for words, most in (("BAIK", 48), ("Gaji belum dibayar", 70), ("Halo Bu", 38)):
            key = f"{who.public_number} {item_key.write(new_id())}"
            kept = keeping.keep("sms", _posted(f"{words} {key}"), at=cast.NOW)
            with django_assert_max_num_queries(most):
                read(received_id=str(kept.id))
        assert len(rows(Message, worker=who, incoming=True)) == 3

    def test_makes_one_check_in_of_the_same_act_by_data_and_by_message(self) -> None:
        from lindung.monitoring.operations import check_in
        from lindung.registry.models import Condition

        who, key = person(), new_id()
        check_in(
            cast.self_of(who.id), who.id, condition=Condition.GOOD, at=cast.NOW, check_in_id=key
        )
        sms(f"BAIK {who.public_number} {item_key.write(key)}")
        assert len(rows(CheckIn)) == 1

    def test_brings_a_cry_for_help_to_a_case_at_once(self) -> None:
        who = person()
        message = sms("TOLONG")
        [case] = rows(Case)
        assert case.worker_id == who.id
        [answer] = answers(message)
        assert case.number in answer.words
        assert answer.channel == "sms"
        assert answer.at_once

    def test_takes_a_second_cry_as_the_same_one(self) -> None:
        person()
        sms("SOS")
        again = sms("SOS", minutes=10)
        [case] = rows(Case)
        [answer] = answers(again)
        assert answer.template == "sos_received"
        assert case.number in answer.words

    def test_makes_a_complaint_of_own_words_and_says_its_number(self) -> None:
        person()
        message = sms("Gaji bulan lalu belum dibayar")
        [complaint], [case] = rows(Complaint), rows(Case)
        assert (complaint.id, complaint.channel) == (message.id, "sms")
        assert [case.number in each.words for each in answers(message)] == [True]

    def test_adds_later_words_to_the_open_case(self) -> None:
        person()
        sms("Gaji bulan lalu belum dibayar")
        later = sms("Sekarang paspor saya diambil", minutes=60)
        assert len(rows(Case)) == 1
        assert "Sekarang paspor saya diambil" in [each.words for each in rows(CaseNote)]
        assert [each.template for each in answers(later)] == ["words_on_case"]

    def test_says_no_number_where_no_case_was_made(self, monkeypatch: Any) -> None:
        """A reaction that fails leaves a true answer: the words are here, and nothing more."""
        from lindung.protection import operations as protection

        def broken(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr(protection, "complain", broken)
        person()
        message = sms("Gaji bulan lalu belum dibayar")
        assert rows(Case) == []
        [answer] = answers(message)
        assert answer.template == "received_at"
        assert "KSS" not in answer.words


class TestUnknownSenders:
    def test_wait_for_an_officer_and_are_told_so(self) -> None:
        message = sms("Gaji saya belum dibayar", sender="+821099990000")
        assert message.worker is None
        assert message.post_id == cast.SEOUL
        [task] = rows(Task, kind="sender:match")
        assert task.post_id == cast.SEOUL
        assert [each.template for each in answers(message)] == ["who_are_you"]
        assert rows(Case) == []

    def test_go_to_the_ministry_where_no_post_has_the_country(self) -> None:
        sms("Halo", sender="+447700900000")
        [task] = rows(Task, kind="sender:match")
        assert (task.post_id, task.owner) == (None, "ministry")

    def test_are_seen_by_the_post_and_by_no_other(self) -> None:
        sms("Halo", sender="+821099990000")
        with acting_as(cast.ATTACHE):
            assert Message.objects.filter(incoming=True).count() == 1
        with acting_as(cast.OTHER_ATTACHE):
            assert Message.objects.count() == 0
            assert Sender.objects.count() == 0

    def test_cry_for_help_is_somebodys_within_minutes(self) -> None:
        message = sms("SOS", sender="+821099990000")
        [task] = rows(Task, kind="sender:sos")
        assert task.due_at - message.made_at == timedelta(minutes=practice().look_minutes["sos"])
        assert [each.template for each in answers(message)] == ["sos_unknown"]

    def test_cry_for_help_that_names_somebody_is_about_them(self) -> None:
        who = person()
        message = sms(f"SOS {who.public_number}", sender="+821099990000")
        assert message.worker_id == who.id
        [case] = rows(Case)
        assert case.worker_id == who.id

    def test_cannot_check_in_for_somebody_by_a_number(self) -> None:
        who = person()
        message = sms(f"BAIK {who.public_number}", sender="+821099990000")
        assert message.worker is None
        assert rows(CheckIn) == []

    def test_give_nobody_what_waited_by_naming_somebody(self) -> None:
        who = person()
        waiting = sms("BAIK", sender="+821099990000")
        sms(f"SOS {who.public_number}", sender="+821099990000", minutes=1)
        [kept] = rows(Message, id=waiting.id)
        assert kept.worker is None
        assert rows(CheckIn) == []

    def test_of_a_post_are_given_to_a_person_with_all_that_waited(self) -> None:
        who = cast.worker()
        sms("BAIK", sender="+821099990000")
        words = sms("Gaji saya belum dibayar", sender="+821099990000", minutes=1)
        [sender] = rows(Sender)
        operations.match(cast.MINISTRY, sender.id, worker_id=who.id)
        assert len(rows(CheckIn, worker=who)) == 1
        [complaint] = rows(Complaint)
        assert complaint.id == words.id
        assert rows(Task, kind="sender:match", state="open") == []
        assert sms("SOS", sender="+821099990000", minutes=5).worker_id == who.id

    def test_set_aside_are_kept_and_answered_no_more(self) -> None:
        sms("Pinjaman kilat!", sender="+821099990000")
        [sender] = rows(Sender)
        operations.set_aside(cast.ATTACHE, sender.id)
        later = sms("Pinjaman kilat!!", sender="+821099990000", minutes=5)
        assert answers(later) == []
        assert len(rows(Message, incoming=True)) == 2

    def test_do_not_keep_two_machines_talking(self) -> None:
        for minute in range(20):
            sms("Pesan otomatis: saya sedang sibuk", sender="+821099990000", minutes=minute)
        said = rows(Message, incoming=False)
        assert len(said) == practice().answers_an_hour


class TestAPersonWhoseTelephoneAnswersByItself:
    def test_is_answered_so_often_and_then_on_the_own_page(self) -> None:
        person()
        for minute in range(20):
            sms("Pesan otomatis: saya sedang bekerja", minutes=minute)
        said = rows(Message, incoming=False, channel="sms")
        assert len(said) == practice().answers_an_hour


class TestASharedTelephone:
    def test_asks_who_writes_and_never_guesses(self) -> None:
        person()
        person(full_name="Wati", call_name="Wati")
        message = sms("BAIK")
        assert message.worker is None
        assert rows(CheckIn) == []
        [answer] = answers(message)
        assert answer.template == "which_one"
        assert "Siti" not in answer.words
        assert "Wati" not in answer.words

    def test_knows_by_the_number_that_is_written(self) -> None:
        person()
        other = person(full_name="Wati", call_name="Wati")
        sms("BAIK")
        sms(other.public_number.lower(), minutes=1)
        [given] = rows(CheckIn)
        assert given.worker_id == other.id
        assert rows(Message, incoming=True, worker__isnull=True) == []

    def test_takes_no_check_in_for_another_than_its_owner(self) -> None:
        person()
        stranger = person("+821055550199", full_name="Wati", call_name="Wati")
        message = sms(f"BAIK {stranger.public_number}")
        assert message.worker is None
        assert rows(CheckIn) == []


class TestARelative:
    @pytest.fixture
    def sender(self) -> Sender:
        who = person()
        member = family.name_relative(cast.self_of(who.id), who.id, name="Ibu Sri", relation="ibu")
        sms("Anak saya tidak bisa dihubungi", sender="+6281300000007")
        [sender] = rows(Sender, masked__endswith="07")
        return operations.match(cast.MINISTRY, sender.id, worker_id=who.id, member_id=member.id)

    def test_opens_a_case_about_the_person(self, sender: Sender) -> None:
        [complaint] = rows(Complaint)
        assert complaint.told_by == sender.member_id
        assert complaint.worker_id == sender.worker_id

    def test_cannot_say_for_the_person_how_they_are(self, sender: Sender) -> None:
        sms("BAIK", sender="+6281300000007", minutes=5)
        assert rows(CheckIn) == []

    def test_is_not_read_by_the_person(self, sender: Sender) -> None:
        with acting_as(cast.self_of(sender.worker_id)):
            assert not Message.objects.filter(incoming=True).exists()

    def test_hears_only_that_the_words_came(self, sender: Sender) -> None:
        message = sms("Ada kabar?", sender="+6281300000007", minutes=5)
        [answer] = rows(Message, answers=message, worker__isnull=True)
        assert answer.template == "family_received"
        assert "KSS" not in answer.words


class TestStop:
    def test_closes_the_channel_after_one_last_word(self) -> None:
        who = person()
        message = sms("HENTI")
        assert [each.template for each in answers(message)] == ["stopped"]
        [rules] = rows(SafeContact)
        assert rules.stopped == ["sms"]
        with acting_as(ROBOT):
            later = operations.send(ROBOT, who, "arrived", now=cast.NOW)
        assert later.channel == "web"

    def test_leaves_a_cry_for_help_open(self) -> None:
        person()
        sms("HENTI")
        sms("SOS", minutes=5)
        assert len(rows(Case)) == 1

    def test_is_taken_back_by_start(self) -> None:
        person()
        sms("stop")
        message = sms("MULAI", minutes=5)
        [rules] = rows(SafeContact)
        assert rules.stopped == []
        assert [each.template for each in answers(message)] == ["started"]


class TestTheAgreedWord:
    def test_raises_the_alarm_and_lights_up_no_telephone(self) -> None:
        who = person()
        operations.set_rules(
            cast.self_of(who.id),
            who.id,
            now=cast.NOW,
            channels=["sms"],
            help_word="resep rendang",
        )
        message = sms("Bu, minta resep rendang ya")
        [case] = rows(Case)
        assert case.worker_id == who.id
        assert message.silent
        assert {each.channel for each in rows(Message, incoming=False)} <= {"web"}


class TestTooMany:
    def test_are_kept_and_acted_on_no_more_but_for_a_cry(self) -> None:
        person()
        for number in range(practice().messages_an_hour):
            sms(f"Halo {number}")
        before = len(rows(CaseNote))
        message = sms("Halo lagi")
        assert message.asks == "nothing"
        assert len(rows(CaseNote)) == before
        assert sms("TOLONG").asks == "sos"


class TestIdentifiers:
    def test_of_people_are_not_changed_by_a_match(self) -> None:
        who = cast.worker()
        sms("Halo", sender="+821099990000")
        [sender] = rows(Sender)
        operations.match(cast.MINISTRY, sender.id, worker_id=who.id)
        assert rows(Identifier, worker=who) == []
