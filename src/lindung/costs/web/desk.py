"""The desk: one placement's money, one charge, and a recruiter's own declarations."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, need, refused, status_of, today, tried
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.costs import ledger, operations, queries
from lindung.costs.labels import MISSING, OVERCHARGES
from lindung.costs.lifecycles import EntryState, RefundState
from lindung.costs.models import Charge, Moment
from lindung.costs.operations.parts import VOICES
from lindung.costs.web import show
from lindung.costs.web.forms import Borrowing, Reason, Refunding, Telling, as_told, fresh
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.placement.models import Placement

_PURPOSE = gettext_noop("biaya")


@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest, key: str) -> HttpResponse:
    """What one placement cost: charges, verdicts, loans, answers side by side; and adding a charge."""
    found = _placement(request, key)
    actor = actor_of(request)
    form = Telling(
        request.POST or None, actor=actor, worker_id=found.worker_id, initial=fresh(today())
    )

    def call() -> object:
        return operations.tell_charge(
            actor, found.worker_id, placement_id=found.id, on=today(), **form.values()
        )

    if request.method == "POST" and tried(form, call):
        return done(request, _("Biaya dicatat."), reverse("costs_of", args=[found.id]))
    return _page(request, found, telling=form)


@require_POST
def borrow(request: HttpRequest, key: str) -> HttpResponse:
    """Write down a loan that the worker's side tells of."""
    need(request, Right.LOAN_TELL)
    found = _placement(request, key)
    form = Borrowing(request.POST)

    def call() -> object:
        return operations.tell_loan(
            actor_of(request), found.worker_id, placement_id=found.id, on=today(), **form.values()
        )

    if tried(form, call):
        return done(request, _("Pinjaman dicatat."), reverse("costs_of", args=[found.id]))
    return _page(request, found, borrowing=form)


