"""What money before departure is paid for, as ``components.yaml`` has it.

Source of the groups: ILO, General principles and operational guidelines for fair recruitment and
definition of recruitment fees and related costs (tripartite experts 2018, Governing Body 2019).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from lindung.kernel.refusals import NotFound
from lindung.regulations.sentences import pick
from lindung.regulations.shapes import Bilingual

Group = Literal["fee", "related", "illegitimate"]


class Component(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that money is paid for.

    Attributes:
        ilo: its group among the ILO's recruitment fees and related costs.
        code: the ILO's item.
        ask: how a capture asks for it; None where it does not.
        recovers: a wage deduction under this name takes back cost of recruitment.
    """

    title: Bilingual
    ilo: Group
    code: str
    ask: Bilingual | None = None
    recovers: bool = False

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return pick(self.title)


class NoSuchComponent(NotFound):
    """Nothing is paid for under this code."""

    slug = "no-such-cost-component"
    title = "Jenis biaya ini tidak dikenal."
    advice = "Pilih jenis dari daftar."


@cache
def components() -> dict[str, Component]:
    """Every component by code, in the order of the file."""
    return msgspec.yaml.decode(
        (Path(__file__).parent / "components.yaml").read_bytes(), type=dict[str, Component]
    )


def component(code: str) -> Component:
    """One component.

    Raises:
        NoSuchComponent: nothing has this code.
    """
    try:
        return components()[code]
    except KeyError:
        raise NoSuchComponent(given=code[:40]) from None


def asked() -> dict[str, Component]:
    """What the captures ask for, each time the same."""
    return {code: each for code, each in components().items() if each.ask is not None}


def choices() -> list[tuple[str, str]]:
    """Codes and titles, for forms."""
    return [(code, each.shown) for code, each in components().items()]
