"""Where a placement stands: who has it, since when, how long it usually takes, what comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.placement import operations, queries
from lindung.placement.progress import Given, progress_of, read
from lindung.placement.web.way import usual_words
from lindung.placement.web.way import way as walked
from lindung.regulations.pathways import pathway, pathways
from tests import cast

EPS = pathway("g2g-kr")
HK = pathway("p2p-hk-domestic")
DAY = date(2026, 3, 1)


def accepted(on: date = DAY, recorded: date | None = None) -> Given:
    return Given(state="accepted", given_on=on, recorded_on=recorded or on)


def seen(way=EPS, found=None, *, on=DAY, opened=DAY, listed=None):
    return read(way, found or {}, opened_on=opened, on=on, listed_on=listed)


class TestRead:
    def test_at_first_everybody_has_what_waits_for_nothing(self):
        progress = seen(on=DAY + timedelta(days=4))
        step = progress.step("passport")
        assert (step.where, step.who, step.since, step.days) == ("open", "worker", DAY, 4)
        assert progress.step("work_visa").where == "later"
        assert progress.step("work_visa").days is None
        assert progress.done == 0

    def test_what_was_handed_in_is_with_who_accepts_it(self):
        found = {"passport": Given(state="given", given_on=DAY, recorded_on=DAY)}
        step = seen(found=found, on=DAY + timedelta(days=3)).step("passport")
        assert (step.where, step.who, step.days) == ("handed_in", "office", 3)

    def test_waiting_counts_from_the_record_not_from_the_paper_s_own_day(self):
        found = {"registration": accepted(date(2019, 1, 1), recorded=DAY + timedelta(days=2))}
        step = seen(found=found, on=DAY + timedelta(days=5)).step("eligibility")
        assert (step.where, step.since, step.days) == ("open", DAY + timedelta(days=2), 3)

    def test_a_refusal_gives_it_back_with_its_reason(self):
        found = {"passport": Given("refused", DAY, DAY, reason="Foto buram")}
        step = seen(found=found).step("passport")
        assert (step.where, step.who, step.why, step.reason) == (
            "open",
            "worker",
            "refused",
            "Foto buram",
        )

    def test_an_expiry_gives_it_back_on_the_day_after_the_last_good_one(self):
        found = {each.id: accepted() for each in HK.requirements}
        last = seen(HK, found).step("medical").good_until
        assert seen(HK, found, on=last).step("medical").where == "settled"
        step = seen(HK, found, on=last + timedelta(days=1)).step("medical")
        assert (step.where, step.why, step.since, step.days) == (
            "open",
            "expired",
            last + timedelta(days=1),
            0,
        )

    def test_the_destination_has_the_data_from_the_day_they_were_sent(self):
        step = seen(listed=DAY, on=DAY + timedelta(days=40)).step("roster")
        assert (step.where, step.who, step.days) == ("handed_in", "destination", 40)

    def test_a_clock_of_law_gives_the_last_day(self):
        found = {each.id: accepted() for each in HK.requirements if each.for_departure}
        found["arrival_confirmed"] = accepted(DAY)
        step = seen(HK, found).step("self_report")
        assert (step.where, step.due_on) == ("open", DAY + timedelta(days=30))

    def test_a_clock_that_does_not_run_gives_none(self):
        assert seen(HK).step("self_report").due_on is None

    def test_next_is_what_waits_for_nothing_but_the_present(self):
        progress = seen()
        now = {each.requirement.id for each in progress.now}
        assert progress.next
        assert all(now.issuperset(each.waits_for) for each in progress.next)
        assert "eligibility" in {each.requirement.id for each in progress.next}

    @given(data=st.data())
    def test_each_step_is_in_one_place_and_all_is_done_when_nothing_is_left(self, data):
        way = data.draw(st.sampled_from(sorted(pathways().values(), key=lambda each: each.id)))
        wanted = [each.id for each in way.requirements]
        found = {each: accepted() for each in data.draw(st.sets(st.sampled_from(wanted)))}
        progress = seen(way, found)
        assert [each.requirement.id for each in progress.steps] == wanted
        assert {each.requirement.id for each in progress.steps if each.where == "settled"} == set(
            found
        )
        before = {each.id for each in way.requirements if each.for_departure}
        assert (progress.done == progress.total) == before.issubset(found)
        # Somebody always has something, until everything is there.
        assert bool(progress.now) == (set(found) != set(wanted))


class TestWords:
    def test_a_published_length_is_told_and_an_unpublished_one_is_not(self):
        assert usual_words(HK.requirement("registration").usual) == "1–3 hari kerja"
        assert usual_words(HK.requirement("work_visa").usual) == ""

    def test_what_the_reader_has_to_give_comes_first(self):
        rows = walked(seen(), cast.self_of(cast.OFFICER.id)).now
        mine = [row.mine for row in rows]
        assert mine[0]
        assert mine == sorted(mine, reverse=True)
        assert all(row.hand_in == row.mine for row in rows)

    def test_a_post_hands_nothing_in(self):
        assert not any(row.hand_in for row in walked(seen(), cast.ATTACHE).now)

    def test_the_queue_gives_each_number_with_its_day_and_source(self):
        queue = walked(seen(), cast.OFFICER).queue
        assert queue.registered_on is None
        assert queue.numbers
        assert all(each.as_of and each.source for each in queue.numbers)
        assert walked(seen(HK), cast.OFFICER).queue is None

    def test_the_queue_gives_the_worker_s_own_days(self):
        # The destination's own day counts, not the day on which it told us.
        found = {"roster": accepted(recorded=DAY + timedelta(days=9))}
        queue = walked(seen(found=found), cast.OFFICER).queue
        assert (queue.registered_on, queue.valid_until) == (DAY, date(2027, 2, 28))


@pytest.mark.usefixtures("posts", "places")
class TestProgressOf:
    def test_reads_days_from_the_journal(self):
        who = cast.worker()
        made = cast.placement(who)
        operations.give_requirement(
            cast.self_of(who.id), made.id, requirement="passport", reference="C…", on=cast.TODAY
        )
        with acting_as(cast.OFFICER):
            step = progress_of(queries.placement(made.id), on=date.today()).step("passport")
        assert (step.where, step.who) == ("handed_in", "office")
        # Recorded today by the clock of the journal, whatever day the paper bears.
        assert step.days == 0

    def test_of_the_list_says_since_when_the_data_lie_there(self):
        who = cast.worker()
        made = cast.rostered(who)
        with acting_as(cast.OFFICER):
            step = progress_of(queries.placement(made.id), on=cast.TODAY).step("roster")
        assert step.where == "settled"
        assert step.good_until == cast.TODAY + timedelta(days=365)

    def test_is_none_for_a_pathway_that_no_file_describes(self):
        made = cast.placement(cast.worker())
        made.pathway = "gone"
        assert progress_of(made, on=cast.TODAY) is None
