"""The packages of the lock files: Python's of the service and the front-end's."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packageurl import PackageURL
from packaging.markers import Marker

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)(?:\s*;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """One package at one version.

    Attributes:
        kind: ``pypi`` or ``npm``.
        sha256: of every file that the lock allows, as hexadecimal; of npm's SHA-512 none.
        sha512: of npm's file, as hexadecimal.
        licence: as its publisher writes it, or empty where it is not installed here.
        here: it is installed on a system like this one.
    """

    kind: str
    name: str
    version: str
    sha256: tuple[str, ...] = ()
    sha512: str = ""
    licence: str = ""
    here: bool = True

    @property
    def purl(self) -> PackageURL:
        """Its address in the common notation of packages."""
        space, _, name = self.name.rpartition("/")
        return PackageURL(self.kind, space or None, name, self.version)


def packages(root: Path) -> list[Package]:
    """All packages that the service is made of, by kind and name."""
    found = [*_python(root / "requirements" / "base.txt"), *_front_end(root / "package-lock.json")]
    return sorted(found, key=lambda each: (each.kind, each.name))


def _python(lock: Path) -> Iterator[Package]:
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
    for block in blocks:
        if (pin := _PIN.match(block)) is None:
            continue
        name, version, marker = pin.groups()
        here = marker is None or Marker(marker.strip()).evaluate()
        yield Package(
            "pypi", name, version, tuple(_HASH.findall(block)), "", _stated(name), here=here
        )


def _front_end(lock: Path) -> Iterator[Package]:
    for path, row in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        # What only tests load is not part of the service.
        if not path or row.get("dev"):
            continue
        name = path.removeprefix("node_modules/")
        digest = b64decode(row["integrity"].removeprefix("sha512-")).hex()
        yield Package("npm", name, row["version"], (), digest, row.get("license", ""))


def _stated(name: str) -> str:
    """The licence in the package's own words: expression, short text, or classifiers."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    if "License-Expression" in told:
        return str(told["License-Expression"])
    classes = [
        each.rsplit("::", 1)[1].strip()
        for each in told.get_all("Classifier") or ()
        if each.startswith("License ::") and each.count("::") > 1
    ]
    short = str(told["License"]).strip() if "License" in told else ""
    if short and len(short) < 40 and "\n" not in short and short != "UNKNOWN":
        return short
    return " | ".join(classes)
