"""Acts on many rows of the queue at once: preview, do, receipt, undo, again for the skipped.

The preview and the act ask the same question of each row (`_why_not`), so that what was promised is
what happens. The act runs the operation of each row in a savepoint of its own: one that refuses is
left out with its reason, the others stand. The receipt keeps ids and reasons, no names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from lindung.access.actors import Actor, Kind
from lindung.access.models import Receipt
from lindung.access.queries import colleagues
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.outreach import queries as outreach
from lindung.outreach.operations.talking import say
from lindung.outreach.templates import CHOSEN, render
from lindung.protection import operations as protection
from lindung.registry import operations as registry
from lindung.registry import queries as people
from lindung.site.desk.follow_up import set_follow_up
from lindung.site.desk.queue import Row, rows_of

MOST = 200
# What a receipt says of a row that was left out, by code.
REASONS = {
    "no-officer": gettext_lazy("jenis ini tidak punya petugas sendiri"),
    "mine": gettext_lazy("sudah pada Anda"),
    "theirs": gettext_lazy("sudah pada petugas itu"),
    "nobody": gettext_lazy("tidak tentang satu orang"),
    "gone": gettext_lazy("tidak lagi menunggu"),
    "twice": gettext_lazy("orang yang sama sudah tercakup"),
    "unowned": gettext_lazy("sebelumnya tanpa petugas; tetap pada petugas yang sekarang"),
}
HANDED_BACK = gettext_noop("Pembagian dibatalkan.")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the officer chose besides the rows, checked."""

    colleague: UUID | None = None
    colleague_name: str = ""
    template: str = ""
    title: str = ""
    due_on: date | None = None

    @classmethod
    def read(cls, actor: Actor, given: Any, *, today: date) -> Choices:
        """From a form or a kept receipt."""
        chosen = _uuid(given.get("rekan", ""))
        named = {each.id: each.display_name for each in _colleagues(actor, on=today)}
        return cls(
            colleague=chosen if chosen in named else None,
            colleague_name=named.get(chosen, "") if chosen else "",
            template=given.get("pesan", "") if given.get("pesan", "") in CHOSEN else "",
            title=str(given.get("tugas", "")).strip()[:200],
            due_on=_day(given.get("sampai", "")),
        )

    def kept(self) -> dict[str, str]:
        """As a receipt keeps it."""
        return {
            "rekan": str(self.colleague or ""),
            "pesan": self.template,
            "tugas": self.title,
            "sampai": self.due_on.isoformat() if self.due_on else "",
        }


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done to many rows."""

    key: str
    label: Any
    done: Any
    rights: tuple[Right, ...]
    run: Callable[[Actor, Row, Choices, datetime], dict[str, str]]
    why_not: Callable[[Actor, Row, Choices], str]
    needs: Callable[[Choices], str] = lambda _chosen: ""
    undo: Callable[[Actor, dict[str, Any], datetime], str] | None = None
    once_a_person: bool = False


@dataclass(slots=True)
class Preview:
    """What would happen: the rows it is done to, and those left out by reason."""

    act: Act
    chosen: Choices
    doing: list[Row] = field(default_factory=list)
    skipped: list[tuple[Row | None, str]] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows are left out, and how many for each."""
        return counted([code for _row, code in self.skipped])


def counted(codes: Sequence[str]) -> list[tuple[str, int]]:
    """Reasons in words with their number, in the order in which they came."""
    return [(said(code), codes.count(code)) for code in dict.fromkeys(codes)]


def said(code: str) -> str:
    """A reason in words: one of ours, or a refusal's own title."""
    return str(REASONS[code]) if code in REASONS else _(code)


def acts_of(actor: Actor) -> list[Act]:
    """What this actor may do to many rows."""
    return [
        each
        for each in ACTS.values()
        if all(map(actor.may, each.rights)) and (each.key != "beri" or actor.kind is Kind.POST)
    ]


