"""Two people in one form: what stands there now beside what was typed, field by field.

Nothing is saved over a newer version unseen. The page comes back with everything that was typed, a
table of what differs, and the newer version's number; saving again is then a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _

from lindung.access.doors import done, refused, told
from lindung.kernel.refusals import Conflict, Incomplete, Refusal


@dataclass(frozen=True, slots=True)
class Clash:
    """One field of which somebody saved another value: its label, theirs, and what was typed."""

    label: str
    theirs: str
    typed: str


def clashes(form: forms.Form, current: Mapping[str, Any]) -> list[Clash]:
    """Fields in which what was typed is not what stands there now, in the order of the form.

    Args:
        form: bound, its data as it was typed.
        current: field → the value that stands in the database now.
    """
    found = []
    for bound in form:
        if bound.name not in current or bound.is_hidden:
            continue
        theirs, typed = current[bound.name], _typed(form, bound)
        if _plain(theirs) != _plain(typed):
            found.append(Clash(str(bound.label), _words(bound, theirs), _words(bound, typed)))
    return found


def amended(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[int], object],
    *,
    known: Mapping[str, Any],
    said: str,
    to: str,
) -> HttpResponse | list[Clash]:
    """Save a form over the version it was opened with.

    Args:
        act: saves over a version; raises ``Conflict`` where a newer one stands.
        known: field → the value that stands in the database now.
        said: what is told after it; ``to`` is where that leads.

    Returns:
        The answer where it is saved or refused; else what clashes, which is nothing where the form
        itself says what is wrong.
    """
    if not form.is_valid():
        return []
    try:
        act(version_sent(request.POST))
    except Conflict:
        if differs := clashes(form, known):
            return differs
        return done(request, _("Isian Anda sama dengan yang tersimpan."), to)
    except Incomplete as refusal:
        told(form, refusal)
        return []
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, said, to)


def version_sent(data: Mapping[str, str]) -> int:
    """The version that a form was opened with; 0, which no row has, where it says none."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() else 0


def _typed(form: forms.Form, bound: forms.BoundField) -> Any:
    return getattr(form, "cleaned_data", {}).get(bound.name, bound.data)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(sorted(map(str, value)))
    return str(value).strip()


def _words(bound: forms.BoundField, value: Any) -> str:
    plain = _plain(value)
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    choices = dict(getattr(bound.field, "choices", ()))
    if value in choices or plain in choices:
        return str(choices.get(value, choices.get(plain, "")))
    if isinstance(value, date | datetime):
        return formats.date_format(value, "j M Y")
    return plain or _("kosong")
