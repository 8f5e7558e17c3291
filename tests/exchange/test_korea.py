"""A life under Korea's system, both books in one process: every state, every message, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import HandlerError
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, Outgoing
from lindung.exchange.wire import agreement
from lindung.kernel.identifiers import Kind
from lindung.monitoring import operations as monitoring
from lindung.placement import operations as placing
from lindung.placement import standing
from lindung.placement.models import Contract, Evidence, Placement
from lindung.registry import operations as registering
from lindung.registry.models import Task
from lindung.regulations import pathways
from lindung.reintegration import operations as returning
from lindung.reintegration.models import Owed
from tests import cast
from tests.exchange.both import Both

pytestmark = pytest.mark.usefixtures("posts", "places")
TODAY = cast.TODAY


@pytest.fixture
def both(scene: Any, tmp_path: Path) -> Iterator[Both]:
    """Both books."""
    yield Both(scene, tmp_path)
    with acting_as(ROBOT):
        assert not HandlerError.objects.exists()


class Life:
    """One candidate, what both sides do, and where the person stands after it."""

    def __init__(self, both: Both) -> None:
        self.both, self.office = both, both.office
        who = cast.worker()
        registering.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C7654321", on=TODAY, issuer="ID",
            valid_from=TODAY, valid_to=date(2034, 1, 1),
        )  # fmt: skip
        self.made = cast.placement(who)
        self.worker_id, self.number = who.id, self.made.number

    @property
    def placement(self) -> Placement:
        """The placement as it stands."""
        with acting_as(ROBOT):
            return Placement.objects.select_related("worker").get(pk=self.made.pk)

    def on(self, day: date) -> None:
        """The day in Korea."""
        self.both.node.store.set("today", day.isoformat())

    def at(self) -> str:
        """The state after everything was said; nothing was refused or is left over."""
        self.both.exchange()
        with acting_as(ROBOT):
            assert set(Outgoing.objects.values_list("state", flat=True)) <= {"accepted", "done"}
            states = set(Incoming.objects.values_list("state", "reason"))
            assert states <= {("applied", "applied"), ("applied", "")}, states
        refused = self.both.node.store.rows(
            "select type, reason, note from received where state in ('refused', 'declined', 'error')"
        )
        assert not [tuple(row) for row in refused]
        found = standing.standing(standing.read_facts(self.placement))
        assert found is not None
        return found.here.code

    def settle(self, *requirements: str) -> None:
        """An officer accepts what was handed in."""
        placing.settle_requirements(
            cast.OFFICER, self.made.id, requirements=requirements, state="accepted", given_on=TODAY,
            reason="Diperiksa.",
        )  # fmt: skip

    def tasks(self) -> set[str]:
        """Kinds of open tasks about the person."""
        with acting_as(ROBOT):
            found = Task.objects.filter(worker_id=self.worker_id, state="open")
            return set(found.values_list("kind", flat=True))

    # --- stretches of the way -----------------------------------------------------------------

    def to_roster(self) -> None:
        """From nothing to the roster."""
        placing.register_for_test(cast.OFFICER, self.made.id, on=TODAY, round_no="2026-1")
        assert self.at() == "test_registered"
        self.settle("eligibility", "identity_check")
        self.office.announce_test(self.number, test="language", score="164")
        assert self.at() == "test_passed"
        self.office.announce_test(self.number, test="skill")
        assert self.at() == "skill_passed"
        way = pathways.pathway("g2g-kr")
        before = placing.needed_before(way, placing.ROSTER)
        with acting_as(ROBOT):
            given = set(
                Evidence.objects.filter(placement=self.made).values_list("requirement", flat=True)
            )
        self.settle(*(each.id for each in way.requirements if each.id in before - given))
        assert self.at() == "documents_filed"
        placing.send_to_roster(cast.OFFICER, self.made.id, on=TODAY)
        assert self.at() == "roster_active"

    def to_contract(self) -> None:
        """Selected, offered, agreed."""
        self.office.select(self.number)
        assert self.at() == "selected"
        self.office.offer(self.number)
        assert self.at() == "contract_offered"
        self.answer(agree=True)
        assert self.at() == "contract_confirmed"

    def answer(self, *, agree: bool) -> None:
        """The worker's own answer to the newest offer."""
        with acting_as(ROBOT):
            contract = Contract.objects.filter(placement=self.made).latest("id")
        if agree:
            placing.verify_contract(
                cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=TODAY
            )
        placing.answer_contract(cast.self_of(self.worker_id), contract.id, agree=agree, on=TODAY)

    def to_korea(self) -> None:
        """Visa, training, entry list, border, training there, residence card."""
        self.office.authorise(self.number)
        assert self.at() == "visa_authorised"
        self.settle("preliminary_training", "medical_second")
        assert self.at() == "preliminary_training"
        self.office.issue_visa(self.number)
        assert self.at() == "visa_issued"
        self.office.plan_entry(self.number, entry_on=TODAY.isoformat())
        assert self.at() == "entry_scheduled"
        cast.complete(self.made.id)
        placing.clear_for_departure(cast.MINISTRY, self.made.id, on=TODAY)
        placing.record_departure(cast.OFFICER, self.made.id, on=TODAY, flight="GA 878")
        assert self.at() == "departed"
        self.office.confirm_arrival(self.number, arrived_at="2026-03-02T21:30:00Z")
        assert self.at() == "arrived"
        self.on(date(2026, 3, 8))
        self.office.induct(self.number)
        assert self.at() == "inducted"
        self.on(date(2026, 3, 20))
        self.office.register(self.number)
        assert self.at() == "working"


