"""Everything asked about early warning: the queue, how right signals are, and what a month's work is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from lindung.access.actors import Actor, Kind
from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound
from lindung.monitoring.models import DiaryDay, WageReport
from lindung.placement.models import ContractTerms
from lindung.registry.models import Employer, Worker
from lindung.signals import dues, parties, passing
from lindung.signals.catalogue import ENOUGH, Signal, set_on, signal, signals
from lindung.signals.lifecycles import AlertState, PickState
from lindung.signals.models import (
    Alert,
    AlertReview,
    AuditPick,
    Notice,
    Outcome,
    Pass,
    Threshold,
    Unjudged,
)

MONTHS_SHOWN = 6


# -- the queue


def waiting(actor: Actor, *, signal_id: str = "", parties_only: bool = False) -> QuerySet[Alert]:
    """Alerts that nobody has looked at, the first due first."""
    query = Alert.objects.filter(state=AlertState.NEW, gone_on__isnull=True)
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    if signal_id:
        query = query.filter(signal=signal_id)
    if parties_only:
        query = query.filter(worker__isnull=True)
    return query.select_related("worker").order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class Group:
    """All that waits about one person or one party, the first due first."""

    subject: UUID
    alerts: tuple[Alert, ...]

    @property
    def first(self) -> Alert:
        """The one due first."""
        return self.alerts[0]

    @property
    def severity(self) -> int:
        """The gravest of them."""
        return max(each.severity for each in self.alerts)


def grouped(alerts: Sequence[Alert]) -> list[Group]:
    """The same alerts by person or party, in the order of the first of each."""
    found: dict[UUID, list[Alert]] = defaultdict(list)
    for each in alerts:
        found[each.subject].append(each)
    return [Group(subject, tuple(rows)) for subject, rows in found.items()]


def counts(actor: Actor) -> dict[str, int]:
    """How many wait, by signal."""
    rows = (
        waiting(actor)
        .order_by()
        .values("signal")
        .annotate(n=Count("id"))
        .values_list("signal", "n")
    )
    return dict(rows)


def employers_with_most(actor: Actor, *, most: int = 8) -> list[tuple[UUID, int]]:
    """Employers about whose workers most people wait to be looked at."""
    rows = (
        waiting(actor)
        .filter(employer_id__isnull=False, worker__isnull=False)
        .order_by()
        .values("employer_id")
        .annotate(n=Count("worker_id", distinct=True))
        .filter(n__gt=1)
        .order_by("-n", "employer_id")
    )
    found = rows.values_list("employer_id", "n")[:most]
    return [(employer, n) for employer, n in found if employer is not None]


def employer_names(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of employers this actor may see, by id."""
    return dict(Employer.objects.filter(id__in=ids).values_list("id", "name"))


def alert(alert_id: UUID) -> Alert:
    """One alert.

    Raises:
        NotFound: no such alert, or none this actor may see.
    """
    found = Alert.objects.select_related("worker").filter(id=alert_id).first()
    if found is None:
        raise NotFound
    return found


def beside(one: Alert) -> list[Alert]:
    """What else stands or stood about the same person or party, the newest first."""
    others = Alert.objects.filter(subject=one.subject).exclude(id=one.id)
    return list(others.order_by("-raised_on", "-id")[:20])


def reviews(alert_id: UUID) -> list[AlertReview]:
    """What people found on one alert, the last first."""
    return list(AlertReview.objects.filter(alert_id=alert_id))


def is_released(alert_id: UUID) -> bool:
    """Whether the person may read of it."""
    return Notice.objects.filter(alert_id=alert_id).exists()


def alerts_of(worker_id: UUID) -> list[Alert]:
    """What stands about one person, the gravest first."""
    standing = Alert.objects.filter(worker_id=worker_id, gone_on__isnull=True)
    return list(standing.order_by("-severity", "due_at"))


def notices_of(worker_id: UUID) -> list[Notice]:
    """What a person may read of what was noticed, the newest first."""
    return list(Notice.objects.filter(worker_id=worker_id))


def picks(actor: Actor) -> QuerySet[AuditPick]:
    """The quiet people who wait to be asked, the oldest month first."""
    query = AuditPick.objects.filter(state__in=(PickState.WAITING, PickState.UNREACHED))
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    return query.select_related("worker").order_by("month", "id")


def unjudged() -> list[Unjudged]:
    """What no signal could judge, for want of a rule."""
    return list(Unjudged.objects.all())


def last_pass() -> Pass | None:
    """The last pass over everybody."""
    return Pass.objects.first()


def take_touched() -> list[UUID]:
    """Those of whom something was told since the last time; they are taken off the list."""
    with connection.cursor() as cursor:
        cursor.execute("delete from signals_touched returning person")
        return sorted({row[0] for row in cursor.fetchall()})


