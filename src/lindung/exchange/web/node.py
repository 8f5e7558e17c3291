"""The protocol over HTTP: nobody signs in here, every message proves itself."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.acting import acting_as
from lindung.access.doors import source_of
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.operations import applying, outbox, strangers
from lindung.exchange.operations.partners import asked_by
from lindung.exchange.ourselves import own_document
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import agreement, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import (
    BATCH,
    MAX_ITEMS,
    MAX_REQUEST,
    SINGLE,
    frame,
    unframe,
    write_json,
)
from lindung.kernel.refusals import TooMany


@require_GET
def key_document(_request: HttpRequest) -> HttpResponse:
    """Our keys and what we speak, signed."""
    with acting_as(ROBOT):
        raw = own_document(now=datetime.now(UTC))
    response = HttpResponse(raw, content_type="application/json")
    response["Lindung-Signature"] = signatures.sign(raw, own_key())
    response["Cache-Control"] = "public, max-age=300"
    return response


@csrf_exempt  # no cookie gives any right here; the signature does
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest) -> HttpResponse:
    """Take messages in, or give a partner again what it lacks."""
    return _take(request) if request.method == "POST" else _replay(request)


def _take(request: HttpRequest) -> HttpResponse:
    if int(request.headers.get("Content-Length") or 0) > MAX_REQUEST:
        return _problem(413, "At most 8 MiB a request.")
    body = request.read(MAX_REQUEST + 1)
    if len(body) > MAX_REQUEST:
        return _problem(413, "At most 8 MiB a request.")
    if _nobody_trusted_yet():
        return _problem(503, "The partners' keys are not known here yet.")
    source, now = source_of(request), datetime.now(UTC)
    try:
        if request.content_type == SINGLE:
            item = (body, request.headers.get("Lindung-Signature", ""))
            [(raw, signature)] = strangers.take([item], source=source, now=now)
            response = HttpResponse(raw, content_type=SINGLE)
            response["Lindung-Signature"] = signature
            return response
        if request.content_type == BATCH:
            taken = strangers.take(unframe(body), source=source, now=now)
            return HttpResponse(frame(taken), content_type=BATCH)
    except Unacceptable as refusal:
        return _problem(400, f"The frame cannot be read: {refusal.note or refusal.code}")
    except TooMany:
        return _problem(429, "Too much that no partner signed; a partner's messages still get in.")
    return _problem(415, f"Send {SINGLE} or {BATCH}.")


def _replay(request: HttpRequest) -> HttpResponse:
    try:
        first, last = int(request.GET["from"]), int(request.GET["to"])
        subject = request.GET["subject"]
    except (KeyError, ValueError):
        return _problem(400, "subject, from and to are needed.")
    partner = _asker(request)
    if isinstance(partner, HttpResponse):
        return partner
    with acting_as(ROBOT):
        found = outbox.replay(partner, subject, first, min(last, first + MAX_ITEMS - 1))
    return HttpResponse(found, content_type=BATCH) if found else _problem(404, "Nothing there.")


@require_GET
def subjects(request: HttpRequest) -> HttpResponse:
    """Tell a partner how far we have its messages about a subject."""
    partner = _asker(request)
    if isinstance(partner, HttpResponse):
        return partner
    subject = request.GET.get("subject", "")
    with acting_as(ROBOT):
        through = applying.received_through(partner, subject)
    answer = write_json({"subject": subject, "received_through": through})
    return HttpResponse(answer, content_type="application/json")


@require_GET
def schema(_request: HttpRequest, name: str) -> HttpResponse:
    """One published schema of a message, by its name with hyphens for dots."""
    found = agreement.messages().get(agreement.type_of(name.replace("-", ".")))
    return JsonResponse(found) if found else _problem(404, "No such schema.")


def _asker(request: HttpRequest) -> Partner | HttpResponse:
    try:
        with acting_as(ROBOT):
            return asked_by(
                request.headers.get("Lindung-Request", ""),
                target=request.get_full_path(),
                now=datetime.now(UTC),
            )
    except Unacceptable as refusal:
        return _problem(401, refusal.code)


def _nobody_trusted_yet() -> bool:
    # A refusal would be final for the sender; a fresh node must ask it to try again instead.
    with acting_as(ROBOT):
        return (
            Partner.objects.exclude(pk__in=PartnerKey.objects.values("partner")).exists()
            and not PartnerKey.objects.exists()
        )


def _problem(status: int, title: str) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "status": status, "title": title},
        status=status,
        content_type="application/problem+json",
    )
