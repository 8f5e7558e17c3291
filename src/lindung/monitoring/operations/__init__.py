"""Everything that changes while people work abroad."""

from __future__ import annotations

from lindung.monitoring.operations.living import (
    CHECK_IN_EVERY_DAYS,
    begin_employment,
    check_in,
    end_employment,
    record_employment_change,
    record_registration,
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

__all__ = [
    "CHECK_IN_EVERY_DAYS",
    "begin_employment",
    "check_in",
    "end_employment",
    "record_change_lapsed",
    "record_change_permitted",
    "record_change_requested",
    "record_employment_change",
    "record_extension",
    "record_incident",
    "record_induction",
    "record_insurance",
    "record_registration",
    "record_wages_missed",
    "record_work_ended",
]