@require_http_methods(["GET", "HEAD", "POST"])
def charge(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """One charge, what came back of it, and telling that more did."""
    found = _charge(request, charge_id)
    form = Refunding(request.POST or None)

    def call() -> object:
        return operations.tell_refund(actor_of(request), charge_id, on=today(), **form.cleaned_data)

    if request.method == "POST" and tried(form, call):
        return done(request, _("Pengembalian dicatat."), reverse("charge", args=[charge_id]))
    return _charge_page(request, found, refunding=form)


@require_POST
def correct(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Write a charge anew, because it was told wrongly."""
    found = _charge(request, charge_id)
    form = _correcting(request, found, posted=True)

    def call() -> object:
        values = form.values()
        values.pop("told_by")
        return operations.correct_charge(actor_of(request), charge_id, on=today(), **values)

    if tried(form, call):
        return done(request, _("Biaya dibetulkan."), _home_of(found))
    return _charge_page(request, found, correcting=form)


@require_POST
def withdraw(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Take back that something was paid."""
    found = _charge(request, charge_id)
    form = Reason(request.POST)

    def call() -> object:
        return operations.withdraw_charge(
            actor_of(request), charge_id, reason=form.cleaned_data["reason"], on=today()
        )

    if tried(form, call):
        said = _("Biaya ditarik; catatannya tetap disimpan.")
        return done(request, said, _home_of(found))
    return _charge_page(request, found, withdrawing=form)


@require_POST
def refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Whether money that somebody says came back really did."""
    found = queries.refund(refund_id)
    to = reverse("charge", args=[found.charge_id])
    actor = actor_of(request)
    try:
        if "yes" in request.POST:
            operations.confirm_refund(actor, refund_id, on=today())
        else:
            reason = request.POST.get("reason", "")
            operations.refute_refund(actor, refund_id, reason=reason, on=today())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Dicatat."), to)


def _placement(request: HttpRequest, key: str) -> Placement:
    if not actor_of(request).may(Right.COST_READ):
        raise NotAllowed
    return queries.placement_by(key)


def _charge(request: HttpRequest, charge_id: UUID) -> Charge:
    if not actor_of(request).may(Right.COST_READ):
        raise NotAllowed
    return queries.charge(charge_id)


def _home_of(found: Charge) -> str:
    return (
        reverse("costs_of", args=[found.placement_id])
        if found.placement_id
        else reverse("person", args=[found.worker_id])
    )


def _correcting(request: HttpRequest, found: Charge, *, posted: bool) -> Telling:
    """The form to write a charge anew, as it stands unless it is what was posted."""
    form = Telling(
        request.POST if posted else None,
        actor=actor_of(request),
        worker_id=found.worker_id,
        initial=as_told(found),
        auto_id="correct_%s",
    )
    form.fields.pop("told_by", None)
    form.fields["reason"] = Reason.base_fields["reason"]
    return form


def _page(request: HttpRequest, found: Placement, **bound: forms.Form) -> HttpResponse:
    actor = actor_of(request)
    # A form that is refused shows the page as well.
    look(actor, found, worker=found.worker_id, purpose=_PURPOSE)
    recruiter = actor.kind is Kind.AGENCY
    money = queries.account(actor, found, on=today())
    context = {
        "placement": found,
        "recruiter": recruiter,
        "rows": show.rows(money.entries),
        "columns": [
            _("Biaya"), _("Jumlah"), _("Dibayar"), _("Kepada"), _("Menurut"), _("Sisa"),
        ],
        "said": [show.said(each) for each in money.judged],
        "telling": bound.get("telling")
        or Telling(actor=actor, worker_id=found.worker_id, initial=fresh(today())),
        "borrowing": bound.get("borrowing") or Borrowing(auto_id="borrow_%s"),
        "errors_of": next((form for form in bound.values() if form.errors), None),
        "may": {"tell": actor.may(Right.COST_TELL), "borrow": actor.may(Right.LOAN_TELL)},
    }  # fmt: skip
    if not recruiter:
        captures, ratio = money.captures, money.ratio
        context |= {
            "overcharges": [
                (each, show.kept(each), *OVERCHARGES[each.state]) for each in money.overcharges
            ],
            "loans": show.loan_rows(money.loans),
            "burden": money.burden,
            "warning": show.warning(money.burden.warning) if money.burden.warning else None,
            "captures": captures,
            "gap_columns": [_("Biaya"), *(moment.label for moment in Moment), _("Selisih")],
            "gaps": show.gap_rows(captures),
            "moments": [moment.label for moment in Moment],
            "ratio": show.months(ratio.ratio) if ratio else None,
            "missing": MISSING.get(ratio.missing, "") if ratio else "",
        }
    return render(request, "costs/placement.html", context, status=status_of(*bound.values()))


def _charge_page(request: HttpRequest, found: Charge, **bound: forms.Form) -> HttpResponse:
    actor = actor_of(request)
    look(actor, found, worker=found.worker_id, purpose=_PURPOSE)
    entry = ledger.entries([found])[0]
    stands = found.state == EntryState.STANDS
    told = found.told_by in VOICES.get(actor.kind, ()) or actor.kind is Kind.MINISTRY
    context = {
        "row": show.row(entry),
        "refunds": show.refund_rows(entry.refunds, found.currency),
        "claimed": RefundState.CLAIMED.value,
        # Why money did not come is in the worker's words, or an officer's for them.
        "reasons": actor.kind is not Kind.AGENCY,
        "home": _home_of(found),
        "may": {
            "refund": stands and actor.may(Right.COST_TELL),
            "change": stands and told and actor.may(Right.COST_TELL),
            "confirm": actor.may(Right.COST_CONFIRM),
        },
        "refunding": bound.get("refunding") or Refunding(),
        "withdrawing": bound.get("withdrawing") or Reason(auto_id="withdraw_%s"),
        "correcting": bound.get("correcting") or _correcting(request, found, posted=False),
        "errors_of": next((form for form in bound.values() if form.errors), None),
    }
    return render(request, "costs/charge.html", context, status=status_of(*bound.values()))
