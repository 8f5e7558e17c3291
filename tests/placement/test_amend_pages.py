"""Changing a contract, the employer's consent and the versions side by side, on the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry, Office, Post
from lindung.access.roles import ROBOT
from lindung.placement import operations, queries
from lindung.placement.contract_forms import form
from lindung.placement.models import Contract, ContractTerms
from lindung.placement.web import typing
from lindung.registry.models import Agency
from lindung.registry.operations import enrol
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")
WAGE = "t:wage.monthly_ordinary"
MOST_QUERIES = 15


@pytest.fixture
def contract() -> Contract:
    return cast.offered(cast.worker())


def office(scene: Scene, name: str = "BP3MI Ponorogo", region: str = cast.PONOROGO) -> Client:
    with scene():
        made, _ = Office.objects.get_or_create(code=f"O-{region}", name=name, regions=[region])
    return signed_in(scene, role="placement_officer", office=made)


def attache(scene: Scene) -> Client:
    with scene():
        post = Post.objects.get(id=cast.SEOUL)
    return signed_in(scene, role="attache", post=post)


def paper(contract: Contract, **more: Any) -> dict[str, Any]:
    """The form as the page fills it, with what is typed over it."""
    filled: dict[str, Any] = {}
    for _title, rows in typing.inputs(form(contract.form), contract.fields, {}):
        filled |= {row.name: row.value for row in rows}
    return filled | {
        "do": "record", "why": "Upah naik.", "applies_from": "2026-05-01",
        "signed_on": "2026-04-20", **more,
    }  # fmt: skip


def newest(contract: Contract) -> Contract:
    with acting_as(ROBOT):
        return queries.versions_of(contract)[-1]


class TestTheForm:
    def test_stands_filled_with_the_terms_as_they_are(
        self, scene: Scene, contract: Contract
    ) -> None:
        page = office(scene).get(reverse("amend_contract", args=[contract.id]))
        text = page.content.decode()
        assert page.status_code == 200
        assert 'value="2300000"' in text
        assert 'value="60"' in text
        assert "Catat versi baru" in text

    def test_records_a_version_with_what_changed_alone(
        self, scene: Scene, contract: Contract
    ) -> None:
        address = reverse("amend_contract", args=[contract.id])
        answer = office(scene).post(address, paper(contract, **{WAGE: "2 400 000"}))
        made = newest(contract)
        assert answer.headers["Location"] == reverse("contract", args=[made.id])
        assert made.changes == [
            {"path": "wage.monthly_ordinary", "was": "2300000", "now": "2400000"},
            {"path": "paper.signed_on", "was": None, "now": "2026-04-20"},
        ]
        assert made.fields == contract.fields | {
            "wage": contract.fields["wage"] | {"monthly_ordinary": "2400000"}
        }
        assert (made.why, made.applies_from) == ("Upah naik.", date(2026, 5, 1))
        assert (made.source, made.recorded_office) == ("officer", "BP3MI Ponorogo")

    def test_leaves_alone_what_it_has_no_place_for(self, scene: Scene, contract: Contract) -> None:
        with acting_as(ROBOT):
            rows = {"fixed_allowances": [{"name": "Makan", "amount": "10"}]}
            contract.fields = contract.fields | {"wage": contract.fields["wage"] | rows}
            contract.save()
        address = reverse("amend_contract", args=[contract.id])
        office(scene).post(address, paper(contract, **{WAGE: "2400000"}))
        assert newest(contract).fields["wage"]["fixed_allowances"][0]["amount"] == "10"

    def test_takes_out_what_is_emptied(self, scene: Scene, contract: Contract) -> None:
        address = reverse("amend_contract", args=[contract.id])
        office(scene).post(address, paper(contract, **{"t:lodging.worker_cost": ""}))
        assert newest(contract).changes[0] == {
            "path": "lodging.worker_cost", "was": "150000", "now": None,
        }  # fmt: skip

    def test_keeps_what_was_typed_and_says_what_is_missing(
        self, scene: Scene, contract: Contract
    ) -> None:
        client, address = office(scene), reverse("amend_contract", args=[contract.id])
        page = client.post(address, paper(contract, why="", **{WAGE: "2400000"}))
        assert page.status_code == 422
        assert 'value="2400000"' in page.content.decode()
        page = client.post(address, paper(contract, **{WAGE: "banyak"}))
        assert page.status_code == 422
        assert 'value="banyak"' in page.content.decode()
        same = client.post(address, paper(contract) | {"signed_on": "2026-04-20"})
        assert same.status_code == 302
        again = newest(contract)
        address = reverse("amend_contract", args=[again.id])
        assert client.post(address, paper(again)).status_code == 422
        with acting_as(ROBOT):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt")
            assert looks.filter(payload__purpose="perubahan kontrak").count() >= 3
        assert newest(contract) == again

    def test_tells_the_rules_of_the_terms_as_changed(
        self, scene: Scene, contract: Contract
    ) -> None:
        client, address = office(scene), reverse("amend_verdicts", args=[contract.id])
        low = client.post(address, paper(contract, **{WAGE: "2156879"})).content.decode()
        assert "melanggar" in low
        assert "<html" not in low
        assert "melanggar" not in client.post(address, paper(contract)).content.decode()
        assert newest(contract) == contract

    def test_is_closed_to_the_post_another_office_and_a_stranger(
        self, scene: Scene, contract: Contract
    ) -> None:
        for name in ("amend_contract", "amend_verdicts"):
            address = reverse(name, args=[contract.id])
            assert attache(scene).post(address, paper(contract)).status_code == 403
            other = office(scene, "BP3MI Malang", cast.MALANG)
            assert other.post(address, paper(contract)).status_code == 404
            assert Client().post(address).status_code == 302
        assert newest(contract) == contract

    def test_is_offered_where_a_version_may_follow(self, scene: Scene, contract: Contract) -> None:
        client = office(scene)
        address = reverse("amend_contract", args=[contract.id])
        page = reverse("contract", args=[contract.id])
        assert address in client.get(page).content.decode()
        assert address not in attache(scene).get(page).content.decode()
        client.post(address, paper(contract, **{WAGE: "2400000"}))
        assert address not in client.get(page).content.decode()
        assert "Catat versi baru" not in client.get(address).content.decode()

    def test_is_the_agency_s_own_when_it_types(self, scene: Scene) -> None:
        with scene():
            sinar = Agency.objects.get(id=cast.RECRUITER.agency)
        who = enrol(
            cast.RECRUITER, full_name="Sumi", on=cast.TODAY, channel="agency", region=cast.PONOROGO
        )
        made = operations.open_placement(
            cast.RECRUITER, who.id, pathway_id="perseorangan", sector="manufacturing",
            destination="KR", on=cast.TODAY,
        )  # fmt: skip
        agent = replace(cast.RECRUITER, office="PT Sinar 1")
        first = operations.record_contract_offer(
            agent, made.number, offer_no="K-1", form="kr.slc.v2020_01", terms=cast.TERMS,
            offered_on=cast.TODAY, answer_by=None, employer="Hanbit", signed_on=date(2026, 2, 20),
        )  # fmt: skip
        assert (first.source, first.recorded_office) == ("agency", "PT Sinar 1")
        assert first.employer_agreed_on is None
        client = signed_in(scene, role="agency_staff", agency_id=sinar.id, agency_name=sinar.name)
        address = reverse("amend_contract", args=[first.id])
        assert client.post(address, paper(first, **{WAGE: "2400000"})).status_code == 302
        second = newest(first)
        assert (second.source, second.recorded_office) == ("agency", sinar.name)
        told = client.get(reverse("contract", args=[second.id])).content.decode()
        assert "Diajukan oleh P3MI" in told
        assert sinar.name in told


class TestThePages:
    @pytest.mark.parametrize(
        "name", ["contract", "amend_contract", "employer_consent", "contract_versions"]
    )
    def test_ask_little(self, scene: Scene, contract: Contract, name: str) -> None:
        client, address = office(scene), reverse(name, args=[contract.id])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= MOST_QUERIES, [each["sql"] for each in asked]


class TestTheDaysOfThePaper:
    def test_are_what_the_rules_go_by(self, contract: Contract) -> None:
        def days(**given: date | None) -> tuple[date | None, date | None]:
            one = Contract(**given)
            return one.signing_day, one.work_day

        early, late = date(2026, 1, 5), date(2026, 6, 1)
        assert days() == (None, None)
        assert days(signed_on=late, starts_on=late) == (late, late)
        assert days(paper_signed_on=early, signed_on=late) == (early, None)
        assert days(paper_starts_on=early, starts_on=late) == (None, late)
        assert days(starts_on=early, applies_from=late) == (None, late)

    def test_decide_which_floor_applies(self, contract: Contract) -> None:
        # The Korean hourly floor of 2026 is above that of 2025.
        low = {"wage": {"monthly_ordinary": "2100000", "payment_method": "bank_transfer"}}
        with acting_as(ROBOT):
            found = queries.contract(contract.id)
            found.fields = cast.TERMS | low
            today = queries.check(found, on=cast.TODAY).having("breaks")
            found.paper_signed_on = found.paper_starts_on = date(2025, 3, 3)
            then = queries.check(found, on=cast.TODAY).having("breaks")
        assert today
        assert not then

    def test_are_kept_for_the_impact_of_a_new_law(self, contract: Contract) -> None:
        made = operations.amend_contract(
            cast.OFFICER, contract.id, terms=cast.TERMS, why="Tanggal.", offered_on=cast.TODAY,
            signed_on=date(2026, 2, 20),
        )  # fmt: skip
        with acting_as(ROBOT):
            assert ContractTerms.objects.get(contract=made).signed_on == date(2026, 2, 20)


class TestAfterARefusedVersion:
    def test_another_may_follow(self) -> None:
        who = cast.worker()
        agreed = cast.signed(who)
        more = cast.TERMS | {"wage": {"monthly_ordinary": "2400000"}}
        second = operations.amend_contract(
            cast.OFFICER, agreed.id, terms=more, why="Upah.", offered_on=cast.TODAY
        )
        answers = cast.yes_to_all(second)
        operations.verify_contract(cast.ATTACHE, second.id, judgements=answers, on=cast.TODAY)
        operations.answer_contract(cast.self_of(who.id), second.id, agree=False, on=cast.TODAY)
        third = operations.amend_contract(
            cast.OFFICER, agreed.id, terms=more, why="Sekali lagi.", offered_on=cast.TODAY
        )
        assert (third.version_no, third.supersedes_id) == (3, second.id)
        assert third.changes == second.changes
        with acting_as(ROBOT):
            assert queries.contract_in_force(agreed.placement_id) == agreed

    def test_none_follows_one_that_was_returned_past_it(self) -> None:
        agreed = cast.signed(cast.worker())
        more = cast.TERMS | {"wage": {"monthly_ordinary": "2400000"}}
        given = {"why": "Upah.", "offered_on": cast.TODAY}
        second = operations.amend_contract(cast.OFFICER, agreed.id, terms=more, **given)
        operations.return_contract(cast.ATTACHE, second.id, reason="Upah.", on=cast.TODAY)
        other = cast.TERMS | {"wage": {"monthly_ordinary": "2500000"}}
        with pytest.raises(operations.VersionWaiting):
            operations.amend_contract(cast.OFFICER, agreed.id, terms=other, **given)
        third = operations.amend_contract(cast.OFFICER, second.id, terms=other, **given)
        assert third.version_no == 3


class TestTheVersions:
    def three(self, contract: Contract) -> list[Contract]:
        made = [contract]
        for wage in ("2400000", "2500000"):
            terms = cast.TERMS | {"wage": cast.TERMS["wage"] | {"monthly_ordinary": wage}}
            made.append(
                operations.amend_contract(
                    cast.OFFICER,
                    made[-1].id,
                    terms=terms,
                    why=f"Upah {wage}",
                    offered_on=cast.TODAY,
                )  # fmt: skip
            )
        return made

    def test_stand_side_by_side_with_what_differs(self, scene: Scene, contract: Contract) -> None:
        self.three(contract)
        client, address = office(scene), reverse("contract_versions", args=[contract.id])
        text = client.get(address, {"kiri": "1", "kanan": "3"}).content.decode()
        table = text[text.index("<table") : text.index("</table>")]
        assert "2.300.000" in table
        assert "2.500.000" in table
        assert "2.400.000" not in table
        assert "Perakitan" not in table
        last = client.get(address, {"kiri": "x", "kanan": "99"}).content.decode()
        assert "2.400.000" in last[last.index("<table") : last.index("</table>")]

    def test_are_read_in_scope_and_the_look_is_kept(self, scene: Scene, contract: Contract) -> None:
        address = reverse("contract_versions", args=[contract.id])
        assert office(scene, "BP3MI Malang", cast.MALANG).get(address).status_code == 404
        assert signed_in(scene, role="administrator").get(address).status_code == 403
        assert attache(scene).get(address).status_code == 200
        with scene():
            assert JournalEntry.objects.filter(
                type="access.PersonLookedAt", payload__purpose="riwayat kontrak"
            ).exists()


class TestTheEmployersConsent:
    @pytest.fixture
    def second(self, contract: Contract) -> Contract:
        more = cast.TERMS | {"wage": {"monthly_ordinary": "2400000"}}
        return operations.amend_contract(
            cast.OFFICER, contract.id, terms=more, why="Upah.", offered_on=cast.TODAY
        )

    def test_is_written_down_with_its_evidence_and_by_whom(
        self, scene: Scene, second: Contract
    ) -> None:
        client, address = office(scene), reverse("employer_consent", args=[second.id])
        page = reverse("contract", args=[second.id])
        assert address in client.get(page).content.decode()
        assert 'value="Hanbit"' in client.get(address).content.decode()
        given = {"by": "Hanbit", "on": "2026-03-01", "evidence": "Surat 12/III"}
        assert client.post(address, given).status_code == 302
        with acting_as(ROBOT):
            kept = queries.contract(second.id)
        assert (kept.employer_agreed_on, kept.employer_evidence) == (
            date(2026, 3, 1), "Surat 12/III",
        )  # fmt: skip
        assert kept.employer_recorded_by.endswith("BP3MI Ponorogo")
        told = client.get(page).content.decode()
        assert "Surat 12/III" in told
        assert "dicatat oleh" in told
        assert address not in told

    def test_asks_for_evidence_and_a_day_that_has_come(
        self, scene: Scene, second: Contract
    ) -> None:
        client, address = office(scene), reverse("employer_consent", args=[second.id])
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        answer = client.post(address, {"by": "Hanbit", "on": tomorrow, "evidence": ""})
        assert answer.status_code == 422
        with acting_as(ROBOT):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt")
            assert looks.filter(payload__purpose="persetujuan pemberi kerja").exists()
        assert "belum tiba" in answer.content.decode()
        assert 'value="Hanbit"' in answer.content.decode()
        with acting_as(ROBOT):
            assert queries.contract(second.id).employer_agreed_on is None

    def test_is_not_the_post_s_nor_another_office_s(self, scene: Scene, second: Contract) -> None:
        address = reverse("employer_consent", args=[second.id])
        given = {"by": "Hanbit", "on": "2026-03-01", "evidence": "Surat 12/III"}
        assert attache(scene).post(address, given).status_code == 403
        other = office(scene, "BP3MI Malang", cast.MALANG)
        assert other.post(address, given).status_code == 404
        assert Client().post(address, given).status_code == 302
        with acting_as(ROBOT):
            assert queries.contract(second.id).employer_agreed_on is None
