"""The signals, as ``signals/*.yaml`` describe them: what each looks for, from where on, and on what ground.

Every threshold is our own practice or names the rule of law it stands for; officers may set another value
from a day on (``Threshold``). The question to the rows is ``sql/<id>.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from lindung.kernel.refusals import NotFound
from lindung.regulations.shapes import Bilingual

HERE = Path(__file__).parent
# Under this many outcomes nobody can say how right a signal is.
ENOUGH = 5


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One threshold.

    Attributes:
        source: ``practice``, or the id of a rule of law.
    """

    value: Decimal
    unit: str
    title: Bilingual
    source: str = "practice"


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it was published that this goes with harm."""

    title: str
    url: str


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Within how many hours somebody looks, by severity; our own practice."""

    amber: int
    red: int


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One early-warning rule.

    Attributes:
        sees: what it looks for; ``guard``: what else it may be, and what to try before believing it.
        says: the sentence of one alert, with ``{places}`` for its values.
        softened: what the person may read of it.
        ilo: ILO's indicators of forced labour, 1 to 11.
        about: one person, or a party (an employer, an agency, …).
        stages: of the journey, of those it looks at.
        lists: codes that it tells apart, by name.
        law: ids of rules, or beginnings of ids, that it rests on.
        case_kind: the kind of case that it would be.
        predicts: whether it comes before the harm, or is part of it.
    """

    title: Bilingual
    sees: Bilingual
    says: Bilingual
    guard: Bilingual
    softened: Bilingual
    ask: Bilingual
    ilo: tuple[int, ...]
    review_hours: Review
    about: Literal["person", "party"] = "person"
    stages: tuple[str, ...] = ("during",)
    thresholds: dict[str, Value] = {}
    lists: dict[str, tuple[str, ...]] = {}
    law: tuple[str, ...] = ()
    case_kind: str = "other"
    predicts: bool = False
    published: tuple[Published, ...] = ()
    id: str = ""

    @property
    def sql(self) -> str:
        """Its question to the rows."""
        return _sql(self.id)


@cache
def signals() -> Mapping[str, Signal]:
    """All signals, in the order of their files."""
    found = {}
    for file in sorted((HERE / "signals").glob("*.yaml")):
        read = msgspec.yaml.decode(file.read_bytes(), type=Signal)
        found[file.stem] = msgspec.structs.replace(read, id=file.stem)
    return found


def signal(id_: str) -> Signal:
    """One signal.

    Raises:
        NotFound: none has this id.
    """
    try:
        return signals()[id_]
    except KeyError:
        raise NotFound(id_) from None


@cache
def _sql(id_: str) -> str:
    return (HERE / "sql" / f"{id_}.sql").read_text(encoding="utf-8")


def values_of(each: Signal, changed: Mapping[str, Decimal] | None = None) -> dict[str, Any]:
    """The thresholds of a signal by name, ``t_`` before it, and its lists, ``l_`` before it.

    Args:
        changed: other values than the files', as set for the day or tried out.
    """
    thresholds = {
        f"t_{name}": (changed or {}).get(name, threshold.value)
        for name, threshold in each.thresholds.items()
    }
    return thresholds | {f"l_{name}": list(codes) for name, codes in each.lists.items()}


def set_on(rows: Mapping[str, list[tuple[date, Decimal]]], on: date) -> dict[str, Decimal]:
    """The values that were set for a day: of each name the last that had begun.

    Args:
        rows: of each name the days and values, what was set last first.
    """
    return {
        name: max((each for each in dated if each[0] <= on), key=lambda each: each[0])[1]
        for name, dated in rows.items()
        if any(begun <= on for begun, _ in dated)
    }
