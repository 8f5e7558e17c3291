"""An event and its footprint are written down; and the end of asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.crisis import footprint as footprints
from lindung.crisis.events import CrisisDeclared, CrisisEnded
from lindung.crisis.footprint import Footprint
from lindung.crisis.lifecycles import CRISIS_EVENT, EventState
from lindung.crisis.models import CrisisEvent, EventKind, FootprintArea, FootprintSpan, Way
from lindung.crisis.operations.asking import TASK
from lindung.crisis.practice import equation, felt_within_km, practice, radii
from lindung.kernel.places import joined, outline_of
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.reference.models import Region
from lindung.reference.queries import kept
from lindung.registry.operations import close_task_about

_TITLE = 80


@dataclass(frozen=True, slots=True)
class Given:
    """What a footprint is made from; of which, ``way`` says.

    Attributes:
        raw: bytes of a published file. least: intensity (MMI) from which on an area counts.
        lat, lon: degrees, WGS 84. depth, km: kilometres.
        regions: codes. cells: H3, as written.
    """

    way: Way
    raw: bytes = b""
    least: int | None = None
    lat: float | None = None
    lon: float | None = None
    magnitude: float | None = None
    depth: float | None = None
    km: float | None = None
    regions: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As the event keeps it: of a file its digest, of an equation its name."""
        told = {
            name: getattr(self, name)
            for name in ("least", "lat", "lon", "magnitude", "depth", "km")
        }
        if self.way is Way.MAGNITUDE:
            used = equation()
            told |= {"equation": radii().use, "source": used.source, "margin": radii().margin}
        if self.raw:
            told |= {"digest": sha256(self.raw).hexdigest(), "bytes": len(self.raw)}
        if self.regions:
            told["regions"] = list(self.regions)
        return {name: value for name, value in told.items() if value is not None}


def footprint_of(given: Given) -> Footprint:
    """The footprint that was told.

    Raises:
        Incomplete: something the way needs is missing or impossible, by field.
        NoFootprint: nothing in it can be used; ``rows`` says why, row by row.
    """
    least = given.least or practice().least_intensity
    match given.way:
        case Way.FILE:
            if not given.raw or len(given.raw) > practice().most_bytes:
                raise Incomplete(
                    fields={"file": gettext_noop("Pilih berkas GeoJSON, paling besar 8 MB.")}
                )
            return footprints.read_file(given.raw, least=least)
        case Way.MAGNITUDE:
            lat, lon = _point(given)
            magnitude, depth = given.magnitude, given.depth or 0.0
            if magnitude is None or not 3 <= magnitude <= 9.5 or not 0 <= depth <= 700:
                raise Incomplete(
                    fields={
                        "magnitude": gettext_noop(
                            "Isi magnitudo 3 sampai 9,5 dan kedalaman 0 sampai 700 km."
                        )
                    }
                )
            km = felt_within_km(magnitude, depth, intensity=least)
            if km == 0:
                raise Incomplete(
                    fields={
                        "least": gettext_noop(
                            "Menurut rumusnya gempa ini tidak terasa sekuat itu. Pilih intensitas lebih rendah."
                        )
                    }
                )
            return footprints.around(lat, lon, km, level=Decimal(least))
        case Way.RADIUS:
            lat, lon = _point(given)
            if given.km is None or not 0 < given.km <= 1000:
                raise Incomplete(fields={"km": gettext_noop("Isi radius sampai 1.000 km.")})
            return footprints.around(lat, lon, given.km)
        case Way.REGIONS:
            if not given.regions:
                raise Incomplete(
                    fields={"regions": gettext_noop("Pilih paling sedikit satu wilayah.")}
                )
            known = Region.objects.in_bulk(given.regions)
            return footprints.of_regions(
                (code, known[code].names.get("id") or code, known[code].polygon)
                if code in known
                else (code, code, None)
                for code in given.regions
            )
        case _:
            if not given.cells:
                raise Incomplete(fields={"cells": gettext_noop("Tulis paling sedikit satu sel.")})
            return footprints.of_cells(given.cells)


