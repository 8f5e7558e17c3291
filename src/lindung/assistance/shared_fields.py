"""What a referral can tell a service: named fields, one by one, as the worker's file has them.

A field that is not in this list cannot be shared by a referral.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from lindung.kernel.days import age
from lindung.protection.models import Case
from lindung.registry.models import Worker
from lindung.registry.queries import identifiers_of

FIELDS = {
    "call_name": _("Nama panggilan"),
    "full_name": _("Nama lengkap"),
    "age": _("Umur"),
    "sex": _("Jenis kelamin"),
    "language": _("Bahasa"),
    "phone": _("Nomor telepon"),
    "case_number": _("Nomor kasus"),
    "problem": _("Masalah"),
    "needs": _("Yang dibutuhkan"),
}
# Ticked before anybody thinks: the least a service needs to receive a person.
USUAL = ("call_name", "language", "case_number", "needs")
# A telephone number is told in full, so it is asked for apart and not kept in words.
_NOT_ON_FILE = gettext_noop("tidak tercatat")


def values(
    names: Iterable[str], *, case: Case, worker: Worker, needs: str, phone: str, on: date
) -> dict[str, str]:
    """The named fields as they are now.

    Raises:
        KeyError: a name that cannot be shared.
    """
    tell: dict[str, Callable[[], str]] = {
        "call_name": lambda: worker.shown_name,
        "full_name": lambda: worker.full_name,
        "age": lambda: str(age(worker.birth_date, on)) if worker.birth_date else _NOT_ON_FILE,
        "sex": lambda: str(worker.sex),
        "language": lambda: worker.language,
        "phone": lambda: phone.strip() or _masked_phone(worker),
        "case_number": lambda: case.number,
        "problem": case.get_kind_display,
        "needs": needs.strip,
    }
    return {name: tell[name]() for name in names}


def _masked_phone(worker: Worker) -> str:
    known = [each.masked for each in identifiers_of(worker.id) if each.kind == "phone"]
    return known[0] if known else _NOT_ON_FILE
