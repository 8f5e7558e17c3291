"""Reading the law's folder, quickly and only as it was written.

Nearly five hundred small YAML files take several times longer to parse than to compare, so the
parsed law is kept as one MessagePack file named by the digest of everything read. Another state of the folder has another name: a
stale copy cannot be used. Without a writable folder the files are simply parsed each time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from lindung.regulations.shapes import (
    Jurisdiction,
    Lawbook,
    Parameter,
    Readings,
    Words,
)

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "regulations"
# Written into the name of the compiled copy: a change of the structures makes a new one.
_SHAPE = hashlib.sha256((Path(__file__).parent / "shapes.py").read_bytes()).hexdigest()[:8]


class LawUnreadable(Exception):
    """A law file is not what it should be; names the file and what is wrong."""


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, text: bytes | None = None) -> Any:
    """One YAML file as plain data.

    Raises:
        LawUnreadable: it is no YAML, or a key stands twice.
    """
    try:
        return yaml.load(text if text is not None else path.read_bytes(), _loader())  # noqa: S506  a safe loader
    except yaml.YAMLError as error:
        raise LawUnreadable(f"{path}: {error}") from error


def law_files(folder: Path) -> dict[str, bytes]:
    """Relative path → bytes of every law file, in order; pathways are read elsewhere."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.yaml"))
        if "pathways" not in path.relative_to(folder).parts
    }


def digest_of(files: Mapping[str, bytes]) -> str:
    """One SHA-256 over names and contents."""
    whole = hashlib.sha256()
    for name, content in files.items():
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _listed(source: Any) -> list[str]:
    return [source] if isinstance(source, str) else source


def _convert(data: Any, shape: Any, where: str) -> Any:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise LawUnreadable(f"{where}: {error}") from error


def parse(files: Mapping[str, bytes], digest: str) -> Lawbook:
    """The law from the bytes of its files.

    Raises:
        LawUnreadable: a file that does not fit the structures, or a file that is missing.
    """
    if "_words.yaml" not in files:
        raise LawUnreadable("_words.yaml is missing.")
    jurisdictions: dict[str, Jurisdiction] = {}
    parameters: dict[str, Parameter] = {}
    words: Words | None = None
    readings: dict[str, Readings] = {}
    for name, content in files.items():
        data = read_yaml(Path(name), content)
        version = hashlib.sha256(content).hexdigest()
        country, _, rest = name.partition("/")
        if name == "_words.yaml":
            words = _convert(data, Words, name)
        elif rest == "_jurisdiction.yaml":
            data["sources"] = {key: {"key": key, **each} for key, each in data["sources"].items()}
            jurisdictions[country] = _convert(data, Jurisdiction, name)
        elif rest == "_readings.yaml":
            readings[country] = _convert({**data, "version": version}, Readings, name)
        else:
            if not isinstance(data, dict) or "values" not in data:
                raise LawUnreadable(f"{name}: no dated values.")
            data["values"] = [{**row, "source": _listed(row["source"])} for row in data["values"]]
            extra = {"jurisdiction": country, "version": version, "path": name}
            parameter: Parameter = _convert({**data, **extra}, Parameter, name)
            if parameter.id in parameters:
                twin = parameters[parameter.id].path
                raise LawUnreadable(f"{name}: the id {parameter.id} stands in {twin} too.")
            parameters[parameter.id] = parameter
    for country, reading in readings.items():
        if country not in jurisdictions:
            raise LawUnreadable(f"{country}/_jurisdiction.yaml is missing.")
        jurisdictions[country] = msgspec.structs.replace(jurisdictions[country], readings=reading)
    for parameter in parameters.values():
        if parameter.jurisdiction not in jurisdictions:
            raise LawUnreadable(f"{parameter.jurisdiction}/_jurisdiction.yaml is missing.")
    assert words is not None
    return Lawbook(digest=digest, words=words, jurisdictions=jurisdictions, parameters=parameters)


def _cache_folder() -> Path:
    home = os.environ.get("LINDUNG_HOME")
    return (Path(home) if home else ROOT / ".lindung") / "cache"


def load(folder: Path = FOLDER, *, cache: Path | None = None) -> Lawbook:
    """The law of a folder, from its compiled copy where one fits.

    Args:
        folder: where the law's files are.
        cache: where compiled copies are kept; by default under the service's home.

    Raises:
        LawUnreadable: a file is missing or not as it should be.
    """
    files = law_files(folder)
    digest = digest_of(files)
    copy = (cache or _cache_folder()) / f"law-{digest[:32]}-{_SHAPE}.msgpack"
    try:
        return msgspec.msgpack.decode(copy.read_bytes(), type=Lawbook)
    except (OSError, msgspec.DecodeError):
        lawbook = parse(files, digest)
    _keep(copy, lawbook)
    return lawbook


def _keep(copy: Path, lawbook: Lawbook) -> None:
    """Write the compiled copy in one step, so that no reader sees half of it."""
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=copy.parent, delete=False) as file:
            file.write(msgspec.msgpack.encode(lawbook))
        Path(file.name).replace(copy)
        for old in copy.parent.glob("law-*.msgpack"):
            if old != copy:
                old.unlink(missing_ok=True)
    except OSError:
        # A copy only saves time; a full or read-only disk must not stop a look-up.
        return
