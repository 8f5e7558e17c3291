"""The API of documents: hand in, list, read, decide."""

# Not with postponed annotations: ``acting`` wraps the handlers, and they would be looked up in its module.

from datetime import UTC, date, datetime

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import File, Form, Schema
from ninja.files import UploadedFile
from pydantic import Field

from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.documents import operations, queries
from lindung.documents.models import Document
from lindung.documents.types import types
from lindung.registry import queries as registry
from lindung.site.api import ApiRequest, acting, api


class Paper(Schema):
    """A document without its contents."""

    number: str = Field(examples=["DOK-26-000123"])
    type: str = Field(examples=["passport"])
    sealed: bool = Field(description="contents for the person, and the ministry with a reason")
    state: str = Field(
        description="uploaded, scanned, unscanned, verified, refused, expired, quarantined, destroyed"
    )
    media: str = Field(examples=["image/jpeg"])
    size: int = Field(description="bytes, as kept")
    sha256: str = Field(description="of the file as it was handed in, hex")
    uploaded_at: datetime
    issued_on: date | None
    valid_until: date | None
    reason: str = Field(description="why it was refused or destroyed")


class Outcome(Schema):
    """What a sealed result comes to."""

    type: str
    fit: bool
    on: date
    valid_until: date | None


class Papers(Schema):
    """A person's documents, newest first, and outcomes of sealed results."""

    items: list[Paper]
    outcomes: list[Outcome]


class Decision(Schema):
    """What an officer decides; a refusal needs a reason, a sealed result an outcome."""

    accept: bool
    issued_on: date | None = None
    valid_until: date | None = None
    fit: bool | None = None
    reason: str = ""


class Asking(Schema):
    """Why a sealed result is opened; the person reads it."""

    reason: str = ""


class Destroying(Schema):
    """Why the contents are destroyed; the person reads it."""

    reason: str = Field(min_length=1, max_length=300)


class TypeOut(Schema):
    """A kind of document."""

    type: str = Field(examples=["passport"])
    title: dict[str, str] = Field(description="by language: id, en")
    sealed: bool
    upload: list[str] = Field(description="kinds of actor who hand it in")
    verify: list[str] = Field(description="kinds of actor who verify it")


_OF_PERSON = "/workers/{public_number}/documents"


@api.get(_OF_PERSON, response=Papers, operation_id="documents", tags=["documents"])
@acting(Right.DOCUMENT_READ)
def documents(request: ApiRequest, public_number: str) -> Papers:
    """A person's documents; the look is recorded and shown to the worker."""
    worker = registry.worker_by_number(public_number)
    look(request.auth, worker, worker=worker.id, purpose="API")
    return Papers(
        items=[_paper(each) for each in queries.documents_of(worker.id)],
        outcomes=[
            Outcome(type=each.type, fit=each.fit, on=each.on, valid_until=each.valid_until)
            for each in queries.fitness_of(worker.id)
        ],
    )


@api.post(_OF_PERSON, response=Paper, operation_id="attach_document", tags=["documents"])
@acting(Right.DOCUMENT_UPLOAD)
def attach(
    request: ApiRequest,
    public_number: str,
    type: Form[str],  # noqa: A002  the field's name in the form
    file: File[UploadedFile],
) -> Paper:
    """Hand in a JPEG, PNG or PDF. The same file of the same type twice is one document."""
    return _paper(
        operations.attach(
            request.auth,
            registry.worker_by_number(public_number).id,
            type_id=type,
            data=file.read(settings.DOCUMENT_BYTES + 1),
            name=file.name or "",
            declared=file.content_type or "",
            at=datetime.now(UTC),
        )
    )


@api.post("/documents/{number}/contents", operation_id="document_contents", tags=["documents"])
@acting(Right.DOCUMENT_READ)
def contents(request: ApiRequest, number: str, asking: Asking) -> HttpResponse:
    """The file itself; a sealed one needs a reason, which the person reads."""
    opened = operations.open_document(
        request.auth,
        queries.by_number(number).id,
        at=datetime.now(UTC),
        purpose="API",
        reason=asking.reason,
    )
    return HttpResponse(
        opened.data,
        content_type=opened.document.media,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )


@api.post(
    "/documents/{number}/decision",
    response=Paper,
    operation_id="decide_document",
    tags=["documents"],
)
@acting(Right.DOCUMENT_VERIFY)
def decide(request: ApiRequest, number: str, decision: Decision) -> Paper:
    """Take a document for true, or send it back with a reason."""
    id_ = queries.by_number(number).id
    if not decision.accept:
        return _paper(operations.refuse(request.auth, id_, reason=decision.reason))
    return _paper(
        operations.verify(
            request.auth,
            id_,
            on=timezone.localdate(),
            issued_on=decision.issued_on,
            valid_until=decision.valid_until,
            fit=decision.fit,
        )
    )


@api.post(
    "/documents/{number}/destruction",
    response=Paper,
    operation_id="destroy_document",
    tags=["documents"],
)
@acting(Right.DOCUMENT_DESTROY)
def destroy(request: ApiRequest, number: str, asking: Destroying) -> Paper:
    """Destroy what is in a document for ever; the row stays and says why."""
    id_ = queries.by_number(number).id
    return _paper(operations.destroy(request.auth, id_, reason=asking.reason))


@api.get(
    "/document-types", response=list[TypeOut], operation_id="document_types", tags=["documents"]
)
@acting()
def document_types(request: ApiRequest) -> list[TypeOut]:
    """Every kind of document: what it is called, whether it is sealed, who hands in and verifies it."""
    return [
        TypeOut(
            type=id_,
            title=each.title,
            sealed=each.sealed,
            upload=sorted(map(str, each.upload)),
            verify=sorted(map(str, each.verify)),
        )
        for id_, each in types().items()
    ]


def _paper(found: Document) -> Paper:
    return Paper(
        number=found.number,
        type=found.type,
        sealed=found.sealed,
        state=found.state,
        media=found.media,
        size=found.size,
        sha256=found.sha256,
        uploaded_at=found.uploaded_at,
        issued_on=found.issued_on,
        valid_until=found.valid_until,
        reason=found.reason,
    )
