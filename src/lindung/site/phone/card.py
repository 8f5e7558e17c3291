"""The worker's card: number and name, to be shown at a counter, kept for reading without a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lindung.preparation.web.codes import qr
from lindung.registry.models import Worker
from lindung.site.phone.views import of_the_worker


@require_GET
@of_the_worker
def card(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The public number, also as a code that a counter can read; it opens nothing by itself."""
    context = {"worker": worker, "qr": qr(worker.public_number), "post": request.post_in_charge}  # type: ignore[attr-defined]
    return render(request, "saya/card.html", context)
