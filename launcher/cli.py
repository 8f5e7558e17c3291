"""The commands of ``./lindung``."""

from __future__ import annotations

import argparse
import ast
import signal
import sys
from datetime import datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path

from launcher import (
    assets,
    backup,
    checks,
    django,
    doctor,
    environment,
    keys,
    loading,
    rehearse,
    testing,
    up,
)
from launcher.database import Database
from launcher.home import Home, find
from launcher.say import Voice
from launcher.trouble import Trouble

PEOPLE = 20_000
# Passed on word for word; the service's own command reads them, --json included.
PASSED_ON = ("manage", "journal", "law", "test", "bench", "conformance", "import")


def main(words: list[str]) -> int:
    """Run one command; its exit code."""
    arguments = _arguments(words)
    as_json = getattr(arguments, "json", False)
    # What a command is asked for goes to standard output; the set-up it may need first does not.
    passed_on = arguments.command in PASSED_ON
    voice = Voice(as_json=as_json, out=sys.stderr if passed_on else sys.stdout)
    home = find()
    if arguments.command != "up":  # up has its own; these end in order as after a Ctrl-C
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(arguments, home, voice)
    except Trouble as trouble:
        if voice.as_json:
            voice.object({"error": str(trouble)})
        else:
            print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:  # wherever it happened
            print("The disk is full: make room and run it again.", file=sys.stderr)
            return 1
        raise


def _run(arguments: argparse.Namespace, home: Home, voice: Voice) -> int:
    match arguments.command:
        case "up":
            return up.up(home, voice, arguments.people)
        case "down":
            return up.down(home, voice)
        case "doctor":
            return doctor.doctor(home, voice)
        case "check":
            return checks.check(home, voice, arguments.only)
        case "test":
            return testing.test(home, voice, arguments.words)
        case "bench":
            return _bench(home, voice, arguments.words)
        case "backup":
            return backup.backup(home, voice, arguments.file)
        case "restore":
            return backup.restore(home, voice, arguments.file)
        case "rehearse-restore":
            asked = rehearse.Asked(arguments.to, arguments.base, arguments.keep)
            return rehearse.rehearse(home, voice, asked)
        case "conformance":
            return _conformance(home, voice, arguments.words)
        case "manage":
            return _manage(home, voice, arguments.words)
        case name:
            return _manage(home, voice, [name, *arguments.words])


def _manage(home: Home, voice: Voice, words: list[str]) -> int:
    """``manage.py`` with a database behind it, running already or only meanwhile."""
    return _inside(home, voice, [str(home.python), "manage.py", *words])


def _bench(home: Home, voice: Voice, words: list[str]) -> int:
    folder = home.clone / "bench"
    names = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    if not words:
        for name in names:
            about = ast.get_docstring(ast.parse((folder / f"{name}.py").read_text())) or ""
            print(f"{name:20} {about.splitlines()[0] if about else ''}")
        return 0
    if words[0] not in names:
        raise Trouble(f"There is no bench {words[0]!r}; there are: {', '.join(names) or 'none'}.")
    home.prepare()
    # Some turn the clock or keep a server of their own, with what the tests have for it.
    environment.ensure(home, voice, "dev")
    assets.ensure(home, voice)
    command = [str(home.python), "-m", f"bench.{words[0]}", *words[1:]]
    return _inside(home, voice, command, ready=True)


def _conformance(home: Home, voice: Voice, words: list[str]) -> int:
    """Test another node; it needs our Python, no database of ours."""
    home.prepare()
    environment.ensure(home, voice)
    command = [str(home.python), "-m", "lindung.exchange.conformance", *words]
    return django.become(home, django.environment(home, None), command)


def _inside(home: Home, voice: Voice, command: list[str], *, ready: bool = False) -> int:
    """Run it beside a database; ``ready``: with tables, law, reference data and static files."""
    home.prepare()
    environment.ensure(home, voice)
    env = django.environment(home, None)
    keys.ensure_keys(home, env, voice)
    loading.compiled_words(home, env, voice)
    database = Database(home)
    with database.used(voice):
        env = django.environment(home, database.logins)
        if ready:
            loading.load(home, database, env, voice, None)
            loading.static_files(home, env, voice)
        return django.become(home, env, command)


def _arguments(words: list[str]) -> argparse.Namespace:
    if words and words[0] in PASSED_ON:  # argparse would take `test -x` for an option of ours
        return argparse.Namespace(command=words[0], words=words[1:])
    return _parser().parse_args(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lindung",
        description="Runs, checks and looks after Lindung on this machine.",
        epilog="State lies in .lindung/ (LINDUNG_HOME). Port 8000 (LINDUNG_PORT). A server of your "
        "own: DATABASE_URL; see docs/how-to/deploy.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str, *, json: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        if json:
            made.add_argument("--json", action="store_true", help="one JSON object a line")
        return made

    started = command("up", "set up what is missing and start everything; Ctrl-C stops it")
    started.add_argument(
        "--people", type=_count, default=PEOPLE, metavar="N",
        help=f"size of the demo population when it is first made (default {PEOPLE:,})",
    )  # fmt: skip
    command("down", "stop what runs, from another terminal")
    command("doctor", "say what is here, what is missing, and what to do")
    checked = command("check", "lint, types, imports, templates, translations, law")
    checked.add_argument("only", nargs="*", metavar="NAME", help="only these checks")
    for name, file, about in (
        ("backup", "FILE", "write the database to a file"),
        ("restore", "FILE", "bring a backup into an empty database and prove the journal"),
    ):
        command(name, about).add_argument("file", type=Path, metavar=file)
    rehearsed = command(
        "rehearse-restore",
        "bring a moment of the running service back beside it, and prove the journal there",
    )
    rehearsed.add_argument(
        "--to", type=_moment, metavar="MOMENT", help="as 2026-03-02T14:00:00+07:00; else now"
    )
    rehearsed.add_argument(
        "--base", type=Path, metavar="FOLDER", help="a base backup of pg_basebackup; else a new one"
    )
    rehearsed.add_argument("--keep", action="store_true", help="leave the copy")
    for name, about in (
        ("test", "run all tests, or pytest with these words"),
        ("bench", "run a benchmark; without a name, list them"),
        ("manage", "run one of Django's commands"),
        ("journal", "verify, seal: the journal of all that was done"),
        ("law", "what a rule says on a day"),
        ("import", "legacy: bring in an older system's export, or compare with it"),
        ("conformance", "test whether a node keeps the exchange protocol"),
    ):
        commands.add_parser(name, help=about)
    return parser


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 0:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
