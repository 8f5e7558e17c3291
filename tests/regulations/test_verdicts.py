"""One found value against one rule: at the limit, one unit beside it, and what is not decidable."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.regulations.conditions import Context
from lindung.regulations.lawbook import law
from lindung.regulations.verdicts import Verdict, check


def on(day: str) -> date:
    return date.fromisoformat(day)


class TestMinimum:
    @pytest.mark.parametrize(
        ("found", "outcome"), [(10321, "meets"), (10320, "meets"), (10319, "breaks")]
    )
    def test_holds_at_the_limit_and_breaks_one_below(self, found, outcome):
        assert check("kr.minimum_wage.hourly", found, on=on("2026-03-01")).outcome == outcome

    def test_says_what_would_cure_it(self):
        verdict = check("kr.minimum_wage.hourly", 10000, on=on("2026-03-01"))
        assert (verdict.reason, verdict.required) == ("below_minimum", 10320)
        assert (verdict.cure.code, verdict.cure.target, verdict.cure.by) == (
            "raise_to",
            "10320",
            "320",
        )
        assert verdict.sources[0].url.startswith("http")
        assert verdict.legal_basis[0].law == "Minimum Wage Act"

    def test_nothing_at_all_is_below_a_minimum_but_something_is_not_an_amount(self):
        day = on("2024-01-01")
        assert check("sg.insurance.medical", False, on=day).outcome == "breaks"
        assert check("sg.insurance.medical", True, on=day).reason == "amount_missing"


class TestMaximumAndExact:
    @pytest.mark.parametrize(("found", "outcome"), [(36, "meets"), (37, "breaks"), (35, "meets")])
    def test_maximum(self, found, outcome):
        assert check("kr.contract.max_initial", found, on=on("2026-03-01")).outcome == outcome

    @pytest.mark.parametrize(("found", "outcome"), [(24, "meets"), (23, "breaks"), (25, "breaks")])
    def test_exact(self, found, outcome):
        verdict = check("hk.contract.months", found, on=on("2025-06-01"))
        assert verdict.outcome == outcome
        assert verdict.cure.code == ("" if outcome == "meets" else "set_to")


class TestUnits:
    def test_never_compares_a_month_with_an_hour(self):
        found = Quantity.of(2_200_000, "KRW/month")
        verdict = check("kr.minimum_wage.hourly", found, on=on("2026-03-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "unit_mismatch")

    def test_never_compares_two_currencies(self):
        verdict = check("hk.minimum_wage.fdh", Money(Decimal(5100), "SGD"), on=on("2026-01-01"))
        assert verdict.reason == "unit_mismatch"

    def test_refuses_floats(self):
        with pytest.raises(TypeError):
            check("kr.minimum_wage.hourly", 10320.0, on=on("2026-03-01"))


class TestNeverGuessed:
    def test_an_unknown_row(self):
        verdict = check("kr.minimum_wage.hourly", 1, on=on("2027-03-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "unknown_value")
        assert (verdict.by_hint, verdict.hint.value) == ("breaks", 10320)
        assert verdict.required is None

    def test_a_day_past_what_was_verified(self):
        verdict = check("kr.hours.weekly", 60, on=on("2026-03-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "not_confirmed_after")
        assert verdict.cure.code == "confirm_value"

    @pytest.mark.parametrize("found", [10, 50, 51, 99])
    def test_low_confidence_never_breaks(self, found):
        verdict = check("bn.deduction.total", found, on=on("2025-01-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "low_confidence")

    @given(
        st.sampled_from(sorted(law().parameters)),
        st.one_of(
            st.booleans(),
            st.integers(-10, 10_000_000),
            st.decimals(-5, 10**7, places=2),
            st.sampled_from(["x", "ID407", ""]),
            st.lists(st.sampled_from(["duration", "passport"]), max_size=2),
        ),
        st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    )
    def test_whatever_is_asked_a_breach_rests_on_a_confirmed_value(self, id_, found, day):
        rule = law().parameters[id_]
        verdict = check(rule, found, on=day)
        if verdict.outcome == "needs_check":
            assert verdict.reason
            assert verdict.cure.code
            return
        assert rule.verified_through is not None
        assert day <= rule.verified_through
        assert verdict.confidence in ("high", "medium")
        assert rule.rule != "informative"
        assert verdict.required is not None
        assert (verdict.outcome == "breaks") == bool(verdict.cure.code)


class TestExceptions:
    DAY = on("2025-03-01")

    def test_a_breach_waits_while_an_exception_may_hold(self):
        verdict = check("kr.overtime.premium", 0, on=self.DAY, context=Context(sector="services"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "exception_possible")
        assert verdict.cure.fact == "employer.workers"

    @pytest.mark.parametrize(("workers", "outcome"), [(5, "breaks"), (4, "needs_check")])
    def test_it_is_a_breach_once_the_exception_is_clearly_not_so(self, workers, outcome):
        context = Context(sector="services", facts={"employer.workers": workers})
        assert check("kr.overtime.premium", 0, on=self.DAY, context=context).outcome == outcome

    def test_a_fulfilled_duty_needs_nobody_to_read_an_exception_from_it(self):
        context = Context(sector="services")
        assert check("kr.overtime.premium", 50, on=self.DAY, context=context).outcome == "meets"

    def test_a_stricter_exception_is_read_even_then(self):
        verdict = check("kr.probation.pay_floor", 90, on=self.DAY)
        assert (verdict.outcome, verdict.reason) == ("needs_check", "exception_possible")
        context = Context(occupation="7212")
        assert check("kr.probation.pay_floor", 90, on=self.DAY, context=context).outcome == "meets"


class TestTiers:
    DAY = on("2025-03-01")

    def test_more_than_every_tier_meets(self):
        context = Context(sector="services", facts={"employer.workers": 50})
        assert check("kr.holiday.premium", 100, on=self.DAY, context=context).outcome == "meets"

    def test_less_than_every_tier_breaks(self):
        context = Context(sector="services", facts={"employer.workers": 50})
        assert check("kr.holiday.premium", 49, on=self.DAY, context=context).outcome == "breaks"

    def test_between_tiers_a_person_chooses(self):
        verdict = check("kr.holiday.premium", 50, on=self.DAY)
        assert (verdict.outcome, verdict.reason) == ("needs_check", "tier_unclear")

    def test_a_tier_in_words_is_for_a_person(self):
        assert check("kr.annual_leave", 30, on=self.DAY).reason == "tier_unclear"

    @pytest.mark.parametrize(
        ("hours", "minutes", "outcome"),
        [(4, 30, "meets"), (8, 30, "breaks"), (8, 60, "meets"), (9, 59, "breaks")],
    )
    def test_facts_choose_the_tier(self, hours, minutes, outcome):
        context = Context(sector="services", facts={"hours.daily_regular": hours})
        assert check("kr.hours.recess", minutes, on=self.DAY, context=context).outcome == outcome

    def test_the_length_of_the_contract_chooses_the_premium(self):
        context = Context(facts={"contract.months": 24})
        verdict = check("id.social_security.during_work", 332500, on=self.DAY, context=context)
        assert verdict.outcome == "meets"
        assert verdict.required == {"months": 24, "amount": 332500}


class TestRequiredAndProhibited:
    def test_a_duty(self):
        assert check("hk.lodging", True, on=on("2025-06-01")).outcome == "meets"
        verdict = check("hk.lodging", False, on=on("2025-06-01"))
        assert (verdict.outcome, verdict.cure.code) == ("breaks", "provide")

    def test_a_prohibition(self):
        assert check("id.passport", False, on=on("2025-06-01")).outcome == "meets"
        verdict = check("id.passport", True, on=on("2025-06-01"))
        assert (verdict.outcome, verdict.cure.code) == ("breaks", "remove")

    def test_the_only_form_that_is_accepted(self):
        assert check("hk.contract.form", "ID407", on=on("2025-06-01")).outcome == "meets"
        assert check("hk.contract.form", "own form", on=on("2025-06-01")).outcome == "breaks"

    def test_words_are_for_a_person(self):
        verdict = check("hk.wage.channel", "cash", on=on("2025-06-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "words")

    def test_the_seven_clauses(self):
        clauses = list(law().parameters["id.contract.required_clauses"].values[0].value)
        assert len(clauses) == 7
        day = on("2025-06-01")
        assert check("id.contract.required_clauses", clauses, on=day).outcome == "meets"
        verdict = check("id.contract.required_clauses", clauses[1:], on=day)
        assert (verdict.outcome, verdict.cure.items) == ("breaks", (clauses[0],))

    def test_a_paper_that_only_agencies_owe(self):
        papers = list(law().parameters["id.documents.required"].values[0].value)
        papers.remove("placement_agreement")
        day = on("2025-06-01")

        def by(who):
            context = Context(facts={"placement.by": who} if who else {})
            return check("id.documents.required", papers, on=day, context=context).outcome

        assert (by("agency"), by("state"), by("")) == ("breaks", "meets", "needs_check")

    def test_what_only_informs_is_not_tested(self):
        verdict = check("hk.hours", 70, on=on("2025-01-01"))
        assert (verdict.outcome, verdict.reason) == ("needs_check", "not_tested")


class TestFrozen:
    def test_is_plain_json_and_comes_back_the_same(self):
        verdict = check("kr.minimum_wage.hourly", Decimal("9999.5"), on=on("2026-03-01"))
        kept = json.loads(json.dumps(verdict.frozen()))
        assert Verdict.thawed(kept) == verdict
        assert kept["version"] == law().parameters["kr.minimum_wage.hourly"].version
        assert (kept["found"], kept["required"], kept["on"]) == ("9999.5", 10320, "2026-03-01")
