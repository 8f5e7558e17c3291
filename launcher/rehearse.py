"""``./lindung rehearse-restore``: brings a moment of the running service back beside it, and proves it.

A base backup is taken of the running server, its journal (WAL) is followed, a moment is chosen, and a
second server is made of both in a scratch folder, as it would be after the loss of the first. There
the journal of all that was done is verified. The service goes on meanwhile; nothing of it is changed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from launcher import archive, backup, django, environment
from launcher.bootstrap import psql
from launcher.database import Database, logins_of
from launcher.home import Home
from launcher.living import send
from launcher.postgres import DATABASE, Postgres
from launcher.say import Voice
from launcher.shell import run
from launcher.trouble import Trouble

# Work that goes on after the base backup and is brought back from the journal alone.
AFTER_SECONDS = 3.0
PIECE_SECONDS = 60.0
RECOVERY_SECONDS = 3_600.0
_SLOT = "lindung_rehearsal"
_SLOTS = f"pg_replication_slots where slot_name like '{_SLOT}%'"
_INSTANT = "%Y-%m-%d %H:%M:%S.%f+00"


@dataclass(frozen=True)
class Asked:
    """What is wanted.

    Attributes:
        to: the moment to bring back; None: a moment after the base backup.
        base: a base backup taken before; None: one is taken now.
        keep: leave the scratch folder, base backup and all.
    """

    to: datetime | None = None
    base: Path | None = None
    keep: bool = False


def rehearse(home: Home, voice: Voice, asked: Asked) -> int:
    """Do it; prints recovery point and recovery time.

    Raises:
        Trouble: the server is not ours, there is no archive for an earlier base backup, the moment
            lies outside what can be brought back, the journal does not hold there.
    """
    home.prepare()
    kept = archive.folder()
    if asked.base is not None and kept is None:
        raise Trouble(
            f"A base backup taken before needs the archive since then: set {archive.VARIABLE} to its "
            "folder."
        )
    if asked.base is not None and not (asked.base / "backup_label").exists():
        raise Trouble(f"{asked.base} holds no base backup of pg_basebackup.")
    environment.ensure(home, voice)
    database = Database(home)
    if database.server is None:
        raise Trouble(
            "DATABASE_URL names a server of your own: rehearse with its own tools, as "
            "docs/how-to/backup.md tells, and then verify with ./lindung journal verify on the copy."
        )
    with database.used(voice), _scratch(home, database.server, keep=asked.keep) as scratch:
        _rehearsed(home, voice, database.server, scratch, asked, kept)
        if asked.keep:
            voice.line(f"The copy lies in {scratch.folder}.", folder=str(scratch.folder))
    return 0


def _rehearsed(
    home: Home,
    voice: Voice,
    server: Postgres,
    scratch: Postgres,
    asked: Asked,
    kept: Path | None,
) -> None:
    with _followed(server, scratch.folder / "journal", kept) as pieces:
        with voice.step("Base backup") as step:
            step.detail = _base(server, scratch, asked.base)
        moment = asked.to or _moment(server)
        # A transaction after it, so that the moment lies inside the journal, never at its end.
        _ask(server, "select pg_logical_emit_message(true, 'lindung', 'after the moment')")
        with voice.step("Journal since") as step:
            step.detail = _arrived(server, pieces)
    began = time.monotonic()
    with voice.step("Restore") as step:
        _recover(scratch, pieces, moment)
        step.detail = f"to {moment.isoformat(timespec='milliseconds')}"
    point, entries, last_entry = _found(scratch)
    back = time.monotonic() - began
    proven = _prove(home, voice, scratch)
    whole = time.monotonic() - began
    size = int(_ask(scratch, f"select pg_database_size('{DATABASE}')"))
    behind = max(0.0, (moment - point).total_seconds())
    voice.line(
        f"Recovery point: the last transaction before the moment asked for, {behind:.3f} s earlier "
        f"({point.isoformat(timespec='milliseconds')}); {entries:,} journal entries"
        + (f", the last of {last_entry}." if last_entry else "."),
        moment=moment.isoformat(), recovery_point=point.isoformat(), behind_seconds=behind,
        entries=entries,
    )  # fmt: skip
    voice.line(
        "If the disk were lost now: "
        + (
            f"at most {archive.PIECE_SECONDS} s of work, what the archive does not have yet."
            if kept
            else f"everything since the last backup; set {archive.VARIABLE} to keep an archive."
        ),
        archive=str(kept or ""),
    )  # fmt: skip
    voice.line(
        f"Recovery time: {back:.1f} s until it answered, {whole:.1f} s until its journal was proven "
        f"({size // 1_000_000:,} MB). {proven}",
        recovery_seconds=round(back, 1), proven_seconds=round(whole, 1), bytes=size, proof=proven,
    )  # fmt: skip


@contextmanager
def _scratch(home: Home, server: Postgres, *, keep: bool) -> Iterator[Postgres]:
    """A second server's folder beside nobody's data, its account's own."""
    folder = Path(tempfile.mkdtemp(prefix="lindung-rehearsal-"))
    folder.chmod(0o755)
    server.account.own(folder / "state")
    made = replace(
        server, folder=folder, log=folder / "postgres.log", archive=None, throw_away=False
    )
    if not server.account.reaches(folder):
        shutil.rmtree(folder)
        raise Trouble(
            f"'{server.account.name}' cannot enter {folder}: set TMPDIR to another folder."
        )
    try:
        home.need_space(_megabytes(server) * 2 + 200, "a rehearsal")
        yield made
    finally:
        made.stop()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _megabytes(server: Postgres) -> int:
    return int(
        _ask(server, "select (sum(pg_database_size(oid)) / 1000000)::bigint from pg_database")
    )


