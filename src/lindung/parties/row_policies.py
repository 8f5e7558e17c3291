"""Who sees which rows."""

from __future__ import annotations

from lindung.access.policies import Declaration

POLICIES: list[Declaration] = []
