"""``./lindung doctor``: what is here, what is missing, and what to do about it. Changes nothing."""

from __future__ import annotations

import ctypes.util
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from launcher import (
    assets,
    backup,
    database_home,
    django,
    environment,
    living,
    own_server,
    papers,
    ports,
    ready,
)
from launcher.home import Home
from launcher.say import Voice
from launcher.trouble import Trouble

# ok: fine. note: only one feature goes without. bad: ./lindung up would not work.
SIGNS = {"ok": "ok  ", "note": "note", "bad": "BAD "}
# Free megabytes without which up does not begin, and the service is near refusing to write.
NEW_MB, DISK_MB = 2000, 300
FILES = 1000
# A daily backup, and two hours for it to be late.
BACKUP_HOURS = 26
SEEING = {
    "measures at /metrics": "LINDUNG_METRICS_TOKEN_FILE",
    "traces by OTLP": "OTEL_EXPORTER_OTLP_ENDPOINT",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    state: str
    text: str
    advice: str = ""


def doctor(home: Home, voice: Voice) -> int:
    """Print every finding; 1 if something would stop ``up``."""
    findings = list(look(home))
    for finding in findings:
        if voice.as_json:
            voice.object(asdict(finding))
            continue
        voice.line(f"{SIGNS[finding.state]}  {finding.what}: {finding.text}")
        if finding.advice:
            voice.line(f"      {finding.advice}")
    return int(any(finding.state == "bad" for finding in findings))


def look(home: Home) -> Iterator[Finding]:
    """Everything worth knowing about this machine and this home."""
    yield _python()
    yield Finding("State folder", "ok", str(home.state))
    yield _packages(home)
    yield _assets(home)
    yield from _database(home)
    yield from _disks(home)
    yield _backup(home)
    yield _seeing()
    yield from _running(home)
    yield _pango()
    yield _chromium()


def chromium() -> str:
    """Path of a Chromium for the browser tests; empty if there is none."""
    named = os.environ.get("LINDUNG_CHROMIUM")
    return named or next((path for name in CHROMIUM if (path := shutil.which(name))), "")


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if platform.system() != "Linux":
        return Finding("Python", "bad", text, "Lindung runs on Linux.")
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        return Finding("Python", "bad", f"{text}, no venv", "apt-get install python3-venv")
    return Finding("Python", "ok", text)


def _packages(home: Home) -> Finding:
    state = {lock: environment.ready(home, lock) for lock in ("base", "dev")}
    if state["dev"]:
        return Finding("Python packages", "ok", "as pinned, with those for tests")
    if state["base"]:
        return Finding("Python packages", "ok", "as pinned; ./lindung test adds those for tests")
    return Finding("Python packages", "note", "not as pinned", "./lindung up installs them.")


def _assets(home: Home) -> Finding:
    node = assets.system_node()
    source = f"npm {node[0]}" if node else "Node from a Python wheel"
    if assets.ready(home):
        return Finding("Front-end files", "ok", "in place")
    return Finding(
        "Front-end files", "note", f"not in place; {source}", "./lindung up fetches them."
    )


def _database(home: Home) -> Iterator[Finding]:
    if os.environ.get("DATABASE_URL"):
        yield from _own_server(home)
        return
    pointer = home.state / database_home.POINTER
    if not pointer.exists() or not home.python.exists():
        yield Finding("Database", "note", "not made yet", "./lindung up makes it.")
        return
    from launcher.database import embedded

    try:
        server = embedded(home)
        if server.made():
            server.check_major()
    except Trouble as trouble:
        yield Finding("Database", "bad", str(trouble))
        return
    programs = server.binaries
    pid = server.postmaster()
    state = f"running (process {pid})" if pid else "stopped"
    yield Finding(
        "Database", "ok",
        f"PostgreSQL {programs.version} ({programs.origin}), {state}, as {server.account.name}, "
        f"in {server.data}",
    )  # fmt: skip
    for folder in database_home.elsewhere():
        yield Finding(
            "Old database", "note", f"{folder} belongs to a state folder that is gone",
            f"rm -r {folder} once you are sure that nobody needs it.",
        )  # fmt: skip


def _own_server(home: Home) -> Iterator[Finding]:
    if not os.environ.get(own_server.OWNER):
        yield Finding(
            "Login that migrates", "note", "LINDUNG_OWNER_DATABASE_URL is not set",
            "A service does not need it; migrate, backup and restore do. See docs/how-to/deploy.md.",
        )  # fmt: skip
    if not environment.ready(home, "base"):
        yield Finding("Database", "note", "a server of your own, by DATABASE_URL; not asked yet")
        return
    version, problems = own_server.look(home)
    for problem in problems:
        yield Finding("Database", "bad", problem.text, problem.advice)
    if not problems:
        yield Finding("Database", "ok", f"{version}, a server of your own, by DATABASE_URL")


def _disks(home: Home) -> Iterator[Finding]:
    """Each disk that something of ours lies on, once."""
    places = {"Disk": home.state, "Disk of the keys": home.keys}
    with suppress(OSError):
        places["Disk of the database"] = Path((home.state / database_home.POINTER).read_text())
    if not papers.in_bucket():
        places["Disk of the documents"] = papers.folder(home)
    seen = set()
    for what, place in places.items():
        at = place
        while not at.exists():
            at = at.parent
        if at.stat().st_dev not in seen:
            seen.add(at.stat().st_dev)
            need = NEW_MB if what == "Disk" and not home.python.exists() else DISK_MB
            yield _disk(what, at, need)


def _disk(what: str, at: Path, need: int) -> Finding:
    found = os.statvfs(at)
    free = found.f_bavail * found.f_frsize // 1_000_000
    if free < need:
        return Finding(
            what, "bad", f"{free:,} MB free at {at}",
            f"{need:,} MB are needed: make room, or move it to another disk. What cannot be written "
            "is refused meanwhile; nothing that was taken is lost.",
        )  # fmt: skip
    # Some file systems have no fixed number of files, and say 0.
    if found.f_files and found.f_favail < FILES:
        return Finding(
            what, "bad", f"room for {found.f_favail:,} more files at {at}",
            "The disk has space but no file numbers (inodes) left: remove small files.",
        )  # fmt: skip
    return Finding(what, "ok", f"{free:,} MB free at {at}")


def _backup(home: Home) -> Finding:
    mark = backup.mark(home)
    if not mark.exists():
        return Finding("Backup", "note", "none yet", "./lindung backup FILE; docs/how-to/backup.md")
    hours = max(0, time.time() - mark.stat().st_mtime) / 3600
    return Finding(
        "Backup", "ok" if hours <= BACKUP_HOURS else "note", f"{hours:,.0f} hours old",
        "" if hours <= BACKUP_HOURS else "./lindung backup FILE; docs/how-to/backup.md",
    )  # fmt: skip


def _seeing() -> Finding:
    """Which of logs, measures and traces are on."""
    on = [what for what, name in SEEING.items() if os.environ.get(name)]
    file = os.environ.get(SEEING["measures at /metrics"], "")
    if file and not os.access(file, os.R_OK):
        return Finding(
            "Seeing", "bad", f"{file} cannot be read", "Put the token for /metrics there."
        )
    return Finding("Seeing", "ok", ", ".join(["logs", *on]))


def _running(home: Home) -> Iterator[Finding]:
    record = living.recall(home.run, "up")
    if record and record.alive():
        yield from _answering(home, record)
        for file in sorted(home.run.glob("process-*.json")):
            one = living.recall(home.run, file.stem)
            name = file.stem.removeprefix("process-")
            if one:
                alive = one.alive()
                yield Finding(
                    f"  {name}", "ok" if alive else "note",
                    f"process {one.pid}" if alive else f"dead; see {home.logs / name}.log",
                )  # fmt: skip
        return
    port = django.port()
    try:
        ports.need(port)
        yield Finding("Port", "ok", f"{port} is free")
    except Trouble as trouble:
        yield Finding("Port", "bad", str(trouble))


def _answering(home: Home, record: living.Record) -> Iterator[Finding]:
    """Whether the running service is well; else each thing it lacks."""
    at = f"process {record.pid} at http://127.0.0.1:{record.note}/"
    status, text = ready.ask(int(record.note or django.port()))
    missing = ready.missing(text)
    if status == 200:
        yield Finding("Running", "ok", f"{at}, ready")
    elif missing:
        yield Finding(
            "Running", "bad", f"{at}, not ready: {', '.join(name for name, _advice in missing)}",
            f"It starts again by itself what died. Still so in a minute: see {home.logs}.",
        )  # fmt: skip
        for name, advice in missing:
            yield Finding(f"  {name.replace('_', ' ')}", "note", "not ready", advice)
    else:
        yield Finding("Running", "note", f"{at}, does not answer yet", f"See {home.logs}.")


def _pango() -> Finding:
    if ctypes.util.find_library("pango-1.0"):
        return Finding("Pango", "ok", "installed, for PDFs")
    return Finding("Pango", "note", "missing: no PDFs", "apt-get install libpango-1.0-0")


def _chromium() -> Finding:
    if path := chromium():
        return Finding("Chromium", "ok", path)
    return Finding(
        "Chromium", "note", "missing: no browser tests",
        "apt-get install chromium (./lindung test does it as root)",
    )  # fmt: skip
