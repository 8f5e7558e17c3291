"""One form, one operation: what every page of help does with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lindung.access.doors import done, status_of, tried
from lindung.protection.models import Case


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    heading: str,
    said: str,
    back: str,
    case: Case | None = None,
    hint: str = "",
) -> HttpResponse:
    """Show a form, or do with it what ``act`` does; what was typed stays when it is refused.

    Args:
        act: takes the cleaned fields; its refusals are shown in the form.
        said: what has happened, once it has.
        back: where to go afterwards, and where the page's way back leads.
    """
    if request.method == "POST" and tried(form, lambda: act(dict(form.cleaned_data))):
        return done(request, said, back)
    context = {"form": form, "heading": heading, "back": back, "case": case, "hint": hint}
    return render(request, "assistance/form.html", context, status=status_of(form))
