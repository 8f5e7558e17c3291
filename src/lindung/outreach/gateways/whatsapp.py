"""WhatsApp's Cloud API: free words within the time after the person's last, else a template.

Source: Meta, WhatsApp Business Platform, "Send messages", "Message templates", "Media".
Errors 131047 (more than 24 hours) and the like come back as refusals with their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml

from lindung.access import outgoing
from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.gateways import http
from lindung.outreach.lines import WhatsApp
from lindung.outreach.practice import practice
from lindung.outreach.templates import SECRET_TEMPLATES, places


def send(line: WhatsApp, parcel: Parcel) -> str:
    """Post one message; gives WhatsApp's id of it.

    Raises:
        Refused, NotTaken: as :mod:`http`; a code or link never goes over WhatsApp.
    """
    if parcel.template in SECRET_TEMPLATES:
        raise Refused("no secret over whatsapp")
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": parcel.to.removeprefix("+"),
    }
    if parcel.open:
        body |= {"type": "text", "text": {"preview_url": False, "body": parcel.words}}
    else:
        body |= {"type": "template", "template": _template(line, parcel)}
    answer = http.post(
        f"{line.url}/{line.phone_number_id}/messages",
        token=line.token,
        body=body,
        seconds=line.seconds,
    )
    messages = answer.get("messages")
    if not isinstance(messages, list) or not messages or not isinstance(messages[0], dict):
        raise NotTaken("no id")
    return str(messages[0].get("id", ""))


def fetch(line: WhatsApp, media_id: str) -> bytes:
    """The bytes of a voice note or picture; its address is good for some minutes only.

    Raises:
        Refused, NotTaken: as :mod:`http`.
    """
    headers = {"Authorization": f"Bearer {line.token}"}
    try:
        with outgoing.client(seconds=line.seconds, headers=headers) as client:
            told = http.json_of(client.get(f"{line.url}/{media_id}"))
            address = str(told.get("url", ""))
            # The token goes to nobody but those whom the settings name.
            if not _is_theirs(address, line.url):
                raise Refused("media elsewhere")
            return _read(client, address)
    except httpx.HTTPError as error:
        raise NotTaken(type(error).__name__) from None


def _read(client: httpx.Client, address: str) -> bytes:
    most, data = practice().most_media_bytes, b""
    with client.stream("GET", address) as answer:
        if not answer.is_success:
            answer.read()
            http.json_of(answer)
        for chunk in answer.iter_bytes():
            data += chunk
            if len(data) > most:
                raise Refused("too_large")
    return data


def _is_theirs(address: str, url: str) -> bool:
    there, ours = urlsplit(address), urlsplit(url)
    host = there.hostname or ""
    known = (ours.hostname or "", *_file()["media_hosts"])
    return there.scheme == ours.scheme and any(
        host == each or host.endswith(f".{each}") for each in known
    )


def _template(line: WhatsApp, parcel: Parcel) -> dict[str, Any]:
    parameters = [
        {"type": "text", "text": str(parcel.facts[place])}
        for place in places(parcel.template)
        if place in parcel.facts
    ]
    told: dict[str, Any] = {
        "name": f"{line.template_prefix}{parcel.template}",
        "language": {"code": _language(parcel.language)},
    }
    if parameters:
        told["components"] = [{"type": "body", "parameters": parameters}]
    return told


def _language(code: str) -> str:
    """WhatsApp's name of a language; templates in a language it does not know are in ours."""
    languages: Mapping[str, str] = _file()["languages"]
    return languages.get(code) or languages["id"]


@cache
def _file() -> dict[str, Any]:
    file = Path(__file__).parent / "whatsapp.yaml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
