"""Which processes are alive, told apart from zombies and from others that got the same number.

A process is known by its number *and* the moment it began: numbers come back, the pair does not.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Status:
    """One line of ``/proc/<pid>/stat``: state letter, session and start time in clock ticks."""

    pid: int
    state: str
    session: int
    started: int

    @property
    def alive(self) -> bool:
        """A zombie is dead: it holds no file, port or memory, it only waits to be counted."""
        return self.state not in "ZXx"


def status(pid: int) -> Status | None:
    """What the kernel says of a process; None when there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold spaces and brackets itself.
    fields = text.rpartition(")")[2].split()
    return Status(pid, fields[0], int(fields[3]), int(fields[19]))


def everyone() -> Iterator[Status]:
    """Every process this account can list."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := status(int(entry.name))):
            yield found


@dataclass(frozen=True)
class Record:
    """A process we started, as written to a file so that a later command can find it."""

    name: str
    pid: int
    started: int
    note: str = ""

    def alive(self) -> bool:
        """Whether that very process still lives."""
        now = status(self.pid)
        return bool(now and now.alive and now.started == self.started)

    def family(self) -> list[int]:
        """The process and whoever it started in its session, alive; also when it died itself."""
        leader = status(self.pid)
        if leader and leader.started != self.started:
            return []  # the number belongs to somebody else by now, so does the session
        return [
            one.pid
            for one in everyone()
            if one.alive and one.session == self.pid and one.started >= self.started
        ]


def remember(folder: Path, name: str, pid: int, note: str = "") -> Record:
    """Write down a process that has just been started."""
    now = status(pid)
    record = Record(name, pid, now.started if now else 0, note)
    file = folder / f"{name}.json"
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(file)
    return record


def recall(folder: Path, name: str) -> Record | None:
    """The process written down under this name, if the file can be read."""
    try:
        return Record(**json.loads((folder / f"{name}.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def forget(folder: Path, name: str) -> None:
    """Drop the file."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def end(record: Record, *, seconds: float = 10, how: signal.Signals = signal.SIGTERM) -> bool:
    """End a recorded process and its family, politely, then for good; say whether any lived."""
    family = record.family()
    if not family:
        return False
    # The leader first: it takes its own workers down in order.
    send([record.pid] if record.pid in family else family, how)
    if not gone_within(record, seconds):
        send(record.family(), signal.SIGKILL)
        gone_within(record, 5)
    return True


def gone_within(record: Record, seconds: float) -> bool:
    """Wait until nobody of the family lives."""
    until = time.monotonic() + seconds
    while record.family():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def send(pids: list[int], how: signal.Signals) -> None:
    """Signal processes, some of which may have gone meanwhile."""
    for pid in pids:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
