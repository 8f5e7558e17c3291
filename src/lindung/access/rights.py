"""Rights: what an actor may do at all, as ``<stage>:<thing>:<verb>``, in alphabetical order.

Which roles hold which right is data (``roles.yaml``); on which rows, PostgreSQL answers.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Every right there is."""

    ACCOUNT_ADMINISTER = "access:account:administer"
    DUTY_DELEGATE = "access:duty:delegate"
    JOURNAL_READ = "access:journal:read"
    TOKEN_ISSUE = "access:token:issue"  # noqa: S105  a right, no secret
    DIFFERENCE_SETTLE = "exchange:difference:settle"
    EXCHANGE_READ = "exchange:message:read"
    EXCHANGE_RESEND = "exchange:message:resend"
    EXCHANGE_RUN = "exchange:message:run"
    CHECK_IN_GIVE = "monitoring:check-in:give"
    EMPLOYMENT_CONFIRM = "monitoring:employment:confirm"
    MESSAGE_READ = "outreach:message:read"
    MESSAGE_SEND = "outreach:message:send"
    ARRIVAL_RECORD = "placement:arrival:record"
    CONTRACT_ANSWER = "placement:contract:answer"
    CONTRACT_CHECK = "placement:contract:check"
    CONTRACT_RECORD = "placement:contract:record"
    DEPARTURE_CLEAR = "placement:departure:clear"
    DEPARTURE_RECORD = "placement:departure:record"
    PLACEMENT_OPEN = "placement:placement:open"
    PLACEMENT_READ = "placement:placement:read"
    PLACEMENT_WITHDRAW = "placement:placement:withdraw"
    REQUIREMENT_CONFIRM = "placement:requirement:confirm"
    REQUIREMENT_GIVE = "placement:requirement:give"
    ROSTER_SEND = "placement:roster:send"
    CASE_OPEN = "protection:case:open"
    CASE_READ = "protection:case:read"
    CASE_WORK = "protection:case:work"
    COMPLAINT_MAKE = "protection:complaint:make"
    OUTCOME_CONFIRM = "protection:outcome:confirm"
    FACT_RECORD = "registry:fact:record"
    IDENTIFIER_ADD = "registry:identifier:add"
    TASK_WORK = "registry:task:work"
    WORKER_ENROL = "registry:worker:enrol"
    WORKER_READ = "registry:worker:read"
    WORKER_RECOVER = "registry:worker:recover"
    WORKER_UPDATE = "registry:worker:update"
    PLAN_MAKE = "reintegration:plan:make"
    RETURN_RECORD = "reintegration:return:record"
