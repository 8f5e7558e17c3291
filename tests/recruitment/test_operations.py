"""From an agreement with a partner to a place in a job order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.kernel.clock import Workweek
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal, TooManyAtOnce
from lindung.parties.models import ForeignAgency
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.recruitment import operations, queries, vocabulary
from lindung.recruitment.lifecycles import PaperState
from lindung.recruitment.models import Agreement, JobOrder, Place, RecruitmentPermit, Signature
from lindung.registry.models import Agency, Employer
from tests import cast
from tests.conftest import Scene
from tests.recruitment import people
from tests.recruitment.people import NOW, STAFF, TODAY

pytestmark = pytest.mark.usefixtures("parties")
OUTSIDERS = [cast.OTHER_RECRUITER, cast.OTHER_ATTACHE]


def now_of(model: type[Any], key: object) -> Any:
    with acting_as(cast.MINISTRY):
        return model.objects.get(id=key)


class TestSubmitAgreement:
    def test_waits_for_the_post_of_its_country_on_that_post_s_calendar(self) -> None:
        made = people.agreement()
        assert (made.state, made.post_id) == (PaperState.SUBMITTED, cast.SEOUL)
        assert made.agency_id == cast.RECRUITER.agency
        assert made.number.startswith("PKP-26-")
        week = Workweek(country="KR", timezone="Asia/Seoul")
        assert made.due_at == week.end_of(week.add_working_days(TODAY, 3))

    def test_names_what_does_not_add_up(self) -> None:
        with pytest.raises(Incomplete) as refused:
            people.agreement(quota=0, valid_to=TODAY - timedelta(days=1))
        assert set(refused.value.facts["fields"]) == {"quota", "valid_to"}

    def test_knows_the_partner_in_that_country_alone(self) -> None:
        with pytest.raises(Incomplete):
            operations.submit_agreement(
                cast.RECRUITER, partner_id=people.PARTNER_ID, country="TW", valid_from=TODAY,
                valid_to=TODAY, quota=1, at=NOW, on=TODAY,
            )  # fmt: skip

    def test_is_closed_to_a_recruiter_whose_licence_does_not_stand(self, scene: Scene) -> None:
        with scene():
            Agency.objects.filter(id=cast.RECRUITER.agency).update(licensed_to=TODAY)
        with pytest.raises(Refusal) as refused:
            operations.submit_agreement(
                cast.RECRUITER, partner_id=people.PARTNER_ID, country="KR", valid_from=TODAY,
                valid_to=TODAY + timedelta(days=9), quota=1, at=NOW, on=TODAY + timedelta(days=1),
            )  # fmt: skip
        assert refused.value.slug == "agency-expired"

    def test_is_no_office_s_to_make(self) -> None:
        for who in (cast.OFFICER, cast.ATTACHE, cast.MINISTRY, cast.self_of(cast.new_id())):
            with pytest.raises(NotAllowed):
                people.agreement(who=who)


class TestCheckAgreement:
    @pytest.mark.parametrize("who", [cast.OTHER_ATTACHE])
    def test_hides_it_from_another_post(self, who: Actor) -> None:
        made = people.agreement()
        with pytest.raises(NotFound):
            operations.check_agreement(who, made.id, at=NOW, on=TODAY)

    def test_keeps_what_the_checks_said(self) -> None:
        made = people.agreement()
        operations.check_agreement(STAFF, made.id, at=NOW, on=TODAY)
        with acting_as(cast.MINISTRY):
            (signed,) = queries.signatures(made.id)
        assert (signed.by, signed.step) == (STAFF.id, "check")
        assert {each["outcome"] for each in signed.checks} == {"meets"}


class TestCheckOrder:
    def test_ties_the_order_to_one_employer_however_often_they_ask(self) -> None:
        under = people.in_force()
        first, second = people.checked(under), people.checked(under)
        assert first.employer_id == second.employer_id
        with acting_as(cast.ATTACHE):
            assert Employer.objects.filter(outside_number="KR-9").count() == 1

    def test_takes_a_known_employer_that_the_officer_chose(self) -> None:
        under = people.in_force()
        known = people.checked(under).employer_id
        made = people.order(under, employer_number="", employer_name="Lain")
        done = operations.check_order(STAFF, made.id, at=NOW, on=TODAY, employer_id=known)
        assert done.employer_id == known

    def test_knows_no_employer_of_another_country(self) -> None:
        made = people.order(people.in_force())
        with pytest.raises(NotFound):
            operations.check_order(STAFF, made.id, at=NOW, on=TODAY, employer_id=cast.new_id())


class TestEndorse:
    def test_is_never_by_whoever_checked(self) -> None:
        made = people.agreement()
        operations.check_agreement(cast.ATTACHE, made.id, at=NOW, on=TODAY)
        with pytest.raises(operations.SameEyes):
            operations.endorse(cast.ATTACHE, "agreement", made.id, at=NOW, on=TODAY)
        assert now_of(Agreement, made.id).state == PaperState.CHECKED

    def test_is_refused_by_the_database_too_when_both_are_one(self, scene: Scene) -> None:
        made = people.in_force()
        with scene(), pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(id=made.id).update(checked_by=cast.ATTACHE.id)

    def test_comes_after_the_check(self) -> None:
        made = people.agreement()
        with pytest.raises(StepClosed):
            operations.endorse(cast.ATTACHE, "agreement", made.id, at=NOW, on=TODAY)

    def test_is_an_attache_s_and_no_staff_s(self) -> None:
        made = people.checked(people.in_force())
        for who in (STAFF, cast.RECRUITER, cast.MINISTRY, cast.OFFICER):
            with pytest.raises(NotAllowed):
                operations.endorse(who, "order", made.id, at=NOW, on=TODAY)
        with pytest.raises(NotFound):
            operations.endorse(cast.OTHER_ATTACHE, "order", made.id, at=NOW, on=TODAY)

    def test_names_the_checks_that_do_not_pass(self) -> None:
        made = people.checked(people.in_force(), documents={"demand_letter": "1"})
        with pytest.raises(operations.ChecksFail) as refused:
            operations.endorse(cast.ATTACHE, "order", made.id, at=NOW, on=TODAY)
        assert [each["id"] for each in refused.value.facts["checks"]] == ["documents_complete"]

    def test_needs_a_check_where_the_partner_s_licence_is_not_known(self, scene: Scene) -> None:
        made = people.agreement()
        with scene():
            ForeignAgency.objects.update(licensed_to=None)
        operations.check_agreement(STAFF, made.id, at=NOW, on=TODAY)
        with pytest.raises(operations.ChecksFail):
            operations.endorse(cast.ATTACHE, "agreement", made.id, at=NOW, on=TODAY)

    def test_never_gives_more_than_the_agreement_has(self) -> None:
        under = people.in_force(quota=3)
        people.endorsed(under, quota=2)
        made = people.checked(under, quota=2)
        with pytest.raises(operations.QuotaFull):
            operations.endorse(cast.ATTACHE, "order", made.id, at=NOW, on=TODAY)
        people.endorsed(under, quota=1)
        assert now_of(Agreement, under.id).endorsed == 3


class TestReturnPaper:
    def test_comes_back_under_its_number_with_its_eyes_forgotten(self) -> None:
        made = people.checked(people.in_force())
        operations.return_paper(
            cast.ATTACHE, "order", made.id, reason_code="document_missing", at=NOW
        )
        with acting_as(cast.RECRUITER):
            (row,) = queries.waiting(cast.RECRUITER)
        assert (row.kind, row.step, row.id) == ("order", "repair", made.id)
        again = operations.submit_again(
            cast.RECRUITER, "order", made.id, at=NOW, on=TODAY, given=people.asked(quota=1)
        )
        assert (again.number, again.state, again.quota) == (made.number, "submitted", 1)
        assert again.checked_by is None

    def test_needs_a_reason_of_the_list(self) -> None:
        made = people.agreement()
        for code, words in (("", ""), ("problem_list", ""), ("other", " ")):
            with pytest.raises(Incomplete):
                operations.return_paper(
                    STAFF, "agreement", made.id, reason_code=code, reason=words, at=NOW
                )

    @pytest.mark.parametrize("who", OUTSIDERS, ids=["other agency", "other post"])
    def test_is_nobody_else_s(self, who: Actor) -> None:
        made = people.agreement()
        with pytest.raises((NotFound, NotAllowed)):
            operations.return_paper(
                who, "agreement", made.id, reason_code="other", reason="x", at=NOW
            )
        with pytest.raises((NotFound, NotAllowed)):
            operations.submit_again(
                who,
                "agreement",
                made.id,
                at=NOW,
                on=TODAY,
                given={"valid_from": TODAY, "valid_to": TODAY, "quota": 1},
            )


class TestRefusePaper:
    def test_is_the_end(self) -> None:
        made = people.agreement()
        operations.refuse_paper(
            cast.ATTACHE, "agreement", made.id, reason_code="problem_list", at=NOW
        )
        with pytest.raises(StepClosed):
            operations.submit_again(
                cast.RECRUITER, "agreement", made.id, at=NOW, on=TODAY,
                given={"valid_from": TODAY, "valid_to": TODAY, "quota": 1},
            )  # fmt: skip

    def test_is_not_the_staff_s(self) -> None:
        made = people.agreement()
        with pytest.raises(NotAllowed):
            operations.refuse_paper(STAFF, "agreement", made.id, reason_code="problem_list", at=NOW)


class TestEndPaper:
    def test_gives_the_agreement_back_what_nobody_took(self) -> None:
        under = people.in_force(quota=5)
        made = people.open_order(under=under, quota=3)
        held = people.placed(made)
        operations.end_paper(
            cast.RECRUITER, "order", made.id, reason_code="demand_withdrawn", at=NOW
        )
        assert now_of(Agreement, under.id).endorsed == 1
        assert {each.state for each in _permits(made)} == {"expired"}
        placing.withdraw(cast.RECRUITER, held.id, reason="Sakit")
        assert now_of(Agreement, under.id).endorsed == 0

    def test_is_closed_to_others(self) -> None:
        made = people.endorsed()
        for who in OUTSIDERS:
            with pytest.raises(NotFound):
                operations.end_paper(who, "order", made.id, reason_code="problem_list", at=NOW)
        with pytest.raises(NotAllowed):
            operations.end_paper(STAFF, "order", made.id, reason_code="problem_list", at=NOW)

    def test_by_a_post_closes_the_order_to_new_candidates(self) -> None:
        made = people.open_order()
        operations.end_paper(cast.ATTACHE, "order", made.id, reason_code="problem_list", at=NOW)
        with pytest.raises(operations.OrderClosed):
            people.placed(made)


def _permits(order: JobOrder) -> list[RecruitmentPermit]:
    with acting_as(cast.MINISTRY):
        return queries.permits_of(order.id)


class TestPermit:
    def test_needs_an_officer_s_day_and_reason_while_no_rule_says_how_long(self) -> None:
        made = people.endorsed()
        wish = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        with pytest.raises(Incomplete) as refused:
            operations.issue_permit(cast.MINISTRY, wish.id, at=NOW, on=TODAY)
        assert set(refused.value.facts["fields"]) == {"valid_to", "reason"}
        with pytest.raises(Incomplete):
            operations.issue_permit(
                cast.MINISTRY, wish.id, at=NOW, on=TODAY, reason="x",
                valid_to=made.valid_to + timedelta(days=1),
            )  # fmt: skip
        done = operations.issue_permit(
            cast.MINISTRY, wish.id, at=NOW, on=TODAY, valid_to=made.valid_to, reason="Surat 1"
        )
        assert (done.outcome, done.reason, done.valid_to) == (
            "needs_check",
            "Surat 1",
            made.valid_to,
        )

    def test_lasts_as_long_as_the_rule_says_where_one_does(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        length = queries.PermitLength(3, "meets", "a.rule")
        monkeypatch.setattr(queries, "permit_length", lambda on: length)
        made = people.endorsed()
        wish = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        done = operations.issue_permit(cast.MINISTRY, wish.id, at=NOW, on=TODAY)
        assert done.valid_to is not None
        assert (done.valid_to.month, done.basis) == (6, "a.rule")

    def test_asked_twice_is_one_wish(self) -> None:
        made = people.endorsed()
        first = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        assert operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY) == first

    def test_is_asked_for_an_endorsed_order_alone(self) -> None:
        made = people.checked(people.in_force())
        with pytest.raises(operations.OrderClosed):
            operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)

    def test_is_the_ministry_s_to_give_and_the_recruiter_s_to_ask(self) -> None:
        made = people.endorsed()
        with pytest.raises(NotFound):
            operations.request_permit(cast.OTHER_RECRUITER, made.id, at=NOW, on=TODAY)
        wish = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        for who in (cast.RECRUITER, cast.ATTACHE, cast.OFFICER):
            with pytest.raises(NotAllowed):
                operations.issue_permit(who, wish.id, at=NOW, on=TODAY)

    def test_once_revoked_lets_nobody_in(self) -> None:
        made = people.open_order()
        (given_,) = _permits(made)
        operations.revoke_permit(cast.MINISTRY, given_.id, reason_code="rule_broken", at=NOW)
        with pytest.raises(operations.NoPermit):
            people.placed(made)

    def test_refused_may_be_asked_again(self) -> None:
        made = people.endorsed()
        wish = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        operations.refuse_permit(cast.MINISTRY, wish.id, reason_code="country_closed", at=NOW)
        again = operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        assert again.id != wish.id


class TestOverride:
    def wish(self, order: JobOrder, **given: Any) -> Any:
        values: dict[str, Any] = {
            "check": "documents_complete", "reason": "Asli menyusul lewat pos",
            "expires_on": TODAY + timedelta(days=7), "at": NOW, "on": TODAY,
        }  # fmt: skip
        return operations.ask_override(STAFF, "order", order.id, **(values | given))

    def lacking(self) -> JobOrder:
        return people.checked(people.in_force(), documents={"demand_letter": "1"})

    def test_given_by_another_lets_the_order_go_on_until_its_day(self) -> None:
        made = self.lacking()
        asked = self.wish(made)
        operations.answer_override(
            cast.ATTACHE, asked.id, give=True, reason="Dilihat lewat video", at=NOW, on=TODAY
        )
        late = TODAY + timedelta(days=8)
        with pytest.raises(operations.ChecksFail):
            operations.endorse(cast.ATTACHE, "order", made.id, at=NOW, on=late)
        done = operations.endorse(cast.ATTACHE, "order", made.id, at=NOW, on=TODAY)
        assert done.state == PaperState.ENDORSED

    def test_is_not_given_by_whoever_asked(self) -> None:
        made = self.lacking()
        asked = operations.ask_override(
            cast.ATTACHE, "order", made.id, check="documents_complete", reason="x",
            expires_on=TODAY, at=NOW, on=TODAY,
        )  # fmt: skip
        with pytest.raises(operations.SameEyes):
            operations.answer_override(
                cast.ATTACHE, asked.id, give=True, reason="x", at=NOW, on=TODAY
            )

    def test_is_not_for_every_check(self) -> None:
        made = self.lacking()
        for check in ("employer_clean", "within_agreement"):
            with pytest.raises(operations.NotWaivable):
                self.wish(made, check=check)
        with pytest.raises(NotFound):
            self.wish(made, check="horoscope")

    def test_asked_twice_is_one_wish(self) -> None:
        made = self.lacking()
        assert self.wish(made) == self.wish(made)

    def test_needs_reasons_from_both(self) -> None:
        made = self.lacking()
        with pytest.raises(Incomplete):
            self.wish(made, reason=" ")
        asked = self.wish(made)
        with pytest.raises(Incomplete):
            operations.answer_override(
                cast.ATTACHE, asked.id, give=True, reason=" ", at=NOW, on=TODAY
            )

    def test_is_hidden_from_recruiters_and_other_posts(self) -> None:
        made = self.lacking()
        asked = self.wish(made)
        with pytest.raises(NotFound):
            operations.answer_override(
                cast.OTHER_ATTACHE, asked.id, give=True, reason="x", at=NOW, on=TODAY
            )
        with pytest.raises(NotAllowed):
            operations.ask_override(
                cast.RECRUITER, "order", made.id, check="documents_complete", reason="x",
                expires_on=TODAY, at=NOW, on=TODAY,
            )  # fmt: skip
        with acting_as(cast.RECRUITER):
            shown = queries.checks(cast.RECRUITER, made, on=TODAY)
        assert all(each.wish is None for each in shown)


class TestTakePlace:
    def test_ties_the_placement_to_the_order_and_its_employer(self) -> None:
        made = people.open_order()
        got = people.placed(made)
        assert (got.job_order_id, got.employer_id) == (made.id, made.employer_id)
        assert now_of(JobOrder, made.id).taken == 1

    def test_leaves_no_placement_behind_when_it_is_refused(self) -> None:
        made = people.open_order(quota=1)
        people.placed(made)
        late = people.candidate()
        with pytest.raises(operations.QuotaFull):
            people.placed(made, late)
        with acting_as(cast.MINISTRY):
            assert not Placement.objects.filter(worker=late).exists()

    def test_keeps_each_sex_to_its_own_quota(self) -> None:
        made = people.open_order(quota=2, quota_female=1, quota_male=1)
        people.placed(made)
        with pytest.raises(operations.QuotaFull):
            people.placed(made, people.candidate())
        people.placed(made, people.candidate(sex="M"))

    def test_needs_a_permit(self) -> None:
        made = people.endorsed()
        with pytest.raises(operations.NoPermit):
            people.placed(made)

    def test_is_for_the_order_s_own_recruiter(self) -> None:
        made = people.open_order()
        with pytest.raises(NotFound):
            people.placed(made, people.candidate(cast.OTHER_RECRUITER), who=cast.OTHER_RECRUITER)
        with pytest.raises(operations.NotForThisOrder):
            people.placed(made, cast.worker(), who=cast.MINISTRY)

    def test_is_for_the_order_s_own_sector(self) -> None:
        made = people.open_order(sector="fishing")
        with pytest.raises(operations.NotForThisOrder):
            people.placed(made)

    def test_is_hidden_from_strangers(self) -> None:
        made = people.open_order()
        people.placed(made)
        for who in (cast.OTHER_RECRUITER, cast.OTHER_ATTACHE, cast.self_of(cast.new_id())):
            with acting_as(who):
                assert Place.objects.count() == 0

    def test_lets_a_replacement_into_the_same_place(self) -> None:
        made = people.open_order(quota=2)
        first, second = people.placed(made), people.placed(made)
        placing.withdraw(cast.RECRUITER, first.id, reason="Sakit")
        third = people.placed(made)
        with acting_as(cast.MINISTRY):
            seats = {each.placement_id: each for each in queries.places(made.id)}
        assert seats[third.id].seat == seats[first.id].seat == 1
        assert seats[third.id].replaces == seats[first.id]
        assert seats[second.id].seat == 2
        assert now_of(JobOrder, made.id).taken == 2


class TestGiveBack:
    def test_by_an_office_that_does_not_see_the_order(self) -> None:
        made = people.open_order(quota=1, quota_female=1)
        got = people.placed(made)
        placing.withdraw(cast.OFFICER, got.id, reason="Mengundurkan diri")
        left = now_of(JobOrder, made.id)
        assert (left.taken, left.taken_female) == (0, 0)

    def test_does_nothing_where_no_place_is_held(self) -> None:
        assert operations.give_back(cast.OFFICER, cast.new_id(), reason="x", on=TODAY) is None


class TestExpirePapers:
    def test_ends_what_has_run_out_and_gives_its_places_back(self) -> None:
        under = people.in_force(quota=9)
        short = people.open_order(under=under, quota=4, valid_to=TODAY + timedelta(days=10))
        people.placed(short)
        long = people.endorsed(under, quota=3)
        at = TODAY + timedelta(days=11)
        assert operations.expire_papers(ROBOT, at=NOW, on=at) == 1
        assert now_of(JobOrder, short.id).state == PaperState.EXPIRED
        assert now_of(JobOrder, long.id).state == PaperState.ENDORSED
        assert now_of(Agreement, under.id).endorsed == 4
        assert operations.expire_papers(ROBOT, at=NOW, on=at) == 0

    def test_is_our_robot_s_alone(self) -> None:
        for who in (cast.MINISTRY, cast.ATTACHE, cast.RECRUITER):
            with pytest.raises(NotAllowed):
                operations.expire_papers(who, at=NOW, on=TODAY)


class TestEndorseMany:
    def test_endorses_what_may_be_and_refuses_the_rest_by_name(self) -> None:
        under = people.in_force(quota=3)
        good, lacking = people.checked(under), people.checked(under, documents={})
        full, before = people.checked(under), people.endorsed(under, quota=1)
        chosen = [good.id, lacking.id, full.id, before.id, cast.new_id(), good.id]
        looked = operations.look_through(cast.ATTACHE, chosen, on=TODAY)
        assert [each.ready for each in looked] == [True, False, True, False]
        receipt = operations.endorse_many(cast.ATTACHE, chosen, at=NOW, on=TODAY)
        assert [each.id for each in receipt.done] == [good.id]
        assert [each.id for each in receipt.before] == [before.id]
        assert [(each.number, each.refusal.slug) for each in receipt.refused] == [
            (lacking.number, "checks-fail"), (full.number, "quota-full"), ("", "not-found"),
        ]  # fmt: skip

    def test_sees_nothing_of_another_post(self) -> None:
        made = people.checked(people.in_force())
        assert operations.look_through(cast.OTHER_ATTACHE, [made.id], on=TODAY) == []
        with pytest.raises(NotAllowed):
            operations.endorse_many(STAFF, [made.id], at=NOW, on=TODAY)

    def test_takes_no_more_than_a_receipt_holds(self) -> None:
        with pytest.raises(TooManyAtOnce):
            operations.look_through(cast.ATTACHE, [cast.new_id() for _ in range(101)], on=TODAY)


class TestSubmitOrder:
    def test_names_each_field_that_does_not_add_up(self) -> None:
        under = people.in_force()
        for wrong, field in (
            ({"employer_name": ""}, "employer_name"),
            ({"wage": {"amount": "x", "currency": "KRW", "per": "month"}}, "wage"),
            ({"wage": {"amount": "1", "currency": "won", "per": "month"}}, "wage"),
            ({"quota_female": 3}, "quota_female"),
            ({"quota": 4, "quota_female": 1, "quota_male": 1}, "quota"),
            ({"documents": {"poem": "1"}}, "documents"),
            ({"valid_to": TODAY - timedelta(days=1)}, "valid_to"),
        ):
            with pytest.raises(Incomplete) as refused:
                people.order(under, **wrong)
            assert field in refused.value.facts["fields"]

    def test_comes_under_an_agreement_in_force(self) -> None:
        with pytest.raises(operations.OrderClosed):
            people.order(people.agreement())

    def test_hides_another_recruiter_s_agreement(self) -> None:
        under = people.in_force()
        with pytest.raises(NotFound):
            people.order(under, who=cast.OTHER_RECRUITER)


class TestWaiting:
    def test_shows_each_what_only_they_can_do(self) -> None:
        made = people.agreement()
        with acting_as(STAFF):
            assert [row.step for row in queries.waiting(STAFF)] == ["check"]
        operations.check_agreement(cast.ATTACHE, made.id, at=NOW, on=TODAY)
        with acting_as(cast.ATTACHE):
            assert queries.waiting(cast.ATTACHE) == []
        second = Actor(
            id=cast.new_id(), kind=cast.ATTACHE.kind, name="Dua", posts=(cast.SEOUL,),
            rights=cast.ATTACHE.rights,
        )  # fmt: skip
        with acting_as(second):
            assert [row.step for row in queries.waiting(second)] == ["endorse"]
        with acting_as(cast.OTHER_ATTACHE):
            assert queries.waiting(cast.OTHER_ATTACHE) == []

    def test_shows_the_ministry_the_permits(self) -> None:
        made = people.endorsed()
        operations.request_permit(cast.RECRUITER, made.id, at=NOW, on=TODAY)
        with acting_as(cast.MINISTRY):
            (row,) = queries.waiting(cast.MINISTRY)
        assert (row.kind, row.id) == ("permit", made.id)


class TestTheQuota:
    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(steps=st.lists(st.sampled_from(["take F", "take M", "back"]), max_size=12))
    def test_counts_what_is_held_whatever_is_done(self, steps: list[str]) -> None:
        made = people.open_order(under=people.in_force(), quota=3, quota_female=2)
        held: list[Placement] = []
        for step in steps:
            if step == "back":
                if held:
                    placing.withdraw(cast.RECRUITER, held.pop(0).id, reason="Sakit")
                continue
            try:
                held.append(people.placed(made, people.candidate(sex=step[-1])))
            except operations.QuotaFull:
                women = sum(each.worker.sex == "F" for each in held)
                assert len(held) == 3 or (step == "take F" and women == 2)
        with acting_as(cast.MINISTRY):
            left = JobOrder.objects.get(id=made.id)
            seats = [each.seat for each in Place.objects.filter(order=made, state="held")]
        assert left.taken == len(held) == len(set(seats))
        assert left.taken_female == sum(each.worker.sex == "F" for each in held) <= 2
        assert set(seats) <= {1, 2, 3}


def test_the_data_says_every_step_in_both_languages() -> None:
    for step in ("return", "refuse", "end", "revoke"):
        assert ("other", "Alasan lain (tulis)") in vocabulary.reasons(step)
    with pytest.raises(KeyError):
        vocabulary.due("never", NOW, None)
    assert Signature._meta.ordering
