"""From what is told to an alert, from an alert to what a person found; and back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import operations as telling
from lindung.monitoring.models import WageState
from lindung.registry.models import Worker
from lindung.signals import explaining, operations, queries
from lindung.signals.catalogue import signals
from lindung.signals.lifecycles import AlertState, PickState
from lindung.signals.models import Alert, AuditPick, Notice, Outcome, Threshold, Touched
from lindung.signals.operations import looking
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
ON = cast.TODAY + timedelta(days=120)
AT = cast.NOW + timedelta(days=120)


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def _says(who: Worker, question: str, answer: str, *, days: int = 1) -> None:
    telling.answer(
        cast.self_of(who.id), who.id, question=question, answer=answer, at=AT - timedelta(days=days)
    )


def _look(who: Worker, *, on: date = ON) -> None:
    operations.look_at_people(ROBOT, [who.id], on=on, at=AT)


def _alerts(who: Worker) -> dict[str, Alert]:
    with acting_as(cast.ATTACHE):
        return {
            each.signal: each
            for each in Alert.objects.filter(worker_id=who.id, gone_on__isnull=True)
        }


@pytest.fixture
def alert(who: Worker) -> Alert:
    _says(who, "passport_keeper", "employer")
    _look(who)
    return _alerts(who)["passport_held"]


class TestLookAtPeople:
    def test_raises_once_and_explains_itself_with_the_rows(self, who: Worker, alert: Alert) -> None:
        _look(who)
        assert list(_alerts(who)) == ["passport_held"]
        assert alert.severity == 1
        assert alert.post_id == cast.SEOUL
        assert alert.due_at == AT + timedelta(hours=72)
        with acting_as(cast.ATTACHE):
            assert "Majikan" in explaining.sentence(alert)
            assert [row.words for row in explaining.rows_of(alert)][0].endswith("Majikan")

    def test_worsens_with_what_is_told_next(self, who: Worker, alert: Alert) -> None:
        _says(who, "may_go_out", "no")
        _says(who, "phone_hours", "taken")
        _look(who)
        found = _alerts(who)
        assert found["passport_held"].id == alert.id
        assert found["passport_held"].severity == 2
        assert found["isolation"].severity == 1

    def test_closes_by_itself_and_keeps_its_history(self, who: Worker, alert: Alert) -> None:
        _says(who, "passport_keeper", "locker", days=0)
        _look(who)
        assert _alerts(who) == {}
        with acting_as(cast.ATTACHE):
            kept = Alert.objects.get(id=alert.id)
        assert (kept.state, kept.gone_on) == (AlertState.GONE, ON)

    def test_a_false_alarm_stays_quiet_until_it_is_worse(self, who: Worker, alert: Alert) -> None:
        operations.review(
            cast.ATTACHE, alert.id, outcome=Outcome.FALSE, words="Brankas bersama", at=AT
        )
        _look(who)
        assert _alerts(who)["passport_held"].state == AlertState.REVIEWED
        _says(who, "day_off", "never")
        _look(who)
        assert _alerts(who)["passport_held"].state == AlertState.NEW

    def test_time_passes_too(self, who: Worker, alert: Alert) -> None:
        _look(who, on=ON + timedelta(days=365))
        assert _alerts(who) == {}

    def test_is_our_robots_alone(self, who: Worker) -> None:
        with pytest.raises(NotAllowed):
            operations.look_at_people(cast.ATTACHE, [who.id], on=ON, at=AT)

    def test_everybody_gives_the_same_as_a_few(self, who: Worker, alert: Alert) -> None:
        made = operations.look_at_everybody(ROBOT, on=ON, at=AT)
        assert made.counts["passport_held"] == {"found": 1, "raised": 0, "changed": 0, "gone": 0}
        assert set(made.counts) == set(signals())


class TestWhoIsTouched:
    def test_leaves_word_and_is_taken_once(self, who: Worker) -> None:
        with acting_as(ROBOT):
            queries.take_touched()
        _says(who, "day_off", "weekly")
        with acting_as(ROBOT):
            assert Touched.objects.count() == 1
            assert queries.take_touched() == [who.id]
            assert queries.take_touched() == []


class TestReview:
    def test_records_what_was_found(self, alert: Alert) -> None:
        operations.review(
            cast.ATTACHE, alert.id, outcome=Outcome.TRUE, at=AT, harm_on=ON - timedelta(days=9)
        )
        with acting_as(cast.ATTACHE):
            assert Alert.objects.get(id=alert.id).outcome == Outcome.TRUE
            assert queries.reviews(alert.id)[0].reviewer_name == cast.ATTACHE.name
            entries = JournalEntry.objects.filter(subject=alert.id)
            assert {each.type for each in entries} == {
                "signals.AlertRaised",
                "signals.AlertReviewed",
            }

    def test_needs_words_for_a_false_alarm(self, alert: Alert) -> None:
        with pytest.raises(Incomplete) as refused:
            operations.review(cast.ATTACHE, alert.id, outcome=Outcome.FALSE, at=AT)
        assert list(refused.value.facts["fields"]) == ["words"]

    def test_is_closed_to_another_post_and_to_recruiters(self, alert: Alert) -> None:
        with pytest.raises(NotFound):
            operations.review(cast.OTHER_ATTACHE, alert.id, outcome=Outcome.TRUE, at=AT)
        with pytest.raises(NotAllowed):
            operations.review(cast.RECRUITER, alert.id, outcome=Outcome.TRUE, at=AT)


class TestOpenCaseOf:
    def test_opens_the_case_that_the_signal_asks_for(self, who: Worker, alert: Alert) -> None:
        case = operations.open_case_of(cast.ATTACHE, alert.id, at=AT)
        assert case.kind == "passport_kept"
        assert _alerts(who)["passport_held"].state == AlertState.CASE
        with pytest.raises(StepClosed):
            operations.open_case_of(cast.ATTACHE, alert.id, at=AT)


class TestRelease:
    def test_lets_the_person_read_softened_words_and_no_alert(
        self, who: Worker, alert: Alert
    ) -> None:
        me = cast.self_of(who.id)
        with acting_as(me):
            assert Notice.objects.count() == 0
            assert not JournalEntry.objects.filter(type__startswith="signals.").exists()
        operations.release(cast.ATTACHE, alert.id, on=ON)
        operations.release(cast.ATTACHE, alert.id, on=ON)
        with acting_as(me):
            assert [each.signal for each in queries.notices_of(who.id)] == ["passport_held"]


class TestRecruiters:
    def test_read_nothing_of_early_warning(self, alert: Alert) -> None:
        with acting_as(cast.RECRUITER):
            assert not JournalEntry.objects.filter(type__startswith="signals.").exists()


class TestThresholds:
    def test_a_set_value_counts_from_its_day(self, who: Worker) -> None:
        for back in (1,):
            telling.report_wage(
                cast.self_of(who.id), who.id, month=_month(back), state=WageState.NOT_YET, at=AT
            )
        late = (ON - ON.replace(day=1)).days + 1 - 10
        with acting_as(cast.MINISTRY):
            before = queries.preview(
                "wage_arrears", name="amber_days", value=Decimal(late + 5), on=ON
            )
        _look(who)
        raised = "wage_arrears" in _alerts(who)
        assert before.removed == ((who.id,) if raised else ())
        operations.set_threshold(
            cast.MINISTRY, "wage_arrears", name="amber_days", value=Decimal(365),
            valid_from=ON + timedelta(days=1), reason="Coba", at=AT,
        )  # fmt: skip
        _look(who)
        assert ("wage_arrears" in _alerts(who)) == raised
        _look(who, on=ON + timedelta(days=1))
        assert "wage_arrears" not in _alerts(who)

    def test_is_the_ministrys_with_a_reason(self) -> None:
        for actor, error in ((cast.ATTACHE, NotAllowed), (cast.MINISTRY, Incomplete)):
            with pytest.raises(error):
                operations.set_threshold(
                    actor, "wage_arrears", name="amber_days", value=Decimal(9),
                    valid_from=ON, reason=" ", at=AT,
                )  # fmt: skip
        with acting_as(cast.MINISTRY):
            assert Threshold.objects.count() == 0


def _month(back: int) -> date:
    first = ON.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


class TestDrawQuiet:
    def test_draws_two_in_a_hundred_the_same_for_the_same_seed(self, who: Worker) -> None:
        month = ON.replace(day=1)
        assert operations.draw_quiet(ROBOT, month=month, seed="a") == 1
        operations.draw_quiet(ROBOT, month=month, seed="a")
        with acting_as(cast.ATTACHE):
            assert [each.worker_id for each in AuditPick.objects.all()] == [who.id]

    def test_draws_of_each_post_two_in_a_hundred_and_at_least_one(
        self, who: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "QUIET_PERCENT", 50)
        for _ in range(4):
            cast.arrived(cast.worker())
        drawn = {}
        for seed in "abcdefgh":
            with transaction.atomic():
                assert operations.draw_quiet(ROBOT, month=ON.replace(day=1), seed=seed) == 3
                with acting_as(cast.MINISTRY):
                    drawn[seed] = frozenset(AuditPick.objects.values_list("worker_id", flat=True))
                transaction.set_rollback(True)
        assert len(set(drawn.values())) > 1  # the lot decides, not the order of the rows

    def test_leaves_out_of_whom_an_alert_stands(self, alert: Alert) -> None:
        assert operations.draw_quiet(ROBOT, month=ON.replace(day=1), seed="a") == 0

    def test_a_trouble_counts_as_a_miss(self, who: Worker) -> None:
        operations.draw_quiet(ROBOT, month=ON.replace(day=1), seed="a")
        pick = _pick()
        with pytest.raises(Incomplete):
            operations.answer_quiet(cast.ATTACHE, pick, state=PickState.TROUBLE, at=AT)
        operations.answer_quiet(
            cast.ATTACHE, pick, state=PickState.TROUBLE, found=("wage_arrears",), at=AT
        )
        with acting_as(cast.ATTACHE):
            found = {each.signal.id: each for each in queries.records(since=cast.TODAY)}
        assert found["wage_arrears"].missed == 1
        assert found["wage_arrears"].precision is None


def _pick() -> UUID:
    with acting_as(cast.ATTACHE):
        return AuditPick.objects.get().id


class TestMyMonths:
    def test_shows_the_sum_with_its_grounds_and_says_what_is_not_certain(self, who: Worker) -> None:
        me = cast.self_of(who.id)
        telling.report_wage(
            me, who.id, month=_month(1), state=WageState.LESS, amount=Decimal(1_500_000),
            currency="KRW", at=AT,
        )  # fmt: skip
        with acting_as(me):
            last = queries.my_months(who, on=ON)[0]
        assert last.received is not None
        assert last.due is not None
        assert last.due.amount >= Decimal(2_300_000)
        assert last.missing is not None
        assert last.missing.amount == last.due.amount - 1_500_000
        assert last.lines[0].what == "contract"
        assert last.lines[0].ground
        _look(who)
        assert "underpayment" in _alerts(who)
