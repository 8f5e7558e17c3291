"""Lives on every pathway, from opening to clearance, and on a seventh that is a file alone."""

from __future__ import annotations

import shutil

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement import operations, queries
from lindung.placement.lifecycles import PlacementState
from lindung.registry import queries as registry
from lindung.regulations import files
from lindung.regulations.pathways import pathway, pathways
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
AGENCY_WAYS = [each.id for each in pathways().values() if each.needs_agency]
OPEN_WAYS = [each.id for each in pathways().values() if not each.corridor.fixed]
SEVENTH = """
id: test-jp
title: {id: Jalur uji ke Jepang, en: Test way to Japan}
scheme: TEST
corridor: {origin: ID, destination: [JP, TW]}
sectors: [services]
needs_agency: false
effective_from: null
effective_to: null
verified_through: null
sources:
  none: {title: No source, url: null, kind: none}
requirements:
  - id: letter
    title: {id: Surat undangan, en: Letter of invitation}
    stage: documents
    given_by: worker
    approved_by: office
    evidence: document
    legal_basis: []
    source: [none]
    confidence: low
  - id: contract_offer
    title: {id: Tawaran kontrak, en: Offer}
    stage: contract
    given_by: employer
    evidence: contract
    needs: [letter]
    legal_basis: []
    source: [none]
    confidence: low
  - id: contract_signed
    title: {id: Kontrak ditandatangani, en: Contract signed}
    stage: contract
    given_by: worker
    evidence: contract
    needs: [contract_offer]
    legal_basis: []
    source: [none]
    confidence: low
"""


def opened(who, way, destination=""):
    return operations.open_placement(
        cast.OFFICER,
        who.id,
        pathway_id=way,
        sector=pathway(way).sectors[0],
        destination=destination or ("" if pathway(way).corridor.fixed else "TW"),
        on=cast.TODAY,
    )


def offered(made):
    return operations.record_contract_offer(
        cast.OFFICER,
        made.number,
        offer_no=f"O-{made.number}",
        form="kr.slc.v2020_01",
        terms=cast.TERMS,
        offered_on=cast.TODAY,
        answer_by=None,
        employer="Toko Maju",
    )


def concluded(who, made):
    """Checked and agreed: the post's check is its own test."""
    contract = offered(made)
    contract.state = "verified"
    contract.checked_on = cast.TODAY
    with acting_as(cast.MINISTRY):
        contract.save()
    return operations.answer_contract(cast.self_of(who.id), contract.id, agree=True, on=cast.TODAY)


@pytest.mark.parametrize("way", sorted(set(AGENCY_WAYS) | set(OPEN_WAYS)))
class TestALife:
    def test_is_cleared_exactly_when_nothing_is_open(self, way):
        who = cast.worker()
        made = opened(who, way)
        concluded(who, made)
        with acting_as(cast.MINISTRY):
            left = queries.open_requirements(queries.placement(made.id), on=cast.TODAY)
        names = [each.requirement.id for each in left]
        assert names
        last = names.pop()
        accept(made, names)
        with pytest.raises(operations.RequirementsMissing) as refused:
            operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        assert [each["id"] for each in refused.value.facts["requirements"]] == [last]
        accept(made, [last])
        cleared = operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        assert cleared.state == PlacementState.CLEARED

    def test_knows_no_list_of_job_seekers(self, way):
        made = opened(cast.worker(), way)
        with pytest.raises(StepClosed):
            operations.send_to_roster(cast.OFFICER, made.id, on=cast.TODAY)

    def test_goes_on_searching_after_a_refused_offer(self, way):
        who = cast.worker()
        made = opened(who, way)
        contract = offered(made)
        operations.answer_contract(cast.self_of(who.id), contract.id, agree=False, on=cast.TODAY)
        with acting_as(cast.OFFICER):
            assert queries.placement(made.id).state == PlacementState.PREPARING
        # Another employer may offer at once.
        again = operations.record_contract_offer(
            cast.OFFICER,
            made.number,
            offer_no="O-2",
            form="kr.slc.v2020_01",
            terms=cast.TERMS,
            offered_on=cast.TODAY,
            answer_by=None,
            employer="Toko Lain",
        )
        assert again.state == "offered"


def accept(made, names):
    operations.settle_requirements(
        cast.MINISTRY,
        made.id,
        requirements=names,
        state="accepted",
        given_on=cast.TODAY,
        reason="Bukti aslinya dilihat.",
    )


