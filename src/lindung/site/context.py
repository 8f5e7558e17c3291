"""What every template finds around it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The actor, whether people are made up, and a fresh key so that a form counts once."""
    return {
        "actor": getattr(request, "actor", None),
        "DEMO": settings.DEMO,
        "once": uuid4,
    }
