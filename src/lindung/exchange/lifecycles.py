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
    SETTLED = "settled"  # a person replaced it by a corrected one, or says why none is needed


O = OutgoingState  # noqa: E741  short for the table below
OUTGOING = Lifecycle(
    name="outgoing message",
    initial=O.WAITING,
    steps=(
        Step("note stored", (O.WAITING, O.STORED), O.STORED),
        Step("note accepted", (O.WAITING, O.STORED, O.DEAD), O.ACCEPTED),
        Step("note refused", (O.WAITING, O.STORED, O.DEAD), O.REFUSED),
        Step("finish receipt", (O.WAITING,), O.DONE),
        # Taken into a list first (`awaiting_match`), decided when people knew whom it is about.
        Step("note applied", (O.ACCEPTED,), O.ACCEPTED),
        Step("note refused later", (O.ACCEPTED,), O.REFUSED),
        Step("settle", (O.DEAD, O.REFUSED), O.SETTLED),
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
    ASIDE = "aside"  # two people set it aside, so that what follows is not held up


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
        Step("know the person", (I.MATCHING,), I.WAITING),
        Step("leave out", (I.ERROR,), I.ASIDE),
    ),
)


class GraveKind(StrEnum):
    """What takes two people."""

    TRUST_KEY = "trust-key"  # a partner's key, its fingerprint compared over a second channel
    REVOKE_KEY = "revoke-key"  # a partner's key is believed no more
    LEAVE_OUT = "leave-out"  # a message that our books cannot take


class GraveState(StrEnum):
    """Where a grave act stands."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


G = GraveState
GRAVE = Lifecycle(
    name="grave act",
    initial=G.ASKED,
    steps=(
        Step("confirm", (G.ASKED,), G.DONE),
        Step("refuse", (G.ASKED,), G.REFUSED),
    ),
)


class SheetKind(StrEnum):
    """What an officer did by hand in a partner's portal."""

    TOLD = "told"  # it says something of its own
    COPIED = "copied"  # our message was copied into it
    ANSWERED = "answered"  # it accepted or refused our message


class SheetState(StrEnum):
    """Where a sheet stands."""

    TYPED = "typed"  # by one person
    CHECKED = "checked"  # by another; it counts
    RETURNED = "returned"  # the other found it wrong


W = SheetState
SHEET = Lifecycle(
    name="worksheet",
    initial=W.TYPED,
    steps=(
        Step("check", (W.TYPED,), W.CHECKED),
        Step("return", (W.TYPED,), W.RETURNED),
    ),
)


class DifferenceState(StrEnum):
    """Where a difference between the two books stands."""

    FOUND = "found"  # seen once; a message may still be on its way
    CONFIRMED = "confirmed"  # seen again after the time to settle, nothing on its way
    ASKED = "asked"  # the partner was asked to look at its own
    TAKING = "taking"  # theirs is right; an officer brings our books in line
    SETTLED = "settled"  # gone after somebody acted
    GONE = "gone"  # gone by itself


D = DifferenceState
DIFFERENCE = Lifecycle(
    name="difference",
    initial=D.FOUND,
    steps=(
        Step("confirm", (D.FOUND,), D.CONFIRMED),
        Step("ask partner", (D.CONFIRMED, D.ASKED, D.TAKING), D.ASKED),
        Step("accept theirs", (D.CONFIRMED, D.ASKED, D.TAKING), D.TAKING),
        Step("settle", (D.ASKED, D.TAKING), D.SETTLED),
        Step("vanish", (D.FOUND, D.CONFIRMED), D.GONE),
    ),
)
