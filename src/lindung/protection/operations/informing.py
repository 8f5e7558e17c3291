"""Somebody reports a company and must not be known to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete
from lindung.protection.clocks import practice
from lindung.protection.events import ReportTaken
from lindung.protection.models import Complaint, Informant
from lindung.protection.operations.parts import needed
from lindung.registry.models import Agency, Employer, Worker


@operation(Right.REPORT_TAKE)
def report_in_confidence(
    actor: Actor,
    *,
    words: str,
    at: datetime,
    about_agency: UUID | None = None,
    about_employer: UUID | None = None,
    name: str = "",
    contact: str = "",
    relation: str = "",
    channel: str = "web",
    report_id: UUID | None = None,
) -> Complaint:
    """Take a report about a company. Who made it is sealed, and apart from what was said.

    It carries no agency's scope and no person's file, so that nothing the company reads changes.

    Args:
        report_id: the key made at the tap; the same key again gives what stands.
    Raises:
        Incomplete: no words, or it is not said about whom.
    """
    needed(words=words)
    if about_agency is None and about_employer is None:
        raise Incomplete(fields={"about": "Pilih perusahaan atau pemberi kerja."})
    key = report_id or new_id()
    with acting_as(ROBOT):
        if known := Complaint.objects.filter(id=key, worker__isnull=True).first():
            return known
        _exists(about_agency, about_employer)
        teller = None
        if actor.kind is Kind.WORKER and actor.worker:
            teller = Worker.objects.filter(id=actor.worker).first()
            name = name or (teller.full_name if teller else "")
        post = actor.posts[0] if actor.posts else (teller.post_id if teller else None)
        complaint = Complaint(
            id=key,
            worker=None,
            at=at,
            words=words,
            channel=channel,
            language=teller.language if teller else "id",
            about_agency=about_agency,
            about_employer_id=about_employer,
            due_at=at + timedelta(hours=practice().triage_hours),
            post_id=post,
        )
        complaint.save(force_insert=True)
        Informant(
            complaint=complaint,
            compartment=key,
            name=name.strip()[:120],
            contact=contact.strip()[:160],
            relation=relation.strip()[:120],
            post_id=post,
        ).save(force_insert=True)
        # Who acted stands in the journal of an office's act; the informant's own name must not.
        told_by = ROBOT if actor.kind is Kind.WORKER else actor
        record(ReportTaken(complaint=key), actor=told_by, about=complaint)
    return complaint


def _exists(agency: UUID | None, employer: UUID | None) -> None:
    wrong = (agency and not Agency.objects.filter(id=agency).exists()) or (
        employer and not Employer.objects.filter(id=employer).exists()
    )
    if wrong:
        raise Incomplete(fields={"about": "Perusahaan ini tidak ditemukan."})
