"""The right to stay, a change of workplace and money left abroad, as the desk and the phone show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.identity import WORKER_KEY
from lindung.access.models import Office, Post
from lindung.access.roles import ROBOT
from lindung.monitoring import operations as monitoring
from lindung.placement import standing
from lindung.placement.models import Milestone, Placement
from lindung.registry.models import Source
from lindung.reintegration import operations as returning
from lindung.reintegration.models import Owed, ReturnReason
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    """A day in May 2026."""
    with time_machine.travel("2026-05-20T03:00:00Z", tick=False):
        yield


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def made() -> Placement:
    """At work in Korea since March, registered until 2029."""
    arrived = cast.arrived(cast.worker())
    monitoring.record_registration(
        ROBOT, arrived.worker_id, residence_no="ARC-1", on=date(2026, 3, 20),
        stay_expires_on=date(2029, 3, 20), region="KR-41",
    )  # fmt: skip
    return arrived


@pytest.fixture
def attache(scene: Scene) -> Client:
    with scene():
        post = Post.objects.get(pk=cast.SEOUL)
    return signed_in(scene, role="attache", post=post)


@pytest.fixture
def officer(scene: Scene) -> Client:
    with scene():
        office = Office.objects.create(code="O-X", name="BP3MI X", regions=[cast.PONOROGO])
    return signed_in(scene, role="placement_officer", office=office)


def marks(made: Placement) -> set[str]:
    with acting_as(ROBOT):
        return set(Milestone.objects.filter(placement=made).values_list("code", flat=True))


def phone(made: Placement) -> Client:
    """The worker's own phone."""
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(made.worker_id), "name": "Siti"}
    session.save()
    return client


class TestMyWay:
    def test_says_how_many_days_i_may_stay(self, made: Placement) -> None:
        page = words(phone(made).get("/saya/jalan/"))
        assert "Anda di sini: Bekerja" in page
        assert "Hak tinggal Anda: masih 1035 hari" in page

    def test_names_the_limit_that_ends_it_first(self, made: Placement) -> None:
        monitoring.record_work_ended(ROBOT, made.id, on=date(2026, 5, 1), known_on=date(2026, 5, 2))
        page = words(phone(made).get("/saya/jalan/"))
        assert "Hak tinggal Anda: masih 12 hari" in page
        assert "Mengajukan pindah tempat kerja" in page

    def test_lists_the_money_left_after_the_return(self, made: Placement) -> None:
        returning.record_return(
            ROBOT, made.worker_id, on=date(2026, 5, 10), reason=ReturnReason.OWN_WISH,
            source=Source.DESTINATION,
        )  # fmt: skip
        returning.list_money(ROBOT, made.id, left_on=date(2026, 5, 10))
        page = words(phone(made).get("/saya/jalan/"))
        assert "Uang Anda di negara tujuan" in page
        assert "Tagih sebelum 10 Mei 2029" in page
        assert "Batas menagih tidak diketahui" in page


class TestThePlacementPage:
    def test_says_where_in_the_system_somebody_is(self, attache: Client, made: Placement) -> None:
        page = words(attache.get(reverse("placement", args=[made.id])))
        assert "Bekerja" in page
        assert "Izin tinggal" in page
        assert "sampai 20 Mar 2029" in page or "20 Maret 2029" in page
        assert "employment.changed" in page
        assert (
            reverse("overseas", args=[made.id])
            in attache.get(reverse("placement", args=[made.id])).content.decode()
        )


