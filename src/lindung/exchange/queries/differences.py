"""What the page of differences asks: both values side by side, what was done, and the heads kept."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from lindung.access.actors import Actor, Kind
from lindung.exchange.models import (
    Comparison,
    Difference,
    DifferenceStep,
    Partner,
    PartnerHead,
    PastAlarm,
)

SHOWN = 50


def differences(
    partner: Partner, *, closed: bool = False, before: UUID | None = None
) -> list[Difference]:
    """Open differences, or closed ones, the newest first; one more than a page where there is."""
    rows = Difference.objects.select_related("partner").filter(
        partner=partner, country=partner.country
    )
    rows = rows.filter(closed_at__isnull=not closed)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[: SHOWN + 1])


def steps_of(actor: Actor, rows: list[Difference]) -> dict[UUID, list[DifferenceStep]]:
    """What people of ours did about each; the other country does not read it."""
    found: dict[UUID, list[DifferenceStep]] = defaultdict(list)
    if actor.kind is not Kind.PARTNER:
        for step in DifferenceStep.objects.filter(difference__in=[row.pk for row in rows]):
            found[step.difference_id].append(step)
    return found


def last_comparison(partner: Partner) -> Comparison | None:
    """The newest comparison."""
    return Comparison.objects.filter(partner=partner).order_by("-at").first()


def heads_kept(partner: Partner) -> QuerySet[PartnerHead]:
    """Heads of the partner's past, the newest first."""
    return PartnerHead.objects.filter(partner=partner).order_by("-came_at", "-id")


def alarms(partner: Partner) -> list[PastAlarm]:
    """Open alarms about the partner's past; of our own where the reader sees them."""
    theirs = PastAlarm.objects.filter(partner=partner, country=partner.country, closed_at=None)
    ours = PastAlarm.objects.filter(whose="ours", closed_at=None)
    return [*theirs, *ours]
