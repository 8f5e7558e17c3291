"""What a worker is asked about costs, as a card of another page."""

from __future__ import annotations

from uuid import UUID

from django import template
from django.utils import timezone

from lindung.costs import queries
from lindung.costs.models import Asking

register = template.Library()


@register.simple_tag
def cost_questions(worker_id: UUID) -> list[Asking]:
    """The questions that are due today."""
    return queries.due_askings(worker_id, on=timezone.localdate())
