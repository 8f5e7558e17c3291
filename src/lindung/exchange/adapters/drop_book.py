"""The book of drops: which numbers we gave, what came, what was put aside for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters.base import Busy
from lindung.exchange.models import Drop, Partner, PartnerKey


@contextmanager
def alone(partner: Partner) -> Iterator[None]:
    """Nobody else works with this partner's folders meanwhile, on any machine.

    Raises:
        Busy: somebody does.
    """
    name = f"lindung.exchange.drops:{partner.pk}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise Busy("another process works with these folders")
    try:
        yield
    finally:
        # A lost connection has lost the lock too.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def begin(partner: Partner, *, at: datetime) -> Drop:
    """The drop to be written next. A number that was given and not used is used first.

    The number is durable before the folder appears: two drops never bear the same one, except
    where we died between the folder's appearing and its entry here; protocol §12.2 allows that.
    """
    with acting_as(ROBOT):
        ours = Drop.objects.filter(partner=partner, ours=True)
        unused = ours.filter(state="writing").order_by("number").first()
        if unused is not None:
            return unused
        last = ours.aggregate(last=Max("number"))["last"] or 0
        return Drop.objects.create(
            partner=partner, ours=True, number=last + 1, state="writing", at=at
        )


def written(drop: Drop, *, manifest: bytes, signature: str, items: int, at: datetime) -> None:
    """The folder stands."""
    with acting_as(ROBOT):
        drop.state, drop.manifest, drop.signature = "written", manifest, signature
        drop.items, drop.at = items, at
        drop.save()


def taken(
    partner: Partner, *, number: int, manifest: bytes, signature: str, tables: dict[str, str],
    items: int, at: datetime,
) -> None:  # fmt: skip
    """A partner's drop is in our database, once however often it comes."""
    with acting_as(ROBOT):
        Drop.objects.update_or_create(
            partner=partner, ours=False, number=number, state="taken", signature=signature,
            defaults={"manifest": manifest, "tables": tables, "items": items, "at": at},
        )  # fmt: skip


def set_aside(
    partner: Partner, *, aside: str, reason: str, note: str, number: int | None, at: datetime
) -> None:
    """Something lies in ``refused/`` and waits for a person."""
    with acting_as(ROBOT):
        Drop.objects.get_or_create(
            partner=partner, ours=False, aside=aside,
            defaults={
                "state": "refused", "reason": reason[:40], "note": note[:300],
                "number": number, "at": at,
            },
        )  # fmt: skip


def known_aside(partner: Partner) -> set[str]:
    """Names in ``refused/`` that the book has."""
    with acting_as(ROBOT):
        found = Drop.objects.filter(partner=partner, ours=False).exclude(aside="")
        return set(found.values_list("aside", flat=True))


def keys_of(partner: Partner) -> dict[str, PartnerKey]:
    """The partner's keys by fingerprint."""
    with acting_as(ROBOT):
        return {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}


def missing(partner: Partner, *, now: datetime) -> list[int]:
    """Numbers of a partner's drops that others overtook more than an hour ago, at most twenty.

    Messages have their own numbers, so nothing waits for these; but people should ask.
    """
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select n from generate_series(1, (select max(number) from exchange_drop"
            " where partner_id = %(partner)s and not ours and at < %(before)s)) n"
            " where not exists (select 1 from exchange_drop where partner_id = %(partner)s"
            " and not ours and number = n) order by n limit 20",
            {"partner": partner.pk, "before": now - timedelta(hours=1)},
        )
        return [number for (number,) in cursor.fetchall()]
