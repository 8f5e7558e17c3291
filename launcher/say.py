"""Progress: a line when a long step begins, while it lasts, and when it ends, with its seconds.

With ``--json`` each line is one object instead.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Any, TextIO

# A step quicker than this is told once, at its end.
QUIET_SECONDS = 0.5
BEAT_SECONDS = 5.0


class Voice:
    """Speaks to the person at the terminal (or, as JSON, to a program), from any thread."""

    def __init__(self, *, as_json: bool = False, out: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._lock = threading.Lock()
        self._since = time.monotonic()

    def line(self, text: str = "", **fields: Any) -> None:
        """Say a sentence; with ``--json`` the object holds ``message`` and the fields."""
        if self.as_json:
            if text or fields:
                self.object({"message": text, **fields} if text else fields)
        else:
            self._write(text)

    def object(self, fields: dict[str, Any]) -> None:
        """Write one JSON object on its own line, whatever the mode."""
        self._write(json.dumps(fields, ensure_ascii=False, default=str))

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Tell how long the body takes: at once if it lasts, each few seconds, and at its end."""
        step = Step(self, name)
        try:
            yield step
        except BaseException:
            step.close("failed")
            raise
        step.close("done")

    def seconds(self) -> float:
        """Seconds since this voice first spoke."""
        return time.monotonic() - self._since

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                print(text, file=self._out, flush=True)
            except BrokenPipeError:  # the reader has left (`| head`); the work goes on
                self._out = Path("/dev/null").open("w")  # noqa: SIM115  to the end
            except OSError as error:
                # Words that go to a file on a full disk are lost; whoever speaks goes on.
                if error.errno != ENOSPC:
                    raise


class Step:
    """One long step. ``note`` is shown while it lasts; ``detail`` when it has ended."""

    def __init__(self, voice: Voice, name: str) -> None:
        self._voice, self.name = voice, name
        self.note = self.detail = ""
        self._started = time.monotonic()
        self._over = threading.Event()
        self._told = False
        self._beat = threading.Thread(target=self._tell, daemon=True)
        self._beat.start()

    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    def close(self, state: str) -> None:
        """Tell its end: done or failed."""
        self._over.set()
        self._beat.join()
        self._say(state)

    def _tell(self) -> None:
        wait = QUIET_SECONDS
        while not self._over.wait(wait):
            self._say("running" if self._told else "started")
            self._told, wait = True, BEAT_SECONDS

    def _say(self, state: str) -> None:
        seconds = round(self.seconds(), 2)
        if self._voice.as_json:
            fields: dict[str, Any] = {"step": self.name, "state": state, "seconds": seconds}
            if self.detail and state == "done":
                fields["detail"] = self.detail
            self._voice.object(fields)
            return
        if state == "started":
            self._voice.line(f"     …   {self.name}")
        elif state == "running":
            note = f": {self.note}" if self.note else ""
            self._voice.line(f"{seconds:6.0f} s… {self.name}{note}"[:110])
        elif state == "failed":
            self._voice.line(f"{seconds:6.1f} s  {self.name}: failed")
        else:
            detail = f": {self.detail}" if self.detail else ""
            self._voice.line(f"{seconds:6.1f} s  {self.name}{detail}")
