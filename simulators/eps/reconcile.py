"""The same truth, proven: digest tree, agreed records and a chain of heads (protocol §15 to §17).

Written from the published text like everything here: a second reading of it. The past of this node
is the list of what it sent; batches of it are sealed into a chain of heads.
"""

import hashlib
import json
import secrets
import sqlite3
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers.response import Response as Answer

from . import agreement
from .node import SKEW, Node, NotNow
from .wire import Refused, digest, kid_of, new_id, now, read_json, verify, write_json

KST = timedelta(hours=9)
BUCKET = 64
EMPTY = bytes(32)
HEX = "0123456789abcdef"
RECORD = "placement.v1"
SCHEMA = "urn:lindung:exchange:reconciliation:v1#/$defs/"
RECORD_SCHEMA = "urn:lindung:exchange:record.placement:v1"
FAULTS = ("rewrite_past", "old_backup", "change_silently")

TABLES = """
-- What was sent, in order, as this node's past; sealed batch by batch.
create table if not exists past_entry (
    n integer primary key autoincrement, message_id text not null unique);
create trigger if not exists past_keeps_what_is_sent after insert on sent
    when new.sequence is not null
    begin insert into past_entry (message_id) values (new.message_id); end;
create table if not exists past_seal (
    number integer primary key, first_n integer not null, last_n integer not null,
    facts text not null, previous blob not null, root blob not null, head blob not null,
    leaves blob not null);
-- The partner's past as it showed it: heads for ever, roots of every batch between them.
create table if not exists kept_head (
    n integer primary key autoincrement, at text not null, number integer not null,
    epoch integer not null, head text not null, raw blob not null, signature text not null,
    proof text not null);
create table if not exists kept_root (
    number integer not null, root text not null, primary key (number, root));
create table if not exists past_alarm (
    n integer primary key autoincrement, at text not null, kind text not null,
    number integer not null, detail text not null default '', unique (kind, number, detail));
create table if not exists queried (
    n integer primary key autoincrement, at text not null, subject text not null,
    fields text not null);
"""


# --- records (§15) --------------------------------------------------------------------------------


def leaf(record: dict[str, str]) -> bytes:
    """The digest of an agreed record: 0x00 and its canonical JSON, hashed."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x00" + text.encode("utf-8")).digest()


def name_of(name: str) -> str:
    """A name as the agreement writes it: NFC, single spaces, ASCII capitals."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    return text.translate({small: small - 32 for small in range(ord("a"), ord("z") + 1)})


def amount_of(text: str) -> str:
    """An amount without needless zeros."""
    value = Decimal(text)
    return (
        str(value.quantize(Decimal(1)))
        if value == value.to_integral()
        else f"{value.normalize():f}"
    )


def record_of(row: sqlite3.Row, offers: list[sqlite3.Row]) -> dict[str, str]:
    """The agreed record of one candidate, from this office's books; `offers` with the newest last."""
    from .office import EMPLOYERS  # it imports the node, and so would meet itself on the way

    facts = json.loads(row["facts"])
    found: dict[str, str | None] = {
        "subject": row["subject"],
        "standing": "withdrawn" if row["state"] == "removed" else "active",
        "authorisation_no": facts.get("ccvi"),
        "authorisation_expires_on": facts.get("ccvi_expires_on"),
        "list_no": facts.get("list_no"),
        "departed_on": facts.get("departed_on"),
        "residence_no": facts.get("residence_no"),
        "stay_expires_on": facts.get("stay_expires_on"),
        "left_on": facts.get("left_on"),
    }
    if "arrived_at" in facts:
        at = datetime.fromisoformat(facts["arrived_at"]).astimezone(UTC)
        found["arrived_on"] = (at + KST).date().isoformat()
    if offers:
        last = offers[-1]
        accepted = last["state"] == "concluded" or (
            last["state"] == "withdrawn" and "contract_signed_on" in facts
        )
        found["offer_no"] = last["offer_no"]
        if accepted:
            firm = EMPLOYERS.get(facts.get("employer", ""))
            found |= {
                "answer": "accepted",
                "employer": name_of(firm["name"] if firm else facts.get("employer", "")),
                "region": firm["region"] if firm else None,
                "monthly_wage": amount_of(facts["monthly"]),
                "currency": "KRW",
            }
        elif last["state"] == "refused":
            found["answer"] = "refused"
    return {name: value for name, value in found.items() if value}


