"""The exchange in the background holds no transaction while it waits for the other side."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from lindung.exchange import tasks
from lindung.exchange.models import Partner
from lindung.exchange.operations import applying, inbox, outbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_part_commits_by_itself(monkeypatch: pytest.MonkeyPatch, partner: Partner) -> None:
    seen: list[tuple[str, bool]] = []
    for module, name in (
        (outbox, "pump"),
        (applying, "apply_incoming"),
        (inbox, "recover"),
        (inbox, "collect"),
    ):
        monkeypatch.setattr(
            module,
            name,
            lambda *_, name=name, **__: seen.append((name, connection.in_atomic_block)),
        )
    tasks.pump(partner=str(uuid4()))
    tasks.apply_incoming(partner=str(uuid4()))
    tasks.sweep()
    assert seen == [
        ("pump", False), ("apply_incoming", False),
        ("recover", False), ("collect", False), ("pump", False), ("apply_incoming", False),
    ]  # fmt: skip


def test_the_sweep_also_meets_whom_we_could_not_reach_before(
    monkeypatch: pytest.MonkeyPatch, partner: Partner
) -> None:
    """Nothing is due to them, yet without their keys nothing of theirs can be taken."""
    asked: list[object] = []
    monkeypatch.setattr(outbox, "pump", lambda id_, **words: asked.append((id_, words)))
    tasks.sweep()
    assert asked == [(partner.pk, {"greet": True})]
