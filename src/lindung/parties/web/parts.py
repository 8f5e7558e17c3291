"""What the pages of parties share: the right to read, tabs, refusals beside their fields, pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lindung.access import doors
from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.parties.queries import PAGE


def need(request: HttpRequest, right: Right = Right.PARTY_READ) -> Actor:
    """The actor, who holds the right; to read the registers unless another is named.

    Raises:
        NotAllowed: the actor does not.
    """
    return doors.need(request, right)


def tabs(current: str, actor: Actor) -> list[dict[str, Any]]:
    """The lists of parties; an agency also has what it was accused of."""
    labels = {
        "agencies": _("P3MI"),
        "partners": _("Mitra luar negeri"),
        "providers": _("Penyedia layanan"),
        "problems": pgettext("daftar", "Daftar bermasalah"),
    }
    if actor.may(Right.PROBLEM_ANSWER):
        labels["hearings"] = _("Tanggapan kami")
    return [
        {"href": reverse(name), "label": label, "current": name == current}
        for name, label in labels.items()
    ]


def searched(request: HttpRequest) -> str:
    """What a list is searched for; a name comes in the body and stands in no address."""
    return request.POST.get("q", "").strip()[:160]


def page_key(request: HttpRequest) -> UUID | None:
    """The row behind which the page begins; an address that holds none begins at the first."""
    try:
        return UUID(request.GET.get("sesudah", ""))
    except ValueError:
        return None


def paged(found: Sequence[Any], *, searching: bool) -> tuple[Sequence[Any], str]:
    """One page of a list by name, and the address of the next one; empty at the end.

    A search shows its first page alone: whoever needs more writes more of the name.
    """
    shown = found[:PAGE]
    more = len(found) > PAGE and not searching
    return shown, f"?sesudah={shown[-1].id}" if more else ""
