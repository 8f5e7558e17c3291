"""The living register's two totals: what their pages cost, and what keeping them true costs.

    ./lindung bench register [--people 5000] [--seconds 2]

Loads a population of ``--people`` where nobody is there yet. Times, as the ministry and as the largest
post, the balance of this year and the names of its difference; the share of people confirmed, which
stands on the desk's first page; and, in transactions that are undone, a thousand marked people written
into the register's book and a thousand confirmations with the tallies they write. The baseline is one
plain scan of the tables that the book is made from: what every page would cost that counts anew. At the
end everybody is counted anew; ``wrong`` says how many lines and totals were not as kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, people_there, ready
from bench._timing import in_turn, p95, ratio, timed

PAGE_MS, CHANGED = 100.0, 1_000
_READ = (
    "registry_worker", "registry_workerstate", "placement_placement", "preparation_crossing",
    "reintegration_return", "registry_selfenrolment",
)  # fmt: skip


def main() -> None:
    """Find people, ask in turn, write, count anew."""
    options = _options.options(
        _options.parser(__doc__, name="register"), people=(5_000, 5_000_000),
        about="made where nobody is yet",
    )  # fmt: skip
    ready()
    with owner_connection() as owner, Report("register", options) as report:
        more = _options.COUNTRY if options.profile == "national" else ()
        people = people_there(owner, options.people, *more)
        _pages(report, owner, people, options.seconds)
        _changes(report, owner, people, options.seconds)
        _anew(report, owner, people)


def _pages(report: Report, owner: Any, people: int, seconds: float) -> None:
    from django.utils import timezone

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.roles import rights_of
    from lindung.kernel.ids import new_id
    from lindung.monitoring import queries as monitoring
    from lindung.site.register import balance

    today = timezone.localdate()
    post, of_post = owner.execute(
        "select post_id, count(*) from registry_workerstate where stage = 'during'"
        " and post_id is not null group by 1 order by 2 desc limit 1"
    ).fetchone()
    owner.commit()
    for name, actor, here in (
        ("post", Actor(id=new_id(), kind=Kind.POST, name="bench", posts=(post,), rights=rights_of("attache")), of_post),
        ("ministry", Actor(id=new_id(), kind=Kind.MINISTRY, name="bench", rights=rights_of("ministry_officer")), people),
    ):  # fmt: skip
        asks: dict[str, Callable[[], Any]] = {
            "balance": partial(
                balance.balance, actor, start=date(today.year, 1, 1), end=today, today=today
            ),
            "names of the difference": partial(balance.names, actor, on=today),
            "share confirmed": partial(monitoring.confirmed_share, actor, today),
        }
        with acting_as(actor):
            *took, scan = in_turn(*asks.values(), partial(_scan, owner), seconds=seconds)
        for metric, samples in zip(asks, took, strict=True):
            report.say(
                f"{metric}, {name}", p95(samples), "ms p95", samples=samples, target=PAGE_MS,
                baseline=p95(scan), against="one plain scan of the same tables",
                ratio=ratio(samples, scan), people=people, abroad_here=here,
            )  # fmt: skip


def _changes(report: Report, owner: Any, people: int, seconds: float) -> None:
    """Two ways in which a thousand people change, each undone after it was timed."""
    from django.db import transaction
    from django.utils import timezone

    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.monitoring.models import LineMark
    from lindung.registry.models import WorkerState
    from lindung.site.register import book

    some = WorkerState.objects.filter(stage="during", confirmed_on__isnull=False)
    with acting_as(ROBOT):
        ids = list(some.values_list("worker_id", flat=True)[:CHANGED])

    def folded() -> None:
        with transaction.atomic(), acting_as(ROBOT):
            LineMark.objects.bulk_create([LineMark(person=each) for each in ids])
            WorkerState.objects.filter(worker_id__in=ids).update(stage="after")
            book.fold()
            transaction.set_rollback(True)

    def confirmed(days: int) -> None:
        with transaction.atomic(), acting_as(ROBOT):
            moved = WorkerState.objects.filter(worker_id__in=ids)
            moved.update(confirmed_on=timezone.localdate() + timedelta(days=days))
            transaction.set_rollback(True)

    lines, tallied, scan = in_turn(
        folded, partial(confirmed, 1), partial(_scan, owner), seconds=seconds
    )
    for metric, samples in (
        ("a thousand people changed and folded", lines),
        ("a thousand confirmed, tallies kept", tallied),
    ):
        report.say(
            metric, p95(samples), "ms p95", samples=samples, baseline=p95(scan),
            against="one plain scan of the same tables", ratio=ratio(samples, scan), people=people,
            changed=len(ids),
        )  # fmt: skip


def _anew(report: Report, owner: Any, people: int) -> None:
    from lindung.site.register import book

    scan = timed(partial(_scan, owner))
    found = []
    took = timed(lambda: found.append(book.recount()))
    report.say(
        "everybody counted anew", took, "s", baseline=scan,
        against="one plain scan of the same tables", people=people,
        wrong=len(found[0].lines) + len(found[0].totals),
    )  # fmt: skip


def _scan(owner: Any) -> None:
    for table in _READ:
        owner.execute(f"select count(*), max(t::text) from {table} t").fetchone()
    owner.commit()


if __name__ == "__main__":
    main()
