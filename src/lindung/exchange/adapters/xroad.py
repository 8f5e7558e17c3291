"""Through X-Road security servers: the same posts, another envelope around them (PR-REST 1.0.4).

As a consumer we call the partner's service at our own security server; as a provider our node is
called by it. What is signed is the message, so headers that the servers rewrite touch nothing.
"""

from __future__ import annotations

from urllib.parse import quote

import httpx

from lindung.exchange.adapters.base import Later, Stop, settings_of
from lindung.exchange.adapters.http import HttpAdapter
from lindung.exchange.models import Partner
from lindung.exchange.ourselves import ourselves
from lindung.kernel.ids import new_id

PROTOCOL_VERSION = "r1"  # §4.1
# Error types (§4.6: the last part) that pass by themselves: a line or a server that is down, a
# configuration that is being distributed. Any other needs somebody: a right that is missing, a
# service that is not there, a wrong signature. Version 7 of the servers writes `NetworkError`,
# version 8 `network_error`; without capitals and underscores they are one.
PASSING = {
    "networkerror", "ioerror", "httperror", "outdatedglobalconf", "servicefailed", "databaseerror",
    "loggingfailed", "timestampingfailed", "timestamperfailed", "internalerror", "maintenancemode",
}  # fmt: skip


class XRoadAdapter(HttpAdapter):
    """A partner's service behind security servers."""

    def __init__(self, partner: Partner, *, http: httpx.Client | None = None) -> None:
        super().__init__(partner, http=http)
        self._settings = settings_of(partner)

    def address(self, target: str) -> str:
        """The service at our own security server (§4.1); each part of its name encoded (§4.2)."""
        service = "/".join(_encoded(self._settings["service"]))
        server = self._settings["security_server"].rstrip("/")
        return f"{server}/{PROTOCOL_VERSION}/{service}{target}"

    def headers(self) -> dict[str, str]:
        """Who calls, and an id that the answer repeats (§4.3)."""
        return {
            "X-Road-Client": "/".join(_encoded(self._settings["client"])),
            "X-Road-Id": str(new_id()),
            # The user is a machine: the two letters of its country, then its name.
            "X-Road-UserId": f"{ourselves()['country']}LINDUNG",
            "X-Road-Issue": self.partner.code,
        }

    def judge(self, answer: httpx.Response) -> None:
        """An error of X-Road by its kind; the partner's own as on the native line (§4.6)."""
        kind = answer.headers.get("x-road-error", "")
        if not kind:  # kind 1: the partner's node answered, its statuses are the protocol's (§5)
            super().judge(answer)
        plain = kind.lower().replace("_", "")
        if plain.startswith("server.") and plain.rpartition(".")[2] in PASSING:
            raise Later(kind[:120])
        raise Stop(kind[:120])


def caller(header: str) -> str:
    """The client a request came from; of several the last counts (§4.3)."""
    return header.rpartition(",")[2].strip()


def comes_from(partner: Partner, header: str) -> bool:
    """Whether an ``X-Road-Client`` is the one agreed with a partner."""
    agreed = partner.settings.get("partner_client", "")
    return bool(agreed) and caller(header) == "/".join(_encoded(agreed))


def _encoded(name: str) -> list[str]:
    return [quote(part, safe="'()+,-.=") for part in name.split("/")]
