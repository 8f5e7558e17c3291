"""What is asked about calls for help: those that wait, and one with all that helps to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import Post
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.duty import queries as duty
from lindung.duty.lifecycles import CallState
from lindung.duty.models import Call, Ring, SharedPlace
from lindung.kernel.refusals import NotFound
from lindung.outreach import addresses
from lindung.outreach import queries as messages
from lindung.outreach.models import OfficerAlert, SafeContact
from lindung.protection.models import Case
from lindung.registry import queries as registry
from lindung.registry.models import Fact, FamilyMember, Worker


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call for help that is not over, as the desk's first page shows it.

    Attributes:
        case_id: of the case, or of the message where nobody knows yet who wrote.
        who: the name, or empty.
        ringing: nobody has taken it.
        contact_due_at: from when the first contact is late; None once somebody spoke.
    """

    case_id: UUID
    number: str
    who: str
    began_at: datetime
    presses: int
    silent: bool
    under_duress: bool
    ringing: bool
    taken_name: str
    contact_due_at: datetime | None
    plan_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Emergency:
    """One call, with what helps to answer it.

    ``phone`` is in the clear, for whoever may answer calls; opening the page is recorded.
    """

    call: Call
    case: Case | None
    worker: Worker | None
    phone: str
    post: Post | None
    rules: SafeContact | None
    facts: dict[str, list[Fact]]
    relatives: list[FamilyMember]
    rings: list[tuple[Ring, list[OfficerAlert]]]
    places: list[SharedPlace]
    chain: list[duty.Officer]

    @property
    def may_call(self) -> bool:
        """Whether ringing that telephone is safe, as far as anybody knows."""
        quiet = self.call.silent or self.call.under_duress
        return not quiet and not (self.rules is not None and self.rules.do_not_call)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person who called may see of it; the same whether or not they were made to stop it."""

    taken_by: str
    taken_at: datetime | None
    over: bool
    shares_place: bool


def sos_waiting(actor: Actor) -> list[Waiting]:
    """Calls for help in scope that are not over: untaken first, then the longest."""
    if not actor.may(Right.DUTY_ANSWER):
        return []
    calls = duty.open_calls(actor)
    people = {
        each.id: each.shown_name
        for each in Worker.objects.filter(id__in=[call.worker_id for call in calls])
    }
    found = [
        Waiting(
            case_id=call.subject,
            number=call.number,
            who=people.get(call.worker_id, "") if call.worker_id else "",
            began_at=call.began_at,
            presses=call.presses,
            silent=call.silent,
            under_duress=call.under_duress,
            ringing=call.state == CallState.RINGING,
            taken_name=call.taken_name,
            contact_due_at=None if call.contacted_at else call.contact_due_at,
            plan_due_at=None if call.planned_at else call.plan_due_at,
        )
        for call in calls
    ]
    return sorted(found, key=lambda each: (not each.ringing, each.began_at))


def emergency(actor: Actor, case_id: UUID, *, at: datetime) -> Emergency:
    """One call by its case, or by the message of somebody unknown.

    Raises:
        NotFound: no such call, or none this actor may see.
    """
    call = duty.call_about(case_id)
    if call is None or not actor.may(Right.DUTY_ANSWER):
        raise NotFound
    worker = registry.worker(call.worker_id) if call.worker_id else None
    phone = ""
    if worker is not None:
        with acting_as(ROBOT):
            phone = addresses.to_reach(worker.id, "sms", on=at.date()) or ""
    return Emergency(
        call=call,
        case=Case.objects.filter(id=case_id).first(),
        worker=worker,
        phone=phone,
        post=Post.objects.filter(id=call.post_id).first() if call.post_id else None,
        rules=SafeContact.objects.filter(worker=worker).first() if worker else None,
        facts=registry.current_facts(worker.id) if worker else {},
        relatives=list(FamilyMember.objects.filter(worker=worker, is_emergency_contact=True))
        if worker
        else [],
        rings=messages.alerted(duty.rings_of(call)),
        places=duty.places_of(call),
        chain=duty.on_duty(call.post_id, at=at),
    )


def sos_standing(case_id: UUID) -> Standing | None:
    """How far help is, for the person's own page; None where nobody was called for the case.

    Raises:
        NotFound: no such case, or none this actor may see.
    """
    if not Case.objects.filter(id=case_id).exists():
        raise NotFound
    with acting_as(ROBOT):
        call = duty.call_about(case_id)
        if call is None:
            return None
        return Standing(
            taken_by=call.taken_name,
            taken_at=call.taken_at,
            over=call.stood_down_at is not None
            or call.says_safe_at is not None
            or call.under_duress,
            shares_place=bool(duty.places_of(call)),
        )
