"""The collector of garbage rests in a block, and works again after the last one."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from lindung.kernel.memory import nothing_is_garbage


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


def test_rests_until_the_outermost_block_ends_also_by_an_error() -> None:
    gc.enable()
    with pytest.raises(ZeroDivisionError), nothing_is_garbage():
        with nothing_is_garbage():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_leaves_it_off_where_somebody_turned_it_off() -> None:
    gc.disable()
    with nothing_is_garbage():
        pass
    assert not gc.isenabled()
