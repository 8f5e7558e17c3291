"""Checks the seeded contracts and writes the table of docs/contracts-seeded.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from lindung.kernel.quantities import Quantity
from lindung.placement.contract_forms import form
from lindung.regulations.contracts import ContractCheck, check_contract
from lindung.regulations.verdicts import Found
from tests.seeded.contracts import Seeded, seeded

PAGE = Path(__file__).parents[2] / "docs" / "contracts-seeded.md"


_WORDS = "its value is in words; a person reads it"
_INFORMS = "it informs and is not tested"
_BEFORE = (
    "for the ways it tells apart, a fact that no paper holds is needed; without it a person decides"
)
# Rules of the two countries that the check knows and that no planted fault can break for certain.
NOT_TRIED = {
    "id.card": "its confidence is medium and its words name two cards: never a breach",
    "id.contract.max_months": _INFORMS,
    "id.recruitment.components": _INFORMS,
    "id.recruitment.personal_costs": _INFORMS,
    "id.recruitment.zero_cost_ten_jobs": _WORDS,
    "id.rest_day": _INFORMS,
    "id.social_security.old_age": _INFORMS,
    "id.wage.standard": _WORDS,
    "kr.annual_leave": "its tiers go by months of service, which a first contract does not state",
    "kr.contract.form": _WORDS,
    "kr.deduction.lodging_guideline": "under review since 2023-07-05; not confirmed after",
    "kr.deduction.principle": _WORDS,
    "kr.deduction.settled_after_arrival": _BEFORE,
    "kr.employer_change.region": _INFORMS,
    "kr.holiday.premium": "between its two tiers it goes by hours of the holiday; a person decides",
    "kr.insurance.casualty": "a sum other than the table's needs a check; only none at all breaks it",
    "kr.insurance.departure_guarantee": "not confirmed for the days tried here",
    "kr.insurance.return_cost": "not confirmed for the days tried here",
    "kr.insurance.wage_guarantee_premium": "its confidence is medium and no day is confirmed",
    "kr.lodging.greenhouse_ban": "for agriculture alone, whose form 6-2 is not among the forms",
    "kr.notice.dismissal": "three exceptions have to be read by a person before less than 30 days breaks it",
    "kr.probation.pay_floor": _BEFORE,
    "kr.probation.pay_floor_simple_labour": _BEFORE,
    "kr.reentry.committed_worker_wait": _BEFORE,
    "kr.reentry.ordinary_wait": _BEFORE,
    "kr.social.employment": _WORDS,
    "kr.wage.channel": _WORDS,
}


def checked(contract: Seeded) -> ContractCheck:
    """What the program says of one seeded contract, read through its own form."""
    corridor = contract.corridor
    terms = dict(contract.terms)
    beside: dict[str, Found] = {
        name: _found(value) for name, value in terms.pop("beside", {}).items()
    }
    stated: dict[str, Any] = {**form(corridor.form).stated(terms), **beside}
    return check_contract(
        stated,
        jurisdictions=("ID", corridor.country),
        sector=corridor.sector,
        scheme=corridor.scheme,
        region=corridor.region,
        occupation=corridor.occupation,
        signed_on=contract.signed_on,
        work_on=contract.work_on,
        facts=corridor.facts,
    )


def _found(value: Any) -> Found:
    """What stands beside the paper: yes or no, a number, a sum with its unit, or a list of codes."""
    match value:
        case [str() as amount, str() as unit] if "/" in unit:
            return Quantity.of(amount, unit)
        case list():
            return tuple(value)
        case bool():
            return value
    return Decimal(value)


def broken(contract: Seeded) -> frozenset[str]:
    """The rules that the program says a contract breaks."""
    return frozenset(each.parameter for each in checked(contract).having("breaks"))


def page() -> str:
    """The whole page as it should stand in docs."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    rules: dict[str, set[str]] = defaultdict(set)
    for each in seeded():
        corridor = each.corridor
        found = broken(each)
        name = corridor.label or f"{corridor.country} {corridor.form} ({corridor.sector})"
        rows[name]["contracts"] += 1
        rows[name]["near"] += each.near
        rows[name]["faults"] += len(each.breaks)
        rows[name]["found"] += len(each.breaks & found)
        rows[name]["false"] += len(found - each.breaks)
        rules[name] |= {limit.rule for limit in each.corridor.limits} | each.breaks
    total: Counter[str] = Counter()
    for row in rows.values():
        total.update(row)
    lines = [
        f"# {len(seeded())} contracts with known faults",
        "",
        "Made by `tests/seeded/contracts.py`, which reads no rule of the program and imports nothing of it. Each limit is tried on",
        "itself, one unit past and one unit inside; each change on the day before, on its day and on the day after, with the old figure and",
        "the new one. Wage floors and the divisors 209 h and 12/52/48 (45) are compared in `tests/seeded/test_sources.py` with figures of",
        "their official sources and with `reference/money/wage-floors-history.csv`; the other limits name their law and were typed beside",
        "the law files, so for them a wrong figure in both would not show. Papers are read through the forms in `schemas/forms`; what no form",
        "states (a receipt, an officer's note) stands beside the paper under the field of the rule. This page is written by",
        "`python -m tests.seeded.write` and tested to be current.",
        "",
        "| corridor and form | contracts | lawful near misses | rules tried | faults | found | false breaches |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in sorted(rows):
        row = rows[name]
        lines.append(
            f"| {name} | {row['contracts']} | {row['near']} | {len(rules[name])} |"
            f" {row['faults']} | {row['found']} | {row['false']} |"
        )
    every = set().union(*rules.values())
    lines.append(
        f"| **all** | {total['contracts']} | {total['near']} | {len(every)} |"
        f" {total['faults']} | {total['found']} | {total['false']} |"
    )
    lines += ["", "Rules that a fault was planted against, by the country whose law it is:", ""]
    lines += ["| country | rules |", "| --- | ---: |"]
    planted: dict[str, set[str]] = defaultdict(set)
    for contract in seeded():
        for rule in contract.breaks:
            planted[rule.partition(".")[0].upper()].add(rule)
    lines += [f"| {country} | {len(planted[country])} |" for country in sorted(planted)]
    lines += ["", "## Rules of KR and ID that name a field of a contract and are not tried", ""]
    lines += ["| rule | why no fault is planted |", "| --- | --- |"]
    lines += [f"| `{rule}` | {why} |" for rule, why in sorted(NOT_TRIED.items())]
    lines += [
        "",
        "Nor are rules of any country that name no field of a contract (terms of permits, notices between offices): they are steps of",
        "a pathway or tasks of an office. A rule whose value is unknown, low in confidence or in words never breaks a contract; a person decides.",
        "",
    ]
    return "\n".join(lines)
