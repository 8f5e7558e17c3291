"""``lindung law`` at a terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lindung.regulations.command import main
from lindung.regulations.files import ROOT


@pytest.fixture
def say(capsys):
    def run(*words):
        code = main(list(words))
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


class TestLaw:
    def test_prints_a_value_with_its_source(self, say):
        code, out, _ = say("kr.minimum_wage.hourly", "--on", "2026-03-01")
        assert code == 0
        for word in ("10320", "KRW/hour", "2026-01-01", "KBS World", "high", "in_force"):
            assert word in out

    def test_prints_one_object_a_line(self, say):
        _, out, _ = say("kr.minimum_wage.hourly", "--on", "2026-03-01", "--json")
        said = json.loads(out)
        assert (said["value"], said["unit"], said["since"]) == (10320, "KRW/hour", "2026-01-01")
        assert (said["confidence"], said["outcome"], said["hint"]) == ("high", "in_force", None)
        assert said["source"][0]["url"].startswith("http")

    def test_keeps_the_last_known_value_as_a_hint(self, say):
        _, out, _ = say("kr.minimum_wage.hourly", "--on", "2027-03-01", "--json")
        said = json.loads(out)
        assert (said["outcome"], said["value"], said["hint"]) == ("needs_check", None, 10320)

    @pytest.mark.parametrize(
        ("value", "outcome"), [("10320", "meets"), ("10319", "breaks"), ("12000", "meets")]
    )
    def test_tests_a_value(self, say, value, outcome):
        words = ("check", "kr.minimum_wage.hourly", "--value", value, "--on", "2026-03-01")
        code, out, _ = say(*words, "--json")
        assert (code, json.loads(out)["outcome"]) == (0, outcome)
        assert outcome in say(*words)[1]

    def test_names_the_nearest_ids_for_an_unknown_one(self, say):
        code, out, err = say("kr.minimum_wage.huorly")
        assert (code, out) == (2, "")
        assert "kr.minimum_wage.hourly" in err
        assert err.count("\n") == 1

    def test_lists_all_rules_of_a_country(self, say):
        assert say("--list", "KR")[1].count("\n") == 74
        lines = say("--list", "kr", "--json")[1].splitlines()
        assert len({json.loads(line)["id"] for line in lines}) == 74
        assert say("--list", "ZZ")[0] == 2

    def test_validates(self, say):
        code, out, _ = say("--validate", "--json")
        assert code == 0
        assert json.loads(out)["values"] == 796

    @pytest.mark.parametrize("words", [(), ("check", "kr.hours.weekly"), ("a", "b")])
    def test_says_how_it_is_asked(self, say, words):
        code, _, err = say(*words)
        assert code == 2
        assert "law ID --on DAY" in err

    def test_starts_without_settings_and_without_what_makes_it_slow(self):
        words = ("lindung.regulations", "kr.hours.weekly", "--on", "2025-01-01")
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", *words],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "src")},
            check=True,
            capture_output=True,
            text=True,
        )
        assert "kr.hours.weekly" in done.stdout
        loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert "lindung.regulations.command" in loaded
        assert loaded.isdisjoint({"django", "jsonschema"})
