"""Reactions: what higher layers do when something happened below, in the same transaction.

A handler writes rows and enqueues jobs, nothing else. One that fails undoes only itself and
leaves a row for people to see; the change it reacted to stands.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from lindung.access.events import Event
from lindung.access.models import HandlerError, JournalEntry
from lindung.kernel.faults import where

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
Handler = Callable[[E, JournalEntry], None]
_handlers: dict[str, list[Handler[Event]]] = defaultdict(list)


def reacts_to(event: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Register a function in an app's ``handlers.py`` for one kind of event."""

    def register(handler: Handler[E]) -> Handler[E]:
        _handlers[event.type].append(handler)  # type: ignore[arg-type]  # keyed by the event's type
        return handler

    return register


def react(event: Event, entry: JournalEntry) -> None:
    """Run every handler of ``event``, each in a savepoint of its own."""
    for handler in _handlers.get(event.type, ()):
        name = f"{handler.__module__}.{handler.__qualname__}"
        try:
            with transaction.atomic():
                handler(event, entry)
        except Exception as error:
            # Whatever it was: the change must stand and a person must see that this did not.
            log.error("handler %s failed on entry %s: %s", name, entry.id, where(error))
            HandlerError.objects.create(entry_id=entry.id, handler=name, error=type(error).__name__)
