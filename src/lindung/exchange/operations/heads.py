"""The partner's past, kept: every head as it came, proven to extend the one before (§17).

Whoever rewrites a past that was sealed, or goes back to an older one, shows another chain than the
heads kept here. What was told us can be proven to stand in the sealed past still, entry by entry.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.journal import record
from lindung.access.roles import ROBOT
from lindung.exchange.events import PastBroken
from lindung.exchange.models import Incoming, Partner, PartnerHead, PartnerLink, PastAlarm
from lindung.exchange.operations import past
from lindung.exchange.operations.inbox import NOT_IN_BOOKS
from lindung.exchange.operations.questions import NothingThere, Questions, questions
from lindung.exchange.wire.reasons import Unacceptable
from lindung.registry.operations import open_task

LOOK_WITHIN = timedelta(days=1)
TASK = "exchange-past"
# Chains are fetched 500 links a request; a year of seals is some hundred of them.
_MOST_REQUESTS = 5_000
_LEAVES_AT_ONCE = 100
_LOOKS_BACK = 12  # how often the last common head is sought, twice as far back each time


class BadChain(Exception):
    """The links do not lead from the head kept to the head shown."""


def look_at_past(
    partner_id: UUID, *, now: datetime, http: httpx.Client | None = None
) -> PartnerHead | None:
    """Take a partner's head, prove that it extends the one kept, and check what it told us.

    Returns:
        The head kept, new or known; ``None`` where the partner has none yet.

    Raises:
        CannotAsk, Later, Stop, Unacceptable: there was no answer.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
        kept = PartnerHead.objects.filter(partner=partner).order_by("-came_at", "-id").first()
    with questions(partner, http=http) as asking:
        try:
            said = asking.ask("head", "/exchange/v1/head")
        except NothingThere:
            return None
        raw, signature = asking.last
        link = said["link"]
        if not _holds(link):
            raise Unacceptable("data_invalid", "the head is not the hash of its facts")
        if kept is not None and (kept.number, kept.head) == (link["number"], link["head"]):
            _check_entries(asking, now)
            return kept
        proof, links, alarm = _proven(asking, kept, link)
        epoch = json.loads(link["facts"])[1]
        with acting_as(ROBOT):
            new = PartnerHead(
                partner=partner, number=link["number"], epoch=epoch, entries=said["entries"],
                root=link["root"], head=link["head"], raw=raw, signature=signature, came_at=now,
                proof=proof, links=len(links),
            )  # fmt: skip
            if not PartnerHead.objects.filter(
                partner=partner, number=new.number, head=new.head
            ).exists():
                new.save(force_insert=True)
            PartnerLink.objects.bulk_create(
                [
                    PartnerLink(partner=partner, number=n, root=root, head=head)
                    for n, root, head in links
                ],
                ignore_conflicts=True,
            )
            if alarm is not None:
                _raise(partner, "theirs", *alarm, now)
        _check_entries(asking, now)
        return new


def look_at_own(*, now: datetime) -> int:
    """Lay our seals beside the heads published outside the database; returns how many do not fit."""
    with acting_as(ROBOT):
        faults = past.own_faults()
        for kind, number, detail in faults:
            _raise(None, "ours", kind, number, detail, now)
        return len(faults)


def _proven(
    asking: Questions, kept: PartnerHead | None, link: dict[str, Any]
) -> tuple[str, list[tuple[int, str, str]], tuple[str, int, str] | None]:
    """How the head shown stands to the one kept: proof, the links between, an alarm if need be."""
    number = int(link["number"])
    if kept is None:
        return "first", [(number, link["root"], link["head"])], None
    epoch = json.loads(link["facts"])[1]
    kind = "restored" if epoch > kept.epoch else "rollback"
    if number < kept.number:
        return "breaks", [], (kind, kept.number, _since(asking, kept))
    try:
        if number == kept.number:
            raise BadChain
        links = chain(asking, kept.number, kept.head, link)
    except BadChain:
        kind = "restored" if epoch > kept.epoch else "rewritten"
        return "breaks", [], (kind, kept.number, _since(asking, kept))
    return "extends", links, None


def chain(
    asking: Questions, first: int, head: str, last: dict[str, Any]
) -> list[tuple[int, str, str]]:
    """The links after number ``first`` with that head up to ``last``: number, root, head.

    Raises:
        BadChain: they do not lead there.
    """
    links: list[tuple[int, str, str]] = []
    at, before = first, head
    for _ in range(_MOST_REQUESTS):
        said = asking.ask("proof", f"/exchange/v1/head/proof?from={at}")
        for link in said["links"]:
            if link["number"] != at + 1 or link["previous"] != before or not _holds(link):
                raise BadChain
            at, before = link["number"], link["head"]
            links.append((at, link["root"], before))
            if at == last["number"]:
                if before != last["head"]:
                    raise BadChain
                return links
        if not said["more"] or not said["links"]:
            break
    raise BadChain


