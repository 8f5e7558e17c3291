"""Who sees the help around a case: those who may read the case itself; an agency never."""

from __future__ import annotations

from collections.abc import Iterator

from lindung.access.actors import Kind
from lindung.access.policies import (
    EVERY_ROW,
    POST,
    READ,
    WORKER,
    WRITE,
    Declaration,
    RowPolicy,
    by_compartment,
)
from lindung.assistance.models import (
    Appointment,
    Claim,
    Interpreter,
    Letter,
    Payment,
    Referral,
    Service,
    Shelter,
    Stay,
)


def _of_a_post(model: type[Shelter | Interpreter]) -> Iterator[RowPolicy]:
    """The directory of one post: its own people, the ministry, our robot."""
    yield RowPolicy(model, Kind.POST, POST, WRITE)
    yield RowPolicy(model, Kind.MINISTRY, EVERY_ROW)
    yield RowPolicy(model, Kind.CLOCK, EVERY_ROW, WRITE)


POLICIES: list[Declaration] = [
    *by_compartment(Letter),
    *by_compartment(Claim),
    RowPolicy(Claim, Kind.WORKER, WORKER, READ),
    *by_compartment(Payment),
    # The worker's word on a payment is the worker's own to write.
    RowPolicy(Payment, Kind.WORKER, WORKER, ("select", "update")),
    *by_compartment(Referral),
    RowPolicy(Referral, Kind.WORKER, WORKER, READ),
    *by_compartment(Stay),
    RowPolicy(Stay, Kind.WORKER, WORKER, READ),
    *by_compartment(Appointment),
    *_of_a_post(Shelter),
    *_of_a_post(Interpreter),
    RowPolicy(Service, Kind.POST, POST, WRITE),
    RowPolicy(Service, Kind.WORKER, EVERY_ROW),
    RowPolicy(Service, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(Service, Kind.CLOCK, EVERY_ROW, WRITE),
]
