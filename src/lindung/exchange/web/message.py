"""One message's page: its envelope, what it says in words, its story, its proofs, its exact bytes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor
from lindung.access.journal import look, record
from lindung.access.rights import Right
from lindung.exchange import queries, words
from lindung.exchange.events import MessageOpened
from lindung.exchange.models import Incoming, Outgoing
from lindung.exchange.queries import Opened
from lindung.exchange.web import labels
from lindung.exchange.web.parts import need, need_content, reads_content, sides, tabs
from lindung.exchange.web.views import shown

READ = gettext_noop("isi pesan pertukaran")


@require_GET
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A message as people read it; that it was read stands in the journal."""
    actor = need(request)
    found = queries.opened(message_id)
    reads = reads_content(actor)
    if reads:
        opened_by(actor, found, what=READ)
    others: list[Outgoing | Incoming] = [each for side in queries.thread(found) for each in side]
    partner = found.partner
    here = sides(actor, partner) if partner else None
    mirrored = here is not None and here.mirrored
    return render(
        request,
        "exchange/message.html",
        {
            "found": found,
            "row": shown(found.row, mirrored=mirrored),
            "partner": partner,
            "sides": here,
            "tabs": tabs(actor, partner, "") if partner else [],
            "proofs": [(labels.PROOFS[each.title], each) for each in found.proofs],
            "thread": [shown(each, mirrored=mirrored) for each in others],
            "reads": reads,
            "purpose": words.purpose(found.message.purpose) if found.message else "",
            "may_read_bytes": reads and actor.may(Right.EXCHANGE_REPAIR),
            "may_match": actor.may(Right.EXCHANGE_MATCH),
            "may_repair": actor.may(Right.EXCHANGE_REPAIR),
            "may_resend": actor.may(Right.EXCHANGE_RESEND),
            "columns": [_("Bukti"), _("Waktu"), _("Hasil"), _("Tanda tangan"), _("Sidik isi")],
        },
    )


@require_GET
def raw(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The exact bytes as they were signed."""
    actor = need(request, Right.EXCHANGE_REPAIR)
    need_content(actor)
    found = queries.opened(message_id)
    opened_by(actor, found, what=gettext_noop("byte asli pesan pertukaran"))
    answer = HttpResponse(bytes(found.row.raw), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{message_id}.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def opened_by(actor: Actor, found: Opened, *, what: str) -> None:
    """Write down that a message was read; on the person's own list where the person is known."""
    if found.row.worker_id is not None:
        look(actor, found.row, worker=found.row.worker_id, purpose=what)
    else:
        told = MessageOpened(message=found.row.pk, what=what)
        record(told, actor=actor, about=found.row, subject=found.row.pk)
