"""By hand: two people, a proof, and never the partner's name on what an officer typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange import portals
from lindung.exchange.models import Incoming, Outgoing, Partner, Sheet
from lindung.exchange.operations import applying, inbox, outbox, sheets
from lindung.exchange.operations.outbox import send
from lindung.exchange.operations.sheets import AlreadyTyped, Evidence, SameEyes
from lindung.exchange.ourselves import own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from tests import cast

from .conftest import Stranger
from .harnesses import Worklist
from .test_adapters import CHANGED, NO, heard

pytestmark = pytest.mark.django_db
__all__ = ["heard"]

PROOF = Evidence(pointer="map 12, lembar 3")
AT = datetime.now(UTC)


@pytest.fixture
def portal(stranger: Stranger, tmp_path: Path) -> Partner:
    """A partner with a portal and no line."""
    return Worklist(stranger, tmp_path).partner


def waiting(portal: Partner) -> Outgoing:
    """A message of ours that somebody must copy."""
    return send("contract.answered", "PMI-1", NO, partner=portal)


def copied(row: Outgoing, who: Any = cast.MINISTRY) -> Sheet:
    """The first person's part."""
    return sheets.copied(who, row.pk, reference="VDR-9", evidence=PROOF, at=AT)


def state_of(row: Outgoing) -> str:
    """Of a message of ours, as it stands."""
    with acting_as(ROBOT):
        return Outgoing.objects.get(pk=row.pk).state


class TestCopying:
    def test_is_never_done_by_a_machine(self, portal: Partner) -> None:
        row = waiting(portal)
        assert outbox.pump(portal.pk) == 0
        assert state_of(row) == "waiting"

    def test_counts_when_another_person_has_checked_it(self, portal: Partner) -> None:
        row = waiting(portal)
        sheet = copied(row)
        assert state_of(row) == "waiting"
        sheets.check(cast.MINISTRY_2, sheet.id, at=AT)
        assert state_of(row) == "stored"
        with acting_as(ROBOT):
            told = Sheet.objects.get()
            assert Outgoing.objects.get().technical is None
        assert (told.typed_name, told.checked_name, told.reference) == ("Dewi", "Ratna", "VDR-9")

    def test_is_not_checked_by_the_one_who_did_it(self, portal: Partner) -> None:
        row = waiting(portal)
        sheet = copied(row)
        with pytest.raises(SameEyes):
            sheets.check(cast.MINISTRY, sheet.id, at=AT)
        assert state_of(row) == "waiting"

    def test_needs_a_reference_and_a_proof(self, portal: Partner) -> None:
        row = waiting(portal)
        with pytest.raises(Incomplete) as refusal:
            sheets.copied(cast.MINISTRY, row.pk, reference=" ", evidence=Evidence(), at=AT)
        assert set(refusal.value.facts["fields"]) == {"reference", "file"}

    def test_is_said_once(self, portal: Partner) -> None:
        row = waiting(portal)
        sheet = copied(row)
        with pytest.raises(AlreadyTyped):
            copied(row)
        sheets.give_back(cast.MINISTRY_2, sheet.id, remark="nomor salah", at=AT)
        sheets.check(cast.MINISTRY_2, copied(row).id, at=AT)
        with pytest.raises(StepClosed):
            copied(row)

    def test_that_was_sent_back_counts_for_nothing(self, portal: Partner) -> None:
        row = waiting(portal)
        sheet = copied(row)
        with pytest.raises(Incomplete):
            sheets.give_back(cast.MINISTRY_2, sheet.id, remark=" ", at=AT)
        sheets.give_back(cast.MINISTRY_2, sheet.id, remark="nomor salah", at=AT)
        with pytest.raises(StepClosed):
            sheets.check(cast.MINISTRY_2, sheet.id, at=AT)
        assert state_of(row) == "waiting"

    def test_is_closed_to_another_post_and_to_who_has_no_duty(self, portal: Partner) -> None:
        row = waiting(portal)
        with pytest.raises(NotFound):
            copied(row, cast.OTHER_ATTACHE)
        with pytest.raises(NotAllowed):
            copied(row, cast.OFFICER)

    def test_is_not_offered_for_a_partner_with_a_line(self, partner: Partner) -> None:
        row = send("contract.answered", "PMI-1", NO, partner=partner)
        with pytest.raises(NotFound):
            copied(row)


