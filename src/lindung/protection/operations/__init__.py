"""From a complaint to the worker's own word that it is solved."""

from lindung.protection.operations.closing import (
    NotTriedEnough,
    answer_outcome,
    close_after_death,
    close_unreachable,
    log_attempt,
    object_to_close,
    out_of_reach,
)
from lindung.protection.operations.complaining import complain, reply, tell_for
from lindung.protection.operations.escalating import escalate
from lindung.protection.operations.evidence import add_evidence, open_evidence
from lindung.protection.operations.handing import hand_over
from lindung.protection.operations.home import HomeCase, call_from_home, read_home_case
from lindung.protection.operations.informing import report_in_confidence
from lindung.protection.operations.joining import (
    NotTheSamePerson,
    SealedApart,
    link,
    merge,
    open_from,
    part_again,
    place_complaint,
    split,
    unlink,
)
from lindung.protection.operations.opening import open_case
from lindung.protection.operations.pausing import end_pauses, pause, resume
from lindung.protection.operations.sos import (
    SOS,
    call_for_help,
    note_spoken,
    pass_on_sos,
    plan_safety,
    ring_for_unknown,
    say_safe,
    share_place,
    stand_down,
    take_sos,
)
from lindung.protection.operations.tracking import (
    NoMediation,
    end_step,
    propose_sanction,
    start_track,
)
from lindung.protection.operations.unsealing import (
    SecondPersonNeeded,
    answer_opening,
    ask_informant,
    ask_opening,
    open_in_danger,
    read_informant,
)
from lindung.protection.operations.working import (
    add_note,
    finish_task,
    move_case,
    set_kind,
    set_task,
    take_case,
    write_plan,
)

__all__ = [
    "SOS",
    "HomeCase",
    "NoMediation",
    "NotTheSamePerson",
    "NotTriedEnough",
    "SealedApart",
    "SecondPersonNeeded",
    "add_evidence",
    "add_note",
    "answer_opening",
    "answer_outcome",
    "ask_informant",
    "ask_opening",
    "call_for_help",
    "call_from_home",
    "close_after_death",
    "close_unreachable",
    "complain",
    "end_pauses",
    "end_step",
    "escalate",
    "finish_task",
    "hand_over",
    "link",
    "log_attempt",
    "merge",
    "move_case",
    "note_spoken",
    "object_to_close",
    "open_case",
    "open_evidence",
    "open_from",
    "open_in_danger",
    "out_of_reach",
    "part_again",
    "pass_on_sos",
    "pause",
    "place_complaint",
    "plan_safety",
    "propose_sanction",
    "read_home_case",
    "read_informant",
    "reply",
    "report_in_confidence",
    "resume",
    "ring_for_unknown",
    "say_safe",
    "set_kind",
    "set_task",
    "share_place",
    "split",
    "stand_down",
    "start_track",
    "take_case",
    "take_sos",
    "tell_for",
    "unlink",
    "write_plan",
]
