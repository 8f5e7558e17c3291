"""The density map never shows fewer than five, and employer pages never rate a handful."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.models import Post
from lindung.kernel.places import cell_of, wider
from lindung.protection import operations as protection
from lindung.protection.models import CaseKind
from lindung.registry.models import Agency, Employer, Worker, WorkerState
from lindung.site.desk.density import COARSEST, LEAST, rolled_up
from lindung.site.desk.hosts import standing
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

PLACES = st.tuples(st.floats(33.0, 38.5, allow_nan=False), st.floats(126.0, 129.5, allow_nan=False))


class TestRolledUp:
    @given(st.lists(st.tuples(PLACES, st.integers(1, 12)), max_size=40))
    def test_shows_five_or_more_and_counts_nobody_twice(
        self, drawn: list[tuple[tuple[float, float], int]]
    ) -> None:
        counts: dict[int, int] = {}
        for (lat, lon), n in drawn:
            cell = cell_of(lat, lon)
            counts[cell] = counts.get(cell, 0) + n
        found = rolled_up(counts)
        assert all(each.people >= LEAST for each in found.spots)
        shown = sum(each.people for each in found.spots)
        assert shown <= sum(counts.values())
        assert found.rest_hidden == (shown < sum(counts.values()))

    @given(st.lists(PLACES, min_size=1, max_size=LEAST - 1))
    def test_of_fewer_than_five_shows_nothing(self, points: list[tuple[float, float]]) -> None:
        counts: dict[int, int] = {}
        for lat, lon in points:
            counts[cell_of(lat, lon)] = counts.get(cell_of(lat, lon), 0) + 1
        found = rolled_up(counts)
        assert found.spots == ()
        assert found.rest_hidden

    def test_neighbours_join_in_the_cell_around_them(self) -> None:
        cell = cell_of(37.32, 126.83)
        around = [
            each
            for each in (cell_of(37.30 + step / 100, 126.80) for step in range(12))
            if wider(each, 6) == wider(cell_of(37.30, 126.80), 6)
        ]
        assert cell
        counts = dict.fromkeys(set(around), 3)
        (spot,) = rolled_up(counts).spots
        assert COARSEST <= spot.resolution < 7
        assert spot.people == sum(counts.values())


pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def _desk(scene: Scene, number: int) -> Client:
    with scene():
        post = Post.objects.get(id=number)
    return signed_in(scene, role="attache", post=post)


class TestTheMap:
    def test_shows_a_place_of_five(self, scene: Scene) -> None:
        cell = cell_of(37.32, 126.83)
        for number in range(5):
            each = cast.worker(full_name=f"Orang {number}", call_name="")
            cast.arrived(each)
            with scene():
                WorkerState.objects.filter(worker=each).update(cell=cell, stage="during")
        page = _desk(scene, cast.SEOUL).get(reverse("density")).content.decode()
        assert "<svg" in page
        assert "data-level" in page
        # Spread thin they are shown all the same, in the wider cell around them.
        with scene():
            for number, each in enumerate(WorkerState.objects.filter(cell=cell)):
                near = cell_of(37.32 + number / 40, 126.83)
                WorkerState.objects.filter(worker=each.worker_id).update(cell=near)
        assert "sekitar" in _desk(scene, cast.SEOUL).get(reverse("density")).content.decode()
        other = _desk(scene, cast.TAIPEI)
        assert "data-level" not in other.get(reverse("density")).content.decode()
        assert other.get(reverse("density"), {"kantor": cast.SEOUL}).status_code == 404

    @pytest.mark.parametrize("role", ["administrator", "agency_staff"])
    def test_is_closed_to(self, scene: Scene, role: str) -> None:
        more = {"agency_id": cast.RECRUITER.agency} if role == "agency_staff" else {}
        client = signed_in(scene, role=role, **more)
        assert client.get(reverse("density")).status_code == 403


class TestHosts:
    @pytest.fixture
    def host(self, scene: Scene, who: Worker) -> Employer:
        with scene():
            employer = Employer.objects.create(
                number="PBK-9", name="Hanbit Co", kind="company", sector="manufacturing",
                post_id=cast.SEOUL, country="KR",
            )  # fmt: skip
            WorkerState.objects.filter(worker=who).update(employer_id=employer.id, stage="during")
        return employer

    def test_an_employer_s_page_tells_people_and_cases(
        self, scene: Scene, who: Worker, host: Employer
    ) -> None:
        protection.complain(
            cast.self_of(who.id), who.id, words="x", at=cast.NOW, kind=CaseKind.WAGES_UNPAID
        )
        page = _desk(scene, cast.SEOUL).get(reverse("employer_page", args=[host.id]))
        assert who.full_name in page.content.decode()

    def test_of_another_post_is_not_there(self, scene: Scene, host: Employer) -> None:
        other = _desk(scene, cast.TAIPEI)
        assert other.get(reverse("employer_page", args=[host.id])).status_code == 404
        assert host.name not in other.post(reverse("employers"), {"q": "Han"}).content.decode()

    def test_is_found_by_the_beginning_of_its_name(self, scene: Scene, host: Employer) -> None:
        page = _desk(scene, cast.SEOUL).post(reverse("employers"), {"q": "han"})
        assert host.name in page.content.decode()

    def test_no_rate_is_told_of_a_handful(self, who: Worker, host: Employer) -> None:
        protection.complain(
            cast.self_of(who.id), who.id, words="x", at=cast.NOW, kind=CaseKind.WAGES_UNPAID
        )
        with acting_as(cast.ATTACHE):
            found = standing(cast.ATTACHE, Q(employer_id=host.id), at=cast.NOW)
        assert (found.workers, found.cases, found.open) == (1, 1, 1)
        assert found.rate is None

    def test_an_agency_reads_no_record_of_agencies(self, scene: Scene) -> None:
        client = signed_in(scene, role="agency_staff", agency_id=cast.RECRUITER.agency)
        with scene():
            agency = Agency.objects.get(id=cast.RECRUITER.agency)
        assert client.get(reverse("agency_record", args=[agency.id])).status_code == 403
        desk = _desk(scene, cast.SEOUL)
        assert agency.name in desk.get(reverse("agency_record", args=[agency.id])).content.decode()