def unsaid(node: Node) -> set[str]:
    """Subjects of which the partner has not stored, or not yet answered, all that we say."""
    rows = node.store.rows(
        "select distinct subject from sent "
        "where sequence is not null and state in ('waiting', 'stored')"
    )
    return {row["subject"] for row in rows}


def records(node: Node, subjects: Iterable[str] | None = None) -> dict[str, dict[str, str]]:
    """Agreed records by subject: of these, or of every candidate."""
    store = node.store
    rows = store.rows("select * from candidate order by subject")
    if subjects is not None:
        wanted = set(subjects)
        rows = [row for row in rows if row["subject"] in wanted]
    offers: dict[str, list[sqlite3.Row]] = {}
    for offer in store.rows("select * from offer order by offer_no"):
        offers.setdefault(offer["subject"], []).append(offer)
    return {row["subject"]: record_of(row, offers.get(row["subject"], [])) for row in rows}


# --- the digest tree (§15) ------------------------------------------------------------------------


class Tree:
    """The digest tree over leaves by subject, all in memory."""

    def __init__(self, leaves: dict[str, bytes]) -> None:
        sha256 = hashlib.sha256
        rows = sorted((sha256(s.encode("utf-8")).digest(), value, s) for s, value in leaves.items())
        self._keys = [key for key, _, _ in rows]
        self._rows = rows
        self._known: dict[str, bytes] = {}

    def span(self, prefix: str) -> tuple[int, int]:
        """Where the leaves below a prefix begin and end."""
        low, high = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        return bisect_left(self._keys, low), bisect_right(self._keys, high)

    def digest(self, prefix: str) -> bytes:
        """The digest of one node."""
        if prefix not in self._known:
            self._known[prefix] = self._made(prefix)
        return self._known[prefix]

    def _made(self, prefix: str) -> bytes:
        start, end = self.span(prefix)
        if start == end:
            return EMPTY
        if end - start <= BUCKET:
            joined = b"".join(key + value for key, value, _ in self._rows[start:end])
            return hashlib.sha256(b"\x01" + joined).digest()
        return hashlib.sha256(b"\x02" + b"".join(self.digest(prefix + h) for h in HEX)).digest()

    def node(self, prefix: str) -> dict[str, Any]:
        """What is answered about a prefix."""
        start, end = self.span(prefix)
        said: dict[str, Any] = {"prefix": prefix, "count": end - start}
        if end - start > BUCKET:
            return {**said, "children": [self.digest(prefix + h).hex() for h in HEX]}
        return {**said, "leaves": [[s, value.hex()] for _, value, s in self._rows[start:end]]}


# --- our own past (§17) ---------------------------------------------------------------------------


def entry_leaf(body: bytes) -> bytes:
    """The leaf of what was sent: its exact bytes."""
    return hashlib.sha256(b"\x00" + body).digest()


def merkle(leaves: list[bytes], place: int = 0) -> tuple[bytes, list[dict[str, str]]]:
    """RFC 6962 section 2.1: the root, and the digests beside the way from one leaf to it."""
    if len(leaves) == 1:
        return leaves[0], []
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    left, left_path = merkle(leaves[:cut], min(place, cut - 1))
    right, right_path = merkle(leaves[cut:], max(place - cut, 0))
    beside = (
        {"side": "right", "digest": right.hex()}
        if place < cut
        else {"side": "left", "digest": left.hex()}
    )
    root = hashlib.sha256(b"\x01" + left + right).digest()
    return root, [*(left_path if place < cut else right_path), beside]


def head_of(facts: str, previous: bytes, root: bytes) -> bytes:
    """The head of a batch."""
    return hashlib.sha256(facts.encode("ascii") + previous + root).digest()


def seal(node: Node) -> sqlite3.Row | None:
    """Seal what was sent since the last batch; returns the newest batch."""
    store = node.store
    with store.write() as db:
        last = store.row("select * from past_seal order by number desc limit 1")
        rows = store.rows(
            "select e.n, s.body from past_entry e join sent s on s.message_id = e.message_id "
            "where e.n > ? order by e.n",
            last["last_n"] if last else 0,
        )
        if rows:
            _seal(db, node, last, rows)
    return store.row("select * from past_seal order by number desc limit 1")


