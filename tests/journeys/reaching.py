"""All that somebody can reach: pages from the rail on with their lists, counts and files, and by key.

What is new each time one looks (tokens, clocks) is left out, so that two readings can be compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from playwright.sync_api import APIRequestContext, BrowserContext

# Pages of one shape that are read; of whom it is about, all.
OF_A_KIND = 2
MOST = 400
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)')
_ROW = re.compile(r'name="baris" value="([^"]+)"')
_NEW_EACH_TIME = re.compile(
    r'(value="[0-9a-f-]{36}"|csrfmiddlewaretoken"[^>]*|X-CSRFToken[^}]*}|'
    r"\d+ (?:detik|menit|jam)|\b\d\d\.\d\d\b|sebelum=[^\"&]*)"
)
# The way out, words of the law that stand in files, what the browser keeps, other people's phones.
_ELSEWHERE = ("/static/", "/keluar/", "/bahasa/", "/masuk/", "/demo/", "/peraturan/", "/lisensi/",
    "/saya/", "/galeri/")  # fmt: skip


def pages(
    context: BrowserContext, *, about: Iterable[str] = (), but: re.Pattern[str]
) -> dict[str, str]:
    """Address → what stands there, by every link from the first page on.

    Args:
        about: parts of addresses whose pages are all read, however many of their kind there are.
        but: what looking itself leaves on the pages.
    """
    ask = context.request
    found: dict[str, str] = {}
    shapes: Counter[str] = Counter()
    waiting = ["/"]
    seen = {"/"}
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        answer = ask.get(address)
        text = answer.text() if _is_text(answer.headers) else repr(answer.body())
        found[address] = f"{answer.status} {plain(but.sub('', text))}"
        if not answer.ok or "html" not in answer.headers.get("content-type", ""):
            continue
        for link in _LINK.findall(text):
            to = urljoin(address, link.replace("&amp;", "&"))
            if to in seen or to.startswith(_ELSEWHERE):
                continue
            seen.add(to)
            shape = _shape(to)
            shapes[shape] += 1
            if shapes[shape] <= OF_A_KIND or any(each in to for each in about):
                waiting.append(to)
    return found


def plain(text: str) -> str:
    """A page's words without what is new each time."""
    return " ".join(_NEW_EACH_TIME.sub("", text).split())


def posted(context: BrowserContext, address: str, *fields: tuple[str, str]) -> str:
    """What a form answers, its token given."""
    token = next(each for each in context.cookies() if each["name"] == "csrftoken")
    answer = context.request.post(
        address,
        data=urlencode([*fields, ("csrfmiddlewaretoken", token["value"])]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    return f"{answer.status} {plain(answer.text())}"


def file_of_the_queue(context: BrowserContext, *rows: str) -> str:
    """The rows of the first page as the file that it offers; with ``rows`` whatever else is asked for."""
    shown = _ROW.findall(context.request.get("/").text())
    wanted = [("baris", each) for each in (*shown, *rows)]
    return posted(context, "/antrean/massal/", ("act", "csv"), *wanted)


def operations(
    ask: APIRequestContext, key: str, given: dict[str, str], *, having: str = ""
) -> dict[str, str]:
    """Each operation of the API with a key → its answer, the places of its path filled.

    Args:
        given: name of a place → what stands there; for others an id that nobody has.
        having: only those with this in their path.
    """
    document: dict[str, Any] = ask.get("/api/openapi.json").json()
    headers = {"Authorization": f"Bearer {key}"}
    found = {}
    for path, methods in document["paths"].items():
        if having not in path:
            continue
        address = re.sub(r"{(\w+)}", lambda place: given.get(place.group(1), str(uuid4())), path)
        for method in methods:
            answer = ask.fetch(
                address,
                method=method.upper(),
                headers=headers,
                data={} if method != "get" else None,
            )
            found[f"{method} {path}"] = f"{answer.status} {plain(_ID.sub('', answer.text()))}"
    return found


def _shape(address: str) -> str:
    parts = urlsplit(address)
    named = re.sub(r"=[^&]*", "", parts.query)
    return f"{_ID.sub('*', parts.path)}?{named}"


def _is_text(headers: dict[str, str]) -> bool:
    kind = headers.get("content-type", "")
    return kind.startswith("text/") or "json" in kind
