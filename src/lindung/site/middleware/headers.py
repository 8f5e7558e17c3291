"""Headers every answer carries beside the content security policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

_POWERS = (
    "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=(), browsing-topics=()"
)


class Headers:
    """Says which device powers pages may ask for, and keeps people's pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers to whatever the rest of the chain answers."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _POWERS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
