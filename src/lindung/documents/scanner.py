"""Asks a virus scanner about a file: ClamAV's ``clamd``, by its INSTREAM command."""

from __future__ import annotations

from io import BytesIO

import clamd  # type: ignore[import-untyped]  # ships no types
from django.conf import settings

_SECONDS = 60


class NoAnswer(Exception):
    """No scanner is set, none answers, or it could not tell: the file is not clean by that."""


def is_set() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMD)


def infected(data: bytes) -> bool:
    """Whether the scanner finds something in a file.

    Raises:
        NoAnswer: see there.
    """
    if not is_set():
        raise NoAnswer("LINDUNG_CLAMD is not set")
    try:
        answer = _client().instream(BytesIO(data))
    except (clamd.ClamdError, OSError) as error:
        raise NoAnswer(type(error).__name__) from error
    status = answer["stream"][0] if answer and "stream" in answer else "ERROR"
    if status not in {"OK", "FOUND"}:
        raise NoAnswer(status)
    return bool(status == "FOUND")


def _client() -> clamd.ClamdNetworkSocket:
    where: str = settings.CLAMD
    if where.startswith("/"):
        return clamd.ClamdUnixSocket(where, timeout=_SECONDS)
    host, _, port = where.rpartition(":")
    return clamd.ClamdNetworkSocket(host, int(port), timeout=_SECONDS)
