"""The API of the muster: an event with its footprint, the count, and answers that others learned."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from lindung.access.rights import Right
from lindung.crisis import operations, queries
from lindung.crisis.lifecycles import AnswerState
from lindung.crisis.models import EventKind, Way
from lindung.crisis.operations import Given
from lindung.kernel.refusals import Incomplete
from lindung.registry import queries as registry
from lindung.registry.models import Source
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["crisis"]


class CrisisIn(Schema):
    """An event, and what its footprint is made from; of which, ``way`` says."""

    kind: Literal["earthquake", "flood", "storm", "fire", "conflict", "other"]
    title: str = Field(max_length=80, description="what and where; it stands in the messages")
    happened_at: datetime = Field(description="with its zone")
    source: str = Field(max_length=200, description="who published it, and where")
    source_on: date = Field(description="the day it was read there")
    way: Literal["file", "magnitude", "radius", "regions", "cells"]
    geojson: dict[str, Any] | None = Field(
        None, description="polygons, or a ShakeMap's cont_mmi.json, longitude first"
    )
    least: int | None = Field(None, ge=1, le=12, description="intensity (MMI) from which on")
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    magnitude: float | None = None
    depth: float | None = Field(None, description="km")
    km: float | None = Field(None, description="radius")
    regions: list[str] = Field([], max_length=200)
    cells: list[str] = Field([], max_length=20_000, description="H3, resolution 7")


class RowRefused(Schema):
    """A feature, region or cell that could not be used: its number from 1, and why."""

    row: int
    reason: str


class CrisisOut(Schema):
    """An event as it stands."""

    id: UUID
    title: str
    state: str = Field(description="declared, asking or ended")
    cells: int = Field(description="H3 cells of about 5 km²")
    refused: list[RowRefused]


class MusterOut(Schema):
    """How many are inside, of those this key may see, and what is known of them."""

    inside: int
    maybe: int
    silent: int = Field(description="without a word since it happened")
    unplaced: int = Field(description="in the countries concerned, without any place")
    regions: dict[str, int]
    answers: dict[str, int] = Field(
        description="listed, no_answer, not_reached, safe, needs_help: once they were asked"
    )


class MusterAnswerIn(Schema):
    """What became known of one person."""

    number: str = Field(description="public number", examples=["PMI-26-000123"])
    state: Literal["safe", "needs_help"]
    source: Literal["worker", "family", "employer", "destination", "officer"]
    words: str = Field("", max_length=300)


class MusterAnswerOut(Schema):
    """How it stands now."""

    number: str
    state: str
    answered_at: datetime


@api.post(
    "/crisis/events", response={201: CrisisOut}, operation_id="declare_crisis_event", tags=_TAGS
)
@acting(Right.CRISIS_DECLARE)
def declare_crisis_event(request: ApiRequest, body: CrisisIn) -> Status[CrisisOut]:
    """Write down an event and where it reaches; nobody is asked by it."""
    if body.happened_at.tzinfo is None:
        raise Incomplete(fields={"happened_at": "Tulis waktunya dengan zona, tidak di masa depan."})
    made = operations.declare(
        request.auth,
        kind=EventKind(body.kind),
        title=body.title,
        happened_at=body.happened_at,
        source=body.source,
        source_on=body.source_on,
        given=Given(
            way=Way(body.way),
            raw=json.dumps(body.geojson).encode() if body.geojson is not None else b"",
            least=body.least,
            lat=body.lat,
            lon=body.lon,
            magnitude=body.magnitude,
            depth=body.depth,
            km=body.km,
            regions=tuple(body.regions),
            cells=tuple(body.cells),
        ),
        at=datetime.now(UTC),
    )
    refused = [RowRefused(row=number, reason=code) for number, code in made.refused]
    return Status(
        201,
        CrisisOut(
            id=made.id, title=made.title, state=made.state, cells=made.cells, refused=refused
        ),
    )


@api.get(
    "/crisis/events/{event_id}/muster", response=MusterOut, operation_id="count_muster", tags=_TAGS
)
@acting(Right.MUSTER_READ)
def count_muster(request: ApiRequest, event_id: UUID) -> MusterOut:
    """How many are inside, and how many have answered; names are on the desk's page."""
    about = queries.event(event_id)
    told = queries.counted(request.auth, about)
    return MusterOut(
        inside=told.inside,
        maybe=told.maybe,
        silent=told.silent,
        unplaced=told.unplaced,
        regions=dict(told.regions),
        answers=dict(queries.answers(about, now=datetime.now(UTC)).states),
    )


@api.post(
    "/crisis/events/{event_id}/answers",
    response={201: MusterAnswerOut},
    operation_id="tell_muster_answer",
    tags=_TAGS,
)
@acting(Right.MUSTER_ANSWER)
def tell_muster_answer(
    request: ApiRequest, event_id: UUID, body: MusterAnswerIn
) -> Status[MusterAnswerOut]:
    """Hand in what another desk, an employer or a host learned of one person on the list."""
    person = registry.worker_by_number(body.number)
    entry = operations.answer(
        request.auth,
        event_id,
        person.id,
        state=AnswerState(body.state),
        source=Source(body.source),
        at=datetime.now(UTC),
        words=body.words,
    )
    assert entry.answered_at is not None  # just set
    return Status(
        201,
        MusterAnswerOut(
            number=person.public_number, state=entry.state, answered_at=entry.answered_at
        ),
    )
