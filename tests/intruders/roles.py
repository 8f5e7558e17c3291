"""Everyone who comes to a door, signed in as they would be, at home in the world here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from lindung.access import tokens
from lindung.access.identity import FAMILY_KEY, WORKER_KEY, actor_for
from lindung.access.models import Office, Post
from lindung.access.roles import Role, roles
from tests.conftest import owner_sets_the_scene
from tests.factories import DutyFactory
from tests.intruders.worlds import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Our robots come through no door.
COMERS = [name for name in roles() if name != "robot"]
OFFICIALS = [name for name in COMERS if name not in {"worker", "family", "public"}]


class Comer:
    """One who tries: a browser with a session, and a key for the API where the role may have one."""

    def __init__(self, name: str, world: World) -> None:
        self.role: Role = roles()[name]
        self.client = Client(raise_request_exception=False)
        self.key = ""
        if name in OFFICIALS:
            self._on_duty(world)
        elif name != "public":
            self._on_a_phone(name, world)
        self._cookies = {name: each.value for name, each in self.client.cookies.items()}

    def afresh(self) -> Client:
        """The browser as it signed in, whatever it tried since."""
        self.client.cookies.clear()
        self.client.cookies.load(self._cookies)
        return self.client

    def _on_duty(self, world: World) -> None:
        with owner_sets_the_scene():
            duty = DutyFactory(role=self.role.name, **_place(self.role, world))
            boss = DutyFactory(role="administrator")
        self.duty = duty
        self.client.force_login(duty.account, backend=BACKEND)
        now = datetime.now(UTC)
        self.key = tokens.issue(
            actor_for(boss.account, boss),
            duty.id,
            name="Sistem lain",
            rights=sorted(map(str, self.role.rights)),
            expires_at=now + timedelta(days=1),
            now=now,
        ).secret

    def _on_a_phone(self, name: str, world: World) -> None:
        session = self.client.session
        member = world.rows["registry.FamilyMember"]
        worker = str(world.worker.pk)
        if name == "worker":
            session[WORKER_KEY] = {"id": worker, "name": "Siti"}
        else:
            session[FAMILY_KEY] = {"id": str(member.pk), "name": "Ibu", "worker": worker}
        session.save()


def _place(role: Role, world: World) -> dict[str, Any]:
    kind = str(role.kind)
    if kind == "post":
        return {"post": Post.objects.get(id=world.post)}
    if kind == "office":
        office, _ = Office.objects.get_or_create(
            code="KANTOR-SINI", defaults={"name": "BP3MI", "regions": [world.region]}
        )
        return {"office": office}
    if kind == "agency":
        return {"agency_id": world.agency, "agency_name": "Sinar"}
    return {"country": world.country} if kind == "partner" else {}
