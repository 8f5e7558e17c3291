"""States and steps of a case."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class CaseState(StrEnum):
    """Where our work on a complaint stands; a case ends with the worker's own word.

    Or, where the person stays out of reach, by the dated rule; a merged one goes on in another.
    """

    RECEIVED = "received"
    UNDERSTOOD = "understood"
    HANDLING = "handling"
    OUTCOME = "outcome"
    CONFIRMED = "confirmed"
    NO_ANSWER = "no_answer"
    MERGED = "merged"
    DIED = "died"


S = CaseState
_OPEN = (S.RECEIVED, S.UNDERSTOOD, S.HANDLING, S.OUTCOME)
# States in which no more is done.
CLOSED_STATES = (S.CONFIRMED, S.NO_ANSWER, S.MERGED, S.DIED)
CASE = Lifecycle(
    name="case",
    initial=S.RECEIVED,
    steps=(
        Step("understand", (S.RECEIVED,), S.UNDERSTOOD),
        Step("handle", (S.UNDERSTOOD,), S.HANDLING),
        Step("report outcome", (S.HANDLING,), S.OUTCOME),
        Step("confirm", (S.OUTCOME,), S.CONFIRMED),
        Step("object", (S.OUTCOME,), S.HANDLING),
        Step("close unreachable", _OPEN, S.NO_ANSWER, basis="id.complaint.unreachable_days"),
        Step("reopen", (S.CONFIRMED, S.NO_ANSWER), S.HANDLING),
        Step("merge", _OPEN, S.MERGED),
        # When all that is owed to the person and the family was done (incidents).
        Step("close after death", _OPEN, S.DIED),
        Step("part again", (S.MERGED,), S.RECEIVED),
    ),
)
