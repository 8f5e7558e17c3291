"""``./lindung test``: a throw-away PostgreSQL with the real roles, then pytest.

All tests run in two processes, the browser's journeys in one of them. Each has a server of its own:
what is sealed or vacuumed waits for every transaction of its server.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import (
    assets,
    binaries,
    bootstrap,
    database_home,
    django,
    environment,
    living,
    loading,
)
from launcher.database import Logins, logins_of
from launcher.doctor import chromium
from launcher.home import Home
from launcher.postgres import Postgres
from launcher.say import Voice
from launcher.shell import Failed, run
from launcher.trouble import Trouble

TEST_LOGIN = "lindung_test"
NO_TESTS = 5  # pytest's exit when it collected none
AT_ONCE = 2
ONE = "one"


def test(home: Home, voice: Voice, words: Sequence[str]) -> int:
    """Run pytest with these words, or all tests; its exit, and its last line as the last line."""
    home.prepare()
    environment.ensure(home, voice, "dev")
    assets.ensure(home, voice)
    browser = _browser(home, voice)
    options = list(words) or ["-n", str(AT_ONCE), "--dist", "loadscope"]
    with ExitStack() as opened:
        state = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="lindung-")))
        places = [
            _place(state / name, opened.enter_context(server(home, voice, name=f"test-{name}")))
            for name in ([ONE] if words else [f"gw{each}" for each in range(AT_ONCE)])
        ]
        env = _environment(home, places, browser)
        loading.compiled_words(home, env, voice)
        code = django.become(home, env, [str(home.python), "-m", "pytest", *options])
    if code == NO_TESTS:
        voice.line("No test was found.")
    return code


@contextmanager
def server(
    home: Home, voice: Voice, *, name: str = "test", durable: bool = False
) -> Iterator[Postgres]:
    """A PostgreSQL of its own in a temporary folder, gone afterwards.

    Without durability, unless what is measured there is the cost of a commit.

    Args:
        name: begins with ``test``; another for each server that one process has.
    """
    _, account = database_home.find(home)
    folder = _sweep_and_make(home)
    # The programs may have to be copied to where the account reaches them: beside the real data.
    database_folder, _ = database_home.find(home)
    programs = binaries.find(home, database_folder, account)
    folder.chmod(0o755)
    if not account.reaches(folder):
        shutil.rmtree(folder)
        raise Trouble(f"'{account.name}' cannot enter {folder}: name another folder in TMPDIR.")
    postgres = Postgres(folder, programs, account, folder / "postgres.log", throw_away=not durable)
    known_as = f"{name}-{os.getpid()}"
    living.remember(home.run, known_as, os.getpid(), note=str(folder))
    try:
        with voice.step("Test database") as step:
            postgres.make()
            postgres.start()
            bootstrap.roles(home, postgres, None, tests=True)
            step.detail = f"PostgreSQL {programs.version} ({programs.origin}), thrown away after"
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        living.forget(home.run, known_as)


def _sweep_and_make(home: Home) -> Path:
    """A fresh temporary folder; servers of killed test runs are ended and removed first."""
    database_folder, account = database_home.find(home)
    for file in home.run.glob("test-*.json"):
        record = living.recall(home.run, file.stem)
        if record and record.alive():
            continue
        if record and Path(record.note).name.startswith("lindung-db-"):
            folder = Path(record.note)
            programs = binaries.find(home, database_folder, account)
            Postgres(folder, programs, account, folder / "postgres.log").stop()
            shutil.rmtree(folder, ignore_errors=True)
        file.unlink(missing_ok=True)
    return Path(tempfile.mkdtemp(prefix="lindung-db-"))


@dataclass(frozen=True)
class _Place:
    """Where one process of the run works: its server and its folder."""

    server: Postgres
    state: Path

    def variables(self) -> dict[str, str]:
        """What ``settings/test.py`` and the tests want to know of it."""
        return {
            "LINDUNG_TEST_DATABASE_URL": self.server.url(TEST_LOGIN),
            "LINDUNG_APP_DATABASE_URL": logins_of(self.server).app,
            "LINDUNG_HOME": str(self.state),
            "LINDUNG_KEYS": str(self.state / "keys"),
        }


def _place(state: Path, postgres: Postgres) -> _Place:
    state.mkdir()
    return _Place(postgres, state)


def _environment(home: Home, places: Sequence[_Place], browser: str) -> dict[str, str]:
    """The run's variables; where it has several processes, each one's by its name as well."""
    first = places[0]
    env = django.environment(
        home,
        Logins(first.server.url(TEST_LOGIN), logins_of(first.server).owner),
        DJANGO_SETTINGS_MODULE="lindung.site.settings.test",
        LINDUNG_ENV="test",
        LINDUNG_LAUNCHER_HOME=str(home.state),
        LINDUNG_AXE=str(home.clone / assets.TESTS / "axe.min.js"),
    )
    env |= first.variables()
    for place in places:
        env |= {f"{name}_{place.state.name}": value for name, value in place.variables().items()}
    env.pop("LINDUNG_CHROMIUM", None)
    if browser:
        env["LINDUNG_CHROMIUM"] = browser
    return env


def _browser(home: Home, voice: Voice) -> str:
    """Debian's Chromium, installed if we may; without it browser tests are skipped, said, counted.

    Raises:
        Trouble: there is none and CI may not skip.
    """
    if path := chromium():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with voice.step("Chromium for the browser tests") as step:
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            try:
                run(
                    "apt-get update",
                    ["apt-get", "update", "-q"],
                    env=env,
                    cwd=home.clone,
                    step=step,
                )
                words = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]
                run("apt-get install chromium", words, env=env, cwd=home.clone, step=step)
            except Failed as failed:
                step.detail = f"not installed: {failed.output.splitlines()[-1:]}"
        if path := chromium():
            return path
    if os.environ.get("CI"):
        raise Trouble("Chromium could not be installed, and CI may not skip the browser tests.")
    voice.line(
        "No Chromium here, so browser tests are skipped and counted as such: "
        "apt-get install chromium, or name one in LINDUNG_CHROMIUM.",
        skipped="browser tests",
    )
    return ""
