"""Public numbers: short, speakable, without anything personal in them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.db import connection


class Series(StrEnum):
    """Series of numbers; each has a sequence of its own."""

    WORKER = "worker"
    PLACEMENT = "placement"
    CONTRACT = "contract"
    CASE = "case"
    EMPLOYER = "employer"
    PARTNER = "partner"
    PROVIDER = "provider"
    PROBLEM = "problem"
    AGREEMENT = "agreement"
    JOB_ORDER = "job_order"
    PERMIT = "permit"
    DOCUMENT = "document"
    CHARGE = "charge"
    CLEARANCE = "clearance"
    FINDING = "finding"


_PREFIX = {
    Series.WORKER: "PMI",
    Series.PLACEMENT: "PNP",
    Series.CONTRACT: "KTR",
    Series.CASE: "KSS",
    Series.EMPLOYER: "PBK",
    Series.PARTNER: "MTR",
    Series.PROVIDER: "PNY",
    Series.PROBLEM: "MSL",
    Series.AGREEMENT: "PKP",
    Series.JOB_ORDER: "JOB",
    Series.PERMIT: "SIP",
    Series.DOCUMENT: "DOK",
    Series.CHARGE: "BYA",
    Series.CLEARANCE: "LPS",
    Series.FINDING: "TMN",
}


def next_number(series: Series, *, on: date) -> str:
    """The next number of a series, as ``PMI-26-000123``; gaps mean nothing."""
    return next_numbers(series, 1, on=on)[0]


def next_numbers(series: Series, count: int, *, on: date) -> list[str]:
    """So many numbers of a series at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(%s::regclass) from generate_series(1, %s)",
            [f"access_number_{series}", count],
        )
        numbers = [int(row[0]) for row in cursor.fetchall()]
    return [f"{_PREFIX[series]}-{on:%y}-{number:06d}" for number in numbers]
