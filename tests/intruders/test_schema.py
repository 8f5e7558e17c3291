"""The API held to its own document: whatever fits it, and much that does not, is answered in shape.

Requests are drawn from the published document by schemathesis, always the same ones, and sent
in-process as an official with a key, as a worker on her phone and as nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from lindung.site.api import api
from lindung.site.entrances import entrances
from tests.intruders.roles import Comer
from tests.intruders.tries import OPERATIONS, _in_api
from tests.intruders.worlds import World

EXAMPLES = 6
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
PLACES = {"ministry_officer", "attache", "worker", "public"}


@pytest.fixture(scope="module")
def described(worlds: tuple[World, World]) -> Iterator[Any]:
    """The document with the service behind it, each call undone."""
    service = get_wsgi_application()

    def undone(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with transaction.atomic():
            answer = service(environ, start)
            body = [b"".join(answer)]
            answer.close()
            transaction.set_rollback(True)
        return body

    # The connection is ours until the file is over, as Django's own test client has it.
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    request_finished.disconnect(close_old_connections)
    document = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
    document.app = undone
    yield document
    request_started.connect(close_old_connections)
    request_started.connect(reset_queries)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("name", list(OPERATIONS))
def test_an_operation_answers_in_its_shape(
    name: str, described: Any, comers: list[Comer], worlds: tuple[World, World]
) -> None:
    path, method = OPERATIONS[name]
    operation = described["/api" + path][method.upper()]
    entrance = entrances()[f"api:{name}"]
    tried = [each for each in comers if each.role.name in PLACES]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), known=st.booleans())
    def check(case: Any, known: bool) -> None:
        if known:
            for place in case.path_parameters or {}:
                case.path_parameters[place] = _in_api(entrance, place, worlds[0])
        for comer in tried:
            headers, cookies = sign(comer)
            answer = case.call(headers=headers, cookies=cookies)
            case.validate_response(answer, checks=CHECKS)

    check()


def sign(comer: Comer) -> tuple[dict[str, str], dict[str, str]]:
    """Key or session of somebody."""
    headers = {"Accept-Encoding": "identity"}
    if comer.key:
        headers["Authorization"] = f"Bearer {comer.key}"
    cookies = {name: each.value for name, each in comer.afresh().cookies.items()}
    return headers, {} if comer.key else cookies
