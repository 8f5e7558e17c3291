"""Who has it now, handing in, opening on a way with no country, and giving up: the desk's pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import Office
from lindung.placement import queries
from lindung.placement.models import Evidence, Placement
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
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
def made(who: Worker) -> Placement:
    return cast.placement(who)


@pytest.fixture
def officer(scene: Scene) -> Client:
    return officer_of(scene, cast.PONOROGO)


def hand_in(made: Placement, requirement: str = "passport") -> str:
    return reverse("hand_in", args=[made.id, requirement])


def test_the_placement_says_who_has_what(officer: Client, made: Placement) -> None:
    page = officer.get(reverse("placement", args=[made.id])).content.decode()
    assert "Sekarang ada pada siapa" in page
    assert "lama biasanya tidak diketahui" in page
    assert hand_in(made) in page
    # What the destination gives cannot be handed in here.
    assert hand_in(made, "roster") not in page


def test_what_is_handed_in_waits_for_an_officer(officer: Client, made: Placement) -> None:
    assert officer.get(hand_in(made)).status_code == 200
    assert officer.post(hand_in(made), {"reference": "C 1234567"}).status_code == 302
    with acting_as(cast.MINISTRY):
        found = Evidence.objects.get(placement=made, requirement="passport")
        left = {each.requirement.id for each in queries.open_requirements(made, on=cast.TODAY)}
    assert (found.state, found.reference) == ("given", "C 1234567")
    assert "passport" in left
    page = officer.get(reverse("placement", args=[made.id])).content.decode()
    assert "sudah diserahkan" in page


def test_nothing_is_handed_in_without_words(officer: Client, made: Placement) -> None:
    assert officer.post(hand_in(made), {"reference": ""}).status_code == 422
    with acting_as(cast.MINISTRY):
        assert not Evidence.objects.filter(placement=made).exists()


@pytest.mark.parametrize("requirement", ["roster", "work_visa", "horoscope"])
def test_what_is_not_open_here_is_not_found(
    officer: Client, made: Placement, requirement: str
) -> None:
    assert officer.get(hand_in(made, requirement)).status_code == 404


def test_another_office_and_an_attache_hand_nothing_in(scene: Scene, made: Placement) -> None:
    assert officer_of(scene, cast.MALANG).get(hand_in(made)).status_code == 404
    assert signed_in(scene, role="administrator").get(hand_in(made)).status_code == 403


def test_a_way_with_no_country_asks_for_one(officer: Client, who: Worker) -> None:
    page = reverse("open_placement", args=[who.id])
    form = {"pathway_id": "perseorangan", "sector": "services"}
    assert "Pilih negara tujuannya." in officer.post(page, form).content.decode()
    assert officer.post(page, form | {"destination": "TW"}).status_code == 302
    with acting_as(cast.MINISTRY):
        found = queries.live_placement(who.id)
    assert found is not None
    assert found.country == "TW"
    shown = officer.get(reverse("placement", args=[found.id])).content.decode()
    # No list of job seekers stands behind this way.
    assert "Kirim ke daftar pencari kerja" not in shown


def test_giving_up_asks_why_and_keeps_what_was_typed(officer: Client, made: Placement) -> None:
    page = reverse("placement_step", args=[made.id])
    form = {"step": "withdraw", "why": "unfit", "refund": "due", "reason": ""}
    answer = officer.post(page, form)
    assert answer.status_code == 422
    assert '<option value="unfit" selected>' in answer.content.decode()
    assert officer.post(page, form | {"reason": "Sakit"}).status_code == 302
    with acting_as(cast.MINISTRY):
        assert queries.placement(made.id).state == "withdrawn"
