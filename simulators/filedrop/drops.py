"""Reading and writing drops, from protocol §12. Knows folders and signatures, no messages."""

import base64
import csv
import io
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.eps import agreement
from simulators.eps.wire import Key, Refused, digest, kid_of, now, read_json, verify, write_json

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
KEYS = "lindung-exchange"


@dataclass
class Drop:
    """A whole drop that proved itself."""

    place: Path
    listed: dict[str, Any]
    files: list[tuple[str, bytes, str]]


class Half(Exception):
    """Not whole yet, or wrong; the reason if it stays so."""


def write(
    folder: Path,
    key: Key,
    *,
    number: int,
    source: str,
    recipient: str,
    messages: list[tuple[bytes, str]],
    asks: list[dict[str, Any]],
    form: str,
    faults: dict[str, Any],
) -> None:
    """Write one drop (§12.2), or spoil it as `faults` say."""
    if form == "csv":
        files = [(f"{at:02d}.csv", table, "") for at, table in enumerate(_tables(messages), 1)]
    else:
        files = [(f"m{at:04d}.json", body, proof) for at, (body, proof) in enumerate(messages, 1)]
    manifest = write_json(
        {
            "protocol": 1,
            "source": source,
            "recipient": recipient,
            "drop": number,
            "made_at": now(),
            "form": form,
            "files": [
                {"name": name, "size": len(raw), "digest": digest(raw)}
                | ({"signature": proof} if proof else {})
                for name, raw, proof in files
            ],
            "asks": asks,
        }
    )
    seal = key.sign(manifest)
    if faults.get("wrong_signature"):
        seal = seal[:-6] + ("AAAAAA" if seal[-6:] != "AAAAAA" else "BBBBBB")
    name = f"d{number:08d}"
    if faults.get("renamed"):
        name = f"copy of {name} (1)"
    part = folder / f".part-{number}-{time.time_ns()}"
    part.mkdir()
    for file, raw, _ in files:
        if faults.get("truncated") and file == files[0][0]:
            raw = raw[: len(raw) // 2]
        _put(part / file, raw)
    _put(part / "manifest.jws", seal.encode())
    if not faults.get("half_written"):
        _put(part / "manifest.json", manifest)
    _sync(part)
    part.rename(folder / name)
    _sync(folder)
    if faults.get("twice"):
        shutil.copytree(folder / name, folder / f"{name}-again")


def read(folder: Path, keys: dict[str, str], *, source: str, recipient: str) -> Iterator[Drop]:
    """Whole drops in the folder, oldest first; half ones are left lying."""
    for place in sorted(folder.iterdir()):
        if place.name.startswith(".") or place.is_symlink() or not place.is_dir():
            continue
        if place.name in {"taken", "refused"} or (place / ".lock").exists():
            continue
        try:
            yield _opened(place, keys, source, recipient)
        except (Half, Refused, OSError):
            continue


def _opened(place: Path, keys: dict[str, str], source: str, recipient: str) -> Drop:
    manifest = (place / "manifest.json").read_bytes()
    seal = (place / "manifest.jws").read_text("ascii").strip()
    x = keys.get(kid_of(seal))
    if x is None:
        raise Refused("key_unknown")
    verify(manifest, seal, x)
    listed = read_json(manifest)
    agreement.check("urn:lindung:exchange:drop:v1", listed, "manifest_invalid")
    if (listed["source"], listed["recipient"]) != (source, recipient):
        raise Refused("recipient_wrong")
    files = []
    for each in listed["files"]:
        if not NAME.fullmatch(each["name"]):
            raise Refused("manifest_invalid")
        inside = place / each["name"]
        if inside.is_symlink() or not inside.is_file():
            raise Half("file_missing")
        raw = inside.read_bytes()
        if len(raw) != each["size"] or digest(raw) != each["digest"]:
            raise Half("file_wrong")
        files.append((each["name"], raw, each.get("signature", "")))
    return Drop(place, listed, files)


def messages_of(drop: Drop) -> list[tuple[bytes, str]]:
    """The messages of a drop; of a table their payloads (§12.3)."""
    if drop.listed["form"] == "json":
        return [(raw, proof) for _, raw, proof in drop.files]
    found = []
    for _, raw, _ in drop.files:
        for row in csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")):
            body = base64.b64decode(row["lindung.payload"], validate=True)
            found.append((body, row["lindung.signature"]))
    return found


def take_away(drop: Drop) -> None:
    """Move a drop that was answered to `taken/`."""
    taken = drop.place.parent / "taken"
    taken.mkdir(exist_ok=True)
    target = taken / f"{drop.place.name}-{time.time_ns()}"
    drop.place.rename(target)
    _sync(taken)


def show_keys(folder: Path, key: Key, document: bytes) -> None:
    """Leave our key document beside the drops (§12.1)."""
    place = folder / f"{KEYS}.json"
    if place.exists() and place.read_bytes() == document:
        return
    for name, raw in ((f"{KEYS}.jws", key.sign(document).encode()), (f"{KEYS}.json", document)):
        part = folder / f".part-{name}-{time.time_ns()}"
        _put(part, raw)
        part.replace(folder / name)
    _sync(folder)


def keys_shown(folder: Path) -> tuple[bytes, str]:
    """The other side's key document and its signature; OSError when there is none."""
    document = (folder / f"{KEYS}.json").read_bytes()
    return document, (folder / f"{KEYS}.jws").read_text("ascii").strip()


def _tables(messages: list[tuple[bytes, str]]) -> list[bytes]:
    tables: dict[str, list[tuple[dict[str, Any], bytes, str]]] = {}
    for body, proof in messages:
        envelope = read_json(body)
        tables.setdefault(envelope["type"], []).append((envelope, body, proof))
    written = []
    for rows in tables.values():
        flat = [_flat(envelope) for envelope, _, _ in rows]
        columns = sorted({name for row in flat for name in row})
        text = io.StringIO(newline="")
        table = csv.writer(text, quoting=csv.QUOTE_ALL)
        table.writerow([*columns, "lindung.payload", "lindung.signature"])
        for row, (_, body, proof) in zip(flat, rows, strict=True):
            cells = [row.get(name, "") for name in columns]
            table.writerow([*cells, base64.b64encode(body).decode(), proof])
        written.append(text.getvalue().encode())
    return written


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        pairs = [(f"{path}.{k}" if path else k, v) for k, v in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{path}.{at}", v) for at, v in enumerate(value)]
    elif value is None:
        return {path: "\\N"}
    elif isinstance(value, str):
        return {path: "\\" + value if value.startswith("\\") else value}
    else:
        return {path: write_json(value).decode()}
    found: dict[str, str] = {}
    for name, each in pairs:
        found |= _flat(each, name)
    return found


def _put(place: Path, raw: bytes) -> None:
    with place.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
