"""Pages of letters."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.conflict import Clash, amended
from lindung.access.doors import actor_of, done, need, now, refused, status_of, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.assistance import operations, printing, queries
from lindung.assistance.labels import LETTER_STATES
from lindung.assistance.lifecycles import LETTER, LetterState
from lindung.assistance.web import forms
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.protection import queries as protection


def draft(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose a template; the draft opens to be read and changed."""
    need(request, Right.LETTER_WRITE)
    case = protection.case(case_id)
    form = forms.Draft(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            letter = operations.draft_letter(
                actor_of(request), case_id, at=now(), **form.cleaned_data
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return HttpResponseRedirect(reverse("letter", args=[letter.id]))
    context = {
        "form": form,
        "heading": _("Surat baru"),
        "back": reverse("case_help", args=[case_id]),
        "case": case,
        "hint": _("Anda membaca dan mengubah konsepnya sebelum surat dikirim."),
    }
    return render(request, "assistance/form.html", context, status=422 if form.errors else 200)


def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter: read it, change a draft, record that it left and what came back."""
    need(request, Right.HELP_READ)
    found = queries.letter(letter_id)
    look(actor_of(request), found, worker=found.worker_id, purpose=found.number)
    words = forms.Words(
        request.POST or None,
        initial={"subject": found.subject, "words": found.words, "version": found.version},
    )
    differs: list[Clash] = []
    if request.method == "POST":
        actor = need(request, Right.LETTER_WRITE)
        answer = amended(
            request,
            words,
            lambda version: operations.rewrite_letter(
                actor, letter_id, **words.cleaned_data | {"version": version}
            ),
            known={"subject": found.subject, "words": found.words},
            said=_("Konsep disimpan."),
            to=reverse("letter", args=[letter_id]),
        )
        if isinstance(answer, HttpResponse):
            return answer
        differs = answer
    state = LetterState(found.state)
    context = {
        "letter": found,
        "state": LETTER_STATES[state],
        "words": words,
        "clashes": differs,
        "version": found.version,
        "steps": {each.name for each in LETTER.open_steps(state)}
        if actor_of(request).may(Right.LETTER_WRITE)
        else set(),
        "sending": forms.Sending(initial={"on": today()}),
        "answer": forms.Answer(initial={"on": today()}),
    }
    return render(
        request, "assistance/letter_page.html", context, status=409 if differs else status_of(words)
    )


@require_POST
def step(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Send, record the answer, or put aside."""
    need(request, Right.LETTER_WRITE)
    actor, name = actor_of(request), request.POST.get("step", "")
    to = reverse("letter", args=[letter_id])
    form: forms.Sending | forms.Answer
    try:
        if name == "withdraw":
            operations.withdraw_letter(actor, letter_id)
            return done(request, _("Konsep dibatalkan."), to)
        form = forms.Sending(request.POST) if name == "send" else forms.Answer(request.POST)
        if not form.is_valid():
            raise Incomplete(fields={key: words[0] for key, words in form.errors.items()})
        if name == "send":
            operations.send_letter(actor, letter_id, **form.cleaned_data)
            return done(request, _("Surat dicatat terkirim."), to)
        operations.record_letter_answer(actor, letter_id, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Jawaban dicatat."), to)


@require_GET
def pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The letter as PDF; its file name says its number and nobody's name."""
    need(request, Right.HELP_READ)
    found = queries.letter(letter_id)
    look(actor_of(request), found, worker=found.worker_id, purpose=found.number)
    answer = HttpResponse(printing.as_pdf(found), content_type="application/pdf")
    name = found.number.replace("/", "-")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def page(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The letter as a page to print."""
    need(request, Right.HELP_READ)
    found = queries.letter(letter_id)
    look(actor_of(request), found, worker=found.worker_id, purpose=found.number)
    return HttpResponse(printing.as_page(found))
