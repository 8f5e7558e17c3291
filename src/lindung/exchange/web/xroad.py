"""Our node as a provider behind a security server: who may come by that road (protocol §13)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters.xroad import comes_from
from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.operations import outbox

View = Callable[[HttpRequest], HttpResponse]


def by_agreed_road(view: View) -> View:
    """Refuse a request that came over X-Road from a client with whom that road is not agreed.

    Only the road is judged here. What a message is worth is told by its signature, as on every
    line; a request without the header came by another road.
    """

    @wraps(view)
    def run(request: HttpRequest) -> HttpResponse:
        client = request.headers.get("X-Road-Client", "")
        if client and (partner := _partner(client)) is None:
            return _problem(403, "Not agreed with this client.")
        if client and partner is not None and _never_met(partner):
            # A refusal would be final for the sender; it sends again, and meanwhile we learn keys.
            outbox.wake("exchange.pump", partner=str(partner.pk))
            return _problem(503, "The partner's keys are not known here yet.")
        return view(request)

    return run


def _partner(client: str) -> Partner | None:
    with acting_as(ROBOT):
        partners = list(Partner.objects.filter(adapter="xroad"))
    return next((each for each in partners if comes_from(each, client)), None)


def _never_met(partner: Partner) -> bool:
    with acting_as(ROBOT):
        return not PartnerKey.objects.filter(partner=partner).exists()


def _problem(status: int, title: str) -> HttpResponse:
    told = {"type": "about:blank", "status": status, "title": title}
    return JsonResponse(told, status=status, content_type="application/problem+json")
