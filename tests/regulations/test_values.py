"""What rules say on a day: the day before and the day of each change, and what is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lindung.regulations.lawbook import (
    Ambiguous,
    NoSuchRule,
    NotConfirmed,
    Provision,
    law,
    value_on,
)


def say(id_: str, day: str):
    return Provision(id_).on(date.fromisoformat(day))


class TestTheDayOfAChange:
    @pytest.mark.parametrize(
        ("rule", "changes_on", "before", "after"),
        [
            ("kr.minimum_wage.hourly", "2025-01-01", 9860, 10030),
            ("kr.minimum_wage.hourly", "2026-01-01", 10030, 10320),
            ("hk.minimum_wage.fdh", "2024-09-28", 4870, 4990),
            ("hk.minimum_wage.fdh", "2025-09-30", 4990, 5100),
            ("tw.minimum_wage.monthly", "2026-01-01", 28590, 29500),
            ("tw.minimum_wage.live_in_care", "2022-08-10", 17000, 20000),
            ("my.minimum_wage.monthly", "2025-02-01", 1500, 1700),
            ("my.hours.weekly", "2023-01-01", 48, 45),
            ("kr.reentry.committed_worker_wait", "2021-10-14", 3, 1),
            ("hk.public_holidays", "2026-01-01", 14, 15),
            ("kr.social.pension", "2026-01-01", 9.0, 9.5),
            ("sa.probation", "2025-02-19", 90, 180),
        ],
    )
    def test_the_new_value_counts_from_that_day(self, rule, changes_on, before, after):
        day = date.fromisoformat(changes_on)
        assert Provision(rule).on(day - timedelta(days=1)).value == before
        assert Provision(rule).on(day).value == after
        assert Provision(rule).on(day).since == day
        assert Provision(rule).on(day - timedelta(days=1)).until == day - timedelta(days=1)


class TestOutcome:
    def test_is_in_force_while_confirmed(self):
        said = say("kr.minimum_wage.hourly", "2026-03-01")
        assert (said.value, said.unit, said.outcome) == (10320, "KRW/hour", "in_force")
        assert (said.confidence, said.source.kind, said.hint) == ("high", "news", None)
        assert said.confirmed() == 10320

    def test_needs_a_check_on_an_unknown_row_and_keeps_the_last_value_as_a_hint(self):
        said = say("kr.minimum_wage.hourly", "2027-01-01")
        assert (said.outcome, said.reason, said.value) == ("needs_check", "unknown_value", None)
        assert said.hint.value == 10320
        assert said.last_known == 10320
        with pytest.raises(NotConfirmed):
            said.confirmed()

    @pytest.mark.parametrize(
        ("day", "outcome"), [("2026-12-31", "in_force"), ("2027-01-01", "needs_check")]
    )
    def test_needs_a_check_the_day_after_it_was_last_verified(self, day, outcome):
        said = say("kr.minimum_wage.monthly_209h", day)
        assert said.outcome == outcome
        assert said.last_known == 2156880

    def test_needs_a_check_when_never_confirmed(self):
        said = say("kr.insurance.wage_guarantee_premium", "2024-01-01")
        assert (said.reason, said.hint.value) == ("never_confirmed", 15000)

    def test_takes_a_row_without_start_as_always_true(self):
        assert say("hk.rest_day", "1999-01-01").value == 1

    def test_needs_a_check_before_the_first_row(self):
        said = say("kr.minimum_wage.hourly", "2017-12-31")
        assert (said.outcome, said.reason, said.value) == ("needs_check", "before_first_row", None)
        assert said.hint is None

    def test_shows_announced_rows_without_counting_them(self):
        said = say("jp.stay.esd", "2027-05-01")
        assert (said.outcome, said.reason, said.value) == ("needs_check", "announced_only", None)
        assert [each.value for each in said.upcoming] == [3]

    def test_shows_what_comes_later(self):
        said = say("kr.minimum_wage.hourly", "2024-06-01")
        assert [str(each.since) for each in said.upcoming] == [
            "2025-01-01",
            "2026-01-01",
            "2027-01-01",
        ]

    def test_a_closure_that_may_have_ended_needs_a_check(self):
        assert say("sa.placement.indonesia", "2025-03-31").outcome == "in_force"
        said = say("sa.placement.indonesia", "2025-04-01")
        assert (said.outcome, said.reason) == ("needs_check", "unknown_value")
        assert any(each.status == "announced" for each in said.upcoming)

    def test_never_stands_without_a_reason(self):
        for rule in law().parameters.values():
            for day in (date(2016, 1, 1), date(2024, 6, 1), date(2026, 11, 24), date(2031, 1, 1)):
                said = value_on(rule, day)
                assert (said.outcome == "needs_check") == bool(said.reason), rule.id
                if said.outcome == "in_force":
                    assert said.value is not None
                    assert day <= rule.verified_through
                if said.hint:
                    assert said.hint.since is None or said.hint.since <= day


class TestProvision:
    def test_finds_the_member_of_a_family_by_region(self):
        floor = Provision("jp.minimum_wage", unit="JPY/hour")
        assert floor.on(date(2024, 12, 1), region="JP-13").value == 1163
        assert floor.on(date(2024, 12, 1), region="JP-01").value == 1010

    def test_refuses_a_family_without_what_tells_its_members_apart(self):
        with pytest.raises(Ambiguous):
            Provision("jp.minimum_wage").on(date(2024, 12, 1))

    def test_names_the_nearest_ids_for_an_unknown_one(self):
        with pytest.raises(NoSuchRule) as refusal:
            Provision("kr.minimum_wage.huorly").on(date(2026, 1, 1))
        assert refusal.value.nearest[0] == "kr.minimum_wage.hourly"

    def test_refuses_another_unit_than_the_code_expects(self):
        with pytest.raises(TypeError):
            Provision("kr.minimum_wage.hourly", unit="KRW/month").on(date(2026, 1, 1))
