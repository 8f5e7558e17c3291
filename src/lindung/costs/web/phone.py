"""The worker's own pages: what I paid, to whom, what the law says, and the questions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, refused, status_of, today, tried
from lindung.costs import ledger, operations, queries
from lindung.costs.components import component
from lindung.costs.lifecycles import EntryState, RefundState
from lindung.costs.models import Charge, Moment
from lindung.costs.web import show
from lindung.costs.web.forms import (
    Answering,
    Borrowing,
    Reason,
    Refunding,
    Telling,
    as_told,
    fresh,
)
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.placement import queries as placements
from lindung.placement.models import Placement
from lindung.registry import queries as registry
from lindung.registry.models import Worker

P = ParamSpec("P")


def of_the_worker(
    view: Callable[Concatenate[HttpRequest, Worker, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a page the worker who acts; officials have a desk of their own."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor = actor_of(request)
        if actor.kind is not Kind.WORKER or actor.worker is None:
            raise NotAllowed
        return view(request, registry.worker(actor.worker), *args, **kwargs)

    return page  # type: ignore[return-value]  # wraps() keeps the inner signature


@require_GET
@of_the_worker
def mine(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What I paid, what the law says of it, my loans, and what I am asked."""
    placement = _placement(worker)
    money = queries.account(actor_of(request), placement, on=today()) if placement else None
    context = {
        "rows": show.rows(
            each
            for each in queries.ledger_of_worker(worker.id)
            if each.charge.state == EntryState.STANDS
        ),
        "said": [show.said(each) for each in money.judged] if money else [],
        "loans": show.loan_rows(queries.loans_of_worker(worker.id)),
        "burden": money.burden if money else None,
        "askings": [
            (each, Moment(each.moment).label) for each in queries.due_askings(worker.id, on=today())
        ],
    }
    return render(request, "costs/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def tell(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Tell of a payment."""
    actor = actor_of(request)
    form = Telling(request.POST or None, actor=actor, worker_id=worker.id, initial=fresh(today()))
    placement = _placement(worker)

    def call() -> object:
        return operations.tell_charge(
            actor,
            worker.id,
            placement_id=placement.id if placement else None,
            on=today(),
            **form.values(),
        )

    if request.method == "POST" and tried(form, call):
        return done(request, _("Biaya dicatat."), reverse("my_costs"))
    context = {"form": form, "title": _("Tambah biaya")}
    return render(request, "costs/my_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def borrow(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Tell of a loan."""
    form = Borrowing(request.POST or None)
    placement = _placement(worker)

    def call() -> object:
        return operations.tell_loan(
            actor_of(request),
            worker.id,
            placement_id=placement.id if placement else None,
            on=today(),
            **form.values(),
        )

    if request.method == "POST" and tried(form, call):
        return done(request, _("Pinjaman dicatat."), reverse("my_costs"))
    context = {"form": form, "title": _("Tambah pinjaman")}
    return render(request, "costs/my_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def charge(request: HttpRequest, worker: Worker, charge_id: UUID) -> HttpResponse:
    """One payment: what came back of it, and telling that more did."""
    form = Refunding(request.POST or None)

    def call() -> object:
        return operations.tell_refund(actor_of(request), charge_id, on=today(), **form.cleaned_data)

    if request.method == "POST" and tried(form, call):
        return done(request, _("Pengembalian dicatat."), reverse("my_cost", args=[charge_id]))
    return _charge(request, queries.charge(charge_id), refunding=form)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def correct(request: HttpRequest, worker: Worker, charge_id: UUID) -> HttpResponse:
    """Tell of a payment anew, because it was told wrongly."""
    found = queries.charge(charge_id)
    actor = actor_of(request)
    form = Telling(request.POST or None, actor=actor, worker_id=worker.id, initial=as_told(found))
    form.fields["reason"] = Reason.base_fields["reason"]

    def call() -> object:
        values = form.values()
        values.pop("told_by")
        return operations.correct_charge(actor, charge_id, on=today(), **values)

    if request.method == "POST" and tried(form, call):
        return done(request, _("Biaya dibetulkan."), reverse("my_costs"))
    context = {"form": form, "title": _("Betulkan biaya")}
    return render(request, "costs/my_form.html", context, status=status_of(form))


@require_POST
@of_the_worker
def withdraw(request: HttpRequest, worker: Worker, charge_id: UUID) -> HttpResponse:
    """Take back that something was paid."""
    form = Reason(request.POST)

    def call() -> object:
        return operations.withdraw_charge(
            actor_of(request), charge_id, reason=form.cleaned_data["reason"], on=today()
        )

    if tried(form, call):
        return done(request, _("Biaya ditarik; catatannya tetap disimpan."), reverse("my_costs"))
    return _charge(request, queries.charge(charge_id), withdrawing=form)


@require_POST
@of_the_worker
def refund(request: HttpRequest, worker: Worker, refund_id: UUID) -> HttpResponse:
    """Whether money that somebody says came back really did."""
    found = queries.refund(refund_id)
    to = reverse("my_cost", args=[found.charge_id])
    try:
        if "yes" in request.POST:
            operations.confirm_refund(actor_of(request), refund_id, on=today())
        else:
            operations.refute_refund(
                actor_of(request), refund_id, reason=_("Pekerja belum menerimanya."), on=today()
            )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Jawaban Anda dicatat."), to)


@require_POST
@of_the_worker
def withdraw_loan(request: HttpRequest, worker: Worker, loan_id: UUID) -> HttpResponse:
    """Take back that there is a loan."""
    to = reverse("my_costs")
    try:
        operations.withdraw_loan(
            actor_of(request), loan_id, reason=_("Ditarik oleh pekerja."), on=today()
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Pinjaman ditarik; catatannya tetap disimpan."), to)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def answer(request: HttpRequest, worker: Worker, moment: str) -> HttpResponse:
    """The same questions at each moment; an answer stands beside the ones before."""
    if moment not in Moment.values:
        raise NotFound
    due = next((e for e in queries.due_askings(worker.id, on=today()) if e.moment == moment), None)
    if due is None:
        return HttpResponseRedirect(reverse("my_costs"))
    form = Answering(request.POST or None)

    def call() -> object:
        return operations.answer_capture(
            actor_of(request),
            due.placement_id,
            moment=Moment(moment),
            currency=form.cleaned_data["currency"],
            amounts=form.amounts(),
            on=today(),
        )

    if request.method == "POST" and tried(form, call):
        return done(request, _("Terima kasih. Jawaban Anda disimpan."), reverse("my_costs"))
    context = {"form": form, "moment": Moment(moment).label}
    return render(request, "costs/my_answers.html", context, status=status_of(form))


def _charge(request: HttpRequest, found: Charge, **bound: forms.Form) -> HttpResponse:
    entry = ledger.entries([found])[0]
    refunding = bound.get("refunding") or Refunding()
    withdrawing = bound.get("withdrawing") or Reason()
    context = {
        "row": show.row(entry),
        "title": component(found.component).shown,
        "refunds": show.refund_rows(entry.refunds, found.currency),
        "claimed": RefundState.CLAIMED.value,
        "mine": found.told_by == "worker" and found.state == EntryState.STANDS,
        "stands": found.state == EntryState.STANDS,
        "refunding": refunding,
        "withdrawing": withdrawing,
    }
    return render(request, "costs/my_cost.html", context, status=status_of(*bound.values()))


def _placement(worker: Worker) -> Placement | None:
    """The placement under way, else the newest one."""
    live = placements.live_placement(worker.id)
    return live or next(iter(placements.placements_of(worker.id)), None)
