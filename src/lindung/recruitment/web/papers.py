"""Steps of a paper, of a permit and of an exception; what was typed stays where it is refused."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.doors import actor_of, done, now, refused, today
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal
from lindung.recruitment import operations, queries
from lindung.recruitment.models import JobOrder, Override, RecruitmentPermit
from lindung.recruitment.web.forms import AgreementForm, Asking, Issuing, Reasoned
from lindung.recruitment.web.views import PAGES, need, page


@require_http_methods(["GET", "HEAD", "POST"])
def new_agreement(request: HttpRequest) -> HttpResponse:
    """Hand in an agreement with a partner."""
    need(actor_of(request), Right.PAPER_SUBMIT)
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.submit_agreement(
                actor_of(request), at=now(), on=today(), is_demo=settings.DEMO, **form.values()
            )
        except Refusal as refusal:
            keep(form, refusal)
        else:
            to = reverse("agreement", args=[made.id])
            return done(request, _("Perjanjian diajukan ke perwakilan."), to)
    context = {"form": form, "title": _("Ajukan perjanjian kerja sama"), "back": reverse("chain")}
    return render(request, "recruitment/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def step(request: HttpRequest, kind: str, paper_id: UUID) -> HttpResponse:
    """Check, endorse, return, refuse or end a paper."""
    actor, name = actor_of(request), request.POST.get("step", "")
    to = _page_of(kind, paper_id)
    if name in {"return", "refuse", "end"}:
        return _with_reason(request, kind, paper_id, name)
    try:
        if name == "check" and kind == JobOrder.kind:
            operations.check_order(actor, paper_id, at=now(), on=today())
            said = _("Diperiksa. Pengesahannya oleh pejabat lain.")
        elif name == "check":
            operations.check_agreement(actor, paper_id, at=now(), on=today())
            said = _("Diperiksa. Pengesahannya oleh pejabat lain.")
        elif name == "endorse":
            operations.endorse(actor, kind, paper_id, at=now(), on=today())
            said = _("Disahkan. P3MI melihatnya sekarang.")
        else:
            raise NotAllowed
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, said, to)


@require_POST
def ask_permit(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Ask the ministry for leave to recruit."""
    to = reverse("job_order", args=[paper_id])
    try:
        operations.request_permit(actor_of(request), paper_id, at=now(), on=today())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Izin diminta; kementerian memutuskannya."), to)


@require_POST
def decide_permit(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Issue, refuse or revoke a permit."""
    need(actor_of(request), Right.PERMIT_ISSUE)
    actor, name = actor_of(request), request.POST.get("step", "")
    permit = queries.permit(permit_id)
    to = reverse("job_order", args=[permit.order_id])
    if name == "issue":
        form: forms.Form = Issuing(request.POST)
        if form.is_valid():
            try:
                operations.issue_permit(actor, permit_id, at=now(), on=today(), **form.cleaned_data)
            except Incomplete as refusal:
                keep(form, refusal)
            except Refusal as refusal:
                return refused(request, refusal, to)
            else:
                return done(request, _("Izin perekrutan terbit."), to)
        return _order_page(request, permit, "issue", form)
    if name not in {"refuse", "revoke"}:
        raise NotAllowed
    act = operations.refuse_permit if name == "refuse" else operations.revoke_permit
    form = Reasoned(name, request.POST)
    if form.is_valid():
        try:
            act(actor, permit_id, at=now(), **form.cleaned_data)
        except Incomplete as refusal:
            keep(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, to)
        else:
            return done(request, _("Putusan dicatat."), to)
    return _order_page(request, permit, "refuse_permit" if name == "refuse" else name, form)


@require_POST
def ask(request: HttpRequest, kind: str, paper_id: UUID) -> HttpResponse:
    """Ask that a paper may go on in spite of a check."""
    actor = actor_of(request)
    need(actor, Right.OVERRIDE_ASK)
    paper = queries.paper(kind, paper_id)
    checks = [(each.id, each.title) for each in queries.checks(actor, paper, on=today())]
    form = Asking(checks, request.POST)
    if form.is_valid():
        try:
            operations.ask_override(
                actor, kind, paper_id, at=now(), on=today(), **form.cleaned_data
            )
        except Incomplete as refusal:
            keep(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, _page_of(kind, paper_id))
        else:
            said = _("Pengecualian diminta; pejabat lain menjawabnya.")
            return done(request, said, _page_of(kind, paper_id))
    return page(request, kind, paper_id, wrong={"ask": form})


@require_POST
def answer(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """Give or deny an exception that somebody else asked for."""
    need(actor_of(request), Right.OVERRIDE_GIVE)
    one = Override.objects.filter(id=override_id).first()
    if one is None:
        raise NotFound
    to = _page_of(one.paper, one.subject)
    try:
        operations.answer_override(
            actor_of(request),
            override_id,
            give=request.POST.get("answer") == "give",
            reason=request.POST.get("reason", ""),
            at=now(),
            on=today(),
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Jawaban dicatat."), to)


def keep(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside its fields, or above the form where it names none of them."""
    for field, words in refusal.facts.get("fields", {}).items():
        name = {"wage": "wage_amount"}.get(field, field)
        form.add_error(name if name in form.fields else None, _(words))
    if not refusal.facts.get("fields"):
        form.add_error(None, f"{_(refusal.title)} {_(refusal.advice) if refusal.advice else ''}")


def _with_reason(request: HttpRequest, kind: str, paper_id: UUID, name: str) -> HttpResponse:
    act = {
        "return": operations.return_paper,
        "refuse": operations.refuse_paper,
        "end": operations.end_paper,
    }[name]
    form = Reasoned(name, request.POST)
    if form.is_valid():
        try:
            act(actor_of(request), kind, paper_id, at=now(), **form.cleaned_data)
        except Incomplete as refusal:
            keep(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, _page_of(kind, paper_id))
        else:
            return done(request, _("Putusan dicatat."), _page_of(kind, paper_id))
    return page(request, kind, paper_id, wrong={name: form})


def _order_page(
    request: HttpRequest, permit: RecruitmentPermit, name: str, form: forms.Form
) -> HttpResponse:
    return page(request, JobOrder.kind, permit.order_id, wrong={name: form})


def _page_of(kind: str, paper_id: UUID) -> str:
    if kind not in PAGES:
        raise NotFound
    return reverse(PAGES[kind], args=[paper_id])
