"""The API of cases: what is open, one case as far as the key may read it, and the work on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["cases"]
MOST = 200


class CaseOut(Schema):
    """A case in a list. Of a sealed one nothing but number and clocks; its kind is ``sealed``."""

    id: UUID
    number: str = Field(examples=["KSS-26-000123"])
    kind: str
    stage: str
    owner: str = Field(description="a person, or the duty of a post")
    opened_at: datetime
    answer_due_at: datetime
    answered_at: datetime | None
    plan_due_at: datetime | None
    due_at: datetime
    paused_until: datetime | None
    closed_at: datetime | None
    version: int


class CasesOut(Schema):
    """Open cases in scope, the most urgent first."""

    items: list[CaseOut]


class NoteOut(Schema):
    """Words on a case that this key may read."""

    at: datetime
    author: str
    words: str
    internal: bool
    from_worker: bool


class CaseFullOut(CaseOut):
    """A case with its words; none of a sealed one that this key has not opened."""

    notes: list[NoteOut]


class NoteIn(Schema):
    """Words to the worker, or an internal note."""

    words: str = Field(max_length=5000)
    internal: bool = False


class PauseIn(Schema):
    """Why and until when plan and close wait."""

    reason: str = Field(max_length=300)
    until: datetime
    version: int | None = None


class HandOverIn(Schema):
    """To which post, and why."""

    post_id: int
    reason: str = Field(max_length=300)
    version: int | None = None


class OpeningIn(Schema):
    """Why a sealed case has to be read; the person it is about reads it."""

    reason: str = Field(min_length=10, max_length=300)


class OpeningOut(Schema):
    """A request that a second person answers."""

    id: UUID
    asked_at: datetime


class ReportIn(Schema):
    """A report about a company by somebody who must not be known to it."""

    report_id: UUID = Field(description="made by the caller; the same again is taken once")
    words: str = Field(max_length=20_000)
    about: Literal["agency", "employer"]
    subject: UUID
    name: str = Field("", max_length=120)
    contact: str = Field("", max_length=160)
    relation: str = Field("", max_length=120)


class ReportOut(Schema):
    """The report was kept; nothing of who made it comes back."""

    id: UUID
    due_at: datetime | None


def _told(case: Case) -> CaseOut:
    return CaseOut(
        id=case.id,
        number=case.number,
        kind=case.kind,
        stage=case.state,
        owner=case.owner,
        opened_at=case.opened_at,
        answer_due_at=case.answer_due_at,
        answered_at=case.answered_at,
        plan_due_at=case.plan_due_at,
        due_at=case.due_at,
        paused_until=case.paused_until,
        closed_at=case.closed_at,
        version=case.version,
    )


@api.get("/cases", response=CasesOut, tags=_TAGS, operation_id="open_cases")
@acting(Right.CASE_READ)
def open_cases(request: ApiRequest, kind: str = "") -> CasesOut:
    """Open cases in scope, the most urgent first; at most 200."""
    found = queries.open_cases(request.auth)
    if kind:
        if kind not in CaseKind.values:
            raise Incomplete(fields={"kind": "Jenis ini tidak dikenal."})
        found = found.filter(kind=kind)
    return CasesOut(items=[_told(each) for each in found[:MOST]])


@api.get("/cases/{case_id}", response=CaseFullOut, tags=_TAGS, operation_id="case")
@acting(Right.CASE_READ)
def case(request: ApiRequest, case_id: UUID) -> CaseFullOut:
    """One case; the look is recorded."""
    found = queries.case(case_id)
    look(request.auth, found, worker=found.worker_id, purpose=found.number)
    notes = [
        NoteOut(
            at=each.at,
            author=each.author,
            words=each.words,
            internal=each.internal,
            from_worker=each.from_worker,
        )
        for each in queries.notes(case_id)
    ]
    return CaseFullOut(**_told(found).model_dump(), notes=notes)


@api.post(
    "/cases/{case_id}/notes", response={201: NoteOut}, tags=_TAGS, operation_id="add_case_note"
)
@acting(Right.CASE_WORK)
def add_note(request: ApiRequest, case_id: UUID, body: NoteIn) -> Status[NoteOut]:
    """Write to the worker, or keep an internal note."""
    made = operations.add_note(
        request.auth, case_id, words=body.words, internal=body.internal, at=datetime.now(UTC)
    )
    return Status(
        201,
        NoteOut(
            at=made.at,
            author=made.author,
            words=made.words,
            internal=made.internal,
            from_worker=False,
        ),
    )


@api.post("/cases/{case_id}/pause", response=CaseOut, tags=_TAGS, operation_id="pause_case")
@acting(Right.CASE_WORK)
def pause(request: ApiRequest, case_id: UUID, body: PauseIn) -> CaseOut:
    """Let plan and close wait until an instant."""
    operations.pause(
        request.auth,
        case_id,
        reason=body.reason,
        until=body.until,
        at=datetime.now(UTC),
        version=body.version,
    )
    return _told(queries.case(case_id))


@api.post("/cases/{case_id}/hand-over", response=CaseOut, tags=_TAGS, operation_id="hand_over_case")
@acting(Right.CASE_WORK)
def hand_over(request: ApiRequest, case_id: UUID, body: HandOverIn) -> CaseOut:
    """Give a case to another post's duty; its clocks go on."""
    return _told(
        operations.hand_over(
            request.auth,
            case_id,
            reason=body.reason,
            post_id=body.post_id,
            at=datetime.now(UTC),
            version=body.version,
        )
    )


@api.post(
    "/cases/{case_id}/openings", response={201: OpeningOut}, tags=_TAGS, operation_id="ask_opening"
)
@acting(Right.CASE_WORK)
def ask_opening(request: ApiRequest, case_id: UUID, body: OpeningIn) -> Status[OpeningOut]:
    """Ask to read a sealed case; a second person answers, signed in."""
    made = operations.ask_opening(request.auth, case_id, reason=body.reason, at=datetime.now(UTC))
    return Status(201, OpeningOut(id=made.id, asked_at=made.asked_at))


@api.post("/reports", response={201: ReportOut}, tags=_TAGS, operation_id="report_in_confidence")
@acting(Right.REPORT_TAKE)
def report_in_confidence(request: ApiRequest, body: ReportIn) -> Status[ReportOut]:
    """Take a report about a company in confidence."""
    made = operations.report_in_confidence(
        request.auth,
        words=body.words,
        about_agency=body.subject if body.about == "agency" else None,
        about_employer=body.subject if body.about == "employer" else None,
        name=body.name,
        contact=body.contact,
        relation=body.relation,
        channel="api",
        report_id=body.report_id,
        at=datetime.now(UTC),
    )
    return Status(201, ReportOut(id=made.id, due_at=made.due_at))
