"""The limits of the seeded contracts against figures typed from their official sources.

Neither the law files nor the seeded contracts are where these come from: each figure names who
published it. The same floors stand in ``reference/money/wage-floors-history.csv``, collected apart
from the rules.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from django.conf import settings

from lindung.kernel.quantities import Quantity
from lindung.regulations.contracts import check_contract
from tests.seeded.contracts import CORRIDORS, Limit

# Rule → (first day, figure), and who published it.
KR_HOURLY = {"2024-01-01": 9860, "2025-01-01": 10030}  # Minimum Wage Commission (최저임금위원회)
KR_MONTHLY = {"2024-01-01": 2060740, "2025-01-01": 2096270}  # the same notices, for 209 hours
OFFICIAL: dict[str, dict[str, int]] = {
    "kr.minimum_wage.monthly_209h": KR_MONTHLY,
    # Labour Department: minimum allowable wage, by the day of signing.
    "hk.minimum_wage.fdh": {"2022-10-01": 4730, "2023-09-30": 4870, "2024-09-28": 4990},
    # Ministry of Labor: basic wage, from 2024 minimum wage.
    "tw.minimum_wage.monthly": {"2023-01-01": 26400, "2024-01-01": 27470},
    # Ministry of Labor and the missions: live-in care, new contracts.
    "tw.minimum_wage.live_in_care": {"2015-09-01": 17000, "2022-08-10": 20000},
    # Minimum Wages Order 2022 (P.U.(A) 140/2022) and 2024 (P.U.(A) 376/2024), five workers and more.
    "my.minimum_wage.monthly": {"2022-05-01": 1500, "2025-02-01": 1700},
    # Ministry of Health, Labour and Welfare: Tokyo.
    "jp.minimum_wage.jp_13": {"2023-10-01": 1113, "2024-10-01": 1163},
}
# Where the same floors stand in the table of history: country, scheme, scope, per.
IN_HISTORY = {
    "kr.minimum_wage.monthly_209h": (
        "KR",
        "statutory minimum wage (monthly conversion)",
        "",
        "month",
    ),
    "hk.minimum_wage.fdh": ("HK", "minimum allowable wage, foreign domestic helpers", "", "month"),
    "tw.minimum_wage.monthly": ("TW", "wage", "", "month"),
    "my.minimum_wage.monthly": ("MY", "minimum wages order", "employers with 5 or more", "month"),
    "jp.minimum_wage.jp_13": ("JP", "regional minimum wage", "JP-13", "hour"),
}
TABLE = Path(settings.ROOT) / "reference" / "money" / "wage-floors-history.csv"
HISTORY = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))

WAGES = [
    limit for corridor in CORRIDORS for limit in corridor.limits if ".minimum_wage." in limit.rule
]


@pytest.mark.parametrize("limit", WAGES, ids=lambda each: f"{each.rule} {each.moves}")
def test_wage_floors_are_those_that_were_published(limit: Limit) -> None:
    published = OFFICIAL[limit.rule]
    assert published[limit.moves] == limit.limit
    earlier = [day for day in published if day < limit.moves]
    assert published[max(earlier)] == limit.before


@pytest.mark.parametrize("rule", sorted(IN_HISTORY))
def test_wage_floors_are_those_of_the_table_of_history(rule: str) -> None:
    country, scheme, scope, per = IN_HISTORY[rule]
    rows = {
        row["from"]: Decimal(row["amount"])
        for row in HISTORY
        if (row["country"], row["per"]) == (country, per)
        and scheme in row["scheme"]
        and row["scope"].startswith(scope)
    }
    for day, figure in OFFICIAL[rule].items():
        assert rows[day] == figure, (rule, day)


def test_every_wage_floor_has_a_published_figure_but_live_in_care_in_history() -> None:
    assert {each.rule for each in WAGES} == set(OFFICIAL)
    assert set(OFFICIAL) - set(IN_HISTORY) == {"tw.minimum_wage.live_in_care"}


def test_a_korean_month_has_209_hours() -> None:
    """40 hours and 8 of paid weekly rest, 52.14 weeks a year: 209 (Minimum Wage Commission)."""
    for day, hourly in KR_HOURLY.items():
        assert hourly * 209 == KR_MONTHLY[day]
    assert round(Decimal(48) * Decimal("52.14") / 12) == 209


# Minimum Wages Orders: monthly, hours a week, hourly as the order prints it.
MY_HOURLY = [
    (1500, 48, "7.21", "2022-12-01", "Order 2022, 48 hours a week until 2022-12-31"),
    (1700, 45, "8.72", "2025-03-03", "Order 2024, 45 hours a week since 2023-01-01"),
]


@pytest.mark.parametrize(("monthly", "hours", "hourly", "day", "source"), MY_HOURLY)
def test_a_malaysian_hour_is_twelve_months_over_52_weeks(
    monthly: int, hours: int, hourly: str, day: str, source: str
) -> None:
    exact = Decimal(monthly) * 12 / 52 / hours
    assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(hourly), source


def outcome(rule: str, country: str, field: str, value: Quantity, day: str, **stated: str) -> str:
    """What the program says of one wage."""
    on = date.fromisoformat(day)
    told = {name.replace("__", "."): Decimal(each) for name, each in stated.items()}
    checked = check_contract(
        {field: value, **told},
        jurisdictions=("ID", country),
        sector="manufacturing",
        scheme="",
        signed_on=on,
        work_on=on,
        facts={"employer.workers": 20},
    )
    (verdict,) = [each for each in checked if each.parameter == rule]
    return verdict.outcome


@pytest.mark.parametrize(("won", "expected"), [(2096270, "meets"), (2096269, "breaks")])
def test_the_program_divides_a_korean_month_by_209(won: int, expected: str) -> None:
    wage = Quantity.of(won, "KRW/month")
    said = outcome(
        "kr.minimum_wage.hourly", "KR", "wage.monthly_ordinary", wage, "2025-03-03",
        hours__weekly_regular="40",
    )  # fmt: skip
    assert said == expected


@pytest.mark.parametrize(
    ("ringgit", "hours", "day", "expected"),
    [
        ("1500", "48", "2022-12-01", "meets"),  # 7.2115 an hour beside 7.21
        ("1495", "48", "2022-12-01", "breaks"),  # 7.1875
        ("1700", "45", "2025-03-03", "meets"),  # 8.7179 beside 8.72, as the order itself rounds
        ("1695", "45", "2025-03-03", "breaks"),  # 8.6923
    ],
)
def test_the_program_divides_a_malaysian_month_as_the_orders_do(
    ringgit: str, hours: str, day: str, expected: str
) -> None:
    wage = Quantity.of(ringgit, "MYR/month")
    said = outcome(
        "my.minimum_wage.hourly", "MY", "wage.monthly_ordinary", wage, day,
        hours__weekly_regular=hours,
    )  # fmt: skip
    assert said == expected
