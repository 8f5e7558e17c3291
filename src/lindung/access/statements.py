"""Watches what is asked of the database: counts it for the trail and says to PostgreSQL for what.

The tag is a comment behind the statement, ``/*route='case'*/`` or ``/*job='signals.pass'*/``: it stands
in ``pg_stat_activity`` and ``pg_stat_statements`` beside the statement and names our own code only.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connections

from lindung.kernel import trail
from lindung.kernel.trail import Statement, Trail

log = logging.getLogger("lindung.statement")

# A statement is told under one text whether it comes from us (``%s``) or from PostgreSQL's own count
# (``$1``, which stands for what was written out too). The driver writes a value's type behind it.
_TAG = re.compile(r"/\*(route|job)='([^']*)'\*/")
_COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
_VALUES = re.compile(
    r"(?:'(?:[^']|'')*'|%s|\$\d+|(?<![\w.])-?\d+(?:\.\d+)?\b|\b(?:true|false|null)\b)"
    r"(?:::[\w ]+?(?:\[\])?(?=[\s,)]|$))?",
    re.IGNORECASE,
)
_LISTS = re.compile(r"\?(?:\s*,\s*\?)+")
_ROWS = re.compile(r"\((\?…?)\)(?:\s*,\s*\(\1\))+")
_ONE = re.compile(r"\bin \(\?\)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_ODD = re.compile(r"[^\w.:-]")


def normal(text: str) -> str:
    """The statement without values, lists of values as one: equal for equal questions."""
    plain = _SPACE.sub(" ", _VALUES.sub("?", _COMMENTS.sub(" ", text)))
    plain = _LISTS.sub("?…", plain.replace("( ", "(").replace(" )", ")"))
    return _ONE.sub("in (?…)", _ROWS.sub(r"(\1)", plain)).strip()


def asked_by(text: str) -> str:
    """The route or job that a statement's tag names, or nothing."""
    found = _TAG.search(text)
    return f"{found[1]} {found[2]}" if found else ""


def fingerprint(text: str) -> str:
    """Twelve hex digits that name a normal statement."""
    return sha256(normal(text).encode()).hexdigest()[:12]


@contextmanager
def watched(mine: Trail, *, alias: str = "default") -> Iterator[None]:
    """Count for ``mine`` what this thread asks of the database while ``mine`` is going on."""
    slow = settings.SLOW_STATEMENT_MS / 1000

    def watch(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if trail.current() is not mine:
            return execute(sql, params, many, context)
        began, clock, failed = time.time_ns(), time.perf_counter(), True
        try:
            answer = execute(_tagged(sql, mine), params, many, context)
            failed = False
            return answer
        finally:
            seconds = time.perf_counter() - clock
            rows = context["cursor"].rowcount
            asked = Statement(_text(sql), began, seconds, rows, failed)
            mine.asked(asked)
            if seconds >= slow:
                _tell(asked)

    with connections[alias].execute_wrapper(watch):
        yield


def _tagged(sql: Any, mine: Trail) -> Any:
    """A statement composed by the driver's own means stays as it is: it is made for that driver."""
    if not isinstance(sql, str):
        return sql
    name = "route" if mine.kind == "request" else "job"
    return f"{sql} /*{name}='{_ODD.sub('_', mine.name)}'*/"


def _text(sql: Any) -> str:
    return sql if isinstance(sql, str) else type(sql).__name__


def _tell(asked: Statement) -> None:
    plain = normal(asked.text)
    log.warning(
        "slow statement",
        extra={
            "seen": {
                "statement": plain[:2000],
                "fingerprint": fingerprint(asked.text),
                "ms": round(asked.seconds * 1000, 1),
                "rows": asked.rows,
                "failed": asked.failed,
            }
        },
    )
