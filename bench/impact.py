"""How long it takes to list the live contracts that a value of law flips, beside one plain scan.

    ./lindung bench impact [--people 20000]

Makes live contracts, one a person, in a schema of its own (copies of the tables, indexes included)
and drops it. The baseline is one scan of the same table, in turn with it, that looks at the same
field of every row. Ours is everything that the command does: grouping, verdicts, and the list of
every contract that flips.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date, timedelta
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import ready
from bench._timing import in_turn, p50, ratio

TARGET_SECONDS = 10.0  # over a million live contracts
_TABLES = ("placement_contractterms", "placement_contract")
# Country, region of work, sector, scheme, currency, lowest and highest monthly wage, step, share
# of the contracts; made up, near what people earn there, so that groups are as many as in life.
_KINDS = (
    ("HK", "", "domestic_work", "", "HKD", 4500, 6500, 10, 25),
    ("TW", "", "domestic_work", "", "TWD", 18000, 24000, 50, 15),
    ("TW", "", "manufacturing", "", "TWD", 26000, 36000, 50, 10),
    ("MY", "", "plantation", "", "MYR", 1400, 2600, 5, 20),
    ("MY", "", "manufacturing", "", "MYR", 1400, 2600, 5, 10),
    ("KR", "KR-41", "manufacturing", "E-9", "KRW", 1900000, 3100000, 500, 15),
    ("JP", "JP-13", "manufacturing", "SSW", "JPY", 160000, 260000, 100, 5),
)
# What is asked: a floor by the month, one by the hour (by a conversion of the law), one that goes by
# the day of signing, and one of the origin's own, which every contract of every country meets or not.
_ASKED = (
    ("my.minimum_wage.monthly", "1900"),
    ("kr.minimum_wage.hourly", "11500"),
    ("hk.minimum_wage.fdh", "5300"),
    ("id.passport", "unknown"),
)


def main() -> None:
    """Make contracts, ask, compare, print."""
    options = _options.options(
        _options.parser(__doc__, name="impact"), people=(20_000, 1_000_000), about="live contracts"
    )
    ready(owner=True)
    from django.db import connection
    from django.utils import timezone

    today = timezone.localdate()
    schema = f"bench_impact_{os.getpid()}"
    with connection.cursor() as cursor, Report("impact", options) as report:
        cursor.execute(f"create schema {schema}")
        try:
            for table in _TABLES:
                cursor.execute(f"create table {schema}.{table} (like public.{table} including all)")
            cursor.execute(f"set search_path = {schema}")
            began = time.perf_counter()
            _fill(cursor, options.people, today)
            print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
            for rule, value in _ASKED:
                _report(report, cursor, rule, value, today)
        finally:
            cursor.execute("set search_path = public")
            cursor.execute(f"drop schema {schema} cascade")


def _fill(cursor: Any, contracts: int, today: date) -> None:
    """Live contracts, most of them signed, with the terms that a common form states."""
    # The contract's own row is as wide as in life: the list of numbers has to be read from it.
    cursor.execute("create sequence made")
    for country, region, sector, scheme, currency, low, high, step, share in _KINDS:
        given = {
            "country": country,
            "region": region,
            "sector": sector,
            "scheme": scheme,
            "unit": f"{currency}/month",
            "low": low,
            "step": step,
            "steps": (high - low) // step,
            "count": contracts * share // 100,
            "today": today,
            "fields": json.dumps({"filler": "x" * 600}),
        }
        cursor.execute(
            """
            with drawn as (
                select gen_random_uuid() id, gen_random_uuid() placement, gen_random_uuid() worker,
                       nextval('made') n, random() luck, random() hours,
                       %(low)s + %(step)s * floor(random() * %(steps)s)::int wage
                from generate_series(1, %(count)s)),
            papers as (
                insert into placement_contract (id, placement_id, worker_id, number, offer_number,
                    source, form, fields, state, offered_on, verdicts, judgements, reason, is_demo,
                    version, region, country, signed_on, checked_on)
                select id, placement, worker, 'KTR-26-' || n, 'SLC-' || n, 'destination', '',
                    %(fields)s, case when luck < 0.97 then 'signed' else 'offered' end,
                    %(today)s - (luck * 700)::int, '{}', '{}', '', false, 1, '', %(country)s,
                    case when luck < 0.97 then %(today)s - (luck * 700)::int end,
                    case when luck < 0.97 then %(today)s - (luck * 700)::int end
                from drawn)
            insert into placement_contractterms (contract_id, worker_id, live, sector, scheme,
                occupation, dest_region, signed_on, ends_on, stated, region, country)
            select id, worker, true, %(sector)s, %(scheme)s, '', %(region)s,
                case when luck < 0.97 then %(today)s - (luck * 700)::int end, null,
                jsonb_build_object(
                    'contract.months', '["24", ""]'::jsonb,
                    'hours.daily_regular', '["8", ""]'::jsonb,
                    'hours.weekly_regular',
                    case when hours < 0.8 then '["40", ""]' when hours < 0.9 then '["45", ""]'
                    else '["48", ""]' end::jsonb,
                    'rest.days_per_week', '["1", ""]'::jsonb,
                    'documents.retention', 'false'::jsonb,
                    'wage.monthly_ordinary', jsonb_build_array(wage::text, %(unit)s::text),
                    'wage.payment_method', '"bank_transfer"'::jsonb),
                '', %(country)s
            from drawn
            """,
            given,
        )
    for table in _TABLES:
        cursor.execute(f"vacuum analyze {table}")


def _report(report: Report, cursor: Any, rule: str, value: str, today: date) -> None:
    from lindung.placement import impact
    from lindung.regulations.command import found_from
    from lindung.regulations.lawbook import parameter

    law = parameter(rule)
    start = today + timedelta(days=1)
    tried = None if value == "unknown" else found_from(value, law)
    found: dict[str, Any] = {}

    def scan() -> None:
        cursor.execute(
            "select count(*), max(stated->>%s) from placement_contractterms", [law.contract_field]
        )
        cursor.fetchall()

    def ours() -> None:
        made = impact.impact(impact.tried(law, tried, start=start, today=today))
        flipped = sum(1 for _ in impact.flips(made))
        found.update(contracts=made.contracts, groups=made.groups, flipped=flipped)

    took, scans = in_turn(ours, scan, seconds=report.options.seconds / len(_ASKED), least=1)
    report.say(
        f"impact of {rule}", p50(took) / 1_000, "s", samples=[each / 1_000 for each in took],
        target=TARGET_SECONDS, baseline=p50(scans) / 1_000, against="one plain scan",
        ratio=ratio(took, scans), **found,
    )  # fmt: skip


if __name__ == "__main__":
    main()
