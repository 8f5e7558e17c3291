"""Calls to other systems: only to where they may go, and to nowhere behind our own walls.

An address that an administrator typed, or one that a partner told, must not turn the service into a
way to whatever else answers inside the operator's network. So in production a name is looked up once,
every address it gives must be one of the open network (IANA special-purpose registries, RFC 6890),
and the connection goes to the very address that was checked: a second answer of the name server
changes nothing. Redirects are not followed, proxies of the environment not used. What does lie within
(an X-Road security server, a ministry's gateway) is named in ``LINDUNG_PRIVATE_HOSTS``.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpx
from django.conf import settings


class Forbidden(httpx.ConnectError):
    """The address lies where calls must not go; treated like a line that is down."""


def client(*, seconds: float, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client for calls to other systems; follows no redirect.

    Args:
        seconds: for connecting and for each read.
    """
    return httpx.Client(
        transport=Guarded(verify=trusted()),
        timeout=seconds,
        headers=dict(headers or {}),
        follow_redirects=False,
        trust_env=False,
    )


@cache
def trusted() -> ssl.SSLContext:
    """Whom we trust over TLS; reading the bundle anew for each call took longer than the call."""
    return httpx.create_ssl_context(trust_env=False)


class Guarded(httpx.HTTPTransport):
    """Connects to an address that was looked at before, by the name that was asked for."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, to a checked address.

        Raises:
            Forbidden: the name leads into our own network, or nowhere.
        """
        if settings.MODE == "production" and request.url.host not in settings.PRIVATE_HOSTS:
            name = request.url.host
            address = open_address(name, request.url.port or _PORTS[request.url.scheme])
            request.url = request.url.copy_with(host=address)
            # The certificate is held against the name, as before.
            request.extensions = {**request.extensions, "sni_hostname": name}
        return super().handle_request(request)


_PORTS = {"http": 80, "https": 443}


def open_address(name: str, port: int) -> str:
    """One address of a name, all of whose addresses belong to the open network.

    Raises:
        Forbidden: one of them does not, or there is none.
    """
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Forbidden("no such host") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(is_open, addresses)):
        raise Forbidden("a private address")
    return addresses[0]


def is_open(text: str) -> bool:
    """Whether an address belongs to the open network; one of IPv4 written as IPv6 counts as that."""
    address: Any = ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        address = inner
    return bool(address.is_global and not address.is_multicast)
