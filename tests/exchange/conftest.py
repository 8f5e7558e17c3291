"""A partner in another process's place: it signs as the protocol says, over the test's bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.operations.partners import own_node
from lindung.exchange.wire import agreement, envelopes
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.texts import Signed
from lindung.kernel.ids import new_id
from simulators.eps.wire import Key


class Stranger:
    """The other node: its key, its numbering, its way of saying things."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self.key = Key(Ed25519PrivateKey.generate())
        self.numbers: dict[str, int] = {}

    def says(
        self, name: str, subject: str, data: dict[str, Any], **changes: Any
    ) -> tuple[Message, Signed]:
        """A signed message; ``changes`` replace attributes of the envelope."""
        sequence = None
        if not name.startswith("receipt."):
            self.numbers[subject] = sequence = self.numbers.get(subject, 0) + 1
        identity = new_id()
        values: dict[str, Any] = {
            "id": identity, "source": self.partner.node, "recipient": own_node(),
            "type": agreement.type_of(name), "time": datetime.now(UTC), "subject": subject,
            "sequence": sequence, "correlation": identity,
            "purpose": agreement.purposes_of(name)[0], "basis": "MoU",
            "schema": agreement.schema_of(name), "data": data,
        }  # fmt: skip
        message = Message(**(values | changes))
        return message, self.signed(envelopes.write(message))

    def signed(self, raw: bytes) -> Signed:
        """Any bytes with this node's signature."""
        return raw, self.key.sign(raw)

    def roster(self, subject: str, **changes: Any) -> tuple[Message, Signed]:
        """A small message that is always in order."""
        data = {"status": "removed", "as_of": "2026-03-02"}
        return self.says("roster.status", subject, data, **changes)


@pytest.fixture
def partner(scene: Any) -> Partner:
    """A partner with whom everything is agreed."""
    with scene():
        return Partner.objects.create(
            code="kr-test", name="Test node", country="KR", node="urn:lindung:node:kr-test",
            base_url="http://partner.test", adapter="http", schemes=["g2g-kr"], agreement="MoU",
            is_demo=True,
        )  # fmt: skip


@pytest.fixture
def stranger(scene: Any, partner: Partner) -> Stranger:
    """The partner's node; its key is pinned."""
    node = Stranger(partner)
    with scene():
        PartnerKey.objects.create(
            kid=node.key.kid, x=node.key.x, partner=partner, pinned_at=datetime.now(UTC),
            valid_from=datetime(2020, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    return node


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None, UUID]]:
    """What reached the handler of ``roster.status``, in place of the one that changes the books."""
    from lindung.exchange.operations import applying

    calls: list[tuple[str, int | None, UUID]] = []
    monkeypatch.setitem(
        applying._handlers,
        "roster.status",
        lambda _actor, message: calls.append((message.subject, message.sequence, message.id)),
    )
    return calls
