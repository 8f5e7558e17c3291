"""The Python environment: pinned and hashed, made once for each state of the lock files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from launcher.home import Home
from launcher.say import Voice
from launcher.shell import Failed, run
from launcher.stamps import Stamps, digest
from launcher.trouble import Trouble

# base: to serve. dev: base and what checks and tests it. assets: Node, where there is none.
LOCKS = ("base", "dev", "assets")


def plain() -> dict[str, str]:
    """The caller's environment without what would lead a child Python astray."""
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def lock_file(home: Home, lock: str) -> Path:
    """The pins and hashes of one of ``LOCKS``."""
    return home.clone / "requirements" / f"{lock}.txt"


def ready(home: Home, lock: str) -> bool:
    """Whether the environment holds what this lock file pins."""
    if not home.python.exists():
        return False
    stamps = Stamps(home.stamps)
    return stamps.done(f"venv-{lock}", _value(home, lock)) or (
        lock == "base" and stamps.done("venv-dev", _value(home, "dev"))
    )


def ensure(home: Home, voice: Voice, lock: str = "base") -> None:
    """Make the environment, or bring it up to the lock file; costs nothing when it is.

    Raises:
        Trouble: no venv module, no room, or pip could not install.
    """
    if ready(home, lock):
        return
    home.need_space(1500, "a first set-up")
    with voice.step("Python environment") as step:
        if not _usable(home):
            _make(home)
        stamps = Stamps(home.stamps)
        value = _value(home, lock)
        stamps.clear(f"venv-{lock}")
        packages = lock_file(home, lock).read_text().count("==")
        try:
            run(
                "Installing Python packages",
                [
                    home.python,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-input",
                    "--require-hashes",
                    "--only-binary=:all:",
                    "--progress-bar=off",
                    "-r",
                    lock_file(home, lock),
                ],
                env=_for_pip(plain()),
                cwd=home.clone,
                step=step,
            )
        except Failed as failed:
            raise Trouble(_why(failed)) from None
        stamps.set(f"venv-{lock}", value)
        step.detail = f"{packages} packages pinned in requirements/{lock}.txt"


def lend(owner: Home, to: Home) -> bool:
    """Let a short-lived home use the owner's environment as it stands; whether there was one.

    Both must be of this clone. The borrower only reads: its links go when its folder goes.
    """
    if not ready(owner, "base"):
        return False
    to.state.mkdir(parents=True, exist_ok=True)
    to.venv.symlink_to(owner.venv, target_is_directory=True)
    stamps = Stamps(to.stamps)
    stamps.set("venv", _made_of(to))
    stamps.set("venv-base", _value(to, "base"))
    return True


def _value(home: Home, lock: str) -> str:
    # The folder and the interpreter belong to it: a venv does not survive a move of either.
    return digest([lock_file(home, lock), str(home.venv), sys.version, _base_python()])


def _base_python() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _usable(home: Home) -> bool:
    return Stamps(home.stamps).done("venv", _made_of(home)) and home.python.exists()


def _made_of(home: Home) -> str:
    return digest([str(home.venv), sys.version, _base_python()])


def _make(home: Home) -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise Trouble(
            f"{_base_python()} cannot make environments: install python3-venv "
            "(apt-get install python3-venv), or name another Python in LINDUNG_PYTHON."
        )
    shutil.rmtree(home.venv, ignore_errors=True)
    for lock in ("", *(f"-{lock}" for lock in LOCKS)):
        Stamps(home.stamps).clear(f"venv{lock}")
    run(
        "Making the Python environment",
        [_base_python(), "-m", "venv", home.venv],
        env=plain(),
        cwd=home.state,
    )
    Stamps(home.stamps).set("venv", _made_of(home))


def _for_pip(values: Mapping[str, str]) -> dict[str, str]:
    # A user's own pip settings (a mirror, a proxy) stay; these would install elsewhere.
    dropped = {"PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIREMENT", "PIP_CONSTRAINT"}
    return {name: value for name, value in values.items() if name not in dropped}


def _why(failed: Failed) -> str:
    output = failed.output
    if "No space left" in output:
        return "The disk filled up while installing Python packages: make room and run it again."
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded Python package is not the one that was pinned; nothing of it is used.\n"
            + output
        )
    offline = ("Could not fetch URL", "Connection", "Temporary failure", "timed out")
    if any(sign in output for sign in offline) and "No matching distribution" in output:
        return (
            "The Python package index cannot be reached: check the network or pip's settings, "
            "and run it again."
        )
    return str(failed)
