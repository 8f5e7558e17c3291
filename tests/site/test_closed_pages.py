"""Pages ask for the right, not for the rows alone: whoever administers accounts reads no file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.models import JournalEntry
from lindung.registry.models import Task, Worker
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    return cast.worker()


def signed_in(scene: Scene, **duty: object) -> Client:
    client = Client()
    with scene():
        account = DutyFactory(**duty).account
    sign_in(client, account)
    return client


def pages(who: Worker) -> Iterator[str]:
    contract = cast.offered(who)
    for name in ("person", "lookers", "record_return", "make_plan", "open_case"):
        yield reverse(name, args=[who.id])
    for name in ("open_placement", "add_number", "recover", "living"):
        yield reverse(name, args=[who.id])
    yield reverse("placement", args=[contract.placement_id])
    yield reverse("overseas", args=[contract.placement_id])
    yield reverse("contract", args=[contract.id])
    yield from (reverse("people"), reverse("enrol"), reverse("cases"), reverse("contracts"))
    yield from (reverse("balance"), reverse("balance_names"), reverse("unconfirmed"))


def test_an_administrator_of_accounts_reads_nobody_s_file(who: Worker, scene: Scene) -> None:
    client = signed_in(scene, role="administrator")
    for page in pages(who):
        answer = client.get(page)
        assert answer.status_code == 403, page
        assert who.full_name not in answer.content.decode()
    with scene():
        assert not JournalEntry.objects.filter(type="access.PersonLookedAt").exists()


def test_an_officer_of_the_ministry_does(who: Worker, scene: Scene) -> None:
    client = signed_in(scene, role="ministry_officer")
    cast.offered(who)
    assert who.full_name in client.get(reverse("person", args=[who.id])).content.decode()


@pytest.mark.parametrize("after", ["x", "", "../", "00000000"])
def test_a_page_number_that_is_none_shows_the_first_page(scene: Scene, after: str) -> None:
    client = signed_in(scene, role="ministry_officer")
    assert client.get(reverse("people"), {"sebelum": after}).status_code == 200


def test_a_task_leads_back_to_no_other_site(who: Worker, scene: Scene) -> None:
    client = signed_in(scene, role="ministry_officer")
    with scene():
        task = Task.objects.filter(worker=who).earliest("id")
    for back in ("//evil.example/", "/\\evil.example/", "https://evil.example/"):
        answer = client.post(reverse("finish_task", args=[task.id]), {"kembali": back})
        assert answer.headers["Location"] == "/"
