"""Everything that changes a roster or its chain."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.duty import queries
from lindung.duty.chain import ROSTERED, Who, rules
from lindung.duty.events import (
    ChainChanged,
    HandoverWritten,
    ShiftSet,
    ShiftsSwapped,
    ShiftWithdrawn,
)
from lindung.duty.models import ChainStep, Handover, Shift
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotFound

WEEK = timedelta(days=7)


class AlreadyCovered(Conflict):
    """Somebody else has that place of the roster at that time."""

    slug = "duty-covered"
    title = "Jam piket itu sudah diisi orang lain."
    advice = "Cabut atau tukar piket yang ada, lalu ulangi."


@operation(Right.DUTY_ROSTER)
def put_on_duty(
    actor: Actor,
    post_id: int | None,
    *,
    who: str,
    starts_at: datetime,
    ends_at: datetime,
    phone: str,
    account_id: UUID | None = None,
    role: str = "",
) -> Shift:
    """Put an officer, or whoever holds a role, on duty for a time.

    Args:
        post_id: of the post; None for the ministry's desk.
        who: ``first`` or ``second``.
        role: what to call it where it is no one person, for example the guard at the door.
    Raises:
        NotFound: no desk of this actor's, or nobody who works there.
        Incomplete: no officer and no role, no telephone, or no sound span of time.
        AlreadyCovered: that place is taken at that time.
    """
    post = _desk(actor, post_id)
    wrong = _wrong(who, starts_at, ends_at, phone)
    name = role.strip()
    if account_id is not None:
        account = queries.staff(post_id, on=starts_at.date()).filter(id=account_id).first()
        if account is None:
            raise NotFound
        name = account.display_name
    elif not name:
        wrong["account"] = gettext_noop("Pilih petugas, atau tulis perannya.")
    if wrong:
        raise Incomplete(fields=wrong)
    _one_at_a_time(post_id)
    if _overlapping(post_id, who, starts_at, ends_at):
        raise AlreadyCovered
    made = Shift.objects.create(
        post=post,
        who=who,
        account_id=account_id,
        name=name,
        phone=phone.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _recorded(actor, made)
    return made


@operation(Right.DUTY_ROSTER)
def withdraw_shift(actor: Actor, shift_id: UUID, *, at: datetime) -> Shift:
    """Take a shift off the roster; the page shows the hole, and the chain fills it.

    Raises:
        NotFound: no such shift, or none this actor may see.
        StepClosed: it was taken off, or is over.
    """
    found = _locked(shift_id)
    if found.withdrawn_at is not None or found.ends_at <= at:
        raise StepClosed(step="withdraw", state="over")
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    record(ShiftWithdrawn(shift=found.id, name=found.name), actor=actor, subject=found.id)
    return found


@operation(Right.DUTY_ROSTER)
def swap_shifts(actor: Actor, one_id: UUID, *, other_id: UUID, at: datetime) -> tuple[Shift, Shift]:
    """Let two take each other's shift at the same desk; hours and places stay.

    Raises:
        NotFound: no such shift, or none this actor may see.
        StepClosed: one of them is over or was taken off.
        Incomplete: it is the same shift, or they are at different desks.
    """
    if one_id == other_id:
        raise Incomplete(fields={"other": gettext_noop("Pilih dua piket yang berbeda.")})
    # Locked in one order, whichever was named first.
    first, second = (_locked(each) for each in sorted((one_id, other_id)))
    if first.post_id != second.post_id:
        raise Incomplete(fields={"other": gettext_noop("Piket hanya ditukar di kantor yang sama.")})
    for each in (first, second):
        if each.withdrawn_at is not None or each.ends_at <= at:
            raise StepClosed(step="swap", state="over")
    first.account_id, second.account_id = second.account_id, first.account_id
    first.name, second.name = second.name, first.name
    first.phone, second.phone = second.phone, first.phone
    for each in (first, second):
        each.save(update_fields=["account_id", "name", "phone"])
    record(ShiftsSwapped(one=first.id, other=second.id), actor=actor, subject=first.id)
    return first, second


@operation(Right.DUTY_ROSTER)
def repeat_week(actor: Actor, post_id: int | None, *, monday: date) -> list[Shift]:
    """Copy a week's roster to the week after; what is filled there stays, leavers are left out.

    The hours are those of the wall clock at the desk, so they stay right when clocks change.

    Raises:
        NotFound: no desk of this actor's.
        Incomplete: that week has nothing to copy.
    """
    post = _desk(actor, post_id)
    zone = queries.zone_of(post)
    start = datetime.combine(monday, time(), zone)
    _one_at_a_time(post_id)
    shifts = Shift.objects.filter(
        post=post,
        starts_at__gte=start,
        starts_at__lt=datetime.combine(monday + WEEK, time(), zone),
        withdrawn_at__isnull=True,
    )
    made = []
    for each in shifts:
        starts_at, ends_at = (
            datetime.combine(at.astimezone(zone).date() + WEEK, at.astimezone(zone).time(), zone)
            for at in (each.starts_at, each.ends_at)
        )
        gone = each.account_id and not queries.staff(post_id, on=starts_at.date()).filter(
            id=each.account_id
        )
        if gone or _overlapping(post_id, each.who, starts_at, ends_at):
            continue
        copy = Shift.objects.create(
            post=post,
            who=each.who,
            account_id=each.account_id,
            name=each.name,
            phone=each.phone,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        _recorded(actor, copy)
        made.append(copy)
    if not made:
        raise Incomplete(
            fields={"monday": gettext_noop("Tidak ada piket yang dapat disalin ke minggu berikut.")}
        )
    return made


@operation(Right.DUTY_ANSWER)
def write_handover(actor: Actor, post_id: int | None, *, words: str, at: datetime) -> Handover:
    """Leave words for the next shift of the same desk.

    Raises:
        NotFound: no desk of this actor's.
        Incomplete: nothing was written.
    """
    post = _desk(actor, post_id)
    if not words.strip():
        raise Incomplete(
            fields={"words": gettext_noop("Tulis yang perlu diketahui piket berikut.")}
        )
    note = Handover.objects.create(post=post, at=at, author=actor.name, words=words.strip())
    record(HandoverWritten(handover=note.id), actor=actor, subject=note.id)
    return note


@operation(Right.DUTY_ROSTER)
def keep_chain(
    actor: Actor, post_id: int | None, *, who: str, minutes: int, name: str = "", phone: str = ""
) -> ChainStep:
    """Set who comes in one place of a desk's chain, and how long is waited for them.

    Args:
        who: ``first``, ``second``, ``head`` or ``ministry``. Who has the first two is the roster's.
        minutes: until the next is called too, 1 to 60.
    Raises:
        NotFound: no desk of this actor's.
        Incomplete: a place without a telephone, or no sound time.
    """
    post = _desk(actor, post_id)
    wrong = {}
    if who not in Who:
        raise NotFound(who)
    if not 1 <= minutes <= 60:
        wrong["minutes"] = gettext_noop("Isi 1 sampai 60 menit.")
    if Who(who) not in ROSTERED and not phone.strip():
        wrong["phone"] = gettext_noop("Tulis nomor yang dijawab siang dan malam.")
    if Who(who) is Who.MINISTRY and post is not None:
        wrong["who"] = gettext_noop("Meja tetap kementerian diatur oleh kementerian.")
    if wrong:
        raise Incomplete(fields=wrong)
    _one_at_a_time(post_id)
    step, _ = ChainStep.objects.update_or_create(
        post=post,
        who=who,
        defaults={"minutes": minutes, "name": name.strip(), "phone": phone.strip()},
    )
    record(ChainChanged(who=who), actor=actor, subject=step.id)
    return step


def _desk(actor: Actor, post_id: int | None) -> Post | None:
    """The desk, where this actor belongs to it or is the ministry."""
    if post_id is None:
        if actor.kind is not Kind.MINISTRY:
            raise NotFound
        return None
    if actor.kind is not Kind.MINISTRY and post_id not in actor.posts:
        raise NotFound
    post = Post.objects.filter(id=post_id).first()
    if post is None:
        raise NotFound
    return post


def _wrong(who: str, starts_at: datetime, ends_at: datetime, phone: str) -> dict[str, str]:
    wrong = {}
    if who not in {each.value for each in ROSTERED}:
        wrong["who"] = gettext_noop("Pilih piket pertama atau kedua.")
    if ends_at <= starts_at:
        wrong["until"] = gettext_noop("Jam selesai sesudah jam mulai.")
    elif ends_at - starts_at > timedelta(hours=rules().longest_shift_hours):
        wrong["until"] = gettext_noop("Piket terlalu panjang: bagi menjadi beberapa orang.")
    if not phone.strip():
        wrong["phone"] = gettext_noop("Tulis nomor yang dijawab selama piket.")
    return wrong


def _overlapping(post_id: int | None, who: str, starts_at: datetime, ends_at: datetime) -> bool:
    return Shift.objects.filter(
        queries.at_desk(post_id),
        who=who,
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
        withdrawn_at__isnull=True,
    ).exists()


def _one_at_a_time(post_id: int | None) -> None:
    """Two who fill one roster at the same moment wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"duty roster {post_id}"]
        )


def _locked(shift_id: UUID) -> Shift:
    found = Shift.objects.select_for_update().filter(id=shift_id).first()
    if found is None:
        raise NotFound
    return found


def _recorded(actor: Actor, shift: Shift) -> None:
    record(
        ShiftSet(
            shift=shift.id,
            who=shift.who,
            name=shift.name,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        ),
        actor=actor,
        subject=shift.id,
    )
