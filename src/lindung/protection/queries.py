"""Everything asked about cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case as Choice
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import Post
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound
from lindung.protection.clocks import practice
from lindung.protection.emergency import sos_waiting
from lindung.protection.kinds import CLOSED, kind_of, kinds
from lindung.protection.lifecycles import CaseState
from lindung.protection.models import (
    OPEN,
    Case,
    CaseLink,
    CaseNote,
    CasePause,
    CaseTask,
    Complaint,
    ContactAttempt,
    Escalation,
    Evidence,
    HandOver,
    Hearing,
    Informant,
    Opening,
    Sanction,
    SealedPart,
    TrackStep,
)
from lindung.protection.stages import RAIL, STAGE_LABELS
from lindung.protection.track import track
from lindung.registry.models import Agency, Employer, Worker, WorkerState
from lindung.regulations.lawbook import Provision
from lindung.regulations.sentences import pick

__all__ = ["sos_waiting"]


def case(case_id: UUID) -> Case:
    """One case. Its person may be out of scope for a post that was handed the case alone.

    Raises:
        NotFound: no such case, or none this actor may see.
    """
    name = Worker.objects.filter(id=OuterRef("worker_id")).values("full_name")
    asked = Case.objects.filter(id=case_id).select_related("complaint")
    found = asked.annotate(person_name=Subquery(name)).first()
    if found is None:
        raise NotFound
    return found


def case_by_number(number: str) -> Case:
    """One case by its number; raises as `case` does."""
    found = Case.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise NotFound
    return found


def notes(case_id: UUID) -> list[CaseNote]:
    """What was said and done, oldest first; internal notes only for those who may see them.

    Of a sealed case nothing, unless the actor has opened it.
    """
    return list(CaseNote.objects.filter(case_id=case_id))


def cases_of(worker_id: UUID) -> list[Case]:
    """A person's cases, newest first."""
    return list(Case.objects.filter(worker_id=worker_id).order_by("-opened_at"))


def told_by(teller: UUID, worker_id: UUID) -> list[Case]:
    """Cases that rest on what one relative said, newest first."""
    told = Case.objects.filter(worker_id=worker_id, complaint__told_by=teller)
    return list(told.order_by("-opened_at")[:20])


def with_names(query: QuerySet[Case]) -> QuerySet[Case]:
    """Each with ``who``: the person's name, empty for a sealed case and for one out of scope."""
    names = Worker.objects.filter(id=OuterRef("worker_id")).values("full_name")[:1]
    return query.annotate(
        who=Choice(
            When(compartment=OPEN, then=Coalesce(Subquery(names), Value(""))), default=Value("")
        )
    )


def open_cases(actor: Actor, *, mine: bool = False) -> QuerySet[Case]:
    """Open cases in scope, the most urgent first; each with ``who`` (see `with_names`)."""
    query = Case.objects.filter(closed_at__isnull=True)
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    if mine:
        query = query.filter(owner_id=actor.id)
    return with_names(query).order_by("due_at")


def escalated(actor: Actor) -> QuerySet[Case]:
    """Open cases of which a clock has gone up to this actor's kind of office."""
    gone_up = Escalation.objects.filter(case_id=OuterRef("id"))
    if actor.kind is Kind.MINISTRY:
        gone_up = gone_up.filter(role="ministry_officer")
    return open_cases(actor).filter(Exists(gone_up))


def waiting_complaints(actor: Actor) -> list[Complaint]:
    """Complaints that name no person and wait to be placed, the most urgent first.

    Never who reported: see `informant`.
    """
    query = Complaint.objects.filter(settled_at__isnull=True, due_at__isnull=False)
    if actor.kind is Kind.POST:
        query = query.filter(Q(post_id__in=actor.posts))
    return list(query.order_by("due_at")[:100])


def complaint(complaint_id: UUID) -> Complaint:
    """One complaint; raises `NotFound` as `case` does."""
    found = Complaint.objects.filter(id=complaint_id).first()
    if found is None:
        raise NotFound
    return found


def about_whom(found: Complaint) -> str:
    """Name of the company a complaint is about, where it says."""
    if found.about_agency:
        agency = Agency.objects.filter(id=found.about_agency).first()
        return agency.name if agency else ""
    if found.about_employer_id is None:
        return ""
    employer = Employer.objects.filter(id=found.about_employer_id).first()
    return employer.name if employer else ""


def complaints_of(found: Case) -> list[Complaint]:
    """Every complaint that a case answers, the first first."""
    others = Hearing.objects.filter(case_id=found.id).values("complaint_id")
    return list(
        Complaint.objects.filter(Q(id=found.complaint_id) | Q(id__in=others)).order_by("at")
    )


def cases_answering(complaint_id: UUID) -> list[Case]:
    """Every case that answers a complaint."""
    others = Hearing.objects.filter(complaint_id=complaint_id).values("case_id")
    return list(Case.objects.filter(Q(complaint_id=complaint_id) | Q(id__in=others)))


def informant(complaint_id: UUID) -> Informant | None:
    """Who reported in confidence; none for anybody who has not opened that."""
    return Informant.objects.filter(complaint_id=complaint_id).first()


