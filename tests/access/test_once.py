"""A write sent twice at the same instant is done once."""

from __future__ import annotations

from threading import Barrier, Thread
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection

from lindung.access.acting import acting_as
from lindung.access.models import OnceKey
from lindung.access.once import answered_before, keep_answer
from lindung.access.roles import acting_worker


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_at_once_waits_and_gets_the_firsts_answer() -> None:
    actor, key, together = acting_worker(uuid4(), "Siti"), uuid4(), Barrier(2)
    found: list[str | None] = []

    def send() -> None:
        try:
            with acting_as(actor):
                together.wait(timeout=5)
                before = answered_before(actor, key)
                found.append(before)
                sleep(0.3)
                if before is None:
                    keep_answer(actor, key, 302, "/saya/")
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=10)
    assert sorted(found, key=str) == ["/saya/", None]
    with acting_as(actor):
        assert OnceKey.objects.count() == 1
