"""Questions of a partner about our books and our past (§16, §17), over HTTP.

Every question is signed by the partner, body included, and every answer by us.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner
from lindung.exchange.operations import answering, digests
from lindung.exchange.operations.partners import asked_by
from lindung.exchange.operations.questions import answered
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.signatures import claims_of
from lindung.exchange.wire.texts import MAX_MESSAGE

Said = dict[str, Any]


@csrf_exempt  # no cookie gives any right here; the signature does
@require_POST
def nodes(request: HttpRequest) -> HttpResponse:
    """Digests of our tree."""

    def say(partner: Partner, asked: Said) -> Said:
        return answering.nodes(partner, asked["prefixes"])

    return _posted(request, "digests_asked", say, before=_fold_at_the_root)


@csrf_exempt
@require_POST
def records(request: HttpRequest) -> HttpResponse:
    """Agreed records."""
    return _posted(
        request,
        "records_asked",
        lambda partner, asked: answering.records(partner, asked["subjects"]),
    )


@csrf_exempt
@require_POST
def leaves(request: HttpRequest) -> HttpResponse:
    """Where the entries of messages lie in our sealed past."""
    return _posted(
        request, "leaves_asked", lambda partner, asked: answering.leaves(partner, asked["messages"])
    )


@require_GET
def head(request: HttpRequest) -> HttpResponse:
    """Our newest head."""
    return _got(request, answering.head)


@require_GET
def proof(request: HttpRequest) -> HttpResponse:
    """The chain of our heads after a number."""
    first = request.GET.get("from", "")
    if not first.isascii() or not first.isdigit() or len(first) > 12:
        return _problem(400, "from is needed.")
    return _got(request, lambda: answering.proof(int(first)))


def _fold_at_the_root(asked: Said) -> None:
    # A comparison begins at the root: what has changed until then is in it.
    if "" in asked["prefixes"]:
        digests.fold()


def _posted(
    request: HttpRequest,
    name: str,
    say: Callable[[Partner, Said], Said],
    *,
    before: Callable[[Said], None] | None = None,
) -> HttpResponse:
    body = request.read(MAX_MESSAGE + 1)
    if len(body) > MAX_MESSAGE:
        return _problem(413, "At most 1 MiB a question.")
    partner = _asker(request, body)
    if isinstance(partner, HttpResponse):
        return partner
    try:
        asked = answering.read(name, body)
    except Unacceptable as refusal:
        return _problem(400, refusal.note or refusal.code)
    if before is not None:
        before(asked)
    with acting_as(ROBOT):
        said = say(partner, asked)
    return _answer(request, partner, said)


def _got(request: HttpRequest, say: Callable[[], Said | None]) -> HttpResponse:
    partner = _asker(request, None)
    if isinstance(partner, HttpResponse):
        return partner
    with acting_as(ROBOT):
        said = say()
    return _problem(404, "Nothing there yet.") if said is None else _answer(request, partner, said)


def _asker(request: HttpRequest, body: bytes | None) -> Partner | HttpResponse:
    try:
        with acting_as(ROBOT):
            return asked_by(
                request.headers.get("Lindung-Request", ""),
                target=request.get_full_path(),
                now=datetime.now(UTC),
                method=request.method or "",
                body=body,
            )
    except Unacceptable as refusal:
        return _problem(401, refusal.code)


def _answer(request: HttpRequest, partner: Partner, said: Said) -> HttpResponse:
    asked = claims_of(request.headers["Lindung-Request"])
    raw, signature = answered(partner, str(asked["id"]), said, now=datetime.now(UTC))
    response = HttpResponse(raw, content_type="application/json")
    response["Lindung-Signature"] = signature
    return response


def _problem(status: int, title: str) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "status": status, "title": title},
        status=status,
        content_type="application/problem+json",
    )
