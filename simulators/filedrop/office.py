"""The destination's office: which workers it expects, and what its officials say of them."""

from typing import Any

from simulators.eps.wire import Refused

from .node import Node

#: What this office takes from an origin country, and what it says.
ACCEPTS = (
    "departure.done",
    "contract.answered",
    "employer.restricted",
    "regulation.changed",
    "receipt.business",
)
NOTICES = ("employer.restricted", "regulation.changed")
SENDS = (
    "arrival.confirmed",
    "arrival.failed",
    "registration.confirmed",
    "employment.changed",
    "return.done",
    "receipt.technical",
    "receipt.business",
)


class Office:
    """Keeps a list of workers and lets officials act."""

    def __init__(self, node: Node) -> None:
        self.node = node
        node.apply = self.understand

    def understand(self, subject: str, name: str, data: dict[str, Any]) -> str:
        """A message of the origin's in our books; refuses what cannot be."""
        if name in NOTICES:
            return "applied"  # an official reads it as it came; no worker's file changes
        with self.node.store.write() as db:
            found = self.node.store.row("select * from worker where subject = ?", subject)
            if name == "departure.done":
                if found is not None and found["state"] == "arrived":
                    raise Refused("step_closed", "already here")
                db.execute(
                    "insert into worker values (?, 'on the way', '{}') "
                    "on conflict (subject) do update set state = 'on the way'",
                    (subject,),
                )
            elif name == "contract.answered":
                state = "contract signed" if data["answer"] == "accepted" else "declined"
                db.execute(
                    "insert into worker values (?, ?, '{}') "
                    "on conflict (subject) do update set state = excluded.state",
                    (subject, state),
                )
        return "applied"

    def say(self, name: str, subject: str, data: dict[str, Any]) -> str:
        """An official says something of a worker; the message's id."""
        if name not in SENDS or name.startswith("receipt."):
            raise ValueError(f"this office does not say {name}")
        states = {"arrival.confirmed": "arrived", "return.done": "left"}
        with self.node.store.write() as db:
            if name in states:
                db.execute(
                    "insert into worker values (?, ?, '{}') "
                    "on conflict (subject) do update set state = excluded.state",
                    (subject, states[name]),
                )
            return self.node.send(name, subject, data)
