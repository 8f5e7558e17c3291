"""What was paid against the law of the day it was paid; expected by hand from the law's own files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.costs import ceilings
from lindung.costs.ceilings import Judged, Paid, Work, judge
from lindung.costs.components import components
from lindung.costs.models import Payee
from lindung.kernel.ids import new_id
from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.regulations.conditions import Context
from lindung.regulations.lawbook import law

pytestmark = pytest.mark.usefixtures("places")


def paid(component: str, amount: str, on: str, payee: str = "agency", months: int = 1) -> Paid:
    """``"IDR 5000000"`` on an ISO day."""
    currency, number = amount.split()
    money = Money(Decimal(number), currency)
    return Paid(new_id(), component, money, date.fromisoformat(on), payee, months)


def work(country: str, **known: Any) -> Work:
    values: dict[str, Any] = {"sector": "domestic_work", "occupation": "9111", "scheme": ""}
    wage, begins = known.pop("wage", None), known.pop("begins", None)
    months = known.pop("months", None)
    context = Context(**(values | known), origin="ID", destination=country)
    return Work(("ID", country), context, wage, begins, months)


def only(rule: str, payments: list[Paid], at: Work) -> Judged:
    """The one verdict of a rule."""
    found = [each for each in judge(payments, at) if each.verdict.parameter == rule]
    assert len(found) == 1, [each.verdict.parameter for each in judge(payments, at)]
    return found[0]


def outcome(rule: str, payments: list[Paid], at: Work) -> str:
    return only(rule, payments, at).verdict.outcome


class TestTheFile:
    def test_names_rules_components_and_payees_that_exist(self) -> None:
        for id_, each in ceilings.ceilings().items():
            assert id_ in law().parameters
            assert set(each.components) <= set(components()), id_
            assert set(each.payees) <= set(Payee.values), id_
            assert each.refunds in {*Payee.values, ceilings.RECEIVER}, id_

    def test_speaks_of_every_rule_that_limits_what_a_worker_is_charged(self) -> None:
        limiting = {
            rule.id
            for rule in law().parameters.values()
            if rule.category == "recruitment_fee"
            and rule.rule in ("maximum", "prohibited")
            and rule.contract_field not in ("", "fees.employer_total")
        }
        assert limiting - set(ceilings.ceilings()) <= {"sg.recruitment.refund_worker"}


HK = "hk.recruitment.agency_fee_worker"
HK_WAGE = Quantity.of(5100, "HKD/month")


class TestAShareOfTheWage:
    """Hong Kong: ten percent of the first month; the note itself says HK$510 at 5,100."""

    at = staticmethod(lambda: work("HK", wage=HK_WAGE))

    def test_of_exactly_the_limit_meets_it(self) -> None:
        fee = [paid("agency_fee", "HKD 510", "2025-06-01", "partner")]
        assert outcome(HK, fee, self.at()) == "meets"

    def test_a_cent_over_breaks_it_and_the_cent_comes_back(self) -> None:
        fee = [paid("agency_fee", "HKD 510.01", "2025-06-01", "partner")]
        tested = only(HK, fee, self.at())
        assert tested.verdict.outcome == "breaks"
        assert tested.excess == Money(Decimal("0.01"), "HKD")
        assert (tested.refunds, tested.paid_on) == ("partner", date(2025, 6, 1))
        assert tested.verdict.legal_basis[0].article == "Schedule 2 Part II"

    def test_two_payments_count_together(self) -> None:
        fees = [
            paid("agency_fee", "HKD 300", "2025-06-01", "partner"),
            paid("agency_fee", "HKD 300", "2025-07-01", "partner"),
        ]
        tested = only(HK, fees, self.at())
        assert (tested.verdict.outcome, tested.excess) == ("breaks", Money(Decimal(90), "HKD"))

    def test_after_the_last_day_the_value_was_confirmed_a_person_checks(self) -> None:
        fee = [paid("agency_fee", "HKD 5100", "2026-01-01", "partner")]
        tested = only(HK, fee, self.at())
        assert tested.verdict.outcome == "needs_check"
        assert tested.verdict.reason == "not_confirmed_after"
        assert tested.excess is None

    def test_a_breach_before_that_day_is_not_hidden_by_a_payment_after_it(self) -> None:
        fees = [
            paid("agency_fee", "HKD 5100", "2025-12-31", "partner"),
            paid("agency_fee", "HKD 5100", "2026-01-01", "partner"),
        ]
        found = [each for each in judge(fees, self.at()) if each.verdict.parameter == HK]
        assert [each.verdict.outcome for each in found] == ["breaks", "needs_check"]

    def test_without_a_contract_wage_a_person_checks(self) -> None:
        fee = [paid("agency_fee", "HKD 9999", "2025-06-01", "partner")]
        verdict = only(HK, fee, work("HK")).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "wage_missing")

    def test_nobody_knows_who_was_paid_so_a_person_checks(self) -> None:
        fee = [paid("agency_fee", "HKD 9999", "2025-06-01", "unknown")]
        verdict = only(HK, fee, self.at()).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "payee_unknown")

    def test_what_is_known_to_be_the_agency_s_breaks_whoever_had_the_rest(self) -> None:
        fees = [
            paid("agency_fee", "HKD 600", "2025-06-01", "partner"),
            paid("agency_fee", "HKD 600", "2025-06-02", "unknown"),
        ]
        assert outcome(HK, fees, self.at()) == "breaks"

    def test_another_payee_s_money_is_not_the_agency_s(self) -> None:
        fee = [paid("agency_fee", "HKD 9999", "2025-06-01", "agency")]
        assert HK not in {each.verdict.parameter for each in judge(fee, self.at())}

    def test_in_another_currency_counts_at_the_rate_of_its_day(self) -> None:
        # Published by the European Central Bank for 2 June 2025: see the shipped table.
        at = self.at()
        from lindung.reference.queries.money import convert

        day = date(2025, 6, 2)
        limit = convert(Money(Decimal(510), "HKD"), "IDR", day).exact
        over = [paid("agency_fee", f"IDR {limit + 1000:.0f}", "2025-06-02", "partner")]
        under = [paid("agency_fee", f"IDR {limit - 1000:.0f}", "2025-06-02", "partner")]
        assert (outcome(HK, over, at), outcome(HK, under, at)) == ("breaks", "meets")

    def test_without_a_published_rate_a_person_checks(self) -> None:
        fee = [paid("agency_fee", "KPW 1", "2025-06-02", "partner")]
        verdict = only(HK, fee, self.at()).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "no_published_rate")

    def test_a_breach_stands_beside_money_without_a_rate(self) -> None:
        fees = [
            paid("agency_fee", "HKD 600", "2025-06-02", "partner"),
            paid("agency_fee", "KPW 1", "2025-06-02", "partner"),
        ]
        assert outcome(HK, fees, self.at()) == "breaks"

    def test_each_year_of_contract_has_its_month(self) -> None:
        """Singapore: a month of wage a year, two months in all."""
        wage = Quantity.of(700, "SGD/month")
        yearly, total = "sg.recruitment.agency_fee_worker", "sg.recruitment.agency_fee_worker_total"
        fee = [paid("agency_fee", "SGD 1400", "2025-06-02", "partner")]
        two = work("SG", wage=wage, months=24, scheme="MDW")
        one = work("SG", wage=wage, months=12, scheme="MDW")
        assert (outcome(yearly, fee, two), outcome(total, fee, two)) == ("meets", "meets")
        tested = only(yearly, fee, one)
        assert (tested.verdict.outcome, tested.excess) == ("breaks", Money(Decimal(700), "SGD"))
        three = [paid("agency_fee", "SGD 1400.01", "2025-06-02", "partner")]
        assert outcome(total, three, work("SG", wage=wage, months=36)) == "breaks"
        verdict = only(yearly, fee, work("SG", wage=wage)).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "length_missing")


TW = "tw.recruitment.service_fee_worker"


class TestTiers:
    """Taiwan: 1,800 a month in the first year, 1,700 in the second, 1,500 from the third."""

    at = staticmethod(
        lambda: work("TW", sector="caregiving_home", occupation="5322", begins=date(2021, 3, 1))
    )

    @pytest.mark.parametrize(
        ("on", "amount", "expected"),
        [
            ("2021-03-01", 1800, "meets"),
            ("2021-03-01", 1801, "breaks"),
            ("2022-02-28", 1800, "meets"),
            ("2022-03-01", 1800, "breaks"),
            ("2022-03-01", 1700, "meets"),
            ("2023-03-01", 1501, "breaks"),
            ("2024-06-01", 1500, "meets"),
        ],
    )
    def test_go_by_the_year_of_the_contract(self, on: str, amount: int, expected: str) -> None:
        fee = [paid("service_fee", f"TWD {amount}", on, "partner")]
        assert outcome(TW, fee, self.at()) == expected

    def test_a_sum_for_several_months_is_spread_over_them(self) -> None:
        six = [paid("service_fee", "TWD 10800", "2021-04-01", "partner", months=6)]
        assert outcome(TW, six, self.at()) == "meets"
        again = [*six, paid("service_fee", "TWD 100", "2021-06-20", "partner")]
        tested = only(TW, again, self.at())
        assert (tested.verdict.outcome, tested.excess) == ("breaks", Money(Decimal(100), "TWD"))

    def test_without_a_first_day_of_work_only_what_breaks_every_tier_is_a_breach(self) -> None:
        at = work("TW", sector="caregiving_home")
        for amount, expected in ((1801, "breaks"), (1600, "needs_check"), (1500, "meets")):
            fee = [paid("service_fee", f"TWD {amount}", "2022-03-01", "partner")]
            assert outcome(TW, fee, at) == expected, amount


ID = "id.recruitment.placement_fee_worker"
JOBS = "id.recruitment.zero_cost_ten_jobs"


class TestTheOrigin:
    def test_nothing_may_be_charged_until_the_day_the_law_became_unclear(self) -> None:
        fee = [paid("agency_fee", "IDR 1", "2025-08-31")]
        tested = only(ID, fee, work("KR", sector="manufacturing"))
        assert (tested.verdict.outcome, tested.excess) == ("breaks", Money(Decimal(1), "IDR"))
        later = [paid("agency_fee", "IDR 1", "2025-09-01")]
        verdict = only(ID, later, work("KR", sector="manufacturing")).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "unknown_value")

    def test_what_came_back_whole_meets_it(self) -> None:
        assert outcome(ID, [paid("agency_fee", "IDR 0", "2025-08-31")], work("KR")) == "meets"

    def test_personal_costs_are_no_placement_cost(self) -> None:
        cost = [paid("passport_renewal", "IDR 350000", "2025-03-01", "state")]
        assert not judge(cost, work("KR", sector="manufacturing", occupation="8121"))

    def test_the_ten_jobs_pay_nothing_at_all_while_the_list_stood(self) -> None:
        cost = [paid("passport_renewal", "IDR 350000", "2025-03-01", "state")]
        assert outcome(JOBS, cost, work("HK")) == "breaks"
        before = [paid("passport_renewal", "IDR 350000", "2021-01-14", "state")]
        assert outcome(JOBS, before, work("HK")) == "needs_check"
        after = [paid("passport_renewal", "IDR 350000", "2025-09-01", "state")]
        assert outcome(JOBS, after, work("HK")) == "needs_check"

    def test_another_job_is_not_on_the_list(self) -> None:
        cost = [paid("passport_renewal", "IDR 350000", "2025-03-01", "state")]
        assert not judge(cost, work("HK", occupation="5169"))

    def test_a_job_that_nobody_named_is_for_a_person(self) -> None:
        cost = [paid("passport_renewal", "IDR 350000", "2025-03-01", "state")]
        assert outcome(JOBS, cost, work("HK", occupation="")) == "needs_check"

    def test_an_agreement_that_may_ease_it_makes_a_breach_a_question(self) -> None:
        """Since July 2022 Taiwan is said to be left out of the zero-cost rule."""
        fee = [paid("agency_fee", "IDR 9000000", "2023-05-01")]
        verdict = only(ID, fee, work("TW", sector="caregiving_home", occupation="5322")).verdict
        assert (verdict.outcome, verdict.reason) == ("needs_check", "eased_elsewhere")
        earlier = [paid("agency_fee", "IDR 9000000", "2022-06-30")]
        at = work("TW", sector="caregiving_home", occupation="5322")
        assert outcome(ID, earlier, at) == "breaks"

    def test_taiwan_s_ceiling_counts_what_is_paid_at_home_in_rupiah(self) -> None:
        rule = "id.recruitment.taiwan_informal_ceiling"
        at = work("TW", sector="caregiving_home", occupation="5322")
        whole = [
            paid("agency_fee", "IDR 9000000", "2023-05-01"),
            paid("passport_renewal", "IDR 622000", "2023-05-02", "state"),
            paid("agency_fee", "TWD 25250", "2023-06-01", "partner"),
        ]
        assert outcome(rule, whole, at) == "meets"
        tested = only(rule, [*whole, paid("lodging", "IDR 1", "2023-05-03")], at)
        assert (tested.verdict.outcome, tested.excess) == ("breaks", Money(Decimal(1), "IDR"))
        assert rule not in {each.verdict.parameter for each in judge(whole, work("HK"))}


class TestProhibitions:
    def test_of_any_fee_break_at_the_first_coin_whatever_its_currency(self) -> None:
        fees = [
            paid("broker_fee", "IDR 1", "2025-06-01", "broker"),
            paid("agency_fee", "KPW 1", "2025-06-01", "agency"),
        ]
        tested = only("ae.recruitment.worker_fee", fees, work("AE"))
        assert (tested.verdict.outcome, tested.excess) == ("breaks", None)

    def test_are_made_good_by_whoever_was_paid(self) -> None:
        broker = paid("broker_fee", "IDR 1", "2025-06-01", "broker")
        official = paid("work_visa", "IDR 1", "2025-06-01", "official")
        assert only(ID, [broker], work("KR")).refunds == "broker"
        assert only(ID, [broker, official], work("KR")).refunds == ceilings.RECEIVER

    def test_hold_from_their_first_day(self) -> None:
        fee = [paid("broker_fee", "AED 1", "2022-12-14", "broker")]
        assert outcome("ae.recruitment.worker_fee", fee, work("AE")) == "needs_check"

    def test_of_middlemen_bind_the_scheme_they_were_made_for(self) -> None:
        fee = [paid("broker_fee", "IDR 9000000", "2025-06-30", "broker")]
        at = work("KR", sector="manufacturing", scheme="E-9")
        assert outcome("kr.recruitment.broker_ban", fee, at) == "breaks"
        other = work("KR", sector="manufacturing", scheme="E-7")
        assert "kr.recruitment.broker_ban" not in {
            each.verdict.parameter for each in judge(fee, other)
        }

    def test_what_the_employer_bears_is_not_the_worker_s(self) -> None:
        rule = "hk.employer_cost.documents"
        at = work("HK", scheme="FDH", wage=HK_WAGE)
        visa = [paid("work_visa", "HKD 230", "2025-06-01", "state")]
        tested = only(rule, visa, at)
        assert (tested.verdict.outcome, tested.refunds) == ("breaks", "employer")
        assert tested.excess == Money(Decimal(230), "HKD")
        assert outcome(rule, [paid("work_visa", "HKD 0", "2025-06-01", "state")], at) == "meets"

    def test_unknown_law_is_for_a_person(self) -> None:
        fee = [paid("agency_fee", "MYR 5000", "2025-06-01", "partner")]
        wage = Quantity.of(1700, "MYR/month")
        at = work("MY", wage=wage)
        assert outcome("my.recruitment.worker_fee", fee, at) == "needs_check"

    def test_a_country_without_rules_adds_none(self) -> None:
        assert judge([paid("other", "IDR 1", "2025-06-01")], work("QQ")) == ()


@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.integers(1, 24), st.sampled_from(["HKD", "TWD"])),
        min_size=1,
        max_size=6,
    )
)
def test_no_money_is_lost_when_sums_are_spread_over_months(
    rows: list[tuple[int, int, str]],
) -> None:
    """Spread over months and added up again, exactly what was paid (to 20 places)."""
    payments = [
        paid("service_fee", f"TWD {amount}", "2022-03-01", "partner", months)
        for amount, months, _ in rows
    ]
    months, open_ = ceilings._months(payments, "TWD")
    assert not open_
    total = sum(months.values(), Decimal(0))
    assert abs(total - sum(amount for amount, _, _ in rows)) < Decimal("1e-12")
