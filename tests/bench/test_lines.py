"""What a bench prints is what was declared, and says which side is the better one."""

from __future__ import annotations

import argparse
import json

import pytest

from bench import _options
from bench._lines import Report, faults, table
from bench._timing import in_turn, p95, quiet


def report(capsys: pytest.CaptureFixture[str], **said: object) -> dict[str, object]:
    options = argparse.Namespace(people=5, profile="small", json=True)
    Report("x", options).say("a thing", **{"value": 10.0, "unit": "ms"} | said)  # type: ignore[arg-type]
    line: dict[str, object] = json.loads(capsys.readouterr().out)
    return line


class TestALine:
    def test_has_every_declared_field(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert faults(report(capsys)) == []

    def test_compares_with_its_baseline(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert report(capsys, baseline=4.0, against="that")["ratio"] == 2.5

    def test_meets_a_target_from_below(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert report(capsys, target=10)["met"] is True
        assert report(capsys, target=9)["met"] is False

    def test_meets_the_target_of_a_rate_from_above(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert report(capsys, better="more", target=10)["met"] is True
        assert report(capsys, better="more", target=11)["met"] is False

    def test_meets_all_targets_or_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = {"target": 10, "baseline": 2.0, "against": "that", "ratio_target": 3}
        assert report(capsys, **said)["met"] is False

    def test_without_a_target_meets_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert report(capsys)["met"] is None

    def test_is_not_printed_with_a_baseline_that_has_no_name(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(ValueError, match="without a name"):
            report(capsys, baseline=4.0)

    def test_lacking_a_field_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        line = report(capsys)
        del line["p95"]
        assert faults(line) == ["p95 is missing"]
        assert faults(line | {"p95": "10"}) == ["p95 is '10'"]


def test_the_table_holds_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    line = report(capsys, baseline=4.0, against="that", target=3)
    shown = table([line])
    assert "a thing" in shown
    assert "✗" in shown
    assert "that" in shown


def test_the_worse_side_of_a_rate_is_below() -> None:
    rates = list(range(1, 101))
    assert p95(rates) == 96
    assert p95(rates, better="more") == 5
    assert quiet(rates) == 11
    assert quiet(rates, better="more") == 90


def test_steps_take_turns_and_change_their_order() -> None:
    seen: list[str] = []
    took = in_turn(lambda: seen.append("a"), lambda: seen.append("b"), seconds=0, warm=0, least=2)
    assert seen == ["b", "a", "a", "b"]
    assert [len(each) for each in took] == [2, 2]


def test_options_fill_up_with_the_profile() -> None:
    def asked(*words: str) -> argparse.Namespace:
        sizes = {"messages": ((4, 400), "said")}
        return _options.options(_options.parser("x"), people=(5, 500), sizes=sizes, words=words)

    assert (asked().people, asked().messages) == (5, 4)
    national = asked("--profile", "national", "--people", "7")
    assert (national.people, national.messages) == (7, 400)
    assert national.seconds > asked().seconds
