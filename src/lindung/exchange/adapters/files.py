"""Drops of files: a folder appears whole or not at all, and proves itself (protocol §12).

Two folders a partner: one we write and it reads, one the other way round. Names are never believed,
neither those in a folder nor those in a list; what is wrong is put into ``refused/`` with its reason,
never deleted.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import disk, drop_book
from lindung.exchange.adapters.base import Later, Parcel, settings_of
from lindung.exchange.models import Partner
from lindung.exchange.ourselves import own_document, own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.validity import SKEW, why_not
from lindung.exchange.wire import agreement, flat, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import (
    MAX_MESSAGE,
    Signed,
    digest,
    instant,
    read_instant,
    read_json,
    write_json,
)
from lindung.kernel.ids import new_id

SCHEMA = "urn:lindung:exchange:drop:v1"
MANIFEST, SEAL = "manifest.json", "manifest.jws"
KEYS, KEYS_SEAL = "lindung-exchange.json", "lindung-exchange.jws"
LOCK = ".lock"
TAKEN, REFUSED = "taken", "refused"
MAX_FILES, MAX_BYTES, MAX_TABLE = 500, 8 * 1024 * 1024, 8 * 1024 * 1024
# A table repeats each message twice, in cells and in base64.
TABLE_SHARE = MAX_TABLE // 4
LOCK_GOOD_FOR = timedelta(hours=1)
_REASON = ".reason.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


class Bad(Exception):
    """Something that lies there is not what it should be; a person is shown it."""

    def __init__(self, reason: str, note: str = "", *, final: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.note, self.final = reason, note, final


class FilesAdapter:
    """A partner who leaves and fetches files."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        settings = settings_of(partner)
        self.out, self.into = Path(settings["out"]).resolve(), Path(settings["in"]).resolve()
        self.form: str = settings.get("form", "json")
        self.rows_unsigned: bool = settings.get("rows_unsigned", False)
        self.patience = timedelta(seconds=settings.get("patience_seconds", 900))
        self.keep = timedelta(days=settings.get("keep_days", 7))
        self._alone: Any = None

    def __enter__(self) -> FilesAdapter:
        """Have the folders to ourselves."""
        self._alone = drop_book.alone(self.partner)
        self._alone.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let others have them."""
        self._alone.__exit__(kind, error, trace)

    # --- ours to write --------------------------------------------------------------------------

    def deliver(self, items: Sequence[Signed]) -> Sequence[Signed | None]:
        """Drop them. What still lies there from before is not dropped twice."""
        with _reachable():
            lying = self._lying()
            fresh = [item for item in items if digest(item[0]) not in lying]
            self._drop(fresh)
        return [None] * len(items)

    def replay(self, subject: str, first: int, last: int) -> Sequence[Signed]:
        """Ask in the list of a drop; the messages come in one of the partner's."""
        wish = {"subject": subject, "from": first, "to": last}
        with _reachable():
            if not any(wish in list_["asks"] for list_ in self._lists()):
                self._write([], [wish])
        return []

    def received_through(self, subject: str) -> int | None:
        """Nobody answers at once; the partner's technical receipts say what it has."""
        return None

    def _drop(self, items: Sequence[Signed]) -> None:
        chunk: list[Signed] = []
        size = 0
        limit = TABLE_SHARE if self.form == "csv" else MAX_BYTES
        for item in items:
            if chunk and (len(chunk) == MAX_FILES or size + len(item[0]) > limit):
                self._write(chunk, [])
                chunk, size = [], 0
            chunk.append(item)
            size += len(item[0])
        if chunk:
            self._write(chunk, [])

    def _write(self, items: Sequence[Signed], asks: Sequence[dict[str, Any]]) -> None:
        self._show_keys()
        now = datetime.now(UTC)
        drop = drop_book.begin(self.partner, at=now)
        while (standing := self.out / _folder(drop.number or 0)).exists():
            # We died after it appeared and before it was entered.
            manifest = (standing / MANIFEST).read_bytes()
            seal = (standing / SEAL).read_text("ascii")
            drop_book.written(drop, manifest=manifest, signature=seal, items=0, at=now)
            drop = drop_book.begin(self.partner, at=now)
        files = self._tables(items) if self.form == "csv" else _messages(items)
        listed = [
            {"name": name, "size": len(raw), "digest": digest(raw)}
            | ({"signature": signature} if signature else {})
            for name, raw, signature in files
        ]
        manifest = write_json(
            {
                "protocol": 1, "source": own_node(), "recipient": self.partner.node,
                "drop": drop.number, "made_at": instant(now), "form": self.form,
                "files": listed, "asks": list(asks),
            }
        )  # fmt: skip
        seal = signatures.sign(manifest, own_key())
        disk.sweep(self.out, older_than=timedelta(0))
        contents = [(name, raw) for name, raw, _ in files]
        disk.appear(standing, [*contents, (SEAL, seal.encode("ascii")), (MANIFEST, manifest)])
        drop_book.written(drop, manifest=manifest, signature=seal, items=len(items), at=now)

    def _tables(self, items: Sequence[Signed]) -> list[tuple[str, bytes, str]]:
        by_type: dict[str, list[Signed]] = {}
        for item in items:
            by_type.setdefault(str(read_json(item[0])["type"]), []).append(item)
        return [
            (f"{at:02d}-{type_.removeprefix('id.lindung.')}.csv", flat.write(rows), "")
            for at, (type_, rows) in enumerate(by_type.items(), start=1)
        ]

    def _show_keys(self) -> None:
        with acting_as(ROBOT):
            raw = own_document(now=datetime.now(UTC))
        place = self.out / KEYS
        if place.exists() and place.read_bytes() == raw and (self.out / KEYS_SEAL).exists():
            return
        disk.replace(self.out / KEYS_SEAL, signatures.sign(raw, own_key()).encode("ascii"))
        disk.replace(place, raw)

    def _lists(self) -> Iterator[dict[str, Any]]:
        """Lists of our drops that the partner has not fetched yet."""
        for folder in sorted(self.out.glob("d[0-9]*")):
            with suppress(FileNotFoundError, Unacceptable):  # fetched while we looked
                yield read_json((folder / MANIFEST).read_bytes()) | {"folder": folder}

    def _lying(self) -> set[str]:
        found: set[str] = set()
        for list_ in self._lists():
            for file in list_["files"]:
                if list_["form"] == "json":
                    found.add(file["digest"])
                    continue
                with suppress(FileNotFoundError, Unacceptable):
                    rows = flat.read((list_["folder"] / file["name"]).read_bytes())
                    found |= {digest(raw) for raw, _ in rows}
        return found

    # --- theirs to read -------------------------------------------------------------------------

    def key_document(self) -> Signed:
        """The document they left beside their drops."""
        try:
            raw = disk.read(self.into, KEYS, MAX_MESSAGE)
            seal = disk.read(self.into, KEYS_SEAL, 4000)
            return raw, seal.decode("ascii").strip()
        except (OSError, UnicodeDecodeError, disk.Other) as error:
            raise Later("no key document lies there") from error

    def collect(self) -> Iterator[Parcel]:
        """Whole drops, in the order of their names; what is half there waits."""
        with _reachable():
            for name in (TAKEN, REFUSED):
                (self.into / name).mkdir(exist_ok=True)
            self._show_keys()  # the partner may speak first
            self._enter_what_was_put_aside()
            self._tidy()
            keys = drop_book.keys_of(self.partner)
            names = sorted(each.name for each in self.into.iterdir())
        for name in names:
            if name.startswith(".") or name in {TAKEN, REFUSED, KEYS, KEYS_SEAL}:
                continue
            with _reachable():
                try:
                    parcel = self._opened(name, keys)
                except Bad as bad:
                    if bad.final or self._quiet(name):
                        self._put_aside(name, bad)
                    continue
                except FileNotFoundError:
                    continue  # moved while we looked
            if parcel is not None:
                yield parcel

    def _opened(self, name: str, keys: dict[str, Any]) -> Parcel | None:
        """A whole drop; ``None`` while its writer holds it."""
        place = self.into / name
        kind = place.lstat().st_mode
        if stat.S_ISLNK(kind):
            raise Bad("link_refused", "a link, not a folder")
        if not stat.S_ISDIR(kind):
            raise Bad("stray_file", "a file outside a folder", final=False)
        if self._locked(place):
            return None
        manifest, seal, list_ = self._proven_list(place, keys)
        items, vouched, tables, wrong = self._contents(place, list_)
        partly = Bad(*wrong[0], final=False) if wrong else None
        if partly and not self._quiet(name):
            return None
        asks = [(each["subject"], each["from"], each["to"]) for each in list_["asks"]]

        def settle(answers: Sequence[Signed]) -> None:
            with _reachable():
                self._drop(answers)
                drop_book.taken(
                    self.partner, number=list_["drop"], manifest=manifest, signature=seal,
                    tables=tables, items=len(items) + len(vouched), at=datetime.now(UTC),
                )  # fmt: skip
                if partly:
                    self._put_aside(name, partly, number=list_["drop"])
                else:
                    disk.move(place, self.into / TAKEN / _safe(name))

        return Parcel(items, settle, vouched=vouched, asks=asks)

    def _proven_list(self, place: Path, keys: dict[str, Any]) -> tuple[bytes, str, dict[str, Any]]:
        """The list and its signature; half-written ones look wrong and so may wait."""
        try:
            manifest = disk.read(place, MANIFEST, MAX_MESSAGE)
            seal = disk.read(place, SEAL, 4000).decode("ascii").strip()
        except FileNotFoundError:
            raise Bad("manifest_missing", final=False) from None
        except (disk.Other, UnicodeDecodeError) as error:
            raise Bad("manifest_invalid", str(error)[:100], final=False) from error
        try:
            key = keys.get(signatures.claimed_kid(seal))
            if key is None:
                raise Unacceptable("key_unknown")
            signatures.verify(manifest, seal, key.x)
        except Unacceptable as refusal:
            raise Bad(refusal.code, refusal.note, final=False) from refusal
        # Signed, so whole: from here on waiting changes nothing.
        try:
            list_ = read_json(manifest)
            agreement.check(SCHEMA, list_, "manifest_invalid")
            made_at = read_instant(list_["made_at"])
        except (Unacceptable, ValueError) as error:
            raise Bad("manifest_invalid", getattr(error, "note", "")) from error
        if (list_["source"], list_["recipient"]) != (self.partner.node, own_node()):
            raise Bad("recipient_wrong", "from or for another node")
        if made_at > datetime.now(UTC) + SKEW:
            raise Bad("clock_skew")
        if (why := why_not(key, written_at=made_at)) is not None:
            raise Bad(why)
        return manifest, seal, list_

    def _contents(
        self, place: Path, list_: dict[str, Any]
    ) -> tuple[list[Signed], list[Signed], dict[str, str], list[tuple[str, str]]]:
        """Messages with and without a signature of their own; tables worth keeping; what is wrong."""
        if sum(file["size"] for file in list_["files"]) > MAX_BYTES:
            raise Bad("too_large", "more than 8 MiB in one drop")
        names = [file["name"] for file in list_["files"]]
        if len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
            raise Bad("manifest_invalid", "names that no drop has")
        items: list[Signed] = []
        vouched: list[Signed] = []
        tables: dict[str, str] = {}
        wrong: list[tuple[str, str]] = []
        for file in list_["files"]:
            try:
                raw = disk.read(place, file["name"], file["size"])
                if len(raw) != file["size"] or digest(raw) != file["digest"]:
                    raise disk.Other("not the bytes listed")
                if list_["form"] == "json":
                    items.append((raw, file.get("signature", "")))
                    continue
                rows = flat.read(raw)
            except FileNotFoundError:
                wrong.append(("file_missing", file["name"]))
                continue
            except disk.Other as other:
                wrong.append(("file_wrong", f"{file['name']}: {other}"))
                continue
            except Unacceptable as refusal:
                wrong.append((refusal.code, f"{file['name']}: {refusal.note}"))
                continue
            unsigned = [row for row in rows if not row[1]] if self.rows_unsigned else []
            items += [row for row in rows if row not in unsigned]
            vouched += unsigned
            if unsigned:
                tables[file["name"]] = raw.decode("utf-8-sig")
        return items, vouched, tables, wrong

    def _locked(self, place: Path) -> bool:
        with suppress(FileNotFoundError):
            return _age(place / LOCK) < LOCK_GOOD_FOR
        return False

    def _quiet(self, name: str) -> bool:
        """Whether nothing was written there for as long as we are patient."""
        place = self.into / name
        with suppress(FileNotFoundError):
            ages = [_age(place)]
            if place.is_dir() and not place.is_symlink():
                ages += [_age(each) for each in place.iterdir()]
            return min(ages) >= self.patience
        return False

    def _put_aside(self, name: str, bad: Bad, *, number: int | None = None) -> None:
        """Into ``refused/``, its reason beside it, and into the book: in an order that loses none."""
        aside = _safe(name)
        reason = {"name": name, "reason": bad.reason, "note": bad.note, "number": number}
        told = json.dumps(reason, ensure_ascii=True, indent=1).encode("ascii")
        disk.replace(self.into / REFUSED / f"{aside}{_REASON}", told)
        disk.move(self.into / name, self.into / REFUSED / aside)
        self._enter(aside, bad.reason, bad.note, number)

    def _enter_what_was_put_aside(self) -> None:
        known = drop_book.known_aside(self.partner)
        for place in sorted((self.into / REFUSED).iterdir()):
            if place.name.endswith(_REASON):
                if not os.path.lexists(place.with_name(place.name.removesuffix(_REASON))):
                    place.unlink()  # we died before the thing itself was moved; it got a new name
                continue
            if place.name[0] == "." or place.name in known:
                continue
            told: dict[str, Any] = {}
            with suppress(OSError, ValueError):
                told = json.loads(place.with_name(f"{place.name}{_REASON}").read_bytes())
            self._enter(
                place.name,
                str(told.get("reason", "unknown")),
                str(told.get("note", "")),
                told.get("number"),
            )

    def _enter(self, aside: str, reason: str, note: str, number: int | None) -> None:
        drop_book.set_aside(
            self.partner, aside=aside, reason=reason, note=note, number=number,
            at=datetime.now(UTC),
        )  # fmt: skip

    def _tidy(self) -> None:
        for place in (self.into / TAKEN).iterdir():
            if _age(place) >= self.keep:
                shutil.rmtree(place, ignore_errors=True)


def _messages(items: Sequence[Signed]) -> list[tuple[str, bytes, str]]:
    return [(f"{at:04d}.json", raw, proof) for at, (raw, proof) in enumerate(items, start=1)]


def _folder(number: int) -> str:
    return f"d{number:08d}"


def _safe(name: str) -> str:
    """A name of ours for something whose own name nobody vouches for."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '_', name).lstrip('.')[:60]}-{new_id().hex[-8:]}"


def _age(place: Path) -> timedelta:
    # Of the last change as our side saw it; the time of writing is the sender's to set (rsync -t).
    return datetime.now(UTC) - datetime.fromtimestamp(place.lstat().st_ctime, UTC)


@contextmanager
def _reachable() -> Iterator[None]:
    """A folder that is not there, full or not ours is a line that is down."""
    try:
        yield
    except OSError as error:
        raise Later(f"{type(error).__name__}: {error.strerror or ''}") from error
