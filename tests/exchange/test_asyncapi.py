"""The AsyncAPI document says what the schemas say, and every reference in it leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from lindung.exchange import asyncapi
from lindung.exchange.wire import agreement

HERE = Path(settings.ROOT) / "docs" / "api"


def references(value: Any) -> Iterator[str]:
    """Every ``$ref`` below a value."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi.document()
    for reference in set(references(document)):
        if not reference.startswith("#"):
            assert (HERE / reference).resolve().is_file(), reference
            continue
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_each_message_is_sent_or_received() -> None:
    document = asyncapi.document()
    said = {
        reference.rpartition("/")[2]
        for operation in document["operations"].values()
        for reference in references(operation["messages"])
    }
    assert said == set(document["components"]["messages"])
    assert len(said) == len(agreement.messages())


def test_the_example_of_each_message_is_of_its_type() -> None:
    messages = asyncapi.document()["components"]["messages"]
    for key, message in messages.items():
        narrowed = message["payload"]["allOf"][1]["properties"]
        assert narrowed["type"]["const"] == f"id.lindung.{key}"
        assert narrowed["data"]["$ref"].endswith(f"/{key}.json")
