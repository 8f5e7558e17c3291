"""The digest tree kept true: marked with a change, folded in along the dirty paths alone (§15).

A change marks its person in its own transaction (``handlers/stale.py``). Folding reads the books
of those people again, replaces the leaves that differ and then only the nodes above them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange import books
from lindung.exchange.books import Held
from lindung.exchange.models import Partner, SharedRecord, TreeNode
from lindung.exchange.wire import tree
from lindung.exchange.wire.records import key_of, leaf_of
from lindung.exchange.wire.tree import EMPTY, WAYS, Leaf, Node

FOLDED_AT_ONCE = 1_000
_WHOLE = 20_000  # trees up to this size are grown in one piece
_DEEPEST = 64
_WRITTEN_AT_ONCE = 5_000
_READ_AT_ONCE = 1_000  # more, and PostgreSQL would read whole tables for each batch


_Kept = tuple[Any, ...]  # leaf, worker, scope columns


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answers about a prefix: its sixteen children, or its leaves by subject."""

    prefix: str
    count: int
    children: bytes
    leaves: dict[str, bytes]


def fold() -> int:
    """Bring the trees up to what has been marked; returns how many records changed."""
    changed = 0
    while True:
        with acting_as(ROBOT):
            _one_at_a_time()
            workers = _marked()
            if not workers:
                return changed
            for partner in Partner.objects.all():
                changed += _refresh(partner, workers)


def recheck(partner: Partner) -> tuple[int, int]:
    """Read all books of a partner again and grow its tree anew.

    Returns:
        How many leaves, and how many nodes, were not as they should have been.
    """
    wrong, after = 0, ""
    while True:
        # A batch is a transaction of its own, so that no change waits for the whole of it.
        with acting_as(ROBOT):
            _one_at_a_time()
            subjects = books.subjects_after(partner, after, most=_READ_AT_ONCE)
            if not subjects:
                break
            after = subjects[-1]
            held = books.of_subjects(partner, subjects)
            keys = _store(partner, held, _kept(partner, subject__in=subjects))
            # A tree that is new, or lost, is grown in one piece at the end.
            if len(keys) <= _READ_AT_ONCE // 2:
                retree(partner, keys)
            wrong += len(keys)
    with acting_as(ROBOT):
        _one_at_a_time()
        gone = _no_longer_shared(partner)
        retree(partner, gone)
        return wrong + len(gone), _regrow(partner)


def regrow(partner: Partner) -> int:
    """Grow a partner's tree anew from its leaves; returns how many nodes were wrong."""
    with acting_as(ROBOT):
        _one_at_a_time()
        return _regrow(partner)


def at(partner: Partner, prefixes: Sequence[str]) -> list[Answer]:
    """What our tree has at each prefix, in the same order."""
    found = {
        row.prefix: row for row in TreeNode.objects.filter(partner=partner, prefix__in=prefixes)
    }
    # Above a bucket a prefix has a node; below one it is answered from the bucket's few leaves.
    split = {prefix for prefix, row in found.items() if row.children}
    leaves = _named_leaves(partner, [prefix for prefix in prefixes if prefix not in split])
    return [
        Answer(prefix, found[prefix].count, bytes(found[prefix].children), {})
        if prefix in split
        else Answer(prefix, len(leaves[prefix]), b"", leaves[prefix])
        for prefix in prefixes
    ]


# --- leaves ---------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('lindung.exchange.tree'))")


def _marked() -> list[UUID]:
    with connection.cursor() as cursor:
        # Marks are taken away before the books are read: what changes meanwhile marks anew.
        cursor.execute(
            "delete from exchange_stalerecord where id in (select id from exchange_stalerecord"
            " order by id limit %s for update skip locked) returning worker_id",
            [FOLDED_AT_ONCE],
        )
        return list({worker for (worker,) in cursor.fetchall()})


def _refresh(partner: Partner, workers: Sequence[UUID]) -> int:
    held = books.of_workers(partner, workers)
    known = _kept(partner, worker_id__in=workers)
    keys = _store(partner, held, known)
    here = {each.subject for each in held}
    if gone := [subject for subject in known if subject not in here]:
        SharedRecord.objects.filter(partner=partner, subject__in=gone).delete()
        keys += [key_of(subject) for subject in gone]
    retree(partner, keys)
    return len(keys)


