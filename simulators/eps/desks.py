"""What the officials can do, in their words: states, events, reasons, and the forms of each desk."""

from typing import NamedTuple

from .abroad import AT_WORK, IN_KOREA
from .after import BENEFITS

STATES = {
    "applicant": ("시험 신청", "Registered for the test"),
    "roster_active": ("구직자 명부", "On the roster"),
    "returned": ("반려", "Sent back"),
    "removed": ("명부 삭제", "Removed"),
    "offered": ("근로계약 제시", "Contract offered"),
    "accepted": ("근로계약 체결", "Contract concluded"),
    "visa_authorised": ("사증발급인정서 발급", "CCVI issued"),
    "entry_planned": ("입국 예정", "Entry planned"),
    "departed": ("출국 통보 받음", "Departed, on the way"),
    "arrived": ("입국 확인", "Arrived"),
    "inducted": ("취업교육 이수", "Trained after entry"),
    "registered": ("외국인 등록", "Registered, working"),
    "between_jobs": ("근로계약 종료", "Between two workplaces"),
    "changing": ("사업장 변경 중", "Changing workplace"),
    "irregular": ("체류 자격 상실", "Stay lapsed"),
    "leaving": ("출국 예정", "Departure planned"),
    "deceased": ("사망", "Died"),
    "left": ("출국", "Left Korea"),
    "failed": ("미입국", "Did not enter"),
}

EVENTS = {
    "ended": ("근로계약 종료", "Contract ended"),
    "dismissed": ("해고", "Dismissed"),
    "absent": ("무단이탈", "Absent five days or more"),
    "unfit": ("부상·질병", "Injured or ill, unfit"),
    "deceased": ("사망", "Died"),
    "workplace_moved": ("사업장 이전", "Workplace moved"),
    "employer_changed": ("사업장 변경", "Changed employer"),
    "employer_renamed": ("사업주 변경", "Employer renamed"),
    "contract_renewed": ("계약 갱신", "Contract renewed"),
    "terms_changed": ("근로조건 변경", "Terms changed"),
}

REASONS = {
    "contract_ended": ("계약 만료", "Contract ended"),
    "contract_cancelled": ("계약 해지", "Contract cancelled"),
    "closure": ("폐업", "Workplace closed"),
    "suspension": ("휴업", "Work suspended"),
    "permit_revoked": ("고용허가 취소", "Permit revoked"),
    "terms_broken": ("근로조건 위반", "Terms broken"),
    "unfair_treatment": ("부당한 처우", "Unfair treatment"),
    "wage_arrears": ("임금 체불", "Wages not paid"),
    "bad_lodging": ("기숙사 기준 위반", "Bad lodging"),
    "injury": ("부상", "Injury"),
    "other_not_workers": ("기타", "Other, not the worker's"),
}


class Field(NamedTuple):
    """One field of a form; `options` makes it a list, else `kind` is the input's type."""

    name: str
    ko: str
    en: str
    kind: str = "text"
    options: tuple[str, ...] = ()


class Act(NamedTuple):
    """One act of a desk, in which states it stands on the page, and what it asks."""

    name: str
    ko: str
    en: str
    states: tuple[str, ...]
    fields: tuple[Field, ...] = ()


