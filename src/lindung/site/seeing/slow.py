"""Which statements cost most, and which page or job asks them: from PostgreSQL's count and our own log.

``pg_stat_statements`` counts every statement of the database; our log holds those above the limit, each
with its page. Both are read without values. What PostgreSQL logs by itself is not read: the driver
writes values into the text, so ``log_min_duration_statement`` and ``auto_explain`` would put people's
data into its log.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import Error, connection, transaction

from lindung.access.statements import asked_by, fingerprint, normal

_COUNTED = """
select query, sum(calls)::bigint, sum(total_exec_time), max(max_exec_time), sum(rows)::bigint
from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database())
group by query order by 3 desc limit %s
"""
_READ = 400


@dataclass(slots=True)
class Slow:
    """One normal statement.

    Attributes:
        calls, mean_ms, max_ms, rows_each: of all runs, by PostgreSQL's count; None without it.
        slow_runs: how many stand in our log, above the limit.
        p95_ms: of those, 95 of a hundred took at most so long.
        pages: routes and jobs that asked it, the most frequent first.
    """

    fingerprint: str
    statement: str
    calls: int | None = None
    total_ms: float | None = None
    mean_ms: float | None = None
    max_ms: float | None = None
    rows_each: float | None = None
    slow_runs: int = 0
    p95_ms: float | None = None
    pages: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @property
    def weight(self) -> float:
        """What it cost altogether, as far as is known."""
        return self.total_ms or self.slow_runs * (self.p95_ms or 0)


@dataclass(slots=True)
class Review:
    """The statements, the dearest first, and what would make the picture whole."""

    statements: list[Slow]
    missing: list[str]


def review(logs: Iterable[Path | Iterable[str]], *, top: int) -> Review:
    """Bring together what PostgreSQL counts and what our logs say."""
    found: dict[str, Slow] = {}
    missing = _count(found)
    runs, pages, lines = _logged(logs, found)
    for key, times in runs.items():
        each = found[key]
        each.slow_runs = len(times)
        each.p95_ms = percentile(times, 95)
    for key, asking in pages.items():
        said = [name for name, _ in asking.most_common(5)]
        found[key].pages = list(dict.fromkeys([*said, *found[key].pages]))
    if not lines:
        missing.append(
            "No JSON line of ours was read: set LINDUNG_LOGS=json, restart, and name the files with"
            " --logs, or '-' for the standard input (journalctl -o cat -u lindung-web)."
        )
    ranked = sorted(found.values(), key=lambda each: -each.weight)
    return Review(ranked[:top], missing)


def percentile(values: list[float], share: int) -> float:
    """The smallest value that ``share`` of a hundred do not pass (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share / 100) - 1)]


def _count(found: dict[str, Slow]) -> list[str]:
    """PostgreSQL's own count; what is in its way, in words of what to do."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_extension where extname = 'pg_stat_statements'),"
                " pg_has_role('pg_read_all_stats', 'usage')"
            )
            made, may_read = cursor.fetchone()
            if not made:
                return [_NOT_THERE]
            cursor.execute(_COUNTED, [_READ])
            rows = cursor.fetchall()
    except Error:  # made, but not loaded
        return [_NOT_THERE]
    for text, calls, total, longest, count in rows:
        if text == "<insufficient privilege>":
            continue
        key = fingerprint(text)
        each = found.setdefault(key, Slow(key, normal(text)))
        each.calls = (each.calls or 0) + calls
        each.total_ms = (each.total_ms or 0) + total
        each.mean_ms = each.total_ms / each.calls if each.calls else None
        each.max_ms = max(each.max_ms or 0, longest)
        each.rows_each = count / calls if calls else None
        if (page := asked_by(text)) and page not in each.pages:
            each.pages.append(page)
    return [] if may_read else [_NOT_READ]


_NOT_THERE = (
    "PostgreSQL counts no statements: set shared_preload_libraries = 'pg_stat_statements' and"
    " pg_stat_statements.track = all, restart the server, then, as superuser in this database:"
    " create extension pg_stat_statements."
)
_NOT_READ = (
    "This login may not read what others asked: as superuser,"
    " grant pg_read_all_stats to lindung_owner."
)


def _logged(
    logs: Iterable[Path | Iterable[str]], found: dict[str, Slow]
) -> tuple[dict[str, list[float]], dict[str, Counter[str]], int]:
    runs: dict[str, list[float]] = defaultdict(list)
    pages: dict[str, Counter[str]] = defaultdict(Counter)
    ours = 0
    for line in _lines(logs):
        said = _read(line)
        if said is None:
            continue
        ours += 1
        if said.get("message") != "slow statement":
            continue
        key = str(said["fingerprint"])
        found.setdefault(key, Slow(key, str(said["statement"])))
        runs[key].append(float(said["ms"]))
        page = f"route {said['route']}" if "route" in said else f"job {said.get('job', 'none')}"
        pages[key][page] += 1
    return runs, pages, ours


def _lines(logs: Iterable[Path | Iterable[str]]) -> Iterable[str]:
    for each in logs:
        if isinstance(each, Path):
            with each.open(encoding="utf-8", errors="replace") as opened:
                yield from opened
        else:
            yield from each


def _read(line: str) -> dict[str, Any] | None:
    """One of our lines, or None: other programs write there too."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) and "logger" in said else None
