"""The slow-query review: one text for one question, pages beside it, what is missing said."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from lindung.access.statements import asked_by, fingerprint, normal
from lindung.site.seeing import slow


class TestNormal:
    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("select * from t where a = %s", "select * from t where a = $1"),
            ("select 1 from t where a = %s and b = 5", "select $1 from t where a = $2 and b = $3"),
            ("select * from t where a in (%s, %s, %s)", "select * from t where a in ($1, $2 /*, ... */)"),
            ("select * from t where a in (%s)", "select * from t where a in ($1 /*, ... */)"),
            ("select * from t where d = %s", "select * from t where d = $1::date /*route='home'*/"),
            ("select * from t where ok = true limit 21", "select * from t where ok = $1 limit $2"),
            ("insert into t (a, b) values (%s, %s), (%s, %s)", "insert into t (a, b) values ($1, $2)"),
        ],
    )  # fmt: skip
    def test_is_one_for_us_and_for_the_server(self, ours: str, theirs: str) -> None:
        assert normal(ours) == normal(theirs)

    def test_holds_no_value(self) -> None:
        told = normal(
            "select x from t where name = 'Siti''s' and nik = '3502' and n > 41 /* Siti */"
        )
        assert told == "select x from t where name = ? and nik = ? and n > ?"

    def test_keeps_names_with_digits(self) -> None:
        assert normal("select t1.h3_cell from t1") == "select t1.h3_cell from t1"

    def test_differs_where_the_question_does(self) -> None:
        assert fingerprint("select a from t") != fingerprint("select b from t")

    def test_says_who_asked(self) -> None:
        assert asked_by("select 1 /*route='worker'*/") == "route worker"
        assert asked_by("select 1 /*job='signals.pass'*/") == "job signals.pass"
        assert asked_by("select 1") == ""


def line(ms: float, *, text: str = "select a from t where b = ?", **work: str) -> str:
    said = {"at": "x", "logger": "lindung.statement", "message": "slow statement", "ms": ms,
            "statement": text, "fingerprint": fingerprint(text), **work}  # fmt: skip
    return json.dumps(said) + "\n"


@pytest.mark.django_db
class TestReview:
    def test_tells_runs_and_pages_of_our_log(self, tmp_path: Path) -> None:
        log = tmp_path / "web.log"
        log.write_text(
            "".join(line(float(ms), route="worker") for ms in range(1, 101))
            + line(5000, route="people")
            + line(700, text="select c from t", job="signals.pass")
            + "2026 a line of another program\n{not ours}\n"
        )
        found = slow.review([log], top=10)
        first = found.statements[0]
        assert (first.slow_runs, first.p95_ms) == (101, 96.0)
        assert first.pages == ["route worker", "route people"]
        assert found.statements[1].pages == ["job signals.pass"]

    def test_says_what_is_missing(self) -> None:
        missing = " ".join(slow.review([], top=10).missing)
        assert "pg_stat_statements" in missing
        assert "LINDUNG_LOGS=json" in missing

    def test_prints_for_people_and_for_machines(self, tmp_path: Path) -> None:
        log = tmp_path / "web.log"
        log.write_text(line(900, route="worker"))
        people, machines = io.StringIO(), io.StringIO()
        call_command("slow_queries", logs=[str(log)], stdout=people)
        call_command("slow_queries", logs=[str(log)], json=True, stdout=machines)
        assert "asked by route worker" in people.getvalue()
        first, *rest = map(json.loads, machines.getvalue().splitlines())
        assert first["slow_runs"] == 1
        assert any("pg_stat_statements" in each["missing"] for each in rest)

    def test_reads_the_state_folder_by_itself(self, tmp_path: Path) -> None:
        (tmp_path / "logs").mkdir()
        (tmp_path / "logs" / "jobs.log").write_text(line(900, job="signals.pass"))
        said = io.StringIO()
        with override_settings(LINDUNG_HOME=tmp_path):
            call_command("slow_queries", stdout=said)
        assert "job signals.pass" in said.getvalue()

    def test_refuses_a_file_that_is_not_there(self) -> None:
        with pytest.raises(CommandError, match="is not there"):
            call_command("slow_queries", logs=["/nowhere.log"])
