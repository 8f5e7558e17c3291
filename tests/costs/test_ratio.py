"""Loans and SDG 10.7.1, reckoned by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.costs import burden, ledger, operations, queries, ratio
from lindung.costs.models import Charge, CostRatio, Loan, Moment, Refund
from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.reference.queries.money import convert
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.costs.test_operations import money, refunded, told

pytestmark = pytest.mark.usefixtures("posts", "places")
TODAY = cast.TODAY
ME = cast.self_of
WAGE = Decimal(2300000)  # KRW a month, as the cast's contract says


def kept(placement: Placement) -> CostRatio:
    with acting_as(cast.MINISTRY):
        return CostRatio.objects.get(placement=placement)


def in_won(text: str, on: date) -> Decimal:
    return convert(money(text), "KRW", on).exact


class TestOneRatio:
    def test_is_what_was_paid_in_months_of_the_contract_wage(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        told(ME(who.id), who, made, amount=money("KRW 4600000"))
        found = kept(made)
        # 4,600,000 of 2,300,000 a month: two months.
        assert (found.ratio, found.costs, found.earnings) == (
            Decimal("2.0000"), Decimal(4600000), Decimal(2300000),
        )  # fmt: skip
        assert (found.currency, found.sex, found.country) == ("KRW", "F", "KR")

    def test_takes_off_what_came_back_and_adds_interest_and_deductions(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        me = ME(who.id)
        back = told(me, who, made, amount=money("KRW 1000000"))
        refunded(me, back, 400000)
        told(
            me, who, made, component="cost_recovery", amount=money("KRW 600000"), months=6,
            how="deduction", payee="employer",
        )  # fmt: skip
        # 1,000,000 flat at 5 percent a month over 4 months: 200,000 of interest.
        operations.tell_loan(
            me, who.id, placement_id=made.id, lender="lender", principal=money("KRW 1000000"),
            taken_on=TODAY, rate=Decimal(5), months=4, on=TODAY,
        )  # fmt: skip
        found = kept(made)
        assert found.costs == Decimal(1000000 - 400000 + 600000 + 200000)
        # The contract wage is before deductions: nothing is added back to it.
        assert found.earnings == WAGE
        assert found.ratio == Decimal("0.6087")

    def test_of_a_wage_that_the_worker_tells_adds_the_deduction_back(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        me = ME(who.id)
        told(
            me, who, made, component="cost_recovery", amount=money("KRW 600000"), months=6,
            how="deduction", payee="employer",
        )  # fmt: skip
        with acting_as(me):
            contract = ledger.first_contract(made)
        assert contract is not None
        placing.worker_tells(
            me, contract.id, told={ledger.WAGE: Quantity.of(1900000, "KRW/month")},
            at=cast.NOW, on=TODAY,
        )  # fmt: skip
        found = kept(made)
        # 1,900,000 received, and 100,000 a month that went to recover cost.
        assert (found.earnings, found.costs) == (Decimal(2000000), Decimal(600000))
        assert found.ratio == Decimal("0.3000")

    def test_exchanges_each_payment_at_its_own_day(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        one, other = date(2020, 3, 2), date(2025, 3, 3)
        told(ME(who.id), who, made, amount=money("IDR 9000000"), paid_on=one)
        told(ME(who.id), who, made, amount=money("IDR 9000000"), paid_on=other)
        wanted = in_won("IDR 9000000", one) + in_won("IDR 9000000", other)
        assert in_won("IDR 9000000", one) != in_won("IDR 9000000", other)
        assert kept(made).costs == wanted.quantize(Decimal("0.001"))

    def test_takes_an_answer_where_no_payment_is_told(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        me = ME(who.id)
        operations.answer_capture(
            me, made.id, moment=Moment.BEFORE, currency="KRW",
            amounts={"agency_fee": Decimal(1), "training": Decimal(230000)}, on=TODAY,
        )  # fmt: skip
        operations.answer_capture(
            me, made.id, moment=Moment.ARRIVED, currency="KRW",
            amounts={"agency_fee": Decimal(460000)}, on=TODAY,
        )  # fmt: skip
        assert kept(made).costs == Decimal(460000 + 230000)
        told(me, who, made, amount=money("KRW 2300000"))
        assert kept(made).costs == Decimal(2300000 + 230000)

    def test_nothing_paid_is_a_ratio_and_nothing_told_is_none(self) -> None:
        who = cast.worker()
        made = cast.arrived(who)
        assert (kept(made).ratio, kept(made).missing) == (None, "costs")
        operations.answer_capture(
            ME(who.id), made.id, moment=Moment.BEFORE, currency="KRW",
            amounts={"other": Decimal(0)}, on=TODAY,
        )  # fmt: skip
        assert (kept(made).ratio, kept(made).costs, kept(made).missing) == (
            Decimal(0), Decimal(0), "",
        )  # fmt: skip

    def test_without_a_wage_or_a_rate_says_so(self) -> None:
        who = cast.worker()
        early = cast.placement(who)
        told(ME(who.id), who, early)
        assert kept(early).missing == "earnings"
        other = cast.worker(full_name="Wati")
        made = cast.arrived(other)
        told(ME(other.id), other, made, amount=money("KPW 1"))
        assert kept(made).missing == "rate"


class TestSpread:
    def test_by_hand(self) -> None:
        found = ratio.spread(map(Decimal, [10, 1, 2, 4, 3]))
        # Sorted 1 2 3 4 10: mean 20/5; the 90th percentile 0.6 of the way from 4 to 10.
        assert (found.n, found.mean) == (5, Decimal(4))
        assert (found.quartile1, found.median, found.quartile3) == (
            Decimal(2), Decimal(3), Decimal(4),
        )  # fmt: skip
        assert found.p90 == Decimal("7.6")

    def test_of_four_is_not_published(self) -> None:
        assert ratio.spread(map(Decimal, [1, 2, 3, 4])) == ratio.HIDDEN
        assert not ratio.HIDDEN.shown

    def test_a_group_that_could_be_reckoned_from_the_rest_takes_another_along(self) -> None:
        ones = [Decimal(1)] * 5
        found = queries._published({"F": ones * 3, "M": ones, "X": ones[:2]})
        assert {name for name, each in found.items() if each.shown} == {"F"}
        found = queries._published({"F": ones, "M": ones[:2], "X": ones[:3]})
        assert {name for name, each in found.items() if each.shown} == {"F"}
        found = queries._published({"F": ones, "M": ones})
        assert all(each.shown for each in found.values())


class TestTheIndicator:
    @pytest.fixture
    def people(self, scene: Scene) -> list[Worker]:
        """Six in Korea with ratios 1 to 6, one in Taiwan, one without a ratio."""
        made = []
        for number in range(8):
            who = cast.worker(full_name=f"Orang {number}", sex="M" if number == 6 else "F")
            placement = cast.placement(who)
            with scene():
                CostRatio.objects.filter(placement=placement).delete()
                CostRatio.objects.create(
                    placement=placement, worker=who, sex=who.sex, occupation="9329",
                    departed_on=TODAY, ratio=None if number == 7 else Decimal(number + 1),
                    missing="costs" if number == 7 else "",
                    **(placement.scope() | {"country": "TW" if number == 6 else "KR"}),
                )  # fmt: skip
            made.append(who)
        return made

    def test_counts_each_person_once_and_hides_small_groups(self, people: list[Worker]) -> None:
        with acting_as(cast.MINISTRY):
            found = queries.indicator(cast.MINISTRY)
        assert (found.whole.n, found.whole.mean, found.whole.median) == (7, Decimal(4), Decimal(4))
        assert found.left_out == {"costs": 1}
        # One person alone in Taiwan, so neither corridor is published.
        assert not any(each.shown for each in found.groups["country"].values())
        assert found.groups["occupation"]["9329"].n == 7

    def test_is_of_those_who_left_between_two_days(self, people: list[Worker]) -> None:
        with acting_as(cast.MINISTRY):
            before = queries.indicator(cast.MINISTRY, until=TODAY - timedelta(days=1))
            after = queries.indicator(cast.MINISTRY, since=TODAY)
        assert (before.whole.n, after.whole.n) == (None, 7)

    def test_of_a_post_is_of_its_own_people(self, people: list[Worker]) -> None:
        with acting_as(cast.OTHER_ATTACHE):
            assert not queries.indicator(cast.OTHER_ATTACHE).whole.shown


def loan(**given: Any) -> Loan:
    values: dict[str, Any] = {
        "lender": "lender", "principal": Decimal(12000000), "currency": "IDR", "taken_on": TODAY,
        "rate_per": "month",
    }  # fmt: skip
    return Loan(**(values | given))


class TestLoans:
    @pytest.mark.parametrize(
        ("given_", "interest", "monthly"),
        [
            ({"instalment": Decimal(1500000), "months": 10}, 3000000, 1500000),
            ({"instalment": Decimal(1000000), "months": 10}, 0, 1000000),
            ({"rate": Decimal(5), "months": 10}, 6000000, 1800000),
            ({"rate": Decimal(6), "rate_per": "year", "months": 6}, 360000, 2060000),
            ({"rate": Decimal(10), "rate_per": "whole"}, 1200000, None),
            ({"rate": Decimal(5)}, None, None),
            ({}, None, None),
        ],
    )
    def test_cost_by_hand(
        self, given_: dict[str, Any], interest: int | None, monthly: int | None
    ) -> None:
        made = loan(**given_)
        found = burden.interest(made)
        assert (found if found is None else found.amount) == interest
        each = burden.instalment(made)
        assert (each if each is None else each.amount) == monthly

    def test_weigh_against_the_wage_and_warn_from_thirty_percent_of_a_year(self) -> None:
        wage = Quantity.of(5000000, "IDR/month")  # a year's pay: 60 million
        just = loan(principal=Decimal(18000000), instalment=Decimal(1800000), months=10)
        found = burden.burden([just], wage, on=TODAY)
        assert (found.share_of_month, found.share_of_year) == (Decimal("0.36"), Decimal("0.3"))
        assert found.warning is not None
        assert found.warning.source.url.startswith("https://")
        below = loan(principal=Decimal(17999990), instalment=Decimal(1799999), months=10)
        assert burden.burden([below], wage, on=TODAY).warning is None

    def test_were_not_warned_of_before_the_evidence(self) -> None:
        wage = Quantity.of(1, "IDR/month")
        assert burden.burden([loan()], wage, on=date(2016, 3, 14)).warning is None
        assert burden.burden([loan()], wage, on=date(2016, 3, 15)).warning is not None

    def test_without_a_wage_or_a_rate_have_no_share(self) -> None:
        found = burden.burden([loan()], None, on=TODAY)
        assert (found.owed, found.share_of_year, found.partial) == (
            money("IDR 12000000"), None, True,
        )  # fmt: skip
        found = burden.burden([loan(currency="KPW")], Quantity.of(1, "IDR/month"), on=TODAY)
        assert (found.owed, found.partial) == (None, True)
        assert burden.burden([], None, on=TODAY).owed is None


@given(
    st.lists(st.integers(1, 10**12), max_size=8),
    st.integers(1, 10**12),
    st.sampled_from(["confirmed", "claimed", "withdrawn"]),
)
def test_what_was_paid_is_what_came_back_and_what_is_lost(
    parts: list[int], paid: int, state: str
) -> None:
    """Whatever comes back in however many parts: nothing is lost, and nobody gains."""
    charge = Charge(amount=Decimal(paid) / 1000, currency="BHD", state="stands")
    refunds = [Refund(amount=Decimal(each) / 1000, state=state) for each in parts]
    from lindung.costs.lifecycles import RefundState

    back = ledger._sum(charge, refunds, RefundState.CONFIRMED)
    entry = ledger.Entry(charge, tuple(refunds), back, Money.zero("BHD"), True)
    assert entry.net >= Money.zero("BHD")
    assert back.amount == (sum(each.amount for each in refunds) if state == "confirmed" else 0)
    if back <= charge.paid:
        assert entry.net + back == charge.paid
    else:
        assert not entry.net