def _holds(link: dict[str, Any]) -> bool:
    """Whether a link's head is the hash of what it says, and what it says is of its number."""
    facts = json.loads(link["facts"])
    body = link["facts"].encode("ascii") + bytes.fromhex(link["previous"] + link["root"])
    return (
        len(facts) >= 3
        and facts[0] == link["number"]
        and hashlib.sha256(body).hexdigest() == link["head"]
    )


def _since(asking: Questions, kept: PartnerHead) -> str:
    """Up to where both pasts are one, as far back as it is worth asking."""
    with acting_as(ROBOT):
        older = list(
            PartnerHead.objects.filter(partner=asking.partner, number__lte=kept.number)
            .order_by("-number")
            .values_list("number", "head")
        )
    for look in range(_LOOKS_BACK):
        place = 2**look - 1
        if place >= len(older):
            break
        number, head = older[place]
        try:
            said = asking.ask("proof", f"/exchange/v1/head/proof?from={number - 1}")
        except Exception:  # a node that hides its past answers nothing here; the alarm stands
            break
        links = said["links"]
        if links and links[0]["number"] == number and links[0]["head"] == head:
            return f"one past up to {number}"
    return ""


# --- entries --------------------------------------------------------------------------------------


def _check_entries(asking: Questions, now: datetime) -> None:
    """Have the newest messages, and some old ones in turn, proven to stand in the sealed past."""
    partner = asking.partner
    with acting_as(ROBOT):
        wanted = _to_check(partner, now)
    if not wanted:
        return
    said = asking.ask("leaves", "/exchange/v1/leaves", {"messages": wanted})
    with acting_as(ROBOT):
        roots: dict[int, set[str]] = {}
        for number, root in PartnerLink.objects.filter(
            partner=partner, number__in={each["number"] for each in said["leaves"]}
        ).values_list("number", "root"):
            roots.setdefault(number, set()).add(root)
        for each in said["leaves"]:
            known = roots.get(each["number"])
            # A batch from before the first head that was kept proves nothing either way.
            if known is not None and root_over(each["leaf"], each["path"]) not in known:
                _raise(partner, "theirs", "entry", each["number"], each["message"], now)


def root_over(leaf: str, path: Sequence[dict[str, str]]) -> str:
    """The root that a leaf and the digests beside its way lead to."""
    digest = bytes.fromhex(leaf)
    for step in path:
        beside = bytes.fromhex(step["digest"])
        pair = beside + digest if step["side"] == "left" else digest + beside
        digest = hashlib.sha256(b"\x01" + pair).digest()
    return digest.hex()


def _to_check(partner: Partner, now: datetime) -> list[str]:
    """Half of them the newest, half drawn anew each time from all that ever came."""
    rows = Incoming.objects.filter(partner=partner, sequence__isnull=False).exclude(
        state__in=NOT_IN_BOOKS
    )
    newest = list(rows.order_by("-id").values_list("message_id", flat=True)[: _LEAVES_AT_ONCE // 2])
    # UUIDs of version 7 end in chance: from a drawn instant on, whatever came next.
    first = rows.order_by("id").values_list("came_at", flat=True).first()
    drawn: list[UUID | None] = []
    if first is not None:
        since = first + (now - first) * secrets.SystemRandom().random()
        drawn = list(
            rows.filter(came_at__gte=since)
            .order_by("came_at")
            .values_list("message_id", flat=True)[: _LEAVES_AT_ONCE // 2]
        )
    return [str(each) for each in dict.fromkeys([*newest, *drawn]) if each is not None]


def _raise(
    partner: Partner | None, whose: str, kind: str, number: int, detail: str, now: datetime
) -> None:
    # One for a batch, whatever the number of messages in it that are not as they were.
    open_one = PastAlarm.objects.filter(
        partner=partner, whose=whose, kind=kind, number=number, closed_at=None
    ).first()
    if open_one is not None:
        open_one.seen_at, open_one.times = now, open_one.times + 1
        open_one.save(update_fields=["seen_at", "times"])
        return
    alarm = PastAlarm.objects.create(
        partner=partner, whose=whose, kind=kind, number=number, detail=detail, found_at=now,
        seen_at=now, country=partner.country if partner is not None else "",
    )  # fmt: skip
    about = PastBroken(
        alarm=alarm.id,
        whose=partner.name if partner is not None else "kita",
        kind=kind,
        number=number,
    )
    record(about, actor=ROBOT, about=alarm)
    open_task(
        ROBOT,
        about=alarm,
        kind=TASK,
        title=gettext_noop("Selidiki: masa lalu jurnal tidak cocok dengan yang disimpan"),
        due_at=now + LOOK_WITHIN,
        owner="ministry",
        subject=alarm.id,
    )
