"""The checks of sections 15 to 17: trees that add up, records that hash, a past that is one chain.

These sections are optional: a node that answers 404 at the first of their addresses is not tried.
One that answers has to keep all of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from lindung.exchange.conformance.examiner import Examiner
from lindung.exchange.conformance.report import Broken, NotTried
from lindung.exchange.conformance.run import Run, check, status_of, trusted
from lindung.exchange.validity import SKEW
from lindung.exchange.wire import agreement, signatures, texts
from lindung.exchange.wire.records import PLACEMENT, SUBJECT, key_of, leaf_of
from lindung.exchange.wire.tree import BUCKET, EMPTY, WAYS, bucket, inner
from lindung.kernel.ids import new_id

DIGESTS, RECORDS = "/exchange/v1/digests", "/exchange/v1/records"
HEAD, PROOF, LEAVES = "/exchange/v1/head", "/exchange/v1/head/proof", "/exchange/v1/leaves"
RECORD = "placement.v1"
_SCHEMA = "urn:lindung:exchange:reconciliation:v1#/$defs/"
# One more than a bucket holds, so that the node has to split.
PLANTED = BUCKET + 1
LISTED = "candidate.listed"
# A node with more than this is looked through in part.
MOST_NODES, PREFIXES_AT_ONCE, AT_ONCE = 2_000, 500, 100
MOST_PAGES = 200
FIRST = "00" * 32

Node = dict[str, Any]


@check("§16")
def questions_from_the_partner_only(run: Run) -> None:
    """A question without a signed request, for another body, stale, or used before: 401."""
    _offered(run)
    raw = texts.write_json({"record": RECORD, "prefixes": [""]})
    status_of(_post(run.examiner, DIGESTS, raw, None), {401})
    other = _token(run.examiner, DIGESTS, raw + b" ")
    status_of(_post(run.examiner, DIGESTS, raw, other), {401})
    old = texts.instant(datetime.now(UTC) - timedelta(minutes=10))
    status_of(
        _post(run.examiner, DIGESTS, raw, _token(run.examiner, DIGESTS, raw, time=old)), {401}
    )
    elsewhere = _token(run.examiner, RECORDS, raw)
    status_of(_post(run.examiner, DIGESTS, raw, elsewhere), {401})
    token = _token(run.examiner, DIGESTS, raw)
    status_of(_post(run.examiner, DIGESTS, raw, token), {200})
    status_of(_post(run.examiner, DIGESTS, raw, token), {401})
    status_of(run.examiner.get(HEAD), {401})


@check("§16")
def unreadable_questions(run: Run) -> None:
    """A question that breaks its schema, or asks for too much at once: 400."""
    _offered(run)
    for target, body in (
        (DIGESTS, {"record": RECORD, "prefixes": ["XYZ"]}),
        (DIGESTS, {"record": "weather.v1", "prefixes": [""]}),
        (DIGESTS, {"record": RECORD, "prefixes": ["0"] * (PREFIXES_AT_ONCE + 1)}),
        (RECORDS, {"record": RECORD, "subjects": ["TST-1"] * (AT_ONCE + 1)}),
    ):
        raw = texts.write_json(body)
        status_of(_post(run.examiner, target, raw, _token(run.examiner, target, raw)), {400})


@check("§15")
def every_shared_subject_is_in_the_tree(run: Run) -> None:
    """Whoever was put on the roster stands in the tree as soon as the root is asked again."""
    _offered(run)
    if agreement.type_of(LISTED) not in run.examiner.theirs["accepts"]:
        # Of an origin's books nothing can be planted; what it shares is looked at as it is.
        return
    before = _node(run.examiner, "")["count"]
    subjects = _plant(run)
    after = _node(run.examiner, "")["count"]
    if after < before + len(subjects):
        raise Broken(f"{len(subjects)} subjects more, and the root counts {after - before} more")
    found = {subject for node in _tree(run.examiner) for subject, _ in node.get("leaves", ())}
    if missing := sorted(set(subjects) - found):
        raise Broken(f"{len(missing)} of them are under no node, {missing[0]} for one")


@check("§15")
def the_tree_adds_up(run: Run) -> None:
    """Each node is what the rule makes of those below it, down to the leaves, and counts them."""
    _offered(run)
    shown: dict[str, bytes] = {}
    counted: dict[str, int] = {}
    for node in _tree(run.examiner):
        prefix, count = node["prefix"], node["count"]
        if ("children" in node) != (count > BUCKET):
            raise Broken(f"node '{prefix}' of {count} leaves is split, or is not, against the rule")
        if "children" in node:
            children = [bytes.fromhex(each) for each in node["children"]]
            digest = inner(prefix, b"".join(children), count).digest
            shown |= {prefix + way: each for way, each in zip(WAYS, children, strict=True)}
        else:
            digest = _bucket(prefix, count, node["leaves"])
        if prefix in shown and shown[prefix] != digest:
            raise Broken(f"node '{prefix}' is not what the node above it says")
        counted[prefix] = count
    for prefix, count in counted.items():
        below = [counted.get(prefix + way) for way in WAYS]
        known = [each for each in below if each is not None]
        whole = all(
            each is not None or shown.get(prefix + way) == EMPTY
            for way, each in zip(WAYS, below, strict=True)
        )
        if known and whole and sum(known) != count:
            raise Broken(f"node '{prefix}' counts {count}; those below it {sum(known)}")


@check("§16")
def records_hash_to_their_leaves(run: Run) -> None:
    """Shown records fit their schema and hash to the leaves; a stranger's number is `unknown`."""
    _offered(run)
    leaves = [
        (subject, leaf) for node in _tree(run.examiner) for subject, leaf in node.get("leaves", ())
    ][:AT_ONCE - 1]  # fmt: skip
    stranger = run.subject("NOBODY")
    wanted = {"record": RECORD, "subjects": [subject for subject, _ in leaves] + [stranger]}
    said = _ask(run.examiner, "records", RECORDS, wanted)
    if stranger not in said["unknown"]:
        raise Broken("a subject that nobody shares is not among `unknown`")
    shown = {each[SUBJECT]: each for each in said["records"]}
    if len(shown) != len(said["records"]) or not set(shown) <= set(wanted["subjects"]):
        raise Broken("records nobody asked for, or one twice")
    for subject, leaf in leaves:
        record = shown.get(subject)
        if record is None:
            raise Broken(f"{subject} is in the tree and its record is not shown")
        if found := agreement.faults(PLACEMENT, record):
            raise Broken(f"{subject}: {'; '.join(found[:3])}")
        if leaf_of(record).hex() != leaf:
            raise Broken(f"the record of {subject} does not hash to its leaf")


