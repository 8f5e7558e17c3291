"""How long the server takes to answer while a contract is typed, beside a bare view.

    ./lindung bench contract [--rounds 200]

Reads the typed fields of each form, checks the terms against both sides' rules and draws the
verdict panel; the baseline is a view that answers a short fixed text through the same request
factory in the same run. `ratio` is ours to that, at the 95th percentile. One object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
TARGET = 100.0
# Form, country, sector, scheme, region, and what an officer has typed by then.
TYPED: tuple[tuple[str, str, str, str, str, dict[str, str]], ...] = (
    ("kr.slc.v2020_01", "KR", "manufacturing", "E-9", "KR-41",
     {"hours.start": "09:00", "hours.end": "18:00", "hours.recess_minutes": "60", "contract.months": "36",
      "rest.days": "sunday", "wage.monthly_ordinary": "2156879"}),
    ("hk.id407", "HK", "domestic_work", "FDH", "",
     {"wage.monthly_ordinary": "4990", "contract.months": "24", "rest.days_per_week": "1", "food.provided": "yes"}),
    ("tw.manufacturing", "TW", "manufacturing", "", "",
     {"wage.monthly_ordinary": "29500", "hours.daily_regular": "8", "hours.weekly_regular": "42"}),
    ("my.plantation", "MY", "plantation", "", "MY-12",
     {"wage.monthly_ordinary": "1699", "hours.weekly_regular": "45", "employer.workers": "80"}),
    ("plain", "SA", "domestic_work", "", "",
     {"wage.currency": "SAR", "wage.monthly_ordinary": "1500", "hours.daily_regular": "10"}),
)  # fmt: skip


def main() -> None:
    """Type, check, draw, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    import django

    django.setup()
    from django.http import HttpResponse
    from django.test import RequestFactory

    factory = RequestFactory()

    def bare() -> None:
        factory.post("/", {"t:wage": "1"})
        HttpResponse("ok")

    baseline = _p95(bare, options.rounds)
    for name, country, sector, scheme, region, typed in TYPED:
        ask = _panel(factory, name, country, sector, scheme, region, typed)
        ask()
        took = _p95(ask, options.rounds)
        print(
            json.dumps(
                {
                    "bench": "contract",
                    "metric": f"verdicts while typing, {name}",
                    "value": round(took, 2),
                    "unit": "ms p95",
                    "target": TARGET,
                    "baseline": round(baseline, 3),
                    "ratio": round(took / baseline, 1),
                    "people": 0,
                }
            )
        )


def _panel(
    factory: Any,
    name: str,
    country: str,
    sector: str,
    scheme: str,
    region: str,
    typed: dict[str, str],
) -> Callable[[], None]:
    from django.template.loader import render_to_string

    from lindung.placement.contract_forms import form
    from lindung.placement.models import Placement
    from lindung.placement.web import typing

    day, paper = date(2026, 3, 2), form(name)

    def ask() -> None:
        request = factory.post("/", {f"t:{path}": value for path, value in typed.items()})
        placement = Placement(country=country, sector=sector, scheme=scheme, dest_region=region)
        terms, _wrong = typing.read(paper, request.POST)
        said = typing.said(placement, paper, terms, signed_on=day, work_on=day)
        render_to_string("placement/_panel.html", said)

    return ask


def _p95(ask: Callable[[], None], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask()
        spent.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(spent, n=20)[18]


if __name__ == "__main__":
    main()
