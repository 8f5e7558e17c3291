"""A message about someone unknown: kept, shown, recognised by a person, then applied in order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.exchange import queries
from lindung.exchange.models import Incoming, Lane, Outgoing, Partner
from lindung.exchange.operations import applying, inbox, matching
from lindung.exchange.wire import envelopes
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement.models import Placement
from lindung.registry.models import OutsideNumber, Task, Worker
from tests import cast

from .conftest import Stranger

pytestmark = pytest.mark.usefixtures("posts", "places")

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
THEIRS = "KR-77-0001"


def visa(stranger: Stranger, who: Worker, subject: str = THEIRS) -> None:
    """The partner speaks of a person under a number of its own."""
    data = {
        "authorisation_no": "CCVI-9", "offer_no": "SLC-9", "issued_on": "2026-03-02",
        "expires_on": "2026-06-02", "status_code": "E-9-1", "purpose_of_stay": "work",
        "stay_months": 36,
        "inviter": {"name": "Hanbit"},
        "invitee": {
            "name": who.full_name.upper(), "birth_date": str(who.birth_date), "sex": "female",
            "nationality": "ID", "passport_number": "C1234567",
        },
    }  # fmt: skip
    inbox.take([stranger.says("visa.authorised", subject, data)[1]])


def waiting() -> list[Incoming]:
    with acting_as(ROBOT):
        return list(Incoming.objects.filter(state="matching").order_by("sequence"))


def receipts() -> list[tuple[str, str]]:
    with acting_as(ROBOT):
        rows = Outgoing.objects.filter(sequence=None).order_by("id")
        said = [envelopes.read(bytes(row.raw)).data for row in rows]
    return [(each["outcome"], each["reason"]) for each in said]


@pytest.fixture
def lane(stranger: Stranger, partner: Partner) -> list[Incoming]:
    """Three messages about one person under a number that nobody here knows."""
    for _ in range(3):
        inbox.take([stranger.roster(THEIRS)[1]])
    applying.apply_incoming(partner.pk)
    return waiting()


class TestSomeoneUnknown:
    def test_is_put_before_the_post_of_that_country_with_a_clock(
        self, lane: list[Incoming]
    ) -> None:
        assert [row.post_id for row in lane] == [cast.SEOUL] * 3
        with acting_as(cast.ATTACHE):
            [task] = Task.objects.filter(kind="exchange-match")
        assert (task.owner, task.subject) == ("post", lane[0].pk)
        assert (task.due_at - lane[0].came_at).days in {1, 2}

    def test_is_shown_to_that_post_and_no_other(
        self, lane: list[Incoming], partner: Partner
    ) -> None:
        with acting_as(cast.ATTACHE):
            [found] = queries.matching_lanes(partner)
        assert (found.subject, len(found.rows)) == (THEIRS, 3)
        with acting_as(cast.OTHER_ATTACHE):
            assert queries.matching_lanes(partner) == []

    def test_is_compared_with_the_people_of_the_register(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        who = cast.worker()
        cast.placement(who)
        visa(stranger, who)
        applying.apply_incoming(partner.pk)
        with acting_as(cast.MINISTRY):
            [found] = queries.candidates(cast.MINISTRY, waiting())
        assert found.worker.id == who.id
        assert {each.kind for each in found.reasons} >= {"name_same", "birth_same"}

    def test_is_found_by_a_number_the_destination_gave_before(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        contract = cast.offered(cast.worker())
        data = {
            "list_no": "L-1", "offer_no": contract.offer_number, "authorisation_no": "CCVI-1",
            "entry_on": "2026-04-01", "terminal": "T2",
        }  # fmt: skip
        inbox.take([stranger.says("departure.planned", THEIRS, data)[1]])
        applying.apply_incoming(partner.pk)
        rows = waiting()
        with acting_as(cast.MINISTRY):
            [found] = queries.candidates(cast.MINISTRY, rows)
        assert [each.kind for each in found.reasons] == ["outside_same"]


class TestLinking:
    def test_applies_what_waited_in_order_and_what_comes_after(
        self, lane: list[Incoming], stranger: Stranger, partner: Partner, monkeypatch: Any
    ) -> None:
        made = cast.placement(cast.worker())
        heard: list[int | None] = []

        def handler(actor: Any, message: Any) -> Placement:
            from lindung.exchange.handlers.parts import placement_of

            found = placement_of(actor, message)
            heard.append(message.sequence)
            return found

        monkeypatch.setitem(applying._handlers, "roster.status", handler)
        done = matching.link(
            cast.MINISTRY, lane[1].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW
        )
        inbox.take([stranger.roster(THEIRS)[1]])
        applying.apply_incoming(partner.pk)
        assert (done, heard) == (3, [1, 2, 3, 4])
        with acting_as(ROBOT):
            rows = Incoming.objects.filter(subject=THEIRS)
            assert {(row.state, row.worker_id) for row in rows} == {("applied", made.worker_id)}
            assert Lane.objects.get(subject=THEIRS).received == 4

    def test_tells_the_partner_once_more_when_it_is_decided(self, lane: list[Incoming]) -> None:
        made = cast.placement(cast.worker())
        matching.link(
            cast.MINISTRY, lane[0].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW
        )
        assert receipts() == [("accepted", "awaiting_match")] * 3 + [("accepted", "applied")] * 3

    def test_is_journalled_on_the_person_and_ends_the_task(self, lane: list[Incoming]) -> None:
        made = cast.placement(cast.worker())
        matching.link(
            cast.MINISTRY, lane[0].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW
        )
        with acting_as(cast.MINISTRY):
            entry = JournalEntry.objects.get(type="exchange.SubjectMatched")
            assert (entry.worker_id, entry.actor_id) == (made.worker_id, cast.MINISTRY.id)
            assert entry.payload == {"partner": "kr-test", "number": THEIRS, "messages": 3}
            assert not Task.objects.filter(kind="exchange-match", state="open").exists()

    def test_keeps_the_messages_with_a_person_who_is_on_no_placement(
        self, lane: list[Incoming]
    ) -> None:
        who = cast.worker()
        assert matching.link(cast.MINISTRY, lane[0].pk, worker_id=who.id, at=NOW) == 3
        with acting_as(cast.MINISTRY):
            rows = Incoming.objects.filter(subject=THEIRS)
            assert {(row.state, row.worker_id) for row in rows} == {("applied", who.id)}
            assert Task.objects.filter(worker=who, kind="exchange-no-placement").count() == 1

    def test_refuses_a_placement_of_another_person_or_country(
        self, lane: list[Incoming], scene: Any
    ) -> None:
        made, other = cast.placement(cast.worker()), cast.worker(full_name="Lain")
        with pytest.raises(Incomplete):
            matching.link(
                cast.MINISTRY, lane[0].pk, worker_id=other.id, placement_id=made.id, at=NOW
            )
        with scene():
            Placement.objects.filter(pk=made.pk).update(country="TW")
        with pytest.raises(Incomplete):
            matching.link(
                cast.MINISTRY, lane[0].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW
            )
        assert len(waiting()) == 3

    def test_is_not_for_another_post_nor_for_those_without_the_right(
        self, lane: list[Incoming]
    ) -> None:
        made = cast.placement(cast.worker())
        given: dict[str, Any] = {"worker_id": made.worker_id, "placement_id": made.id, "at": NOW}
        with pytest.raises(NotFound):
            matching.link(cast.OTHER_ATTACHE, lane[0].pk, **given)
        for actor in (cast.OFFICER, cast.RECRUITER, cast.self_of(made.worker_id)):
            with pytest.raises(NotAllowed):
                matching.link(actor, lane[0].pk, **given)

    def test_holds_for_one_partner_s_numbers_alone(self, lane: list[Incoming], scene: Any) -> None:
        made = cast.placement(cast.worker())
        matching.link(
            cast.MINISTRY, lane[0].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW
        )
        with scene():
            other = Partner.objects.create(
                code="kr-other", name="Other", country="KR", node="urn:lindung:node:kr-other",
                base_url="http://other.test", adapter="http", agreement="MoU", is_demo=True,
            )  # fmt: skip
        from lindung.exchange.operations import subjects

        with acting_as(ROBOT):
            assert subjects.person_of(other, THEIRS) is None


class TestRecordingANewPerson:
    def test_brings_the_person_into_the_register_of_the_post(self, lane: list[Incoming]) -> None:
        made = matching.record_new_person(
            cast.ATTACHE,
            lane[0].pk,
            person={"full_name": "Rahma", "sex": "F", "birth_date": None},
            on=cast.TODAY,
            at=NOW,
        )
        assert made.post_id == cast.SEOUL
        assert waiting() == []
        with acting_as(ROBOT):
            number = OutsideNumber.objects.get(worker=made)
        assert (number.kind, number.value) == ("subject-kr-test", THEIRS)

    def test_remembers_who_was_shown_and_is_somebody_else(self, lane: list[Incoming]) -> None:
        shown: tuple[UUID, ...] = (cast.worker().id,)
        made = matching.record_new_person(
            cast.MINISTRY, lane[0].pk, person={"full_name": "Siti Rahayu"}, not_same_as=shown,
            on=cast.TODAY, at=NOW,
        )  # fmt: skip
        from lindung.registry.models import DistinctPair

        with acting_as(ROBOT):
            assert DistinctPair.objects.filter(worker=made).exists()


def test_a_row_that_is_missing_elsewhere_is_not_taken_for_a_missing_placement(
    lane: list[Incoming], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is called applied because a handler did not find something else."""
    made = cast.placement(cast.worker())

    def handler(_actor: object, _message: object) -> None:
        raise NotFound

    monkeypatch.setitem(applying._handlers, "roster.status", handler)
    matching.link(cast.MINISTRY, lane[0].pk, worker_id=made.worker_id, placement_id=made.id, at=NOW)
    assert len(waiting()) == 3
    assert receipts() == [("accepted", "awaiting_match")] * 3
