"""Published figures, each with its sources."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from lindung.reference.models import Statistic


def figures(
    series: str,
    *,
    area: str | None = None,
    by: str | None = None,
    year: int | None = None,
) -> QuerySet[Statistic]:
    """Figures of a series, the youngest period first, the largest value first inside it.

    Figures that disagree about the same thing are all given: a first publication and its later
    restatement, say. Their sources and notes tell them apart.

    Args:
        series: ``placements``, ``complaints``, ``remittances``, ``e9_quota``, ``migrant_stock``, …
        area: a country's alpha-2 code; for ``placements`` it is the origin.
        by: only figures broken down by exactly this dimension; ``""``: only totals.
        year: only periods that are this whole calendar year.
    """
    found = Statistic.objects.filter(series=series)
    if area is not None:
        found = found.filter(area=area)
    if year is not None:
        found = found.filter(period_from=date(year, 1, 1), period_to=date(year, 12, 31))
    if by == "":
        found = found.filter(dimensions={})
    elif by is not None:
        found = found.filter(
            dimensions__has_key=by, dimensions=JSONObject(**{by: f"dimensions__{by}"})
        )
    return found.order_by("-period_to", "period_from", "-value", "id")


def figure(series: str, *, area: str, year: int, **dimensions: str) -> Statistic | None:
    """The figure of one whole year; where publications disagree, the one most of them give, then
    the larger, which in these files is the later restatement. None where nothing is published.
    """
    found = figures(series, area=area, year=year).filter(dimensions=dimensions)
    return max(found, key=lambda each: (len(each.sources), each.value), default=None)