def _store(partner: Partner, held: Sequence[Held], before: Mapping[str, _Kept]) -> list[bytes]:
    """Write the leaves that differ, and whom they are about; returns the keys of the leaves."""
    keys, rows = [], []
    for each in held:
        leaf, key, scope = leaf_of(each.record), key_of(each.subject), tuple(each.scope.values())
        old = before.get(each.subject)
        if old == (leaf, each.worker_id, *scope):
            continue
        if old is None or old[0] != leaf:
            keys.append(key)
        rows.append((each.subject, key, leaf, each.worker_id, each.placement_id, *scope))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [partner.pk, *map(list, zip(*rows, strict=True))])
    return keys


# From arrays: a table under policies takes no COPY, and rows one by one are many times slower.
_STORE = """
insert into exchange_sharedrecord as kept (partner_id, subject, key, leaf, worker_id, placement_id,
    post_id, agency_id, region, country, changed_at)
select %s, *, now() from unnest(%s::text[], %s::bytea[], %s::bytea[], %s::uuid[], %s::uuid[],
    %s::smallint[], %s::uuid[], %s::text[], %s::text[])
on conflict (partner_id, subject) do update set
    leaf = excluded.leaf, worker_id = excluded.worker_id, placement_id = excluded.placement_id,
    post_id = excluded.post_id, agency_id = excluded.agency_id, region = excluded.region,
    country = excluded.country,
    changed_at = case when kept.leaf = excluded.leaf then kept.changed_at
                      else excluded.changed_at end
"""


def _kept(partner: Partner, **which: Any) -> dict[str, _Kept]:
    rows = SharedRecord.objects.filter(partner=partner, **which).values_list(
        "subject", "leaf", "worker_id", *SharedRecord.SCOPE
    )
    return {subject: (bytes(leaf), *rest) for subject, leaf, *rest in rows}


def _no_longer_shared(partner: Partner) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from exchange_sharedrecord r where r.partner_id = %s and not exists ("
            " select from exchange_lane l join placement_placement p on p.number = l.subject"
            " where l.partner_id = r.partner_id and l.subject = r.subject and p.country = %s)"
            " returning r.key",
            [partner.pk, partner.country],
        )
        return [bytes(key) for (key,) in cursor.fetchall()]


def _leaves(partner: Partner, prefix: str) -> list[Leaf]:
    low, high = tree.bounds(prefix)
    rows = SharedRecord.objects.filter(partner=partner, key__gte=low, key__lte=high)
    return [(bytes(k), bytes(d)) for k, d in rows.order_by("key").values_list("key", "leaf")]


def _leaves_of(partner: Partner, prefixes: Sequence[str]) -> dict[str, list[Leaf]]:
    found: dict[str, list[Leaf]] = defaultdict(list)
    for prefix, _, key, leaf in _in_bounds(partner, prefixes):
        found[prefix].append((key, leaf))
    return found


def _named_leaves(partner: Partner, prefixes: Sequence[str]) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for prefix, subject, _, leaf in _in_bounds(partner, prefixes):
        found[prefix][subject] = leaf
    return found


def _in_bounds(
    partner: Partner, prefixes: Sequence[str]
) -> Iterable[tuple[str, str, bytes, bytes]]:
    if not prefixes:
        return
    bounds = [tree.bounds(prefix) for prefix in prefixes]
    with connection.cursor() as cursor:
        cursor.execute(
            # Each prefix by itself through the index: a plain join reads every leaf there is.
            "select b.prefix, r.subject, r.key, r.leaf"
            " from unnest(%s::text[], %s::bytea[], %s::bytea[]) as b(prefix, low, high)"
            " cross join lateral (select s.subject, s.key, s.leaf from exchange_sharedrecord s"
            " where s.partner_id = %s and s.key >= b.low and s.key <= b.high"
            " order by s.key offset 0) r",
            [list(prefixes), [low for low, _ in bounds], [high for _, high in bounds], partner.pk],
        )
        for prefix, subject, key, leaf in cursor.fetchall():
            yield prefix, subject, bytes(key), bytes(leaf)


# --- nodes ----------------------------------------------------------------------------------------


