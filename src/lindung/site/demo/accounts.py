"""Made-up officials for every kind of user, and how each of them signs in."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.db import transaction

from lindung.access.actors import Actor
from lindung.access.identity import actor_for
from lindung.access.models import Account, Duty, Office, Post
from lindung.access.roles import roles
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Refusal
from lindung.reference.files import rows_of
from lindung.registry.models import Agency
from lindung.site.population.shares import data

_SINCE = date(2026, 1, 1)


class DemoOnly(Refusal):
    """Made-up people were asked for outside demo mode."""

    status = 403
    slug = "demo-only"
    title = "Orang contoh hanya ada dalam mode contoh."
    advice = "Jalankan dengan LINDUNG_ENV=demo pada basis data lain."


def make(*, on: date) -> dict[str, Actor]:
    """Make the made-up officials that are not there yet, with their posts and offices.

    Runs as the owner; can run again, and then puts passwords and second factors back.

    Args:
        on: their duties have begun by this day.
    Returns:
        each user name, and each role of the first who holds it, with the actor it signs in as;
        ``officer`` and ``ministry`` for short.
    Raises:
        DemoOnly: outside demo mode and tests.
    """
    refuse_outside_demo()
    cast: dict[str, Actor] = {}
    with transaction.atomic():
        for entry in entries():
            account, duty = _make(entry, on)
            actor = actor_for(account, duty)
            cast[entry["username"]] = actor
            cast.setdefault(entry["role"], actor)
    return cast | {"officer": cast["placement_officer"], "ministry": cast["ministry_officer"]}


def entries() -> list[dict[str, Any]]:
    """The made-up officials as the file has them."""
    return list(_file()["accounts"])


def password() -> str:
    """The password of all made-up officials."""
    return str(_file()["password"])


def totp_secret() -> str:
    """The secret of all their authenticator apps, base32."""
    return str(_file()["totp_secret"])


def refuse_outside_demo() -> None:
    """Stop whoever wants made-up people where real ones are.

    Raises:
        DemoOnly: outside demo mode and tests.
    """
    if settings.MODE not in {"demo", "test"}:
        raise DemoOnly


def _make(entry: dict[str, Any], on: date) -> tuple[Account, Duty]:
    account, _ = Account.objects.get_or_create(
        username=entry["username"],
        defaults={"id": new_id(), "display_name": entry["name"], "is_demo": True},
    )
    if not account.is_demo:
        raise DemoOnly
    if not account.check_password(password()):
        account.set_password(password())
        account.save(update_fields=["password"])
    Authenticator.objects.update_or_create(
        user=account,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": encrypt(totp_secret())}},
    )
    duty = (
        Duty.objects.filter(account=account, role=entry["role"])
        .select_related("post", "office")
        .first()
    )
    if duty is None:
        duty = Duty.objects.create(
            account=account, role=entry["role"], valid_from=min(_SINCE, on), **_place(entry)
        )
    return account, duty


def _place(entry: dict[str, Any]) -> dict[str, Any]:
    if code := entry.get("post"):
        return {"post": _post(code)}
    if code := entry.get("office"):
        return {"office": _office(code)}
    if entry.get("agency"):
        agency = _agency()
        return {"agency_id": agency.id, "agency_name": agency.name}
    return {"country": entry.get("country", "")}


def _post(code: str) -> Post:
    row = next(each for each in data("posts")["posts"] if each["code"] == code)
    names = ("code", "name", "country", "city", "timezone")
    found, _ = Post.objects.get_or_create(
        id=row["id"], defaults={**{name: row[name] for name in names}, "is_demo": True}
    )
    return found


def _office(code: str) -> Office:
    province = code.rpartition("-")[2]
    rows = list(rows_of("regions/id-regions.csv"))
    found, _ = Office.objects.get_or_create(
        code=code,
        defaults={
            "name": "BP3MI " + next(row["name"] for row in rows if row["code"] == province),
            "regions": [
                row["code"]
                for row in rows
                if row["level"] != "province" and row["code"].startswith(province)
            ],
            "is_demo": True,
        },
    )
    return found


def _agency() -> Agency:
    """A recruiter in good standing; the population's first, or one made here."""
    known = Agency.objects.filter(is_demo=True, licence_state="valid").order_by("number").first()
    if known is not None:
        return known
    return Agency.objects.create(
        number="P3MI-D-CONTOH",
        name="PT Contoh Karya Bersama",
        region="3578",
        licence_number="DEMO P3MI-D-CONTOH",
        licensed_from=_SINCE,
        licensed_to=_SINCE.replace(year=_SINCE.year + 5),
        is_demo=True,
    )


def title(entry: dict[str, Any]) -> str:
    """The entry's role as people say it, with its place."""
    place = entry.get("post") or entry.get("office") or entry.get("country") or ""
    return f"{roles()[entry['role']].title} {place}".strip()


@cache
def _file() -> dict[str, Any]:
    file = Path(__file__).parent / "accounts.yaml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
