"""Documents by the API: as pages, with the rights and the scope of the key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lindung.access import tokens
from lindung.access.identity import actor_for
from lindung.access.models import Office
from lindung.access.rights import Right
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.documents import files
from tests.documents.test_operations import WHY, given, sealed
from tests.factories import DutyFactory

pytestmark = pytest.mark.usefixtures("posts", "places", "folder")

RIGHTS = (Right.DOCUMENT_READ, Right.DOCUMENT_UPLOAD, Right.DOCUMENT_VERIFY)
Ask = Callable[..., Any]


@pytest.fixture
def asking(scene: Scene) -> Callable[..., Ask]:
    """Ask with the key of an office in a region, or of the ministry."""

    def key(region: str = "", *, rights: tuple[Right, ...] = RIGHTS) -> Ask:
        with scene():
            chief = DutyFactory(role="administrator")
            if region:
                office = Office.objects.create(code=f"A-{region}", name="BP3MI", regions=[region])
                duty = DutyFactory(role="placement_officer", office=office)
            else:
                duty = DutyFactory(role="ministry_officer")
        now = datetime.now(UTC)
        issued = tokens.issue(
            actor_for(chief.account, chief),
            duty.id,
            name="Sistem lain",
            rights=list(rights),
            expires_at=now + timedelta(days=1),
            now=now,
        )
        headers = {"Authorization": f"Bearer {issued.secret}"}

        def ask(method: str, path: str, **more: Any) -> Any:
            return getattr(Client(), method)(f"/api{path}", headers=headers, **more)

        return ask

    return key


def test_hands_in_lists_and_reads(who: Worker, asking: Callable[..., Ask]) -> None:
    ask, of_person = asking(cast.PONOROGO), f"/workers/{who.public_number}/documents"
    body = {"type": "passport", "file": SimpleUploadedFile("a.jpg", files.photo(), "image/jpeg")}
    made = ask("post", of_person, data=body).json()
    assert made["state"] == "unscanned"
    assert [each["number"] for each in ask("get", of_person).json()["items"]] == [made["number"]]
    read = ask(
        "post", f"/documents/{made['number']}/contents", data="{}", content_type="application/json"
    )
    assert read.headers["Content-Type"] == "image/jpeg"
    decided = ask(
        "post",
        f"/documents/{made['number']}/decision",
        data={"accept": True, "valid_until": "2099-01-01"},
        content_type="application/json",
    )
    assert decided.json()["state"] == "verified"


def test_a_bad_file_is_answered_by_name_with_advice(
    who: Worker, asking: Callable[..., Ask]
) -> None:
    body = {"type": "passport", "file": SimpleUploadedFile("a.heic", files.HEIC, "image/heic")}
    answer = asking(cast.PONOROGO)("post", f"/workers/{who.public_number}/documents", data=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-heic")
    assert answer.json()["advice"]


def test_another_office_and_a_key_without_the_right_get_nothing(
    who: Worker, asking: Callable[..., Ask]
) -> None:
    made = given(who)
    other, path = asking(cast.MALANG), f"/documents/{made.number}/contents"
    assert other("get", f"/workers/{who.public_number}/documents").status_code == 404
    assert other("post", path, data="{}", content_type="application/json").status_code == 404
    reader = asking(cast.PONOROGO, rights=(Right.WORKER_READ,))
    assert reader("post", path, data="{}", content_type="application/json").status_code == 403


def test_a_sealed_result_needs_the_reason(who: Worker, asking: Callable[..., Ask]) -> None:
    path = f"/documents/{sealed(who).number}/contents"
    ask = asking(rights=(Right.DOCUMENT_READ, Right.DOCUMENT_UNSEAL))
    assert ask("post", path, data="{}", content_type="application/json").status_code == 422
    read = ask("post", path, data={"reason": WHY}, content_type="application/json")
    assert read.content == files.PDF