def _seal(
    db: sqlite3.Connection, node: Node, last: sqlite3.Row | None, rows: list[sqlite3.Row]
) -> None:
    number = (last["number"] if last else 0) + 1
    epoch = int(node.store.setting("past_epoch", 1))
    leaves = [entry_leaf(bytes(row["body"])) for row in rows]
    first_n, last_n = rows[0]["n"], rows[-1]["n"]
    facts = json.dumps([number, epoch, first_n, last_n, len(rows)])
    previous = bytes(last["head"]) if last else EMPTY
    root = merkle(leaves)[0]
    db.execute(
        "insert into past_seal values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            first_n,
            last_n,
            facts,
            previous,
            root,
            head_of(facts, previous, root),
            b"".join(leaves),
        ),
    )


def link(row: sqlite3.Row) -> dict[str, Any]:
    """A batch as a link of the chain."""
    return {
        "number": row["number"],
        "facts": row["facts"],
        "previous": bytes(row["previous"]).hex(),
        "root": bytes(row["root"]).hex(),
        "head": bytes(row["head"]).hex(),
    }


def entry_proofs(node: Node, messages: list[str]) -> dict[str, Any]:
    """Where each message lies in the sealed past, its leaf computed from what is kept now."""
    found, unsealed = [], []
    for message in messages:
        row = node.store.row(
            "select e.n, s.body, p.number, p.first_n, p.last_n, p.leaves from past_entry e "
            "join sent s on s.message_id = e.message_id "
            "join past_seal p on e.n between p.first_n and p.last_n where e.message_id = ?",
            message,
        )
        if row is None:
            unsealed.append(message)
            continue
        raw = bytes(row["leaves"])
        leaves = [raw[at : at + 32] for at in range(0, len(raw), 32)]
        there = node.store.rows(
            "select n from past_entry where n between ? and ? order by n",
            row["first_n"],
            row["last_n"],
        )
        place = [each["n"] for each in there].index(row["n"])
        found.append(
            {
                "message": message,
                "number": row["number"],
                "leaf": entry_leaf(bytes(row["body"])).hex(),
                "path": merkle(leaves, place)[1],
            }
        )
    return {"leaves": found, "unsealed": unsealed}


# --- comparing with the partner (§16, §17) --------------------------------------------------------