class TestOverseas:
    def test_records_the_end_of_work_and_starts_the_time(
        self, attache: Client, made: Placement
    ) -> None:
        to = reverse("overseas", args=[made.id])
        answer = attache.post(to, {"act": "ended", "on": "2026-05-18", "known_on": "2026-05-19"})
        assert answer.status_code == 302
        page = words(attache.get(to))
        assert "Mengajukan pindah tempat kerja" in page
        assert "masih 29 hari" in page

    def test_says_of_each_reason_whether_it_counts(self, attache: Client, made: Placement) -> None:
        page = words(attache.get(reverse("overseas", args=[made.id])))
        assert "Upah tidak dibayar (tidak mengurangi jatah pindah)" in page
        assert "Kontrak diakhiri pekerja (mengurangi jatah pindah)" in page

    def test_records_a_request_and_counts_it_by_the_rule(
        self, attache: Client, made: Placement
    ) -> None:
        to = reverse("overseas", args=[made.id])
        asked = {"act": "change", "ended_on": "2026-05-18", "requested_on": "2026-05-20"}
        assert attache.post(to, {**asked, "reason": "contract_ended"}).status_code == 302
        with acting_as(ROBOT):
            facts = standing.read_facts(made)
        found = standing.changes(facts, on=date(2026, 4, 1))
        assert found is not None
        assert (found.used, found.allowed) == (1, 3)

    def test_keeps_what_was_typed_when_no_reason_was_chosen(
        self, attache: Client, made: Placement
    ) -> None:
        to = reverse("overseas", args=[made.id])
        asked = {"act": "change", "ended_on": "2026-05-18", "requested_on": "2026-05-20"}
        answer = attache.post(to, asked)
        assert answer.status_code == 422
        assert 'value="2026-05-18"' in answer.content.decode()
        assert "changing_workplace" not in marks(made)

    def test_stops_a_limit_for_a_reason_and_lets_it_run_again(
        self, attache: Client, made: Placement
    ) -> None:
        to = reverse("overseas", args=[made.id])
        attache.post(to, {"act": "ended", "on": "2026-05-18", "known_on": "2026-05-18"})
        paused = {"act": "pause", "clock": "change_apply", "reason": "injury"}
        assert attache.post(to, paused).status_code == 302
        assert "berhenti karena cedera" in words(attache.get(to))
        attache.post(to, {"act": "resume", "clock": "change_apply"})
        assert {"clock_paused", "clock_resumed"} <= marks(made)

    def test_is_another_office_s_nowhere(self, scene: Scene, made: Placement) -> None:
        with scene():
            post = Post.objects.get(pk=cast.TAIPEI)
        other = signed_in(scene, role="attache", post=post)
        assert other.get(reverse("overseas", args=[made.id])).status_code == 404


class TestMoney:
    @pytest.fixture
    def home(self, made: Placement) -> Placement:
        returning.record_return(
            ROBOT, made.worker_id, on=date(2026, 5, 10), reason=ReturnReason.OWN_WISH,
            source=Source.DESTINATION,
        )  # fmt: skip
        returning.list_money(ROBOT, made.id, left_on=date(2026, 5, 10))
        return made

    def test_is_listed_with_its_last_day_or_as_not_known(
        self, officer: Client, home: Placement
    ) -> None:
        page = words(officer.get(reverse("overseas", args=[home.id])))
        assert "Jaminan kepulangan" in page
        assert "10 Mei 2029" in page
        assert "Pengembalian iuran pensiun" in page
        assert "tidak diketahui" in page

    def test_is_claimed_by_one_button(self, officer: Client, home: Placement) -> None:
        to = reverse("overseas", args=[home.id])
        assert officer.post(to, {"act": "claim", "kind": "wages"}).status_code == 302
        with acting_as(ROBOT):
            owed = Owed.objects.get(placement_id=home.id, kind="wages")
        assert (owed.state, owed.claimed_on) == ("claimed", date(2026, 5, 20))

    def test_that_was_paid_stays_paid(self, home: Placement) -> None:
        paid = returning.record_money(
            ROBOT, home.id, kind="wages", state="paid", on=date(2026, 5, 15)
        )
        late = returning.record_money(
            ROBOT, home.id, kind="wages", state="not_claimed", on=date(2026, 5, 11)
        )
        assert (paid.state, late.state) == ("paid", "paid")
