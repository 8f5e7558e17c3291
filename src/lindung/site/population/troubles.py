"""Lives abroad with troubles in them, told by behaviour: a month not paid, a passport taken, a coached batch.

What happens to people is drawn here, and what they then tell; who would notice it, and how, this knows
nothing of. Every trouble has its look-alike (a late payer, a locker, a help desk), some people keep silent or
say what they were told to say, and some tap wrongly and put it right. The same seed gives the same lives.

Runs as the owner; every row is marked as demo where it can be. :func:`plant` returns who is really in trouble.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from lindung.costs.models import Charge, Loan, Overcharge
from lindung.kernel.ids import new_id
from lindung.monitoring.models import Answer, DiaryDay, Employment, WageReport
from lindung.monitoring.questions import questions
from lindung.parties.models import ForeignAgency
from lindung.placement.models import Contract, ContractTerms, Finding, Placement
from lindung.protection.models import Complaint
from lindung.recruitment.models import Agreement, JobOrder
from lindung.registry.models import Employer, Worker, WorkerState

# Where they work: a place whose law is known, by post; no number of law stands here.
COUNTRY, REGION, SECTOR, SCHEME, CURRENCY = "KR", "KR-41", "manufacturing", "E-9", "KRW"
WEEKLY = 40
# Of those in a trouble that shows only in what they tell, so many say nothing of it or the opposite.
SILENT = 0.08
# Of all people, so many tap wrongly once and put it right on the next day.
SLIPS = 0.03
# And so many tell one thing that is not so, and leave it.
UNTRUE = 0.02
_PER_TROUBLE = 24
_BATCH = 2_000


@dataclass
class Planted:
    """Who is in which trouble, by its name; people's ids, or a party's."""

    people: list[UUID] = field(default_factory=list)
    troubles: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    # Who looks like it and is not.
    look_alikes: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    devices: set[str] = field(default_factory=set)


@dataclass
class Life:
    """One person at work: what they are promised, and when they came."""

    id: UUID
    placement: UUID
    contract: UUID
    employer: UUID
    agency: UUID
    wage: Decimal
    arrived: date


class Stage:
    """Rows in the making, written at the end in one go."""

    def __init__(self, *, seed: int, on: date, post: int, wage: Decimal) -> None:
        self.rng = random.Random(seed)
        self.on, self.post, self.wage = on, post, wage
        self.rows: dict[type[Model], list[Model]] = defaultdict(list)
        self.planted = Planted()
        self.count = 0

    def scope(self, agency: UUID | None = None) -> dict[str, Any]:
        """Where all of them belong."""
        return {"post_id": self.post, "agency_id": agency, "region": "3502", "country": COUNTRY}

    def at(self, day: date, hour: int = 3, minute: int = 0) -> datetime:
        """An instant of a day."""
        return datetime.combine(day, time(hour, minute), UTC)

    def employer(self, name: str) -> UUID:
        """An employer with that name."""
        self.count += 1
        row = Employer(
            number=f"PK-S{self.count:06}", name=name, kind="company", sector=SECTOR,
            dest_region=REGION, is_demo=True, **self.scope() | {"region": ""},
        )  # fmt: skip
        self.rows[Employer].append(row)
        return row.id

    def life(
        self, employer: UUID, agency: UUID, *, days: int | None = None, state: str = "arrived"
    ) -> Life:
        """Somebody at work for an employer, sent by an agency, so many days ago."""
        self.count += 1
        number, scope = self.count, self.scope(agency)
        since = self.on - timedelta(days=days if days is not None else self.rng.randint(200, 500))
        wage = (self.wage * Decimal(self.rng.randint(102, 130)) / 100).quantize(Decimal(1))
        one = Life(new_id(), new_id(), new_id(), employer, agency, wage, since)
        self.rows[Worker].append(
            Worker(
                id=one.id, public_number=f"PMI-S{number:07}", full_name=f"Contoh {number}",
                is_demo=True, **scope,
            )
        )  # fmt: skip
        self.rows[WorkerState].append(
            WorkerState(
                worker_id=one.id, stage="during", condition="good",
                check_in_due_on=self.on + timedelta(days=self.rng.randint(1, 28)),
                confirmed_on=self.on - timedelta(days=3), employer_id=employer, dest_region=REGION,
                **scope,
            )
        )  # fmt: skip
        left = state in {"departed", "arrived", "ended"}
        self.rows[Placement].append(
            Placement(
                id=one.placement, worker_id=one.id, number=f"PEN-S{number:07}", pathway="g2g-kr",
                scheme=SCHEME, sector=SECTOR, occupation="8160", state=state, employer_id=employer,
                employer_name="Contoh", dest_region=REGION, opened_on=since - timedelta(days=120),
                cleared_on=since - timedelta(days=7), departed_on=since if left else None,
                arrived_on=since + timedelta(days=1) if state in {"arrived", "ended"} else None,
                is_demo=True, **scope,
            )
        )  # fmt: skip
        self.rows[Contract].append(
            Contract(
                id=one.contract, placement_id=one.placement, worker_id=one.id,
                number=f"PK-S{number:07}", source="destination", fields={}, state="signed",
                offered_on=since - timedelta(days=90), checked_on=since - timedelta(days=89),
                signed_on=since - timedelta(days=80), starts_on=since + timedelta(days=2),
                is_demo=True, **scope,
            )
        )  # fmt: skip
        self.rows[ContractTerms].append(
            ContractTerms(
                contract_id=one.contract, worker_id=one.id, live=True, sector=SECTOR, scheme=SCHEME,
                occupation="8160", dest_region=REGION, signed_on=since - timedelta(days=80),
                stated={
                    "wage.monthly_ordinary": [str(wage), f"{CURRENCY}/month"],
                    "hours.weekly_regular": [str(WEEKLY), ""],
                },
                **scope,
            )
        )  # fmt: skip
        if state == "arrived":
            self.rows[Employment].append(
                Employment(
                    worker_id=one.id, placement_id=one.placement, employer_id=employer,
                    employer_name="Contoh", dest_region=REGION, began_on=since + timedelta(days=2),
                    source="destination", confirmed_on=since + timedelta(days=2), **scope,
                )
            )  # fmt: skip
        self.planted.people.append(one.id)
        return one

    # -- what people tell

    def answers(self, one: Life, question: str, answer: str, *, days: int = 10, device: str = "",
                minute: int | None = None, hour: int = 3, stands: bool = True) -> None:  # fmt: skip
        """They answer a question, so many days ago."""
        choice = questions().questions[question].choice(answer)
        self.rows[Answer].append(
            Answer(
                worker_id=one.id, question=question, answer=answer, amber=choice.amber,
                points=choice.points, stands=stands, device=device,
                at=self.at(self.on - timedelta(days=days), hour,
                           self.rng.randint(0, 59) if minute is None else minute),
                **self.scope(one.agency),
            )
        )  # fmt: skip

    def wage_of(
        self, one: Life, back: int, *, state: str, share: str = "1", told: int = 12
    ) -> None:
        """They tell of the wage of a month so many months back, some days after its end."""
        month = self.month(back)
        ends = (month + timedelta(days=31)).replace(day=1)
        amount = None if state == "not_yet" else (one.wage * Decimal(share)).quantize(Decimal(1))
        self.rows[WageReport].append(
            WageReport(
                worker_id=one.id, month=month, state=state, amount=amount,
                currency="" if amount is None else CURRENCY,
                at=self.at(min(ends + timedelta(days=told), self.on)), source="worker",
                **self.scope(one.agency),
            )
        )  # fmt: skip

    def month(self, back: int) -> date:
        """The first day of a month so many months back."""
        first = self.on.replace(day=1)
        for _ in range(back):
            first = (first - timedelta(days=1)).replace(day=1)
        return first

    def diary(self, one: Life, hours: Sequence[float]) -> None:
        """They write down the hours of the last days, the last first; none is a day of rest."""
        for back, worked in enumerate(hours):
            self.rows[DiaryDay].append(
                DiaryDay(
                    worker_id=one.id, day=self.on - timedelta(days=back), minutes=round(worked * 60),
                    rest_day=worked == 0, at=self.at(self.on - timedelta(days=back), 14),
                    **self.scope(one.agency),
                )
            )  # fmt: skip

    def owes(self, one: Life, share: float) -> None:
        """They tell of a loan of that share of a year's wage."""
        self.rows[Loan].append(
            Loan(
                worker_id=one.id, placement_id=one.placement, told_by="worker", told_on=one.arrived,
                lender="lender", principal=(one.wage * 12 * Decimal(str(share))).quantize(Decimal(1)),
                currency=CURRENCY, taken_on=one.arrived - timedelta(days=100), is_demo=True,
                **self.scope(one.agency),
            )
        )  # fmt: skip

    def differs(self, one: Life, term: str, *, state: str = "open") -> None:
        """A term of the contract is told otherwise from abroad."""
        self.count += 1
        self.rows[Finding].append(
            Finding(
                placement_id=one.placement, contract_id=one.contract, worker_id=one.id,
                number=f"TEM-S{self.count:07}", field=term, told_by="worker", state=state,
                verified={"value": "x", "unit": "", "shown": "x"},
                told={"value": "y", "unit": "", "shown": "y"}, opened_on=self.on - timedelta(days=9),
                due_at=self.at(self.on), reason="" if state == "open" else "Dijelaskan.",
                is_demo=True, **self.scope(one.agency),
            )
        )  # fmt: skip

    def overcharged(self, one: Life, *, cleared: bool) -> None:
        """The ledger found that more was paid than is allowed."""
        self.rows[Overcharge].append(
            Overcharge(
                placement_id=one.placement, worker_id=one.id, rule="x.ceiling", refunds="agency",
                excess=Decimal(100), currency=CURRENCY, opened_on=self.on - timedelta(days=60),
                since=one.arrived, state="cleared" if cleared else "open",
                cleared_on=self.on - timedelta(days=20) if cleared else None, is_demo=True,
                **self.scope(one.agency),
            )
        )  # fmt: skip

    def silent_since(self, one: Life, days: int, condition: str) -> None:
        """Nothing was heard since a check-in was due so many days ago."""
        state = next(
            row for row in self.rows[WorkerState] if getattr(row, "worker_id", None) == one.id
        )
        assert isinstance(state, WorkerState)
        state.check_in_due_on = self.on - timedelta(days=days)
        state.condition = condition

    def is_true(self, trouble: str, one: Life | UUID) -> None:
        """Really so."""
        self.planted.troubles[trouble].add(one.id if isinstance(one, Life) else one)

    def looks_like(self, trouble: str, one: Life | UUID) -> None:
        """Looks like it, and is not."""
        self.planted.look_alikes[trouble].add(one.id if isinstance(one, Life) else one)

    def write(self) -> Planted:
        """Write all rows, parents first."""
        order: tuple[type[Model], ...] = (Employer, ForeignAgency, Agreement, JobOrder, Worker, WorkerState, Placement,
                 Contract, ContractTerms, Employment, WageReport, Answer, DiaryDay, Loan, Charge,
                 Overcharge, Finding, Complaint)  # fmt: skip
        for model in order:
            model._default_manager.bulk_create(self.rows[model], batch_size=_BATCH)
        return self.planted