def retree(partner: Partner, keys: Sequence[bytes]) -> int:
    """Make the nodes above changed leaves true again, and no others; returns how many."""
    if not keys:
        return 0
    nodes = _stored(partner, keys)
    ends = {_end(nodes, key) for key in keys}
    leaves = _leaves_of(partner, sorted(ends))
    fresh: dict[str, Node] = {}
    for end in ends:
        fresh[end] = Node(end, 0, EMPTY)
        fresh |= {node.prefix: node for node in tree.grow(end, leaves[end])}
    swallowed = []
    above = {end[:-1] for end in ends if end}
    while above:
        depth = max(map(len, above))
        for prefix in sorted(each for each in above if len(each) == depth):
            node = _parent(nodes[prefix], nodes, fresh)
            if node.count <= tree.BUCKET:
                node = tree.bucket(prefix, _leaves(partner, prefix))
                swallowed.append(prefix)
            fresh[prefix] = node
        above = {each for each in above if len(each) < depth} | {
            each[:-1] for each in above if len(each) == depth and each
        }
    for prefix in swallowed:
        TreeNode.objects.filter(partner=partner, prefix__startswith=prefix).delete()
        fresh = {p: n for p, n in fresh.items() if p == prefix or not p.startswith(prefix)}
    _write(partner, list(fresh.values()))
    return len(fresh)


def _stored(partner: Partner, keys: Sequence[bytes]) -> dict[str, Node]:
    """The nodes on the way from the root to each key, a level at a time."""
    nodes: dict[str, Node] = {}
    texts = {key.hex() for key in keys}
    for length in range(_DEEPEST + 1):
        wanted = {
            text[:length]
            for text in texts
            if not length or ((above := nodes.get(text[: length - 1])) and above.children)
        }
        if not wanted:
            break
        for row in TreeNode.objects.filter(partner=partner, prefix__in=wanted):
            nodes[row.prefix] = Node(row.prefix, row.count, bytes(row.digest), bytes(row.children))
    return nodes


def _end(nodes: dict[str, Node], key: bytes) -> str:
    """Where the way down ends: the first bucket, or the first empty place."""
    text = key.hex()
    for length in range(_DEEPEST + 1):
        node = nodes.get(text[:length])
        if node is None or not node.children:
            return text[:length]
    raise AssertionError("no two subjects share all digits of SHA-256")


def _parent(old: Node, nodes: dict[str, Node], fresh: dict[str, Node]) -> Node:
    digests, count = [], old.count
    for way in WAYS:
        child = fresh.get(old.prefix + way)
        if child is None:
            digests.append(old.child(way))
            continue
        before = nodes.get(child.prefix)
        count += child.count - (before.count if before is not None else 0)
        digests.append(child.digest)
    return tree.inner(old.prefix, b"".join(digests), count)


def _regrow(partner: Partner) -> int:
    old = {
        prefix: bytes(digest)
        for prefix, digest in TreeNode.objects.filter(partner=partner).values_list(
            "prefix", "digest"
        )
    }
    TreeNode.objects.filter(partner=partner).delete()
    wrong, batch = 0, list[Node]()
    for node in _grown(partner):
        wrong += old.pop(node.prefix, None) != node.digest
        batch.append(node)
        if len(batch) == _WRITTEN_AT_ONCE:
            _insert(partner, batch)
            batch = []
    _insert(partner, batch)
    return wrong + len(old)


def _grown(partner: Partner) -> Iterable[Node]:
    total = SharedRecord.objects.filter(partner=partner).count()
    if total <= _WHOLE:
        yield from tree.grow("", _leaves(partner, ""))
        return
    # In 256 pieces, so that memory stays small whatever the number of subjects.
    top: dict[str, Node] = {}
    for first in WAYS:
        for second in WAYS:
            prefix = first + second
            for node in tree.grow(prefix, _leaves(partner, prefix)):
                yield node
                if node.prefix == prefix:
                    top[prefix] = node
        yield (node := _joined(first, top))
        top[first] = node
    yield _joined("", top)


def _joined(prefix: str, below: dict[str, Node]) -> Node:
    parts = [below.get(prefix + way, Node("", 0, EMPTY)) for way in WAYS]
    return tree.inner(prefix, b"".join(n.digest for n in parts), sum(n.count for n in parts))


def _write(partner: Partner, nodes: Sequence[Node]) -> None:
    empty = [node.prefix for node in nodes if not node.count]
    if empty:
        TreeNode.objects.filter(partner=partner, prefix__in=empty).delete()
    _insert(partner, [node for node in nodes if node.count])


def _insert(partner: Partner, nodes: Sequence[Node]) -> None:
    if not nodes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into exchange_treenode (partner_id, prefix, count, digest, children)"
            " select %s, * from unnest(%s::text[], %s::int[], %s::bytea[], %s::bytea[])"
            " on conflict (partner_id, prefix) do update set count = excluded.count,"
            " digest = excluded.digest, children = excluded.children",
            [
                partner.pk,
                [node.prefix for node in nodes],
                [node.count for node in nodes],
                [node.digest for node in nodes],
                [node.children for node in nodes],
            ],
        )
