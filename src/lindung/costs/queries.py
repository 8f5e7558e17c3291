"""Everything asked about money before departure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet, Sum

from lindung.access.actors import Actor, Kind
from lindung.costs import burden, ceilings, ledger
from lindung.costs.components import asked
from lindung.costs.gathering import gathered
from lindung.costs.lifecycles import AskingState, EntryState, OverchargeState, RefundState
from lindung.costs.models import (
    WORKERS_MONEY,
    Asking,
    Capture,
    Charge,
    CostRatio,
    Loan,
    Moment,
    Overcharge,
    Refund,
)
from lindung.costs.ratio import FEWEST, HIDDEN, Spread, spread
from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound
from lindung.placement.models import Placement
from lindung.reference.queries.money import NoPublishedRate, convert

_MOMENTS = (Moment.BEFORE, Moment.ARRIVED, Moment.RETURNED)


def placement_by(key: str) -> Placement:
    """A placement by its id or its public number.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    try:
        query = Placement.objects.filter(id=UUID(key))
    except ValueError:
        query = Placement.objects.filter(number=key.upper())
    if (found := query.select_related("worker").first()) is None:
        raise NotFound
    return found


def charge(charge_id: UUID) -> Charge:
    """One charge.

    Raises:
        NotFound: no such charge, or none this actor may see.
    """
    found = Charge.objects.filter(id=charge_id).select_related("placement").first()
    if found is None:
        raise NotFound
    return found


def charge_by_number(number: str) -> Charge:
    """One charge by its public number; raises as :func:`charge` does."""
    found = Charge.objects.filter(number=number.upper()).select_related("placement").first()
    if found is None:
        raise NotFound
    return found


def refund(refund_id: UUID) -> Refund:
    """One refund with its charge; raises as :func:`charge` does."""
    found = Refund.objects.filter(id=refund_id).select_related("charge").first()
    if found is None:
        raise NotFound
    return found


def ledger_of_worker(worker_id: UUID) -> list[ledger.Entry]:
    """All that one person paid, oldest first, each judged for counting within its placement."""
    found: list[ledger.Entry] = []
    rows = list(Charge.objects.filter(worker_id=worker_id))
    for placement_id in dict.fromkeys(each.placement_id for each in rows):
        found += ledger.entries(each for each in rows if each.placement_id == placement_id)
    return found


@dataclass(frozen=True, slots=True)
class Account:
    """The money of one placement, as far as this actor sees it.

    Attributes:
        judged: what the law says of the charges that count; breaches first.
        loans, burden: without loans for a recruiter, who has no part in them.
        captures: every answer, oldest first; overcharges: with their history, open ones first;
            ratio: as it is kept. A recruiter has none of the three.
    """

    entries: list[ledger.Entry]
    judged: tuple[ceilings.Judged, ...]
    loans: list[Loan]
    burden: burden.Burden
    captures: list[Capture]
    overcharges: list[Overcharge]
    ratio: CostRatio | None


def account(actor: Actor, placement: Placement, *, on: date) -> Account:
    """Everything of one placement that a page shows of it, each asked once.

    Args:
        on: the day of the practice that warns of debt; the law's days are those of payment.
    """
    entries = ledger.entries_of(placement.id)
    work = ledger.work_of(placement)
    wanted: dict[type[Model], Q] = {
        Loan: Q(state=EntryState.STANDS), Capture: Q(), Overcharge: Q(), CostRatio: Q(),
    }  # fmt: skip
    found = gathered(placement.id, {} if actor.kind is Kind.AGENCY else wanted)
    loans = found.get(Loan, [])
    return Account(
        entries=entries,
        judged=ceilings.judge(ledger.counted(entries), work),
        loans=loans,
        burden=burden.burden(loans, work.wage, on=on),
        captures=found.get(Capture, []),
        overcharges=sorted(
            found.get(Overcharge, []), key=lambda each: each.state != OverchargeState.OPEN
        ),
        ratio=next(iter(found.get(CostRatio, [])), None),
    )


def loans_of_worker(worker_id: UUID) -> list[Loan]:
    """A person's loans that stand, whether or not a placement is opened."""
    return list(Loan.objects.filter(worker_id=worker_id, state=EntryState.STANDS))


