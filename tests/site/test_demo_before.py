"""The demonstration before departure: each page of the chain shows life, and all of it is made up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import Account, Jurisdiction, Post
from lindung.access.roles import ROBOT
from lindung.access.templatetags.access import current_code
from lindung.parties import queries as parties
from lindung.parties.models import ForeignAgency, LicenceAct, ProblemEntry, Provider
from lindung.preparation.models import Attendance, Cover, OrientationSession
from lindung.recruitment.models import Agreement, JobOrder, RecruitmentPermit
from lindung.registry.models import Agency, Employer, Worker
from lindung.site.demo import accounts, before, lives
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("places")
TODAY = date(2026, 11, 24)
# Seconds; on an idle machine it is a small part of this.
MOST = 20.0


@pytest.fixture
def cast_(scene: Scene) -> dict[str, Actor]:
    with scene():
        made = accounts.make(on=TODAY)
        for post in Post.objects.all():
            Jurisdiction.objects.create(
                post=post, country=post.country, valid_from=date(2020, 1, 1)
            )
    return made


@pytest.fixture
def told(scene: Scene, cast_: dict[str, Actor]) -> before.Told:
    with scene():
        people = lives.make(cast_, today=TODAY)
        return before.make(cast_, people, today=TODAY)


class Desk:
    """The pages as made-up officials read them; each signs in once, as a code is good once."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}

    def page(self, user: str, name: str, *args: object) -> str:
        if user not in self.clients:
            client = self.clients[user] = Client()
            client.post("/masuk/login/", {"login": user, "password": accounts.password()})
            code = current_code(Account.objects.get(username=user))
            client.post("/masuk/2fa/authenticate/", {"code": code})
        answer = self.clients[user].get(reverse(name, args=args))
        assert answer.status_code == 200, (user, name)
        return answer.content.decode()


class TestItShows:
    def test_every_step(self, told: before.Told) -> None:
        with acting_as(ROBOT):
            states = {
                model: set(model.objects.values_list("state", flat=True))
                for model in (
                    Agreement, JobOrder, RecruitmentPermit, ProblemEntry, OrientationSession,
                )
            }  # fmt: skip
            licences = set(
                Agency.objects.filter(is_demo=True).values_list("licence_state", flat=True)
            )
            acts = set(LicenceAct.objects.values_list("kind", flat=True))
            present = set(Attendance.objects.values_list("present", flat=True))
            answered, asked = parties.hearing(told.answered.id), parties.hearing(told.asked.id)
            assert Cover.objects.exists()
        assert {"valid", "warned", "revoked"} <= licences
        assert {"issued", "warned", "suspended", "reinstated", "revoked"} <= acts
        assert {"submitted", "endorsed", "returned"} <= states[Agreement]
        assert {"submitted", "checked", "endorsed"} <= states[JobOrder]
        assert {"requested", "issued"} <= states[RecruitmentPermit]
        assert {"reported", "heard", "published", "dismissed"} <= states[ProblemEntry]
        assert {"planned", "held", "cancelled"} <= states[OrientationSession]
        assert present == {None, True}
        assert answered.replied_on is not None
        assert asked.open

    def test_on_the_pages(self, told: before.Told) -> None:
        page = Desk().page
        assert told.asked.number in page("petugas.p3mi", "hearings")
        assert told.published.number in page("atase.taipei", "problems")
        assert "PT Cahaya Contoh Nusantara" in page("petugas.kementerian", "agencies")
        assert "Taichung Care Services Contoh" in page("atase.taipei", "partners")
        assert "BLK Contoh Ponorogo" in page("petugas.bp3mi", "providers")
        assert told.waiting.number in page("staf.taipei", "chain")
        assert told.order.number in page("petugas.p3mi", "job_order", told.order.id)
        assert "OPP contoh" in page("petugas.bp3mi", "orientations")
        assert told.candidate.number in page("petugas.p3mi", "placement", told.candidate.id)


class TestItIs:
    def marked(self) -> Iterator[type]:
        yield from (Agency, Agreement, Employer, ForeignAgency, JobOrder)
        yield from (ProblemEntry, Provider, Worker)

    def test_marked_as_made_up(self, told: before.Told) -> None:
        with acting_as(ROBOT):
            for model in self.marked():
                rows = model.objects.filter(is_demo=False)  # type: ignore[attr-defined]
                names = {str(getattr(each, "name", each.pk)) for each in rows}
                assert not names, model

    def test_quick(self, scene: Scene, cast_: dict[str, Actor]) -> None:
        with scene():
            people = lives.make(cast_, today=TODAY)
            begun = time.perf_counter()
            before.make(cast_, people, today=TODAY)
        assert time.perf_counter() - begun < MOST

    def test_the_same_on_any_day(self, scene: Scene, cast_: dict[str, Actor]) -> None:
        later = date(2027, 8, 15)
        with scene():
            people = lives.make(cast_, today=later)
            made = before.make(cast_, people, today=later)
        with acting_as(ROBOT):
            assert parties.hearing(made.asked.id).open