@operation(Right.CRISIS_DECLARE)
def declare(
    actor: Actor,
    *,
    kind: EventKind,
    title: str,
    happened_at: datetime,
    source: str,
    source_on: date,
    given: Given,
    at: datetime,
    is_demo: bool = False,
) -> CrisisEvent:
    """Write down an event and where it reaches; nobody is asked yet.

    Rows of a file that cannot be used are kept by number and reason; the others stand.

    Args:
        title: as people hear it, in the messages too: what and where, nobody's name.
        source: who published it, and where. source_on: the day it was read there.
    Raises:
        Incomplete: no title, no source, or what the way needs is missing, by field.
        NoFootprint: nothing of what was given can be used.
    """
    wrong: dict[str, str] = {}
    if not 3 <= len(title.strip()) <= _TITLE:
        wrong["title"] = gettext_noop("Tulis apa dan di mana, paling panjang 80 huruf.")
    if not source.strip():
        wrong["source"] = gettext_noop("Tulis siapa yang menerbitkan, dan di mana.")
    if happened_at > at:
        wrong["happened_at"] = gettext_noop("Waktunya belum tiba.")
    if wrong:
        raise Incomplete(fields=wrong)
    made = footprint_of(given)
    cells = made.cells
    event = CrisisEvent(
        kind=kind,
        title=title.strip(),
        happened_at=happened_at,
        source=source.strip(),
        source_on=source_on,
        way=given.way,
        given=given.kept(),
        refused=[list(each) for each in made.refused],
        cells=len(cells),
        regions=sorted(regions_of(cells)),
        declared_at=at,
        declared_by=actor.name,
        is_demo=is_demo,
        post_id=actor.posts[0] if actor.kind is Kind.POST else None,
    )
    event.save(force_insert=True)
    FootprintArea.objects.bulk_create(
        FootprintArea(
            event=event,
            label=each.label,
            level=each.level,
            geometry=dict(each.geometry),
            cells=len(each.touched),
        )
        for each in made.areas
    )
    FootprintSpan.objects.bulk_create(
        (
            FootprintSpan(event=event, lo=each.lo, hi=each.hi, level=each.level, inside=each.inside)
            for each in made.spans()
        ),
        batch_size=2_000,
    )
    record(
        CrisisDeclared(
            event=event.id,
            kind=str(kind),
            title=event.title,
            happened_at=happened_at,
            way=str(given.way),
            cells=event.cells,
        ),
        actor=actor,
        about=event,
    )
    return event


@operation(Right.CRISIS_DECLARE)
def end(actor: Actor, event_id: UUID, *, reason: str, at: datetime) -> CrisisEvent:
    """End the asking; answers stay, tasks that only waited for one are closed.

    Raises:
        NotFound: no such event. NotAllowed: another post declared it.
        StepClosed: it ended already. Incomplete: no reason.
    """
    event = CrisisEvent.objects.select_for_update().filter(id=event_id).first()
    if event is None:
        raise NotFound
    if actor.kind is Kind.POST and event.post_id not in actor.posts:
        raise NotAllowed
    if not reason.strip():
        raise Incomplete(
            fields={
                "reason": gettext_noop("Tulis mengapa ditutup, dan apa dengan yang belum menjawab.")
            }
        )
    event.state = CRISIS_EVENT.take("end", EventState(event.state))
    event.ended_at, event.end_reason = at, reason.strip()[:300]
    event.save(update_fields=["state", "ended_at", "end_reason"])
    with acting_as(ROBOT):
        close_task_about(ROBOT, event.id, kind=TASK)
    record(
        CrisisEnded(event=event.id, title=event.title, reason=event.end_reason),
        actor=actor,
        about=event,
    )
    return event


def _point(given: Given) -> tuple[float, float]:
    if given.lat is None or given.lon is None:
        raise Incomplete(
            fields={"lat": gettext_noop("Isi lintang dan bujur pusatnya, dalam derajat.")}
        )
    return given.lat, given.lon


def regions_of(cells: frozenset[int]) -> set[str]:
    """Regions that the footprint touches: who is known to one of them only may be inside."""
    outlines = ([(lon, lat) for lat, lon in outline_of(each)] for each in joined(cells))
    return kept.shapes().touching(outlines)
