"""A server of one's own, named by ``DATABASE_URL``: whether it can carry the service, and what to do."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from launcher.binaries import OLDEST
from launcher.environment import plain
from launcher.home import Home

APP, OWNER = "DATABASE_URL", "LINDUNG_OWNER_DATABASE_URL"
BOOTSTRAP = "let its DBA run src/lindung/access/bootstrap.sql (docs/how-to/deploy.md)"


@dataclass(frozen=True)
class Problem:
    """What is wrong with it, and what to do."""

    text: str
    advice: str


def look(home: Home) -> tuple[str, list[Problem]]:
    """Its version, and what stands in the way; the environment has to be there."""
    done = subprocess.run(
        [home.python, "-P", "-B", home.clone / "launcher" / "probe.py"], env=plain(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return "", [Problem("it could not be asked", done.stderr.strip().splitlines()[-1])]
    return judge(json.loads(done.stdout))


def judge(found: dict[str, dict[str, Any]]) -> tuple[str, list[Problem]]:
    """What the answers of both logins mean."""
    problems = []
    for name, answer in found.items():
        if "error" in answer:
            problems.append(Problem(f"{name}: {answer['error']}", f"Correct {name}."))
    app, owner = found.get(APP, {}), found.get(OWNER, {})
    either = app if "version" in app else owner
    if "version" not in either:
        return "", problems
    version = f"PostgreSQL {either['version'] // 10_000}.{either['version'] % 10_000}"
    if either["version"] < OLDEST * 10_000:
        problems.append(
            Problem(f"{version} is too old", f"Lindung needs {OLDEST} or later; move the data.")
        )
    if either["encoding"] != "UTF8":
        problems.append(
            Problem(f"its encoding is {either['encoding']}", "Make the database with UTF8.")
        )
    if either["standby"]:
        problems.append(
            Problem("it is a standby and takes no writes", "Name the primary, or what leads to it.")
        )
    if "version" in app and (app["superuser"] or app["bypasses"]):
        problems.append(
            Problem(
                f"{app['login']} stands above the row policies",
                f"Take SUPERUSER and BYPASSRLS from it, or {BOOTSTRAP}.",
            )
        )
    if "version" in app and app["role"] != "acts_as_door":
        problems.append(
            Problem(f"{app['login']} does not begin at the door", f"Name lindung_app; {BOOTSTRAP}.")
        )
    if "version" in owner and not (owner["bypasses"] or owner["superuser"]):
        problems.append(
            Problem(
                f"{owner['login']} is bound by the policies and would migrate empty tables",
                f"Name lindung_owner; {BOOTSTRAP}.",
            )
        )
    return version, problems
