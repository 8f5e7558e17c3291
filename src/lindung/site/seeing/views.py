"""The address at which Prometheus asks."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All measures, to whoever shows the token; to everybody else the address does not exist."""
    scheme, _space, shown = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    known = secrets.compare_digest(shown.encode(), wanted.encode())
    if not wanted or scheme.lower() != "bearer" or not known:
        raise Http404
    from lindung.site.seeing import measures  # loaded only where it is asked for

    return HttpResponse(
        measures.text(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
