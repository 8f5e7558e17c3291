"""The processes of a running Lindung: started, watched, started again when one dies, stopped.

Each leads its own session, writes to its own log file, and is written down in ``run/`` so that
the next command finds it should this one be killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from launcher import living
from launcher.database import Database
from launcher.home import Home
from launcher.say import Voice
from launcher.shell import end_group
from launcher.trouble import Trouble

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
# Alive this long, a process is well again and the next wait is short.
WELL_SECONDS = 60.0
LOOK_SECONDS = 0.25
STOP_SECONDS = 10.0
LOG_KEPT_BYTES = 20_000_000


@dataclass
class Worker:
    """A process to keep alive."""

    name: str
    command: Sequence[str]
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    record: living.Record | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    wait: float = field(default=FIRST_WAIT, init=False)
    due: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)


class Processes:
    """The workers of one home, under one command."""

    def __init__(self, home: Home, env: Mapping[str, str], voice: Voice) -> None:
        self._home, self._env, self._voice = home, dict(env), voice
        self.workers: list[Worker] = []
        self._database_wait, self._database_due = FIRST_WAIT, 0.0

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        """Start a process and keep it alive from now on."""
        worker = Worker(name, [str(word) for word in command])
        self.workers.append(worker)
        self._launch(worker)

    def watch(self, database: Database, *, until: Callable[[], bool]) -> None:
        """Keep all of them, and the database, alive until told to stop."""
        while not until():
            self.look(database)
            time.sleep(LOOK_SECONDS)

    def look(self, database: Database) -> None:
        """One look at everybody; the dead are started again, each time after a longer wait."""
        self._look_at(database)
        for worker in self.workers:
            if worker.child is None:
                if time.monotonic() >= worker.due:
                    self._launch_or_wait(worker)
                continue
            code = worker.child.poll()
            if code is not None:
                self._died(worker, code)

    def _look_at(self, database: Database) -> None:
        """Start a dead database again; where that fails (a full disk) it is tried until it succeeds."""
        server = database.server
        if server is None or (server.child is not None and server.child.poll() is None):
            return
        if time.monotonic() < self._database_due:
            return
        self._voice.line("The database died; it is started again.", died="database")
        try:
            database.restart()
        except (Trouble, OSError) as trouble:
            wait = self._database_wait
            self._database_due = time.monotonic() + wait
            self._database_wait = min(wait * 2, LONGEST_WAIT)
            self._voice.line(f"{trouble} It is tried again in {wait:g} s.", error=str(trouble))
            return
        self._database_wait = FIRST_WAIT
        for worker in self.workers:
            # Whoever died of its absence has waited long enough.
            worker.due, worker.wait = 0, FIRST_WAIT

    def _died(self, worker: Worker, code: int) -> None:
        now = time.monotonic()
        self._bury(worker)
        worker.deaths += 1
        if now - worker.started >= WELL_SECONDS:
            worker.wait = FIRST_WAIT
        worker.due = now + worker.wait
        self._voice.line(
            f"{worker.name} died ({_how(code)}); it is started again in {worker.wait:g} s. "
            f"See {self.log(worker.name)}",
            died=worker.name,
            exit=code,
        )
        worker.wait = min(worker.wait * 2, LONGEST_WAIT)

    def _launch_or_wait(self, worker: Worker) -> None:
        """Start it; where not even its log can be opened (a full disk), later."""
        try:
            self._launch(worker)
        except OSError as error:
            worker.due = time.monotonic() + worker.wait
            self._voice.line(
                f"{worker.name} could not be started ({error.strerror}); it is tried again in "
                f"{worker.wait:g} s.",
                error=error.strerror,
            )
            worker.wait = min(worker.wait * 2, LONGEST_WAIT)

    def need_alive(self, deaths: int) -> None:
        """Give up on a process that keeps dying before anything was ready.

        Raises:
            Trouble: shows the last lines of its log.
        """
        for worker in self.workers:
            if worker.deaths >= deaths:
                raise Trouble(
                    f"{worker.name} does not stay alive; the end of {self.log(worker.name)}:\n"
                    f"{tail(self.log(worker.name))}"
                )

    def stop(self) -> None:
        """Stop everybody in the order in which they were started."""
        for worker in self.workers:
            if worker.child is not None and worker.record is not None:
                if worker.child.poll() is None:
                    living.send([worker.child.pid], signal.SIGTERM)
                    with suppress(subprocess.TimeoutExpired):
                        worker.child.wait(STOP_SECONDS)
                self._bury(worker)

    def log(self, name: str) -> Path:
        """The file that a process writes to."""
        return self._home.logs / f"{name}.log"

    def _launch(self, worker: Worker) -> None:
        log = self.log(worker.name)
        if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as out:
            worker.child = subprocess.Popen(
                worker.command,
                env=self._env,
                cwd=self._home.clone,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the terminal is ours to pass on, in order.
                start_new_session=True,
            )
        worker.started = time.monotonic()
        try:
            worker.record = living.remember(
                self._home.run, f"process-{worker.name}", worker.child.pid
            )
        except OSError:
            # Nobody could find it later, so it does not run.
            end_group(worker.child)
            worker.child = None
            raise

    def _bury(self, worker: Worker) -> None:
        """Reap a dead process and end what it left behind (web workers that hold the port)."""
        assert worker.child
        assert worker.record
        for pid in worker.record.family():
            living.send([pid], signal.SIGKILL)
        worker.child.wait()
        living.gone_within(worker.record, 5)
        living.forget(self._home.run, f"process-{worker.name}")
        worker.child = worker.record = None


def sweep(home: Home) -> list[str]:
    """End the processes that a killed command left behind; returns their names."""
    ended = []
    for file in sorted(home.run.glob("process-*.json")):
        record = living.recall(home.run, file.stem)
        if record and living.end(record, seconds=STOP_SECONDS):
            ended.append(file.stem.removeprefix("process-"))
        file.unlink(missing_ok=True)
    return ended


def tail(file: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    try:
        with file.open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - 8000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
