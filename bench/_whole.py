"""One whole service under ``./lindung up``, the product's own supervisor, to break things of.

Its state folder, its database and, where we may mount, a small disk for each lie in a temporary
folder. Its clock can be turned where there is a C compiler.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml

from bench._service import CLONE, free_port
from launcher import assets, environment, living, ready
from launcher import home as homes
from launcher.home import Home
from launcher.postgres import DATABASE
from launcher.say import Voice

DISK_MB = 1200
UP_SECONDS = 600
# Nothing on a disk of its own counts below this: it is as good as full.
FILL_LEAVES = 4096


@dataclass
class Service:
    """A service of ours.

    Attributes:
        folder: temporary; holds the state folder and what is mounted.
        disks: whether state folder and database have small disks of their own.
        clock: the file that says how far its clock is off; None where that cannot be done.
    """

    folder: Path
    disks: bool
    clock: Path | None
    port: int = 0
    head: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def home(self) -> Home:
        """Where its state lies."""
        return Home(CLONE, self.folder / "home")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def node(self) -> str:
        """Its name among nodes."""
        return "urn:lindung:node:bench-origin"

    @property
    def socket(self) -> Path:
        """Where its database listens."""
        return self.home.state / "database" / "socket"

    def login(self, name: str) -> str:
        """The URL of one login of its database."""
        return f"postgresql://{name}@/{DATABASE}?host={self.socket}"

    def environment(self, **more: str) -> dict[str, str]:
        """Of ``./lindung`` and of what is run beside it."""
        values = os.environ | {
            "LINDUNG_HOME": str(self.home.state),
            "LINDUNG_KEYS": str(self.home.state / "keys"),
            "LINDUNG_PORT": str(self.port),
            "LINDUNG_ENV": "demo",
            "LINDUNG_NODE_FILE": str(self.folder / "node.yaml"),
            "LINDUNG_PUBLIC_URL": self.url,
            "LINDUNG_NODE_URL": self.url,
            # Nobody else's simulator is ours to start.
            "LINDUNG_SIMULATOR_URL": "http://simulator.invalid:1",
            "DJANGO_SETTINGS_MODULE": "bench._node_settings",
        }
        for name in ("DATABASE_URL", "LINDUNG_OWNER_DATABASE_URL", "LINDUNG_CONNECT_AS"):
            values.pop(name, None)
        if self.clock:
            values["LD_PRELOAD"] = str(self.clock.with_suffix(".so"))
        return values | more

    def up(self, people: int) -> None:
        """Start it and wait until it is ready."""
        with (self.folder / "up.log").open("ab") as log:
            self.head = subprocess.Popen(
                [str(CLONE / "lindung"), "up", "--people", str(people)], cwd=CLONE,
                env=self.environment(LINDUNG_PYTHON=sys.executable), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.wait_ready(UP_SECONDS)

    def wait_ready(self, seconds: float) -> float:
        """Until all of it says that it is ready; how many seconds that took."""
        began = time.monotonic()
        while ready.ask(self.port)[0] != 200:
            if self.head and self.head.poll() is not None:
                raise SystemExit(f"./lindung up ended:\n{self.words()}")
            if time.monotonic() - began > seconds:
                raise SystemExit(f"not ready after {seconds:g} s:\n{self.words()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def down(self) -> None:
        """Stop it as a person would."""
        if self.head is None:
            return
        self.head.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.head.wait(90)
        subprocess.run(
            [str(CLONE / "lindung"), "down"], env=self.environment(LINDUNG_PYTHON=sys.executable),
            capture_output=True, check=False,
        )  # fmt: skip

    def words(self) -> str:
        """The last lines that the supervisor said."""
        return (self.folder / "up.log").read_text(errors="replace")[-3000:]

    def process(self, name: str) -> int:
        """The number of ``web`` or ``jobs`` now."""
        record = living.recall(self.home.run, f"process-{name}")
        if record is None or not record.alive():
            raise SystemExit(f"{name} does not run:\n{self.words()}")
        return record.pid

    def postmaster(self) -> int:
        """The number of its database's first process."""
        file = self.home.state / "database" / "data" / "postmaster.pid"
        return int(file.read_text().split("\n", 1)[0])

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One of the service's own commands, ``manage.py WORDS``, beside it."""
        env = self.environment(
            DATABASE_URL=self.login("lindung_app"),
            LINDUNG_OWNER_DATABASE_URL=self.login("lindung_owner"),
            PYTHONPATH=f"{CLONE / 'src'}{os.pathsep}{CLONE}",
        )
        done = subprocess.run(
            [sys.executable, *words],
            cwd=CLONE,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise SystemExit(f"{' '.join(words)}:\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done

    def lindung(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``./lindung WORDS``, as whoever looks after it would."""
        return subprocess.run(
            [str(CLONE / "lindung"), *words], cwd=CLONE, capture_output=True, text=True, check=False,
            env=self.environment(LINDUNG_PYTHON=sys.executable),
        )  # fmt: skip

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of its database, as the owner."""
        with psycopg.connect(self.login("lindung_owner"), autocommit=True) as connection:
            return connection.execute(question, values or None).fetchall()

    # Turned and filled --------------------------------------------------------------------------

    def turn_clock(self, seconds: int) -> None:
        """Set its clock so far off the true one."""
        assert self.clock
        with self.clock.open("r+b") as out:
            out.write(struct.pack("=q", seconds))

    def fill(self, disk: Path) -> Path:
        """Leave no room on a disk; returns what has to be removed to have it back."""
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as out:
            block = bytes(1 << 20)
            while len(block) >= FILL_LEAVES:
                try:
                    out.write(block)
                except OSError:
                    block = block[: len(block) // 2]
        return filler


@contextmanager
def service(people: int) -> Iterator[Service]:
    """A running service of its own; gone afterwards, with its disks."""
    caller = homes.find()
    assets.ensure(caller, Voice(out=sys.stderr))
    folder = Path(tempfile.mkdtemp(prefix="lindung-faults-"))
    folder.chmod(0o755)
    made = Service(folder, disks=os.geteuid() == 0, clock=None, port=free_port())
    mounted: list[Path] = []
    try:
        made.home.state.mkdir()
        for place in (made.home.state, made.home.state / "database"):
            place.mkdir(exist_ok=True)
            if made.disks and _mount(place):
                mounted.append(place)
            place.chmod(0o755)
        made.disks = bool(mounted)
        made.clock = _clock(folder / "clock")
        # What was installed for the caller is not installed again.
        environment.lend(caller, made.home)
        for name in ("assets", "words"):
            stamp = caller.stamps / name
            if stamp.exists():
                shutil.copy2(stamp, made.home.stamps / name)
        (folder / "node.yaml").write_text(
            yaml.safe_dump(
                {"node": made.node, "name": made.node, "country": "ZZ", "demo_partners": []}
            )
        )
        made.up(people)
        yield made
    finally:
        made.down()
        for place in reversed(mounted):
            subprocess.run(["umount", "--lazy", str(place)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _clock(file: Path) -> Path | None:
    """Make the clock, with the C compiler that our packages need anyway."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    file.write_bytes(bytes(8))
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", f'-DCLOCK_FILE="{file}"', "-o",
         str(file.with_suffix(".so")), str(CLONE / "bench" / "_clock.c")], check=True,
    )  # fmt: skip
    return file


def _mount(place: Path) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "lindung-bench", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def said(line: dict[str, Any]) -> None:
    """One object a line."""
    print(json.dumps(line, default=str), flush=True)