@contextmanager
def _followed(server: Postgres, folder: Path, kept: Path | None) -> Iterator[Path]:
    """Where the pieces of the journal arrive: the archive, or what follows the server meanwhile."""
    if kept is not None:
        if _ask(server, "show archive_mode") != "on":
            raise Trouble(
                f"The running server does not know {archive.VARIABLE} yet: set it for ./lindung up "
                "too, and start it again."
            )
        yield kept
        return
    server.account.own(folder)
    # What was left by a rehearsal that was killed would keep the journal until the disk is full.
    _ask(server, f"select pg_drop_replication_slot(slot_name) from {_SLOTS} and not active")
    # A busy server clears its journal before a follower has read it, unless something holds it.
    slot = f"{_SLOT}_{os.getpid()}"
    _ask(server, f"select pg_create_physical_replication_slot('{slot}', true)")
    try:
        with _follower(server, folder, slot):
            yield folder
    finally:
        _wait(
            lambda: _ask(server, f"select 1 from {_SLOTS} and active") == "", 10,
            "The follower does not leave.",
        )  # fmt: skip
        _ask(server, f"select pg_drop_replication_slot('{slot}')")


@contextmanager
def _follower(server: Postgres, folder: Path, slot: str) -> Iterator[None]:
    with server.log.open("ab") as log:
        follower = subprocess.Popen(
            [
                str(server.binaries.program("pg_receivewal")), "-D", str(folder),
                "-h", str(server.socket), "-U", "postgres", "--synchronous", "--slot", slot,
            ],
            cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env={"LC_ALL": "C"}, start_new_session=True,
            **server.account.child(),  # type: ignore[call-overload]
        )  # fmt: skip
    try:
        _wait(
            lambda: (
                _ask(server, "select count(*) from pg_stat_replication") != "0"
                or follower.poll() is not None
            ),
            10,
            "The server does not let its journal be followed.",
        )
        yield
    finally:
        send([follower.pid], signal.SIGINT)
        follower.wait()


