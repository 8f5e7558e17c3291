"""Life abroad made visible: papers that end, a leave, an extension, family, people who entered themselves.

Told through the operations of the service itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import Jurisdiction
from lindung.access.roles import ROBOT, acting_worker
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.monitoring import operations as monitoring
from lindung.monitoring.models import Relation
from lindung.placement import queries as placements
from lindung.preparation import operations as preparation
from lindung.preparation.models import Direction
from lindung.registry import operations as registering
from lindung.registry.models import Source, Worker, WorkerState

# Numbers of no network: Indonesia gives no mobile numbers after +62 000.
_ENTERED = (("Ani", "+620000000061"), ("Mbak Tri", ""), ("Joko", "+620000000062"))


def tell(cast: Mapping[str, Actor], people: Mapping[str, Worker], *, today: date) -> None:
    """Tell it; ``cast`` has attache, ``people`` has ``at_work``."""
    attache, worker = cast["attache"], people["at_work"]
    _at_work(attache, worker, today)
    _away(attache, worker.id, today)
    _entered(attache.posts[0], today)


def _at_work(attache: Actor, worker: Worker, today: date) -> None:
    """She lives with her husband and a child, and asks to stay longer."""
    me = acting_worker(worker.id, worker.shown_name)
    for name, relation, year in (("Agus", Relation.SPOUSE, 30), ("Putri", Relation.CHILD, 3)):
        monitoring.keep_companion(
            me,
            worker.id,
            name=name,
            relation=relation,
            birth_year=today.year - year,
            needs=["school"] if relation is Relation.CHILD else [],
            source=Source.WORKER,
            on=today,
        )
    with acting_as(attache):
        placement = placements.live_placement(worker.id)
    if placement is not None:
        monitoring.ask_extension(
            attache,
            placement.id,
            until=today + timedelta(days=3 * 365),
            source=Source.EMPLOYER,
            on=today,
        )


def _away(attache: Actor, not_her: UUID, today: date) -> None:
    """Two of the post's people on leave, one of them overdue; one whom the border saw go home."""
    with acting_as(attache):
        abroad = WorkerState.objects.filter(stage="during").exclude(worker_id=not_her)
        ids = list(abroad.order_by("worker_id").values_list("worker_id", flat=True)[:3])
    for worker_id, left, back in zip(ids, (20, 40), (10, -10), strict=False):
        monitoring.go_on_leave(
            attache,
            worker_id,
            on=today - timedelta(days=left),
            back_by=today + timedelta(days=back),
            source=Source.WORKER,
            reason="Cuti tahunan",
        )
    if len(ids) == 3:
        preparation.record_crossing(
            ROBOT,
            ids[2],
            direction=Direction.IN,
            on=today - timedelta(days=12),
            carrier="GA 879",
            source=Source.OFFICER,
        )


def _entered(post_id: int, today: date) -> None:
    """Three who entered themselves in the country of the post; one has no telephone of her own."""
    served = Jurisdiction.objects.filter(post__id=post_id).first()
    if served is None:
        return
    for name, phone in _ENTERED:
        key = new_id()
        me = acting_worker(key, name)
        registering.enrol_abroad(
            me,
            worker_id=key,
            name=name,
            works_in=served.country,
            reach="" if phone else "Lewat teman sekamar, hanya hari Minggu",
            on=today,
            is_demo=True,
        )
        if phone:
            registering.add_identifier(me, key, kind=Kind.PHONE, value=phone, on=today)
