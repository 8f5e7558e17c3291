"""``./lindung backup FILE`` and ``./lindung restore FILE``: the database in pg_dump's own format, and
people's documents in ``FILE.documents.tar`` beside it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from launcher import django, environment, keys, loading, papers
from launcher.bootstrap import psql
from launcher.database import Database
from launcher.home import Home
from launcher.postgres import DATABASE
from launcher.say import Voice
from launcher.shell import run
from launcher.trouble import Trouble

TABLES = (
    "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' "
    "and n.nspname <> 'information_schema'"
)


def backup(home: Home, voice: Voice, file: Path) -> int:
    """Write the whole database to a file, and the documents to another beside it; the service may run
    meanwhile. Where ``FILE`` is there, both are complete.

    Raises:
        Trouble: the file exists, or pg_dump failed.
    """
    file = file.absolute()
    packed = papers.beside(file)
    for taken in (file, packed):
        if taken.exists():
            raise Trouble(f"{taken} exists already: choose another name.")
    home.prepare()
    environment.ensure(home, voice)
    database = Database(home)
    database.need_owner()
    draft = file.with_name(f".{file.name}.part")
    draft_of_papers = packed.with_name(f".{packed.name}.part")
    with database.used(voice), voice.step("Backup") as step:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.close(descriptor)
        try:
            run(
                "pg_dump",
                [_program(database, "pg_dump"), "--format=custom", "--file", draft,
                 "--dbname", database.logins.strongest],
                env=_environment(), cwd=home.clone, step=step,
            )  # fmt: skip
            # After the database: a document that comes in between is one too many, never one too few.
            count = 0 if papers.in_bucket() else papers.pack(home, draft_of_papers)
            if count:
                _to_disk(draft_of_papers)
                draft_of_papers.replace(packed)
            _to_disk(draft)
            draft.replace(file)
            mark(home).touch(mode=0o600)
        finally:
            draft.unlink(missing_ok=True)
            draft_of_papers.unlink(missing_ok=True)
        step.detail = f"{file}, {file.stat().st_size // 1000:,} kB; {count:,} documents"
    if papers.in_bucket():
        voice.line(
            "Documents lie in a bucket and are not in it: keep the bucket's own versions or copies.",
            bucket=os.environ[papers.BUCKET],
        )
    voice.line(
        f"The key files in {home.keys} and the published heads in {heads(home)} are not in it: "
        "without the keys encrypted fields stay closed, without the heads the journal is not proven. "
        "Keep copies of both apart from it.",
        file=str(file), keys=str(home.keys), heads=str(heads(home)),
    )  # fmt: skip
    return 0


def heads(home: Home) -> Path:
    """The list of published heads, where the service writes and the proof reads it."""
    return home.state / "journal-heads.jsonl"


def mark(home: Home) -> Path:
    """The file whose time says when a backup was last whole; its age is watched
    (docs/how-to/observe.md).
    """
    return Path(os.environ.get("LINDUNG_BACKUP_MARK") or home.state / "last-backup")


def restore(home: Home, voice: Voice, file: Path) -> int:
    """Bring a backup into an empty database and its documents into an empty folder, then prove the
    journal.

    Raises:
        Trouble: keys or published heads are missing, the database is not empty, the file cannot be
            read, the journal does not hold.
    """
    file = file.absolute()
    if not file.is_file():
        raise Trouble(f"{file} is not there.")
    home.prepare()
    packed = papers.beside(file)
    if packed.exists():
        papers.need_empty(home)
    if not home.keys.is_dir() or not any(home.keys.iterdir()):
        raise Trouble(
            f"Put the key files of this backup into {home.keys} first: new ones could not open "
            "its encrypted fields."
        )
    if not heads(home).exists():
        raise Trouble(
            f"Put the list of published heads that belongs to this backup at {heads(home)} first: "
            "without it nobody can tell whether its journal is whole. Where nothing was ever "
            "sealed, an empty file will do."
        )
    environment.ensure(home, voice)
    database = Database(home)
    database.need_owner()
    with database.used(voice):
        env = django.environment(home, database.logins)
        if _tables(database) > 0:
            raise Trouble(
                "The database is not empty, and a backup goes into an empty one: use another "
                "LINDUNG_HOME, or an empty database."
            )
        with voice.step("Restore") as step:
            run(
                "pg_restore",
                [_program(database, "pg_restore"), "--exit-on-error", "--single-transaction",
                 "--dbname", database.logins.strongest, file],
                env=_environment(), cwd=home.clone, step=step,
            )  # fmt: skip
        if packed.exists():
            with voice.step("Documents") as step:
                step.detail = f"{papers.unpack(home, packed):,} files"
        stamps = database.stamps()
        if stamps:
            stamps.set("demo", "made")  # whoever is in the backup is who there is
        keys.ensure_keys(home, env, voice)
        loading.bring(home, loading.SCHEMA, stamps, env, voice)
        for words in (("journal_epoch",), ("journal", "verify")):
            with voice.step(" ".join(words).capitalize()) as step:
                printed = django.manage(home, env, *words, step=step)
                step.detail = next((line for line in reversed(printed.splitlines()) if line), "")
    return 0


def _program(database: Database, name: str) -> Path:
    """The client program: of the embedded server's box, else the system's."""
    if database.server:
        program = database.server.binaries.program(name)
        if not program.exists():
            raise Trouble(f"This PostgreSQL comes without {name}: install postgresql-client.")
        return program
    found = shutil.which(name)
    if not found:
        raise Trouble(f"{name} is not installed: apt-get install postgresql-client.")
    return Path(found)


def _tables(database: Database) -> int:
    if database.server:
        return int(psql(database.server, "-c", TABLES, database=DATABASE))
    return int(
        run(
            "psql",
            [_program(database, "psql"), "-X", "-At", "-d", database.logins.owner, "-c", TABLES],
            env=_environment(),
            cwd=Path("/"),
        )
    )


def _environment() -> dict[str, str]:
    return {**environment.plain(), "LC_ALL": "C"}


def _to_disk(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
