"""What an officer records about work in the destination, and what money is left there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, refused, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.monitoring import operations as monitoring
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement import standing
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Placement
from lindung.placement.web.standing import Place, place
from lindung.reintegration import operations as reintegration
from lindung.reintegration import queries as returns
from lindung.site.desk.forms import ChangeAsked, ClockPause, WorkEnded
from lindung.site.money import rows

REASONS = {
    "contract_ended": gettext_lazy("Kontrak habis"),
    "contract_cancelled": gettext_lazy("Kontrak diakhiri pekerja"),
    "dismissed": gettext_lazy("Diberhentikan majikan"),
    "closure": gettext_lazy("Tempat kerja tutup"),
    "suspension": gettext_lazy("Tempat kerja berhenti sementara"),
    "permit_revoked": gettext_lazy("Izin majikan dicabut"),
    "terms_broken": gettext_lazy("Majikan melanggar syarat kontrak"),
    "unfair_treatment": gettext_lazy("Kekerasan atau perlakuan tidak adil"),
    "wage_arrears": gettext_lazy("Upah tidak dibayar"),
    "bad_lodging": gettext_lazy("Tempat tinggal tidak layak"),
    "injury": gettext_lazy("Cedera, tidak sanggup kerja itu lagi"),
    "other_not_workers": gettext_lazy("Sebab lain yang bukan salah pekerja"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def overseas(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """One placement in the destination's own system, and what may be recorded there."""
    actor = actor_of(request)
    if not actor.may(Right.PLACEMENT_READ):
        raise NotAllowed
    found = placements.placement(placement_id)
    if not actor.may(Right.EMPLOYMENT_CONFIRM) and not actor.may(Right.RETURN_RECORD):
        raise NotFound
    look(actor, found, worker=found.worker_id, purpose=gettext_noop("hak tinggal dan uang"))
    here = place(found, now=now(), on=today())
    forms = _forms(request, found, here)
    if request.method == "POST":
        to = reverse("overseas", args=[placement_id])
        try:
            if (said := _act(request, found, forms)) is not None:
                return done(request, said, to)
        except Refusal as refusal:
            return refused(request, refusal, to)
    return _page(request, found, forms, here)


def _act(request: HttpRequest, found: Placement, forms: dict[str, Any]) -> str | None:
    """Do what the page asks; ``None``: a form is not filled well."""
    actor, act = actor_of(request), request.POST.get("act", "")
    if act == "claim":
        reintegration.claim_money(actor, found.id, kind=request.POST.get("kind", ""), on=today())
        return _("Tagihan dicatat; negara tujuan dikabari.")
    if act == "ready":
        reintegration.report_ready(actor, found.id, on=today())
        return _("Dicatat siap berangkat kembali; negara tujuan dikabari.")
    if act == "resume":
        placing.resume_clock(actor, found.id, clock=request.POST.get("clock", ""), on=today())
        return _("Batas waktu berjalan lagi.")
    if act not in forms:
        raise NotAllowed
    form = forms[act]
    if not form.is_valid():
        return None
    if act == "ended":
        monitoring.record_work_ended(actor, found.id, **form.cleaned_data)
        return _("Dicatat. Batas waktu minta pindah mulai berjalan.")
    if act == "change":
        monitoring.record_change_requested(actor, found.id, **form.cleaned_data)
        return _("Permintaan pindah dicatat. Batas waktu izin mulai berjalan.")
    placing.pause_clock(actor, found.id, on=today(), **form.cleaned_data)
    return _("Batas waktu berhenti sementara.")


def _forms(request: HttpRequest, found: Placement, here: Place | None) -> dict[str, Any]:
    on = today().isoformat()
    pausable = [(each.id, each.title) for each in here.running if each.pausable] if here else []
    sent = request.POST.get("act", "") if request.method == "POST" else ""
    day = {"on": on, "known_on": on, "requested_on": on, "ended_on": on}
    reasons = [(code, _reason(found, code)) for code in REASONS]

    def filled(name: str) -> Any:
        return request.POST if sent == name else None

    return {
        "ended": WorkEnded(filled("ended"), initial=day),
        "change": ChangeAsked(filled("change"), initial=day, reasons=reasons),
        "pause": ClockPause(filled("pause"), clocks=pausable),
    }


def _reason(found: Placement, code: str) -> str:
    """A reason, and whether by the rule of today a change for it counts toward the limit."""
    counts = standing.counts(found.pathway, code, on=today())
    if counts is None:
        return _("%(reason)s: perlu diperiksa apakah mengurangi jatah") % {"reason": REASONS[code]}
    said = _("mengurangi jatah pindah") if counts else _("tidak mengurangi jatah pindah")
    return f"{REASONS[code]} ({said})"


def _page(
    request: HttpRequest, found: Placement, forms: dict[str, Any], here: Place | None
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "placement": found,
        "place": here,
        "forms": forms,
        "abroad": found.state == PlacementState.ARRIVED and actor.may(Right.EMPLOYMENT_CONFIRM),
        "money": rows(returns.money_left(found.worker_id), on=today()),
        "may_claim": actor.may(Right.RETURN_RECORD),
        "may_return": here is not None and here.may_return and actor.may(Right.RETURN_RECORD),
        "columns": [_("Hak"), _("Keadaan"), _("Batas menagih"), _("Di mana")],
    }
    bad = any(form.is_bound and not form.is_valid() for form in forms.values())
    return render(request, "desk/overseas.html", context, status=422 if bad else 200)
