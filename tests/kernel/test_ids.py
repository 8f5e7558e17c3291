"""Identifiers: version 7, and later ones sort later."""

from __future__ import annotations

import time
from uuid import RFC_4122, UUID

from lindung.kernel.ids import new_id


def test_are_version_7_of_rfc_9562() -> None:
    made = new_id()
    assert type(made) is UUID
    assert made.version == 7
    assert made.variant == RFC_4122


def test_carry_the_instant_they_were_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert before <= made.int >> 80 <= after


def test_made_later_sort_later_to_the_millisecond() -> None:
    earlier = new_id()
    time.sleep(0.003)
    assert earlier < new_id()


def test_never_meet() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000
