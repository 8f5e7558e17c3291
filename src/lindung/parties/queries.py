"""Everything asked about parties: standing of a licence, known problems, the public look-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Q, QuerySet

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound
from lindung.parties.lifecycles import ProblemState
from lindung.parties.models import (
    AgencyStanding,
    ForeignAgency,
    LicenceAct,
    PartyHearing,
    PartyKind,
    Premises,
    ProblemEntry,
    ProblemOverride,
    Provider,
    PublishedProblem,
    Weight,
)
from lindung.parties.refusals import (
    AgencyExpired,
    AgencyNotAble,
    AgencyNotYet,
    AgencyRevoked,
    AgencySuspended,
    AgencyUnknown,
    KnownProblem,
)
from lindung.registry.lifecycles import LicenceState
from lindung.registry.models import Agency, Employer
from lindung.regulations.lawbook import IN_FORCE, DatedValue, Provision
from lindung.regulations.verdicts import MEETS, NEEDS_CHECK, Outcome, Verdict, check

PAGE = 50
Company = TypeVar("Company", Agency, ForeignAgency, Provider)

PAID_CAPITAL = Provision("id.agency.paid_capital", unit="IDR")
DEPOSIT = Provision("id.agency.deposit", unit="IDR")
PREMISES_LEASE = Provision("id.agency.premises_lease", unit="years")
LICENCE_TERM = Provision("id.agency.licence_term", unit="years")
REPLY_DAYS = Provision("id.problem_list.reply_days", unit="days")

# Days of a year on average, to tell how long a licence runs; a measure, no rule.
_YEAR = Decimal("365.2425")


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule says of an agency on a day.

    Attributes:
        outcome: ``meets``, ``breaks`` or ``needs_check``.
        reason: why it needs a check, a code of ``regulations.sentences``; empty where it does not.
        found: what was found; ``None`` where nothing was.
        verdict: the whole comparison, where something could be compared.
        law: the rule on that day, with articles and sources.
    """

    law: DatedValue
    outcome: Outcome
    reason: str
    found: Decimal | str | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """An agency's licence on a day, as anybody may know it.

    Attributes:
        state: on that day; ``expired`` once its last day has passed.
        obstacle: why it allows placing nobody, as the refusal that says so; ``None``: it allows it.
    """

    agency: Agency
    on: date
    state: LicenceState
    licensed_from: date
    licensed_to: date
    obstacle: type[AgencyNotAble] | None

    @property
    def able(self) -> bool:
        """Whether the licence allows placing on that day."""
        return self.obstacle is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agency stands on a day, for those who supervise it.

    Attributes:
        rules: capital, deposit, premises and term, in this order.
        means: what was last found of its means by that day; ``None``: nothing.
    """

    licence: Licence
    rules: tuple[RuleOutcome, ...]
    means: AgencyStanding | None


_OBSTACLES: dict[LicenceState, type[AgencyNotAble]] = {
    LicenceState.SUSPENDED: AgencySuspended,
    LicenceState.REVOKED: AgencyRevoked,
    LicenceState.EXPIRED: AgencyExpired,
}


def agency(agency_id: UUID) -> Agency:
    """One agency.

    Raises:
        NotFound: no such agency.
    """
    found = Agency.objects.filter(id=agency_id).first()
    if found is None:
        raise NotFound
    return found


def licence(agency: Agency, *, on: date) -> Licence:
    """An agency's licence on a day, also a past one: by the acts up to that day."""
    state, start, end = _licence_on(agency, on)
    obstacle = _OBSTACLES.get(state) or (AgencyNotYet if on < start else None)
    return Licence(
        agency=agency,
        on=on,
        state=state,
        licensed_from=start,
        licensed_to=end,
        obstacle=obstacle,
    )


def standing(agency: Agency, *, on: date) -> Standing:
    """How an agency stands on a day, also a past one.

    The licence decides whether it is able; rules that break or need a check are for the ministry,
    which acts by warning, suspending or revoking.
    """
    held = licence(agency, on=on)
    means = AgencyStanding.objects.filter(agency=agency, found_on__lte=on).last()
    return Standing(held, _rules(means, held.licensed_from, held.licensed_to, on), means)


def require_able_agency(agency_id: UUID, *, on: date) -> None:
    """Stop where an agency may place nobody on that day.

    Raises:
        AgencyNotAble: with a subclass for each reason: unknown, suspended, revoked, expired, or a
            licence that begins later. Its facts name the agency and the licence's last day.
    """
    found = Agency.objects.filter(id=agency_id).first()
    if found is None:
        raise AgencyUnknown
    held = licence(found, on=on)
    if held.obstacle is not None:
        raise held.obstacle(
            agency=found.number, name=found.name, licensed_to=held.licensed_to.isoformat()
        )


