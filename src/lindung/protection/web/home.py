"""The page of a case at home, for the office of the region: what it needs, and that it called."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, need, now, status_of, tried
from lindung.access.rights import Right
from lindung.protection import operations, queries
from lindung.protection.web.forms import CHANNELS
from lindung.registry import queries as registry


class Calling(forms.Form):
    """How the office tried to reach the person, and what was said."""

    channel = forms.ChoiceField(label=gettext_lazy("Lewat apa"), choices=CHANNELS)
    reached = forms.BooleanField(label=gettext_lazy("Berbicara dengan orangnya"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Yang dikatakan dan dijanjikan"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the office at home reads of a case, and its call."""
    if actor_of(request).may(Right.CASE_READ):
        # A post or the ministry has the whole case.
        return HttpResponseRedirect(reverse("case", args=[queries.case(case_id).id]))
    actor = need(request, Right.CASE_HOME)
    form = Calling(request.POST or None)
    to = reverse("home_case", args=[case_id])
    if request.method == "POST" and tried(
        form, lambda: operations.call_from_home(actor, case_id, at=now(), **form.cleaned_data)
    ):
        return done(request, _("Tercatat."), to)
    found = operations.read_home_case(actor, case_id)
    context = {
        "case": found,
        "person": registry.worker(found.worker_id),
        "form": form,
        "now": now(),
    }
    return render(request, "protection/home_case.html", context, status=status_of(form))
