"""Pages: the schedule for all, decisions for two, her own rights behind her PIN."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.roles import ROBOT
from lindung.privacy.models import Breach, Erasure, Hold, Request
from lindung.registry.models import Worker
from tests.cast import SEOUL, posts
from tests.conftest import Scene
from tests.privacy.cast import NIK, lived_fully
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.django_db
PIN = "135790"


@pytest.fixture(autouse=True)
def places(scene: Scene) -> None:
    """Two posts."""
    with scene():
        posts()


@pytest.fixture
def who() -> Worker:
    """Siti, with something in every corner."""
    return lived_fully()


@pytest.fixture
def dpo(scene: Scene) -> Client:
    """The ministry's data protection officer."""
    return signed_in(scene, role="data_protection_officer")


@pytest.fixture
def second(scene: Scene) -> Client:
    """Another officer of the ministry."""
    return signed_in(scene, role="ministry_officer")


@pytest.fixture
def her(who: Worker) -> Client:
    """Siti on her phone, with a PIN."""
    client = on_phone(who)
    client.post(reverse("my_pin"), {"what": "set", "pin": PIN, "again": PIN})
    return client


def on_phone(who: Worker) -> Client:
    """A phone she is signed in on."""
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(who.id), "name": "Siti"}
    session.save()
    return client


def text(answer: Any) -> str:
    """The page."""
    return str(answer.content.decode())


class TestTheSchedule:
    def test_is_open_to_anyone_and_says_what_is_not_known(self) -> None:
        page = text(Client().get(reverse("data_kept")))
        assert "Nomor identitas" in page
        assert "perlu diperiksa" in page
        assert Client().get(reverse("copy_schema")).json()["title"]

    def test_a_period_is_proposed_and_agreed_to_by_another(
        self, dpo: Client, second: Client
    ) -> None:
        given = {"kind": "cases", "years": "10", "basis": "JRA 2026", "reason": "Disahkan"}
        assert dpo.post(reverse("ask_period"), given).status_code == 302
        page = text(second.get(reverse("data_schedule")))
        at = page.split('action="/data-pribadi/masa/', 2)[2].split('"')[0]
        refused = dpo.post(f"/data-pribadi/masa/{at}", {"langkah": "setuju"}, follow=True)
        assert "tidak dapat disetujui sendiri" in text(refused)
        second.post(f"/data-pribadi/masa/{at}", {"langkah": "setuju"})
        assert "10 tahun" in text(Client().get(reverse("data_kept")))

    def test_keeps_what_was_typed_wrong(self, dpo: Client) -> None:
        answer = dpo.post(reverse("ask_period"), {"kind": "cases", "years": "10", "reason": "ABC"})
        assert answer.status_code == 422
        assert "ABC" in text(answer)


class TestRequests:
    def test_go_from_her_phone_to_the_desk_and_back(
        self, her: Client, scene: Scene, who: Worker
    ) -> None:
        asked = her.post(
            reverse("my_rights"), {"kind": "correct", "words": "Tanggal lahir salah"}, follow=True
        )
        assert "menunggu jawaban" in text(asked)
        attache = signed_in(scene, role="attache", post_id=SEOUL)
        with acting_as(ROBOT):
            row = Request.objects.get()
        assert who.shown_name in text(attache.get(reverse("data_requests")))
        at = reverse("data_request", args=[row.id])
        assert attache.post(at, {"state": "granted"}).status_code == 422
        attache.post(at, {"state": "granted", "words": "Sudah diperbaiki"})
        page = text(her.get(reverse("my_rights")))
        assert "Sudah diperbaiki" in page
        assert "dikabulkan" in page

    def test_are_withdrawn(self, her: Client) -> None:
        her.post(reverse("my_rights"), {"kind": "stop"})
        with acting_as(ROBOT):
            row = Request.objects.get()
        assert "ditarik kembali" in text(
            her.post(reverse("withdraw_data_request", args=[row.id]), follow=True)
        )

    def test_another_posts_officer_finds_nothing(
        self, her: Client, scene: Scene, who: Worker
    ) -> None:
        her.post(reverse("my_rights"), {"kind": "stop"})
        with acting_as(ROBOT):
            row = Request.objects.get()
        other = signed_in(scene, role="attache", post_id=4)
        for page in (
            reverse("data_request", args=[row.id]), reverse("person_data", args=[who.id]),
        ):  # fmt: skip
            assert other.get(page).status_code == 404
        assert signed_in(scene, role="administrator").get(
            reverse("person_data", args=[who.id])
        ).status_code == 403  # fmt: skip


class TestHolds:
    def test_are_placed_and_lifted_at_the_desk(self, second: Client, who: Worker) -> None:
        at = reverse("person_data", args=[who.id])
        wrong = second.post(at, {"what": "hold", "kind": "court", "reason": "Banding"})
        assert wrong.status_code == 422
        assert "Banding" in text(wrong)
        given = {"what": "hold", "kind": "court", "reason": "Banding", "basis": "12/Pdt",
                 "until": "2099-01-01"}  # fmt: skip
        assert "Banding" in text(second.post(at, given, follow=True))
        with acting_as(ROBOT):
            hold = Hold.objects.get()
        second.post(reverse("lift_hold", args=[hold.id]), {"reason": "Perkara selesai"})
        assert "Perkara selesai" in text(second.get(at))


