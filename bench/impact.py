"""How long it takes to list the live contracts that a value of law flips, beside one plain scan.

    ./lindung bench impact [--contracts 1000000]

Makes live contracts in a schema of its own (copies of the tables, indexes included) and drops it.
Prints one object a line. The baseline is one scan of the same table in the same run that looks at
the same field of every row; `ratio` is ours to that. Ours is everything that the command does:
grouping, verdicts, and the list of every contract that flips.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--contracts", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ["LINDUNG_CONNECT_AS"] = "owner"
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    today = timezone.localdate()
    schema = f"bench_impact_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"create schema {schema}")
        try:
            for table in _TABLES:
                cursor.execute(f"create table {schema}.{table} (like public.{table} including all)")
            cursor.execute(f"set search_path = {schema}")
            began = time.perf_counter()
            _fill(cursor, options.contracts, today)
            print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
            for rule, value in _ASKED:
                _report(cursor, rule, value, today)
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


def _report(cursor: Any, rule: str, value: str, today: date) -> None:
    from lindung.placement import impact
    from lindung.regulations.command import found_from
    from lindung.regulations.lawbook import parameter

    law = parameter(rule)
    began = time.perf_counter()
    cursor.execute(
        "select count(*), max(stated->>%s) from placement_contractterms", [law.contract_field]
    )
    scanned = cursor.fetchone()[0]
    baseline = time.perf_counter() - began
    began = time.perf_counter()
    start = today + timedelta(days=1)
    tried = None if value == "unknown" else found_from(value, law)
    made = impact.impact(impact.tried(law, tried, start=start, today=today))
    judged = time.perf_counter() - began
    listed = sum(1 for _ in impact.flips(made))
    took = time.perf_counter() - began
    print(
        json.dumps(
            {
                "bench": "impact",
                "metric": f"impact of {rule}",
                "value": round(took, 2),
                "unit": "s",
                "judged": round(judged, 2),
                "people": scanned,
                "contracts": made.contracts,
                "groups": made.groups,
                "flipped": listed,
                "baseline": round(baseline, 2),
                "ratio": round(took / baseline, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
