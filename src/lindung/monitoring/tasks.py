"""Jobs about life abroad: what ends soon, and who is not back from leave."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.monitoring import queries
from lindung.monitoring.endings import KIND, TITLES, ending
from lindung.monitoring.operations.away import NOT_BACK
from lindung.registry.living import living_rules
from lindung.registry.models import Worker
from lindung.registry.operations import open_task

CHUNK = 500  # tasks a transaction


@job(periodic="50 2 * * *", retries=0)
def look_for_endings() -> None:
    """Each night: contracts, passports and rights to stay that end soon become somebody's task."""
    enqueue("monitoring.ask_about_endings")


@job(retries=3)
def ask_about_endings() -> None:
    """A chunk of what ends; as long as there was a whole one, the next as a job of its own."""
    today = timezone.localdate()
    rules = living_rules(today).ends
    found = [each for each, _nth in zip(ending(today), range(CHUNK), strict=False)]
    people = Worker.objects.in_bulk([each.worker_id for each in found])
    for each in found:
        worker = people[each.worker_id]
        open_task(
            ROBOT,
            about=worker,
            kind=f"{KIND}{each.what}",
            title=TITLES[each.what],
            due_at=timezone.make_aware(datetime.combine(each.day, time.min)),
            owner=rules[each.what].owner if worker.post_id is not None else "ministry",
            subject=each.subject,
        )
    if len(found) == CHUNK:
        enqueue("monitoring.ask_about_endings")


@job(periodic="5 3 * * *", retries=0)
def look_for_absences() -> None:
    """Each night: who was expected back from leave and did not come is asked after."""
    today = timezone.localdate()
    grace = timedelta(days=living_rules(today).leave_grace_days)
    for leave in queries.overdue_leaves(before=today - grace):
        open_task(
            ROBOT,
            about=leave.worker,
            kind=NOT_BACK,
            title=gettext_noop("Belum kembali dari cuti: tanyakan kabarnya"),
            due_at=timezone.now() + grace,
            owner="post" if leave.worker.post_id is not None else "ministry",
            subject=leave.id,
        )