class TestErasing:
    def test_takes_two(self, dpo: Client, second: Client, who: Worker) -> None:
        dpo.post(reverse("person_data", args=[who.id]), {"what": "erase", "reason": "Permintaan"})
        with acting_as(ROBOT):
            row = Erasure.objects.get()
        at = reverse("erasure", args=[row.id])
        assert "registry_identifier" in text(second.get(at))
        dpo.post(at, {"langkah": "setuju"})
        with acting_as(ROBOT):
            assert Erasure.objects.get().state == "asked"
        second.post(at, {"langkah": "setuju"})
        with acting_as(ROBOT):
            assert Erasure.objects.get().state == "agreed"

    def test_of_a_kind_says_when_nothing_is_due(self, dpo: Client) -> None:
        answer = dpo.post(reverse("erasures"), {"kind": "cases", "reason": "x"})
        assert answer.status_code == 422
        assert "Tidak ada data yang boleh dihapus" in text(answer)

    def test_is_no_business_of_a_post(self, scene: Scene) -> None:
        attache = signed_in(scene, role="attache", post_id=SEOUL)
        for name in ("erasures", "breaches"):
            assert attache.get(reverse(name)).status_code == 403


class TestHerCopy:
    def test_needs_a_pin_to_be_set(self, who: Worker) -> None:
        client = on_phone(who)
        page = client.post(reverse("my_copy"), {"pin": PIN, "bentuk": "berkas"})
        assert reverse("my_pin") in text(page)
        assert NIK not in text(page)

    def test_asks_for_the_pin_though_the_phone_is_open(self, her: Client) -> None:
        wrong = her.post(reverse("my_copy"), {"pin": "000000", "bentuk": "berkas"})
        assert wrong.status_code == 422
        assert NIK not in text(wrong)

    def test_comes_as_a_file_that_no_cache_keeps_and_no_name_tells(
        self, her: Client, who: Worker
    ) -> None:
        file = her.post(reverse("my_copy"), {"pin": PIN, "bentuk": "berkas"})
        assert file["Cache-Control"] == "no-store"
        assert file["Content-Disposition"] == 'attachment; filename="salinan-data.json"'
        assert NIK in text(file)
        assert json.loads(file.content)["person"] == who.public_number

    def test_is_read_on_the_phone(self, her: Client) -> None:
        page = her.post(reverse("my_copy"), {"pin": PIN, "bentuk": "baca"})
        assert NIK in text(page)
        assert page["Cache-Control"] == "no-store"

    def test_is_rate_limited(self, her: Client) -> None:
        for _ in range(3):
            assert her.post(reverse("my_copy"), {"pin": PIN}).status_code == 200
        assert NIK not in text(her.post(reverse("my_copy"), {"pin": PIN}))


class TestTheOfficersCopy:
    def test_asks_for_the_factor_anew(self, second: Client, who: Worker) -> None:
        answer = second.get(reverse("person_copy", args=[who.id]))
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]

    def test_is_given_after_it(self, scene: Scene, who: Worker) -> None:
        client = signed_in(scene, role="ministry_officer")
        freshly(client)
        file = client.post(reverse("person_copy", args=[who.id]), {"reason": "Diminta di meja"})
        assert file["Content-Disposition"] == 'attachment; filename="salinan-data.json"'
        assert json.loads(file.content)["person"] == who.public_number


def freshly(client: Client) -> None:
    """As if the second factor had been given a moment ago."""
    import time

    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time(), "reauthenticated": True}
    ]
    session.save()


class TestBreaches:
    def given(self, **changes: str) -> dict[str, str]:
        """What is typed."""
        return {
            "drill": "on", "window_from": "2026-01-01T00:00", "window_to": "2099-01-01T00:00",
            "known_at": "2026-03-02T03:00", "tables": "registry.Worker", "how": "Disk hilang",
            "remedy": "Kunci diganti",
        } | changes  # fmt: skip

    def test_an_exercise_is_marked_and_sends_nothing(self, dpo: Client, who: Worker) -> None:
        page = dpo.post(reverse("breaches"), self.given(), follow=True)
        assert "LATIHAN" in text(page)
        assert "Disk hilang" in text(page)
        with acting_as(ROBOT):
            row = Breach.objects.get()
        told = dpo.post(reverse("breach", args=[row.id]), {"langkah": "beritahu"}, follow=True)
        assert "tidak ada yang dikirim" in text(told)
        file = dpo.post(reverse("breach_list", args=[row.id]))
        assert who.full_name.encode() not in file.content

    def test_keeps_what_was_typed_where_an_account_is_unknown(self, dpo: Client) -> None:
        answer = dpo.post(reverse("breaches"), self.given(accounts="siapa"))
        assert answer.status_code == 422
        assert "Disk hilang" in text(answer)
        assert "tidak dikenal" in text(answer)

    def test_are_not_an_ordinary_officers(self, second: Client) -> None:
        assert second.get(reverse("breaches")).status_code == 403
        assert second.post(reverse("breaches"), self.given()).status_code == 403
