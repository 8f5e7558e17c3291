"""``/saya/kirim/``: the one door through which a phone's outbox comes in."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    RawPostDataException,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access import phones
from lindung.access.doors import actor_of, now
from lindung.kernel.refusals import Refusal
from lindung.registry.models import Worker
from lindung.site.phone import queries
from lindung.site.phone.items import Became, Item, NotReadable, take
from lindung.site.phone.queries import Sender
from lindung.site.phone.views import worker_of

log = logging.getLogger(__name__)
MOST_ITEMS = 50
# Farther from ours a phone's clock has lost its battery, and tells nothing.
_FARTHEST = timedelta(days=366 * 50)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in one request: whose it is, the phone's clock at the sending, and the items."""

    owner: str
    sent_at: datetime
    items: tuple[Item, ...]


def of_the_sender(
    view: Callable[[HttpRequest, Sender], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give a door the worker whose phone sends; officials have none."""

    @wraps(view)
    def door(request: HttpRequest) -> HttpResponse:
        own = worker_of(request)
        return HttpResponseRedirect("/") if own is None else view(request, queries.sender(own))

    return door


@require_POST
@of_the_sender
def receive(request: HttpRequest, sender: Sender) -> HttpResponse:
    """Take items, each for itself, and say of each what it became or why not.

    Items are JSON in the body; one that brings a file comes as a form with ``batch`` and ``file``.
    """
    at = now()
    batch = _batch(request, at)
    worker = sender.worker
    with timezone.override(sender.zone):
        if not phones.is_of(batch.owner, worker.id):
            said = [{"key": str(each.key), "state": "locked"} for each in batch.items]
        else:
            said = [_taken(request, worker, each, batch, at) for each in batch.items]
    return JsonResponse({"now": at.isoformat(), "items": said})


@require_POST
@of_the_sender
def keys(request: HttpRequest, sender: Sender) -> HttpResponse:
    """The key of this sign-in, and those of earlier ones of the same person on this phone."""
    asked = _json(request).get("owners", [])
    if not isinstance(asked, list):
        raise NotReadable
    own: str = request.phone.subject  # type: ignore[attr-defined]
    earlier = [
        each
        for each in asked[:MOST_ITEMS]
        if isinstance(each, str) and phones.is_of(each, sender.worker.id)
    ]
    known = {each: phones.key_of(each) for each in {own, *earlier}}
    return JsonResponse({"owner": own, "keys": known, "now": now().isoformat()})


def _taken(
    request: HttpRequest, worker: Worker, item: Item, batch: Batch, at: datetime
) -> dict[str, Any]:
    try:
        with transaction.atomic():
            became = take(actor_of(request), worker, item, sent_at=batch.sent_at, at=at)
    except Refusal as refusal:
        return _answer(item, "waiting" if refusal.retry else "refused", Became(_told(refusal)))
    except (InterfaceError, OperationalError):
        # The connection is gone: nothing of this request stands, and all of it comes again.
        raise
    except Exception:
        # One item that we cannot take must not keep the others back; it stays on the phone.
        log.exception("item of kind %s not taken", item.kind)
        return _answer(item, "waiting", Became(_("Belum dapat diterima. Dicoba lagi nanti.")))
    return _answer(item, "received", became)


def _answer(item: Item, state: str, became: Became) -> dict[str, Any]:
    return {
        "key": str(item.key),
        "state": state,
        "say": became.say,
        "url": became.url,
        "number": became.number,
    }


def _told(refusal: Refusal) -> str:
    said = [refusal.title]
    if isinstance(refusal, NotReadable) and refusal.detail != refusal.title:
        # Said by the form already in the reader's language.
        said = [refusal.detail]
    said += list(refusal.facts.get("fields", {}).values())
    return " ".join(_(each) for each in (*said, refusal.advice) if each)


def _batch(request: HttpRequest, at: datetime) -> Batch:
    raw = _json(request)
    file = request.FILES.get("file")
    try:
        rows = raw["items"]
        if not isinstance(rows, list) or len(rows) > MOST_ITEMS or (file and len(rows) != 1):
            raise NotReadable
        items = tuple(
            Item(
                key=UUID(row["key"]),
                kind=str(row["kind"]),
                claimed_at=_instant(row["at"], at),
                data=dict(row.get("data", {})),
                file=file,
            )
            for row in rows
        )
        return Batch(str(raw["owner"]), _instant(raw["sent_at"], at), items)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotReadable from None


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        text = request.POST.get("batch", "") if request.FILES or request.POST else request.body
        raw = json.loads(text)
    except (ValueError, RawPostDataException):
        raise NotReadable from None
    if not isinstance(raw, dict):
        raise NotReadable
    return raw


def _instant(text: str, at: datetime) -> datetime:
    """The phone's instant in UTC; a senseless one is taken for ours."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise NotReadable
    found = found.astimezone(UTC)
    return found if abs(found - at) < _FARTHEST else at
