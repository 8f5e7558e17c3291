"""What is the same for everybody in a made-up population: names, places, posts, firms, recruiters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from h3.api import basic_int as h3

from lindung.kernel import names as name_words
from lindung.kernel.places import RESOLUTION
from lindung.reference.files import FOLDER, rows_of
from lindung.site.population.draws import (
    Bytes,
    Floats,
    Ints,
    Pools,
    Weighted,
    Words,
    digits,
    ids,
    stream,
)
from lindung.site.population.shares import Joint, data, joint

# A firm for so many of every ten thousand placements in its line of work.
_FIRMS = 4000
_SMALL_TOWN, _LARGE_TOWN = 100_000, 1_000_000


@dataclass(frozen=True)
class Names:
    """Words of names laid end to end, the pools they are drawn from, and their search tokens.

    Pools are numbered group x sex; position -1 is no word.
    """

    words: Words
    tokens: Ints
    vocabulary: Words
    given: Pools
    second: Pools
    family: Pools
    starts: tuple[int, int, int]
    single: Floats
    third: Floats
    family_share: Floats
    groups: Weighted


@dataclass(frozen=True)
class Places:
    """Towns abroad laid end to end, with their region; cells of each town; destinations' towns."""

    regions: Words
    towns: Weighted
    towned: np.ndarray[Any, np.dtype[np.bool_]]
    of_country: list[list[int]]
    cells: Ints
    around: Pools


@dataclass(frozen=True)
class Companies:
    """Recruiters or firms: one entry each in every column."""

    ids: Bytes
    numbers: Words
    names: list[str]
    region: list[str]
    sector: list[str]
    country: Ints
    town: Ints


@dataclass(frozen=True)
class World:
    """Everything that does not depend on the batch."""

    seed: int
    joint: Joint
    work: dict[str, Any]
    names: Names
    places: Places
    regencies: Words
    regency_names: list[str]
    regency_of: Weighted
    provinces_of: Weighted
    agencies: Companies
    firms: Companies
    firms_of: Pools
    posts: list[dict[str, Any]]
    post_of_country: Ints
    post_of_town: Ints
    floors: list[tuple[str, list[tuple[int, float]]]]


def build(seed: int, until: int) -> World:
    """Read the files and lay out the world for placements up to the year `until`; about a second."""
    table = joint(until)
    work = data("destinations")
    places = _places(table.countries)
    posts = data("posts")["posts"]
    regencies = [row for row in rows_of("regions/id-regions.csv") if row["level"] != "province"]
    firms, firms_of = _firms(seed, table, work, places)
    post_of_country, post_of_town = _posts(posts, table.countries, places)
    return World(
        seed=seed,
        joint=table,
        work=work,
        names=_names(table.provinces),
        places=places,
        regencies=np.array([row["code"] for row in regencies], "S4"),
        regency_names=[row["name"].split(" ", 1)[1] for row in regencies],
        regency_of=_regencies(table.provinces, [row["code"] for row in regencies]),
        provinces_of=Weighted(table.origins.reshape(-1, len(table.provinces)) + 1e-15),
        agencies=_agencies(seed, work, [row["code"] for row in regencies]),
        firms=firms,
        firms_of=firms_of,
        posts=posts,
        post_of_country=post_of_country,
        post_of_town=post_of_town,
        floors=[_floor(work["destinations"].get(c, {}).get("floors"), c) for c in table.countries],
    )


# -- names


