"""Everything that changes while people work abroad."""

from __future__ import annotations

from lindung.monitoring.operations.away import end_leave, go_on_leave
from lindung.monitoring.operations.changing import change_employer, record_resigning
from lindung.monitoring.operations.companions import companion_left, keep_companion
from lindung.monitoring.operations.living import (
    CHECK_IN_EVERY_DAYS,
    begin_employment,
    check_in,
    end_employment,
    record_employment_change,
    record_registration,
    resume_employment,
)
from lindung.monitoring.operations.renewing import (
    ask_extension,
    decide_extension,
    withdraw_extension,
)
from lindung.monitoring.operations.staying import (
    record_change_lapsed,
    record_change_permitted,
    record_change_requested,
    record_extension,
    record_incident,
    record_induction,
    record_insurance,
    record_wages_missed,
    record_work_ended,
)
from lindung.monitoring.operations.telling import answer, keep_diary, report_wage

__all__ = [
    "CHECK_IN_EVERY_DAYS",
    "answer",
    "ask_extension",
    "begin_employment",
    "change_employer",
    "check_in",
    "companion_left",
    "decide_extension",
    "end_employment",
    "end_leave",
    "go_on_leave",
    "keep_companion",
    "keep_diary",
    "record_change_lapsed",
    "record_change_permitted",
    "record_change_requested",
    "record_employment_change",
    "record_extension",
    "record_incident",
    "record_induction",
    "record_insurance",
    "record_registration",
    "record_resigning",
    "record_wages_missed",
    "record_work_ended",
    "report_wage",
    "resume_employment",
    "withdraw_extension",
]
