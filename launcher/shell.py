"""Runs another program as a step: its last line is shown meanwhile, its whole words on failure."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from launcher.say import Step
from launcher.trouble import Trouble

LINES_KEPT = 400
LINES_SHOWN = 15


class Failed(Trouble):
    """The program ended with an error; ``output`` holds its last lines."""

    def __init__(self, what: str, code: int, output: str) -> None:
        self.what, self.code, self.output = what, code, output
        tail = "\n".join(output.splitlines()[-LINES_SHOWN:])
        super().__init__(f"{what} failed (exit {code}):\n{tail}")


def run(
    what: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    step: Step | None = None,
) -> str:
    """Run to the end and return what it printed, both streams together.

    A Ctrl-C or any other exception here ends the program first, so that nothing is left running.

    Raises:
        Failed: it ended with an error.
        Trouble: the program is not there.
    """
    lines: deque[str] = deque(maxlen=LINES_KEPT)
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{what}: {error.filename} is not there.") from None
    assert child.stdout is not None
    try:
        for line in child.stdout:
            lines.append(line.rstrip("\n"))
            if step and line.strip():
                step.note = line.strip()
        code = child.wait()
    except BaseException:
        end_group(child)
        raise
    finally:
        child.stdout.close()
    output = "\n".join(lines)
    if code:
        raise Failed(what, code, output)
    return output


def end_group(child: subprocess.Popen[str] | subprocess.Popen[bytes], seconds: float = 5) -> None:
    """End a child that leads its own session, and all that it started."""
    for stop in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, stop)
        except (ProcessLookupError, PermissionError):
            break
        try:
            child.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            continue


class Aside(threading.Thread):
    """A step that goes on beside the main one; ``result()`` waits and passes its trouble on."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """The thread's body."""
        try:
            self._work()
        except BaseException as error:  # passed on by result()
            self._error = error

    def wait(self) -> None:
        """Wait until it is over, well or not."""
        while self.is_alive():  # a plain join() would not be interrupted by Ctrl-C everywhere
            self.join(0.2)

    def result(self) -> None:
        """Wait; raise what it raised."""
        self.wait()
        if self._error:
            raise self._error
