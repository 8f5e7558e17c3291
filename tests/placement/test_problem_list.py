"""A placement rests on others: what is known against them stops it, and the ministry may set it aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.parties import operations as parties
from lindung.parties.models import ForeignAgency, PartyKind, ProblemEntry
from lindung.parties.refusals import KnownProblem
from lindung.placement import operations
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, Placement
from lindung.recruitment.models import JobOrder
from lindung.registry.models import Agency, Employer
from tests import cast
from tests.conftest import Scene
from tests.parties.conftest import published
from tests.recruitment import people

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def order(scene: Scene, posts: None, places: None) -> JobOrder:
    """An order anybody may be recruited for."""
    with scene():
        people.parties()
    return people.open_order()


@pytest.fixture
def made(order: JobOrder) -> Placement:
    """A candidate on a place of it."""
    return people.placed(order, people.candidate())


def employer(order: JobOrder) -> tuple[PartyKind, Employer]:
    assert order.employer_id is not None
    with acting_as(ROBOT):
        return PartyKind.EMPLOYER, Employer.objects.get(id=order.employer_id)


def partner(order: JobOrder) -> tuple[PartyKind, ForeignAgency]:
    with acting_as(ROBOT):
        return PartyKind.PARTNER, ForeignAgency.objects.get(id=order.agreement.partner_id)


def recruiter(order: JobOrder) -> tuple[PartyKind, Agency]:
    assert order.agency_id is not None
    with acting_as(ROBOT):
        return PartyKind.AGENCY, Agency.objects.get(id=order.agency_id)


PARTIES = (employer, partner, recruiter)
Party = Callable[[JobOrder], tuple[PartyKind, object]]


def against(party: Party, order: JobOrder) -> ProblemEntry:
    """An entry that blocks."""
    kind, subject = party(order)
    return published(kind, subject)


def offered(made: Placement) -> Contract:
    """A contract that the recruiter typed."""
    return operations.record_contract_offer(
        cast.RECRUITER,
        made.number,
        offer_no="K-1",
        form="kr.slc.v2020_01",
        terms=cast.TERMS,
        offered_on=cast.TODAY,
        answer_by=None,
        employer="Hanbit",
    )


def verify(contract: Contract) -> Contract:
    return operations.verify_contract(
        cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
    )


def set_aside(entry: ProblemEntry) -> None:
    """The ministry decides to go on, for one day."""
    parties.override_problem(
        cast.MINISTRY, entry.id, reason="Utang sudah dibayar.", until=cast.TODAY, on=cast.TODAY
    )


@pytest.mark.parametrize("party", PARTIES)
class TestVerifyContract:
    def test_stops_at_a_party_on_the_list_until_it_is_set_aside(
        self, made: Placement, order: JobOrder, party: Party
    ) -> None:
        contract = offered(made)
        entry = against(party, order)
        with pytest.raises(KnownProblem) as told:
            verify(contract)
        assert told.value.facts["entries"] == [entry.number]
        with acting_as(ROBOT):
            assert Contract.objects.get(id=contract.id).state == "offered"
        set_aside(entry)
        assert verify(contract).state == "verified"


@pytest.mark.parametrize("party", PARTIES)
class TestClearForDeparture:
    def test_stops_at_a_party_entered_since(
        self, made: Placement, order: JobOrder, party: Party
    ) -> None:
        contract = verify(offered(made))
        operations.answer_contract(
            cast.self_of(made.worker_id), contract.id, agree=True, on=cast.TODAY
        )
        cast.complete(made.id)
        entry = against(party, order)
        with pytest.raises(KnownProblem):
            operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        set_aside(entry)
        done = operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        assert done.state == PlacementState.CLEARED

    def test_an_entry_that_has_ended_stops_nobody(
        self, made: Placement, order: JobOrder, party: Party
    ) -> None:
        contract = verify(offered(made))
        operations.answer_contract(
            cast.self_of(made.worker_id), contract.id, agree=True, on=cast.TODAY
        )
        cast.complete(made.id)
        kind, subject = party(order)
        published(kind, subject, until=cast.TODAY)
        done = operations.clear_for_departure(
            cast.MINISTRY, made.id, on=cast.TODAY + timedelta(days=1)
        )
        assert done.state == PlacementState.CLEARED
