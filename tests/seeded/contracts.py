"""480 contracts with known faults.

Nothing here reads the law's files or asks the program, so a wrong day or comparison shows. Wage
floors and their divisors are compared with figures collected apart from the rules
(``test_sources.py``); the other limits name the law they come from and were typed beside the law
files: for them a wrong figure in both would not show. The same list comes out every time.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

SEED = 18_2017
CONTRACTS = 480
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """One limit of law: below or above it a contract breaks ``rule``; at the limit it does not.

    Args:
        path: where the form of this corridor states it; ``beside:`` and the field of the rule where no
            form does, and a receipt or an officer's note says it.
        limit: the figure, as a whole number of ``step``s.
        step: the smallest difference that a paper shows.
        kind: min, max, exact, must (yes is needed), ban (no is needed), paid (the sum, or nothing),
            rest and end (days and hours as Korea's form writes them).
        unit: of a sum that stands beside the paper.
        on: a day on which the figure is certain; ``moves`` the day it took this value, and
            ``before`` the value of the day before (changes are tested to the day).
        source: where the figure was read.
    """

    rule: str
    path: str
    kind: str
    source: str
    limit: float = 0
    step: float = 1
    moves: str = ""
    before: float | None = None
    also: tuple[str, ...] = ()
    goes_by: str = "work"
    on: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Corridor:
    """A form, a lawful paper in its layout, the days on which every limit is certain, its limits."""

    country: str
    form: str
    sector: str
    scheme: str
    region: str
    day: str
    paper: dict[str, Any]
    limits: tuple[Limit, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    occupation: str = ""
    label: str = ""


@dataclass(frozen=True)
class Seeded:
    """One contract and what must be said of it: exactly these breaches, no other.

    ``near`` marks a lawful contract that lies on a limit or one unit or day away from a fault.
    """

    number: int
    corridor: Corridor
    terms: dict[str, Any]
    signed_on: date
    work_on: date
    breaks: frozenset[str]
    near: bool
    why: str


def _paper(**given: Any) -> dict[str, Any]:
    return given


def _parties(**more: str) -> dict[str, Any]:
    return {
        "employer": {"name": "Pemberi Kerja", "profile": "Usaha", "address": "Jalan 1"},
        "worker": {"name": "Siti Rahayu", "address": "Ponorogo", "age_at_application": 28},
        "clauses": {
            "rights_and_duties": "Pasal 4",
            "social_security": "Pasal 8",
            "safety": "Pasal 9",
            **more,
        },
    }


UU18 = "UU 18/2017"
# The origin's own rules, in every corridor whose form names the field.
BAN_PASSPORT = ("documents.retention", "ban")

LSA_KR = "Labor Standards Act (Korea); standard contract form 6, 2020-01-10"
KOREA = Corridor(
    "KR", "kr.slc.v2020_01", "manufacturing", "E-9", "KR-41", "2025-03-03",
    _paper(
        employer={"enterprise_name": "Hanbit", "address": "Ansan"},
        contract={"months": 24, "probation": {"months": 1}},
        job={"place": "Ansan", "description": "Perakitan"},
        hours={"start": "09:00", "end": "18:00", "recess_minutes": 60},
        rest={"days": ["sunday", "every_saturday"]},
        wage={"monthly_ordinary": "2400000", "payment_method": "bank_transfer"},
    ),
    (
        Limit("kr.minimum_wage.monthly_209h", "wage.monthly_ordinary", "min",
              "10,030 won an hour x 209 h, 2025 (teamaya.tistory.com/425543)", 2096270,
              moves="2025-01-01", before=2060740, also=("kr.minimum_wage.hourly",)),
        Limit("kr.contract.max_initial", "contract.months", "max", "Act on Employment of Foreign Workers, 3 years", 36),
        Limit("kr.probation.max_months", "contract.probation.months", "max", "form 6, item 1", 3),
        Limit("kr.hours.recess", "hours.recess_minutes", "min", "LSA art. 54, 60 minutes for 8 hours", 60, also=("kr.hours.daily", "kr.hours.weekly")),
        Limit("kr.rest_day.weekly", "rest.days", "rest", "LSA art. 55, one a week", 1),
        Limit("kr.hours.daily", "hours.end", "end", "LSA art. 50, 8 h a day", 18, also=("kr.hours.weekly",)),
    ),
    {"employer.workers": 20},
)  # fmt: skip
EPS_KR = "Act on the Employment of Foreign Workers (Korea)"
KOREA_PLAIN = Corridor(
    "KR", "plain", "manufacturing", "E-9", "KR-41", "2025-06-16",
    _paper(
        **_parties(facilities="Pasal 7"), contract={"months": 24}, job={"description": "Perakitan"}, probation={"months": 1},
        hours={"daily_regular": 8, "weekly_regular": 40}, rest={"days_per_week": 1}, leave={"annual_days": 15},
        wage={"currency": "KRW", "monthly_ordinary": "2400000", "payment_method": "bank_transfer", "pay_interval_months": 1,
              "overtime_premium_percent": 50, "night_premium_percent": 50},
        insurance={"industrial_accident": True, "health": True}, fees={"recruitment": "0"}, documents={"retention": False},
    ),
    (
        Limit("kr.minimum_wage.monthly_209h", "wage.monthly_ordinary", "min",
              "10,030 won an hour x 209 h, 2025 (Minimum Wage Commission)", 2096270,
              moves="2025-01-01", before=2060740, also=("kr.minimum_wage.hourly",)),
        Limit("kr.age.minimum", "worker.age_at_application", "min", "notice of HRD Korea, 18", 18, also=("id.age.minimum",)),
        Limit("kr.age.maximum", "worker.age_at_application", "max", "notice for the Indonesian intake of 2025, 39", 39),
        Limit("kr.contract.max_initial", "contract.months", "max", f"{EPS_KR} art. 18, 3 years", 36),
        Limit("kr.probation.max_months", "probation.months", "max", "form 6, item 1", 3),
        Limit("kr.hours.daily", "hours.daily_regular", "max", "LSA art. 50, 8 h a day", 8),
        Limit("kr.hours.weekly", "hours.weekly_regular", "max", "LSA art. 50, 40 h a week", 40),
        Limit("kr.rest_day.weekly", "rest.days_per_week", "min", "LSA art. 55, one a week", 1),
        Limit("kr.overtime.premium", "wage.overtime_premium_percent", "min", "LSA art. 56, half", 50),
        Limit("kr.night.premium", "wage.night_premium_percent", "min", "LSA art. 56, half", 50),
        Limit("kr.wage.interval", "wage.pay_interval_months", "max", "LSA art. 43, once a month", 1),
        Limit("kr.social.industrial_accident", "insurance.industrial_accident", "must", "Industrial Accident Compensation Insurance Act"),
        Limit("kr.social.health", "insurance.health", "must", "National Health Insurance Act"),
        Limit("kr.recruitment.broker_ban", "fees.recruitment", "max", f"{EPS_KR} art. 8: nobody but the agencies of both states", 0),
        Limit("kr.retention.passport", "documents.retention", "ban", f"{EPS_KR} and form 6", also=("kr.retention.bankbook_seal", "id.passport")),
        Limit("kr.hours.overtime_weekly_cap", "beside:hours.weekly_overtime", "max", "LSA art. 53, 12 h a week", 12),
        Limit("kr.contract.extension", "beside:contract.extension_months", "max", f"{EPS_KR} art. 18-2, 1 year and 10 months", 22),
        Limit("kr.contract.total", "beside:stay.total_months", "max", f"{EPS_KR} art. 18-2, 4 years and 10 months", 58),
        Limit("kr.employer_change.count_initial", "beside:mobility.changes_initial", "max", f"{EPS_KR} art. 25, three in the first stay", 3),
        Limit("kr.employer_change.count_extension", "beside:mobility.changes_extension", "max", f"{EPS_KR} art. 25, two in the extension", 2),
        Limit("kr.employer_change.apply_within", "beside:mobility.apply_within_months", "max", f"{EPS_KR} art. 25, one month", 1),
        Limit("kr.employer_change.permit_within", "beside:mobility.permit_within_months", "max", f"{EPS_KR} art. 25, three months", 3, on="2025-05-12"),
        Limit("kr.severance.rate", "beside:severance.days_per_year", "min", "Retirement Benefit Act art. 8, 30 days a year", 30),
        Limit("kr.social.pension", "beside:insurance.pension", "must", "National Pension Act"),
        Limit("kr.lodging.information_duty", "beside:lodging.disclosed", "must", f"{EPS_KR} art. 22-2"),
        Limit("kr.public_holidays.paid", "beside:rest.public_holidays_paid", "must", "LSA art. 55(2), from 5 workers"),
    ),
    {"employer.workers": 20},
    label="KR plain (manufacturing), and facts beside the paper",
)  # fmt: skip
HONG_KONG = Corridor(
    "HK", "hk.id407", "domestic_work", "FDH", "", "2025-06-02",
    _paper(
        **_parties(), contract={"months": 24, "begins": "arrival"},
        duties={"chores": "Rumah tangga"}, household={"adults": 2},
        lodging={"provided": True}, food={"provided": True},
        wage={"monthly_ordinary": "5200", "payment_method": "cash", "pay_within_days": 7},
        rest={"days_per_week": 1, "public_holidays": 14}, leave={"annual_days": 14},
        deductions={"total_percent": 10}, insurance={"industrial_accident": True, "health": True},
        **{"return": {"ticket": True, "daily_allowance": "100"}}, fees={"recruitment": "300"},
        termination={"notice_months": 1},
        documents={"retention": False, "consular_authentication": True},
    ),
    (
        Limit("hk.minimum_wage.fdh", "wage.monthly_ordinary", "min",
              "HK$4,990 from 2024-09-28 (AAStocks)", 4990, moves="2024-09-28", before=4870, goes_by="signed"),
        Limit("hk.minimum_wage.fdh", "wage.monthly_ordinary", "min",
              "HK$4,870 from 2023-09-30 (SCMP 3236294)", 4870, moves="2023-09-30", before=4730, goes_by="signed"),
        Limit("hk.contract.months", "contract.months", "exact", "ID 407, two years", 24),
        Limit("hk.wage.due", "wage.pay_within_days", "max", "Employment Ordinance, 7 days", 7),
        Limit("hk.rest_day", "rest.days_per_week", "min", "Employment Ordinance, one in 7 days", 1),
        Limit("hk.public_holidays", "rest.public_holidays", "min", "14 statutory holidays from 2024", 14),
        Limit("hk.deduction.total", "deductions.total_percent", "max", "Employment Ordinance, half", 50),
        Limit("hk.insurance.employees_compensation", "insurance.industrial_accident", "must", "Employees' Compensation Ordinance"),
        Limit("hk.insurance.medical", "insurance.health", "must", "ID 407 clause 9"),
        Limit("hk.return_passage", "return.ticket", "must", "ID 407 clause 7"),
        Limit("hk.return_passage.daily_allowance", "return.daily_allowance", "min", "HK$100 a day", 100),
        Limit("hk.lodging", "lodging.provided", "must", "ID 407 clause 5"),
        Limit("hk.notice", "termination.notice_months", "min", "ID 407 clause 10", 1),
        Limit("hk.verification.consulate", "documents.consular_authentication", "must", "Consulate's authentication"),
    ),
)  # fmt: skip
LSA_TW = "Labor Standards Act (Taiwan)"
TAIWAN_PLANT = Corridor(
    "TW", "tw.manufacturing", "manufacturing", "", "", "2024-06-03",
    _paper(
        **_parties(facilities="Pasal 7"), contract={"months": 30}, job={"description": "Operator mesin"},
        hours={"daily_regular": 8, "weekly_regular": 40, "daily_total": 11, "monthly_overtime": 40},
        rest={"days_per_week": 2}, leave={"annual_days": 30},
        wage={"monthly_ordinary": "29000", "payment_method": "bank_with_proof"},
        deductions={"lodging_amount": "2500"}, food={"provided": True}, lodging={"provided": True},
        insurance={"industrial_accident": True}, fees={"placement": "0", "service_monthly": "1500"},
        documents={"wage_affidavit": True, "retention": False},
    ),
    (
        Limit("tw.minimum_wage.monthly", "wage.monthly_ordinary", "min", "NT$27,470 from 2024-01-01 (ey.gov.tw)", 27470,
              moves="2024-01-01", before=26400),
        Limit("tw.hours.daily", "hours.daily_regular", "max", f"{LSA_TW} art. 30, 8 h", 8),
        Limit("tw.hours.weekly", "hours.weekly_regular", "max", f"{LSA_TW} art. 30, 40 h", 40),
        Limit("tw.hours.with_overtime_daily", "hours.daily_total", "max", f"{LSA_TW} art. 32, 12 h", 12),
        Limit("tw.hours.overtime_monthly", "hours.monthly_overtime", "max", f"{LSA_TW} art. 32, 46 h", 46),
        Limit("tw.rest_day", "rest.days_per_week", "min", f"{LSA_TW} art. 36, 2 days", 2),
        Limit("tw.contract.max", "contract.months", "max", "Employment Service Act art. 52, 3 years", 36),
        Limit("tw.insurance.occupational_accident", "insurance.industrial_accident", "must", "Occupational Accident Act, 2022-05-01"),
        Limit("tw.recruitment.placement_fee_worker", "fees.placement", "max", "fee standards: none", 0),
        Limit("tw.verification.affidavit", "documents.wage_affidavit", "must", "Permit regulations"),
    ),
)  # fmt: skip
TAIWAN_CARE = Corridor(
    "TW", "tw.domestic_care", "caregiving_home", "", "", "2024-06-03",
    _paper(
        **_parties(facilities="Pasal 7"), contract={"months": 30}, job={"description": "Merawat orang tua"},
        hours={"daily_regular": 10}, rest={"days_per_week": 1}, leave={"annual_days": 7},
        wage={"monthly_ordinary": "21000", "payment_method": "bank_with_proof"},
        food={"provided": True}, lodging={"provided": True}, insurance={"industrial_accident": True},
        fees={"placement": "0"}, documents={"wage_affidavit": True, "retention": False},
    ),
    (
        Limit("tw.minimum_wage.live_in_care", "wage.monthly_ordinary", "min", "NT$20,000 for new contracts from 2022-08-10 (Taipei Times)", 20000,
              moves="2022-08-10", before=17000, goes_by="signed"),
        Limit("tw.contract.max", "contract.months", "max", "Employment Service Act art. 52, 3 years", 36),
        Limit("tw.recruitment.placement_fee_worker", "fees.placement", "max", "fee standards: none", 0),
        Limit("tw.food_lodging.live_in_care", "food.provided", "must", "contract practice, board for live-in care"),
        Limit("tw.rest_day.live_in_care", "rest.days_per_week", "min", "one in seven days", 1),
    ),
)  # fmt: skip
PERMENAKER = "Permenaker 4/2023 art. 18"
# The papers of UU 18/2017 article 13, as an officer ticks them off.
PAPERS = (
    "marital_status_letter", "family_consent_known_by_village_head", "competence_certificate",
    "health_certificate_medical_and_psychological", "passport", "work_visa", "placement_agreement",
    "employment_contract",
)  # fmt: skip
ORIGIN = Corridor(
    "TW", "tw.domestic_care", "caregiving_home", "", "", "2024-06-03",
    TAIWAN_CARE.paper,
    (
        Limit("id.age.minimum", "beside:worker.age_at_application", "min", f"{UU18} art. 5a, 18", 18),
        Limit("id.contract.extension_before_mission", "beside:contract.extension", "must", f"{UU18} art. 17"),
        Limit("id.contract.no_change", "beside:contract.version", "ban", f"{UU18} art. 18"),
        Limit("id.passport", "documents.retention", "ban", f"{UU18} art. 6", also=("tw.passport",)),
        Limit("id.recruitment.placement_fee_worker", "beside:fees.placement", "max", f"{UU18} art. 30, none", 0, unit="IDR/once"),
        Limit("id.recruitment.taiwan_informal_ceiling", "beside:fees.total", "max", "Kepka BP2MI 785/2022, annex", 9622000, unit="IDR/once"),
        Limit("id.social_security.before_work", "beside:insurance.bpjs_before", "paid", f"{PERMENAKER}, Rp37,500", 37500, unit="IDR/once"),
        Limit("id.social_security.during_work", "beside:insurance.bpjs_during", "must", PERMENAKER, also=("id.social_security.extra_month",)),
    ),
    label="ID, own rules on a Taiwan paper and beside it",
)  # fmt: skip
EA_MY = "Employment Act 1955"
MALAYSIA = Corridor(
    "MY", "my.plantation", "plantation", "", "MY-12", "2025-03-03",
    _paper(
        **{**_parties(facilities="Pasal 7"), "employer": {**_parties()["employer"], "workers": 80}},
        contract={"months": 24, "pass_months": 12}, job={"description": "Panen sawit"},
        work={"days_per_week": 6},
        hours={"daily_regular": 7.5, "weekly_regular": 45, "daily_total": 11, "monthly_overtime": 90},
        rest={"days_per_week": 1, "public_holidays": 11}, leave={"annual_days": 16, "sick_days": 22},
        wage={"monthly_ordinary": "1900", "payment_by_bank": True, "pay_within_days": 7,
              "overtime_premium_percent": 50, "rest_day_rate_percent": 200, "holiday_rate_percent": 300},
        deductions={"total_percent": 20, "lodging_amount": "50"}, lodging={"provided": True},
        documents={"retention": False}, insurance={"industrial_accident": "1.25"},
    ),
    (
        Limit("my.minimum_wage.monthly", "wage.monthly_ordinary", "min", "RM1,700 from 2025-02-01, 5 workers and more (thesun.my)", 1700,
              moves="2025-02-01", before=1500, also=("my.minimum_wage.hourly", "my.minimum_wage.daily")),
        Limit("my.hours.weekly", "hours.weekly_regular", "max", f"{EA_MY} s60A, 45 h from 2023", 45),
        Limit("my.hours.daily", "hours.daily_regular", "max", f"{EA_MY} s60A, 8 h", 8, step=0.5),
        Limit("my.hours.total_daily", "hours.daily_total", "max", f"{EA_MY} s60A(7), 12 h", 12),
        Limit("my.hours.overtime_monthly", "hours.monthly_overtime", "max", "Limitation of Overtime Work Regulations 1980, 104 h", 104),
        Limit("my.rest_day", "rest.days_per_week", "min", f"{EA_MY} s59", 1),
        Limit("my.public_holidays", "rest.public_holidays", "min", f"{EA_MY} s60D, 11", 11),
        Limit("my.wage.due", "wage.pay_within_days", "max", f"{EA_MY} s19, 7th day", 7),
        Limit("my.overtime.premium", "wage.overtime_premium_percent", "min", f"{EA_MY} s60A(3), one and a half", 50),
        Limit("my.rest_day.rate", "wage.rest_day_rate_percent", "min", f"{EA_MY} s60(3), double", 200),
        Limit("my.holiday.rate", "wage.holiday_rate_percent", "min", f"{EA_MY} s60D, three times", 300),
        Limit("my.deduction.total", "deductions.total_percent", "max", f"{EA_MY} s24(8), half", 50),
        Limit("my.contract.pass_months", "contract.pass_months", "max", "pass is yearly", 12),
        Limit("my.lodging", "lodging.provided", "must", "Act 446 as amended"),
        Limit("my.wage.channel", "wage.payment_by_bank", "must", f"{EA_MY} s25"),
        Limit("my.age.minimum", "worker.age_at_application", "min", "18", 18, on="2024-12-02"),
        Limit("my.age.maximum", "worker.age_at_application", "max", "45 at application", 45, on="2024-12-02"),
    ),
)  # fmt: skip
PLAIN_PAY = {"payment_method": "bank_transfer"}
SAUDI = Corridor(
    "SA", "plain", "manufacturing", "", "", "2025-03-03",
    _paper(
        **_parties(), contract={"months": 24}, job={"description": "Operator"}, probation={"days": 90},
        hours={"daily_regular": 8, "weekly_regular": 48}, rest={"days_per_week": 1},
        leave={"annual_days": 30}, wage={"currency": "SAR", "monthly_ordinary": "2000", "overtime_premium_percent": 50, **PLAIN_PAY},
        deductions={"total_percent": 20}, insurance={"health": True}, documents={"retention": False},
        termination={"notice_days": 60}, **{"return": {"ticket": True}},
    ),
    (
        Limit("sa.hours.daily", "hours.daily_regular", "max", "Labor Law art. 98, 8 h", 8),
        Limit("sa.hours.weekly", "hours.weekly_regular", "max", "Labor Law art. 98, 48 h", 48),
        Limit("sa.rest_day", "rest.days_per_week", "min", "Labor Law art. 104, one", 1),
        Limit("sa.probation", "probation.days", "max", "180 days from 2025-02-19 (wgoksa)", 180, moves="2025-02-19", before=90),
        Limit("sa.insurance.health", "insurance.health", "must", "Cooperative Health Insurance Law"),
        Limit("sa.return_passage", "return.ticket", "must", "Labor Law art. 40"),
    ),
)  # fmt: skip
SAUDI_HOME = Corridor(
    "SA", "plain", "domestic_work", "", "", "2025-06-02",
    _paper(
        **_parties(), contract={"months": 24}, job={"description": "Rumah tangga"}, probation={"days": 90},
        hours={"daily_regular": 10}, rest={"hours_per_week": 24}, leave={"sick_days": 30},
        wage={"currency": "SAR", "monthly_ordinary": "1500", "pay_interval_months": 1, **PLAIN_PAY},
        lodging={"provided": True}, insurance={"health": True, "contract": True},
        documents={"retention": False}, **{"return": {"ticket": True}},
    ),
    (
        Limit("sa.hours.domestic", "hours.daily_regular", "max", "domestic regulation 2024, 10 h", 10),
        Limit("sa.rest_day.domestic", "rest.hours_per_week", "min", "domestic regulation 2024, 24 h", 24),
        Limit("sa.probation.domestic", "probation.days", "max", "domestic regulation 2024, 90 days", 90),
        Limit("sa.age.minimum_domestic", "worker.age_at_application", "min", "domestic regulation 2024, 21", 21),
        Limit("sa.wage.interval_domestic", "wage.pay_interval_months", "max", "domestic regulation 2013, monthly", 1),
        Limit("sa.insurance.musaned", "insurance.contract", "must", "contract insurance from 2024-02-01 (Siasat)", moves="2024-02-01"),
        Limit("sa.lodging_food", "lodging.provided", "must", "domestic regulation 2024"),
    ),
)  # fmt: skip
SINGAPORE = Corridor(
    "SG", "plain", "manufacturing", "", "", "2025-03-03",
    _paper(
        **_parties(), contract={"months": 24}, job={"description": "Operator"},
        hours={"daily_regular": 8, "weekly_regular": 44, "daily_total": 12, "monthly_overtime": 60},
        rest={"days_per_week": 1, "public_holidays": 11}, leave={"annual_days": 14},
        wage={"currency": "SGD", "monthly_ordinary": "900", "overtime_premium_percent": 50, "pay_within_days": 7, **PLAIN_PAY},
        deductions={"total_percent": 25}, insurance={"industrial_accident": True},
        documents={"retention": False},
    ),
    (
        Limit("sg.hours.daily", "hours.daily_regular", "max", "Employment Act s38, 8 h", 8),
        Limit("sg.hours.weekly", "hours.weekly_regular", "max", "Employment Act s38, 44 h", 44),
        Limit("sg.hours.total_daily", "hours.daily_total", "max", "Employment Act s38, 12 h", 12),
        Limit("sg.hours.overtime_monthly", "hours.monthly_overtime", "max", "Employment Act s38(5), 72 h", 72),
        Limit("sg.rest_day", "rest.days_per_week", "min", "Employment Act s36", 1),
        Limit("sg.public_holidays", "rest.public_holidays", "min", "Employment Act s88, 11", 11),
        Limit("sg.deduction.total", "deductions.total_percent", "max", "Employment Act s32, half", 50),
        Limit("sg.overtime.premium", "wage.overtime_premium_percent", "min", "Employment Act s38(4), one and a half", 50),
        Limit("sg.wage.due", "wage.pay_within_days", "max", "Employment Act s21, 7 days", 7),
        Limit("sg.contract.months", "contract.months", "max", "work permit up to 2 years", 24),
        Limit("sg.insurance.wica", "insurance.industrial_accident", "must", "WICA 2019"),
        Limit("sg.age.minimum", "worker.age_at_application", "min", "18", 18),
    ),
    occupation="8211",
)  # fmt: skip
SINGAPORE_HOME = Corridor(
    "SG", "plain", "domestic_work", "MDW", "", "2025-03-03",
    _paper(
        **_parties(), contract={"months": 24}, job={"description": "Rumah tangga"},
        rest={"days_per_week": 1, "days_per_month_fixed": 1},
        wage={"currency": "SGD", "monthly_ordinary": "700", "safekeeping": False, "pay_within_days": 7, **PLAIN_PAY},
        lodging={"provided": True}, food={"provided": True}, insurance={"casualty": "60000"},
        documents={"retention": False},
    ),
    (
        Limit("sg.age.minimum_mdw", "worker.age_at_application", "min", "MOM: 23", 23),
        Limit("sg.age.maximum_mdw", "worker.age_at_application", "max", "MOM: under 50", 49),
        Limit("sg.insurance.personal_accident_mdw", "insurance.casualty", "min", "SGD 60,000 from 2017-10-01", 60000),
        Limit("sg.rest_day.mdw_monthly_floor", "rest.days_per_month_fixed", "min", "MOM, one from 2023-01-01", 1),
        Limit("sg.wage.safekeeping", "wage.safekeeping", "ban", "MOM, from 2019-01-01"),
        Limit("sg.lodging", "lodging.provided", "must", "Employment of Foreign Manpower Regulations"),
        Limit("sg.employer_cost", "food.provided", "must", "Employment of Foreign Manpower Regulations"),
    ),
)  # fmt: skip
JAPAN = Corridor(
    "JP", "plain", "manufacturing", "SSW(i)", "JP-13", "2025-03-03",
    _paper(
        **_parties(), contract={"months": 36}, job={"description": "Permesinan"},
        hours={"daily_regular": 8, "weekly_regular": 40, "monthly_overtime": 40, "yearly_overtime": 300},
        rest={"days_per_week": 2}, leave={"annual_days": 20},
        wage={"currency": "JPY", "monthly_ordinary": "230000", "hourly_equivalent": "1300", "pay_interval_months": 1, "overtime_premium_percent": 25,
              "night_premium_percent": 25, "rest_day_premium_percent": 35, "overtime_60h_premium_percent": 50, **PLAIN_PAY},
        lodging={"area": 9}, insurance={"industrial_accident": True, "employment": True, "health": True},
        fees={"deposit": False}, documents={"retention": False}, termination={"notice_days": 30},
        **{"return": {"ticket": True}},
    ),
    (
        Limit("jp.minimum_wage.jp_13", "wage.hourly_equivalent", "min", "Tokyo JPY 1,163 from 2024-10-01 (MHLW table)", 1163,
              moves="2024-10-01", before=1113),
        Limit("jp.hours.daily", "hours.daily_regular", "max", "LSA art. 32, 8 h", 8),
        Limit("jp.hours.weekly", "hours.weekly_regular", "max", "LSA art. 32, 40 h", 40),
        Limit("jp.hours.overtime_monthly", "hours.monthly_overtime", "max", "LSA art. 36, 45 h", 45),
        Limit("jp.hours.overtime_yearly", "hours.yearly_overtime", "max", "LSA art. 36, 360 h", 360),
        Limit("jp.rest_day", "rest.days_per_week", "min", "LSA art. 35, one", 1),
        Limit("jp.overtime.premium", "wage.overtime_premium_percent", "min", "LSA art. 37, 25 %", 25),
        Limit("jp.night.premium", "wage.night_premium_percent", "min", "LSA art. 37, 25 %", 25),
        Limit("jp.holiday.premium", "wage.rest_day_premium_percent", "min", "LSA art. 37, 35 %", 35),
        Limit("jp.overtime.premium_over_60h", "wage.overtime_60h_premium_percent", "min", "LSA art. 37, 50 % over 60 h", 50),
        Limit("jp.notice", "termination.notice_days", "min", "LSA art. 20, 30 days", 30),
        Limit("jp.wage.interval", "wage.pay_interval_months", "max", "LSA art. 24, monthly", 1),
        Limit("jp.lodging", "lodging.area", "min", "SSW standard, 7.5 m2", 7.5, step=0.5),
        Limit("jp.social.accident", "insurance.industrial_accident", "must", "Industrial Accident Insurance Act"),
        Limit("jp.social.employment", "insurance.employment", "must", "Employment Insurance Act"),
        Limit("jp.return_passage", "return.ticket", "must", "SSW conditions"),
        Limit("jp.recruitment.deposit_ban", "fees.deposit", "ban", "SSW conditions"),
    ),
)  # fmt: skip
CORRIDORS = (
    KOREA, KOREA_PLAIN, HONG_KONG, TAIWAN_PLANT, TAIWAN_CARE, ORIGIN, MALAYSIA, SAUDI, SAUDI_HOME, SINGAPORE,
    SINGAPORE_HOME, JAPAN,
)  # fmt: skip
PASSPORT = {
    "HK": ("hk.passport",), "TW": ("tw.passport",), "MY": ("my.passport",), "SG": ("sg.passport",),
}  # fmt: skip
CLAUSES = "id.contract.required_clauses"


def seeded() -> tuple[Seeded, ...]:
    """All contracts, the same each time: every fault and near miss once, then mixtures."""
    chance = random.Random(SEED)
    made = list(_single())
    rest = _mixed(chance)
    while len(made) < CONTRACTS:
        made.append(next(rest))
    return tuple(Seeded(number, *each) for number, each in enumerate(made[:CONTRACTS], 1))


Made = tuple[Corridor, dict[str, Any], date, date, frozenset[str], bool, str]


def _single() -> Iterator[Made]:
    for corridor in CORRIDORS:
        day = date.fromisoformat(corridor.day)
        for limit in corridor.limits:
            # The limit itself on one paper, one step past it on another, one step inside on a third.
            yield _with(corridor, day, [limit], past=0)
            yield _with(corridor, day, [limit], past=1)
            if limit.kind in {"min", "max"} and not (
                limit.kind == "max" and limit.limit < limit.step
            ):
                yield _with(corridor, day, [limit], past=-1)
            if limit.before is not None:
                yield from _around(corridor, limit)
    yield from _origin()
    yield from _beginnings()


def _around(corridor: Corridor, limit: Limit) -> Iterator[Made]:
    """The old figure and the new one on the day before the change, on it, and on the day after."""
    assert limit.before is not None
    first = date.fromisoformat(limit.moves)
    steady = date.fromisoformat(corridor.day)
    lower = limit.kind == "min"
    for value in (limit.before, limit.limit):
        stricter = (value == limit.limit) if lower else (value == limit.before)
        for day in (first - DAY, first, first + DAY):
            # The laxer figure breaks the rule as long as the stricter one counts.
            broken = not stricter and ((day >= first) if lower else (day < first))
            signed, work = (day, steady) if limit.goes_by == "signed" else (day, day)
            yield (
                corridor, _put(corridor.paper, limit.path, _text(limit, value)), signed, work,
                frozenset((limit.rule, *limit.also)) if broken else frozenset(),
                not broken, f"{limit.rule} {value:g} on {day}",
            )  # fmt: skip


def _origin() -> Iterator[Made]:
    """UU 18/2017: the age of 18, the passport, the seven clauses (one left out at a time)."""
    for corridor in (HONG_KONG, TAIWAN_PLANT, MALAYSIA, SINGAPORE):
        day = date.fromisoformat(corridor.day)
        terms = _put(corridor.paper, "documents.retention", True)
        breaks = frozenset(("id.passport", *PASSPORT[corridor.country]))
        yield corridor, terms, day, day, breaks, False, "passport kept"
    for path in ("employer.address", "worker.address", "duties.chores", "clauses.safety"):
        day = date.fromisoformat(HONG_KONG.day)
        terms = _put(HONG_KONG.paper, path, None)
        yield HONG_KONG, terms, day, day, frozenset((CLAUSES,)), False, f"no {path}"
    for path in (
        "job.description",
        "clauses.rights_and_duties",
        "contract.months",
        "clauses.social_security",
    ):
        day = date.fromisoformat(MALAYSIA.day)
        terms = _put(MALAYSIA.paper, path, None)
        yield MALAYSIA, terms, day, day, frozenset((CLAUSES,)), False, f"no {path}"
    ages: tuple[tuple[int, tuple[str, ...]], ...] = (
        (18, ()),
        (17, ("id.age.minimum", "jp.age.minimum")),
    )
    for age, rules in ages:
        day = date.fromisoformat(JAPAN.day)
        terms = _put(JAPAN.paper, "worker.age_at_application", age)
        yield JAPAN, terms, day, day, frozenset(rules), not rules, f"age {age}"


def _beginnings() -> Iterator[Made]:
    """Rules that begin or are no longer certain: the day before, the day itself, the day after."""
    paid, none = ["37500", "IDR/once"], ["0", "IDR/once"]
    first = date(2023, 2, 22)
    for day in (first - DAY, first, first + DAY):
        for sum_ in (paid, none):
            broken = sum_ is none and day >= first
            terms = _put(ORIGIN.paper, "beside:insurance.bpjs_before", sum_)
            yield (
                ORIGIN, terms, day, day,
                frozenset(("id.social_security.before_work",)) if broken else frozenset(),
                not broken, f"social security {sum_[0]} on {day}",
            )  # fmt: skip
    # What may be charged is to be written anew: after this day nobody has confirmed it.
    unsure = date(2025, 9, 1)
    for day in (unsure - DAY, unsure, unsure + DAY):
        terms = _put(ORIGIN.paper, "beside:fees.placement", ["1", "IDR/once"])
        broken = day < unsure
        yield (
            ORIGIN, terms, day, day,
            frozenset(("id.recruitment.placement_fee_worker",)) if broken else frozenset(),
            False, f"one rupiah of placement fee on {day}",
        )  # fmt: skip
    # The upper age stands in the notice of one intake, from its first day on.
    intake = date(2025, 6, 1)
    for day in (intake - DAY, intake, intake + DAY):
        for age in (39, 40):
            broken = age == 40 and day >= intake
            yield (
                KOREA_PLAIN, _put(KOREA_PLAIN.paper, "worker.age_at_application", age), day, day,
                frozenset(("kr.age.maximum",)) if broken else frozenset(),
                not broken, f"age {age} on {day}",
            )  # fmt: skip
    day = date.fromisoformat(ORIGIN.day)
    yield (
        ORIGIN, _put(ORIGIN.paper, "beside:documents.list", list(PAPERS)), day, day,
        frozenset(), True, "every paper of article 13",
    )  # fmt: skip
    # Who goes without an agency has no placement agreement: that one is left to a person.
    for paper in (each for each in PAPERS if each != "placement_agreement"):
        terms = _put(ORIGIN.paper, "beside:documents.list", [p for p in PAPERS if p != paper])
        yield (
            ORIGIN, terms, day, day, frozenset(("id.documents.required",)), False, f"no {paper}",
        )  # fmt: skip


def _mixed(chance: random.Random) -> Iterator[Made]:
    """Papers on several limits at once; most of them lawful."""
    while True:
        corridor = chance.choice(CORRIDORS)
        # Limits of another day, or that were moved since, stand alone; so does a week of hours.
        special = {"rest", "end"}
        fitting = [
            each
            for each in corridor.limits
            if not (each.on or each.moves) and each.kind not in special
        ]
        paths: dict[str, Limit] = {}
        for limit in chance.sample(fitting, min(3, len(fitting))):
            paths.setdefault(limit.path, limit)
        yield _with(corridor, date.fromisoformat(corridor.day), list(paths.values()), past=0)


# A younger or older worker may meet other ages of the same corridor.
ALSO: dict[str, tuple[str, ...]] = {
    "my.age.minimum": ("id.age.minimum",),
    "sg.age.minimum": ("id.age.minimum",),
}


def _with(corridor: Corridor, day: date, limits: list[Limit], *, past: int) -> Made:
    """A paper with these limits: on them (0), one step past (1) or inside (-1)."""
    broken = past > 0
    terms = corridor.paper
    for limit in limits:
        terms = _put(terms, limit.path, _value(limit, past=past))
        if limit.kind == "rest":
            # Six and a half or six days of work still have to stay within 40 hours a week.
            terms = _put(terms, "hours.end", "15:00" if broken else "16:40")
    breaks = [rule for each in limits for rule in (each.rule, *each.also, *ALSO.get(each.rule, ()))]
    if limits[0].on:
        day = date.fromisoformat(limits[0].on)
    signed = day
    if limits[0].goes_by == "signed" and limits[0].moves:
        signed = date.fromisoformat(limits[0].moves) + 7 * DAY
    why = ", ".join(each.rule for each in limits)
    return (
        corridor, terms, signed, day, frozenset(breaks if broken else ()), not broken,
        f"{why} {('at the limit', 'one step past', 'one step inside')[past]}",
    )  # fmt: skip


_VALUES: dict[str, Callable[[Limit, int], Any]] = {
    "min": lambda limit, past: limit.limit - limit.step * past,
    "max": lambda limit, past: limit.limit + limit.step * past,
    "exact": lambda limit, past: limit.limit - limit.step * past,
    "must": lambda _limit, past: past <= 0,
    "ban": lambda _limit, past: past > 0,
    "paid": lambda limit, past: limit.limit * (past <= 0),
}


def _value(limit: Limit, *, past: int) -> Any:
    if limit.kind == "rest":
        return ["every_other_saturday"] if past > 0 else ["sunday"]
    if limit.kind == "end":
        return "18:30" if past > 0 else "18:00"
    made = _VALUES[limit.kind](limit, past)
    return made if isinstance(made, bool) else _text(limit, made)


def _text(limit: Limit, value: float) -> Any:
    """Money as a paper writes it: text; beside the paper with its unit; other numbers as numbers."""
    if limit.unit:
        return [f"{value:.10g}", limit.unit]
    return (
        f"{value:.10g}"
        if limit.path.startswith(("wage.monthly", "wage.hourly", "fees", "return"))
        or limit.path == "insurance.casualty"
        else (int(value) if value == int(value) else value)
    )


def _put(paper: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    terms = copy.deepcopy(paper)
    # A field of a rule is one name, dots and all.
    beside = path.removeprefix("beside:")
    *folders, last = ("beside", beside) if beside != path else path.split(".")
    place = terms
    for each in folders:
        place = place.setdefault(each, {})
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return terms