def _base(server: Postgres, scratch: Postgres, given: Path | None) -> str:
    """The base backup, taken now or copied from where it lies; says which."""
    scratch.account.own(scratch.data)
    if given is not None:
        command = ["cp", "-a", f"{given}/.", str(scratch.data)]
    else:
        command = [
            str(server.binaries.program("pg_basebackup")), "-D", str(scratch.data),
            "-h", str(server.socket), "-U", "postgres", "-X", "none", "-c", "fast",
        ]  # fmt: skip
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
        **server.account.child(),  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"The base backup failed:\n{done.stderr.strip()}")
    if given is not None:
        return f"the one in {given}"
    size = sum(path.stat().st_size for path in scratch.data.rglob("*") if path.is_file())
    return f"{size // 1_000_000:,} MB, of the running server"


def _moment(server: Postgres) -> datetime:
    """Now, by the server's clock, after some work that the base backup does not have."""
    time.sleep(AFTER_SECONDS)
    # On a server where nobody works, the only transaction since the base backup.
    _ask(server, "select pg_logical_emit_message(true, 'lindung', 'before the moment')")
    return datetime.fromtimestamp(float(_ask(server, "select extract(epoch from now())")), UTC)


def _arrived(server: Postgres, pieces: Path) -> str:
    """Close the current piece and wait until it has come; how much there is."""
    piece = _ask(server, "select pg_walfile_name(pg_switch_wal())")
    _wait(
        (pieces / piece).exists, PIECE_SECONDS,
        f"The piece {piece} of the journal does not arrive in {pieces}: see the database's log.",
    )  # fmt: skip
    count = sum(len(path.name) == len(piece) for path in pieces.iterdir())
    return f"{count} pieces of 16 MB in {pieces}"


def _recover(scratch: Postgres, pieces: Path, moment: datetime) -> None:
    """Start the copy, let it read the journal up to the moment, and take it into service."""
    words = {
        "restore_command": archive.restore_command(pieces),
        "recovery_target_time": moment.astimezone(UTC).strftime(_INSTANT),
        "recovery_target_action": "promote",
    }
    with (scratch.data / "postgresql.auto.conf").open("a") as conf:
        for name, value in words.items():
            escaped = value.replace("'", "''")
            conf.write(f"{name} = '{escaped}'\n")
    (scratch.data / "recovery.signal").touch()
    scratch.start()
    _wait(
        lambda: _ask(scratch, "select pg_is_in_recovery()") == "f", RECOVERY_SECONDS,
        "The copy did not reach the moment.",
    )  # fmt: skip


def _found(scratch: Postgres) -> tuple[datetime, int, str]:
    """The last transaction that is there, how many entries the journal has, and its last's time."""
    last = _ask(scratch, "select coalesce(extract(epoch from pg_last_xact_replay_timestamp()), 0)")
    entries, _, at = _ask(
        scratch, "select count(*), max(at) from access_journal", database=DATABASE
    ).partition("|")
    return datetime.fromtimestamp(float(last), UTC), int(entries), at


def _prove(home: Home, voice: Voice, scratch: Postgres) -> str:
    """The journal there, in a state folder of its own: the notes it writes are not the service's."""
    state = scratch.folder / "state"
    if backup.heads(home).exists():
        shutil.copy2(backup.heads(home), state / backup.heads(home).name)
    env = django.environment(
        home, logins_of(scratch), LINDUNG_HOME=str(state), LINDUNG_KEYS=str(home.keys)
    )
    said = ""
    for words in (("journal_epoch",), ("journal", "verify")):
        with voice.step(" ".join(words).capitalize()) as step:
            printed = run(
                f"manage.py {words[0]}", [home.python, "manage.py", *words], env=env,
                cwd=home.clone, step=step,
            )  # fmt: skip
            said = next((line for line in reversed(printed.splitlines()) if line), "")
            step.detail = said
    return said


def _ask(server: Postgres, question: str, *, database: str = "postgres") -> str:
    return psql(server, "-c", question, database=database).strip()


def _wait(true: Callable[[], bool], seconds: float, else_say: str) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise Trouble(else_say)
        time.sleep(0.2)