def act_named(actor: Actor, key: str) -> Act:
    """One of them.

    Raises:
        NotFound: none such for this actor.
    """
    found = next((each for each in acts_of(actor) if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def preview(
    actor: Actor, act: Act, keys: list[tuple[str, UUID]], chosen: Choices, *, today: date
) -> Preview:
    """What the act would do to these rows.

    Raises:
        Incomplete: nothing is ticked, or what the act needs was not chosen.
    """
    if not keys:
        raise Incomplete(fields={"baris": "Centang dahulu barisnya."})
    if wrong := act.needs(chosen):
        raise Incomplete(fields={"act": wrong})
    told = Preview(act, chosen)
    people_seen: set[UUID] = set()
    rows = rows_of(actor, keys[:MOST], today=today)
    for row in rows:
        code = act.why_not(actor, row, chosen)
        if not code and act.once_a_person and row.worker_id:
            code = "twice" if row.worker_id in people_seen else ""
            people_seen.add(row.worker_id)
        if code:
            told.skipped.append((row, code))
        else:
            told.doing.append(row)
    told.skipped += [(None, "gone")] * (len(set(keys[:MOST])) - len(rows))
    return told


def carry_out(
    actor: Actor,
    act: Act,
    keys: list[tuple[str, UUID]],
    chosen: Choices,
    *,
    today: date,
    now: datetime,
) -> Receipt:
    """Do it; part of the request's transaction, each row in a savepoint.

    Raises:
        Incomplete: as :func:`preview`.
    """
    told = preview(actor, act, keys, chosen, today=today)
    done: list[dict[str, str]] = []
    skipped = [_named(row) | {"why": code} for row, code in told.skipped]
    for row in told.doing:
        try:
            with transaction.atomic():
                done.append(_named(row) | act.run(actor, row, chosen, now))
        except Refusal as refusal:
            skipped.append(_named(row) | {"why": refusal.title})
    return Receipt.objects.create(
        actor_id=actor.id, at=now, act=act.key, given=chosen.kept(), done=done, skipped=skipped
    )


def receipt(actor: Actor, receipt_id: UUID) -> Receipt:
    """One of one's own receipts.

    Raises:
        NotFound: none such.
    """
    found = Receipt.objects.filter(id=receipt_id, actor_id=actor.id).first()
    if found is None:
        raise NotFound
    return found


def undo(actor: Actor, receipt_id: UUID, *, now: datetime) -> list[str]:
    """Take back what can be taken back; what could not, by reason.

    Raises:
        NotFound: no such receipt, one already undone, or an act that cannot be undone.
    """
    kept = Receipt.objects.select_for_update().filter(id=receipt_id, actor_id=actor.id).first()
    act = ACTS.get(kept.act) if kept else None
    if kept is None or kept.undone_at is not None or act is None or act.undo is None:
        raise NotFound
    left = []
    for each in kept.done:
        try:
            with transaction.atomic():
                if code := act.undo(actor, each, now):
                    left.append(code)
        except Refusal as refusal:
            left.append(refusal.title)
    kept.undone_at = now
    kept.save(update_fields=["undone_at"])
    return left


def skipped_keys(kept: Receipt) -> list[tuple[str, UUID]]:
    """The rows of a receipt that were left out and are still known."""
    return [(each["kind"], UUID(each["id"])) for each in kept.skipped if each.get("id")]


def keys_of(texts: Sequence[str]) -> list[tuple[str, UUID]]:
    """Names of rows as a form sends them; what is no name is left out."""
    found = []
    for text in texts:
        kind, _dot, key = text.partition(".")
        if (row := _uuid(key)) is not None:
            found.append((kind, row))
    return found


def sample(actor: Actor, chosen: Choices) -> str:
    """The words of the chosen message, as a reader of the source language gets them."""
    return render(chosen.template, "id", {})[0] if chosen.template else ""


def _named(row: Row | None) -> dict[str, str]:
    return {"kind": row.kind, "id": str(row.id)} if row is not None else {"kind": "", "id": ""}


def _colleagues(actor: Actor, *, on: date) -> list[Any]:
    return colleagues(actor, on=on) if actor.kind is Kind.POST else []


def _cases_only(_actor: Actor, row: Row) -> str:
    return "" if row.kind == "kasus" else "no-officer"


def _take_not(actor: Actor, row: Row, _chosen: Choices) -> str:
    return _cases_only(actor, row) or ("mine" if row.owner_id == actor.id else "")


def _take(actor: Actor, row: Row, _chosen: Choices, _now: datetime) -> dict[str, str]:
    protection.take_case(actor, row.id)
    return _owner_before(row)


def _give_not(actor: Actor, row: Row, chosen: Choices) -> str:
    return _cases_only(actor, row) or ("theirs" if row.owner_id == chosen.colleague else "")


def _give(actor: Actor, row: Row, chosen: Choices, now: datetime) -> dict[str, str]:
    protection.hand_over(
        actor,
        row.id,
        reason=_("Dibagi dari antrean."),
        at=now,
        to_id=chosen.colleague,
        to_name=chosen.colleague_name,
    )
    return _owner_before(row)


def _owner_before(row: Row) -> dict[str, str]:
    return {"owner": str(row.owner_id or ""), "owner_name": row.owner}


def _give_back(actor: Actor, each: dict[str, Any], now: datetime) -> str:
    before = _uuid(each.get("owner", ""))
    if before is None:
        return "unowned"
    protection.hand_over(
        actor,
        UUID(each["id"]),
        reason=_(HANDED_BACK),
        at=now,
        to_id=before,
        to_name=each["owner_name"],
    )
    return ""


def _about_somebody(_actor: Actor, row: Row, _chosen: Choices) -> str:
    return "" if row.worker_id is not None else "nobody"


def _write(actor: Actor, row: Row, chosen: Choices, now: datetime) -> dict[str, str]:
    assert row.worker_id is not None
    ways = outreach.reachable(people.worker(row.worker_id), now=now)
    sent = say(actor, row.worker_id, channel=ways.channels[0], now=now, template=chosen.template)
    return {"message": str(sent.id)}


def _follow_up(actor: Actor, row: Row, chosen: Choices, _now: datetime) -> dict[str, str]:
    assert row.worker_id is not None
    assert chosen.due_on is not None
    due = datetime.combine(
        chosen.due_on, datetime.min.time(), tzinfo=timezone.get_default_timezone()
    )
    made = set_follow_up(actor, row.worker_id, title=chosen.title, due_at=due + timedelta(hours=17))
    return {"task": str(made.id)}


def _drop_task(actor: Actor, each: dict[str, Any], now: datetime) -> str:
    registry.close_task(actor, UUID(each["task"]), step="drop", at=now)
    return ""


def _needs_colleague(chosen: Choices) -> str:
    return "" if chosen.colleague else gettext_noop("Pilih rekan yang menerimanya.")


def _needs_template(chosen: Choices) -> str:
    return "" if chosen.template else gettext_noop("Pilih pesannya.")


def _needs_task(chosen: Choices) -> str:
    if not chosen.title:
        return gettext_noop("Tulis apa yang harus dikerjakan.")
    return "" if chosen.due_on else gettext_noop("Isi tanggal batasnya.")


def _nothing(_actor: Actor, _row: Row, _chosen: Choices, _now: datetime) -> dict[str, str]:
    return {}


ACTS: dict[str, Act] = {
    each.key: each
    for each in (
        Act("ambil", gettext_lazy("Ambil"), gettext_lazy("%(n)s diambil"), (Right.CASE_WORK,),
            _take, _take_not, undo=_give_back),
        Act("beri", gettext_lazy("Beri kepada rekan"), gettext_lazy("%(n)s diberikan"),
            (Right.CASE_WORK,), _give, _give_not, _needs_colleague, _give_back),
        Act("pesan", gettext_lazy("Kirim pesan"), gettext_lazy("%(n)s pesan dikirim"),
            (Right.MESSAGE_SEND,), _write, _about_somebody, _needs_template, once_a_person=True),
        Act("tugas", gettext_lazy("Buat tugas lanjutan"), gettext_lazy("%(n)s tugas dibuat"),
            (Right.TASK_WORK,), _follow_up, _about_somebody, _needs_task, _drop_task,
            once_a_person=True),
        Act("csv", gettext_lazy("Unduh CSV"), gettext_lazy("%(n)s diunduh"), (),
            _nothing, lambda _actor, _row, _chosen: ""),
    )
}  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
