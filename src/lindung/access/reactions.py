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
Concerns = Callable[[E, JournalEntry], bool]
_handlers: dict[str, list[tuple[Handler[Event], Concerns[Event] | None]]] = defaultdict(list)


def reacts_to(
    event: type[E], *, when: Concerns[E] | None = None
) -> Callable[[Handler[E]], Handler[E]]:
    """Register a function in an app's ``handlers.py`` for one kind of event.

    Args:
        when: tells from the event and its entry alone, without a query, whether the function is
            called; whom it does not concern costs the change nothing.
    """

    def register(handler: Handler[E]) -> Handler[E]:
        _handlers[event.type].append((handler, when))  # type: ignore[arg-type]  # keyed by type
        return handler

    return register


def react(event: Event, entry: JournalEntry) -> None:
    """Run every handler of ``event``, each in a savepoint of its own."""
    for handler, when in _handlers.get(event.type, ()):
        if when is not None and not when(event, entry):
            continue
        name = f"{handler.__module__}.{handler.__qualname__}"
        try:
            with transaction.atomic():
                handler(event, entry)
        except Exception as error:
            # Whatever it was: the change must stand and a person must see that this did not.
            log.error("handler %s failed on entry %s: %s", name, entry.id, where(error))
            HandlerError.objects.create(entry_id=entry.id, handler=name, error=type(error).__name__)
