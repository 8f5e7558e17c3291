"""The published statistics as shares, and a joint table fitted to them.

A year's published categories keep their published share of that year's total; what is left over is
spread over the categories that other years name, by their mean share there. The joint table of
destination, sex, occupation and scheme starts from the weights in ``data/`` and is fitted to all of a
year's margins in turn (iterative proportional fitting), so the margins come out as published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from lindung.reference.files import rows_of
from lindung.site.population.draws import Floats, Ints

_DATA = Path(__file__).parent / "data"
_ROUNDS = 80
REST = ""  # occupations that the statistics do not name

Shares = dict[str, float]


def data(name: str) -> dict[str, Any]:
    """A file of ``data/`` by its name without ending."""
    content = yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{name}.yaml must hold a mapping.")
    return content


@dataclass(frozen=True)
class Published:
    """What was published on placements: counts by year, end of period and dimensions."""

    totals: dict[int, dict[str, int]]
    counts: dict[int, dict[str, dict[tuple[str, ...], dict[tuple[str, ...], int]]]]

    @classmethod
    def read(cls) -> Published:
        """From the project's own statistics file."""
        totals: dict[int, dict[str, int]] = defaultdict(dict)
        counts: dict[int, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
        for row in rows_of("statistics/indonesia.csv"):
            begins, ends = row["period_from"], row["period_to"]
            if row["series"] != "placements" or not begins.endswith("-01-01"):
                continue
            year, value = int(begins[:4]), int(float(row["value"]))
            if not row["dimensions"]:
                # Restated totals follow the first; shares are of the first, which they were given with.
                totals[year].setdefault(ends, value)
                continue
            pairs = [part.split("=") for part in row["dimensions"].split(";")]
            names = tuple(name for name, _ in pairs)
            counts[year][ends][names][tuple(value for _, value in pairs)] = value
        return cls(dict(totals), counts)

    @staticmethod
    @cache
    def complaints() -> dict[str, float]:
        """Mean published share of each kind of complaint, over the half-years and years that name it."""
        totals: dict[tuple[str, str], float] = {}
        found: dict[str, list[tuple[tuple[str, str], float]]] = defaultdict(list)
        for row in rows_of("statistics/indonesia.csv"):
            period = (row["period_from"], row["period_to"])
            if row["series"] != "complaints":
                continue
            if not row["dimensions"]:
                totals[period] = float(row["value"])
            elif row["dimensions"].startswith("kind="):
                found[row["dimensions"].partition("=")[2]].append((period, float(row["value"])))
        return {
            kind: sum(value / totals[period] for period, value in rows) / len(rows)
            for kind, rows in found.items()
        }

    @property
    def years(self) -> list[int]:
        """Years with a total for the whole year."""
        return [year for year in sorted(self.totals) if f"{year}-12-31" in self.totals[year]]

    def total(self, year: int, ends: str) -> int:
        """Placements of the period, else of the whole year."""
        of_year = self.totals[year]
        return of_year.get(ends) or of_year[f"{year}-12-31"]

    def whole_year(self, year: int) -> int:
        """Placements of the whole year."""
        return self.totals[year][f"{year}-12-31"]

    def named(self, dimension: str, year: int) -> Shares:
        """Shares as published, of the period that names most categories, the longest of those."""
        best: tuple[int, str] | None = None
        for ends, by_names in self.counts.get(year, {}).items():
            if found := by_names.get((dimension,)):
                best = max(best or (0, ""), (len(found), ends))
        if best is None:
            return {}
        total = self.total(year, best[1])
        found = self.counts[year][best[1]][(dimension,)]
        return {category[0]: count / total for category, count in found.items()}

    def share(self, dimension: str, year: int, others: Mapping[str, float] | None = None) -> Shares:
        """All categories' shares in a year; their sum is 1.

        Args:
            others: weights for what the year does not name; without it the mean share in other years.
        """
        named = {y: shares for y in self.years if (shares := self.named(dimension, y))}
        here = named.get(year) or named[min(named, key=lambda y: (abs(y - year), -y))]
        if others is None:
            pooled: dict[str, list[float]] = defaultdict(list)
            for shares in named.values():
                for category, share in shares.items():
                    pooled[category].append(share)
            others = {category: sum(all_) / len(all_) for category, all_ in pooled.items()}
            if dimension == "occupation":
                others[REST] = 1 - min(0.9, sum(others.values()))
            if dimension == "sex":
                others = {"F": 1, "M": 1}
        left = {category: w for category, w in others.items() if category not in here}
        rest, weight = 1 - sum(here.values()), sum(left.values())
        if not left or rest <= 0:
            whole = sum(here.values())
            return {category: share / whole for category, share in here.items()}
        return here | {category: rest * w / weight for category, w in left.items()}

    def within(self, country: str, dimension: str, category: str, year: int) -> float | None:
        """A category's share within one destination, from the nearest year that gives it."""
        for near in sorted(self.years, key=lambda y: (abs(y - year), -y)):
            for ends, by_names in self.counts.get(near, {}).items():
                count = by_names.get(("country", dimension), {}).get((country, category))
                if count is not None:
                    whole = self._destination(country, near, ends)
                    return None if whole is None else min(1.0, count / whole)
        return None

    def _destination(self, country: str, year: int, ends: str) -> int | None:
        periods = self.counts[year]
        for period in (ends, f"{year}-12-31"):
            count = periods.get(period, {}).get(("country",), {}).get((country,))
            if count is not None:
                return int(count)
        return None

    def pairs(self, dimension: str) -> set[tuple[str, str]]:
        """Destinations and categories for which a share within the destination was published."""
        return {
            (pair[0], pair[1])
            for periods in self.counts.values()
            for by_names in periods.values()
            for pair in by_names.get(("country", dimension), {})
        }


def fitted(start: Floats, margins: Iterable[tuple[Ints, Floats]]) -> Floats:
    """A table of weights scaled until each margin is met, the last one exactly.

    Args:
        start: weights, flat; zero stays zero.
        margins: for each, the group of every cell (-1: in none) and the wanted share of each group.
    """
    table = start / start.sum()
    constraints = [(groups, wanted, groups >= 0) for groups, wanted in margins]
    for _ in range(_ROUNDS):
        for groups, wanted, within in constraints:
            now = np.bincount(groups[within], weights=table[within], minlength=len(wanted))
            factor = np.divide(wanted, now, out=np.ones_like(now), where=now > 0)
            table[within] *= factor[groups[within]]
        table /= table.sum()
    return np.asarray(table, dtype=np.float64)


@dataclass(frozen=True)
class Joint:
    """Years by destination x sex x occupation x scheme, and destination by home province."""

    years: list[int]
    placements: Floats
    countries: list[str]
    occupations: list[str]
    schemes: list[str]
    provinces: list[str]
    cells: Floats
    origins: Floats

    SEXES = ("F", "M")

    def parts(self, cell: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Positions of destination, sex, occupation and scheme of a cell's number."""
        shape = (len(self.countries), 2, len(self.occupations), len(self.schemes))
        country, sex, occupation, scheme = np.unravel_index(cell, shape)
        return country, sex, occupation, scheme


def joint(until: int) -> Joint:
    """Fit the tables of every published year up to `until`; later years are like the last published."""
    published = Published.read()
    work, origins = data("destinations"), data("origins")
    years = [year for year in published.years if year <= until]
    base = published.share("country", years[-1])
    countries = sorted(base)
    occupations, schemes = list(work["occupations"]), list(work["schemes"])
    provinces = sorted(
        row["code"] for row in rows_of("regions/id-regions.csv") if row["level"] == "province"
    )
    start = _start(work, countries, occupations, schemes)
    cells, lands = [], []
    for year in years:
        shares = published.share("country", year)
        table = fitted(start.ravel(), _margins(published, year, start.shape, work, countries))
        cells.append(table)
        lands.append(_origins(published, year, shares, origins, countries, provinces))
    placements = [float(published.whole_year(year)) for year in years]
    return Joint(
        [*years, *range(years[-1] + 1, until + 1)],
        np.array(placements + placements[-1:] * (until - years[-1])),
        countries,
        occupations,
        schemes,
        provinces,
        np.array(cells + cells[-1:] * (until - years[-1])),
        np.array(lands + lands[-1:] * (until - years[-1])),
    )


def _start(
    work: Mapping[str, Any], countries: list[str], occupations: list[str], schemes: list[str]
) -> Floats:
    table = np.zeros((len(countries), 2, len(occupations), len(schemes)))
    for c, country in enumerate(countries):
        mix = work["destinations"].get(country, work["elsewhere"])["work"]
        for o, occupation in enumerate(occupations):
            about = work["occupations"][occupation]
            for s, scheme in enumerate(schemes):
                rule = work["schemes"][scheme]
                weight = rule.get("destinations", {}).get(country, rule["weight"])
                if about["sector"] in rule["sectors"]:
                    weight *= mix.get(occupation, 0)
                    table[c, 0, o, s] = weight * about["women"]
                    table[c, 1, o, s] = weight * (1 - about["women"])
    return table


def _margins(
    published: Published,
    year: int,
    shape: tuple[int, ...],
    work: Mapping[str, Any],
    countries: list[str],
) -> list[tuple[Ints, Floats]]:
    """The year's margins over the flat table, the destinations' last.

    What was not published for a year is left to the weights: another year's share of formal work,
    say, would contradict this year's destinations.
    """
    country, sex, occupation, scheme = (axis.ravel() for axis in np.indices(shape))
    about = list(work["occupations"].values())
    schemes = list(work["schemes"])
    by_country = published.share("country", year)
    margins: list[tuple[Ints, Floats]] = []

    if published.named("sector", year):
        sectors = published.share("sector", year)
        formal = np.array([a["sector"] == "formal" for a in about])[occupation]
        wanted = np.array([sectors["informal"], sectors["formal"]])
        margins.append((formal.astype(np.int64), wanted))
    if published.named("occupation", year):
        named = published.share("occupation", year)
        kinds = sorted(named)
        group_of = np.array([kinds.index(a["published"] or REST) for a in about])
        margins.append((group_of[occupation], np.array([named[kind] for kind in kinds])))
    if published.named("scheme", year):
        by_scheme = published.share("scheme", year)
        margins.append((scheme, np.array([by_scheme.get(name, 0.0) for name in schemes])))

    for dimension, axis, names in (("scheme", scheme, schemes), ("sex", sex, list(Joint.SEXES))):
        for name, category in sorted(published.pairs(dimension)):
            inside = published.within(name, dimension, category, year)
            if inside is None or name not in countries or category not in names:
                continue
            here = country == countries.index(name)
            groups = np.where(here, (axis == names.index(category)).astype(np.int64), -1)
            whole = by_country[name]
            margins.append((groups, np.array([whole * (1 - inside), whole * inside])))

    if published.named("sex", year):
        by_sex = published.share("sex", year)
        margins.append((sex, np.array([by_sex[name] for name in Joint.SEXES])))
    margins.append((country, np.array([by_country.get(name, 0.0) for name in countries])))
    return margins


def _origins(
    published: Published,
    year: int,
    by_country: Shares,
    origins: Mapping[str, Any],
    countries: list[str],
    provinces: list[str],
) -> Floats:
    """Destination x province, as shares of all; both margins as published."""
    others = {
        province: float(origins["provinces"].get(province, origins["else"]))
        for province in provinces
    }
    by_province = published.share("province", year, others)
    wanted = np.array([by_province.get(province, 0.0) for province in provinces])
    start = np.tile(wanted, (len(countries), 1))
    for country, leaning in origins["affinity"].items():
        for province, factor in leaning.items():
            start[countries.index(country), provinces.index(province)] *= factor
    country, province = (axis.ravel() for axis in np.indices(start.shape))
    destinations = np.array([by_country.get(name, 0.0) for name in countries])
    flat = fitted(start.ravel() + 1e-15, [(country, destinations), (province, wanted)])
    return flat.reshape(start.shape)
