"""What stands afterwards, beside what was answered."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from subprocess import CompletedProcess

from bench._load import Act
from bench._whole import Service

QUIET_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Before:
    """What was wrong before: the demo population has people who were put wrong on purpose."""

    handler_errors: int
    differences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Aftermath:
    """All but the first line and ``noise`` should be zero or true.

    Attributes:
        acts: things done; ``taken`` of them were answered 2xx.
        kept_unsaid: stood although nobody was told: no answer, or one that said "send once more".
        noise: files without a key: of transactions that were undone. Nothing opens them.
        jobs_left: jobs due and not done, or held by a dead worker, two minutes later.
    """

    acts: int
    taken: int
    kept_unsaid: int
    lost: int
    twice: int
    refused_but_there: int
    damaged: int
    noise: int
    jobs_left: int
    handler_errors: int
    journal_holds: bool
    register_balances: bool

    @property
    def good(self) -> bool:
        """Nothing is lost, doubled, half there or left lying."""
        return (
            self.journal_holds
            and self.register_balances
            and not (
                self.lost
                or self.twice
                or self.refused_but_there
                or self.damaged
                or self.jobs_left
                or self.handler_errors
            )
        )


def look(service: Service, acts: list[Act], before: Before) -> Aftermath:
    """Compare the books with the answers."""
    jobs_left = _jobs_left(service)
    there = _there(service)
    lost = twice = refused = unsaid = 0
    for act in acts:
        times = there[_mark(act)]
        twice += max(0, times - 1)
        if act.taken:
            lost += times == 0
        elif times:
            refused += act.refused
            unsaid += not act.refused
    with ThreadPoolExecutor() as pool:
        opened = pool.submit(service.run, "-m", "bench._documents_whole")
        journal = pool.submit(service.run, "manage.py", "journal", "verify", check=False)
        balance = pool.submit(differences, service)
    files = json.loads(opened.result().stdout.splitlines()[-1])
    return Aftermath(
        acts=len(acts),
        taken=sum(act.taken for act in acts),
        kept_unsaid=unsaid,
        lost=lost,
        twice=twice,
        refused_but_there=refused,
        damaged=files["damaged"],
        noise=files["noise"],
        jobs_left=jobs_left,
        handler_errors=handler_errors(service) - before.handler_errors,
        journal_holds=_held(service, "journal", journal.result()),
        register_balances=balance.result() <= before.differences,
    )


def handler_errors(service: Service) -> int:
    """Reactions to events that failed."""
    [(count,)] = service.ask("select count(*) from access_handlererror")
    return int(count)


def differences(service: Service) -> frozenset[str]:
    """Who the register's balance names, and tables whose rows stand in another scope than their person."""
    done = service.run("manage.py", "balance", "--names", "--json", check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return frozenset({done.stderr[-500:]})
    return frozenset(
        json.dumps(line, sort_keys=True) for line in lines if "reason" in line or "table" in line
    )


def told(found: Aftermath) -> dict[str, object]:
    """As one object."""
    return asdict(found) | {"good": found.good}


def _held(service: Service, what: str, done: CompletedProcess[str]) -> bool:
    if done.returncode:
        words = done.stdout + done.stderr
        (service.folder / f"{what}.txt").write_text(words)
        print(words[-1500:], file=sys.stderr)
    return done.returncode == 0


def _mark(act: Act) -> str:
    return hashlib.sha256(act.data).hexdigest() if act.kind == "document" else str(act.key)


def _there(service: Service) -> Counter[str]:
    """How often each key or mark stands in the tables."""
    found: Counter[str] = Counter()
    for question in (
        "select id::text from monitoring_checkin",
        "select complaint_id::text from protection_case where complaint_id is not null",
        "select substr(words, 5) from protection_casenote where words like 'uji %'",
        "select sha256 from documents_document",
    ):
        found.update(mark for (mark,) in service.ask(question))
    return found


def _jobs_left(service: Service) -> int:
    """Until nothing is due and nobody dead holds anything; how many are left after a while."""
    until = time.monotonic() + QUIET_SECONDS
    while True:
        [(count,)] = service.ask(
            "select count(*) from procrastinate_jobs job where"
            " (status = 'todo' and coalesce(scheduled_at, now()) <= now() - interval '5 seconds'"
            "  and not exists (select from procrastinate_events e where e.job_id = job.id"
            "                  and e.at > now() - interval '5 seconds'))"
            " or (status = 'doing' and not exists (select from procrastinate_workers w"
            "     where w.id = job.worker_id and w.last_heartbeat between"
            "     now() - interval '1 minute' and now() + interval '1 minute'))"
        )
        if not count or time.monotonic() > until:
            return int(count)
        time.sleep(1)
