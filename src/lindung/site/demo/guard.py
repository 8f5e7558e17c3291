"""Keeps made-up people and their printed passwords out of production."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from lindung.access.models import Account


def refuse_made_up_officials() -> None:
    """Stop the start in production while the database has accounts whose password is printed.

    Raises:
        ImproperlyConfigured: it has some.
    """
    if settings.MODE != "production":
        return
    try:
        found = Account.objects.filter(is_demo=True).exists()
    except OperationalError:
        # No database yet: nothing is served without one, and no made-up account signs in in
        # production anyway.
        return
    if found:
        raise ImproperlyConfigured(
            "LINDUNG_ENV is production, but this database was made in demo mode: its passwords are"
            " printed. Begin with an empty database."
        )
