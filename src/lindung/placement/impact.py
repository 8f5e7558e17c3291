"""Which live contracts a changed or coming value of law flips.

Contracts that say the same about the same kind of work get the same verdict, so PostgreSQL groups
them, each group is judged once by the very check that judges one contract, and the contracts of
the groups whose verdict changes are listed. The row policies decide whose contracts are counted.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from lindung.kernel.refusals import Refusal
from lindung.placement import queries
from lindung.placement.terms import unpacked
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import check_one, facts_of
from lindung.regulations.lawbook import law
from lindung.regulations.shapes import Parameter, Row
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK, Found, reading_of, reference_of

UNTESTED = "untested"


class TestsNoContract(Refusal):
    """No contract is tested by this rule alone, so nothing can flip."""

    slug = "rule-tests-no-contract"
    title = "Peraturan ini tidak diuji pada kontrak satu per satu."
    advice = "Pilih peraturan yang menguji satu isian kontrak, misalnya upah minimum."


class NothingChanges(Refusal):
    """The rule has no later value, and none was given."""

    slug = "no-coming-value"
    title = "Peraturan ini tidak punya nilai yang akan datang."
    advice = "Sebutkan nilai dan hari mulainya."


@dataclass(frozen=True, slots=True)
class Change:
    """A rule as it stands and as it will be.

    Attributes:
        before: the day on which ``now`` is judged.
        on: the first day of the other value, on which ``then`` is judged.
        value: the other value; None where only its beginning is known.
        status: ``tried`` where somebody asked "what if", else the row's own.
    """

    now: Parameter
    then: Parameter
    before: date
    on: date
    value: Any
    status: str


@dataclass(frozen=True, slots=True)
class Flip:
    """One contract that a change flips."""

    contract: UUID
    number: str
    before: str
    after: str
    worker: UUID


@dataclass(slots=True)
class Impact:
    """What a change does to the live contracts within one's scope.

    Attributes:
        contracts: live contracts that were looked at.
        groups: kinds of contract among them: so many verdicts were needed.
        flips: (before, after) → contracts, for those that change for the worse or better.
        keys: the groups that flip, as PostgreSQL spells them → (before, after).
    """

    change: Change
    contracts: int = 0
    groups: int = 0
    flips: Counter[tuple[str, str]] = field(default_factory=Counter)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def flipped(self) -> int:
        """How many contracts flip."""
        return sum(self.flips.values())

    def becoming(self, outcome: str) -> int:
        """How many contracts come to that outcome from another."""
        return sum(count for (_, after), count in self.flips.items() if after == outcome)


def tried(rule: Parameter, value: Found | None, *, start: date, today: date) -> Change:
    """What if the rule had this value from that day: known for sure, and nothing after it.

    Args:
        value: in the rule's own unit; None: nobody knows.

    Raises:
        TestsNoContract: the rule tests no contract by itself.
    """
    _tests(rule)
    last = rule.values[-1]
    row = Row(
        effective_from=start,
        value=value,
        status="unknown" if value is None else "in_force",
        source=last.source,
        confidence="high",
    )
    earlier = [
        each
        for each in rule.values
        if each.status != "announced"
        and (each.effective_from is None or each.effective_from < start)
    ]
    if earlier and (end := earlier[-1].effective_to) and end >= start:
        earlier[-1] = msgspec.structs.replace(earlier[-1], effective_to=None)
    then = msgspec.structs.replace(
        rule,
        values=(*earlier, row),
        verified_through=max(filter(None, (rule.verified_through, start))),
    )
    return Change(rule, then, min(start, today), start, value, "tried")


def coming(today: date) -> list[Change]:
    """The changes that the law's files already hold for later days, the nearest first.

    An announced row without a confirmed beginning is taken from its own day, or from tomorrow.
    """
    found = [
        change
        for rule in law().parameters.values()
        if _tested(rule)
        for change in _coming_of(rule, today)
    ]
    return sorted(found, key=lambda each: (each.on, each.now.id))


def coming_of(rule: Parameter, today: date, start: date | None = None) -> Change:
    """The next change of one rule, or the one that begins on ``start``.

    Raises:
        TestsNoContract: the rule tests no contract by itself.
        NothingChanges: it has no later row, or none from that day.
    """
    _tests(rule)
    for change in _coming_of(rule, today):
        if start is None or change.on == start:
            return change
    raise NothingChanges(rule.id)


def impact(change: Change) -> Impact:
    """Judge every kind of live contract before and after a change.

    Reads as whoever acts: an attaché counts the contracts of the post, the ministry all.
    """
    made = Impact(change)
    sql, values = _grouped(change)
    with connection.cursor() as cursor:
        cursor.execute(f"select key, count(*) from ({sql}) as terms group by key", values)
        rows = cursor.fetchall()
    verdicts = _Judging(change)
    for key, count in rows:
        made.contracts += count
        made.groups += 1
        before, after = verdicts(key)
        # A new rule that is met asks nothing of anybody.
        if before != after and (before, after) not in _NO_NEWS:
            made.flips[before, after] += count
            made.keys[key] = (before, after)
    return made


def flips(made: Impact, *, most: int | None = None) -> Iterator[Flip]:
    """The contracts that flip, the new breaches first, then in the order they were recorded.

    Args:
        most: so many at most; all of them without.
    """
    if not made.keys:
        return
    sql, values = _grouped(made.change)
    worst = sorted(made.keys, key=lambda key: (_ORDER[made.keys[key][1]], key))
    limit = "" if most is None else " limit %(most)s"
    query = f"""
        with wanted as materialized (
            select key, place from unnest(%(keys)s::text[]) with ordinality as w (key, place)),
        found as (
            select terms.contract_id, terms.worker_id, wanted.key, %(rank)s::int[] as ranks,
                   wanted.place
            from ({sql}) as terms join wanted on wanted.key = terms.key)
        select found.contract_id, contract.number, found.key, found.worker_id
        from found join placement_contract contract on contract.id = found.contract_id
        order by found.ranks[found.place], found.contract_id{limit}
    """
    given = values | {
        "keys": worst,
        "rank": [_ORDER[made.keys[key][1]] for key in worst],
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        for contract, number, key, worker in cursor.fetchall():
            before, after = made.keys[key]
            yield Flip(contract, number, before, after, worker)


_ORDER = {BREAKS: 0, NEEDS_CHECK: 1, MEETS: 2, UNTESTED: 3}
_NO_NEWS = {(UNTESTED, MEETS), (MEETS, UNTESTED)}


def _tested(rule: Parameter) -> bool:
    reading = reading_of(rule)
    if reading.whole_contract:
        return True
    return bool(
        rule.contract_field and rule.rule != "informative" and not reading.decided_by_destination
    )


def _tests(rule: Parameter) -> None:
    if not _tested(rule):
        raise TestsNoContract(rule.id)


def _coming_of(rule: Parameter, today: date) -> Iterator[Change]:
    for row in rule.values:
        later = row.effective_from is not None and row.effective_from > today
        if row.status == "announced":
            start = row.effective_from if later and row.effective_from else today + timedelta(1)
            what_if = tried(rule, row.value, start=start, today=today)
            yield Change(rule, what_if.then, today, start, row.value, row.status)
        elif later and row.effective_from is not None:
            before = min(row.effective_from - timedelta(1), today)
            yield Change(rule, rule, before, row.effective_from, row.value, row.status)


class _Judging:
    """Verdicts by group, each asked once."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.facts = facts_of(change.now)
        self.origin = queries.origin()

    def __call__(self, key: str) -> tuple[str, str]:
        country, sector, scheme, region, occupation, *said = json.loads(key)
        stated = unpacked(dict(zip(self.facts, said, strict=True)))
        outcome = functools.partial(
            self._outcome, stated, country, sector, scheme, region, occupation
        )
        change = self.change
        return outcome(change.now, change.before), outcome(change.then, change.on)

    def _outcome(
        self,
        stated: Mapping[str, Found | None],
        country: str,
        sector: str,
        scheme: str,
        region: str,
        occupation: str,
        rule: Parameter,
        day: date,
    ) -> str:
        context = Context(
            signed_on=day,
            work_on=day,
            sector=sector,
            scheme=scheme,
            region=region,
            occupation=occupation,
            origin=self.origin,
            destination=country,
            facts=stated,
        )
        verdict = check_one(rule, stated, context=context, day=day)
        return UNTESTED if verdict is None else verdict.outcome


def _grouped(change: Change) -> tuple[str, dict[str, Any]]:
    """Live contracts that the change can reach, each with the key of its group.

    A rule that goes by the day of signing leaves what was signed before alone; none reaches a
    contract that is over by then.
    """
    rule = change.now
    where = ["live", "(ends_on is null or ends_on >= %(on)s)"]
    values: dict[str, Any] = {"on": change.on}
    if rule.jurisdiction != queries.origin():
        where.append("country = %(country)s")
        values["country"] = rule.jurisdiction
    if reference_of(rule) == "signed":
        where.append("(signed_on is null or signed_on >= %(on)s)")
    if rule.applies_to.regions:
        where.append("dest_region = any(%(regions)s)")
        values["regions"] = ["", *rule.applies_to.regions]
    columns = ["country", "sector", "scheme", "dest_region", "occupation"]
    for place, name in enumerate(facts_of(rule)):
        values[f"fact{place}"] = name
        columns.append(f"stated->%(fact{place})s")
    sql = (
        f"select contract_id, worker_id, jsonb_build_array({', '.join(columns)})::text as key"
        f" from placement_contractterms where {' and '.join(where)}"
    )
    return sql, values
