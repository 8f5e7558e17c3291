"""A recruiter at the desk: opens the file of an own candidate, and reads nothing there of what came after."""

from __future__ import annotations

import pytest
from django.test import override_settings

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.registry.models import Source, Worker
from lindung.reintegration import operations as reintegration
from lindung.reintegration.models import ReturnReason
from tests import cast
from tests.conftest import Scene
from tests.recruitment import people
from tests.site.desk.test_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def candidate(scene: Scene, posts: None, places: None) -> Worker:
    """Enrolled by the recruiter, on the way by a place of an order."""
    with scene():
        people.parties()
    who = people.candidate()
    people.placed(people.open_order(), who)
    return who


def page(who: Worker) -> str:
    with signed_in(cast.RECRUITER) as browser:
        answer = browser.get(f"/pekerja/{who.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


class TestAPersonsPage:
    def test_opens_to_the_recruiter_who_enrolled_them(self, candidate: Worker) -> None:
        assert "Siti Rahayu" in page(candidate)

    def test_tells_nothing_of_where_they_are_or_what_they_plan(self, candidate: Worker) -> None:
        with acting_as(cast.MINISTRY):
            made = placements.live_placement(candidate.id)
        assert made is not None
        contract = placing.record_contract_offer(
            cast.RECRUITER, made.number, offer_no="K-1", form="kr.slc.v2020_01", terms=cast.TERMS,
            offered_on=cast.TODAY, answer_by=None, employer="Hanbit", region="KR-41",
        )  # fmt: skip
        placing.verify_contract(
            cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
        )
        me = cast.self_of(candidate.id)
        placing.answer_contract(me, contract.id, agree=True, on=cast.TODAY)
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.MINISTRY, made.id, on=cast.TODAY, flight="GA 878")
        placing.record_arrival(ROBOT, made.number, on=cast.TODAY, employer="Pabrik Lain")
        assert "Pabrik Lain" not in page(candidate).partition("Garis hidup")[0]
        reintegration.record_return(
            cast.MINISTRY, candidate.id, on=cast.TODAY, reason=ReturnReason.CONTRACT_ENDED,
            source=Source.OFFICER,
        )  # fmt: skip
        assert "Sudah pulang" in page(candidate)


class TestEnrolling:
    @pytest.mark.parametrize("demo", [True, False])
    def test_makes_up_people_only_where_the_service_demonstrates(
        self, candidate: Worker, demo: bool
    ) -> None:
        with signed_in(cast.RECRUITER) as browser, override_settings(DEMO=demo):
            answer = browser.post("/pekerja/baru/", {"full_name": "Budi Contoh", "sex": "M"})
        assert answer.status_code == 302
        with acting_as(ROBOT):
            assert Worker.objects.get(full_name="Budi Contoh").is_demo is demo
