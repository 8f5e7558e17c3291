"""An agency's own corner: what it is accused of, and its answer. Who reported is not told here."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.doors import actor_of, done, refused, today, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.parties import operations, queries
from lindung.parties.web.forms import Answering
from lindung.parties.web.parts import need, tabs


@require_GET
def hearings(request: HttpRequest) -> HttpResponse:
    """The entries that this agency was told of, those it may still answer first."""
    need(request, Right.PROBLEM_ANSWER)
    actor = actor_of(request)
    context = {
        "tabs": tabs("hearings", actor),
        "rows": [
            (each, (each.answer_by - today()).days if each.open and each.answer_by else None)
            for each in queries.hearings(actor)
        ],
        "columns": [_("Nomor"), _("Masalah"), _("Diberitahukan"), _("Tanggapan")],
    }
    return render(request, "parties/hearings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry as the agency was told of it, and its answer."""
    need(request, Right.PROBLEM_ANSWER)
    found = queries.hearing(entry_id)
    form = Answering(request.POST or None)
    to = reverse("answer_problem", args=[entry_id])
    if request.method == "POST" and form.is_valid():
        try:
            operations.answer_problem(actor_of(request), entry_id, on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, to)
        else:
            return done(request, _("Tanggapan dikirim ke kantor yang membuka catatan ini."), to)
    days = (found.answer_by - today()).days if found.open and found.answer_by else None
    context = {"hearing": found, "form": form, "days": days}
    return render(request, "parties/hearing.html", context, status=422 if form.errors else 200)
