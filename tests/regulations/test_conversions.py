"""Official conversions and dated floors, against figures kept with their sources.

The figures are rows of ``reference/money/wage-floors-history.csv``, collected apart from the rules.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from lindung.kernel.quantities import Quantity
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import derive
from lindung.regulations.lawbook import Provision, law

TABLE = Path(settings.ROOT) / "reference" / "money" / "wage-floors-history.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
FLOORS = {
    ("HK", "minimum allowable wage, foreign domestic helpers", "month"): "hk.minimum_wage.fdh",
    ("HK", "food allowance, foreign domestic helpers", "month"): "hk.food.allowance",
    ("KR", "statutory minimum wage", "hour"): "kr.minimum_wage.hourly",
    ("KR", "statutory minimum wage (monthly conversion)", "month"): "kr.minimum_wage.monthly_209h",
    ("TW", "minimum wage", "month"): "tw.minimum_wage.monthly",
    ("TW", "minimum wage", "hour"): "tw.minimum_wage.hourly",
}


def floors() -> list[tuple[str, date, Decimal]]:
    """Rule, first day and figure of each row whose rule goes back that far."""
    found = []
    for row in ROWS:
        rule = FLOORS.get((row["country"], row["scheme"], row["per"]))
        day = date.fromisoformat(row["from"])
        if rule and (first := law().parameters[rule].values[0].effective_from) and day >= first:
            found.append((rule, day, Decimal(row["amount"])))
    return found


def converted(conversion: str, amount: str, unit: str, day: date, **facts: Decimal) -> Decimal:
    """An amount by one conversion of the law."""
    country = conversion.partition(".")[0].upper()
    (rule,) = [
        each for each in law().jurisdictions[country].readings.conversions if each.id == conversion
    ]
    stated = {name.replace("__", "."): value for name, value in facts.items()}
    found = derive(
        rule,
        {rule.source_field: Quantity.of(Decimal(amount), unit), **stated},
        Context(facts=stated),
        day,
    )
    assert found is not None
    return found.amount


class TestDatedFloors:
    @pytest.mark.parametrize(("rule", "day", "amount"), floors(), ids=str)
    def test_reproduce(self, rule: str, day: date, amount: Decimal) -> None:
        assert Decimal(str(Provision(rule).on(day).value)) == amount

    def test_are_many(self) -> None:
        assert len(floors()) >= 25


class TestKorea:
    @pytest.mark.parametrize(
        "row", [r for r in ROWS if r["scope"] == "209 h a month"], ids=lambda r: r["from"]
    )
    def test_a_month_of_209_hours_is_the_hourly_floor(self, row: dict[str, str]) -> None:
        day = date.fromisoformat(row["from"])
        hourly = next(
            Decimal(each["amount"])
            for each in ROWS
            if each["country"] == "KR" and each["per"] == "hour" and each["from"] == row["from"]
        )
        assert hourly * 209 == Decimal(row["amount"])
        found = converted(
            "kr.hourly_from_month_40h", row["amount"], "KRW/month", day,
            hours__weekly_regular=Decimal(40),
        )  # fmt: skip
        assert found == hourly


class TestMalaysia:
    @pytest.mark.parametrize(
        ("month", "day", "hour"),
        [
            ("900", "2013-01-01", "4.33"), ("800", "2013-01-01", "3.85"),
            ("1000", "2016-07-01", "4.81"), ("920", "2016-07-01", "4.42"),
            ("1100", "2019-01-01", "5.29"), ("1200", "2020-02-01", "5.77"),
            ("1500", "2022-05-01", "7.21"), ("1700", "2025-02-01", "8.72"),
        ],
    )  # fmt: skip
    def test_each_published_hour_follows_from_its_month(
        self, month: str, day: str, hour: str
    ) -> None:
        on = date.fromisoformat(day)
        weekly = "45" if on >= date(2025, 2, 1) else "48"
        found = converted(f"my.hourly_from_month_{weekly}h", month, "MYR/month", on)
        assert found == Decimal(hour)
        rows = {(r["from"], r["per"]): r["amount"] for r in ROWS if r["country"] == "MY"}
        assert (day, "hour") in rows

    @pytest.mark.parametrize(("days", "amount"), [(6, "65.38"), (5, "78.46"), (4, "98.08")])
    def test_each_published_day_follows_from_the_month(self, days: int, amount: str) -> None:
        """Minimum Wages Order 2024: RM65.38, 78.46 and 98.08 for six, five and four days."""
        found = converted(
            "my.daily_from_month", "1700", "MYR/month", date(2025, 8, 1),
            work__days_per_week=Decimal(days),
        )  # fmt: skip
        assert found == Decimal(amount)
