"""Extending a contract before the post's officer: the application, the rules' word, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.monitoring.events import ExtensionAsked, ExtensionDecided
from lindung.monitoring.labels import EXTENSION_STATES
from lindung.monitoring.lifecycles import EXTENSION, ExtensionState
from lindung.monitoring.models import Extension
from lindung.monitoring.queries import renewed_check, work_ends_on
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.operations.refusals import NothingInForce
from lindung.registry.models import Source
from lindung.registry.operations import close_task_about, open_task
from lindung.regulations.verdicts import BREAKS, MEETS

DECIDE = "extension:decide"
# How soon a post's officer decides; our own practice, not a law's.
DECIDE_WITHIN = timedelta(days=7)


class RulesBroken(Refusal):
    """The renewed contract breaks a rule of that day: it is repaired first, or refused."""

    status = 409
    slug = "rules-broken"
    title = "Kontrak yang diperpanjang melanggar aturan yang berlaku."
    advice = (
        "Buka aturan yang dilanggar, minta kontraknya diperbaiki, lalu ajukan lagi; atau tolak."
    )


@operation(Right.EXTENSION_ASK)
def ask_extension(
    actor: Actor,
    placement_id: UUID,
    *,
    until: date,
    source: Source,
    on: date,
    terms: Mapping[str, Any] | None = None,
) -> Extension:
    """Apply for a longer contract; the renewed one is tested against the rules of its days.

    Rules of signing go by the day of the application, rules of work by the day after the present
    end. Asked twice while one waits, it is asked once.

    Args:
        until: last day of work under the renewed contract.
        source: who asks.
        terms: its terms, where they change; those in force otherwise.
    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person is not at work abroad.
        NothingInForce: no contract is agreed that could be extended.
        Incomplete: it would not end later than now.
    Law:
        id.contract.extension_before_mission
    """
    placement = placements.placement(placement_id)
    if placement.state != PlacementState.ARRIVED:
        raise StepClosed(step="ask for extension", state=placement.state)
    contract = placements.contract_in_force(placement.id)
    if contract is None:
        raise NothingInForce
    waiting = Extension.objects.filter(contract_id=contract.id, state=ExtensionState.ASKED).first()
    if waiting is not None:
        return waiting
    ends = work_ends_on(contract)
    if until <= max(ends or on, on):
        raise Incomplete(fields={"until": "Tanggal akhir yang baru harus sesudah yang sekarang."})
    check = renewed_check(contract, terms=terms, ends=ends, on=on)
    asked = Extension.objects.create(
        worker=placement.worker,
        placement_id=placement.id,
        contract_id=contract.id,
        asked_on=on,
        asked_by=source,
        ended_on=ends,
        until=until,
        outcome=check["outcome"],
        check_result=check,
        **placement.worker.scope(),
    )
    record(
        ExtensionAsked(extension=asked.id, until=until, outcome=asked.outcome),
        actor=actor,
        about=asked,
        basis="id.contract.extension_before_mission",
    )
    open_task(
        actor,
        about=asked,
        kind=DECIDE,
        title=gettext_noop("Putuskan perpanjangan kontrak"),
        due_at=told_at() + DECIDE_WITHIN,
        owner="post",
        subject=asked.id,
    )
    return asked


@operation(Right.EXTENSION_DECIDE)
def decide_extension(
    actor: Actor, extension_id: UUID, *, step: str, on: date, reason: str = ""
) -> Extension:
    """Grant or refuse an extension, as the post's officer before whom it is agreed.

    Args:
        step: ``grant`` or ``refuse``.
    Raises:
        NotFound: no such application, or none this actor may see.
        StepClosed: it is decided already.
        RulesBroken: granting what breaks a rule.
        Incomplete: refusing without a reason, or granting without one what needs a check.
    Law:
        id.contract.extension_before_mission
    """
    found = Extension.objects.select_for_update().filter(id=extension_id).first()
    if found is None:
        raise NotFound
    state = EXTENSION.take(step, ExtensionState(found.state))
    if state is ExtensionState.GRANTED and found.outcome == BREAKS:
        raise RulesBroken
    if not reason.strip() and (state is ExtensionState.REFUSED or found.outcome != MEETS):
        raise Incomplete(fields={"reason": "Tulis alasannya: apa yang Anda periksa dan temukan."})
    found.state = state
    found.reason = reason.strip()
    found.decided_on = on
    found.decided_by = ", ".join(filter(None, (actor.name, actor.office)))[:200]
    found.save(update_fields=["state", "reason", "decided_on", "decided_by"])
    record(
        ExtensionDecided(
            extension=found.id,
            state=str(state),
            label=str(EXTENSION_STATES[state]),
            until=found.until,
        ),
        actor=actor,
        about=found,
        basis="id.contract.extension_before_mission",
    )
    close_task_about(actor, found.id, kind=DECIDE)
    if state is ExtensionState.GRANTED:
        close_task_about(actor, found.contract_id, kind="ends:contract")
    return found


@operation(Right.EXTENSION_ASK)
def withdraw_extension(actor: Actor, extension_id: UUID) -> Extension:
    """Take an application back that nobody has decided on.

    Raises:
        NotFound: no such application, or none this actor may see.
        StepClosed: it is decided already.
    """
    found = Extension.objects.select_for_update().filter(id=extension_id).first()
    if found is None:
        raise NotFound
    found.state = EXTENSION.take("withdraw", ExtensionState(found.state))
    found.save(update_fields=["state"])
    record(
        ExtensionDecided(
            extension=found.id,
            state=str(found.state),
            label=str(EXTENSION_STATES[found.state]),
            until=found.until,
        ),
        actor=actor,
        about=found,
    )
    close_task_about(actor, found.id, kind=DECIDE)
    return found
