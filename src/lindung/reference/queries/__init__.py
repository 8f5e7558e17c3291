"""Everything asked of the reference tables.

Codes, names and shapes are few and change only when a new edition is loaded, so each process reads
them once and keeps them: no lookup here costs a query for a row. The first one does query, so
somebody must be acting then. ``forget`` drops what is kept.
"""

from lindung.reference.queries.kept import NotLoaded, currencies
from lindung.reference.queries.memory import forget
from lindung.reference.queries.money import Conversion, Leg, NoPublishedRate, convert
from lindung.reference.queries.places import (
    NikRegion,
    UnknownPlace,
    cells_of_region,
    countries,
    country,
    country_name,
    is_country,
    place_label,
    provinces,
    regencies,
    region,
    region_for_nik_prefix,
    region_name,
    region_of,
    regions_of,
    retired_codes,
    time_zone_of,
    towns_of,
)
from lindung.reference.queries.statistics import figure, figures
from lindung.reference.queries.words import (
    currency_name,
    in_language,
    language_name,
    occupation_name,
    occupations,
)

__all__ = [
    "Conversion",
    "Leg",
    "NikRegion",
    "NoPublishedRate",
    "NotLoaded",
    "UnknownPlace",
    "cells_of_region",
    "convert",
    "countries",
    "country",
    "country_name",
    "currencies",
    "currency_name",
    "figure",
    "figures",
    "forget",
    "in_language",
    "is_country",
    "language_name",
    "occupation_name",
    "occupations",
    "place_label",
    "provinces",
    "regencies",
    "region",
    "region_for_nik_prefix",
    "region_name",
    "region_of",
    "regions_of",
    "retired_codes",
    "time_zone_of",
    "towns_of",
]
