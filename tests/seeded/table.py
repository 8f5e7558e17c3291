"""Checks the seeded contracts and writes the table of docs/contracts-seeded.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from lindung.placement.contract_forms import form
from lindung.regulations.contracts import ContractCheck, check_contract
from tests.seeded.contracts import Seeded, seeded

PAGE = Path(__file__).parents[2] / "docs" / "contracts-seeded.md"


def checked(contract: Seeded) -> ContractCheck:
    """What the program says of one seeded contract, read through its own form."""
    corridor = contract.corridor
    return check_contract(
        form(corridor.form).stated(contract.terms),
        jurisdictions=("ID", corridor.country),
        sector=corridor.sector,
        scheme=corridor.scheme,
        region=corridor.region,
        occupation=corridor.occupation,
        signed_on=contract.signed_on,
        work_on=contract.work_on,
        facts=corridor.facts,
    )


def broken(contract: Seeded) -> frozenset[str]:
    """The rules that the program says a contract breaks."""
    return frozenset(each.parameter for each in checked(contract).having("breaks"))


def page() -> str:
    """The whole page as it should stand in docs."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    rules: dict[str, set[str]] = defaultdict(set)
    for each in seeded():
        found, name = broken(each), f"{each.corridor.country} {each.corridor.form}"
        name += f" ({each.corridor.sector})"
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
        "Made by `tests/seeded/contracts.py`, which reads no rule of the program. Wage floors agree with `reference/money/wage-floors-history.csv`;",
        "other limits were typed after a look at the law files, so they test comparing and choosing days, not those figures. Each fault lies one unit or one day past a limit; each near miss lies on the limit, or on the last day of",
        "the old value. The papers are read through the forms in `schemas/forms`. This page is written by",
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
    lines += [
        "",
        "Not tried here: rules whose value is unknown, low in confidence or in words only. They never break a contract; a person decides.",
        "",
    ]
    return "\n".join(lines)
