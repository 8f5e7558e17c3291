"""Everything that changes who is on duty, and calls for help until somebody has taken them."""

from lindung.duty.operations.calls import (
    A_RUN,
    NotYetSpoken,
    begin_call,
    clear_places,
    escalate,
    keep_place,
    note_contact,
    note_plan,
    note_safe,
    pass_on,
    stand_down,
    take,
)
from lindung.duty.operations.rosters import (
    AlreadyCovered,
    keep_chain,
    put_on_duty,
    repeat_week,
    swap_shifts,
    withdraw_shift,
    write_handover,
)

__all__ = [
    "A_RUN",
    "AlreadyCovered",
    "NotYetSpoken",
    "begin_call",
    "clear_places",
    "escalate",
    "keep_chain",
    "keep_place",
    "note_contact",
    "note_plan",
    "note_safe",
    "pass_on",
    "put_on_duty",
    "repeat_week",
    "stand_down",
    "swap_shifts",
    "take",
    "withdraw_shift",
    "write_handover",
]
