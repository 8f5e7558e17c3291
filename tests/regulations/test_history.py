"""The law's wages against a table that was collected apart from it."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from lindung.kernel.money import Money
from lindung.regulations.contracts import check_contract
from lindung.regulations.files import ROOT
from lindung.regulations.lawbook import Provision

(HISTORY,) = (ROOT / "reference").rglob("wage-floors-history.csv")


def history() -> list[dict[str, str]]:
    with HISTORY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(
    country: str, scheme: str, per: str, since: str, scope: str = ""
) -> list[tuple[date, Decimal]]:
    return [
        (date.fromisoformat(row["from"]), Decimal(row["amount"]))
        for row in history()
        if (row["country"], row["per"]) == (country, per)
        and row["scheme"].startswith(scheme)
        and scope in row["scope"]
        and row["from"] >= since
    ]


KR = facts("KR", "statutory minimum wage", "hour", "2018-01-01")
HK = facts("HK", "minimum allowable wage", "month", "2015-10-01")
TW = [
    *facts("TW", "basic wage", "month", "2018-01-01"),
    *facts("TW", "minimum wage", "month", "2018-01-01"),
]


class TestAgainstTheHistory:
    def test_the_table_is_there(self):
        assert (len(KR), len(HK), len(TW)) >= (9, 8, 9)

    @pytest.mark.parametrize(("day", "amount"), KR)
    def test_korea_hourly(self, day, amount):
        assert Provision("kr.minimum_wage.hourly").on(day).number == amount

    @pytest.mark.parametrize(("day", "amount"), HK)
    def test_hong_kong_helpers(self, day, amount):
        assert Provision("hk.minimum_wage.fdh").on(day).number == amount

    @pytest.mark.parametrize(("day", "amount"), TW)
    def test_taiwan_monthly(self, day, amount):
        said = Provision("tw.minimum_wage.monthly").on(day)
        assert said.number in (amount, None)
        assert said.number == amount or said.reason == "before_first_row"

    def test_japan_by_prefecture(self):
        checked = 0
        for row in history():
            if row["country"] != "JP" or not row["scope"].startswith("JP-"):
                continue
            said = Provision("jp.minimum_wage").on(
                date.fromisoformat(row["from"]), region=row["scope"]
            )
            assert said.number == Decimal(row["amount"]), row
            checked += 1
        assert checked == 47 * 3


class TestDivisors:
    """209 hours a month in Korea; month times 12 over 52 weeks of 48 (45) hours in Malaysia."""

    def test_korea_209_hours(self):
        months = facts("KR", "statutory minimum wage (monthly conversion)", "month", "2018-01-01")
        assert len(months) >= 5
        for day, amount in months:
            assert Provision("kr.minimum_wage.hourly").on(day).number * 209 == amount

    def derived(self, country, sector, wage, currency, day, **fields):
        found = check_contract(
            {"wage.monthly_ordinary": Money(Decimal(wage), currency), **fields},
            jurisdictions=("ID", country),
            sector=sector,
            signed_on=day,
            work_on=day,
            facts={"employer.workers": 20},
        )
        return {each.parameter: each for each in found.verdicts}

    @pytest.mark.parametrize(("wage", "outcome"), [(2156880, "meets"), (2156879, "breaks")])
    def test_korea_at_the_limit_and_one_won_below(self, wage, outcome):
        verdicts = self.derived(
            "KR", "manufacturing", wage, "KRW", date(2026, 3, 1), **{"hours.weekly_regular": 40}
        )
        for id_ in ("kr.minimum_wage.hourly", "kr.minimum_wage.monthly_209h"):
            assert verdicts[id_].outcome == outcome, id_

    def test_malaysia_pairs_of_month_and_hour_follow_from_each_other(self):
        hours = dict(facts("MY", "minimum wages order", "hour", "2013-01-01"))
        months = dict(facts("MY", "minimum wages order", "month", "2013-01-01"))
        pairs = 0
        for day in hours.keys() & months.keys():
            if day >= date(2019, 1, 1):
                weekly = 45 if day >= date(2025, 2, 1) else 48
                hourly = (months[day] * 12 / 52 / weekly).quantize(Decimal("0.01"), ROUND_HALF_UP)
                assert hourly == hours[day], day
                pairs += 1
        assert pairs >= 4

    @pytest.mark.parametrize(
        ("day", "wage", "hourly"), [("2022-06-01", 1500, "7.21"), ("2025-09-01", 1700, "8.72")]
    )
    def test_malaysia_converts_by_the_divisor_of_the_day(self, day, wage, hourly):
        verdict = self.derived("MY", "manufacturing", wage, "MYR", date.fromisoformat(day))
        assert verdict["my.minimum_wage.hourly"].found == hourly
        assert verdict["my.minimum_wage.hourly"].outcome == "meets"
        assert verdict["my.minimum_wage.monthly"].outcome == "meets"