@check("§17")
def the_past_is_one_chain(run: Run) -> None:
    """Links from the first to the head shown: each the hash of its facts and of the one before."""
    _offered(run)
    head = _head(run.examiner)
    roots = _chain(run.examiner, head)
    later = _head(run.examiner)
    if later["number"] < head["number"]:
        raise Broken(f"head {head['number']}, and then {later['number']}")
    if _chain(run.examiner, later).get(head["number"]) != roots.get(head["number"]):
        raise Broken("the head shown a moment ago is not in the chain any more")


@check("§17")
def messages_stand_in_the_past(run: Run) -> None:
    """What the node told the examiner is proven by a path to the root of a batch, or is unsealed."""
    _offered(run)
    head = _head(run.examiner)
    told = [str(each.id) for each in run.examiner.came if each.sequence is not None][:AT_ONCE]
    asked = [*told[: AT_ONCE - 1], str(new_id())]
    said = _ask(run.examiner, "leaves", LEAVES, {"messages": asked})
    answered = [each["message"] for each in said["leaves"]] + list(said["unsealed"])
    if sorted(answered) != sorted(asked):
        raise Broken("`leaves` and `unsealed` together are not the messages asked for")
    if asked[-1] not in said["unsealed"]:
        raise Broken("a message that was never sent is proven")
    if not said["leaves"]:
        return
    roots = _chain(run.examiner, head)
    for each in said["leaves"]:
        if _root_over(each["leaf"], each["path"]) != roots.get(each["number"]):
            raise Broken(f"the path of {each['message']} does not lead to batch {each['number']}")


# --- helpers ------------------------------------------------------------------------------------


def _offered(run: Run) -> None:
    """Go on only where the node has these addresses at all."""
    trusted(run)
    raw = texts.write_json({"record": RECORD, "prefixes": [""]})
    answer = _post(run.examiner, DIGESTS, raw, _token(run.examiner, DIGESTS, raw))
    if answer.status_code == 404:
        raise NotTried("the node offers no comparison; sections 15 to 17 are optional")


def _plant(run: Run) -> list[str]:
    """Put people of the examiner's own on the node's roster; the subjects it took."""
    examiner = run.examiner
    example = agreement.FOLDER / "examples" / f"{LISTED}.v1.json"
    data = texts.read_json(example.read_bytes())["data"]
    made = []
    for number in range(PLANTED):
        passport = {**data["passport"], "number": f"T{run.mark}{number:03d}"}
        message = replace(
            examiner.message(run.subject(f"L{number:02d}"), 1),
            type=agreement.type_of(LISTED),
            purpose=agreement.purposes_of(LISTED)[0],
            schema=agreement.schema_of(LISTED),
            data={**data, "passport": passport},
        )
        made.append(message)
    answer = examiner.post(texts.frame([examiner.signed(each) for each in made]), texts.BATCH)
    status_of(answer, {200})
    return [
        each.subject
        for each in made
        if examiner.decision(each.id, seconds=run.seconds)["outcome"] == "accepted"
    ]


def _token(examiner: Examiner, target: str, raw: bytes | None, **changes: Any) -> str:
    claims = {} if raw is None else {"method": "POST", "body": texts.digest(raw)}
    return examiner.request(target, **(claims | changes))


