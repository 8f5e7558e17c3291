"""What the pages of parties share: the right to read, tabs, refusals beside their fields, pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lindung.access.doors import actor_of
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed
from lindung.parties.queries import PAGE


def need(request: HttpRequest, right: Right = Right.PARTY_READ) -> None:
    """Stop who does not hold the right.

    Raises:
        NotAllowed: the actor does not.
    """
    if not actor_of(request).may(right):
        raise NotAllowed(right=str(right))


def tabs(current: str) -> list[dict[str, Any]]:
    """The four lists of parties."""
    labels = {
        "agencies": _("P3MI"),
        "partners": _("Mitra luar negeri"),
        "providers": _("Penyedia layanan"),
        "problems": pgettext("daftar", "Daftar bermasalah"),
    }
    return [
        {"href": reverse(name), "label": label, "current": name == current}
        for name, label in labels.items()
    ]


def told(form: forms.Form, refusal: Incomplete) -> None:
    """Put each word of the refusal beside the field it is about."""
    for field, words in refusal.facts["fields"].items():
        form.add_error(field if field in form.fields else None, _(words))


def paged(found: Sequence[Any], **kept: str) -> tuple[Sequence[Any], str]:
    """One page of a list by name, and the address of the next one; empty at the end."""
    if len(found) <= PAGE:
        return found, ""
    shown = found[:PAGE]
    query = {name: value for name, value in kept.items() if value}
    return shown, "?" + urlencode(query | {"sesudah": shown[-1].name})
