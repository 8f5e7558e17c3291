"""The published schemas: what may be said. A field not in them neither leaves nor enters."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

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


def faults(urn: str, value: Any) -> list[str]:
    """Where ``value`` breaks schema ``urn``: JSON paths and rules, never values."""
    return [f"{e.json_path}: {e.validator}" for e in _validator(urn).iter_errors(value)]


def check(urn: str, value: Any, code: str) -> None:
    """Raise ``Unacceptable(code)`` naming the first faults, when there are any."""
    if found := faults(urn, value):
        raise Unacceptable(code, "; ".join(found[:5]))


@cache
def _registry() -> Registry[Any]:
    schemas = [
        json.loads(file.read_text(encoding="utf-8"))
        for folder in (FOLDER, FOLDER / "forms")
        for file in sorted(folder.glob("*.json"))
    ]
    return Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )


@cache
def _validator(urn: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": urn}, registry=_registry(), format_checker=FormatChecker(("date", "date-time"))
    )
