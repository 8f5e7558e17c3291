"""The checks, in the order of the protocol page. Each says what it asks and fails with what it saw.

They run in this order on one node: some rest on messages that earlier ones sent.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.util import json_b64encode, urlsafe_b64encode

from lindung.exchange.conformance.examiner import (
    MESSAGES,
    SUBJECTS,
    WELL_KNOWN,
    ExaminerKey,
)
from lindung.exchange.conformance.report import Broken, NotTried
from lindung.exchange.conformance.run import Run, check, known, status_of, trusted
from lindung.exchange.wire import agreement, envelopes, signatures, texts
from lindung.exchange.wire.envelopes import Message
from lindung.kernel.ids import new_id

UNTRUSTED = frozenset({"key_unknown"})


# --- who it is (§4) -----------------------------------------------------------------------------


@check("§4")
def key_document(run: Run) -> None:
    """The key document fits its schema and names its keys by their thumbprints."""
    answer = run.examiner.get(WELL_KNOWN)
    if answer.status_code != 200:
        raise Broken(f"HTTP {answer.status_code}")
    document = texts.read_json(answer.content)
    if found := agreement.faults(agreement.NODE_DOCUMENT, document):
        raise Broken("; ".join(found[:5]))
    for key in document["keys"]:
        if signatures.thumbprint(key["x"]) != key["kid"]:
            raise Broken(f"kid {key['kid']} is not the thumbprint of its key")
    run.examiner.theirs = document


@check("§4")
def key_document_signed(run: Run) -> None:
    """The key document is signed over its exact bytes by a key valid now."""
    known(run)
    answer = run.examiner.get(WELL_KNOWN)
    proof = answer.headers.get("lindung-signature", "")
    kid = signatures.claimed_kid(proof)
    signatures.verify(answer.content, proof, run.examiner.their_x(kid))
    [key] = [each for each in run.examiner.theirs["keys"] if each["kid"] == kid]
    at = datetime.now(UTC)
    ended = key["valid_to"] and texts.read_instant(key["valid_to"]) <= at
    if key["revoked_at"] or ended or texts.read_instant(key["valid_from"]) > at:
        raise Broken(f"the signing key {kid} is not valid now")


# --- one message and its technical receipt (§3, §5, §6) -----------------------------------------


@check("§6")
def stores_a_message(run: Run) -> None:
    """A good message gets a signed technical receipt `stored` with the digest of its bytes."""
    known(run)
    message = run.examiner.message(run.subject("A"), 1)
    data = run.examiner.receipt(*run.examiner.signed(message))
    if data["reason"] in UNTRUSTED:
        raise Broken(
            f"the node does not know the examiner: enter node {run.examiner.node}, address "
            f"{run.examiner.url}, key {run.examiner.key.kid} as a partner there"
        )
    if data["outcome"] != "stored" or data["message_id"] != str(message.id):
        raise Broken(f"{data['outcome']} {data['reason']}, message_id {data['message_id']}")
    if data.get("repeat"):
        raise Broken("`repeat` on the first of all")
    run.sent["A1"] = message


@check("§7")
def knows_a_repeat(run: Run) -> None:
    """The same bytes again: `stored`, `repeat`, and the first `stored_at`."""
    message = _of(run, "A1")
    raw, proof = run.examiner.sent[message.subject, 1]
    first, second = run.examiner.receipt(raw, proof), run.examiner.receipt(raw, proof)
    if not (first.get("repeat") and second.get("repeat")):
        raise Broken("no `repeat: true`")
    if first["stored_at"] != second["stored_at"]:
        raise Broken("`stored_at` of a repeat changes")


@check("§6")
def signature_missing(run: Run) -> None:
    """No signature: refused `signature_missing`."""
    known(run)
    raw, _proof = run.examiner.signed(_stray(run))
    _refused(run.examiner.receipt(raw, None), "signature_missing")


@check("§6")
def signature_over_other_bytes(run: Run) -> None:
    """A signature over other bytes: refused `signature_invalid`."""
    trusted(run)
    raw, _proof = run.examiner.signed(_stray(run))
    other = signatures.sign(raw + b" ", run.examiner.key)
    _refused(run.examiner.receipt(raw, other), "signature_invalid")


@check("§3")
def header_not_as_prescribed(run: Run) -> None:
    """A header without `b64: false`, or with another algorithm: refused `algorithm_refused`."""
    known(run)
    raw, _proof = run.examiner.signed(_stray(run))
    for header in (
        {"alg": "EdDSA", "kid": run.examiner.key.kid},
        {"alg": "none", "b64": False, "crit": ["b64"], "kid": run.examiner.key.kid},
        {"alg": "HS256", "b64": False, "crit": ["b64"], "kid": run.examiner.key.kid},
    ):
        protected = json_b64encode(header)
        signature = urlsafe_b64encode(run.examiner.key.sign(protected + b"." + raw))
        proof = f"{protected.decode()}..{signature.decode()}"
        _refused(run.examiner.receipt(raw, proof), "algorithm_refused")


@check("§6")
def unknown_key(run: Run) -> None:
    """A key that nobody pinned: refused `key_unknown`."""
    known(run)
    raw, _proof = run.examiner.signed(_stray(run))
    stranger = ExaminerKey(Ed25519PrivateKey.generate())
    _refused(run.examiner.receipt(raw, signatures.sign(raw, stranger)), "key_unknown")


@check("§6")
def unreadable(run: Run) -> None:
    """Not JSON, doubled names, a broken envelope: each with its own code."""
    trusted(run)
    raw, _proof = run.examiner.signed(_stray(run))
    open_envelope = json.loads(raw)
    cases = {
        "json_invalid": b"{",
        "duplicate_member": raw.replace(b"{", b'{"specversion":"1.0",', 1),
        "envelope_invalid": texts.write_json({**open_envelope, "colour": "blue"}),
    }
    for code, body in cases.items():
        proof = signatures.sign(body, run.examiner.key)
        _refused(run.examiner.receipt(body, proof), code)


@check("§6")
def meant_for_another(run: Run) -> None:
    """A message for another node: refused `recipient_wrong`."""
    trusted(run)
    stray = _stray(run, recipient="urn:lindung:node:somebody-else")
    _refused(run.examiner.receipt(*run.examiner.signed(stray)), "recipient_wrong")


@check("§6")
def from_the_future(run: Run) -> None:
    """Written ten minutes ahead: refused `clock_skew`; a month old: taken."""
    trusted(run)
    now = datetime.now(UTC)
    stray = _stray(run, time=now + timedelta(minutes=10))
    _refused(run.examiner.receipt(*run.examiner.signed(stray)), "clock_skew")
    old = run.examiner.message(run.subject("OLD"), 1, time=now - timedelta(days=30))
    data = run.examiner.receipt(*run.examiner.signed(old))
    if data["outcome"] != "stored":
        raise Broken(f"a message of last month: {data['reason']}")
    run.sent["OLD1"] = old


@check("§6")
def too_large(run: Run) -> None:
    """More than 1 MiB: refused `too_large`."""
    trusted(run)
    raw, _proof = run.examiner.signed(_stray(run))
    body = raw + b" " * texts.MAX_MESSAGE
    _refused(run.examiner.receipt(body, signatures.sign(body, run.examiner.key)), "too_large")


@check("§6")
def id_used_twice(run: Run) -> None:
    """The same `id` with other bytes: refused `id_reused`."""
    first = _of(run, "A1")
    other = run.examiner.message(run.subject("B"), 1, id=first.id)
    raw = envelopes.write(other)
    _refused(run.examiner.receipt(raw, signatures.sign(raw, run.examiner.key)), "id_reused")


@check("§6")
def sequence_used_twice(run: Run) -> None:
    """The same `subject` and `sequence` under another `id`: refused `sequence_reused`."""
    first = _of(run, "A1")
    raw = envelopes.write(run.examiner.message(first.subject, 1))
    _refused(run.examiner.receipt(raw, signatures.sign(raw, run.examiner.key)), "sequence_reused")


# --- batches and HTTP (§5) ----------------------------------------------------------------------


@check("§5")
def batch_in_order(run: Run) -> None:
    """A batch: one receipt an item, in order, and one bad item spoils no other."""
    trusted(run)
    good = [run.examiner.message(run.subject(name), 1) for name in ("C", "D")]
    first, last = (run.examiner.signed(each) for each in good)
    bad = b"{", signatures.sign(b"{", run.examiner.key)
    answer = run.examiner.post(texts.frame([first, bad, last]), texts.BATCH)
    if answer.status_code != 200:
        raise Broken(f"HTTP {answer.status_code}")
    receipts = texts.unframe(answer.content)
    if len(receipts) != 3:
        raise Broken(f"{len(receipts)} receipts for 3 items")
    told = [
        run.examiner.proven(receipt, about=raw)
        for receipt, (raw, _proof) in zip(receipts, (first, bad, last), strict=True)
    ]
    if [each["outcome"] for each in told] != ["stored", "refused", "stored"]:
        raise Broken("outcomes " + ", ".join(each["outcome"] for each in told))
    run.sent |= {"C1": good[0], "D1": good[1]}


@check("§5")
def frames_refused(run: Run) -> None:
    """An unreadable frame: 400; another media type: 415; too many items: 400 or 413."""
    known(run)
    status_of(run.examiner.post(b'{"items": 1}', texts.BATCH), {400})
    status_of(run.examiner.post(b"{}", "application/json"), {415})
    item = {"payload": base64.b64encode(b"{}").decode(), "signature": "a..b"}
    many = texts.write_json({"items": [item] * (texts.MAX_ITEMS + 1)})
    status_of(run.examiner.post(many, texts.BATCH), {400, 413})


# --- the business receipt (§6) ------------------------------------------------------------------


@check("§6")
def decides(run: Run) -> None:
    """Every stored message is decided: a business receipt comes, over its digest."""
    for name in ("A1", "OLD1", "C1", "D1"):
        message = _of(run, name)
        data = run.examiner.decision(message.id, seconds=run.seconds)
        raw, _proof = run.examiner.sent[message.subject, 1]
        if data["digest"] != texts.digest(raw):
            raise Broken(f"{name}: `digest` is not that of the message")


@check("§6")
def unknown_type(run: Run) -> None:
    """A type that is not among `accepts`: stored, then refused `type_unknown`."""
    _decided_as(run, "T", "type_unknown", type="id.lindung.weather.forecast.v1")


@check("§2")
def field_not_agreed(run: Run) -> None:
    """A field that the schema does not have: stored, then refused `data_invalid`."""
    trusted(run)
    _name, data = run.examiner.speech()
    _decided_as(run, "F", "data_invalid", data=data | {"not_agreed": "x"})


@check("§6")
def purpose_not_agreed(run: Run) -> None:
    """A purpose that is not agreed for the type: stored, then refused `purpose_refused`."""
    _decided_as(run, "P", "purpose_refused", purpose="marketing.anything")


@check("§7")
def answers_again(run: Run) -> None:
    """A decided message repeated: the business receipt is sent once more."""
    message = _of(run, "C1")
    run.examiner.decision(message.id, seconds=run.seconds)
    run.examiner.receipt(*run.examiner.sent[message.subject, 1])
    run.examiner.decision(message.id, seconds=run.seconds, nth=2)


# --- order and gaps (§7) ------------------------------------------------------------------------


@check("§7")
def waits_and_asks_for_a_gap(run: Run) -> None:
    """1 and 3 arrive: 3 waits, the node asks for 2 by a signed request, and decides all in order."""
    trusted(run)
    examiner, subject = run.examiner, run.subject("GAP")
    one, two, three = (examiner.message(subject, number) for number in (1, 2, 3))
    pairs = {each.id: examiner.signed(each) for each in (one, two, three)}
    del examiner.sent[subject, 2]  # not to be had yet
    for each in (one, three):
        if examiner.receipt(*pairs[each.id])["outcome"] != "stored":
            raise Broken("a message ahead of its turn must be stored")
    examiner.decision(one.id, seconds=run.seconds)
    _wait_for_ask(run, subject)
    if any(each.data.get("message_id") == str(three.id) for each in examiner.came):
        raise Broken("the message after the gap was decided before the gap was filled")
    examiner.sent[subject, 2] = pairs[two.id]
    decided = [
        texts.read_instant(examiner.decision(each.id, seconds=4 * run.seconds)["decided_at"])
        for each in (one, two, three)
    ]
    if decided != sorted(decided):
        raise Broken("decided out of order")
    run.sent["GAP3"] = three


@check("§7")
def tells_how_far(run: Run) -> None:
    """`subjects` says how far it has a partner's messages."""
    last = _of(run, "GAP3")
    target = f"{SUBJECTS}?subject={last.subject}"
    answer = run.examiner.get(target, run.examiner.request(target))
    status_of(answer, {200})
    told = texts.read_json(answer.content)
    if told != {"subject": last.subject, "received_through": 3}:
        raise Broken(f"{told}")


