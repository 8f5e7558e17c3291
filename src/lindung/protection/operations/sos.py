"""The pressed emergency button: it rings whoever is on duty until somebody has taken it.

Whether a call was taken stands in its own row (``duty``), so it goes on ringing whatever is killed.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import workweek_of
from lindung.access.models import Scoped
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.duty import operations as duty
from lindung.duty.models import Call, SharedPlace
from lindung.kernel.clock import Workweek
from lindung.kernel.places import NoSuchPlace
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.models import SafeContact
from lindung.protection.clocks import class_clock
from lindung.protection.events import CaseTaken
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations.complaining import complain, reply
from lindung.protection.operations.parts import locked, write_note

SOS = "SOS"
LIFE = "life"


@operation(Right.COMPLAINT_MAKE)
def call_for_help(
    actor: Actor,
    worker_id: UUID,
    *,
    at: datetime,
    silent: bool = False,
    complaint_id: UUID | None = None,
) -> Case:
    """Take the pressed emergency button: whoever is on duty is rung at once.

    While a call is not over, pressing again is the same call, said again.

    Args:
        silent: nothing that we send may light up or sound where the person is.
        complaint_id: the key made at the press; the same key again is the same press.
    Raises:
        NotFound: not this worker.
    """
    case = _running(worker_id)
    if case is not None:
        reply(actor, case.id, words=SOS, at=at)
    else:
        case = complain(
            actor,
            worker_id,
            words=SOS,
            at=at,
            kind=CaseKind.DANGER,
            channel="sos",
            complaint_id=complaint_id,
        )
    with acting_as(ROBOT):
        clock, week = class_clock(LIFE), _week(case)
        duty.begin_call(
            ROBOT,
            subject=case.id,
            worker_id=case.worker_id,
            about=case,
            number=case.number,
            at=at,
            contact_due_at=clock.answer_due(at, week),
            plan_due_at=clock.plan_due(at, week) or at,
            silent=silent,
        )
    return case


@operation(Right.DUTY_RUN)
def ring_for_unknown(
    actor: Actor, subject: UUID, *, about: Scoped, channel: str, at: datetime
) -> Call:
    """Ring for a cry for help of somebody whom nobody knows yet.

    Args:
        subject: the message it came with. about: its scope, a post where the number tells one.
    """
    clock = class_clock(LIFE)
    week = workweek_of(about.post_id) or Workweek(country="", timezone=settings.TIME_ZONE)
    return duty.begin_call(
        actor,
        subject=subject,
        worker_id=None,
        about=about,
        number=channel.upper()[:20],
        at=at,
        contact_due_at=clock.answer_due(at, week),
        plan_due_at=clock.plan_due(at, week) or at,
    )


@operation(Right.COMPLAINT_MAKE)
def share_place(
    actor: Actor, case_id: UUID, *, lat: float, lon: float, accuracy_m: int, at: datetime
) -> SharedPlace:
    """Keep a finer place while the call lasts; with its end only the coarse cell is left.

    Args:
        lat, lon: degrees, WGS 84. accuracy_m: metres.
    Raises:
        NotFound: no such case, or not this worker's, or nobody was called for it.
        StepClosed: the call is over.
        Incomplete: no point on Earth.
    """
    case = _own(case_id)
    with acting_as(ROBOT):
        try:
            return duty.keep_place(ROBOT, case.id, lat=lat, lon=lon, accuracy_m=accuracy_m, at=at)
        except NoSuchPlace:
            raise Incomplete(
                fields={"place": gettext_noop("Titik itu tidak ada di peta.")}
            ) from None


@operation(Right.COMPLAINT_MAKE)
def say_safe(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> Case:
    """Take a person's word that all is well. A human being still makes sure.

    The word agreed for when somebody looks on means the opposite: the call goes on in silence, and
    what the phone shows is the same.

    Raises:
        NotFound: no such case, or not this worker's, or nobody was called for it.
    """
    case = _own(case_id)
    with acting_as(ROBOT):
        under_duress = _has_help_word(case.worker_id, words)
        duty.note_safe(ROBOT, case.id, at=at, under_duress=under_duress)
        said = "Pekerja menulis bahwa ia aman."
        if under_duress:
            said = "Kata rahasia dipakai: ada yang memaksa. Jangan menghubungi ponsel ini."
        write_note(case, words=said, at=at, author=ROBOT.name, internal=under_duress)
    return case


@operation(Right.DUTY_ANSWER)
def take_sos(actor: Actor, case_id: UUID, *, at: datetime) -> Case:
    """Take a call: the others stop ringing, and the case is this officer's.

    Raises:
        NotFound: no such call, or none this actor may see. StepClosed: it is over.
    """
    duty.take(actor, case_id, at=at)
    return _owned(actor, case_id)


@operation(Right.DUTY_ANSWER)
def pass_on_sos(actor: Actor, case_id: UUID, *, reason: str, at: datetime) -> Call:
    """Pass a call on to the next in the chain, with the reason.

    Raises:
        NotFound, StepClosed, Incomplete: as ``duty.pass_on``.
    """
    return duty.pass_on(actor, case_id, reason=reason, at=at)


@operation(Right.DUTY_ANSWER)
def note_spoken(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> Case | None:
    """A human being spoke with the person: the clock of the first contact is met.

    Raises:
        NotFound: no such call, or none this actor may see. Incomplete: no word on how it went.
    """
    said = _needed(words, gettext_noop("Tulis bagaimana dihubungi dan apa yang dikatakan."))
    call = duty.note_contact(actor, case_id, at=at)
    if call is None:
        raise NotFound
    if call.worker_id is None:
        return None
    with acting_as(ROBOT):
        case = locked(case_id)
        if case.answered_at is None:
            case.answered_at = at
            case.save(update_fields=["answered_at"])
        write_note(case, words=said, at=at, author=actor.name, internal=True)
    return case if case.owner_id else _owned(actor, case_id)


@operation(Right.DUTY_ANSWER)
def plan_safety(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> Case:
    """Write down the plan by which the person is safe.

    Raises:
        NotFound: no such call, or none this actor may see. Incomplete: no plan.
        duty.NotYetSpoken: nobody has spoken with the person.
    """
    said = _needed(
        words, gettext_noop("Tulis rencananya: di mana aman, dengan siapa, kapan dihubungi lagi.")
    )
    duty.note_plan(actor, case_id, at=at)
    with acting_as(ROBOT):
        case = locked(case_id)
        if case.planned_at is None:
            case.planned_at = at
            case.save(update_fields=["planned_at"])
        write_note(case, words=said, at=at, author=actor.name, internal=True)
    return case


@operation(Right.DUTY_ANSWER)
def stand_down(actor: Actor, case_id: UUID, *, reason: str, at: datetime) -> Call:
    """End a call, with the reason; the case goes on. The finer place is deleted with it.

    Raises:
        NotFound, StepClosed, Incomplete, duty.NotYetSpoken: as ``duty.stand_down``.
    """
    return duty.stand_down(actor, case_id, reason=reason, at=at)


def _running(worker_id: UUID) -> Case | None:
    """The case whose call is not over."""
    with acting_as(ROBOT):
        call = (
            Call.objects.filter(worker_id=worker_id, stood_down_at__isnull=True)
            .order_by("-began_at")
            .first()
        )
        if call is None:
            return None
        return Case.objects.filter(id=call.subject, closed_at__isnull=True).first()


def _own(case_id: UUID) -> Case:
    case = Case.objects.filter(id=case_id).first()
    if case is None:
        raise NotFound
    return case


def _owned(actor: Actor, case_id: UUID) -> Case:
    """The case with its officer; the desk of the ministry may take one as well."""
    with acting_as(ROBOT):
        case = locked(case_id)
        case.owner_id, case.owner_name = actor.id, actor.name
        case.version += 1
        case.save(update_fields=["owner_id", "owner_name", "version"])
        record(
            CaseTaken(case=case.id, number=case.number, owner=actor.name), actor=actor, about=case
        )
    return case


def _has_help_word(worker_id: UUID, words: str) -> bool:
    rules = SafeContact.objects.filter(worker_id=worker_id).first()
    agreed = _plain(rules.help_word) if rules is not None else ""
    return bool(agreed) and agreed in _plain(words)


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().strip()


def _week(case: Case) -> Workweek:
    return workweek_of(case.post_id) or Workweek(country="", timezone=settings.TIME_ZONE)


def _needed(words: str, sentence: str) -> str:
    if not words.strip():
        raise Incomplete(fields={"words": sentence})
    return words.strip()