def require_no_problem(*, subjects: Sequence[UUID], on: date) -> None:
    """Stop where one of these parties is on the problem list on that day.

    Asked as our robot: what stands in the list holds for every office, also where that office may
    not read the file, and the refusal names entries by number only. Entries that only warn, have
    expired or were set aside with a reason do not stop.

    Args:
        subjects: ids of employers, partners, agencies or providers.

    Raises:
        KnownProblem: naming each entry that counts.
    """
    if not subjects:
        return
    with acting_as(ROBOT):
        counting = in_force(subjects=subjects, on=on).filter(weight=Weight.BLOCKS)
        aside = ProblemOverride.objects.filter(
            subject__in=list(subjects), valid_from__lte=on, valid_to__gte=on
        ).values("entry_id")
        numbers = list(counting.exclude(id__in=aside).values_list("number", flat=True))
    if numbers:
        raise KnownProblem(entries=sorted(numbers))


def in_force(*, subjects: Sequence[UUID], on: date) -> QuerySet[ProblemEntry]:
    """Entries that count against these parties on a day, among those the actor may read."""
    return ProblemEntry.objects.filter(
        subject__in=list(subjects),
        state=str(ProblemState.PUBLISHED),
        published_on__lte=on,
        expires_on__gte=on,
    )


def published_against(subject: UUID, *, on: date) -> list[PublishedProblem]:
    """What anybody may read against a company on a day."""
    return list(
        PublishedProblem.objects.filter(
            subject=subject, published_on__lte=on, expires_on__gte=on, lifted_on__isnull=True
        )
    )


def published(*, on: date, party: str = "") -> list[PublishedProblem]:
    """The published list on a day, the newest first, at most fifty and one that tells of a next."""
    found = PublishedProblem.objects.filter(
        published_on__lte=on, expires_on__gte=on, lifted_on__isnull=True
    )
    if party:
        found = found.filter(party=party)
    return list(found[: PAGE + 1])


def entries(actor: Actor, *, before: UUID | None = None) -> list[ProblemEntry]:
    """Files in scope, the newest first, below ``before``; one more tells of a next."""
    query = ProblemEntry.objects.select_related("employer", "partner", "recruiter", "provider")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    if before is not None:
        query = query.filter(id__lt=before)
    return list(query[: PAGE + 1])


