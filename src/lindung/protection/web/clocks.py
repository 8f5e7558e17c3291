"""Clocks as pages show them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from lindung.access.doors import today


def days_left(at: datetime) -> int:
    """Whole days from today to an instant, on the calendar of the office at home."""
    return (timezone.localtime(at).date() - today()).days