# -- how right signals are


@dataclass(frozen=True, slots=True)
class Record:
    """What people found of one signal.

    Attributes:
        precision: of those found true or false; None under ``ENOUGH``.
        lead_days: median days from the alert to the harm, negative where the harm came first.
        missed: people among the asked quiet ones whose trouble it should have seen.
        asked: quiet people who answered.
    """

    signal: Signal
    raised: int
    waiting: int
    true: int
    false: int
    unclear: int
    gone: int
    precision: Decimal | None
    lead_days: int | None
    leads: int
    missed: int
    asked: int

    @property
    def judged(self) -> int:
        """Found true or false."""
        return self.true + self.false


def records(*, since: date) -> list[Record]:
    """How right each signal was, of alerts raised since a day."""
    raised = Alert.objects.filter(raised_on__gte=since)
    numbers: dict[str, dict[str, Any]] = {
        row["signal"]: dict(row)
        for row in raised.order_by()
        .values("signal")
        .annotate(
            n=Count("id"),
            waiting=Count("id", filter=Q(state=AlertState.NEW)),
            true=Count("id", filter=Q(outcome=Outcome.TRUE)),
            false=Count("id", filter=Q(outcome=Outcome.FALSE)),
            unclear=Count("id", filter=Q(outcome=Outcome.UNCLEAR)),
            gone=Count("id", filter=Q(state=AlertState.GONE)),
        )
    }
    leads: dict[str, list[int]] = defaultdict(list)
    told = AlertReview.objects.filter(harm_on__isnull=False, alert__raised_on__gte=since)
    for signal_id, harm_on, raised_on in told.values_list(
        "alert__signal", "harm_on", "alert__raised_on"
    ):
        if harm_on is not None:
            leads[signal_id].append((harm_on - raised_on).days)
    answered = AuditPick.objects.filter(
        month__gte=since, state__in=(PickState.WELL, PickState.TROUBLE)
    )
    asked = answered.count()
    missed: dict[str, int] = defaultdict(int)
    for names in answered.filter(state=PickState.TROUBLE).values_list("signals", flat=True):
        for name in names:
            missed[name] += 1
    return [
        _record(each, numbers.get(each.id, {}), leads[each.id], missed[each.id], asked)
        for each in signals().values()
    ]


def _record(each: Signal, row: dict[str, Any], leads: list[int], missed: int, asked: int) -> Record:
    true, false = row.get("true", 0), row.get("false", 0)
    judged = true + false
    return Record(
        signal=each,
        raised=row.get("n", 0),
        waiting=row.get("waiting", 0),
        true=true,
        false=false,
        unclear=row.get("unclear", 0),
        gone=row.get("gone", 0),
        precision=Decimal(true) / judged if judged >= ENOUGH else None,
        lead_days=round(median(leads)) if len(leads) >= ENOUGH else None,
        leads=len(leads),
        missed=missed,
        asked=asked,
    )


# -- thresholds


