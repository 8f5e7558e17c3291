"""Runs the service's own Python: its environment variables, and ``manage.py`` as a step."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from urllib.parse import urlsplit

from launcher.database import Logins
from launcher.environment import plain
from launcher.home import Home
from launcher.say import Step
from launcher.shell import run
from launcher.trouble import Trouble

SIMULATOR_OFFSET = 10
LOCAL = {"127.0.0.1", "localhost", "::1"}


def port() -> int:
    """The port that the web server takes.

    Raises:
        Trouble: LINDUNG_PORT is no port number.
    """
    text = os.environ.get("LINDUNG_PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536 - SIMULATOR_OFFSET:
        raise Trouble(f"LINDUNG_PORT must be a port number, not {text!r}.")
    return int(text)


def simulator_url() -> str:
    """Where the destination simulator answers: beside our own port unless named otherwise."""
    named = os.environ.get("LINDUNG_SIMULATOR_URL")
    return named or f"http://127.0.0.1:{port() + SIMULATOR_OFFSET}"


def simulator_is_ours() -> bool:
    """Whether the simulator is one to start here."""
    return (urlsplit(simulator_url()).hostname or "") in LOCAL


def mode() -> str:
    """Which kind of service: demo or production."""
    return os.environ.get("LINDUNG_ENV") or "demo"


def environment(home: Home, logins: Logins | None, **more: str) -> dict[str, str]:
    """Environment variables of every child that is ours; without logins, of one that needs none."""
    values = plain()
    values |= {
        "PYTHONPATH": str(home.clone / "src"),
        "DJANGO_SETTINGS_MODULE": os.environ.get(
            "DJANGO_SETTINGS_MODULE", "lindung.site.settings.base"
        ),
        "LINDUNG_HOME": str(home.state),
        "LINDUNG_KEYS": str(home.keys),
        "LINDUNG_ENV": mode(),
        "LINDUNG_PORT": str(port()),
        "LINDUNG_SIMULATOR_URL": simulator_url(),
        "LINDUNG_SIMULATOR_PORT": str(urlsplit(simulator_url()).port or 80),
        "LINDUNG_NODE_URL": os.environ.get("LINDUNG_NODE_URL", f"http://127.0.0.1:{port()}"),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{home.venv / 'bin'}{os.pathsep}{values.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(home.venv),
    }
    if logins:
        values["DATABASE_URL"] = logins.app
        if logins.owner:
            values["LINDUNG_OWNER_DATABASE_URL"] = logins.owner
    return values | more


def manage(home: Home, env: dict[str, str], *words: str, step: Step | None = None) -> str:
    """Run a ``manage.py`` command and return what it printed.

    Raises:
        Failed: it ended with an error.
    """
    return run(
        f"manage.py {words[0]}",
        [home.python, "manage.py", *words],
        env=env,
        cwd=home.clone,
        step=step,
    )


def has_command(home: Home, name: str) -> bool:
    """Whether the service has this command, without starting Django to ask."""
    pattern = f"*/management/commands/{name}.py"
    return any((home.clone / "src" / "lindung").glob(pattern))


def become(home: Home, env: dict[str, str], words: Sequence[str]) -> int:
    """Run a program with the terminal as its own, as ``manage shell`` wants; returns its exit."""
    child = subprocess.Popen(list(words), env=env, cwd=home.clone)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # The terminal has sent it to the child as well, who decides; we wait for it.
            if child.poll() is None and not os.isatty(0):
                child.send_signal(signal.SIGINT)
