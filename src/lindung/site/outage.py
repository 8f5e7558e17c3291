"""What is answered when something under the service gives way, and when the service itself is wrong.

The database away, its disk full, a lock not had: 503 with ``Retry-After``, in words that say what to do;
nothing of the request stands. Anything else is our fault: 500. Neither answer asks the database.
"""

from __future__ import annotations

import errno
import logging
import sys

from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext

from lindung.kernel.refusals import Refusal
from lindung.site.refusals import problem, wants_json

log = logging.getLogger(__name__)

RETRY_SECONDS = "5"
# SQLSTATE: the server left off writing (it is a standby since a failover).
_READ_ONLY = "25006"
_DISK_FULL = "53100"
# A statement that took too long will do so again.
_TOO_LONG = "57014"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class Away(Refusal):
    """The database does not answer, or something held what was needed for too long."""

    status = 503
    slug = "away"
    title = "Layanan sedang terputus sebentar."
    advice = (
        "Tunggu beberapa detik, lalu kirim sekali lagi; isian yang sama tidak tercatat dua kali."
    )
    retry = True


class NoRoom(Refusal):
    """The disk of the database or of people's documents is full."""

    status = 503
    slug = "no-room"
    title = "Ruang penyimpanan server sedang penuh."
    advice = (
        "Yang baru saja dikirim belum tersimpan; yang sudah tersimpan tetap aman. Beri tahu pengelola"
        " sistem, lalu kirim lagi nanti."
    )
    retry = True


class Broken(Refusal):
    """We made a mistake."""

    status = 500
    slug = "broken"
    title = "Ada yang rusak di pihak kami."
    advice = "Perubahan terakhir tidak tersimpan. Kirim sekali lagi; kesalahan ini sudah tercatat."


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: the answer to the exception that is being handled."""
    refusal = because_of(sys.exc_info()[1])
    if refusal.status == 503:
        leave_server()
    response: HttpResponse
    if wants_json(request):
        response = problem(refusal)
    else:
        response = _page(request, refusal)
    return _later(response)


def _page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    names = {
        "title": gettext(refusal.title),
        "advice": gettext(refusal.advice),
        "back": "/saya/" if request.path.startswith("/saya/") else "/",
    }
    template = "500.html" if refusal.status == 500 else "503.html"
    try:
        page = loader.render_to_string(template, names)
    except Exception:
        # Where not even the page can be made (its style is gone with the disk) the words go alone.
        log.exception("no page for %s", refusal.slug)
        words = f"{names['title']} {names['advice']}"
        return HttpResponse(words, status=refusal.status, content_type="text/plain; charset=utf-8")
    return HttpResponse(page, status=refusal.status)


def because_of(error: BaseException | None) -> Refusal:
    """The refusal that an exception comes to; it or what it was raised from may be the cause."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return NoRoom()
        if isinstance(error, Error):
            state = getattr(error.__cause__, "sqlstate", None)
            if state == _DISK_FULL:
                return NoRoom()
            passing = isinstance(error, OperationalError | InterfaceError) and state != _TOO_LONG
            if passing or state == _READ_ONLY:
                return Away()
        error = error.__cause__ or error.__context__
    return Broken()


def _later(response: HttpResponse) -> HttpResponse:
    if response.status_code == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def leave_server() -> None:
    """When this request ends the connection does too: the other end may have become a standby."""
    connection.close_at = 0
