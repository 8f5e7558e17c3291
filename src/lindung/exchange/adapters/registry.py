"""Which class carries which partner's messages."""

from __future__ import annotations

import httpx

from lindung.exchange.adapters.base import Adapter
from lindung.exchange.adapters.files import FilesAdapter
from lindung.exchange.adapters.http import HttpAdapter
from lindung.exchange.adapters.worklist import WorklistAdapter
from lindung.exchange.adapters.xroad import XRoadAdapter
from lindung.exchange.models import Partner


def adapter_for(partner: Partner, *, http: httpx.Client | None = None) -> Adapter:
    """The line to a partner; a context manager.

    Args:
        http: a client to use in place of a fresh one, where the line is HTTP.

    Raises:
        Stop: the partner's settings are not what its adapter needs.
    """
    match partner.adapter:
        case "http":
            return HttpAdapter(partner, http=http)
        case "xroad":
            return XRoadAdapter(partner, http=http)
        case "files":
            return FilesAdapter(partner)
        case _:
            return WorklistAdapter(partner)


def by_hand(partner: Partner) -> bool:
    """Whether people carry this partner's messages, so that no machine may count them as carried."""
    return partner.adapter == "worklist"


def fetches(partner: Partner) -> bool:
    """Whether we go and get what this partner says, rather than it coming to us."""
    return partner.adapter == "files"
