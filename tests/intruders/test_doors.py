"""The public doors: names of hosts, cookies, sessions, ways back, guesses and how often one may knock."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from lindung.site.middleware.limits import limits
from tests.access.test_sign_in import FACTOR, LOGIN, give_password, sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory
from tests.intruders.roles import BACKEND

SOURCE = Path(settings.ROOT) / "src" / "lindung"
ELSEWHERE = ["//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)"]


class TestTheNameOfTheHost:
    def test_is_ours_or_nothing_is_answered(self, db: None) -> None:
        answer = Client().get("/masuk/login/", headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()

    def test_is_not_what_links_in_messages_are_made_of(self) -> None:
        made = [
            path for path in SOURCE.rglob("*.py") if "build_absolute_uri" in path.read_text("utf-8")
        ]
        assert made == []


class TestCookies:
    def test_are_closed_to_scripts_and_to_other_sites(self) -> None:
        assert settings.SESSION_COOKIE_HTTPONLY
        assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
        assert settings.SESSION_COOKIE_DOMAIN is None

    def test_go_over_a_sealed_line_alone_where_there_is_one(self) -> None:
        base = (SOURCE / "site" / "settings" / "base.py").read_text("utf-8")
        assert "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE" in base
        assert 'MODE == "production" and not SECURE' in base


class TestASession:
    def test_that_somebody_laid_ready_is_not_the_one_signed_in(self, scene: Scene) -> None:
        with scene():
            account = DutyFactory(role="administrator").account
        thief, official = Client(), Client()
        give_password(thief, account.username, "salah-semua-2026")
        official.cookies.load({settings.SESSION_COOKIE_NAME: thief.session.session_key or "x" * 32})
        sign_in(official, account)
        assert official.get(reverse("accounts")).status_code == 200
        assert thief.get(reverse("accounts")).status_code == 302

    def test_changes_its_name_at_each_step_of_signing_in(self, scene: Scene) -> None:
        with scene():
            account = DutyFactory(role="administrator").account
        client = Client()
        give_password(client, account.username)
        before = client.session.session_key
        sign_in(client, account)
        assert client.session.session_key != before


@pytest.mark.parametrize("to", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(scene: Scene, to: str) -> None:
    with scene():
        account = DutyFactory(role="administrator").account
    client = Client()
    address = f"{LOGIN}?next={to}"
    answer = client.post(address, {"login": account.username, "password": "seribu-pulau-2026"})
    assert "evil" not in answer.headers.get("Location", "").replace("%2F", "/").split("next=")[0]
    from lindung.access.templatetags.access import current_code

    last = client.post(FACTOR, {"code": current_code(account), "next": to})
    assert last.headers["Location"].startswith("/")
    assert not last.headers["Location"].startswith(("//", "/\\"))


class TestAGuess:
    def test_of_a_name_costs_as_many_hashes_as_of_a_password(self, scene: Scene) -> None:
        with scene():
            account = DutyFactory(role="administrator").account

        def hashes(name: str) -> int:
            with patch.object(
                MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
            ) as encode:
                give_password(Client(), name, "salah-semua-2026")
            return int(encode.call_count)

        assert hashes("tidak.ada") == hashes(account.username) > 0

    def test_of_a_paper_that_is_not_there_reads_like_any_other(self, places: None) -> None:
        def page(code: str) -> str:
            text = Client().post(reverse("check_clearances"), {"code": code}).content.decode()
            return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text.replace(code, ""))

        assert page("AAAA-AAAA-AAAA") == page("BBBB-CCCC-DDDD")

    def test_of_a_link_is_told_apart_by_nothing(self, db: None) -> None:
        def answer(token: str) -> tuple[int, str]:
            made = Client().post(reverse("referral_link", args=[token]))
            text = re.sub(r'value="\w{64}"', "", made.content.decode().replace(token, ""))
            return made.status_code, text

        assert answer("x" * 43) == answer("y" * 43)


@pytest.mark.parametrize("limit", limits(), ids=lambda each: each.name)
class TestAPublicDoor:
    def test_is_shut_to_who_knocks_too_often_and_to_nobody_else(
        self, limit: Any, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        from lindung.site.middleware import limits as doors

        few = tuple(replace(each, most=3) for each in limits())
        monkeypatch.setattr(doors, "limits", lambda: few)
        address = limit.paths[0] + ("x/" if limit.name == "referral" else "")
        codes = [Client().post(address, REMOTE_ADDR="198.51.100.7").status_code for _ in range(5)]
        assert codes[3:] == [429, 429]
        assert 429 not in codes[:3]
        assert Client().post(address, REMOTE_ADDR="198.51.100.8").status_code != 429
        # Of IPv6 the network counts: a house has as many addresses as it likes.
        six = [
            Client().post(address, REMOTE_ADDR=f"2001:db8::{number}").status_code
            for number in range(1, 6)
        ]
        assert six[3:] == [429, 429]

    def test_lets_a_busy_desk_through(self, limit: Any) -> None:
        assert limit.most / limit.minutes >= 5


def test_tables_leave_us_through_the_one_writer_that_no_program_runs() -> None:
    writers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"csv\.(?:writer|DictWriter)", path.read_text("utf-8"))
    }
    # The exchange's tables are read by programs, each row beside the signed bytes it repeats.
    assert writers == {"kernel/sheets.py", "exchange/wire/flat.py"}


class TestWhatNoTableHolds:
    """A NUL in a text, a number beyond all: turned back, never a fault."""

    def test_is_turned_back_on_a_page(self, scene: Scene, places: None) -> None:
        with scene():
            account = DutyFactory(role="administrator").account
        client = Client(raise_request_exception=False)
        client.force_login(account, backend=BACKEND)
        answer = client.post(reverse("accounts"), {"q": "siti\x00rahayu"})
        assert answer.status_code == 422
        assert client.get(reverse("accounts")).status_code == 200

    def test_is_turned_back_by_the_api(self, scene: Scene, places: None, posts: None) -> None:
        from tests.site.keys import caller

        answer = caller(scene, "ministry_officer").post("/agencies/search", name="a\x00b")
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/unstorable"
