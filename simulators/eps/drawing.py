"""What happens to people here, drawn from published figures (`world.json`, each with its source)."""

import random
from typing import Any

from .law import EMPLOYERS, WORLD


def share(name: str) -> float:
    """A published share a month."""
    return float(WORLD["shares"][name]["a_month"])


def sector_weights(year: int) -> dict[str, int]:
    """The quota of a year by sector; the last published one after that."""
    quotas = WORLD["quota"]
    known = [int(y) for y in quotas if int(y) <= year] or [min(int(y) for y in quotas)]
    return {k: int(v) for k, v in quotas[str(max(known))]["sectors"].items()}


class Draw:
    """Draws with one source of chance, so that a seed gives the same life again."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def happens(self, name: str) -> bool:
        """Whether something of this share happens this month."""
        return self.chance.random() < share(name)

    def employer(self, year: int) -> str:
        """An employer's key, by the quota of its sector."""
        weights = sector_weights(year)
        keys = list(EMPLOYERS)
        return self.chance.choices(
            keys, [weights.get(EMPLOYERS[key]["sector"], 1) for key in keys]
        )[0]

    def next_step(self, state: str) -> tuple[str, dict[str, Any]]:
        """The act of a month and its values; empty: nothing happens."""
        match state:
            case "roster_active":
                return ("offer", {}) if self.happens("selected") else ("", {})
            case "accepted":
                return "authorise", {}
            case "visa_authorised":
                return "plan_entry", {}
            case "departed" if self.happens("no_show"):
                return "report_no_show", {}
            case "departed":
                return "confirm_arrival", {}
            case "arrived":
                return "induct", {}
            case "inducted":
                return "register", {}
            case "registered":
                return self._at_work()
            case _:
                return "", {}

    def _at_work(self) -> tuple[str, dict[str, Any]]:
        if self.happens("wage_arrears"):
            return "miss_wages", {}
        if self.happens("accident"):
            return "report_incident", {}
        if self.happens("absent"):
            return "change_employment", {"event": "absent"}
        if self.happens("leaves_job"):
            return "change_employment", {"event": "ended"}
        return "", {}
