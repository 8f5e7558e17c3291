"""How the register is kept alive: the days that count, as data (``living.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Ending:
    """So many days before the last day of something, its owner is asked to act."""

    days: int
    owner: str


@dataclass(frozen=True, slots=True)
class LivingRules:
    """What ``living.yaml`` says on one day; all in whole days."""

    confirmed_days: int
    ends: Mapping[str, Ending]
    leave_grace_days: int
    arrival_days: int


def living_rules(on: date) -> LivingRules:
    """The rules in force that day; the oldest block holds before it began."""
    blocks = _blocks()
    begun = [day for day in blocks if day <= on]
    return blocks[max(begun) if begun else min(blocks)]


@cache
def _blocks() -> dict[date, LivingRules]:
    told: dict[date, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("living.yaml").read_text(encoding="utf-8")
    )
    return {
        day: LivingRules(
            **{
                **block,
                "ends": {name: Ending(**each) for name, each in block["ends"].items()},
            }
        )
        for day, block in told.items()
    }
