"""Settings of one node of the exchange bench: its own name, and a clock that may be wrong."""

import os
from datetime import UTC, datetime, timedelta

from lindung.site.settings.base import *  # noqa: F403  the settings of a running Lindung
from lindung.site.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.ledger"]

if skew := float(os.environ.get("BENCH_CLOCK_SKEW", "0")):
    import time_machine

    time_machine.travel(datetime.now(UTC) + timedelta(seconds=skew), tick=True).start()
