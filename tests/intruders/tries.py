"""Trying a door: one request, what it met, and whether anything stayed behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lindung.access.roles import Role
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NobodyActs, NotAllowed, NotFound, Refusal
from lindung.site.api import api
from lindung.site.entrances import Door, Entrance, Outcome, expected
from tests.conftest import owner_sets_the_scene
from tests.intruders.roles import Comer
from tests.intruders.worlds import MARK, World, make

SIGN_INS = ("/masuk/login/", "/saya/masuk/")
HOMES = ("/", "/saya/", "/keluarga/")
DENIED = {Outcome.REFUSED, Outcome.NOT_FOUND}
SCHEMA = api.get_openapi_schema()


@dataclass(frozen=True, slots=True)
class Met:
    """What a request met.

    Attributes:
        raised: the refusals that came up on the way, also those a view took up itself.
    """

    status: int
    location: str
    body: str
    raised: tuple[type[Refusal], ...]
    written: tuple[str, ...] = ()

    def turned_back(self) -> bool:
        """A form that was not whole came back before anything was looked up, and nothing happened."""
        return self.status in {302, 400, 409, 422} and not self.written

    def is_(self, outcome: Outcome) -> bool:
        path = urlsplit(self.location).path
        if outcome is Outcome.SIGN_IN:
            return self.status == 401 or path in SIGN_INS
        if outcome is Outcome.ELSEWHERE:
            return self.status == 302 and path in HOMES
        if outcome is Outcome.NO_SUCH_WAY:
            return self.status == 405
        if outcome is Outcome.REFUSED:
            return self.status == 403 or NotAllowed in self.raised
        if outcome is Outcome.NOT_FOUND:
            return self.status == 404 or NotFound in self.raised
        denied = self.status in {401, 403, 404, 405} or self.status >= 500
        return not denied and NotAllowed not in self.raised and path not in SIGN_INS

    def __str__(self) -> str:
        names = ",".join(each.__name__ for each in self.raised)
        return f"{self.status} {self.location} {names}".strip()


def accepted(entrance: Entrance, method: str, role: Role, *, own: bool) -> set[Outcome]:
    """What may be met: what the table promises, and where two things forbid it, either."""
    promised = expected(entrance, method, role, own=own)
    return DENIED if promised in DENIED else {promised}


_RAISED: list[type[Refusal]] = []


@contextmanager
def noting_refusals(patch: Any) -> Iterator[None]:
    """Note every refusal made while trying."""
    first = Refusal.__init__

    def noted(self: Refusal, *args: Any, **facts: Any) -> None:
        if isinstance(self, NotAllowed | NotFound | NobodyActs):
            _RAISED.append(type(self))
        first(self, *args, **facts)

    patch.setattr(Refusal, "__init__", noted)
    yield


def attempt(comer: Comer, entrance: Entrance, method: str, world: World) -> Met:
    """One request whose every trace is undone."""
    _RAISED.clear()
    path = address(entrance, world)
    written: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, str) and (found := _WRITES.match(sql)) and found[1] not in _TRIFLES:
            written.append(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        if entrance.door is Door.API:
            answer = _call(comer, entrance, method, path)
        else:
            path += QUERIES.get(entrance.name, "")
            answer = getattr(comer.afresh(), method)(path, BODIES.get(entrance.name, {}))
        body = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return Met(
        answer.status_code,
        answer.headers.get("Location", ""),
        body.decode("utf-8", "replace"),
        tuple(_RAISED),
        tuple(written),
    )


_WRITES = re.compile(r"\s*(?:insert into|update|delete from)\s+\"?(\w+)", re.IGNORECASE)
# What a mere request may write: its session, a count of tries.
_TRIFLES = {"django_session", "access_attempt", "access_cache", "access_phonesession"}


def leaks(met: Met, world: World) -> bool:
    """Whether anything written about a world stands in an answer."""
    secrets = (MARK[world.name], world.worker.public_number)
    return any(each in met.body or each in met.location for each in secrets)


# Addresses -------------------------------------------------------------------------------------


def address(entrance: Entrance, world: World) -> str:
    """The address with the things of one world in its places."""
    if entrance.door is Door.API and entrance.name not in _PLAIN:
        path, _ = OPERATIONS[entrance.name]
        return "/api" + re.sub(r"{(\w+)}", lambda found: _in_api(entrance, found[1], world), path)
    namespace, names = PLACES[entrance.name]
    kwargs = {name: _filled(entrance, name, world) for name in names}
    full = f"{namespace}:{entrance.name}" if namespace else entrance.name
    return reverse(full, kwargs=kwargs)


_PLAIN = {"openapi-json", "api-root"}
OPERATIONS: dict[str, tuple[str, str]] = {
    operation["operationId"]: (path.removeprefix("/api"), method)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
}


def _named(
    patterns: list[URLPattern | URLResolver], namespace: str = "", before: str = ""
) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            above = before + str(each.pattern)
            yield from _named(each.url_patterns, each.namespace or namespace, above)
        elif each.name and (namespace != "api" or each.name in _PLAIN):
            places = re.findall(r"<(?:\w+:)?(\w+)>", before + str(each.pattern))
            yield each.name, (namespace, places)


# Name of each address: its namespace and the places in it.
PLACES = dict(_named(get_resolver().url_patterns))


def thing(label: str, world: World) -> Any:
    """The row of a table in one world; open tables have one for both."""
    if label not in world.rows:
        with owner_sets_the_scene():
            model = apps.get_model(label)
            # A company is open to all, and made with the cast.
            known = model._default_manager.filter(pk=world.agency).first()
            world.rows[label] = known or make(model, world)
    return world.rows[label]


def _filled(entrance: Entrance, name: str, world: World) -> Any:
    given = FILLS.get(f"{entrance.name}.{name}", FILLS.get(name))
    if given is not None:
        return given(world) if callable(given) else given
    if name == "agency_id":
        return world.agency
    if entrance.of and isinstance(row := thing(entrance.of, world), object) and row is not None:
        return row.pk
    return new_id()


def _in_api(entrance: Entrance, name: str, world: World) -> str:
    if name == "kind":
        return "cover" if entrance.name == "premium" else "order"
    if name == "agency_id":
        return str(world.agency)
    row = thing(entrance.of, world)
    return str(getattr(row, name) if name in {"number", "public_number"} else row.pk)


FILLS: dict[str, Any] = {
    "code": lambda world: world.rows["exchange.Partner"].code,
    "country.code": "KR",
    "check_clearance.code": "AAAA-AAAA",
    "rule_id": "kr.minimum_wage.hourly",
    "requirement": "passport",
    "kind": "order",
    "queue_row.kind": "tugas",
    "form": "pastikan",
    "name": "upaya",
    "exchange-sheet-told.name": "contract",
    "exchange-schema.name": "contract",
    "gallery_page.name": "parts",
    "moment": "before",
    "key": lambda world: world.rows["placement.Placement"].pk,
    "rule": "kr.minimum_wage.hourly",
    "start": "2026-01-01",
    "what": "pekerja",
    "coming.what": "habis",
    "other_id": lambda world: world.rows["second"].pk,
    "signal_id": "isolation",
    "token": "x" * 43,
    "uidb36": "x",
    "pk": 1,
}
# What a page asks for in its address beside its path.
QUERIES = {"changes": "?jenis=case"}
# Steps that a view tells apart by a word; others take an empty form and say what is missing.
BODIES: dict[str, dict[str, Any]] = {
    "problem_step": {"step": "lift"},
    "paper_step": {"step": "check"},
    "decide_permit": {"step": "refuse"},
    "placement_step": {"step": "send to roster"},
    "case_step": {"step": "take"},
    "sos_act": {"step": "take"},
    "change_relative": {"what": "allow"},
    "alert": {"act": "review"},
    "api:step_problem": {"step": "lift"},
    "decide_sender": {"langkah": "kesampingkan"},
}
# Where the row of the scene is there and not in the state that the page waits for: whoever may is
# told so, and that answer cannot be told from a row that is not there. Each has tests of its own.
OTHER_STATE = {
    "metrics": "no token is named",
    "muster_ask": "the event of the scene is one of its own post's",
    "crisis_end": "only who declared it ends it",
    "muster_answer": "the list of the scene is made up",
    "home_case": "an office at home reads a case of an incident only",
    "ask_ruling": "no stop of the incident can be left out",
    "give_ruling": "nothing is asked that this officer may decide",
    "answer_period": "a second person decides",
    "erasure": "a second person agrees",
    "breach_list": "nobody has been worked out yet",
    "withdraw_data_request": "it was answered",
    "person_copy": "it takes the officer's second factor anew",
    "api:tell_muster_answer": "the list of the scene is made up",
    "my_hand_in": "the paper is not the next that the person has to give",
    "hand_in": "the paper is not the next that is waited for",
    "my_sending": "the phone's own format, no form",
    "my_keys": "the phone's own format, no form",
    "sos": "the case is no call for help",
    "sos_act": "the case is no call for help",
    "alert": "what raised the alert is asked of rows that the scene has not",
    "unreadable": "what came could be read",
    "enclosure": "the file itself lies in the store",
    "case_evidence": "the file itself lies in the store",
    "exchange-sheet": "the partner has a line and no portal",
    "exchange-sheet-check": "nothing was typed that the agreement knows",
    "exchange-sheet-told": "the partner has a line and no portal",
    "exchange-match": "no message waits to be matched",
    "exchange-correct": "the message was never one of the agreement",
    "my_shared": "the messages of the scene say nothing",
    "switch_duty": "nobody of the scene has two duties",
    "queue_many": "which acts there are depends on what is ticked",
    "receipt": "a receipt is its maker's alone",
    "queue_row": "which rows stand in a queue depends on the office",
    "changes": "an administrator follows no case",
    "coming": "contracts that end are a post's alone",
    "overseas": "which acts there are depends on the state",
    "living": "which acts there are depends on the state",
    "letter_pdf": "printing needs a library of the system",
    "exchange-again": "the message is not one that can be tried again",
    "exchange-aside": "the message is not one that can be set aside",
    "api:attach_document": "the paper is of no kind that is known",
    "api:step_problem": "the party was told already",
    "api:take_orientation_seat": "the placement is made up",
    "api:end_recruitment_paper": "a recruiter ends its own paper",
    "api:ask_recruitment_exception": "the check is made up",
    "api:hand_over_case": "there is no third post",
    "api:report_problem": "the party is made up",
    "api:tell_refund": "the charge is another's",
    "api:withdraw_charge": "the charge is another's",
}


# Calls of the API --------------------------------------------------------------------------------


def _call(comer: Comer, entrance: Entrance, method: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {comer.key}"} if comer.key else {}
    if entrance.name in _PLAIN or method == "get" or method != OPERATIONS[entrance.name][1]:
        return getattr(comer.afresh(), method)(path, headers=headers)
    given = SCHEMA["paths"]["/api" + OPERATIONS[entrance.name][0]][method].get("requestBody")
    content = given["content"] if given else {}
    if "multipart/form-data" in content:
        return comer.afresh().post(path, _form(content["multipart/form-data"]), headers=headers)
    body = sample(content["application/json"]["schema"]) if content else {}
    body |= BODIES.get(f"api:{entrance.name}", {})
    return comer.afresh().post(path, body, content_type="application/json", headers=headers)


def _form(content: dict[str, Any]) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    body = sample(content["schema"])
    for name, each in _resolved(content["schema"])["properties"].items():
        if each.get("format") == "binary":
            body[name] = SimpleUploadedFile("a.txt", b"a;b")
    return {name: value for name, value in body.items() if value is not None}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def sample(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema takes."""
    schema = _resolved(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return sample(schema[many][0])
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", ())
        return {name: sample(schema["properties"][name]) for name in required}
    if kind == "array":
        return [sample(schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return True
    formats = {"date": "2026-03-02", "date-time": "2026-03-02T03:00:00Z", "binary": "x",
               "uuid": "0190a000-0000-7000-8000-000000000001"}  # fmt: skip
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if "pattern" in schema and "d" in schema["pattern"]:
        return "1"
    return "Dipastikan lewat telepon."[: schema.get("maxLength", 99)]


def is_uuid(text: str) -> bool:
    """Whether a text is an id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
