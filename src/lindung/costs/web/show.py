"""Money before departure as pages show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.costs import burden, labels, ledger, practice, queries
from lindung.costs.ceilings import Judged
from lindung.costs.components import component, components
from lindung.costs.models import Capture, Charge, Loan, Moment, Overcharge, Refund
from lindung.costs.ratio import Spread
from lindung.kernel.money import Money
from lindung.reference.queries import country_name, occupation_name
from lindung.registry.models import Sex
from lindung.regulations.sentences import pick, shown_day, shown_value
from lindung.regulations.verdicts import BREAKS, MEETS, Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """A charge in words.

    Attributes:
        group: the ILO's group; tone: of the tag of its state.
        to: who was paid, with the name where one is known.
    """

    charge: Charge
    title: str
    group: str
    to: str
    state: str
    tone: str
    refunded: Money
    claimed: Money
    net: Money
    counts: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict in words: what was found, what the law asks, and who gives back how much."""

    verdict: Verdict
    title: str
    found: str
    required: str
    source: str
    href: str
    why: str
    cure: str
    paid_on: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """One component at each moment, and what was not told at home."""

    title: str
    said: list[Money | None]
    more: Money | None


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan with what it costs."""

    loan: Loan
    interest: Money | None
    instalment: Money | None


def row(entry: ledger.Entry) -> Row:
    """One charge in words."""
    charge = entry.charge
    kind = component(charge.component)
    state, tone = labels.ENTRIES[charge.state]
    payee = charge.get_payee_display()
    return Row(
        charge=charge,
        title=kind.shown,
        group=str(labels.GROUPS[kind.ilo]),
        to=f"{charge.payee_name} ({payee})" if charge.payee_name else str(payee),
        state=str(state),
        tone=tone,
        refunded=entry.refunded,
        claimed=entry.claimed,
        net=entry.net,
        counts=entry.counts,
        ours=charge.payer in ("worker", "family"),
    )


def rows(entries: Iterable[ledger.Entry]) -> list[Row]:
    """Charges in words, in their order."""
    return [row(each) for each in entries]


def said(judged: Judged) -> Said:
    """A verdict of today's reading in words."""
    return _said(judged.verdict, judged.excess, judged.refunds)


def kept(overcharge: Overcharge) -> Said:
    """The verdict that an overcharge was opened with, as it was."""
    excess = (
        Money(overcharge.excess, overcharge.currency) if overcharge.excess is not None else None
    )
    return _said(Verdict.thawed(overcharge.verdict), excess, overcharge.refunds)


def _said(verdict: Verdict, excess: Money | None, refunds: str) -> Said:
    return Said(
        verdict=verdict,
        title=pick(verdict.title),
        found=_found(verdict, excess),
        required=_required(verdict),
        source="; ".join(f"{basis.law} {basis.article}" for basis in verdict.legal_basis),
        href=reverse("regulations:rule", args=[verdict.parameter]),
        why=labels.reason(verdict.reason),
        cure=_cure(verdict, excess, refunds),
        paid_on=shown_day(verdict.on),
    )


def _found(verdict: Verdict, excess: Money | None) -> str:
    if isinstance(verdict.found, bool):
        if excess is not None:
            return shown_value(str(excess.amount), excess.currency)
        nothing = verdict.found if verdict.rule == "required" else not verdict.found
        return _("tidak ada yang dibayar pekerja") if nothing else _("dibayar pekerja")
    return shown_value(verdict.found, verdict.found_unit)


def _required(verdict: Verdict) -> str:
    if verdict.required is None:
        return _("tidak diketahui")
    if verdict.rule == "prohibited":
        return _("tidak boleh dipungut dari pekerja")
    if verdict.rule == "required":
        return _("ditanggung pemberi kerja")
    return _("paling banyak %(value)s") % {"value": shown_value(verdict.required, verdict.unit)}


def _cure(verdict: Verdict, excess: Money | None, refunds: str) -> str:
    if verdict.outcome == MEETS:
        return ""
    who = labels.gives_back(refunds)
    if verdict.outcome != BREAKS:
        return _("Petugas memeriksa aturannya, lalu memutuskan.")
    if excess is None:
        return _("%(who)s mengembalikan semuanya kepada pekerja.") % {"who": who}
    amount = shown_value(str(excess.rounded().amount), excess.currency)
    return _("%(who)s mengembalikan %(amount)s kepada pekerja.") % {"who": who, "amount": amount}


def gap_rows(captures: Sequence[Capture]) -> list[GapRow]:
    """What was asked and answered, component by component."""
    return [
        GapRow(
            component(each.component).shown,
            [each.said.get(str(moment.value)) for moment in Moment],
            each.more,
        )
        for each in queries.gaps(captures)
    ]


def loan_rows(loans: Iterable[Loan]) -> list[LoanRow]:
    """Loans with what they cost."""
    return [LoanRow(each, burden.interest(each), burden.instalment(each)) for each in loans]


def refund_rows(refunds: Iterable[Refund], currency: str) -> list[tuple[Refund, Money, str, str]]:
    """Refunds with their sum, state and its tone."""
    found = []
    for each in refunds:
        state, tone = labels.REFUNDS[each.state]
        found.append((each, Money(each.amount, currency), str(state), tone))
    return found


@dataclass(frozen=True, slots=True)
class Advice:
    """What practice warns of, in words."""

    title: str
    advice: str


def warning(found: practice.Warning) -> Advice:
    """A warning in the language of the page."""
    return Advice(pick(found.title), pick(found.advice))


# -- overview -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of the indicator."""

    label: str
    spread: Spread


def group_rows(found: queries.Indicator) -> list[tuple[str, list[GroupRow]]]:
    """The groups of the indicator with their names."""
    named: dict[str, tuple[str, Callable[[str], str]]] = {
        "sex": (_("Menurut jenis kelamin"), _sex),
        "occupation": (_("Menurut jabatan"), _occupation),
        "country": (_("Menurut negara tujuan"), country_name),
    }
    return [
        (
            title,
            [
                GroupRow(name(code), each)
                for code, each in found.groups[group].items()
                if each.shown
            ],
        )
        for group, (title, name) in named.items()
    ]


def hidden(found: queries.Indicator) -> int:
    """How many groups are too small to be shown."""
    return sum(not each.shown for rows in found.groups.values() for each in rows.values())


def _sex(code: str) -> str:
    return str(Sex(code).label) if code in Sex.values else _("tidak disebutkan")


def _occupation(code: str) -> str:
    return f"{code} {occupation_name(code)}" if code else _("tidak disebutkan")


def paid_rows(actor: Actor) -> list[tuple[str, str, queries.Paid]]:
    """Corridor, component and sums."""
    known = components()
    return [
        (
            country_name(each.country) if each.country else _("belum ada tujuan"),
            known[each.component].shown if each.component in known else each.component,
            each,
        )
        for each in queries.paid_by_corridor(actor)
    ]


def gap_of_rows(actor: Actor) -> list[tuple[str, str, queries.GapOf]]:
    """Corridor, component and what was not told at home."""
    return [
        (country_name(each.country), component(each.component).shown, each)
        for each in queries.gap_by_corridor(actor)
        if each.answered is not None
    ]


def months(value: Decimal | None) -> Decimal | None:
    """A ratio as it is published: two decimals."""
    return None if value is None else value.quantize(Decimal("0.01"))
