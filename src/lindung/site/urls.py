"""All addresses."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLResolver, include, path

from lindung.site import health

# Each app brings its own pages; its place in the tree of addresses is decided here.
_PAGES = {
    "reference": "",
    "regulations": "peraturan/",
    "registry": "",
    "placement": "",
    "monitoring": "",
    "protection": "",
    "reintegration": "",
    "outreach": "",
    "exchange": "",
    "access": "",
    "site": "",
}


def _pages() -> list[URLResolver]:
    return [
        path(prefix, include(f"lindung.{app}.web.urls"))
        for app, prefix in _PAGES.items()
        if app in settings.APPS and find_spec(f"lindung.{app}.web.urls") is not None
    ]


urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("masuk/", include("allauth.urls")),
    *_pages(),
]
