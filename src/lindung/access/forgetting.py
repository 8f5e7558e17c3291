"""Taking the words out of journal entries about people whose data is erased.

The journal stays append-only for everybody: the one way to change an entry is the database's own
function ``access.journal_forget``, which our robot alone may call. It empties ``payload`` and the name of
a person who acted in their own matter, nothing else, and only of entries listed in ``Forgotten``
first. What happened, when, by which office and on what basis stays. The leaf stays too, so that every
seal over it holds; the leaf of what is left is kept beside it and its root is told in a sealed event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.access import journal, merkle
from lindung.access.actors import Actor, Kind
from lindung.access.events import WordsForgotten
from lindung.access.models import Forgotten

# Who acts in their own matter: their name is theirs, an official's is the office's.
OWN = frozenset({str(Kind.WORKER), str(Kind.FAMILY)})


def forget_words(
    actor: Actor, people: Sequence[UUID], *, erasure: UUID, batch: int, most: int
) -> int:
    """Take the words out of at most ``most`` entries about ``people``; how many it were.

    Runs as our robot, in the transaction of one batch. Call it again until it answers less.
    """
    rows = _next(people, most)
    if not rows:
        return 0
    kept = {row["id"]: journal.leaf(without_words(row)) for row in rows}
    Forgotten.objects.bulk_create(
        Forgotten(entry_id=id_, erasure=erasure, batch=batch, kept=leaf)
        for id_, leaf in kept.items()
    )
    with connection.cursor() as cursor:
        cursor.execute("select access.journal_forget(%s)", [list(kept)])
    root = merkle.root([kept[id_] for id_ in sorted(kept)]).hex()
    told = WordsForgotten(erasure=erasure, batch=batch, entries=len(kept), root=root)
    journal.record(told, actor=actor, subject=erasure)
    return len(kept)


def without_words(body: dict[str, Any]) -> dict[str, Any]:
    """An entry's body as it stands after its words were taken out."""
    named = "" if body["actor_kind"] in OWN else body["actor_name"]
    return {**body, "payload": {}, "actor_name": named}


def _next(people: Sequence[UUID], most: int) -> list[dict[str, Any]]:
    columns = ", ".join(f"entry.{name}" for name in journal.BODY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {columns} from access_journal entry
            where entry.worker_id = any(%s)
              and not exists (select from access_forgotten gone where gone.entry_id = entry.id)
            order by entry.at limit %s
            """,
            [list(people), most],
        )
        return [
            journal.as_body(dict(zip(journal.BODY, each, strict=True)))
            for each in cursor.fetchall()
        ]
