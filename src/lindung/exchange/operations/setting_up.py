"""Partners of a demonstration, from ``node.yaml``; their address comes from the settings."""

from __future__ import annotations

from pathlib import Path

import yaml
from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner
from lindung.kernel.refusals import Refusal


class OnlyInDemo(Refusal):
    """Made-up partners exist in demo mode alone."""

    status = 409
    slug = "only-in-demo"
    title = "Mitra contoh hanya ada dalam mode demo."


def make_demo_partners() -> list[str]:
    """Enter the demonstration's partners, or bring their addresses up to date; returns codes."""
    if settings.MODE == "production":
        raise OnlyInDemo
    file = Path(__file__).parents[1] / "node.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["demo_partners"]
    with acting_as(ROBOT):
        for row in rows:
            facts = row | {"base_url": settings.SIMULATOR_URL, "is_demo": True}
            Partner.objects.update_or_create(code=row["code"], defaults=facts)
    return [row["code"] for row in rows]
