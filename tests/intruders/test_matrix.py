"""Every address, every way in, as everybody, with what is theirs and what is others'.

What is met is compared with what the table of entrances, the roles and the row policies promise. An
answer about somebody else's world is never a fault of the service, shows nothing of it and changes
nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lindung.site.entrances import METHODS, Door, Entrance, Outcome, entrances, expected
from tests.intruders import tries
from tests.intruders.roles import COMERS, Comer
from tests.intruders.tries import DENIED, OPERATIONS, OTHER_STATE, PLACES, Met
from tests.intruders.worlds import World

Worlds = tuple[World, World]
# Doors before which nobody is anybody: what they answer depends on no role.
_BEFORE = {Door.DOOR, Door.SIGN_IN, Door.OPEN}
# They say themselves that something is not running.
_NOT_READY = 503


class TestTheTable:
    def test_has_every_address_and_none_that_is_gone(self) -> None:
        pages = {name for name, each in entrances().items() if each.door is not Door.API}
        assert pages == set(PLACES)

    def test_has_every_operation_and_none_that_is_gone(self) -> None:
        calls = {each.name for each in entrances().values() if each.door is Door.API}
        assert calls == set(OPERATIONS)

    def test_excuses_only_what_is_there(self) -> None:
        assert set(OTHER_STATE) <= set(entrances())
        assert all(OTHER_STATE.values())

    def test_makes_thousands_of_cells(self) -> None:
        assert sum(len(list(cells(each))) for each in entrances().values()) > 8_000


@pytest.mark.parametrize("name", list(entrances()))
def test_an_entrance_keeps_what_it_promises(name: str, worlds: Worlds, comers: list[Comer]) -> None:
    entrance, wrong = entrances()[name], []
    for method, number, own in cells(entrance):
        comer, world = comers[number], worlds[0 if own else 1]
        met = tries.attempt(comer, entrance, method, world)
        if fault := fault_of(entrance, method, comer, met, worlds, own=own):
            side = "own" if own else "other"
            wrong.append(f"{method} as {comer.role.name}, {side}: {fault} ({met})")
    assert wrong == []


def cells(entrance: Entrance) -> Iterator[tuple[str, int, bool]]:
    """Method, who, and whether the thing is their own."""
    for method in METHODS:
        if entrance.door is Door.API and not entrance.right(method):
            continue  # another operation may stand at the same address
        for number in range(len(COMERS)):
            yield method, number, True
            # A way that there is not is the same for whatever it would have led to.
            if entrance.of and entrance.right(method):
                yield method, number, False


def fault_of(
    entrance: Entrance, method: str, comer: Comer, met: Met, worlds: Worlds, *, own: bool
) -> str:
    """What is wrong with an answer, or nothing."""
    if met.status >= 500 and met.status != _NOT_READY:
        return "a fault of the service"
    if entrance.door in _BEFORE:
        shown = any(tries.leaks(met, world) for world in worlds)
        return "shows something before anybody is known" if shown else ""
    promised = expected(entrance, method, comer.role, own=own)
    if not own and promised is not Outcome.ALLOWED and tries.leaks(met, worlds[1]):
        return "shows something of the other world"
    if promised in DENIED:
        turned_back = method == "post" and met.turned_back()
        kept = turned_back or any(met.is_(each) for each in DENIED)
        return "" if kept else f"promised {promised}"
    if promised is Outcome.NO_SUCH_WAY:
        closed = (promised, *DENIED, Outcome.SIGN_IN, Outcome.ELSEWHERE)
        return "" if any(met.is_(each) for each in closed) else "a way that is not declared"
    if promised is Outcome.ALLOWED and tries_key(entrance) in OTHER_STATE:
        return ""
    return "" if met.is_(promised) else f"promised {promised}"


def tries_key(entrance: Entrance) -> str:
    """The entrance's name in the list of excuses."""
    return f"api:{entrance.name}" if entrance.door is Door.API else entrance.name
