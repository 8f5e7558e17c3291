"""The contract's twin: what is told from the place of work beside what was verified."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.exchange.handlers import abroad
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement import operations, twin
from lindung.placement.models import Contract, Finding, Placement
from lindung.registry.models import Task
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory

WAGE = "wage.monthly_ordinary"
LESS = {WAGE: Quantity.of("1900000", "KRW/month")}


def made_up(country: str = "KR", **fields: Any) -> Contract:
    """A Korean contract of 2,300,000 a month, 40 hours a week; nothing is stored."""
    place = Placement(
        country=country,
        employer_name="Hanbit",
        dest_region="KR-41",
        sector="manufacturing",
        scheme="eps",
    )
    return Contract(placement=place, form="kr.slc.v2020_01", fields=cast.TERMS | fields)


def same(told: Any, field: str = WAGE) -> bool | None:
    """Whether one told value is what the made-up contract says."""
    [compared] = twin.compare(made_up(), {field: told}, on=cast.TODAY)
    return compared.same


class TestCompare:
    @pytest.mark.parametrize(
        ("amount", "unit", "expected"),
        [
            ("2300000", "KRW/month", True),
            ("2300000.00", "KRW/month", True),
            ("2299999", "KRW/month", False),
            # 2,300,000 / 209 = 11,004.78: told in whole won, or rounded to ten.
            ("11005", "KRW/hour", True),
            ("11000", "KRW/hour", True),
            ("10000", "KRW/hour", False),
            ("2300000", "USD/month", False),
            # No official divisor for a day is kept, so nobody can say.
            ("88000", "KRW/day", None),
        ],
    )
    def test_reads_wages_by_their_unit(self, amount: str, unit: str, expected: bool | None) -> None:
        assert same(Quantity.of(amount, unit)) is expected

    @given(st.integers(1_000_000, 9_000_000))
    def test_never_alarms_for_the_same_wage_by_the_hour(self, wage: int) -> None:
        contract = made_up(wage={"monthly_ordinary": str(wage)})
        hourly = Quantity.of((Decimal(wage) / 209).quantize(Decimal("0.01")), "KRW/hour")
        [compared] = twin.compare(contract, {WAGE: hourly}, on=cast.TODAY)
        assert compared.same is True

    def test_compares_hours_that_the_form_only_implies(self) -> None:
        assert same(Decimal(8), "hours.daily_regular") is True
        assert same(Decimal("10.5"), "hours.daily_regular") is False

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("HANBIT", True), ("Hanbit Co., Ltd.", True), ("Daesung Metal", False), ("한빛", False)],
    )
    def test_reads_names_without_their_dress(self, name: str, expected: bool) -> None:
        assert same(name, twin.EMPLOYER) is expected

    def test_takes_regions_by_their_code(self) -> None:
        assert same("KR-41", twin.REGION) is True
        assert same("KR-4", twin.REGION) is False

    def test_is_silent_on_what_one_side_leaves_out(self) -> None:
        told = {"wage.overtime": Decimal(1), twin.EMPLOYER: "", WAGE: None}
        assert twin.compare(made_up(), told, on=cast.TODAY) == ()

    def test_keeps_both_values_with_their_units(self) -> None:
        [compared] = twin.compare(made_up(), LESS, on=cast.TODAY)
        assert compared.verified == {"value": "2300000", "unit": "KRW/month"}
        assert compared.told == {"value": "1900000", "unit": "KRW/month"}

    def test_knows_no_divisor_of_a_country_without_rules(self) -> None:
        told = {WAGE: Quantity.of("11005", "KRW/hour")}
        [compared] = twin.compare(made_up(country="ZZ"), told, on=cast.TODAY)
        assert compared.same is None


def registered(told: dict[str, Any], number: str) -> list[Finding]:
    """As the destination's register says it."""
    return operations.compare_registered(ROBOT, number, told=told, at=cast.NOW, on=cast.TODAY)


def told_by_her(contract: Contract, told: dict[str, Any], who: Any = None) -> list[Finding]:
    """As the worker says it."""
    return operations.worker_tells(
        who or cast.self_of(contract.worker_id), contract.id, told=told, at=cast.NOW, on=cast.TODAY
    )


