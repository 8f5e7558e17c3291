"""Refusals at the door: RFC 9457 for machines, a helpful sentence for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from lindung.kernel.refusals import Refusal


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as the asker can read it."""
    if wants_json(request):
        return problem(refusal)
    return render(
        request,
        "problem.html",
        {
            "title": gettext(refusal.title),
            "detail": gettext(refusal.detail) if refusal.detail else "",
            "what_next": gettext(refusal.advice) if refusal.advice else "",
            "back": "/saya/" if request.path.startswith("/saya/") else "/",
        },
        status=refusal.status,
    )


def problem(refusal: Refusal) -> JsonResponse:
    """The refusal as ``application/problem+json``, its sentences in the active language."""
    body = refusal.problem()
    for name in ("title", "detail", "advice"):
        if name in body:
            body[name] = gettext(body[name])
    if fields := body.get("fields"):
        body["fields"] = {name: gettext(words) for name, words in fields.items()}
    return JsonResponse(body, status=refusal.status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether a machine asks."""
    return request.path.startswith(("/api/", "/exchange/")) or (
        request.accepts("application/json") and not request.accepts("text/html")
    )
