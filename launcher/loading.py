"""Brings a database to what the code and the shipped data say: schema, reference, law, demo.

Each part is done again when anything that goes into it has changed, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from launcher import django
from launcher.database import Database
from launcher.home import Home
from launcher.say import Voice
from launcher.stamps import Stamps, digest

SOURCE = Path("src/lindung")


@dataclass(frozen=True)
class Part:
    """A command to run, and the files and words that its result depends on."""

    name: str
    command: tuple[str, ...]
    files: tuple[Path, ...]


# The order matters: each part rests on those before.
SCHEMA = Part("Database tables and row policies", ("migrate", "--no-input"), (SOURCE,))
REFERENCE = Part("Reference data", ("load_reference",), (Path("reference"), SOURCE / "reference"))
LAW = Part("Law", ("load_law",), (Path("regulations"), SOURCE / "regulations"))


def demo(people: int) -> Part:
    """The demo population; made once, not again when its generator changes."""
    return Part(f"Demo population of {people:,}", ("demo", "--people", str(people)), ())


def load(
    home: Home, database: Database, env: dict[str, str], voice: Voice, people: int | None
) -> None:
    """Bring the database up to date; without ``people`` no demo population is made.

    Raises:
        Trouble: a command failed; shows its last words.
    """
    stamps = database.stamps()
    parts = [SCHEMA, REFERENCE, LAW]
    if people is not None and not (stamps and stamps.done("demo", "made")):
        parts.append(demo(people))
    for part in parts:
        if django.has_command(home, part.command[0]) or part is SCHEMA:
            bring(home, part, stamps, env, voice)


def bring(home: Home, part: Part, stamps: Stamps | None, env: dict[str, str], voice: Voice) -> None:
    """Run one part's command unless this very database has seen it with the same files."""
    key = part.command[0]
    value = (
        digest([*part.command, *(home.clone / file for file in part.files)])
        if part.files
        else "made"
    )
    if stamps:
        if stamps.done(key, value):
            return
        stamps.clear(key)
    with voice.step(part.name) as step:
        printed = django.manage(home, env, *part.command, step=step)
        lines = [line.strip() for line in printed.splitlines() if line.strip()]
        if key != "migrate" and lines:
            step.detail = lines[-1][:80]
    if stamps:
        stamps.set(key, value)


def compiled_words(home: Home, env: dict[str, str], voice: Voice) -> None:
    """Compile the translations."""
    stamps = Stamps(home.stamps)
    catalogues = sorted((home.clone / SOURCE).glob("*/locale/*/LC_MESSAGES/django.po"))
    value = digest(catalogues)
    fresh = all(file.with_suffix(".mo").exists() for file in catalogues)
    if not django.has_command(home, "translations") or (fresh and stamps.done("words", value)):
        return
    with voice.step("Translations") as step:
        django.manage(home, env, "translations", "--compile", step=step)
        step.detail = f"{len(catalogues)} catalogues"
    stamps.set("words", value)


def static_files(home: Home, env: dict[str, str], voice: Voice) -> None:
    """Collect the static files, compressed and named by their contents."""
    stamps = Stamps(home.stamps)
    folders = sorted((home.clone / SOURCE).glob("*/static"))
    lock = home.clone / "requirements" / "base.txt"  # installed apps bring static files as well
    value = digest([*folders, lock])
    if (home.state / "static").is_dir() and stamps.done("static", value):
        return
    with voice.step("Static files") as step:
        printed = django.manage(home, env, "collectstatic", "--no-input", "--clear", step=step)
        step.detail = next((line for line in reversed(printed.splitlines()) if line), "")[:80]
    stamps.set("static", value)