@pytest.fixture
def life(both: Both) -> Life:
    """A candidate on the first day."""
    return Life(both)


@pytest.fixture
def at_work(life: Life) -> Life:
    """Registered and working since 20 March 2026."""
    life.to_roster()
    life.to_contract()
    life.to_korea()
    return life


class TestALifeInKorea:
    def test_goes_through_every_state_to_the_way_back(self, life: Life) -> None:
        assert life.at() == "round_announced"
        life.to_roster()
        assert "clock:roster:1" in life.tasks()
        life.to_contract()
        assert "clock:roster:1" not in life.tasks()
        life.to_korea()
        assert {"clock:stay:1", "clock:extension:1"} <= life.tasks()
        assert not {"clock:induction:1", "clock:registration:1"} & life.tasks()
        # Work ends without fault of the worker, who finds another workplace.
        life.on(date(2027, 2, 1))
        life.office.change_employment(
            life.number, event="ended", event_on="2027-02-01", reason="closure"
        )
        assert life.at() == "working"
        assert "clock:change_apply:1" in life.tasks()
        life.on(date(2027, 2, 10))
        life.office.request_change(life.number, reason="closure")
        assert life.at() == "changing_workplace"
        assert "clock:change_apply:1" not in life.tasks()
        assert "clock:change_permit:1" in life.tasks()
        life.on(date(2027, 3, 1))
        life.office.permit_change(life.number, employer="seoyeong")
        assert life.at() == "working"
        assert "clock:change_permit:1" not in life.tasks()
        allowance = standing.changes(standing.read_facts(life.placement), on=date(2027, 3, 1))
        assert allowance is not None
        assert allowance.used == 0
        life.on(date(2029, 2, 1))
        life.office.extend(life.number)
        assert life.at() == "extended"
        facts = standing.read_facts(life.placement)
        assert facts.days["stay_until"] == date(2031, 1, 20)
        life.on(date(2030, 12, 20))
        life.office.commit_reentry(life.number)
        life.both.exchange()
        life.office.plan_departure(life.number, leaves_on="2031-01-10", flight="GA879")
        assert life.at() == "departure_planned"
        life.on(date(2031, 1, 10))
        life.office.confirm_departure(life.number, left_on="2031-01-10")
        assert life.at() == "left"
        assert {"clock:guarantee_payout:1", "clock:guarantee_claim:1"} <= life.tasks()
        with acting_as(ROBOT):
            owed = {each.kind: each for each in Owed.objects.filter(worker_id=life.worker_id)}
        assert set(owed) == {
            "departure_guarantee", "return_cost", "pension_lump_sum", "wages",
            "severance_difference",
        }  # fmt: skip
        assert owed["departure_guarantee"].state == "claimed"
        assert owed["departure_guarantee"].claim_until == date(2034, 1, 10)
        assert owed["pension_lump_sum"].claim_until is None
        returning.claim_money(
            cast.OFFICER, life.made.id, kind="pension_lump_sum", on=date(2031, 1, 20)
        )
        life.both.exchange()
        life.on(date(2031, 1, 22))
        life.office.pay_benefit(life.number, kind="departure_guarantee", amount="6858879")
        life.office.pay_benefit(life.number, kind="pension_lump_sum", amount="9000000")
        life.at()
        assert "clock:guarantee_payout:1" not in life.tasks()
        with acting_as(ROBOT):
            paid = Owed.objects.filter(worker_id=life.worker_id, state="paid")
            assert set(paid.values_list("kind", flat=True)) == {
                "departure_guarantee", "pension_lump_sum",
            }  # fmt: skip
        life.office.commit_reentry(life.number)
        assert life.at() == "reentry_committed"
        returning.report_ready(cast.OFFICER, life.made.id, on=date(2031, 1, 25))
        life.at()
        row = life.both.node.store.row("select facts from candidate")
        assert row is not None
        assert "reentry_reported_on" in row["facts"]
        # Nothing of this differs between the two books.
        life.both.compare()
        assert life.both.open() == {}

    def test_says_every_message_of_the_agreement_once_at_least(self, at_work: Life) -> None:
        """Those that the long life did not need: trouble, refusals, lapses."""
        office, number = at_work.office, at_work.number
        at_work.on(date(2026, 6, 1))
        office.change_insurance(number, kind="wage_guarantee", status="lapsed")
        office.miss_wages(number)
        office.report_incident(number)
        assert at_work.at() == "injured"
        assert {"insurance:wage_guarantee", "wages", "incident:accident_at_work"} <= at_work.tasks()
        office.refuse_extension(number, reason="wage_arrears")
        at_work.at()
        assert "extension:wage_arrears" in at_work.tasks()
        office.plan_departure(number, leaves_on="2026-06-20")
        office.announce_benefit(number, kind="departure_guarantee", amount="500000")
        at_work.at()
        with acting_as(ROBOT):
            said = set(Incoming.objects.values_list("type", flat=True))
            said |= set(Outgoing.objects.values_list("type", flat=True))
        left = {agreement.name_of(type_) for type_ in agreement.messages()} - {
            agreement.name_of(type_) for type_ in said
        }
        assert left == {
            # said in the tests of their own below, or in the long life above
            "arrival.failed", "benefit.claimed", "benefit.paid", "candidate.removed",
            "candidate.renewed", "death.reported", "employment.changed", "extension.granted",
            "record.queried", "reentry.committed", "reentry.reported", "return.done",
            "workplace_change.granted", "workplace_change.lapsed", "workplace_change.requested",
            "receipt.technical",
            # of no life in particular: tests/exchange/test_offices.py
            "employer.restricted", "job_order.answered", "job_order.published",
            "job_order.withdrawn", "regulation.changed",
        }  # fmt: skip


