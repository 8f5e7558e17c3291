"""A worker abroad, and what tests of cases do again and again."""

from __future__ import annotations

from typing import Any

import pytest

from lindung.access.actors import Actor, Kind
from lindung.access.roles import rights_of
from lindung.kernel.ids import new_id
from lindung.protection import operations
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Worker
from tests import cast

# A colleague of Rina's in the same post.
COLLEAGUE = Actor(
    id=new_id(),
    kind=Kind.POST,
    name="Sari",
    office="KBRI Seoul",
    posts=(cast.SEOUL,),
    rights=rights_of("attache"),
)


@pytest.fixture
def who(posts: None, places: None) -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def complain(who: Worker, kind: CaseKind = CaseKind.WAGES_UNPAID, **more: Any) -> Case:
    """The worker's own complaint."""
    words = more.pop("words", "Gaji Oktober belum dibayar")
    return operations.complain(
        cast.self_of(who.id), who.id, words=words, at=more.pop("at", cast.NOW), kind=kind, **more
    )