@pytest.mark.usefixtures("posts", "places")
class TestCompareRegistered:
    def test_opens_a_finding_with_both_values_for_the_post(self) -> None:
        contract = cast.signed(cast.worker())
        [finding] = registered(LESS, contract.placement.number)
        assert finding.number.startswith("TMN-")
        assert (finding.state, finding.told_by, finding.post_id) == (
            "open",
            "destination",
            cast.SEOUL,
        )
        assert (finding.verified["value"], finding.told["value"]) == ("2300000", "1900000")
        # Five working days of Seoul after Monday 2 March 2026, a substitute holiday.
        assert finding.due_at > cast.NOW + timedelta(days=5)
        with acting_as(cast.ATTACHE):
            task = Task.objects.get(subject=finding.id)
            assert (task.owner, task.due_at, task.state) == ("post", finding.due_at, "open")

    def test_opens_none_for_the_same_in_another_unit(self) -> None:
        contract = cast.signed(cast.worker())
        told = {WAGE: Quantity.of("11005", "KRW/hour"), twin.EMPLOYER: "Hanbit Co."}
        assert registered(told, contract.placement.number) == []

    def test_told_again_opens_no_second_one(self) -> None:
        contract = cast.signed(cast.worker())
        registered(LESS, contract.placement.number)
        assert registered(LESS, contract.placement.number) == []
        lower = {WAGE: Quantity.of("1000000", "KRW/month")}
        assert registered(lower, contract.placement.number) == []
        with acting_as(ROBOT):
            assert Finding.objects.get().told["value"] == "1000000"

    def test_an_answered_difference_is_not_asked_about_again(self) -> None:
        contract = cast.signed(cast.worker())
        [finding] = registered(LESS, contract.placement.number)
        operations.answer_finding(
            cast.ATTACHE, finding.id, step="explain", reason="Salah ketik.", on=cast.TODAY
        )
        assert registered(LESS, contract.placement.number) == []

    def test_has_nothing_to_compare_before_an_agreement(self) -> None:
        contract = cast.verified(cast.worker())
        assert registered(LESS, contract.placement.number) == []

    def test_hides_a_placement_of_nobody(self) -> None:
        with pytest.raises(NotFound):
            registered(LESS, "PNP-99-000000")

    def test_is_the_registers_alone(self) -> None:
        contract = cast.signed(cast.worker())
        with pytest.raises(NotAllowed):
            operations.compare_registered(
                cast.OFFICER, contract.placement.number, told=LESS, at=cast.NOW, on=cast.TODAY
            )

    def test_follows_from_new_terms_that_the_destination_reports(self) -> None:
        contract = cast.signed(cast.worker())
        cast.complete(contract.placement_id)
        cast.placing.clear_for_departure(cast.MINISTRY, contract.placement_id, on=cast.TODAY)
        cast.placing.record_departure(
            cast.OFFICER, contract.placement_id, on=cast.TODAY, flight="GA 878"
        )
        placed = cast.placing.record_arrival(
            ROBOT, contract.placement.number, on=cast.TODAY, employer="Hanbit"
        )
        data = {
            "event": "terms_changed",
            "event_on": "2026-04-01",
            "new_terms": {"monthly_ordinary_wage": "1900000", "currency": "KRW"},
        }
        message: Any = SimpleNamespace(subject=placed.number, data=data)
        robot = _robot_of("KR")
        with acting_as(robot):
            abroad.employment_changed(robot, message)
            assert Finding.objects.get().field == WAGE


def _robot_of(country: str) -> Any:
    from dataclasses import replace

    return replace(ROBOT, country=country)


@pytest.mark.usefixtures("posts", "places")
class TestWorkerTells:
    def test_opens_a_finding_from_her_own_word(self) -> None:
        contract = cast.signed(cast.worker())
        [finding] = told_by_her(contract, {twin.EMPLOYER: "Daesung Metal"})
        assert (finding.told_by, finding.field) == ("worker", twin.EMPLOYER)
        with acting_as(ROBOT):
            entry = JournalEntry.objects.get(type="placement.FindingOpened")
        assert "Daesung" not in str(entry.payload)

    def test_a_double_tap_opens_one(self) -> None:
        contract = cast.signed(cast.worker())
        assert len(told_by_her(contract, LESS)) == 1
        assert told_by_her(contract, LESS) == []

    def test_stands_beside_what_the_register_says(self) -> None:
        contract = cast.signed(cast.worker())
        told_by_her(contract, LESS)
        assert len(registered(LESS, contract.placement.number)) == 1

    def test_needs_an_answer_to_something(self) -> None:
        contract = cast.signed(cast.worker())
        with pytest.raises(Incomplete):
            told_by_her(contract, {WAGE: None, twin.JOB: ""})

    def test_needs_a_contract_in_force(self) -> None:
        contract = cast.verified(cast.worker())
        with pytest.raises(operations.NothingInForce):
            told_by_her(contract, LESS)

    def test_hides_another_persons_contract(self) -> None:
        contract = cast.signed(cast.worker())
        other = cast.worker(full_name="Ani Wati")
        with pytest.raises(NotFound):
            told_by_her(contract, LESS, cast.self_of(other.id))

    def test_is_nobody_elses_word(self) -> None:
        contract = cast.signed(cast.worker())
        with pytest.raises(NotAllowed):
            told_by_her(contract, LESS, cast.ATTACHE)


