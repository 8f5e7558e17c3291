"""The worker's last page before departure: the paper that opens the gate, and "I am leaving"."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, refused, today
from lindung.kernel.refusals import Refusal
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.preparation import operations, queries
from lindung.preparation.lifecycles import ClearanceState
from lindung.preparation.models import Direction
from lindung.preparation.web.codes import qr
from lindung.preparation.web.forms import Departing
from lindung.registry.models import Source, Worker
from lindung.site.phone.views import of_the_worker


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def leaving(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Show the clearance and its code; take the worker's word that they leave."""
    placement = placements.live_placement(worker.id)
    paper = queries.clearance_of(placement.id) if placement else None
    standing = paper if paper and paper.state != ClearanceState.WITHDRAWN else None
    form = Departing(request.POST or None, initial={"on": today().isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_crossing(
                actor_of(request),
                worker.id,
                direction=Direction.OUT,
                source=Source.WORKER,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            return refused(request, refusal, reverse("my_departure"))
        return done(request, _("Selamat jalan. Keberangkatan Anda dicatat."), reverse("my_home"))
    context = {
        "paper": standing,
        "form": form,
        "may_tell": placement is not None and placement.state == PlacementState.CLEARED,
        "qr": qr(settings.PUBLIC_URL + reverse("check_clearance", args=[standing.code]))
        if standing
        else "",
    }
    return render(request, "saya/leaving.html", context)
