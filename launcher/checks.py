"""``./lindung check``: everything that can be said about the code without running it.

All checks run, two at a time; every failure is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from launcher import django, environment
from launcher.database import Logins
from launcher.home import Home
from launcher.say import Voice
from launcher.shell import Failed, run

AT_ONCE = 2
# No check writes to a database; the settings still want to know one.
NOWHERE = Logins("postgresql://lindung_app@/lindung", "postgresql://lindung_owner@/lindung")


@dataclass(frozen=True)
class Check:
    """A named command, and the settings it runs under."""

    name: str
    command: tuple[str, ...]
    settings: str = "lindung.site.settings.test"


@dataclass(frozen=True)
class Outcome:
    """How a check ended; ``said`` is empty when it passed."""

    name: str
    seconds: float
    said: str


PYTHON = ("src", "tests", "launcher", "simulators", "bench", "manage.py")


def every(home: Home) -> list[Check]:
    """All checks, the slow ones first."""
    code = [part for part in PYTHON if (home.clone / part).exists()]
    pages = [str(folder.relative_to(home.clone)) for folder in _template_folders(home)]
    python = str(home.python)
    manage = (python, "manage.py")
    return [
        Check("types", (python, "-m", "mypy")),
        Check("templates", ("djlint", "--lint", "--quiet", *pages)),
        Check("imports", ("lint-imports",)),
        Check("settings", (*manage, "check", "--fail-level", "WARNING")),
        Check("migrations", (*manage, "makemigrations", "--check", "--dry-run")),
        Check("law", (*manage, "law", "--validate")),
        Check("translations", (*manage, "translations", "--check")),
        Check("secrets", (python, "-m", "launcher.leaks")),
        Check("licences", (*manage, "audit", "--licences-only")),
        Check("lint", ("ruff", "check", *code)),
        Check("format", ("ruff", "format", "--check", *code)),
    ]


def check(home: Home, voice: Voice, only: list[str]) -> int:
    """Run the checks (or those named) and report them all; 1 if one failed."""
    home.prepare()
    environment.ensure(home, voice, "dev")
    env = django.environment(home, NOWHERE, LINDUNG_ENV="test")
    checks = [one for one in every(home) if not only or one.name in only]
    outcomes = _all(checks, lambda one: _one(home, env, one), voice)
    failed = [outcome.name for outcome in outcomes if outcome.said]
    if failed:
        voice.line(f"{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}")
    else:
        voice.line(f"All {len(outcomes)} checks passed.")
    return int(bool(failed))


def _all(checks: list[Check], work: Callable[[Check], Outcome], voice: Voice) -> list[Outcome]:
    outcomes = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(work, one) for one in checks]):
            outcome = done.result()
            outcomes.append(outcome)
            state = "failed" if outcome.said else "passed"
            if voice.as_json:
                voice.object(
                    {"check": outcome.name, "state": state, "seconds": outcome.seconds,
                     "output": outcome.said}
                )  # fmt: skip
                continue
            voice.line(f"{outcome.seconds:6.1f} s  {outcome.name}: {state}")
            if outcome.said:
                voice.line(outcome.said)
    return outcomes


def _one(home: Home, env: dict[str, str], one: Check) -> Outcome:
    started = time.monotonic()
    said = ""
    try:
        run(
            one.name, one.command,
            env={**env, "DJANGO_SETTINGS_MODULE": one.settings}, cwd=home.clone,
        )  # fmt: skip
    except Failed as failed:
        said = failed.output.strip() or f"exit {failed.code}"
    return Outcome(one.name, round(time.monotonic() - started, 2), said)


def _template_folders(home: Home) -> list[Path]:
    source = home.clone / "src" / "lindung"
    return sorted({*source.glob("*/web/templates"), *source.glob("*/templates")})
