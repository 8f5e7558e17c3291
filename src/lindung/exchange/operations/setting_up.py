"""Entering partners: real ones from a file that people wrote, made-up ones from ``node.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.journal import record
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import check_settings
from lindung.exchange.events import PartnerEntered
from lindung.exchange.models import Partner
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.reference.models import Country


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
            facts = row | {
                "base_url": settings.SIMULATOR_URL if row["adapter"] == "http" else "",
                "settings": _placed(row.get("settings", {})),
                "is_demo": True,
            }
            check_settings(facts["adapter"], facts["settings"])
            Partner.objects.update_or_create(code=row["code"], defaults=facts)
    return [row["code"] for row in rows]


_NEEDED = {"code", "name", "country", "node", "adapter", "agreement"}
_ALLOWED = _NEEDED | {"base_url", "settings", "schemes", "agreement_on"}
_LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def enter_partner(facts: dict[str, Any]) -> tuple[Partner, bool]:
    """Enter a partner with whom there is an agreement, or change what is written of it.

    Args:
        facts: fields of ``Partner`` by name, as people wrote them down.

    Returns:
        The partner, and whether it is new. Its keys are not believed yet: two people compare them.

    Raises:
        Incomplete: names what is missing or wrong.
    """
    wrong = {name: "Wajib diisi." for name in sorted(_NEEDED) if not facts.get(name)}
    wrong |= dict.fromkeys(sorted(set(facts) - _ALLOWED), "Isian ini tidak dikenal.")
    address = str(facts.get("base_url", "")).rstrip("/")
    if facts.get("adapter") == "http" and not address.startswith(("https://", *_LOCAL)):
        wrong["base_url"] = "Alamat harus https."
    if ":" not in str(facts.get("node", "")):
        wrong["node"] = "Nama simpul adalah URI lengkap, misalnya urn:…"
    if facts.get("country") and not Country.objects.filter(pk=facts["country"]).exists():
        wrong["country"] = "Kode negara tidak dikenal."
    if wrong:
        raise Incomplete(fields=wrong)
    check_settings(facts["adapter"], facts.get("settings", {}))
    with acting_as(ROBOT):
        values = facts | {"base_url": address, "is_demo": False}
        row, made = Partner.objects.update_or_create(code=facts["code"], defaults=values)
        record(PartnerEntered(code=row.code, new=made), actor=ROBOT, subject=row.id)
    return row, made


def _placed(given: dict[str, Any]) -> dict[str, Any]:
    """Settings with the folders of this installation in them; the folders are made."""
    found = {
        name: value.format(home=settings.LINDUNG_HOME) if isinstance(value, str) else value
        for name, value in given.items()
    }
    for name in ("out", "in"):
        if name in found:
            Path(found[name]).mkdir(parents=True, exist_ok=True)
    return found
