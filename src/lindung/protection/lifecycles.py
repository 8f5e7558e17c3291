"""States and steps of a case."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class CaseState(StrEnum):
    """Where our work on a complaint stands; a case ends with the worker's own word."""

    RECEIVED = "received"
    UNDERSTOOD = "understood"
    HANDLING = "handling"
    OUTCOME = "outcome"
    CONFIRMED = "confirmed"


S = CaseState
CASE = Lifecycle(
    name="case",
    initial=S.RECEIVED,
    steps=(
        Step("understand", (S.RECEIVED,), S.UNDERSTOOD),
        Step("handle", (S.UNDERSTOOD,), S.HANDLING),
        Step("report outcome", (S.HANDLING,), S.OUTCOME),
        Step("confirm", (S.OUTCOME,), S.CONFIRMED),
        Step("object", (S.OUTCOME,), S.HANDLING),
    ),
)
