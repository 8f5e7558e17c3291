"""What things cost and who pays, dated happenings, the gravest accusation, the recruiter's answer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.incidents import plans
from lindung.incidents.events import (
    AgencyAnswered,
    DeathPenaltyFeared,
    ExpenseRecorded,
    HappeningRecorded,
)
from lindung.incidents.models import (
    AgencyDuty,
    Expense,
    Happening,
    Incident,
    IncidentKind,
    Party,
)
from lindung.incidents.operations.parts import FamilyNeverPays, needed, open_track, working
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.protection.models import Case, CaseKind

FAMILY = "family"


@operation(Right.INCIDENT_WORK)
def record_expense(
    actor: Actor,
    incident_id: UUID,
    *,
    what: str,
    amount: Decimal,
    currency: str,
    payer: str,
    on: date,
    reference: str = "",
) -> Expense:
    """Write down what something costs and who pays it.

    Raises:
        NotFound: no such incident, or none this actor may see.
        FamilyNeverPays: the family, or a dead person's own money, is named.
        Incomplete: no sum, no currency, or nobody who pays.
    """
    incident = working(incident_id, "record expense")
    if payer == FAMILY or (payer == Party.SELF and incident.kind == IncidentKind.DEATH):
        raise FamilyNeverPays
    wrong = {}
    if not what.strip():
        wrong["what"] = gettext_noop("Tulis untuk apa.")
    if amount <= 0:
        wrong["amount"] = gettext_noop("Isi jumlahnya.")
    if len(currency.strip()) != 3:
        wrong["currency"] = gettext_noop("Tulis mata uang dengan tiga huruf.")
    if payer not in Party:
        wrong["payer"] = gettext_noop("Pilih siapa yang membayar.")
    if wrong:
        raise Incomplete(fields=wrong)
    made = Expense.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        on=on,
        what=what.strip(),
        amount=amount,
        currency=currency.strip().upper(),
        payer=payer,
        reference=reference.strip()[:120],
        **incident.scope(),
    )
    record(
        ExpenseRecorded(incident=incident.id, number=incident.number, payer=payer),
        actor=actor,
        about=incident,
    )
    return made


@operation(Right.INCIDENT_WORK)
def record_happening(
    actor: Actor,
    incident_id: UUID,
    *,
    kind: str,
    at: datetime,
    words: str,
    lawyer: str = "",
    interpreter: str = "",
    outcome: str = "",
) -> Happening:
    """Write down a court date, a visit, a search, or somebody who was asked; it may lie ahead.

    Raises:
        NotFound: no such incident, or none this actor may see.
        Incomplete: no words; a court date without a lawyer and an interpreter.
    """
    incident = working(incident_id, "record happening")
    if kind not in Happening.Kind:
        raise NotFound(kind)
    said = needed(words, "words", gettext_noop("Tulis apa, di mana, dan dengan siapa."))
    if kind == Happening.Kind.COURT:
        wrong = {
            field: sentence
            for field, value, sentence in (
                ("lawyer", lawyer, gettext_noop("Tulis pengacara yang hadir.")),
                ("interpreter", interpreter, gettext_noop("Tulis penerjemah yang hadir.")),
            )
            if not value.strip()
        }
        if wrong:
            raise Incomplete(fields=wrong)
    made = Happening.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        kind=kind,
        at=at,
        words=said,
        lawyer=lawyer.strip(),
        interpreter=interpreter.strip(),
        outcome=outcome.strip(),
        by=actor.name,
        **incident.scope(),
    )
    record(
        HappeningRecorded(
            incident=incident.id,
            number=incident.number,
            kind=kind,
            label=str(Happening.Kind(kind).label),
            at=at,
        ),
        actor=actor,
        about=incident,
    )
    return made


@operation(Right.INCIDENT_WORK)
def fear_death_penalty(actor: Actor, incident_id: UUID, *, at: datetime) -> Incident:
    """Mark that the person may be sentenced to death: its own track opens, its clocks run from now.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it is no detention, was marked, or is over.
    """
    incident = working(incident_id, "fear death penalty")
    if incident.kind != IncidentKind.DETENTION or incident.death_penalty:
        raise StepClosed(step="fear death penalty", state=incident.state)
    incident.death_penalty = True
    incident.version += 1
    incident.save(update_fields=["death_penalty", "version"])
    with acting_as(ROBOT):
        # The case is of the gravest kind from now on; its clocks go on.
        Case.objects.filter(id=incident.case_id).update(kind=CaseKind.DEATH_PENALTY)
    for track in plans.plan_of(incident.kind).tracks:
        if track.when == "death_penalty":
            open_track(incident, track, from_at=at)
    record(
        DeathPenaltyFeared(incident=incident.id, number=incident.number),
        actor=actor,
        about=incident,
    )
    return incident


@operation(Right.INCIDENT_REPORT)
def answer_duty(actor: Actor, duty_id: UUID, *, answer: str, at: datetime) -> AgencyDuty:
    """The recruiter says what it did of what the law asks of it; an officer still checks.

    Raises:
        NotFound: nothing that this recruiter was asked.
        StepClosed: it was answered. Incomplete: nothing was said.
    """
    duty = AgencyDuty.objects.select_for_update().filter(id=duty_id).first()
    if duty is None:
        raise NotFound
    if duty.answered_at is not None:
        raise StepClosed(step="answer", state="answered")
    duty.answer = needed(
        answer, "answer", gettext_noop("Tulis apa yang dilakukan, kapan, dan oleh siapa.")
    )[:300]
    duty.answered_at = at
    duty.save(update_fields=["answer", "answered_at"])
    with acting_as(ROBOT):
        incident = Incident.objects.get(id=duty.incident_id)
    record(
        AgencyAnswered(incident=incident.id, number=incident.number, duty=duty.kind),
        actor=actor,
        about=incident,
    )
    return duty
