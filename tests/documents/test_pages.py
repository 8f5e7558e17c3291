"""The pages of documents, as the person, officers and strangers meet them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.models import JournalEntry, Office
from lindung.access.roles import ROBOT
from lindung.documents import queries
from lindung.documents.models import Document
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.documents import files
from tests.documents.test_operations import WHY, given, sealed
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places", "folder")


def officer_of(scene: Scene, region: str) -> Client:
    with scene():
        office = Office.objects.create(code=f"O-{region}", name=f"BP3MI {region}", regions=[region])
    return signed_in(scene, role="placement_officer", office=office)


def phone_of(who: Worker) -> Client:
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(who.id), "name": who.call_name}
    session.save()
    return client


@pytest.fixture
def officer(scene: Scene) -> Client:
    return officer_of(scene, cast.PONOROGO)


@pytest.fixture
def ministry(scene: Scene) -> Client:
    return signed_in(scene, role="ministry_officer")


def form(*data: tuple[str, bytes, str], type_: str = "identity_card") -> dict[str, Any]:
    return {
        "type": type_,
        "file": [SimpleUploadedFile(name, body, declared) for name, body, declared in data],
    }


PHOTO = ("KTP Siti.jpg", files.photo(), "image/jpeg")
HEIC = ("IMG_2.HEIC", files.HEIC, "image/heic")


class TestMine:
    def test_a_photo_is_taken_in_and_shown_with_its_state(self, who: Worker) -> None:
        phone = phone_of(who)
        assert phone.post(reverse("my_documents"), form(PHOTO)).status_code == 302
        page = phone.get(reverse("my_documents"))
        words = page.content.decode()
        assert "Menunggu petugas" in words
        assert "KTP Siti" not in words
        assert len(page.content) <= 30_000

    def test_a_refused_file_says_why_and_the_others_are_kept(self, who: Worker) -> None:
        answer = phone_of(who).post(reverse("my_documents"), form(HEIC, PHOTO))
        words = answer.content.decode()
        assert answer.status_code == 422
        assert "Berkas ke-1 belum diterima" in words
        assert "Paling Kompatibel" in words
        assert "Berkas ke-2 diterima" in words
        with acting_as(ROBOT):
            assert Document.objects.get().uploaded_by == "worker"

    def test_one_reads_one_s_own_and_nobody_else_s(self, who: Worker) -> None:
        mine, other = given(who), given(cast.worker(full_name="Wati"))
        phone = phone_of(who)
        assert phone.get(reverse("my_document", args=[mine.id])).status_code == 200
        assert phone.get(reverse("my_document", args=[other.id])).status_code == 404

    def test_is_the_worker_s_page(self, officer: Client) -> None:
        assert officer.get(reverse("my_documents")).headers["Location"] == "/"

    def test_one_reads_who_opened_a_sealed_result(self, who: Worker, ministry: Client) -> None:
        made = sealed(who)
        ministry.post(reverse("document_contents", args=[made.id]), {"reason": WHY})
        assert WHY in phone_of(who).get(reverse("my_documents")).content.decode()


class TestContents:
    def test_are_sent_so_that_nothing_in_them_runs_and_nothing_is_kept(
        self, who: Worker, officer: Client
    ) -> None:
        answer = officer.get(reverse("document_contents", args=[given(who).id]))
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Cache-Control"] == "no-store"
        assert Image.open(BytesIO(answer.content)).size == (40, 30)

    def test_a_pdf_is_saved_under_its_number(self, who: Worker, officer: Client) -> None:
        made = given(who, data=files.PDF, name="Siti.pdf")
        answer = officer.get(reverse("document_contents", args=[made.id]))
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.number}.pdf"'

    def test_each_look_is_recorded(self, who: Worker, officer: Client) -> None:
        made = given(who)
        officer.get(reverse("document_contents", args=[made.id]))
        with acting_as(ROBOT):
            assert JournalEntry.objects.filter(
                type="access.PersonLookedAt", worker_id=who.id
            ).exists()

    def test_of_a_sealed_result_need_a_reason(
        self, who: Worker, officer: Client, ministry: Client
    ) -> None:
        page = reverse("document_contents", args=[sealed(who).id])
        assert officer.post(page, {"reason": WHY}).status_code == 403
        assert ministry.get(page).status_code == 422
        assert ministry.post(page, {"reason": WHY}).content == files.PDF

    def test_strangers_find_nothing(self, who: Worker, scene: Scene) -> None:
        made = given(who)
        other = officer_of(scene, cast.MALANG)
        for name in ("document", "document_contents"):
            assert other.get(reverse(name, args=[made.id])).status_code == 404
        assert other.get(reverse("documents_of", args=[who.id])).status_code == 404
        nosy = signed_in(scene, role="administrator")
        for name in ("document", "document_contents"):
            assert nosy.get(reverse(name, args=[made.id])).status_code == 403
        anyone = Client().get(reverse("document_contents", args=[made.id]))
        assert anyone.status_code == 302


class TestDesk:
    def test_the_person_s_page_has_a_card_and_the_list(self, who: Worker, officer: Client) -> None:
        given(who)
        assert "Semua berkas (1)" in officer.get(reverse("person", args=[who.id])).content.decode()
        assert "KTP" in officer.get(reverse("documents_of", args=[who.id])).content.decode()

    def test_an_officer_hands_in_and_verifies(self, who: Worker, officer: Client) -> None:
        page = reverse("documents_of", args=[who.id])
        assert officer.post(page, form(PHOTO, type_="passport")).status_code == 302
        with acting_as(ROBOT):
            (made,) = queries.documents_of(who.id)
        verify = reverse("verify_document", args=[made.id])
        refused = officer.post(verify, {"issued_on": "2020-01-02"})
        assert refused.status_code == 422
        assert 'value="2020-01-02"' in refused.content.decode()
        assert officer.post(verify, {"valid_until": "2099-01-01"}).status_code == 302
        with acting_as(ROBOT):
            assert queries.document(made.id).state == "verified"

    def test_sent_back_the_person_reads_why(self, who: Worker, officer: Client) -> None:
        made = given(who)
        officer.post(reverse("refuse_document", args=[made.id]), {"reason": "Buram sekali"})
        assert "Buram sekali" in phone_of(who).get(reverse("my_documents")).content.decode()

    def test_the_ministry_says_fit_or_unfit_and_destroys(
        self, who: Worker, ministry: Client, officer: Client
    ) -> None:
        made = sealed(who)
        assert (
            ministry.post(reverse("verify_document", args=[made.id]), {"fit": "no"}).status_code
            == 302
        )
        assert "Tidak layak" in officer.get(reverse("documents_of", args=[who.id])).content.decode()
        destroy = reverse("destroy_document", args=[made.id])
        assert officer.post(destroy, {"reason": "x"}).status_code == 302
        assert ministry.post(destroy, {"reason": "Permintaan orangnya"}).status_code == 302
        with acting_as(ROBOT):
            assert queries.document(made.id).state == "destroyed"
