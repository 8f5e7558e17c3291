"""The emergency button: rung, taken, joined, silent, its place forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.duty import operations as duty
from lindung.duty.models import Call, Ring, SharedPlace
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach import operations as outreach
from lindung.outreach.models import Channel, Message, SafeContact
from lindung.outreach.operations import send
from lindung.protection import emergency, operations, queries
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Task, Worker
from tests import cast
from tests.cast import (
    ATTACHE,
    MINISTRY,
    NOW,
    OFFICER,
    OTHER_ATTACHE,
    OTHER_OFFICER,
    RECRUITER,
    SEOUL,
)
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def siti(scene: Scene) -> Worker:
    with scene():
        cast.posts()
    worker = cast.worker()
    with scene():
        Worker.objects.filter(id=worker.id).update(post_id=SEOUL, country="KR")
    return worker


def me(siti: Worker) -> Actor:
    return cast.self_of(siti.id)


def press(siti: Worker, *, minutes: int = 0, silent: bool = False) -> Case:
    return operations.call_for_help(me(siti), siti.id, at=NOW + minutes * MINUTE, silent=silent)


def call_of(case: Case) -> Call:
    with acting_as(ROBOT):
        return Call.objects.get(subject=case.id)


class TestThePress:
    def test_has_fifteen_minutes_and_four_hours(self, siti: Worker) -> None:
        case = press(siti)
        call = call_of(case)
        assert case.kind == CaseKind.DANGER
        assert (call.contact_due_at, call.plan_due_at) == (
            NOW + 15 * MINUTE, NOW + timedelta(hours=4),
        )  # fmt: skip
        assert case.answer_due_at == call.contact_due_at

    def test_rings_at_once(self, siti: Worker) -> None:
        duty.put_on_duty(
            ATTACHE, SEOUL, who="first", role="Jaga", phone="1", starts_at=NOW,
            ends_at=NOW + timedelta(hours=8),
        )  # fmt: skip
        press(siti)
        with acting_as(ROBOT):
            assert [each.name for each in Ring.objects.all()] == ["Jaga"]

    def test_again_joins_until_it_is_over(self, siti: Worker) -> None:
        first = press(siti)
        assert press(siti, minutes=90).id == first.id
        assert call_of(first).presses == 2
        operations.note_spoken(ATTACHE, first.id, words="Telepon", at=NOW + 91 * MINUTE)
        operations.stand_down(ATTACHE, first.id, reason="Aman", at=NOW + 95 * MINUTE)
        assert press(siti, minutes=100).id != first.id

    def test_without_a_post_rings_the_ministry(self, scene: Scene) -> None:
        nobody = cast.worker()
        case = press(nobody)
        with acting_as(MINISTRY):
            (line,) = queries.sos_waiting(MINISTRY)
            assert (line.case_id, line.ringing) == (case.id, True)
        operations.take_sos(MINISTRY, case.id, at=NOW + MINUTE)
        with acting_as(ROBOT):
            assert Case.objects.get(id=case.id).owner_name == "Dewi"

    def test_of_another_is_not_found(self, siti: Worker) -> None:
        with pytest.raises(NotFound):
            operations.call_for_help(me(cast.worker(full_name="Lain")), siti.id, at=NOW)


class TestWhoSees:
    def test_the_post_and_the_ministry_and_no_other(self, siti: Worker) -> None:
        case = press(siti)
        for who, number in ((ATTACHE, 1), (MINISTRY, 1), (OTHER_ATTACHE, 0), (RECRUITER, 0)):
            with acting_as(who):
                assert len(queries.sos_waiting(who)) == number
        with acting_as(OTHER_ATTACHE), pytest.raises(NotFound):
            emergency.emergency(OTHER_ATTACHE, case.id, at=NOW)
        with acting_as(ATTACHE):
            assert emergency.emergency(ATTACHE, case.id, at=NOW).worker == siti


class TestAnswering:
    def test_notes_contact_plan_and_end_in_that_order(self, siti: Worker) -> None:
        case = press(siti)
        operations.take_sos(ATTACHE, case.id, at=NOW + MINUTE)
        for early in (operations.plan_safety, operations.stand_down):
            key = "words" if early is operations.plan_safety else "reason"
            with pytest.raises(duty.NotYetSpoken):
                early(ATTACHE, case.id, at=NOW, **{key: "x"})
        with pytest.raises(Incomplete):
            operations.note_spoken(ATTACHE, case.id, words=" ", at=NOW)
        operations.note_spoken(ATTACHE, case.id, words="Bersembunyi", at=NOW + 2 * MINUTE)
        operations.plan_safety(ATTACHE, case.id, words="Ke penampungan", at=NOW + 5 * MINUTE)
        with acting_as(ATTACHE):
            found = Case.objects.get(id=case.id)
        assert (found.answered_at, found.planned_at) == (NOW + 2 * MINUTE, NOW + 5 * MINUTE)

    def test_by_a_word_on_the_case_answers_the_call(self, siti: Worker) -> None:
        case = press(siti)
        operations.add_note(ATTACHE, case.id, words="Kami datang", at=NOW + MINUTE, internal=False)
        call = call_of(case)
        assert call.contacted_at is not None
        assert call.taken_name == "Rina"


class TestThePlace:
    def test_is_kept_while_the_call_lasts(self, siti: Worker) -> None:
        case = press(siti)
        point = {"lat": 37.321234, "lon": 126.83, "accuracy_m": 9, "at": NOW}
        operations.share_place(me(siti), case.id, **point)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            operations.share_place(me(cast.worker(full_name="Lain")), case.id, **point)  # type: ignore[arg-type]
        with pytest.raises(Incomplete):
            operations.share_place(me(siti), case.id, **(point | {"lat": 99.0}))  # type: ignore[arg-type]
        with acting_as(me(siti)):
            standing = emergency.sos_standing(case.id)
        assert standing is not None
        assert standing.shares_place
        operations.note_spoken(ATTACHE, case.id, words="x", at=NOW)
        operations.stand_down(ATTACHE, case.id, reason="Aman", at=NOW)
        with acting_as(ROBOT):
            assert not SharedPlace.objects.exists()
        assert call_of(case).cell is not None


class TestSilence:
    def test_lights_up_no_telephone(self, siti: Worker, scene: Scene) -> None:
        with scene():
            SafeContact.objects.create(worker=siti, channel="sms")
        press(siti, silent=True)
        with acting_as(ROBOT):
            waiting = Message.objects.filter(worker=siti, incoming=False, state="waiting")
            for each in list(waiting):
                outreach.deliver(ROBOT, each.id, now=NOW)
            assert not Message.objects.filter(worker=siti, state="sent").exclude(
                channel=Channel.WEB
            )
            send(ROBOT, siti, "case_note", number="KSS-1", now=NOW)

    @pytest.mark.parametrize(
        ("words", "duress"), [("Saya aman", False), ("Aman, salam MELATI.", True)]
    )
    def test_the_agreed_word_means_the_opposite(
        self, siti: Worker, scene: Scene, words: str, duress: bool
    ) -> None:
        with scene():
            SafeContact.objects.create(worker=siti, help_word="melati")
        case = press(siti)
        operations.say_safe(me(siti), case.id, words=words, at=NOW + MINUTE)
        call = call_of(case)
        assert (call.under_duress, call.silent) == (duress, duress)
        # Both look the same where somebody looks on.
        with acting_as(me(siti)):
            standing = emergency.sos_standing(case.id)
            said = [each.words for each in queries.notes(case.id) if "memaksa" in each.words]
        assert standing is not None
        assert standing.over
        assert said == []
        with acting_as(ATTACHE):
            assert len(queries.sos_waiting(ATTACHE)) == 1


class TestACandidate:
    def test_without_a_post_is_called_by_the_office_at_home(self, scene: Scene) -> None:
        case = operations.complain(
            me(nobody := cast.worker()), nobody.id, words="Diminta uang", at=NOW
        )
        for who, number in ((OFFICER, 1), (MINISTRY, 1), (OTHER_OFFICER, 0)):
            with acting_as(who):
                tasks = list(Task.objects.filter(kind="case:home"))
            assert len(tasks) == number
            assert all(each.due_at == case.answer_due_at for each in tasks)
        with acting_as(RECRUITER):
            assert not Task.objects.filter(kind="case:home")

    def test_with_a_post_is_the_posts(self, siti: Worker) -> None:
        operations.complain(me(siti), siti.id, words="Diminta uang", at=NOW)
        with acting_as(ROBOT):
            assert not Task.objects.filter(kind="case:home")
