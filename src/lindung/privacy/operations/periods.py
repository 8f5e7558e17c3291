"""How long a kind of record is kept, where no source says: two people decide, with basis and reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.two_people import AlreadyAsked, answered, reason_of
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.privacy import due, schedule
from lindung.privacy.events import PeriodAnswered, PeriodAsked
from lindung.privacy.lifecycles import PERIOD, PeriodState
from lindung.privacy.models import Period

MOST_YEARS = 200


@operation(Right.PERIOD_DECIDE)
def ask(actor: Actor, kind: str, *, years: int, basis: str, reason: str, at: datetime) -> Period:
    """Propose a period for a kind whose period no source gives.

    Args:
        years: whole years, counted as the schedule says.
        basis: the regulation, decree or records schedule that it rests on.
    Raises:
        NotFound: no such kind, or one that is never erased or that the law already settles.
        Incomplete: no reason, no basis, or years out of bounds.
        AlreadyAsked: a proposal waits.
    """
    if kind not in schedule.kinds() or not due.is_erasable(kind):
        raise NotFound
    reason, basis = reason_of(reason), basis.strip()[:160]
    wrong = {}
    if not basis:
        wrong["basis"] = "Tuliskan dasarnya: peraturan, keputusan, atau jadwal retensi arsip."
    if not 0 < years <= MOST_YEARS:
        wrong["years"] = "Tuliskan masa simpan dalam tahun penuh, paling sedikit satu."
    if wrong:
        raise Incomplete(fields=wrong)
    if Period.objects.filter(kind=kind, state=PeriodState.ASKED).exists():
        raise AlreadyAsked
    row = Period.objects.create(
        kind=kind, years=years, basis=basis, reason=reason,
        asked_by=actor.id, asked_name=actor.name, asked_at=at,
    )  # fmt: skip
    record(PeriodAsked(period=row.id, kind=kind, years=years), actor=actor, subject=row.id)
    return row


@operation(Right.PERIOD_DECIDE)
def answer(actor: Actor, period_id: UUID, *, agree: bool, at: datetime) -> Period:
    """Agree to a period as the second person, or refuse it.

    Raises:
        NotFound, NeedsAnother, StepClosed.
    """
    row = Period.objects.select_for_update().filter(pk=period_id).first()
    if row is None:
        raise NotFound
    answered(row, PERIOD, actor, yes="agree", agree=agree, at=at)
    told = PeriodAnswered(period=row.id, kind=row.kind, answer=str(row.state))
    record(told, actor=actor, subject=row.id)
    return row
