"""Legal holds: nothing about the person is erased while one is in force."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.privacy.events import HoldLifted, HoldPlaced
from lindung.privacy.models import Hold, HoldKind
from lindung.registry import queries as registry

# A batch of an erasure and a new hold wait for each other: whoever comes second sees what the first did.
LOCK = "select pg_advisory_xact_lock(hashtext('lindung.privacy.erasing'))"


def wait_for_turn() -> None:
    """Wait until no batch is erasing and nobody is placing a hold; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


@operation(Right.HOLD_PLACE)
def place(
    actor: Actor, worker_id: UUID, *, kind: str, reason: str, basis: str, until: date, at: datetime
) -> Hold:
    """Stop the erasing of anything about a person until a day.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no kind, reason, basis, or a day that is over.
    """
    worker = registry.worker(worker_id)
    wrong = {}
    if kind not in HoldKind.values:
        wrong["kind"] = "Pilih salah satu."
    if not (reason := reason.strip()[:300]):
        wrong["reason"] = "Tuliskan alasannya."
    if not (basis := basis.strip()[:160]):
        wrong["basis"] = "Tuliskan dasarnya: nomor perkara, surat, atau aturan."
    if until <= at.date():
        wrong["until"] = "Pilih hari sesudah hari ini; penahanan selalu berakhir."
    if wrong:
        raise Incomplete(fields=wrong)
    wait_for_turn()
    hold = Hold.objects.create(
        worker=worker, kind=kind, reason=reason, basis=basis, until=until,
        placed_at=at, placed_by=actor.id, placed_name=actor.name, **worker.scope(),
    )  # fmt: skip
    record(HoldPlaced(hold=hold.id, kind=kind, until=until), actor=actor, about=hold)
    return hold


@operation(Right.HOLD_PLACE)
def lift(actor: Actor, hold_id: UUID, *, reason: str, at: datetime) -> Hold:
    """End a hold before its day.

    Raises:
        NotFound: no such hold in force. Incomplete: no reason.
    """
    hold = Hold.objects.select_for_update().filter(pk=hold_id, lifted_at__isnull=True).first()
    if hold is None:
        raise NotFound
    if not (reason := reason.strip()[:300]):
        raise Incomplete(fields={"reason": "Tuliskan alasannya."})
    hold.lifted_at, hold.lifted_name, hold.lifted_why = at, actor.name, reason
    hold.save(update_fields=["lifted_at", "lifted_name", "lifted_why"])
    record(HoldLifted(hold=hold.id), actor=actor, about=hold)
    return hold
