"""Addresses: whose a telephone or an e-mail address is, and which one of a person's to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from django.db.models import Q, QuerySet

from lindung.access.models import Post
from lindung.access.secrets import keyring
from lindung.kernel import identifiers
from lindung.kernel.identifiers import Kind
from lindung.outreach.models import Channel, Sender
from lindung.registry.models import Identifier, Worker

# Which kind of address each channel uses.
KINDS = {Channel.SMS: Kind.PHONE, Channel.WHATSAPP: Kind.PHONE, Channel.EMAIL: Kind.EMAIL}
SEALED_AS = "sender"


class NoAddress(Exception):
    """What a message came from is no telephone number and no e-mail address."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its one form."""

    kind: Kind
    value: str

    @classmethod
    def of(cls, channel: str, text: str) -> Address:
        """The address written as ``text`` on a channel; numbers come with their country code.

        Raises:
            NoAddress: it is none.
        """
        kind = KINDS.get(Channel(channel), Kind.PHONE)
        if kind is Kind.PHONE:
            digits = text.strip()
            text = digits if digits.startswith(("+", "00")) else f"+{digits}"
        try:
            return cls(kind, identifiers.canonical(kind, text))
        except identifiers.NotThatNumber:
            raise NoAddress from None

    @property
    def masked(self) -> str:
        """What may be shown of it without a reason."""
        return identifiers.masked(self.kind, self.value)

    def indexes(self) -> list[bytes]:
        """Its blind indexes, under every key, the current first."""
        return keyring().indexes(str(self.kind), self.value)


def people_at(address: Address, *, on: date) -> list[Worker]:
    """Whose address it is on that day; a family may share one. At most five."""
    ids = _current(on).filter(kind=str(address.kind), blind__in=address.indexes())
    people = Worker.objects.filter(id__in=ids.values("worker_id"), merged_into__isnull=True)
    return list(people.order_by("id")[:5])


def to_reach(
    worker_id: UUID, channel: str, *, on: date, address_id: UUID | None = None
) -> str | None:
    """The person's address for a channel in the clear, or ``None`` where there is none.

    Args:
        address_id: the one to use, where it matters which.
    """
    kind = KINDS[Channel(channel)]
    known = Identifier.objects.filter(worker_id=worker_id, kind=str(kind))
    if address_id is not None:
        found = known.filter(id=address_id).first()
    else:
        found = _current(on).filter(worker_id=worker_id, kind=str(kind)).order_by("-id").first()
        # A new number may be known before the day from which it lets in.
        found = found or known.filter(valid_to__isnull=True).order_by("-id").first()
    return keyring().open(found.kind, bytes(found.cipher)) if found is not None else None


def opened(sender: Sender) -> str:
    """A sender's address in the clear."""
    return keyring().open(f"{SEALED_AS}:{sender.kind}", bytes(sender.cipher))


def sealed(address: Address) -> bytes:
    """An address as a sender's row keeps it."""
    return keyring().seal(f"{SEALED_AS}:{address.kind}", address.value).cipher


def post_for(address: Address) -> Post | None:
    """The post whose country a number is of: who looks after a sender we do not know."""
    if address.kind is not Kind.PHONE:
        return None
    countries = [country for code, country in _codes() if address.value[1:].startswith(code)]
    return Post.objects.filter(country__in=countries[:1]).order_by("id").first()


def _current(on: date) -> QuerySet[Identifier]:
    return Identifier.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
    )


@cache
def _codes() -> Sequence[tuple[str, str]]:
    """Calling codes and countries, the longest first."""
    file = Path(__file__).parent / "calling_codes.yaml"
    loaded: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return sorted(loaded.items(), key=lambda each: -len(each[0]))
