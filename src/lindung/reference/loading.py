"""Fills the reference tables from the shipped files, by COPY, only where something changed.

Rows whose key is gone from the files are removed; a row that something still points to makes the
whole load fail and leaves the tables as they were.
"""

from __future__ import annotations

import calendar
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, LiteralString

from django.db import connection, models, transaction
from psycopg import sql

from lindung.kernel import places
from lindung.reference import files
from lindung.reference.models import (
    Country,
    Currency,
    ExchangeRate,
    Language,
    LoadedTable,
    Occupation,
    Region,
    Statistic,
    Town,
)
from lindung.reference.shapes import Shapes

# Counted into every digest: raise it when a reader below gives other rows for the same files.
EDITION = "1"
# A band is no rate; the central bank's published rates serve for that currency.
_NO_RATE = "linked rate band"
# The first day for which the pegs were checked (IMF World Economic Outlook, years 2010-2019).
_PEGS_CHECKED_FROM = date(2010, 1, 1)
_UN_SOURCE = "UN DESA, International Migrant Stock, revision 2019"
_BANK_SOURCE = "World Bank, World Development Indicators"

_COUNTRIES = "codes/countries.csv"
_ZONES = "codes/timezones.csv"
_ORIGIN_REGIONS = "regions/id-regions.csv"
_ORIGIN_RETIRED = "regions/id-regions-retired.csv"
_ORIGIN_ZONES = "regions/id-province-timezones.csv"
_REGIONS = "regions/destination-regions.csv"
_POLYGONS = "regions/destination-regions.geojson"
_ORIGIN = _ORIGIN_REGIONS.split("/")[1][:2].upper()

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """How one table is filled.

    Attributes:
        model: the table.
        files: what its rows are read from, below ``reference/``.
        rows: the rows, in the order of `fields`.
        fields: the model's fields that are filled.
        key: those that tell one row from another.
    """

    model: type[models.Model]
    files: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]
    fields: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one table."""

    table: str
    rows: int
    seconds: float
    changed: bool


def load(now: datetime) -> Iterator[Loaded]:
    """Bring every reference table to what the files say; all of them or none.

    Args:
        now: the instant to note beside what was loaded.
    Raises:
        FileNotFoundError: a shipped file is missing.
        IntegrityError: a row left the files and something still points to it.
    """
    with transaction.atomic():
        known = dict(LoadedTable.objects.values_list("name", "digest"))
        for table in TABLES:
            yield _load(table, known.get(table.model._meta.db_table), now)


def _load(table: Table, known: str | None, now: datetime) -> Loaded:
    began = time.perf_counter()
    name = table.model._meta.db_table
    digest = files.digest_of(table.files, salt=EDITION)
    if digest == known:
        rows = LoadedTable.objects.values_list("rows", flat=True).get(name=name)
        return Loaded(name, rows, time.perf_counter() - began, changed=False)
    rows = _copy(table)
    seconds = time.perf_counter() - began
    LoadedTable.objects.update_or_create(
        name=name,
        defaults={"digest": digest, "rows": rows, "seconds": seconds, "loaded_at": now},
    )
    return Loaded(name, rows, seconds, changed=True)


def _copy(table: Table) -> int:
    """COPY into a staging table, then make the real one equal to it."""
    meta = table.model._meta
    columns = [_column(table.model, field) for field in table.fields]
    keys = [_column(table.model, field) for field in table.key]
    others = [column for column in columns if column not in keys]
    parts = {
        "table": sql.Identifier(meta.db_table),
        "columns": _each("{0}", columns),
        "keys": _each("{0}", keys),
        "same": _each("old.{0} = staging.{0}", keys, " and "),
        "set": _each("{0} = excluded.{0}", others),
        "old": _each("old.{0}", others),
        "new": _each("excluded.{0}", others),
    }
    with connection.cursor() as cursor:

        def run(statement: LiteralString) -> int:
            cursor.execute(sql.SQL(statement).format(**parts))
            return int(cursor.rowcount)

        run("create temp table staging on commit drop as select {columns} from {table} limit 0")
        with cursor.copy(sql.SQL("copy staging ({columns}) from stdin").format(**parts)) as copy:
            for row in table.rows():
                copy.write_row(row)
        run("delete from {table} old where not exists (select 1 from staging where {same})")
        run(
            "insert into {table} as old ({columns}) select {columns} from staging"
            " on conflict ({keys}) do update set {set}"
            " where row({old}) is distinct from row({new})"
        )
        run("drop table staging")
        run("analyze {table}")
        cursor.execute(sql.SQL("select count(*) from {table}").format(**parts))
        return int(cursor.fetchone()[0])


def _column(model: type[models.Model], field: str) -> str:
    found = model._meta.get_field(field)
    assert isinstance(found, models.Field)
    return str(found.column)


def _each(
    template: LiteralString, columns: Iterable[str], glue: LiteralString = ", "
) -> sql.Composed:
    """The template with each column in turn, joined."""
    written: list[sql.Composable] = [
        sql.SQL(template).format(sql.Identifier(column)) for column in columns
    ]
    return sql.SQL(glue).join(written)


# What the files say, table by table ----------------------------------------------------------


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _names(**names: str) -> str:
    return _json({key.replace("_", "-"): name for key, name in names.items() if name})


def _number(text: str) -> float | None:
    return float(text) if text else None


def _currencies() -> Iterator[Row]:
    for row in files.rows_of("codes/currencies.csv"):
        names = _names(en=row["name_en"], id=row["name_id"])
        digits = int(row["cldr_digits"]), int(row["cldr_cash_digits"])
        yield row["code"], row["numeric"], names, row["symbol_id"], *digits


def _countries() -> Iterator[Row]:
    zones: dict[str, list[str]] = {}
    for row in files.rows_of(_ZONES):
        zones.setdefault(row["country"], []).append(row["zone"])
    for row in files.rows_of(_COUNTRIES):
        names = {
            key.removeprefix("name_").replace("_", "-"): value
            for key, value in row.items()
            if key.startswith("name_") and value
        }
        yield (
            row["alpha2"],
            row["alpha3"],
            row["numeric"],
            _json(names),
            row["currency"] or None,
            row["dial"],
            row["capital"],
            row["region"],
            row["subregion"],
            _json(zones.get(row["alpha2"], [])),
        )


def _languages() -> Iterator[Row]:
    for row in files.rows_of("codes/languages.csv"):
        names = _names(en=row["name_en_cldr"] or row["name_iso"], id=row["name_id"])
        yield row["iso639_3"], row["iso639_1"], names, row["type"]


def _regions() -> Iterator[Row]:
    yield from _origin_regions()
    polygons = _polygons()
    for row in files.rows_of(_REGIONS):
        sides = [row[f"bbox_{side}"] for side in "wsen"]
        polygon = polygons.get(row["code"])
        yield (
            row["code"],
            row["country"],
            1,
            row["type"].lower(),
            None,
            _names(
                en=row["name_en"] or row["name_iso"], id=row["name_id"], local=row["name_local"]
            ),
            row["code_scheme"] == "iso3166-2",
            float(row["lat"]),
            float(row["lon"]),
            _json([float(side) for side in sides]) if all(sides) else None,
            _json(polygon) if polygon else None,
            _number(row["area_km2"]),
            row["timezone"],
            None,
            None,
            row["wikidata"],
            int(row["geonames_id"]) if row["geonames_id"] else None,
        )


def _origin_regions() -> Iterator[Row]:
    zones = {row["province"]: row["timezone"] for row in files.rows_of(_ORIGIN_ZONES)}
    nowhere = (None, None, None, None, None)

    def region(row: dict[str, str], successor: str | None, edition: int | None) -> Row:
        code = row["code"]
        top = row["level"] == "province"
        return (
            code,
            _ORIGIN,
            1 if top else 2,
            row["level"],
            None if top else code[:2],
            _names(id=row["name"]),
            True,
            *nowhere,
            zones[code[:2]],
            successor,
            edition,
            "",
            None,
        )

    for row in files.rows_of(_ORIGIN_REGIONS):
        yield region(row, None, None)
    for row in files.rows_of(_ORIGIN_RETIRED):
        yield region(row, row["successor_code"], int(row["last_edition"]))


@lru_cache(maxsize=1)
def _polygons() -> dict[str, dict[str, Any]]:
    found = json.loads((files.FOLDER / _POLYGONS).read_text(encoding="utf-8"))
    return {each["properties"]["code"]: each["geometry"] for each in found["features"]}


def _occupations() -> Iterator[Row]:
    titles = {row["code"]: row["title_id"] for row in files.rows_of("codes/isco08-titles-id.csv")}
    for row in files.rows_of("codes/isco08.csv"):
        names = _names(en=row["title_en"], id=titles.get(row["code"], ""))
        definition = row["definition_en"]
        yield row["code"], int(row["level"]), row["parent"] or None, names, definition


def _rates() -> Iterator[Row]:
    for row in files.rows_of("money/fx-ecb-daily.csv"):
        day = date.fromisoformat(row.pop("date"))
        for quote, published in row.items():
            if published:
                yield "ecb", "EUR", quote, day, Decimal(published), ""
    for row in files.rows_of("money/fx-fed-h10-monthly.csv"):
        year, month = map(int, row["month"].split("-"))
        day = date(year, month, calendar.monthrange(year, month)[1])
        yield "fed", "USD", row["currency"], day, Decimal(row["per_usd"]), "mean of the month"
    for row in files.rows_of("money/fx-pegs.csv"):
        if row["kind"] != _NO_RATE:
            note = f"{row['kind']}: {row['evidence']}"
            rate = Decimal(row["units_per_anchor"])
            yield "peg", row["anchor"], row["currency"], _PEGS_CHECKED_FROM, rate, note


def _towns() -> Iterator[Row]:
    country_of = {row["code"]: row["country"] for row in files.rows_of(_REGIONS)}
    shapes = Shapes((code, country_of[code], polygon) for code, polygon in _polygons().items())
    for row in files.rows_of("regions/towns.csv"):
        lat, lon = float(row["lat"]), float(row["lon"])
        yield (
            int(row["geonames_id"]),
            row["name"],
            row["country"],
            shapes.at(lat, lon, country=row["country"]),
            lat,
            lon,
            places.cell_of(lat, lon),
            int(row["population"]),
            row["timezone"],
        )


def _statistics() -> Iterator[Row]:
    """One row for each figure; publications that agree on it stand together in `sources`."""
    figures: dict[tuple[Any, ...], tuple[str, list[dict[str, str]]]] = {}
    for figure, unit, source in _published():
        _, sources = figures.setdefault(figure, (unit, []))
        if source not in sources:
            sources.append(source)
    for (*where, dimensions, value), (unit, sources) in figures.items():
        yield *where, dimensions, value, unit, _json(sources)


def _published() -> Iterator[tuple[tuple[Any, ...], str, dict[str, str]]]:
    for name in ("statistics/indonesia.csv", "statistics/destinations.csv"):
        for row in files.rows_of(name):
            pairs = (pair.split("=", 1) for pair in row["dimensions"].split(";") if pair)
            first, last = (date.fromisoformat(row[key]) for key in ("period_from", "period_to"))
            dimensions, value = _json(dict(pairs)), Decimal(row["value"]).normalize()
            source = {key: row[key] for key in ("source", "note") if row[key]}
            figure = (row["series"], row["area"], first, last, dimensions, value)
            yield figure, row["unit"], source
    for row in files.rows_of("statistics/un-migrant-stock-2019.csv"):
        day = date(int(row["year"]), 7, 1)
        dimensions = _json({key: row[key] for key in ("origin", "sex") if row[key]})
        figure = (
            "migrant_stock",
            row["destination"],
            day,
            day,
            dimensions,
            Decimal(row["persons"]),
        )
        yield figure, "persons", {"source": _UN_SOURCE}
    for row in files.rows_of("statistics/price-levels.csv"):
        year = int(row["year"])
        period = (date(year, 1, 1), date(year, 12, 31))
        # Ten decimals are what the column holds; the bank's files have up to fourteen.
        value = round(Decimal(row["value"]), 10)
        figure = (row["series"], row["country"], *period, "{}", value)
        yield figure, row["unit"], {"source": f"{_BANK_SOURCE}, {row['indicator']}"}


TABLES: tuple[Table, ...] = (
    Table(
        Currency,
        ("codes/currencies.csv",),
        _currencies,
        ("code", "numeric", "names", "symbol", "digits", "cash_digits"),
        ("code",),
    ),
    Table(
        Country,
        (_COUNTRIES, _ZONES),
        _countries,
        (
            "code",
            "alpha3",
            "numeric",
            "names",
            "currency",
            "dial",
            "capital",
            "un_region",
            "un_subregion",
            "time_zones",
        ),
        ("code",),
    ),
    Table(
        Language,
        ("codes/languages.csv",),
        _languages,
        ("code", "alpha2", "names", "kind"),
        ("code",),
    ),
    Table(
        Region,
        (_ORIGIN_REGIONS, _ORIGIN_RETIRED, _ORIGIN_ZONES, _REGIONS, _POLYGONS),
        _regions,
        (
            "code",
            "country",
            "level",
            "kind",
            "parent",
            "names",
            "official",
            "lat",
            "lon",
            "bbox",
            "polygon",
            "area_km2",
            "time_zone",
            "successor",
            "last_edition",
            "wikidata",
            "geonames_id",
        ),
        ("code",),
    ),
    Table(
        Occupation,
        ("codes/isco08.csv", "codes/isco08-titles-id.csv"),
        _occupations,
        ("code", "level", "parent", "names", "definition"),
        ("code",),
    ),
    Table(
        ExchangeRate,
        ("money/fx-ecb-daily.csv", "money/fx-fed-h10-monthly.csv", "money/fx-pegs.csv"),
        _rates,
        ("source", "base", "quote", "day", "rate", "note"),
        ("source", "base", "quote", "day"),
    ),
    Table(
        Town,
        ("regions/towns.csv", _REGIONS, _POLYGONS),
        _towns,
        (
            "geonames_id",
            "name",
            "country",
            "region",
            "lat",
            "lon",
            "cell",
            "population",
            "time_zone",
        ),
        ("geonames_id",),
    ),
    Table(
        Statistic,
        (
            "statistics/indonesia.csv",
            "statistics/destinations.csv",
            "statistics/un-migrant-stock-2019.csv",
            "statistics/price-levels.csv",
        ),
        _statistics,
        (
            "series",
            "area",
            "period_from",
            "period_to",
            "dimensions",
            "value",
            "unit",
            "sources",
        ),
        ("series", "area", "period_from", "period_to", "dimensions", "value"),
    ),
)
