"""The pages of incidents, calls for help and the roster, as each role meets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import Office, Post
from lindung.access.roles import ROBOT
from lindung.duty.models import Call, Shift
from lindung.incidents import operations
from lindung.incidents.models import Incident, Todo
from lindung.protection import operations as protecting
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


def at_post(scene: Scene, number: int) -> Client:
    with scene():
        post = Post.objects.get(id=number)
    return signed_in(scene, role="attache", post=post)


@pytest.fixture
def siti(scene: Scene) -> Worker:
    worker = cast.worker()
    with scene():
        Worker.objects.filter(id=worker.id).update(post_id=cast.SEOUL, country="KR")
    return worker


@pytest.fixture
def attache(scene: Scene) -> Client:
    return at_post(scene, cast.SEOUL)


@pytest.fixture
def made(siti: Worker) -> Incident:
    return operations.report_incident(
        cast.ATTACHE, siti.id, kind="death", source="employer", known_at=cast.NOW
    )


class TestIncidents:
    def test_is_reported_and_then_followed(self, attache: Client, siti: Worker) -> None:
        page = reverse("report_incident", args=[siti.id])
        refused = attache.post(page, {"kind": "repatriation", "source": "worker", "place": "Ansan"})
        assert refused.status_code == 422
        assert 'value="Ansan"' in refused.content.decode()
        answer = attache.post(page, {"kind": "detention", "source": "family"}, follow=True)
        assert "belum dipastikan" in answer.content.decode()
        assert "Ditangkap atau ditahan" in attache.get(reverse("incidents")).content.decode()

    def test_keeps_what_was_typed_where_one_proof_is_too_few(
        self, attache: Client, made: Incident
    ) -> None:
        to = reverse("incident_act", args=[made.id, "pastikan"])
        answer = attache.post(to, {"factors": ["passport"], "note": "Surat 12"})
        body = answer.content.decode()
        assert answer.status_code == 422
        assert "nama saja tidak cukup" in body
        assert "Surat 12" in body
        attache.post(to, {"factors": ["passport", "dna"], "note": "Surat 12"})
        with acting_as(ROBOT):
            assert Incident.objects.get().state == "verified"

    def test_says_what_a_step_waits_for(self, attache: Client, made: Incident) -> None:
        body = attache.get(reverse("incident", args=[made.id])).content.decode()
        assert "Menunggu: Identitas dipastikan dengan dua bukti" in body
        answer = attache.post(
            reverse("incident_step", args=[made.id]), {"step": "sent", "evidence": "x"}, follow=True
        )
        assert "Langkah ini menunggu yang lain" in answer.content.decode()
        with acting_as(ROBOT):
            assert Todo.objects.get(step="sent").state == "open"

    def test_of_another_post_is_not_there(self, scene: Scene, made: Incident) -> None:
        other = at_post(scene, cast.TAIPEI)
        assert other.get(reverse("incident", args=[made.id])).status_code == 404
        assert made.number not in other.get(reverse("incidents")).content.decode()

    def test_tells_a_home_office_no_word_on_health(self, scene: Scene, made: Incident) -> None:
        operations.verify_incident(
            cast.ATTACHE, made.id, factors=["dna", "passport"], note="x", at=cast.NOW
        )
        operations.do_step(
            cast.ATTACHE, made.id, step="examination_asked", evidence="Surat 3", at=cast.NOW
        )
        operations.record_finding(
            cast.ATTACHE, made.id, words="Serangan panas", certainty="autopsy", code="NF01.0",
            stated_by="RS", at=cast.NOW,
        )  # fmt: skip
        with scene():
            office = Office.objects.create(code="O", name="BP3MI", regions=[cast.PONOROGO])
        home = signed_in(scene, role="placement_officer", office=office)
        body = home.get(reverse("incident", args=[made.id])).content.decode()
        assert "Keluarga diberi tahu" in body
        assert "Serangan panas" not in body


class TestCallsForHelp:
    def test_are_listed_and_taken(self, attache: Client, siti: Worker) -> None:
        case = protecting.call_for_help(cast.self_of(siti.id), siti.id, at=datetime.now(UTC))
        assert case.number in attache.get(reverse("sos_waiting")).content.decode()
        page = reverse("sos", args=[case.id])
        assert "belum diambil" in attache.get(page).content.decode()
        attache.post(reverse("sos_act", args=[case.id]), {"step": "take"})
        attache.post(reverse("sos_act", args=[case.id]), {"step": "spoken", "words": "Telepon"})
        with acting_as(ROBOT):
            assert Call.objects.get().contacted_at is not None

    def test_of_another_post_are_not_there(self, scene: Scene, siti: Worker) -> None:
        case = protecting.call_for_help(cast.self_of(siti.id), siti.id, at=datetime.now(UTC))
        other = at_post(scene, cast.TAIPEI)
        assert other.get(reverse("sos", args=[case.id])).status_code == 404
        assert other.post(reverse("sos_act", args=[case.id]), {"step": "take"}).status_code in {
            302, 404,
        }  # fmt: skip
        with acting_as(ROBOT):
            assert Call.objects.get().state == "ringing"

    def test_in_silence_show_no_button_to_ring(self, attache: Client, siti: Worker) -> None:
        case = protecting.call_for_help(
            cast.self_of(siti.id), siti.id, at=datetime.now(UTC), silent=True
        )
        body = attache.get(reverse("sos", args=[case.id])).content.decode()
        assert "jangan menelepon" in body
        assert "ds-button" not in body.split("Di mana")[0].split("Hubungi")[-1]


class TestTheRoster:
    def test_is_filled_and_shows_its_holes(self, attache: Client) -> None:
        page = reverse("roster")
        on = (datetime.now(UTC) + timedelta(days=1)).date()
        form = {
            "on": on.isoformat(), "begins": "20:00", "until": "08:00", "who": "first",
            "role": "Penjaga malam", "phone": "",
        }  # fmt: skip
        refused = attache.post(page, form)
        assert refused.status_code == 422
        assert "Penjaga malam" in refused.content.decode()
        assert attache.post(page, form | {"phone": "1"}).status_code == 302
        with acting_as(cast.ATTACHE):
            shift = Shift.objects.get()
        assert shift.ends_at - shift.starts_at == timedelta(hours=12)
        body = attache.get(f"{page}?minggu={on.isoformat()}").content.decode()
        assert "Penjaga malam" in body
        assert "Ada jam tanpa piket pertama" in body

    def test_of_another_desk_is_not_there(self, attache: Client) -> None:
        assert attache.get(f"{reverse('roster')}?meja=TPE").status_code == 404
        assert attache.get(f"{reverse('roster')}?meja=pusat").status_code == 404
