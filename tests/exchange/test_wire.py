"""Signatures, envelopes and schemas, against published vectors and our own."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from lindung.exchange.wire import agreement, envelopes, signatures, texts
from lindung.exchange.wire.reasons import Unacceptable
from simulators.eps import wire as strangers

EXAMPLES = agreement.FOLDER / "examples"
VECTORS: dict[str, Any] = json.loads((EXAMPLES / "vectors.json").read_text("utf-8"))
X = {key["kid"]: key["x"] for key in VECTORS["keys"].values()}
MESSAGES = [v for v in VECTORS["messages"] if not v["name"].startswith("receipt.")]


def opened(raw: bytes, signature: str) -> envelopes.Message:
    """What a node does with bytes that came, as far as it needs no books."""
    kid = signatures.claimed_kid(signature)
    if kid not in X:
        raise Unacceptable("key_unknown")
    signatures.verify(raw, signature, X[kid])
    return envelopes.read(raw)


class TestVectors:
    def test_of_rfc_7797_holds_with_the_library_we_rest_on(self) -> None:
        vector = VECTORS["rfc7797"]
        key = OctKey.import_key({"kty": "oct", "k": vector["key"]})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = jws.deserialize_compact(
                vector["jws"], key, algorithms=["HS256"], payload=vector["payload"]
            )
        assert read.payload == b"$.02"

    @pytest.mark.parametrize("vector", VECTORS["messages"], ids=lambda v: v["name"])
    def test_every_message_verifies_reads_and_fits_its_schema(self, vector: Any) -> None:
        raw = base64.b64decode(vector["payload"])
        message = opened(raw, vector["signature"])
        assert message.name == vector["name"]
        assert texts.digest(raw) == vector["digest"]
        assert (EXAMPLES / vector["payload_file"]).read_bytes() == raw
        assert agreement.faults(message.schema, message.data) == []

    @pytest.mark.parametrize("vector", VECTORS["messages"], ids=lambda v: v["name"])
    def test_every_message_is_a_cloud_event_to_a_library_we_did_not_write(
        self, vector: Any
    ) -> None:
        raw = base64.b64decode(vector["payload"])
        theirs, ours = JSONFormat().read(None, raw), envelopes.read(raw)
        assert theirs.get_time() == ours.time
        assert [theirs.get_id(), theirs.get_source(), theirs.get_type(), theirs.get_subject()] == [
            str(ours.id), ours.source, ours.type, ours.subject,
        ]  # fmt: skip
        assert [theirs.get_dataschema(), theirs.get_data()] == [ours.schema, ours.data]

    @pytest.mark.parametrize("vector", VECTORS["technical"], ids=lambda v: v["why"])
    def test_every_fault_has_its_own_code(self, vector: Any) -> None:
        if vector["expect"] in {"recipient_wrong", "clock_skew"}:
            opened(base64.b64decode(vector["payload"]), vector["signature"])
            return  # proven by the inbox, which knows who we are and what time it is
        with pytest.raises(Unacceptable) as refusal:
            opened(base64.b64decode(vector["payload"]), vector["signature"])
        assert refusal.value.code == vector["expect"]

    def test_every_message_of_the_agreement_has_an_example(self) -> None:
        named = {vector["name"] for vector in VECTORS["messages"]}
        assert {agreement.name_of(type_) for type_ in agreement.messages()} == named


class TestTwoReadingsOfTheProtocol:
    @given(st.binary(max_size=2000))
    def test_sign_the_same_bytes_the_same(self, raw: bytes) -> None:
        key = strangers.Key(_private("urn:lindung:node:kr-eps"))
        theirs = key.sign(raw)
        if raw:
            signatures.verify(raw, theirs, key.x)
            with pytest.raises(Unacceptable, match="signature_invalid"):
                signatures.verify(raw + b"\n", theirs, key.x)

    def test_know_each_others_fingerprints(self) -> None:
        for key in VECTORS["keys"].values():
            assert signatures.thumbprint(key["x"]) == key["kid"] == strangers.thumbprint(key["x"])

    def test_the_older_and_the_newer_name_of_the_algorithm_are_both_taken(self) -> None:
        key = strangers.Key(_private("urn:lindung:node:id"))
        header = {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": key.kid}
        protected = strangers.b64url(strangers.write_json(header))
        signature = key._private.sign(protected.encode() + b".{}")
        signatures.verify(b"{}", f"{protected}..{strangers.b64url(signature)}", key.x)


class TestSchemas:
    @pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["name"])
    @given(data=st.data())
    def test_refuse_a_field_that_nobody_agreed_on_at_any_level(
        self, vector: Any, data: st.DataObject
    ) -> None:
        message = envelopes.read(base64.b64decode(vector["payload"]))
        objects = list(_objects(message.data))
        where = data.draw(st.sampled_from(range(len(objects))))
        name = data.draw(st.text(min_size=1, max_size=12))
        if name in _everywhere():
            return
        objects[where][name] = data.draw(st.none() | st.text(max_size=5) | st.integers())
        assert agreement.faults(message.schema, message.data)

    def test_say_their_purpose_ground_and_retention(self) -> None:
        for schema in agreement.messages().values():
            assert schema["x-purpose"]
            assert schema["x-legal-basis"]
            assert schema["x-retention"]["period"]
            assert schema["additionalProperties"] is False

    def test_close_every_object_they_describe(self) -> None:
        for file in [*agreement.FOLDER.glob("*.json"), *agreement.FOLDER.glob("forms/*.json")]:
            for part in _objects(json.loads(file.read_text("utf-8"))):
                if part.get("type") == "object" and "properties" in part:
                    assert part.get("additionalProperties") is False, file.name


class TestStrictJson:
    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b'{"a":1,"a":1}', "duplicate_member"),
            (b'{"x":{"a":1,"a":2}}', "duplicate_member"),
            (b"{", "json_invalid"),
            (b"\xff", "json_invalid"),
            (b'{"a":NaN}', "json_invalid"),
            (b"[" * 100_000, "json_invalid"),
        ],
    )
    def test_is_refused_by_both_readings(self, raw: bytes, code: str) -> None:
        with pytest.raises(Unacceptable) as ours:
            texts.read_json(raw)
        with pytest.raises(strangers.Refused) as theirs:
            strangers.read_json(raw)
        assert ours.value.code == theirs.value.code == code


def _private(node: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = bytes.fromhex(VECTORS["keys"][node]["seed_hex"])
    return Ed25519PrivateKey.from_private_bytes(seed)


def _objects(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for each in list(value.values()):
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)


def _everywhere() -> set[str]:
    names: set[str] = set()
    for file in [*agreement.FOLDER.glob("*.json"), *Path(agreement.FOLDER, "forms").glob("*.json")]:
        for part in _objects(json.loads(file.read_text("utf-8"))):
            names |= set(part.get("properties", {})) if isinstance(part, dict) else set()
    return names
