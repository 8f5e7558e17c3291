"""Family who live with a worker abroad."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring.events import CompanionKept
from lindung.monitoring.models import Companion, Relation
from lindung.registry import queries as registry
from lindung.registry.models import Source


@operation(Right.COMPANION_KEEP)
def keep_companion(
    actor: Actor,
    worker_id: UUID,
    *,
    name: str,
    relation: Relation,
    source: Source,
    on: date,
    birth_year: int | None = None,
    born_abroad: bool = False,
    needs: Sequence[str] = (),
    companion_id: UUID | None = None,
) -> Companion:
    """Write down, or confirm, who lives with the worker abroad.

    Args:
        needs: codes of ``Companion.NEEDS``.
        companion_id: one who stands already, or the key made at the tap for a new one: the same
            again changes no more than what is told.
    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no name, a need nobody knows, or a birth year to come.
    """
    if not name.strip():
        raise Incomplete(fields={"name": "Tulis namanya, seperti yang dipakai sehari-hari."})
    if strange := set(needs) - {code for code, _label in Companion.NEEDS}:
        raise Incomplete(fields={"needs": "Pilih keperluan dari daftar."}, strange=sorted(strange))
    if birth_year is not None and not 1900 <= birth_year <= on.year:
        raise Incomplete(fields={"birth_year": "Tahun lahir ini tidak mungkin."})
    worker = registry.worker(worker_id)
    values = {
        "name": name.strip(),
        "relation": relation,
        "birth_year": birth_year,
        "born_abroad": born_abroad,
        "needs": sorted(set(needs)),
        "source": source,
        "confirmed_on": on,
    }
    known = companion_id and Companion.objects.filter(id=companion_id).first()
    if known:
        if known.worker_id != worker.id:
            raise NotFound
        for field, value in values.items():
            setattr(known, field, value)
        known.save(update_fields=[*values])
        companion = known
    else:
        more = {"id": companion_id} if companion_id else {}
        companion = Companion.objects.create(
            worker=worker, since=on, **values, **more, **worker.scope()
        )
    record(CompanionKept(companion=companion.id, here=True), actor=actor, about=companion)
    return companion


@operation(Right.COMPANION_KEEP)
def companion_left(actor: Actor, companion_id: UUID, *, on: date) -> Companion:
    """Record that a companion no longer lives there; told again, the first day counts.

    Raises:
        NotFound: no such companion, or none this actor may see.
    """
    found = Companion.objects.select_for_update().filter(id=companion_id).first()
    if found is None:
        raise NotFound
    if found.left_on is None:
        found.left_on = on
        found.save(update_fields=["left_on"])
        record(CompanionKept(companion=found.id, here=False), actor=actor, about=found)
    return found
