"""The worker's phone: whose it is, and the lock before its private parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from lindung.access import phones
from lindung.access.doors import now
from lindung.access.identity import WORKER_KEY

PAGES = "/saya/"
# What can be done with a locked phone: ask for help, say how one is, and send.
OPEN = re.compile(
    r"^/saya/(?:$|(?:kabar|upah|tanya|keluhan|darurat|kartu|kirim|kotak|luring|pin|masuk|keluar|m|daftar)/"
    r"|sw\.js$|catatan\.webmanifest$)"
)
# Writing on one's case shows nothing by itself; the page after it asks for the PIN.
OPEN_TO_WRITE = re.compile(r"^/saya/kasus/[0-9a-f-]{36}/$")
OWNER, PART = "X-Phone-Owner", "X-Phone-Part"


class OnPhone:
    """Gives a request its phone, keeps a locked phone's private pages closed, and tells the phone
    under whose key, and behind the PIN or not, it may keep a page for reading without a network.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on with ``request.phone``, or ask for the PIN."""
        kept = request.session.get(WORKER_KEY) if request.path.startswith(PAGES) else None
        if kept is None:
            return self.get_response(request)
        phone = phones.found(request.session, worker=UUID(kept["id"]), now=now())
        request.phone = phone  # type: ignore[attr-defined]
        is_open = OPEN.match(request.path) is not None
        writes = request.method == "POST" and OPEN_TO_WRITE.match(request.path)
        if phone.locked and not is_open and not writes:
            return _asks(request)
        response = self.get_response(request)
        if phone.locked and writes and response.status_code == 200:
            return _asks(request)
        response.headers.setdefault(OWNER, phone.subject)
        private = "pin" if phone.has_pin else "private"
        response.headers.setdefault(PART, "open" if is_open else private)
        return response


def _asks(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('my_pin')}?{urlencode({'ke': request.path})}")
