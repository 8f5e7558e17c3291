"""``{% load case_claims %}``: how many claims a case has, for the case's own page."""

from __future__ import annotations

from uuid import UUID

from django import template

from lindung.access.acting import current_actor
from lindung.access.rights import Right
from lindung.assistance.queries import claims_counted

register = template.Library()


@register.simple_tag
def claims_on(case_id: UUID) -> tuple[int, int] | None:
    """Open and all claims on a case; None for who does not read them, and where there is none."""
    if not current_actor().may(Right.HELP_READ):
        return None
    told = claims_counted(case_id)
    return told if told[1] else None
