"""The rules of law that life abroad rests on here."""

from __future__ import annotations

from lindung.regulations.lawbook import Provision

# An extension is agreed before the officer of the mission.
BEFORE_MISSION = Provision("id.contract.extension_before_mission", unit="boolean")
