"""Officials sign in through django-allauth; nobody opens an account by themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OfficialsOnly(DefaultAccountAdapter):  # type: ignore[misc]  allauth ships no types
    """Accounts are made by an administrator of the office."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk; the middleware asks for the second factor first."""
        return "/"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send as allauth does; accounts without an address get nothing."""
        if email:
            super().send_mail(template_prefix, email, context)
