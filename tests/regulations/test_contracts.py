"""A whole contract against the rules of both sides."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal

import pytest

from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound
from lindung.regulations.contracts import applicable, check_contract
from lindung.regulations.lawbook import law

KOREA = {
    "wage.monthly_ordinary": Money(Decimal(2156880), "KRW"),
    "hours.weekly_regular": 40,
    "hours.daily_regular": 8,
    "rest.days_per_week": 1,
    "contract.months": 36,
    "probation.months": 3,
    "documents.retention": False,
    "wage.overtime_premium_percent": 50,
    "worker.age_at_application": 28,
}


def korea(*, on="2026-03-01", sector="manufacturing", **changed):
    day = date.fromisoformat(on)
    return check_contract(
        {**KOREA, **changed},
        jurisdictions=("ID", "KR"),
        sector=sector,
        scheme="E-9",
        signed_on=day,
        work_on=day,
    )


def hong_kong(wage, *, signed="2026-01-10", work="2026-10-15", **changed):
    return check_contract(
        {"wage.monthly_ordinary": Money(Decimal(wage), "HKD"), **changed},
        jurisdictions=("ID", "HK"),
        sector="domestic_work",
        scheme="FDH",
        signed_on=date.fromisoformat(signed),
        work_on=date.fromisoformat(work),
    )


def outcomes(found):
    return {each.parameter: each.outcome for each in found}


class TestApplicable:
    def ids(self, *jurisdictions, **context):
        return {rule.id for rule in applicable(jurisdictions=jurisdictions, **context)}

    def test_a_sectors_own_rule_beats_the_one_that_excepts_it(self):
        domestic = self.ids("SA", sector="domestic_work")
        assert "sa.hours.domestic" in domestic
        assert "sa.hours.daily" not in domestic
        factory = self.ids("SA", sector="manufacturing")
        assert "sa.hours.daily" in factory
        assert "sa.hours.domestic" not in factory

    def test_a_scheme_leaves_out_the_others(self):
        assert "jp.stay.titp" not in self.ids("JP", scheme="SSW(i)")
        assert "jp.stay.ssw1" in self.ids("JP", scheme="SSW(i)")
        assert "kr.minimum_wage.hourly" in self.ids("KR", scheme="D-3")

    def test_a_workplace_chooses_among_regions(self):
        floors = {id_ for id_ in self.ids("JP", region="JP-13") if "wage.jp_" in id_}
        assert floors == {"jp.minimum_wage.jp_13"}

    def test_a_day_leaves_out_rules_that_had_not_begun(self):
        assert "jp.stay.esd" not in self.ids("JP", scheme="ESD", on=date(2026, 1, 1))

    def test_a_country_without_rules_is_refused(self):
        with pytest.raises(NotFound):
            applicable(jurisdictions=("ZZ",))


class TestCheckContract:
    def test_a_lawful_contract_breaks_nothing(self):
        found = korea()
        assert not found.having("breaks")
        assert outcomes(found)["kr.minimum_wage.hourly"] == "meets"
        assert outcomes(found)["kr.minimum_wage.monthly_209h"] == "meets"

    def test_one_won_too_little_breaks_both_floors(self):
        found = korea(**{"wage.monthly_ordinary": Money(Decimal(2156879), "KRW")})
        assert {each.parameter for each in found.having("breaks")} == {
            "kr.minimum_wage.hourly",
            "kr.minimum_wage.monthly_209h",
        }
        assert found.outcome == "breaks"
        assert found.verdicts[0].outcome == "breaks"

    def test_a_shorter_week_is_not_held_against_the_209_hours(self):
        wage = Money(Decimal(1_700_000), "KRW")
        found = korea(**{"wage.monthly_ordinary": wage, "hours.weekly_regular": 30})
        assert "kr.minimum_wage.monthly_209h" not in outcomes(found)
        assert not found.having("breaks")

    def test_an_estimate_cannot_break(self):
        wage = Money(Decimal(1_000_000), "KRW")
        found = korea(**{"wage.monthly_ordinary": wage, "hours.weekly_regular": 30})
        (hourly,) = [each for each in found if each.parameter == "kr.minimum_wage.hourly"]
        assert (hourly.outcome, hourly.reason) == ("needs_check", "approximate")

    def test_the_day_of_signing_counts_where_the_rule_says_so(self):
        (wage,) = [each for each in hong_kong(5100) if each.parameter == "hk.minimum_wage.fdh"]
        assert (wage.outcome, wage.reference) == ("meets", "signed")
        late = hong_kong(5100, signed="2026-10-01")
        (wage,) = [each for each in late if each.parameter == "hk.minimum_wage.fdh"]
        assert (wage.outcome, wage.reason) == ("needs_check", "unknown_value")

    @pytest.mark.parametrize(
        ("signed", "outcome"), [("2025-09-29", "meets"), ("2025-09-30", "breaks")]
    )
    def test_the_day_before_and_the_day_of_a_rise(self, signed, outcome):
        found = hong_kong(4990, signed=signed, work="2025-12-01")
        assert outcomes(found)["hk.minimum_wage.fdh"] == outcome

    def test_the_statutory_wage_does_not_bind_live_in_helpers(self):
        assert "hk.minimum_wage.statutory_hourly" not in outcomes(hong_kong(5100))

    def test_a_condition_on_another_field_is_kept(self):
        nothing = {"food.allowance": Money(Decimal(0), "HKD")}
        fed = hong_kong(5100, **nothing, **{"food.provided": True})
        assert "hk.food.allowance" not in outcomes(fed)
        unfed = hong_kong(5100, work="2026-03-01", **nothing, **{"food.provided": False})
        assert outcomes(unfed)["hk.food.allowance"] == "breaks"
        unsaid = hong_kong(5100, work="2026-03-01", **nothing)
        assert outcomes(unsaid)["hk.food.allowance"] == "needs_check"

    @pytest.mark.parametrize(("fee", "outcome"), [(510, "meets"), (511, "breaks")])
    def test_a_fee_is_measured_in_shares_of_the_wage(self, fee, outcome):
        paid = {"fees.recruitment": Money(Decimal(fee), "HKD")}
        found = hong_kong(5100, signed="2025-10-01", work="2025-12-01", **paid)
        assert outcomes(found)["hk.recruitment.agency_fee_worker"] == outcome

    def test_japan_without_a_workplace_asks_for_it_once(self):
        fields = {"wage.hourly_equivalent": Money(Decimal(900), "JPY")}
        day = date(2024, 12, 1)

        def tested(region):
            return check_contract(
                fields, jurisdictions=("ID", "JP"), sector="agriculture", scheme="SSW(i)",
                region=region, signed_on=day, work_on=day,
            )  # fmt: skip

        (asked,) = [each for each in tested("") if "minimum_wage.jp_" in each.parameter]
        assert (asked.outcome, asked.reason, asked.required) == (
            "needs_check",
            "region_missing",
            None,
        )
        (tokyo,) = [each for each in tested("JP-13") if "minimum_wage.jp_" in each.parameter]
        assert (tokyo.outcome, tokyo.parameter) == ("breaks", "jp.minimum_wage.jp_13")

    def test_the_stricter_of_two_ages_decides(self):
        found = check_contract(
            {"worker.age_at_application": 20}, jurisdictions=("ID", "SA"), sector="domestic_work",
            signed_on=date(2025, 6, 1), work_on=date(2025, 6, 1),
        )  # fmt: skip
        ages = {each.parameter: each.outcome for each in found if "age" in each.parameter}
        assert ages == {"id.age.minimum": "meets", "sa.age.minimum_domestic": "breaks"}
        assert found.outcome == "breaks"

    @pytest.mark.parametrize(
        ("workers", "outcome"), [(5, "breaks"), (None, "needs_check"), (3, "needs_check")]
    )
    def test_a_note_that_narrows_a_row_keeps_it_from_breaking(self, workers, outcome):
        day = date(2025, 3, 1)
        found = check_contract(
            {"wage.monthly_ordinary": Money(Decimal(1500), "MYR")}, jurisdictions=("ID", "MY"),
            sector="plantation", signed_on=day, work_on=day,
            facts={"employer.workers": workers},
        )  # fmt: skip
        assert outcomes(found)["my.minimum_wage.monthly"] == outcome

    def test_the_origin_leaves_the_wage_to_the_destination(self):
        assert "id.wage.standard" not in outcomes(korea())

    def test_what_is_not_stated_is_a_gap_and_no_verdict(self):
        found = korea()
        assert "kr.insurance.return_cost" in {rule.id for rule in found.unstated}
        assert "kr.insurance.return_cost" not in outcomes(found)

    def test_freezes_with_the_versions_it_used(self):
        kept = json.loads(json.dumps(korea().frozen()))
        assert kept["law"] == law().digest
        for each in kept["verdicts"]:
            assert each["version"] == law().parameters[each["parameter"]].version

    def test_is_quick_enough_to_run_while_typing(self):
        korea()
        spent = []
        for _ in range(60):
            begun = time.perf_counter()
            korea()
            spent.append(time.perf_counter() - begun)
        assert sorted(spent)[56] < 0.020
