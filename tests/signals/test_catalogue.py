"""The signals as data: complete, sourced, and no number of law among them."""

from __future__ import annotations

import re

from lindung.monitoring.questions import questions
from lindung.protection.models import CaseKind
from lindung.regulations.lawbook import law
from lindung.signals.catalogue import signals, values_of
from lindung.signals.labels import UNITS


def test_there_are_seventeen_with_everything_that_people_need() -> None:
    assert len(signals()) == 17
    for each in signals().values():
        for words in (each.title, each.sees, each.says, each.guard, each.ask):
            assert words.id
            assert words.en
        assert each.ilo
        assert all(1 <= n <= 11 for n in each.ilo)
        assert each.review_hours.red <= each.review_hours.amber
        assert each.case_kind in CaseKind
        assert (each.softened.id != "") == (each.about == "person")
        assert all(threshold.unit in UNITS for threshold in each.thresholds.values())


def test_every_rule_it_rests_on_is_known() -> None:
    rules = set(law().parameters)
    for each in signals().values():
        for start in each.law:
            pattern = re.compile(re.escape(start).replace(r"\*", "[a-z]{2}"))
            assert any(pattern.match(rule) for rule in rules), (each.id, start)
        for threshold in each.thresholds.values():
            assert threshold.source == "practice" or threshold.source in rules


def test_every_question_names_what_the_file_has_and_nothing_else() -> None:
    for each in signals().values():
        named = set(re.findall(r"%\(([tl]_\w+)\)s", each.sql))
        assert named <= set(values_of(each)), each.id


def test_every_answer_it_reads_is_asked() -> None:
    known = questions().questions
    for each in signals().values():
        for name in ("isolation", "screen"):
            assert set(each.lists.get(name, ())) <= set(known)
