"""Rows of several tables about one placement in one query: a page asks once for what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.functions import Cast, JSONObject

from lindung.placement.models import Placement

M = TypeVar("M", bound=models.Model)


def gathered(
    placement_id: UUID, wanted: Mapping[type[models.Model], models.Q]
) -> dict[type[models.Model], list[Any]]:
    """Table → its rows about a placement that match, in the table's order, as this actor sees them."""
    if not wanted:
        return {}
    columns = {each.__name__: _column(each, where) for each, where in wanted.items()}
    found: Any = Placement.objects.filter(id=placement_id).values(**columns).first() or {}
    return {each: _restored(each, found.get(each.__name__, ())) for each in wanted}


def _column(model: type[models.Model], where: models.Q) -> ArraySubquery:
    fields = {
        # JSON has no decimals: sums travel as text, so that nothing of them is lost.
        each.attname: Cast(each.attname, models.TextField())
        if isinstance(each, models.DecimalField)
        else models.F(each.attname)
        for each in model._meta.concrete_fields
    }
    rows = model._default_manager.filter(where, placement_id=models.OuterRef("pk"))
    return ArraySubquery(
        rows.order_by(*(model._meta.ordering or ())).values(row=JSONObject(**fields))
    )


def _restored(model: type[M], rows: Iterable[Mapping[str, Any]]) -> list[M]:
    fields = model._meta.concrete_fields
    names = [each.attname for each in fields]
    return [
        model.from_db(
            DEFAULT_DB_ALIAS, names, [each.to_python(row[each.attname]) for each in fields]
        )
        for row in rows
    ]
