"""The API of lists: send one, see how far it is, read its rows and what to repair, have it taken."""

# Not with postponed annotations: ``acting`` wraps the handlers, and they would be looked up in its module.

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from ninja import File, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from lindung.access.rights import Right
from lindung.intake import operations, queries
from lindung.intake.models import Batch, Row
from lindung.intake.reading import MOST_BYTES, TROUBLES
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["intake"]


class ListOut(Schema):
    """A list, and how far the jobs have come with it."""

    id: UUID
    state: str = Field(description="sent, read, taking, taken or unreadable")
    sent_at: datetime
    taken_at: datetime | None
    rows: int = Field(description="lines with something in them; 0 until they were counted")
    kept: int = Field(description="rows read so far")
    wrong: int = Field(description="rows with a problem")
    taken: int = Field(description="people brought in")
    known: int = Field(description="rows of people who were here already")
    refused: int
    columns: dict[str, str] = Field(description="heading of the file → what it means")
    unknown_columns: list[str]
    trouble: str = Field(description="why it could not be read, as the slug of a problem; or empty")
    advice: str = Field(description="what to do about it, in words")


class ProblemOfRow(Schema):
    """One thing wrong with a row, and its cure."""

    column: str = Field(description="empty where it concerns the row as a whole")
    cure: str


class RowOut(Schema):
    """One line of a list."""

    line: int = Field(description="number of the line in the file, the headings being 1")
    state: str = Field(description="ready, taken, known or refused")
    values: dict[str, str] = Field(description="the words as they came, by meaning")
    problems: list[ProblemOfRow]
    worker: str = Field(
        description="public number of whom it became; empty before", examples=["PMI-26-000123"]
    )


class RowsOut(Schema):
    """Rows in the order of the list, at most two hundred; ask again behind the last line."""

    items: list[RowOut]
    next_after: int | None = Field(description="`after` of the next page; null at the end")


class RowsAsked(Schema):
    """Which rows."""

    after: int = Field(0, ge=0, description="those behind this line alone")
    wrong: bool = Field(False, description="those alone that have a problem: what to repair")


@api.get("/lists", response=list[ListOut], operation_id="lists", tags=_TAGS)
@acting(Right.LIST_SEND)
def lists(request: ApiRequest) -> list[ListOut]:
    """The newest lists of this office, at most thirty."""
    return [_list(each) for each in queries.batches()]


@api.post("/lists", response={202: ListOut}, operation_id="send_list", tags=_TAGS)
@acting(Right.LIST_SEND)
def send_list(request: ApiRequest, file: File[UploadedFile]) -> Status[ListOut]:
    """Send a list as CSV or XLSX. It is stored and read by a job; the same file again is the same list."""
    made = operations.send_list(request.auth, file.read(MOST_BYTES + 1))
    return Status(202, _list(made))


@api.get("/lists/{list_id}", response=ListOut, operation_id="list_status", tags=_TAGS)
@acting(Right.LIST_SEND)
def status(request: ApiRequest, list_id: UUID) -> ListOut:
    """One list, and how far it is."""
    return _list(queries.batch(list_id))


@api.get("/lists/{list_id}/rows", response=RowsOut, operation_id="list_rows", tags=_TAGS)
@acting(Right.LIST_SEND)
def rows(request: ApiRequest, list_id: UUID, asked: Query[RowsAsked]) -> RowsOut:
    """Rows of a list: all, or those to be repaired and sent again in another list."""
    queries.batch(list_id)
    found = queries.rows(
        list_id, with_problems=asked.wrong, after=asked.after, most=queries.PAGE + 1
    )
    page = found[: queries.PAGE]
    numbers = queries.public_numbers(page)
    return RowsOut(
        items=[_row(each, numbers) for each in page],
        next_after=page[-1].line if len(found) > len(page) else None,
    )


@api.post("/lists/{list_id}/taking", response={202: ListOut}, operation_id="take_list", tags=_TAGS)
@acting(Right.LIST_SEND)
def take(request: ApiRequest, list_id: UUID) -> Status[ListOut]:
    """Have the good rows taken by a job, as this key for as long as it is valid."""
    return Status(202, _list(operations.take_list(request.auth, list_id)))


def _list(found: Batch) -> ListOut:
    trouble = TROUBLES.get(found.trouble)
    return ListOut(
        **{name: getattr(found, name) for name in ListOut.model_fields if name != "advice"},
        advice=gettext(trouble.advice) if trouble else "",
    )


def _problem(told: dict[str, str]) -> ProblemOfRow:
    cure = told["sentence"]
    return ProblemOfRow(column=told["column"], cure=gettext(cure))


def _row(found: Row, numbers: dict[UUID, str]) -> RowOut:
    return RowOut(
        line=found.line,
        state=found.state,
        values=queries.words(found),
        problems=[_problem(each) for each in found.problems],
        worker=numbers.get(found.worker_id, "") if found.worker_id else "",
    )
