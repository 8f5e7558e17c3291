"""Whether the service is alive, and whether all of it is ready."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, role, policies, keys and the job worker are there; 503 names what is not."""
    checks = {
        "database": _database(),
        "bound_by_policies": _bound(),
        "keys": (settings.KEYS / "journal.pem").exists(),
    }
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone())


def _bound() -> bool:
    """A login that stands above the policies must not serve."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not (rolsuper or rolbypassrls) from pg_roles where rolname = session_user"
        )
        row = cursor.fetchone()
        return bool(row and row[0])
