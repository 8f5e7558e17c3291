"""A job worker begins anew when the machine's clock was set.

It keeps by the clock what it has put in: set back an hour, it would put in nothing periodic for an hour;
set ahead a year, everything of that year. A new one knows only what is due now.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# Less is a clock being adjusted, which comes in small doses; more was set by hand or after a sleep.
STEP_SECONDS = 30.0
LOOK_SECONDS = 2.0


class ClockStep:
    """Compares the clock with one that nobody can set."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._steady = clock, steady
        self._offset = clock() - steady()

    def seconds(self) -> float:
        """By how much the clock was set since the last look; small doses are let pass."""
        now = self._clock() - self._steady()
        step, self._offset = now - self._offset, now
        return step if abs(step) >= STEP_SECONDS else 0.0


def watch() -> None:
    """Look from a thread of its own for as long as the process lives."""
    threading.Thread(target=_watch, name="clock", daemon=True).start()


def _watch() -> None:
    clock = ClockStep()
    while True:
        time.sleep(LOOK_SECONDS)
        if step := clock.seconds():
            log.warning("the clock was set by %.0f s: this worker ends and begins anew", step)
            # In order: jobs that run are finished first.
            os.kill(os.getpid(), signal.SIGTERM)
            return
