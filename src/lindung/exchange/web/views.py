"""The page on which people watch the exchange with each partner, and the messages behind it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, now, refused
from lindung.exchange import queries, words
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.operations import outbox
from lindung.exchange.web import labels
from lindung.exchange.web.parts import DAYS, key_of, need, partner_of, partners_of, sides, tabs
from lindung.exchange.wire import agreement
from lindung.kernel.refusals import NotFound, Refusal

PAGE = 50


@require_GET
def overview(request: HttpRequest, code: str = "") -> HttpResponse:
    """The line, the counts and what waits for people, with one partner."""
    actor = need(request)
    partners = partners_of(actor)
    if code:
        chosen: Partner | None = partner_of(actor, code)
    else:
        chosen = partners[0] if partners else None
    context: dict[str, object] = {"partners": partners, "days": DAYS, "partner": chosen}
    if chosen is not None:
        at = now()
        rows = queries.counts(chosen, since=at - timedelta(days=DAYS))
        link = queries.link_of(chosen, now=at)
        here = sides(actor, chosen)
        context |= {
            "link": link,
            "link_words": labels.LINKS[link.state],
            "sides": here,
            "heads": labels.MIRRORED_HEADS if here.mirrored else labels.HEADS,
            "tabs": tabs(actor, chosen, "exchange-partner"),
            "rows": rows,
            "sent": sum(row.sent for row in rows),
            "received": sum(row.received for row in rows),
            "answered": sum(row.answered for row in rows),
            "undelivered": [
                shown(each, mirrored=here.mirrored) for each in queries.undelivered(chosen)[:PAGE]
            ],
            "unsettled": [
                shown(each, mirrored=here.mirrored) for each in queries.unsettled(chosen)[:PAGE]
            ],
            "never": queries.never_shared(),
        }
    return render(request, "exchange/overview.html", context)


@require_GET
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The messages that a number of the overview is made of."""
    actor = need(request)
    partner = partner_of(actor, code)
    which = request.GET.get("daftar", "sent")
    if which not in queries.LISTED:
        raise NotFound
    name = request.GET.get("jenis", "")
    found = queries.listed(
        partner, which, since=now() - timedelta(days=DAYS), name=name, before=key_of(request)
    )
    rows: list[Outgoing | Incoming] = [*found[: PAGE + 1]]
    following = ""
    if len(rows) > PAGE:
        following = f"?daftar={which}&jenis={name}&sebelum={rows[PAGE - 1].pk}"
    here = sides(actor, partner)
    heads = labels.MIRRORED_HEADS if here.mirrored else labels.HEADS
    names = [agreement.name_of(each) for each in agreement.messages() if ".receipt." not in each]
    return render(
        request,
        "exchange/listing.html",
        {
            "partner": partner,
            "sides": here,
            "tabs": tabs(actor, partner, "exchange-messages-of"),
            "which": which,
            "name": name,
            "lists": list(heads.items()),
            "names": [(each, words.message(each)) for each in names],
            "rows": [shown(each, mirrored=here.mirrored) for each in rows[:PAGE]],
            "next": following,
            "days": DAYS,
            "columns": [_("Pesan"), _("Tentang"), _("Keadaan"), _("Waktu")],
        },
    )


@require_POST
def resend(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a message again, the same bytes."""
    try:
        row = outbox.send_again(actor_of(request), message_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, reverse("exchange-message", args=[message_id]))
    return done(
        request, _("Pesan dikirim ulang."), reverse("exchange-partner", args=[row.partner.code])
    )


def shown(row: Outgoing | Incoming, *, mirrored: bool = False) -> dict[str, object]:
    """A message in a list: what, about which number, how it stands; never what it says.

    Args:
        mirrored: in the words of the partner's people.
    """
    ours = isinstance(row, Outgoing)
    if ours:
        states = labels.MIRRORED_OURS if mirrored else labels.OURS
    else:
        states = labels.MIRRORED_THEIRS if mirrored else labels.THEIRS
    said, tone = states[row.state]
    return {
        "id": row.pk,
        "ours": ours,
        "leaves": ours is not mirrored,
        "title": words.message(agreement.name_of(row.type)) if row.type else _("belum terbaca"),
        "subject": row.subject,
        "sequence": row.sequence,
        "state": row.state,
        "words": said,
        "tone": tone,
        "reason": words.reason(row.reason) if row.reason else None,
        "note": row.note,
        "at": row.written_at if isinstance(row, Outgoing) else row.came_at,
    }
