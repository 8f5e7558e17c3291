"""Locks between commands: held by an open file, so that a killed holder leaves none behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One lock file. Children never inherit it (files are closed on exec)."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def alone(self, *, wait: bool = False) -> bool:
        """Take it for ourselves; False if somebody holds it and we do not wait."""
        return self._take(fcntl.LOCK_EX, wait)

    def shared(self, *, wait: bool = True) -> bool:
        """Take it together with others who share it."""
        return self._take(fcntl.LOCK_SH, wait)

    def release(self) -> None:
        """Let it go and close the file."""
        os.close(self._descriptor)

    def _take(self, how: int, wait: bool) -> bool:
        try:
            fcntl.flock(self._descriptor, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """One at a time through a short passage; waits for the others."""
    lock = Lock(file)
    try:
        lock.alone(wait=True)
        yield
    finally:
        lock.release()
