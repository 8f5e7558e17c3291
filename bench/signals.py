"""Early warning: how fast it looks at everybody and at a few, and how much of planted trouble it finds.

    ./lindung bench signals [pass] [--people 2000] [--rounds 5]
    ./lindung bench signals recall [--seed 7]

`pass` fills a schema of its own (copies of the tables, indexes included) by set-based inserts and drops it: people
abroad, four months of wage reports, two rounds of answers, a diary of five weeks of every twentieth, loans,
ledger, findings, cases, check-ins. It times the nightly pass when everything is new, the next one when nothing
is, and the look at 1,000 people of whom something was told; `ratio` is to one plain scan (`count` over every row
of each of the same tables) in the same run. Each question is then asked once more by itself, for where the time
goes. `cpu` is what the one PostgreSQL process that served us worked, since a busy machine makes everything wait;
processes that it called to help are not in it. `recall` plants troubles by behaviour (site/population/troubles.py),
in a transaction that is undone, and says of each signal how many it found and how many of those found were so.
Prints one object a line.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import ready
from bench._timing import measuring

# Which signal should see which trouble, and the least share of it that it finds (recall) and of what it finds
# that is so (precision). Some people keep silent or say what they were told to, so no recall is whole.
SEEN_BY: dict[str, tuple[str, float, float]] = {
    "passport taken": ("passport_held", 0.85, 0.85),
    "not paid": ("wage_arrears", 0.80, 0.95),
    "paid too little": ("underpayment", 0.75, 0.90),
    "wage cut for costs": ("illegal_deduction", 0.80, 0.70),
    "deep in debt": ("debt_load", 0.75, 0.95),
    "charged too much": ("overcharging", 1.0, 1.0),
    "contract swapped": ("contract_substitution", 1.0, 1.0),
    "lost on the way": ("never_arrived", 0.95, 0.95),
    "gone quiet in trouble": ("missed_check_ins", 0.85, 0.95),
    "locked in": ("isolation", 0.75, 0.75),
    "worked too hard": ("overwork", 0.75, 0.95),
    "low": ("wellness", 0.75, 0.70),
    "bad employer": ("cluster", 0.65, 0.80),
    "sent back early": ("early_return", 0.65, 0.50),
    "sent elsewhere": ("recruit_excess", 1.0, 0.95),
    "never sent off": ("failed_departures", 1.0, 1.0),
    "coached": ("coached_answers", 0.80, 1.0),
}
# A seed that nobody looked at while thresholds and questions were made.
HELD_OUT = 7
TARGET_SECONDS, TARGET_RATIO, TARGET_CHANGE_MS = 120, 3, 50


def scores(planted: Any, *, on: date, at: datetime) -> Iterator[dict[str, Any]]:
    """Recall and precision of each signal over planted lives, beside their floors."""
    from lindung.signals import parties
    from lindung.signals.catalogue import signals
    from lindung.signals.models import Alert
    from lindung.signals.passing import looking, settle_parties, settle_people

    asked = [each for each in signals().values() if each.about == "person"]
    with looking(asked, on=on, workers=None) as look:
        settle_people(asked, look, at=at)
    for each in signals().values():
        if each.about == "party":
            settle_parties(each, parties.found(each, on=on), on=on, at=at)
    for trouble, (signal, recall, precision) in SEEN_BY.items():
        standing = Alert.objects.filter(signal=signal, gone_on__isnull=True)
        found = set(standing.values_list("subject", flat=True))
        if trouble == "coached":
            true = {_device(device) for device in planted.devices}
        else:
            true = planted.troubles[trouble]
        yield {
            "signal": signal,
            "planted": len(true),
            "found": len(found),
            "recall": round(len(found & true) / len(true), 3),
            "precision": round(len(found & true) / len(found), 3) if found else None,
            "least_recall": recall,
            "least_precision": precision,
        }


def _device(device: str) -> Any:
    from lindung.signals.parties import subject_of

    return subject_of("device", device)


def main() -> None:
    """Do the part that is asked for."""
    parser = _options.parser(__doc__, name="signals")
    parser.add_argument("part", nargs="?", choices=("pass", "recall"), default="pass")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=HELD_OUT)
    options = _options.options(parser, people=(2_000, 5_000_000))
    ready(owner=True)
    if options.part == "recall":
        _recall(options.seed)
        return
    with Report("signals", options) as report:
        _pass(report, options.people, options.rounds)


def _recall(seed: int) -> None:
    from django.db import transaction

    from lindung.regulations.lawbook import parameter, value_on
    from lindung.site.population import troubles

    on = date(2026, 8, 10)
    floor = value_on(parameter("kr.minimum_wage.monthly_209h"), on).number
    assert floor is not None
    with transaction.atomic():
        planted = troubles.plant(seed=seed, on=on, post=_post(), wage=floor)
        for row in scores(planted, on=on, at=datetime(2026, 8, 10, 1, tzinfo=UTC)):
            met = (
                row["recall"] >= row["least_recall"]
                and (row["precision"] or 0) >= row["least_precision"]
            )
            print(
                json.dumps(
                    {"bench": "signals", "metric": "recall", "seed": seed, "met": met} | row
                ),
                flush=True,
            )
        transaction.set_rollback(True)


def _post() -> int:
    return 3


# -- the pass

_TABLES = (
    "registry_workerstate", "placement_placement", "placement_contractterms", "monitoring_employment",
    "monitoring_wagereport", "monitoring_answer", "monitoring_diaryday", "costs_charge", "costs_loan",
    "costs_overcharge", "placement_finding", "protection_case", "protection_complaint",
    "recruitment_joborder", "signals_alert",
)  # fmt: skip
# Beside those that are read: what the pass writes to and looks names up in.
_BESIDE = ("signals_pass", "signals_unjudged", "signals_threshold", "registry_employer", "registry_agency",
           "access_journal")  # fmt: skip


def _pass(report: Report, people: int, rounds: int) -> None:
    from django.db import connection

    schema = f"bench_signals_{os.getpid()}"
    on = date(2026, 8, 10)
    with connection.cursor() as cursor:
        cursor.execute(f"create schema {schema}")
        try:
            began = time.perf_counter()
            _fill(cursor, schema, people, on)
            print(
                f"{people:,} people filled in {time.perf_counter() - began:.0f} s", file=sys.stderr
            )
            with measuring():
                _measure(report, cursor, people, rounds, on)
        finally:
            cursor.execute("set search_path = public")
            cursor.execute(f"drop schema {schema} cascade")


def _measure(report: Report, cursor: Any, people: int, rounds: int, on: date) -> None:
    from django.db import transaction

    from lindung.access.roles import ROBOT
    from lindung.signals import operations

    at = datetime.now(UTC)
    # As the owner, whom no policy binds; our robot's policy is `true`.
    look = transaction.atomic(operations.look_at_everybody.__wrapped__)  # type: ignore[attr-defined]
    some = transaction.atomic(operations.look_at_people.__wrapped__)  # type: ignore[attr-defined]
    _scan(cursor)
    scan = statistics.median(_scan(cursor) for _ in range(3))
    began = time.perf_counter()
    made = look(ROBOT, on=on, at=at)
    first = time.perf_counter() - began
    raised = sum(each["raised"] for each in made.counts.values())
    cursor.execute("analyze signals_alert")
    again, worked = [], []
    for _ in range(max(1, min(rounds, 3))):
        began, before = time.perf_counter(), _cpu(cursor)
        look(ROBOT, on=on, at=at)
        again.append(time.perf_counter() - began)
        worked.append(_cpu(cursor) - before)
    against: dict[str, Any] = {"baseline": scan, "against": "one plain scan of the same tables"}
    report.say("all signals, nothing new", statistics.median(again), "s", samples=again,
               target=TARGET_SECONDS, ratio_target=TARGET_RATIO,
               cpu=statistics.median(worked), **against)  # fmt: skip
    report.say("all signals, everything new", first, "s", raised=raised, **against)
    _each(report, on, at)
    cursor.execute(
        "select worker_id from registry_workerstate order by hashtext(worker_id::text) limit 100000"
    )
    ids = [row[0] for row in cursor.fetchall()]
    few, worked = [], []
    for n in range(rounds):
        chunk = ids[n::rounds][:1000]
        # The first look at the law of a kind of work is slower; it is kept by the process.
        began, before = time.perf_counter(), _cpu(cursor)
        some(ROBOT, chunk, on=on, at=at)
        few.append((time.perf_counter() - began) * 1000)
        worked.append((_cpu(cursor) - before) * 1000)
    report.say("look at 1,000 people", statistics.median(few), "ms", samples=few,
               target=TARGET_CHANGE_MS, worst=round(max(few), 1), cpu=statistics.mean(worked))  # fmt: skip


def _each(report: Report, on: date, at: datetime) -> None:
    """Seconds of each signal by itself, and of what is laid out for all of them."""
    from django.db import transaction

    from lindung.signals import parties
    from lindung.signals.catalogue import signals
    from lindung.signals.passing import looking, settle_parties, settle_people

    asked = [each for each in signals().values() if each.about == "person"]
    took: dict[str, float] = {}
    with transaction.atomic():
        began = time.perf_counter()
        with looking(asked, on=on, workers=None) as laid:
            took["laid out for all"] = time.perf_counter() - began
            for each in asked:
                began = time.perf_counter()
                settle_people([each], laid, at=at)
                took[each.id] = time.perf_counter() - began
        for each in signals().values():
            if each.about == "party":
                began = time.perf_counter()
                settle_parties(each, parties.found(each, on=on), on=on, at=at)
                took[each.id] = time.perf_counter() - began
    for name, seconds in sorted(took.items(), key=lambda pair: -pair[1]):
        report.say(f"signal, {name}", seconds, "s")


def _cpu(cursor: Any) -> float:
    """Seconds that our PostgreSQL process has worked; 0 where it is on another machine."""
    cursor.execute("select pg_backend_pid()")
    path = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not path.exists():
        return 0.0
    words = path.read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _scan(cursor: Any) -> float:
    began = time.perf_counter()
    for table in _TABLES:
        # Every column is looked at, as a plain reader would.
        cursor.execute(f"select count(t.*) from {table} t")
        cursor.fetchone()
    return time.perf_counter() - began


def _fill(cursor: Any, schema: str, people: int, on: date) -> None:
    for table in (*_TABLES, *_BESIDE):
        cursor.execute(
            f"create table {schema}.{table} (like public.{table} including defaults including generated)"
        )
    cursor.execute(f"set search_path = {schema}, public")
    given = {"people": people, "on": on, "month": on.replace(day=1)}
    for statement in _FILLING:
        cursor.execute(statement, given)
    for table in (*_TABLES, *_BESIDE):
        cursor.execute(
            "select indexdef from pg_indexes where schemaname = 'public' and tablename = %s",
            [table],
        )
        for (definition,) in cursor.fetchall():
            plain = definition.replace(" ON ONLY ", " ON ")
            cursor.execute(plain.replace(" ON public.", f" ON {schema}."))
        cursor.execute(f"analyze {schema}.{table}")


# Ids are made from a number, so that tables agree without being joined.
_WORKER = "md5('w' || n)::uuid"
_SCOPE = (
    "1 + n %% 20, md5('a' || n %% 300)::uuid, '3502', (array['KR','TW','HK','MY','JP'])[1 + n %% 5]"
)
_EACH = "from generate_series(1, %(people)s) n"
_FILLING = (
    f"""insert into registry_workerstate (worker_id, stage, condition, check_in_due_on, confirmed_on,
        employer_id, dest_region, cell, post_id, agency_id, region, country)
    select {_WORKER}, 'during', (array['good','good','good','good','good','good','good','good','good','good','good','good','good','good','good','good','good','good','fair','needs_help'])[1 + n %% 20],
        %(on)s::date + 30 - (abs(hashint4(n)) %% 75), %(on)s::date - 5, md5('e' || n / 12)::uuid, '',
        608000000000000000 + n / 40, {_SCOPE} {_EACH}""",
    f"""insert into placement_placement (id, worker_id, number, pathway, scheme, sector, occupation, state,
        employer_id, employer_name, dest_region, opened_on, cleared_on, departed_on, arrived_on, ended_on,
        is_demo, version, post_id, agency_id, region, country)
    select md5('p' || n)::uuid, {_WORKER}, 'P' || n, 'x', '', 'manufacturing', '8160',
        case when abs(hashint4(n)) %% 500 = 0 then 'departed' else 'arrived' end, md5('e' || n / 12)::uuid, '', '',
        %(on)s::date - 400, %(on)s::date - 320, %(on)s::date - 100 - n %% 300,
        case when abs(hashint4(n)) %% 500 = 0 then null else %(on)s::date - 99 - n %% 300 end, null,
        true, 1, {_SCOPE} {_EACH}""",
    f"""insert into placement_contractterms (contract_id, worker_id, live, sector, scheme, occupation, dest_region,
        signed_on, ends_on, stated, post_id, agency_id, region, country)
    select md5('c' || n)::uuid, {_WORKER}, true, (array['manufacturing', 'domestic_work', 'care', 'fishing'])[1 + n / 5 %% 4], '',
        (array['8160', '9111', '5322', '6222', '7212', '9412', '8153'])[1 + n / 7 %% 7], '',
        %(on)s::date - 100 - abs(hashint4(n)) %% 700, null,
        jsonb_build_object('wage.monthly_ordinary', jsonb_build_array((2300000 + n %% 50 * 1000)::text, 'KRW/month'),
                           'hours.weekly_regular', jsonb_build_array('40', ''), 'documents.retention', 'worker', 'fees.placement', '0'),
        {_SCOPE} {_EACH}""",
    f"""insert into monitoring_employment (id, worker_id, placement_id, employer_id, employer_name, dest_region,
        began_on, ended_on, end_reason, source, confirmed_on, post_id, agency_id, region, country)
    select md5('m' || n)::uuid, {_WORKER}, md5('p' || n)::uuid, md5('e' || n / 12)::uuid, 'Contoh', '',
        %(on)s::date - 99 - n %% 300, null, '', 'destination', %(on)s::date - 5, {_SCOPE} {_EACH}""",
    f"""insert into monitoring_wagereport (id, worker_id, month, state, amount, currency, at, source, stands,
        post_id, agency_id, region, country)
    select md5('g' || n || '-' || b)::uuid, {_WORKER}, (%(month)s::date - b * interval '1 month')::date,
        case when abs(hashint4(n * 7 + b)) %% 60 = 0 then 'not_yet' else 'paid' end,
        case when abs(hashint4(n * 7 + b)) %% 60 = 0 then null
             else (2300000 + n %% 50 * 1000) * case when abs(hashint4(n)) %% 90 = 0 then 0.7 else 0.97 end end,
        'KRW', %(on)s::date - b * 30, 'worker', true, {_SCOPE} {_EACH}, generate_series(1, 4) b""",
    f"""insert into monitoring_answer (id, worker_id, question, answer, at, amber, points, stands, device,
        post_id, agency_id, region, country)
    select md5('q' || n || q || r)::uuid, {_WORKER},
        (array['passport_keeper','may_go_out','day_off','phone_hours','interest','low_mood','wage_cut','debt'])[q],
        case when bad then (array['employer','no','never','taken','daily','daily','placement','half'])[q]
             else (array['me','yes','weekly','free','never','never','none','none'])[q] end,
        %(on)s::date - 10 - r * 91, bad, case when bad and q in (5, 6) then 3 else 0 end, r = 0, '', {_SCOPE}
    from (select n, q, r, r = 0 and abs(hashint4(n * 11 + q)) %% 200 = 0 as bad
          {_EACH}, generate_series(1, 8) q, generate_series(0, 1) r) as drawn""",
    f"""insert into monitoring_diaryday (id, worker_id, day, minutes, rest_day, at, post_id, agency_id, region, country)
    select md5('d' || n || '-' || d)::uuid, {_WORKER}, %(on)s::date - d,
        case when d %% 7 = 0 and n %% 400 > 20 then 0 else 480 + n %% 120 + case when n %% 400 <= 20 then 200 else 0 end end,
        d %% 7 = 0 and n %% 400 > 20, %(on)s::date - d, {_SCOPE} {_EACH}, generate_series(0, 34) d where n %% 20 = 0""",
    f"""insert into costs_loan (id, worker_id, placement_id, told_by, told_on, recorded_at, state, reason, is_demo,
        lender, lender_name, principal, currency, taken_on, rate, rate_per, months, instalment, collateral,
        post_id, agency_id, region, country)
    select md5('l' || n)::uuid, {_WORKER}, md5('p' || n)::uuid, 'worker', %(on)s::date - 90, now(), 'stands', '', true,
        'lender', '', (abs(hashint4(n)) %% 100) * 60000, 'KRW', %(on)s::date - 400, 2, 'month', 12, null, 'none',
        {_SCOPE} {_EACH} where n %% 4 = 0""",
    f"""insert into costs_charge (id, worker_id, placement_id, told_by, told_on, recorded_at, state, reason, is_demo,
        number, component, amount, currency, paid_on, months, payer, payee, payee_name, how,
        post_id, agency_id, region, country)
    select md5('h' || n || '-' || k)::uuid, {_WORKER}, md5('p' || n)::uuid, 'worker', %(on)s::date - 90, now(), 'stands',
        '', true, 'B' || n || '-' || k, 'passport', 100000, 'IDR', %(on)s::date - 100, 1, 'worker',
        case when k = 2 and n %% 9 = 0 then 'broker' else 'clinic' end, case when n %% 9 = 0 then 'sponsor ' || n %% 500 else '' end,
        case when abs(hashint4(n + k)) %% 200 = 0 then 'deduction' else 'cash' end, {_SCOPE}
    {_EACH}, generate_series(1, 2) k where n %% 2 = 0""",
    f"""insert into costs_overcharge (id, worker_id, placement_id, rule, since, refunds, excess, currency, verdict, state,
        opened_on, cleared_on, is_demo, post_id, agency_id, region, country)
    select md5('o' || n)::uuid, {_WORKER}, md5('p' || n)::uuid, 'x.ceiling', %(on)s::date - 200, 'agency', 1, 'IDR', '{{}}',
        case when n %% 100 = 0 then 'open' else 'cleared' end, %(on)s::date - 90,
        case when n %% 100 = 0 then null else %(on)s::date - 10 end, true, {_SCOPE} {_EACH} where n %% 50 = 0""",
    f"""insert into placement_finding (id, placement_id, contract_id, worker_id, number, field, told_by, verified, told,
        state, opened_on, due_at, reason, is_demo, post_id, agency_id, region, country)
    select md5('f' || n)::uuid, md5('p' || n)::uuid, md5('c' || n)::uuid, {_WORKER}, 'T' || n, 'job.description', 'worker',
        '{{}}', '{{}}', case when n %% 200 = 0 then 'open' else 'explained' end, %(on)s::date - 9, now(), '', true, {_SCOPE}
    {_EACH} where n %% 50 = 0""",
    f"""insert into protection_complaint (id, worker_id, at, words, channel, language, told_by, post_id, agency_id, region, country)
    select md5('k' || n)::uuid, {_WORKER}, %(on)s::date - n %% 300, 'x', 'web', 'id',
        case when n %% 300 = 0 then {_WORKER} end, {_SCOPE} {_EACH} where n %% 20 = 0""",
)


if __name__ == "__main__":
    main()
