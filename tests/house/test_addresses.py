"""Addresses: each is open for a reason, or asks who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# What anyone may ask, and why.
OPEN = {
    "/masuk/": "signing in",
    "/keluar/": "signing out",
    "/saya/masuk/": "a worker signs in",
    "/saya/daftar/": "a candidate enrols alone",
    "/saya/m/": "a worker's link to sign in, good once",
    "/saya/keluar/": "leaving",
    "/saya/sw.js": "the script that serves a phone's pages without a network; the same for all",
    "/saya/luring/": "the page without a network; about nobody",
    "/saya/catatan.webmanifest": "name and icon on a phone's first screen",
    "/keluarga/m/": "a relative's link to sign in, good once",
    "/keluarga/keluar/": "leaving",
    "/.well-known/": "our public keys, for other systems",
    "/api/openapi.json": "the shape of the API",
    "/demo/": "what made-up people were sent; not there in production",
    "/bahasa/": "the language of the page",
    "/health/": "whether the service lives",
    "/metrics": "measures; not there without the token",
    "/peraturan/": "the law is public",
    "/data-anda/": "how long what is kept, and the form of a copy; about nobody",
    "/lisensi/": "who made what we use",
    "/galeri/": "the components, outside production",
    "/cek/": "public checks with three answers",
    "/p3mi/": "a public check of an agency with three answers",
    "/problems/": "what a problem's type means",
    "/status/": "whether each line to another country is up; nothing about persons",
    "/kanal/": "gateways sign each call; the channels' own tests see to it",
    "/rujukan/r/": "a service reads what was shared with it, by its link",
    "/exchange/v1/": "other systems sign each request; the exchange's own tests see to it",
}
_SAMPLES = {
    "uuid": "0190a000-0000-7000-8000-000000000001",
    "int": "1",
    "str": "x",
    "slug": "x",
    "path": "x",
}


def addresses() -> Iterator[str]:
    """Every address with its places filled."""
    yield from sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for each in patterns:
        route = prefix + _filled(str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        else:
            yield route


def _filled(pattern: str) -> str:
    pattern = re.sub(
        r"<(?:(\w+):)?\w+>", lambda found: _SAMPLES.get(found[1] or "str", "x"), pattern
    )
    pattern = re.sub(r"\(\?P<\w+>[^)]*\)", "x", pattern)
    return pattern.lstrip("^").removesuffix("$").removesuffix("\\Z").replace("\\", "")


CLOSED = [each for each in addresses() if not each.startswith(tuple(OPEN))]


def test_are_many() -> None:
    assert len(CLOSED) > 10


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", CLOSED)
def test_that_are_not_open_ask_who_is_there(address: str, method: str) -> None:
    answer = getattr(Client(), method)(address)
    if address.startswith("/api/"):
        assert answer.status_code in {401, 404, 405}, answer.content[:200]
        return
    assert answer.status_code in {302, 401}, (answer.status_code, answer.content[:200])
    if answer.status_code == 302:
        assert answer["Location"].startswith(("/masuk/", "/saya/masuk/"))
