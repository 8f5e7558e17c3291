"""How the worker may be reached without danger: the worker's own rules, followed by all we send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, told
from lindung.kernel.refusals import Incomplete
from lindung.outreach import operations, queries
from lindung.outreach.web.forms import Safety
from lindung.registry.models import Worker
from lindung.site.phone.views import of_the_worker


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def safety(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Hours, channels, and which words may travel."""
    rules = queries.rules(worker.id)
    form = Safety(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_rules(actor_of(request), worker.id, now=now(), **form.rules())
        except Incomplete as refusal:
            told(form, refusal, otherwise="first")
        else:
            return done(
                request,
                _("Disimpan. Kami mengikutinya mulai sekarang."),
                reverse("my_safe_contact"),
            )
    return render(
        request,
        "saya/safety.html",
        {
            "form": form,
            "rules": rules,
            "stopped": queries.channel_labels(rules.stopped if rules else []),
        },
        status=422 if form.errors else 200,
    )
