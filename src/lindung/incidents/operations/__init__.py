"""Everything that changes what we know of an incident and do about it."""

from lindung.incidents.operations.doing import decide_law, do_step, leave_out
from lindung.incidents.operations.ending import close_incident, receive_home
from lindung.incidents.operations.findings import copy_finding, record_finding
from lindung.incidents.operations.parts import FamilyNeverPays, LawUnsure, StopsFirst, TooEarly
from lindung.incidents.operations.recording import (
    answer_duty,
    fear_death_penalty,
    record_expense,
    record_happening,
)
from lindung.incidents.operations.reporting import (
    dismiss_incident,
    report_incident,
    verify_incident,
)
from lindung.incidents.operations.ruling import SecondPersonDecides, ask_ruling, give_ruling
from lindung.incidents.operations.telling import tell_family

__all__ = [
    "FamilyNeverPays",
    "LawUnsure",
    "SecondPersonDecides",
    "StopsFirst",
    "TooEarly",
    "answer_duty",
    "ask_ruling",
    "close_incident",
    "copy_finding",
    "decide_law",
    "dismiss_incident",
    "do_step",
    "fear_death_penalty",
    "give_ruling",
    "leave_out",
    "receive_home",
    "record_expense",
    "record_finding",
    "record_happening",
    "report_incident",
    "tell_family",
    "verify_incident",
]
