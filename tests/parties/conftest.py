"""Parties to act on: an agency with its licence, a partner, an employer, a file against one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lindung.parties import operations
from lindung.parties.models import ForeignAgency, PartyKind, Premises, ProblemEntry, ProblemKind
from lindung.registry.models import Agency, Employer
from tests import cast

# A day on which the rules of a licence are confirmed.
DAY = date(2025, 11, 3)
GOOD = operations.Means(
    paid_capital=Decimal(5_000_000_000),
    deposit=Decimal(1_500_000_000),
    premises=Premises.OWN,
    reference="Akta 12/2025",
)
WHY = {"basis": "UU 18/2017 Ps. 57", "reason": "Berkas lengkap."}


def grant(**given: Any) -> Agency:
    """An agency whose licence began on the day."""
    values: dict[str, Any] = {
        "number": "9120001234567",
        "name": "PT Bina Karya Mandiri",
        "region": "3578",
        "licence_number": "SIP3MI 77/2025",
        "valid_from": DAY,
        "valid_to": date(2030, 11, 2),
        "means": GOOD,
        "on": DAY,
        **WHY,
    }
    return operations.grant_licence(cast.MINISTRY, **(values | given))


def partner(**given: Any) -> ForeignAgency:
    """A partner in Korea."""
    values: dict[str, Any] = {"name": "Hangang Manpower", "country": "KR", "on": cast.TODAY}
    return operations.register_partner(cast.ATTACHE, **(values | given))


def employer(**given: Any) -> Employer:
    """A household in Korea."""
    values: dict[str, Any] = {
        "name": "Kim",
        "kind": "household",
        "country": "KR",
        "sector": "domestic_work",
        "on": cast.TODAY,
    }
    return operations.register_employer(cast.ATTACHE, **(values | given))


def reported(party: PartyKind, subject: Any, **given: Any) -> ProblemEntry:
    """A file by the attaché in Seoul."""
    values: dict[str, Any] = {
        "party": party,
        "subject": subject.id,
        "kind": ProblemKind.UNPAID_WAGES,
        "evidence": "KSS-26-000001",
        "basis": "UU 18/2017 Ps. 10",
        "reported_by": "KBRI Seoul",
        "on": cast.TODAY,
    }
    return operations.report_problem(cast.ATTACHE, **(values | given))


def published(
    party: PartyKind, subject: Any, until: date = date(2026, 12, 31), **given: Any
) -> ProblemEntry:
    """The same, told, heard and out."""
    entry = reported(party, subject, **given)
    operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
    operations.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY, reply="Kami keberatan.")
    return operations.publish_problem(cast.ATTACHE, entry.id, expires_on=until, on=cast.TODAY)


@pytest.fixture
def agency(posts: None) -> Agency:
    return grant()
