"""How often something may be tried, counted in the database so that every process counts together."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from lindung.access.models import Attempt
from lindung.kernel.refusals import TooMany

_COUNT = """
insert into access_attempt as kept (digest, began_at, count) values (%(digest)s, %(now)s, 1)
on conflict (digest) do update set
    count = case when kept.began_at <= %(before)s then 1 else kept.count + 1 end,
    began_at = case when kept.began_at <= %(before)s then excluded.began_at else kept.began_at end
returning count
"""


def spend(purpose: str, key: str, *, most: int, minutes: int, now: datetime) -> None:
    """Count one try by ``key``; the door's to call, outside what the try itself may undo.

    Args:
        purpose: what is tried, so that counts do not mix.
        key: a number or address; kept only as a keyed hash.
        most: tries in ``minutes`` minutes.
    Raises:
        TooMany: that was one too many.
    """
    digest = _digest(purpose, key)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT, {"digest": digest, "now": now, "before": now - timedelta(minutes=minutes)}
        )
        count = cursor.fetchone()[0]
    if count > most:
        raise TooMany


def spent(purpose: str, key: str, *, most: int, minutes: int, now: datetime) -> bool:
    """Whether the tries of ``key`` are used up, without counting one more; as ``spend``."""
    digest = _digest(purpose, key)
    began = now - timedelta(minutes=minutes)
    return Attempt.objects.filter(digest=digest, began_at__gt=began, count__gte=most).exists()


def _digest(purpose: str, key: str) -> bytes:
    return salted_hmac("lindung.access.limits", f"{purpose}|{key}", algorithm="sha256").digest()