def evidence_of(found: Case) -> list[Evidence]:
    """What was handed in for a case and for every complaint that it answers, oldest first.

    A complaint placed with the case may be another person's: its evidence is shown to who may read it.
    """
    further = Hearing.objects.filter(case_id=found.id).values("complaint_id")
    return list(
        Evidence.objects.filter(
            Q(_own_evidence(found), worker_id=found.worker_id) | Q(complaint_id__in=further)
        )
    )


def _own_evidence(found: Case) -> Q:
    own = Q(case_id=found.id)
    return own | Q(complaint_id=found.complaint_id) if found.complaint_id else own


def tasks_of(case_id: UUID) -> list[CaseTask]:
    """What is to be done and was done on a case, by day."""
    return list(CaseTask.objects.filter(case_id=case_id))


def attempts_of(case_id: UUID) -> list[ContactAttempt]:
    """How the person was tried, oldest first."""
    return list(ContactAttempt.objects.filter(case_id=case_id))


def pause_of(case_id: UUID) -> CasePause | None:
    """The pause that lasts, if one does."""
    return CasePause.objects.filter(case_id=case_id, ended_at__isnull=True).first()


def links_of(case_id: UUID) -> list[CaseLink]:
    """How a case belongs with others; what was taken back is left out."""
    both = Q(case_id=case_id) | Q(other_id=case_id)
    query = CaseLink.objects.filter(both, undone_at__isnull=True)
    return list(query.select_related("case", "other"))


def likely_same(found: Case) -> list[Case]:
    """Other open cases of the same person, which may be one with this."""
    query = Case.objects.filter(worker_id=found.worker_id, closed_at__isnull=True)
    return list(query.exclude(id=found.id)[:10])


def track_of(case_id: UUID) -> list[TrackStep]:
    """The steps of a complaint about a company as far as they went, oldest first."""
    return list(TrackStep.objects.filter(case_id=case_id))


def case_of_step(step_id: UUID) -> UUID:
    """The case of a step; raises `NotFound` as `case` does."""
    found = TrackStep.objects.filter(id=step_id).only("case_id").first()
    if found is None:
        raise NotFound
    return found.case_id


def results_of(step_id: UUID) -> list[tuple[str, str]]:
    """What a step can come to, in words."""
    found = TrackStep.objects.filter(id=step_id).only("step").first()
    return (
        [(code, each.shown) for code, each in track()[found.step].results.items()] if found else []
    )


def name_of(found: Case) -> str:
    """The person's name, empty where their file is out of the actor's scope."""
    if "person_name" in found.__dict__:  # asked together with the case
        return found.__dict__["person_name"] or ""
    person = Worker.objects.filter(id=found.worker_id).only("full_name").first()
    return person.full_name if person else ""


def sanctions_of(case_id: UUID) -> list[Sanction]:
    """Files against companies that were opened on this case."""
    return list(Sanction.objects.filter(case_id=case_id).order_by("at"))


def hand_overs_of(case_id: UUID) -> list[HandOver]:
    """Whom a case went to, oldest first, as far as the actor's own offices gave it."""
    return list(HandOver.objects.filter(case_id=case_id))


def sealed_part(case_id: UUID) -> SealedPart | None:
    """What a sealed case is about; none for whoever has not opened it."""
    return SealedPart.objects.filter(case_id=case_id).first()


def openings_of(case_id: UUID) -> list[Opening]:
    """Who asked to read a sealed case, who agreed and until when, newest first."""
    return list(Opening.objects.filter(case_id=case_id))


def openings_waiting(actor: Actor, *, at: datetime) -> list[Opening]:
    """Requests and emergency openings that a second person has to answer; not the actor's own."""
    since = at - timedelta(hours=practice().asking_hours)
    query = Opening.objects.filter(
        Q(asked_at__gt=since) | Q(emergency=True), agreed__isnull=True
    ).exclude(asker_id=actor.id)
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    return list(query.select_related("case", "complaint").order_by("asked_at")[:50])


def is_protected(complaint_id: UUID) -> bool:
    """Whether somebody reported it in confidence: that there is somebody, not who."""
    with acting_as(ROBOT):
        return Informant.objects.filter(complaint_id=complaint_id).exists()


def informant_openings(complaint_id: UUID) -> list[Opening]:
    """Who asked to know who reported, who agreed and until when, newest first."""
    return list(Opening.objects.filter(complaint_id=complaint_id))


def is_open_to(actor: Actor, found: Case, *, at: datetime) -> bool:
    """Whether an actor may read a case's words now."""
    if not found.is_sealed or actor.kind in {Kind.WORKER, Kind.CLOCK}:
        return True
    return (
        Opening.objects.filter(compartment=found.compartment, asker_id=actor.id, until_at__gt=at)
        .filter(Q(agreed=True) | Q(emergency=True, agreed__isnull=True))
        .exists()
    )


def employer_of(found: Case) -> UUID | None:
    """The employer the person works for now, as far as the actor may know it."""
    state = WorkerState.objects.filter(worker_id=found.worker_id).only("employer_id").first()
    return state.employer_id if state else None


