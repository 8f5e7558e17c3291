"""Lists by the API: sent, followed, read, repaired, taken, in the rights and scope of the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lindung.access.acting import acting_as
from lindung.access.rights import Right
from lindung.intake import queries, reading, tasks
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.intake.test_lists import GOOD, MIXED, folder
from tests.site.keys import Caller, caller

pytestmark = pytest.mark.usefixtures("posts", "places")
__all__ = ["folder"]


@pytest.fixture
def agency(scene: Scene) -> Caller:
    return caller(scene, "agency_staff")


def send(who: Caller, words: str, *, read: bool = True) -> Any:
    answer = who.upload("/lists", file=SimpleUploadedFile("daftar.csv", words.encode()))
    if read and answer.status_code == 202:
        tasks.read_list(answer.json()["id"])
    return answer


def test_sends_and_follows_a_list_to_its_people(agency: Caller) -> None:
    answer = send(agency, MIXED, read=False)
    assert (answer.status_code, answer.json()["state"]) == (202, "sent")
    at = f"/lists/{answer.json()['id']}"
    tasks.read_list(answer.json()["id"])
    told = agency.get(at).json()
    assert (told["state"], told["rows"], told["wrong"]) == ("read", 4, 3)
    assert told["columns"]["Tgl Lahir"] == "birth_date"
    assert agency.post(f"{at}/taking").json()["state"] == "taking"
    tasks.take_rows(answer.json()["id"])
    told = agency.get(at).json()
    assert (told["state"], told["taken"], told["refused"]) == ("taken", 1, 3)
    (first,) = [each for each in agency.get(f"{at}/rows").json()["items"] if each["worker"]]
    with acting_as(cast.MINISTRY):
        assert first["worker"] == Worker.objects.get().public_number
    assert [each["id"] for each in agency.get("/lists").json()] == [answer.json()["id"]]


def test_lists_what_to_repair_page_by_page(agency: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    at = f"/lists/{send(agency, MIXED).json()['id']}/rows"
    first = agency.get(at, wrong=True).json()
    assert [each["line"] for each in first["items"]] == [3, 4]
    assert {each["column"] for each in first["items"][1]["problems"]} == {
        "sex", "birth_date", "region", "nik", "pathway",
    }  # fmt: skip
    rest = agency.get(at, wrong=True, after=first["next_after"]).json()
    assert ([each["line"] for each in rest["items"]], rest["next_after"]) == ([5], None)
    assert agency.get(at, after="x").status_code == 422


def test_says_why_a_list_is_none(agency: Caller) -> None:
    answer = send(agency, "umur\n1\n")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/list-unreadable")
    at = f"/lists/{send(agency, 'nama' + chr(10) + 'Siti' + chr(10) + chr(34)).json()['id']}"
    told = agency.get(at).json()
    assert (told["state"], told["trouble"]) == ("unreadable", reading.ListUnreadable.slug)
    assert told["advice"]
    assert agency.post(f"{at}/taking").json()["type"] == "/problems/step-closed"


def test_is_closed_to_another_agency_and_to_a_key_without_the_right(
    agency: Caller, scene: Scene, folder: Path
) -> None:
    at = f"/lists/{send(agency, GOOD).json()['id']}"
    other = caller(scene, "agency_staff", agency_id=cast.OTHER_RECRUITER.agency)
    for path in (at, f"{at}/rows"):
        assert other.get(path).status_code == 404
    assert other.post(f"{at}/taking").status_code == 404
    assert other.get("/lists").json() == []
    poor = caller(scene, "agency_staff", Right.WORKER_READ)
    assert send(poor, GOOD).status_code == 403
    for path in ("/lists", at, f"{at}/rows"):
        assert poor.get(path).status_code == 403
    assert poor.post(f"{at}/taking").status_code == 403
