"""Pages of help around a case: each opens for its post, and for nobody else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.models import Post
from lindung.access.roles import ROBOT
from lindung.assistance import operations, queries
from lindung.assistance.models import (
    Addressee,
    Claim,
    ClaimKind,
    Letter,
    Payment,
    Referral,
    Service,
    ServiceKind,
)
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


@pytest.fixture
def case(who: Worker) -> Case:
    return protection.complain(
        cast.self_of(who.id), who.id, words="Gaji", at=cast.NOW, kind=CaseKind.WAGES_UNPAID
    )


@pytest.fixture
def desk(scene: Scene) -> Client:
    return signed_in(scene, role="attache", post=_post(scene, cast.SEOUL))


def _post(scene: Scene, number: int) -> Post:
    with scene():
        return Post.objects.get(id=number)


@pytest.fixture
def phone(who: Worker) -> Client:
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(who.id), "name": who.call_name}
    session.save()
    return client


@pytest.fixture
def service() -> Service:
    return operations.enter_service(
        cast.ATTACHE, kind=ServiceKind.LEGAL, name="Bantuan Hukum", source="daftar kantor",
        on=cast.TODAY, post_id=cast.SEOUL, phone="02",
    )  # fmt: skip


@pytest.fixture
def claim(case: Case) -> Claim:
    return operations.reckon_claim(
        cast.ATTACHE, case.id, kind=ClaimKind.WAGES, against=Addressee.EMPLOYER,
        amount=Decimal(4_600_000), currency="KRW", at=cast.NOW,
    )  # fmt: skip


ON_A_CASE = (
    "case_help", "draft_letter", "reckon_claim", "refer", "take_in", "call_interpreter",
)  # fmt: skip
OF_THE_POST = ("shelters", "new_shelter", "interpreters", "new_interpreter", "new_service")


class TestTheDesk:
    @pytest.mark.parametrize("name", ON_A_CASE)
    def test_opens_each_page_of_its_own_case(self, desk: Client, case: Case, name: str) -> None:
        answer = desk.get(reverse(name, args=[case.id]))
        assert answer.status_code == 200
        assert case.number in answer.content.decode()

    @pytest.mark.parametrize("name", ON_A_CASE)
    def test_of_another_post_finds_nothing(self, scene: Scene, case: Case, name: str) -> None:
        other = signed_in(scene, role="attache", post=_post(scene, cast.TAIPEI))
        assert other.get(reverse(name, args=[case.id])).status_code == 404

    @pytest.mark.parametrize("name", OF_THE_POST)
    def test_opens_its_directory(self, desk: Client, name: str) -> None:
        assert desk.get(reverse(name)).status_code == 200

    @pytest.mark.parametrize("name", [*ON_A_CASE, *OF_THE_POST])
    def test_is_closed_to_whoever_administers_accounts(
        self, scene: Scene, case: Case, name: str
    ) -> None:
        client = signed_in(scene, role="administrator")
        to = reverse(name, args=[case.id] if name in ON_A_CASE else [])
        assert client.get(to).status_code == 403

    def test_writes_a_letter_from_draft_to_answer(self, desk: Client, case: Case) -> None:
        answer = desk.post(
            reverse("draft_letter", args=[case.id]),
            {
                "template": "wages_unpaid",
                "addressee": "employer",
                "name": "Hanbit",
                "language": "zh-Hant",
            },
        )
        with acting_as(ROBOT):
            letter = Letter.objects.get(case_id=case.id)
        to = reverse("letter", args=[letter.id])
        assert answer.headers["Location"] == to
        step = reverse("letter_step", args=[letter.id])
        desk.post(step, {"step": "send", "by": "post", "on": "2026-03-03"})
        assert "[…]" in desk.get(to).content.decode()
        desk.post(to, {"subject": "工資", "words": "請付清", "version": letter.version})
        desk.post(step, {"step": "send", "by": "post", "on": "2026-03-03"})
        desk.post(step, {"step": "answer", "on": "2026-03-09", "answer": "Dibayar"})
        page = desk.get(to).content.decode()
        assert "Dibayar" in page
        assert "請付清" in page

    def test_shows_both_when_a_colleague_wrote_meanwhile(self, desk: Client, case: Case) -> None:
        letter = operations.draft_letter(
            cast.ATTACHE, case.id, template="family_news", addressee=Addressee.FAMILY,
            name="Ibu", language="id", at=cast.NOW,
        )  # fmt: skip
        operations.rewrite_letter(
            cast.ATTACHE, letter.id, subject="Punya Rina", words="Isi Rina", version=1
        )
        answer = desk.post(
            reverse("letter", args=[letter.id]),
            {"subject": "Punya saya", "words": "Isi saya", "version": 1},
        )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Isi Rina" in page
        assert "Isi saya" in page

    def test_keeps_what_was_typed_when_it_is_refused(self, desk: Client, case: Case) -> None:
        answer = desk.post(
            reverse("reckon_claim", args=[case.id]),
            {"kind": "wages", "against": "employer", "amount": "0", "currency": "krw",
             "how": "dua bulan"},
        )  # fmt: skip
        assert answer.status_code == 422
        assert "dua bulan" in answer.content.decode()

    def test_a_letter_s_file_is_named_by_number(self, desk: Client, case: Case) -> None:
        letter = operations.draft_letter(
            cast.ATTACHE, case.id, template="family_news", addressee=Addressee.FAMILY,
            name="Ibu", language="id", at=cast.NOW,
        )  # fmt: skip
        answer = desk.get(reverse("letter_pdf", args=[letter.id]))
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "Siti" not in answer.headers["Content-Disposition"]


class TestTheLink:
    def _made(self, desk: Client, case: Case, service: Service) -> str:
        answer = desk.post(
            reverse("refer", args=[case.id]),
            {
                "service_id": service.id,
                "purpose": "Sidang",
                "legal_basis": "UU 27/2022",
                "consent": "said",
                "fields_shared": ["call_name"],
                "days": 14,
            },
        )
        page = answer.content.decode()
        assert "/rujukan/r/" in page
        return "/rujukan/r/" + page.split("/rujukan/r/")[1].split("<")[0]

    def test_tells_nothing_until_it_is_opened(
        self, desk: Client, case: Case, service: Service
    ) -> None:
        link, anyone = self._made(desk, case, service), Client()
        assert "Siti" not in anyone.get(link).content.decode()
        with acting_as(ROBOT):
            assert Referral.objects.get(case_id=case.id).opened_times == 0
        page = anyone.post(link).content.decode()
        assert "Siti" in page
        assert "Rahayu" not in page
        assert case.number not in page.replace(f"{case.number}/R1", "")

    def test_takes_the_service_s_word(self, desk: Client, case: Case, service: Service) -> None:
        link = self._made(desk, case, service)
        assert Client().post(link, {"step": "decline", "result": ""}).status_code == 200
        Client().post(link, {"step": "accept"})
        assert (
            "Dibantu"
            in Client().post(link, {"step": "report result", "result": "Dibantu"}).content.decode()
        )
        assert "Dibantu" in desk.get(reverse("case_help", args=[case.id])).content.decode()

    def test_that_is_none_is_told_so(self) -> None:
        assert Client().post("/rujukan/r/xx/").status_code == 404


class TestThePhone:
    def test_says_whether_the_money_came(
        self, who: Worker, phone: Client, case: Case, claim: Claim
    ) -> None:
        payment = operations.record_payment(
            cast.ATTACHE, claim.id, amount=Decimal(100), paid_on=cast.TODAY, how="x", at=cast.NOW
        )
        page = phone.get(reverse("my_help", args=[case.id])).content.decode()
        assert reverse("my_payment", args=[payment.id]) in page
        phone.post(reverse("my_payment", args=[payment.id]), {"yes": "1"})
        with acting_as(ROBOT):
            assert Payment.objects.get(id=payment.id).confirmed

    def test_of_somebody_else_finds_nothing(self, case: Case) -> None:
        other, client = cast.worker(full_name="Ani", call_name="Ani"), Client()
        session = client.session
        session[WORKER_KEY] = {"id": str(other.id), "name": "Ani"}
        session.save()
        assert client.get(reverse("my_help", args=[case.id])).status_code == 404


def test_a_recruiter_finds_no_page_of_help(scene: Scene, case: Case, claim: Claim) -> None:
    client = signed_in(scene, role="agency_staff", agency_id=cast.RECRUITER.agency)
    for name, which in (*((name, case.id) for name in ON_A_CASE), ("claim", claim.id)):
        assert client.get(reverse(name, args=[which])).status_code == 403, name
    with acting_as(cast.ATTACHE):
        assert queries.claims_of(case.id)
