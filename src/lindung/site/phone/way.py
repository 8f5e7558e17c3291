"""The worker's way: where I am, what is missing, who has it, how long, and what comes next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.doors import actor_of, done, now, refused, today
from lindung.kernel.refusals import NotFound, Refusal
from lindung.placement import queries as placements
from lindung.placement.labels import PLACEMENT_STATES
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Placement
from lindung.placement.progress import progress_of
from lindung.placement.web.choose import handing
from lindung.placement.web.standing import place
from lindung.placement.web.way import Way
from lindung.placement.web.way import way as walked
from lindung.registry.models import Worker
from lindung.reintegration import queries as returns
from lindung.site.money import rows
from lindung.site.phone.views import of_the_worker


@require_GET
@of_the_worker
def my_way(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The whole way to departure, in the worker's own language."""
    placement, way = _way(request, worker)
    newest = placement or next(iter(placements.placements_of(worker.id)), None)
    context = {
        "placement": placement,
        "place": place(newest, now=now(), on=today()) if newest else None,
        "money": rows(returns.money_left(worker.id), on=today()),
        "way": way,
        "state": PLACEMENT_STATES[PlacementState(placement.state)] if placement else "",
    }
    return render(request, "saya/way.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def hand_in(request: HttpRequest, worker: Worker, requirement: str) -> HttpResponse:
    """Hand in one thing that the worker has to give."""
    placement, way = _way(request, worker)
    rows = way.now if way else ()
    row = next((each for each in rows if each.id == requirement and each.hand_in), None)
    if placement is None or row is None:
        raise NotFound(requirement)
    try:
        page = handing(request, actor_of(request), placement, requirement)
    except Refusal as refusal:
        return refused(request, refusal, reverse("my_way"))
    if page.done:
        return done(request, _("Diserahkan. Petugas memeriksanya."), reverse("my_way"))
    return render(request, "saya/hand_in.html", {"row": row, "page": page}, status=page.status)


def _way(request: HttpRequest, worker: Worker) -> tuple[Placement | None, Way | None]:
    placement = placements.live_placement(worker.id)
    progress = progress_of(placement, on=today()) if placement else None
    return placement, walked(progress, actor_of(request)) if progress else None
