"""How the tables would lie on many machines: by person, copied to all, or on one; and what would change.

A distributed PostgreSQL (Citus) spreads a table by one column, and asks two things of it: that column is
part of its primary key and of every unique rule, and tables joined by key are spread by the same column.
Here the column is the person. This module reads the models, so nothing is forgotten: a table that carries
a person and fits none of the declarations below fails a house test. Nothing is spread today, and no key is
changed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

COLUMN = "worker_id"

# Tables with a column for the person that are not spread by it, and why.
NOT_SPREAD = {
    "access_journal": "in parts by month and sealed in the order of transactions: stays whole on one"
    " machine, with its seals; a replica serves those who read it",
    "access_phonesession": "signing in comes before anybody is known",
    "registry_entrycode": "signing in comes before anybody is known",
    "changeover_link": "an older system's keys: written by one import, read by number",
    "procrastinate_jobs": "that worker is a process; jobs lie where they are taken",
    "exchange_outgoing": "ordered for each subject and partner: spread, if ever, by partner; the"
    " person is empty in a message about a rule or an employer",
    "exchange_incoming": "as those that leave; nobody knows the person before it is matched",
    "privacy_erasure": "what two people decide, mostly of many at once: the ministry's own",
    "exchange_sheet": "a step on a message, lies beside it",
    "outreach_message": "words of senders nobody knows yet have no person; a column that may be empty"
    " spreads nothing. First give such a message the sender's own id as its person",
}
# Links from a table that lies whole to one that is spread, which the database could not keep, and what
# would stand in their place.
CROSSING = {
    "duty_ring.call_id -> duty_call": "give it the person of its call, then it is spread too",
    "exchange_differencestep.difference_id -> exchange_difference": "as the call of a ring",
    "exchange_sheet.proof_id -> documents_document": "kept by the operation, not by the database",
    "outreach_familylink.member_id -> registry_familymember": "holds the person beside the member",
    "outreach_message.member_id -> registry_familymember": "when messages are spread",
    "outreach_message.sender_id -> outreach_sender": "when messages are spread",
    "outreach_message.worker_id -> registry_worker": "when messages are spread",
    "protection_informant.complaint_id -> protection_complaint": "sealed: names no person by choice;"
    " would hold the complaint's id alone, kept by the operation",
    "protection_sanction.case_id -> protection_case": "about a company: kept by the operation",
    "protection_sanction.complaint_id -> protection_complaint": "about a company: kept by the operation",
    "registry_entrycode.worker_id -> registry_worker": "kept by the operation that makes the code",
}

# Made before this was asked: their keys name a row by its id alone, since one machine needs no more. The
# page of docs says for each what would change. A new table carries the person in its primary key, its
# unique rules and its links, or stands in NOT_SPREAD with its reason.
MADE_BEFORE = frozenset(
    {
        "crisis_musterentry",
        "incidents_ruling",
        "privacy_affected",
        "privacy_hold",
        "privacy_request",
        "assistance_appointment",
        "assistance_claim",
        "assistance_letter",
        "assistance_payment",
        "assistance_referral",
        "assistance_stay",
        "costs_asking",
        "costs_capture",
        "costs_charge",
        "costs_costratio",
        "costs_loan",
        "costs_overcharge",
        "costs_refund",
        "documents_content",
        "documents_document",
        "documents_fitness",
        "documents_unsealing",
        "duty_call",
        "duty_sharedplace",
        "exchange_difference",
        "exchange_sharedrecord",
        "exchange_stalerecord",
        "incidents_agencyduty",
        "incidents_expense",
        "incidents_familynotice",
        "incidents_happening",
        "incidents_healthfinding",
        "incidents_incident",
        "incidents_reception",
        "incidents_todo",
        "intake_row",
        "monitoring_answer",
        "monitoring_checkin",
        "monitoring_companion",
        "monitoring_diaryday",
        "monitoring_employment",
        "monitoring_extension",
        "monitoring_leave",
        "monitoring_wagereport",
        "outreach_medium",
        "outreach_sender",
        "placement_contract",
        "placement_contractterms",
        "placement_evidence",
        "placement_finding",
        "placement_milestone",
        "placement_placement",
        "preparation_attendance",
        "preparation_clearance",
        "preparation_cover",
        "preparation_crossing",
        "protection_case",
        "protection_caselink",
        "protection_casenote",
        "protection_casepause",
        "protection_casetask",
        "protection_complaint",
        "protection_contactattempt",
        "protection_escalation",
        "protection_evidence",
        "protection_handover",
        "protection_hearing",
        "protection_opening",
        "protection_sealedpart",
        "protection_trackstep",
        "recruitment_place",
        "registry_distinctpair",
        "registry_fact",
        "registry_familymember",
        "registry_identifier",
        "registry_mergerecord",
        "registry_outsidenumber",
        "registry_postchange",
        "registry_selfenrolment",
        "registry_task",
        "registry_worker",
        "reintegration_owed",
        "reintegration_plan",
        "reintegration_return",
        "signals_alert",
        "signals_alertreview",
        "signals_auditpick",
        "signals_notice",
        "visits_met",
    }
)


@dataclass(frozen=True, slots=True)
class Lying:
    """How one table would lie.

    Attributes:
        lies: ``spread`` by person, ``whole`` on one machine.
        why: why it is whole though it names a person.
        keys: primary key and unique rules that lack the person.
        links: foreign keys to spread tables that do not carry the person along.
    """

    table: str
    lies: str
    why: str = ""
    empty: bool = False
    keys: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it could be spread as it is."""
        return not (self.keys or self.links or self.empty)

    @property
    def cures(self) -> list[str]:
        """What would have to change first, in order."""
        cures = []
        if self.empty:
            cures.append(
                f"`{COLUMN}` may be empty: rows about nobody known get a person of their own, then not null"
            )
        for key in self.keys:
            name, _space, columns = key.rpartition(" (")
            columns = columns.removesuffix(")")
            if name == "primary key":
                cures.append(f"primary key ({COLUMN}, {columns})")
            elif _is_number(columns):
                cures.append(
                    f"`{columns}` stays unique by a look-up table of numbers, copied or whole"
                )
            else:
                cures.append(f"{name} ({COLUMN}, {columns})")
        for link in self.links:
            column, _arrow, table = link.partition(" -> ")
            cures.append(f"foreign key ({COLUMN}, {column}) to {table}")
        return cures


