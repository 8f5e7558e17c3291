"""Waits until the service says that it is ready."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from launcher.trouble import Trouble

READY_SECONDS = 90.0


def ask(port: int, path: str = "/health/ready") -> tuple[int, str]:
    """Status and text of a page on this machine; status 0 when nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    # A proxy named in the environment has nothing to say about this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, answer.read(4000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(4000).decode(errors="replace")
    except OSError:
        return 0, ""


def missing(text: str) -> list[tuple[str, str]]:
    """What an answer of ``/health/ready`` says is not right, each with what to do."""
    try:
        checks = json.loads(text)["checks"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # nobody answered, or somebody else
    return [(name, str(check.get("advice", ""))) for name, check in checks if not check.get("ok")]


def wait(port: int, meanwhile: Callable[[], None], seconds: float = READY_SECONDS) -> None:
    """Wait for ``/health/ready``; ``meanwhile`` looks after the processes and may give up.

    Raises:
        Trouble: it is not ready in time; says what it answered last.
    """
    until = time.monotonic() + seconds
    while True:
        status, text = ask(port)
        if status == 200:
            return
        if time.monotonic() > until:
            said = f"it answers {status}: {text[:500]}" if status else "nobody answers"
            raise Trouble(f"http://127.0.0.1:{port}/health/ready is not ready; {said}")
        meanwhile()
        time.sleep(0.1)
