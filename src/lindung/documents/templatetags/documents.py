"""A person's documents as a card of another page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.documents import queries
from lindung.documents.web import show

register = template.Library()
_MOST = 6


@register.simple_tag
def documents_of(worker_id: UUID, actor: Actor) -> dict[str, Any] | None:
    """The newest documents; None for duties that read none."""
    if not actor.may(Right.DOCUMENT_READ):
        return None
    found = queries.documents_of(worker_id)
    return {
        "rows": show.rows(found[:_MOST]),
        "total": len(found),
    }
