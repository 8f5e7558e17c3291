"""Pages of the muster: who may, what they show, what a wrong form keeps; and the API beside them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lindung.access import tokens
from lindung.access.acting import acting_as
from lindung.access.identity import actor_for
from lindung.access.models import JournalEntry, Post
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.crisis import operations
from lindung.crisis.models import CrisisEvent, EventKind, MusterEntry, Way
from lindung.crisis.operations import Given
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.crisis.test_footprint import contour, ring, shakemap
from tests.crisis.test_operations import SEOUL, somebody
from tests.factories import DutyFactory, OfficeFactory
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


def attache_of(scene: Scene, post: int) -> Client:
    return signed_in(scene, role="attache", post=Post.objects.get(id=post))


def quake() -> CrisisEvent:
    at = datetime.now(UTC)
    return operations.declare(
        cast.ATTACHE, kind=EventKind.EARTHQUAKE, title="Gempa Seoul",
        happened_at=at - timedelta(hours=1), source="KMA", source_on=cast.TODAY,
        given=Given(Way.RADIUS, lat=SEOUL[0], lon=SEOUL[1], km=12), at=at,
    )  # fmt: skip


def asked(about: CrisisEvent, who: Worker) -> None:
    made = operations.ask(cast.ATTACHE, about.id, with_maybe=True, at=datetime.now(UTC))
    operations.ask_some(ROBOT, made.id, [who.id], now=datetime.now(UTC))


def filled(**given: Any) -> dict[str, Any]:
    return {
        "kind": "earthquake", "title": "Gempa Seoul", "happened_at": "2026-03-02T06:00",
        "source": "USGS", "source_on": "2026-03-02", "way": "radius", "least": "5",
        "lat": "37.56", "lon": "126.99", "km": "12",
    } | given  # fmt: skip


class TestPages:
    def test_from_a_form_to_the_list_to_the_question_to_the_answer(self, scene: Scene) -> None:
        who = somebody(scene)
        client = attache_of(scene, cast.SEOUL)
        made = client.post(reverse("crisis_new"), filled(), follow=True)
        page = made.content.decode()
        assert "Belum ada yang ditanya" in page
        assert who.full_name in page
        about = CrisisEvent.objects.none()
        with acting_as(ROBOT):
            about = CrisisEvent.objects.get()
        preview = client.get(reverse("muster_ask", args=[about.id])).content.decode()
        assert "1 orang akan ditanya" in preview
        assert "tidak membunyikan ponsel" in preview
        told = client.post(reverse("muster_ask", args=[about.id]), {"mungkin": "1"}, follow=True)
        assert "Putaran 1" in told.content.decode()
        to = reverse("muster_answer", args=[about.id, who.id])
        wrong = client.post(to, {"state": "needs_help", "source": "officer", "over": "call"})
        assert wrong.status_code == 422
        assert "Tulis bantuan apa" in wrong.content.decode()
        client.post(to, {"state": "safe", "source": "employer", "over": "call"})
        with acting_as(ROBOT):
            assert MusterEntry.objects.get().state == "safe"
        shown = client.get(reverse("muster", args=[about.id]), {"jawaban": "safe"}).content.decode()
        assert who.full_name in shown
        assert "pemberi kerja" in shown

    def test_a_file_that_cannot_be_read_says_why_row_by_row(self, scene: Scene) -> None:
        client = attache_of(scene, cast.SEOUL)
        raw = shakemap(
            contour(6, ring(*SEOUL, 0.2)[:-1]), contour(6, ring(*SEOUL, 0.2), units="pga")
        )
        file = SimpleUploadedFile("cont_mmi.json", raw)
        answer = client.post(reverse("crisis_new"), filled(way="file", file=file))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Bidang 1" in page
        assert "tidak tertutup" in page
        assert "Bidang 2" in page
        assert 'value="Gempa Seoul"' in page

    def test_a_file_with_one_bad_row_is_used_and_says_so(self, scene: Scene) -> None:
        who = somebody(scene)
        client = attache_of(scene, cast.SEOUL)
        raw = shakemap(contour(6, ring(*SEOUL, 0.2)), contour(7, [[0, 0]]))
        file = SimpleUploadedFile("cont_mmi.json", raw)
        page = client.post(reverse("crisis_new"), filled(way="file", file=file), follow=True)
        text = page.content.decode()
        assert who.full_name in text
        assert "Tidak dipakai dari berkas" in text

    def test_another_post_sees_the_event_and_none_of_the_people(self, scene: Scene) -> None:
        who = somebody(scene)
        about = quake()
        asked(about, who)
        other = attache_of(scene, cast.TAIPEI)
        page = other.get(reverse("muster", args=[about.id])).content.decode()
        assert "Gempa Seoul" in page
        assert who.full_name not in page
        assert other.get(reverse("muster_answer", args=[about.id, who.id])).status_code == 404
        assert (
            other.post(reverse("crisis_end", args=[about.id]), {"reason": "x"}).status_code == 403
        )
        assert (
            who.public_number
            not in other.get(reverse("muster_csv", args=[about.id])).content.decode()
        )

    def test_are_closed_to_recruiters_and_offices_at_home(self, scene: Scene) -> None:
        about = quake()
        with scene():
            office = OfficeFactory()
        for role, more in (
            ("agency_staff", {"agency_id": cast.RECRUITER.agency}),
            ("placement_officer", {"office": office}),
        ):
            client = signed_in(scene, role=role, **more)
            for page in ("muster", "muster_ask", "muster_csv"):
                assert client.get(reverse(page, args=[about.id])).status_code == 403
            assert client.get(reverse("crisis_events")).status_code == 403

    def test_the_file_is_recorded_and_never_kept_by_a_cache(self, scene: Scene) -> None:
        somebody(scene)
        about = quake()
        answer = attache_of(scene, cast.SEOUL).get(reverse("muster_csv", args=[about.id]))
        assert answer["Cache-Control"] == "no-store"
        with acting_as(ROBOT):
            assert JournalEntry.objects.filter(type="crisis.MusterTaken").count() == 1

    def test_the_list_costs_few_queries_however_long(
        self, scene: Scene, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(6):
            somebody(scene)
        about = quake()
        client = attache_of(scene, cast.SEOUL)
        to = reverse("muster", args=[about.id])
        client.get(to)
        with django_assert_max_num_queries(40):
            client.get(to)

    def test_ending_needs_a_reason(self, scene: Scene) -> None:
        about = quake()
        client = attache_of(scene, cast.SEOUL)
        to = reverse("crisis_end", args=[about.id])
        client.post(to, {"reason": ""})
        with acting_as(ROBOT):
            assert CrisisEvent.objects.get().state == "declared"
        client.post(to, {"reason": "Semua sudah ditemukan."})
        page = client.get(reverse("crisis_events")).content.decode()
        assert "Ditutup" in page


class TestApi:
    def test_declares_counts_and_takes_an_answer(self, scene: Scene) -> None:
        who = somebody(scene)
        with scene():
            duty = DutyFactory(role="attache", post=Post.objects.get(id=cast.SEOUL))
            boss = DutyFactory(role="administrator")
        at = datetime.now(UTC)
        issued = tokens.issue(
            actor_for(boss.account, boss), duty.id, name="uji", now=at,
            rights=[Right.CRISIS_DECLARE, Right.MUSTER_READ, Right.MUSTER_ANSWER],
            expires_at=at + timedelta(days=30),
        )  # fmt: skip
        client = Client(headers={"authorization": f"Bearer {issued.secret}"})
        body = {
            "kind": "earthquake", "title": "Gempa Seoul", "happened_at": "2026-03-02T06:00:00+09:00",
            "source": "USGS", "source_on": "2026-03-02", "way": "file", "least": 5,
            "geojson": json.loads(shakemap(contour(6, ring(*SEOUL, 0.2)), contour(6, [[0, 0]]))),
        }  # fmt: skip
        made = client.post("/api/crisis/events", body, content_type="application/json")
        assert made.status_code == 201
        assert made.json()["refused"] == [{"row": 2, "reason": "open"}]
        event_id = made.json()["id"]
        with acting_as(ROBOT):
            about = CrisisEvent.objects.get(id=event_id)
        asked(about, who)
        answer = client.post(
            f"/api/crisis/events/{event_id}/answers",
            {"number": who.public_number, "state": "safe", "source": "employer"},
            content_type="application/json",
        )
        assert answer.status_code == 201
        told = client.get(f"/api/crisis/events/{event_id}/muster").json()
        assert (told["inside"], told["answers"]) == (1, {"safe": 1})
