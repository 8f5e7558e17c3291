"""The pages of the last weeks before departure, as each role meets them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import Office
from lindung.placement.models import Placement
from lindung.preparation.models import Clearance, Cover, OrientationSession
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.preparation.test_operations import cleared, on_the_way
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


def officer_of(scene: Scene, region: str) -> Client:
    with scene():
        office = Office.objects.create(code=f"O-{region}", name=f"BP3MI {region}", regions=[region])
    return signed_in(scene, role="placement_officer", office=office)


@pytest.fixture
def who() -> Worker:
    return cast.worker()


@pytest.fixture
def officer(scene: Scene) -> Client:
    return officer_of(scene, cast.PONOROGO)


@pytest.fixture
def made(who: Worker) -> Placement:
    return on_the_way(who)


def test_an_officer_plans_an_orientation_and_what_was_wrong_stays_typed(officer: Client) -> None:
    page = reverse("orientations")
    refused = officer.post(page, {"held_on": "2020-01-01", "place": "Aula BP3MI", "seats": 20})
    assert "Aula BP3MI" in refused.content.decode()
    done = officer.post(page, {"held_on": "2099-01-01", "place": "Aula BP3MI", "seats": 20})
    assert done.status_code == 302
    with acting_as(cast.MINISTRY):
        assert OrientationSession.objects.get().seats == 20


def test_a_premium_too_low_is_told_beside_its_field(officer: Client, made: Placement) -> None:
    form = {
        "kind": "during", "receipt": "TK-1", "amount": "1000", "paid_on": "2026-01-20",
        "covers_from": "2026-03-02", "covers_to": "2029-06-01", "months": "36",
    }  # fmt: skip
    answer = officer.post(reverse("record_cover", args=[made.id]), form).content.decode()
    assert "kurang dari tabel" in answer
    assert 'value="TK-1"' in answer
    with acting_as(cast.MINISTRY):
        assert not Cover.objects.exists()


def test_another_office_finds_no_page(scene: Scene, made: Placement) -> None:
    other = officer_of(scene, cast.MALANG)
    assert other.get(reverse("readiness", args=[made.id])).status_code == 404
    assert other.get(reverse("clearance_paper", args=[made.id])).status_code == 404


def test_an_administrator_reads_none_of_it(scene: Scene, made: Placement) -> None:
    nosy = signed_in(scene, role="administrator")
    assert nosy.get(reverse("readiness", args=[made.id])).status_code == 403
    assert nosy.get(reverse("orientations")).status_code == 403


def test_anyone_checks_a_paper_and_learns_no_name(who: Worker) -> None:
    paper = cleared(who)
    with acting_as(cast.MINISTRY):
        code = Clearance.objects.get(placement=paper).code
    anyone = Client()
    told = anyone.get(reverse("check_clearance", args=[code])).content.decode()
    assert "Berlaku" in told
    assert who.full_name not in told
    typed = anyone.post(reverse("check_clearances"), {"code": "f" * 32}).content.decode()
    assert "Tidak dapat dipastikan" in typed


def test_the_paper_shows_its_code_and_the_look_is_recorded(officer: Client, who: Worker) -> None:
    paper = cleared(who)
    page = officer.get(reverse("clearance_paper", args=[paper.id])).content.decode()
    assert "<svg" in page
    assert who.full_name in page
