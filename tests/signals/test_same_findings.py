"""What the questions find on seeded lives, held still: a question may be asked faster, not otherwise.

The figures were made by the first, plain form of the questions, each asked by itself of the whole tables.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lindung.registry.models import Worker, WorkerState
from lindung.regulations.lawbook import parameter, value_on
from lindung.signals import parties, passing
from lindung.signals.catalogue import signals
from lindung.signals.models import Alert
from lindung.site.population import troubles
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
ON, SEED, PEOPLE = date(2026, 8, 10), 11, 900
AT = datetime(2026, 8, 10, 1, tzinfo=UTC)
EXPECTED = json.loads(
    (Path(__file__).parent / "same_findings.json").read_text(encoding="utf-8")
)  # fmt: skip


@pytest.fixture
def lives(scene: Scene) -> Iterator[None]:
    floor = value_on(parameter("kr.minimum_wage.monthly_209h"), ON).number
    assert floor is not None
    with scene():
        troubles.plant(seed=SEED, on=ON, post=3, wage=Decimal(floor), people=PEOPLE)
        yield


def of_people() -> list[Any]:
    return [each for each in signals().values() if each.about == "person"]


def of_parties() -> list[Any]:
    return [each for each in signals().values() if each.about == "party"]


def told() -> dict[str, dict[str, Any]]:
    """Of each signal: how many amber and red, how many rows behind them, and a digest of it all."""
    numbers = dict(Worker.objects.values_list("id", "public_number"))
    lines: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, int] = defaultdict(int)
    degrees: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in Alert.objects.filter(gone_on__isnull=True):
        tables = sorted(row["table"] for row in each.evidence)
        name = numbers.get(each.worker_id, each.party_name) if each.worker_id else each.party_name
        says = json.dumps(each.values, sort_keys=True)
        lines[each.signal].append(f"{name} {each.party} {each.severity} {says} {tables}")
        rows[each.signal] += len(tables)
        degrees[each.signal][each.severity - 1] += 1
    return {
        signal: {
            "amber": degrees[signal][0],
            "red": degrees[signal][1],
            "rows": rows[signal],
            "digest": hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:16],
        }
        for signal, said in sorted(lines.items())
    }


def everybody() -> None:
    with passing.looking(of_people(), on=ON, workers=None) as look:
        passing.settle_people(of_people(), look, at=AT)


def standing() -> set[tuple[str, UUID, int, str, str]]:
    return {
        (each.signal, each.subject, each.severity, str(each.evidence), str(each.values))
        for each in Alert.objects.filter(gone_on__isnull=True, party="")
    }


class TestEverybody:
    def test_are_found_as_before(self, lives: None) -> None:
        everybody()
        for each in of_parties():
            passing.settle_parties(each, parties.found(each, on=ON), on=ON, at=AT)
        assert told() == EXPECTED

    def test_a_second_pass_changes_nothing(self, lives: None) -> None:
        everybody()
        with passing.looking(of_people(), on=ON, workers=None) as look:
            again = passing.settle_people(of_people(), look, at=AT)
        assert [(each.raised, each.changed, each.gone) for each in again] == [([], 0, 0)] * len(
            again
        )


class TestAFew:
    def test_are_found_as_everybody(self, lives: None) -> None:
        everybody()
        whole = standing()
        assert whole
        Alert.objects.all().delete()
        people = sorted(WorkerState.objects.values_list("worker_id", flat=True))
        for start in range(0, len(people), 250):
            some = people[start : start + 250]
            with passing.looking(of_people(), on=ON, workers=some) as look:
                passing.settle_people(of_people(), look, at=AT)
        assert standing() == whole

    def test_nobody_else_is_touched(self, lives: None) -> None:
        everybody()
        whole = standing()
        one = Alert.objects.filter(party="", signal="wage_arrears")[0]
        Alert.objects.filter(party="").exclude(id=one.id).update(severity=1, values={})
        kept = standing()
        with passing.looking(of_people(), on=ON, workers=[one.subject]) as look:
            passing.settle_people(of_people(), look, at=AT)
        assert {each for each in standing() if each[1] != one.subject} == {
            each for each in kept if each[1] != one.subject
        }
        assert {each for each in standing() if each[1] == one.subject} == {
            each for each in whole if each[1] == one.subject
        }