class TestTrouble:
    def test_a_second_refusal_bars_from_the_roster_for_a_year(self, life: Life) -> None:
        life.to_roster()
        for _ in range(2):
            life.office.offer(life.number)
            life.both.exchange()
            life.answer(agree=False)
            assert life.at() == "contract_refused"
        facts = standing.read_facts(life.placement)
        found = standing.refusals(facts, on=TODAY)
        assert found is not None
        assert found.barred_until == date(2027, 3, 2)
        placing.withdraw(cast.OFFICER, life.made.id, reason="Menunggu", why="own_wish")
        assert life.at() == "cancelled"
        again = placing.open_placement(
            cast.OFFICER, life.worker_id, pathway_id="g2g-kr", sector="manufacturing", on=TODAY
        )
        with pytest.raises(placing.Barred):
            placing.register_for_test(cast.OFFICER, again.id, on=date(2027, 3, 2))
        placing.register_for_test(cast.OFFICER, again.id, on=date(2027, 3, 3))

    def test_the_roster_is_renewed_while_the_test_counts_and_runs_out_after(
        self, life: Life
    ) -> None:
        life.to_roster()
        life.on(date(2027, 2, 20))
        placing.renew_roster(cast.OFFICER, life.made.id, on=date(2027, 2, 20))
        assert life.at() == "roster_active"
        facts = standing.read_facts(life.placement)
        assert facts.days["roster_until"] == date(2028, 2, 20)
        with pytest.raises(placing.TestRunsOut):
            placing.renew_roster(cast.OFFICER, life.made.id, on=date(2028, 3, 3))
        life.on(date(2028, 2, 21))
        life.office.expire_roster(life.number)
        assert life.at() == "roster_expired"

    def test_a_change_that_runs_out_endangers_the_stay(self, at_work: Life) -> None:
        at_work.on(date(2026, 6, 1))
        at_work.office.change_employment(at_work.number, event="ended", event_on="2026-06-01")
        at_work.office.request_change(at_work.number, reason="contract_cancelled")
        at_work.both.exchange()
        used = standing.changes(standing.read_facts(at_work.placement), on=date(2026, 6, 2))
        assert used is not None
        assert used.used == 1
        at_work.on(date(2026, 9, 2))
        at_work.office.lapse_change(at_work.number)
        assert at_work.at() == "irregular"
        assert "stay:lapsed" in at_work.tasks()

    def test_what_the_attache_hears_first_starts_the_time_too(self, at_work: Life) -> None:
        monitoring.record_work_ended(
            cast.ATTACHE, at_work.made.id, on=date(2026, 5, 1), known_on=date(2026, 5, 2)
        )
        assert {"clock:change_apply:1", "clock:employer_report:1"} <= at_work.tasks()
        with acting_as(ROBOT):
            task = Task.objects.get(kind="clock:change_apply:1", state="open")
        # Day 20 of 30 is over in Seoul when it is midnight there.
        assert task.due_at.isoformat() == "2026-05-21T15:00:00+00:00"
        assert task.details["last_day"] == "2026-06-01"
        monitoring.record_change_requested(
            cast.ATTACHE, at_work.made.id, ended_on=date(2026, 5, 1),
            requested_on=date(2026, 5, 10), reason="wage_arrears",
        )  # fmt: skip
        assert "clock:change_apply:1" not in at_work.tasks()

    def test_an_absence_and_a_death_become_somebody_s_task(self, at_work: Life) -> None:
        at_work.office.change_employment(at_work.number, event="absent")
        assert at_work.at() == "absent"
        at_work.office.report_death(at_work.number, cause="illness")
        assert at_work.at() == "deceased"
        assert "incident:death" in at_work.tasks()
        assert not {each for each in at_work.tasks() if each.startswith("clock:stay")}

    def test_nobody_of_another_office_may_record_what_happens_there(self, at_work: Life) -> None:
        from lindung.kernel.refusals import NotAllowed, NotFound

        for actor, refusal in (
            (cast.OTHER_ATTACHE, NotFound), (cast.RECRUITER, NotAllowed),
            (cast.self_of(at_work.worker_id), NotAllowed),
        ):  # fmt: skip
            with pytest.raises(refusal):
                monitoring.record_work_ended(actor, at_work.made.id, on=TODAY, known_on=TODAY)
        with pytest.raises(NotFound):
            returning.claim_money(cast.OTHER_OFFICER, at_work.made.id, kind="wages", on=TODAY)


