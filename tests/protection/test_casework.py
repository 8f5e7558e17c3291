"""The work on a case: clocks, pauses, hand-overs, merges, the steps about a company, closing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotFound
from lindung.parties import operations as parties
from lindung.parties.models import PartyHearing, PartyKind, ProblemEntry, ProblemKind
from lindung.protection import operations, queries
from lindung.protection.clocks import practice
from lindung.protection.kinds import kinds
from lindung.protection.models import Case, CaseKind, Escalation, LinkSort
from lindung.protection.track import track
from lindung.registry.models import Worker
from lindung.regulations.lawbook import law
from tests import cast
from tests.protection.conftest import COLLEAGUE, complain

LATER = cast.NOW + timedelta(days=2)


def as_seen(case: Case) -> Case:
    with acting_as(cast.ATTACHE):
        return queries.case(case.id)


class TestTheCatalogue:
    def test_has_every_kind_and_its_clocks(self) -> None:
        assert set(kinds()) == set(CaseKind.values)
        for code, each in kinds().items():
            assert each.class_ in practice().classes, code
            assert each.title.id == str(CaseKind(code).label)
            assert each.questions["id"]
            assert len(each.questions["id"]) == len(each.questions["en"])

    def test_names_only_rules_that_exist(self) -> None:
        named = {rule for each in kinds().values() for rule in each.law}
        named |= {part.law for part in track().values() if part.law}
        assert named <= set(law().parameters)

    def test_seals_whoever_must_not_be_brought_before_the_one_who_hurt_them(self) -> None:
        assert all(not each.mediation for each in kinds().values() if each.sealed)


class TestTheOwner:
    def test_is_the_post_s_duty_from_the_first_moment(self, who: Worker) -> None:
        case = complain(who)
        assert case.owner_id is None
        assert case.duty_role == "attache"
        assert case.owner

    def test_is_the_ministry_where_no_post_is_in_charge(self, posts: None, places: None) -> None:
        assert complain(cast.worker()).duty_role == "ministry_officer"


class TestPause:
    def test_moves_plan_and_close_and_never_the_first_contact(self, who: Worker) -> None:
        case = complain(who)
        operations.pause(
            cast.ATTACHE, case.id, reason="Menunggu bank", until=cast.NOW + timedelta(days=5), at=cast.NOW
        )  # fmt: skip
        seen = as_seen(case)
        assert seen.answer_due_at == case.answer_due_at
        assert seen.due_at == case.due_at + timedelta(days=5)
        with acting_as(cast.ATTACHE):
            pause = queries.pause_of(case.id)
        assert pause is not None
        assert (pause.by_name, pause.reason) == ("Rina", "Menunggu bank")

    def test_counts_only_what_it_took_when_ended_early(self, who: Worker) -> None:
        case = complain(who)
        until = cast.NOW + timedelta(days=5)
        operations.pause(cast.ATTACHE, case.id, reason="x", until=until, at=cast.NOW)
        operations.resume(cast.ATTACHE, case.id, at=LATER)
        assert as_seen(case).due_at == case.due_at + timedelta(days=2)
        assert as_seen(case).paused_until is None

    def test_ends_by_itself(self, who: Worker) -> None:
        case = complain(who)
        operations.pause(cast.ATTACHE, case.id, reason="x", until=LATER, at=cast.NOW)
        assert operations.end_pauses(ROBOT, at=LATER - timedelta(seconds=1)) == 0
        assert operations.end_pauses(ROBOT, at=LATER) == 1
        assert as_seen(case).due_at == case.due_at + timedelta(days=2)

    @pytest.mark.parametrize(("reason", "days"), [(" ", 1), ("x", 0)])
    def test_needs_a_reason_and_an_end(self, who: Worker, reason: str, days: int) -> None:
        case, until = complain(who), cast.NOW + timedelta(days=days)
        with pytest.raises(Incomplete):
            operations.pause(cast.ATTACHE, case.id, reason=reason, until=until, at=cast.NOW)

    def test_is_refused_over_a_newer_version(self, who: Worker) -> None:
        case = complain(who)
        operations.take_case(COLLEAGUE, case.id)
        with pytest.raises(Conflict) as caught:
            operations.take_case(cast.ATTACHE, case.id, version=case.version)
        assert caught.value.facts["owner"] == "Sari"


class TestHandOver:
    def test_to_another_post_neither_hides_nor_begins_anew(self, who: Worker) -> None:
        case = complain(who)
        operations.add_note(
            cast.ATTACHE, case.id, words="Sudah ditelepon", at=cast.NOW, internal=True
        )
        operations.hand_over(
            cast.ATTACHE, case.id, reason="Majikan pindah", at=LATER, post_id=cast.TAIPEI
        )
        with acting_as(cast.OTHER_ATTACHE):
            given = queries.case(case.id)
            assert (given.answer_due_at, given.due_at) == (case.answer_due_at, case.due_at)
            assert [each.words for each in queries.notes(case.id)][-1] == "Sudah ditelepon"
            assert case.id in {each.id for each in queries.open_cases(cast.OTHER_ATTACHE)}
        operations.add_note(cast.OTHER_ATTACHE, case.id, words="Baru", at=LATER, internal=False)
        with acting_as(cast.ATTACHE):
            (kept,) = queries.handed_over(cast.ATTACHE)
            told = queries.kept(kept.id)
        assert [each.words for each in told.notes][-1] == "Sudah ditelepon"
        assert told.stage == given.stage

    def test_to_a_person_gives_them_the_case(self, who: Worker) -> None:
        case = complain(who)
        operations.hand_over(
            cast.ATTACHE, case.id, reason="Cuti", at=LATER, to_id=COLLEAGUE.id, to_name="Sari"
        )
        assert as_seen(case).owner == "Sari"

    def test_needs_someone_and_a_reason(self, who: Worker) -> None:
        case = complain(who)
        with pytest.raises(Incomplete):
            operations.hand_over(cast.ATTACHE, case.id, reason="x", at=LATER)
        with pytest.raises(Incomplete):
            operations.hand_over(cast.ATTACHE, case.id, reason=" ", at=LATER, post_id=cast.TAIPEI)


class TestMerge:
    def test_keeps_the_earliest_clocks_and_can_be_taken_back(self, who: Worker) -> None:
        early = complain(who)
        late = complain(who, at=LATER, words="Masih belum", complaint_id=new_id())
        operations.merge(cast.ATTACHE, late.id, other_id=early.id, reason="Sama", at=LATER)
        assert as_seen(late).due_at == early.due_at
        assert as_seen(late).opened_at == early.opened_at
        assert as_seen(early).state == "merged"
        operations.part_again(cast.ATTACHE, early.id, at=LATER)
        assert as_seen(early).state == "received"
        assert as_seen(late).due_at == late.due_at

    def test_is_not_for_two_people(self, who: Worker) -> None:
        other = cast.worker(full_name="Ani")
        cast.arrived(other)
        with pytest.raises(operations.NotTheSamePerson):
            operations.merge(
                cast.ATTACHE, complain(who).id, other_id=complain(other).id, reason="x", at=LATER
            )

    def test_split_counts_from_the_first(self, who: Worker) -> None:
        case = complain(who)
        part = operations.split(
            cast.ATTACHE, case.id, kind=CaseKind.PASSPORT_KEPT, words="Paspor juga", at=LATER
        )
        assert part.opened_at == case.opened_at
        assert part.answer_due_at == cast.NOW + timedelta(hours=24)

    def test_link_is_made_once_and_taken_back(self, who: Worker) -> None:
        one, two = complain(who), complain(who, complaint_id=new_id())
        first = operations.link(
            cast.ATTACHE, one.id, other_id=two.id, sort=LinkSort.SAME_EVENT, at=LATER
        )
        again = operations.link(
            cast.ATTACHE, two.id, other_id=one.id, sort=LinkSort.SAME_EVENT, at=LATER
        )
        assert first == again
        operations.unlink(cast.ATTACHE, first.id, at=LATER)
        with acting_as(cast.ATTACHE):
            assert queries.links_of(one.id) == []


class TestEscalate:
    def test_goes_up_each_rung_once(self, who: Worker) -> None:
        case = complain(who)
        at = case.answer_due_at
        assert operations.escalate(ROBOT, at=at - timedelta(seconds=1)) == 0
        assert operations.escalate(ROBOT, at=at) == 1
        assert operations.escalate(ROBOT, at=at) == 0
        assert (
            operations.escalate(ROBOT, at=at + timedelta(days=7)) == 2
        )  # the plan, the second rung
        with acting_as(cast.MINISTRY):
            rungs = Escalation.objects.filter(case=case, clock="answer").order_by("rung")
            assert [each.role for each in rungs] == ["attache", "ministry_officer"]
            assert case.id in {each.id for each in queries.escalated(cast.MINISTRY)}

    def test_leaves_what_is_paused_but_not_its_first_contact(self, who: Worker) -> None:
        case = complain(who)
        until = cast.NOW + timedelta(days=60)
        operations.pause(cast.ATTACHE, case.id, reason="x", until=until, at=cast.NOW)
        operations.escalate(ROBOT, at=until - timedelta(days=1))
        with acting_as(ROBOT):
            assert set(Escalation.objects.values_list("clock", flat=True)) == {"answer"}


class TestTheTrack:
    def _until(self, case: Case, *results: str, at: datetime = cast.NOW) -> None:
        operations.start_track(cast.ATTACHE, case.id, at=at)
        for result in results:
            with acting_as(cast.ATTACHE):
                step = queries.track_of(case.id)[-1]
            operations.end_step(
                cast.ATTACHE, step.id, result=result, reference="BA-1", at=at, consequence="Dicatat"
            )

    def test_gives_the_company_seven_days_by_law(self, who: Worker) -> None:
        case = complain(who, CaseKind.OVERCHARGED)
        self._until(case, "complete", "denied", "denied")
        with acting_as(cast.ATTACHE):
            step = queries.track_of(case.id)[-1]
        assert (step.step, step.basis) == ("fulfilment", "id.complaint.fulfil_days")
        assert step.due_on == cast.TODAY + timedelta(days=7)

    def test_skips_mediation_for_what_is_admitted_and_not_made_good(self, who: Worker) -> None:
        case = complain(who, CaseKind.OVERCHARGED)
        self._until(case, "complete", "admitted", "admitted_unfulfilled")
        with acting_as(cast.ATTACHE):
            assert queries.track_of(case.id)[-1].step == "recommendation"

    def test_asks_for_the_paper_and_the_licence_s_consequence(self, who: Worker) -> None:
        case = complain(who, CaseKind.OVERCHARGED)
        self._until(case, "complete", "denied", "denied", "disputed")
        with acting_as(cast.ATTACHE):
            step = queries.track_of(case.id)[-1]
        with pytest.raises(Incomplete) as caught:
            operations.end_step(cast.ATTACHE, step.id, result="agreed", reference="", at=cast.NOW)
        assert set(caught.value.facts["fields"]) == {"reference", "consequence"}

    def test_forces_nobody_who_was_hurt_into_mediation(self, who: Worker) -> None:
        case = complain(who, CaseKind.VIOLENCE, words="Dipukul")
        with pytest.raises(operations.NoMediation):
            self._until(case, "complete", "denied", "denied", "disputed")

    def test_proposes_a_sanction_that_names_nobody(self, who: Worker) -> None:
        case = complain(who, CaseKind.OVERCHARGED)
        entry = operations.propose_sanction(
            cast.ATTACHE, party=PartyKind.AGENCY, subject=cast.RECRUITER.agency,
            kind=ProblemKind.OVERCHARGING, at=cast.NOW, case_id=case.id,
        )  # fmt: skip
        parties.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        with acting_as(cast.RECRUITER):
            told = str(list(PartyHearing.objects.values()))
        with acting_as(cast.MINISTRY):
            kept = str(list(ProblemEntry.objects.values()))
        for secret in (case.number, str(case.id), str(who.id), who.full_name):
            assert secret not in told
            assert secret not in kept


class TestClosing:
    def _tried(self, case: Case, *channels: str) -> None:
        for each in channels:
            operations.log_attempt(cast.ATTACHE, case.id, channel=each, reached=False, at=LATER)

    def test_takes_three_channels_and_sixty_days(self, who: Worker) -> None:
        case, over = complain(who), cast.NOW + timedelta(days=60)
        self._tried(case, "phone", "sms", "sms")
        with pytest.raises(operations.NotTriedEnough):
            operations.close_unreachable(cast.ATTACHE, case.id, at=over)
        self._tried(case, "family")
        with pytest.raises(operations.NotTriedEnough):
            operations.close_unreachable(cast.ATTACHE, case.id, at=over - timedelta(days=1))
        closed = operations.close_unreachable(cast.ATTACHE, case.id, at=over)
        assert (closed.state, closed.closed_at) == ("no_answer", over)

    def test_begins_anew_with_any_word_of_the_person(self, who: Worker) -> None:
        case, over = complain(who), cast.NOW + timedelta(days=60)
        self._tried(case, "phone", "sms", "family")
        operations.reply(cast.self_of(who.id), case.id, words="Saya di sini", at=LATER)
        with pytest.raises(operations.NotTriedEnough):
            operations.close_unreachable(cast.ATTACHE, case.id, at=over)

    def test_opens_again_when_the_worker_objects(self, who: Worker) -> None:
        case, over = complain(who), cast.NOW + timedelta(days=60)
        self._tried(case, "phone", "sms", "family")
        operations.close_unreachable(cast.ATTACHE, case.id, at=over)
        again = operations.object_to_close(cast.self_of(who.id), case.id, words="Belum!", at=over)
        assert (again.state, again.closed_at) == ("handling", None)
        with pytest.raises(StepClosed):
            operations.object_to_close(cast.self_of(who.id), case.id, words="Belum!", at=over)


class TestTheStory:
    def test_tells_the_worker_what_was_done_and_no_notes(self, who: Worker) -> None:
        case = complain(who)
        operations.add_note(cast.ATTACHE, case.id, words="RAHASIA", at=cast.NOW, internal=True)
        operations.write_plan(cast.ATTACHE, case.id, words="RAHASIA", at=cast.NOW)
        operations.pause(cast.ATTACHE, case.id, reason="Menunggu bank", until=LATER, at=cast.NOW)
        with acting_as(cast.self_of(who.id)):
            story = queries.story_for_worker(case.id)
        assert story.paused is not None
        assert len(story.stages) == 5
        assert story.due_at == case.due_at + timedelta(days=2)
        assert "RAHASIA" not in repr(story)

    def test_is_nobody_else_s(self, who: Worker) -> None:
        case = complain(who)
        with acting_as(cast.self_of(cast.worker().id)), pytest.raises(NotFound):
            queries.story_for_worker(case.id)