class TestAnswering:
    @pytest.mark.parametrize(("accepted", "state"), [(True, "accepted"), (False, "refused")])
    def test_ends_the_message_as_a_business_receipt_does(
        self, portal: Partner, accepted: bool, state: str
    ) -> None:
        row = waiting(portal)
        sheets.check(cast.MINISTRY_2, copied(row).id, at=AT)
        sheet = sheets.answered(
            cast.MINISTRY, row.pk, accepted=accepted, reason="answer_late", note="", evidence=PROOF,
            at=AT,
        )  # fmt: skip
        applying.apply_incoming(portal.pk)
        assert state_of(row) == "stored"
        sheets.check(cast.MINISTRY_2, sheet.id, at=AT)
        applying.apply_incoming(portal.pk)
        assert state_of(row) == state

    def test_is_closed_before_it_was_copied(self, portal: Partner) -> None:
        row = waiting(portal)
        with pytest.raises(StepClosed):
            sheets.answered(
                cast.MINISTRY, row.pk, accepted=True, reason="", note="", evidence=PROOF, at=AT
            )

    def test_refused_needs_one_of_the_agreed_reasons(self, portal: Partner) -> None:
        row = waiting(portal)
        sheets.check(cast.MINISTRY_2, copied(row).id, at=AT)
        with pytest.raises(Incomplete):
            sheets.answered(
                cast.MINISTRY, row.pk, accepted=False, reason="", note="", evidence=PROOF, at=AT
            )


class TestTyping:
    def told(self, portal: Partner, **changes: Any) -> Sheet:
        """Something the portal says."""
        values: dict[str, Any] = {
            "name": "employment.changed", "subject": "PMI-1", "data": CHANGED, "evidence": PROOF,
            "at": AT,
        }  # fmt: skip
        return sheets.told(cast.MINISTRY, portal.code, **(values | changes))

    def test_makes_a_message_that_is_ours_and_says_so(
        self, portal: Partner, heard: list[Any]
    ) -> None:
        sheet = self.told(portal)
        applying.apply_incoming(portal.pk)
        assert heard == []
        sheets.check(cast.MINISTRY_2, sheet.id, at=AT)
        applying.apply_incoming(portal.pk)
        assert heard == [("PMI-1", 1)]
        with acting_as(ROBOT):
            came = Incoming.objects.get()
        assert (came.proof, came.state) == ("typed", "applied")
        signatures.verify(bytes(came.raw), came.signature, own_key().x)
        said = json.loads(bytes(came.raw))
        assert said["source"] == f"{own_node()}:typed-for:{portal.code}"
        assert said["source"] != portal.node

    def test_numbers_what_it_makes_without_a_hole(self, portal: Partner, heard: list[Any]) -> None:
        for _ in range(3):
            sheets.check(cast.MINISTRY_2, self.told(portal).id, at=AT)
        applying.apply_incoming(portal.pk)
        assert heard == [("PMI-1", 1), ("PMI-1", 2), ("PMI-1", 3)]

    def test_tells_the_portal_nothing_back(self, portal: Partner, heard: list[Any]) -> None:
        sheets.check(cast.MINISTRY_2, self.told(portal).id, at=AT)
        applying.apply_incoming(portal.pk)
        with acting_as(ROBOT):
            assert not Outgoing.objects.exists()

    def test_names_the_fields_that_are_wrong(self, portal: Partner) -> None:
        with pytest.raises(Incomplete) as refusal:
            self.told(portal, subject="x", data={"event": "moved to the moon"})
        assert set(refusal.value.facts["fields"]) == {"event", "event_on", "subject"}

    def test_takes_only_what_this_portal_tells(self, portal: Partner) -> None:
        with pytest.raises(NotFound):
            self.told(portal, name="contract.offered")
        with pytest.raises(NotFound):
            sheets.told(
                cast.MINISTRY, "kr-eps", name="employment.changed", subject="PMI-1", data=CHANGED,
                evidence=PROOF, at=AT,
            )  # fmt: skip

    def test_is_believed_from_our_own_door_alone(self, portal: Partner) -> None:
        """The same bytes, signed by us, brought in from outside are nobody's."""
        sheets.check(cast.MINISTRY_2, self.told(portal).id, at=AT)
        with acting_as(ROBOT):
            came = Incoming.objects.get()
        [(receipt, _)] = inbox.take([(bytes(came.raw), came.signature)])
        assert envelopes.read(receipt).data["reason"] == "key_unknown"


class TestPortals:
    FILES = sorted(Path(portals.__file__).parent.glob("*.yaml"))

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_name_only_places_that_the_schemas_have(self, file: Path) -> None:
        loaded = yaml.safe_load(file.read_text("utf-8"))
        for name, places in (*loaded["takes"].items(), *loaded["tells"].items()):
            for place in places:
                found = agreement.place_of(agreement.schema_of(name), place["at"])
                assert found, f"{name} has no {place['at']}"

    def test_show_every_value_in_their_own_order(self, portal: Partner) -> None:
        data = NO | {"read_to_worker": {"language": "jv", "read_on": "2026-03-02"}}
        shown = portals.fields_of(portal, "contract.answered", data)
        assert [place.path for place, _ in shown] == [
            "offer_no", "answer", "answered_on", "reason", "read_to_worker.language",
            "read_to_worker.read_on",
        ]  # fmt: skip
        assert [place.listed for place, _ in shown] == [True] * 3 + [False] * 3
