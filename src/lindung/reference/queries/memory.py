"""Letting go of what the process keeps."""

from __future__ import annotations

from lindung.reference.queries import kept, money


def forget() -> None:
    """Drop all that is kept, after a load in the same process."""
    for each in (
        kept.countries,
        kept.currencies,
        kept.languages,
        kept.occupations,
        kept.regions,
        kept.shapes,
        kept.towns,
        kept.cells,
        money.rates_on,
    ):
        each.cache_clear()
