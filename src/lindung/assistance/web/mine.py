"""What a worker sees of the help on the own case: the money, and what was handed on to whom."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, now, refused
from lindung.assistance import labels, operations, queries
from lindung.assistance.lifecycles import ClaimState, ReferralState
from lindung.assistance.shared_fields import FIELDS
from lindung.kernel.refusals import Refusal
from lindung.protection import queries as protection


@require_GET
def my_help(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Claims with their money, and referrals with exactly what was told."""
    case = protection.case(case_id)
    context = {
        "case": case,
        "claims": [
            (row, labels.CLAIM_STATES[ClaimState(row.claim.state)])
            for row in queries.claims_of(case_id)
        ],
        "referrals": [
            (
                each,
                labels.REFERRAL_STATES[ReferralState(each.state)],
                [(FIELDS[name], each.shared[name]) for name in FIELDS if name in each.shared],
            )
            for each in queries.referrals_of(case_id)
        ],
    }
    return render(request, "assistance/my_help.html", context)


@require_POST
def my_payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The worker's word: had, or not had."""
    had = "yes" in request.POST
    try:
        payment = operations.confirm_payment(actor_of(request), payment_id, had=had, at=now())
    except Refusal as refusal:
        return refused(request, refusal, reverse("my_home"))
    said = _("Terima kasih. Dicatat sudah diterima.") if had else _("Dicatat belum diterima.")
    return done(request, said, reverse("my_help", args=[payment.case_id]))
