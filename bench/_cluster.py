"""Three PostgreSQL under Patroni, three etcd, HAProxy and PgBouncer, all on the loopback.

The programs are Debian's (``apt-get install etcd-server patroni haproxy pgbouncer``), PostgreSQL is
the one that ``./lindung`` runs. Synchronous: what is acknowledged stands on two of the three.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from bench._service import CLONE, free_port
from launcher import binaries, database_home
from launcher import home as homes
from launcher.account import Account
from launcher.binaries import Binaries

PROGRAMS = {
    "etcd": "etcd-server", "patroni": "patroni", "haproxy": "haproxy", "pgbouncer": "pgbouncer",
}  # fmt: skip
MEMBERS = ("one", "two", "three")
NAME = "lindung"
START_SECONDS = 120.0
# A leader that is silent for TTL loses its key; one is expected to speak every LOOP seconds.
# Patroni wants LOOP + 2 * RETRY within TTL; from its version 4 on TTL is 20 at least.
TTL, LOOP, RETRY = 12, 2, 3


def missing() -> list[str]:
    """Debian's packages that are not there."""
    return sorted(package for name, package in PROGRAMS.items() if _program(name) is None)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


@dataclass
class Cluster:
    """The running cluster.

    Attributes:
        passwords: of each login.
        pooled: port of PgBouncer; ``direct``: of HAProxy, which leads to the primary.
    """

    folder: Path
    binaries: Binaries
    account: Account
    passwords: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def port(self, name: str) -> int:
        """The port of one thing, always the same."""
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name]

    def url(self, login: str, *, pooled: bool, database: str = NAME) -> str:
        """To the primary, through PgBouncer or past it."""
        port = self.port("pgbouncer" if pooled else "haproxy")
        password = self.passwords[login]
        return f"postgresql://{login}:{password}@127.0.0.1:{port}/{database}?connect_timeout=3"  # pragma: allowlist secret

    # Asked -------------------------------------------------------------------------------------

    def members(self) -> list[dict[str, Any]]:
        """What Patroni says of the members; empty while none answers."""
        for name in MEMBERS:
            with suppress(OSError, ValueError):
                return list(
                    _json(f"http://127.0.0.1:{self.port(f'rest-{name}')}/cluster")["members"]
                )
        return []

    def leader(self) -> str:
        """The member that writes now; empty while there is none."""
        for name in MEMBERS:
            with suppress(OSError, ValueError):
                _json(f"http://127.0.0.1:{self.port(f'rest-{name}')}/primary")
                return name
        return ""

    def wait_whole(self, seconds: float = START_SECONDS) -> float:
        """Until one leads, the others follow and one of them is synchronous."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            roles = sorted(
                each["role"] for each in self.members() if each["state"] in {"running", "streaming"}
            )
            if roles == ["leader", "replica", "sync_standby"]:
                return time.monotonic() - began
            time.sleep(0.5)
        raise SystemExit(f"the cluster is not whole after {seconds:g} s: {self.members()}")

    # Started -----------------------------------------------------------------------------------

    def start(self, name: str, command: list[str], *, as_account: bool = False) -> None:
        """Start one thing; its words go to its log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
                **(self.account.child() if as_account else {}),  # type: ignore[call-overload]
            )  # fmt: skip

    def start_etcd(self) -> None:
        """Three, who agree on who leads."""
        peers = ",".join(f"{name}=http://127.0.0.1:{self.port(f'peer-{name}')}" for name in MEMBERS)
        for name in MEMBERS:
            client = f"http://127.0.0.1:{self.port(f'etcd-{name}')}"
            peer = f"http://127.0.0.1:{self.port(f'peer-{name}')}"
            self.start(
                f"etcd-{name}",
                [
                    str(_program("etcd")), "--name", name, "--data-dir", str(self.folder / f"etcd-{name}"),
                    "--listen-client-urls", client, "--advertise-client-urls", client,
                    "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                    "--initial-cluster", peers, "--initial-cluster-token", NAME,
                ],
            )  # fmt: skip

    def start_member(self, name: str) -> None:
        """One PostgreSQL with the Patroni that looks after it."""
        file = self.folder / f"patroni-{name}.yml"
        file.write_text(yaml.safe_dump(self._patroni(name)))
        file.chmod(0o600)
        if self.account.drops:
            os.chown(file, self.account.uid, self.account.gid)
        self.start(f"patroni-{name}", [str(_program("patroni")), str(file)], as_account=True)

    def start_front(self) -> None:
        """HAProxy, which finds the primary, and PgBouncer, which shares connections to it."""
        (self.folder / "haproxy.cfg").write_text(self._haproxy())
        self.start(
            "haproxy", [str(_program("haproxy")), "-db", "-f", str(self.folder / "haproxy.cfg")]
        )
        (self.folder / "users.txt").write_text(
            "".join(f'"{name}" "{word}"\n' for name, word in self.passwords.items())
        )
        (self.folder / "pgbouncer.ini").write_text(self._pgbouncer())
        for name in ("users.txt", "pgbouncer.ini"):
            if self.account.drops:
                os.chown(self.folder / name, self.account.uid, self.account.gid)
        self.start(
            "pgbouncer", [str(_program("pgbouncer")), str(self.folder / "pgbouncer.ini")],
            as_account=True,
        )  # fmt: skip

    # Broken ------------------------------------------------------------------------------------

    def kill_postgres(self, name: str) -> None:
        """``kill -9`` of a member's PostgreSQL; its Patroni lives."""
        for pid in self._postgres(name):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_machine(self, name: str) -> None:
        """All of a member at once, as when its machine is gone; its Patroni first."""
        patroni = self.running.pop(f"patroni-{name}")
        pids = self._postgres(name)
        os.killpg(patroni.pid, signal.SIGKILL)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        patroni.wait()

    def stop(self) -> None:
        """All of it."""
        for name in MEMBERS:
            if f"patroni-{name}" in self.running:
                self.kill_machine(name)
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _postgres(self, name: str) -> list[int]:
        with suppress(OSError, ValueError):
            file = self.folder / f"data-{name}" / "postmaster.pid"
            head = int(file.read_text().split("\n", 1)[0])
            done = subprocess.run(
                ["ps", "-o", "pid=", "--ppid", str(head)],
                capture_output=True,
                text=True,
                check=False,
            )
            return [head, *map(int, done.stdout.split())]
        return []

    # Written -----------------------------------------------------------------------------------

    def _patroni(self, name: str) -> dict[str, Any]:
        listen = f"127.0.0.1:{self.port(f'postgres-{name}')}"
        rest = f"127.0.0.1:{self.port(f'rest-{name}')}"
        etcd = ",".join(f"127.0.0.1:{self.port(f'etcd-{each}')}" for each in MEMBERS)
        return {
            "scope": NAME,
            "name": name,
            "restapi": {"listen": rest, "connect_address": rest},
            "etcd3": {"hosts": etcd},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL,
                    "loop_wait": LOOP,
                    "retry_timeout": RETRY,
                    # Another takes over at once where PostgreSQL died, rather than wait for it.
                    "master_start_timeout": 0,
                    "primary_start_timeout": 0,
                    "maximum_lag_on_failover": 1 << 20,
                    "synchronous_mode": True,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "parameters": {
                            "max_connections": 100,
                            "synchronous_commit": "on",
                            "wal_log_hints": "on",
                            "timezone": "UTC",
                            # As deploy.md asks: nobody's data in a log.
                            "log_min_error_statement": "panic",
                            "log_error_verbosity": "terse",
                            "log_parameter_max_length_on_error": 0,
                        },
                    },
                },
                "initdb": [{"encoding": "UTF8"}, "data-checksums", {"locale": "C"}],
            },
            "postgresql": {
                "listen": listen,
                "connect_address": listen,
                "data_dir": str(self.folder / f"data-{name}"),
                "bin_dir": str(self.binaries.folder),
                "pgpass": str(self.folder / f"pgpass-{name}"),
                "pg_hba": [
                    "local all postgres trust",
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication replicator 127.0.0.1/32 scram-sha-256",
                ],
                "authentication": {
                    "replication": {
                        "username": "replicator", "password": self.passwords["replicator"],
                    },
                    "superuser": {"username": "postgres", "password": self.passwords["postgres"]},
                },
                "parameters": {
                    "unix_socket_directories": str(self.folder / f"socket-{name}"),
                    "shared_buffers": "128MB",
                },
            },
        }  # fmt: skip

    def _haproxy(self) -> str:
        servers = "\n".join(
            f"    server {name} 127.0.0.1:{self.port(f'postgres-{name}')} check"
            f" port {self.port(f'rest-{name}')}"
            for name in MEMBERS
        )
        return f"""global
    maxconn 500
defaults
    mode tcp
    timeout connect 2s
    timeout client 30m
    timeout server 30m
    timeout check 2s
listen primary
    bind 127.0.0.1:{self.port("haproxy")}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""

    def _pgbouncer(self) -> str:
        return f"""[databases]
{NAME} = host=127.0.0.1 port={self.port("haproxy")} dbname={NAME}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port("pgbouncer")}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {self.folder / "users.txt"}
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 15
logfile = {self.folder / "pgbouncer-own.log"}
log_connections = 0
log_disconnections = 0
"""


@contextmanager
def cluster() -> Iterator[Cluster]:
    """The whole of it, with our roles and an empty database; gone afterwards."""
    home = homes.find()
    database_folder, account = database_home.find(home)
    folder = Path(tempfile.mkdtemp(prefix="lindung-cluster-"))
    folder.chmod(0o755)
    made = Cluster(
        folder, binaries.find(home, database_folder, account), account,
        {name: secrets.token_hex(12)
         for name in ("postgres", "replicator", "lindung_app", "lindung_owner")},
    )  # fmt: skip
    if account.drops:
        os.chown(folder, account.uid, account.gid)
    for name in MEMBERS:
        account.own(folder / f"socket-{name}")
    try:
        made.start_etcd()
        for name in MEMBERS:
            made.start_member(name)
        made.wait_whole()
        made.start_front()
        _roles(made)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _roles(made: Cluster) -> None:
    """As deploy.md has a DBA do it."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = psycopg.connect(
                made.url("postgres", pooled=False, database="postgres"), autocommit=True
            )
            break
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    with connection:
        connection.execute((CLONE / "src/lindung/access/bootstrap.sql").read_bytes())
        for name in ("lindung_app", "lindung_owner"):
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(name), sql.Literal(made.passwords[name])
                )
            )
        connection.execute(
            f"create database {NAME} owner lindung_owner template template0 encoding 'UTF8'"
            " lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
        )


def _json(url: str) -> dict[str, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except urllib.error.HTTPError as error:
        raise OSError(str(error)) from None
