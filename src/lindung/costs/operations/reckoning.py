"""After every telling our robot judges what was paid and reckons the ratio, whoever told.

Whoever tells may not see all that is told: a recruiter sees its own word alone. So the judgement is
the robot's, and its rows are closed to recruiters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.journal import record, told_at
from lindung.access.roles import ROBOT
from lindung.costs import ceilings, ledger, ratio
from lindung.costs.events import OverchargeCleared, OverchargeFound
from lindung.costs.lifecycles import OVERCHARGE, OverchargeState
from lindung.costs.models import (
    Asking,
    Capture,
    Charge,
    CostRatio,
    Loan,
    Overcharge,
    Refund,
)
from lindung.kernel.money import Money
from lindung.placement.models import Placement
from lindung.registry.operations import close_task_about, open_task
from lindung.regulations.verdicts import BREAKS

TITLE = gettext_noop("Biaya pekerja melebihi batas peraturan")
# How long an officer has to see the money back; our practice, no law.
GIVE_BACK_DAYS = 14


def settle(placement_id: UUID | None, *, on: date) -> None:
    """Judge and reckon one placement anew; part of the caller's operation.

    Args:
        on: the day on which an overcharge is found or cleared; the law's day is that of payment.
    """
    if placement_id is None:
        return
    with acting_as(ROBOT):
        # One at a time: two tellings at once would each miss the other.
        query = Placement.objects.select_for_update(of=("self",)).select_related("worker")
        placement = query.get(id=placement_id)
        _overcharges(placement, on=on)
        _ratio(placement)


def follow(placement: Placement) -> None:
    """Give what was told of a placement its scope anew: a post takes charge when a contract comes."""
    scope = placement.scope()
    with acting_as(ROBOT):
        for model in (Charge, Loan, Asking, Capture, Overcharge, CostRatio):
            model._default_manager.filter(placement=placement).update(**scope)
        Refund.objects.filter(charge__placement=placement).update(**scope)


def _overcharges(placement: Placement, *, on: date) -> None:
    work = ledger.work_of(placement)
    tested = ceilings.judge(ledger.counted(ledger.entries_of(placement.id)), work)
    broken: dict[tuple[str, date | None], list[ceilings.Judged]] = defaultdict(list)
    for each in tested:
        if each.verdict.outcome == BREAKS:
            broken[each.verdict.parameter, each.since].append(each)
    kept = {
        (each.rule, each.since): each
        for each in Overcharge.objects.select_for_update().filter(placement=placement)
    }
    for key, group in broken.items():
        _found(placement, kept.get(key), group, on=on)
    for key, row in kept.items():
        if key not in broken and row.state == OverchargeState.OPEN:
            _cleared(row, on=on)


def _found(
    placement: Placement, kept: Overcharge | None, group: list[ceilings.Judged], *, on: date
) -> None:
    last = max(group, key=lambda each: each.paid_on)
    excess = _together(each.excess for each in group)
    row = kept or Overcharge(
        placement=placement,
        worker_id=placement.worker_id,
        rule=last.verdict.parameter,
        since=last.since,
        opened_on=on,
        is_demo=placement.is_demo,
    )
    fresh = kept is None or kept.state == OverchargeState.CLEARED
    if kept is not None and fresh:
        row.state = OVERCHARGE.take("reopen", OverchargeState(kept.state))
        row.cleared_on, row.opened_on = None, on
    row.refunds = last.refunds
    row.excess, row.currency = (
        (excess.amount, excess.currency) if excess is not None else (None, "")
    )
    row.verdict = last.verdict.frozen()
    for name, value in placement.scope().items():
        setattr(row, name, value)
    row.save()
    if not fresh:
        return
    record(
        OverchargeFound(overcharge=row.id, rule=row.rule, paid_on=last.paid_on),
        actor=ROBOT,
        about=row,
        basis=row.rule,
    )
    open_task(
        ROBOT,
        about=row,
        kind=kind_of(row.rule),
        title=TITLE,
        due_at=told_at() + timedelta(days=GIVE_BACK_DAYS),
        owner="post" if placement.departed_on else "office",
        subject=row.id,
        details={"placement": str(placement.id)},
    )


def _cleared(row: Overcharge, *, on: date) -> None:
    row.state = OVERCHARGE.take("clear", OverchargeState(row.state))
    row.cleared_on = on
    row.save(update_fields=["state", "cleared_on"])
    record(
        OverchargeCleared(overcharge=row.id, rule=row.rule),
        actor=ROBOT,
        about=row,
        basis=row.rule,
    )
    close_task_about(ROBOT, row.id, kind=kind_of(row.rule))


def kind_of(rule: str) -> str:
    """The kind of the task about a rule; no recruiter sees a task of this kind."""
    return f"overcharge:{rule.rsplit('.', 1)[-1]}"[:40]


def _together(amounts: Iterable[Money | None]) -> Money | None:
    rows = list(amounts)
    known = [each for each in rows if each is not None]
    if len(known) < len(rows) or len({each.currency for each in known}) != 1:
        return None
    return Money.total(known, known[0].currency)


def _ratio(placement: Placement) -> None:
    found = ratio.reckon(placement)
    amounts: dict[str, Decimal | None] = {
        "costs": found.costs.amount.quantize(_KEPT) if found.costs is not None else None,
        "earnings": found.earnings.amount.quantize(_KEPT) if found.earnings is not None else None,
        "ratio": found.ratio,
    }
    CostRatio(
        placement=placement,
        worker_id=placement.worker_id,
        sex=placement.worker.sex,
        occupation=placement.occupation,
        departed_on=placement.departed_on,
        currency=found.earnings.currency if found.earnings is not None else "",
        missing=found.missing,
        is_demo=placement.is_demo,
        **amounts,
        **placement.scope(),
    ).save()


_KEPT = Decimal("0.001")
