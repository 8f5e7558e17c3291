"""The service as a bench meets it: Django in this process, the owner's connection, a served one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parents[1]
SOURCE = CLONE / "src"
READY_SECONDS = 60


def ready(*, owner: bool = False) -> None:
    """Start Django, bound by the policies as the service is, or as the owner whom none binds."""
    sys.path[:0] = [str(each) for each in (SOURCE, CLONE) if str(each) not in sys.path]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    if owner:
        os.environ["LINDUNG_CONNECT_AS"] = "owner"
    import django

    django.setup()


def owner_connection(*, autocommit: bool = False, like: Any = None) -> Any:
    """A connection as the owner; without prepared plans, as the application's have none.

    Args:
        like: a connection whose reading of values is taken over, where rows read are compared.
    """
    import psycopg

    url = os.environ["LINDUNG_OWNER_DATABASE_URL"]
    return psycopg.connect(url, autocommit=autocommit, prepare_threshold=None, context=like)


def people_there(owner: Any, wanted: int, *more: str) -> int:
    """How many people are there; where nobody is, ``wanted`` and their officials are made first."""

    def count() -> int:
        found = int(owner.execute("select count(*) from registry_worker").fetchone()[0])
        owner.commit()
        return found

    if not count():
        manage("population", "--people", str(wanted), *more)
        manage("demo")
    return count()


def manage(*words: str, environment: dict[str, str] | None = None) -> None:
    """Run one of Django's commands; what it says goes to standard error."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=CLONE, stdout=sys.stderr, check=False,
        env=environment or os.environ | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{CLONE}"},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"manage.py {words[0]} failed")


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    app: str = "lindung.site.wsgi:application",
    *,
    processes: int = 1,
    threads: int = 2,
    environment: dict[str, str] | None = None,
) -> Iterator[str]:
    """A WSGI program served as production serves ours; ``host:port`` of where.

    Raises:
        SystemExit: it does not answer.
    """
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
         "--port", str(port), "--workers", str(processes), "--blocking-threads", str(threads),
         "--respawn-failed-workers", "--no-ws", app],
        env=(environment or dict(os.environ)) | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{CLONE}"},
        cwd=CLONE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, f"{app} does not answer")
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int, trouble: str, *, seconds: float = READY_SECONDS) -> None:
    """Until somebody takes connections there.

    Raises:
        SystemExit: nobody does, with ``trouble``.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(trouble)
