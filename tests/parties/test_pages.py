"""The pages of parties, as each role and anyone meets them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import Post
from lindung.parties import operations, queries
from lindung.parties.models import ForeignAgency, PartyKind, Provider
from lindung.registry.models import Agency, Employer
from tests import cast
from tests.conftest import Scene
from tests.parties.conftest import DAY, WHY, employer, grant, partner, published, reported
from tests.parties.test_register import provider
from tests.preparation.test_pages import officer_of
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")

LISTS = ("agencies", "partners", "providers", "problems")


def attache(scene: Scene, number: int = cast.SEOUL) -> Client:
    with scene():
        post = Post.objects.get(id=number)
    return signed_in(scene, role="attache", post=post)


@pytest.fixture
def ministry(scene: Scene) -> Client:
    return signed_in(scene, role="ministry_officer")


class TestTheLookUp:
    def ask(self, text: str) -> str:
        return Client().post(reverse("check_agency"), {"q": text}).content.decode()

    def test_needs_no_sign_in(self) -> None:
        assert Client().get(reverse("check_agency")).status_code == 200

    def test_answers_valid_by_name_or_number(self, agency: Agency) -> None:
        for text in ("pt bina", "PT Bina Karya Mandiri", agency.number, agency.licence_number):
            assert "berlaku sampai" in self.ask(text)

    def test_answers_not_valid_and_why(self, agency: Agency) -> None:
        operations.suspend_agency(cast.MINISTRY, agency.id, on=DAY, **WHY)
        told = self.ask(agency.name)
        assert "Tidak berlaku" in told
        assert "diskors" in told
        assert "berlaku sampai" not in told

    @pytest.mark.parametrize("text", ["PT", "Tidak Ada", "%%%", "PT Sinar"])
    def test_could_not_tell_otherwise(self, text: str) -> None:
        assert "Tidak dapat dipastikan" in self.ask(text)

    def test_tells_what_is_published_against_it(self, agency: Agency) -> None:
        entry = published(PartyKind.AGENCY, agency, date(2099, 12, 31))
        assert entry.number in self.ask(agency.name)
        assert entry.number not in self.ask("PT Sinar 1")


class TestTheLists:
    @pytest.mark.parametrize("name", LISTS)
    def test_are_for_officials(self, scene: Scene, name: str) -> None:
        assert Client().get(reverse(name)).status_code == 302
        assert signed_in(scene, role="administrator").get(reverse(name)).status_code == 403
        assert attache(scene).get(reverse(name)).status_code == 200

    def test_find_an_agency_by_the_beginning_of_its_name(
        self, ministry: Client, agency: Agency
    ) -> None:
        told = ministry.post(reverse("agencies"), {"q": "pt bina"}).content.decode()
        assert agency.name in told
        assert "PT Sinar" not in told

    def test_find_a_partner_or_provider_without_its_name_in_an_address(self, scene: Scene) -> None:
        partner()
        partner(name="Hansung")
        made, client = provider(), attache(scene)
        told = client.post(reverse("partners"), {"q": "hang"}).content.decode()
        assert "Hangang Manpower" in told
        assert "Hansung" not in told
        assert made.name in client.post(reverse("providers"), {"q": made.name}).content.decode()
        for name in ("agencies", "partners", "providers"):
            page = client.get(reverse(name), {"q": "hang"}).content.decode()
            assert 'method="get"' not in page
            assert 'value="hang"' not in page

    def test_page_by_a_key_that_names_nobody(self, scene: Scene) -> None:
        for number in range(queries.PAGE + 2):
            partner(name=f"Mitra {number:02}")
        client, page = attache(scene), reverse("partners")
        told = client.get(page).content.decode()
        with acting_as(cast.MINISTRY):
            last = ForeignAgency.objects.get(name=f"Mitra {queries.PAGE - 1:02}")
        assert f"?sesudah={last.id}" in told
        following = client.get(page, {"sesudah": str(last.id)}).content.decode()
        assert f"Mitra {queries.PAGE:02}" in following
        assert last.name not in following
        assert "Mitra 00" in client.get(page, {"sesudah": "Mitra 10"}).content.decode()

    def test_show_a_household_s_file_to_its_post_alone(self, scene: Scene) -> None:
        entry = reported(PartyKind.EMPLOYER, employer(name="Kim Younghee"))
        page = reverse("problem", args=[entry.id])
        own, other = attache(scene), attache(scene, cast.TAIPEI)
        assert "Kim Younghee" in own.get(page).content.decode()
        assert "Kim Younghee" in own.get(reverse("problems")).content.decode()
        assert other.get(page).status_code == 404
        assert "Kim Younghee" not in other.get(reverse("problems")).content.decode()
        office = officer_of(scene, cast.PONOROGO)
        assert office.get(page).status_code == 403
        assert "Kim Younghee" not in office.get(reverse("problems")).content.decode()

    def test_publish_a_company_to_every_office(self, scene: Scene) -> None:
        published(PartyKind.PARTNER, partner(), date(2099, 12, 31))
        told = officer_of(scene, cast.PONOROGO).get(reverse("problems")).content.decode()
        assert "Hangang Manpower" in told


class TestOneAgency:
    def test_shows_each_rule_with_its_article_and_the_history(
        self, ministry: Client, agency: Agency
    ) -> None:
        told = ministry.get(reverse("agency", args=[agency.id])).content.decode()
        assert told.count('class="verdict"') == 4
        assert "UU 18/2017 54" in told
        assert "Izin diterbitkan" in told
        assert "Rp5.000.000.000" in told

    def test_takes_a_decision_with_basis_and_reason(self, ministry: Client, agency: Agency) -> None:
        page = reverse("decide_licence", args=[agency.id])
        told = ministry.post(page, {"act": "suspend", "basis": "UU 18/2017 Ps. 74"})
        assert told.status_code == 200
        assert "UU 18/2017 Ps. 74" in told.content.decode()
        form = {"act": "suspend", "reason": "Deposito kurang.", "basis": "UU 18/2017 Ps. 74"}
        assert ministry.post(page, form).status_code == 302
        with acting_as(cast.MINISTRY):
            assert queries.agency(agency.id).licence_state == "suspended"

    def test_asks_for_both_days_of_an_extension(self, ministry: Client, agency: Agency) -> None:
        form = {"act": "extend", "reason": "x", "basis": "x"}
        page = reverse("decide_licence", args=[agency.id])
        assert ministry.post(page, form).status_code == 200
        form |= {"valid_from": "2030-11-03", "valid_to": "2035-11-02"}
        assert ministry.post(page, form).status_code == 302

    def test_is_decided_by_nobody_else(self, scene: Scene, agency: Agency) -> None:
        form = {"act": "revoke", "reason": "x", "basis": "x"}
        for client in (attache(scene), officer_of(scene, cast.PONOROGO)):
            page = reverse("agency", args=[agency.id])
            assert 'name="act"' not in client.get(page).content.decode()
            for name in ("decide_licence", "record_means"):
                assert client.post(reverse(name, args=[agency.id]), form).status_code == 403
            assert client.get(reverse("grant_licence")).status_code == 403

    def test_records_means(self, ministry: Client, agency: Agency) -> None:
        form = {"paid_capital": "5000000000", "deposit": "1500000000", "premises": "leased"}
        page = reverse("record_means", args=[agency.id])
        told = ministry.post(page, form | {"reference": "Akta 9"})
        assert "Tulis lama sewanya." in told.content.decode()
        form |= {"reference": "Akta 9", "lease_years": "5"}
        assert ministry.post(page, form).status_code == 302

    def test_is_registered_with_its_licence(self, ministry: Client) -> None:
        form = {
            "number": "912", "name": "PT Baru", "region": "3578", "licence_number": "SIP3MI 1",
            "valid_from": "2026-01-01", "valid_to": "2030-12-31", "basis": "UU 18/2017",
            "reason": "Lengkap", "paid_capital": "5000000000", "deposit": "1500000000",
            "premises": "own", "reference": "Akta 1",
        }  # fmt: skip
        page = reverse("grant_licence")
        assert "PT Baru" in ministry.post(page, form | {"basis": ""}).content.decode()
        assert ministry.post(page, form).status_code == 302
        with acting_as(cast.MINISTRY):
            assert queries.agencies(text="PT Baru")


class TestTheRegister:
    def test_takes_a_partner_of_the_own_country(self, scene: Scene) -> None:
        client, page = attache(scene), reverse("partners")
        told = client.post(page, {"name": "Formosa", "country": "TW"}).content.decode()
        assert "di luar wilayah tugas" in told
        assert client.post(page, {"name": "Hansung", "country": "KR"}).status_code == 302
        with acting_as(cast.MINISTRY):
            made = ForeignAgency.objects.get()
        one = reverse("partner", args=[made.id])
        assert "Hansung" in client.get(one).content.decode()
        form = {"name": "Hansung", "city": "Ansan", "version": "1"}
        assert client.post(one, form).status_code == 302
        other = attache(scene, cast.TAIPEI)
        other.post(one, form | {"city": "Taipei", "version": "2"})
        with acting_as(cast.MINISTRY):
            assert ForeignAgency.objects.get().city == "Ansan"
        office = officer_of(scene, cast.PONOROGO)
        assert office.post(page, {"name": "X", "country": "KR"}).status_code == 403

    def test_takes_a_provider_of_the_own_regency(self, scene: Scene) -> None:
        client, page = officer_of(scene, cast.PONOROGO), reverse("providers")
        form = {
            "name": "Klinik Sehat", "kind": "medical", "region": cast.PONOROGO,
            "accreditation": "A-1", "accredited_by": "Kemenkes", "valid_from": "2025-01-01",
            "valid_to": "2099-12-31",
        }  # fmt: skip
        told = client.post(page, form | {"region": cast.MALANG}).content.decode()
        assert "di luar wilayah tugas" in told
        assert client.post(page, form).status_code == 302
        with acting_as(cast.MINISTRY):
            made = Provider.objects.get()
        one = reverse("provider", args=[made.id])
        assert "Kemenkes" in client.get(one).content.decode()
        assert attache(scene).post(one, form).status_code == 403

    def test_takes_an_employer(self, scene: Scene) -> None:
        form = {"name": "Kim", "kind": "household", "country": "KR", "sector": "domestic_work"}
        client, page = attache(scene), reverse("register_employer")
        assert client.get(page).status_code == 200
        assert "di luar wilayah" in client.post(page, form | {"country": "TW"}).content.decode()
        assert client.post(page, form).status_code == 302
        with acting_as(cast.MINISTRY):
            assert Employer.objects.get().post_id == cast.SEOUL
        assert officer_of(scene, cast.PONOROGO).get(page).status_code == 403

    def test_shows_a_provider_to_all_offices(self, scene: Scene) -> None:
        made = provider()
        told = attache(scene).get(reverse("provider", args=[made.id])).content.decode()
        assert made.name in told


class TestOneProblem:
    def test_goes_from_report_to_publication(self, scene: Scene, ministry: Client) -> None:
        subject, client = partner(), attache(scene)
        form = {
            "party": "partner", "number": "MTR-00-000000", "kind": "violence", "weight": "blocks",
            "evidence": "KSS-26-000001", "basis": "UU 18/2017 Ps. 10", "reported_by": "KBRI",
        }  # fmt: skip
        page = reverse("report_problem")
        assert "tidak ditemukan" in client.post(page, form).content.decode()
        told = client.post(page, form | {"number": subject.number})
        assert told.status_code == 302
        entry = told.headers["Location"].rstrip("/").rsplit("/", 1)[1]
        step = reverse("problem_step", args=[entry])
        client.post(step, {"step": "tell"})
        wrong = client.post(step, {"step": "hear"}).content.decode()
        assert "Tulis tanggapannya" in wrong
        client.post(step, {"step": "hear", "reply": "Tidak benar."})
        client.post(step, {"step": "publish", "expires_on": "2099-12-31"})
        with acting_as(cast.MINISTRY):
            assert queries.entry(entry).state == "published"
        override = {"step": "override", "reason": "Perlu.", "until": "2099-01-01"}
        client.post(step, override)
        with acting_as(cast.MINISTRY):
            assert not queries.overrides_of(entry)
        assert "Kesampingkan" in ministry.get(reverse("problem", args=[entry])).content.decode()
        ministry.post(step, override)
        with acting_as(cast.MINISTRY):
            assert queries.overrides_of(entry)
        assert attache(scene, cast.TAIPEI).post(step, {"step": "lift"}).status_code == 404
        client.post(step, {"step": "lift", "reason": "Selesai."})
        with acting_as(cast.MINISTRY):
            assert queries.entry(entry).state == "lifted"

    def test_has_no_step_of_another_name(self, scene: Scene) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        client = attache(scene)
        client.post(reverse("problem_step", args=[entry.id]), {"step": "burn"})
        with acting_as(cast.MINISTRY):
            assert queries.entry(entry.id).state == "reported"

    def test_can_be_dismissed(self, scene: Scene) -> None:
        entry = reported(PartyKind.AGENCY, grant())
        client = attache(scene)
        page = client.get(reverse("problem", args=[entry.id])).content.decode()
        assert "Tutup tanpa menerbitkan" in page
        step = reverse("problem_step", args=[entry.id])
        client.post(step, {"step": "dismiss", "reason": "Salah."})
        with acting_as(cast.MINISTRY):
            assert queries.entry(entry.id).state == "dismissed"
