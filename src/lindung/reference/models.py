"""Reference tables, filled from the files in ``reference/`` by ``manage.py load_reference``.

None holds personal data, so every kind of actor reads them and only the owner writes them. Codes
are the keys, as they stand on papers and in messages: ISO 3166-1 for countries, the Ministry of
Home Affairs' codes (as inside a NIK) and ISO 3166-2 for regions, ISCO-08, ISO 4217, ISO 639.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Currency(models.Model):
    """An ISO 4217 currency."""

    code = models.CharField(primary_key=True, max_length=3)
    numeric = models.CharField(max_length=3)
    names: models.JSONField[dict[str, str]] = models.JSONField()
    symbol = models.CharField(max_length=8, help_text="as written in Indonesian")
    digits = models.PositiveSmallIntegerField(help_text="decimals in accounts (CLDR)")
    cash_digits = models.PositiveSmallIntegerField(help_text="decimals in cash (CLDR)")

    def __str__(self) -> str:
        return self.code


class Country(models.Model):
    """An ISO 3166-1 country or area."""

    code = models.CharField(primary_key=True, max_length=2)
    alpha3 = models.CharField(max_length=3, unique=True)
    numeric = models.CharField(max_length=3)
    names: models.JSONField[dict[str, str]] = models.JSONField(
        help_text="by language: id, en, ko, zh-hant, ms, ja, ar"
    )
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, related_name="+")
    dial = models.CharField(max_length=24, blank=True)
    capital = models.CharField(max_length=64, blank=True)
    un_region = models.CharField(max_length=32, blank=True)
    un_subregion = models.CharField(max_length=48, blank=True)
    time_zones: models.JSONField[list[str]] = models.JSONField(
        default=list, help_text="IANA names, the capital's first; empty where we hold none"
    )

    def __str__(self) -> str:
        return self.code


class Language(models.Model):
    """A language by its ISO 639-3 code."""

    code = models.CharField(primary_key=True, max_length=3)
    alpha2 = models.CharField(max_length=2, blank=True, help_text="ISO 639-1, where there is one")
    names: models.JSONField[dict[str, str]] = models.JSONField()
    kind = models.CharField(max_length=1, help_text="L living, H historical, C constructed")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="language_alpha2_is_unique", fields=["alpha2"], condition=~Q(alpha2="")
            ),
        )

    def __str__(self) -> str:
        return self.code


class Region(models.Model):
    """A first-level area of a destination; a province, regency or city of Indonesia.

    A retired code stays, with its successor, because identity numbers keep it for life.
    """

    code = models.CharField(primary_key=True, max_length=8)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(help_text="1 first level, 2 regency or city")
    kind = models.CharField(max_length=40, blank=True, help_text="province, regency, city, …")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    names: models.JSONField[dict[str, str]] = models.JSONField(
        help_text="by language, and 'local' as written there"
    )
    official = models.BooleanField(default=True, help_text="the code is the standard's own")
    lat = models.FloatField(null=True, help_text="degrees, of the point for a label")
    lon = models.FloatField(null=True)
    bbox: models.JSONField[list[float] | None] = models.JSONField(
        null=True, help_text="west, south, east, north in degrees"
    )
    polygon: models.JSONField[dict[str, Any] | None] = models.JSONField(
        null=True, help_text="GeoJSON MultiPolygon, simplified"
    )
    area_km2 = models.FloatField(null=True)
    time_zone = models.CharField(max_length=40, blank=True, help_text="IANA name")
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    last_edition = models.PositiveSmallIntegerField(
        null=True, help_text="year of the last list that held a retired code"
    )
    wikidata = models.CharField(max_length=16, blank=True)
    geonames_id = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="region_retired_has_a_successor",
                condition=Q(last_edition__isnull=True, successor__isnull=True)
                | Q(last_edition__isnull=False, successor__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_retired(self) -> bool:
        """No longer given out, but still inside identity numbers."""
        return self.last_edition is not None


class Occupation(models.Model):
    """A group of ISCO-08: major (1 digit), sub-major, minor or unit group (4 digits)."""

    code = models.CharField(primary_key=True, max_length=4)
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    names: models.JSONField[dict[str, str]] = models.JSONField(
        help_text="English of the ILO; Indonesian, where present, translated here"
    )
    definition = models.TextField(blank=True, help_text="English, shortened")

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """One unit of `base` in units of `quote`, as published."""

    class Source(models.TextChoices):
        ECB_DAILY = "ecb", "European Central Bank, daily reference rate"
        FED_MONTHLY = "fed", "US Federal Reserve H.10, mean of the month"
        PEG = "peg", "Fixed by the issuing authority"

    source = models.CharField(max_length=3, choices=Source)
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField(
        help_text="of publication; a month's mean stands at its last day, a peg at the first day"
        " for which it was checked"
    )
    rate = models.DecimalField(max_digits=20, decimal_places=8)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="exchange_rate_once_a_day", fields=["source", "base", "quote", "day"]
            ),
            models.CheckConstraint(name="exchange_rate_is_positive", condition=Q(rate__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.base}/{self.quote} {self.day}"


class Town(models.Model):
    """A place of more than 15,000 people, from GeoNames."""

    geonames_id = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", help_text="where we hold polygons"
    )
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField(help_text="H3, resolution 7")
    population = models.PositiveIntegerField()
    time_zone = models.CharField(max_length=40)

    class Meta:
        indexes = (models.Index(name="town_by_country", fields=["country", "-population"]),)

    def __str__(self) -> str:
        return self.name


class Statistic(models.Model):
    """A published number. Figures that disagree stay side by side, each with its sources."""

    series = models.CharField(max_length=40)
    area = models.CharField(
        max_length=64, help_text="a country's code, or a group of countries as the source names it"
    )
    period_from = models.DateField(help_text="first day; equal to the last for a stock")
    period_to = models.DateField(help_text="last day, included")
    dimensions: models.JSONField[dict[str, str]] = models.JSONField(
        help_text="country, province, sex, sector, scheme, occupation, kind, … ; {} is the total"
    )
    value = models.DecimalField(max_digits=28, decimal_places=10)
    unit = models.CharField(max_length=60)
    sources: models.JSONField[list[dict[str, str]]] = models.JSONField(
        help_text="each publication that gives this value: source, note"
    )

    class Meta:
        indexes = (
            models.Index(name="statistic_by_period", fields=["series", "area", "period_to"]),
        )
        constraints = (
            models.UniqueConstraint(
                name="statistic_once",
                fields=["series", "area", "period_from", "period_to", "dimensions", "value"],
            ),
            models.CheckConstraint(
                name="statistic_period_runs_forward",
                condition=Q(period_to__gte=models.F("period_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.series} {self.area} {self.period_to}"


class LoadedTable(models.Model):
    """What was last loaded into a table: lets the loader leave unchanged tables alone."""

    name = models.CharField(primary_key=True, max_length=63)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the rows' files and the loader")
    rows = models.PositiveIntegerField()
    seconds = models.FloatField()
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