def _names(provinces: Sequence[str]) -> Names:
    content = data("names")
    groups: dict[str, dict[str, Any]] = content["groups"]
    words: list[str] = []
    lengths: list[list[int]] = [[], [], []]
    starts = []
    fields = (
        ("women", "men"),
        ("second", "second_men"),
        ("family", "family"),
    )
    for kind, pair in enumerate(fields):
        starts.append(len(words))
        for group in groups.values():
            for field in pair:
                listed = group.get(field, [])
                entries = listed.split() if isinstance(listed, str) else listed
                lengths[kind].append(len(entries))
                words.extend(entry.replace("_", " ") for entry in entries)
    found = [name_words.tokens(word) for word in words]
    vocabulary = sorted({token for tokens in found for token in tokens})
    position = {token: number for number, token in enumerate(vocabulary)}
    widest = max(len(tokens) for tokens in found)
    table = np.full((len(words), widest), -1, np.int64)
    for row, tokens in enumerate(found):
        table[row, : len(tokens)] = [position[token] for token in tokens]
    order = list(groups)
    mixes = [content["provinces"].get(province, content["elsewhere"]) for province in provinces]
    return Names(
        words=np.array([word.encode() for word in words]),
        tokens=table,
        vocabulary=np.array([token.encode() for token in vocabulary]),
        given=Pools(lengths[0]),
        second=Pools(lengths[1]),
        family=Pools(lengths[2]),
        starts=(starts[0], starts[1], starts[2]),
        single=np.array([share for group in groups.values() for share in group["single"]]),
        third=np.repeat([group["third"] for group in groups.values()], 2),
        family_share=np.repeat([group.get("family_share", 0.0) for group in groups.values()], 2),
        groups=Weighted(np.array([[mix.get(name, 0) for name in order] for mix in mixes])),
    )


# -- places


def _places(countries: Sequence[str]) -> Places:
    polygons = _polygons()
    points = {
        row["code"]: (row["country"], float(row["lat"]), float(row["lon"]))
        for row in rows_of("regions/destination-regions.csv")
    }
    regions: list[bytes] = []
    weights: list[float] = []
    of_country: list[list[int]] = [[] for _ in countries]
    cells: list[int] = []
    around: list[int] = []
    for row in rows_of("regions/towns.csv"):
        if row["country"] not in countries:
            continue
        lat, lon, people = float(row["lat"]), float(row["lon"]), int(row["population"])
        of_country[countries.index(row["country"])].append(len(regions))
        regions.append(_region_at(row["country"], lat, lon, polygons, points).encode())
        weights.append(float(people))
        rings = 1 + (people >= _SMALL_TOWN) + (people >= _LARGE_TOWN)
        disk = sorted(h3.grid_disk(h3.latlng_to_cell(lat, lon, RESOLUTION), rings))
        cells.extend(disk)
        around.append(len(disk))
    table = np.zeros((len(countries), len(regions)))
    for country, towns in enumerate(of_country):
        table[country, towns] = [weights[town] for town in towns]
    towned = table.sum(axis=1) > 0
    table[~towned, 0] = 1.0  # never used: a destination without towns gives no place
    return Places(
        np.array(regions),
        Weighted(table),
        towned,
        of_country,
        np.array(cells, np.int64),
        Pools(around),
    )


