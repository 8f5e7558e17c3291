"""What is sealed: requests to open it, and the second person's answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access.doors import actor_of, done, now, refused
from lindung.kernel.refusals import Refusal
from lindung.protection import operations


@require_POST
def answer(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Yes or no of the second person."""
    to = reverse("cases") + "?lihat=tertutup"
    agree = request.POST.get("answer") == "yes"
    try:
        operations.answer_opening(
            actor_of(request),
            opening_id,
            agree=agree,
            remark=request.POST.get("remark", ""),
            at=now(),
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Disetujui.") if agree else _("Ditolak."), to)
