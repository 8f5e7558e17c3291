"""What makes a phone keep the pages: the worker that serves them without a network, and the manifest.

Runs at the door: nothing here is about anybody.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

# What every page of the phone needs; the page without a network stands beside it.
SHELL = (
    "css/tokens.css",
    "css/phone.css",
    "js/phone-store.js",
    "js/phone.js",
    "js/phone-pin.js",
    "js/phone-media.js",
    "note.svg",
)
_SCRIPT = Path(__file__).resolve().parents[1] / "static" / "js" / "phone-worker.js"
# A new version of the pages brings its own script within the hour.
_WORKER_AGE, _MANIFEST_AGE = 3_600, 86_400


def _mark(request: HttpRequest) -> str:
    return f'"{_worker()[1]}"'


@require_safe
@condition(etag_func=_mark)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script, with the addresses of the files it keeps; another version is another text."""
    response = HttpResponse(_worker()[0], content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_WORKER_AGE}"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Name and icon on the phone's first screen: neutral, nobody's arms."""
    icon = {"src": static("note.svg"), "type": "image/svg+xml", "sizes": "any"}
    body = {
        "id": reverse("my_home"),
        "name": settings.PHONE_NAME,
        "short_name": settings.PHONE_NAME,
        "start_url": reverse("my_home"),
        "scope": reverse("my_home"),
        "display": "standalone",
        "background_color": "#f7f5f0",
        "theme_color": "#073c48",
        "lang": get_language(),
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response.headers["Cache-Control"] = f"public, max-age={_MANIFEST_AGE}"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that stands in for one that is not kept; it asks for the PIN where one is set."""
    return render(request, "saya/offline.html", {"shell": True})


@lru_cache(maxsize=1)
def _worker() -> tuple[str, str]:
    """The worker's script and the mark of its version."""
    files = [static(each) for each in SHELL]
    mark = sha256("|".join(files).encode()).hexdigest()[:12]
    shell = {
        "version": mark,
        "files": files,
        "store": static("js/phone-store.js"),
        "offline": reverse("my_offline"),
    }
    text = f"const SHELL = {json.dumps(shell, separators=(',', ':'))};\n{_SCRIPT.read_text()}"
    return text, sha256(text.encode()).hexdigest()[:16]
