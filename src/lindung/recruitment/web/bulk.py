"""Endorsing many orders: tick, look through, confirm, receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access.doors import actor_of, now, refused, ticked, today
from lindung.kernel.refusals import Refusal
from lindung.recruitment import operations


@require_POST
def look_through(request: HttpRequest) -> HttpResponse:
    """How the ticked orders stand, before anything is endorsed."""
    try:
        looked = operations.look_through(actor_of(request), ticked(request, "order"), on=today())
    except Refusal as refusal:
        return refused(request, refusal, reverse("chain"))
    context = {
        "looked": looked,
        "ready": [each for each in looked if each.ready],
        "others": sum(not each.ready for each in looked),
        "columns": [_("Permintaan"), _("Pemberi kerja"), _("Tempat"), _("Yang menghalangi")],
    }
    return render(request, "recruitment/bulk_preview.html", context)


@require_POST
def endorse_many(request: HttpRequest) -> HttpResponse:
    """Endorse the orders of the preview that may be; the receipt names each."""
    try:
        receipt = operations.endorse_many(
            actor_of(request), ticked(request, "order"), at=now(), on=today()
        )
    except Refusal as refusal:
        return refused(request, refusal, reverse("chain"))
    context = {"receipt": receipt, "columns": [_("Permintaan"), _("Tempat"), _("Hasil")]}
    return render(request, "recruitment/bulk_receipt.html", context)
