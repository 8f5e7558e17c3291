"""The environment, read once into typed values; a wrong one stops the start with a sentence."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[4]


def text(name: str, default: str | None = None) -> str:
    """The variable's text.

    Raises:
        ImproperlyConfigured: it is missing and has no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set; docs/how-to/deploy.md says what it holds.")
    return value


def number(name: str, default: int) -> int:
    """The variable as a whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def flag(name: str, default: bool) -> bool:
    """The variable as yes or no."""
    value = os.environ.get(name, "").lower()
    if value in {"", "1", "true", "yes", "0", "false", "no"}:
        return default if value == "" else value in {"1", "true", "yes"}
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def words(name: str, default: str = "") -> list[str]:
    """The variable as a comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str) -> str:
    """What the file that the variable names holds; empty where it names none."""
    path = os.environ.get(name, "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Cannot read {name}: {error.strerror}.") from None


def version() -> str:
    """The version of this source, as ``pyproject.toml`` says."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


def home() -> Path:
    """Where state lives: ``LINDUNG_HOME``, else ``.lindung`` in the clone."""
    return Path(os.environ.get("LINDUNG_HOME") or ROOT / ".lindung")


def database(url: str) -> dict[str, Any]:
    """Django's settings for a ``postgresql://`` URL; a socket folder goes in ``?host=``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "lindung.access.database",
        "NAME": unquote(parts.path.lstrip("/")) or "lindung",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": dict(query),
    }
