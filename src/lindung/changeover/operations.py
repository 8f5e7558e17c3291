"""An import from beginning to end: stage, bring in chunk by chunk, go on after a cut, compare."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from django.db import connections

from lindung.changeover import bringing, comparing, staging
from lindung.changeover.mapping import Plan, load
from lindung.changeover.models import Chunk, Import
from lindung.kernel.refusals import Conflict

Say = Callable[[str], None]


class AnotherUnderWay(Conflict):
    """Another export of the same system is half brought in."""

    slug = "another-import-under-way"
    title = "Impor lain dari sistem ini belum selesai."
    advice = "Teruskan dengan berkas ekspor dan pemetaan yang sama, lalu mulai yang baru."


def bring_in(
    folder: Path,
    mapping: Path,
    *,
    say: Say,
    keep: bool = True,
    processes: int = 1,
    is_demo: bool = False,
) -> Import:
    """Bring an export in, or go on with the one that was cut off; ``keep`` false only looks at it.

    Runs as the owner of the tables, like every load of a whole population; each person, placement
    and contract is in the journal.

    Raises:
        MappingUnusable, ExportUnreadable: what to mend in the files.
        AnotherUnderWay: an earlier export of this system is half in.
    """
    plan = load(mapping)
    import_ = _begun(plan, folder, mapping, "import" if keep else "trial", is_demo)
    try:
        _go_on(import_, plan, folder, say=say, keep=keep, processes=processes)
    finally:
        # An import that was cut off goes on with what was staged; nobody goes on with a trial.
        if import_.ended_at is not None or not keep:
            staging.clear(import_)
    return import_


def _go_on(
    import_: Import, plan: Plan, folder: Path, *, say: Say, keep: bool, processes: int
) -> None:
    if import_.staged_at is None:
        counts = staging.stage(import_, plan, folder)
        import_.staged_at = datetime.now(UTC)
        import_.counts = {f"{kind} read": count for kind, count in counts.items()}
        import_.save()
        say(", ".join(f"{count:,} {kind}" for kind, count in counts.items()) + " read")
    total: Counter[str] = Counter()
    numbers = range(staging.chunks(import_))
    for done, counts in enumerate(_chunks(import_, numbers, keep, processes), start=1):
        total += counts
        if done % 10 == 0 or done == len(numbers):
            say(f"chunk {done:,} of {len(numbers):,}")
    import_.counts = import_.counts | dict(_all_counts(import_, total, keep))
    import_.ended_at = datetime.now(UTC)
    import_.save()


def compare(folder: Path, mapping: Path) -> tuple[Import, list[comparing.Difference]]:
    """Lay today's export of the old system beside our books; nothing of ours changes.

    Raises:
        MappingUnusable, ExportUnreadable: what to mend in the files.
    """
    plan = load(mapping)
    import_ = _begun(plan, folder, mapping, "comparison", False)
    try:
        staging.stage(import_, plan, folder)
        found, counts = comparing.counted(comparing.differences(import_))
    finally:
        # Nobody goes on with a comparison that broke off: what was staged of people goes at once.
        staging.clear(import_)
    import_.counts = dict(counts)
    import_.ended_at = datetime.now(UTC)
    import_.save()
    return import_, found


def _begun(plan: Plan, folder: Path, mapping: Path, kind: str, is_demo: bool) -> Import:
    facts = {
        "mapping": sha256(mapping.read_bytes()).hexdigest(),
        "export": staging.digest_of(plan, folder),
    }
    if kind == "import":
        open_ = Import.objects.filter(source=plan.source, kind=kind, ended_at__isnull=True).first()
        if open_ is not None:
            if any(getattr(open_, name) != value for name, value in facts.items()):
                raise AnotherUnderWay(since=open_.began_at.isoformat(timespec="minutes"))
            return open_
    return Import.objects.create(
        source=plan.source, title=plan.title, kind=kind, began_at=datetime.now(UTC),
        is_demo=is_demo, **facts,
    )  # fmt: skip


def _chunks(import_: Import, numbers: range, keep: bool, processes: int) -> Iterator[Counter[str]]:
    work = partial(_one, import_, keep=keep)
    if processes == 1 or len(numbers) <= 1:
        yield from map(work, numbers)
        return
    # A connection is one process's: each opens its own.
    connections.close_all()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(work, numbers)


def _one(import_: Import, number: int, *, keep: bool) -> Counter[str]:
    return bringing.chunk(import_, number, now=datetime.now(UTC), keep=keep)


def _all_counts(import_: Import, total: Counter[str], keep: bool) -> Counter[str]:
    """Of this run and of the ones before it that were cut off."""
    if not keep:
        return total
    found: Counter[str] = Counter()
    for counts in Chunk.objects.filter(import_id=import_.id).values_list("counts", flat=True):
        found.update(counts)
    return found
