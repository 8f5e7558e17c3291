"""What workers tell: wages, answers to questions, hours; what is told last counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import operations, queries
from lindung.monitoring.models import Answer, DiaryDay, WageReport, WageState
from lindung.monitoring.questions import NoSuchQuestion, due, questions, round_on
from lindung.registry.models import Worker
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
JANUARY = date(2026, 1, 1)


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def _wage(who: Worker, **more: object) -> WageReport:
    given: dict[str, object] = {"month": JANUARY, "state": WageState.NOT_YET, "at": cast.NOW}
    return operations.report_wage(cast.self_of(who.id), who.id, **(given | more))  # type: ignore[arg-type]


class TestReportWage:
    def test_keeps_what_was_said_and_what_was_said_last_stands(self, who: Worker) -> None:
        _wage(who)
        _wage(
            who, state=WageState.LESS, amount=Decimal(900), currency="KRW",
            at=cast.NOW + timedelta(days=2),
        )  # fmt: skip
        with acting_as(cast.ATTACHE):
            assert WageReport.objects.count() == 2
            assert WageReport.objects.get(stands=True).state == "less"

    def test_an_older_word_that_comes_late_does_not_stand(self, who: Worker) -> None:
        _wage(who, state=WageState.PAID)
        late = _wage(who, at=cast.NOW - timedelta(days=3))
        assert not late.stands

    def test_counts_once_however_often_it_is_sent(self, who: Worker) -> None:
        key = new_id()
        assert _wage(who, report_id=key) == _wage(who, report_id=key)
        with acting_as(cast.ATTACHE):
            assert WageReport.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"month": date(2026, 1, 2)}, "month"),
            ({"month": date(2026, 4, 1)}, "month"),
            ({"state": "perhaps"}, "state"),
            ({"amount": Decimal(1)}, "currency"),
            ({"amount": Decimal(-1), "currency": "KRW"}, "amount"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, who: Worker, wrong: dict[str, object], field: str
    ) -> None:
        with pytest.raises(Incomplete) as refused:
            _wage(who, **wrong)
        assert list(refused.value.facts["fields"]) == [field]

    def test_is_closed_to_a_stranger_and_to_recruiters(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            operations.report_wage(
                cast.self_of(new_id()), who.id, month=JANUARY, state=WageState.PAID, at=cast.NOW
            )
        with pytest.raises(NotAllowed):
            operations.report_wage(
                cast.RECRUITER, who.id, month=JANUARY, state=WageState.PAID, at=cast.NOW
            )
        with pytest.raises(NotFound):
            operations.report_wage(
                cast.OTHER_ATTACHE, who.id, month=JANUARY, state=WageState.PAID, at=cast.NOW
            )

    def test_the_sum_stays_out_of_the_journal(self, who: Worker) -> None:
        report = _wage(who, state=WageState.LESS, amount=Decimal(777), currency="KRW")
        with acting_as(cast.ATTACHE):
            entry = JournalEntry.objects.get(subject=report.id)
        assert "777" not in str(entry.payload)


class TestAnswer:
    def test_keeps_what_it_meant_on_its_day_and_the_last_stands(self, who: Worker) -> None:
        me = cast.self_of(who.id)
        first = operations.answer(
            me, who.id, question="passport_keeper", answer="employer", at=cast.NOW, device="tel-1"
        )
        assert first.amber
        assert len(first.device) == 32
        operations.answer(
            me, who.id, question="passport_keeper", answer="me", at=cast.NOW + timedelta(days=1)
        )
        with acting_as(cast.ATTACHE):
            assert [a.answer for a in Answer.objects.filter(stands=True)] == ["me"]

    def test_refuses_what_was_not_asked(self, who: Worker) -> None:
        for question, said in (("passport_keeper", "nobody"), ("weather", "fine")):
            with pytest.raises(NoSuchQuestion):
                operations.answer(
                    cast.self_of(who.id), who.id, question=question, answer=said, at=cast.NOW
                )


class TestKeepDiary:
    def test_keeps_one_row_a_day(self, who: Worker) -> None:
        me = cast.self_of(who.id)
        for minutes, later in ((500, 1), (620, 2), (100, 0)):
            operations.keep_diary(
                me, who.id, day=cast.TODAY, minutes=minutes, rest_day=False,
                at=cast.NOW + timedelta(minutes=later),
            )  # fmt: skip
        with acting_as(cast.ATTACHE):
            assert DiaryDay.objects.get().minutes == 620

    @pytest.mark.parametrize(("minutes", "rest"), [(1441, False), (-1, False), (60, True)])
    def test_refuses_what_cannot_be(self, who: Worker, minutes: int, rest: bool) -> None:
        with pytest.raises(Incomplete):
            operations.keep_diary(
                cast.self_of(who.id), who.id, day=cast.TODAY, minutes=minutes, rest_day=rest,
                at=cast.NOW,
            )  # fmt: skip


class TestQuestions:
    def test_are_complete_in_three_languages(self) -> None:
        for each in questions().questions.values():
            for words in (*each.wordings, *(choice.label for choice in each.answers)):
                assert set(words) == {"id", "en", "jv"}, each.code
            assert all(1 <= n <= 11 for n in each.ilo)
            assert any(not choice.amber for choice in each.answers)

    def test_come_on_day_7_30_90_and_then_every_quarter(self) -> None:
        began = date(2026, 1, 1)
        assert round_on(began, began + timedelta(days=6)) is None
        for day, number in ((7, 0), (29, 0), (30, 1), (90, 2), (180, 2), (181, 3), (272, 4)):
            found = round_on(began, began + timedelta(days=day))
            assert found is not None
            assert found[0] == number, day

    def test_take_turns(self) -> None:
        who = new_id()
        first, later = ([q.code for q in due(who, number=n, answered=())] for n in (1, 2))
        assert first != later
        assert first[0] == later[0] == "passport_keeper"
        words = {due(who, number=n, answered=())[0].words("id") for n in (1, 2)}
        assert len(words) == 2

    def test_what_was_answered_is_not_asked_again_in_its_round(self, who: Worker) -> None:
        on = cast.TODAY + timedelta(days=200)
        with acting_as(cast.self_of(who.id)):
            asked = queries.questions_for(who, on)
        assert 0 < len(asked) <= questions().schedule.at_most
        operations.answer(
            cast.self_of(who.id), who.id, question=asked[0].code, answer=asked[0].answers[0].code,
            at=cast.NOW + timedelta(days=200),
        )  # fmt: skip
        with acting_as(cast.self_of(who.id)):
            assert asked[0].code not in [q.code for q in queries.questions_for(who, on)]

    def test_nobody_is_asked_before_leaving(self) -> None:
        who = cast.worker()
        with acting_as(cast.self_of(who.id)):
            assert queries.questions_for(who, cast.TODAY + timedelta(days=50)) == []
