"""What views share: the request's actor, and refusals that a form takes up itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.access.roles import ANYONE
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request."""
    actor: Actor = getattr(request, "actor", ANYONE)
    return actor


def need(request: HttpRequest, right: Right) -> Actor:
    """The actor, who holds the right: the rows alone are open to all of a kind.

    Raises:
        NotAllowed: this duty does not hold it.
    """
    actor = actor_of(request)
    if not actor.may(right):
        raise NotAllowed(right=str(right))
    return actor


def source_of(request: HttpRequest) -> str:
    """The address a request came from, for counting; an IPv6 one by its network of 64 bits.

    Behind proxies (``LINDUNG_PROXIES``) it is what the outermost of them saw.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        passed = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
        address = passed[-proxies] if len(passed) >= proxies else address
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def today() -> date:
    """The day in the origin country; read at the door, passed on to operations."""
    return timezone.localdate()


def now() -> datetime:
    """The instant, UTC; read at the door, passed on to operations."""
    return datetime.now(UTC)


def ticked(request: HttpRequest, name: str) -> list[UUID]:
    """The ids ticked under that name; what is no id is nobody's and left out."""
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def done(request: HttpRequest, sentence: str, to: str) -> HttpResponse:
    """After an act: say what happened, and go on."""
    messages.success(request, sentence)
    return HttpResponseRedirect(to)


def told(form: forms.Form, refusal: Incomplete, *, otherwise: str | None = None) -> None:
    """Put each word of a refusal beside the field it is about.

    Args:
        otherwise: the field for words about one that this form does not have; none: above the form.
    """
    for field, words in refusal.facts["fields"].items():
        form.add_error(field if field in form.fields else otherwise, gettext(words))


def tried(form: forms.Form, call: Callable[[], object]) -> bool:
    """Whether the form was whole and the operation did it; what is refused stands in the form."""
    if not form.is_valid():
        return False
    try:
        call()
    except Incomplete as refusal:
        told(form, refusal)
        return False
    except Refusal as refusal:
        words = (refusal.title, refusal.advice)
        form.add_error(None, " ".join(gettext(each) for each in words if each))
        return False
    return True


def status_of(*bound: forms.Form) -> int:
    """422 where a form keeps what was typed."""
    return 422 if any(each.errors for each in bound) else 200


def refused(request: HttpRequest, refusal: Refusal, to: str) -> HttpResponse:
    """A refusal on a page that keeps nothing typed: say why and what to do, and go back.

    The operation has undone its own changes; what else the request did stands.
    """
    messages.error(request, " ".join(map(gettext, filter(None, _words(refusal)))))
    return HttpResponseRedirect(to)


def _words(refusal: Refusal) -> list[str]:
    told = [refusal.title]
    if fields := refusal.facts.get("fields"):
        told += list(fields.values())
    if requirements := refusal.facts.get("requirements"):
        told.append("; ".join(each["title"] for each in requirements) + ".")
    if entries := refusal.facts.get("entries"):
        told.append(", ".join(entries) + ".")
    return [*told, refusal.advice]