@check("§7")
def replays_to_the_partner_only(run: Run) -> None:
    """A replay without a signed request, with a stale one, or with one used before: 401."""
    trusted(run)
    examiner = run.examiner
    target = f"{MESSAGES}?subject={run.subject('A')}&from=1&to=1"
    status_of(examiner.get(target), {401})
    stale = texts.instant(datetime.now(UTC) - timedelta(minutes=10))
    status_of(examiner.get(target, examiner.request(target, time=stale)), {401})
    elsewhere = examiner.request(f"{target}0")
    status_of(examiner.get(target, elsewhere), {401})
    token = examiner.request(target)
    status_of(examiner.get(target, token), {200, 404})
    status_of(examiner.get(target, token), {401})


@check("§6")
def believable_receipts(run: Run) -> None:
    """Everything the node sent meanwhile was signed, whole and within its schema."""
    trusted(run)
    if run.examiner.bad:
        raise Broken(
            f"{len(run.examiner.bad)} could not be believed: {sorted(set(run.examiner.bad))}"
        )
    for message in run.examiner.came:
        if message.is_receipt and message.sequence is not None:
            raise Broken("a receipt with a `sequence`")
        if message.source != run.examiner.theirs["node"] or message.recipient != run.examiner.node:
            raise Broken(f"{message.type}: wrong `source` or `recipient`")


