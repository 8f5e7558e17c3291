"""Where people are, as hexagons: never fewer than five in one, small ones join the larger around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of
from lindung.access.models import Post
from lindung.access.replicas import may_be_old
from lindung.access.rights import Right
from lindung.kernel.places import RESOLUTION, cell_of, outline_of, wider
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.reference.queries import kept, place_label
from lindung.registry.models import Stage, WorkerState

LEAST = 5
COARSEST = 3
WIDTH, HEIGHT = 960, 640
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """So many people in one cell of some resolution."""

    cell: int
    resolution: int
    people: int


@dataclass(frozen=True, slots=True)
class Density:
    """What a picture may show: spots of five and more, and whether some people are in none."""

    spots: tuple[Spot, ...]
    rest_hidden: bool


def rolled_up(counts: Mapping[int, int], *, least: int = LEAST) -> Density:
    """Join small cells into larger ones until each holds at least ``least`` people.

    What is left at the coarsest resolution is not shown, and its number is not told: fewer than
    five people are somewhere, that is all.

    Args:
        counts: cell at resolution 7 → people.
    """
    spots: list[Spot] = []
    small: Counter[int] = Counter(counts)
    for resolution in range(RESOLUTION, COARSEST - 1, -1):
        if resolution < RESOLUTION:
            joined: Counter[int] = Counter()
            for cell, people in small.items():
                joined[wider(cell, resolution)] += people
            small = joined
        spots += [Spot(cell, resolution, n) for cell, n in small.items() if n >= least]
        small = Counter({cell: n for cell, n in small.items() if 0 < n < least})
    spots.sort(key=lambda each: (-each.people, each.cell))
    return Density(tuple(spots), rest_hidden=bool(small))


def counted(actor: Actor, post_id: int) -> dict[int, int]:
    """People at work abroad by cell, of one post of the actor's.

    Raises:
        NotFound: another's post.
    """
    if actor.kind is Kind.POST and post_id not in actor.posts:
        raise NotFound
    there = WorkerState.objects.filter(
        post_id=post_id, stage=Stage.DURING, cell__isnull=False
    ).order_by()
    return dict(there.values_list("cell").annotate(n=Count("worker_id")))


@may_be_old
@require_GET
def density(request: HttpRequest) -> HttpResponse:
    """The map of one post, and the same as a table."""
    actor = actor_of(request)
    if not actor.may(Right.WORKER_READ) or actor.kind not in {Kind.POST, Kind.MINISTRY}:
        raise NotAllowed(right=str(Right.WORKER_READ))
    posts = list(Post.objects.filter(id__in=actor.posts) if actor.posts else Post.objects.all())
    asked = request.GET.get("kantor", "")
    post = next((each for each in posts if str(each.id) == asked), posts[0] if posts else None)
    if post is None or (asked and str(post.id) != asked):
        raise NotFound
    found = rolled_up(counted(actor, post.id))
    context: dict[str, Any] = {
        "post": post,
        "posts": posts,
        "rows": [(_label(each, post.country), each.people) for each in found.spots[:100]],
        "hidden": found.rest_hidden,
        "picture": drawn(found.spots, sentence=_sentence(found)) if found.spots else "",
        "sentence": _sentence(found),
        "least": LEAST,
        "columns": [_("Tempat"), _("Orang")],
    }
    return render(request, "desk/density.html", context)


def drawn(spots: Iterable[Spot], *, sentence: str) -> SafeString:
    """Hexagons over the outlines of regions, darker where there are more people."""
    shown = list(spots)
    outlines = [outline_of(each.cell) for each in shown]
    view = _View(outlines)
    most = max(each.people for each in shown)
    ground = format_html_join(
        "", '<polygon points="{}"/>', ((view.points(ring),) for ring in view.ground())
    )
    # The wide ones first, so that a narrow one with its own count lies on top.
    order = sorted(range(len(shown)), key=lambda index: shown[index].resolution)
    cells = format_html_join(
        "",
        '<polygon points="{}" data-level="{}"><title>{}</title></polygon>',
        (
            (
                view.points((lon, lat) for lat, lon in outlines[index]),
                1 + min(_LEVELS - 1, int(shown[index].people / most * (_LEVELS - 0.001))),
                shown[index].people,
            )
            for index in order
        ),
    )
    return format_html(
        '<svg class="density-map" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<g class="ground">{}</g><g class="cells">{}</g></svg>',
        WIDTH,
        HEIGHT,
        sentence,
        ground,
        cells,
    )


class _View:
    """A plain projection: degrees to pixels, longitudes narrowed by the latitude's cosine."""

    def __init__(self, outlines: list[list[tuple[float, float]]]) -> None:
        lats = [lat for ring in outlines for lat, _lon in ring]
        lons = [lon for ring in outlines for _lat, lon in ring]
        middle = (min(lats) + max(lats)) / 2
        self._narrow = max(0.2, cos(radians(middle)))
        wide = max((max(lons) - min(lons)) * self._narrow, 0.4)
        high = max(max(lats) - min(lats), 0.4)
        self._scale = min(WIDTH / (wide * 1.2), HEIGHT / (high * 1.2))
        self._west = (min(lons) + max(lons)) / 2 - WIDTH / self._scale / self._narrow / 2
        self._north = middle + HEIGHT / self._scale / 2

    def ground(self) -> Iterable[list[tuple[float, float]]]:
        """Outlines of the regions in view, longitude first."""
        east = self._west + WIDTH / self._scale / self._narrow
        south = self._north - HEIGHT / self._scale
        return kept.shapes().within((self._west, south, east, self._north))

    def points(self, ring: Iterable[tuple[float, float]]) -> str:
        """SVG points of a ring given longitude first."""
        return " ".join(
            f"{(lon - self._west) * self._narrow * self._scale:.1f},{(self._north - lat) * self._scale:.1f}"
            for lon, lat in ring
        )


def _label(spot: Spot, country: str) -> str:
    corners = outline_of(spot.cell)
    # A wide cell has no name of its own: it is called by what lies in its middle.
    middle = cell_of(
        sum(lat for lat, _lon in corners) / len(corners),
        sum(lon for _lat, lon in corners) / len(corners),
    )
    where = place_label(middle, country_code=country)
    return where if spot.resolution == RESOLUTION else _("sekitar %(place)s") % {"place": where}


def _sentence(found: Density) -> str:
    if not found.spots:
        return _("Belum ada tempat dengan lima orang atau lebih.")
    first = found.spots[0]
    return _("Terbanyak di satu tempat: %(n)s orang; %(places)s tempat ditampilkan.") % {
        "n": first.people,
        "places": len(found.spots),
    }
