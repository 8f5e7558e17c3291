"""The API: scoped keys, one transaction per call, problem details for whatever is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from inspect import signature
from typing import Any

from django.db import DataError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import Field

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.doors import source_of
from lindung.access.journal import look
from lindung.access.limits import spend
from lindung.access.rights import Right
from lindung.access.tokens import actor_of_token
from lindung.kernel.refusals import NobodyActs, NotAllowed, NotFound, Refusal
from lindung.registry import queries
from lindung.registry.models import Worker
from lindung.site.middleware.acting import denied
from lindung.site.refusals import problem

# Wrong keys from one address; a right one is never slowed.
_WRONG_KEYS, _MINUTES = 60, 10


class Token(HttpBearer):
    """``Authorization: Bearer lindung_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of the key, or nobody."""
        now = datetime.now(UTC)
        if (actor := actor_of_token(token, now=now)) is not None:
            return actor
        spend("api.key", source_of(request), most=_WRONG_KEYS, minutes=_MINUTES, now=now)
        return None


class ApiRequest(HttpRequest):
    """A request behind a key."""

    auth: Actor


api = NinjaAPI(
    title="Lindung",
    version="1",
    description="Placement and protection of migrant workers. Every call acts within the duty and"
    " the rights of its key; rows outside its jurisdiction do not exist for it.",
    auth=Token(),
    docs_url=None,
    urls_namespace="api",
)


def acting(
    right: Right | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a handler as the key's actor, who needs ``right``; its answer is made inside."""

    def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def run(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            actor = request.auth
            if right is not None and not actor.may(right):
                raise NotAllowed(right=str(right))
            with acting_as(actor):
                return handler(request, *args, **kwargs)

        # The types a handler names are those of its own module, not of this one.
        setattr(run, "__signature__", signature(handler, eval_str=True))  # noqa: B010
        return run

    return declare


class Me(Schema):
    """Who the key is."""

    name: str
    kind: str
    office: str
    rights: list[str]


class Person(Schema):
    """A worker as the key's duty sees them."""

    public_number: str = Field(examples=["PMI-26-000123"])
    full_name: str
    call_name: str
    sex: str = Field(description="F, M or X, as in the passport")
    birth_date: date | None
    home_region: str = Field(description="four-digit regency code, or empty")
    country: str = Field(description="ISO 3166-1 alpha-2 of the country of work, or empty")
    stage: str = Field(description="before, during or after")
    condition: str
    last_check_in_at: datetime | None
    confirmed_on: date | None
    is_demo: bool


class Found(Schema):
    """A worker found: enough to pick the right one, whose file is then opened by its number."""

    public_number: str = Field(examples=["PMI-26-000123"])
    full_name: str
    home_region: str = Field(description="four-digit regency code, or empty")
    country: str = Field(description="ISO 3166-1 alpha-2 of the country of work, or empty")
    stage: str = Field(description="before, during or after")
    is_demo: bool


class People(Schema):
    """Workers found, at most fifty."""

    items: list[Found]


@api.get("/me", response=Me, operation_id="me", tags=["access"])
@acting()
def me(request: ApiRequest) -> Me:
    """Whose key this is, and what it may do."""
    actor = request.auth
    return Me(
        name=actor.name,
        kind=str(actor.kind),
        office=actor.office,
        rights=sorted(map(str, actor.rights)),
    )


class Search(Schema):
    """Whom to look for. In the body: a name or a number in an address stays in logs."""

    name: str = Field(
        max_length=160,
        description="parts of a name in any order, the last may be a start; or a number",
    )


@api.post("/workers/search", response=People, operation_id="find_workers", tags=["registry"])
@acting(Right.WORKER_READ)
def find_workers(request: ApiRequest, search: Search) -> People:
    """Workers in the key's jurisdiction by parts of the name in any order, or by any number."""
    return People(
        items=[
            Found(
                public_number=each.public_number,
                full_name=each.full_name,
                home_region=each.region,
                country=each.country,
                stage=each.state.stage,
                is_demo=each.is_demo,
            )
            for each in queries.find_workers(request.auth, search.name)
        ]
    )


@api.get("/workers/{public_number}", response=Person, operation_id="worker", tags=["registry"])
@acting(Right.WORKER_READ)
def worker(request: ApiRequest, public_number: str) -> Person:
    """One worker by public number; the look is recorded and shown to the worker."""
    found = queries.worker_by_number(public_number)
    look(request.auth, found, worker=found.id, purpose="API")
    return _person(found)


def _person(found: Worker) -> Person:
    return Person(
        public_number=found.public_number,
        full_name=found.full_name,
        call_name=found.call_name,
        sex=found.sex,
        birth_date=found.birth_date,
        home_region=found.region,
        country=found.country,
        stage=found.state.stage,
        condition=found.state.condition,
        last_check_in_at=found.state.last_check_in_at,
        confirmed_on=found.state.confirmed_on,
        is_demo=found.is_demo,
    )


# Whatever is refused, as RFC 9457 problem details ---------------------------------------------


@api.exception_handler(Refusal)
def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(ProgrammingError)
@api.exception_handler(DataError)
def _denied(_request: HttpRequest, error: ProgrammingError | DataError) -> HttpResponse:
    refusal = denied(error)
    if refusal is None:
        raise error
    return problem(refusal)


@api.exception_handler(AuthenticationError)
def _nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    response = problem(NobodyActs())
    response.headers["WWW-Authenticate"] = 'Bearer realm="Lindung"'
    return response


@api.exception_handler(ValidationError)
def _unusable(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Names the place and what is wrong there; never repeats what was sent.
    errors = [
        {"place": ".".join(map(str, each["loc"])), "problem": each["msg"]} for each in error.errors
    ]
    return _plain("unusable", "Permintaan ini tidak sesuai bentuknya.", 422, errors=errors)


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return _plain("http", str(error), error.status_code)


def _plain(slug: str, title: str, status: int, **more: Any) -> JsonResponse:
    body = {"type": f"/problems/{slug}", "title": title, "status": status, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def not_found(_request: HttpRequest) -> HttpResponse:
    """An address of the API that is none."""
    return problem(NotFound())