def tables() -> list[Lying]:
    """Every table that names a person, by name."""
    found = [_lying(model) for model in _of_people()]
    return sorted(found, key=lambda each: each.table)


def strays() -> set[str]:
    """Tables of which a part is spread while another is not, though they are joined by key.

    A foreign key from a table that lies whole to one that is spread cannot be kept by the database.
    """
    spread = {each.table for each in tables() if each.lies == "spread"}
    return {
        f"{model._meta.db_table}.{field.column} -> {field.related_model._meta.db_table}"
        for model in _managed()
        if model._meta.db_table not in spread
        for field in _links(model)
        if field.related_model._meta.db_table in spread
    }


def _managed() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if not model._meta.proxy:
            yield model


def _of_people() -> Iterator[type[models.Model]]:
    for model in _managed():
        if model._meta.db_table == "registry_worker" or _person(model) is not None:
            yield model


def _person(model: type[models.Model]) -> models.Field | None:  # type: ignore[type-arg]
    return next((each for each in model._meta.concrete_fields if each.column == COLUMN), None)


def _links(model: type[models.Model]) -> Iterator[models.ForeignKey]:  # type: ignore[type-arg]
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field


def _lying(model: type[models.Model]) -> Lying:
    table = model._meta.db_table
    if table in NOT_SPREAD:
        return Lying(table, "whole", NOT_SPREAD[table])
    if table == "registry_worker":
        # Its own id is the person.
        rest = tuple(each for each in _unique(model) if "(id" not in each)
        return Lying(table, "spread", keys=rest)
    person = _person(model)
    assert person is not None
    return Lying(
        table,
        "spread",
        empty=person.null,
        keys=tuple(_unique(model)),
        links=tuple(
            f"{each.column} -> {each.related_model._meta.db_table}"
            for each in _links(model)
            if each.column != COLUMN
            and each.related_model._meta.db_table not in NOT_SPREAD
            and _is_of_people(each.related_model)
        ),
    )


def _is_of_people(model: type[models.Model]) -> bool:
    return model._meta.db_table == "registry_worker" or _person(model) is not None


def _unique(model: type[models.Model]) -> Iterator[str]:
    """Rules of uniqueness that do not hold the person."""
    key = model._meta.pk
    columns = [each.column for each in getattr(key, "fields", ()) or [key] if each is not None]
    if COLUMN not in columns:
        yield f"primary key ({', '.join(columns)})"
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and field.column != COLUMN:
            yield f"unique ({field.column})"
    columns_of = {each.name: str(each.column) for each in model._meta.concrete_fields}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            names = [columns_of[name] for name in constraint.fields]
            if COLUMN not in names:
                yield f"{constraint.name} ({', '.join(names)})"


def _is_number(columns: str) -> bool:
    """Whether this is a number that people use, unique over everybody."""
    return columns in {"number", "public_number"} or columns == "kind, blind"


def page() -> str:
    """The page of docs, in Markdown."""
    found = tables()
    spread = [each for each in found if each.lies == "spread"]
    ready = [each for each in spread if each.fits]
    rows = "\n".join(
        f"| `{each.table}` | {'; '.join(each.cures)} |" for each in spread if not each.fits
    )
    whole = "\n".join(f"| `{each.table}` | {each.why} |" for each in found if each.lies == "whole")
    crossing = "\n".join(f"| `{link}` | {why} |" for link, why in sorted(CROSSING.items()))
    return (
        "# Tables by person\n\n"
        f"Of {len(found)} tables that name a person, {len(spread)} would be spread by `{COLUMN}`;"
        f" {len(ready)} could be as they are: {', '.join(f'`{each.table}`' for each in ready)}."
        " What the others need first, read from the models; why and in which order:"
        " [more than one machine](how-to/scale.md#a-distributed-postgresql).\n\n"
        f"| table | first |\n| --- | --- |\n{rows}\n\n"
        f"## Whole on one machine\n\n| table | why |\n| --- | --- |\n{whole}\n\n"
        f"## Links that cross\n\n| link | instead |\n| --- | --- |\n{crossing}\n"
    )
