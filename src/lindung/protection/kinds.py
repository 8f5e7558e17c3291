"""What a case can be about, as ``kinds.yaml`` has it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from lindung.regulations.sentences import language, pick
from lindung.regulations.shapes import Bilingual


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of case.

    Attributes:
        title: by language, ``id`` and ``en``.
        class_: of its clocks, in ``clocks.yaml``.
        questions: what an officer asks first, by language.
        expect: what the worker can expect, by language.
        indicator: ILO indicator of forced labour, or empty.
        sealed: read only after two people opened it.
        compartment: ``survivors``, ``children`` or empty.
        law: ids of provisions that date or found the claim.
        mediation: whether the two sides may be brought together at all.
    """

    title: Bilingual
    class_: str = msgspec.field(name="class")
    questions: dict[str, list[str]]
    expect: Bilingual
    indicator: str = ""
    sealed: bool = False
    compartment: str = ""
    law: tuple[str, ...] = ()
    mediation: bool = True

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return pick(self.title)

    @property
    def ask(self) -> list[str]:
        """What an officer asks first, in the language of the page."""
        return self.questions.get(language()) or self.questions["id"]


# A sealed case is called nothing else in the open: its kind stands with its words.
CLOSED = "sealed"


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by code, in the order of the file."""
    return msgspec.yaml.decode(
        (Path(__file__).parent / "kinds.yaml").read_bytes(), type=dict[str, Kind]
    )


def kind_of(code: str) -> Kind:
    """One kind.

    Raises:
        KeyError: no kind has this code (a bug, not a refusal).
    """
    return kinds()[code]
