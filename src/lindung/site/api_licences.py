"""The API of what is decided about parties: acts on a licence, the course of a file, providers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from lindung.access.actors import Actor
from lindung.access.doors import today
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.parties import operations, queries
from lindung.parties.models import ProviderKind
from lindung.registry.models import Agency
from lindung.site.api import ApiRequest, acting, api
from lindung.site.api_parties import Numbered

_TAGS = ["parties"]


class ActIn(Schema):
    """An act on an agency's licence."""

    act: Literal["warn", "suspend", "reinstate", "revoke", "extend"]
    basis: str = Field(min_length=1, max_length=160, description="law and article")
    reason: str = Field(min_length=1, max_length=300)
    letter: str = Field("", max_length=60, description="number of the letter")
    valid_from: date | None = Field(None, description="of the extended licence")
    valid_to: date | None = Field(None, description="of the extended licence")


class ActOut(Schema):
    """The licence after an act."""

    id: UUID
    number: str
    state: str = Field(description="valid, warned, suspended, revoked or expired")
    licensed_from: date
    licensed_to: date


class StepIn(Schema):
    """A step of a file against a party; each takes what it names and nothing else."""

    step: Literal["tell", "hear", "publish", "lift", "dismiss", "override"]
    reply: str = Field("", max_length=2000, description="hear: what the party said")
    silence: str = Field("", max_length=300, description="hear: how it was asked in vain")
    reason: str = Field("", max_length=300, description="lift, dismiss, override")
    until: date | None = Field(None, description="publish: last day; override: until when")


class StepOut(Schema):
    """Where a file stands after a step."""

    id: UUID
    number: str
    state: str


class ReplyIn(Schema):
    """What an accused agency says of the file against it."""

    reply: str = Field(min_length=1, max_length=2000)
    evidence: str = Field("", max_length=120)


class ProviderIn(Schema):
    """Who trains, examines or certifies candidates."""

    name: str = Field(min_length=1, max_length=160)
    kind: Literal["training", "medical", "competence"]
    region: str = Field(pattern=r"^\d{4}$", description="four-digit regency code")
    accreditation: str = Field(min_length=1, max_length=60)
    accredited_by: str = Field(min_length=1, max_length=120)
    valid_from: date
    valid_to: date


@api.post("/agencies/{agency_id}/acts", response=ActOut, operation_id="decide_licence", tags=_TAGS)
@acting(Right.LICENCE_DECIDE)
def decide_licence(request: ApiRequest, agency_id: UUID, given: ActIn) -> ActOut:
    """Warn, suspend, reinstate, revoke or extend, with law and reason."""
    told: dict[str, Any] = {
        "basis": given.basis, "reason": given.reason, "letter": given.letter, "on": today(),
    }  # fmt: skip
    if given.act == "extend":
        told |= {
            "valid_from": _needed("valid_from", given.valid_from),
            "valid_to": _needed("valid_to", given.valid_to),
        }
    _ACTS[given.act](request.auth, agency_id, **told)
    found = queries.agency(agency_id)
    return ActOut(
        id=found.id,
        number=found.number,
        state=str(queries.licence(found, on=today()).state),
        licensed_from=found.licensed_from,
        licensed_to=found.licensed_to,
    )


@api.post("/problems/{entry_id}/steps", response=StepOut, operation_id="step_problem", tags=_TAGS)
@acting()
def step_problem(request: ApiRequest, entry_id: UUID, given: StepIn) -> StepOut:
    """Take a file one step on: the party is told, heard, and only then is it published."""
    _step(request.auth, entry_id, given)
    found = queries.entry(entry_id)
    return StepOut(id=found.id, number=found.number, state=found.state)


@api.post(
    "/problems/{entry_id}/reply", response={204: None}, operation_id="answer_problem", tags=_TAGS
)
@acting(Right.PROBLEM_ANSWER)
def answer_problem(request: ApiRequest, entry_id: UUID, given: ReplyIn) -> Status[None]:
    """Answer, as the accused agency, within the days it has; the file itself stays closed to it."""
    operations.answer_problem(request.auth, entry_id, on=today(), **given.model_dump())
    return Status(204, None)


@api.post("/providers", response={201: Numbered}, operation_id="register_provider", tags=_TAGS)
@acting(Right.PROVIDER_REGISTER)
def register_provider(request: ApiRequest, given: ProviderIn) -> Status[Numbered]:
    """Register a provider; an accreditation that is registered already is refused."""
    values = given.model_dump() | {"kind": ProviderKind(given.kind)}
    made = operations.register_provider(request.auth, on=today(), **values)
    return Status(201, Numbered(id=made.id, number=made.number))


def _step(actor: Actor, entry_id: UUID, given: StepIn) -> None:
    on = today()
    match given.step:
        case "tell":
            operations.tell_party(actor, entry_id, on=on)
        case "hear":
            operations.hear_party(actor, entry_id, on=on, reply=given.reply, silence=given.silence)
        case "publish":
            operations.publish_problem(
                actor, entry_id, expires_on=_needed("until", given.until), on=on
            )
        case "lift":
            operations.lift_problem(actor, entry_id, reason=given.reason, on=on)
        case "dismiss":
            operations.dismiss_problem(actor, entry_id, reason=given.reason, on=on)
        case "override":
            operations.override_problem(
                actor, entry_id, reason=given.reason, until=_needed("until", given.until), on=on
            )


def _needed(name: str, day: date | None) -> date:
    if day is None:
        raise Incomplete(fields={name: "Tulis tanggalnya."})
    return day


_ACTS: dict[str, Callable[..., Agency]] = {
    "warn": operations.warn_agency,
    "suspend": operations.suspend_agency,
    "reinstate": operations.reinstate_agency,
    "revoke": operations.revoke_licence,
    "extend": operations.extend_licence,
}
