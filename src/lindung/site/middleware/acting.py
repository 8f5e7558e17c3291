"""From here on the request acts as somebody, in one transaction with the policies of that role."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import DataError, Error, ProgrammingError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from psycopg.errors import InsufficientPrivilege

from lindung.access import identity, replicas
from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.once import answered_before, keep_answer
from lindung.kernel.faults import where
from lindung.kernel.refusals import NobodyActs, NotAllowed, Refusal, Unstorable
from lindung.site.refusals import answer

log = logging.getLogger(__name__)

# Signing in, and what no person asks: these run at the door, before anybody acts.
DOOR_PATHS = (
    "/masuk/", "/keluar/", "/health/", "/metrics", "/static/", "/bahasa/", "/exchange/v1/", "/.well-known/",
    "/api/", "/saya/masuk/", "/saya/m/", "/keluarga/m/", "/keluarga/keluar/", "/saya/keluar/", "/saya/daftar/", "/rujukan/r/",
    "/saya/pin/", "/saya/luring/", "/saya/sw.js", "/saya/catatan.webmanifest", "/kanal/",
)  # fmt: skip
OPEN_PATHS = ("/peraturan/", "/data-anda/", "/lisensi/", "/cek/", "/p3mi/", "/demo/", "/galeri/", "/problems/",
    "/status/",
)  # fmt: skip
HOMES = {Kind.WORKER: "/saya/", Kind.FAMILY: "/keluarga/"}
PHONE_PATHS = ("/saya/", "/keluarga/")
# How far the primary's log had come after this browser's last change; a number about nobody.
PLACE_COOKIE = "sejak"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Acting:
    """Finds the actor, opens the transaction, and turns refusals into answers.

    An answer of 500 or more, and every refusal that a view did not take up itself, rolls back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run the rest of the chain as the request's actor."""
        if request.path.startswith(DOOR_PATHS):
            return self._at_the_door(request)
        actor = identity.actor_of(request)
        if isinstance(actor, str):
            return HttpResponseRedirect(actor)
        request.actor = actor  # type: ignore[attr-defined]
        if (closed := _closed_to(actor, request)) is not None:
            return closed
        if (response := self._from_replica(request, actor)) is not None:
            return response
        response = self._acted(request, actor)
        if replicas.configured() and request.method not in _SAFE:
            _note_place(response)
        return response

    def _acted(self, request: HttpRequest, actor: Actor) -> HttpResponseBase:
        with acting_as(actor):
            response = self._once(request, actor)
            if response.status_code >= 500 or hasattr(request, "refusal"):
                transaction.set_rollback(True)
        refusal = getattr(request, "refusal", None)
        return answer(request, refusal) if refusal is not None else response

    def _from_replica(self, request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
        """A page that may be a little old, from the replica; None where it must come from the primary."""
        if not replicas.configured() or not _may_be_old(request):
            return None
        since = request.COOKIES.get(PLACE_COOKIE, "")
        if (since and not replicas.is_place(since)) or not replicas.serves(since):
            return None
        try:
            with replicas.reading():
                response = self._acted(request, actor)
        except Error as error:
            # The replica went away, or the page changes something after all.
            log.error("not answered by the replica: %s", where(error))
            return None
        return None if getattr(request, "lost_replica", False) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take up a refusal; it is answered after the transaction has been rolled back."""
        if isinstance(exception, Error) and replicas.is_reading():
            log.error("not answered by the replica: %s", where(exception))
            request.lost_replica = True  # type: ignore[attr-defined]
            return HttpResponse(status=503)
        refusal = exception if isinstance(exception, Refusal) else denied(exception)
        if refusal is None:
            return None
        request.refusal = refusal  # type: ignore[attr-defined]
        return HttpResponse(status=refusal.status)

    def _at_the_door(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        refusal = getattr(request, "refusal", None)
        return answer(request, refusal) if refusal is not None else response

    def _once(self, request: HttpRequest, actor: Actor) -> HttpResponseBase:
        """A form sent twice under one key is done once; the second gets the first's answer."""
        key = _once_key(request)
        if key is None or actor.kind is Kind.PUBLIC:
            return self.get_response(request)
        if (location := answered_before(actor, key)) is not None:
            return HttpResponseRedirect(location)
        response = self.get_response(request)
        if response.status_code in {302, 303} and not hasattr(request, "refusal"):
            keep_answer(actor, key, response.status_code, response.headers["Location"])
        return response


def denied(exception: BaseException) -> Refusal | None:
    """What the database keeps from this kind of actor altogether, or cannot hold, as a refusal.

    A view should have asked for the right before; that it did not is written to the log.
    """
    if isinstance(exception, DataError):
        return Unstorable()
    if isinstance(exception, ProgrammingError) and isinstance(
        exception.__cause__, InsufficientPrivilege
    ):
        log.error("The database denied what a view did not.", exc_info=exception)
        return NotAllowed()
    return None


def _closed_to(actor: Actor, request: HttpRequest) -> HttpResponse | None:
    """Send people to the door that is theirs."""
    if request.path.startswith(OPEN_PATHS):
        return None
    for kind, home in HOMES.items():
        if actor.kind is kind:
            return None if request.path.startswith(home) else HttpResponseRedirect(home)
    if actor.kind is Kind.PUBLIC:
        if request.headers.get("Accept", "").startswith("application/json"):
            return answer(request, NobodyActs())
        if request.path.startswith(PHONE_PATHS):
            return HttpResponseRedirect("/saya/masuk/")
        return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?next={request.path}")
    # A right that officials share with workers opens none of the workers' own pages to them.
    return HttpResponseRedirect("/") if request.path.startswith(PHONE_PATHS) else None


def _may_be_old(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD"}:
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, "may_be_old", False))


def _note_place(response: HttpResponseBase) -> None:
    response.set_cookie(
        PLACE_COOKIE, replicas.place(), httponly=True, samesite="Lax", secure=settings.SECURE
    )


def _once_key(request: HttpRequest) -> UUID | None:
    if request.method != "POST":
        return None
    try:
        return UUID(request.headers.get("Idempotency-Key") or request.POST.get("once", ""))
    except ValueError:
        return None
