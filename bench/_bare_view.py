"""A bare Django view that inserts ready rows in one transaction and answers: what ingest is held to.

It acts as the application's login in the roles that it is told, so the same policies, foreign keys,
triggers and indexes apply. No middleware, no session, nothing is read. A request is a list of [role,
actor, rows]; a row is [number of a statement, values]; the statements stand in the file that
BENCH_STATEMENTS names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

_place = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _place.path.lstrip("/"),
            "USER": _place.username,
            "PASSWORD": _place.password or "",
            "HOST": parse_qs(_place.query).get("host", [_place.hostname])[0],
            "PORT": _place.port or parse_qs(_place.query).get("port", [""])[0],
            "CONN_MAX_AGE": None,
        }
    },
)

from django.core.wsgi import get_wsgi_application  # noqa: E402  needs the settings
from django.db import connection, transaction  # noqa: E402  same
from django.http import HttpRequest, JsonResponse  # noqa: E402  same
from django.urls import path  # noqa: E402  same

STATEMENTS: list[str] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text())
_BECOME = (
    "select set_config('role', %s, true), set_config('lindung.actor', %s, true),"
    " set_config('lindung.worker', %s, true)"
)


def insert(request: HttpRequest) -> JsonResponse:
    """Insert what is given, and say so."""
    told = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        for role, actor, rows in told:
            cursor.execute(_BECOME, [role, actor, actor])
            for number, values in rows:
                cursor.execute(STATEMENTS[number], values)
    return JsonResponse({"inserted": sum(len(rows) for _, _, rows in told)})


urlpatterns = [path("", insert)]
application = get_wsgi_application()
