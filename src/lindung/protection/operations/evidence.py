"""Voices, photos and papers of a case: kept with documents, read with the case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import look, record
from lindung.access.operation import operation
from lindung.access.policies import OF_CASES
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.documents import operations as documents
from lindung.documents import store
from lindung.documents.lifecycles import SHOWN, DocumentState
from lindung.documents.models import Content, Document
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.protection.events import EvidenceKept
from lindung.protection.models import OPEN, Case, Complaint, Evidence

TYPE = "case_evidence"


@operation(Right.DOCUMENT_UPLOAD)
def add_evidence(
    actor: Actor,
    *,
    worker_id: UUID,
    content: bytes,
    at: datetime,
    evidence_id: UUID,
    case_id: UUID | None = None,
    complaint_id: UUID | None = None,
    note: str = "",
) -> Evidence:
    """Keep a voice, photo or paper with a case or complaint of a person.

    An agency never learns of it; that of a sealed case is read only by who opened it.

    Args:
        content: the file, at most ``DOCUMENT_BYTES``.
        evidence_id: the key made at the tap; the same key again gives what stands.
    Raises:
        NotFound: no such person, case or complaint of this person, or none this actor may see.
        Incomplete: neither a case nor a complaint.
        FileRefused, TooManyDocuments: as documents says.
    """
    if case_id is None and complaint_id is None:
        raise Incomplete(fields={"case": "Pilih kasus atau keluhan."})
    if known := Evidence.objects.filter(id=evidence_id, worker_id=worker_id).first():
        return known
    about = _about(worker_id, case_id, complaint_id)
    sealed = about.compartment != OPEN
    document = documents.attach(
        actor,
        worker_id,
        type_id=TYPE,
        data=content,
        at=at,
        compartment=about.compartment if sealed else UUID(OF_CASES),
    )
    made = Evidence(
        id=evidence_id,
        case_id=case_id,
        complaint_id=complaint_id,
        worker_id=worker_id,
        document_id=document.id,
        media=document.media,
        note=note.strip()[:300],
        at=at,
        by_name=actor.name,
        from_worker=actor.kind is Kind.WORKER,
        compartment=about.compartment,
        **about.scope(),
    )
    made.save(force_insert=True)
    record(EvidenceKept(evidence=made.id), actor=actor, about=made)
    return made


@operation(Right.CASE_READ)
def open_evidence(actor: Actor, evidence_id: UUID, *, purpose: str) -> documents.Opened:
    """Read or play a piece of evidence; the look is recorded.

    Raises:
        NotFound: none, or none this actor may read now.
        StillScanning, NotShown: by the file's state. CannotShow: the store's copy is damaged.
    """
    found = Evidence.objects.filter(id=evidence_id).first()
    if found is None:
        raise NotFound
    # Whether it may be read was asked of the evidence; its file has no policy of its own to ask.
    with acting_as(ROBOT):
        document = Document.objects.get(id=found.document_id)
        if document.state == DocumentState.UPLOADED:
            raise documents.StillScanning
        if DocumentState(document.state) not in SHOWN:
            raise documents.NotShown
        key = bytes(Content.objects.get(document_id=document.id).wrapped_key)
    look(actor, found, worker=found.worker_id, purpose=purpose)
    return documents.Opened(document, store.get(document.id, key))


def _about(worker_id: UUID, case_id: UUID | None, complaint_id: UUID | None) -> Case | Complaint:
    found: Case | Complaint | None = None
    if case_id is not None:
        found = Case.objects.filter(id=case_id, worker_id=worker_id).first()
    elif complaint_id is not None:
        found = Complaint.objects.filter(id=complaint_id, worker_id=worker_id).first()
    if found is None:
        raise NotFound
    return found
