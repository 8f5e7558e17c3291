"""The whole database as plain text: where something can still be read in clear."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def places_of(needles: Iterable[str]) -> dict[str, list[str]]:
    """Tables in which any of the words stands in clear, also inside binary columns, with the words.

    Runs as whoever may read everything: the owner of the tables.
    """
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition order by relname"
        )
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            for needle in needles:
                cursor.execute(
                    f'select exists (select from "{name}" line'
                    " where position(%s in line::text) > 0 or position(%s in line::text) > 0)",
                    [needle, needle.encode().hex()],
                )
                if cursor.fetchone()[0]:
                    found.setdefault(name, []).append(needle)
    return found
