"""What may leave for a partner: fields, purpose, legal basis, retention, ground of the transfer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lindung.exchange import queries
from lindung.exchange.web import labels
from lindung.exchange.web.parts import need, partner_of, sides, tabs


@require_GET
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """Every type of message that may go to a partner, and the law's grounds in their order."""
    actor = need(request)
    partner = partner_of(actor, code)
    rule, judged = queries.grounds(partner.country)
    return render(
        request,
        "exchange/shared.html",
        {
            "partner": partner,
            "sides": sides(actor, partner),
            "tabs": tabs(actor, partner, "exchange-shared"),
            "sharings": queries.disclosures(),
            "rule": rule,
            "grounds": [(each, *labels.ANSWERS[each.answer]) for each in judged],
            "stands": queries.stands(judged),
            "never": queries.never_shared(),
        },
    )
