r"""Messages as rows of a table, for partners who work with tables (§12.3).

One column for each envelope attribute, then one for each value of ``data``, named by its path:
``data.person.name``, ``data.owed.0.kind``. An empty cell: the value is absent. ``\N``: it is null.
A text that itself begins with a backslash is written with two.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from lindung.exchange.wire import agreement
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import Signed, read_json, write_json

ENVELOPE = (
    "specversion", "id", "source", "recipient", "type", "time", "subject", "sequence",
    "correlationid", "purpose", "legalbasis", "dataschema", "datacontenttype",
)  # fmt: skip
PAYLOAD, SIGNATURE = "lindung.payload", "lindung.signature"
MAX_COLUMNS = 400
_NULL = "\\N"


def write(items: Sequence[Signed]) -> bytes:
    """Messages of one type as a table (RFC 4180, UTF-8); the exact bytes stand in the last columns.

    Raises:
        Unacceptable: an item of ours is no JSON object (a bug, found before anything leaves).
    """
    flat = [_flat(read_json(raw)) for raw, _ in items]
    found = {name for row in flat for name in row if name not in ENVELOPE}
    columns = [*ENVELOPE, *sorted(found), PAYLOAD, SIGNATURE]
    text = io.StringIO(newline="")
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(columns)
    for row, (raw, signature) in zip(flat, items, strict=True):
        row |= {PAYLOAD: base64.b64encode(raw).decode(), SIGNATURE: signature}
        table.writerow([row.get(name, "") for name in columns])
    return text.getvalue().encode("utf-8")


def read(raw: bytes) -> list[Signed]:
    """The messages of a table, in the order of its rows.

    A row with a payload is that payload, and its cells must say the same. A row without one is
    written anew as compact JSON with the columns' members in the order of §2; its signature is
    empty, since nobody signed these bytes.

    Raises:
        Unacceptable: ``table_invalid``; no table, or a row that contradicts its payload.
    """
    try:
        text = raw.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unacceptable("table_invalid", "not CSV in UTF-8") from error
    if not rows:
        raise Unacceptable("table_invalid", "no columns")
    columns, *lines = rows
    if len(set(columns)) != len(columns) or not 0 < len(columns) <= MAX_COLUMNS:
        raise Unacceptable("table_invalid", "doubled or too many columns")
    messages = []
    for at, line in enumerate(lines, start=2):
        if len(line) != len(columns):
            raise Unacceptable("table_invalid", f"line {at}: not as many cells as columns")
        messages.append(_message(dict(zip(columns, line, strict=True)), at))
    return messages


def unflattened(cells: dict[str, str], schema: str) -> dict[str, Any]:
    """``data`` from its cells, by path below ``data.``; texts become what the schema says they are.

    Raises:
        Unacceptable: ``table_invalid``; a path that no object can have.
    """
    tree: dict[str, Any] = {}
    for path, cell in cells.items():
        if cell == "":
            continue
        *above, last = path.split(".")
        place = tree
        for part in above:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Unacceptable("table_invalid", "a column is both a value and an object")
        if last in place or not last:
            raise Unacceptable("table_invalid", "a column is both a value and an object")
        place[last] = _Cell(cell)
    grown = _grown(tree, agreement.shape_of(schema))
    return dict(grown)


def flattened(value: Any, path: str = "") -> dict[str, str]:
    """Every leaf of a JSON value by its path, as a cell."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [(str(at), each) for at, each in enumerate(value)]
    else:
        return {path: _cell(value)}
    found: dict[str, str] = {}
    for name, each in pairs:
        found |= flattened(each, f"{path}.{name}" if path else name)
    return found


class _Cell(str):
    """A cell that is not yet a value."""

    __slots__ = ()


def _flat(envelope: Any) -> dict[str, str]:
    if not isinstance(envelope, dict):
        raise Unacceptable("json_invalid")
    attributes = {name: _cell(envelope[name]) for name in ENVELOPE if name in envelope}
    return attributes | flattened(envelope.get("data", {}), "data")


def _message(row: dict[str, str], at: int) -> Signed:
    payload, signature = row.pop(PAYLOAD, ""), row.pop(SIGNATURE, "")
    if payload:
        try:
            raw = base64.b64decode(payload, validate=True)
        except binascii.Error as error:
            raise Unacceptable("table_invalid", f"line {at}: payload is not base64") from error
        said = {name: cell for name, cell in _flat(read_json(raw)).items() if cell}
        if {name: cell for name, cell in row.items() if cell} != said:
            raise Unacceptable(
                "table_invalid", f"line {at}: cells and payload say different things"
            )
        return raw, signature
    envelope: dict[str, Any] = {name: _text(row[name]) for name in ENVELOPE if row.get(name)}
    if "sequence" in envelope:
        envelope["sequence"] = _number(str(envelope["sequence"]), at)
    data = {
        name.removeprefix("data."): cell for name, cell in row.items() if name.startswith("data.")
    }
    if strange := [n for n, c in row.items() if c and n not in ENVELOPE and n[:5] != "data."]:
        raise Unacceptable("table_invalid", f"line {at}: unknown column {strange[0][:40]}")
    envelope["data"] = unflattened(data, str(envelope.get("dataschema", "")))
    return write_json(envelope), ""


def _grown(node: Any, shape: Any) -> Any:
    """Cells to values, objects with the names 0, 1, 2 … to lists where the schema has a list."""
    if isinstance(node, _Cell):
        return _value(node, agreement.kinds_of(shape))
    if "array" in agreement.kinds_of(shape):
        if sorted(node, key=_order) != [str(at) for at in range(len(node))]:
            raise Unacceptable("table_invalid", "places of a list are 0, 1, 2 …")
        below = agreement.below(shape, 0)
        return [_grown(node[str(at)], below) for at in range(len(node))]
    return {name: _grown(each, agreement.below(shape, name)) for name, each in node.items()}


def _order(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() and len(name) < 6 else (1 << 30, name)


def _value(cell: str, kinds: set[str]) -> Any:
    if cell == _NULL:
        return None
    if "string" not in kinds and kinds & {"boolean", "integer", "number"}:
        try:
            value = json.loads(cell)
        except ValueError:
            return cell  # left to the schema to refuse, with its place
        return value if isinstance(value, bool | int | float) else cell
    return _text(cell)


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith("\\\\") else cell


def _number(cell: str, at: int) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 10:
        raise Unacceptable("table_invalid", f"line {at}: sequence is no number")
    return int(cell)


def _cell(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return f"\\{value}" if value.startswith("\\") else value
    return json.dumps(value)