def _polygons() -> dict[str, list[tuple[str, list[Any]]]]:
    """Outer rings of each region, by country, longitude first."""
    content = json.loads(
        (FOLDER / "regions/destination-regions.geojson").read_text(encoding="utf-8")
    )
    found: dict[str, list[tuple[str, list[Any]]]] = {}
    for feature in content["features"]:
        shape, about = feature["geometry"], feature["properties"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [part[0] for part in parts]
        found.setdefault(about["country"], []).append((about["code"], rings))
    return found


def _region_at(
    country: str,
    lat: float,
    lon: float,
    polygons: dict[str, list[tuple[str, list[Any]]]],
    points: dict[str, tuple[str, float, float]],
) -> str:
    """The region that holds a point, else the one whose label is nearest (towns on the shore)."""
    for code, rings in polygons.get(country, []):
        if any(_inside(lon, lat, ring) for ring in rings):
            return code
    near = [
        ((lat - y) ** 2 + (lon - x) ** 2, code)
        for code, (of, y, x) in points.items()
        if of == country
    ]
    return min(near)[1]


def _inside(x: float, y: float, ring: Sequence[Sequence[float]]) -> bool:
    """Whether an even-odd ray from the point crosses the ring oddly."""
    odd = False
    (x1, y1) = ring[-1][:2]
    for x2, y2 in (corner[:2] for corner in ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
        x1, y1 = x2, y2
    return odd


def _regencies(provinces: Sequence[str], codes: Sequence[str]) -> Weighted:
    content = data("origins")
    table = np.zeros((len(provinces), len(codes)))
    for number, code in enumerate(codes):
        weights = content["regencies"].get(code[:2], {})
        table[provinces.index(code[:2]), number] = weights.get(code, content["else"])
    return Weighted(table)


def _posts(
    posts: Sequence[dict[str, Any]], countries: Sequence[str], places: Places
) -> tuple[Ints, Ints]:
    """Post of each destination and of each town; 0 where no post serves."""
    of_country = np.zeros(len(countries), np.int64)
    of_town = np.zeros(len(places.regions), np.int64)
    for post in sorted(posts, key=lambda post: "regions" in post):
        for country in (post["country"], *post.get("also", [])):
            if country not in countries:
                continue
            towns = np.array(places.of_country[countries.index(country)], np.int64)
            if regions := post.get("regions"):
                towns = towns[np.isin(places.regions[towns], [code.encode() for code in regions])]
            else:
                of_country[countries.index(country)] = post["id"]
            of_town[towns] = post["id"]
    return of_country, of_town


# -- companies


def _agencies(seed: int, work: dict[str, Any], regencies: Sequence[str]) -> Companies:
    """As many recruiters in each province as were licensed in the latest published month."""
    rng = stream(seed, 0, "world")
    counts = {
        row["dimensions"].partition("=")[2]: int(row["value"])
        for row in rows_of("statistics/indonesia.csv")
        if row["series"] == "licensed_agencies" and row["dimensions"].startswith("province=")
    }
    homes = [
        str(rng.choice([code for code in regencies if code.startswith(province)]))
        for province, count in sorted(counts.items())
        for _ in range(count)
    ]
    words = work["agencies"]
    chosen = [rng.choice(len(words), size=3, replace=False) for _ in homes]
    names = [f"PT {' '.join(words[w] for w in three)} (contoh)" for three in chosen]
    numbers = digits(np.arange(1, len(homes) + 1), 6)
    nowhere = np.full(len(homes), -1, np.int64)
    return Companies(
        ids(rng, np.full(len(homes), 1_262_304_000_000, np.int64) + np.arange(len(homes))),
        np.char.add(b"P3MI-D", numbers),
        names,
        homes,
        [""] * len(homes),
        nowhere,
        nowhere,
    )


def _firms(
    seed: int, table: Joint, work: dict[str, Any], places: Places
) -> tuple[Companies, Pools]:
    """Firms for each destination and line of work, in proportion to those it takes on."""
    rng = stream(seed, 1, "world")
    shape = (len(table.countries), 2, len(table.occupations), len(table.schemes))
    by_line = table.cells[-1].reshape(shape).sum(axis=(1, 3))
    occupations = list(work["occupations"].values())
    counts = [
        0 if about["sector"] == "informal" or share == 0 else 1 + round(share * _FIRMS)
        for row in by_line
        for about, share in zip(occupations, row, strict=True)
    ]
    lines = np.repeat(np.arange(len(counts)), counts)
    country, occupation = np.divmod(lines, len(occupations))
    town = np.where(
        places.towned[country], places.towns.draw(rng, country, len(lines)), np.int64(-1)
    )
    sectors = [occupations[o]["law_sector"] for o in occupation]
    names = [
        f"{rng.choice(work['firms'])} {work['firm_kinds'][sector]} {number:04d} (contoh)"
        for number, sector in enumerate(sectors, start=1)
    ]
    company = Companies(
        ids(rng, np.full(len(lines), 1_262_304_000_000, np.int64) + np.arange(len(lines))),
        np.char.add(b"PK-DU", digits(np.arange(1, len(lines) + 1), 6)),
        names,
        ["" if t < 0 else places.regions[t].decode() for t in town],
        sectors,
        country,
        town,
    )
    return company, Pools(counts)


# -- wages


def _floor(series: dict[str, str] | None, country: str) -> tuple[str, list[tuple[int, float]]]:
    """The sector covered, and monthly floors as (first day since 1970, amount), the earliest first."""
    if not series:
        return "", []
    found: dict[int, float] = {}
    for row in rows_of("money/wage-floors-history.csv"):
        same = row["country"] == country and row["scheme"] == series["scheme"]
        if same and row["per"] == "month" and row["scope"] == series.get("scope", row["scope"]):
            day = int((np.datetime64(row["from"]) - np.datetime64("1970-01-01")).astype(np.int64))
            # Several scopes of one day (regions, sizes of firms): the highest is safe for all.
            found[day] = max(found.get(day, 0.0), float(row["amount"]))
    return series["sector"], sorted(found.items())
