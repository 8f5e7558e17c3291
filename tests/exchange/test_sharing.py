"""What may leave: the schema alone decides; what left is shown to officials and to the person."""

from __future__ import annotations

import base64
import copy
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.identity import WORKER_KEY
from lindung.access.roles import ROBOT
from lindung.exchange import queries, words
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations import outbox
from lindung.exchange.wire import agreement, envelopes
from lindung.kernel.identifiers import Kind
from lindung.registry import operations as registering
from tests import cast

VECTORS = json.loads((agreement.FOLDER / "examples/vectors.json").read_text("utf-8"))
SENT = {
    vector["name"]: envelopes.read(base64.b64decode(vector["payload"])).data
    for vector in VECTORS["messages"]
    if agreement.type_of(vector["name"]) in agreement.said_by("origin")
}
CANARY = "KENARI"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all objects within a message."""
    if isinstance(value, dict):
        inner = [place for name, each in value.items() for place in places(each, (*path, name))]
        return [path, *inner]
    if isinstance(value, list):
        return [place for at, each in enumerate(value) for place in places(each, (*path, at))]
    return []


EVERYWHERE = [(name, path) for name, data in sorted(SENT.items()) for path in places(data)]


class TestAFieldNobodyAgreedOn:
    @given(
        name=st.text(min_size=1, max_size=20),
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.just(CANARY) | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.text(max_size=4), inner, max_size=2)
            ),
            max_leaves=4,
        ),
    )
    @pytest.mark.parametrize(("message", "path"), EVERYWHERE, ids=str)
    @settings(max_examples=10, deadline=None)
    def test_never_leaves_from_any_place_of_any_message(
        self, message: str, path: tuple[Any, ...], name: str, value: Any
    ) -> None:
        data = copy.deepcopy(SENT[message])
        inside = data
        for step in path:
            inside = inside[step]
        if name in inside or _agreed(message, path, name):
            return
        inside[name] = value
        # An unsaved partner: nothing is asked of the database before the words are checked.
        with pytest.raises(outbox.NotAgreed):
            outbox.send(
                message, "PMI-1", data, partner=Partner(code="x", node="urn:x", agreement="x")
            )

    @pytest.mark.django_db
    def test_leaves_no_trace_in_the_outbox(self, scene: Any) -> None:
        with scene():
            partner = Partner.objects.create(
                code="kr-test", name="x", country="KR", node="urn:lindung:node:kr-test",
                base_url="http://partner.test", adapter="http", agreement="MoU", is_demo=True,
            )  # fmt: skip
        with acting_as(ROBOT):
            for message, data in SENT.items():
                if message.startswith("receipt."):
                    continue
                with pytest.raises(outbox.NotAgreed):
                    outbox.send(message, "PMI-1", {**data, "note2": CANARY}, partner=partner)
                outbox.send(message, "PMI-1", data, partner=partner)
            raws = [bytes(row.raw) for row in Outgoing.objects.all()]
        assert raws
        assert not any(CANARY.encode() in raw for raw in raws)


def _agreed(message: str, path: tuple[Any, ...], name: str) -> bool:
    """Whether the schema itself knows that field at that place."""
    shape = agreement.shape_of(agreement.schema_of(message))
    for step in path:
        shape = agreement.below(shape, step if isinstance(step, str) else 0)
    return any(name in each.get("properties", {}) for each in shape)


@pytest.mark.usefixtures("posts", "places")
class TestALifeThatIsTold:
    """Everything we know of a person, and only what was agreed on leaves."""

    def test_tells_nothing_but_what_was_agreed(self, partner: Partner) -> None:
        who = cast.worker(call_name=f"{CANARY}1", birth_place=f"{CANARY}2")
        registering.add_identifier(
            cast.self_of(who.id), who.id, kind=Kind.PHONE, value="+6281234500099", on=cast.TODAY
        )
        registering.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", issuer="ID",
            on=cast.TODAY, valid_from=date(2024, 1, 1), valid_to=date(2034, 1, 1),
        )  # fmt: skip
        cast.arrived(who)
        with acting_as(ROBOT):
            rows = list(Outgoing.objects.filter(sequence__isnull=False))
        assert {agreement.name_of(row.type) for row in rows} >= {
            "candidate.listed", "contract.answered", "departure.done",
        }  # fmt: skip
        for row in rows:
            raw = bytes(row.raw)
            for secret in (CANARY, "81234500099", str(who.id), who.public_number):
                assert secret.encode() not in raw

    def test_is_shown_to_the_person_in_plain_words(self, partner: Partner) -> None:
        who = cast.worker()
        registering.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", issuer="ID",
            on=cast.TODAY, valid_from=date(2024, 1, 1), valid_to=date(2034, 1, 1),
        )  # fmt: skip
        cast.arrived(who)
        page = _phone(cast.self_of(who.id)).get("/saya/dibagikan/").content.decode()
        for told in ("Calon dimasukkan daftar", "supaya Anda dapat dipilih", "Test node", "MoU"):
            assert told in page
        assert "nomor paspor" in page
        assert "C1234567" not in page
        assert "perlu diperiksa" in page
        assert "receipt" not in page

    def test_is_hidden_from_another_person(self, partner: Partner) -> None:
        cast.arrived(cast.worker())
        other = cast.worker(full_name="Lain")
        page = _phone(cast.self_of(other.id)).get("/saya/dibagikan/").content.decode()
        assert "Belum ada yang dibagikan" in page
        with acting_as(cast.self_of(other.id)):
            assert queries.shared_about([other.id]) == []
            assert Outgoing.objects.count() == 0


class TestTheListOfWhatMayLeave:
    def test_names_every_field_of_every_schema(self) -> None:
        shared = {each.name: dict(each.fields) for each in queries.disclosures()}
        listed = shared["candidate.listed"]
        assert {"person.birth_date", "passport.number", "career.industry"} <= set(listed)
        for name, data in SENT.items():
            if name in shared:
                assert set(_paths(data)) <= set(shared[name])

    def test_asks_the_law_s_grounds_in_their_order(self) -> None:
        rule, judged = queries.grounds("KR")
        assert rule == "UU 27/2022 Pasal 56"
        assert [each.title.split()[0] for each in judged] == ["Perlindungan", "Ada", "Pekerja"]

    def test_says_needs_check_where_nobody_has_looked(self) -> None:
        _, judged = queries.grounds("ZZ")
        assert {each.answer for each in judged} == {"needs_check"}
        assert queries.stands(judged) is None

    def test_takes_the_first_ground_that_holds(self) -> None:
        ground = queries.Ground
        day = date(2026, 1, 1)
        judged = [
            ground("a", "needs_check", "", day), ground("b", "yes", "", day),
            ground("c", "yes", "", day),
        ]  # fmt: skip
        assert queries.stands(judged) == judged[1]

    def test_has_words_for_every_message_and_field(self) -> None:
        """Words in both languages; what people would read as a code is named here."""
        missing = [
            f"{each.name}: {path}"
            for each in queries.disclosures()
            for path, title in each.fields
            if title == path.rpartition(".")[2].replace("_", " ")
            and path.rpartition(".")[2] != "status"
        ]
        assert missing == []
        file = words._file("words")
        for part in file.values():
            for name, text in part.items():
                assert set(text) == {"id", "en"}, name


def _phone(who: Actor) -> Client:
    client = Client()
    session = client.session
    session[WORKER_KEY] = {"id": str(who.worker), "name": who.name}
    session.save()
    return client


def _paths(value: Any, inside: str = "") -> list[str]:
    if isinstance(value, dict):
        found = []
        for name, each in value.items():
            path = f"{inside}.{name}" if inside else name
            found += [path, *_paths(each, path)]
        return found
    return (
        [each for one in value for each in _paths(one, inside)] if isinstance(value, list) else []
    )
