"""Rows as the pages show them; nothing here decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lindung.kernel.quantities import Quantity
from lindung.placement import queries
from lindung.placement.contract_forms import CLAUSES, Field, Form, at, clause_titles
from lindung.placement.labels import EVIDENCE_STATES, GIVEN_BY, WHY_OPEN
from lindung.placement.models import Evidence, Placement
from lindung.regulations.pathways import Pathway
from lindung.regulations.sentences import language, pick, shown_value
from lindung.regulations.verdicts import BREAKS, NEEDS_CHECK, Verdict


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One requirement: who gives it, what stands for it, and why it is open."""

    id: str
    title: str
    stage: str
    given_by: str
    settled: bool
    state: str
    when: date | None
    reference: str
    why: str
    basis: str
    for_departure: bool
    needs_check: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a contract as printed, and what the rules say of it."""

    title: str
    shown: str
    outcome: str
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A verdict, its words, and what a person judged."""

    verdict: Verdict
    title: str
    source: str
    href: str
    found: str
    required: str
    answer: str
    reason: str
    waive: str = ""


def requirements(
    placement: Placement, way: Pathway, evidence: Mapping[str, Evidence], *, on: date
) -> list[RequirementRow]:
    """Every requirement of the pathway in order."""
    left = queries.open_requirements(placement, on=on, for_departure=False, evidence=evidence)
    still_open = {each.requirement.id: each for each in left}
    rows = []
    for each in way.requirements:
        given = evidence.get(each.id)
        missing = still_open.get(each.id)
        rows.append(
            RequirementRow(
                id=each.id,
                title=pick(each.title),
                stage=each.stage,
                given_by=str(GIVEN_BY.get(each.given_by, each.given_by)),
                settled=missing is None,
                state=str(EVIDENCE_STATES[given.state]) if given else "",
                when=given.given_on if given else None,
                reference=given.reference if given else "",
                why=str(WHY_OPEN[missing.why]) if missing else "",
                basis="; ".join(f"{basis.law} {basis.article}" for basis in each.legal_basis),
                for_departure=each.for_departure,
                needs_check=missing is not None and missing.needs_check,
            )
        )
    return rows


def sections(
    paper: Form, terms: Mapping[str, Any], verdicts: Sequence[Verdict]
) -> list[tuple[str, list[Line]]]:
    """The contract section by section, each line marked by the rules that name it."""
    worst: dict[str, str] = {}
    for verdict in verdicts:
        if verdict.outcome in {BREAKS, NEEDS_CHECK} and worst.get(verdict.contract_field) != BREAKS:
            worst[verdict.contract_field] = verdict.outcome
    return [
        (
            title[language()],
            [
                Line(each.title[language()], words, worst.get(each.field, ""), other_titles(each))
                for each in fields
                if (words := shown(paper, each, terms))
            ],
        )
        for title, fields in paper.sections
    ]


def verdict(each: Verdict, judged: Mapping[str, Any]) -> VerdictRow:
    """A verdict with its article and what was judged so far."""
    basis = "; ".join(f"{basis.law} {basis.article}" for basis in each.legal_basis)
    mine = judged.get(each.parameter, {})
    return VerdictRow(
        verdict=each,
        title=pick(each.title),
        source=basis or ", ".join(source.title for source in each.sources),
        href=f"/peraturan/{each.parameter}/",
        found=_value(each.found, each.found_unit, each.contract_field),
        required=_value(each.required, each.unit, each.contract_field),
        answer=mine.get("answer", ""),
        reason=mine.get("reason", ""),
        waive=_waive(each),
    )


def _waive(each: Verdict) -> str:
    """Who may let a contract pass in spite of a verdict; a breach can only be repaired."""
    if each.outcome == BREAKS:
        return _("tidak ada; perbaiki kontraknya")
    if each.outcome == NEEDS_CHECK:
        return _("petugas pemeriksa di perwakilan, dengan alasan tertulis")
    return ""


def other_titles(each: Field) -> tuple[tuple[str, str], ...]:
    """A field's titles in the other languages of its paper: BCP 47 code and words."""
    return tuple((code, words) for code, words in each.title.items() if code != language())


def days_left(day: date | None, today: date) -> int | None:
    """Whole days until a day; negative is past."""
    return (day - today).days if day is not None else None


def shown(paper: Form, each: Field, terms: Mapping[str, Any]) -> str:
    """One field of a contract as people read it; empty where the terms say nothing."""
    value = paper.value(each, terms)
    if isinstance(value, Quantity):
        return shown_value(value.amount, str(value.unit))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raw = at(terms, each.path) if value is None and each.path else value
    if isinstance(raw, bool) and str(raw) not in each.says:
        return _("ya") if raw else _("tidak")
    if isinstance(value, tuple):
        return _codes(value, each.says or _says(each.field))
    if raw is None or isinstance(raw, dict | list):
        return ""
    return each.says.get(str(raw), {}).get(language()) or str(raw).replace("_", " ")


def _value(value: Any, unit: str, field: str) -> str:
    if value is None:
        return ""
    says = _says(field)
    if says and isinstance(value, list | tuple):
        return _codes(value, says)
    return shown_value(value, unit)


def _says(field: str) -> Mapping[str, Mapping[str, str]]:
    """Words for the codes of a field, where every form uses the same."""
    return clause_titles() if field == CLAUSES else {}


def _codes(codes: Iterable[str], says: Mapping[str, Mapping[str, str]]) -> str:
    said = [says.get(code, {}).get(language()) or code.replace("_", " ") for code in codes]
    return ", ".join(said)
