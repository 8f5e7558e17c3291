"""Orientation, insurance, clearance and the border."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ANYONE
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement.models import Placement
from lindung.preparation import operations, queries
from lindung.preparation.models import Attendance, Clearance, CoverKind, Crossing, Direction
from lindung.registry.models import Source, Task, Worker
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
TODAY = cast.TODAY
PAID = date(2026, 1, 20)


def on_the_way(who: Worker) -> Placement:
    """Contract signed, visa authorised."""
    with acting_as(cast.MINISTRY):
        return placements.placement(cast.signed(who).placement_id)


def cleared(who: Worker) -> Placement:
    made = on_the_way(who)
    cast.complete(made.id)
    return placing.clear_for_departure(cast.MINISTRY, made.id, on=TODAY)


def cover(placement: Placement, **given: Any) -> Any:
    values: dict[str, Any] = {
        "kind": CoverKind.DURING,
        "receipt": "TK-1",
        "amount": Decimal(494_500),
        "paid_on": PAID,
        "covers_from": TODAY,
        "covers_to": TODAY + timedelta(days=1130),
        "months": 36,
    }
    return operations.record_cover(cast.OFFICER, placement.id, **(values | given))


def is_open(placement: Placement, requirement: str) -> bool:
    with acting_as(cast.MINISTRY):
        left = placements.open_requirements(placement, on=TODAY)
    return requirement in {each.requirement.id for each in left}


class TestTakeSeat:
    def session(self, seats: int = 1) -> Any:
        return operations.plan_session(
            cast.OFFICER, place="Ponorogo", held_on=TODAY, seats=seats, on=TODAY
        )

    def test_is_refused_when_every_seat_is_taken_by_people_one_does_not_see(self) -> None:
        session = self.session()
        first = cast.placement(cast.worker())
        operations.take_seat(cast.OFFICER, session.id, placement_id=first.id)
        elsewhere = cast.worker(region=cast.MALANG, full_name="Dewi Lestari")
        second = placing.open_placement(
            cast.OTHER_OFFICER,
            elsewhere.id,
            pathway_id="g2g-kr",
            sector="manufacturing",
            on=TODAY,
        )
        with pytest.raises(operations.SessionFull):
            operations.take_seat(cast.OTHER_OFFICER, session.id, placement_id=second.id)

    def test_twice_is_one_seat(self) -> None:
        session, made = self.session(), cast.placement(cast.worker())
        for _ in range(2):
            operations.take_seat(cast.OFFICER, session.id, placement_id=made.id)
        with acting_as(cast.MINISTRY):
            assert Attendance.objects.count() == 1

    def test_is_closed_to_another_office_and_a_stranger(self) -> None:
        session, made = self.session(), cast.placement(cast.worker())
        with pytest.raises(NotFound):
            operations.take_seat(cast.OTHER_OFFICER, session.id, placement_id=made.id)
        with pytest.raises(NotAllowed):
            operations.take_seat(ANYONE, session.id, placement_id=made.id)

    def test_presence_fulfils_the_requirement_and_absence_does_not(self) -> None:
        session = self.session(seats=2)
        here, away = cast.worker(), cast.worker(full_name="Wati")
        one, other = cast.placement(here), cast.placement(away)
        seat = operations.take_seat(cast.OFFICER, session.id, placement_id=one.id)
        operations.take_seat(cast.OFFICER, session.id, placement_id=other.id)
        operations.record_attendance(cast.OFFICER, session.id, proofs={seat.id: "OPP-7"}, on=TODAY)
        assert not is_open(one, "orientation")
        assert is_open(other, "orientation")
        with pytest.raises(StepClosed):
            operations.record_attendance(cast.OFFICER, session.id, proofs={}, on=TODAY)

    def test_presence_is_not_recorded_before_the_day(self) -> None:
        later = operations.plan_session(
            cast.OFFICER, place="Aula", held_on=TODAY + timedelta(days=1), seats=1, on=TODAY
        )
        with pytest.raises(Incomplete):
            operations.record_attendance(cast.OFFICER, later.id, proofs={}, on=TODAY)


class TestPlanSession:
    def test_says_all_that_is_wrong_at_once(self) -> None:
        with pytest.raises(Incomplete) as refused:
            operations.plan_session(
                cast.OFFICER, place=" ", held_on=TODAY - timedelta(days=1), seats=0, on=TODAY
            )
        assert set(refused.value.facts["fields"]) == {"place", "held_on", "seats"}

    def test_is_not_an_attache_s(self) -> None:
        with pytest.raises(NotAllowed):
            operations.plan_session(cast.ATTACHE, place="A", held_on=TODAY, seats=1, on=TODAY)


class TestRecordCover:
    def test_of_the_right_sum_and_length_fulfils_the_requirement(self) -> None:
        made = on_the_way(cast.worker())
        assert is_open(made, "social_security_during")
        assert cover(made).outcome == "meets"
        assert not is_open(made, "social_security_during")
        with acting_as(cast.OFFICER):
            assert queries.reach(made.id, on=TODAY).outcome == "meets"

    def test_one_rupiah_short_is_refused_and_fulfils_nothing(self) -> None:
        made = on_the_way(cast.worker())
        with pytest.raises(operations.PremiumTooLow) as refused:
            cover(made, amount=Decimal(494_499))
        assert refused.value.facts["required"] == "494500"
        assert is_open(made, "social_security_during")

    def test_that_ends_the_day_before_the_contract_is_refused(self) -> None:
        made = on_the_way(cast.worker())
        with acting_as(cast.OFFICER):
            contract = placements.current_contract(made.id)
            assert contract is not None
            end = queries.contract_end(contract, starts_on=TODAY)
        assert end is not None
        with pytest.raises(operations.CoverTooShort):
            cover(made, covers_to=end - timedelta(days=1))
        assert cover(made, covers_to=end).outcome == "meets"

    def test_where_the_table_is_silent_an_officer_says_why(self) -> None:
        made = on_the_way(cast.worker())
        unsure = {"months": 18, "amount": Decimal(300_000)}
        with pytest.raises(Incomplete):
            cover(made, **unsure)
        assert cover(made, reason="Dipastikan BPJS lewat surat.", **unsure).outcome != "meets"

    def test_the_same_receipt_is_one_payment(self) -> None:
        made = on_the_way(cast.worker())
        assert cover(made).id == cover(made).id

    def test_is_closed_to_another_office(self) -> None:
        made = on_the_way(cast.worker())
        with pytest.raises(NotFound):
            operations.record_cover(
                cast.OTHER_OFFICER,
                made.id,
                kind=CoverKind.BEFORE,
                receipt="x",
                amount=Decimal(37_500),
                paid_on=PAID,
                covers_from=PAID,
                covers_to=PAID,
                months=0,
            )


class TestClearance:
    def code(self, placement: Placement) -> str:
        with acting_as(cast.MINISTRY):
            return Clearance.objects.get(placement=placement).code

    def test_is_made_in_the_moment_of_clearing_and_anyone_may_check_it(self) -> None:
        code = self.code(cleared(cast.worker()))
        with acting_as(ANYONE):
            answer, found = queries.check(code.upper())
        assert answer == queries.Answer.VALID
        assert found is not None

    def test_an_unknown_code_could_not_be_told(self) -> None:
        with acting_as(ANYONE):
            assert queries.check("0" * 32)[0] == queries.Answer.COULD_NOT_TELL

    def test_stands_no_more_when_the_placement_is_given_up(self) -> None:
        made = cleared(cast.worker())
        code = self.code(made)
        placing.withdraw(cast.OFFICER, made.id, reason="Sakit")
        with acting_as(ANYONE):
            assert queries.check(code)[0] == queries.Answer.NOT_VALID

    def test_is_seen_by_nobody_else_s_office(self) -> None:
        cleared(cast.worker())
        with acting_as(cast.OTHER_OFFICER):
            assert not Clearance.objects.exists()


class TestRecordCrossing:
    def told(self, who: Worker, source: Source, on: date = TODAY, actor: Any = None) -> Crossing:
        return operations.record_crossing(
            actor or cast.OFFICER,
            who.id,
            direction=Direction.OUT,
            on=on,
            carrier="ga 878",
            source=source,
        )

    def test_by_the_worker_makes_a_cleared_person_departed(self) -> None:
        who = cast.worker()
        made = cleared(who)
        self.told(who, Source.WORKER, actor=cast.self_of(who.id))
        with acting_as(cast.MINISTRY):
            placement = placements.placement(made.id)
            assert (placement.state, placement.departed_on) == ("departed", TODAY)
            assert Clearance.objects.get(placement=made).state == "used"

    def test_of_somebody_not_cleared_is_refused_with_advice(self) -> None:
        who = cast.worker()
        on_the_way(who)
        with pytest.raises(operations.NotCleared):
            self.told(who, Source.WORKER, actor=cast.self_of(who.id))

    def test_two_sources_with_two_days_are_both_kept_and_cleared_up(self) -> None:
        who = cast.worker()
        cleared(who)
        self.told(who, Source.WORKER, actor=cast.self_of(who.id))
        self.told(who, Source.OFFICER, on=TODAY + timedelta(days=1))
        with acting_as(cast.OFFICER):
            assert Crossing.objects.count() == 2
            assert Task.objects.filter(kind="crossing:differs", state="open").count() == 1

    def test_of_somebody_not_cleared_by_an_officer_is_kept_and_cleared_up(self) -> None:
        who = cast.worker()
        on_the_way(who)
        self.told(who, Source.OFFICER)
        with acting_as(cast.OFFICER):
            assert Crossing.objects.count() == 1
            assert Task.objects.filter(kind="crossing:differs", state="open").count() == 1

    def test_without_a_flight_is_refused(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.record_crossing(
                cast.OFFICER,
                who.id,
                direction=Direction.OUT,
                on=TODAY,
                carrier=" ",
                source=Source.OFFICER,
            )

    def test_is_closed_to_another_office_and_another_worker(self) -> None:
        who, other = cast.worker(), cast.worker(full_name="Wati")
        for actor in (cast.OTHER_OFFICER, cast.self_of(other.id)):
            with pytest.raises(NotFound):
                self.told(who, Source.WORKER, actor=actor)


class TestRecordNoDeparture:
    def test_gives_the_paper_back(self) -> None:
        who = cast.worker()
        made = cleared(who)
        placing.record_departure(cast.OFFICER, made.id, on=TODAY, flight="GA 878")
        operations.record_no_departure(
            cast.OFFICER, made.id, on=TODAY, reason="Penerbangan dibatalkan"
        )
        with acting_as(cast.MINISTRY):
            placement = placements.placement(made.id)
            assert (placement.state, placement.departed_on) == ("cleared", None)
            assert Clearance.objects.get(placement=made).state == "valid"
            assert Worker.objects.get(id=who.id).state.stage == "before"
