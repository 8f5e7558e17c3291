"""Everything that changes when people come home, and after."""

from __future__ import annotations

from lindung.reintegration.operations.claiming import (
    claim_money,
    list_money,
    record_money,
    record_reentry,
    record_return_plan,
    report_ready,
)
from lindung.reintegration.operations.returning import make_plan, record_return

__all__ = [
    "claim_money",
    "list_money",
    "make_plan",
    "record_money",
    "record_reentry",
    "record_return",
    "record_return_plan",
    "report_ready",
]
