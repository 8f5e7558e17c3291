"""The published schemas: what may be said. A field not in them neither leaves nor enters."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource

from lindung.exchange.wire.reasons import Unacceptable

FOLDER = Path(__file__).resolve().parents[4] / "schemas"
_PREFIX = "id.lindung."
_URN = "urn:lindung:exchange:"
ENVELOPE = f"{_URN}envelope:v1"
NODE_DOCUMENT = f"{_URN}node-document:v1"


def type_of(name: str) -> str:
    """``contract.offered`` → ``id.lindung.contract.offered.v1``."""
    return f"{_PREFIX}{name}.v1"


def name_of(type_: str) -> str:
    """``id.lindung.contract.offered.v1`` → ``contract.offered``."""
    return type_.removeprefix(_PREFIX).rpartition(".v")[0]


def schema_of(name: str) -> str:
    """``contract.offered`` → ``urn:lindung:exchange:contract.offered:v1``."""
    return f"{_URN}{name}:v1"


@cache
def messages() -> dict[str, dict[str, Any]]:
    """Every message of the agreement: its name and its schema, by type."""
    return {
        schema["x-type"]: schema
        for _, resource in sorted(_registry().items())
        if "x-type" in (schema := resource.contents)
    }


def said_by(side: str) -> list[str]:
    """Types that ``origin`` or ``destination`` sends, receipts included."""
    return [
        type_
        for type_, schema in messages().items()
        if schema["x-direction"].startswith(side) or schema["x-direction"] == "both"
    ]


def purposes_of(name: str) -> list[str]:
    """The purposes for which a message may be given."""
    return [str(purpose) for purpose in messages()[type_of(name)]["x-purpose"]]


def schema(urn: str) -> dict[str, Any]:
    """A published schema by its ``$id``."""
    found: dict[str, Any] = _registry().contents(urn)
    return found


def faults(urn: str, value: Any) -> list[str]:
    """Where ``value`` breaks schema ``urn``: JSON paths and rules, never values.

    A compiled validator answers first, a thousand times faster; only what it refuses is read again
    by the one that says where and why. It has the last word: what it refuses is refused.
    """
    if _compiled(urn).is_valid(value):
        return []
    said = [f"{e.json_path}: {e.validator}" for e in _validator(urn).iter_errors(value)]
    return said or ["$: schema"]


def check(urn: str, value: Any, code: str) -> None:
    """Raise ``Unacceptable(code)`` naming the first faults, when there are any."""
    if found := faults(urn, value):
        raise Unacceptable(code, "; ".join(found[:5]))


@cache
def _schemas() -> list[tuple[str, dict[str, Any]]]:
    found = [
        json.loads(file.read_text(encoding="utf-8"))
        for folder in (FOLDER, FOLDER / "forms")
        for file in sorted(folder.glob("*.json"))
    ]
    return [(schema["$id"], schema) for schema in found]


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resources(
        [(urn, Resource.from_contents(schema)) for urn, schema in _schemas()]
    )


@cache
def _compiled_registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry(_schemas())


@cache
def _compiled(urn: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": urn}, registry=_compiled_registry(), validate_formats=True
    )


@cache
def _validator(urn: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": urn}, registry=_registry(), format_checker=FormatChecker(("date", "date-time"))
    )


# --- what a place of a schema may hold, for tables and forms ---------------------------------------


def shape_of(urn: str) -> list[dict[str, Any]]:
    """The alternatives of a schema, its references followed; empty for one nobody published."""
    try:
        return _alternatives(_registry().contents(urn))
    except NoSuchResource:
        return []


def below(shape: list[dict[str, Any]], place: str | int) -> list[dict[str, Any]]:
    """The alternatives of a member of an object, or of a place in a list."""
    found: list[dict[str, Any]] = []
    for each in shape:
        part = (
            each.get("properties", {}).get(place) if isinstance(place, str) else each.get("items")
        )
        if isinstance(part, dict):
            found += _alternatives(part)
    return found


def kinds_of(shape: list[dict[str, Any]]) -> set[str]:
    """JSON types that a place may hold."""
    kinds: set[str] = set()
    for each in shape:
        named = each.get("type", [])
        kinds |= {named} if isinstance(named, str) else set(named)
        for value in (*each.get("enum", ()), *([each["const"]] if "const" in each else ())):
            kinds.add(_JSON_TYPES.get(type(value), "string"))
    return kinds


def choices_of(shape: list[dict[str, Any]]) -> list[str]:
    """The words a place is confined to, where it is confined to words."""
    words = [value for each in shape for value in each.get("enum", ())]
    return words if words and all(isinstance(each, str) for each in words) else []


_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", type(None): "null", str: "string"}


def _alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        return _alternatives(_resolved(schema["$ref"]))
    found = [schema]
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            found += _alternatives(each)
    return found


def _resolved(reference: str) -> dict[str, Any]:
    contents: dict[str, Any] = _registry().resolver().lookup(reference).contents
    return contents


NUMBER = "urn:lindung:exchange:common:v1#/$defs/number"


def needed(urn: str) -> list[str]:
    """Paths of the single values that an object must have, in the schema's order."""
    return [path for path, _ in _needed(shape_of(urn), "")]


def places_at_fault(urn: str, value: Any) -> list[str]:
    """Paths of the values that break a schema, ``employer.name``; a missing one by its own path."""
    found: list[str] = []
    for error in _validator(urn).iter_errors(value):
        path = [str(part) for part in error.absolute_path]
        if error.validator == "required":
            missing = [each for each in error.validator_value if each not in error.instance]
            found += [".".join([*path, each]) for each in missing]
        else:
            found.append(".".join(path))
    return found


def _needed(shape: list[dict[str, Any]], path: str) -> list[tuple[str, list[dict[str, Any]]]]:
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for each in shape:
        for name in each.get("required", ()):
            inside = below(shape, name)
            place = f"{path}.{name}" if path else name
            if "object" in kinds_of(inside):
                found += _needed(inside, place)
            else:
                found.append((place, inside))
    return found


def place_of(urn: str, path: str) -> list[dict[str, Any]]:
    """What a path of a schema may hold."""
    shape = shape_of(urn)
    for part in path.split("."):
        shape = below(shape, int(part) if part.isdigit() else part)
    return shape
