"""What people do about messages that were not taken, on either side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lindung.access import two_people
from lindung.access.acting import acting_as
from lindung.access.actors import Kind
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.exchange import words
from lindung.exchange.models import GraveAct, Incoming, Lane, Outgoing, Partner
from lindung.exchange.operations import applying, grave, inbox, outbox, repair
from lindung.exchange.wire import envelopes
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed
from tests import cast

from .conftest import Stranger

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SECOND = cast._actor(Kind.MINISTRY, "ministry_officer", "Wati")
DATA = {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"}


def states() -> list[str]:
    with acting_as(ROBOT):
        return list(Incoming.objects.order_by("id").values_list("state", flat=True))


def first() -> Incoming:
    with acting_as(ROBOT):
        return Incoming.objects.order_by("id")[0]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Our handler fails on the first message until the list is emptied."""
    faults = ["Siti Rahayu C1234567"]

    def handler(_actor: object, message: envelopes.Message) -> None:
        if faults and message.sequence == 1:
            raise KeyError(faults[0])

    monkeypatch.setitem(applying._handlers, "roster.status", handler)
    return faults


@pytest.fixture
def failed(stranger: Stranger, partner: Partner, broken: list[str]) -> Incoming:
    """A fault of ours, and two messages behind it."""
    for _ in range(3):
        inbox.take([stranger.roster("PMI-1")[1]])
    applying.apply_incoming(partner.pk)
    return first()


def unwanted(partner: Partner, state: str, reason: str = "data_invalid") -> Outgoing:
    with acting_as(ROBOT):
        row = outbox.send("candidate.removed", "PMI-1", DATA, partner=partner)
        Outgoing.objects.filter(pk=row.pk).update(state=state, reason=reason)
        row.refresh_from_db()
    return row


class TestAFaultOfOurs:
    def test_says_its_kind_and_place_and_nothing_of_the_message(self, failed: Incoming) -> None:
        assert failed.state == "error"
        assert failed.note.startswith("KeyError: ")
        assert "Siti" not in failed.note
        assert "C1234567" not in failed.note

    def test_is_tried_again_and_what_waited_behind_it_goes_on(
        self, failed: Incoming, broken: list[str]
    ) -> None:
        broken.clear()
        repair.try_again(cast.MINISTRY, failed.pk)
        assert states() == ["applied"] * 3
        with acting_as(cast.MINISTRY):
            assert JournalEntry.objects.filter(type="exchange.MessageTriedAgain").count() == 1

    def test_fails_again_while_the_fault_stands(self, failed: Incoming) -> None:
        assert repair.try_again(cast.MINISTRY, failed.pk).state == "error"
        assert states() == ["error", "waiting", "waiting"]

    def test_is_set_aside_by_two_people_and_the_lane_goes_on(
        self, failed: Incoming, partner: Partner
    ) -> None:
        act = repair.ask_to_leave_out(cast.MINISTRY, failed.pk, reason="Rusak", at=NOW)
        with pytest.raises(two_people.NeedsAnother):
            repair.answer_leaving_out(cast.MINISTRY, act.id, confirm=True, at=NOW)
        assert states() == ["error", "waiting", "waiting"]
        repair.answer_leaving_out(SECOND, act.id, confirm=True, at=NOW)
        assert states() == ["aside", "applied", "applied"]
        with acting_as(ROBOT):
            assert Lane.objects.get(partner=partner).received == 3
            said = [
                envelopes.read(bytes(row.raw)).data["reason"]
                for row in Outgoing.objects.filter(sequence=None).order_by("id")
            ]
            assert bytes(Incoming.objects.get(pk=failed.pk).raw) == bytes(failed.raw)
        assert said == ["receiver_fault", "applied", "applied"]

    def test_stays_when_the_second_person_says_no(self, failed: Incoming) -> None:
        act = repair.ask_to_leave_out(cast.MINISTRY, failed.pk, reason="Rusak", at=NOW)
        repair.answer_leaving_out(SECOND, act.id, confirm=False, at=NOW)
        assert states()[0] == "error"
        with pytest.raises(StepClosed):
            repair.answer_leaving_out(SECOND, act.id, confirm=True, at=NOW)

    def test_is_set_aside_only_with_a_reason_and_asked_once(self, failed: Incoming) -> None:
        with pytest.raises(Incomplete):
            repair.ask_to_leave_out(cast.MINISTRY, failed.pk, reason="  ", at=NOW)
        repair.ask_to_leave_out(cast.MINISTRY, failed.pk, reason="Rusak", at=NOW)
        with pytest.raises(grave.AlreadyAsked):
            repair.ask_to_leave_out(SECOND, failed.pk, reason="Rusak", at=NOW)

    def test_is_never_one_person_s_in_the_database_either(
        self, failed: Incoming, partner: Partner, scene: Any
    ) -> None:
        from django.db import IntegrityError, transaction

        with scene(), transaction.atomic(), pytest.raises(IntegrityError):
            GraveAct.objects.create(
                partner=partner, kind="leave-out", subject="x", reason="x", state="done",
                asked_by=SECOND.id, asked_name="W", asked_at=NOW,
                answered_by=SECOND.id, answered_name="W", answered_at=NOW,
            )  # fmt: skip

    def test_is_repaired_by_those_with_the_right(self, failed: Incoming) -> None:
        for actor in (cast.ATTACHE, cast.OFFICER, cast.RECRUITER):
            with pytest.raises(NotAllowed):
                repair.try_again(actor, failed.pk)


class TestAMessageThatWasNotTaken:
    def test_gives_its_number_to_the_corrected_one(self, partner: Partner) -> None:
        row = unwanted(partner, "dead")
        made = repair.correct(
            cast.MINISTRY, row.pk, data={**DATA, "removed_on": "2026-03-03"}, reason="Tanggal"
        )
        with acting_as(ROBOT):
            row.refresh_from_db()
        assert (made.sequence, made.state, row.sequence, row.state) == (
            1,
            "waiting",
            None,
            "settled",
        )
        assert envelopes.read(bytes(made.raw)).data["removed_on"] == "2026-03-03"

    def test_refused_keeps_its_number_and_the_corrected_one_follows(self, partner: Partner) -> None:
        row = unwanted(partner, "refused")
        made = repair.correct(
            cast.MINISTRY, row.pk, data={**DATA, "removed_on": "2026-03-03"}, reason="Tanggal"
        )
        assert made.sequence == 2

    def test_names_in_the_journal_which_fields_changed_and_no_values(
        self, partner: Partner
    ) -> None:
        row = unwanted(partner, "refused")
        repair.correct(
            cast.MINISTRY, row.pk, data={**DATA, "removed_on": "2026-03-03"}, reason="Tanggal"
        )
        with acting_as(cast.MINISTRY):
            entry = JournalEntry.objects.get(type="exchange.MessageCorrected")
        assert entry.payload["fields"] == ["removed_on"]
        assert "2026-03-03" not in str(entry.payload)

    def test_may_say_nothing_outside_the_agreement(self, partner: Partner) -> None:
        row = unwanted(partner, "refused")
        with pytest.raises(outbox.NotAgreed):
            repair.correct(cast.MINISTRY, row.pk, data={**DATA, "nik": "1"}, reason="x")
        with acting_as(ROBOT):
            row.refresh_from_db()
            assert (row.state, Outgoing.objects.count()) == ("refused", 1)

    def test_has_to_say_something_else_with_a_reason(self, partner: Partner) -> None:
        row = unwanted(partner, "refused")
        with pytest.raises(repair.NothingChanged):
            repair.correct(cast.MINISTRY, row.pk, data=DATA, reason="x")
        with pytest.raises(Incomplete):
            repair.correct(
                cast.MINISTRY, row.pk, data={**DATA, "removed_on": "2026-01-01"}, reason=""
            )

    def test_is_settled_with_a_reason_unless_the_partner_waits_for_its_number(
        self, partner: Partner
    ) -> None:
        refused, dead = unwanted(partner, "refused"), unwanted(partner, "dead")
        with pytest.raises(Incomplete):
            repair.settle(cast.MINISTRY, refused.pk, reason="")
        assert repair.settle(cast.MINISTRY, refused.pk, reason="Ditutup").state == "settled"
        with pytest.raises(repair.LeavesAHole):
            repair.settle(cast.MINISTRY, dead.pk, reason="x")


def test_every_reason_of_the_protocol_has_words_and_a_cure() -> None:
    import re
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs/exchange/protocol.md").read_text("utf-8")
    section = page.split("### Reasons")[1].split("## 7.")[0]
    codes = {
        code
        for line in section.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }
    assert len(codes) > 20
    assert {code for code in codes if words.reason(code).says == code} == set()
