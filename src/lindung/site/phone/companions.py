"""Family who live with the worker abroad: who they are, and who has gone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.doors import actor_of, done, today, told
from lindung.kernel.refusals import Incomplete
from lindung.monitoring import operations
from lindung.monitoring.queries import companions_of
from lindung.registry.models import Source, Worker
from lindung.site.phone.views import of_the_worker
from lindung.site.register.forms import Living


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def companions(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Who lives with the worker, and somebody more."""
    form = Living(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.keep_companion(
                actor_of(request),
                worker.id,
                source=Source.WORKER,
                on=today(),
                **form.cleaned_data,
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Dicatat."), reverse("my_companions"))
    context = {"companions": companions_of(worker.id), "form": form}
    return render(request, "saya/companions.html", context, status=422 if form.errors else 200)


@require_POST
@of_the_worker
def gone(request: HttpRequest, worker: Worker, companion_id: UUID) -> HttpResponse:
    """Somebody no longer lives there."""
    operations.companion_left(actor_of(request), companion_id, on=today())
    return done(request, _("Dicatat: sudah tidak di sini."), reverse("my_companions"))
