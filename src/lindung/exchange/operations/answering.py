"""What we answer when a partner compares its books and its past with ours (§16, §17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from lindung.access.journal import record, told_at
from lindung.access.models import JournalEntry
from lindung.exchange import books
from lindung.exchange.events import RecordShown
from lindung.exchange.lifecycles import OutgoingState
from lindung.exchange.models import Outgoing, Partner, SharedRecord
from lindung.exchange.operations import digests, past
from lindung.exchange.operations.applying import robot_of
from lindung.exchange.wire import agreement
from lindung.exchange.wire.texts import read_json
from lindung.exchange.wire.tree import WAYS

_SCHEMA = "urn:lindung:exchange:reconciliation:v1#/$defs/"
RECORD = "placement.v1"
MOST_LINKS = 500


def read(name: str, raw: bytes) -> dict[str, Any]:
    """A question's body.

    Raises:
        Unacceptable: it breaks the schema.
    """
    value = read_json(raw)
    agreement.check(_SCHEMA + name, value, "json_invalid")
    return dict(value)


def nodes(partner: Partner, prefixes: list[str]) -> dict[str, Any]:
    """What our tree has at each prefix."""
    return {"record": RECORD, "nodes": [_node(each) for each in digests.at(partner, prefixes)]}


def records(partner: Partner, subjects: list[str]) -> dict[str, Any]:
    """The agreed records of shared subjects; each is a disclosure and is recorded, once a day.

    Comparisons come every few minutes, and what differs is shown anew each time.
    """
    held = books.of_subjects(partner, subjects)
    known = {
        row.subject: row
        for row in SharedRecord.objects.filter(
            partner=partner, subject__in=[each.subject for each in held]
        )
    }
    told = set(
        JournalEntry.objects.filter(
            type=RecordShown.type,
            subject__in=[each.placement_id for each in held],
            actor_id=partner.robot,
            at__gte=told_at() - timedelta(days=1),
        ).values_list("subject", flat=True)
    )
    for each in held:
        row = known.get(each.subject)
        if row is not None and each.placement_id not in told:
            record(
                RecordShown(number=each.subject, partner=partner.name),
                actor=robot_of(partner),
                about=row,
                subject=each.placement_id,
            )
    shown = [each.record for each in held if each.subject in known]
    there = {each["subject"] for each in shown}
    return {
        "record": RECORD,
        "records": shown,
        "unknown": sorted(set(subjects) - there),
        "under_way": sorted(_unsaid(partner, subjects)),
    }


def _unsaid(partner: Partner, subjects: Collection[str]) -> set[str]:
    """Of these, the ones of which the partner has not stored all that we have to say."""
    return set(
        Outgoing.objects.filter(
            partner=partner,
            subject__in=subjects,
            sequence__isnull=False,
            state__in=[OutgoingState.WAITING, OutgoingState.STORED],
        ).values_list("subject", flat=True)
    )


def head() -> dict[str, Any] | None:
    """The newest head of our journal; ``None`` before the first."""
    return past.own_head()


def proof(first: int) -> dict[str, Any]:
    """The chain of our heads after number ``first``."""
    links = past.own_links(first, most=MOST_LINKS + 1)
    return {
        "from": first,
        "links": links[:MOST_LINKS],
        "more": len(links) > MOST_LINKS,
    }


def leaves(partner: Partner, messages: list[str]) -> dict[str, Any]:
    """Where in our sealed past the entry of each message lies, computed from the entry itself."""
    told = {
        str(pk): entry
        for pk, entry in Outgoing.objects.filter(
            partner=partner, pk__in=[UUID(each) for each in messages], entry_id__isnull=False
        ).values_list("pk", "entry_id")
        if entry is not None
    }
    placed = past.own_leaves(list(told.values()))
    found = [
        {"message": message, **placed[entry]} for message, entry in told.items() if entry in placed
    ]
    there = {each["message"] for each in found}
    return {"leaves": found, "unsealed": [each for each in messages if each not in there]}


def _node(each: digests.Answer) -> dict[str, Any]:
    said: dict[str, Any] = {"prefix": each.prefix, "count": each.count}
    if each.children:
        whole = each.children.hex()
        return said | {"children": [whole[at * 64 : at * 64 + 64] for at in range(len(WAYS))]}
    return said | {"leaves": [[subject, leaf.hex()] for subject, leaf in each.leaves.items()]}
