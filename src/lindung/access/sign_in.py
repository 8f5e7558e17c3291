"""Officials sign in through django-allauth; nobody opens an account by themselves."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from lindung.access.models import Account
from lindung.access.secrets import keyring
from lindung.kernel.secrets import Keyring

# The kind under which they are sealed.
_FACTOR = "second-factor"


class OfficialsOnly(DefaultAccountAdapter):
    """Accounts are made by an administrator of the office."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk; the middleware asks for the second factor first."""
        return "/"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """As allauth does; a made-up official is nobody outside demo mode."""
        found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if isinstance(found, Account) and not is_welcome(found):
            return None
        return found

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send as allauth does; accounts without an address get nothing."""
        if email:
            super().send_mail(template_prefix, email, context)


class SecondFactors(DefaultMFAAdapter):
    """Keeps the secrets of second factors sealed, under the key that seals identity numbers."""

    def encrypt(self, text: str) -> str:
        """Sealed and in base64."""
        return base64.b64encode(keyring().seal(_FACTOR, text).cipher).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return keyring().open(_FACTOR, base64.b64decode(encrypted_text))


def is_stale(ring: Keyring, encrypted_text: str) -> bool:
    """Whether a factor's secret is sealed under another key than the ring's current one."""
    return not ring.is_current(base64.b64decode(encrypted_text))


def sealed_anew(ring: Keyring, encrypted_text: str) -> str:
    """The same secret under the ring's current key; raises as ``Keyring.open`` does."""
    sealed = ring.renewed(_FACTOR, base64.b64decode(encrypted_text))
    return base64.b64encode(sealed.cipher).decode()


def is_welcome(account: Account) -> bool:
    """Whether the account may act at all: active, and not made up outside demo mode."""
    return account.is_active and not (account.is_demo and settings.MODE == "production")