_DAY = "date"
MORE = (
    Act("announce_test", "시험 결과 발표", "Announce a test result", ("applicant", "roster_active"), (
        Field("test", "시험", "Test", options=("language", "skill")),
        Field("outcome", "결과", "Outcome", options=("passed", "failed", "absent")),
        Field("score", "점수", "Score", "number"),
    )),
    Act("select", "사업주 선정", "An employer selected the candidate", ("roster_active",)),
    Act("expire_roster", "명부 만료", "Roster entry ran out", ("roster_active",)),
    Act("issue_visa", "사증 발급", "Issue the visa", ("visa_authorised", "entry_planned"), (
        Field("issued_on", "발급일", "Issued on", _DAY),
    )),
    Act("induct", "취업교육 이수", "Training after entry done", ("arrived",), (
        Field("completed_on", "이수일", "Completed on", _DAY),
    )),
    Act("request_change", "사업장 변경 신청", "Change of workplace asked for", ("between_jobs", "registered"), (
        Field("reason", "사유", "Reason", options=tuple(REASONS)),
        Field("ended_on", "종료일", "Work ended on", _DAY),
    )),
    Act("permit_change", "사업장 변경 허가", "Permit the new workplace", ("changing",), (
        Field("employer", "새 사업장", "New employer", "employer"),
    )),
    Act("lapse_change", "변경 기간 만료", "Time for a change ran out", ("changing", "between_jobs"), (
        Field("why", "사유", "Why", options=("not_permitted", "not_requested", "withdrawn")),
    )),
    Act("extend", "취업활동기간 연장", "Extend the stay", ("registered",)),
    Act("refuse_extension", "연장 불허", "Refuse the extension", ("registered",), (
        Field("reason", "사유", "Reason", options=(
            "wage_arrears", "filed_late", "insurance_missing", "layoff_of_locals",
            "sector_not_eligible", "worker_not_eligible", "other",
        )),
    )),
    Act("change_insurance", "보험 변동", "A cover began or ended", IN_KOREA, (
        Field("kind", "보험", "Insurance", options=(
            "wage_guarantee", "departure_guarantee", "return_cost", "casualty",
        )),
        Field("status", "상태", "Status", options=("lapsed", "overdue", "enrolled")),
    )),
    Act("miss_wages", "임금 체불 확인", "Wages not paid", IN_KOREA),
    Act("report_incident", "사고 통보", "Report an incident", IN_KOREA, (
        Field("kind", "구분", "Kind", options=(
            "accident_at_work", "accident_elsewhere", "illness", "violence", "detained", "missing",
        )),
        Field("severity", "정도", "Severity", options=("serious", "slight", "life_threatening")),
    )),
    Act("report_death", "사망 통보", "Report a death", IN_KOREA, (
        Field("cause", "원인", "Cause", options=(
            "not_known", "accident_at_work", "accident_elsewhere", "illness",
        )),
    )),
    Act("plan_departure", "출국 예정 신고", "Departure planned", IN_KOREA, (
        Field("leaves_on", "출국 예정일", "Leaves on", _DAY),
        Field("flight", "편명", "Flight"),
    )),
    Act("announce_benefit", "지급 예정 통보", "A sum is due", ("leaving", "left"), (
        Field("kind", "구분", "Kind", options=BENEFITS), Field("amount", "금액", "Amount, KRW", "number"),
    )),
    Act("pay_benefit", "지급", "Pay a sum", ("left",), (
        Field("kind", "구분", "Kind", options=BENEFITS), Field("amount", "금액", "Amount, KRW", "number"),
    )),
    Act("commit_reentry", "재입국 특례", "Permit re-entry", (*AT_WORK, "left"), (
        Field("kind", "구분", "Kind", options=("committed", "special")),
    )),
)  # fmt: skip

#: act → the values it may be given.
ACTS: dict[str, tuple[str, ...]] = {
    "offer": ("employer", "monthly", "months", "answer_by", "lodging_cost"),
    "authorise": ("issued_on",),
    "plan_entry": ("entry_on", "terminal"),
    "confirm_arrival": ("arrived_at",),
    "report_no_show": ("outcome", "reason"),
    "register": ("registered_on",),
    "change_employment": ("event", "event_on", "employer", "reason", "monthly"),
    "confirm_departure": ("left_on", "kind", "flight"),
    **{act.name: tuple(field.name for field in act.fields) for act in MORE},
}
ACTS["request_change"] += ("requested_on",)
ACTS["permit_change"] += ("permitted_on",)
ACTS["extend"] += ("requested_on",)
ACTS["pay_benefit"] += ("paid_on",)


def acts_in(state: str) -> tuple[Act, ...]:
    """The acts whose forms stand on the page of a candidate in a state."""
    return tuple(act for act in MORE if state in act.states)
