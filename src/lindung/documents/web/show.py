"""Documents as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lindung.documents.labels import STATES, Label
from lindung.documents.lifecycles import SHOWN, DocumentState
from lindung.documents.models import Document, Fitness
from lindung.documents.types import type_of


@dataclass(frozen=True, slots=True)
class Row:
    """A document with its kind and state in words."""

    document: Document
    title: str
    state: Label
    opens: bool


def row(document: Document) -> Row:
    """One document in words."""
    state = DocumentState(document.state)
    return Row(document, type_of(document.type).shown, STATES[state], state in SHOWN)


def rows(documents: Iterable[Document]) -> list[Row]:
    """Documents in words, in their order."""
    return [row(each) for each in documents]


def outcomes(found: Iterable[Fitness]) -> list[tuple[str, Fitness]]:
    """Outcomes of sealed results with their kind in words."""
    return [(type_of(each.type).shown, each) for each in found]
