"""The destinations' own systems as data: their states beside ours, their time limits, their bars.

One file per system in ``systems/``. A destination is added by a file, not by code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec
import yaml

from lindung.regulations.shapes import Bilingual

_FOLDER = Path(__file__).parent / "systems"


class Reached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What puts a person into a state: exactly one of these.

    Attributes:
        requirement: a requirement of the pathway is settled.
        placement: our placement is, or was, in one of these states.
        milestone: this was recorded.
        always: everybody on the pathway is past it.
    """

    requirement: str = ""
    placement: tuple[str, ...] = ()
    milestone: str = ""
    always: bool = False


class NativeState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A state of the destination's system.

    Attributes:
        number: the number by which both sides know it.
        who: codes of who acts in it.
        sends: messages that leave us in it. gets: messages that come.
        clocks: ids of the time limits that run in it.
        over_by: facts after which an aside state is over; none: after any later milestone.
        final: nothing comes after it.
    """

    code: str
    number: int
    title: Bilingual
    who: tuple[str, ...]
    reached: Reached
    sends: tuple[str, ...] = ()
    gets: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    over_by: tuple[str, ...] = ()
    final: bool = False


class ClockRule(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "bound": "for"},
):
    """A time limit of the destination's system; the count itself stands in the law's files.

    Attributes:
        rule: id of the rule that gives the count; empty where only a paper names the day.
        begins: the fact from which is counted.
        side: ``before``: counted back from ``begins``.
        from_: a fact without which it does not run, besides ``begins``.
        last_day: a fact that names the last day itself and wins over the count.
        met: facts that end it well. moot: facts after which it no longer matters.
        alarms: days after the beginning (negative: before the last day) on which somebody of ours
            must look; none: at two thirds of the time.
        pauses: reasons for which it stops.
        stake: what is lost: ``stay``, ``entry``, ``offer``, ``roster``, ``money``, ``duty`` of
            somebody else, or ``return``.
        owner: who of ours gets the task. bound: who has to act.
        wait: a time to wait out, not to keep within.
    """

    id: str
    title: Bilingual
    begins: str
    stake: str
    owner: str
    rule: str = ""
    side: Literal["after", "before"] = "after"
    from_: str = ""
    last_day: str = ""
    met: tuple[str, ...] = ()
    moot: tuple[str, ...] = ()
    alarms: tuple[int, ...] = ()
    pauses: tuple[str, ...] = ()
    bound: str = "worker"
    wait: bool = False


class RefusalRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules on refusing an offer: how many are free, and how many months the bar lasts."""

    free: str
    bar: str


class ChangeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules on changes of workplace: how many, in the first term and the next; which count."""

    initial: str
    extension: str
    reasons: str


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A destination's system."""

    id: str
    title: Bilingual
    pathways: tuple[str, ...]
    states: tuple[NativeState, ...]
    aside: tuple[NativeState, ...]
    clocks: tuple[ClockRule, ...]
    refusals: RefusalRules | None = None
    changes: ChangeRules | None = None

    def state(self, code: str) -> NativeState | None:
        """A state by its code."""
        return next((each for each in (*self.states, *self.aside) if each.code == code), None)


@cache
def systems() -> Mapping[str, System]:
    """Every system by its id.

    Raises:
        msgspec.ValidationError: a file is not as it should be.
    """
    read = [
        msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), System)
        for file in sorted(_FOLDER.glob("*.yaml"))
    ]
    return MappingProxyType({each.id: each for each in read})


@cache
def system_of(pathway: str) -> System | None:
    """The destination's system behind a pathway, where there is one."""
    return next((each for each in systems().values() if pathway in each.pathways), None)
