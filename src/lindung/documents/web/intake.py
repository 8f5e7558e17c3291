"""Several files in one form: each is kept or refused by itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from lindung.access.doors import actor_of, now
from lindung.documents import operations
from lindung.documents.models import Document
from lindung.documents.operations import TooManyDocuments
from lindung.documents.sound import FileRefused
from lindung.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file; ``place`` counts from one, since names are not repeated."""

    place: int
    document: Document | None = None
    refusal: Refusal | None = None


def take_in(request: HttpRequest, worker_id: UUID, type_id: str) -> list[Answer]:
    """Attach every file of the form; a refused one leaves the others as they are."""
    answers = []
    for place, upload in enumerate(request.FILES.getlist("file"), start=1):
        try:
            made = operations.attach(
                actor_of(request),
                worker_id,
                type_id=type_id,
                # One byte more than is taken: enough to know that it is too large.
                data=upload.read(settings.DOCUMENT_BYTES + 1),
                name=upload.name or "",
                declared=upload.content_type or "",
                at=now(),
            )
            answers.append(Answer(place, document=made))
        except (FileRefused, TooManyDocuments) as refusal:
            answers.append(Answer(place, refusal=refusal))
    return answers
