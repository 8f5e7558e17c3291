"""What the tests of the desk share: a browser of an actor, and the queries that a page sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lindung.access import identity
from lindung.access.actors import Actor

MOST_QUERIES = 15


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    """A browser of this actor; how people sign in has tests of its own."""
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


def queries_of(browser: Client, address: str) -> list[str]:
    """The queries of a page that is visited a second time: what a process keeps is kept by then."""
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200, address
    return [
        each["sql"]
        for each in asked.captured_queries
        if each["sql"].lstrip("( ").lower().startswith(("select", "insert", "update", "with"))
    ]