def laws_for(code: str, country: str) -> list[Provision]:
    """The provisions that date or found a claim of a kind, of the case's country and of home."""
    near = (f"{country.lower()}.", "id.")
    return [Provision(each) for each in kind_of(code).law if each.startswith(near)]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a post keeps of a case it handed over.

    Attributes:
        notes: what was said until then; nothing of a sealed case.
        stage, due_at, owner: how it stands now, wherever it is.
    """

    given: HandOver
    number: str
    stage: str
    due_at: datetime
    owner: str
    closed: bool
    notes: tuple[CaseNote, ...]


def handed_over(actor: Actor) -> list[HandOver]:
    """What the actor's own offices gave to other posts, newest first."""
    query = HandOver.objects.filter(to_post_id__isnull=False).exclude(to_post_id__in=actor.posts)
    return list(query.order_by("-at")[:50])


def kept(hand_over_id: UUID) -> Kept:
    """A case that went to another post, as its old post may still read it.

    Raises:
        NotFound: the actor's offices gave no such case.
    """
    given = HandOver.objects.filter(id=hand_over_id).first()
    if given is None:
        raise NotFound
    # The hand-over is the old post's own row; what it stands for lies in another scope by now.
    with acting_as(ROBOT):
        found = Case.objects.get(id=given.case_id)
        words = CaseNote.objects.filter(case_id=found.id, at__lt=given.at, compartment=OPEN)
        return Kept(
            given=given,
            number=found.number,
            stage=found.stage,
            due_at=found.due_at,
            owner=found.owner,
            closed=found.closed_at is not None,
            notes=tuple(words),
        )


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, as the worker reads it."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Story:
    """A case as its worker reads it: stages, clocks, who works on it, what was done; no notes.

    Attributes:
        stages: label, whether behind, whether now.
        office: who works on it, by office.
        expect: what the worker can expect.
        paused: why and until when it waits, or none.
        may_object: whether the worker may say that a closed case is not over.
        opened_by: who read what is sealed, and why.
    """

    case: Case
    title: str
    stages: tuple[tuple[str, bool, bool], ...]
    stage: str
    office: str
    expect: str
    outcome: str
    answer_due_at: datetime | None
    due_at: datetime | None
    paused: CasePause | None
    done: tuple[Done, ...]
    evidence: tuple[Evidence, ...]
    opened_by: tuple[Opening, ...]
    asks: bool
    may_object: bool


def story_for_worker(case_id: UUID) -> Story:
    """A case's story at the level of its worker, in the language of the page.

    Raises:
        NotFound: no such case, or not this worker's.
    """
    found = case(case_id)
    part = sealed_part(case_id) if found.is_sealed else None
    code = part.kind if part else found.kind
    state = CaseState(found.state)
    post = Post.objects.filter(id=found.post_id).first() if found.post_id else None
    place = RAIL.index(state) if state in RAIL else len(RAIL)
    closed = found.closed_at is not None
    return Story(
        case=found,
        title=kind_of(code).shown if code != CLOSED else found.get_kind_display(),
        stages=tuple(
            (str(STAGE_LABELS[each]), number < place, number == place)
            for number, each in enumerate(RAIL)
        ),
        stage=found.stage,
        office=post.name if post else _("Kementerian"),
        expect=pick(kind_of(code).expect) if code in kinds() else "",
        outcome=part.outcome if part else found.outcome,
        answer_due_at=None if found.answered_at or closed else found.answer_due_at,
        due_at=None if closed else found.due_at,
        paused=pause_of(case_id),
        done=tuple(sorted(_what_was_done(found), key=lambda each: each.at)),
        # The person is shown their own; what another handed in is the officers' to read.
        evidence=tuple(Evidence.objects.filter(_own_evidence(found), worker_id=found.worker_id)),
        opened_by=tuple(openings_of(case_id)) if found.is_sealed else (),
        asks=state is CaseState.OUTCOME,
        may_object=state in {CaseState.CONFIRMED, CaseState.NO_ANSWER},
    )


def _what_was_done(found: Case) -> list[Done]:
    said = [Done(found.opened_at, _("Keluhan Anda menjadi kasus."))]
    if found.answered_at:
        said.append(Done(found.answered_at, _("Petugas menghubungi Anda.")))
    if found.planned_at:
        said.append(Done(found.planned_at, _("Rencana keselamatan Anda disusun.")))
    said += [
        Done(each.at, _("Petugas mencoba menghubungi Anda, belum tersambung."))
        for each in attempts_of(found.id)
        if not each.reached
    ]
    said += [
        Done(each.at, _("Kasus dialihkan agar ditangani yang tepat."))
        for each in HandOver.objects.filter(case_id=found.id)
    ]
    for each in track_of(found.id):
        label = track()[each.step].shown
        said.append(Done(each.at, _("Perusahaan: %(step)s dimulai.") % {"step": label}))
        if each.done_at:
            said.append(Done(each.done_at, _("Perusahaan: %(step)s selesai.") % {"step": label}))
    if found.merged_into_id:
        said.append(
            Done(found.closed_at or found.opened_at, _("Digabung dengan kasus Anda yang lain."))
        )
    return said
