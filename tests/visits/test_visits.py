"""Visits: planned, held with a check-list, reported; what worries is followed until it is cured."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry, Post
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound
from lindung.protection.models import CaseKind
from lindung.registry.models import Employer, Worker
from lindung.visits import operations, queries
from lindung.visits.checklists import all_checklists, checklist
from lindung.visits.lifecycles import VisitState
from lindung.visits.models import Answer, Met, Reason, Visit
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")

DAY = timedelta(days=1)


def _plan(actor: Any = cast.ATTACHE, **more: Any) -> Visit:
    given: dict[str, Any] = {
        "post_id": cast.SEOUL,
        "checklist_id": "workplace",
        "reason": Reason.COMPLAINT,
        "planned_for": cast.TODAY,
        "name": "Hanbit",
        "place": "Ansan",
        "visitors": ["Rina"],
    }
    return operations.plan_visit(actor, **(given | more))


def _answers(**worse: str) -> dict[str, str]:
    good = {"yes": "no", "no": "yes"}
    return {each.id: good[each.worries] for each in checklist("workplace").items} | worse


def _hold(visit: Visit, **more: Any) -> Visit:
    given: dict[str, Any] = {"on": cast.TODAY, "answers": _answers(passports="no")}
    return operations.hold_visit(cast.ATTACHE, visit.id, **(given | more))


class TestPlanVisit:
    def test_is_of_the_post_that_goes(self) -> None:
        visit = _plan()
        assert (visit.post_id, visit.country) == (cast.SEOUL, "KR")
        with acting_as(cast.OTHER_ATTACHE), pytest.raises(NotFound):
            queries.visit(visit.id)

    def test_takes_the_name_of_an_employer_on_file(self, scene: Scene) -> None:
        with scene():
            employer = Employer.objects.create(
                number="PBK-1", name="Hanbit Co", kind="company", sector="manufacturing",
                post_id=cast.SEOUL, country="KR",
            )  # fmt: skip
        visit = _plan(name="", employer_id=employer.id)
        assert visit.name == "Hanbit Co"
        with acting_as(cast.ATTACHE):
            assert queries.visits_of_employer(employer.id) == [visit]

    @pytest.mark.parametrize("wrong", [{"name": ""}, {"place": " "}, {"visitors": [" "]}])
    def test_refuses_half_a_plan(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Incomplete):
            _plan(**wrong)

    @pytest.mark.parametrize(
        ("actor", "no"),
        [(cast.OTHER_ATTACHE, NotFound), (cast.RECRUITER, NotAllowed), (cast.MINISTRY, NotAllowed)],
    )
    def test_is_closed_to_others(self, actor: Any, no: type[Exception]) -> None:
        with pytest.raises(no):
            _plan(actor)


class TestHoldVisit:
    def test_tells_what_worries(self) -> None:
        visit = _hold(_plan(), answers=_answers(passports="no", deductions="yes"))
        with acting_as(cast.ATTACHE):
            found = queries.report(visit.id)
        assert {item.id for item, each in found.answers if each.worries} == {
            "passports",
            "deductions",
        }
        assert found.visit.state == VisitState.HELD

    def test_what_was_not_seen_worries_nobody_and_is_no_yes(self) -> None:
        visit = _hold(_plan(), answers=_answers(passports="unseen"))
        with acting_as(cast.ATTACHE):
            assert not Answer.objects.filter(visit=visit, worries=True).exists()

    def test_refuses_a_list_with_holes(self) -> None:
        answers = _answers()
        del answers["wages"]
        with pytest.raises(Incomplete) as refused:
            _hold(_plan(), answers=answers)
        assert list(refused.value.facts["fields"]) == ["wages"]

    def test_refuses_more_spoken_with_than_there_were(self) -> None:
        with pytest.raises(Incomplete):
            _hold(_plan(), workers_there=2, spoken_alone=3)

    def test_happens_once(self) -> None:
        visit = _hold(_plan())
        with pytest.raises(StepClosed):
            _hold(visit)

    def test_refuses_a_page_that_is_out_of_date(self) -> None:
        with pytest.raises(Conflict):
            _hold(_plan(), version=9)


class TestAfterwards:
    def test_a_finding_waits_until_it_is_cured(self) -> None:
        visit = _hold(_plan(), cure_by={"passports": cast.TODAY + DAY})
        with acting_as(cast.ATTACHE):
            assert queries.to_cure(cast.ATTACHE, until=cast.TODAY) == []
            (late,) = queries.to_cure(cast.ATTACHE, until=cast.TODAY + 2 * DAY)
        operations.cure(cast.ATTACHE, late.id, on=cast.TODAY + 2 * DAY)
        with acting_as(cast.ATTACHE):
            assert queries.to_cure(cast.ATTACHE, until=cast.TODAY + 2 * DAY) == []
        with pytest.raises(StepClosed):
            operations.cure(cast.ATTACHE, late.id, on=cast.TODAY)
        assert visit.id == late.visit_id

    def test_a_worker_met_has_it_on_the_life_line_once(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        visit = _hold(_plan())
        for _each in range(2):
            operations.meet(cast.ATTACHE, visit.id, worker_id=who.id, alone=True)
        with acting_as(ROBOT):
            assert Met.objects.filter(visit=visit).count() == 1
            told = JournalEntry.objects.filter(type="visits.MetAtWork", worker_id=who.id)
            assert told.count() == 1

    def test_opens_a_case_of_the_kind_that_worried(self, who: Worker) -> None:
        visit = _hold(_plan(), notes={"passports": "di brankas majikan"})
        case = operations.open_case_from(
            cast.ATTACHE, visit.id, item="passports", worker_id=who.id, at=cast.NOW
        )
        assert case.kind == CaseKind.PASSPORT_KEPT
        for item in ("wages", "safety"):
            with pytest.raises(Incomplete):
                operations.open_case_from(
                    cast.ATTACHE, visit.id, item=item, worker_id=who.id, at=cast.NOW
                )

    def test_is_reported_with_words_and_then_stands(self) -> None:
        visit = _hold(_plan())
        with pytest.raises(Incomplete):
            operations.report_visit(cast.ATTACHE, visit.id, summary=" ")
        operations.report_visit(cast.ATTACHE, visit.id, summary="Paspor dikembalikan")
        with pytest.raises(StepClosed):
            operations.report_visit(cast.ATTACHE, visit.id, summary="lagi")

    def test_is_cancelled_with_a_reason(self) -> None:
        visit = _plan()
        with pytest.raises(Incomplete):
            operations.cancel_visit(cast.ATTACHE, visit.id, why="")
        assert operations.cancel_visit(cast.ATTACHE, visit.id, why="badai").cancelled_why == "badai"


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


@pytest.mark.parametrize("model", [Visit, Answer, Met])
def test_a_recruiter_reaches_no_visit(model: Any) -> None:
    with acting_as(cast.RECRUITER), pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.count()


def test_each_check_list_is_whole() -> None:
    """Two languages, an answer that worries, a kind of case that exists."""
    for each in all_checklists().values():
        for item in each.items:
            assert {"id", "en"} <= set(item.words), (each.id, item.id)
            assert item.worries in {"yes", "no"}
            assert not item.opens or item.opens in CaseKind.values


class TestPages:
    @pytest.fixture
    def desk(self, scene: Scene) -> Client:
        with scene():
            post = Post.objects.get(id=cast.SEOUL)
        return signed_in(scene, role="attache", post=post)

    def test_take_a_visit_from_plan_to_report(self, desk: Client, who: Worker) -> None:
        answer = desk.post(
            reverse("plan_visit"),
            {
                "checklist_id": "workplace",
                "name": "Hanbit",
                "place": "Ansan",
                "reason": "alert",
                "planned_for": "2026-03-02",
                "visitors": "Rina\nBambang",
            },
        )
        to = answer.headers["Location"]
        assert "Bambang" in desk.get(to).content.decode()
        half = desk.post(to, {"on": "2026-03-02", "version": 1, "passports_note": "brankas"})
        assert half.status_code == 422
        assert "brankas" in half.content.decode()
        desk.post(to, {"on": "2026-03-02", "version": 1, **_answers(passports="no")})
        step = f"{to}langkah/"
        desk.post(step, {"step": "meet", "number": who.public_number, "alone": "on"})
        desk.post(step, {"step": "report", "summary": "Paspor di brankas"})
        page = desk.get(to).content.decode()
        assert who.shown_name in page
        assert "Paspor di brankas" in page
        opened = desk.post(step, {"step": "case", "item": "passports", "worker": str(who.id)})
        assert "/kasus/" in opened.headers["Location"]
        assert "Hanbit" in desk.get(reverse("visits")).content.decode()

    def test_are_closed_to_a_recruiter(self, scene: Scene) -> None:
        visit = _plan()
        client = signed_in(scene, role="agency_staff", agency_id=cast.RECRUITER.agency)
        for to in (reverse("visits"), reverse("plan_visit"), reverse("visit", args=[visit.id])):
            assert client.get(to).status_code == 403
