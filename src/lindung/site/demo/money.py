"""What made-up people paid, borrowed and answered, told through the operations of the service itself.

Lawful costs and overcharges, one made good and others not; answers that grow bolder abroad; a
recruiter's cost table. The law judges them as it judges everybody: nothing here says what breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import telling_of
from lindung.access.roles import acting_worker
from lindung.costs import operations
from lindung.costs.models import Charge, Moment
from lindung.kernel.money import Money
from lindung.placement import queries as placements
from lindung.placement.models import Contract, Placement
from lindung.registry.models import Worker

_HOME = "IDR"
# How many drawn people tell of money; enough for figures that may be published.
_WITH_FORM, _OTHERS, _DECLARED = 24, 8, 6
_FEES = (0, 1_500_000, 4_000_000, 9_000_000, 15_000_000, 25_000_000, 0, 6_500_000)


class Purse:
    """One person's money, told on the days it was told."""

    def __init__(self, worker: Worker, placement: Placement) -> None:
        self.worker, self.placement = worker, placement
        self.me = acting_worker(worker.id, worker.shown_name)

    def paid(
        self,
        on: date,
        component: str,
        amount: int,
        payee: str,
        *,
        how: str = "cash",
        months: int = 1,
        currency: str = _HOME,
        name: str = "",
        by: Actor | None = None,
    ) -> Charge:
        """Paid on a day and told on the same, by the worker unless by somebody else."""
        with _on(on):
            return operations.tell_charge(
                by or self.me,
                self.worker.id,
                placement_id=self.placement.id,
                component=component,
                amount=Money(Decimal(amount), currency),
                paid_on=on,
                payer="worker",
                payee=payee,
                payee_name=name,
                how=how,
                months=months,
                on=on,
                is_demo=True,
            )

    def came_back(self, on: date, charge: Charge, amount: int, by: str) -> None:
        """Part of it came back."""
        with _on(on):
            operations.tell_refund(
                self.me, charge.id, amount=Decimal(amount), came_on=on, by=by, how="transfer", on=on
            )

    def borrowed(self, on: date, lender: str, amount: int, *, rate: str, months: int) -> None:
        """A loan against the family's land, by the month."""
        with _on(on):
            operations.tell_loan(
                self.me,
                self.worker.id,
                placement_id=self.placement.id,
                lender=lender,
                principal=Money(Decimal(amount), _HOME),
                taken_on=on,
                rate=Decimal(rate),
                months=months,
                collateral="land",
                on=on,
                is_demo=True,
            )

    def answered(self, on: date, moment: Moment, **amounts: int) -> None:
        """Answered the questions of a moment."""
        with _on(on):
            operations.answer_capture(
                self.me,
                self.placement.id,
                moment=moment,
                currency=_HOME,
                amounts={name: Decimal(amount) for name, amount in amounts.items()},
                on=on,
                is_demo=True,
            )


def tell(cast: Mapping[str, Actor], people: Mapping[str, Worker], *, today: date) -> None:
    """Tell the money of the told lives and of some drawn ones; ``people`` as ``lives.make`` gives."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    if (siti := _purse(cast, people["at_work"])) is not None:
        siti.borrowed(ago(645), "lender", 15_000_000, rate="3", months=12)
        siti.answered(ago(620), Moment.BEFORE, agency_fee=0, broker_fee=0, training=1_500_000)
        siti.answered(
            ago(508), Moment.ARRIVED, agency_fee=0, broker_fee=9_000_000, training=1_500_000,
            bribe=500_000,
        )  # fmt: skip
        siti.paid(ago(640), "passport_renewal", 350_000, "state")
        siti.paid(ago(640), "broker_fee", 9_000_000, "broker", name="Pak Darmo")
        siti.paid(ago(630), "medical_and_psychological_test", 850_000, "clinic")
    if (bambang := _purse(cast, people["home"])) is not None:
        fee = bambang.paid(ago(1300), "broker_fee", 5_000_000, "broker")
        bambang.came_back(ago(1000), fee, 5_000_000, "broker")
        bambang.paid(ago(1290), "passport_renewal", 350_000, "state")
        bambang.answered(ago(1210), Moment.BEFORE, broker_fee=2_000_000, passport_renewal=350_000)
        bambang.answered(ago(1098), Moment.ARRIVED, broker_fee=5_000_000, passport_renewal=350_000)
        bambang.answered(ago(30), Moment.RETURNED, broker_fee=5_000_000, passport_renewal=350_000)
    if (slamet := _purse(cast, people["listed"])) is not None:
        slamet.paid(ago(60), "passport_renewal", 350_000, "state")
        slamet.paid(ago(55), "medical_and_psychological_test", 850_000, "clinic")
    told = [each.id for each in people.values()]
    for number, purse in enumerate(_drawn(cast["ministry"], but=told, long_ago=ago(450))):
        _as_many(purse, number, today=today)
    _declared(cast, ago(90))


def _as_many(purse: Purse, number: int, *, today: date) -> None:
    """A drawn person: some pay much, some nothing, some say more abroad."""
    left = purse.placement.departed_on
    assert left is not None  # only who has left is drawn
    fee = _FEES[number % len(_FEES)]
    at_home = fee if number % 3 else 0
    purse.answered(left - timedelta(days=20), Moment.BEFORE, broker_fee=at_home, training=500_000)
    purse.paid(left - timedelta(days=60), "passport_renewal", 350_000, "state")
    if fee:
        purse.paid(left - timedelta(days=45), "broker_fee", fee, "broker", how="transfer")
    asked_again = left + timedelta(days=35)
    if asked_again < today:
        purse.answered(asked_again, Moment.ARRIVED, broker_fee=fee, training=500_000)


def _drawn(ministry: Actor, *, but: list[UUID], long_ago: date) -> Iterator[Purse]:
    """Drawn people who have left: those whose contract says a wage, and some of long ago."""
    with acting_as(ministry):
        left = Placement.objects.filter(is_demo=True, departed_on__isnull=False)
        newest = left.exclude(worker_id__in=but).select_related("worker")
        newest = newest.order_by("-departed_on", "id")
        signed = Contract.objects.filter(placement=OuterRef("id")).exclude(form="")
        chosen = list(newest.filter(Exists(signed))[:_WITH_FORM])
        chosen += newest.filter(~Exists(signed), departed_on__lt=long_ago)[:_OTHERS]
    for each in chosen:
        yield Purse(each.worker, each)


def _declared(cast: Mapping[str, Actor], on: date) -> None:
    """The cost table of a recruiter's placement agreements."""
    recruiter = cast["agency_staff"]
    with acting_as(recruiter):
        own = Placement.objects.filter(agency_id=recruiter.agency, state__in=placements.LIVE)
        chosen = list(own.select_related("worker").order_by("-opened_on", "id")[:_DECLARED])
    for number, each in enumerate(chosen):
        purse = Purse(each.worker, each)
        purse.paid(on, "passport_renewal", 350_000, "state", by=recruiter)
        purse.paid(on, "medical_and_psychological_test", 850_000, "clinic", by=recruiter)
        if number % 2:
            purse.paid(on, "training", 3_500_000, "trainer", by=recruiter)


def _purse(cast: Mapping[str, Actor], worker: Worker) -> Purse | None:
    with acting_as(cast["ministry"]):
        found = next(iter(placements.placements_of(worker.id)), None)
    return Purse(worker, found) if found is not None else None


@contextmanager
def _on(day: date) -> Iterator[None]:
    """What happens in the block happened then, at nine in the morning in Jakarta."""
    with telling_of(datetime.combine(day, time(2), UTC)):
        yield
