"""Everything asked about the help around a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from lindung.access.actors import Actor, Kind
from lindung.assistance.lifecycles import ClaimState
from lindung.assistance.models import (
    Appointment,
    Claim,
    Interpreter,
    Letter,
    Payment,
    Referral,
    Service,
    Shelter,
    Stay,
)
from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound

_RUNNING = {ClaimState.RECKONED, ClaimState.FILED, ClaimState.AWARDED}


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim, what the worker has received on it, and what is told but not confirmed."""

    claim: Claim
    payments: Sequence[Payment]

    @property
    def had(self) -> Money:
        """What the worker says to have received."""
        return self._sum(True)

    @property
    def told(self) -> Money:
        """What somebody told of and the worker has not spoken about."""
        return self._sum(None)

    def _sum(self, word: bool | None) -> Money:
        amounts = (each.amount for each in self.payments if each.confirmed is word)
        return Money(sum(amounts, Decimal(0)), self.claim.currency)


@dataclass(frozen=True, slots=True)
class Help:
    """All the help on one case."""

    letters: list[Letter]
    claims: list[ClaimRow]
    referrals: list[Referral]
    stays: list[Stay]
    appointments: list[Appointment]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What cases brought back in one currency: claimed, and confirmed by workers."""

    currency: str
    claims: int
    claimed: Decimal
    had: Decimal


def help_on(case_id: UUID) -> Help:
    """The help on a case; the row policies leave what this actor may see."""
    return Help(
        letters=list(Letter.objects.filter(_of(case_id))),
        claims=claims_of(case_id),
        referrals=list(Referral.objects.filter(_of(case_id)).select_related("service")),
        stays=list(Stay.objects.filter(_of(case_id)).select_related("shelter")),
        appointments=list(Appointment.objects.filter(_of(case_id)).select_related("interpreter")),
    )


def claims_counted(case_id: UUID) -> tuple[int, int]:
    """How many claims of a case are not settled yet, and how many there are, of those in sight."""
    states = list(Claim.objects.filter(_of(case_id)).values_list("state", flat=True))
    return sum(each in _RUNNING for each in states), len(states)


def claims_of(case_id: UUID) -> list[ClaimRow]:
    """The claims of a case with their payments, oldest first."""
    payments: dict[UUID, list[Payment]] = {}
    for each in Payment.objects.filter(_of(case_id)):
        payments.setdefault(each.claim_id, []).append(each)
    claims = Claim.objects.filter(_of(case_id))
    return [ClaimRow(each, payments.get(each.id, ())) for each in claims]


def referrals_of(case_id: UUID) -> list[Referral]:
    """What of this case was handed on to whom, oldest first."""
    return list(Referral.objects.filter(_of(case_id)).select_related("service"))


def _of(case_id: UUID) -> Q:
    """Rows of a case, and of those that were merged into it."""
    return Q(case_id=case_id) | Q(case__merged_into=case_id)


def letter(letter_id: UUID) -> Letter:
    """One letter.

    Raises:
        NotFound: no such letter, or none this actor may see.
    """
    found = Letter.objects.filter(id=letter_id).select_related("case").first()
    if found is None:
        raise NotFound
    return found


def claim(claim_id: UUID) -> Claim:
    """One claim.

    Raises:
        NotFound: no such claim, or none this actor may see.
    """
    found = Claim.objects.filter(id=claim_id).select_related("case").first()
    if found is None:
        raise NotFound
    return found


def payments_to_confirm(worker_id: UUID) -> list[Payment]:
    """Money the worker has not spoken about yet."""
    waiting = Payment.objects.filter(worker_id=worker_id, confirmed__isnull=True)
    return list(waiting.select_related("claim"))


def services(actor: Actor) -> QuerySet[Service]:
    """Services that still help, as far as this actor's directory goes."""
    found = Service.objects.filter(ended_on__isnull=True)
    return found.filter(post_id__in=actor.posts) if actor.kind is Kind.POST else found


def interpreters(actor: Actor, *, language: str = "") -> QuerySet[Interpreter]:
    """Interpreters of the actor's posts, those of one language where one is named."""
    found = Interpreter.objects.filter(ended_on__isnull=True)
    if actor.kind is Kind.POST:
        found = found.filter(post_id__in=actor.posts)
    return found.filter(languages__contains=[language]) if language else found


def shelters(actor: Actor) -> list[tuple[Shelter, int]]:
    """Shelters of the actor's posts, each with how many beds are taken."""
    found = Shelter.objects.filter(closed_on__isnull=True)
    if actor.kind is Kind.POST:
        found = found.filter(post_id__in=actor.posts)
    houses = list(found)
    taken = dict(
        Stay.objects.filter(shelter__in=houses, left_on__isnull=True)
        .order_by()
        .values_list("shelter_id")
        .annotate(taken=Sum("beds"))
    )
    return [(each, taken.get(each.id, 0)) for each in houses]


def stay(stay_id: UUID) -> Stay:
    """One stay in a shelter.

    Raises:
        NotFound: none such, or none this actor may see.
    """
    found = Stay.objects.filter(id=stay_id).first()
    if found is None:
        raise NotFound
    return found


def staying(shelter_ids: Sequence[UUID]) -> list[Stay]:
    """Who is in these shelters now, longest first."""
    there = Stay.objects.filter(shelter_id__in=shelter_ids, left_on__isnull=True)
    return list(there.select_related("worker", "shelter", "case"))


def recovered(actor: Actor) -> list[Recovered]:
    """Per currency: how many claims, what was claimed, what workers say to have received."""
    claims, payments = Claim.objects.order_by(), Payment.objects.order_by()
    if actor.kind is Kind.POST:
        claims = claims.filter(post_id__in=actor.posts)
        payments = payments.filter(post_id__in=actor.posts)
    had = dict(
        payments.filter(confirmed=True).values_list("claim__currency").annotate(had=Sum("amount"))
    )
    rows = claims.values_list("currency").annotate(
        count=Count("id"), claimed=Sum("amount", filter=~Q(state="withdrawn"))
    )
    return [
        Recovered(currency, count, claimed or Decimal(0), had.get(currency, Decimal(0)))
        for currency, count, claimed in sorted(rows)
    ]
