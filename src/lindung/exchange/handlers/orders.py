"""Requests for workers: passed on or taken back by the destination, answered by our office."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import is_retold
from lindung.access.models import JournalEntry, Scoped
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.exchange.handlers.parts import ask_office, day
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import Incoming
from lindung.exchange.operations.applying import handles
from lindung.exchange.operations.outbox import send
from lindung.exchange.wire import agreement
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.refusals import NotFound
from lindung.recruitment import operations as recruiting
from lindung.recruitment.events import PaperEnded, PaperEndorsed, PaperRefused, PaperReturned
from lindung.recruitment.models import JobOrder

Answered = PaperEndorsed | PaperReturned | PaperRefused | PaperEnded
_ANSWERS = {
    PaperEndorsed: "endorsed", PaperReturned: "returned", PaperRefused: "refused",
    PaperEnded: "ended",
}  # fmt: skip


@handles("job_order.published")
def order_published(actor: Actor, message: Message) -> Scoped:
    """Put it before the post under its agreement; where governments place, before the ministry."""
    data = _own(message)
    if (agreement_no := data.get("agreement_no")) is None:
        return ask_office(
            actor,
            message,
            "exchange-order",
            gettext_noop("Negara tujuan menerbitkan permintaan tenaga kerja"),
            region=data["employer"].get("region", ""),
            sector=data["sector"],
        )
    employer = data["employer"]
    given = {
        "employer_name": employer["name"],
        "employer_kind": employer["kind"],
        "employer_number": employer.get("registration_no", ""),
        "dest_region": employer.get("region", ""),
        "sector": data["sector"],
        "occupation": data.get("occupation", ""),
        "paper_number": data["order_no"],
        "quota": data["places"],
        "quota_female": data.get("places_women"),
        "quota_male": data.get("places_men"),
        "wage": data["wage"],
        "valid_to": day(data["valid_to"]),
    }
    try:
        return recruiting.receive_order(
            actor, agreement_no, given=given, at=timezone.now(), on=timezone.localdate()
        )
    except NotFound as error:
        raise Unacceptable("document_missing", "no such recruitment agreement") from error
    except recruiting.OrderClosed as error:
        raise Unacceptable("step_closed") from error


@handles("job_order.withdrawn")
def order_withdrawn(actor: Actor, message: Message) -> Scoped:
    """End it where nobody holds a place; else people decide what becomes of those who do."""
    data = _own(message)
    try:
        return recruiting.withdraw_order(actor, data["order_no"], at=timezone.now())
    except (NotFound, recruiting.OrderClosed):
        return ask_office(
            actor,
            message,
            "exchange-order-withdrawn",
            gettext_noop("Negara tujuan menarik permintaan tenaga kerja"),
        )


def answer_order(event: Answered, entry: JournalEntry) -> None:
    """Tell the destination what our office answered to a request that it passed on itself."""
    with acting_as(ROBOT):
        order = JobOrder.objects.filter(number=event.number).first()
        if order is None or not order.paper_number or is_retold():
            return
        asked = (
            Incoming.objects.select_related("partner")
            .filter(
                partner__country=order.country,
                subject=order.paper_number,
                type=agreement.type_of("job_order.published"),
                state__in=[IncomingState.APPLIED, IncomingState.WAITING],
            )
            .order_by("-sequence")
            .first()
        )
        if asked is None or asked.partner is None:
            return
        data: dict[str, Any] = {
            "order_no": order.paper_number,
            "our_no": order.number,
            "answer": _ANSWERS[type(event)],
            "answered_on": timezone.localdate(entry.at).isoformat(),
        }
        if isinstance(event, PaperEndorsed):
            data["places"] = event.quota
        elif event.reason_code:
            data["reason"] = event.reason_code
        send(
            "job_order.answered",
            order.paper_number,
            data,
            partner=asked.partner,
            about=order,
            entry=entry.id,
            answers=asked.message_id,
        )


for answered in _ANSWERS:
    reacts_to(answered)(answer_order)


def _own(message: Message) -> dict[str, Any]:
    """The data, where it is about the order that the envelope names."""
    if message.data["order_no"] != message.subject:
        raise Unacceptable("data_invalid", "order_no is not the subject")
    return message.data
