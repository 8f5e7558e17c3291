"""``{% load widgets %}``: a form field drawn with its class, hint and error tied to it."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_tick(field: BoundField) -> bool:
    """True for a single tick box, whose label stands after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def drawn(field: BoundField, bare: str = "") -> SafeString:
    """The field's widget. Hint (unless bare) and error are named in ``aria-describedby``."""
    attrs: dict[str, str | bool] = {}
    grouped = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if not grouped:
        attrs["class"] = "ds-input"
        described = [
            f"{field.auto_id}_{part}"
            for part, there in (("hint", field.help_text and not bare), ("error", field.errors))
            if there
        ]
        if described:
            attrs["aria-describedby"] = " ".join(described)
        if field.errors:
            attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)
