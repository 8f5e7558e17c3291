"""What workers tell of their wage, their papers and freedom, and their hours."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from babel.dates import format_date
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete
from lindung.monitoring.events import DiaryKept, QuestionAnswered, WageReported
from lindung.monitoring.models import Answer, DiaryDay, WageReport, WageState
from lindung.monitoring.questions import question as question_of
from lindung.registry import queries as registry
from lindung.registry.models import Source

MINUTES_A_DAY = 24 * 60


@operation(Right.WAGE_REPORT)
def report_wage(
    actor: Actor,
    worker_id: UUID,
    *,
    month: date,
    state: WageState,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    report_id: UUID | None = None,
    source: Source = Source.WORKER,
) -> WageReport:
    """Take what is said of one month's wage. What is said last counts, whenever it comes in.

    Args:
        month: its first day.
        amount: what was received, where it is told.
        report_id: the key made at the tap; the same key again changes nothing.
    Raises:
        NotFound: not this worker.
        Incomplete: no first day of a month, an unknown state, a month to come, or a sum without a
            currency or below nothing.
    """
    wrong: dict[str, str] = {}
    if month.day != 1 or month > timezone.localdate(at):
        wrong["month"] = _("Pilih bulan yang sudah berjalan.")
    if state not in WageState:
        wrong["state"] = _("Pilih: dibayar, belum, atau kurang.")
    if amount is not None and amount < 0:
        wrong["amount"] = _("Jumlahnya nol atau lebih.")
    if amount is not None and not currency:
        wrong["currency"] = _("Pilih mata uangnya.")
    if wrong:
        raise Incomplete(fields=wrong)
    worker = registry.worker(worker_id)
    key = report_id or new_id()
    if known := WageReport.objects.filter(id=key, worker=worker).first():
        return known
    earlier = WageReport.objects.select_for_update().filter(worker=worker, month=month, stands=True)
    last = earlier.first()
    stands = last is None or last.at <= at
    if stands:
        earlier.update(stands=False)
    report = WageReport.objects.create(
        id=key,
        worker=worker,
        month=month,
        state=state,
        amount=amount,
        currency=currency,
        at=at,
        source=source,
        stands=stands,
        **worker.scope(),
    )
    record(
        WageReported(
            report=report.id,
            month=month,
            shown=format_date(month, "LLLL y", locale=settings.LANGUAGE_CODE),
            state=str(state),
            label=str(WageState(state).label),
        ),
        actor=actor,
        about=report,
    )
    return report


@operation(Right.QUESTION_ANSWER)
def answer(
    actor: Actor,
    worker_id: UUID,
    *,
    question: str,
    answer: str,
    at: datetime,
    answer_id: UUID | None = None,
    device: str = "",
) -> Answer:
    """Take one answer to one question. What is answered last counts, whenever it comes in.

    Args:
        question, answer: codes of ``questions.yaml``.
        device: anything that is the same for one device; only its hash is kept.
        answer_id: the key made at the tap; the same key again changes nothing.
    Raises:
        NotFound: not this worker.
        NoSuchQuestion: no such question, or no such answer to it.
    """
    choice = question_of(question).choice(answer)
    worker = registry.worker(worker_id)
    key = answer_id or new_id()
    if known := Answer.objects.filter(id=key, worker=worker).first():
        return known
    earlier = Answer.objects.select_for_update().filter(
        worker=worker, question=question, stands=True
    )
    last = earlier.first()
    stands = last is None or last.at <= at
    if stands:
        earlier.update(stands=False)
    given = Answer.objects.create(
        id=key,
        worker=worker,
        question=question,
        answer=answer,
        at=at,
        amber=choice.amber,
        points=choice.points,
        stands=stands,
        device=hashlib.sha256(device.encode()).hexdigest()[:32] if device else "",
        **worker.scope(),
    )
    record(QuestionAnswered(answer=given.id, question=question), actor=actor, about=given)
    return given


@operation(Right.DIARY_KEEP)
def keep_diary(
    actor: Actor,
    worker_id: UUID,
    *,
    day: date,
    minutes: int,
    rest_day: bool,
    at: datetime,
    entry_id: UUID | None = None,
) -> DiaryDay:
    """Write down how long one day's work was; what is written last of a day counts.

    Args:
        minutes: worked that day; none on a day of rest.
        entry_id: the key made at the tap.
    Raises:
        NotFound: not this worker.
        Incomplete: a day to come, no possible number of minutes, or work on a day of rest.
    """
    wrong: dict[str, str] = {}
    if day > timezone.localdate(at):
        wrong["day"] = _("Pilih hari ini atau yang sudah lewat.")
    if not 0 <= minutes <= MINUTES_A_DAY:
        wrong["minutes"] = _("Isi antara 0 dan 24 jam.")
    elif rest_day and minutes:
        wrong["minutes"] = _("Hari libur: kosongkan jamnya, atau hapus tanda libur.")
    if wrong:
        raise Incomplete(fields=wrong)
    worker = registry.worker(worker_id)
    entry = DiaryDay.objects.select_for_update().filter(worker=worker, day=day).first()
    if entry is None:
        entry = DiaryDay(id=entry_id or new_id(), worker=worker, day=day, **worker.scope())
    elif entry.at >= at:
        return entry
    entry.minutes, entry.rest_day, entry.at = minutes, rest_day, at
    entry.save()
    record(
        DiaryKept(
            entry=entry.id,
            day=day,
            shown=format_date(day, "d MMMM y", locale=settings.LANGUAGE_CODE),
        ),
        actor=actor,
        about=entry,
    )
    return entry
