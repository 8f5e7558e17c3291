"""Who sees which documents, and who holds the key to what is in them."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import (
    AGENCY,
    EVERY_ROW,
    OFFICE,
    OPEN_ROWS,
    OPENED,
    POST,
    WORKER,
    WRITE,
    Declaration,
    RowPolicy,
    by_scope,
)
from lindung.documents.models import Content, Document, Fitness, Unsealing

_DESK = (Kind.POST, Kind.OFFICE)

_SHOWN = f"not sealed and {OPEN_ROWS}"

POLICIES: list[Declaration] = [
    # Offices see that a sealed result exists; a recruiter does not, and is told the outcome.
    # Evidence of a case is its post's and the ministry's; that of a sealed one, whoever opened it.
    RowPolicy(Document, Kind.WORKER, WORKER, WRITE),
    RowPolicy(Document, Kind.CLOCK, EVERY_ROW, WRITE),
    RowPolicy(Document, Kind.POST, f"{POST} and {OPENED}", WRITE, POST),
    RowPolicy(Document, Kind.MINISTRY, OPENED, WRITE, EVERY_ROW),
    RowPolicy(Document, Kind.OFFICE, f"{OFFICE} and {OPEN_ROWS}", WRITE),
    RowPolicy(Document, Kind.AGENCY, f"{AGENCY} and {_SHOWN}", WRITE),
    # An office may hand in a sealed result, and has no key to it from then on.
    RowPolicy(Content, Kind.WORKER, WORKER, WRITE),
    RowPolicy(Content, Kind.CLOCK, EVERY_ROW, WRITE),
    RowPolicy(Content, Kind.POST, f"{POST} and not sealed and {OPENED}", WRITE, POST),
    RowPolicy(Content, Kind.MINISTRY, OPENED, WRITE, EVERY_ROW),
    RowPolicy(Content, Kind.OFFICE, f"{OFFICE} and {_SHOWN}", WRITE, OFFICE),
    RowPolicy(Content, Kind.AGENCY, f"{AGENCY} and {_SHOWN}", WRITE),
    *by_scope(Fitness, write=(Kind.MINISTRY,), read=(*_DESK, Kind.AGENCY, Kind.WORKER)),
    *by_scope(Unsealing, write=(Kind.MINISTRY,), read=(Kind.WORKER,)),
]
