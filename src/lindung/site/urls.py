"""All addresses."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from lindung.site import (  # noqa: F401  joins the API
    api_cases,
    api_costs,
    api_crisis,
    api_documents,
    api_intake,
    api_licences,
    api_living,
    api_messages,
    api_parties,
    api_preparation,
    api_recruitment,
    gallery,
    health,
)
from lindung.site.addresses import Pages
from lindung.site.api import api, not_found
from lindung.site.seeing.views import metrics

# Each app brings its own pages; its place in the tree of addresses is decided here.
_PAGES = {
    "reference": "",
    "regulations": "peraturan/",
    "registry": "",
    "documents": "",
    "parties": "",
    "recruitment": "",
    "placement": "",
    "preparation": "",
    "costs": "",
    "intake": "",
    "monitoring": "",
    "protection": "",
    "reintegration": "",
    "visits": "",
    "assistance": "",
    "incidents": "",
    "signals": "",
    "crisis": "",
    "duty": "",
    "outreach": "",
    "exchange": "",
    "privacy": "",
    "access": "",
    "site": "",
}


def _pages() -> list[URLResolver]:
    return [
        path(prefix, include(name)) if prefix else Pages(import_module(name))
        for name, prefix in ((f"lindung.{app}.web.urls", at) for app, at in _PAGES.items())
        if name.split(".")[1] in settings.APPS and find_spec(name) is not None
    ]


handler500 = "lindung.site.outage.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("bahasa/", set_language, name="set_language"),
    path("masuk/", include("allauth.urls")),
    path("api/", api.urls),
    re_path(r"^api/", not_found),
    *_pages(),
]
if settings.MODE != "production":
    urlpatterns += gallery.urlpatterns
