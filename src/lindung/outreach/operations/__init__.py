"""Everything that changes when we write to people or they write to us."""

from __future__ import annotations

from lindung.outreach.operations.alerting import alert, alert_officer
from lindung.outreach.operations.enclosures import fetch
from lindung.outreach.operations.keeping import keep, keep_again_within, refuse
from lindung.outreach.operations.receiving import read_kept, receive
from lindung.outreach.operations.safety import set_rules
from lindung.outreach.operations.senders import (
    forget,
    match,
    set_aside,
    settle_unreadable,
    share,
)
from lindung.outreach.operations.sending import (
    answer_sender,
    answering,
    clock_time,
    deliver,
    enqueue_later,
    send,
    send_many,
    told_of,
    write,
)
from lindung.outreach.operations.talking import enclosure, number_to_call, say, write_down

__all__ = [
    "alert",
    "alert_officer",
    "answer_sender",
    "answering",
    "clock_time",
    "deliver",
    "enclosure",
    "enqueue_later",
    "fetch",
    "forget",
    "keep",
    "keep_again_within",
    "match",
    "number_to_call",
    "read_kept",
    "receive",
    "refuse",
    "say",
    "send",
    "send_many",
    "set_aside",
    "set_rules",
    "settle_unreadable",
    "share",
    "told_of",
    "write",
    "write_down",
]
