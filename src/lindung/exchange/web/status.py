"""Whether each line is up: for anyone, nobody signs in, and nothing in it tells of persons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lindung.access.doors import now
from lindung.access.replicas import may_be_old
from lindung.exchange import queries
from lindung.exchange.queries import Link, Speed
from lindung.exchange.web import labels
from lindung.exchange.web.parts import origin_name


@may_be_old
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every line in words."""
    at = now()
    links = [
        {
            "link": link,
            "words": labels.LINKS[link.state][0],
            "tone": labels.LINKS[link.state][1],
            "day": queries.published(link.day),
            "month": queries.published(link.month),
        }
        for link in queries.public_links(now=at)
    ]
    answer = render(
        request, "exchange/status.html", {"links": links, "at": at, "origin": origin_name()}
    )
    answer["Cache-Control"] = "public, max-age=60"
    return answer


@may_be_old
@require_GET
def data(_request: HttpRequest) -> JsonResponse:
    """The same for machines: durations in seconds, ``null`` where there were too few to say."""
    at = now()
    body = {
        "at": at.isoformat(),
        "links": [_link(each) for each in queries.public_links(now=at)],
    }
    answer = JsonResponse(body)
    answer["Cache-Control"] = "public, max-age=60"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _link(link: Link) -> dict[str, Any]:
    return {
        "partner": link.partner.code,
        "name": link.partner.name,
        "country": link.partner.country,
        "simulated": link.partner.is_demo,
        "state": link.state,
        "since": _instant(link.since),
        "last_24_hours": _speed(queries.published(link.day)),
        "last_30_days": _speed(queries.published(link.month)),
    }


def _speed(speed: Speed) -> dict[str, Any]:
    return {"median_seconds": _seconds(speed.median), "slowest_seconds": _seconds(speed.slowest)}


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 1)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
