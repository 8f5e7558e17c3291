"""The table of entrances for people: who may what, as the rights and row policies have it."""

from __future__ import annotations

from collections.abc import Iterator

from lindung.access.actors import Kind
from lindung.access.roles import Role, roles
from lindung.site.entrances import (
    ANY,
    METHODS,
    Door,
    Entrance,
    Outcome,
    Reach,
    entrances,
    expected,
    reach,
)

_HEAD = """# Who may what

Every address of the service and every operation of the API, with the right it asks for and what each
role meets there. Tried out, all of it, by `tests/intruders/test_matrix.py`, with things of one's own
jurisdiction and of another's; the tables themselves are asked by `tests/intruders/test_rows.py`.

| sign | what it means |
| --- | --- |
| yes | the page; what it lists is what the row policies give |
| all | any thing of this kind that there is |
| own | what lies in one's own jurisdiction; another's is *not found*, as if it were not there |
| – | refused or not found, whosever it is |
| in | sign in first |
| away | sent to the pages that are one's own |

Two of a rule's rights joined by *or*: one is enough; by *and*: both. A thing in a sealed compartment is
beyond this table: two people open it, for a time ([decision 2](../decisions/0002-one-role-per-kind-of-actor.md)).
"""
_TITLES = {
    Door.DESK: "The desk: officials",
    Door.PHONE: "The worker's own pages",
    Door.FAMILY: "A relative's page",
    Door.API: "The API: other systems, by a key with the rights of a duty",
    Door.DOOR: "Before anybody acts: signing in, other systems, links good once",
    Door.SIGN_IN: "Signing in of officials and their second factors",
    Door.OPEN: "Open to anyone; nobody's data",
}
_OPEN = {Door.DOOR, Door.SIGN_IN, Door.OPEN}


def written() -> str:
    """The whole page."""
    shown = [each for name, each in roles().items() if name != "robot"]
    return "\n".join([_HEAD, *_doors(shown), *_tables()]) + "\n"


def _doors(shown: list[Role]) -> Iterator[str]:
    heads = " | ".join(each.name.replace("_", " ") for each in shown)
    for door, title in _TITLES.items():
        rows = [each for each in entrances().values() if each.door is door]
        yield f"## {title}\n"
        if door in _OPEN:
            yield ", ".join(f"`{each.name}`" for each in rows) + ".\n"
            continue
        yield f"| entrance | way | right | {heads} |"
        yield "| --- | --- | --- |" + " --- |" * len(shown)
        for each in rows:
            for method in METHODS:
                if each.right(method):
                    yield _row(each, method, shown)
        yield ""


def _row(entrance: Entrance, method: str, shown: list[Role]) -> str:
    right = entrance.right(method)
    said = "any" if right == ANY else f"`{right}`".replace("|", "` or `").replace("&", "` and `")
    cells = " | ".join(_cell(entrance, method, role) for role in shown)
    return f"| `{entrance.name}` | {'look' if method == 'get' else 'act'} | {said} | {cells} |"


def _cell(entrance: Entrance, method: str, role: Role) -> str:
    own = expected(entrance, method, role, own=True)
    other = expected(entrance, method, role, own=False)
    if own is Outcome.SIGN_IN:
        return "in"
    if own is Outcome.ELSEWHERE:
        return "away"
    if own is not Outcome.ALLOWED:
        return "–"
    if not entrance.of:
        return "yes"
    return "all" if other is Outcome.ALLOWED else "own"


def _tables() -> Iterator[str]:
    kinds = list(Kind)
    labels = sorted({each.of for each in entrances().values() if each.of})
    yield "## Rows of tables that addresses lead to\n"
    yield "| table | " + " | ".join(map(str, kinds)) + " |"
    yield "| --- |" + " --- |" * len(kinds)
    signs = {Reach.NONE: "–", Reach.OWN: "own", Reach.EVERY: "all"}
    for label in labels:
        yield f"| `{label}` | " + " | ".join(signs[reach(kind, label)] for kind in kinds) + " |"
