"""Alerts and dashboard: every measure they name exists, every alert is explained, every link leads on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lindung.site.seeing import catalogue

DOCS = Path(__file__).resolve().parents[2] / "docs"
RULES = yaml.safe_load((DOCS / "observability" / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((DOCS / "observability" / "dashboard.json").read_text("utf-8"))
PAGE = (DOCS / "how-to" / "observe.md").read_text("utf-8")
MEASURE = re.compile(r"\blindung_\w+")
MATCHED = re.compile(r"(lindung_\w+)\{([^}]*)\}")
GROUPED = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")
LABELS = {each.name: set(each.labels) for each in catalogue.MEASURES}


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    shown = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
    return [rule["expr"] for rule in rules()] + shown


def measure_of(name: str) -> str:
    """The measure that a stored name is a part of."""
    for end in ("_bucket", "_sum", "_count"):
        if name.removesuffix(end) in LABELS:
            return name.removesuffix(end)
    return name


@pytest.mark.parametrize("expression", expressions())
class TestExpression:
    def test_names_measures_that_exist(self, expression: str) -> None:
        named = set(MEASURE.findall(expression))
        assert named <= catalogue.names()
        assert named or expression.startswith("up{")

    def test_asks_for_labels_that_they_have(self, expression: str) -> None:
        for name, matched in MATCHED.findall(expression):
            asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matched))
            assert asked <= LABELS[measure_of(name)], expression
        known = {"le"}.union(*(LABELS[measure_of(name)] for name in MEASURE.findall(expression)))
        for grouped in GROUPED.findall(expression):
            assert {each.strip() for each in grouped.split(",")} <= known, expression

    def test_closes_what_it_opens(self, expression: str) -> None:
        for pair in ("()", "{}", "[]"):
            assert expression.count(pair[0]) == expression.count(pair[1]), expression


class TestAlerts:
    def test_are_named_once_and_graded(self) -> None:
        named = [rule["alert"] for rule in rules()]
        assert len(named) == len(set(named)) > 20
        assert {rule["labels"]["severity"] for rule in rules()} == {"page", "ticket"}

    def test_are_each_explained(self) -> None:
        explained = re.findall(r"^### (\w+)\n(.+)$", PAGE, re.MULTILINE)
        assert {name for name, _ in explained} == {rule["alert"] for rule in rules()}
        assert all(len(text) > 60 for _, text in explained)

    def test_say_labels_that_are_left(self) -> None:
        for rule in rules():
            said = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
            left = set().union(*(set(map(str.strip, each.split(",")))
                                 for each in GROUPED.findall(rule["expr"])), {"instance"})  # fmt: skip
            assert said <= left, rule["alert"]


class TestDashboard:
    def test_has_panels_with_ids_of_their_own(self) -> None:
        numbers = [panel["id"] for panel in DASHBOARD["panels"]]
        assert len(numbers) == len(set(numbers)) > 30

    def test_overlaps_nowhere(self) -> None:
        taken: set[tuple[int, int]] = set()
        for panel in DASHBOARD["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
            assert at["x"] + at["w"] <= 24
            assert not cells & taken, panel["title"]
            taken |= cells

    def test_shows_every_measure(self) -> None:
        shown = " ".join(expressions())
        assert [each.name for each in catalogue.MEASURES if each.name not in shown] == []
