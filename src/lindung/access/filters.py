"""Named filters of the queue: an officer's own, and those that the office shares."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from lindung.access.actors import Actor
from lindung.access.models import SavedFilter
from lindung.access.presence import office_of
from lindung.kernel.refusals import Incomplete, NotFound

MOST = 40


def saved_filters(actor: Actor) -> list[SavedFilter]:
    """One's own filters and the office's shared ones, by name."""
    wanted = Q(owner_id=actor.id) | Q(shared=True)
    return list(SavedFilter.objects.filter(wanted, actor_kind=actor.kind)[:MOST])


def save_filter(actor: Actor, *, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a filter under a name; the same name of the same officer is written over.

    Raises:
        Incomplete: no name, or nothing to keep.
    """
    if not name.strip():
        raise Incomplete(fields={"name": "Beri nama saringannya."})
    if not query:
        raise Incomplete(fields={"name": "Pilih saringan dahulu."})
    row, _ = SavedFilter.objects.update_or_create(
        owner_id=actor.id,
        name=name.strip()[:60],
        defaults={
            "owner_name": actor.name,
            "query": query[:400],
            "shared": shared,
            **office_of(actor),
        },
    )
    return row


def forget_filter(actor: Actor, filter_id: UUID) -> None:
    """Delete one's own filter.

    Raises:
        NotFound: none such of this officer.
    """
    gone, _ = SavedFilter.objects.filter(id=filter_id, owner_id=actor.id).delete()
    if not gone:
        raise NotFound
