"""What is said of a server named by DATABASE_URL."""

from typing import Any

import pytest

from launcher.own_server import APP, OWNER, judge

GOOD: dict[str, Any] = {"version": 180_006, "encoding": "UTF8", "standby": False}
SERVES = {
    **GOOD,
    "role": "acts_as_door",
    "superuser": False,
    "bypasses": False,
    "login": "lindung_app",
}
MIGRATES = {
    **GOOD, "role": "lindung_owner", "superuser": False, "bypasses": True, "login": "lindung_owner",
}  # fmt: skip


def test_one_made_as_the_page_tells_is_good() -> None:
    assert judge({APP: SERVES, OWNER: MIGRATES}) == ("PostgreSQL 18.6", [])


@pytest.mark.parametrize(
    ("of", "changed", "words"),
    [
        (APP, {"version": 140_011}, "too old"),
        (APP, {"encoding": "LATIN1"}, "LATIN1"),
        (APP, {"standby": True}, "standby"),
        (APP, {"superuser": True}, "above the row policies"),
        (APP, {"bypasses": True}, "above the row policies"),
        (APP, {"role": "lindung_app"}, "does not begin at the door"),
        (OWNER, {"bypasses": False}, "would migrate empty tables"),
    ],
)
def test_what_stands_in_the_way_is_named_with_a_cure(
    of: str, changed: dict[str, Any], words: str
) -> None:
    answers = {APP: SERVES, OWNER: MIGRATES}
    answers[of] = answers[of] | changed
    _, (problem,) = judge(answers)
    assert words in problem.text
    assert problem.advice


def test_one_that_does_not_answer_is_said_in_its_own_words() -> None:
    version, (problem,) = judge({APP: {"error": "connection refused"}})
    assert (version, "connection refused" in problem.text) == ("", True)
