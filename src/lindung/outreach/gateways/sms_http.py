"""An SMS gateway reached by HTTPS: JSON out with a bearer token (docs/how-to/channels.md)."""

from __future__ import annotations

from lindung.outreach.channels import NotTaken, Parcel
from lindung.outreach.gateways import http
from lindung.outreach.lines import HttpGateway


def send(line: HttpGateway, parcel: Parcel) -> str:
    """Post one message; gives the gateway's id of it.

    Raises:
        Refused, NotTaken: as :mod:`http`.
    """
    answer = http.post(
        f"{line.url}/messages",
        token=line.token,
        # ``reference`` is the same each time it is tried, so that a gateway can drop a repeat.
        body={
            "from": line.source,
            "to": parcel.to,
            "text": parcel.words,
            "reference": str(parcel.id),
        },
        seconds=line.seconds,
    )
    if not (id_ := str(answer.get("id", ""))):
        raise NotTaken("no id")
    return id_
