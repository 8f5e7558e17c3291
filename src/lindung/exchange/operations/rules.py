"""What of our own law begins soon is told to every partner, with its source: from the law's files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import by_hand
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations.outbox import send
from lindung.exchange.ourselves import ourselves
from lindung.exchange.wire import agreement
from lindung.exchange.wire.texts import read_json
from lindung.regulations.lawbook import law
from lindung.regulations.shapes import Parameter, Row, Source

# Our own measure: what begins later than this is told when it comes nearer.
AHEAD = timedelta(days=365)
NAME = "regulation.changed"
LANGUAGE = "en"  # of what is said to other countries
_LONGEST = 40


def tell_rules(*, on: date) -> int:
    """Tell every partner which of our rules begin from today on; returns how many messages.

    Each beginning of each rule is told once to each partner, also when it was entered late. A rule
    that nobody confirmed, or that was only announced without a day, is not told.
    """
    told = 0
    with acting_as(ROBOT):
        for partner in Partner.objects.all():
            if by_hand(partner):
                continue  # a portal has no place for it
            known = _told(partner)
            for data in beginning(on=on):
                if (data["rule_no"], data["begins_on"]) not in known:
                    send(NAME, data["rule_no"], data, partner=partner)
                    told += 1
    return told


def beginning(*, on: date) -> Iterator[dict[str, Any]]:
    """The data of a notice for each of our own rules that begins between a day and ``AHEAD``."""
    book, home = law(), str(ourselves()["country"])
    sources = book.jurisdictions[home].sources if home in book.jurisdictions else {}
    for rule in book.parameters.values():
        if rule.jurisdiction != home:
            continue
        for row in rule.values:
            starts = row.effective_from
            if starts is None or not on <= starts <= on + AHEAD or row.status == "unknown":
                continue
            found = [sources[key] for key in row.source if key in sources]
            if found:
                yield _notice(rule, row, found[0], starts)


def rule_number(id_: str) -> str:
    """A rule's id as the public number of a message's subject.

    It begins with a capital and has no underscores; a long one is cut and told apart by its digest.
    """
    first, _, rest = id_.partition(".")
    plain = f"{first.upper()}.{rest}".replace("_", "-")
    if len(plain) <= _LONGEST:
        return plain
    return f"{plain[: _LONGEST - 9]}-{hashlib.sha256(id_.encode()).hexdigest()[:8]}"


def _notice(rule: Parameter, row: Row, source: Source, starts: date) -> dict[str, Any]:
    said = {
        "rule_no": rule_number(rule.id),
        "title": rule.title.en[:200],
        "language": LANGUAGE,
        "instrument": source.title[:300],
        "provision": source.locator[:120],
        "begins_on": starts.isoformat(),
        "value": _value(row.value),
        "unit": rule.unit[:60],
        "source_url": source.url or "",
    }
    sectors = [each for each in rule.applies_to.sectors if each != "all"]
    data: dict[str, Any] = {name: value for name, value in said.items() if value}
    if not data.get("source_url", "https://").startswith("https://"):
        del data["source_url"]
    if sectors:
        data["sectors"] = sectors[:30]
    return data


def _value(value: Any) -> str:
    """A single value as text; what has tiers or parts is read at its source."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:120] if isinstance(value, str | int | float) else ""


def _told(partner: Partner) -> set[tuple[str, str]]:
    """Rules and days of which this partner was told."""
    rows = Outgoing.objects.filter(partner=partner, type=agreement.type_of(NAME))
    said = [read_json(bytes(raw))["data"] for raw in rows.values_list("raw", flat=True)]
    return {(each["rule_no"], each["begins_on"]) for each in said}