def thresholds_on(on: date) -> dict[str, dict[str, Decimal]]:
    """The values that were set for a day, by signal and name; what is not there is the file's."""
    rows: dict[str, dict[str, list[tuple[date, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    # Of one day the last set counts: the oldest first, so that it comes last.
    for each in Threshold.objects.order_by("set_at"):
        rows[each.signal][each.name].append((each.valid_from, each.value))
    return {
        name: found
        for name, dated in rows.items()
        if (found := set_on({key: value[::-1] for key, value in dated.items()}, on))
    }


def thresholds_of(signal_id: str) -> list[Threshold]:
    """What was set for one signal, the newest first."""
    return list(Threshold.objects.filter(signal=signal_id))


@dataclass(frozen=True, slots=True)
class Preview:
    """What another threshold would change today: alerts that would come, and that would go.

    ``added`` and ``removed`` are people's or parties' ids; ``kept`` how many stay.
    """

    added: tuple[UUID, ...]
    removed: tuple[UUID, ...]
    kept: int


def preview(signal_id: str, *, name: str, value: Decimal, on: date) -> Preview:
    """Who would be found with another value of one threshold, beside who is found now.

    Raises:
        NotFound: no such signal or threshold.
    """
    known = signal(signal_id)
    if name not in known.thresholds:
        raise NotFound(name)
    now = thresholds_on(on).get(signal_id, {})
    before, after = _found(known, now, on), _found(known, now | {name: value}, on)
    return Preview(
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        kept=len(after & before),
    )


def _found(known: Signal, changed: dict[str, Decimal], on: date) -> set[UUID]:
    if known.about == "party":
        return {row["subject"] for row in parties.found(known, on=on, changed=changed)}
    return {worker for worker, _ in passing.found_people(known, on=on, changed=changed)}


# -- what a month's work is worth


@dataclass(frozen=True, slots=True)
class Line:
    """One part of what is due: a code of what it is, the sum, and the ground it stands on."""

    what: str
    sum: Money | None
    ground: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month as the worker reads it.

    Attributes:
        due: the parts that are certain, added up; None without a monthly wage in the contract.
        received: as reported last; None where no sum was told. ``state`` is what was said.
        missing: due less received, where both are known and it is more than nothing.
        gaps: what a person has to check before the sum is whole.
    """

    month: date
    due: Money | None
    received: Money | None
    state: str
    missing: Money | None
    hours: Decimal
    lines: tuple[Line, ...] = ()
    gaps: tuple[dues.Gap, ...] = field(default=())


def my_months(worker: Worker, *, on: date, count: int = MONTHS_SHOWN) -> list[Month]:
    """What each whole month's work was worth, beside what was received, the last month first.

    For the person themselves and for whom helps them. Every sum names its ground: the contract's
    number, the rule with its article, or the diary.
    """
    terms = (
        ContractTerms.objects.filter(worker=worker, live=True, signed_on__isnull=False)
        .select_related("contract")
        .order_by("-signed_on")
        .first()
    )
    months = dues.months_before(on, count)
    reports = {
        each.month: each
        for each in WageReport.objects.filter(worker=worker, month__in=months, stands=True)
    }
    if terms is None:
        return [_without_contract(each, reports.get(each)) for each in months if each in reports]
    first = terms.contract.starts_on or terms.signed_on
    return [
        _month(worker, terms, each, reports.get(each))
        for each in months
        if first is None or each >= first.replace(day=1)
    ]


def _without_contract(month: date, report: WageReport | None) -> Month:
    return Month(
        month, None, _received(report), report.state if report else "", None, Decimal(0),
        gaps=(dues.Gap("", "no_contract"),),
    )  # fmt: skip


def _month(worker: Worker, terms: ContractTerms, month: date, report: WageReport | None) -> Month:
    received, state = _received(report), report.state if report else ""
    stated = terms.stated.get(dues.MONTHLY)
    if not isinstance(stated, list) or not stated[1].endswith("/month"):
        gap = (dues.Gap(dues.MONTHLY, "not_stated"),)
        return Month(month, None, received, state, None, Decimal(0), gaps=gap)
    basic, currency = Decimal(stated[0]), stated[1].removesuffix("/month")
    hours_a_week = terms.stated.get(dues.WEEKLY)
    weekly = Decimal(hours_a_week[0]) if isinstance(hours_a_week, list) else None
    said = dues.law_of(
        dues.Work(
            terms.country, terms.dest_region, terms.sector, terms.scheme, terms.occupation, weekly,
            terms.signed_on if terms.country in dues.signed_countries() else None,
        ),
        month,
    )  # fmt: skip
    lines = [Line("contract", Money(basic, currency), terms.contract.number)]
    base = basic
    if said.floor is not None and said.currency == currency and said.floor > basic:
        base = said.floor
        ground = said.floor_verdict.parameter if said.floor_verdict else ""
        lines.append(Line("floor", Money(said.floor - basic, currency), ground))
    hours = _overtime(worker, month, weekly)
    due, gaps = base, list(said.gaps)
    if hours and said.hourly is not None and said.premium is not None:
        sum_ = base * hours * said.hourly * (1 + said.premium / 100)
        due += sum_
        ground = said.premium_verdict.parameter if said.premium_verdict else ""
        lines.append(Line("overtime", Money(sum_, currency), ground))
    elif hours:
        lines.append(Line("overtime", None, ""))
    else:
        # Without overtime nothing rests on the rules about it.
        gaps = [each for each in gaps if each.rule != dues.HOURLY and "overtime" not in each.rule]
    total = Money(due, currency)
    missing = None
    if received is not None and received.currency == currency and received.amount < due:
        missing = Money(due - received.amount, currency)
    return Month(month, total, received, state, missing, hours, tuple(lines), tuple(gaps))


def _received(report: WageReport | None) -> Money | None:
    if report is None or report.amount is None:
        return None
    return Money(report.amount, report.currency)


def _overtime(worker: Worker, month: date, weekly: Decimal | None) -> Decimal:
    """Hours beyond the contract's week, of the weeks that end in a month, by the diary."""
    if weekly is None:
        return Decimal(0)
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    weeks: dict[date, int] = defaultdict(int)
    days = DiaryDay.objects.filter(worker=worker, day__gt=month - timedelta(days=7), day__lte=last)
    for day, minutes in days.values_list("day", "minutes"):
        ends = day + timedelta(days=6 - day.weekday())
        if month <= ends <= last:
            weeks[ends] += minutes
    over = sum(
        (max(Decimal(each) - weekly * 60, Decimal(0)) for each in weeks.values()), Decimal(0)
    )
    return over / 60
