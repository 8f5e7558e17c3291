"""Why an alert stands: its sentence with values, and the very rows that raised it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lindung.costs.components import component
from lindung.costs.models import Charge, Loan, Overcharge
from lindung.kernel.refusals import NotFound
from lindung.monitoring.models import Answer, DiaryDay, Employment, WageReport
from lindung.monitoring.questions import question as question_of
from lindung.placement.labels import FINDING_FIELDS
from lindung.placement.models import Contract, Finding, Placement
from lindung.protection.models import Case, Complaint
from lindung.recruitment.models import JobOrder
from lindung.registry.models import Condition, WorkerState
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick
from lindung.signals.catalogue import signal, signals
from lindung.signals.models import Alert


@dataclass(frozen=True, slots=True)
class Shown:
    """One row that raised an alert: what it says, of which day, and where it is read in full."""

    words: str
    day: date | None
    href: str = ""


def sentence(alert: Alert) -> str:
    """The alert in one sentence of the active language, with its values."""
    known = signals().get(alert.signal)
    if known is None:
        return alert.signal
    values = {name: _value(name, value, alert) for name, value in alert.values.items()}
    if alert.signal == "never_arrived":
        values["what"] = _whereabouts(alert.values)
    if alert.signal == "illegal_deduction" and not alert.values.get("what"):
        values["what"] = _("menurut jawaban pekerja")
    try:
        return pick(known.says).format(**values)
    except KeyError:
        return pick(known.title)


def rows_of(alert: Alert) -> list[Shown]:
    """The rows that raised an alert, as far as the actor may read them; the oldest first."""
    wanted: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in alert.evidence:
        wanted[each["table"]].append(each)
    found: list[Shown] = []
    for table, rows in wanted.items():
        if table == DiaryDay._meta.db_table:
            found += _diary(rows)
        elif table in _TABLES:
            model, shown = _TABLES[table]
            for row in model._default_manager.filter(pk__in=[each["id"] for each in rows]):
                found.append(shown(row))
    return sorted(found, key=lambda each: (each.day or date.min, each.words))


def _value(name: str, value: Any, alert: Alert) -> str:
    if name in {"at", "first", "month"} and isinstance(value, str):
        return formats.date_format(
            date.fromisoformat(value), "F Y" if name == "month" else "DATE_FORMAT"
        )
    if name == "isolated":
        return _(", dan kebebasannya dibatasi") if value else ""
    if name == "keeper":
        return _choice("passport_keeper", str(value))
    if name == "why":
        return (
            _("keluarga atau petugas tidak mendapat kabar")
            if value == "no_contact"
            else _("jawaban terakhir: %(said)s") % {"said": Condition(value).label}
        )
    if isinstance(value, list):
        return ", ".join(_name(alert.signal, str(each)) for each in value)
    if isinstance(value, int | float):
        return formats.number_format(value, use_l10n=True)
    return str(value)


def _name(signal_id: str, code: str) -> str:
    if signal_id == "contract_substitution":
        return _term(code)
    if signal_id == "overcharging":
        rule = law().parameters.get(code)
        return pick(rule.title) if rule else code
    if signal_id == "illegal_deduction":
        return component(code).shown if code else code
    if signal_id == "isolation":
        return _question(code)
    return code


def _term(code: str) -> str:
    return str(FINDING_FIELDS.get(code, code))


def _whereabouts(values: Mapping[str, Any]) -> str:
    if values.get("what") == "moved":
        return _("Bekerja di %(now)s, kontrak menyebut %(was)s.") % values
    return _("Berangkat %(days)s hari lalu, belum ada kabar tiba.") % values


def _language() -> str:
    return (get_language() or "id")[:2]


def _question(code: str) -> str:
    try:
        return question_of(code).words(_language())
    except NotFound:
        return code


def _choice(code: str, answer: str) -> str:
    try:
        return question_of(code).choice(answer).words(_language())
    except NotFound:
        return answer


def _answer(row: Answer) -> Shown:
    words = f"{_question(row.question)} {_choice(row.question, row.answer)}"
    return Shown(words, timezone.localdate(row.at))


def _wage(row: WageReport) -> Shown:
    month = formats.date_format(row.month, "F Y")
    sum_ = f" {formats.number_format(row.amount)} {row.currency}" if row.amount is not None else ""
    return Shown(
        f"{_('Gaji')} {month}: {row.get_state_display()}{sum_}", timezone.localdate(row.at)
    )


def _diary(rows: Iterable[Mapping[str, Any]]) -> list[Shown]:
    found = []
    for each in rows:
        days = DiaryDay.objects.filter(
            worker_id=each["id"], day__gte=each["from"], day__lte=each["to"]
        )
        found += [
            Shown(
                _("Libur")
                if row.rest_day
                else _("%(hours)s jam kerja")
                % {"hours": formats.number_format(row.minutes / 60, 1)},
                row.day,
            )
            for row in days
        ]
    return found


def _charge(row: Charge) -> Shown:
    return Shown(
        f"{component(row.component).shown}: {formats.number_format(row.amount)} {row.currency}, {row.get_how_display()}",
        row.paid_on,
        reverse("charge", args=[row.id]),
    )


def _loan(row: Loan) -> Shown:
    return Shown(
        f"{_('Pinjaman')} {row.get_lender_display()}: {formats.number_format(row.principal)} {row.currency}",
        row.taken_on,
        reverse("costs_of", args=[row.placement_id]) if row.placement_id else "",
    )


def _overcharge(row: Overcharge) -> Shown:
    rule = law().parameters.get(row.rule)
    title = pick(rule.title) if rule else row.rule
    more = f": {formats.number_format(row.excess)} {row.currency}" if row.excess is not None else ""
    return Shown(f"{title}{more}", row.opened_on, reverse("costs_of", args=[row.placement_id]))


def _finding(row: Finding) -> Shown:
    return Shown(
        f"{_term(row.field)}: {row.verified.get('shown', row.verified.get('value', ''))}"
        f" → {row.told.get('shown', row.told.get('value', ''))}",
        row.opened_on,
        reverse("placement", args=[row.placement_id]),
    )


def _placement(row: Placement) -> Shown:
    day = row.ended_on or row.departed_on or row.cleared_on
    return Shown(f"{_('Penempatan')} {row.number}", day, reverse("placement", args=[row.id]))


def _contract(row: Contract) -> Shown:
    return Shown(
        f"{_('Kontrak')} {row.number}", row.signed_on, reverse("placement", args=[row.placement_id])
    )


def _state(row: WorkerState) -> Shown:
    return Shown(
        _("Batas lapor diri; jawaban terakhir: %(said)s") % {"said": row.get_condition_display()},
        row.check_in_due_on,
    )


def _complaint(row: Complaint) -> Shown:
    return Shown(_("Kabar dari keluarga"), timezone.localdate(row.at))


def _case(row: Case) -> Shown:
    return Shown(
        f"{_('Kasus')} {row.number}: {row.get_kind_display()}",
        timezone.localdate(row.opened_at),
        reverse("case", args=[row.id]),
    )


def _employment(row: Employment) -> Shown:
    return Shown(f"{_('Bekerja pada')} {row.employer_name}, {row.dest_region}", row.began_on)


def _other(row: Alert) -> Shown:
    return Shown(
        f"{pick(signal(row.signal).title)}: {sentence(row)}",
        row.raised_on,
        reverse("alert", args=[row.id]),
    )


def _order(row: JobOrder) -> Shown:
    return Shown(
        f"{_('Permintaan')} {row.number}: {row.quota} {_('orang')}",
        row.valid_to,
    )


_TABLES: dict[str, tuple[type[Model], Callable[[Any], Shown]]] = {
    model._meta.db_table: (model, shown)
    for model, shown in (
        (Answer, _answer),
        (WageReport, _wage),
        (Charge, _charge),
        (Loan, _loan),
        (Overcharge, _overcharge),
        (Finding, _finding),
        (Placement, _placement),
        (Contract, _contract),
        (WorkerState, _state),
        (Complaint, _complaint),
        (Case, _case),
        (Employment, _employment),
        (Alert, _other),
        (JobOrder, _order),
    )
}
