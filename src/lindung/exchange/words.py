"""What messages, fields and reasons are called when people read them: data, in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lindung.exchange.wire import agreement
from lindung.kernel.identifiers import Kind, masked
from lindung.kernel.refusals import NotFound
from lindung.placement.contract_forms import Form, form
from lindung.regulations.sentences import language

_FOLDER = Path(__file__).parent
# Fields that hold an identity number: people read them masked, as everywhere.
IDENTITY = frozenset({"passport.number", "passport_number"})


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code in words.

    Attributes:
        says: what it means; cure: what helps.
        by: ``resend``, ``correct``, ``settle``, ``ask`` or ``keys``.
    """

    code: str
    says: str
    cure: str
    by: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a message as people read it.

    Attributes:
        path: place in the message, with dots.
        depth: how many titles it stands under.
        value: in words; empty for a title over further fields.
    """

    path: str
    title: str
    value: str
    depth: int


def message(name: str) -> str:
    """``contract.offered`` in words; a type we do not know as it stands."""
    found = _words("messages").get(name)
    if found is not None:
        return _pick(found)
    schema = agreement.messages().get(agreement.type_of(name))
    return str(schema["title"]) if schema else name


def purpose(code: str) -> str:
    """Why something is given, said to the person it is about."""
    found = _words("purposes").get(code)
    return _pick(found) if found is not None else code


def field(name: str, *, inside: str = "") -> str:
    """A field's title; ``inside`` is the field it stands in."""
    words = _words("fields")
    found = words.get(f"{inside}.{name}") or words.get(name)
    return _pick(found) if found is not None else name.replace("_", " ")


def reason(code: str) -> Reason:
    """A reason code; one that nobody listed is shown as it is, for people to ask about."""
    found = _reasons().get(code)
    if found is None:
        return Reason(
            code, code, _("Kode ini tidak dikenal. Tanyakan artinya kepada mitra."), "ask"
        )
    return Reason(code, _pick(found["says"]), _pick(found["cure"]), found["by"])


def lines(name: str, data: Mapping[str, Any]) -> list[Line]:
    """A message's data as lines, in its own order; contract terms by the form's own titles."""
    found: list[Line] = []
    for key, value in data.items():
        if key == "terms" and isinstance(value, dict) and (layout := _layout(data)) is not None:
            found.append(Line("terms", _title_of(layout.title), "", 0))
            found += _terms(layout, value)
        else:
            found += _lines(key, value, path=key, inside="", depth=0)
    return found


def kept(period: str, since: str) -> str:
    """How long something is kept: whole years of an ISO 8601 duration, and from when."""
    years = re.fullmatch(r"P([0-9]+)Y", period)
    long = (
        ngettext("%(years)s tahun", "%(years)s tahun", int(years[1])) % {"years": years[1]}
        if years
        else period
    )
    begins = _words("kept").get(since)
    return f"{long}, {_pick(begins) if begins is not None else since}"


def transfers() -> dict[str, Any]:
    """The file of grounds on which data may leave (``transfers.yaml``)."""
    return _file("transfers")


def pick(text: Mapping[str, str]) -> str:
    """A text of these files in the active language."""
    return _pick(text)


def _lines(name: str, value: Any, *, path: str, inside: str, depth: int) -> Iterator[Line]:
    title = field(name, inside=inside)
    if isinstance(value, dict):
        yield Line(path, title, "", depth)
        for key, each in value.items():
            yield from _lines(key, each, path=f"{path}.{key}", inside=name, depth=depth + 1)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _lines(name, each, path=f"{path}.{at}", inside=inside, depth=depth)
    else:
        secret = f"{inside}.{name}" in IDENTITY or name in IDENTITY
        yield Line(
            path, title, masked(Kind.PASSPORT, str(value)) if secret else _value(value), depth
        )


def _value(value: Any) -> str:
    text = str(value)
    found = _words("values").get(text) or _words("fields").get(text)  # a field may be named
    if found is not None:
        return _pick(found)
    if isinstance(value, str):
        try:
            if len(text) == 10:
                return date_format(date.fromisoformat(text), "j M Y")
            if "T" in text and text.endswith("Z"):
                at = datetime.fromisoformat(f"{text[:-1]}+00:00")
                return date_format(timezone.localtime(at), "j M Y H:i")
        except ValueError:
            pass
    return text


def _layout(data: Mapping[str, Any]) -> Form | None:
    try:
        return form(str(data.get("form", "")))
    except NotFound:  # a form without a layout is shown by the names of its schema
        return None


def _terms(layout: Form, terms: Mapping[str, Any]) -> Iterator[Line]:
    for title, fields in layout.sections:
        known = [(each, _at(terms, each.path)) for each in fields if each.path]
        if any(value is not None for _field, value in known):
            yield Line("", _title_of(title), "", 1)
        for each, value in known:
            if value is None:
                continue
            said = each.says.get(str(value))
            words = _title_of(said) if said else _value(value)
            yield Line(f"terms.{each.path}", _title_of(each.title), words, 2)


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _title_of(title: Mapping[str, str]) -> str:
    return title.get(language()) or title.get("en") or next(iter(title.values()), "")


def _pick(text: Mapping[str, str]) -> str:
    return text["en"] if language() == "en" else text["id"]


def _words(part: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = _file("words")[part]
    return found


def _reasons() -> dict[str, Any]:
    return _file("reasons")


@cache
def _file(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded
