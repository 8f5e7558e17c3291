"""Keys for tests of the API: each acts within a duty made for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from lindung.access import tokens
from lindung.access.identity import actor_for
from lindung.access.models import Office, Post
from lindung.access.rights import Right
from lindung.access.roles import rights_of
from tests import cast
from tests.conftest import Scene
from tests.factories import DutyFactory

PLACES: dict[str, dict[str, Any]] = {
    "attache": {"post": cast.SEOUL},
    "agency_staff": {"agency_id": cast.RECRUITER.agency, "agency_name": "Sinar"},
    "placement_officer": {"region": cast.PONOROGO},
    "ministry_officer": {},
}


class Caller:
    """Calls the API with one key."""

    def __init__(self, secret: str, token_id: Any) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.token_id = token_id

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api."""
        return Client().get(f"/api{path}", query, headers=self.headers)

    def post(self, path: str, **body: Any) -> Any:
        """POST JSON below /api."""
        return Client().post(
            f"/api{path}", body, content_type="application/json", headers=self.headers
        )

    def upload(self, path: str, **fields: Any) -> Any:
        """POST a form with files below /api."""
        return Client().post(f"/api{path}", fields, headers=self.headers)


def caller(scene: Scene, role: str, *rights: Right, **where: Any) -> Caller:
    """A key of a role, by default in its place of the cast and with all its rights."""
    where = PLACES[role] | where
    with scene():
        if post := where.pop("post", None):
            where["post"] = Post.objects.get(id=post)
        if region := where.pop("region", ""):
            where["office"] = Office.objects.get_or_create(
                code=f"A-{region}", defaults={"name": "BP3MI", "regions": [region]}
            )[0]
        duty = DutyFactory(role=role, **where)
        boss = DutyFactory(role="administrator")
    now = datetime.now(UTC)
    issued = tokens.issue(
        actor_for(boss.account, boss),
        duty.id,
        name="Sistem lain",
        rights=list(map(str, rights or rights_of(role))),
        expires_at=now + timedelta(days=1),
        now=now,
    )
    return Caller(issued.secret, issued.token.id)
