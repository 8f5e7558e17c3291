"""What a worker abroad tells of the wage, and answers when asked: one thing on a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, refused, today, told
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.monitoring import operations, queries
from lindung.monitoring.models import WageState
from lindung.registry.models import Worker
from lindung.site.phone.forms import Wage
from lindung.site.phone.queries import currency_of
from lindung.site.phone.views import of_the_worker


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def wage(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Whether the wage of a month came: paid, not yet, or less."""
    form = Wage(request.POST or None, on=today(), currency=currency_of(worker))
    if request.method == "POST" and form.is_valid():
        try:
            operations.report_wage(actor_of(request), worker.id, at=now(), **form.told())
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, form.said(), reverse("my_home"))
    return render(request, "saya/wage.html", {"form": form, "states": WageState.choices})


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def question(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The next question, if one is due; each may be left for another day."""
    if request.method == "POST":
        try:
            operations.answer(
                actor_of(request),
                worker.id,
                question=request.POST.get("question", ""),
                answer=request.POST.get("answer", ""),
                at=now(),
            )
        except Refusal as refusal:
            return refused(request, refusal, reverse("my_question"))
        return HttpResponseRedirect(reverse("my_question"))
    return render(request, "saya/question.html", {"ask": asked(worker)})


def asked(worker: Worker) -> dict[str, Any] | None:
    """The question due now, in the language of the page."""
    due = queries.questions_for(worker, today())
    if not due:
        return None
    language = get_language() or ""
    first = due[0]
    return {
        "code": first.code,
        "words": first.words(language),
        "answers": [(each.code, each.words(language)) for each in first.answers],
        "left": len(due) - 1,
    }