@pytest.mark.usefixtures("posts", "places")
class TestAnswerFinding:
    def answer(self, finding: Finding, step: str, who: Any = cast.ATTACHE, **given: Any) -> Finding:
        values = {"reason": "Sudah ditanyakan.", "on": cast.TODAY} | given
        return operations.answer_finding(who, finding.id, step=step, **values)

    def test_goes_from_open_to_closed_and_ends_the_task(self) -> None:
        [finding] = told_by_her(cast.signed(cast.worker()), LESS)
        assert self.answer(finding, "confirm substitution").state == "confirmed"
        with acting_as(cast.ATTACHE):
            assert Task.objects.get(subject=finding.id).state == "done"
        assert self.answer(finding, "correct").state == "corrected"
        closed = self.answer(finding, "close")
        assert (closed.state, closed.closed_on) == ("closed", cast.TODAY)
        with pytest.raises(StepClosed):
            self.answer(finding, "explain")

    def test_ends_only_its_own_task(self) -> None:
        told = LESS | {twin.EMPLOYER: "Daesung Metal"}
        one, other = told_by_her(cast.signed(cast.worker()), told)
        self.answer(one, "explain")
        with acting_as(cast.ATTACHE):
            assert Task.objects.get(subject=other.id).state == "open"

    def test_needs_a_reason(self) -> None:
        [finding] = told_by_her(cast.signed(cast.worker()), LESS)
        with pytest.raises(Incomplete):
            self.answer(finding, "explain", reason=" ")

    def test_is_hidden_from_another_post_and_closed_to_others(self) -> None:
        [finding] = told_by_her(cast.signed(cast.worker()), LESS)
        with pytest.raises(NotFound):
            self.answer(finding, "explain", cast.OTHER_ATTACHE)
        for who in (cast.OFFICER, cast.RECRUITER, cast.self_of(finding.worker_id)):
            with pytest.raises(NotAllowed):
                self.answer(finding, "explain", who)


@pytest.mark.usefixtures("posts", "places")
class TestThePages:
    def client(self, scene: Scene, **duty: Any) -> Client:
        client = Client()
        with scene():
            account = DutyFactory(**duty).account
        sign_in(client, account)
        return client

    def attache(self, scene: Scene, post: int = cast.SEOUL) -> Client:
        return self.client(scene, role="attache", post_id=post)

    def test_show_both_values_and_take_an_answer(self, scene: Scene) -> None:
        contract = cast.signed(cast.worker())
        [finding] = told_by_her(contract, LESS)
        client = self.attache(scene)
        page = client.get(reverse("contract", args=[contract.id])).content.decode()
        for part in (finding.number, "₩2.300.000 per bulan", "₩1.900.000 per bulan"):
            assert part in page
        to = reverse("answer_finding", args=[finding.id])
        client.post(to, {"step": "explain", "reason": "Ada potongan asrama."})
        page = client.get(reverse("contract", args=[contract.id])).content.decode()
        assert "Ada penjelasan" in page
        assert "Ada potongan asrama." in page

    def test_take_no_step_that_there_is_not(self, scene: Scene) -> None:
        [finding] = told_by_her(cast.signed(cast.worker()), LESS)
        to = reverse("answer_finding", args=[finding.id])
        self.attache(scene).post(to, {"step": "forget", "reason": "x"})
        with acting_as(ROBOT):
            assert Finding.objects.get().state == "open"

    def test_are_hidden_from_another_post(self, scene: Scene) -> None:
        contract = cast.signed(cast.worker())
        [finding] = told_by_her(contract, LESS)
        client = self.attache(scene, cast.TAIPEI)
        to = reverse("answer_finding", args=[finding.id])
        assert client.post(to, {"step": "explain", "reason": "x"}).status_code == 404

    def test_tell_the_recruiter_nothing(self, scene: Scene) -> None:
        who = cast.worker()
        contract = cast.signed(who)
        agency = cast.RECRUITER.agency
        with scene():
            for model in (Contract, Placement):
                model.objects.update(agency_id=agency)
            type(who).objects.update(agency_id=agency)
        [finding] = told_by_her(contract, LESS)
        assert finding.agency_id == agency
        client = self.client(scene, role="agency_staff", agency_id=agency)
        page = client.get(reverse("contract", args=[contract.id]))
        assert page.status_code == 200
        assert contract.number in page.content.decode()
        assert finding.number not in page.content.decode()
        with acting_as(cast.RECRUITER):
            types = set(JournalEntry.objects.values_list("type", flat=True))
        assert not {each for each in types if "Finding" in each}

    def test_show_versions_and_what_each_changed(self, scene: Scene) -> None:
        first = cast.offered(cast.worker())
        more = {"monthly_ordinary": "2400000", "payment_method": "bank_transfer"}
        second = operations.amend_contract(
            cast.OFFICER,
            first.id,
            terms=cast.TERMS | {"wage": more},
            why="Upah dinaikkan.",
            offered_on=cast.TODAY,
        )
        page = self.attache(scene).get(reverse("contract", args=[second.id])).content.decode()
        for part in (first.number, "Upah dinaikkan.", "<del>2300000</del> → 2400000"):
            assert part in page
