"""What the pages of the phone and of the desk share: one form, one call, and what was refused kept."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _

from lindung.access.doors import told
from lindung.kernel.refusals import Incomplete, Refusal


def tried(form: forms.Form, call: Callable[[], object]) -> bool:
    """Whether the form was whole and the operation did it; what is refused stands in the form."""
    if not form.is_valid():
        return False
    try:
        call()
    except Incomplete as refusal:
        told(form, refusal)
        return False
    except Refusal as refusal:
        form.add_error(None, " ".join(_(each) for each in (refusal.title, refusal.advice) if each))
        return False
    return True


def status_of(*bound: forms.Form) -> int:
    """422 where a form keeps what was typed."""
    return 422 if any(each.errors for each in bound) else 200
