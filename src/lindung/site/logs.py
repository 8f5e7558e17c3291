"""Logs name ids, never people: a line to read in a demo, one JSON object a line in production.

What an exception says may quote what somebody typed, and PostgreSQL repeats the row it refused. So
of an exception a line keeps kind and place, the database's code and the name of the constraint, and
the words only where our own code wrote them.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch

from lindung.kernel import trail
from lindung.kernel.refusals import Refusal
from lindung.kernel.trail import Trail
from lindung.site.middleware.seen import NO_ROUTE, route_of

# Their words name code, not data. NoReverseMatch quotes arguments and is left out by choice.
_OF_CODE = (
    AttributeError, ImportError, NameError, NotImplementedError, ImproperlyConfigured,
    TemplateDoesNotExist, TemplateSyntaxError,
)  # fmt: skip
# PostgreSQL repeats the failing row or key in the detail of its error.
_DETAIL = re.compile(
    r"^(?:DETAIL|LINE \d+|CONTEXT):.*?(?=^(?:HINT|Traceback|The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_LEFT_OUT = "words left out, they may name a person"
# An address in a word: its places hold numbers of people, keys of links.
_ADDRESS = re.compile(r"(?<![\w:/.])/[\w.~%-]+(?:/[\w.~%@:-]*)+(?:\?\S*)?")


def words_of(error: BaseException) -> str:
    """What may be said of an exception: never what somebody typed.

    Django's database errors stand for the driver's, which know code and constraint.
    """
    if isinstance(error, DatabaseError) or hasattr(error, "diag"):
        diag = getattr(error if hasattr(error, "diag") else error.__cause__, "diag", None)
        known = (
            diag and [diag.sqlstate, diag.table_name, diag.column_name, diag.constraint_name]
        ) or []
        return " ".join(filter(None, known)) or _LEFT_OUT
    if isinstance(error, OSError):
        return error.strerror or _LEFT_OUT
    ours = type(error).__module__.startswith("lindung.") and not isinstance(error, Refusal)
    if ours or (isinstance(error, _OF_CODE) and not isinstance(error, NoReverseMatch)):
        return _DETAIL.sub("", str(error))
    return _LEFT_OUT


def places_of(error: BaseException) -> str:
    """The traceback with lines of code and the exception's own words left out, causes first."""
    parts = []
    if error.__cause__ is not None:
        parts.append(places_of(error.__cause__))
    elif error.__context__ is not None and not error.__suppress_context__:
        parts.append(places_of(error.__context__))
    parts.append(_places(error.__traceback__) + f"{type(error).__name__}: {words_of(error)}")
    return "\n\n".join(parts)


def _places(found: TracebackType | None) -> str:
    return "Traceback, the last call at the end:\n" + "".join(traceback.format_tb(found))


class Nobody(logging.Filter):
    """Takes out of a record what may hold a person: addresses, and the words of exceptions."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always keep the record."""
        if isinstance(record.args, tuple):
            request = getattr(record, "request", None)
            path = getattr(request, "path", None)
            record.args = tuple(_harmless(each, path, request) for each in record.args)
        return True


def _harmless(each: object, path: str | None, request: Any) -> object:
    if isinstance(each, BaseException):
        return f"{type(each).__name__}: {words_of(each)}"
    if isinstance(each, str):
        if path and each == path:
            return f"route {route_of(request)}"
        return _ADDRESS.sub("/…", each)
    return each


class Line(logging.Formatter):
    """A line to read: when, what, of which request or job."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        """Kind and places."""
        return places_of(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """The line and, where there is one, the traceback."""
        # Another handler may have kept its own rendering of the exception.
        record.exc_text = None
        line = _DETAIL.sub("", super().format(record)).rstrip()
        mine = trail.current() or getattr(record, "trail", None)
        extra = getattr(record, "seen", {})
        told = " ".join(f"{name}={value}" for name, value in extra.items())
        where = f" [{mine.kind} {mine.name or NO_ROUTE} {mine.id[:8]}]" if mine else ""
        first, newline, rest = line.partition("\n")
        return " ".join(filter(None, (first, told))) + where + newline + rest


class Json(logging.Formatter):
    """One JSON object a line, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, its keys in the order people look for them."""
        made: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _DETAIL.sub("", record.getMessage()).rstrip(),
        }
        mine = trail.current() or getattr(record, "trail", None)
        if mine is not None:
            made |= about(mine)
        made |= getattr(record, "seen", {})
        if record.exc_info and record.exc_info[1] is not None:
            made["failure"] = type(record.exc_info[1]).__name__
            made["places"] = places_of(record.exc_info[1])
        return json.dumps(made, ensure_ascii=False, default=str)


def about(mine: Trail) -> dict[str, str]:
    """Which piece of work a line belongs to."""
    said = {"request": mine.id, "trace": mine.trace, "actor": mine.actor or "nobody"}
    said["route" if mine.kind == "request" else "job"] = mine.name or NO_ROUTE
    return said


_log = logging.getLogger("lindung.work")
# A probe asks every few seconds; only what does not answer it well is said.
_QUIET = frozenset({"live", "ready", "metrics"})


def tell(mine: Trail) -> None:
    """One line for each request and each run of a job."""
    said: dict[str, Any] = {
        "status": mine.status,
        "ms": round(mine.seconds * 1000, 1),
        "queries": mine.queries,
        "database_ms": round(mine.database_seconds * 1000, 1),
    }
    if mine.kind == "request":
        if mine.name in _QUIET and mine.status < 400:
            return
        said = {"method": mine.method} | said
    if mine.failure:
        said["failure"] = mine.failure
    level = logging.ERROR if mine.status >= 500 else logging.INFO
    _log.log(level, mine.kind, extra={"seen": said})
