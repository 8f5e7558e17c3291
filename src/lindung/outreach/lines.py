"""Lines: the gateways that carry messages, as the settings describe them; none is on by itself.

A line is on or off. One that is named and lacks something stops the start with a sentence
(``read``): half a line would lose messages without a word. Secrets come from files that
only this account reads; they stand in no table, log or ``repr``.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Smpp:
    """An SMSC reached by SMPP 3.4 (SMS Forum, 12-Oct-1999 issue 1.2)."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    source: str
    system_type: str = ""
    tls: bool = False
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """An SMS gateway that takes JSON over HTTPS and calls us back with a keyed hash."""

    url: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    source: str
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """A number of the WhatsApp Cloud API."""

    url: str
    phone_number_id: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    template_prefix: str = ""
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class Email:
    """A mailbox: Django's mail settings carry, ``manage.py take_mail`` takes in.

    ``authserv``: the name under which our own mail server writes what it found out about a sender
    (RFC 8601); without it no e-mail proves who wrote it.
    """

    sender: str
    authserv: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """What is on."""

    sms: Smpp | HttpGateway | None = None
    whatsapp: WhatsApp | None = None
    email: Email | None = None


def lines() -> Lines:
    """The lines of this installation."""
    found: Lines = settings.LINES
    return found


def is_on(channel: str) -> bool:
    """Whether messages over that channel are carried at all."""
    return getattr(lines(), channel, None) is not None


def read(environ: Mapping[str, str]) -> Lines:
    """The lines that the environment describes.

    Raises:
        ImproperlyConfigured: a line is named and something of it is missing; says what.
    """
    return Lines(
        sms=_one_of(environ, "LINDUNG_SMS", {"smpp": _smpp, "http": _http}),
        whatsapp=_whatsapp(environ) if _any(environ, "LINDUNG_WHATSAPP_") else None,
        email=_email(environ) if _any(environ, "LINDUNG_MAILBOX") else None,
    )


def _one_of(
    environ: Mapping[str, str],
    name: str,
    makers: Mapping[str, Callable[[Mapping[str, str]], Smpp | HttpGateway]],
) -> Smpp | HttpGateway | None:
    chosen = environ.get(name, "")
    if chosen in makers:
        return makers[chosen](environ)
    if chosen:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(makers)}.")
    if stray := sorted(
        each for each in environ if each.startswith(("LINDUNG_SMPP_", "LINDUNG_SMS_"))
    ):
        raise ImproperlyConfigured(
            f"{stray[0]} is set, and {name} does not say which line it is for."
        )
    return None


def _smpp(environ: Mapping[str, str]) -> Smpp:
    get = _Needed(environ, "SMPP")
    return get.done(
        lambda: Smpp(
            host=get("LINDUNG_SMPP_HOST"),
            port=get.number("LINDUNG_SMPP_PORT", 2775),
            system_id=get("LINDUNG_SMPP_SYSTEM_ID"),
            password=get.secret("LINDUNG_SMPP_PASSWORD_FILE"),
            source=get("LINDUNG_SMPP_SOURCE"),
            system_type=environ.get("LINDUNG_SMPP_SYSTEM_TYPE", ""),
            tls=environ.get("LINDUNG_SMPP_TLS", "").lower() in {"1", "true", "yes"},
        )
    )


def _http(environ: Mapping[str, str]) -> HttpGateway:
    get = _Needed(environ, "SMS gateway")
    return get.done(
        lambda: HttpGateway(
            url=get.url("LINDUNG_SMS_URL"),
            token=get.secret("LINDUNG_SMS_TOKEN_FILE"),
            secret=get.secret("LINDUNG_SMS_SECRET_FILE"),
            source=get("LINDUNG_SMS_SOURCE"),
        )
    )


def _whatsapp(environ: Mapping[str, str]) -> WhatsApp:
    get = _Needed(environ, "WhatsApp")
    return get.done(
        lambda: WhatsApp(
            url=get.url("LINDUNG_WHATSAPP_URL", "https://graph.facebook.com/v23.0"),
            phone_number_id=get("LINDUNG_WHATSAPP_PHONE_NUMBER_ID"),
            token=get.secret("LINDUNG_WHATSAPP_TOKEN_FILE"),
            app_secret=get.secret("LINDUNG_WHATSAPP_APP_SECRET_FILE"),
            verify_token=get.secret("LINDUNG_WHATSAPP_VERIFY_FILE"),
            template_prefix=environ.get("LINDUNG_WHATSAPP_TEMPLATE_PREFIX", ""),
        )
    )


def _email(environ: Mapping[str, str]) -> Email:
    get = _Needed(environ, "e-mail")
    return get.done(
        lambda: Email(
            sender=get("LINDUNG_MAILBOX"), authserv=environ.get("LINDUNG_MAILBOX_AUTHSERV", "")
        )
    )


def _any(environ: Mapping[str, str], start: str) -> bool:
    return any(name.startswith(start) and value for name, value in environ.items())


class _Needed:
    """Reads variables and gathers what is missing, so that all of it is said at once."""

    def __init__(self, environ: Mapping[str, str], line: str) -> None:
        self._environ, self._line = environ, line
        self._missing: list[str] = []

    def __call__(self, name: str, default: str = "") -> str:
        value = self._environ.get(name, "") or default
        if not value:
            self._missing.append(name)
        return value

    def number(self, name: str, default: int) -> int:
        value = self._environ.get(name, "")
        if value and not value.isdigit():
            raise ImproperlyConfigured(f"{name} must be a whole number.")
        return int(value or default)

    def url(self, name: str, default: str = "") -> str:
        value = self(name, default).rstrip("/")
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ImproperlyConfigured(f"{name} must begin with https://.")
        return value

    def secret(self, name: str) -> str:
        if not (path := self(name)):
            return ""
        file = Path(path)
        try:
            if file.stat().st_mode & stat.S_IROTH:
                raise ImproperlyConfigured(f"Everybody can read {name}: run chmod 600 on it.")
            value = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"Cannot read {name}: {error.strerror}.") from error
        if not value:
            raise ImproperlyConfigured(f"{name} names an empty file.")
        return value

    def done(self, make: Callable[[], L]) -> L:
        line = make()
        if self._missing:
            raise ImproperlyConfigured(
                f"The {self._line} line is half configured; missing: {', '.join(self._missing)}."
            )
        return line
