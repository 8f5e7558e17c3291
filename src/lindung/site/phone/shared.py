"""What was told about the worker to another country: what, to whom, why, when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lindung.exchange import queries
from lindung.reference.queries import country_name
from lindung.registry.models import Worker
from lindung.site.phone.views import of_the_worker


@require_GET
@of_the_worker
def shared(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Every message about the worker that went out, in plain words, under the worker's own policy."""
    told = queries.shared_about(worker.ids)
    judged = {each.country: queries.grounds(each.country) for each in told}
    return render(
        request,
        "saya/shared.html",
        {
            "told": [(each, country_name(each.country)) for each in told],
            "grounds": [
                (country_name(country), rule, queries.stands(found))
                for country, (rule, found) in sorted(judged.items())
            ],
            "never": queries.never_shared(),
            "post": getattr(request, "post_in_charge", None),
        },
    )
