"""Who sees which documents, and who holds the key to what is in them."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import AGENCY, OFFICE, POST, WRITE, Declaration, RowPolicy, by_scope
from lindung.documents.models import Content, Document, Fitness, Unsealing

_DESK = (Kind.POST, Kind.OFFICE)

POLICIES: list[Declaration] = [
    # Offices see that a sealed result exists; a recruiter does not, and is told the outcome.
    *by_scope(Document, write=(*_DESK, Kind.MINISTRY, Kind.WORKER)),
    RowPolicy(Document, Kind.AGENCY, f"{AGENCY} and not sealed", WRITE),
    # An office may hand in a sealed result, and has no key to it from then on.
    *by_scope(Content, write=(Kind.MINISTRY, Kind.WORKER)),
    RowPolicy(Content, Kind.POST, f"{POST} and not sealed", WRITE, new_rows=POST),
    RowPolicy(Content, Kind.OFFICE, f"{OFFICE} and not sealed", WRITE, new_rows=OFFICE),
    RowPolicy(Content, Kind.AGENCY, f"{AGENCY} and not sealed", WRITE),
    *by_scope(Fitness, write=(Kind.MINISTRY,), read=(*_DESK, Kind.AGENCY, Kind.WORKER)),
    *by_scope(Unsealing, write=(Kind.MINISTRY,), read=(Kind.WORKER,)),
]
