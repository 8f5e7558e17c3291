"""Both books in one process: our node behind Django's test client, the simulator behind Flask's.

Everything between them goes through the published protocol, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import Client
from django.utils import timezone

from lindung.access import seals
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import Seal
from lindung.access.roles import ROBOT
from lindung.exchange.models import Comparison, Difference, Partner, PartnerHead
from lindung.exchange.operations import applying, comparing, heads, outbox
from lindung.exchange.operations.partners import learn_keys
from lindung.kernel.identifiers import Kind
from lindung.placement import operations as placing
from lindung.placement.models import Contract, Placement
from lindung.registry import operations as registering
from lindung.regulations import pathways
from simulators.eps.node import Node
from simulators.eps.office import Office
from simulators.eps.pages import make_app
from simulators.eps.reconcile import Comparer
from simulators.eps.store import Store
from simulators.eps.wire import Key
from tests import cast
from tests.conftest import become

THEM = "urn:lindung:node:kr-eps"
LATER = comparing.SETTLES_IN + timedelta(seconds=1)


class Both:
    """Two nodes that trust each other, and what people on both sides do."""

    def __init__(self, scene: Any, folder: Path) -> None:
        self.node = Node(
            Store(folder / "eps.db"),
            Key(Ed25519PrivateKey.generate()),
            name=THEM,
            base="http://sim.test",
            partner_base="http://us.test",
            client=httpx.Client(transport=httpx.MockTransport(_to_us)),
        )
        self.office = Office(self.node)
        self.app = make_app(self.node, self.office)
        self.node.store.set("today", cast.TODAY.isoformat())
        self.line = httpx.Client(transport=httpx.WSGITransport(self.app))
        with scene():
            self.partner = Partner.objects.create(
                code="kr-eps", name="EPS", country="KR", node=THEM, base_url="http://sim.test",
                adapter="http", schemes=["g2g-kr"], agreement="MoU", is_demo=True,
            )  # fmt: skip
        learn_keys(self.partner, self.line)
        self.node.learn_partner()
        self.now = timezone.now()
        self.passports = 0

    def exchange(self) -> None:
        """Let messages flow until nothing is left to say."""
        for _ in range(12):
            moved = outbox.pump(self.partner.pk, http=self.line)
            moved += self.node.work() + self.node.pump()
            moved += applying.apply_incoming(self.partner.pk, http=self.line)
            if not moved:
                return
        raise AssertionError("they never stop talking")

    def compare(self, *, later: timedelta = timedelta()) -> Comparison:
        """One comparison, so much later than the last."""
        self.now += later
        return comparing.compare(self.partner.pk, now=self.now, http=self.line)

    def past(self) -> PartnerHead | None:
        """Our look at their past."""
        return heads.look_at_past(self.partner.pk, now=self.now, http=self.line)

    def theirs(self) -> Comparer:
        """Their way of asking us."""
        return Comparer(self.node)

    def open(self, actor: Actor = cast.MINISTRY) -> dict[tuple[str, str], tuple[str, str, str]]:
        """Open differences an actor sees: subject and field → ours, theirs, state."""
        with acting_as(actor):
            return {
                (row.subject, row.field): (row.ours, row.theirs, row.state)
                for row in Difference.objects.filter(closed_at=None)
            }

    # --- lives ------------------------------------------------------------------------------------

    def listed(self) -> Placement:
        """A candidate on their list."""
        who = cast.worker()
        self.passports += 1
        registering.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value=f"C{2000000 + self.passports}",
            on=cast.TODAY, issuer="ID", valid_from=cast.TODAY, valid_to=cast.TODAY.replace(year=2031),
        )  # fmt: skip
        made = cast.placement(who)
        way = pathways.pathway(made.pathway)
        before = placing.needed_before(way, placing.ROSTER)
        placing.settle_requirements(
            cast.OFFICER,
            made.id,
            requirements=[each.id for each in way.requirements if each.id in before],
            state="accepted",
            given_on=cast.TODAY,
            reason="Bukti aslinya dilihat.",
        )
        placing.send_to_roster(cast.OFFICER, made.id, on=cast.TODAY)
        self.exchange()
        return made

    def signed(self) -> Placement:
        """An offer accepted and a visa authorised."""
        made = self.listed()
        self.office.offer(made.number)
        self.exchange()
        with acting_as(ROBOT):
            contract = Contract.objects.get(placement=made)
        placing.verify_contract(
            cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
        )
        placing.answer_contract(
            cast.self_of(made.worker_id), contract.id, agree=True, on=cast.TODAY
        )
        self.exchange()
        self.office.authorise(made.number)
        self.exchange()
        return made

    def arrived(self) -> Placement:
        """Gone, seen, registered: every agreed field but the last is known on both sides."""
        made = self.signed()
        self.office.plan_entry(made.number, entry_on=cast.TODAY.isoformat())
        self.exchange()
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        self.exchange()
        self.office.confirm_arrival(made.number, arrived_at="2026-03-02T21:30:00Z")
        self.office.register(made.number, registered_on="2026-03-05")
        self.exchange()
        return made


def _to_us(request: httpx.Request) -> httpx.Response:
    target = request.url.raw_path.decode("ascii")
    headers = {
        name: value
        for name, value in request.headers.items()
        if name.startswith("lindung-") or name == "content-length"
    }
    answer = Client().generic(
        request.method, target, request.content,
        request.headers.get("content-type", "application/octet-stream"), headers=headers,
    )  # fmt: skip
    return httpx.Response(
        answer.status_code, content=answer.content, headers=dict(answer.headers.items())
    )


class Sealer:
    """Seals the journal within a test's one transaction: what is new gets a number of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: Any) -> None:
        self.patch, self.capture = monkeypatch, capture
        self.next = 10

    def __call__(self) -> Seal | None:
        """Seal all that happened so far."""
        self.next += 1
        with tampering() as run:
            run(
                "update access_journal set xid = %s::text::xid8 where xid = pg_current_xact_id()",
                [str(self.next)],
            )
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text")
            after = int(cursor.fetchone()[0]) + 1
        self.patch.setattr(seals, "transactions_now", lambda: (self.next + 1, after))
        with self.capture(execute=True), acting_as(ROBOT):
            return seals.seal(now=timezone.now())


@contextmanager
def tampering() -> Iterator[Any]:
    """Whoever owns the database can switch the triggers off; the partner is for this."""
    with become("lindung_owner"), connection.cursor() as cursor:
        for table in ("access_journal", "access_seal"):
            cursor.execute(f"alter table {table} disable trigger user")
        yield cursor.execute
        for table in ("access_journal", "access_seal"):
            cursor.execute(f"alter table {table} enable trigger user")
