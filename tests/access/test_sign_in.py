"""Officials sign in with a password and a second factor, and without one do nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client, override_settings

from lindung.access.models import Account, SharedCache
from lindung.access.templatetags.access import current_code
from tests.conftest import Scene
from tests.factories import PASSWORD, SECRET, AccountFactory, DutyFactory, PostFactory

LOGIN, FACTOR = "/masuk/login/", "/masuk/2fa/authenticate/"


@pytest.fixture
def attache(scene: Scene) -> Account:
    with scene():
        account: Account = DutyFactory(role="attache", post=PostFactory(name="KBRI A")).account
    return account


def give_password(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def sign_in(client: Client, account: Account) -> Any:
    give_password(client, account.username)
    return client.post(FACTOR, {"code": current_code(account)})


class TestSigningIn:
    def test_asks_for_the_second_factor_and_then_opens_the_desk(
        self, client: Client, attache: Account
    ) -> None:
        assert give_password(client, attache.username).headers["Location"] == FACTOR
        assert client.get("/pekerja/").headers["Location"].startswith(LOGIN)
        assert client.post(FACTOR, {"code": current_code(attache)}).headers["Location"] == "/"
        page = client.get("/pekerja/")
        assert page.status_code == 200
        assert "KBRI A" in page.content.decode()

    def test_refuses_a_wrong_code_and_one_used_before(
        self, client: Client, attache: Account
    ) -> None:
        give_password(client, attache.username)
        assert client.post(FACTOR, {"code": "000000"}).status_code == 200
        assert sign_in(client, attache).status_code == 302
        other = Client()
        assert sign_in(other, attache).status_code == 200
        assert other.get("/pekerja/").status_code == 302

    def test_says_the_same_for_a_wrong_password_and_an_unknown_name(
        self, client: Client, attache: Account
    ) -> None:
        def errors(username: str) -> str:
            page = give_password(client, username, "salah-semua-2026").content.decode()
            return page[page.index("<ul>") : page.index("</ul>")]

        assert errors(attache.username) == errors("tidak.ada")

    def test_locks_a_name_out_after_five_wrong_passwords_in_every_process(
        self, client: Client, attache: Account
    ) -> None:
        for _ in range(5):
            give_password(client, attache.username, "salah-semua-2026")
        assert give_password(client, attache.username).status_code == 200
        # Counted in the database, not in this process.
        assert SharedCache.objects.filter(cache_key__contains="login_failed").exists()
        assert "locmem" not in settings.CACHES["default"]["BACKEND"]

    def test_is_closed_to_a_closed_account(self, client: Client, scene: Scene) -> None:
        with scene():
            account = DutyFactory(account__is_active=False).account
        give_password(client, account.username)
        assert client.get("/").headers["Location"].startswith(LOGIN)

    def test_is_open_to_nobody_who_is_made_up_in_production(
        self, client: Client, scene: Scene
    ) -> None:
        with scene():
            account = DutyFactory(account__is_demo=True).account
        with override_settings(MODE="production"):
            assert give_password(client, account.username).status_code == 200

    def test_ends_the_session_of_whoever_is_made_up_once_in_production(
        self, client: Client, scene: Scene
    ) -> None:
        with scene():
            account = DutyFactory(account__is_demo=True).account
        sign_in(client, account)
        with override_settings(MODE="production"):
            assert client.get("/pekerja/").status_code == 302

    def test_has_no_sign_up(self, client: Client, db: None) -> None:
        page = client.post(
            "/masuk/signup/", {"username": "baru", "password1": PASSWORD, "password2": PASSWORD}
        )
        assert Account.objects.count() == 0
        assert page.status_code in {200, 403}


class TestWithoutASecondFactor:
    @pytest.fixture
    def unprotected(self, client: Client, scene: Scene) -> Account:
        with scene():
            account: Account = DutyFactory(account__protected=False).account
        give_password(client, account.username)
        return account

    @pytest.mark.parametrize("path", ["/", "/pekerja/", "/kasus/", "/peraturan/", "/tugas/"])
    def test_every_page_leads_to_setting_one_up(
        self, client: Client, unprotected: Account, path: str
    ) -> None:
        assert client.get(path).headers["Location"] == "/masuk/2fa/totp/activate/"

    def test_recovery_codes_alone_are_none(
        self, client: Client, unprotected: Account, scene: Scene
    ) -> None:
        with scene():
            Authenticator.objects.create(
                user=unprotected,
                type=Authenticator.Type.RECOVERY_CODES,
                data={"seed": "x", "used_mask": 0},
            )
        assert client.get("/").headers["Location"] == "/masuk/2fa/totp/activate/"

    def test_setting_one_up_opens_the_desk(self, client: Client, unprotected: Account) -> None:
        from allauth.mfa.totp.internal import auth

        asked = client.get("/masuk/2fa/totp/activate/").headers["Location"]
        client.post(asked, {"password": PASSWORD})
        assert client.get("/masuk/2fa/totp/activate/").status_code == 200
        secret = client.session["mfa.totp.secret"]
        counter = next(iter(auth.yield_hotp_counters_from_time()))
        code = auth.format_hotp_value(auth.hotp_value(secret, counter))
        assert client.post("/masuk/2fa/totp/activate/", {"code": code}).status_code == 302
        assert client.get("/pekerja/").status_code == 200
        kept = Authenticator.objects.get(user=unprotected, type=Authenticator.Type.TOTP)
        assert secret not in str(kept.data)


class TestSecondFactors:
    def test_are_sealed_at_rest(self, attache: Account) -> None:
        kept = Authenticator.objects.get(user=attache)
        assert SECRET not in kept.data["secret"]

    def test_show_their_code_to_nobody_outside_demo_mode(
        self, client: Client, attache: Account
    ) -> None:
        give_password(client, attache.username)
        assert current_code(attache) not in client.get(FACTOR).content.decode()

    def test_show_their_code_to_made_up_officials_in_demo_mode_only(
        self, client: Client, scene: Scene
    ) -> None:
        with scene():
            account = DutyFactory(account__is_demo=True).account
            real = DutyFactory().account
        with override_settings(DEMO=True):
            give_password(client, account.username)
            assert current_code(account) in client.get(FACTOR).content.decode()
            other = Client()
            give_password(other, real.username)
            assert current_code(real) not in other.get(FACTOR).content.decode()


class TestDuties:
    def test_are_needed(self, client: Client, scene: Scene) -> None:
        with scene():
            account = AccountFactory(protected=True)
        sign_in(client, account)
        assert client.get("/").headers["Location"] == "/masuk/tanpa-tugas/"
        assert client.get("/masuk/tanpa-tugas/").status_code == 200

    def test_are_switched_among_ones_own_only(
        self, client: Client, attache: Account, scene: Scene
    ) -> None:
        with scene():
            second = DutyFactory(account=attache, role="attache", post=PostFactory(name="KBRI B"))
            foreign = DutyFactory(role="attache", post=PostFactory(name="KBRI C"))
        sign_in(client, attache)
        assert client.post("/tugas/", {"duty": str(foreign.id)}).status_code == 404
        assert 'class="rail-post">KBRI A' in client.get("/pekerja/").content.decode()
        assert client.post("/tugas/", {"duty": str(second.id)}).status_code == 302
        page = client.get("/pekerja/").content.decode()
        assert re.search(r'class="rail-post">KBRI B', page)
        assert f'<option value="{second.id}" selected' in page

    @pytest.mark.parametrize("to", ["https://jahat.example/", "//jahat.example/", "javascript:x"])
    def test_switching_never_leads_to_another_site(
        self, client: Client, attache: Account, to: str
    ) -> None:
        sign_in(client, attache)
        duty = attache.duties.get()
        answer = client.post("/tugas/", {"duty": str(duty.id), "next": to})
        assert answer.headers["Location"] == "/"


class TestSessions:
    @pytest.fixture
    def two(self, client: Client, attache: Account) -> Client:
        other = Client()
        sign_in(client, attache)
        give_password(other, attache.username)
        # The code of this half minute is used up; the clock is not ours to move here.
        SharedCache.objects.all().delete()
        other.post(FACTOR, {"code": current_code(attache)})
        return other

    def test_are_listed_and_ended_from_elsewhere(
        self, client: Client, two: Client, attache: Account
    ) -> None:
        assert two.get("/pekerja/").status_code == 200
        assert UserSession.objects.filter(user=attache).count() == 2
        assert client.get("/masuk/sessions/").status_code == 200
        client.post("/masuk/sessions/")
        assert client.get("/pekerja/").status_code == 200
        assert two.get("/pekerja/").status_code == 302


class TestLanguage:
    def test_is_kept_in_a_cookie_and_leads_back_within_the_site(
        self, client: Client, db: None
    ) -> None:
        from django.urls import reverse

        answer = client.post(
            reverse("set_language"), {"language": "en", "next": "https://jahat.example/"}
        )
        assert answer.headers["Location"] == "/"
        assert answer.cookies["bahasa"].value == "en"
