"""``{% load phone %}``: where the worker's pages leave to, and where a plain SMS goes."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.context import Context

register = template.Library()


@register.simple_tag
def exit_page() -> str:
    """Address of the harmless page that the quick exit opens."""
    address: str = settings.PHONE_EXIT
    return address


@register.simple_tag(takes_context=True)
def sms_number(context: Context) -> str:
    """The number that takes plain SMS: ours, else the telephone of the post in charge, else none."""
    if settings.PHONE_SMS:
        return str(settings.PHONE_SMS)
    post = getattr(context.get("request"), "post_in_charge", None)
    return post.phone.replace(" ", "") if post else ""
