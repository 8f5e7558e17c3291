"""The steps of a complaint about a placement party, and what they mean for its licence."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.parties import operations as parties
from lindung.parties.models import PartyKind, ProblemEntry, ProblemKind
from lindung.protection.events import SanctionProposed, TrackStepEnded, TrackStepOpened
from lindung.protection.kinds import kind_of
from lindung.protection.models import Case, Complaint, Sanction, TrackStep
from lindung.protection.operations.parts import kind_of_case, locked, still_open
from lindung.protection.track import track

FIRST = "verification"
BASIS = "Peraturan P2MI 23/2025"


class NoMediation(Refusal):
    """Whoever was hurt is never brought before the one who did it."""

    status = 409
    slug = "no-mediation"
    title = "Kasus seperti ini tidak dimediasi."
    advice = "Lanjutkan ke rekomendasi; pelaku tidak dipertemukan dengan korban."


@operation(Right.CASE_WORK)
def start_track(actor: Actor, case_id: UUID, *, at: datetime) -> TrackStep:
    """Begin the steps for a complaint about a placement party, with its verification.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: they began before, or the case has ended.
    """
    case = still_open(locked(case_id), "start track")
    if TrackStep.objects.filter(case=case).exists():
        raise StepClosed(step="start track", state="started")
    return _open(actor, case, FIRST, at)


@operation(Right.CASE_WORK)
def end_step(
    actor: Actor,
    step_id: UUID,
    *,
    result: str,
    reference: str,
    at: datetime,
    minutes: str = "",
    consequence: str = "",
) -> TrackStep:
    """Keep what a step came to, with its paper, and begin the one that follows.

    A mediation says also what follows for the licence: a breach that is only settled is a breach
    with a price.

    Args:
        result: one of the step's results.
        reference: number of the letter, minutes or statement.
        consequence: for the licence, after a mediation and at the end.
    Raises:
        NotFound: no such step, or none this actor may see.
        StepClosed: it has ended.
        Incomplete: no such result, no paper, or no consequence where one is asked.
        NoMediation: the step that would follow is a mediation, and this case allows none.
    Law:
        id.complaint.fulfil_days
    """
    step = TrackStep.objects.select_for_update(of=("self",)).filter(id=step_id).first()
    if step is None:
        raise NotFound
    if step.done_at is not None:
        raise StepClosed(step="end step", state=step.step)
    part = track()[step.step]
    wrong = {} if result in part.results else {"result": "Pilih hasilnya."}
    if part.evidence and not reference.strip():
        wrong["reference"] = "Tulis nomor surat atau berita acaranya."
    if (part.mediation or step.step == "recommendation") and not consequence.strip():
        wrong["consequence"] = "Tulis akibatnya bagi izin, juga bila tidak ada, dengan alasannya."
    if wrong:
        raise Incomplete(fields=wrong)
    case = still_open(locked(step.case_id), "end step")
    after = part.results[result].next
    if after and track()[after].mediation and not kind_of(kind_of_case(case)).mediation:
        raise NoMediation
    step.done_at, step.result, step.reference = at, result, reference.strip()[:120]
    step.minutes, step.consequence = minutes.strip(), consequence.strip()[:300]
    step.save(update_fields=["done_at", "result", "reference", "minutes", "consequence"])
    told = TrackStepEnded(
        case=case.id,
        number=case.number,
        step=step.step,
        label=part.title.id,
        result=result,
    )
    record(told, actor=actor, about=case, basis=step.basis)
    if after:
        _open(actor, case, after, at)
    return step


@operation(Right.PROBLEM_REPORT)
def propose_sanction(
    actor: Actor,
    *,
    party: PartyKind,
    subject: UUID,
    kind: ProblemKind,
    at: datetime,
    case_id: UUID | None = None,
    complaint_id: UUID | None = None,
) -> ProblemEntry:
    """Open a file against a company on what a case or report found.

    What reaches the company names neither the case nor who complained: the file's own number, the
    kind of breach and the law.

    Raises:
        NotFound: no such case, complaint or party, or none this actor may see.
        Incomplete: neither a case nor a complaint.
    """
    about: Case | Complaint | None = None
    if case_id is not None:
        about = Case.objects.filter(id=case_id).first()
    elif complaint_id is not None:
        about = Complaint.objects.filter(id=complaint_id).first()
    else:
        raise Incomplete(fields={"case": "Pilih kasus atau laporan."})
    if about is None:
        raise NotFound
    entry = parties.report_problem(
        actor,
        party=party,
        subject=subject,
        kind=kind,
        evidence="Berkas pelindungan",
        basis=BASIS,
        reported_by=actor.office or "Pelindungan",
        on=timezone.localdate(at),
        is_demo=getattr(about, "is_demo", False),
    )
    made = Sanction(
        case_id=case_id,
        complaint_id=complaint_id,
        entry_id=entry.id,
        number=entry.number,
        at=at,
        by_name=actor.name,
        **about.scope(),
    )
    made.save(force_insert=True)
    told = SanctionProposed(entry_number=entry.number, entry=entry.id)
    record(told, actor=actor, about=made)
    return entry


def _open(actor: Actor, case: Case, code: str, at: datetime) -> TrackStep:
    due_on, basis = track()[code].due(timezone.localdate(at))
    step = TrackStep(
        case=case,
        worker_id=case.worker_id,
        step=code,
        at=at,
        by_name=actor.name,
        due_on=due_on,
        basis=basis,
        **case.scope(),
    )
    step.save(force_insert=True)
    told = TrackStepOpened(
        case=case.id,
        number=case.number,
        step=code,
        label=track()[code].title.id,
        due_on=due_on,
    )
    record(told, actor=actor, about=case, basis=basis)
    return step
