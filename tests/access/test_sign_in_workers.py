"""Workers sign in with a code or a link, and get back in when the phone is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from lindung.access.actors import Actor
from lindung.access.identity import actor_for
from lindung.access.models import Attempt, Duty, JournalEntry, PhoneSession
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.outreach import entry as entering
from lindung.outreach.models import Message
from lindung.registry import entry
from lindung.registry.models import EntryCode, Worker
from tests.conftest import Scene
from tests.factories import DutyFactory, PostFactory, WorkerFactory

NUMBER, CODE = "/saya/masuk/", "/saya/masuk/kode/"
PHONE = "+6281234567890"
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def siti(scene: Scene) -> Worker:
    with scene():
        worker: Worker = WorkerFactory(phone=PHONE)
    return worker


def sent(scene: Scene, template: str = "entry_code") -> list[Message]:
    with scene():
        return list(Message.objects.filter(template=template).order_by("made_at"))


def code_in(scene: Scene) -> str:
    found = re.search(r"\b\d{6}\b", sent(scene)[-1].words)
    assert found
    return found.group()


def signed_in(scene: Scene) -> Client:
    client = Client()
    client.post(NUMBER, {"phone": PHONE})
    client.post(CODE, {"code": code_in(scene)})
    return client


class TestACode:
    @pytest.mark.parametrize(
        "typed", ["+62 812-3456-7890", "0812 3456 7890", "6281234567890", "812 3456 7890", PHONE]
    )
    def test_lets_in_whoever_types_the_number_in_any_form(
        self, client: Client, siti: Worker, scene: Scene, typed: str
    ) -> None:
        assert client.post(NUMBER, {"phone": typed}).headers["Location"] == CODE
        answer = client.post(CODE, {"code": code_in(scene)})
        assert answer.headers["Location"] == "/saya/"
        assert client.session["worker"]["id"] == str(siti.id)
        assert client.get("/saya/").status_code == 200

    def test_is_not_asked_for_again_by_the_desk_and_opens_no_desk(
        self, siti: Worker, scene: Scene
    ) -> None:
        assert signed_in(scene).get("/pekerja/").headers["Location"] == "/saya/"

    def test_looks_the_same_for_a_number_that_nobody_has(
        self, client: Client, siti: Worker, scene: Scene
    ) -> None:
        def pages(phone: str) -> list[str]:
            one = Client()
            first = one.post(NUMBER, {"phone": phone})
            second, third = one.get(CODE), one.post(CODE, {"code": "000000"})
            texts = [first.headers["Location"], second.content.decode(), third.content.decode()]
            return [
                re.sub(r'(csrfmiddlewaretoken|once)" value="[^"]+"', "", each) for each in texts
            ]

        assert pages(PHONE) == pages("+6281200000000") == pages("bukan nomor")
        assert len(sent(scene)) == 1

    def test_is_kept_as_a_hash_only(self, client: Client, siti: Worker, scene: Scene) -> None:
        client.post(NUMBER, {"phone": PHONE})
        code = code_in(scene)
        with scene():
            row = EntryCode.objects.values().get()
            assert sent(scene)[0].facts == {}
            payloads = [str(each) for each in JournalEntry.objects.values_list("payload")]
        assert code.encode() not in bytes(row["digest"])
        assert not any(code in each for each in payloads)
        assert PHONE[1:] not in str(client.session.items())

    def test_is_good_once(self, siti: Worker) -> None:
        code = entry.make_code(siti, now=NOW)
        assert entry.use_code([siti], code, now=NOW) == siti
        assert entry.use_code([siti], code, now=NOW) is None

    def test_ends_after_ten_minutes(self, siti: Worker) -> None:
        code = entry.make_code(siti, now=NOW)
        assert entry.use_code([siti], code, now=NOW + timedelta(minutes=10)) is None
        assert entry.use_code([siti], code, now=NOW + timedelta(minutes=9)) == siti

    def test_ends_after_five_wrong_tries(self, siti: Worker) -> None:
        code = entry.make_code(siti, now=NOW)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            assert entry.use_code([siti], wrong, now=NOW) is None
        assert entry.use_code([siti], code, now=NOW) is None

    def test_counts_wrong_tries_although_the_page_refuses(
        self, client: Client, siti: Worker, scene: Scene
    ) -> None:
        client.post(NUMBER, {"phone": PHONE})
        wrong = "000000" if code_in(scene) != "000000" else "111111"
        client.post(CODE, {"code": wrong})
        with scene():
            assert EntryCode.objects.get().tries == 1

    def test_is_ended_by_the_next(self, siti: Worker) -> None:
        first = entry.make_code(siti, now=NOW)
        second = entry.make_code(siti, now=NOW)
        if first != second:
            assert entry.use_code([siti], first, now=NOW) is None
        assert entry.use_code([siti], second, now=NOW) == siti

    def test_tells_apart_people_who_share_a_telephone(self, siti: Worker, scene: Scene) -> None:
        with scene():
            sister = WorkerFactory(phone=PHONE, full_name="Dewi Rahayu")
        indexes = entering.ask(PHONE, address="1.2.3.4", now=NOW)
        words = {each.worker_id: each.words for each in sent(scene)}
        code = re.search(r"\d{6}", words[sister.id])
        assert code
        assert entering.enter(indexes, code.group(), address="1.2.3.4", now=NOW) == sister

    def test_goes_to_no_number_that_has_ended(self, scene: Scene) -> None:
        with scene():
            WorkerFactory(phone=PHONE, phone__valid_to=NOW.date())
        entering.ask(PHONE, address="1.2.3.4", now=NOW)
        assert sent(scene) == []

    def test_cannot_be_asked_for_without_end(self, siti: Worker, scene: Scene) -> None:
        client = Client()
        statuses = [client.post(NUMBER, {"phone": PHONE}).status_code for _ in range(4)]
        assert statuses == [302, 302, 302, 422]
        assert len(sent(scene)) == 3
        with scene():
            assert Attempt.objects.count() >= 2

    def test_cannot_be_guessed_without_end_from_one_address(
        self, client: Client, siti: Worker
    ) -> None:
        client.post(NUMBER, {"phone": PHONE})
        pages = [client.post(CODE, {"code": "12"}).content.decode() for _ in range(41)]
        assert "Terlalu banyak" not in pages[39]
        assert "Terlalu banyak" in pages[40]

    def test_makes_a_new_session_of_the_one_before(
        self, client: Client, siti: Worker, scene: Scene
    ) -> None:
        client.post(NUMBER, {"phone": PHONE})
        before = client.session.session_key
        client.post(CODE, {"code": code_in(scene)})
        assert client.session.session_key != before
        assert "asked" not in client.session


class TestALink:
    def make(self, worker: Worker, **shift: Any) -> str:
        now = datetime.now(UTC)
        return entry.make_link(
            worker,
            now=now,
            opens_at=now + shift.get("opens", timedelta()),
            expires_at=now + shift.get("ends", timedelta(hours=1)),
        )

    def test_is_not_used_up_by_a_preview(self, client: Client, siti: Worker) -> None:
        path = f"/saya/m/{self.make(siti)}/"
        assert client.get(path).status_code == 200
        assert Client().get(path).status_code == 200
        assert "worker" not in client.session
        assert client.post(path).headers["Location"] == "/saya/"
        assert client.session["worker"]["id"] == str(siti.id)

    def test_is_good_once(self, client: Client, siti: Worker) -> None:
        path = f"/saya/m/{self.make(siti)}/"
        client.post(path)
        assert Client().post(path).status_code == 410
        assert Client().get(path).status_code == 410

    def test_has_its_time(self, client: Client, siti: Worker) -> None:
        early = self.make(siti, opens=timedelta(hours=1), ends=timedelta(hours=2))
        assert client.post(f"/saya/m/{early}/").status_code == 425
        late = self.make(siti, ends=timedelta(seconds=-1))
        assert client.post(f"/saya/m/{late}/").status_code == 410

    @pytest.mark.parametrize("token", ["x", "%%%", "A" * 54, "é", "A" * 400])
    def test_of_somebody_elses_making_opens_nothing(
        self, client: Client, siti: Worker, token: str
    ) -> None:
        assert client.post(f"/saya/m/{token}/").status_code in {404, 410}

    def test_with_the_right_id_and_a_wrong_secret_opens_nothing(
        self, client: Client, siti: Worker
    ) -> None:
        token = self.make(siti)
        wrong = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
        assert client.post(f"/saya/m/{wrong}/").status_code == 410

    def test_is_not_ended_by_whoever_asks_for_a_code(self, client: Client, siti: Worker) -> None:
        token = self.make(siti)
        client.post(NUMBER, {"phone": PHONE})
        assert client.post(f"/saya/m/{token}/").status_code == 302


class TestLeaving:
    def test_ends_this_phone_only(self, siti: Worker, scene: Scene) -> None:
        one, two = signed_in(scene), signed_in(scene)
        assert one.get("/saya/keluar/").status_code == 405
        one.post("/saya/keluar/")
        assert one.get("/saya/").headers["Location"] == NUMBER
        assert two.get("/saya/").status_code == 200


class TestRecovering:
    ANSWERS = ("birth_date", "birth_place", "passport")

    @pytest.fixture
    def post(self, scene: Scene) -> int:
        with scene():
            return int(PostFactory().id)

    @pytest.fixture
    def rina(self, scene: Scene, post: int) -> Worker:
        with scene():
            worker: Worker = WorkerFactory(phone=PHONE, post_id=post)
        return worker

    @pytest.fixture
    def attache(self, scene: Scene, post: int) -> Duty:
        with scene():
            duty: Duty = DutyFactory(role="attache", post_id=post)
        return duty

    def actor(self, duty: Duty) -> Actor:
        return actor_for(duty.account, duty)

    def recover(self, actor: Actor, worker: Worker, **given: Any) -> str:
        values: dict[str, Any] = {
            "answered": self.ANSWERS,
            "in_person": True,
            "reason": "Telepon hilang",
            "now": NOW,
        }
        return entering.recover(actor, worker.id, **(values | given))

    def test_gives_a_link_ends_every_session_and_is_written_down(
        self, rina: Worker, attache: Duty, scene: Scene
    ) -> None:
        phone = signed_in(scene)
        assert phone.get("/saya/").status_code == 200
        link = self.recover(self.actor(attache), rina, now=datetime.now(UTC))
        assert phone.get("/saya/").headers["Location"] == NUMBER
        assert PhoneSession.objects.count() == 0
        with scene():
            told = JournalEntry.objects.get(type="registry.AccessRecovered")
        assert told.worker_id == rina.id
        assert told.payload["sessions_ended"] == 1
        assert told.payload["questions"] == "birth_date, birth_place, passport"
        assert Client().post(link[link.index("/saya/") :]).headers["Location"] == "/saya/"

    def test_waits_when_the_person_is_not_there_and_tells_the_person(
        self, rina: Worker, attache: Duty, scene: Scene
    ) -> None:
        link = self.recover(self.actor(attache), rina, in_person=False)
        token = link.rstrip("/").rpartition("/")[2]
        with pytest.raises(entry.LinkWaits):
            entry.use_link(token, now=NOW + timedelta(hours=23))
        assert entry.use_link(token, now=NOW + timedelta(hours=25)) == rina
        assert len(sent(scene, "recovered")) == 1

    def test_a_new_number_is_no_way_around_the_wait(
        self, rina: Worker, attache: Duty, scene: Scene
    ) -> None:
        new = "+85251234567"
        self.recover(self.actor(attache), rina, in_person=False, new_phone=new)
        for hours, expected in ((0, 0), (23, 0), (60, 1)):
            entering.ask(new, address="1.2.3.4", now=NOW + timedelta(hours=hours))
            assert len(sent(scene)) == expected
        entering.ask(PHONE, address="1.2.3.4", now=NOW + timedelta(hours=60))
        assert len(sent(scene)) == 1

    def test_takes_the_new_number_at_once_when_the_person_is_there(
        self, rina: Worker, attache: Duty, scene: Scene
    ) -> None:
        self.recover(self.actor(attache), rina, new_phone="+85251234567")
        entering.ask("+85251234567", address="1.2.3.4", now=NOW)
        assert len(sent(scene)) == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"answered": ("birth_date", "birth_place")},
            {"answered": ("birth_date", "birth_date", "birth_place")},
            {"answered": ("birth_date", "birth_place", "made_up")},
            {"reason": "  "},
            {"new_phone": "abc"},
        ],
    )
    def test_needs_answers_a_reason_and_a_real_number(
        self, rina: Worker, attache: Duty, scene: Scene, given: dict[str, Any]
    ) -> None:
        with pytest.raises(Incomplete):
            self.recover(self.actor(attache), rina, **given)
        assert sent(scene, "recovered") == []

    def test_is_not_for_staff_and_not_for_another_post(
        self, rina: Worker, scene: Scene, post: int
    ) -> None:
        with scene():
            staff = DutyFactory(role="post_staff", post_id=post)
            stranger = DutyFactory(role="attache", post=PostFactory())
        with pytest.raises(NotAllowed):
            self.recover(self.actor(staff), rina)
        with pytest.raises(NotFound):
            self.recover(self.actor(stranger), rina)

    def test_has_a_page(self, rina: Worker, attache: Duty, client: Client) -> None:
        from tests.access.test_sign_in import sign_in

        sign_in(client, attache.account)
        path = reverse("recover", args=[rina.id])
        assert client.get(path).status_code == 200
        assert client.post(path, {"answered": ["nik"], "reason": "x"}).status_code == 422
        page = client.post(
            path, {"answered": list(self.ANSWERS), "reason": "Hilang", "in_person": "on"}
        )
        assert page.status_code == 200
        assert "/saya/m/" in page.content.decode()


def test_sessions_of_workers_are_rows_that_can_be_ended(siti: Worker, scene: Scene) -> None:
    client = signed_in(scene)
    assert Session.objects.filter(session_key=client.session.session_key).exists()
