"""Telling, correcting, giving back, borrowing, being asked: what each does, and to whom it is closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, transaction
from django.db.models import Q

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import HandlerError, JournalEntry
from lindung.access.roles import ANYONE, ROBOT
from lindung.costs import operations, queries
from lindung.costs.components import NoSuchComponent
from lindung.costs.models import (
    Asking,
    Capture,
    Charge,
    CostRatio,
    Loan,
    Moment,
    Overcharge,
    Refund,
)
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.money import Money
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.outreach.models import Message
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.registry.models import Source, Task, Worker
from lindung.reintegration import operations as reintegration
from lindung.reintegration.models import ReturnReason
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")
TODAY = cast.TODAY
# While nothing might be charged to the worker, and brokers were forbidden (both confirmed).
LAWLESS = date(2025, 5, 5)


def money(text: str) -> Money:
    currency, amount = text.split()
    return Money(Decimal(amount), currency)


def told(actor: Actor, who: Worker, placement: Placement | None, **given: Any) -> Charge:
    """Nine million rupiah to the agency, in cash."""
    values: dict[str, Any] = {
        "component": "agency_fee",
        "amount": money("IDR 9000000"),
        "paid_on": LAWLESS,
        "payer": "worker",
        "payee": "agency",
        "how": "cash",
        "on": TODAY,
    }
    values |= given
    placement_id = placement.id if placement else None
    return operations.tell_charge(actor, who.id, placement_id=placement_id, **values)


def refunded(actor: Actor, charge: Charge, amount: int, **given: Any) -> Refund:
    values: dict[str, Any] = {"came_on": TODAY, "by": "agency", "how": "transfer", "on": TODAY}
    return operations.tell_refund(actor, charge.id, amount=Decimal(amount), **(values | given))


def overcharges() -> dict[str, str]:
    """Rule → state, as the ministry sees them."""
    with acting_as(cast.MINISTRY):
        return {each.rule: each.state for each in Overcharge.objects.all()}


def open_tasks() -> set[str]:
    with acting_as(cast.MINISTRY):
        found = Task.objects.filter(state="open", kind__startswith="overcharge:")
        return set(found.values_list("kind", flat=True))


@pytest.fixture
def who() -> Worker:
    return cast.worker()


@pytest.fixture
def made(who: Worker) -> Placement:
    return cast.placement(who)


@pytest.fixture
def ours(who: Worker, made: Placement, scene: Scene) -> Placement:
    """The same placement, by the agency of the cast."""
    with scene():
        Worker.objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
        Placement.objects.filter(id=made.id).update(agency_id=cast.RECRUITER.agency)
    return made


ZERO = "id.recruitment.placement_fee_worker"
BROKER = "kr.recruitment.broker_ban"


class TestTellCharge:
    def test_is_numbered_and_journalled_without_its_sum(self, who: Worker, made: Placement) -> None:
        charge = told(cast.self_of(who.id), who, made)
        assert charge.number.startswith("BYA-26-")
        assert (charge.told_by, charge.told_on) == ("worker", TODAY)
        with acting_as(cast.MINISTRY):
            entry = JournalEntry.objects.get(type="costs.ChargeTold")
        assert entry.subject == charge.id
        assert "9000000" not in str(entry.payload)

    def test_opens_an_overcharge_and_a_task_with_the_article(
        self, who: Worker, made: Placement
    ) -> None:
        told(cast.self_of(who.id), who, made)
        assert overcharges() == {ZERO: "open", BROKER: "open"}
        assert open_tasks() == {"overcharge:placement_fee_worker", "overcharge:broker_ban"}
        with acting_as(cast.MINISTRY):
            row = Overcharge.objects.get(rule=ZERO)
            task = Task.objects.get(kind="overcharge:placement_fee_worker")
        assert (row.excess, row.currency, row.refunds) == (Decimal(9000000), "IDR", "agency")
        assert row.verdict["legal_basis"][0]["article"] == "30"
        assert row.verdict["on"] == LAWLESS.isoformat()
        assert (task.subject, task.owner) == (row.id, "office")

    def test_of_a_day_when_the_law_is_not_known_opens_nothing(
        self, who: Worker, made: Placement
    ) -> None:
        told(cast.self_of(who.id), who, made, paid_on=TODAY)
        assert overcharges() == {}
        with acting_as(cast.MINISTRY):
            assert {
                each.verdict.outcome
                for each in queries.account(cast.MINISTRY, made, on=TODAY).judged
            } == {"needs_check"}

    @pytest.mark.parametrize("payer", ["employer", "agency", "state", "other"])
    def test_that_somebody_else_paid_is_no_cost_of_the_worker(
        self, who: Worker, made: Placement, payer: str
    ) -> None:
        told(cast.self_of(who.id), who, made, payer=payer)
        assert overcharges() == {}

    def test_that_the_family_paid_is(self, who: Worker, made: Placement) -> None:
        told(cast.self_of(who.id), who, made, payer="family")
        assert ZERO in overcharges()

    def test_says_all_that_is_wrong_at_once(self, who: Worker, made: Placement) -> None:
        with pytest.raises(Incomplete) as refused:
            told(
                cast.self_of(who.id), who, made,
                amount=money("ZZZ -1"), paid_on=TODAY + timedelta(days=1), months=0, payer="x",
                payee="y", how="z", payee_id=new_id(),
            )  # fmt: skip
        assert set(refused.value.facts["fields"]) == {
            "amount", "currency", "paid_on", "months", "payer", "payee", "how", "payee_name",
        }  # fmt: skip

    def test_finer_than_the_table_can_hold_is_refused(self, who: Worker, made: Placement) -> None:
        with pytest.raises(Incomplete):
            told(cast.self_of(who.id), who, made, amount=money("IDR 0.0005"))

    def test_to_the_agency_is_to_the_placement_s_own_unless_another_is_named(
        self, who: Worker, ours: Placement
    ) -> None:
        me = cast.self_of(who.id)
        own = told(me, who, ours)
        assert (own.payee_id, own.payee_name) == (cast.RECRUITER.agency, "PT Sinar 1")
        other = told(me, who, ours, payee_name="PT Lain")
        assert (other.payee_id, other.payee_name) == (None, "PT Lain")
        assert told(me, who, ours, payee="broker").payee_id is None

    def test_for_nothing_known_is_refused(self, who: Worker, made: Placement) -> None:
        with pytest.raises(NoSuchComponent):
            told(cast.self_of(who.id), who, made, component="magic")

    def test_before_there_is_a_placement_is_taken_up_when_one_is_opened(self, who: Worker) -> None:
        charge = told(cast.self_of(who.id), who, None)
        assert overcharges() == {}
        placement = cast.placement(who)
        with acting_as(cast.MINISTRY):
            assert Charge.objects.get(id=charge.id).placement_id == placement.id
        assert ZERO in overcharges()

    def test_in_whose_name_is_by_who_speaks(self, who: Worker, made: Placement) -> None:
        assert told(cast.OFFICER, who, made).told_by == "officer"
        assert told(cast.OFFICER, who, made, told_by="family").told_by == "family"
        for actor, name in ((cast.self_of(who.id), "officer"), (cast.OFFICER, "agency")):
            with pytest.raises(NotAllowed):
                told(actor, who, made, told_by=name)

    def test_is_closed_to_another_office_another_worker_and_anyone(
        self, who: Worker, made: Placement
    ) -> None:
        other = cast.worker(full_name="Wati")
        for actor in (cast.OTHER_OFFICER, cast.OTHER_ATTACHE, cast.self_of(other.id)):
            with pytest.raises(NotFound):
                told(actor, who, made)
        with pytest.raises(NotAllowed):
            told(ANYONE, who, made)
        with pytest.raises(NotFound):
            told(cast.self_of(other.id), other, made)


class TestCorrectCharge:
    def corrected(self, actor: Actor, charge: Charge, **given: Any) -> Charge:
        values: dict[str, Any] = {
            "component": charge.component, "amount": money("IDR 4000000"),
            "paid_on": charge.paid_on, "payer": charge.payer, "payee": charge.payee,
            "how": charge.how, "reason": "Salah tulis", "on": TODAY,
        }  # fmt: skip
        return operations.correct_charge(actor, charge.id, **(values | given))

    def test_keeps_the_first_telling_and_counts_the_second(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        again = self.corrected(me, charge)
        with acting_as(me):
            before = Charge.objects.get(id=charge.id)
            assert (before.state, before.reason, before.amount) == (
                "corrected", "Salah tulis", Decimal(9000000),
            )  # fmt: skip
            assert Charge.objects.get(id=again.id).corrects_id == charge.id
        with acting_as(cast.MINISTRY):
            assert Overcharge.objects.get(rule=ZERO).excess == Decimal(4000000)

    def test_takes_what_came_back_along_and_refuses_less_than_that(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        refunded(me, charge, 4000000)
        for amount in ("IDR 3999999", "USD 4000000"):
            with pytest.raises(operations.MoreThanPaid):
                self.corrected(me, charge, amount=money(amount))
        again = self.corrected(me, charge)
        with acting_as(me):
            assert Refund.objects.get().charge_id == again.id
        assert overcharges()[ZERO] == "cleared"

    def test_is_once_and_only_by_whoever_told(self, who: Worker, made: Placement) -> None:
        me = cast.self_of(who.id)
        theirs = told(cast.OFFICER, who, made)
        with pytest.raises(operations.NotYours):
            self.corrected(me, theirs)
        mine = told(me, who, made)
        self.corrected(cast.OFFICER, mine)
        with pytest.raises(StepClosed):
            self.corrected(me, mine)

    def test_without_a_reason_is_refused(self, who: Worker, made: Placement) -> None:
        charge = told(cast.OFFICER, who, made)
        with pytest.raises(Incomplete):
            self.corrected(cast.OFFICER, charge, reason=" ")


class TestWithdrawCharge:
    def test_clears_what_it_had_opened_and_keeps_the_history(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        operations.withdraw_charge(me, charge.id, reason="Keliru", on=TODAY)
        assert overcharges() == {ZERO: "cleared", BROKER: "cleared"}
        assert open_tasks() == set()
        with acting_as(me):
            assert Charge.objects.get().state == "withdrawn"
        with pytest.raises(StepClosed):
            operations.withdraw_charge(me, charge.id, reason="Keliru", on=TODAY)

    def test_is_not_the_recruiter_s_nor_another_office_s(
        self, who: Worker, ours: Placement
    ) -> None:
        charge = told(cast.self_of(who.id), who, ours)
        for actor in (cast.RECRUITER, cast.OTHER_OFFICER):
            with pytest.raises(NotFound):
                operations.withdraw_charge(actor, charge.id, reason="Keliru", on=TODAY)


class TestTellRefund:
    def test_in_full_clears_the_overcharge_and_a_rest_does_not(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        refunded(me, charge, 8999999)
        assert overcharges()[ZERO] == "open"
        with acting_as(cast.MINISTRY):
            assert Overcharge.objects.get(rule=ZERO).excess == Decimal(1)
        refunded(me, charge, 1)
        assert overcharges() == {ZERO: "cleared", BROKER: "cleared"}
        assert open_tasks() == set()
        with acting_as(cast.MINISTRY):
            found = JournalEntry.objects.filter(type__startswith="costs.Overcharge")
            assert [each.type for each in found.order_by("id")].count(
                "costs.OverchargeCleared"
            ) == 2
            assert Overcharge.objects.get(rule=ZERO).cleared_on == TODAY

    def test_that_was_none_opens_it_again(self, who: Worker, made: Placement) -> None:
        me = cast.self_of(who.id)
        back = refunded(me, told(me, who, made), 9000000)
        operations.refute_refund(cast.OFFICER, back.id, reason="Tidak pernah datang", on=TODAY)
        assert overcharges() == {ZERO: "open", BROKER: "open"}
        assert len(open_tasks()) == 2

    def test_of_more_than_was_paid_is_refused(self, who: Worker, made: Placement) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        refunded(me, charge, 5000000)
        with pytest.raises(operations.MoreThanPaid):
            refunded(me, charge, 4000001)

    def test_by_a_recruiter_counts_when_the_worker_says_so(
        self, who: Worker, ours: Placement
    ) -> None:
        charge = told(cast.RECRUITER, who, ours)
        back = refunded(cast.RECRUITER, charge, 9000000)
        assert (back.state, overcharges()[ZERO]) == ("claimed", "open")
        with pytest.raises(NotAllowed):
            operations.confirm_refund(cast.RECRUITER, back.id, on=TODAY)
        operations.confirm_refund(cast.self_of(who.id), back.id, on=TODAY)
        assert overcharges()[ZERO] == "cleared"

    def test_before_the_payment_or_still_to_come_is_refused(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        for day in (LAWLESS - timedelta(days=1), TODAY + timedelta(days=1)):
            with pytest.raises(Incomplete):
                refunded(me, charge, 1, came_on=day)

    def test_of_a_withdrawn_charge_is_refused(self, who: Worker, made: Placement) -> None:
        me = cast.self_of(who.id)
        charge = told(me, who, made)
        operations.withdraw_charge(me, charge.id, reason="Keliru", on=TODAY)
        with pytest.raises(StepClosed):
            refunded(me, charge, 1)


class TestTheTwoSides:
    def test_the_worker_s_word_counts_instead_of_the_declared_and_not_beside_it(
        self, who: Worker, ours: Placement
    ) -> None:
        told(cast.RECRUITER, who, ours, amount=money("IDR 1000000"))
        with acting_as(cast.MINISTRY):
            assert Overcharge.objects.get(rule=ZERO).excess == Decimal(1000000)
        told(cast.self_of(who.id), who, ours, amount=money("IDR 9000000"))
        with acting_as(cast.MINISTRY):
            assert Overcharge.objects.get(rule=ZERO).excess == Decimal(9000000)

    def test_a_component_that_only_the_recruiter_declares_counts(
        self, who: Worker, ours: Placement
    ) -> None:
        told(cast.RECRUITER, who, ours, component="training", amount=money("IDR 2"))
        told(cast.self_of(who.id), who, ours, amount=money("IDR 3"))
        with acting_as(cast.MINISTRY):
            assert Overcharge.objects.get(rule=ZERO).excess == Decimal(5)

    def test_a_recruiter_sees_nothing_of_what_a_worker_said(
        self, who: Worker, ours: Placement
    ) -> None:
        me = cast.self_of(who.id)
        told(me, who, ours)
        told(cast.OFFICER, who, ours, told_by="family")
        own = told(cast.RECRUITER, who, ours, amount=money("IDR 5"))
        operations.tell_loan(
            me, who.id, lender="lender", principal=money("IDR 1000000"), taken_on=LAWLESS, on=TODAY
        )
        operations.answer_capture(
            me, ours.id, moment=Moment.BEFORE, currency="IDR",
            amounts={"agency_fee": Decimal(9)}, on=TODAY,
        )  # fmt: skip
        with acting_as(cast.RECRUITER):
            assert [each.id for each in Charge.objects.all()] == [own.id]
            assert not Task.objects.filter(kind__startswith="overcharge").exists()
            assert not JournalEntry.objects.filter(type__startswith="costs.").exists()
            for model in (Loan, Capture, Asking, Overcharge, CostRatio):
                with pytest.raises(ProgrammingError) as refused, transaction.atomic():
                    model.objects.exists()
                assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
        with acting_as(cast.OTHER_RECRUITER):
            assert not Charge.objects.exists()

    def test_a_recruiter_cannot_write_in_the_worker_s_name(
        self, who: Worker, ours: Placement
    ) -> None:
        own = told(cast.RECRUITER, who, ours)
        with acting_as(cast.RECRUITER), pytest.raises(ProgrammingError), transaction.atomic():
            Charge.objects.filter(id=own.id).update(told_by="worker")


class TestLoans:
    def test_are_told_and_withdrawn_by_whoever_told(self, who: Worker, made: Placement) -> None:
        me = cast.self_of(who.id)
        loan = operations.tell_loan(
            me, who.id, placement_id=made.id, lender="lender", principal=money("IDR 10000000"),
            taken_on=LAWLESS, rate=Decimal(5), months=10, collateral="land", on=TODAY,
        )  # fmt: skip
        with pytest.raises(NotFound):
            operations.withdraw_loan(cast.OTHER_OFFICER, loan.id, reason="x", on=TODAY)
        with pytest.raises(NotAllowed):
            operations.withdraw_loan(cast.RECRUITER, loan.id, reason="x", on=TODAY)
        operations.withdraw_loan(me, loan.id, reason="Bukan pinjaman", on=TODAY)
        with acting_as(me):
            assert queries.loans_of_worker(who.id) == []
            assert Loan.objects.count() == 1

    def test_say_all_that_is_wrong_at_once(self, who: Worker) -> None:
        with pytest.raises(Incomplete) as refused:
            operations.tell_loan(
                cast.self_of(who.id), who.id, lender="x", principal=money("ZZZ 0"),
                taken_on=TODAY + timedelta(days=1), rate=Decimal(-1), rate_per="x", months=-1,
                instalment=Decimal(-1), collateral="x", on=TODAY,
            )  # fmt: skip
        assert set(refused.value.facts["fields"]) == {
            "principal", "currency", "taken_on", "rate", "rate_per", "months", "instalment",
            "lender", "collateral",
        }  # fmt: skip


def answered(
    who: Worker, placement: Placement, moment: Moment, on: date, **amounts: int
) -> Capture:
    return operations.answer_capture(
        cast.self_of(who.id),
        placement.id,
        moment=moment,
        currency="IDR",
        amounts={name: Decimal(amount) for name, amount in amounts.items()},
        on=on,
    )


class TestCaptures:
    def test_are_asked_on_agreeing_thirty_days_after_arrival_and_on_return(
        self, who: Worker
    ) -> None:
        placement = cast.arrived(who)
        home = TODAY + timedelta(days=400)
        reintegration.record_return(
            ROBOT, who.id, on=home, reason=ReturnReason.CONTRACT_ENDED, source=Source.DESTINATION
        )
        with acting_as(cast.MINISTRY):
            due = {each.moment: each.due_on for each in Asking.objects.filter(placement=placement)}
            assert not HandlerError.objects.exists()
        assert due == {
            "before": TODAY, "arrived": TODAY + timedelta(days=30), "returned": home,
        }  # fmt: skip

    def test_are_written_about_once_when_due_and_not_before(self, who: Worker) -> None:
        cast.arrived(who)
        assert operations.remind(ROBOT, on=TODAY + timedelta(days=29)) == 1
        assert operations.remind(ROBOT, on=TODAY + timedelta(days=30)) == 1
        assert operations.remind(ROBOT, on=TODAY + timedelta(days=31)) == 0
        with acting_as(cast.MINISTRY):
            words = list(Message.objects.filter(template="question_waiting"))
        assert len(words) == 2
        assert not any("biaya" in each.words.lower() for each in words)

    def test_are_asked_no_more_when_the_way_is_given_up(self, who: Worker) -> None:
        contract = cast.signed(who)
        placing.withdraw(cast.OFFICER, contract.placement_id, reason="Sakit")
        with acting_as(cast.MINISTRY):
            assert [each.state for each in Asking.objects.all()] == ["dropped"]

    def test_never_overwrite_one_another(self, who: Worker) -> None:
        placement = cast.arrived(who)
        first = answered(who, placement, Moment.BEFORE, TODAY, agency_fee=1000000)
        again = answered(who, placement, Moment.BEFORE, TODAY, agency_fee=2000000)
        with acting_as(cast.MINISTRY):
            kept = {each.id: each.lines for each in queries.captures_of(placement.id)}
        assert kept == {
            first.id: {"agency_fee": "1000000"}, again.id: {"agency_fee": "2000000"},
        }  # fmt: skip
        for actor in (cast.self_of(who.id), cast.MINISTRY, cast.OFFICER):
            with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
                Capture.objects.update(lines={})

    def test_answer_what_was_asked(self, who: Worker) -> None:
        placement = cast.arrived(who)
        answered(who, placement, Moment.ARRIVED, TODAY, agency_fee=0)
        with acting_as(cast.self_of(who.id)):
            due = queries.due_askings(who.id, on=TODAY + timedelta(days=60))
        assert [each.moment for each in due] == ["before"]

    def test_that_say_nothing_or_something_impossible_are_refused(
        self, who: Worker, made: Placement
    ) -> None:
        for amounts in ({}, {"agency_fee": -1}, {"orientation": 5}):
            with pytest.raises(Incomplete):
                answered(who, made, Moment.BEFORE, TODAY, **amounts)

    def test_are_closed_to_recruiters_other_offices_and_other_workers(
        self, who: Worker, ours: Placement
    ) -> None:
        other = cast.worker(full_name="Wati")
        values: dict[str, Any] = {
            "moment": Moment.BEFORE, "currency": "IDR", "amounts": {"other": Decimal(1)}, "on": TODAY,
        }  # fmt: skip
        with pytest.raises(NotAllowed):
            operations.answer_capture(cast.RECRUITER, ours.id, **values)
        for actor in (cast.OTHER_OFFICER, cast.self_of(other.id)):
            with pytest.raises(NotFound):
                operations.answer_capture(actor, ours.id, **values)

    def test_gap_is_what_was_not_told_at_home(self, who: Worker) -> None:
        placement = cast.arrived(who)
        answered(who, placement, Moment.BEFORE, TODAY, agency_fee=1000000, broker_fee=0, bond=7)
        later = TODAY + timedelta(days=31)
        answered(
            who, placement, Moment.ARRIVED, later, agency_fee=9000000, broker_fee=0, training=3
        )
        with acting_as(cast.ATTACHE):
            found = {
                each.component: each for each in queries.gaps(queries.captures_of(placement.id))
            }
        assert found["agency_fee"].more == money("IDR 8000000")
        assert found["broker_fee"].more == money("IDR 0")
        # Not answered both times: nothing to compare.
        assert found["bond"].more is None
        assert found["training"].more is None
        assert set(found) == {"agency_fee", "broker_fee", "bond", "training"}


class TestRightsAndRows:
    def test_a_post_reads_what_was_paid_before_it_took_charge(self, who: Worker) -> None:
        charge = told(cast.self_of(who.id), who, None)
        back = refunded(cast.self_of(who.id), charge, 1)
        with acting_as(cast.ATTACHE):
            assert not Charge.objects.exists()
        cast.offered(who)
        with acting_as(cast.ATTACHE):
            assert Charge.objects.get().id == charge.id
            assert Refund.objects.get().id == back.id
            assert Overcharge.objects.exists()
        with acting_as(cast.MINISTRY):
            assert not HandlerError.objects.exists()

    def test_the_attache_s_own_people_are_seen_and_others_are_not(self, who: Worker) -> None:
        placement = cast.arrived(who)
        told(cast.self_of(who.id), who, placement)
        with acting_as(cast.ATTACHE):
            assert Charge.objects.count() == 1
            assert Overcharge.objects.count() == 2
        with acting_as(cast.OTHER_ATTACHE):
            assert not Charge.objects.exists()
            assert not Overcharge.objects.exists()
            assert not CostRatio.objects.exists()

    def test_no_desk_writes_a_judgement(self, who: Worker, made: Placement) -> None:
        told(cast.self_of(who.id), who, made)
        for actor in (cast.OFFICER, cast.MINISTRY, cast.self_of(who.id)):
            with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
                Overcharge.objects.update(state="cleared", cleared_on=TODAY)


class TestNoMoneyIsLost:
    def test_what_the_worker_says_came_back_goes_over_to_a_recruiter_s_correction(
        self, who: Worker, ours: Placement
    ) -> None:
        charge = told(cast.RECRUITER, who, ours)
        back = refunded(cast.self_of(who.id), charge, 4000000)
        made = operations.correct_charge(
            cast.RECRUITER, charge.id, reason="Salah", on=TODAY, component="agency_fee",
            amount=money("IDR 8000000"), paid_on=LAWLESS, payer="worker", payee="agency",
            payee_name=charge.payee_name, how="cash",
        )  # fmt: skip
        with acting_as(cast.RECRUITER):
            assert not Refund.objects.exists()
        with acting_as(ROBOT):
            assert Refund.objects.get(id=back.id).charge_id == made.id
            entry = queries.ledger_of_worker(who.id)[-1]
            assert (entry.charge.id, entry.net) == (made.id, money("IDR 4000000"))
        assert made.payee_id == cast.RECRUITER.agency

    def test_a_refund_told_by_both_sides_is_not_confirmed_twice(
        self, who: Worker, ours: Placement
    ) -> None:
        charge = told(cast.RECRUITER, who, ours)
        refunded(cast.self_of(who.id), charge, 4000000)
        # The recruiter does not see that the worker told of it.
        claimed = refunded(cast.RECRUITER, charge, 9000000)
        with pytest.raises(operations.MoreThanPaid):
            operations.confirm_refund(cast.self_of(who.id), claimed.id, on=TODAY)
        with acting_as(ROBOT):
            assert Refund.objects.get(id=claimed.id).state == "claimed"

    @pytest.mark.parametrize(
        "over", [{"principal": "5.0005"}, {"instalment": "1.0005"}, {"principal": "1E13"}]
    )
    def test_no_part_of_a_loan_is_rounded_away_or_too_much_to_keep(
        self, who: Worker, made: Placement, over: dict[str, str]
    ) -> None:
        given = {"principal": "5", "instalment": "1"} | over
        with pytest.raises(Incomplete) as refused:
            operations.tell_loan(
                cast.self_of(who.id), who.id, placement_id=made.id, lender="bank",
                principal=money(f"IDR {given['principal']}"), taken_on=LAWLESS,
                instalment=Decimal(given["instalment"]), on=TODAY,
            )  # fmt: skip
        assert set(refused.value.facts["fields"]) == set(over)

    def test_what_a_page_gathers_at_once_is_what_the_tables_hold(
        self, who: Worker, made: Placement
    ) -> None:
        me = cast.self_of(who.id)
        told(me, who, made)
        operations.tell_loan(
            me, who.id, placement_id=made.id, lender="bank", taken_on=LAWLESS, on=TODAY,
            principal=money("IDR 1234567890123.457"), rate=Decimal("1.5"), months=10,
        )  # fmt: skip
        for moment, amount in ((Moment.ARRIVED, "7.125"), (Moment.RETURNED, "8")):
            operations.answer_capture(
                me, made.id, moment=moment, currency="IDR",
                amounts={"broker_fee": Decimal(amount)}, on=TODAY,
            )  # fmt: skip
        with acting_as(cast.MINISTRY):
            found = queries.account(cast.MINISTRY, made, on=TODAY)
            gathered: tuple[list[Any], ...] = (
                found.loans,
                found.captures,
                found.overcharges,
                [found.ratio],
            )
            for rows, model in zip(gathered, (Loan, Capture, Overcharge, CostRatio), strict=True):
                kept = list(model._default_manager.filter(Q(placement=made)))
                names = [each.attname for each in model._meta.concrete_fields]
                assert kept
                assert [[getattr(row, name) for name in names] for row in rows] == [
                    [getattr(row, name) for name in names] for row in kept
                ]

    def test_a_loan_and_a_refund_told_before_a_placement_come_to_it(self, who: Worker) -> None:
        me = cast.self_of(who.id)
        operations.tell_loan(
            me, who.id, lender="bank", principal=money("IDR 100"), taken_on=LAWLESS, on=TODAY
        )
        back = refunded(me, told(me, who, None), 1)
        made = cast.placement(who)
        with acting_as(ROBOT):
            assert Loan.objects.get().placement_id == made.id
            found = Refund.objects.get(id=back.id)
            assert (found.country, found.charge.placement_id) == (made.country, made.id)
