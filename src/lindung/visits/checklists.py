"""Check-lists, read once from ``checklists/*.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lindung.kernel.refusals import NotFound
from lindung.reference.queries import in_language


@dataclass(frozen=True, slots=True)
class Item:
    """One question: the answer that worries, the ILO indicator, and the case it may open."""

    id: str
    words: dict[str, str]
    worries: str
    indicator: str
    opens: str

    @property
    def ask(self) -> str:
        """The question in the language of the page."""
        return in_language(self.words)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of questions for one kind of place."""

    id: str
    words: dict[str, str]
    hosts: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def title(self) -> str:
        """Its title in the language of the page."""
        return in_language(self.words)

    def item(self, item_id: str) -> Item:
        """One question.

        Raises:
            NotFound: no such question on this list.
        """
        for each in self.items:
            if each.id == item_id:
                return each
        raise NotFound(item_id)


@cache
def all_checklists() -> dict[str, Checklist]:
    """Every check-list by id."""
    found = {}
    for file in sorted((Path(__file__).parent / "checklists").glob("*.yaml")):
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        items = tuple(
            Item(
                id=code,
                words=each["ask"],
                worries=each["worries"],
                indicator=each.get("indicator", ""),
                opens=each.get("opens", ""),
            )
            for code, each in read["items"].items()
        )
        found[file.stem] = Checklist(file.stem, read["title"], tuple(read["for"]), items)
    return found


def checklist(checklist_id: str) -> Checklist:
    """One check-list.

    Raises:
        NotFound: no such list.
    """
    try:
        return all_checklists()[checklist_id]
    except KeyError:
        raise NotFound(checklist_id) from None
