"""Logs name ids, never people: also not those whom a refused row would name."""

from __future__ import annotations

import logging
import re

# PostgreSQL repeats the failing row or key in the detail of its error, and the driver hands it on
# in the exception's text.
_DETAIL = re.compile(
    r"^DETAIL:.*?(?=^(?:HINT|CONTEXT|Traceback|The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class Formatter(logging.Formatter):
    """Lines as usual, without the details of the database's errors."""

    def format(self, record: logging.LogRecord) -> str:
        """The line and, where there is one, the traceback."""
        return _DETAIL.sub("DETAIL: left out, it may name a person.\n\n", super().format(record))
