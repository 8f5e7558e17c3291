"""Our own supervisor of an embedded PostgreSQL; the programs come from a wheel or the system.

It starts the server as a direct child and knows the dead from the living by process number *and*
start time, so it recovers at once after a ``kill -9`` of anything: a stale ``postmaster.pid``, a
zombie postmaster or orphaned backends never block a start.

Connections go through a socket in a folder that one account alone can enter (and root).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from launcher import archive, living
from launcher.account import Account
from launcher.binaries import BUILTIN_LOCALE, Binaries
from launcher.trouble import Trouble

SUPERUSER = "postgres"
DATABASE = "lindung"
# The kernel's limit for a socket's path is 107 bytes; its name takes 19.
SOCKET_FOLDER_LIMIT = 88
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass
class Postgres:
    """One data folder with its server, running or not.

    ``folder`` holds ``data`` and ``socket``. ``throw_away`` gives up durability for
    speed: only for a server that a test makes and removes. ``archive`` is the folder that its
    journal is copied to, see ``archive.py``.
    """

    folder: Path
    binaries: Binaries
    account: Account
    log: Path
    throw_away: bool = False
    archive: Path | None = None
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """Folder of the socket: beside the data, or in /tmp where that path would be too long."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside)) <= SOCKET_FOLDER_LIMIT:
            return beside
        # start() refuses a folder there that another account has made.
        return Path("/tmp") / f"lindung-{hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]}"  # noqa: S108

    def url(self, user: str, database: str = DATABASE) -> str:
        """A ``postgresql://`` URL over the socket."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket), safe='/')}"

    # Made -------------------------------------------------------------------------------------

    def made(self) -> bool:
        """Whether the data folder holds a whole database."""
        return (self.data / "PG_VERSION").exists()

    def make(self) -> None:
        """Run initdb beside the final place and move the result there when it is whole.

        Raises:
            Trouble: the programs lack a system library, the disk is full, initdb failed.
        """
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)  # of an interrupted run
        self.account.own(draft)
        builtin = self.binaries.major >= BUILTIN_LOCALE
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if builtin
            else ["--locale=C.UTF-8"]
        )
        command = [
            str(self.binaries.program("initdb")),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            *locale,
            "--auth-local=trust",  # the socket's folder is the lock on the door
            "--auth-host=reject",
            "--data-checksums",
            *(["--no-sync"] if self.throw_away else []),
        ]
        done = subprocess.run(
            command,
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **self.account.child(),  # type: ignore[call-overload]
        )
        if done.returncode:
            raise Trouble(_why(done.stdout, "PostgreSQL could not make its data folder"))
        draft.rename(self.data)

    def check_major(self) -> None:
        """Compare the data's major version with the programs'.

        Raises:
            Trouble: they differ; says how to move the data.
        """
        data = (self.data / "PG_VERSION").read_text().strip()
        if data != str(self.binaries.major):
            raise Trouble(
                f"{self.data} was made by PostgreSQL {data} and the programs are "
                f"{self.binaries.major} ({self.binaries.origin}): use the same as before "
                "(LINDUNG_PG=system or unset), or `./lindung backup FILE` with the old one and "
                "`./lindung restore FILE` in a new LINDUNG_HOME."
            )

    def identity(self) -> str:
        """The cluster's own number, made by initdb; a new cluster has another."""
        with (self.data / "global" / "pg_control").open("rb") as control:
            number: int = struct.unpack("=Q", control.read(8))[0]
        return str(number)

    # Running ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What the server's processes carry in their titles, so that they can be found."""
        return f"lindung-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]}"

    def processes(self) -> list[int]:
        """Every living process of this server: the postmaster and its backends, orphans too.

        Found by their titles, which any account may read even where it may not look further.
        """
        postmaster = f"\0-D\0{self.data}\0".encode()
        backend = f"postgres: {self.name}: ".encode()
        found = []
        for one in living.everyone():
            try:
                title = (living.PROC / str(one.pid) / "cmdline").read_bytes()
                uid = (living.PROC / str(one.pid)).stat().st_uid
            except OSError:  # gone meanwhile
                continue
            ours = postmaster in title or title.startswith(backend)
            if ours and one.alive and uid == self.account.uid:
                found.append(one.pid)
        return found

    def postmaster(self) -> int | None:
        """The number of the living server's first process, if any."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if pid in self.processes() else None

    def accepts(self) -> bool:
        """Whether the server takes connections."""
        ready = subprocess.run(
            [str(self.binaries.program("pg_isready")), "-q", "-h", str(self.socket), "-t", "2"],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return ready.returncode == 0

    def start(self) -> None:
        """Start the server as our child and wait until it takes connections.

        Whatever a killed predecessor left is cleared away first; PostgreSQL then recovers from
        its own journal.

        Raises:
            Trouble: it did not start; says why if that is known.
        """
        self.stop()
        self.account.own(self.socket)
        if self.archive:
            self.account.own(self.archive)
        if self.socket.stat().st_uid != self.account.uid:
            raise Trouble(
                f"{self.socket} belongs to somebody else: remove it, or set LINDUNG_HOME."
            )
        mark = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [
                    str(self.binaries.program("postgres")),
                    "-D",
                    str(self.data),
                    "-k",
                    str(self.socket),
                    *(
                        word
                        for name, value in self._settings()
                        for word in ("-c", f"{name}={value}")
                    ),
                ],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the terminal is ours to pass on, in order.
                start_new_session=True,
                **self.account.child(),  # type: ignore[call-overload]
            )
        until = time.monotonic() + START_SECONDS
        pause = 0.03
        while not self.accepts():
            if self.child.poll() is not None or time.monotonic() > until:
                with self.log.open(errors="replace") as log_again:
                    log_again.seek(mark)
                    words = log_again.read()
                self.stop()
                raise Trouble(_why(words, "PostgreSQL did not start"))
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)  # a long recovery is not asked thirty times a second

    def stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, everything committed is kept."""
        pid = self.child.pid if self.child and self.child.poll() is None else self.postmaster()
        if pid is not None:
            living.send([pid], signal.SIGINT)
            self._wait_gone(STOP_SECONDS)
        self._clear()
        if self.child:
            self.child.wait()
            self.child = None

    def _clear(self) -> None:
        """Take down strays of this data folder and remove the stale lock files."""
        if strays := self.processes():
            # Orphaned backends leave by themselves when their postmaster has died; help them.
            living.send(strays, signal.SIGQUIT)
            if not self._wait_gone(5):
                living.send(self.processes(), signal.SIGKILL)
                self._wait_gone(5)
        if self.child:
            self.child.poll()
        # Nobody of this server lives now. PostgreSQL would still believe these files if their
        # number belongs to a zombie or, by chance, to somebody else.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.socket.is_dir():
            for left in self.socket.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)

    def _wait_gone(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while True:
            if self.child:
                self.child.poll()  # reap it, or it stays a zombie
            if not self.processes():
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.03)

    def _settings(self) -> list[tuple[str, str]]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        settings = [
            ("listen_addresses", ""),
            ("cluster_name", self.name),
            ("max_connections", "100"),
            ("shared_buffers", f"{max(128, min(2048, memory // 8))}MB"),
            ("effective_cache_size", f"{max(256, memory // 2)}MB"),
            ("work_mem", "32MB"),
            ("maintenance_work_mem", f"{max(64, min(512, memory // 16))}MB"),
            ("max_wal_size", "4GB"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            # Statements and details of an error hold people's data; logs may not.
            ("log_min_error_statement", "panic"),
            ("log_error_verbosity", "terse"),
            ("log_parameter_max_length_on_error", "0"),
        ]
        if self.archive:
            settings += archive.settings(self.archive)
        if self.throw_away:
            settings += [
                ("fsync", "off"),
                ("synchronous_commit", "off"),
                ("full_page_writes", "off"),
                ("max_wal_size", "1GB"),
                ("shared_buffers", "256MB"),
            ]
        return settings


def _environment() -> dict[str, str]:
    # PG* variables of the caller would aim these programs elsewhere.
    # LD_PRELOAD: another allocator, or the clock that a bench turns for all of us.
    kept = ("PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "TMPDIR", "TZ")
    values = {name: os.environ[name] for name in kept if name in os.environ}
    return {**values, "LC_ALL": "C", "PGUSER": SUPERUSER}


def _why(words: str, else_say: str) -> str:
    """The one sentence for the failures we know; otherwise PostgreSQL's own last words."""
    if "No space left on device" in words:
        return "The disk is full and PostgreSQL cannot write: make room and run it again."
    if "error while loading shared libraries" in words:
        library = words.split("shared libraries:", 1)[1].split(":", 1)[0].strip()
        return (
            f"PostgreSQL needs the system library {library}, which is not installed: install the "
            "package that holds it, or set DATABASE_URL to a server of your own."
        )
    if "could not map anonymous shared memory" in words or "Cannot allocate memory" in words:
        return "There is not enough memory for PostgreSQL: free some, or set DATABASE_URL."
    tail = "\n".join(words.strip().splitlines()[-8:])
    return f"{else_say}:\n{tail}"
