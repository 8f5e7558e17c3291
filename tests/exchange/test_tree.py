"""The digest tree: alike exactly when the leaves are, and kept true along dirty paths alone."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access import merkle
from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner, SharedRecord, TreeNode
from lindung.exchange.operations import comparing, digests, heads
from lindung.exchange.wire import agreement, tree
from lindung.exchange.wire.records import (
    PLACEMENT,
    canonical,
    key_of,
    leaf_of,
    plain_amount,
    plain_name,
)
from lindung.kernel.ids import new_id
from simulators.eps import reconcile

VECTORS: dict[str, Any] = json.loads(
    (agreement.FOLDER / "examples" / "reconciliation.json").read_text("utf-8")
)


def leaves(subjects: dict[str, int]) -> dict[str, bytes]:
    """Subject → leaf of a record that holds a number."""
    return {
        subject: leaf_of({"subject": subject, "standing": "active", "offer_no": f"N-{value}"})
        for subject, value in subjects.items()
    }


def grown(held: dict[str, bytes]) -> dict[str, tree.Node]:
    """Our tree over leaves by subject."""
    ordered = sorted((key_of(subject), leaf) for subject, leaf in held.items())
    return {node.prefix: node for node in tree.grow("", ordered)}


class TestATree:
    def test_of_nothing_is_zeros_and_of_few_is_a_bucket(self) -> None:
        assert grown({}) == {}
        few = leaves({"PMI-1": 1, "PMI-2": 2})
        joined = b"".join(k + v for k, v in sorted((key_of(s), leaf) for s, leaf in few.items()))
        assert grown(few)[""].digest == hashlib.sha256(b"\x01" + joined).digest()

    @pytest.mark.parametrize("count", [0, 1, 64, 65, 1_000, 5_000])
    def test_is_the_one_that_others_grow_from_the_published_text(self, count: int) -> None:
        held = leaves({f"PMI-{number}": number for number in range(count)})
        ours, theirs = grown(held), reconcile.Tree(held)
        assert theirs.digest("") == (ours[""].digest if count else tree.EMPTY)
        for prefix, node in ours.items():
            assert theirs.digest(prefix) == node.digest

    @settings(max_examples=40, deadline=None)
    @given(st.dictionaries(st.integers(0, 999), st.integers(0, 2), max_size=300), st.data())
    def test_differs_exactly_when_a_leaf_does(self, held: dict[int, int], data: Any) -> None:
        other = dict(held)
        for number in data.draw(st.lists(st.integers(0, 999), max_size=3)):
            other[number] = data.draw(st.integers(0, 2))
        one = reconcile.Tree(leaves({f"S-{n}": v for n, v in held.items()}))
        two = reconcile.Tree(leaves({f"S-{n}": v for n, v in other.items()}))
        assert (one.digest("") == two.digest("")) == (held == other)

    @settings(max_examples=40, deadline=None)
    @given(
        st.dictionaries(st.integers(0, 2_000), st.integers(0, 2), max_size=400),
        st.dictionaries(st.integers(0, 2_000), st.integers(0, 2), max_size=40),
        st.sets(st.integers(0, 2_000), max_size=20),
    )
    def test_is_walked_to_what_a_naive_comparison_finds(
        self, common: dict[int, int], changed: dict[int, int], missing: set[int]
    ) -> None:
        ours = leaves({f"S-{n}": v for n, v in common.items()})
        theirs = leaves({f"S-{n}": v for n, v in (common | changed).items() if n not in missing})
        naive = {s for s in ours.keys() | theirs.keys() if ours.get(s) != theirs.get(s)}
        here, there = reconcile.Tree(ours), reconcile.Tree(theirs)
        found = comparing.Found()
        level = [""]
        while level:
            prefix = level.pop()
            one, two = (comparing._read(each.node(prefix)) for each in (here, there))
            level += comparing._between(one, two, found)
        assert set(found.leaves) == naive


class TestVectors:
    def test_of_records_hold_for_both_readings(self) -> None:
        for each in VECTORS["records"]:
            record = each["record"]
            assert canonical(record) == base64.b64decode(each["canonical"])
            assert leaf_of(record).hex() == reconcile.leaf(record).hex() == each["leaf"]
            assert key_of(record["subject"]).hex() == each["key"]
            assert agreement.faults(PLACEMENT, record) == []

    def test_of_names_hold_for_both_readings(self) -> None:
        for each in VECTORS["names"]:
            assert plain_name(each["given"]) == each["written"]
            assert reconcile.name_of(each["given"]) == each["written"]

    @pytest.mark.parametrize("vector", VECTORS["trees"], ids=lambda v: str(v["count"]))
    def test_of_trees_hold(self, vector: Any) -> None:
        subjects = [f"PMI-2026-{number:06d}" for number in range(1, vector["count"] + 1)]
        nodes = grown({s: leaf_of({"subject": s, "standing": "active"}) for s in subjects})
        assert (nodes[""].digest if nodes else tree.EMPTY).hex() == vector["root"]
        for prefix, digest in vector.get("prefixes", {}).items():
            assert nodes[prefix].digest.hex() == digest

    def test_of_a_batch_and_a_chain_hold(self) -> None:
        leaves = [
            hashlib.sha256(b"\x00" + base64.b64decode(e)).digest() for e in VECTORS["entries"]
        ]
        assert merkle.root(leaves).hex() == VECTORS["root"]
        assert merkle.path(leaves, 4) == VECTORS["path_of_the_fifth"]
        assert all(heads._holds(link) for link in VECTORS["chain"])
        assert VECTORS["chain"][1]["previous"] == VECTORS["chain"][0]["head"]


@pytest.mark.parametrize(
    ("given", "written"),
    [("2156880", "2156880"), ("1500.50", "1500.5"), ("0.00", "0"), ("10", "10")],
)
def test_an_amount_has_no_needless_zeros(given: str, written: str) -> None:
    assert plain_amount(given) == reconcile.amount_of(given) == written


@pytest.mark.django_db
class TestTheKeptTree:
    def put(self, partner: Partner, held: dict[str, bytes]) -> None:
        """Write leaves as a fold would, and nothing else."""
        SharedRecord.objects.bulk_create(
            [
                SharedRecord(
                    partner=partner, subject=subject, key=key_of(subject), leaf=leaf,
                    worker_id=new_id(), placement_id=new_id(), changed_at="2026-03-02T00:00:00Z",
                )
                for subject, leaf in held.items()
            ],
            update_conflicts=True, unique_fields=["partner", "subject"], update_fields=["leaf"],
        )  # fmt: skip

    def kept(self, partner: Partner) -> dict[str, tree.Node]:
        """What is stored."""
        return {
            row.prefix: tree.Node(row.prefix, row.count, bytes(row.digest), bytes(row.children))
            for row in TreeNode.objects.filter(partner=partner)
        }

    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        start=st.integers(0, 260),
        steps=st.lists(
            st.tuples(
                st.dictionaries(st.integers(0, 400), st.integers(0, 9), max_size=90),
                st.sets(st.integers(0, 400), max_size=120),
            ),
            min_size=1,
            max_size=3,
        ),
    )
    def test_is_after_any_changes_the_one_grown_from_scratch(
        self, partner: Partner, start: int, steps: list[tuple[dict[int, int], set[int]]]
    ) -> None:
        held = leaves({f"S-{n}": 0 for n in range(start)})
        with acting_as(ROBOT):
            SharedRecord.objects.filter(partner=partner).delete()
            self.put(partner, held)
            digests.regrow(partner)
            assert self.kept(partner) == grown(held)
            for changed, gone in steps:
                new = leaves({f"S-{n}": v for n, v in changed.items()})
                out = {f"S-{n}" for n in gone} - new.keys()
                touched = [key_of(s) for s in (*new, *(out & held.keys()))]
                self.put(partner, new)
                SharedRecord.objects.filter(partner=partner, subject__in=out).delete()
                held = {s: leaf for s, leaf in (held | new).items() if s not in out}
                digests.retree(partner, touched)
                assert self.kept(partner) == grown(held)

    def test_touches_the_path_of_one_change_and_nothing_else(self, partner: Partner) -> None:
        held = leaves({f"S-{n}": 0 for n in range(3_000)})
        with acting_as(ROBOT):
            self.put(partner, held)
            digests.regrow(partner)
            self.put(partner, leaves({"S-7": 1}))
            assert digests.retree(partner, [key_of("S-7")]) == 3  # root, branch, bucket
            assert self.kept(partner) == grown(held | leaves({"S-7": 1}))

    def test_answers_every_prefix_as_the_other_side_does(self, partner: Partner) -> None:
        held = leaves({f"S-{n}": 0 for n in range(1_000)})
        theirs = reconcile.Tree(held)
        prefixes = ["", "0", "a", "0a", "f3", "f3c", "0" * 64]
        with acting_as(ROBOT):
            self.put(partner, held)
            digests.regrow(partner)
            for answer, prefix in zip(digests.at(partner, prefixes), prefixes, strict=True):
                assert answer == comparing._read(theirs.node(prefix))

    def test_is_one_for_each_partner(self, partner: Partner, scene: Any) -> None:
        with scene():
            other = Partner.objects.create(
                code="tw", name="Other", country="TW", node="urn:x:tw", base_url="http://x",
                adapter="http", agreement="MoU",
            )  # fmt: skip
        with acting_as(ROBOT):
            self.put(partner, leaves({"S-1": 1}))
            self.put(other, leaves({"S-1": 2}))
            digests.regrow(partner)
            digests.regrow(other)
            [one], [two] = (digests.at(each, [""]) for each in (partner, other))
        assert one.leaves != two.leaves
