"""One form, one operation: what every page of help does with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lindung.access.doors import actor_of, done, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed
from lindung.protection.models import Case


def need(request: HttpRequest, right: Right) -> None:
    """Close a page to duties without the right.

    Raises:
        NotAllowed: the right is not held.
    """
    if not actor_of(request).may(right):
        raise NotAllowed(right=str(right))


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
    files: bool = False,
) -> HttpResponse:
    """Show a form, or do with it what ``act`` does; what was typed stays when it is refused.

    Args:
        act: takes the cleaned fields; its refusals about fields are shown beside them.
        said: what has happened, once it has.
        back: where to go afterwards, and where the page's way back leads.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(dict(form.cleaned_data))
        except Incomplete as refusal:
            told(form, refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.title} {refusal.advice}")
        else:
            return done(request, said, back)
    context = {"form": form, "heading": heading, "back": back, "case": case, "hint": hint}
    status = 422 if form.errors else 200
    return render(request, "assistance/form.html", context, status=status)
