"""The published schemas, read from `schemas/`: what may be said, checked both ways."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from .wire import Refused

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

#: What Korea's system takes from an origin country, and what it says.
ACCEPTS = (
    "test.registered",
    "candidate.listed",
    "candidate.renewed",
    "candidate.removed",
    "contract.answered",
    "medical.confirmed",
    "training.done",
    "departure.done",
    "benefit.claimed",
    "reentry.reported",
    "job_order.answered",
    "employer.restricted",
    "regulation.changed",
    "record.queried",
    "receipt.business",
)
SENDS = (
    "test.result",
    "roster.status",
    "contract.offered",
    "visa.authorised",
    "visa.issued",
    "departure.planned",
    "arrival.confirmed",
    "arrival.failed",
    "induction.done",
    "insurance.changed",
    "registration.confirmed",
    "employment.changed",
    "workplace_change.requested",
    "workplace_change.granted",
    "workplace_change.lapsed",
    "extension.granted",
    "extension.refused",
    "wage.missed",
    "incident.reported",
    "death.reported",
    "return.planned",
    "return.done",
    "benefit.payable",
    "benefit.paid",
    "reentry.committed",
    "job_order.published",
    "job_order.withdrawn",
    "employer.restricted",
    "regulation.changed",
    "record.queried",
    "receipt.technical",
    "receipt.business",
)


def type_of(name: str) -> str:
    """`contract.offered` → `id.lindung.contract.offered.v1`."""
    return f"id.lindung.{name}.v1"


def schema_of(name: str) -> str:
    """`contract.offered` → `urn:lindung:exchange:contract.offered:v1`."""
    return f"urn:lindung:exchange:{name}:v1"


@cache
def _registry() -> Registry[Any]:
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.rglob("*.json"))]
    resources = [
        (document["$id"], Resource.from_contents(document))
        for document in documents
        if isinstance(document, dict) and "$schema" in document
    ]
    return Registry().with_resources(resources)


@cache
def _validator(urn: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": urn}, registry=_registry(), format_checker=FormatChecker(("date", "date-time"))
    )


@cache
def purpose_of(name: str) -> str:
    """The purpose the schema of `name` names first."""
    purposes = _registry().contents(schema_of(name))["x-purpose"]
    return str(purposes[0])


def faults(urn: str, value: Any) -> list[str]:
    """Where `value` breaks the schema `urn`: JSON paths with the broken rule, never the value."""
    return [f"{e.json_path}: {e.validator}" for e in _validator(urn).iter_errors(value)]


def check(urn: str, value: Any, code: str) -> None:
    """Refuse with `code` and the first places at fault when `value` breaks the schema."""
    if found := faults(urn, value):
        raise Refused(code, "; ".join(found[:5])[:300])