class TestARefusedOfferFromTheList:
    def test_leads_back_to_the_list(self):
        who = cast.worker()
        contract = cast.offered(who)
        operations.answer_contract(cast.self_of(who.id), contract.id, agree=False, on=cast.TODAY)
        with acting_as(cast.OFFICER):
            assert queries.placement(contract.placement_id).state == PlacementState.ROSTERED


class TestDestination:
    def test_has_to_be_named_where_the_pathway_names_none(self):
        who = cast.worker()
        with pytest.raises(Incomplete) as refused:
            operations.open_placement(
                cast.OFFICER, who.id, pathway_id="ukps", sector="construction", on=cast.TODAY
            )
        assert "destination" in refused.value.facts["fields"]

    def test_is_the_one_that_was_named(self):
        assert opened(cast.worker(), "ukps", "TW").country == "TW"

    @pytest.mark.parametrize(("way", "country"), [("ukps", "ID"), ("p2p-hk-domestic", "TW")])
    def test_that_the_pathway_does_not_serve_is_refused(self, way, country):
        who = cast.worker()
        with pytest.raises(Incomplete):
            opened(who, way, country)

    def test_that_is_no_country_is_not_found(self):
        who = cast.worker()
        with pytest.raises(NotFound):
            opened(who, "ukps", "XX")

    def test_of_a_bound_pathway_need_not_be_named(self):
        assert opened(cast.worker(), "p2p-hk-domestic").country == "HK"


class TestASeventhScheme:
    """A file in the folder is all it takes."""

    @pytest.fixture
    def way(self, tmp_path, monkeypatch):
        folder = tmp_path / "regulations"
        shutil.copytree(files.FOLDER / "ID" / "pathways", folder / "ID" / "pathways")
        (folder / "ID" / "pathways" / "test-jp.yaml").write_text(SEVENTH, encoding="utf-8")
        monkeypatch.setattr(files, "FOLDER", folder)
        return pathway("test-jp")

    def test_is_lived_up_to_clearance(self, way):
        who = cast.worker()
        made = opened(who, way.id, "TW")
        operations.give_requirement(
            cast.self_of(who.id), made.id, requirement="letter", reference="U-1", on=cast.TODAY
        )
        concluded(who, made)
        with pytest.raises(operations.RequirementsMissing):
            operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        accept(made, ["letter"])
        cleared = operations.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        assert (cleared.state, cleared.country) == (PlacementState.CLEARED, "TW")


class TestWithdraw:
    def test_keeps_why_and_what_became_of_the_money(self):
        who = cast.worker()
        made = opened(who, "p2p-hk-domestic")
        operations.withdraw(
            cast.OFFICER, made.id, reason="Majikan batal", why="employer", refund="due"
        )
        with acting_as(ROBOT):
            told = JournalEntry.objects.get(type="placement.PlacementWithdrawn", subject=made.id)
        assert (told.payload["why"], told.payload["refund"]) == ("employer", "due")
        with acting_as(cast.OFFICER):
            kinds = [each.kind for each in registry.open_tasks(who.id)]
        assert "placement:refund" in kinds

    def test_asks_for_no_money_back_that_was_not_paid(self):
        who = cast.worker()
        made = opened(who, "p2p-hk-domestic")
        operations.withdraw(cast.OFFICER, made.id, reason="Batal", why="own_wish", refund="none")
        with acting_as(cast.OFFICER):
            kinds = [each.kind for each in registry.open_tasks(who.id)]
        assert "placement:refund" not in kinds

    @pytest.mark.parametrize("wrong", [{"why": "bored"}, {"refund": "maybe"}])
    def test_takes_no_code_of_its_own_making(self, wrong):
        made = opened(cast.worker(), "p2p-hk-domestic")
        with pytest.raises(Incomplete):
            operations.withdraw(cast.OFFICER, made.id, reason="Batal", **wrong)

    def test_is_hidden_from_another_office_and_closed_to_a_post(self):
        made = opened(cast.worker(), "p2p-hk-domestic")
        with pytest.raises(NotFound):
            operations.withdraw(cast.OTHER_OFFICER, made.id, reason="Batal")
        with pytest.raises(NotAllowed):
            operations.withdraw(cast.ATTACHE, made.id, reason="Batal")
