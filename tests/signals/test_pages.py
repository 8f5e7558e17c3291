"""Pages of early warning: who may, what they show, and what a wrong form keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import Post
from lindung.access.roles import ROBOT
from lindung.monitoring import operations as telling
from lindung.registry.models import Worker
from lindung.signals import operations
from lindung.signals.catalogue import signals
from lindung.signals.models import Alert, Outcome, Threshold
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def alert() -> Alert:
    made: Worker = cast.worker()
    cast.arrived(made)
    telling.answer(
        cast.self_of(made.id), made.id, question="passport_keeper", answer="employer",
        at=datetime.now(UTC) - timedelta(days=2),
    )  # fmt: skip
    operations.look_at_people(ROBOT, [made.id], on=timezone.localdate(), at=datetime.now(UTC))
    with acting_as(ROBOT):
        return Alert.objects.get(worker_id=made.id, signal="passport_held")


def attache_of(scene: Scene, post: int) -> Client:
    return signed_in(scene, role="attache", post=Post.objects.get(id=post))


class TestPages:
    def test_show_why_to_the_post_in_charge(self, scene: Scene, alert: Alert) -> None:
        client = attache_of(scene, cast.SEOUL)
        listed = client.get(reverse("alerts")).content.decode()
        assert "Paspor dipegang orang lain" in listed
        assert "tidak pernah menutup keberangkatan" in listed
        page = client.get(reverse("alert", args=[alert.id])).content.decode()
        assert "Siapa yang menyimpan paspor Anda? Majikan" in page
        assert "Locker" not in page
        assert "Loker yang kuncinya pada pekerja" in page

    def test_are_closed_to_another_post_to_recruiters_and_offices(
        self, scene: Scene, alert: Alert
    ) -> None:
        other = attache_of(scene, cast.TAIPEI)
        assert "Paspor dipegang" not in other.get(reverse("alerts")).content.decode()
        assert other.get(reverse("alert", args=[alert.id])).status_code == 404

    def test_a_wrong_review_keeps_what_was_typed_and_a_right_one_goes_on(
        self, scene: Scene, alert: Alert
    ) -> None:
        client, to = attache_of(scene, cast.SEOUL), reverse("alert", args=[alert.id])
        wrong = client.post(to, {"act": "review", "outcome": "false_alarm", "words": " "})
        assert wrong.status_code == 422
        assert "Tulis apa yang sebenarnya terjadi." in wrong.content.decode()
        right = client.post(to, {"act": "review", "outcome": "true", "words": "Benar ditahan"})
        assert right.status_code == 302
        with acting_as(cast.ATTACHE):
            assert Alert.objects.get(id=alert.id).outcome == Outcome.TRUE

    def test_open_a_case_and_tell_the_person(self, scene: Scene, alert: Alert) -> None:
        client, to = attache_of(scene, cast.SEOUL), reverse("alert_act", args=[alert.id])
        assert client.post(to, {"act": "release"}).status_code == 302
        opened = client.post(to, {"act": "case"})
        assert "/kasus/" in opened["Location"]

    def test_say_that_there_is_too_little_to_say(self, scene: Scene, alert: Alert) -> None:
        page = attache_of(scene, cast.SEOUL).get(reverse("signal_records")).content.decode()
        assert "terlalu sedikit" in page

    def test_show_every_signal_and_try_a_threshold_before_it_is_set(
        self, scene: Scene, alert: Alert
    ) -> None:
        client = signed_in(scene, role="ministry_officer")
        for each in signals():
            assert client.get(reverse("signal", args=[each])).status_code == 200
        given = {"name": "answer_days", "value": "1", "valid_from": f"{timezone.localdate()}"}
        to = reverse("signal", args=["passport_held"])
        tried = client.post(to, given | {"act": "try"}).content.decode()
        assert "0 bertambah, 1 hilang, 0 tetap." in tried
        saved = client.post(to, given | {"act": "save", "reason": "Uji"})
        assert saved.status_code == 302
        with acting_as(cast.MINISTRY):
            assert Threshold.objects.get().value == 1

    def test_ask_the_quiet_ones(self, scene: Scene, alert: Alert) -> None:
        client = attache_of(scene, cast.SEOUL)
        assert client.get(reverse("quiet")).status_code == 200
