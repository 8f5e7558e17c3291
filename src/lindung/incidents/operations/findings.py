"""What a doctor or an examination says: read by few, copied to whom it belongs."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.incidents.models import Certainty, HealthFinding, Incident, IncidentKind
from lindung.incidents.operations.parts import (
    finish,
    open_todo,
    own_step,
    require_verified,
    working,
)
from lindung.kernel.refusals import Incomplete

# A stem code of ICD-11 for Mortality and Morbidity Statistics, with its extensions after & or /:
# 4 or more characters, the second a letter, the third a digit (WHO, ICD-11 Reference Guide 2.3).
ICD_11 = re.compile(r"[0-9A-Z][A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,2})?([&/][0-9A-Z.]{4,7})*")


@operation(Right.INCIDENT_WORK)
def record_finding(
    actor: Actor,
    incident_id: UUID,
    *,
    words: str,
    certainty: str,
    stated_by: str,
    at: datetime,
    code: str = "",
    work_history: str = "",
    fit_to_travel: bool | None = None,
) -> HealthFinding:
    """Keep what was found, with its code and how certain it is.

    Of a journey home, a statement that the person is not fit is kept and the step stays open.

    Args:
        code: of ICD-11; may be missing only while nothing is known.
    Raises:
        NotFound: no such incident, or none this actor may see.
        StopsFirst: it is not certain yet whom it happened to.
        Incomplete: words, source, code or fitness are missing or no sound code.
    """
    incident = working(incident_id, "record finding")
    require_verified(incident)
    code = code.strip().upper()
    wrong = {}
    if not words.strip():
        wrong["words"] = gettext_noop("Tulis apa yang dinyatakan.")
    if not stated_by.strip():
        wrong["stated_by"] = gettext_noop(
            "Tulis dokter, rumah sakit, atau pejabat yang menyatakan."
        )
    if certainty not in Certainty:
        wrong["certainty"] = gettext_noop("Pilih tingkat kepastian.")
    if code and not ICD_11.fullmatch(code):
        wrong["code"] = gettext_noop("Kode ICD-11 seperti BA41 atau NF01.2.")
    elif not code and incident.kind == IncidentKind.DEATH and certainty != Certainty.UNKNOWN:
        wrong["code"] = 'Tulis kode ICD-11, atau pilih kepastian "belum diketahui".'
    if incident.kind == IncidentKind.REPATRIATION and fit_to_travel is None:
        wrong["fit_to_travel"] = gettext_noop("Pilih layak terbang atau tidak.")
    if wrong:
        raise Incomplete(fields=wrong)
    finding = HealthFinding.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        at=at,
        code=code,
        certainty=certainty,
        words=words.strip(),
        work_history=work_history.strip(),
        fit_to_travel=fit_to_travel,
        stated_by=stated_by.strip(),
        by=actor.name,
        **incident.scope(),
    )
    if fit_to_travel is False:
        return finding
    todo = incident.todos.filter(step=own_step(incident, "record_finding").id).first()
    if todo is not None and todo.state == "open" and certainty != Certainty.UNKNOWN:
        todo = open_todo(incident, own_step(incident, "record_finding"), at=at)
        # Where it is seen by everyone who works on it, only that it is there.
        finish(actor, incident, todo, at=at, evidence=str(Certainty(certainty).label))
    return finding


@operation(Right.INCIDENT_WORK)
def copy_finding(actor: Actor, incident_id: UUID, *, to: str, at: datetime) -> Incident:
    """Record that the family has a copy of the last finding; whoever hands it on need not read it.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it was copied. StopsFirst: there is no finding, or the family was not told.
        Incomplete: no word on who received it.
    """
    incident = working(incident_id, "copy finding")
    todo = open_todo(incident, own_step(incident, "copy_finding"), at=at)
    if not to.strip():
        raise Incomplete(fields={"to": gettext_noop("Tulis siapa yang menerima salinannya.")})
    with acting_as(ROBOT):
        last = HealthFinding.objects.filter(incident=incident).first()
        if last is not None:
            last.copied_to_family_at = at
            last.save(update_fields=["copied_to_family_at"])
    finish(actor, incident, todo, at=at, evidence=to)
    return incident
