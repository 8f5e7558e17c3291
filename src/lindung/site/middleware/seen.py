"""First of all: what one request took, under its route's name."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from lindung.access.statements import watched
from lindung.kernel.trail import Trail, follow

# W3C trace context, level 1, section 3.2: version 00, trace, parent span, flags.
_TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"


class Seen:
    """Follows a request from its first to its last line and gives its number back in ``X-Request-Id``.

    A number that came with the request is not taken over: it could be somebody's name. A trace is
    continued only where a proxy of ours stands in front, which makes or drops that header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Follow the rest of the chain."""
        method = request.method if request.method in _METHODS else "other"
        trail = Trail("request", route_of(request), method=str(method))
        given = _TRACEPARENT.match(request.headers.get("traceparent", ""))
        if given and settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            trail.trace, trail.parent = given[1], given[2]
        with follow(trail), watched(trail):
            response = self.get_response(request)
            trail.status = response.status_code
            response.headers["X-Request-Id"] = trail.id
        return response


def route_of(request: HttpRequest) -> str:
    """The name that the code gives to where this address leads; never the address itself."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return NO_ROUTE
    return str(found.view_name)
