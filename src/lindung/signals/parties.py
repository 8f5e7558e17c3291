"""Signals about parties: what their questions give is weighed here, and given names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.registry.models import Agency, Employer
from lindung.signals.catalogue import Signal, values_of
from lindung.signals.models import Party
from lindung.signals.passing import rows_of
from lindung.signals.shrinking import Peers, shrunk

RATES = frozenset({"cluster", "early_return"})
# Of each party found, up to fifty rows that speak of its people: one reading for all parties of one kind.
_EVIDENCE = """
with told as (
    select 'signals_alert' as source, a.id, a.worker_id from signals_alert a
    where a.gone_on is null and a.outcome <> 'false_alarm' and a.worker_id is not null
    union all
    select 'protection_case', c.id, c.worker_id from protection_case c
    where c.opened_at >= %(on)s::date - %(days)s::int
),
about as (
    select {key} as key, e.source, e.id,
           row_number() over (partition by {key} order by e.source, e.id) as n
    from told e join registry_workerstate s on s.worker_id = e.worker_id and s.stage = 'during' {join}
    where {of}
)
select key::text, source, id from about where n <= 50 order by key, n
"""
_BROKERS = """
join (select distinct c.worker_id, lower(trim(c.payee_name)) as key from costs_charge c
      where c.payee = 'broker' and c.state = 'stands') b on b.worker_id = e.worker_id
"""
# Of each kind of party: its key, what it is found by, and what else has to be read.
_OF = {
    Party.EMPLOYER: ("s.employer_id", "s.employer_id = any(%(keys)s::uuid[])", ""),
    Party.AGENCY: ("s.agency_id", "s.agency_id = any(%(keys)s::uuid[])", ""),
    Party.PLACE: ("s.cell", "s.cell = any(%(keys)s::bigint[])", ""),
    Party.BROKER: ("b.key", "b.key = any(%(keys)s::text[])", _BROKERS),
}
_BACK = """
with about as (
    select {key} as key, p.id, row_number() over (partition by {key} order by p.id) as n
    from placement_placement p
    where p.ended_on is not null and p.ended_on - p.arrived_on <= %(early)s::int
      and p.arrived_on between %(on)s::date - %(window)s::int and %(on)s::date - %(early)s::int
      and {key} = any(%(keys)s::uuid[])
)
select key::text, 'placement_placement', id from about where n <= 50 order by key, n
"""
_LEFT = {Party.EMPLOYER: "p.employer_id", Party.AGENCY: "p.agency_id"}


def found(
    each: Signal, *, on: date, changed: Mapping[str, Decimal] | None = None
) -> list[dict[str, Any]]:
    """What a signal about parties finds on a day, as :func:`passing.settle_parties` takes it."""
    given = {"on": on, **values_of(each, changed)}
    rows = rows_of(each, given)
    if each.id in RATES:
        rows = [row for each_row in rows if (row := _weighed(each_row, given)) is not None]
        shown = _evidence(each, rows, given)
        for row in rows:
            row["evidence"] = shown.get((row["party"], row["key"]), [])
    return _named(_once(rows))


def _weighed(row: dict[str, Any], given: dict[str, Any]) -> dict[str, Any] | None:
    peers = Peers(
        int(row["g"]),
        float(row["n_all"]),
        float(row["x_all"]),
        float(row["nn"]),
        float(row["xx"] or 0),
    )
    said = shrunk(int(row["x"]), int(row["n"]), peers, times=float(given["t_times"]))
    if said.chance * 100 < given["t_chance"]:
        return None
    values = {
        "hit": row["x"],
        "people": row["n"],
        "peer": round(peers.rate * 100, 1),
        "rate": round(said.rate * 100, 1),
        "times": float(given["t_times"]),
        # Never said to be certain.
        "chance": min(99.9, round(said.chance * 100, 1)),
    }
    if "t_early_days" in given:
        values["days"] = int(given["t_early_days"])
    return {
        "party": row["party"],
        "key": row["key"],
        "country": row["country"],
        "post_id": row["post_id"],
        "severity": 2 if said.chance * 100 >= given["t_red_chance"] else 1,
        "says": values,
    }


def _evidence(
    each: Signal, rows: Iterable[Mapping[str, Any]], given: Mapping[str, Any]
) -> dict[tuple[str, str], list[dict[str, str]]]:
    """The rows behind each party, the same ones every time while they stand."""
    keys: dict[str, set[str]] = {}
    for row in rows:
        keys.setdefault(row["party"], set()).add(row["key"])
    shown: dict[tuple[str, str], list[dict[str, str]]] = {}
    with connection.cursor() as cursor:
        for party, wanted in keys.items():
            if each.id == "cluster":
                key, of, join = _OF[Party(party)]
                query = _EVIDENCE.format(key=key, of=of, join=join)
                values = {"on": given["on"], "days": given["t_case_days"]}
            else:
                query = _BACK.format(key=_LEFT[Party(party)])
                values = {
                    "on": given["on"],
                    "early": given["t_early_days"],
                    "window": given["t_window"],
                }
            cursor.execute(query, values | {"keys": sorted(wanted)})
            for found_key, table, id_ in cursor.fetchall():
                shown.setdefault((party, found_key), []).append({"table": table, "id": str(id_)})
    return shown


def _once(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a party: the gravest."""
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["party"], row["key"])
        if key not in kept or row["severity"] > kept[key]["severity"]:
            kept[key] = row
    return list(kept.values())


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with an id for each party, its name, and its post where it is the post's alone."""
    ids = [UUID(row["key"]) for row in rows if row["party"] in {Party.EMPLOYER, Party.AGENCY}]
    names = dict(Agency.objects.filter(id__in=ids).values_list("id", "name"))
    employers = Employer.objects.filter(id__in=ids).only("id", "name", "post_id", "country")
    about = {each.id: each for each in employers}
    found = []
    for row in rows:
        subject, name, post = subject_of(row["party"], row["key"]), "", row["post_id"]
        if row["party"] == Party.AGENCY:
            name = names.get(subject, "")
        elif row["party"] == Party.EMPLOYER and subject in about:
            name, post = about[subject].name, about[subject].post_id
        elif row["party"] == Party.BROKER:
            name = row["key"].title()
        elif row["party"] == Party.PLACE:
            name = f"H3 {int(row['key']):x}"
        found.append(
            {
                "party": row["party"],
                "subject": subject,
                "party_name": name[:160],
                "severity": row["severity"],
                "evidence": row["evidence"],
                "says": row["says"],
                "post_id": post,
                "country": row["country"] or "",
            }
        )
    return found


def subject_of(party: str, key: str) -> UUID:
    """A party's id; of one that has none, always the same made from what it is known by."""
    if party in {Party.EMPLOYER, Party.AGENCY}:
        return UUID(key)
    return UUID(bytes=hashlib.sha256(f"{party}:{key}".encode()).digest()[:16])