def entry(entry_id: UUID) -> ProblemEntry:
    """One file.

    Raises:
        NotFound: no such file, or none this actor may see.
    """
    found = (
        ProblemEntry.objects.select_related("employer", "partner", "recruiter", "provider")
        .filter(id=entry_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def hearings(actor: Actor) -> list[PartyHearing]:
    """What the actor's agency was told of, those it may still answer first, at most fifty."""
    query = PartyHearing.objects.filter(agency_id=actor.agency)
    return list(query.order_by(F("closed_on").desc(nulls_first=True), "-told_on", "-pk")[:PAGE])


def open_hearings(actor: Actor) -> QuerySet[PartyHearing]:
    """Those that the actor's agency may still answer."""
    return PartyHearing.objects.filter(agency_id=actor.agency, closed_on__isnull=True)


def hearing(entry_id: UUID) -> PartyHearing:
    """What an agency was told of a file, and its answer.

    Raises:
        NotFound: no such file, or one the actor may not know of.
    """
    found = hearing_of(entry_id)
    if found is None:
        raise NotFound
    return found


def hearing_of(entry_id: UUID) -> PartyHearing | None:
    """The same; nothing where the party is no agency or was not told yet."""
    return PartyHearing.objects.filter(entry_id=entry_id).first()


def overrides_of(entry_id: UUID) -> list[ProblemOverride]:
    """Decisions to go on in spite of an entry, the newest first."""
    return list(ProblemOverride.objects.filter(entry_id=entry_id))


def party_of(found: ProblemEntry) -> Employer | ForeignAgency | Agency | Provider:
    """The party an entry is about; the database holds that there is exactly one."""
    party = found.employer or found.partner or found.recruiter or found.provider
    if party is None:
        raise NotFound
    return party


def acts_of(agency_id: UUID) -> list[LicenceAct]:
    """What was decided on a licence, the newest first."""
    return list(LicenceAct.objects.filter(agency_id=agency_id).order_by("-on", "-id"))


def agencies(*, text: str = "", after: UUID | None = None) -> list[Agency]:
    """Agencies by name, behind the one with the id ``after``; one more tells of a next.

    Args:
        text: the beginning of a name, or a whole number of the agency or its licence.
    """
    query = Agency.objects.order_by("name", "id")
    if text:
        query = _by_words(query, text)
    return list(_behind(query, after)[: PAGE + 1])


def partners(
    *, text: str = "", after: UUID | None = None, country: str = ""
) -> list[ForeignAgency]:
    """Partners abroad by name, behind the one with the id ``after``; one more tells of a next."""
    query = ForeignAgency.objects.order_by("name", "id")
    if country:
        query = query.filter(country=country)
    if text:
        query = query.filter(name__istartswith=text.strip())
    return list(_behind(query, after)[: PAGE + 1])


def partner(partner_id: UUID) -> ForeignAgency:
    """One partner abroad.

    Raises:
        NotFound: no such partner.
    """
    found = ForeignAgency.objects.filter(id=partner_id).first()
    if found is None:
        raise NotFound
    return found


def providers(*, text: str = "", after: UUID | None = None, kind: str = "") -> list[Provider]:
    """Providers by name, behind the one with the id ``after``; one more tells of a next."""
    query = Provider.objects.order_by("name", "id")
    if kind:
        query = query.filter(kind=kind)
    if text:
        query = query.filter(name__istartswith=text.strip())
    return list(_behind(query, after)[: PAGE + 1])


def provider(provider_id: UUID) -> Provider:
    """One provider.

    Raises:
        NotFound: no such provider.
    """
    found = Provider.objects.filter(id=provider_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class LookUp:
    """The public's answer about one agency.

    Attributes:
        answer: ``valid``, ``not_valid`` or ``could_not_tell``.
        licence: where exactly one agency was meant.
        candidates: agencies that may be meant, where there are several.
    """

    answer: str
    licence: Licence | None = None
    candidates: tuple[Agency, ...] = ()


def look_up(text: str, *, on: date) -> LookUp:
    """Whether an agency's licence is valid, for anybody who knows its name or a number.

    Three letters at least; never a list of all.
    """
    words = text.strip()
    if len(words) < 3:
        return LookUp("could_not_tell")
    found = list(_by_words(Agency.objects.order_by("name", "id"), words)[:11])
    exact = [
        each
        for each in found
        if words.casefold() in {each.name.casefold(), each.number.casefold()}
        or words.casefold() == each.licence_number.casefold()
    ]
    if len(exact) == 1 or len(found) == 1:
        said = licence((exact or found)[0], on=on)
        return LookUp("valid" if said.able else "not_valid", said)
    return LookUp("could_not_tell", candidates=tuple(found[:10]))


def _behind(query: QuerySet[Company], after: UUID | None) -> QuerySet[Company]:
    """The rows behind one of the list; all of them where there is no such row."""
    last = None if after is None else query.model._default_manager.filter(id=after).first()
    if last is None:
        return query
    return query.filter(Q(name__gt=last.name) | Q(name=last.name, id__gt=last.id))


def _by_words(query: QuerySet[Agency], text: str) -> QuerySet[Agency]:
    words = text.strip()
    numbered = query.filter(number__iexact=words) | query.filter(licence_number__iexact=words)
    return numbered | query.filter(name__istartswith=words)


def _licence_on(agency: Agency, on: date) -> tuple[LicenceState, date, date]:
    """State and period of a licence on a day: what the first act after it found, else today's."""
    later = LicenceAct.objects.filter(agency=agency, on__gt=on).first()
    if later is None:
        state = LicenceState(agency.licence_state)
        start, end = agency.licensed_from, agency.licensed_to
    elif later.was and later.was_from and later.was_to:
        state, start, end = LicenceState(later.was), later.was_from, later.was_to
    else:
        # Before the first licence there was none; it begins later.
        return LicenceState.VALID, later.now_from, later.now_to
    if end < on and state is not LicenceState.REVOKED:
        state = LicenceState.EXPIRED
    return state, start, end


def _rules(
    means: AgencyStanding | None, start: date, end: date, on: date
) -> tuple[RuleOutcome, ...]:
    # A term counts by the law of the day the licence began, as it was given then.
    years = (Decimal((end - start).days) / _YEAR).quantize(Decimal("0.1"))
    return (
        _outcome(PAID_CAPITAL, means.paid_capital if means else None, on),
        _outcome(DEPOSIT, means.deposit if means else None, on),
        _premises(means, on),
        _outcome(LICENCE_TERM, years, start),
    )


def _premises(means: AgencyStanding | None, on: date) -> RuleOutcome:
    if means is None or means.premises == Premises.LEASED:
        return _outcome(PREMISES_LEASE, means.lease_years if means else None, on)
    # One's own office fulfils the rule whatever the number, where the rule is confirmed.
    said = PREMISES_LEASE.on(on)
    outcome = MEETS if said.outcome == IN_FORCE else NEEDS_CHECK
    return RuleOutcome(said, outcome, said.reason, str(means.premises))


def _outcome(rule: Provision, found: Decimal | None, on: date) -> RuleOutcome:
    said = rule.on(on)
    if found is None:
        return RuleOutcome(said, NEEDS_CHECK, "nothing_found", None)
    verdict = check(rule.rule(), found, on=on)
    reason = verdict.reason if verdict.outcome == NEEDS_CHECK else ""
    return RuleOutcome(said, verdict.outcome, reason, found, verdict)


_PARTY_TABLES: dict[PartyKind, type[Employer | ForeignAgency | Agency | Provider]] = {
    PartyKind.EMPLOYER: Employer,
    PartyKind.PARTNER: ForeignAgency,
    PartyKind.AGENCY: Agency,
    PartyKind.PROVIDER: Provider,
}


def party_id(party: PartyKind, number: str) -> UUID:
    """The id of a party by its public number.

    Raises:
        NotFound: no such party, or none this actor may see.
    """
    found = _PARTY_TABLES[party].objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise NotFound
    return found.id
