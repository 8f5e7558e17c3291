"""Planted troubles, told by behaviour, on a seed that nobody tuned on: how many are found, how many of them so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bench.signals import HELD_OUT, SEEN_BY, scores
from lindung.regulations.lawbook import parameter, value_on
from lindung.signals.catalogue import signals
from lindung.site.population import troubles
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
ON = date(2026, 8, 10)


def test_every_signal_reaches_its_floors(scene: Scene) -> None:
    floor = value_on(parameter("kr.minimum_wage.monthly_209h"), ON).number
    assert floor is not None
    with scene():
        planted = troubles.plant(seed=HELD_OUT, on=ON, post=3, wage=Decimal(floor), people=1_200)
        rows = list(scores(planted, on=ON, at=datetime(2026, 8, 10, 1, tzinfo=UTC)))
    for row in rows:
        print(row)
    low = [
        row
        for row in rows
        if row["recall"] < row["least_recall"] or (row["precision"] or 0) < row["least_precision"]
    ]
    assert low == []


def test_every_signal_has_its_trouble() -> None:
    assert {signal for signal, *_ in SEEN_BY.values()} == set(signals())


def test_the_generator_knows_no_signal() -> None:
    assert "signals" not in Path(troubles.__file__).read_text(encoding="utf-8")
