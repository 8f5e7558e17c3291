"""Work on thousands of things at once: none of them is garbage while it lasts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_inside = 0


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """Do not look for garbage in the block: measured, half of the time of a bulk goes into looking.

    Only garbage in circles waits until the end of the block, so a block has to be bounded: a chunk,
    not a whole file. Where the collector is off already, it stays off.
    """
    global _inside  # noqa: PLW0603  how many threads are in such a block: the collector is one
    with _lock:
        if _inside == 0 and not gc.isenabled():
            on = False
        else:
            on = True
            _inside += 1
            gc.disable()
    try:
        yield
    finally:
        if on:
            with _lock:
                _inside -= 1
                if _inside == 0:
                    gc.enable()
