"""Seeing the service run: measures for Prometheus, measures and traces by OTLP. No person in any."""

from __future__ import annotations

from django.conf import settings

from lindung.kernel import trail
from lindung.site import logs


def begin() -> None:
    """Have every finished request and job told to the log and, where they are on, to the measures and
    the traces; what is off is not even loaded.
    """
    trail.observe(logs.tell)
    if settings.METRICS:
        from lindung.site.seeing import measures

        trail.observe(measures.note)
    if settings.OTLP_ENDPOINT:
        from lindung.site.seeing import telemetry

        trail.observe(telemetry.note)