def plant(*, seed: int, on: date, post: int, wage: Decimal, people: int = 1_200) -> Planted:
    """Write lives with troubles in them.

    Args:
        wage: a month's wage that is lawful there on that day, from which contracts start.
        people: of those without any planted trouble; the others come on top.
    """
    stage = Stage(seed=seed, on=on, post=post, wage=wage)
    agencies = [new_id() for _ in range(12)]
    employers = [stage.employer(f"Contoh {n}") for n in range(max(people // 12, 1))]

    def somebody(**more: Any) -> Life:
        return stage.life(stage.rng.choice(employers), stage.rng.choice(agencies), **more)

    for _ in range(people):
        _ordinary(stage, somebody())
    for trouble in _ALONE:
        for _ in range(_PER_TROUBLE):
            trouble(stage, somebody)
    _bad_employer(stage, agencies)
    _early_returns(stage, employers)
    _more_sent_than_found(stage, agencies)
    _failed_departures(stage, employers)
    _coached(stage, somebody)
    return stage.write()


def _ordinary(stage: Stage, one: Life) -> None:
    """Months paid, questions answered, a diary now and then; a few slip and put it right."""
    rng = stage.rng
    for back in range(1, 4):
        # What tax and insurance leave.
        stage.wage_of(one, back, state="paid", share=str(rng.choice((1, 1, 1, 0.97, 0.95, 0.94))))
    untrue = rng.choice(("passport", "cut", "low", "shut in")) if rng.random() < UNTRUE else ""
    if rng.random() < SLIPS:
        stage.answers(one, "passport_keeper", "employer", days=11, stands=False)
    keeper = "other" if untrue == "passport" else rng.choice(("me", "me", "locker"))
    stage.answers(one, "passport_keeper", keeper, days=10)
    stage.answers(one, "may_go_out", rng.choice(("yes", "yes", "asked")))
    # No day off alone is common and is no isolation.
    stage.answers(one, "day_off", rng.choice(("weekly", "weekly", "sometimes", "never")))
    stage.answers(
        one, "phone_hours", "taken" if untrue == "shut in" else rng.choice(("free", "limited"))
    )
    stage.answers(
        one, "wage_cut", "placement" if untrue == "cut" else rng.choice(("none", "usual"))
    )
    stage.answers(
        one, "interest", "daily" if untrue == "low" else rng.choice(("never", "never", "some_days"))
    )
    stage.answers(one, "low_mood", rng.choice(("never", "never", "some_days")))
    if rng.random() < 0.2:
        stage.diary(one, _week(rng, 8, 10) + _week(rng, 8, 9))
    if rng.random() < 0.3:
        stage.owes(one, rng.uniform(0.02, 0.22))
    if rng.random() < 0.12:
        stage.silent_since(one, rng.randint(1, 60), "good")


def _week(rng: random.Random, low: float, high: float, *, rests: int = 1) -> list[float]:
    return [0.0] * rests + [rng.uniform(low, high) for _ in range(7 - rests)]


_Somebody = Callable[..., Life]


def _passport_taken(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("passport taken", one)
    told = "me" if stage.rng.random() < SILENT else stage.rng.choice(("employer", "agency"))
    stage.answers(one, "passport_keeper", told)
    other = somebody()
    stage.looks_like("passport taken", other)
    stage.answers(other, "passport_keeper", "employer", days=300, stands=False)
    stage.answers(other, "passport_keeper", "locker")


def _not_paid(stage: Stage, somebody: _Somebody) -> None:
    one, months = somebody(), stage.rng.choice((1, 1, 2, 3))
    stage.is_true("not paid", one)
    if stage.rng.random() >= SILENT:
        # The month before the last is well past any pay-day.
        for back in range(2, 2 + months):
            stage.wage_of(one, back, state="not_yet")
    other = somebody()
    stage.looks_like("not paid", other)
    stage.wage_of(other, 2, state="paid", told=20)
    stage.wage_of(other, 0, state="not_yet", told=0)


def _paid_too_little(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("paid too little", one)
    if stage.rng.random() >= SILENT:
        share = str(round(stage.rng.uniform(0.5, 0.85), 2))
        for back in (1, 2):
            stage.wage_of(one, back, state="paid", share=share)
    # A first month that began half-way.
    other = somebody(days=(stage.on - stage.month(1)).days - 12)
    stage.looks_like("paid too little", other)
    stage.wage_of(other, 1, state="paid", share="0.6")


def _wage_cut(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("wage cut for costs", one)
    if stage.rng.random() < SILENT:
        stage.answers(one, "wage_cut", "none")
    elif stage.rng.random() < 0.5:
        stage.answers(one, "wage_cut", "placement")
    else:
        stage.count += 1
        stage.rows[Charge].append(
            Charge(
                placement_id=one.placement, worker_id=one.id, told_by="worker", told_on=stage.on,
                number=f"BIA-S{stage.count:07}", component="placement_fee", amount=Decimal(90_000),
                currency=CURRENCY, paid_on=stage.on - timedelta(days=20), payer="worker",
                payee="employer", how="deduction", is_demo=True, **stage.scope(one.agency),
            )
        )  # fmt: skip
    other = somebody()
    stage.looks_like("wage cut for costs", other)
    stage.answers(other, "wage_cut", "usual")


def _deep_in_debt(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("deep in debt", one)
    if stage.rng.random() >= SILENT:
        stage.owes(one, stage.rng.uniform(0.35, 0.9))
    other = somebody()
    stage.looks_like("deep in debt", other)
    stage.owes(other, stage.rng.uniform(0.1, 0.27))


def _charged_too_much(stage: Stage, somebody: _Somebody) -> None:
    one, other = somebody(), somebody()
    stage.is_true("charged too much", one)
    stage.overcharged(one, cleared=False)
    stage.looks_like("charged too much", other)
    stage.overcharged(other, cleared=True)


def _contract_swapped(stage: Stage, somebody: _Somebody) -> None:
    one, other = somebody(), somebody()
    stage.is_true("contract swapped", one)
    for term in stage.rng.sample(("wage.monthly_ordinary", "employer.name", "job.region"), 2):
        stage.differs(one, term)
    stage.looks_like("contract swapped", other)
    stage.differs(other, "job.description", state="explained")


def _lost_on_the_way(stage: Stage, somebody: _Somebody) -> None:
    if stage.rng.random() < 0.5:
        one = somebody(days=stage.rng.randint(5, 40), state="departed")
    else:
        one = somebody(days=stage.rng.randint(20, 80))
        moved = stage.rows[Employment][-1]
        assert isinstance(moved, Employment)
        moved.dest_region = "KR-26"
    stage.is_true("lost on the way", one)
    other = somebody(days=stage.rng.randint(0, 2), state="departed")
    stage.looks_like("lost on the way", other)


def _gone_quiet(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("gone quiet in trouble", one)
    if stage.rng.random() < 0.5:
        stage.silent_since(one, stage.rng.randint(31, 90), stage.rng.choice(("fair", "needs_help")))
    else:
        stage.silent_since(one, stage.rng.randint(31, 90), "good")
        if stage.rng.random() >= SILENT:
            stage.rows[Complaint].append(
                Complaint(
                    worker_id=one.id, at=stage.at(stage.on - timedelta(days=6)), words="Contoh",
                    channel="family", told_by=new_id(), **stage.scope(one.agency),
                )
            )  # fmt: skip
    # A changed SIM card; and one who felt worse and is late by a few days only.
    for days, condition in ((70, "good"), (12, "fair")):
        other = somebody()
        stage.looks_like("gone quiet in trouble", other)
        stage.silent_since(other, days, condition)


def _locked_in(stage: Stage, somebody: _Somebody) -> None:
    one = somebody()
    stage.is_true("locked in", one)
    if stage.rng.random() >= SILENT:
        stage.answers(one, "may_go_out", "no")
        stage.answers(one, "phone_hours", "taken")
        if stage.rng.random() < 0.5:
            stage.answers(one, "day_off", "never")
    other = somebody()
    stage.looks_like("locked in", other)
    stage.answers(other, "day_off", "never")
    stage.answers(other, "may_go_out", "asked")


def _worked_too_hard(stage: Stage, somebody: _Somebody) -> None:
    one, rng = somebody(), stage.rng
    stage.is_true("worked too hard", one)
    if rng.random() >= SILENT:
        stage.diary(
            one, _week(rng, 10.5, 14, rests=rng.choice((0, 1))) + _week(rng, 10, 13, rests=0)
        )
    other = somebody()
    stage.looks_like("worked too hard", other)
    stage.diary(other, _week(rng, 9, 9.8) + _week(rng, 8, 9))


def _low(stage: Stage, somebody: _Somebody) -> None:
    one, rng = somebody(), stage.rng
    stage.is_true("low", one)
    if rng.random() >= SILENT:
        stage.answers(one, "interest", rng.choice(("most_days", "daily")))
        stage.answers(one, "low_mood", rng.choice(("some_days", "most_days", "daily")))
    other = somebody()
    stage.looks_like("low", other)
    stage.answers(other, "interest", "most_days")
    stage.answers(other, "low_mood", "never")


def _bad_employer(stage: Stage, agencies: Sequence[UUID]) -> None:
    """Places where most are in trouble; one large place with the usual few; households of one."""
    rng = stage.rng
    for n in range(6):
        employer = stage.employer(f"Buruk {n}")
        stage.is_true("bad employer", employer)
        for k in range(12):
            one = stage.life(employer, rng.choice(agencies))
            if k < 10:
                stage.answers(one, "passport_keeper", "employer")
                stage.is_true("passport taken", one)
            else:
                _ordinary(stage, one)
    large = stage.employer("Besar")
    stage.looks_like("bad employer", large)
    for k in range(80):
        one = stage.life(large, rng.choice(agencies))
        if k < 6:
            stage.wage_of(one, 2, state="not_yet")
            stage.is_true("not paid", one)
        else:
            _ordinary(stage, one)
    for n in range(5):
        home = stage.employer(f"Rumah {n}")
        stage.looks_like("bad employer", home)
        one = stage.life(home, rng.choice(agencies))
        stage.answers(one, "passport_keeper", "employer")
        stage.is_true("passport taken", one)


def _early_returns(stage: Stage, employers: Sequence[UUID]) -> None:
    """Agencies whose people come back soon, among others whose people seldom do."""
    rng = stage.rng
    for n in range(14):
        agency, bad = new_id(), n < 3
        (stage.is_true if bad else stage.looks_like)("sent back early", agency)
        for _ in range(30):
            days = rng.randint(250, 600)
            one = stage.life(rng.choice(employers), agency, days=days, state="arrived")
            if rng.random() < (0.45 if bad else 0.05):
                stage.rows[Employment].pop()
                placement = stage.rows[Placement][-1]
                state = stage.rows[WorkerState][-1]
                terms = stage.rows[ContractTerms][-1]
                assert isinstance(placement, Placement)
                assert isinstance(state, WorkerState)
                assert isinstance(terms, ContractTerms)
                placement.state = "ended"
                placement.ended_on = one.arrived + timedelta(days=rng.randint(20, 150))
                state.stage, state.employer_id, terms.live = "after", None, False


def _more_sent_than_found(stage: Stage, agencies: Sequence[UUID]) -> None:
    """Job orders of whom few are found at work, beside those that are as they say."""
    partner = ForeignAgency(number="AG-S1", name="Contoh", country=COUNTRY, is_demo=True)
    stage.rows[ForeignAgency].append(partner)
    when = stage.at(stage.on - timedelta(days=500))
    agreement = Agreement(
        number="PKP-S1", partner=partner, quota=1_000, valid_from=stage.on - timedelta(days=500),
        valid_to=stage.on + timedelta(days=500), submitted_at=when, since=when,
        submitted_by=new_id(), is_demo=True, **stage.scope(agencies[0]),
    )  # fmt: skip
    stage.rows[Agreement].append(agreement)
    for n in range(16):
        employer, bad = stage.employer(f"Pesanan {n}"), n < 6
        elsewhere = stage.employer(f"Lain {n}")
        (stage.is_true if bad else stage.looks_like)("sent elsewhere", employer)
        stage.count += 1
        order = JobOrder(
            number=f"SP-S{stage.count:06}", agreement=agreement, employer_id=employer,
            employer_name="Contoh", employer_kind="company", dest_region=REGION, sector=SECTOR,
            quota=10, valid_to=stage.on + timedelta(days=100), submitted_at=when, since=when,
            submitted_by=new_id(), is_demo=True, **stage.scope(agencies[0]),
        )  # fmt: skip
        stage.rows[JobOrder].append(order)
        for k in range(10):
            stage.life(employer, agencies[0], days=stage.rng.randint(120, 300))
            placement, state = stage.rows[Placement][-1], stage.rows[WorkerState][-1]
            assert isinstance(placement, Placement)
            assert isinstance(state, WorkerState)
            placement.job_order_id = order.id
            # A lawful change of employer or two happens everywhere.
            if k < (8 if bad else 2):
                state.employer_id = elsewhere


def _failed_departures(stage: Stage, employers: Sequence[UUID]) -> None:
    rng = stage.rng
    for n in range(10):
        agency, bad = new_id(), n < 3
        (stage.is_true if bad else stage.looks_like)("never sent off", agency)
        for k in range(16):
            stuck = k < (9 if bad else 2)
            one = stage.life(
                rng.choice(employers), agency, days=60, state="cleared" if stuck else "arrived"
            )
            if stuck:
                state = stage.rows[WorkerState][-1]
                assert isinstance(state, WorkerState)
                state.stage, state.employer_id = "before", None
                assert one.arrived is not None


def _coached(stage: Stage, somebody: _Somebody) -> None:
    """Batches that answer alike on one device; a help desk, and a telephone that a dormitory shares."""
    rng = stage.rng
    asked = (("passport_keeper", "me"), ("may_go_out", "yes"), ("day_off", "weekly"), ("wage_cut", "none"))  # fmt: skip
    for n in range(5):
        device = f"coached{n}"
        stage.planted.devices.add(device)
        for k in range(rng.randint(7, 18)):
            one = somebody()
            for question, answer in asked:
                stage.answers(one, question, answer, days=5, device=device, hour=4, minute=k * 2)
    for k in range(14):
        one = somebody()
        for question, answer in asked:
            stage.answers(one, question, answer, days=5, device="desk", hour=4, minute=k * 2)
        stage.answers(one, "beside_you", "desk", days=5, device="desk", hour=4, minute=k * 2)
    for k in range(10):
        one = somebody()
        for question, _answer in asked:
            choices = [
                each.code for each in questions().questions[question].answers if not each.amber
            ]
            stage.answers(
                one, question, rng.choice(choices), days=3 + k, device="dormitory", hour=k, minute=7
            )


_ALONE: tuple[Callable[[Stage, _Somebody], None], ...] = (
    _passport_taken,
    _not_paid,
    _paid_too_little,
    _wage_cut,
    _deep_in_debt,
    _charged_too_much,
    _contract_swapped,
    _lost_on_the_way,
    _gone_quiet,
    _locked_in,
    _worked_too_hard,
    _low,
)
