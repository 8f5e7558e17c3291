"""Where the shipped data and the software come from, and on what terms.

Read from ``reference/licences.yaml``; its shape is described there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import metadata
from typing import Any

import yaml
from django.utils.translation import get_language

from lindung.reference import files


@dataclass(frozen=True, slots=True)
class Source:
    """One origin of data.

    Attributes:
        id: stable, for links.
        titles: by language.
        origin: who publishes it, and where we took it from.
        url: the publisher's address.
        licence: its name.
        licence_url: its text, on the net; empty where `licence_text` is shipped.
        licence_text: the shipped text's file below ``reference/``; or empty.
        attribution: the sentence the licence asks for, in the publisher's words where it gives any.
        changes: what was done to the data, by language; licences ask for this too.
        as_of: the last day or edition the data covers.
        files: what is shipped of it, below ``reference/``.
    """

    id: str
    titles: dict[str, str]
    origin: str
    url: str
    licence: str
    licence_url: str
    licence_text: str
    attribution: str
    changes: dict[str, str]
    as_of: date
    files: tuple[str, ...]

    @property
    def title(self) -> str:
        """In the active language."""
        return _in_language(self.titles)

    @property
    def change(self) -> str:
        """What was done to the data, in the active language."""
        return _in_language(self.changes)

    @property
    def text(self) -> str:
        """The shipped licence's words, or empty."""
        if not self.licence_text:
            return ""
        return (files.FOLDER / self.licence_text).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Software:
    """A program or library that is part of the service."""

    name: str
    version: str
    licence: str
    url: str


@cache
def sources() -> tuple[Source, ...]:
    """Every origin of shipped data, in the order of the file."""
    return tuple(
        Source(
            id=key,
            titles=entry["title"],
            origin=entry["origin"],
            url=entry["url"],
            licence=entry["licence"],
            licence_url=entry.get("licence_url", ""),
            licence_text=entry.get("licence_text", ""),
            attribution=entry["attribution"],
            changes=entry["changes"],
            as_of=entry["as_of"],
            files=tuple(entry["files"]),
        )
        for key, entry in _read()["sources"].items()
    )


@cache
def software() -> tuple[Software, ...]:
    """The browser's files named in ``licences.yaml`` and every Python package installed here."""
    browser = [
        Software(each["name"], str(each.get("version", "")), each["licence"], each["url"])
        for each in _read()["software"]
    ]
    installed = {
        package.metadata["Name"].lower(): Software(
            package.metadata["Name"],
            package.version,
            _licence_of(package),
            _address_of(package),
        )
        for package in metadata.distributions()
        if package.metadata["Name"]
    }
    return (*browser, *(installed[name] for name in sorted(installed)))


def _read() -> Any:
    with (files.FOLDER / "licences.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def _licence_of(package: metadata.Distribution) -> str:
    """As the package states it: an SPDX expression, classifiers, or its words' first line."""
    facts = package.metadata
    if expression := facts.get_all("License-Expression"):
        return str(expression[0])
    classes = [
        line.rsplit(" :: ", 1)[-1]
        for line in facts.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    if classes:
        return ", ".join(classes)
    return str((facts.get_all("License") or ("",))[0]).strip().partition("\n")[0][:60]


def _address_of(package: metadata.Distribution) -> str:
    facts = package.metadata
    addresses = [str(each) for each in facts.get_all("Home-page") or ()]
    addresses += [line.partition(", ")[2] for line in facts.get_all("Project-URL") or ()]
    return next((each for each in addresses if each.startswith("https://")), "")


def _in_language(words: dict[str, str]) -> str:
    return words.get((get_language() or "id")[:2]) or words["id"]
