"""Licences against a list, and versions against advisories that somebody brought."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from lindung.site.supply.packages import Package

RULES = Path("requirements") / "licences.yaml"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something against a package, in one sentence."""

    package: str
    said: str


class Unusable(Exception):
    """The file of advisories cannot be read."""


def licences(packages: Iterable[Package], root: Path) -> Iterator[Finding]:
    """Packages whose licence is unknown or not on the list."""
    rules = yaml.safe_load((root / RULES).read_text(encoding="utf-8"))
    for each in packages:
        if not each.here:
            continue
        stated = rules["packages"].get(each.name, {}).get("licence", each.licence)
        if not stated:
            yield Finding(each.name, "says no licence; look at it and put it into " + str(RULES))
        elif unknown := [word for word in _words(stated) if rules["names"].get(word, word)
                         not in rules["allowed"]]:  # fmt: skip
            yield Finding(each.name, f"licence not on the list: {', '.join(unknown)}")


def _words(stated: str) -> list[str]:
    """The licences of an expression; joined by AND or not, each has to be on the list."""
    parts = re.split(r"\s+(?:AND|OR)\s+|\s*\|\s*", stated)
    return [each.removeprefix("(") if "(" not in each[1:] else each for each in parts if each]


def advisories(packages: Iterable[Package], file: Path) -> tuple[date | None, list[Finding]]:
    """What a file of advisories says against the packages, and the day it is of.

    Args:
        file: a JSON list of advisories in the OSV format (ossf.github.io/osv-schema), as exported
            from osv.dev or the PyPI advisory database.
    Raises:
        Unusable: it is none.
    """
    try:
        rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        by_name: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
        newest = ""
        for row in rows:
            newest = max(newest, str(row.get("modified", "")))
            if row.get("withdrawn"):
                continue
            for affected in row["affected"]:
                package = affected["package"]
                key = _key(package["ecosystem"], package["name"])
                by_name.setdefault(key, []).append((row["id"], affected))
        found = [
            Finding(each.name, f"{each.version}: {advisory}")
            for each in packages
            for advisory, affected in by_name.get(_key(each.kind, each.name), [])
            if _touches(each.version, affected)
        ]
        return (date.fromisoformat(newest[:10]) if newest else None), found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{file}: {error}") from error


def _key(ecosystem: str, name: str) -> tuple[str, str]:
    return ecosystem.lower(), canonicalize_name(name) if ecosystem.lower() == "pypi" else name


def _touches(version: str, affected: dict[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    return any(
        _within(version, each["events"])
        for each in affected.get("ranges", ())
        if each.get("type") in {"ECOSYSTEM", "SEMVER"}
    )


def _within(version: str, events: list[dict[str, str]]) -> bool:
    try:
        ours, inside = Version(version), False
        for event in events:
            if "introduced" in event:
                start = event["introduced"]
                inside = inside or start == "0" or ours >= Version(start)
            elif ("fixed" in event and ours >= Version(event["fixed"])) or (
                "last_affected" in event and ours > Version(event["last_affected"])
            ):
                inside = False
    except InvalidVersion:
        return True  # nobody can say; a person looks
    return inside
