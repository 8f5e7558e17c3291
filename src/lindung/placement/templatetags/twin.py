"""Findings and versions of a contract, for the parts of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.access.roles import ANYONE
from lindung.kernel.refusals import NotFound
from lindung.placement import queries
from lindung.placement.contract_forms import form
from lindung.placement.labels import (
    CONTRACT_STATES,
    FINDING_FIELDS,
    FINDING_STATES,
    FINDING_STEPS,
    TOLD_BY,
)
from lindung.placement.lifecycles import FINDING, ContractState, FindingState
from lindung.placement.models import Contract, Finding
from lindung.regulations.sentences import language, shown_day, shown_value

register = template.Library()

# Whose policies open the table of findings; a recruiter is told of none.
_SEE = {Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.CLOCK}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in words: both values, who told, where it stands, what may be done."""

    finding: Finding
    field: str
    verified: str
    told: str
    told_by: str
    state: str
    days: int | None
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a contract and what it changed."""

    contract: Contract
    state: str
    changes: tuple[tuple[str, str, str], ...]


@register.simple_tag(takes_context=True)
def findings_of(context: Mapping[str, Any], contract: Contract) -> list[FindingRow]:
    """What differs at the place of work; nothing for who may not know."""
    actor: Actor = getattr(context.get("request"), "actor", ANYONE)
    if actor.kind not in _SEE:
        return []
    may = actor.may(Right.FINDING_ANSWER)
    return [
        _finding(each, contract, may=may) for each in queries.findings_of(contract.placement_id)
    ]


@register.simple_tag
def versions_of(contract: Contract) -> list[VersionRow]:
    """The chain of versions, oldest first; nothing where there is one."""
    chain = queries.versions_of(contract)
    if len(chain) == 1:
        return []
    titles = _titles(contract, by_path=True)
    return [
        VersionRow(
            contract=each,
            state=str(CONTRACT_STATES[ContractState(each.state)]),
            changes=tuple(
                (titles.get(row["path"], row["path"]), _was(row, "was"), _was(row, "now"))
                for row in each.changes
            ),
        )
        for each in chain
    ]


def _finding(each: Finding, contract: Contract, *, may: bool) -> FindingRow:
    state = FindingState(each.state)
    steps = FINDING.open_steps(state) if may else ()
    label = FINDING_FIELDS.get(each.field)
    title = str(label) if label else _titles(contract, by_path=False).get(each.field, each.field)
    left = (timezone.localtime(each.due_at).date() - timezone.localdate()).days
    return FindingRow(
        finding=each,
        field=title,
        verified=_shown(each.verified),
        told=_shown(each.told),
        told_by=str(TOLD_BY[each.told_by]),
        state=str(FINDING_STATES[state]),
        days=left if state is FindingState.OPEN else None,
        steps=tuple((step.name, str(FINDING_STEPS[step.name])) for step in steps),
    )


def _titles(contract: Contract, *, by_path: bool) -> dict[str, str]:
    try:
        fields = list(form(contract.form).fields())
    except NotFound:
        return {}
    return {
        (each.path if by_path else each.field): each.title[language()]
        for each in fields
        if each.path or each.field
    } | {
        "paper.signed_on": _("Tanggal tanda tangan"),
        "paper.starts_on": _("Hari pertama kerja"),
    }


def _shown(value: Mapping[str, str]) -> str:
    if not value.get("unit"):
        return value.get("value", "")
    try:
        return shown_value(Decimal(value["value"]), value["unit"])
    except InvalidOperation:
        return value["value"]


def _was(row: Mapping[str, Any], side: str) -> str:
    """One side of a change in words; the days of the paper are kept as ISO 8601."""
    value = row[side]
    if str(row["path"]).startswith("paper."):
        return shown_day(date.fromisoformat(value) if value else None)
    return "–" if value is None else str(value).replace("_", " ")