class TestTheOffice:
    """Their law refuses too."""

    def test_takes_no_request_after_a_month_and_no_fourth_change(self, at_work: Life) -> None:
        from simulators.eps.office import NotPossible

        day = date(2026, 6, 1)
        for _ in range(3):
            at_work.on(day)
            at_work.office.change_employment(
                at_work.number, event="ended", event_on=day.isoformat()
            )
            at_work.office.request_change(at_work.number, reason="contract_ended")
            at_work.office.permit_change(at_work.number, employer="pureun")
            day += timedelta(days=40)
        at_work.on(day)
        at_work.office.change_employment(at_work.number, event="ended", event_on=day.isoformat())
        with pytest.raises(NotPossible, match="All 3"):
            at_work.office.request_change(at_work.number, reason="contract_ended")
        at_work.on(day + timedelta(days=32))
        with pytest.raises(NotPossible, match="over"):
            at_work.office.request_change(at_work.number, reason="closure")
        at_work.both.exchange()


def test_a_limit_that_moves_moves_its_alarm(at_work: Life) -> None:
    monitoring.record_work_ended(
        cast.ATTACHE, at_work.made.id, on=date(2026, 5, 1), known_on=date(2026, 5, 2)
    )
    placing.pause_clock(
        cast.ATTACHE, at_work.made.id, clock="change_apply", reason="injury", on=date(2026, 5, 5)
    )
    placing.resume_clock(cast.ATTACHE, at_work.made.id, clock="change_apply", on=date(2026, 5, 15))
    with acting_as(ROBOT):
        [task] = Task.objects.filter(kind="clock:change_apply:1", state="open")
    assert task.details["last_day"] == "2026-06-11"