# --- helpers ------------------------------------------------------------------------------------


def _of(run: Run, name: str) -> Message:
    trusted(run)
    if name not in run.sent:
        raise NotTried("the message it rests on was not stored")
    return run.sent[name]


def _stray(run: Run, **changes: Any) -> Message:
    """A message that must not be stored, on a lane of its own."""
    return run.examiner.message(run.subject(f"X{new_id().hex[-6:].upper()}"), 1, **changes)


def _refused(data: dict[str, Any], code: str) -> None:
    if (data["outcome"], data["reason"]) != ("refused", code):
        raise Broken(f"{data['outcome']} {data['reason']} instead of refused {code}")


def _decided_as(run: Run, name: str, code: str, **changes: Any) -> None:
    trusted(run)
    message = run.examiner.message(run.subject(name), 1, **changes)
    data = run.examiner.receipt(*run.examiner.signed(message))
    if data["outcome"] != "stored":
        raise Broken(f"technical: {data['reason']}; it is readable, so it must be stored")
    decided = run.examiner.decision(message.id, seconds=run.seconds)
    if (decided["outcome"], decided["reason"]) != ("refused", code):
        raise Broken(f"{decided['outcome']} {decided['reason']} instead of refused {code}")


def _wait_for_ask(run: Run, subject: str) -> None:
    until = monotonic() + run.seconds
    while monotonic() < until:
        asks = [each for each in run.examiner.asks if each.subject == subject]
        if asks:
            if asks[0].fault:
                raise Broken(f"the replay's request is wrong: {asks[0].fault}")
            if asks[0].first > 2 or asks[0].last < 2:
                raise Broken(f"asked for {asks[0].first} to {asks[0].last}; 2 is missing")
            return
        sleep(0.1)
    raise Broken(f"did not ask for the missing message within {run.seconds:g} s")
