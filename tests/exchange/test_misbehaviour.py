"""Whatever the partner does on command, both books are equal in the end and nothing is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, Outgoing
from lindung.exchange.operations.partners import learn_keys
from lindung.monitoring.models import Employment
from lindung.placement import operations as placing
from lindung.placement.models import Contract, Placement
from simulators.eps.faults import forget
from tests import cast
from tests.exchange.both import Both

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def both(scene: Any, tmp_path: Path) -> Both:
    """Both books."""
    return Both(scene, tmp_path)


def misbehave(both: Both, **faults: Any) -> None:
    """Give the command."""
    both.node.store.set("faults", faults)


def equal(both: Both) -> None:
    """Nothing differs, nothing waits, nothing was taken twice."""
    both.exchange()
    both.compare()
    assert both.open() == {}
    waiting = both.node.store.rows("select type from sent where state in ('waiting', 'stored')")
    assert not waiting
    with acting_as(ROBOT):
        assert not Outgoing.objects.filter(state__in=["waiting", "stored"]).exists()
        assert not Incoming.objects.filter(state__in=["kept", "waiting", "error"]).exists()
        taken = Incoming.objects.exclude(state__in=["untaken", "repeat"]).exclude(sequence=None)
        assert taken.count() == len({(row.subject, row.sequence) for row in taken})


def contracts(made: Placement) -> int:
    """How many contracts a placement has."""
    with acting_as(ROBOT):
        return Contract.objects.filter(placement=made).count()


def once(both: Both, made: Placement) -> None:
    """Two lives' worth of steps gave one of each."""
    assert contracts(made) == 1
    with acting_as(ROBOT):
        assert Employment.objects.filter(worker_id=made.worker_id).count() == 1


class TestAPartner:
    def test_that_says_everything_twice_changes_nothing_twice(self, both: Both) -> None:
        misbehave(both, twice=True)
        made = both.arrived()
        once(both, made)
        equal(both)
        with acting_as(ROBOT):
            assert Incoming.objects.filter(repeats__gt=0).exists()

    def test_that_turns_the_order_round_is_put_in_order(self, both: Both) -> None:
        made = both.signed()
        both.office.plan_entry(made.number, entry_on=cast.TODAY.isoformat())
        both.exchange()
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        both.exchange()
        misbehave(both, reorder=True)
        both.office.confirm_arrival(made.number, arrived_at="2026-03-02T21:30:00Z")
        both.office.induct(made.number, completed_on="2026-03-04")
        both.office.register(made.number, registered_on="2026-03-05")
        assert both.node.pump() == 3  # in one batch, the last first
        equal(both)
        once(both, made)

    def test_that_comes_late_is_waited_for(self, both: Both) -> None:
        made = both.listed()
        misbehave(both, late_seconds=3 * 3600)
        both.office.offer(made.number)
        both.exchange()
        assert contracts(made) == 0
        misbehave(both)
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=3, minutes=1)):
            both.exchange()
            assert contracts(made) == 1
            equal(both)

    def test_that_is_silent_for_a_week_gets_and_gives_all_of_it_after(self, both: Both) -> None:
        made = both.signed()
        both.office.plan_entry(made.number, entry_on=cast.TODAY.isoformat())
        both.exchange()
        misbehave(both, silent=True)
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        both.exchange()
        row = both.node.store.row("select state from candidate where subject = ?", made.number)
        assert row is not None
        assert row["state"] == "entry_planned"
        with acting_as(ROBOT):
            left = Outgoing.objects.get(type__contains="departure.done")
        assert (left.state, left.attempts > 0) == ("waiting", True)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=7)):
            misbehave(both)
            equal(both)
            both.office.confirm_arrival(made.number, arrived_at="2026-03-02T21:30:00Z")
            both.office.register(made.number, registered_on="2026-03-05")
            equal(both)
        once(both, made)

    def test_that_signs_wrongly_once_is_not_believed_and_then_heard(self, both: Both) -> None:
        made = both.listed()
        misbehave(both, wrong_signature=True, wrong_signature_left=1)
        both.office.offer(made.number)
        both.exchange()
        assert contracts(made) == 0
        with acting_as(ROBOT):
            assert Incoming.objects.get(state="untaken").reason == "signature_invalid"
        # A refusal that no signature proved to be for them is no receipt: the same bytes go again.
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
            both.exchange()
            assert contracts(made) == 1
            equal(both)

    @pytest.mark.parametrize(
        ("how", "reason"), [("extra_field", "data_invalid"), ("wrong_person", "person_mismatch")]
    )
    def test_that_says_something_wrong_is_refused_and_corrects_it(
        self, both: Both, how: str, reason: str
    ) -> None:
        made = both.listed()
        misbehave(both, wrong_data=how, wrong_data_left=1)
        both.office.offer(made.number)
        both.exchange()
        assert contracts(made) == 0
        [refused] = both.node.store.rows("select * from sent where state = 'refused'")
        assert refused["reason"] == reason
        both.node.correct(refused["message_id"])
        both.exchange()
        assert contracts(made) == 1
        equal(both)

    @pytest.mark.parametrize("lost", [1, 2, 5])
    def test_restored_from_an_old_backup_asks_how_far_it_got_and_goes_on(
        self, both: Both, lost: int
    ) -> None:
        made = both.arrived()
        assert forget(both.node.store, lost) == lost
        both.office.change_employment(
            made.number, event="terms_changed", event_on="2026-04-01", monthly="2400000"
        )
        both.exchange()
        with acting_as(ROBOT):
            taken = Incoming.objects.filter(subject=made.number, sequence__isnull=False)
            rows = taken.exclude(state__in=["untaken", "repeat"]).order_by("sequence")
            numbers = list(rows.values_list("sequence", flat=True))
            assert Incoming.objects.filter(type__contains="employment.changed").count() == 1
        assert numbers == list(range(1, len(numbers) + 1))
        once(both, made)

    def test_that_never_said_so_is_told_by_a_number_used_twice(self, both: Both) -> None:
        made = both.arrived()
        forget(both.node.store, 2)
        both.node.store.set("restored", None)  # nobody there knows of it
        both.office.miss_wages(made.number)
        both.exchange()
        with acting_as(ROBOT):
            assert Incoming.objects.get(state="untaken").reason == "sequence_reused"
        equal(both)
        with acting_as(ROBOT):
            assert Incoming.objects.get(type__contains="wage.missed").state == "applied"

    def test_that_changes_its_key_is_heard_without_a_gap(self, both: Both) -> None:
        made = both.listed()
        old = both.node.key.kid
        fresh = both.node.rotate()
        assert both.node.key.kid == old
        assert learn_keys(both.partner, both.line) == "known"
        both.office.offer(made.number)
        both.exchange()
        assert contracts(made) == 1
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
            assert both.node.key.kid == fresh
            with acting_as(ROBOT):
                contract = Contract.objects.get(placement=made)
            placing.verify_contract(
                cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
            )
            placing.answer_contract(
                cast.self_of(made.worker_id), contract.id, agree=True, on=cast.TODAY
            )
            both.exchange()
            both.office.authorise(made.number)
            equal(both)
        with acting_as(ROBOT):
            made.refresh_from_db()
        assert made.state == "authorised"
