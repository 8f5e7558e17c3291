"""The pages of money before departure, as the worker, each desk and a recruiter meet them."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.models import JournalEntry, Office
from lindung.access.roles import ROBOT
from lindung.costs import operations
from lindung.costs.models import Capture, Charge, CostRatio, Loan, Moment, Refund
from lindung.placement.models import Placement
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.costs.test_operations import LAWLESS, money, refunded, told
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")

PAID = {
    "component": "broker_fee", "amount": "9000000", "currency": "IDR", "paid_on": "2025-05-05",
    "payer": "worker", "payee": "broker", "payee_name": "Pak Darmo", "how": "cash",
}  # fmt: skip


def phone_of(who: Worker) -> Client:
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(who.id), "name": who.call_name}
    session.save()
    return client


def officer_of(scene: Scene, region: str) -> Client:
    with scene():
        office = Office.objects.create(code=f"O-{region}", name=f"BP3MI {region}", regions=[region])
    return signed_in(scene, role="placement_officer", office=office)


def all_of(model: Any) -> list[Any]:
    with acting_as(ROBOT):
        return list(model.objects.order_by("pk"))


@pytest.fixture
def who() -> Worker:
    return cast.worker()


@pytest.fixture
def made(who: Worker, scene: Scene) -> Placement:
    placement = cast.arrived(who)
    with scene():
        Placement.objects.filter(id=placement.id).update(agency_id=cast.RECRUITER.agency)
        Worker.objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
    placement.agency_id = cast.RECRUITER.agency
    return placement


@pytest.fixture
def phone(who: Worker, made: Placement) -> Client:
    return phone_of(who)


@pytest.fixture
def officer(scene: Scene) -> Client:
    return officer_of(scene, cast.PONOROGO)


@pytest.fixture
def ministry(scene: Scene) -> Client:
    return signed_in(scene, role="ministry_officer")


@pytest.fixture
def recruiter(scene: Scene) -> Client:
    return signed_in(scene, role="agency_staff", agency_id=cast.RECRUITER.agency)


class TestThePhone:
    def test_tells_a_cost_and_reads_what_the_law_says_and_who_sees_it(self, phone: Client) -> None:
        answer = phone.post(reverse("tell_my_cost"), PAID)
        assert answer.headers["Location"] == reverse("my_costs")
        page = phone.get(reverse("my_costs")).content.decode()
        assert "Pak Darmo" in page
        assert "Tidak boleh" in page
        assert "UU 18/2017" in page
        assert "Perantara mengembalikan Rp" in page
        assert "P3MI, agensi, dan majikan tidak." in page
        charge = all_of(Charge)[0]
        assert (charge.told_by, charge.placement_id is not None) == ("worker", True)

    def test_keeps_what_was_typed_when_it_is_refused(self, phone: Client) -> None:
        answer = phone.post(reverse("tell_my_cost"), PAID | {"paid_on": "2999-01-01"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Pak Darmo" in page
        assert "Hari ini belum tiba." in page
        assert all_of(Charge) == []

    def test_offers_nobody_else_s_word_and_nobody_else_s_purse(self, phone: Client) -> None:
        page = phone.get(reverse("tell_my_cost")).content.decode()
        assert 'name="told_by"' not in page
        assert "Pemberi kerja</option>" in page  # as payee
        payer = page[page.index('name="payer"') : page.index('name="payee"')]
        assert "Pemberi kerja" not in payer

    def test_corrects_withdraws_and_says_what_came_back(self, phone: Client) -> None:
        phone.post(reverse("tell_my_cost"), PAID)
        charge = all_of(Charge)[0]
        back = {"amount": "1000000", "came_on": "2025-06-01", "by": "broker", "how": "cash"}
        phone.post(reverse("my_cost", args=[charge.id]), back)
        assert all_of(Refund)[0].state == "confirmed"
        page = phone.get(reverse("correct_my_cost", args=[charge.id])).content.decode()
        assert "9000000" in page
        again = PAID | {"amount": "2000000", "reason": "Salah tulis"}
        phone.post(reverse("correct_my_cost", args=[charge.id]), again)
        states = {each.state for each in all_of(Charge)}
        assert states == {"corrected", "stands"}
        standing = next(each for each in all_of(Charge) if each.state == "stands")
        answer = phone.post(reverse("drop_my_cost", args=[standing.id]), {"reason": ""})
        assert answer.status_code == 422
        phone.post(reverse("drop_my_cost", args=[standing.id]), {"reason": "Keliru"})
        assert {each.state for each in all_of(Charge)} == {"corrected", "withdrawn"}

    def test_answers_whether_money_came_back(
        self, who: Worker, made: Placement, phone: Client
    ) -> None:
        charge = told(cast.RECRUITER, who, made)
        back = refunded(cast.RECRUITER, charge, 500)
        page = phone.get(reverse("my_cost", args=[charge.id])).content.decode()
        assert "Apakah uang ini benar Anda terima?" in page
        phone.post(reverse("my_refund", args=[back.id]), {"no": "1"})
        assert all_of(Refund)[0].state == "withdrawn"

    def test_tells_a_loan_and_its_weight(self, phone: Client) -> None:
        loan = {
            "lender": "lender", "principal": "15000000", "currency": "IDR", "taken_on": "2025-02-01",
            "rate": "3", "rate_per": "month", "months": "12", "collateral": "land",
        }  # fmt: skip
        phone.post(reverse("tell_my_loan"), loan)
        page = phone.get(reverse("my_costs")).content.decode()
        assert "Rentenir" in page
        assert "Semua cicilan" in page
        phone.post(reverse("drop_my_loan", args=[all_of(Loan)[0].id]))
        assert all_of(Loan)[0].state == "withdrawn"

    def test_answers_the_questions_that_are_due(self, phone: Client) -> None:
        page = phone.get(reverse("my_costs")).content.decode()
        to = reverse("my_cost_questions", args=["before"])
        assert to in page
        assert phone.post(to, {"currency": "IDR"}).status_code == 422
        both = {"currency": "IDR", "nothing": "on", "agency_fee": "5"}
        assert phone.post(to, both).status_code == 422
        phone.post(to, {"currency": "IDR", "agency_fee": "0", "training": "1500000"})
        assert all_of(Capture)[0].lines == {"agency_fee": "0", "training": "1500000"}
        # Answered: the same moment is not asked again, the later one is.
        assert phone.get(to).status_code == 302
        later = reverse("my_cost_questions", args=["arrived"])
        phone.post(later, {"currency": "IDR", "nothing": "on"})
        assert set(all_of(Capture)[-1].lines.values()) == {"0"}

    def test_has_nothing_of_another_worker(self, who: Worker, made: Placement) -> None:
        charge = told(cast.self_of(who.id), who, made)
        other = phone_of(cast.worker(full_name="Wati"))
        assert other.get(reverse("my_cost", args=[charge.id])).status_code == 404
        assert charge.number not in other.get(reverse("my_costs")).content.decode()

    def test_is_no_official_s(self, officer: Client) -> None:
        assert officer.get(reverse("my_costs")).headers["Location"] == "/"

    def test_leads_here_from_home_and_from_the_way(self, phone: Client) -> None:
        for name in ("my_home", "my_way"):
            assert reverse("my_costs") in phone.get(reverse(name)).content.decode()

    def test_is_asked_on_the_first_page_until_answered(self, phone: Client) -> None:
        to = reverse("my_cost_questions", args=["before"])
        assert to in phone.get(reverse("my_home")).content.decode()
        phone.post(to, {"currency": "IDR", "nothing": "on"})
        assert to not in phone.get(reverse("my_home")).content.decode()


class TestTheDeskOfAPlacement:
    def test_shows_charges_verdicts_loans_and_answers_side_by_side(
        self, who: Worker, made: Placement, officer: Client
    ) -> None:
        me = cast.self_of(who.id)
        told(me, who, made, component="broker_fee", payee="broker")
        operations.tell_loan(
            me, who.id, placement_id=made.id, lender="lender", principal=money("IDR 120000000"),
            taken_on=LAWLESS, rate=None, months=10, instalment=None, on=cast.TODAY,
        )  # fmt: skip
        for moment, amount in ((Moment.BEFORE, 0), (Moment.ARRIVED, 9000000)):
            operations.answer_capture(
                me, made.id, moment=moment, currency="IDR",
                amounts={"broker_fee": money(f"IDR {amount}").amount}, on=cast.TODAY,
            )  # fmt: skip
        for key in (str(made.id), made.number, made.number.lower()):
            page = officer.get(reverse("costs_of", args=[key])).content.decode()
            assert "Sponsor, calo, atau perantara" in page
            assert "Melanggar" in page
            assert "UU 18/2017" in page
            assert re.search(r"<strong>Rp\s?9\.000\.000</strong>", page)
            assert "Rentenir" in page
            assert "Anjuran praktik, bukan pelanggaran hukum." in page
            assert "scmp.com" in page
            assert "belum dikembalikan" in page
        looks = [e for e in all_of(JournalEntry) if e.type == "access.PersonLookedAt"]
        assert len(looks) == 3

    def test_costs_few_queries_however_many_charges(
        self, who: Worker, made: Placement, officer: Client, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(1, 8):
            told(cast.OFFICER, who, made, amount=money(f"IDR {number}"))
        officer.get(reverse("costs_of", args=[made.id]))  # what is kept is read once
        with django_assert_max_num_queries(15):
            officer.get(reverse("costs_of", args=[made.id]))

    def test_a_refused_form_shows_the_page_and_is_a_look_as_well(
        self, who: Worker, made: Placement, officer: Client
    ) -> None:
        charge = told(cast.OFFICER, who, made)
        for name, key in (
            ("costs_of", made.id), ("tell_loan", made.id), ("charge", charge.id),
            ("withdraw_charge", charge.id), ("correct_charge", charge.id),
        ):  # fmt: skip
            assert officer.post(reverse(name, args=[key]), {"amount": "x"}).status_code == 422
        looks = [e for e in all_of(JournalEntry) if e.type == "access.PersonLookedAt"]
        assert len(looks) == 5

    def test_a_recruiter_reads_that_its_claim_was_refuted_and_not_why(
        self, who: Worker, made: Placement, recruiter: Client, officer: Client
    ) -> None:
        charge = told(cast.RECRUITER, who, made)
        claimed = refunded(cast.RECRUITER, charge, 5)
        operations.refute_refund(
            cast.self_of(who.id), claimed.id, reason="Saya takut", on=cast.TODAY
        )
        to = reverse("charge", args=[charge.id])
        page = recruiter.get(to).content.decode()
        assert "tidak benar" in page
        assert "Saya takut" not in page
        assert "Saya takut" in officer.get(to).content.decode()

    def test_adds_a_charge_in_the_family_s_name_and_keeps_what_is_refused(
        self, made: Placement, officer: Client
    ) -> None:
        to = reverse("costs_of", args=[made.id])
        assert officer.post(to, PAID | {"told_by": "family"}).status_code == 302
        assert all_of(Charge)[0].told_by == "family"
        answer = officer.post(to, PAID | {"told_by": "worker", "amount": "-5"})
        assert answer.status_code == 422
        assert "Pak Darmo" in answer.content.decode()
        assert officer.post(to, PAID | {"told_by": "agency"}).status_code == 422

    def test_keeps_a_loan_that_is_refused(self, made: Placement, officer: Client) -> None:
        to = reverse("tell_loan", args=[made.id])
        wrong = {"lender": "bank", "lender_name": "Bank Uji", "principal": "0", "currency": "IDR"}
        answer = officer.post(to, wrong)
        assert answer.status_code == 422
        assert "Bank Uji" in answer.content.decode()

    def test_a_charge_is_corrected_withdrawn_and_refunds_settled(
        self, who: Worker, made: Placement, officer: Client
    ) -> None:
        charge = told(cast.OFFICER, who, made)
        page = reverse("charge", args=[charge.id])
        back = {"amount": "5", "came_on": "2025-06-01", "by": "agency", "how": "cash"}
        assert officer.post(page, back | {"amount": "9000001"}).status_code == 422
        officer.post(page, back)
        refund = all_of(Refund)[0]
        officer.post(reverse("settle_refund", args=[refund.id]), {"reason": "Tidak datang"})
        assert all_of(Refund)[0].state == "withdrawn"
        again = PAID | {"amount": "7", "reason": "Salah"}
        wrong = officer.post(reverse("correct_charge", args=[charge.id]), again | {"reason": ""})
        assert wrong.status_code == 422
        officer.post(reverse("correct_charge", args=[charge.id]), again)
        standing = next(each for each in all_of(Charge) if each.state == "stands")
        assert (standing.amount, standing.corrects_id) == (7, charge.id)
        to = reverse("withdraw_charge", args=[standing.id])
        assert officer.post(to, {"reason": ""}).status_code == 422
        assert officer.post(to, {"reason": "Keliru"}).status_code == 302

    def test_is_closed_to_another_office_and_to_whoever_administers(
        self, who: Worker, made: Placement, scene: Scene
    ) -> None:
        charge = told(cast.self_of(who.id), who, made)
        other = officer_of(scene, cast.MALANG)
        administrator = signed_in(scene, role="administrator")
        for name, arg in (("costs_of", made.id), ("costs_of", made.number), ("charge", charge.id)):
            assert other.get(reverse(name, args=[arg])).status_code == 404
            assert administrator.get(reverse(name, args=[arg])).status_code == 403

    def test_is_reached_from_the_person_and_the_placement(
        self, who: Worker, made: Placement, officer: Client
    ) -> None:
        for name, arg in (("person", who.id), ("placement", made.id)):
            page = officer.get(reverse(name, args=[arg])).content.decode()
            assert reverse("costs_of", args=[made.id]) in page


class TestARecruiter:
    def test_declares_its_cost_table_and_sees_nothing_else(
        self, who: Worker, made: Placement, recruiter: Client
    ) -> None:
        me = cast.self_of(who.id)
        told(me, who, made, payee_name="Rahasia Pekerja")
        operations.answer_capture(
            me, made.id, moment=Moment.BEFORE, currency="IDR",
            amounts={"bribe": money("IDR 123456").amount}, on=cast.TODAY,
        )  # fmt: skip
        to = reverse("costs_of", args=[made.number])
        recruiter.post(to, PAID | {"component": "training", "payee": "trainer"})
        page = recruiter.get(to).content.decode()
        assert "Biaya yang dinyatakan P3MI" in page
        assert "Pelatihan" in page
        for hidden in (
            "Rahasia Pekerja",
            "123.456",
            "Jawaban pekerja",
            "Riwayat",
            "Tambah pinjaman",
        ):
            assert hidden not in page
        own = recruiter.get(reverse("costs")).content.decode()
        assert "Pelatihan" in own
        assert "Rahasia Pekerja" not in own
        assert "SDG" not in own

    def test_of_others_finds_nothing(self, made: Placement, scene: Scene) -> None:
        other = signed_in(scene, role="agency_staff", agency_id=cast.OTHER_RECRUITER.agency)
        assert other.get(reverse("costs_of", args=[made.number])).status_code == 404
        assert other.post(reverse("costs_of", args=[made.number]), PAID).status_code == 404

    def test_tells_no_loan_and_reads_no_figures(self, made: Placement, recruiter: Client) -> None:
        loan = {
            "lender": "bank", "principal": "5", "currency": "IDR", "taken_on": "2025-01-01",
            "rate_per": "month", "collateral": "none",
        }  # fmt: skip
        recruiter.post(reverse("tell_loan", args=[made.id]), loan)
        assert all_of(Loan) == []
        assert recruiter.get(reverse("recruitment_cost")).status_code == 403


class TestTheOverview:
    @pytest.fixture
    def people(self, scene: Scene) -> None:
        for number in range(6):
            who = cast.worker(full_name=f"Orang {number}")
            placement = cast.arrived(who)
            told(
                cast.self_of(who.id), who, placement, component="broker_fee", payee="broker",
                amount=money(f"KRW {2300000 * (number + 1)}"),
            )  # fmt: skip
            for moment, amount in ((Moment.BEFORE, 0), (Moment.ARRIVED, 1000000)):
                operations.answer_capture(
                    cast.self_of(who.id), placement.id, moment=moment, currency="IDR",
                    amounts={"bribe": money(f"IDR {amount}").amount}, on=cast.TODAY,
                )  # fmt: skip

    def test_shows_the_ministry_corridors_overcharges_the_indicator_and_the_gap(
        self, people: None, ministry: Client
    ) -> None:
        page = ministry.get(reverse("costs")).content.decode()
        assert "Korea Selatan" in page
        assert "Separuh dari 6 orang" in page
        assert "Orang 0" in page  # an overcharge that is still to be made good
        assert re.search(r"Rp\s?1\.000\.000", page)  # the middle of what was not told at home
        assert "sdg-10-7-1.csv" in page

    def test_as_csv_has_figures_and_no_person(self, people: None, ministry: Client) -> None:
        answer = ministry.get(reverse("recruitment_cost"))
        assert answer.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        total = next(each for each in rows if each["group"] == "total")
        # What is told twice, as payment and as answer, of another component adds a little.
        assert total["n"] == "6"
        assert 3.5 <= float(total["median"]) < 4
        assert {each["group"] for each in rows} == {"total", "sex", "occupation", "country"}
        assert "Orang" not in answer.content.decode()

    def test_of_a_span_without_people_says_that_they_are_too_few(
        self, people: None, ministry: Client
    ) -> None:
        page = ministry.get(reverse("costs"), {"sampai": "2020-01-01", "dari": "x"})
        assert page.status_code == 200
        assert "Belum cukup orang" in page.content.decode()

    def test_of_another_post_has_nothing_of_these(self, people: None, scene: Scene) -> None:
        from lindung.access.models import Post

        with scene():
            taipei = Post.objects.get(id=cast.TAIPEI)
            seoul = Post.objects.get(id=cast.SEOUL)
        other = signed_in(scene, role="attache", post=taipei).get(reverse("costs"))
        assert "Orang 0" not in other.content.decode()
        ours = signed_in(scene, role="attache", post=seoul).get(reverse("costs"))
        assert "Orang 0" in ours.content.decode()

    def test_is_closed_to_a_worker(self, phone: Client) -> None:
        assert phone.get(reverse("costs")).status_code in {302, 403}

    def test_costs_few_queries_however_many_people(
        self, people: None, ministry: Client, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(40):
            ministry.get(reverse("costs"))
        assert len(all_of(CostRatio)) == 6
