"""Keys: ours with their fingerprints, the partner's, and the two people it takes to change trust."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import done, now, refused
from lindung.access.rights import Right
from lindung.exchange.lifecycles import GraveKind, GraveState
from lindung.exchange.models import GraveAct, OwnKey, PartnerKey
from lindung.exchange.operations import trust
from lindung.exchange.operations.partners import OutOfReach, fetch_document
from lindung.exchange.web import labels
from lindung.exchange.web.parts import need, partner_of, sides, tabs
from lindung.kernel.refusals import NotFound, Refusal

MOST_ACTS = 20


@require_GET
def keys(request: HttpRequest, code: str) -> HttpResponse:
    """Both sides' keys, and what waits for a second person."""
    actor = need(request)
    partner = partner_of(actor, code)
    acts: list[GraveAct] = []
    if actor.kind is Kind.MINISTRY:
        kinds = (GraveKind.TRUST_KEY, GraveKind.REVOKE_KEY)
        found = GraveAct.objects.filter(partner=partner, kind__in=kinds)
        acts = list(found.order_by("-asked_at")[:MOST_ACTS])
    return render(
        request,
        "exchange/keys.html",
        {
            "partner": partner,
            "sides": sides(actor, partner),
            "tabs": tabs(actor, partner, "exchange-trust"),
            "own": list(OwnKey.objects.order_by("-valid_from")),
            "theirs": list(PartnerKey.objects.filter(partner=partner).order_by("-valid_from")),
            "acts": [(each, labels.GRAVE[each.kind]) for each in acts],
            "asked": {each.subject for each in acts if each.state == GraveState.ASKED},
            "actor_id": actor.id,
            "may_trust": actor.may(Right.EXCHANGE_TRUST),
            "now": now(),
            "columns": [_("Sidik kunci"), _("Berlaku sejak"), _("Sampai"), _("Dicabut")],
        },
    )


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask to trust the key that the partner shows, or to revoke one."""
    actor = need(request, Right.EXCHANGE_TRUST)
    partner = partner_of(actor, code)
    kid, reason = request.POST.get("kid", "").strip(), request.POST.get("reason", "")
    asked = trust.ask_to_revoke if request.POST.get("langkah") == "cabut" else trust.ask_to_trust
    try:
        asked(actor, partner.pk, kid=kid, reason=reason, at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, _back(code))
    return done(request, _("Diusulkan. Orang lain yang berwenang harus menyetujui."), _back(code))


@require_POST
def answer(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Confirm or refuse as the second person."""
    actor = need(request, Right.EXCHANGE_TRUST)
    act = GraveAct.objects.select_related("partner").filter(pk=act_id).first()
    if act is None:
        raise NotFound
    to, confirm = _back(act.partner.code), request.POST.get("langkah") == "setuju"
    shown = None
    if confirm and act.kind == GraveKind.TRUST_KEY:
        try:
            shown = fetch_document(act.partner)
        except OutOfReach:
            shown = None
    try:
        trust.answer_about_key(actor, act_id, confirm=confirm, shown=shown, at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    said = (
        _("Disetujui dan berlaku sekarang.")
        if confirm
        else _("Usul ditolak. Tidak ada yang berubah.")
    )
    return done(request, said, to)


def _back(code: str) -> str:
    return reverse("exchange-trust", args=[code])
