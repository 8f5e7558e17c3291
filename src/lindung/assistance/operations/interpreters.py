"""Interpreters: who speaks which languages, and when they are asked to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.assistance.events import InterpreterCalled
from lindung.assistance.lifecycles import APPOINTMENT, AppointmentState
from lindung.assistance.models import Appointment, Interpreter
from lindung.assistance.operations.parts import of_case, open_case
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.registry.models import Sex


class InterpreterBusy(Refusal):
    """The interpreter is with somebody else at that time."""

    status = 409
    slug = "interpreter-busy"
    title = "Juru bahasa ini sudah punya janji pada waktu itu."
    advice = "Pilih waktu lain atau juru bahasa lain."


@operation(Right.INTERPRETER_CALL)
def enter_interpreter(
    actor: Actor,
    *,
    post_id: int,
    name: str,
    languages: Sequence[str],
    phone: str,
    sex: Sex = Sex.UNSPECIFIED,
    sworn: bool = False,
    note: str = "",
) -> Interpreter:
    """Enter an interpreter into the directory of a post.

    Raises:
        NotFound: not this actor's post.
        Incomplete: no name, telephone or language.
    """
    if post_id not in actor.posts:
        raise NotFound
    wrong = {}
    if not name.strip():
        wrong["name"] = "Tulis namanya."
    if not phone.strip():
        wrong["phone"] = "Tulis nomor teleponnya."
    if not languages:
        wrong["languages"] = "Tulis paling sedikit satu bahasa."
    if wrong:
        raise Incomplete(fields=wrong)
    return Interpreter.objects.create(
        post_id=post_id,
        name=name.strip(),
        languages=list(languages),
        phone=phone.strip(),
        sex=sex,
        sworn=sworn,
        note=note.strip(),
    )


@operation(Right.INTERPRETER_CALL)
def call_interpreter(
    actor: Actor,
    case_id: UUID,
    *,
    interpreter_id: UUID,
    language: str,
    at: datetime,
    minutes: int,
    where: str,
) -> Appointment:
    """Agree with an interpreter on a time.

    Raises:
        NotFound: no such case or interpreter; StepClosed: the case is closed.
        Incomplete: a language they do not speak, no duration or no place.
        InterpreterBusy: they are elsewhere at that time.
    """
    case = open_case(case_id)
    interpreter = (
        Interpreter.objects.select_for_update()
        .filter(id=interpreter_id, ended_on__isnull=True)
        .first()
    )
    if interpreter is None:
        raise NotFound
    wrong = {}
    if language not in interpreter.languages:
        wrong["language"] = "Juru bahasa ini tidak mencatat bahasa itu."
    if minutes < 1:
        wrong["minutes"] = "Tulis lamanya dalam menit."
    if not where.strip():
        wrong["where"] = "Tulis tempatnya, atau telepon/video."
    if wrong:
        raise Incomplete(fields=wrong)
    ends = at + timedelta(minutes=minutes)
    day = Appointment.objects.filter(
        interpreter=interpreter,
        state=AppointmentState.AGREED,
        at__lt=ends,
        at__gt=at - timedelta(days=1),
    )
    if any(each.at + timedelta(minutes=each.minutes) > at for each in day):
        raise InterpreterBusy
    appointment = Appointment.objects.create(
        interpreter=interpreter,
        language=language,
        at=at,
        minutes=minutes,
        where=where.strip()[:200],
        **of_case(case),
    )
    record(
        InterpreterCalled(appointment=appointment.id, language=language, at=at),
        actor=actor,
        about=appointment,
    )
    return appointment


@operation(Right.INTERPRETER_CALL)
def close_appointment(
    actor: Actor, appointment_id: UUID, *, step: str, reason: str = ""
) -> Appointment:
    """Record that an appointment was held, or cancel it with a reason.

    Raises:
        NotFound: no such appointment or step; StepClosed: it is over.
        Incomplete: cancelled without a reason.
    """
    if step not in {"hold", "cancel"}:
        raise NotFound(step)
    found = Appointment.objects.select_for_update().filter(id=appointment_id).first()
    if found is None:
        raise NotFound
    found.state = APPOINTMENT.take(step, AppointmentState(found.state))
    if step == "cancel" and not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasannya."})
    found.reason = reason.strip()[:200]
    found.save(update_fields=["state", "reason"])
    return found
