"""From a complaint to the worker's own word that it is solved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from lindung.access.acting import acting_as
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.models import Message
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind, Complaint
from lindung.registry.models import Worker
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def _complain(who: Worker, **more: object) -> Case:
    return operations.complain(
        cast.self_of(who.id),
        who.id,
        words="Gaji Oktober belum dibayar",
        at=cast.NOW,
        kind=CaseKind.WAGES_UNPAID,
        **more,  # type: ignore[arg-type]
    )


class TestComplain:
    def test_opens_a_case_with_running_clocks(self, who: Worker) -> None:
        case = _complain(who)
        assert case.answer_due_at == cast.NOW + timedelta(hours=48)
        assert case.due_at > case.answer_due_at
        assert case.post_id == cast.SEOUL

    def test_says_back_only_what_has_happened(self, who: Worker) -> None:
        case = _complain(who)
        with acting_as(cast.self_of(who.id)):
            message = Message.objects.get(worker_id=who.id, template="case_received")
        assert case.number in message.words

    def test_counts_once_however_often_it_is_sent(self, who: Worker) -> None:
        key = new_id()
        assert _complain(who, complaint_id=key) == _complain(who, complaint_id=key)
        with acting_as(cast.ATTACHE):
            assert Complaint.objects.count() == 1

    def test_refuses_silence(self, who: Worker) -> None:
        with pytest.raises(Incomplete):
            operations.complain(cast.self_of(who.id), who.id, words=" ", at=cast.NOW)

    def test_reaches_the_robot_s_hands_and_comes_back(self, who: Worker) -> None:
        """The case is opened by our robot inside the worker's own act."""
        from lindung.access.acting import current_actor

        me = cast.self_of(who.id)
        with acting_as(me):
            _complain(who)
            assert current_actor() == me
            assert Worker.objects.count() == 1


class TestACase:
    def test_cannot_be_seen_by_another_post_or_the_office(self, who: Worker) -> None:
        case = _complain(who)
        with acting_as(cast.OTHER_ATTACHE), pytest.raises(NotFound):
            queries.case(case.id)
        for nobody in (cast.RECRUITER, cast.OFFICER):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                acting_as(nobody),
                transaction.atomic(),
            ):
                Case.objects.count()

    def test_keeps_internal_notes_from_the_worker(self, who: Worker) -> None:
        case = _complain(who)
        operations.add_note(
            cast.ATTACHE, case.id, words="Majikan pernah dilaporkan", at=cast.NOW, internal=True
        )
        operations.add_note(cast.ATTACHE, case.id, words="Kami urus", at=cast.NOW, internal=False)
        with acting_as(cast.self_of(who.id)):
            told = [note.words for note in queries.notes(case.id)]
        assert told == ["Gaji Oktober belum dibayar", "Kami urus"]

    def test_is_answered_by_the_first_word_to_the_worker_alone(self, who: Worker) -> None:
        case = _complain(who)
        operations.add_note(cast.ATTACHE, case.id, words="x", at=cast.NOW, internal=True)
        with acting_as(cast.ATTACHE):
            assert queries.case(case.id).answered_at is None
        operations.add_note(cast.ATTACHE, case.id, words="x", at=cast.NOW, internal=False)
        with acting_as(cast.ATTACHE):
            assert queries.case(case.id).answered_at == cast.NOW

    def test_keeps_its_clocks_through_a_hand_over(self, who: Worker) -> None:
        case = _complain(who)
        taken = operations.take_case(cast.ATTACHE, case.id)
        assert (taken.answer_due_at, taken.due_at) == (case.answer_due_at, case.due_at)

    def test_ends_only_by_the_worker_s_word(self, who: Worker) -> None:
        case = _complain(who)
        for step in ("understand", "handle"):
            operations.move_case(cast.ATTACHE, case.id, step=step)
        with pytest.raises(Incomplete):
            operations.move_case(cast.ATTACHE, case.id, step="report outcome")
        operations.move_case(cast.ATTACHE, case.id, step="report outcome", outcome="Dibayar")
        with pytest.raises(NotFound):
            operations.move_case(cast.ATTACHE, case.id, step="confirm")
        objected = operations.answer_outcome(
            cast.self_of(who.id), case.id, solved=False, at=cast.NOW
        )
        assert objected.state == "handling"
        operations.move_case(cast.ATTACHE, case.id, step="report outcome", outcome="Dibayar penuh")
        closed = operations.answer_outcome(cast.self_of(who.id), case.id, solved=True, at=cast.NOW)
        assert closed.closed_at == cast.NOW

    def test_has_no_outcome_to_confirm_before_one_is_reported(self, who: Worker) -> None:
        case = _complain(who)
        with pytest.raises(StepClosed):
            operations.answer_outcome(cast.self_of(who.id), case.id, solved=True, at=cast.NOW)
