"""The public page that names every source of data and software."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lindung.reference import licences as shipped


@require_safe
def licences(request: HttpRequest) -> HttpResponse:
    """Every data source with its licence and the attribution it asks for, and the software."""
    context = {"sources": shipped.sources(), "software": shipped.software()}
    return render(request, "reference/licences.html", context)
