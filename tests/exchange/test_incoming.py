"""What a partner's messages may change: placements to its own country, on that country's days."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.handlers import abroad, parts
from lindung.exchange.models import Incoming, Partner
from lindung.exchange.operations import applying, inbox
from lindung.exchange.wire.reasons import Unacceptable
from lindung.placement.models import Placement
from tests import cast

from .conftest import Stranger

pytestmark = pytest.mark.usefixtures("posts", "places")


class TestAPartner:
    def test_speaks_of_placements_to_its_own_country(self, stranger: Stranger) -> None:
        made = cast.placement(cast.worker())
        assert self._reason(stranger, made) == "applied"

    def test_knows_none_of_those_to_another(self, stranger: Stranger, scene: Any) -> None:
        made = cast.placement(cast.worker())
        with scene():
            Partner.objects.filter(pk=stranger.partner.pk).update(country="TW")
        assert self._reason(stranger, made) == "awaiting_match"

    def _reason(self, stranger: Stranger, about: Placement) -> str:
        inbox.take([stranger.roster(about.number)[1]])
        applying.apply_incoming(stranger.partner.pk)
        with acting_as(ROBOT):
            return Incoming.objects.get().reason


def test_an_arrival_is_dated_on_the_calendar_of_the_place(partner: Partner) -> None:
    """06:30 in Seoul is still the day before in UTC."""
    who = cast.worker()
    contract = cast.signed(who)
    cast.complete(contract.placement_id)
    cast.placing.clear_for_departure(cast.MINISTRY, contract.placement_id, on=cast.TODAY)
    gone = cast.placing.record_departure(
        cast.OFFICER, contract.placement_id, on=cast.TODAY, flight="GA 878"
    )
    data = {"offer_no": contract.offer_number, "arrived_at": "2026-03-02T21:30:00.000Z"}
    told: Any = SimpleNamespace(subject=gone.number, data=data)
    robot = applying.robot_of(partner)
    with acting_as(robot):
        arrived = abroad.arrival_confirmed(robot, told)
    assert arrived.arrived_on == date(2026, 3, 3)


def test_a_passport_number_too_long_for_a_passport_is_the_partner_s_fault(
    partner: Partner,
) -> None:
    made = cast.placement(cast.worker())
    with acting_as(applying.robot_of(partner)), pytest.raises(Unacceptable) as refused:
        parts.require_same_passport(made, "AB1234567890")
    assert refused.value.code == "data_invalid"
