"""The pages about one person who may be two entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.test import Client

from lindung.access import identity
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.events import PersonLookedAt
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel import mrz
from lindung.kernel.identifiers import Kind
from lindung.registry import merging, operations, queries
from lindung.registry.models import DistinctPair, Identifier, MergeRecord, Worker
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
NIK = "3502015204990001"


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


def two() -> tuple[Worker, Worker]:
    return cast.worker(), cast.worker(full_name="Sitti Rahajoe")


def looks_at(who: Worker) -> int:
    with acting_as(ROBOT):
        return JournalEntry.objects.filter(worker_id=who.id, type=PersonLookedAt.type).count()


class TestEnrolling:
    FORM = {"full_name": "Siti Rahajoe", "sex": "F", "birth_date": "1999-04-12", "region": "3502"}

    def test_shows_who_it_may_be_and_saves_nothing(self) -> None:
        who = cast.worker()
        with signed_in(cast.OFFICER) as client:
            page = client.post("/pekerja/baru/", self.FORM).content.decode()
        assert f"/pekerja/{who.id}/" in page
        assert looks_at(who) == 1
        with acting_as(ROBOT):
            assert Worker.objects.count() == 1

    def test_another_person_is_enrolled_and_not_asked_about_again(self) -> None:
        who = cast.worker()
        with signed_in(cast.OFFICER) as client:
            answer = client.post("/pekerja/baru/", {**self.FORM, "bukan": [str(who.id)]})
        assert answer.status_code == 302
        with acting_as(ROBOT):
            assert Worker.objects.count() == 2
            assert DistinctPair.objects.filter(other=who).count() == 1

    def test_asks_again_about_whoever_was_not_shown(self) -> None:
        shown, hidden = two()
        with signed_in(cast.OFFICER) as client:
            answer = client.post("/pekerja/baru/", {**self.FORM, "bukan": [str(shown.id)]})
        assert answer.status_code == 200
        assert f"/pekerja/{hidden.id}/" in answer.content.decode()

    def test_shows_nobody_of_another_office(self) -> None:
        cast.worker()
        with signed_in(cast.OTHER_OFFICER) as client:
            form = self.FORM | {"region": cast.MALANG}
            assert client.post("/pekerja/baru/", form).status_code == 302

    def test_refuses_a_home_outside_the_office_and_says_so(self) -> None:
        with signed_in(cast.OTHER_OFFICER) as client:
            answer = client.post("/pekerja/baru/", self.FORM)
        assert answer.status_code == 422
        assert "di luar wilayah kantor Anda" in answer.content.decode()


class TestLikely:
    def test_lists_with_reasons_and_writes_the_look_down(self) -> None:
        one, other = two()
        with signed_in(cast.OFFICER) as client:
            page = client.get(f"/pekerja/{one.id}/mungkin-sama/").content.decode()
        assert f"/pekerja/{one.id}/sama/{other.id}/" in page
        assert "tanggal lahir sama" in page
        assert looks_at(one) == 1

    def test_is_hidden_from_another_office_and_closed_to_the_public(self) -> None:
        one, _other = two()
        with signed_in(cast.OTHER_OFFICER) as client:
            assert client.get(f"/pekerja/{one.id}/mungkin-sama/").status_code == 404
        assert Client().get(f"/pekerja/{one.id}/mungkin-sama/").status_code == 302


class TestCompare:
    def test_says_in_words_what_differs_masks_numbers_and_writes_both_looks_down(self) -> None:
        one, other = two()
        operations.add_identifier(cast.OFFICER, one.id, kind=Kind.NIK, value=NIK, on=cast.TODAY)
        with signed_in(cast.OFFICER) as client:
            page = client.get(f"/pekerja/{one.id}/sama/{other.id}/").content.decode()
        assert "berbeda" in page
        assert NIK not in page
        assert "3502**********01" in page
        assert (looks_at(one), looks_at(other)) == (1, 1)

    def test_two_numbers_that_look_alike_masked_are_not_called_the_same(self) -> None:
        one, other = two()
        for who, value in ((one, NIK), (other, "3502015205990001")):
            operations.add_identifier(
                cast.OFFICER, who.id, kind=Kind.NIK, value=value, on=cast.TODAY
            )
        with signed_in(cast.OFFICER) as client:
            page = client.get(f"/pekerja/{one.id}/sama/{other.id}/").content.decode()
        assert page.count("3502**********01") == 2
        assert "berbeda" in page.partition(">NIK</th>")[2].partition("</tr>")[0]

    def test_merges_and_gives_a_receipt(self) -> None:
        one, other = two()
        with signed_in(cast.OFFICER) as client:
            address = f"/pekerja/{one.id}/sama/{other.id}/"
            page = client.post(
                address, {"keep": str(one.id), "reason": "Foto sama."}, follow=True
            ).content.decode()
            assert other.public_number in page
            assert "Pisahkan lagi" in page
            gone = client.get(f"/pekerja/{other.id}/")
            assert (gone.status_code, gone.headers["Location"]) == (302, f"/pekerja/{one.id}/")

    def test_refuses_without_a_reason_and_keeps_the_choice(self) -> None:
        one, other = two()
        with signed_in(cast.OFFICER) as client:
            answer = client.post(f"/pekerja/{one.id}/sama/{other.id}/", {"keep": str(one.id)})
        assert answer.status_code == 422
        with acting_as(ROBOT):
            assert not MergeRecord.objects.exists()

    def test_takes_two_people_as_two(self) -> None:
        one, other = two()
        with signed_in(cast.OFFICER) as client:
            client.post(f"/pekerja/{one.id}/sama/{other.id}/", {"beda": "1"})
            page = client.get(f"/pekerja/{one.id}/mungkin-sama/").content.decode()
        assert str(other.id) not in page

    def test_is_hidden_from_another_office_and_merging_closed_to_a_recruiter(self) -> None:
        one, other = two()
        address = f"/pekerja/{one.id}/sama/{other.id}/"
        with signed_in(cast.OTHER_OFFICER) as client:
            assert client.get(address).status_code == 404
        mine = [
            operations.enrol(cast.RECRUITER, full_name=name, on=cast.TODAY, channel="agency")
            for name in ("Siti", "Siti R")
        ]
        with signed_in(cast.RECRUITER) as client:
            address = f"/pekerja/{mine[0].id}/sama/{mine[1].id}/"
            assert client.get(address).status_code == 200
            answer = client.post(address, {"keep": str(mine[0].id), "reason": "x"})
            assert answer.status_code == 403


class TestSettling:
    def test_a_second_account_agrees_and_anybody_of_right_undoes(self) -> None:
        one, other = two()
        for who, value in ((one, NIK), (other, "3502015204990002")):
            operations.add_identifier(
                cast.OFFICER, who.id, kind=Kind.NIK, value=value, on=cast.TODAY
            )
        made = merging.merge(
            cast.OFFICER, keep_id=one.id, gone_id=other.id, reason="Foto", on=cast.TODAY
        )
        address = f"/penggabungan/{made.id}/"
        with signed_in(cast.OTHER_OFFICER) as client:
            assert client.post(address, {"langkah": "setuju"}).status_code == 404
        with signed_in(cast.OFFICER) as client:
            client.post(address, {"langkah": "setuju"})
        assert self._state(made) == "proposed"
        with signed_in(cast.MINISTRY) as client:
            client.post(address, {"langkah": "setuju"})
        assert self._state(made) == "merged"
        with signed_in(cast.OFFICER) as client:
            client.post(address, {"langkah": "pisah", "reason": ""})
            assert self._state(made) == "merged"
            client.post(address, {"langkah": "pisah", "reason": "Kembar"})
        assert self._state(made) == "undone"
        with acting_as(cast.OFFICER):
            assert queries.worker(other.id).public_number == other.public_number

    def _state(self, made: MergeRecord) -> str:
        with acting_as(ROBOT):
            return MergeRecord.objects.get(id=made.id).state


class TestPassport:
    ZONE = mrz.format_td3(
        mrz.Passport("RAHAYU", "SITI", "C1234567", "IDN", "IDN", "990412", "F", "310101")
    )

    def test_reads_the_two_lines(self) -> None:
        who = cast.worker()
        with signed_in(cast.OFFICER) as client:
            answer = client.post(f"/pekerja/{who.id}/paspor/", {"zone": self.ZONE})
        assert answer.status_code == 302
        with acting_as(ROBOT):
            assert Identifier.objects.get().kind == "passport"

    def test_names_the_digit_that_is_wrong_and_keeps_what_was_typed(self) -> None:
        who = cast.worker()
        wrong = self.ZONE.replace("C1234567", "C1234568")
        with signed_in(cast.OFFICER) as client:
            answer = client.post(f"/pekerja/{who.id}/paspor/", {"zone": wrong})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "nomor paspor (baris kedua, huruf 1–10)" in page
        assert "tanggal lahir (baris kedua" not in page
        assert "C1234568" in page

    def test_is_hidden_from_another_office(self) -> None:
        who = cast.worker()
        with signed_in(cast.OTHER_OFFICER) as client:
            assert client.get(f"/pekerja/{who.id}/paspor/").status_code == 404
