"""States and steps of a message on its way out and of one that came in."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class OutgoingState(StrEnum):
    """Where a message of ours stands."""

    WAITING = "waiting"  # not known to be stored by the partner
    STORED = "stored"  # technical receipt
    ACCEPTED = "accepted"  # business receipt
    REFUSED = "refused"  # business receipt
    DONE = "done"  # a receipt of ours that the partner has stored
    DEAD = "dead"  # the partner could not take it; a person must look


O = OutgoingState  # noqa: E741  short for the table below
OUTGOING = Lifecycle(
    name="outgoing message",
    initial=O.WAITING,
    steps=(
        Step("note stored", (O.WAITING, O.STORED), O.STORED),
        Step("note accepted", (O.WAITING, O.STORED, O.DEAD), O.ACCEPTED),
        Step("note refused", (O.WAITING, O.STORED, O.DEAD), O.REFUSED),
        Step("finish receipt", (O.WAITING,), O.DONE),
        Step("give up", (O.WAITING, O.STORED), O.DEAD),
        Step("send again", (O.DEAD, O.STORED, O.DONE), O.WAITING),
    ),
)


class IncomingState(StrEnum):
    """Where a message that came in stands."""

    KEPT = "kept"  # bytes stored, nothing read
    UNTAKEN = "untaken"  # technical refusal
    REPEAT = "repeat"  # was here already
    WAITING = "waiting"  # to be applied, in order
    APPLIED = "applied"
    MATCHING = "matching"  # accepted; nobody knows yet whom it is about
    REFUSED = "refused"  # business refusal
    ERROR = "error"  # our own fault; a person must look


I = IncomingState  # noqa: E741
INCOMING = Lifecycle(
    name="incoming message",
    initial=I.KEPT,
    steps=(
        Step("take", (I.KEPT,), I.WAITING),
        Step("not take", (I.KEPT,), I.UNTAKEN),
        Step("know again", (I.KEPT,), I.REPEAT),
        Step("apply", (I.WAITING, I.MATCHING), I.APPLIED),
        Step("set aside", (I.WAITING,), I.MATCHING),
        Step("refuse", (I.WAITING,), I.REFUSED),
        Step("fail", (I.WAITING,), I.ERROR),
        Step("try again", (I.ERROR,), I.WAITING),
    ),
)
