"""States and steps of an entry on the problem list."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class ProblemState(StrEnum):
    """Where an entry stands; only a published one counts against the party."""

    REPORTED = "reported"
    HEARD = "heard"
    PUBLISHED = "published"
    LIFTED = "lifted"
    EXPIRED = "expired"
    DISMISSED = "dismissed"


S = ProblemState
PROBLEM = Lifecycle(
    name="problem",
    initial=S.REPORTED,
    steps=(
        Step("hear", (S.REPORTED,), S.HEARD, "id.problem_list.reply_days"),
        Step("publish", (S.HEARD,), S.PUBLISHED),
        Step("lift", (S.PUBLISHED,), S.LIFTED),
        Step("expire", (S.PUBLISHED,), S.EXPIRED),
        Step("dismiss", (S.REPORTED, S.HEARD), S.DISMISSED),
    ),
)
