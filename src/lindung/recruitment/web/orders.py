"""Handing in a job order, and a returned paper again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, today
from lindung.access.rights import Right
from lindung.kernel.refusals import Refusal
from lindung.recruitment import operations, queries, vocabulary
from lindung.recruitment.models import JobOrder
from lindung.recruitment.web.forms import AgreementForm, OrderForm
from lindung.recruitment.web.papers import keep
from lindung.recruitment.web.views import PAGES, need


@require_http_methods(["GET", "HEAD", "POST"])
def new_order(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Hand in an employer's request under an agreement."""
    actor = actor_of(request)
    need(actor, Right.PAPER_SUBMIT)
    parent = queries.agreement(agreement_id)
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.submit_order(
                actor,
                agreement_id,
                at=now(),
                on=today(),
                given=form.values(),
                is_demo=settings.DEMO,
            )
        except Refusal as refusal:
            keep(form, refusal)
        else:
            to = reverse("job_order", args=[made.id])
            return done(request, _("Permintaan diajukan ke perwakilan."), to)
    context = {
        "form": form,
        "title": _("Ajukan permintaan pekerja"),
        "under": parent,
        "back": reverse("agreement", args=[agreement_id]),
    }
    return render(
        request, "recruitment/order_form.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def repair(request: HttpRequest, kind: str, paper_id: UUID) -> HttpResponse:
    """Repair a returned paper and hand it in again under its number."""
    actor = actor_of(request)
    need(actor, Right.PAPER_SUBMIT)
    paper = queries.paper(kind, paper_id)
    to = reverse(PAGES[kind], args=[paper_id])
    form: OrderForm | AgreementForm
    if isinstance(paper, JobOrder):
        form = OrderForm(request.POST or None, initial=OrderForm.initial_of(paper))
    else:
        initial = AgreementForm.initial_of(paper)
        form = AgreementForm(request.POST or None, initial=initial, again=True)
    if request.method == "POST" and form.is_valid():
        try:
            operations.submit_again(
                actor, kind, paper_id, at=now(), on=today(), given=form.values()
            )
        except Refusal as refusal:
            keep(form, refusal)
        else:
            return done(request, _("Diajukan lagi ke perwakilan."), to)
    context = {
        "form": form,
        "title": _("Perbaiki dan ajukan lagi"),
        "under": paper.agreement if isinstance(paper, JobOrder) else None,
        "said": vocabulary.reason_words(paper.reason_code) if paper.reason_code else "",
        "words": paper.reason,
        "back": to,
    }
    name = "order_form" if isinstance(paper, JobOrder) else "form"
    return render(
        request, f"recruitment/{name}.html", context, status=422 if form.is_bound else 200
    )
