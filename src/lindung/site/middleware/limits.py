"""How often one address may knock at the public doors (``site/limits.yaml``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.http import HttpRequest, HttpResponseBase

from lindung.access.doors import now, source_of
from lindung.access.limits import spend
from lindung.kernel.refusals import TooMany
from lindung.site.refusals import answer


@dataclass(frozen=True, slots=True)
class Limit:
    """A public door: beginnings of its addresses, and the tries of one source in some minutes."""

    name: str
    paths: tuple[str, ...]
    most: int
    minutes: int


@cache
def limits() -> tuple[Limit, ...]:
    """All of the file."""
    file = Path(__file__).resolve().parents[1] / "limits.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(
        Limit(name, tuple(row["paths"]), row["most"], row["minutes"]) for name, row in rows.items()
    )


class PublicDoors:
    """Counts at the door, in the database, so that every process counts together."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, or say that it was too often."""
        for each in limits():
            if request.path.startswith(each.paths):
                try:
                    spend(
                        f"door.{each.name}",
                        source_of(request),
                        most=each.most,
                        minutes=each.minutes,
                        now=now(),
                    )
                except TooMany as refusal:
                    return answer(request, refusal)
        return self.get_response(request)
