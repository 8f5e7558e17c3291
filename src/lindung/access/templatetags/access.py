"""``{% load access %}``: roles as people say them, and the demo's second factor."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.context import Context

from lindung.access import queries
from lindung.access.actors import Actor
from lindung.access.models import Account
from lindung.access.rights import Right

register = template.Library()


@register.filter
def role_title(name: str) -> str:
    """What people call a role."""
    return queries.role_title(name)


@register.filter
def may(actor: Actor | None, right: str) -> bool:
    """Whether whoever acts holds the right."""
    return actor is not None and Right(right) in actor.rights


@register.simple_tag(takes_context=True)
def demo_code(context: Context) -> str:
    """The code a made-up official's app would show now; empty for everyone else and elsewhere."""
    if not settings.DEMO:
        return ""
    stage = getattr(context.get("request"), "_login_stage", None)
    account = stage.login.user if stage else None
    if not isinstance(account, Account) or not account.is_demo:
        return ""
    return current_code(account)


def current_code(account: Account) -> str:
    """The time-based code of an account's authenticator app now, or empty where it has none."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal import auth
    from allauth.mfa.utils import decrypt

    kept = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).first()
    if kept is None:
        return ""
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return str(auth.format_hotp_value(auth.hotp_value(decrypt(kept.data["secret"]), counter)))
