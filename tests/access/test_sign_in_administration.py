"""Accounts and duties: opened, given, delegated, ended; a lost second factor taken off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from lindung.access import administration, queries
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.administration import Place
from lindung.access.identity import actor_for, duties_of
from lindung.access.models import Account, Duty, JournalEntry
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from tests.access.test_sign_in import give_password, sign_in
from tests.conftest import Scene
from tests.factories import PASSWORD, AccountFactory, DutyFactory, OfficeFactory, PostFactory

ON = date(2026, 3, 2)


@pytest.fixture
def duty(scene: Scene) -> Duty:
    with scene():
        made: Duty = DutyFactory(role="administrator")
    return made


@pytest.fixture
def administrator(duty: Duty) -> Actor:
    return actor_for(duty.account, duty)


@pytest.fixture
def attache(scene: Scene) -> Duty:
    with scene():
        made: Duty = DutyFactory(role="attache", post=PostFactory())
    return made


@pytest.fixture
def colleague(scene: Scene, attache: Duty) -> Account:
    with scene():
        account: Account = DutyFactory(role="post_staff", post=attache.post).account
    return account


def written(scene: Scene, name: str) -> JournalEntry:
    with scene():
        return JournalEntry.objects.get(type=f"access.{name}")


class TestOpeningAnAccount:
    def test_gives_a_first_password_and_nothing_to_do_yet(
        self, administrator: Actor, client: Client, scene: Scene
    ) -> None:
        opened = administration.open_account(
            administrator, username="Nama.Baru", display_name="Nama Baru"
        )
        give_password(client, "nama.baru", opened.password)
        assert client.get("/").headers["Location"] == "/masuk/2fa/totp/activate/"
        assert opened.password not in str(written(scene, "AccountMade").payload)

    def test_refuses_a_name_that_is_taken_and_goes_on(self, administrator: Actor) -> None:
        administration.open_account(administrator, username="dua", display_name="Dua")
        with pytest.raises(Incomplete):
            administration.open_account(administrator, username="DUA", display_name="Lain")
        administration.open_account(administrator, username="tiga", display_name="Tiga")

    def test_is_for_administrators_only(self, attache: Duty) -> None:
        with pytest.raises(NotAllowed):
            administration.open_account(
                actor_for(attache.account, attache), username="x", display_name="X"
            )


class TestGivingADuty:
    def test_makes_an_actor_of_its_place(self, administrator: Actor, scene: Scene) -> None:
        with scene():
            account, post = AccountFactory(), PostFactory()
        administration.give_duty(
            administrator, account.id, role="attache", place=Place(post_id=post.id), valid_from=ON
        )
        (held,) = duties_of(account, on=ON)
        assert actor_for(account, held).posts == (post.id,)
        assert written(scene, "DutyGiven").payload["role"] == "attache"

    @pytest.mark.parametrize(
        ("role", "place"),
        [
            ("attache", Place()),
            ("attache", Place(post_id=32000)),
            ("attache", Place(country="KR")),
            ("ministry_officer", Place(country="KR")),
            ("counterpart", Place()),
            ("worker", Place()),
            ("robot", Place()),
            ("made_up", Place()),
        ],
    )
    def test_refuses_a_place_that_does_not_fit_the_role(
        self, administrator: Actor, scene: Scene, role: str, place: Place
    ) -> None:
        with scene():
            account = AccountFactory()
        with pytest.raises(Incomplete):
            administration.give_duty(
                administrator, account.id, role=role, place=place, valid_from=ON
            )

    def test_takes_an_office_for_an_officer(self, administrator: Actor, scene: Scene) -> None:
        with scene():
            account, office = AccountFactory(), OfficeFactory()
        administration.give_duty(
            administrator,
            account.id,
            role="placement_officer",
            place=Place(office_id=office.id),
            valid_from=ON,
            valid_to=date(2026, 4, 1),
        )
        assert len(duties_of(account, on=date(2026, 3, 31))) == 1
        assert duties_of(account, on=date(2026, 4, 1)) == []


class TestDelegating:
    def delegate(self, attache: Duty, to: Account, **given: Any) -> Duty:
        values = {"until": date(2026, 3, 10), "on": ON}
        return administration.delegate(
            actor_for(attache.account, attache), attache.id, to=to.id, **(values | given)
        )

    def test_lends_the_duty_until_the_day(self, attache: Duty, colleague: Account) -> None:
        self.delegate(attache, colleague)
        assert {each.role for each in duties_of(colleague, on=date(2026, 3, 9))} == {
            "attache",
            "post_staff",
        }
        assert len(duties_of(colleague, on=date(2026, 3, 10))) == 1

    def test_refuses_the_past_oneself_and_passing_on(
        self, attache: Duty, colleague: Account
    ) -> None:
        with pytest.raises(Incomplete):
            self.delegate(attache, colleague, until=ON)
        with pytest.raises(Incomplete):
            self.delegate(attache, attache.account)
        lent = self.delegate(attache, colleague)
        with pytest.raises(Incomplete):
            administration.delegate(
                actor_for(colleague, lent),
                lent.id,
                to=attache.account_id,
                until=date(2026, 3, 5),
                on=ON,
            )

    def test_knows_nobody_of_another_post(self, attache: Duty, scene: Scene) -> None:
        with scene():
            stranger = DutyFactory(role="attache", post=PostFactory()).account
        with pytest.raises(NotFound):
            self.delegate(attache, stranger)

    def test_lends_nobody_elses_duty(self, attache: Duty, colleague: Account, scene: Scene) -> None:
        with scene():
            second = DutyFactory(role="attache", post=attache.post)
        with pytest.raises(NotFound):
            administration.delegate(
                actor_for(second.account, second),
                attache.id,
                to=colleague.id,
                until=date(2026, 3, 5),
                on=ON,
            )

    def test_is_taken_back_by_whoever_lent_it(
        self, attache: Duty, colleague: Account, scene: Scene
    ) -> None:
        lent = self.delegate(attache, colleague)
        with scene():
            other = DutyFactory(role="attache", post=attache.post)
        with pytest.raises(NotFound):
            administration.take_back(actor_for(other.account, other), lent.id, on=ON)
        administration.take_back(actor_for(attache.account, attache), lent.id, on=ON)
        assert len(duties_of(colleague, on=ON)) == 1

    def test_ends_with_the_duty_it_came_from(
        self, administrator: Actor, attache: Duty, colleague: Account
    ) -> None:
        self.delegate(attache, colleague)
        administration.end_duty(administrator, attache.id, on=ON)
        assert duties_of(attache.account, on=ON) == []
        assert len(duties_of(colleague, on=ON)) == 1

    def test_taken_back_twice_keeps_its_last_day(self, attache: Duty, colleague: Account) -> None:
        lent = self.delegate(attache, colleague)
        administration.take_back(actor_for(attache.account, attache), lent.id, on=ON)
        with pytest.raises(NotFound):
            later = ON + timedelta(days=1)
            administration.take_back(actor_for(attache.account, attache), lent.id, on=later)

    def test_ends_with_the_account_that_lent_it(
        self, administrator: Actor, attache: Duty, colleague: Account
    ) -> None:
        self.delegate(attache, colleague)
        assert len(duties_of(colleague, on=ON)) == 2
        administration.close_account(administrator, attache.account_id, on=ON)
        assert len(duties_of(colleague, on=ON)) == 1


class TestLeavingStaff:
    def test_lose_all_duties_their_account_and_their_sessions(
        self, administrator: Actor, attache: Duty, client: Client
    ) -> None:
        sign_in(client, attache.account)
        assert client.get("/pekerja/").status_code == 200
        administration.close_account(administrator, attache.account_id, on=ON)
        assert client.get("/pekerja/").headers["Location"].startswith("/masuk/login/")
        assert duties_of(attache.account, on=ON) == []
        give_password(client, attache.account.username)
        assert client.get("/").headers["Location"].startswith("/masuk/login/")

    def test_are_others(self, administrator: Actor) -> None:
        with pytest.raises(Incomplete):
            administration.close_account(administrator, administrator.id, on=ON)


class TestALostSecondFactor:
    def test_is_taken_off_with_a_reason_and_the_old_password(
        self, administrator: Actor, attache: Duty, client: Client, scene: Scene
    ) -> None:
        sign_in(client, attache.account)
        opened = administration.reset_second_factor(
            administrator, attache.account_id, reason="Telepon dinas hilang, datang sendiri"
        )
        assert client.get("/").headers["Location"].startswith("/masuk/login/")
        assert Authenticator.objects.filter(user=attache.account).count() == 0
        assert give_password(client, attache.account.username, PASSWORD).status_code == 200
        give_password(client, attache.account.username, opened.password)
        assert client.get("/").headers["Location"] == "/masuk/2fa/totp/activate/"
        told = written(scene, "SecondFactorReset")
        assert told.payload["reason"] == "Telepon dinas hilang, datang sendiri"
        assert told.actor_id == administrator.id

    def test_needs_a_reason_and_another_administrator(
        self, administrator: Actor, attache: Duty
    ) -> None:
        with pytest.raises(Incomplete):
            administration.reset_second_factor(administrator, attache.account_id, reason=" ")
        with pytest.raises(Incomplete):
            administration.reset_second_factor(administrator, administrator.id, reason="Hilang")


class TestThePages:
    PATHS = ("/kelola/akun/", "/kelola/akun/baru/", "/kelola/kunci/")

    def test_are_the_administrators(self, client: Client, duty: Duty, attache: Duty) -> None:
        sign_in(client, duty.account)
        for path in (*self.PATHS, f"/kelola/akun/{attache.account_id}/"):
            assert client.get(path).status_code == 200, path
        other = Client()
        sign_in(other, attache.account)
        for path in (*self.PATHS, f"/kelola/akun/{duty.account_id}/"):
            assert other.get(path).status_code == 403, path
        assert Client().get(self.PATHS[0]).status_code == 302

    def test_do_what_the_operations_do(
        self, client: Client, duty: Duty, attache: Duty, scene: Scene
    ) -> None:
        sign_in(client, duty.account)
        page = client.post(self.PATHS[1], {"username": "empat", "display_name": "Empat"})
        assert "Kata sandi pertama" in page.content.decode()
        account = Account.objects.get(username="empat")
        path = f"/kelola/akun/{account.id}/"
        wrong = client.post(path + "tugas/", {"role": "attache", "valid_from": "2026-03-02"})
        assert wrong.status_code == 422
        given = {"role": "attache", "post": attache.post_id, "valid_from": "2026-03-02"}
        assert client.post(path + "tugas/", given).status_code == 302
        held = Duty.objects.get(account=account)
        assert client.post(f"/kelola/tugas/{held.id}/akhiri/").status_code == 302
        assert client.post(path + "faktor/", {"reason": ""}).status_code == 422
        assert client.post(path + "faktor/", {"reason": "Hilang"}).status_code == 200
        assert client.post(path + "tutup/").status_code == 302
        assert not Account.objects.get(username="empat").is_active

    def test_show_a_key_once(self, client: Client, duty: Duty, attache: Duty) -> None:
        sign_in(client, duty.account)
        given = {
            "duty": str(attache.id),
            "name": "Mitra",
            "rights": ["registry:worker:read"],
            "until": "2999-01-01",
        }
        assert client.post("/kelola/kunci/", given).status_code == 422
        given["until"] = str(timezone.localdate() + timedelta(days=30))
        page = client.post("/kelola/kunci/", given).content.decode()
        assert "lindung_" in page
        assert "lindung_" not in client.get("/kelola/kunci/").content.decode()

    def test_lend_a_duty(self, client: Client, attache: Duty, colleague: Account) -> None:
        sign_in(client, attache.account)
        given = {"duty": str(attache.id), "to": str(colleague.id), "until": "2999-01-01"}
        assert client.post("/tugas/limpahan/", given).status_code == 302
        lent = Duty.objects.get(delegated_by=attache)
        assert client.post(f"/tugas/limpahan/{lent.id}/cabut/").status_code == 302
        assert "2999" not in client.get("/tugas/limpahan/").content.decode()


class TestTheListOfAccounts:
    def test_says_who_has_a_duty_and_a_second_factor(
        self, administrator: Actor, attache: Duty, scene: Scene
    ) -> None:
        with scene():
            AccountFactory(username="tanpa")
        with acting_as(administrator):
            lines = {each.account.username: each for each in queries.accounts(on=ON)}
            assert [each.username for each in map(_of, queries.accounts(on=ON, text="tan"))] == [
                "tanpa"
            ]
        assert lines["tanpa"].duties == ()
        assert not lines["tanpa"].has_second_factor
        assert lines[attache.account.username].has_second_factor
        assert lines[attache.account.username].duties == (attache,)


class TestTheFirstAdministrator:
    def test_is_made_from_the_shell(self, db: None, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("give_duty", "kepala", "administrator", "--name", "Kepala")
        assert "First password" in capsys.readouterr().out
        assert Duty.objects.get(account__username="kepala").role == "administrator"

    def test_is_not_made_without_a_fitting_place(self, db: None) -> None:
        with pytest.raises(CommandError):
            call_command("give_duty", "kepala", "attache")
        assert Account.objects.count() == 0


def _of(line: queries.AccountLine) -> Account:
    return line.account
