"""Whether the service is alive, and whether all of it is ready."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, bound login, keys and a living job worker are there; 503 names what is not."""
    checks = {
        "database": _database(),
        "bound_by_policies": _bound(),
        "keys": (settings.KEYS / "journal.pem").exists(),
        "job_worker": _working(),
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


def _working() -> bool:
    """A job worker has given a sign of life within a minute."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_workers"
            " where last_heartbeat > now() - interval '1 minute')"
        )
        return bool(cursor.fetchone()[0])