def _post(examiner: Examiner, target: str, raw: bytes, token: str | None) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Lindung-Request"] = token
    return examiner.http.post(f"{examiner.base}{target}", content=raw, headers=headers)


def _ask(
    examiner: Examiner, name: str, target: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to one question, proven to be the node's, to us, to this very request."""
    raw = None if body is None else texts.write_json(body)
    token = _token(examiner, target, raw)
    answer = examiner.get(target, token) if raw is None else _post(examiner, target, raw, token)
    status_of(answer, {200})
    proof = answer.headers.get("lindung-signature", "")
    signatures.verify(answer.content, proof, examiner.their_x(signatures.claimed_kid(proof)))
    said: dict[str, Any] = texts.read_json(answer.content)
    if found := agreement.faults(_SCHEMA + name, said):
        raise Broken(f"{target}: {'; '.join(found[:3])}")
    wanted = {
        "request": signatures.claims_of(token)["id"],
        "node": examiner.theirs["node"],
        "recipient": examiner.node,
    }
    if wrong := [key for key, value in wanted.items() if said[key] != value]:
        raise Broken(f"{target}: `{'`, `'.join(wrong)}` is of something else")
    if abs(datetime.now(UTC) - texts.read_instant(said["time"])) > SKEW:
        raise Broken(f"{target}: `time` is not now")
    return said


def _node(examiner: Examiner, prefix: str) -> Node:
    return _nodes(examiner, [prefix])[0]


def _nodes(examiner: Examiner, prefixes: list[str]) -> list[Node]:
    body = {"record": RECORD, "prefixes": prefixes}
    nodes: list[Node] = _ask(examiner, "digests", DIGESTS, body)["nodes"]
    if [each["prefix"] for each in nodes] != prefixes:
        raise Broken("nodes other than those asked for, or in another order")
    return nodes


def _tree(examiner: Examiner) -> Iterator[Node]:
    """The nodes from the root down, those above before those below, at most ``MOST_NODES``."""
    level, seen = [""], 0
    while level:
        below: list[str] = []
        for start in range(0, len(level), PREFIXES_AT_ONCE):
            for node in _nodes(examiner, level[start : start + PREFIXES_AT_ONCE]):
                yield node
                below += [
                    node["prefix"] + way
                    for way, child in zip(WAYS, node.get("children", ()), strict=False)
                    if bytes.fromhex(child) != EMPTY
                ]
        seen += len(level)
        level = below[: max(0, MOST_NODES - seen)]


def _bucket(prefix: str, count: int, leaves: list[list[str]]) -> bytes:
    if len(leaves) != count:
        raise Broken(f"node '{prefix}' counts {count} and shows {len(leaves)} leaves")
    pairs = sorted((key_of(subject), bytes.fromhex(leaf)) for subject, leaf in leaves)
    if any(not key.hex().startswith(prefix) for key, _ in pairs):
        raise Broken(f"a leaf under '{prefix}' whose key leads elsewhere")
    return bucket(prefix, pairs).digest


def _head(examiner: Examiner) -> dict[str, Any]:
    status = examiner.get(HEAD, examiner.request(HEAD)).status_code
    if status == 404:
        raise NotTried("nothing is sealed yet")
    link: dict[str, Any] = _ask(examiner, "head", HEAD)["link"]
    _holds(link)
    return link


def _chain(examiner: Examiner, head: dict[str, Any]) -> dict[int, str]:
    """Number → root of all links from the first to the head shown, each proven."""
    at, before, roots = 0, FIRST, {}
    for _ in range(MOST_PAGES):
        said = _ask(examiner, "proof", f"{PROOF}?from={at}")
        for link in said["links"]:
            if (link["number"], link["previous"]) != (at + 1, before):
                raise Broken(f"link {link['number']} does not follow link {at}")
            _holds(link)
            at, before = link["number"], link["head"]
            roots[at] = link["root"]
            if at == head["number"]:
                if before != head["head"]:
                    raise Broken(f"the chain reaches number {at} with another head than was shown")
                return roots
        if not said["more"] or not said["links"]:
            break
    raise Broken(f"the chain ends at {at}; the head shown is {head['number']}")


def _holds(link: dict[str, Any]) -> None:
    facts = json.loads(link["facts"])
    body = link["facts"].encode("ascii") + bytes.fromhex(link["previous"] + link["root"])
    if len(facts) < 3 or facts[0] != link["number"]:
        raise Broken(f"the facts of link {link['number']} are of something else")
    if hashlib.sha256(body).hexdigest() != link["head"]:
        raise Broken(f"head {link['number']} is not the hash of its facts")


def _root_over(leaf: str, path: list[dict[str, str]]) -> str:
    digest = bytes.fromhex(leaf)
    for step in path:
        beside = bytes.fromhex(step["digest"])
        pair = beside + digest if step["side"] == "left" else digest + beside
        digest = hashlib.sha256(b"\x01" + pair).digest()
    return digest.hex()
