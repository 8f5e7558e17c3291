"""The page on which people watch the exchange with each partner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.exchange import queries
from lindung.exchange.operations import outbox
from lindung.kernel.refusals import NotAllowed, NotFound

_DAYS = 30


@require_GET
def overview(request: HttpRequest, code: str = "") -> HttpResponse:
    """Counts, answers and what waits for people, with one partner."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.may(Right.EXCHANGE_READ):
        raise NotAllowed(right=str(Right.EXCHANGE_READ))
    partners = list(queries.partners())
    if actor.country:
        partners = [each for each in partners if each.country == actor.country]
    chosen = [each for each in partners if each.code == code] if code else partners[:1]
    if code and not chosen:
        raise NotFound
    context: dict[str, object] = {"partners": partners, "days": _DAYS, "partner": None}
    if chosen:
        since = datetime.now(UTC) - timedelta(days=_DAYS)
        rows = queries.counts(chosen[0], since=since)
        context |= {
            "partner": chosen[0],
            "rows": rows,
            "sent": sum(row.sent for row in rows),
            "received": sum(row.received for row in rows),
            "answered": sum(row.answered for row in rows),
            "undelivered": queries.undelivered(chosen[0])[:50],
            "unsettled": queries.unsettled(chosen[0])[:50],
            "disclosures": list(queries.disclosures()),
            "may_resend": actor.may(Right.EXCHANGE_RESEND),
        }
    return render(request, "exchange/overview.html", context)


@require_POST
def resend(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a message again, the same bytes."""
    row = outbox.send_again(request.actor, message_id)  # type: ignore[attr-defined]
    messages.success(request, _("Pesan dikirim ulang."))
    return redirect("exchange-partner", code=row.partner.code)
