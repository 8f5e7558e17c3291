"""Whether the service is alive, and whether all of it is ready."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.site.outage import leave_server


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, bound login, keys and a living job worker are there; 503 names what is not."""
    checks = {
        "database": _answers(_writes),
        "bound_by_policies": _answers(_bound),
        "keys": (settings.KEYS / "journal.pem").exists(),
        "job_worker": _answers(_working),
    }
    if not checks["database"]:
        leave_server()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _answers(ask: Callable[[], bool]) -> bool:
    """What the database says; one that does not answer says no."""
    try:
        return ask()
    except Error:
        return False


def _writes() -> bool:
    """It is there and no standby."""
    with connection.cursor() as cursor:
        cursor.execute("select not pg_is_in_recovery()")
        return bool(cursor.fetchone()[0])


def _bound() -> bool:
    """A login that stands above the policies must not serve."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not (rolsuper or rolbypassrls) from pg_roles where rolname = session_user"
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def _working() -> bool:
    """A job worker has given a sign of life within a minute, by a clock that was not turned since."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_workers"
            " where last_heartbeat between now() - interval '1 minute' and now() + interval '1 minute')"
        )
        return bool(cursor.fetchone()[0])
