"""States and steps of an event, and of one person's answer to "are you safe?"."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class EventState(StrEnum):
    """Where our work on an event stands."""

    DECLARED = "declared"
    ASKING = "asking"
    ENDED = "ended"


E = EventState
CRISIS_EVENT = Lifecycle(
    name="crisis event",
    initial=E.DECLARED,
    steps=(
        # Asked again is a further round; the silent ones are asked by their next channel.
        Step("ask", (E.DECLARED, E.ASKING), E.ASKING),
        Step("end", (E.DECLARED, E.ASKING), E.ENDED),
    ),
)


class AnswerState(StrEnum):
    """What is known of one person since the event."""

    LISTED = "listed"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"
    SAFE = "safe"
    NEEDS_HELP = "needs_help"


A = AnswerState
_ALL = tuple(AnswerState)
MUSTER_ANSWER = Lifecycle(
    name="muster answer",
    initial=A.LISTED,
    steps=(
        # A message went out over a channel that can light up the person's telephone.
        Step("ask", (A.LISTED, A.NO_ANSWER, A.NOT_REACHED), A.NO_ANSWER),
        # No such channel is left or known; the own page alone holds the question.
        Step("miss", (A.LISTED, A.NO_ANSWER, A.NOT_REACHED), A.NOT_REACHED),
        # What is said last counts: who was safe may call for help, who called may be brought out.
        Step("tell safe", _ALL, A.SAFE),
        Step("tell help", _ALL, A.NEEDS_HELP),
    ),
)
