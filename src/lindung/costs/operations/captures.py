"""Workers are asked what it cost: before they leave, some weeks after they arrive, on return."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.costs.components import asked
from lindung.costs.events import CaptureAnswered, CaptureAsked
from lindung.costs.lifecycles import ASKING, AskingState
from lindung.costs.models import Asking, Capture, Moment, Teller
from lindung.costs.operations import parts
from lindung.costs.operations.reckoning import settle
from lindung.costs.practice import practice
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.outreach.operations import send
from lindung.placement.models import Placement


@operation(Right.CAPTURE_ASK)
def ask(actor: Actor, placement_id: UUID, *, moment: Moment, after: date) -> Asking:
    """Put a worker down to be asked, so many days after an event as practice says; once a moment.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = Placement.objects.filter(id=placement_id).first()
    if placement is None:
        raise NotFound
    due = after + timedelta(days=practice().captures[moment.value].days)
    asking, made = Asking.objects.get_or_create(
        worker_id=placement.worker_id,
        placement=placement,
        moment=moment,
        defaults={"due_on": due, **placement.scope()},
    )
    if made:
        record(
            CaptureAsked(asking=asking.id, moment=moment.value, due_on=due),
            actor=actor,
            about=asking,
        )
    return asking


@operation(Right.CAPTURE_ASK)
def remind(actor: Actor, *, on: date, most: int = 1000) -> int:
    """Write to those whose asking is due, each once; how many.

    The words say that there is a question, and nothing of money.
    """
    waiting = Asking.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=AskingState.WAITING, told_on__isnull=True, due_on__lte=on
    )
    due = list(waiting.select_related("worker").order_by("due_on", "id")[:most])
    for each in due:
        send(actor, each.worker, "question_waiting")
        each.told_on = on
        each.save(update_fields=["told_on"])
    return len(due)


@operation(Right.CAPTURE_ANSWER)
def answer_capture(
    actor: Actor,
    placement_id: UUID,
    *,
    moment: Moment,
    currency: str,
    amounts: Mapping[str, Decimal],
    on: date,
    is_demo: bool = False,
) -> Capture:
    """Keep what a worker answers, beside whatever was answered before.

    Args:
        amounts: component → all that was paid for it so far; 0 where nothing was. What was not
            answered stays out.
    Raises:
        NotFound: no such placement, or none this actor may see.
        NotAllowed: a recruiter, whom nobody answers such a question.
        Incomplete: no answer at all, a sum below nothing, or an unknown currency.
    """
    placement = Placement.objects.filter(id=placement_id).first()
    if placement is None:
        raise NotFound
    teller = parts.voice(actor)
    if teller in (Teller.AGENCY, Teller.EMPLOYER):
        raise NotAllowed
    known = asked()
    wrong = {}
    if not amounts:
        wrong["amounts"] = gettext_noop(
            "Jawab paling sedikit satu pertanyaan, atau pilih tidak ada."
        )
    if parts.wrong_currency(currency):
        wrong["currency"] = gettext_noop("Pilih mata uang dari daftar.")
    for component, amount in amounts.items():
        if component not in known:
            wrong[component] = gettext_noop("Ini tidak ditanyakan.")
        elif amount < 0 or not parts.is_kept_whole(amount):
            wrong[component] = gettext_noop("Tidak boleh kurang dari nol.")
    parts.whole(wrong)
    capture = Capture.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        moment=moment,
        answered_on=on,
        currency=currency,
        lines={code: str(amounts[code]) for code in known if code in amounts},
        told_by=teller,
        is_demo=is_demo,
        **placement.scope(),
    )
    waiting = Asking.objects.filter(
        placement=placement, moment=moment, state=AskingState.WAITING
    ).first()
    if waiting is not None:
        waiting.state = ASKING.take("answer", AskingState.WAITING)
        waiting.save(update_fields=["state"])
    record(CaptureAnswered(capture=capture.id, moment=moment.value), actor=actor, about=capture)
    settle(placement.id, on=on)
    return capture


def drop_askings(placement_id: UUID) -> None:
    """Ask no more about a way that was given up; part of the caller's operation."""
    for each in Asking.objects.filter(placement_id=placement_id, state=AskingState.WAITING):
        each.state = ASKING.take("drop", AskingState.WAITING)
        each.save(update_fields=["state"])
