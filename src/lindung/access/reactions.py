"""Reactions: what higher layers do when something happened below, in the same transaction.

A handler writes rows and enqueues jobs, nothing else. One that fails undoes only itself and
leaves a row for people to see; the change it reacted to stands.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db import transaction

from lindung.access.events import Event
from lindung.access.models import HandlerError, JournalEntry
from lindung.kernel.faults import where

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
Handler = Callable[[E, JournalEntry], None]
Concerns = Callable[[E, JournalEntry], bool]
Together = Callable[[Sequence[tuple[E, JournalEntry]]], None]
Among = Callable[[Sequence[JournalEntry]], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class _Reaction(Generic[E]):
    name: str
    call: Together[E]
    when: Concerns[E] | None
    among: Among | None = None
    together: bool = False


_handlers: dict[str, list[_Reaction[Event]]] = defaultdict(list)


def reacts_to(
    event: type[E], *, when: Concerns[E] | None = None, among: Among | None = None
) -> Callable[[Handler[E]], Handler[E]]:
    """Register a function in an app's ``handlers.py`` for one kind of event.

    Args:
        when: tells from the event and its entry alone, without a query, whether the function is
            called; whom it does not concern costs the change nothing.
        among: of entries that were recorded together, the ids of those that the function is called
            for, found by one query for all: a list of a thousand people must not ask a thousand times.
    """

    def register(handler: Handler[E]) -> Handler[E]:
        def call(told: Sequence[tuple[E, JournalEntry]]) -> None:
            for each, entry in told:
                handler(each, entry)

        _handlers[event.type].append(
            _Reaction(_name(handler), call, when, among)  # type: ignore[arg-type]  # keyed by type
        )
        return handler

    return register


def reacts_together(
    event: type[E], *, when: Concerns[E] | None = None
) -> Callable[[Together[E]], Together[E]]:
    """The same for a function that is called once for all events of the kind recorded together."""

    def register(handler: Together[E]) -> Together[E]:
        _handlers[event.type].append(
            _Reaction(_name(handler), handler, when, together=True)  # type: ignore[arg-type]  # keyed by type
        )
        return handler

    return register


def _name(handler: Callable[..., None]) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def is_heard(event: Event) -> bool:
    """Whether anything reacts to this kind of event."""
    return event.type in _handlers


def react(told: Sequence[tuple[Event, JournalEntry]]) -> None:
    """Run every handler of these events, in their order, each in a savepoint of its own."""
    by_type: dict[str, list[tuple[Event, JournalEntry]]] = defaultdict(list)
    for event, entry in told:
        if event.type in _handlers:
            by_type[event.type].append((event, entry))
    for type_, alike in by_type.items():
        for reaction in _handlers[type_]:
            concerned = _concerned(reaction, alike)
            parts = [concerned] if reaction.together else [[each] for each in concerned]
            for part in filter(None, parts):
                entries = [entry for _, entry in part]
                _guarded(reaction, entries, lambda: reaction.call(part))  # noqa: B023  called at once


def _concerned(
    reaction: _Reaction[Event], alike: list[tuple[Event, JournalEntry]]
) -> list[tuple[Event, JournalEntry]]:
    found = [each for each in alike if reaction.when is None or reaction.when(*each)]
    if reaction.among is None or not found:
        return found
    entries, chosen = [entry for _, entry in found], set[UUID]()
    _guarded(reaction, entries, lambda: chosen.update(reaction.among(entries)))  # type: ignore[misc]
    return [each for each in found if each[1].id in chosen]


def _guarded(
    reaction: _Reaction[Event], entries: Sequence[JournalEntry], step: Callable[[], None]
) -> None:
    try:
        with transaction.atomic():
            step()
    except Exception as error:
        # Whatever it was: the change must stand and a person must see that this did not.
        for entry in entries:
            log.error("handler %s failed on entry %s: %s", reaction.name, entry.id, where(error))
        HandlerError.objects.bulk_create(
            HandlerError(entry_id=each.id, handler=reaction.name, error=type(error).__name__)
            for each in entries
        )
