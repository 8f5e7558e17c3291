"""What ``schema.json`` of a law folder says against the data of one of its files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema


def plain(data: Any) -> Any:
    """YAML's days as text, as JSON Schema expects them."""
    return json.loads(json.dumps(data, default=str))


def schema(folder: Path, name: str) -> dict[str, Any]:
    """The part of ``schema.json`` for one kind of file."""
    whole: dict[str, Any] = json.loads((folder / "schema.json").read_text("utf-8"))
    return {**whole, "$ref": f"#/$defs/{name}"}


def shape_faults(folder: Path, kind: str, name: str, data: Any) -> Iterator[str]:
    """What the schema says against one file's data."""
    validator = jsonschema.Draft202012Validator(schema(folder, kind))
    for error in sorted(validator.iter_errors(plain(data)), key=str):
        where = "/".join(str(step) for step in error.absolute_path)
        yield f"{name}: {where or 'file'}: {error.message[:200]}"
