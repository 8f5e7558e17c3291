"""The family is told by a person, in person, in their language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.incidents.events import FamilyTold
from lindung.incidents.models import FamilyNotice, IncidentKind
from lindung.incidents.operations.parts import finish, open_todo, own_step, working
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete
from lindung.registry.models import FamilyMember


@operation(Right.INCIDENT_WORK)
def tell_family(
    actor: Actor,
    incident_id: UUID,
    *,
    name: str,
    relation: str,
    language: str,
    in_person: bool,
    liaison: str,
    trained: bool,
    at: datetime,
    why_not: str = "",
    member_id: UUID | None = None,
) -> FamilyNotice:
    """Record that a relative was told: by whom, how, in which language.

    Of a death only a trained liaison tells, and in person wherever that can be done.

    Args:
        why_not: why it could not be in person.
        member_id: of the register, where the relative is known there.
    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: the person did not agree, it was told, or the incident is over.
        StopsFirst: it is not certain yet whom it happened to.
        Incomplete: who, whom or how is missing.
    """
    incident = working(incident_id, "tell family")
    if not incident.tells_family:
        raise StepClosed(step="tell family", state="no consent")
    todo = open_todo(incident, own_step(incident, "tell_family"), at=at)
    wrong = {
        field: sentence
        for field, value, sentence in (
            ("name", name, gettext_noop("Tulis siapa yang diberi tahu.")),
            ("relation", relation, gettext_noop("Tulis hubungannya.")),
            ("language", language, gettext_noop("Tulis bahasa yang dipakai.")),
            ("liaison", liaison, gettext_noop("Tulis petugas yang memberi tahu.")),
        )
        if not value.strip()
    }
    if not in_person and not why_not.strip():
        wrong["why_not"] = gettext_noop("Tulis mengapa tidak dapat tatap muka.")
    if incident.kind == IncidentKind.DEATH and not trained:
        wrong["trained"] = gettext_noop(
            "Kabar kematian disampaikan petugas yang terlatih untuk itu."
        )
    if wrong:
        raise Incomplete(fields=wrong)
    member = None
    if member_id is not None:
        known = FamilyMember.objects.filter(id=member_id, worker_id=incident.worker_id)
        member = known.first()
    notice = FamilyNotice.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        member=member,
        name=name.strip(),
        relation=relation.strip(),
        at=at,
        in_person=in_person,
        why_not=why_not.strip()[:200],
        language=language.strip(),
        liaison=liaison.strip(),
        trained=trained,
        **incident.scope(),
    )
    finish(actor, incident, todo, at=at, evidence=liaison)
    late = todo.law_due_at is not None and at >= todo.law_due_at
    record(
        FamilyTold(incident=incident.id, number=incident.number, in_person=in_person, late=late),
        actor=actor,
        about=incident,
        basis=todo.basis,
    )
    return notice
