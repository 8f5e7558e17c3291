"""The life of an agency's licence (SIP3MI): every decision by the ministry, with basis and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.parties import queries
from lindung.parties.events import LicenceDecided, MeansRecorded
from lindung.parties.models import ActKind, AgencyStanding, LicenceAct, Premises
from lindung.parties.refusals import LicenceBreaks
from lindung.registry.lifecycles import LICENCE, LicenceState
from lindung.registry.models import Agency
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import BREAKS


@dataclass(frozen=True, slots=True)
class Means:
    """What an agency has, and the paper that shows it. Amounts in the currency of the rule."""

    paid_capital: Decimal
    deposit: Decimal
    premises: Premises
    reference: str
    lease_years: Decimal | None = None


@operation(Right.LICENCE_DECIDE)
def grant_licence(
    actor: Actor,
    *,
    number: str,
    name: str,
    region: str,
    licence_number: str,
    valid_from: date,
    valid_to: date,
    means: Means,
    basis: str,
    reason: str,
    on: date,
    is_demo: bool = False,
) -> Agency:
    """Register an agency with its first licence.

    Args:
        number: its business number, as typed; unique.
        region: four-digit regency code of its seat.
        reason: also why whatever needs a check may stand.

    Raises:
        Incomplete: a field is empty, the number is taken, or the licence ends before it begins.
        LicenceBreaks: capital, deposit, premises or term break the law of the day.
    """
    wrong = _missing(number=number, name=name, licence_number=licence_number)
    wrong |= _missing(basis=basis, reason=reason, reference=means.reference)
    if valid_to < valid_from:
        wrong["valid_to"] = "Akhir izin tidak boleh sebelum awalnya."
    if number.strip() and Agency.objects.filter(number=number.strip()).exists():
        wrong["number"] = "Nomor ini sudah terdaftar."
    wrong |= _wrong_means(means)
    if wrong:
        raise Incomplete(fields=wrong)
    agency = Agency.objects.create(
        number=number.strip(),
        name=name.strip(),
        region=region,
        licence_number=licence_number.strip(),
        licence_state=str(LICENCE.initial),
        licensed_from=valid_from,
        licensed_to=valid_to,
        is_demo=is_demo,
    )
    _keep_means(actor, agency, means, on)
    _keep_act(actor, agency, ActKind.ISSUED, before=None, on=on, basis=basis, reason=reason)
    _refuse_breaks(agency, on)
    return agency


@operation(Right.LICENCE_DECIDE)
def extend_licence(
    actor: Actor,
    agency_id: UUID,
    *,
    valid_from: date,
    valid_to: date,
    basis: str,
    reason: str,
    on: date,
    letter: str = "",
) -> Agency:
    """Extend a licence, or renew one that ran out.

    Raises:
        NotFound: no such agency.
        StepClosed: it is suspended or revoked.
        Incomplete: no basis or reason, a day before the last act, or an end that is no later.
        LicenceBreaks: capital, deposit, premises or term break the law of the day.
    """
    agency = _locked(agency_id)
    wrong = _missing(basis=basis, reason=reason) | _too_early(agency, on)
    if valid_to <= agency.licensed_to:
        wrong["valid_to"] = "Akhir izin yang baru harus lebih lama dari yang sekarang."
    if valid_to < valid_from:
        wrong["valid_from"] = "Awal izin tidak boleh sesudah akhirnya."
    if wrong:
        raise Incomplete(fields=wrong)
    before = _before(agency)
    state = LicenceState(agency.licence_state)
    if state in (LicenceState.SUSPENDED, LicenceState.REVOKED):
        raise StepClosed(step="extend", state=str(state))
    if state is LicenceState.EXPIRED:
        agency.licence_state = str(LICENCE.take("renew", state))
    agency.licensed_from, agency.licensed_to = valid_from, valid_to
    agency.save(update_fields=["licence_state", "licensed_from", "licensed_to"])
    _keep_act(
        actor,
        agency,
        ActKind.EXTENDED,
        before=before,
        on=on,
        basis=basis,
        reason=reason,
        letter=letter,
    )
    _refuse_breaks(agency, on)
    return agency


@operation(Right.LICENCE_DECIDE)
def warn_agency(
    actor: Actor, agency_id: UUID, *, basis: str, reason: str, on: date, letter: str = ""
) -> Agency:
    """Warn an agency in writing; it may go on.

    Raises:
        NotFound: no such agency.
        StepClosed: its licence does not stand without a warning.
        Incomplete: no basis or reason, or a day before the last act.
    """
    return _decide(actor, agency_id, "warn", ActKind.WARNED, basis, reason, on, letter)


@operation(Right.LICENCE_DECIDE)
def suspend_agency(
    actor: Actor, agency_id: UUID, *, basis: str, reason: str, on: date, letter: str = ""
) -> Agency:
    """Suspend a licence (skorsing): the agency sets out nobody until it is reinstated.

    Raises:
        NotFound: no such agency.
        StepClosed: its licence is not in force.
        Incomplete: no basis or reason, or a day before the last act.
    """
    return _decide(actor, agency_id, "suspend", ActKind.SUSPENDED, basis, reason, on, letter)


@operation(Right.LICENCE_DECIDE)
def reinstate_agency(
    actor: Actor, agency_id: UUID, *, basis: str, reason: str, on: date, letter: str = ""
) -> Agency:
    """End a warning or a suspension.

    Raises:
        NotFound: no such agency.
        StepClosed: there is neither.
        Incomplete: no basis or reason, or a day before the last act.
    """
    return _decide(actor, agency_id, "reinstate", ActKind.REINSTATED, basis, reason, on, letter)


@operation(Right.LICENCE_DECIDE)
def revoke_licence(
    actor: Actor, agency_id: UUID, *, basis: str, reason: str, on: date, letter: str = ""
) -> Agency:
    """Revoke a licence for good.

    Raises:
        NotFound: no such agency.
        StepClosed: it is revoked or has expired.
        Incomplete: no basis or reason, or a day before the last act.
    """
    return _decide(actor, agency_id, "revoke", ActKind.REVOKED, basis, reason, on, letter)


@operation(Right.LICENCE_DECIDE)
def record_means(actor: Actor, agency_id: UUID, *, means: Means, on: date) -> AgencyStanding:
    """Record what an agency was found to have on a day; earlier finds stay.

    Raises:
        NotFound: no such agency.
        Incomplete: no proof, a negative amount, or a lease without its years.
    """
    agency = _locked(agency_id)
    if wrong := _missing(reference=means.reference) | _wrong_means(means):
        raise Incomplete(fields=wrong)
    return _keep_means(actor, agency, means, on)


def _decide(
    actor: Actor,
    agency_id: UUID,
    step: str,
    kind: ActKind,
    basis: str,
    reason: str,
    on: date,
    letter: str,
) -> Agency:
    agency = _locked(agency_id)
    if wrong := _missing(basis=basis, reason=reason) | _too_early(agency, on):
        raise Incomplete(fields=wrong)
    before = _before(agency)
    agency.licence_state = str(LICENCE.take(step, LicenceState(agency.licence_state)))
    agency.save(update_fields=["licence_state"])
    _keep_act(actor, agency, kind, before=before, on=on, basis=basis, reason=reason, letter=letter)
    return agency


_Before = tuple[str, date, date]


def _before(agency: Agency) -> _Before:
    return agency.licence_state, agency.licensed_from, agency.licensed_to


def _keep_act(
    actor: Actor,
    agency: Agency,
    kind: ActKind,
    *,
    before: _Before | None,
    on: date,
    basis: str,
    reason: str,
    letter: str = "",
) -> None:
    was, was_from, was_to = before or ("", None, None)
    LicenceAct.objects.create(
        agency=agency,
        kind=kind,
        on=on,
        number=letter.strip(),
        basis=basis.strip(),
        reason=reason.strip(),
        was=was,
        was_from=was_from,
        was_to=was_to,
        now=agency.licence_state,
        now_from=agency.licensed_from,
        now_to=agency.licensed_to,
        office=actor.office,
    )
    record(
        LicenceDecided(
            agency=agency.id,
            number=agency.number,
            act=str(kind),
            on=on,
            basis=basis.strip(),
            reason=reason.strip(),
        ),
        actor=actor,
        subject=agency.id,
        basis=basis.strip()[:80],
    )


def _keep_means(actor: Actor, agency: Agency, means: Means, on: date) -> AgencyStanding:
    kept = AgencyStanding.objects.create(
        agency=agency,
        found_on=on,
        paid_capital=means.paid_capital,
        deposit=means.deposit,
        premises=means.premises,
        lease_years=means.lease_years if means.premises == Premises.LEASED else None,
        reference=means.reference.strip(),
    )
    record(
        MeansRecorded(agency=agency.id, number=agency.number, found_on=on),
        actor=actor,
        subject=agency.id,
    )
    return kept


def _refuse_breaks(agency: Agency, on: date) -> None:
    """No licence is given against a rule that is known; doubt is for the officer's reason."""
    broken = [each for each in queries.standing(agency, on=on).rules if each.outcome == BREAKS]
    if broken:
        raise LicenceBreaks(
            requirements=[{"id": each.law.id, "title": pick(each.law.title)} for each in broken]
        )


def _wrong_means(means: Means) -> dict[str, str]:
    wrong = {}
    if means.paid_capital < 0:
        wrong["paid_capital"] = "Jumlah tidak boleh kurang dari nol."
    if means.deposit < 0:
        wrong["deposit"] = "Jumlah tidak boleh kurang dari nol."
    if means.premises == Premises.LEASED and (means.lease_years is None or means.lease_years < 0):
        wrong["lease_years"] = "Tulis lama sewanya."
    return wrong


def _too_early(agency: Agency, on: date) -> dict[str, str]:
    """History is written forward: an act before the last one would change what was true then."""
    last = LicenceAct.objects.filter(agency=agency).last()
    if last is not None and on < last.on:
        return {"on": "Tanggal ini sebelum keputusan yang terakhir."}
    return {}


def _missing(**texts: str) -> dict[str, str]:
    return {name: "Wajib diisi." for name, text in texts.items() if not text.strip()}


def _locked(agency_id: UUID) -> Agency:
    agency = Agency.objects.select_for_update().filter(id=agency_id).first()
    if agency is None:
        raise NotFound
    return agency
