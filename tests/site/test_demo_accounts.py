"""The made-up officials: every kind of user can sign in as one, and none of them in production."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from lindung.access.actors import Kind
from lindung.access.models import Account
from lindung.access.templatetags.access import current_code
from lindung.kernel.refusals import Refusal
from lindung.site.demo import accounts, guard, lives
from tests.conftest import Scene
from tests.factories import WorkerFactory

ON = date(2026, 3, 2)


class TestMaking:
    def test_gives_every_kind_of_official(self, scene: Scene) -> None:
        with scene():
            cast = accounts.make(on=ON)
        kinds = {actor.kind for actor in cast.values()}
        assert kinds == {Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.AGENCY, Kind.PARTNER}
        assert all(cast["attache"].posts)
        assert cast["officer"].regions

    def test_can_run_again(self, scene: Scene) -> None:
        with scene():
            first, second = accounts.make(on=ON), accounts.make(on=ON)
        assert first == second
        assert Account.objects.filter(is_demo=True).count() == len(accounts.entries())

    def test_is_refused_in_production(self, scene: Scene) -> None:
        with scene(), override_settings(MODE="production"), pytest.raises(Refusal):
            accounts.make(on=ON)
        assert Account.objects.count() == 0

    def test_lets_each_of_them_in(self, scene: Scene) -> None:
        with scene():
            accounts.make(on=ON)
        for entry in accounts.entries():
            client = Client()
            name = entry["username"]
            client.post("/masuk/login/", {"login": name, "password": accounts.password()})
            code = current_code(Account.objects.get(username=name))
            answer = client.post("/masuk/2fa/authenticate/", {"code": code})
            assert answer.headers["Location"] == "/", name
            # A counterpart's only page is the mirror of the exchange: it comes up at once.
            assert client.get("/", follow=True).status_code == 200, name


class TestPrinting:
    def test_prints_one_object_for_each(
        self, scene: Scene, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with scene():
            accounts.make(on=ON)
            # A visitor who registered in the demonstration: made up or not, never printed.
            WorkerFactory(phone="+6281234567890", is_demo=True)
            WorkerFactory(phone=lives.SITI_PHONE, is_demo=True)
        call_command("demo_logins", "--json")
        logins = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert {"who", "role", "url", "second_factor"} <= set.intersection(*map(set, logins))
        assert [each["username"] for each in logins if "username" in each] == [
            each["username"] for each in accounts.entries()
        ]
        assert [each["phone"] for each in logins if "phone" in each] == [lives.SITI_PHONE]

    def test_is_refused_in_production(self, db: None) -> None:
        with override_settings(MODE="production"), pytest.raises(CommandError):
            call_command("demo_logins")

    def test_says_so_when_there_is_nobody(self, db: None) -> None:
        with pytest.raises(CommandError):
            call_command("demo_logins")


class TestTheStartInProduction:
    def test_is_refused_on_a_database_made_in_demo_mode(self, scene: Scene) -> None:
        guard.refuse_made_up_officials()
        with override_settings(MODE="production"):
            guard.refuse_made_up_officials()
        with scene():
            accounts.make(on=ON)
        guard.refuse_made_up_officials()
        with override_settings(MODE="production"), pytest.raises(ImproperlyConfigured):
            guard.refuse_made_up_officials()
