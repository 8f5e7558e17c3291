"""What our books say about a shared subject, in the agreed fields (§15); only reads.

One query over the tables of the stages, for some subjects or for all. What does not fit the
agreement (a region that is no code, say) is left out, as everything that is not agreed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.access.models import Scoped
from lindung.exchange.models import Lane, Partner
from lindung.exchange.wire import agreement
from lindung.exchange.wire.records import PLACEMENT, SUBJECT, plain_amount, plain_name

_WAGE = "wage.monthly_ordinary"


@dataclass(frozen=True, slots=True)
class Held:
    """One shared subject as our books hold it; ``scope`` is the placement's."""

    record: dict[str, str]
    worker_id: UUID
    placement_id: UUID
    scope: dict[str, Any]

    @property
    def subject(self) -> str:
        """The public number both sides use."""
        return self.record[SUBJECT]


# The newest of each kind stands. UUIDs of version 7 sort by the time they were made.
_HELD = """
select l.subject, p.id, p.worker_id, p.post_id, p.agency_id, p.region, p.country,
       p.state, p.departed_on, p.arrived_on, o.offer_number, o.agreed, o.refused,
       coalesce(w.employer_name, p.employer_name), coalesce(nullif(w.dest_region, ''), p.dest_region),
       t.wage, v.value, v.valid_to, e.value, r.value, r.valid_to, b.left_on
from exchange_lane l
join placement_placement p on p.number = l.subject and p.country = %(country)s
left join lateral (
    select c.offer_number, bool_or(c.signed_on is not null) as agreed,
           bool_or(c.state = 'refused') as refused
    from placement_contract c where c.placement_id = p.id and c.offer_number <> ''
    group by c.offer_number order by max(c.offered_on) desc, max(c.id::text) desc limit 1) o on true
left join lateral (
    select k.stated -> %(wage)s as wage
    from placement_contract c join placement_contractterms k on k.contract_id = c.id
    where c.placement_id = p.id and c.signed_on is not null
    order by (c.state = 'signed') desc, c.version_no desc limit 1) t on true
left join lateral (
    select n.value, n.valid_to from registry_outsidenumber n
    where n.worker_id = p.worker_id and n.kind = 'visa-authorisation' and n.subject = p.id
    order by n.issued_on desc nulls last, n.id desc limit 1) v on true
left join lateral (
    select n.value from registry_outsidenumber n
    where n.worker_id = p.worker_id and n.kind = 'entry-list' and n.subject = p.id
    order by n.valid_to desc nulls last, n.id desc limit 1) e on true
left join lateral (
    select n.value, n.valid_to from registry_outsidenumber n
    where n.worker_id = p.worker_id and n.kind = 'residence' and n.issued_on >= p.departed_on
    order by n.issued_on desc, n.id desc limit 1) r on true
left join lateral (
    select m.employer_name, m.dest_region from monitoring_employment m
    where m.worker_id = p.worker_id
      and (m.placement_id = p.id or (m.placement_id is null and m.began_on >= p.departed_on))
      and (p.ended_on is null or m.began_on <= p.ended_on)
    order by m.began_on desc, m.id desc limit 1) w on true
left join lateral (
    select h."on" as left_on from reintegration_return h
    where h.worker_id = p.worker_id and h."on" >= p.departed_on and p.state = 'ended'
    order by (h.source = 'destination') desc, h."on" limit 1) b on true
where l.partner_id = %(partner)s
"""


def of_workers(partner: Partner, workers: Iterable[UUID]) -> list[Held]:
    """What we hold about these people's placements that are shared with the partner."""
    return _read(partner, "and p.worker_id = any(%(these)s)", these=list(workers))


def of_subjects(partner: Partner, subjects: Iterable[str]) -> list[Held]:
    """What we hold about these subjects; one that is not shared, or not ours, is left out."""
    return _read(partner, "and l.subject = any(%(these)s)", these=list(subjects))


def subjects_after(partner: Partner, after: str, *, most: int) -> list[str]:
    """The next ``most`` subjects of which messages have passed, in order."""
    lanes = Lane.objects.filter(partner=partner, subject__gt=after).order_by("subject")
    return list(lanes.values_list("subject", flat=True)[:most])


def _read(partner: Partner, which: str, **values: Any) -> list[Held]:
    values |= {"partner": partner.pk, "country": partner.country, "wage": _WAGE}
    with connection.cursor() as cursor:
        cursor.execute(_HELD + which, values)
        return [_held(row) for row in cursor.fetchall()]


def _held(row: tuple[Any, ...]) -> Held:
    subject, placement, worker = row[:3]
    return Held(
        record=_record(subject, *row[7:]),
        worker_id=worker,
        placement_id=placement,
        scope=dict(zip(Scoped.SCOPE, row[3:7], strict=True)),
    )


def _record(  # the columns of _HELD, in their order
    subject: str, state: str, departed: date | None, arrived: date | None,
    offer: str | None, agreed: bool | None, refused: bool | None,
    employer: str, region: str, wage: Any,
    visa: str | None, visa_to: date | None, list_no: str | None,
    residence: str | None, stay_to: date | None, left: date | None,
) -> dict[str, str]:  # fmt: skip
    found: dict[str, Any] = {
        "standing": "withdrawn" if state == "withdrawn" else "active",
        "offer_no": offer,
        "answer": "accepted" if agreed else "refused" if refused else None,
        "authorisation_no": visa,
        "authorisation_expires_on": visa_to if visa else None,
        "list_no": list_no,
        "departed_on": departed,
        "arrived_on": arrived,
        "residence_no": residence,
        "stay_expires_on": stay_to if residence else None,
        "left_on": left,
    }
    if agreed:
        amount, currency = _wage(wage)
        found |= {
            "employer": plain_name(employer),
            "region": region,
            "monthly_wage": amount,
            "currency": currency,
        }
    plain = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
        if value
    }
    return {SUBJECT: subject} | {n: v for n, v in plain.items() if _fits(n, v)}


def _wage(stated: Any) -> tuple[str | None, str | None]:
    if isinstance(stated, str):  # a JSON column through a plain cursor
        stated = json.loads(stated)
    if not isinstance(stated, list) or len(stated) != 2:
        return None, None
    currency, _, per = str(stated[1]).partition("/")
    return (plain_amount(str(stated[0])), currency) if per == "month" else (None, None)


def _fits(name: str, value: str) -> bool:
    pattern = _patterns().get(name)
    return pattern is None or pattern.search(value) is not None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    common = agreement.schema("urn:lindung:exchange:common:v1")["$defs"]
    found = {}
    for name, part in agreement.schema(PLACEMENT)["properties"].items():
        shared = common.get(str(part.get("$ref", "")).rpartition("/")[2], {})
        if pattern := shared.get("pattern"):
            found[name] = re.compile(pattern)
    return found
