"""How long the server takes to answer while a contract is typed, beside a bare view.

    ./lindung bench contract [--seconds 2]

Reads the typed fields of each form, checks the terms against both sides' rules and draws the
verdict panel; the baseline is a view that answers a short fixed text through the same request
factory, in turn with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import ready
from bench._timing import in_turn, p50, p95, ratio

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
    options = _options.options(
        _options.parser(__doc__, name="contract"), people=(0, 0), about="nobody is read here"
    )
    ready()
    from django.http import HttpResponse
    from django.test import RequestFactory

    factory = RequestFactory()

    def bare() -> None:
        factory.post("/", {"t:wage": "1"})
        HttpResponse("ok")

    with Report("contract", options) as report:
        for name, country, sector, scheme, region, typed in TYPED:
            ask = _panel(factory, name, country, sector, scheme, region, typed)
            ours, theirs = in_turn(ask, bare, seconds=options.seconds / len(TYPED), warm=3)
            report.say(
                f"verdicts while typing, {name}", p95(ours), "ms p95", samples=ours,
                target=TARGET, baseline=p50(theirs), against="a bare view",
                ratio=ratio(ours, theirs),
            )  # fmt: skip


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


if __name__ == "__main__":
    main()
