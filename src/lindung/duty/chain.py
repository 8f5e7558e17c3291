"""Who comes after whom when somebody calls for help: the usual order, and how long each is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _


class Who(models.TextChoices):
    """A place in the chain."""

    FIRST = "first", _("Piket pertama")
    SECOND = "second", _("Piket kedua")
    HEAD = "head", _("Kepala perwakilan")
    MINISTRY = "ministry", _("Meja tetap kementerian")


ROSTERED = (Who.FIRST, Who.SECOND)


@dataclass(frozen=True, slots=True)
class Wait:
    """A place in the chain and the minutes until the next one is called too."""

    who: Who
    minutes: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What ``chain.yaml`` says."""

    steps: tuple[Wait, ...]
    longest_shift_hours: int
    place_hours: int


@cache
def rules() -> Rules:
    """The rules of this process.

    Raises:
        ValueError: the chain does not end at the ministry's desk, so it could end nowhere.
    """
    file = Path(__file__).parent / "chain.yaml"
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    steps = tuple(Wait(Who(each["who"]), int(each["minutes"])) for each in loaded["steps"])
    if not steps or steps[-1].who is not Who.MINISTRY:
        raise ValueError("the chain ends at the ministry's desk")
    return Rules(steps, int(loaded["longest_shift_hours"]), int(loaded["place_hours"]))
