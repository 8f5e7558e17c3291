"""What differs at the place of work: an officer says what it is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access.doors import actor_of, done, need, refused, today
from lindung.access.rights import Right
from lindung.kernel.refusals import Refusal
from lindung.placement import operations, queries


@require_POST
def answer(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    """Take one step with a finding, with what was found out."""
    need(request, Right.FINDING_ANSWER)
    found = queries.finding(finding_id)
    to = reverse("contract", args=[found.contract_id])
    step = request.POST.get("step", "")
    if step not in {"explain", "correct", "confirm substitution", "close"}:
        return refused(request, Refusal(), to)
    try:
        operations.answer_finding(
            actor_of(request),
            finding_id,
            step=step,
            reason=request.POST.get("reason", ""),
            on=today(),
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Temuan dicatat."), to)
