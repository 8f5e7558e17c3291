"""Talking HTTP to a gateway: one client's settings and one reading of what can go wrong."""

from __future__ import annotations

from typing import Any

import httpx

from lindung.access import outgoing
from lindung.outreach.channels import NotTaken, Refused

_TOO_MANY, _SERVER = 429, 500


def post(url: str, *, token: str, body: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Post JSON with a bearer token and give the JSON answer.

    Raises:
        Refused: the gateway will never take this (4xx). NotTaken: not now (no answer, 429, 5xx).
    """
    try:
        with outgoing.client(
            seconds=seconds, headers={"Authorization": f"Bearer {token}"}
        ) as client:
            answer = client.post(url, json=body)
    except httpx.HTTPError as error:
        # The kind only: an address or a token may stand in the text.
        raise NotTaken(type(error).__name__) from None
    return json_of(answer)


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of a good answer; raises as :func:`post`."""
    if answer.status_code == _TOO_MANY or answer.status_code >= _SERVER:
        raise NotTaken(f"http {answer.status_code}")
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not answer.is_success:
        raise Refused(f"http {answer.status_code}{_code(body)}")
    if not isinstance(body, dict):
        raise NotTaken("no json")
    return body


def _code(body: object) -> str:
    """The gateway's own number for it, where there is one; never its words."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return f" code {code}" if isinstance(code, int) else ""
