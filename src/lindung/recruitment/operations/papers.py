"""Agreements and job orders: submitted, checked, endorsed by another, returned, ended, expired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.jurisdictions import post_in_charge
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.money import Money
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.recruitment import partners, queries, vocabulary
from lindung.recruitment.events import (
    AgreementSubmitted,
    JobOrderSubmitted,
    PaperChecked,
    PaperEnded,
    PaperEndorsed,
    PaperExpired,
    PaperRefused,
    PaperReturned,
    PaperSubmittedAgain,
    PermitDenied,
)
from lindung.recruitment.lifecycles import (
    OVERRIDE,
    PAPER,
    PERMIT,
    OverrideState,
    PaperState,
    PermitState,
)
from lindung.recruitment.models import Agreement, JobOrder, Override, RecruitmentPermit
from lindung.recruitment.operations.parts import (
    locked_agreement,
    locked_order,
    locked_paper,
    move,
    quota_back,
    reasoned,
)
from lindung.recruitment.operations.refusals import ChecksFail, OrderClosed, QuotaFull, SameEyes
from lindung.registry.models import Employer

# How the places of money are said in a wage; a day, not a law.
WAGE_PER = ("hour", "day", "month")


@operation(Right.PAPER_SUBMIT)
def submit_agreement(
    actor: Actor,
    *,
    partner_id: UUID,
    country: str,
    valid_from: date,
    valid_to: date,
    quota: int,
    at: datetime,
    on: date,
    paper_number: str = "",
    is_demo: bool = False,
) -> Agreement:
    """Hand in an agreement with a foreign partner for the post's endorsement.

    Args:
        country: ISO 3166-1 alpha-2, where the partner works.
        quota: places that may be endorsed under it.
    Raises:
        NotAllowed: the actor acts for no recruiter.
        Incomplete: no such partner there, an empty period, or no place.
        Refusal: the recruiter's licence does not stand (``parties``).
    """
    agency = _own_agency(actor, on)
    wrong = _period(valid_from, valid_to, on) | _quota(quota)
    if not partners.works_in(partner_id, country):
        wrong["partner_id"] = "Pilih mitra usaha yang bekerja di negara itu."
    if wrong:
        raise Incomplete(fields=wrong)
    post = post_in_charge(country, on=on)
    made = Agreement(
        number=next_number(Series.AGREEMENT, on=on),
        partner_id=partner_id,
        valid_from=valid_from,
        valid_to=valid_to,
        quota=quota,
        paper_number=paper_number,
        submitted_at=at,
        submitted_by=actor.id,
        since=at,
        due_at=vocabulary.due("endorse", at, post),
        post_id=post,
        agency_id=agency,
        country=country,
        is_demo=is_demo,
    )
    made.save(force_insert=True)
    record(
        AgreementSubmitted(number=made.number, partner=partner_id, quota=quota),
        actor=actor,
        about=made,
    )
    return made


@operation(Right.PAPER_SUBMIT)
def submit_order(
    actor: Actor,
    agreement_id: UUID,
    *,
    given: Mapping[str, Any],
    at: datetime,
    on: date,
    is_demo: bool = False,
) -> JobOrder:
    """Hand in an employer's request for workers under an agreement in force.

    Args:
        given: ``employer_name``, ``employer_kind`` (company, household), ``employer_number``,
            ``dest_region`` (ISO 3166-2), ``sector``, ``occupation`` (ISCO-08, 4 digits),
            ``paper_number``, ``quota``, ``quota_female``, ``quota_male``,
            ``wage`` (``{"amount", "currency", "per"}``, per hour, day or month),
            ``documents`` (code → number), ``valid_to``.
    Raises:
        NotFound: no such agreement, or none this actor may see.
        OrderClosed: the agreement is not in force.
        Incomplete: names what is missing or does not add up.
    """
    agency = _own_agency(actor, on)
    parent = locked_agreement(agreement_id)
    if parent.state != PaperState.ENDORSED or not parent.valid_from <= on <= parent.valid_to:
        raise OrderClosed
    values = order_values(given, on)
    post = post_in_charge(
        parent.country, region=values["dest_region"], sector=values["sector"], on=on
    )
    made = JobOrder(
        number=next_number(Series.JOB_ORDER, on=on),
        agreement=parent,
        submitted_at=at,
        submitted_by=actor.id,
        since=at,
        due_at=vocabulary.due("endorse", at, post),
        post_id=post,
        agency_id=agency,
        country=parent.country,
        is_demo=is_demo,
        **values,
    )
    made.save(force_insert=True)
    record(
        JobOrderSubmitted(number=made.number, agreement=parent.id, quota=made.quota),
        actor=actor,
        about=made,
    )
    return made


@operation(Right.PAPER_SUBMIT)
def submit_again(
    actor: Actor,
    kind: str,
    paper_id: UUID,
    *,
    given: Mapping[str, Any],
    at: datetime,
    on: date,
) -> queries.Paper:
    """Hand in a returned paper again, repaired; its clock begins anew, its number stays.

    Args:
        given: for an order as in ``submit_order``; for an agreement ``valid_from``,
            ``valid_to``, ``quota``, ``paper_number``.
    Raises:
        NotFound, StepClosed, Incomplete: as the first time.
    """
    paper = locked_paper(kind, paper_id)
    PAPER.take("submit again", PaperState(paper.state))
    if isinstance(paper, JobOrder):
        values = order_values(given, on)
    else:
        values = {name: given[name] for name in ("valid_from", "valid_to", "quota")}
        values["paper_number"] = given.get("paper_number", "")
        wrong = _period(values["valid_from"], values["valid_to"], on) | _quota(values["quota"])
        if wrong:
            raise Incomplete(fields=wrong)
    for name, value in values.items():
        setattr(paper, name, value)
    paper.checked_by = None
    move(actor, paper, "submit again", at=at)
    record(PaperSubmittedAgain(number=paper.number), actor=actor, about=paper)
    return paper


@operation(Right.PAPER_CHECK)
def check_agreement(actor: Actor, agreement_id: UUID, *, at: datetime, on: date) -> Agreement:
    """The first pair of eyes on an agreement: what the checks said is kept with the signature.

    Raises:
        NotFound: none, or none this actor may see.
        StepClosed: it does not wait for a check.
    """
    paper = locked_agreement(agreement_id)
    _checked(actor, paper, at=at, on=on)
    return paper


@operation(Right.PAPER_CHECK)
def check_order(
    actor: Actor,
    order_id: UUID,
    *,
    at: datetime,
    on: date,
    employer_id: UUID | None = None,
) -> JobOrder:
    """The first pair of eyes on a job order, which is tied to an employer of the registry here.

    Args:
        employer_id: the employer; without it the one of the same number abroad, or of the same
            name, and else a new entry is made from what the order says.
    Raises:
        NotFound: no such order or employer, or none this actor may see.
        StepClosed: it does not wait for a check.
    """
    paper = locked_order(order_id)
    PAPER.take("check", PaperState(paper.state))
    paper.employer = _employer(paper, employer_id, on)
    _checked(actor, paper, at=at, on=on)
    return paper


@operation(Right.PAPER_ENDORSE)
def endorse(actor: Actor, kind: str, paper_id: UUID, *, at: datetime, on: date) -> queries.Paper:
    """The second pair of eyes: an agreement or a job order is endorsed.

    An order takes its places out of the agreement's quota, which is never exceeded.

    Raises:
        NotFound: none, or none this actor may see.
        StepClosed: it was not checked.
        SameEyes: the actor checked it.
        ChecksFail: a check does not pass and no exception stands.
        QuotaFull: the agreement has not so many places left.
    """
    paper = locked_paper(kind, paper_id)
    PAPER.take("endorse", PaperState(paper.state))
    if paper.checked_by == actor.id or paper.submitted_by == actor.id:
        raise SameEyes
    checks = queries.checks(actor, paper, on=on)
    if wrong := queries.failing(checks):
        raise ChecksFail(checks=[{"id": each.id, "title": each.title} for each in wrong])
    if isinstance(paper, JobOrder):
        # One statement: PostgreSQL looks again at a row that another endorsement just changed.
        had = Agreement.objects.filter(
            id=paper.agreement_id,
            state=PaperState.ENDORSED,
            endorsed__lte=F("quota") - paper.quota,
        ).update(endorsed=F("endorsed") + paper.quota)
        if not had:
            raise QuotaFull
    paper.endorsed_by, paper.endorsed_on = actor.id, on
    move(actor, paper, "endorse", at=at, checks=checks)
    record(PaperEndorsed(number=paper.number, quota=paper.quota), actor=actor, about=paper)
    return paper


@operation(Right.PAPER_CHECK)
def return_paper(
    actor: Actor, kind: str, paper_id: UUID, *, reason_code: str, reason: str = "", at: datetime
) -> queries.Paper:
    """Send a paper back to the recruiter for repair, with a reason of the list.

    Raises:
        NotFound, StepClosed: none, or not under way.
        Incomplete: no reason of the list.
    """
    words = reasoned("return", reason_code, reason)
    paper = locked_paper(kind, paper_id)
    move(actor, paper, "return for repair", at=at, reason_code=reason_code, reason=words)
    record(PaperReturned(number=paper.number, reason_code=reason_code), actor=actor, about=paper)
    return paper


@operation(Right.PAPER_ENDORSE)
def refuse_paper(
    actor: Actor, kind: str, paper_id: UUID, *, reason_code: str, reason: str = "", at: datetime
) -> queries.Paper:
    """Refuse a paper for good, with a reason of the list.

    Raises:
        NotFound, StepClosed: none, or not under way.
        Incomplete: no reason of the list.
    """
    words = reasoned("refuse", reason_code, reason)
    paper = locked_paper(kind, paper_id)
    move(actor, paper, "refuse", at=at, reason_code=reason_code, reason=words)
    record(PaperRefused(number=paper.number, reason_code=reason_code), actor=actor, about=paper)
    return paper


@operation(Right.PAPER_READ)
def end_paper(
    actor: Actor, kind: str, paper_id: UUID, *, reason_code: str, reason: str = "", at: datetime
) -> queries.Paper:
    """End a paper before its day: the recruiter its own, an attaché one in the jurisdiction.

    Places nobody took go back to the agreement; those taken stay with their placements.

    Raises:
        NotAllowed: the duty neither submits nor endorses papers.
        NotFound, StepClosed: none, or over already.
        Incomplete: no reason of the list.
    """
    if not (actor.may(Right.PAPER_SUBMIT) or actor.may(Right.PAPER_ENDORSE)):
        raise NotAllowed
    words = reasoned("end", reason_code, reason)
    paper = locked_paper(kind, paper_id)
    close(actor, paper, "end", at=at, reason_code=reason_code, reason=words)
    record(PaperEnded(number=paper.number, reason_code=reason_code), actor=actor, about=paper)
    return paper


@operation(Right.PAPER_EXPIRE)
def expire_papers(actor: Actor, *, at: datetime, on: date) -> int:
    """Expire every paper, permit and exception whose last day has passed; how many there were.

    Orders first: what they have not used goes back before their agreement closes.
    """
    live = [PaperState.SUBMITTED, PaperState.CHECKED, PaperState.RETURNED, PaperState.ENDORSED]
    done = 0
    for model in (JobOrder, Agreement):
        for paper in model.objects.select_for_update().filter(state__in=live, valid_to__lt=on):
            close(actor, paper, "expire", at=at)
            record(PaperExpired(number=paper.number), actor=actor, about=paper)
            done += 1
    for permit in RecruitmentPermit.objects.select_for_update().filter(
        state=PermitState.ISSUED, valid_to__lt=on
    ):
        _close_permit(actor, permit, "expire")
        done += 1
    for each in Override.objects.select_for_update().filter(
        state__in=[OverrideState.ASKED, OverrideState.GIVEN], expires_on__lt=on
    ):
        each.state = OVERRIDE.take("lapse", OverrideState(each.state))
        each.save(update_fields=["state"])
        done += 1
    return done


def close(
    actor: Actor,
    paper: queries.Paper,
    step: str,
    *,
    at: datetime,
    reason_code: str = "",
    reason: str = "",
) -> None:
    """End or expire a paper; what it has not used goes back, and nothing new hangs on it."""
    was = paper.state
    move(actor, paper, step, at=at, reason_code=reason_code, reason=reason)
    if isinstance(paper, JobOrder):
        if was == PaperState.ENDORSED:
            quota_back(paper, paper.free)
        open_ = [PermitState.REQUESTED, PermitState.ISSUED]
        if actor.kind == Kind.POST:
            # A post reads permits and writes none; the order alone is closed to new candidates.
            return
        for permit in RecruitmentPermit.objects.filter(order=paper, state__in=open_):
            _close_permit(actor, permit, "expire")


def _close_permit(actor: Actor, permit: RecruitmentPermit, step: str) -> None:
    permit.state = PERMIT.take(step, PermitState(permit.state))
    permit.save(update_fields=["state"])
    record(
        PermitDenied(
            number=permit.number, order=permit.order_id, state=permit.state, reason_code=""
        ),
        actor=actor,
        about=permit,
    )


def _checked(actor: Actor, paper: queries.Paper, *, at: datetime, on: date) -> None:
    checks = queries.checks(actor, paper, on=on)
    paper.checked_by = actor.id
    move(actor, paper, "check", at=at, checks=checks)
    record(PaperChecked(number=paper.number), actor=actor, about=paper)


def _own_agency(actor: Actor, on: date) -> UUID:
    if actor.agency is None:
        raise NotAllowed
    if refusal := partners.unable(actor.agency, on=on):
        raise refusal
    return actor.agency


def _employer(order: JobOrder, employer_id: UUID | None, on: date) -> Employer:
    if employer_id is not None:
        found = Employer.objects.filter(id=employer_id, country=order.country).first()
        if found is None:
            raise NotFound
        return found
    same = Employer.objects.filter(country=order.country, kind=order.employer_kind)
    if order.employer_number:
        known = same.filter(outside_number=order.employer_number).first()
    else:
        known = same.filter(name__iexact=order.employer_name, outside_number="").first()
    if known is not None:
        return known
    return Employer.objects.create(
        number=next_number(Series.EMPLOYER, on=on),
        name=order.employer_name,
        kind=order.employer_kind,
        sector=order.sector,
        dest_region=order.dest_region,
        outside_number=order.employer_number,
        is_demo=order.is_demo,
        post_id=order.post_id,
        country=order.country,
    )


def _period(first: date, last: date, on: date) -> dict[str, str]:
    if last < first:
        return {"valid_to": "Hari terakhir tidak boleh sebelum hari pertama."}
    return {"valid_to": "Hari terakhirnya sudah lewat."} if last < on else {}


def _quota(quota: int) -> dict[str, str]:
    return {} if quota > 0 else {"quota": "Tulis sedikitnya satu tempat."}


_ORDER_DEFAULTS: Mapping[str, Any] = {
    "employer_number": "", "dest_region": "", "occupation": "", "paper_number": "",
    "quota_female": None, "quota_male": None,
}  # fmt: skip


def order_values(given: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The order's fields as they are stored; refuses by name what does not add up."""
    names = {"employer_name", "employer_kind", "sector", "quota", "wage", "documents", "valid_to"}
    values = {**_ORDER_DEFAULTS, **given}
    wrong = {name: "Wajib diisi." for name in names - {"documents"} if not values.get(name)}
    if not wrong:
        wrong = _quota(values["quota"]) | _period(on, values["valid_to"], on)
        women, men = values["quota_female"], values["quota_male"]
        if women is not None and men is not None and women + men < values["quota"]:
            wrong["quota"] = "Kuota perempuan dan laki-laki kurang dari seluruh tempat."
        for name, part in (("quota_female", women), ("quota_male", men)):
            if part is not None and part > values["quota"]:
                wrong[name] = "Tidak boleh lebih dari seluruh tempat."
        if not _wage_is_sound(values["wage"]):
            wrong["wage"] = "Tulis jumlah, mata uang, dan per jam, hari, atau bulan."
        known = vocabulary.documents()
        if any(code not in known for code in values.get("documents") or {}):
            wrong["documents"] = "Pilih dokumen dari daftar."
    if wrong:
        raise Incomplete(fields=wrong)
    return {name: values[name] for name in (names | set(_ORDER_DEFAULTS)) - {"documents"}} | {
        "documents": {
            code: str(number).strip()
            for code, number in (values.get("documents") or {}).items()
            if str(number).strip()
        }
    }


def _wage_is_sound(wage: Mapping[str, Any]) -> bool:
    try:
        money = Money(Decimal(str(wage["amount"])), wage["currency"])
    except (KeyError, ValueError, TypeError, ArithmeticError):
        return False
    return money.amount > 0 and wage.get("per") in WAGE_PER
