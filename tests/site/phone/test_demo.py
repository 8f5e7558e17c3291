"""The demo phone shows what was sent to made-up people, and nothing where people are real."""

from __future__ import annotations

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.outreach import operations as outreach
from lindung.registry.models import Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def codes(lives):
    """A made-up and a real person, each sent a code."""
    made_up, real = lives.person(), lives.person("Rina", "Rina")
    with acting_as(ROBOT):
        Worker.objects.filter(id=made_up.worker).update(is_demo=True)
        for who, code in ((made_up, "111111"), (real, "222222")):
            worker = Worker.objects.get(id=who.worker)
            outreach.send(ROBOT, worker, "entry_code", secret=True, code=code, minutes="10")
        return Worker.objects.get(id=made_up.worker).public_number


def test_outside_demo_mode_there_is_no_such_page(client, codes):
    assert client.get("/demo/ponsel/").status_code == 404


def test_in_demo_mode_only_made_up_people_are_shown(client, codes, settings):
    settings.DEMO = True
    page = client.get("/demo/ponsel/").content.decode()
    assert "111111" in page
    assert "222222" not in page
    assert "mode contoh" in page


def test_one_persons_phone_can_be_picked(client, codes, settings):
    settings.DEMO = True
    assert "111111" in client.get("/demo/ponsel/", {"pekerja": codes.lower()}).content.decode()
    assert "111111" not in client.get("/demo/ponsel/", {"pekerja": "PMI-00-1"}).content.decode()
