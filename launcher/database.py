"""The database of a home: a server named by ``DATABASE_URL``, or the embedded one.

Several commands may use the embedded server at once. Each holds a shared lock meanwhile; the last
to leave stops it. ``up`` leads: it starts the server as its child, and the others lean on it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import archive, binaries, bootstrap, database_home
from launcher.home import Home
from launcher.locks import Lock, turn
from launcher.postgres import Postgres
from launcher.say import Voice
from launcher.stamps import Stamps
from launcher.trouble import Trouble

OWNER, APP = "lindung_owner", "lindung_app"


@dataclass(frozen=True)
class Logins:
    """The two URLs that the service uses, and one that may do all (embedded only)."""

    app: str
    owner: str
    superuser: str = ""

    @property
    def strongest(self) -> str:
        """The login for a whole backup: the superuser of our own server, else the owner."""
        return self.superuser or self.owner


class Database:
    """What the commands need of a database, wherever it runs."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.server: Postgres | None = None  # None: somebody else's, by URL
        if os.environ.get("DATABASE_URL"):
            owner = os.environ.get("LINDUNG_OWNER_DATABASE_URL", "")
            self.logins = Logins(os.environ["DATABASE_URL"], owner)
            return
        self.server = embedded(home)
        self.logins = logins_of(self.server)

    def need_owner(self) -> None:
        """Refuse to begin without the login that migrates.

        Raises:
            Trouble: DATABASE_URL is set and LINDUNG_OWNER_DATABASE_URL is not.
        """
        if not self.logins.owner:
            raise Trouble(
                "DATABASE_URL is set, so LINDUNG_OWNER_DATABASE_URL must name the login that "
                "migrates (role lindung_owner); docs/how-to/deploy.md tells how to make both."
            )

    @property
    def identity(self) -> str:
        """Tells this database from any other, for stamps; empty when we cannot know."""
        return self.server.identity() if self.server and self.server.made() else ""

    def stamps(self) -> Stamps | None:
        """What was done to this very database; None for a server we do not keep."""
        if not self.identity:
            return None
        return Stamps(self.home.stamps / f"database-{self.identity}")

    # Using it ---------------------------------------------------------------------------------

    @contextmanager
    def led(self, voice: Voice) -> Iterator[Database]:
        """For ``up``: run the server as our child until the end of the body.

        Raises:
            Trouble: another command is using it.
        """
        if self.server is None:
            yield self
            return
        users = Lock(self._users)
        try:
            with turn(self._gate):
                if not users.alone():
                    raise Trouble(
                        "Another ./lindung command is using the database: let it finish first."
                    )
                self._start(voice)
                users.shared()
            yield self
        finally:
            self._leave(users)

    @contextmanager
    def used(self, voice: Voice) -> Iterator[Database]:
        """For every other command: lean on a running server, or run it meanwhile.

        Raises:
            Trouble: ``up`` has the lead and its server does not come.
        """
        if self.server is None:
            yield self
            return
        users = Lock(self._users)
        try:
            with turn(self._gate):
                if users.alone():
                    self._start(voice)
                users.shared()
            self._wait()
            yield self
        finally:
            self._leave(users)

    def restart(self) -> None:
        """Start the server again after it died; for ``up``."""
        assert self.server
        with turn(self._gate):
            self.server.start()

    @property
    def _users(self) -> Path:
        return self.home.run / "database.users"

    @property
    def _gate(self) -> Path:
        return self.home.run / "database.gate"

    def _start(self, voice: Voice) -> None:
        assert self.server
        if not self.server.made():
            self.home.need_space(500, "a new database")
            with voice.step("New database") as step:
                self.server.make()
                step.detail = f"PostgreSQL {self.server.binaries.version}"
        self.server.check_major()
        self.home.need_space(100, "the database")
        with voice.step("Database") as step:
            self.server.start()
            step.detail = (
                f"PostgreSQL {self.server.binaries.version} ({self.server.binaries.origin}), "
                f"as {self.server.account.name}"
            )
        bootstrap.roles(self.home, self.server, self.stamps())

    def _wait(self) -> None:
        assert self.server
        until = time.monotonic() + 15
        while not self.server.accepts():
            if time.monotonic() > until:
                raise Trouble("The database does not answer: see ./lindung doctor.")
            time.sleep(0.1)

    def _leave(self, users: Lock) -> None:
        assert self.server
        with turn(self._gate):
            last = users.alone()
            if last:
                self.server.stop()
            users.release()


def embedded(home: Home) -> Postgres:
    """The home's own server; its programs come from the environment, made before this."""
    folder, account = database_home.find(home)
    programs = binaries.find(home, folder, account)
    return Postgres(folder, programs, account, home.logs / "postgres.log", archive=archive.folder())


def logins_of(server: Postgres) -> Logins:
    """The logins of an embedded server, over its socket."""
    return Logins(server.url(APP), server.url(OWNER), server.url("postgres"))
