"""Thresholds: another value from a day on, with a reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.signals.catalogue import signal
from lindung.signals.events import ThresholdSet
from lindung.signals.models import Threshold


@operation(Right.THRESHOLD_SET)
def set_threshold(
    actor: Actor,
    signal_id: str,
    *,
    name: str,
    value: Decimal,
    valid_from: date,
    reason: str,
    at: datetime,
) -> Threshold:
    """Give a threshold another value from a day on; the earlier days keep theirs.

    Raises:
        NotFound: no such signal or threshold.
        Incomplete: a value below nothing, no reason, or a day that has passed.
    """
    known = signal(signal_id)
    if name not in known.thresholds:
        raise NotFound(name)
    wrong = {}
    if value < 0 or not value.is_finite():
        wrong["value"] = _("Isi nol atau lebih.")
    elif known.thresholds[name].unit != "percent" and value != value.to_integral_value():
        wrong["value"] = _("Isi bilangan bulat.")
    if not reason.strip():
        wrong["reason"] = _("Tulis alasannya.")
    if valid_from < at.date():
        wrong["valid_from"] = _("Pilih hari ini atau sesudahnya.")
    if wrong:
        raise Incomplete(fields=wrong)
    made = Threshold.objects.create(
        signal=signal_id,
        name=name,
        value=value,
        valid_from=valid_from,
        reason=reason.strip()[:400],
        set_by=actor.name[:120],
        set_at=at,
    )
    record(
        ThresholdSet(
            signal=signal_id,
            name=name,
            value=f"{value.normalize():f}",
            valid_from=valid_from,
            reason=made.reason,
        ),
        actor=actor,
        subject=made.id,
    )
    return made
