"""Whether the service is alive, and whether all of it is ready; for machines, with a word on what to do.

Neither answer says versions, hosts, paths or what an error said: anybody may ask.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.faults import where
from lindung.site.outage import leave_server

log = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, bound login, schema, keys and a living job worker; 503 names what is not and what to do."""
    checks: dict[str, dict[str, object]] = {}
    for name, (holds, advice) in _checks().items():
        # What follows asks the database too: one that does not answer is said once.
        asked = holds if _answers(checks) or name == "keys" else None
        checks[name] = _outcome(name, asked, advice)
    if not checks["database"]["ok"]:
        leave_server()
    ready = all(each["ok"] for each in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _checks() -> dict[str, tuple[Callable[[], bool], str]]:
    return {
        "database": (_writes, _("Nyalakan PostgreSQL dan periksa DATABASE_URL.")),
        "bound_by_policies": (
            _bound,
            _("Pakai lindung_app di DATABASE_URL; cabut SUPERUSER dan BYPASSRLS darinya."),
        ),
        "schema": (_schema, _("Jalankan `./lindung manage migrate` dari versi ini.")),
        "keys": (_keys, _("Jalankan `./lindung manage make_keys`, atau pulihkan berkas kunci.")),
        "job_worker": (_working, _("Jalankan pekerja latar dan lihat lognya.")),
    }


def _answers(checks: dict[str, dict[str, object]]) -> bool:
    return "database" not in checks or bool(checks["database"]["ok"])


def _outcome(name: str, holds: Callable[[], bool] | None, advice: str) -> dict[str, object]:
    try:
        ok = holds is not None and holds()
    except Exception as error:
        log.warning("readiness: %s could not be told: %s", name, where(error))
        ok = False
    return {"ok": True} if ok else {"ok": False, "advice": advice}


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


def _schema() -> bool:
    """Every migration of this source has run; a schema that is further on serves old source too."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute("select app, name from django_migrations")
        return _wanted() <= set(cursor.fetchall())


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """What this source brings; it does not change while the process lives."""
    loader = MigrationLoader(None)
    return frozenset(loader.disk_migrations)


def _keys() -> bool:
    names = ("journal.pem", "identity.json", "django-secret")
    return all((Path(settings.KEYS) / name).exists() for name in names)


def _working() -> bool:
    """A job worker has given a sign of life within a minute, by a clock that was not turned since."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_workers"
            " where last_heartbeat between now() - interval '1 minute' and now() + interval '1 minute')"
        )
        return bool(cursor.fetchone()[0])
