"""From the first wish to the confirmed arrival."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.outreach.models import Message
from lindung.placement import operations, queries
from lindung.placement.models import Contract, Placement
from lindung.registry import queries as registry
from lindung.regulations.verdicts import Verdict
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")


class TestOpenPlacement:
    def test_refuses_a_second_one_under_way(self) -> None:
        who = cast.worker()
        cast.placement(who)
        with pytest.raises(operations.AlreadyUnderWay):
            cast.placement(who)

    def test_hides_a_person_of_another_office(self) -> None:
        who = cast.worker()
        with pytest.raises(NotFound):
            operations.open_placement(
                cast.OTHER_OFFICER,
                who.id,
                pathway_id="g2g-kr",
                sector="manufacturing",
                on=cast.TODAY,
            )

    def test_refuses_a_sector_the_pathway_does_not_serve(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.open_placement(
                cast.OFFICER, who.id, pathway_id="g2g-kr", sector="domestic_work", on=cast.TODAY
            )


class TestOpenPlacements:
    def test_answers_for_each_and_opens_the_good_ones(self) -> None:
        free, busy, twice = (cast.worker() for _ in range(3))
        cast.placement(busy)
        way = {"pathway_id": "g2g-kr", "sector": "manufacturing"}
        found = operations.open_placements(
            cast.OFFICER,
            [
                operations.Start(free.id, **way),
                operations.Start(busy.id, **way),
                operations.Start(new_id(), **way),
                operations.Start(twice.id, pathway_id="g2g-kr", sector="domestic_work"),
                operations.Start(twice.id, **way),
                operations.Start(twice.id, **way),
            ],
            on=cast.TODAY,
        )
        busy_already = operations.AlreadyUnderWay
        assert [type(each) for each in found] == [
            Placement, busy_already, NotFound, Incomplete, Placement, busy_already,
        ]  # fmt: skip
        with acting_as(cast.OFFICER):
            assert Placement.objects.count() == 3

    def test_hides_people_of_another_office(self) -> None:
        start = operations.Start(cast.worker().id, pathway_id="g2g-kr", sector="manufacturing")
        (found,) = operations.open_placements(cast.OTHER_OFFICER, [start], on=cast.TODAY)
        assert isinstance(found, NotFound)
        with pytest.raises(NotAllowed):
            operations.open_placements(ROBOT, [start], on=cast.TODAY)


class TestSettleRequirements:
    def test_takes_no_waiver_without_a_reason(self) -> None:
        made = cast.placement(cast.worker())
        with pytest.raises(Incomplete):
            operations.settle_requirements(
                cast.OFFICER,
                made.id,
                requirements=["passport"],
                state="waived",
                given_on=cast.TODAY,
            )

    @pytest.mark.parametrize(
        ("requirement", "refused"), [("passport", False), ("competence", True)]
    )
    def test_takes_what_needs_a_check_with_a_reason_alone(
        self, requirement: str, refused: bool
    ) -> None:
        made = cast.placement(cast.worker())
        given = {"requirements": [requirement], "state": "accepted", "given_on": cast.TODAY}
        if refused:
            with pytest.raises(Incomplete) as told:
                operations.settle_requirements(cast.OFFICER, made.id, **given)
            assert set(told.value.facts["fields"]) == {"reason"}
            # The destination's own system has nobody to ask.
            operations.settle_requirements(ROBOT, made.id, **given)
        operations.settle_requirements(cast.OFFICER, made.id, reason="Dilihat", **given)

    def test_refuses_a_requirement_the_pathway_does_not_know(self) -> None:
        made = cast.placement(cast.worker())
        with pytest.raises(NotFound):
            operations.settle_requirements(
                cast.OFFICER,
                made.id,
                requirements=["horoscope"],
                state="accepted",
                given_on=cast.TODAY,
            )

    def test_settles_nothing_by_handing_in_alone(self) -> None:
        who = cast.worker()
        made = cast.placement(who)
        operations.give_requirement(
            cast.self_of(who.id),
            made.id,
            requirement="passport",
            reference="C…",
            on=cast.TODAY,
        )
        with acting_as(cast.OFFICER):
            left = {each.requirement.id for each in queries.open_requirements(made, on=cast.TODAY)}
        assert "passport" in left


class TestSendToRoster:
    def test_names_what_is_missing(self) -> None:
        made = cast.placement(cast.worker())
        with pytest.raises(operations.RequirementsMissing) as refused:
            operations.send_to_roster(cast.OFFICER, made.id, on=cast.TODAY)
        assert {"id", "title", "why"} == set(refused.value.facts["requirements"][0])


class TestRecordContractOffer:
    def test_puts_the_workplace_s_post_in_charge(self) -> None:
        who = cast.worker()
        contract = cast.offered(who)
        assert contract.post_id == cast.SEOUL
        with acting_as(cast.ATTACHE):
            assert registry.worker(who.id) == who
        with acting_as(cast.OTHER_ATTACHE), pytest.raises(NotFound):
            registry.worker(who.id)

    def test_is_the_same_contract_when_the_offer_comes_twice(self) -> None:
        who = cast.worker()
        first = cast.offered(who)
        again = operations.record_contract_offer(
            ROBOT,
            first.placement.number,
            offer_no=first.offer_number,
            form=first.form,
            terms=cast.TERMS,
            offered_on=cast.TODAY,
            answer_by=None,
            employer="Hanbit",
        )
        assert again == first

    def test_tells_the_worker_in_the_same_transaction(self) -> None:
        who = cast.worker(language="en")
        cast.offered(who)
        with acting_as(cast.self_of(who.id)):
            (message,) = Message.objects.filter(worker_id=who.id, template="contract_offered")
        assert message.language == "en"
        assert "16-03-2026" in message.words


class TestVerifyContract:
    def test_freezes_the_rules_it_used(self) -> None:
        contract = cast.verified(cast.worker())
        kept = [Verdict.thawed(each) for each in contract.verdicts["verdicts"]]
        wage = next(v for v in kept if v.parameter == "kr.minimum_wage.hourly")
        assert wage.version
        assert wage.legal_basis
        assert contract.checked_on == cast.TODAY

    def test_needs_a_person_s_reason_where_the_law_is_not_sure(self) -> None:
        contract = cast.offered(cast.worker())
        with pytest.raises(operations.DecisionMissing) as refused:
            operations.verify_contract(cast.ATTACHE, contract.id, judgements={}, on=cast.TODAY)
        assert refused.value.facts["rules"]

    def test_refuses_a_wage_below_the_floor_whatever_a_person_says(self) -> None:
        wage = {"monthly_ordinary": "1500000", "payment_method": "bank_transfer"}
        contract = cast.offered(cast.worker(), wage=wage)
        with pytest.raises(operations.ContractBreaks) as refused:
            operations.verify_contract(
                cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
            )
        assert "kr.minimum_wage.hourly" in refused.value.facts["rules"]

    def test_refuses_when_the_officer_says_no(self) -> None:
        contract = cast.offered(cast.worker())
        judged = cast.yes_to_all(contract)
        first = next(iter(judged))
        judged[first] = {"answer": "no", "reason": "Tidak layak."}
        with pytest.raises(operations.ContractBreaks):
            operations.verify_contract(cast.ATTACHE, contract.id, judgements=judged, on=cast.TODAY)

    def test_is_closed_to_another_post_and_to_the_office(self) -> None:
        contract = cast.offered(cast.worker())
        with pytest.raises(NotFound):
            operations.verify_contract(
                cast.OTHER_ATTACHE, contract.id, judgements={}, on=cast.TODAY
            )
        with pytest.raises(NotAllowed):
            operations.verify_contract(cast.OFFICER, contract.id, judgements={}, on=cast.TODAY)


class TestAnswerContract:
    def test_is_closed_until_it_was_checked(self) -> None:
        who = cast.worker()
        contract = cast.offered(who)
        with pytest.raises(StepClosed):
            operations.answer_contract(cast.self_of(who.id), contract.id, agree=True, on=cast.TODAY)

    def test_comes_too_late_after_its_last_day(self) -> None:
        who = cast.worker()
        contract = cast.verified(who)
        with pytest.raises(operations.OfferLapsed):
            operations.answer_contract(
                cast.self_of(who.id),
                contract.id,
                agree=True,
                on=cast.TODAY + timedelta(days=15),
            )
        with acting_as(cast.MINISTRY):
            assert Contract.objects.get(id=contract.id).state == "verified"

    def test_goes_back_to_the_list_when_refused(self) -> None:
        who = cast.worker()
        contract = cast.verified(who)
        operations.answer_contract(
            cast.self_of(who.id), contract.id, agree=False, on=cast.TODAY, reason="Terlalu jauh"
        )
        with acting_as(cast.MINISTRY):
            assert Placement.objects.get(id=contract.placement_id).state == "rostered"

    def test_is_nobody_else_s_to_give(self) -> None:
        contract = cast.verified(cast.worker())
        with pytest.raises(NotFound):
            operations.answer_contract(
                cast.self_of(cast.new_id()), contract.id, agree=True, on=cast.TODAY
            )
        with pytest.raises(NotAllowed):
            operations.answer_contract(cast.ATTACHE, contract.id, agree=True, on=cast.TODAY)


class TestClearForDeparture:
    def test_is_open_exactly_when_nothing_is_missing(self) -> None:
        placement_id = cast.signed(cast.worker()).placement_id
        with pytest.raises(operations.RequirementsMissing):
            operations.clear_for_departure(cast.MINISTRY, placement_id, on=cast.TODAY)
        cast.complete(placement_id)
        cleared = operations.clear_for_departure(cast.MINISTRY, placement_id, on=cast.TODAY)
        assert cleared.cleared_on == cast.TODAY

    def test_leaves_nothing_behind_when_it_is_refused(self) -> None:
        placement_id = cast.signed(cast.worker()).placement_id
        with pytest.raises(operations.RequirementsMissing):
            operations.clear_for_departure(cast.MINISTRY, placement_id, on=cast.TODAY)
        with acting_as(cast.MINISTRY):
            assert Placement.objects.get(id=placement_id).state == "authorised"

    def test_is_the_ministry_s_alone(self) -> None:
        placement_id = cast.signed(cast.worker()).placement_id
        with pytest.raises(NotAllowed):
            operations.clear_for_departure(cast.OFFICER, placement_id, on=cast.TODAY)

    def test_sees_evidence_that_has_run_out(self) -> None:
        placement_id = cast.signed(cast.worker()).placement_id
        cast.complete(placement_id)
        later = cast.TODAY + timedelta(days=366)
        with pytest.raises(operations.RequirementsMissing) as refused:
            operations.clear_for_departure(cast.MINISTRY, placement_id, on=later)
        assert "expired" in {each["why"] for each in refused.value.facts["requirements"]}


class TestRecordArrival:
    def test_starts_the_employment_by_itself(self) -> None:
        from lindung.monitoring.queries import current_employment

        who = cast.worker()
        cast.arrived(who)
        with acting_as(cast.ATTACHE):
            employment = current_employment(who.id)
            assert employment is not None
            assert employment.employer_name == "Hanbit"
            facts = registry.current_facts(who.id)
        assert [fact.source for fact in facts["employer"]] == ["destination"]

    def test_is_closed_before_departure(self) -> None:
        contract = cast.signed(cast.worker())
        with pytest.raises(StepClosed):
            operations.record_arrival(ROBOT, contract.placement.number, on=cast.TODAY)


class TestWithdraw:
    def test_takes_the_contract_off_the_attache_s_desk(self) -> None:
        contract = cast.offered(cast.worker())
        operations.withdraw(cast.OFFICER, contract.placement_id, reason="Sakit")
        with acting_as(cast.ATTACHE):
            assert not queries.awaiting_verification(cast.ATTACHE).exists()
            assert queries.current_contract(contract.placement_id) is None
            kinds = {task.kind for task in registry.open_tasks(contract.worker_id)}
        assert "contract:verify" not in kinds

    def test_says_why(self) -> None:
        made = cast.placement(cast.worker())
        with pytest.raises(Incomplete):
            operations.withdraw(cast.OFFICER, made.id, reason=" ")


class TestEvidence:
    def test_given_before_the_post_took_charge_is_seen_by_it(self) -> None:
        contract = cast.offered(cast.worker())
        with acting_as(cast.ATTACHE):
            assert "passport" in queries.evidence_of(contract.placement_id)
