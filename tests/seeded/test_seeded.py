"""Contracts with known faults: all are found, and nothing else is."""

from __future__ import annotations

import ast
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from lindung.regulations.lawbook import law
from tests.seeded import contracts
from tests.seeded.contracts import CONTRACTS, CORRIDORS, Seeded, seeded
from tests.seeded.table import NOT_TRIED, PAGE, broken, page

ALL = seeded()


@pytest.mark.parametrize("contract", ALL, ids=lambda each: f"{each.number} {each.why}"[:80])
def test_says_exactly_the_known_faults(contract: Seeded) -> None:
    assert broken(contract) == contract.breaks


def test_are_over_two_hundred_with_a_hundred_near_misses() -> None:
    assert len(ALL) == CONTRACTS >= 200
    assert sum(each.near for each in ALL) >= 100
    assert all(not each.breaks for each in ALL if each.near)


def test_are_the_same_each_time() -> None:
    assert seeded() == ALL


def tried() -> dict[str, set[str]]:
    """By country, the rules that some contract breaks."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in ALL:
        for rule in each.breaks:
            found[rule.partition(".")[0]].add(rule)
    return found


def test_break_ten_rules_and_more_of_every_country() -> None:
    counts = {country: len(rules) for country, rules in tried().items()}
    assert set(counts) == {"hk", "tw", "my", "sa", "sg", "jp", "kr", "id"}
    assert {country for country, rules in counts.items() if rules < 10} == set()


def test_leave_out_no_rule_of_korea_and_the_origin_without_a_reason() -> None:
    broken_here = tried()
    for country in ("KR", "ID"):
        with_field = {
            each.id
            for each in law().parameters.values()
            if each.jurisdiction == country and each.contract_field
        }
        excused = {rule for rule in NOT_TRIED if rule.startswith(f"{country.lower()}.")}
        assert with_field - broken_here[country.lower()] == excused


def test_are_tried_on_the_limit_and_one_step_to_either_side() -> None:
    for corridor in CORRIDORS:
        for limit in corridor.limits:
            if limit.kind not in {"min", "max"}:
                continue
            why = {each.why for each in ALL if each.corridor is corridor}
            assert {f"{limit.rule} at the limit", f"{limit.rule} one step past"} <= why
            if limit.kind == "min" or limit.limit >= limit.step:
                assert f"{limit.rule} one step inside" in why
            if limit.before is not None:
                day = date.fromisoformat(limit.moves)
                for value in (limit.before, limit.limit):
                    for away in (-1, 0, 1):
                        assert f"{limit.rule} {value:g} on {day + timedelta(away)}" in why


def test_are_made_without_a_line_of_the_program() -> None:
    source = Path(contracts.__file__ or "").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not [name for name in names if name.partition(".")[0] in {"lindung", "django"}]
    assert "regulations/" not in source


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