class Comparer:
    """Asks the partner and says what differs; keeps its heads."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.requests = 0

    def ask(self, name: str, target: str, body: dict[str, Any] | None = None) -> Any:
        """One signed question; the answer, verified. Its bytes stay in `raw` and `signature`."""
        node, identity = self.node, new_id()
        if not node.partner:
            node.learn_partner()
        raw = None if body is None else write_json(body)
        claims = {
            "node": node.name,
            "recipient": node.partner,
            "method": "GET" if raw is None else "POST",
            "target": target,
            "time": now(),
            "id": identity,
            **({} if raw is None else {"body": digest(raw)}),
        }
        headers = {"Lindung-Request": node.key.sign_request(claims)}
        if raw is not None:
            headers["Content-Type"] = "application/json"
        self.requests += 1
        answer = node.client.request(
            claims["method"], node.partner_base + target, content=raw, headers=headers
        )
        answer.raise_for_status()
        self.raw = answer.content
        self.signature = answer.headers.get("lindung-signature", "")
        key = node._pinned(kid_of(self.signature))
        verify(self.raw, self.signature, key["x"])
        said = read_json(self.raw)
        agreement.check(SCHEMA + name, said, "data_invalid")
        if (said["request"], said["node"], said["recipient"]) != (
            identity,
            node.partner,
            node.name,
        ):
            raise Refused("data_invalid", "an answer to something else")
        at = datetime.fromisoformat(said["time"])
        if abs(datetime.now(UTC) - at) > SKEW or node._valid(key, said["time"]):
            raise Refused("clock_skew")
        return said

    def differing(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Subject → field → our value and the partner's."""
        mine = records(self.node)
        tree = Tree({subject: leaf(record) for subject, record in mine.items()})
        leaves: dict[str, tuple[str, str]] = {}
        level = [""]
        while level:
            asked, level = level[:500], level[500:]
            said = self.ask(
                "digests", "/exchange/v1/digests", {"record": RECORD, "prefixes": asked}
            )
            for theirs in said["nodes"]:
                level += self._between(tree.node(theirs["prefix"]), theirs, leaves)
        there: dict[str, dict[str, str]] = {}
        wanted = sorted(leaves)
        for start in range(0, len(wanted), 100):
            said = self.ask(
                "records",
                "/exchange/v1/records",
                {"record": RECORD, "subjects": wanted[start : start + 100]},
            )
            there |= {each["subject"]: each for each in said["records"]}
        found = {}
        for subject in wanted:
            ours, theirs = mine.get(subject, {}), there.get(subject, {})
            found[subject] = {
                name: (ours.get(name, ""), theirs.get(name, ""))
                for name in sorted(ours.keys() | theirs.keys())
                if ours.get(name) != theirs.get(name)
            }
        return found

    @staticmethod
    def _between(
        ours: dict[str, Any], theirs: dict[str, Any], leaves: dict[str, tuple[str, str]]
    ) -> list[str]:
        prefix = theirs["prefix"]
        if "children" in ours and "children" in theirs:
            pairs = zip(HEX, ours["children"], theirs["children"], strict=True)
            return [prefix + way for way, here, there in pairs if here != there]
        if "children" in ours or "children" in theirs:
            return [prefix + way for way in HEX]
        here, there = dict(ours["leaves"]), dict(theirs["leaves"])
        for subject in here.keys() | there.keys():
            if here.get(subject) != there.get(subject):
                leaves[subject] = (here.get(subject, ""), there.get(subject, ""))
        return []

    def look_at_past(self) -> str:
        """Take the partner's head and prove that it extends the one kept.

        Returns:
            `first`, `same`, `extends`, or what was found wrong (an alarm is kept of it).
        """
        try:
            said = self.ask("head", "/exchange/v1/head")
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 404:
                return "none yet"
            raise
        raw, signature, top = self.raw, self.signature, said["link"]
        store = self.node.store
        kept = store.row("select * from kept_head order by n desc limit 1")
        epoch = json.loads(top["facts"])[1]
        roots = [(top["number"], top["root"])]
        if not _holds(top):
            proof = "not its own hash"
        elif kept is None:
            proof = "first"
        elif (kept["number"], kept["head"]) == (top["number"], top["head"]):
            proof = "same"
        elif top["number"] < kept["number"]:
            proof = "rollback" if epoch == kept["epoch"] else "restored"
        else:
            chain = self._chain(kept["number"], kept["head"], top)
            proof = "extends" if chain else "rewritten" if epoch == kept["epoch"] else "restored"
            roots = chain or roots
        with store.write() as db:
            if proof != "same":
                db.execute(
                    "insert into kept_head (at, number, epoch, head, raw, signature, proof) "
                    "values (?, ?, ?, ?, ?, ?, ?)",
                    (now(), top["number"], epoch, top["head"], raw, signature, proof),
                )
            if proof in ("first", "extends"):
                db.executemany("insert or ignore into kept_root values (?, ?)", roots)
            elif proof != "same":
                self._alarm(proof, kept["number"] if kept else top["number"])
        return proof

    def _chain(self, number: int, head: str, top: dict[str, Any]) -> list[tuple[int, str]] | None:
        roots: list[tuple[int, str]] = []
        while True:
            said = self.ask("proof", f"/exchange/v1/head/proof?from={number}")
            for each in said["links"]:
                if each["number"] != number + 1 or each["previous"] != head or not _holds(each):
                    return None
                number, head = each["number"], each["head"]
                roots.append((number, each["root"]))
                if number == top["number"]:
                    return roots if head == top["head"] else None
            if not said["more"] or not said["links"]:
                return None

    def check_entries(self, limit: int = 100) -> int:
        """Have messages of the partner proven to stand in its sealed past; returns how many do."""
        store = self.node.store
        rows = store.rows(
            "select message_id from received where sequence is not null "
            "and state in ('applied', 'declined', 'waiting') order by n"
        )
        wanted = [row["message_id"] for row in rows]
        if len(wanted) > limit:
            wanted = [*wanted[-limit // 2 :], *secrets.SystemRandom().sample(wanted, limit // 2)]
        if not wanted:
            return 0
        said = self.ask("leaves", "/exchange/v1/leaves", {"messages": list(dict.fromkeys(wanted))})
        good = 0
        for each in said["leaves"]:
            known = {
                row["root"]
                for row in store.rows("select root from kept_root where number = ?", each["number"])
            }
            value = bytes.fromhex(each["leaf"])
            for step in each["path"]:
                beside = bytes.fromhex(step["digest"])
                pair = beside + value if step["side"] == "left" else value + beside
                value = hashlib.sha256(b"\x01" + pair).digest()
            if value.hex() in known:
                good += 1
            elif known:
                self._alarm("entry", each["number"], each["message"])
        return good

    def _alarm(self, kind: str, number: int, detail: str = "") -> None:
        with self.node.store.write() as db:
            db.execute(
                "insert or ignore into past_alarm (at, kind, number, detail) values (?, ?, ?, ?)",
                (now(), kind, number, detail),
            )


def _holds(each: dict[str, Any]) -> bool:
    previous, root = bytes.fromhex(each["previous"]), bytes.fromhex(each["root"])
    facts = json.loads(each["facts"])
    return bool(
        facts[0] == each["number"] and head_of(each["facts"], previous, root).hex() == each["head"]
    )


# --- misbehaving on command -----------------------------------------------------------------------


def rewrite_past(node: Node) -> str:
    """Change the oldest sealed message and make all batches after it fit; returns its id."""
    seal(node)
    store = node.store
    with store.write() as db:
        row = store.row(
            "select s.n, s.message_id, s.body from past_entry e "
            "join sent s on s.message_id = e.message_id order by e.n limit 1"
        )
        if row is None:
            raise ValueError("nothing was sent yet")
        envelope = read_json(bytes(row["body"]))
        envelope["legalbasis"] += " (rewritten)"
        body = write_json(envelope)
        db.execute(
            "update sent set body = ?, signature = ?, digest = ? where n = ?",
            (body, node.key.sign(body), digest(body), row["n"]),
        )
        old = store.rows("select * from past_seal order by number")
        db.execute("delete from past_seal")
        for each in old:
            last = store.row("select * from past_seal order by number desc limit 1")
            rows = store.rows(
                "select e.n, s.body from past_entry e join sent s on s.message_id = e.message_id "
                "where e.n between ? and ? order by e.n",
                each["first_n"],
                each["last_n"],
            )
            _seal(db, node, last, rows)
    return str(row["message_id"])


def old_backup(node: Node) -> int:
    """Be as after a restore of an older backup: the later half of the past is gone.

    Returns:
        The number of the last batch that is left.
    """
    seal(node)
    with node.store.write() as db:
        found = node.store.row("select max(number) as top from past_seal")
        left = int(found["top"] or 0) // 2 if found else 0
        row = node.store.row("select last_n from past_seal where number = ?", left)
        db.execute("delete from past_entry where n > ?", (row["last_n"] if row else 0,))
        db.execute("delete from past_seal where number > ?", (left,))
    return left


def change_silently(node: Node, subject: str, field: str, value: str) -> None:
    """Change a fact in a candidate's file and tell nobody."""
    with node.store.write() as db:
        row = node.store.row("select facts from candidate where subject = ?", subject)
        if row is None:
            raise ValueError("no such candidate")
        facts = json.loads(row["facts"]) | {field: value}
        db.execute("update candidate set facts = ? where subject = ?", (json.dumps(facts), subject))


# --- HTTP -----------------------------------------------------------------------------------------


def _problem(status: int, title: str) -> Response:
    body = json.dumps({"type": "about:blank", "status": status, "title": title})
    return Response(body, status, mimetype="application/problem+json")


def add_to(app: Flask, node: Node) -> None:  # noqa: C901  one list of addresses
    """The addresses of this part, over one node; its tables are made here."""
    store = node.store
    store.db.executescript(TABLES)
    understand = node.apply
    trees: dict[str, Tree] = {}

    def apply(subject: str, name: str, data: dict[str, Any], message_id: str) -> str:
        if name != "record.queried":
            return understand(subject, name, data, message_id)
        if store.row("select 1 from candidate where subject = ?", subject) is None:
            return "awaiting_match"
        with store.write() as db:
            db.execute(
                "insert into queried (at, subject, fields) values (?, ?, ?)",
                (now(), subject, ", ".join(data["fields"])),
            )
        return "applied"

    node.apply = apply

    def answer(name: str, said: dict[str, Any], identity: str) -> Response:
        whole = {"request": identity, "node": node.name, "recipient": node.partner, "time": now()}
        raw = write_json({**whole, **said})
        agreement.check(SCHEMA + name, read_json(raw), "data_invalid")
        response = Response(raw, mimetype="application/json")
        response.headers["Lindung-Signature"] = node.key.sign(raw)
        return response

    def asked(name: str | None = None) -> tuple[str, dict[str, Any]]:
        body = request.get_data() if name else None
        target = request.full_path.rstrip("?")
        identity = node.admit_request(
            request.headers.get("Lindung-Request", ""), target, method=request.method, body=body
        )
        value: dict[str, Any] = {}
        if body is not None:
            value = read_json(body)
            agreement.check(SCHEMA + str(name), value, "json_invalid")
        return identity, value

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> Response:
        frame = refusal.code in ("json_invalid", "data_invalid", "duplicate_member")
        return _problem(400 if frame else 401, refusal.note or refusal.code)

    @app.post("/exchange/v1/digests")
    def digests() -> Response:
        identity, wanted = asked("digests_asked")
        if "" in wanted["prefixes"] or "all" not in trees:
            trees["all"] = Tree({s: leaf(record) for s, record in records(node).items()})
        nodes = [trees["all"].node(prefix) for prefix in wanted["prefixes"]]
        return answer("digests", {"record": RECORD, "nodes": nodes}, identity)

    @app.post("/exchange/v1/records")
    def show_records() -> Response:
        identity, wanted = asked("records_asked")
        found = records(node, wanted["subjects"])
        said = {
            "record": RECORD,
            "records": [found[s] for s in sorted(found)],
            "unknown": sorted(set(wanted["subjects"]) - set(found)),
            "under_way": sorted(unsaid(node) & set(wanted["subjects"])),
        }
        return answer("records", said, identity)

    @app.get("/exchange/v1/head")
    def head() -> Response:
        identity, _ = asked()
        top = seal(node)
        if top is None:
            return _problem(404, "nothing is sealed yet")
        return answer("head", {"link": link(top), "entries": top["last_n"]}, identity)

    @app.get("/exchange/v1/head/proof")
    def proof() -> Response:
        identity, _ = asked()
        first = request.args.get("from", "")
        if not first.isdigit():
            return _problem(400, "from is needed")
        rows = store.rows(
            "select * from past_seal where number > ? order by number limit 501", int(first)
        )
        said = {
            "from": int(first),
            "links": [link(row) for row in rows[:500]],
            "more": len(rows) > 500,
        }
        return answer("proof", said, identity)

    @app.post("/exchange/v1/leaves")
    def leaves() -> Response:
        identity, wanted = asked("leaves_asked")
        return answer("leaves", entry_proofs(node, wanted["messages"]), identity)

    @app.get("/reconcile")
    def page() -> str | Response:
        state = {
            "last": store.setting("reconciled", {}),
            "heads": [dict(r) for r in store.rows(
                "select at, number, epoch, head, proof from kept_head order by n desc limit 50"
            )],
            "alarms": [dict(r) for r in store.rows("select * from past_alarm order by n desc")],
            "queried": [dict(r) for r in store.rows("select * from queried order by n desc limit 50")],
        }  # fmt: skip
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
            return render_template("reconcile.html", **state)
        return Response(write_json(state), mimetype="application/json")

    @app.post("/reconcile/check")
    def check() -> Answer | Response:
        comparer = Comparer(node)
        try:
            past = comparer.look_at_past()
            entries = comparer.check_entries()
            found = comparer.differing()
        except (httpx.HTTPError, Refused, NotNow) as error:
            return _problem(503, f"no comparison: {error}")
        store.set(
            "reconciled",
            {
                "at": now(),
                "past": past,
                "entries": entries,
                "requests": comparer.requests,
                "differing": found,
            },
        )
        return redirect(url_for("page"), 303)

    @app.post("/reconcile/ask")
    def ask() -> Answer | Response:
        given = request.get_json() if request.is_json else request.form
        fields = [f for f in str(given.get("fields", "")).replace(",", " ").split() if f]
        data = {"fields": fields, "queried_on": now()[:10]}
        try:
            node.send("record.queried", str(given.get("subject", "")), data)
        except (ValueError, NotNow) as error:
            return _problem(409, str(error))
        return redirect(url_for("page"), 303)

    @app.post("/reconcile/fault")
    def fault() -> Answer | Response:
        given = request.get_json() if request.is_json else request.form
        try:
            match given.get("fault"):
                case "rewrite_past":
                    rewrite_past(node)
                case "old_backup":
                    old_backup(node)
                case "change_silently":
                    change_silently(node, given["subject"], given["field"], given["value"])
                case other:
                    return _problem(400, f"unknown fault {other}; there are {', '.join(FAULTS)}")
        except (KeyError, ValueError) as error:
            return _problem(409, str(error))
        return redirect(url_for("page"), 303)
