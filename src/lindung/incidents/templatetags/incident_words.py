"""Words of workflows, for the pages of incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy

from lindung.incidents.models import Factor

register = template.Library()
WHO = {
    "post": gettext_lazy("Perwakilan"),
    "office": gettext_lazy("Kantor di daerah asal"),
    "ministry": gettext_lazy("Kementerian"),
    "liaison": gettext_lazy("Petugas kabar duka"),
}


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key, or nothing."""
    return mapping.get(key, "")


@register.filter
def who(code: str) -> str:
    """Whose work a step is."""
    return str(WHO.get(code, code))


@register.filter
def factor(code: str) -> str:
    """By what a person was recognised."""
    return str(Factor(code).label) if code in Factor else code