def captures_of(placement_id: UUID) -> list[Capture]:
    """Every answer, oldest first."""
    return list(Capture.objects.filter(placement_id=placement_id))


def due_askings(worker_id: UUID, *, on: date) -> list[Asking]:
    """What a worker is asked now."""
    waiting = Asking.objects.filter(worker_id=worker_id, state=AskingState.WAITING, due_on__lte=on)
    return list(waiting.select_related("placement"))


@dataclass(frozen=True, slots=True)
class Gap:
    """What one component was said to cost at each moment, by the newest answer of each.

    Attributes:
        said: moment → the answer, as it was given; moments without one are left out.
        more: how much more was told after arrival or on return than before departure, in the
            currency of the first answer; None where there is nothing to compare or no rate.
    """

    component: str
    said: dict[str, Money]
    more: Money | None


def gaps(captures: Iterable[Capture]) -> list[Gap]:
    """Component by component, what was told at home beside what was told afterwards.

    An answer in another currency is exchanged at the day it was given.
    """
    newest: dict[str, Capture] = {}
    for each in captures:
        newest[each.moment] = each
    found = []
    for component in asked():
        said = {
            str(moment.value): Money(
                Decimal(newest[moment].lines[component]), newest[moment].currency
            )
            for moment in _MOMENTS
            if moment in newest and component in newest[moment].lines
        }
        if said:
            found.append(Gap(component, said, _more(said, newest)))
    return found


def _more(said: dict[str, Money], newest: dict[str, Capture]) -> Money | None:
    home = said.get(Moment.BEFORE)
    later = [(moment, said[moment]) for moment in _MOMENTS[1:] if moment in said]
    if home is None or not later:
        return None
    try:
        told = max(
            convert(amount, home.currency, newest[moment].answered_on).exact
            for moment, amount in later
        )
    except NoPublishedRate:
        return None
    return Money(max(told - home.amount, Decimal(0)), home.currency)


# -- overview -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paid:
    """What workers of one corridor paid for one component in one currency, before refunds."""

    country: str
    component: str
    charges: int
    people: int
    total: Money


@dataclass(frozen=True, slots=True)
class GapOf:
    """One corridor's gap in one component; hidden where fewer people answered twice than may be shown.

    Attributes:
        answered: people who answered at home and afterwards.
        said_more: how many of them told of more afterwards.
        median: of the difference of those who told of more, per currency of their first answer.
    """

    country: str
    component: str
    answered: int | None
    said_more: int | None
    median: tuple[Money, ...]


def paid_by_corridor(actor: Actor, *, since: date | None = None) -> list[Paid]:
    """Sums of what workers and families paid, by corridor, component and currency, largest first.

    The money stays in the currency it was paid in: a sum over years has no one rate.
    """
    query = _mine(actor, Charge.objects.filter(state=EntryState.STANDS, payer__in=WORKERS_MONEY))
    if since is not None:
        query = query.filter(paid_on__gte=since)
    rows = query.values("country", "component", "currency").annotate(
        n=Count("id"), people=Count("worker_id", distinct=True), total=Sum("amount")
    )
    return [
        Paid(
            row["country"],
            row["component"],
            row["n"],
            row["people"],
            Money(row["total"], row["currency"]),
        )
        for row in rows.order_by("country", "component", "currency")
    ]


def overcharges_by_rule(actor: Actor) -> list[dict[str, Any]]:
    """Country and rule → how many overcharges are open and how many were made good."""
    query = _mine(actor, Overcharge.objects.all())
    counted = query.values("country", "rule").annotate(
        open=Count("id", filter=Q(state=OverchargeState.OPEN)),
        cleared=Count("id", filter=Q(state=OverchargeState.CLEARED)),
    )
    return list(counted.order_by("-open", "country", "rule"))


def open_overcharges(actor: Actor) -> QuerySet[Overcharge]:
    """Overcharges that still are to be made good, the oldest first, with person and placement."""
    query = _mine(actor, Overcharge.objects.filter(state=OverchargeState.OPEN))
    return query.select_related("placement", "worker").order_by("opened_on", "id")


def declared(actor: Actor) -> QuerySet[Charge]:
    """What this actor's office sees of charges, the newest first, with person and placement."""
    query = _mine(actor, Charge.objects.filter(state=EntryState.STANDS))
    return query.select_related("placement", "worker").order_by("-paid_on", "-id")


