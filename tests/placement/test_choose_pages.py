"""Choosing what stands for a requirement: an old paper, a new one, a number; desk and phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.documents import operations as papers
from lindung.documents import queries
from lindung.documents.models import Document
from lindung.documents.types import OTHER, types, types_for
from lindung.placement import operations
from lindung.placement.models import Evidence, Placement
from lindung.registry.models import Worker
from lindung.registry.operations import enrol
from lindung.regulations.pathways import pathways
from tests import cast
from tests.conftest import Scene
from tests.documents import files
from tests.documents.test_operations import given
from tests.documents.test_pages import phone_of
from tests.placement.test_way_pages import hand_in, officer_of
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    return cast.worker()


@pytest.fixture
def made(who: Worker) -> Placement:
    return cast.placement(who)


@pytest.fixture
def officer(scene: Scene) -> Client:
    return officer_of(scene, cast.PONOROGO)


def evidence(made: Placement, requirement: str = "passport") -> Evidence:
    with acting_as(cast.MINISTRY):
        return Evidence.objects.get(placement=made, requirement=requirement)


def papers_of(made: Placement) -> list[Document]:
    with acting_as(cast.MINISTRY):
        return list(Document.objects.filter(worker_id=made.worker_id))


class TestAnOldPaper:
    def test_is_offered_where_it_fits_and_is_good(
        self, officer: Client, who: Worker, made: Placement
    ) -> None:
        passport, card = given(who, type_id="passport"), given(who)
        page = officer.get(hand_in(made)).content.decode()
        assert f'value="{passport.id}"' in page
        assert str(card.id) not in page
        answer = officer.post(hand_in(made), {"document": str(passport.id)})
        assert answer.status_code == 302
        assert evidence(made).reference == passport.number
        assert evidence(made).state == "given"

    def test_is_shown_with_the_reason_where_it_cannot_be_used(
        self, officer: Client, who: Worker, made: Placement
    ) -> None:
        paper = given(who, type_id="passport")
        papers.refuse(cast.OFFICER, paper.id, reason="Buram.")
        page = officer.get(hand_in(made)).content.decode()
        assert "dikembalikan petugas" in page
        assert f'value="{paper.id}"' not in page
        assert officer.post(hand_in(made), {"document": str(paper.id)}).status_code == 422

    def test_past_its_day_is_not_offered(
        self, officer: Client, who: Worker, made: Placement
    ) -> None:
        paper, today = given(who, type_id="passport"), timezone.localdate()
        papers.verify(cast.OFFICER, paper.id, on=cast.TODAY, valid_until=cast.TODAY)
        assert today > cast.TODAY
        page = officer.get(hand_in(made)).content.decode()
        assert "sudah kedaluwarsa" in page
        assert f'value="{paper.id}"' not in page

    def test_of_another_person_is_none(self, officer: Client, made: Placement) -> None:
        other = given(cast.worker(full_name="Wati"), type_id="passport")
        assert str(other.id) not in officer.get(hand_in(made)).content.decode()
        assert officer.post(hand_in(made), {"document": str(other.id)}).status_code == 422


class TestANewPaper:
    def send(self, client: Client, to: str, *data: bytes, **more: Any) -> Any:
        sent = [SimpleUploadedFile("a.jpg", each, "image/jpeg") for each in data]
        return client.post(to, {"file": sent} | more)

    def test_is_taken_in_and_handed_in_with_all_its_pages(
        self, officer: Client, made: Placement
    ) -> None:
        answer = self.send(officer, hand_in(made), files.photo(), files.photo(place=True))
        assert answer.status_code == 302
        kept = papers_of(made)
        assert len(kept) == 2
        assert {(each.type, each.subject, each.requirement) for each in kept} == {
            ("passport", made.id, "passport")
        }
        assert evidence(made).reference in {each.number for each in kept}

    def test_that_is_refused_hands_nothing_in_and_says_why(
        self, officer: Client, made: Placement
    ) -> None:
        answer = self.send(officer, hand_in(made), b"no photo")
        assert answer.status_code == 422
        assert "Berkas ke-1 belum diterima" in answer.content.decode()
        with acting_as(cast.MINISTRY):
            assert not Evidence.objects.filter(placement=made).exists()

    def test_and_an_old_one_together_are_refused(
        self, officer: Client, who: Worker, made: Placement
    ) -> None:
        paper = given(who, type_id="passport")
        answer = self.send(officer, hand_in(made), files.photo(), document=str(paper.id))
        assert answer.status_code == 422
        assert len(papers_of(made)) == 1

    def test_is_not_taken_from_whom_the_kind_is_not(self, scene: Scene) -> None:
        """An agency brings no medical result; it may say its number alone."""
        agent = cast.RECRUITER
        who = enrol(agent, full_name="Sumi", on=cast.TODAY, channel="agency", region=cast.PONOROGO)
        made = operations.open_placement(
            agent, who.id, pathway_id="perseorangan", sector="manufacturing", destination="KR",
            on=cast.TODAY,
        )  # fmt: skip
        client = signed_in(scene, role="agency_staff", agency_id=agent.agency)
        assert 'type="file"' in client.get(hand_in(made)).content.decode()
        address = hand_in(made, "medical")
        assert 'type="file"' not in client.get(address).content.decode()
        answer = self.send(client, address, files.PDF, reference="")
        assert answer.status_code == 422
        assert papers_of(made) == []
        self.send(client, address, files.PDF, reference="Klinik 12")
        assert papers_of(made) == []
        assert evidence(made, "medical").reference == "Klinik 12"

    def test_is_closed_to_another_office_and_a_stranger(
        self, scene: Scene, made: Placement
    ) -> None:
        other = officer_of(scene, cast.MALANG)
        assert self.send(other, hand_in(made), files.photo()).status_code == 404
        assert self.send(Client(), hand_in(made), files.photo()).status_code == 302
        assert papers_of(made) == []


class TestOnThePhone:
    def test_the_worker_picks_and_sends(self, who: Worker, made: Placement) -> None:
        client = phone_of(who)
        paper = given(who, type_id="passport")
        address = reverse("my_hand_in", args=["passport"])
        page = client.get(address).content.decode()
        assert f'value="{paper.id}"' in page
        assert 'type="file"' in page
        assert client.post(address, {"document": ""}).status_code == 422
        assert client.post(address, {"document": str(paper.id)}).status_code == 302
        assert evidence(made).reference == paper.number


class TestTheKinds:
    def test_stand_for_a_requirement_each_or_for_any_other(self) -> None:
        assert types_for("passport") == ("passport",)
        assert types_for("medical") == ("medical_first",)
        assert types_for("own_risk") == (OTHER,)

    def test_serve_requirements_that_some_way_asks_for(self) -> None:
        asked = {each.id for way in pathways().values() for each in way.requirements}
        assert {name for each in types().values() for name in each.serves} <= asked

    def test_a_day_before_its_end_is_good(self, who: Worker, made: Placement) -> None:
        paper = given(who, type_id="passport")
        papers.verify(cast.OFFICER, paper.id, on=cast.TODAY, valid_until=cast.TODAY)
        with acting_as(cast.OFFICER):
            paper.refresh_from_db()
            values = {"requirement": "passport", "subject": made.id}
            assert queries.obstacle(paper, on=cast.TODAY, **values) == ""
            late = cast.TODAY + timedelta(days=1)
            assert queries.obstacle(paper, on=late, **values) == "expired"
