"""The shipped data files under ``reference/`` at the root of the project."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "reference"


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by column name.

    Args:
        name: path below ``reference/``, as in ``codes/countries.csv``.
    Raises:
        FileNotFoundError: no such file is shipped.
    """
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def digest_of(names: Iterable[str], *, salt: str = "") -> str:
    """SHA-256 over the named files' bytes, in the order given; `salt` is counted in too."""
    total = hashlib.sha256(salt.encode())
    for name in names:
        total.update(hashlib.sha256((FOLDER / name).read_bytes()).digest())
    return total.hexdigest()


def shipped() -> tuple[str, ...]:
    """Every data file under ``reference/``, sorted; this folder's own texts are left out."""
    own = {"README.md", "licences.yaml"}
    return tuple(
        sorted(
            path.relative_to(FOLDER).as_posix()
            for path in FOLDER.rglob("*")
            if path.is_file() and path.name not in own and path.parent.name != "licences"
        )
    )
