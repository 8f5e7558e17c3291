"""Where lines call us: WhatsApp's webhook and the SMS gateway's. Nobody signs in; each call proves itself.

What is proven is stored before it is answered; reading it is a job. A wrong signature and what is
too large are refused with a reason and written down, at most so many from one address.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access import limits
from lindung.access.doors import now, source_of
from lindung.kernel.refusals import NotFound, TooMany
from lindung.outreach import lines
from lindung.outreach.lines import HttpGateway
from lindung.outreach.models import Channel, ReceivedState
from lindung.outreach.operations import keep, refuse
from lindung.outreach.operations.keeping import BAD_SIGNATURE, TOO_LARGE
from lindung.outreach.parsing import sms_http, whatsapp
from lindung.outreach.practice import practice

# Refused calls from one address that are written down; what comes beyond is only answered.
_WRITTEN, _MINUTES = 30, 10


@csrf_exempt  # no cookie gives any right here; the signature does
@require_http_methods(["GET", "POST"])
def whatsapp_webhook(request: HttpRequest) -> HttpResponse:
    """Answer Meta's challenge, or take what it posts."""
    line = lines.lines().whatsapp
    if line is None:
        raise NotFound
    if request.method == "GET":
        return _challenge(request, line.verify_token)
    return _take(
        request,
        Channel.WHATSAPP,
        lambda raw: sms_http.is_signed(
            raw, request.headers.get(whatsapp.SIGNATURE, ""), line.app_secret
        ),
    )


@csrf_exempt  # no cookie gives any right here; the signature does
@require_POST
def sms_webhook(request: HttpRequest) -> HttpResponse:
    """Take what the SMS gateway posts: a message or a receipt."""
    line = lines.lines().sms
    if not isinstance(line, HttpGateway):
        raise NotFound
    return _take(
        request,
        Channel.SMS,
        lambda raw: sms_http.is_signed(
            raw, request.headers.get(sms_http.SIGNATURE, ""), line.secret
        ),
    )


def _challenge(request: HttpRequest, verify_token: str) -> HttpResponse:
    given = request.GET.get("hub.verify_token", "")
    challenge = request.GET.get("hub.challenge", "")
    if request.GET.get("hub.mode") != "subscribe" or not hmac.compare_digest(
        given.encode(), verify_token.encode()
    ):
        return HttpResponse(status=403)
    # Digits only: what is asked for is given back, and nothing else that somebody puts there.
    if not challenge.isascii() or not challenge.isalnum():
        return HttpResponse(status=400)
    return HttpResponse(challenge, content_type="text/plain")


def _take(request: HttpRequest, channel: str, is_signed: Callable[[bytes], bool]) -> HttpResponse:
    most = practice().most_bytes[channel]
    raw = request.read(most + 1)
    if len(raw) > most:
        return _refused(request, channel, raw, reason=TOO_LARGE, status=413)
    if not is_signed(raw):
        return _refused(request, channel, raw, reason=BAD_SIGNATURE, status=401)
    kept = keep(channel, raw, at=now())
    if kept.state == ReceivedState.REFUSED:
        return JsonResponse({"code": kept.reason}, status=413)
    return JsonResponse({"kept": True})


def _refused(
    request: HttpRequest, channel: str, raw: bytes, *, reason: str, status: int
) -> HttpResponse:
    at = now()
    try:
        limits.spend(
            "outreach.refused", source_of(request), most=_WRITTEN, minutes=_MINUTES, now=at
        )
    except TooMany:
        return JsonResponse({"code": reason}, status=429)
    refuse(channel, raw, reason=reason, at=at)
    return JsonResponse({"code": reason}, status=status)