def claimed_refunds(actor: Actor) -> QuerySet[Refund]:
    """Refunds that nobody on the worker's side has confirmed yet, the oldest first."""
    query = _mine(actor, Refund.objects.filter(state=RefundState.CLAIMED))
    return query.select_related("charge", "charge__placement", "worker").order_by("on", "id")


GROUPS = ("sex", "occupation", "country")


@dataclass(frozen=True, slots=True)
class Indicator:
    """SDG 10.7.1 as it is published: the whole, and by sex, occupation and corridor.

    Attributes:
        groups: group → value → spread; a hidden spread has too few people.
        left_out: why → people without a ratio.
    """

    whole: Spread
    groups: dict[str, dict[str, Spread]]
    left_out: dict[str, int]


def indicator(actor: Actor, *, since: date | None = None, until: date | None = None) -> Indicator:
    """Recruitment cost in months of earnings of those who left between two days.

    One ratio a person: that of the newest job with both costs and earnings. Groups of fewer than
    five are hidden; where one alone would be, the next smallest is hidden too, so that it cannot be
    reckoned from the whole.
    """
    query = _mine(actor, CostRatio.objects.filter(departed_on__isnull=False))
    if since is not None:
        query = query.filter(departed_on__gte=since)
    if until is not None:
        query = query.filter(departed_on__lte=until)
    newest: dict[UUID, tuple[Any, ...]] = {}
    missing: dict[UUID, str] = {}
    columns = ("worker_id", "ratio", "missing", *GROUPS)
    for row in query.order_by("departed_on", "placement_id").values_list(*columns).iterator():
        if row[1] is None:
            missing[row[0]] = row[2]
        else:
            newest[row[0]] = row
    left_out: dict[str, int] = defaultdict(int)
    for worker_id, why in missing.items():
        if worker_id not in newest:
            left_out[why] += 1
    groups = {}
    for place, name in enumerate(GROUPS, 3):
        ratios: dict[str, list[Decimal]] = defaultdict(list)
        for row in newest.values():
            ratios[row[place]].append(row[1])
        groups[name] = _published(ratios)
    return Indicator(spread(row[1] for row in newest.values()), groups, dict(left_out))


def _published(ratios: dict[str, list[Decimal]]) -> dict[str, Spread]:
    small = [name for name, rows in ratios.items() if len(rows) < FEWEST]
    hidden = set(small)
    if len(small) == 1 and len(ratios) > 1:
        hidden.add(min((n for n in ratios if n not in hidden), key=lambda n: (len(ratios[n]), n)))
    return {
        name: HIDDEN if name in hidden else spread(rows) for name, rows in sorted(ratios.items())
    }


def gap_by_corridor(actor: Actor) -> list[GapOf]:
    """What was not told at home, by corridor and component; small groups hidden."""
    query = _mine(actor, Capture.objects.all())
    by_placement: dict[UUID, list[Capture]] = defaultdict(list)
    for each in query.order_by("answered_on", "id").iterator():
        by_placement[each.placement_id].append(each)
    compared: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for rows in by_placement.values():
        for each in gaps(rows):
            if each.more is not None:
                compared[rows[-1].country, each.component].append(each.more)
    return [
        GapOf(country, component, None, None, ())
        if len(more) < FEWEST
        else GapOf(country, component, len(more), sum(bool(each) for each in more), _medians(more))
        for (country, component), more in sorted(compared.items())
    ]


def _medians(more: Iterable[Money]) -> tuple[Money, ...]:
    by_currency: dict[str, list[Decimal]] = defaultdict(list)
    for each in more:
        if each:
            by_currency[each.currency].append(each.amount)
    return tuple(
        Money(sorted(amounts)[len(amounts) // 2], currency).rounded()
        for currency, amounts in sorted(by_currency.items())
        if len(amounts) >= FEWEST
    )


def _mine(actor: Actor, query: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows the policies give, named so that the scope's index serves."""
    match actor.kind:
        case Kind.POST:
            return query.filter(post_id__in=actor.posts)
        case Kind.AGENCY:
            return query.filter(agency_id=actor.agency)
        case Kind.OFFICE:
            return query.filter(region__in=actor.regions)
    return query
