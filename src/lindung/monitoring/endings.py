"""What ends soon for people abroad: contract, passport, right to stay.

One set-based query a kind, over the index that begins with the last day or the post. Each row is
asked about once: what somebody has ticked off is not opened again for the same paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from lindung.registry.living import living_rules

KIND = "ends:"
TITLES = {
    "contract": gettext_noop("Kontrak segera habis: rencanakan perpanjangan atau kepulangan"),
    "passport": gettext_noop("Paspor segera habis: bantu perpanjang"),
    "stay": gettext_noop("Izin tinggal segera habis: urus perpanjangan"),
}
_ENDING = {
    # The last extension granted counts before the contract's own end, and that before its months.
    "contract": """
        select t.worker_id, t.contract_id, d.day
          from placement_contractterms t
          join registry_workerstate s on s.worker_id = t.worker_id and s.stage = 'during'
          left join lateral (
                select max(until) as until from monitoring_extension
                 where worker_id = t.worker_id and contract_id = t.contract_id and state = 'granted'
          ) e on true
          join placement_contract c on c.id = t.contract_id and c.state = 'signed'
          cross join lateral (
                select coalesce(e.until, t.ends_on, (c.starts_on + make_interval(
                    months => (t.stated #>> '{contract.months,0}')::int))::date - 1) as day
          ) d
         where t.live and d.day between %(first)s and %(last)s
    """,
    "passport": """
        select i.worker_id, i.id, i.valid_to
          from registry_identifier i
          join registry_workerstate s on s.worker_id = i.worker_id and s.stage = 'during'
         where i.kind = 'passport' and i.valid_to between %(first)s and %(last)s
           and not exists (
                select from registry_identifier n
                 where n.worker_id = i.worker_id and n.kind = 'passport' and n.valid_to > %(last)s)
    """,
    "stay": """
        select o.worker_id, o.id, o.valid_to
          from registry_outsidenumber o
          join registry_workerstate s on s.worker_id = o.worker_id and s.stage = 'during'
         where o.kind = 'residence' and o.valid_to between %(first)s and %(last)s
           and not exists (
                select from registry_outsidenumber n
                 where n.worker_id = o.worker_id and n.kind = 'residence' and n.valid_to > %(last)s)
    """,
}
_NOT_ASKED = """
    select f.* from ({found}) f(worker_id, subject, day)
     where not exists (
        select from registry_task t
         where t.worker_id = f.worker_id and t.kind = %(task)s and t.subject = f.subject)
     order by f.day, f.subject
"""


@dataclass(frozen=True, slots=True)
class Ends:
    """Something of a person's that ends on a day; ``subject`` is the contract, passport or card."""

    what: str
    worker_id: UUID
    subject: UUID
    day: date


def ending(on: date) -> Iterator[Ends]:
    """What ends within the days of ``living.yaml`` and nobody was asked about, the soonest first.

    As our robot, over everybody.
    """
    for what, rule in living_rules(on).ends.items():
        values: dict[str, Any] = {
            "first": on,
            "last": on + timedelta(days=rule.days),
            "task": f"{KIND}{what}",
        }
        with connection.cursor() as cursor:
            cursor.execute(_NOT_ASKED.format(found=_ENDING[what]), values)
            rows = cursor.fetchall()
        yield from (Ends(what, *row) for row in rows)
