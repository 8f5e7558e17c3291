"""Jobs of the register."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.registry.balance import imbalances
from lindung.registry.duplicates import Candidate, candidates_for
from lindung.registry.models import EntryCode, Worker
from lindung.registry.operations import DUPLICATE, DUPLICATE_DAYS, open_task

log = logging.getLogger(__name__)

KEPT_DAYS = 7
CHUNK = 250  # people a transaction; some ten milliseconds each
NEW_DAYS = 2


@job(periodic="27 3 * * *", retries=0)
def clear_entry_codes() -> None:
    """Delete codes and links that ended days ago."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    EntryCode.objects.filter(expires_at__lt=before).delete()


@job(periodic="20 2 * * *", retries=0)
def balance() -> None:
    """Each night: the scope copied onto rows is still that of their people."""
    for each in imbalances():
        log.error("scope of %s rows of %s is not their person's", each.rows, each.table)


@job(periodic="40 1 * * *", retries=0)
def find_new_duplicates() -> None:
    """Each night: is one of the people enrolled lately here already?"""
    since = timezone.now() - timedelta(days=NEW_DAYS)
    enqueue("registry.look_for_duplicates", after=str(_first_id(since)))


@job(periodic="10 0 * * 0", retries=0)
def find_all_duplicates() -> None:
    """Each week: the same for everybody, since names and numbers are corrected."""
    enqueue("registry.look_for_duplicates", after=str(UUID(int=0)))


@job(retries=3)
def look_for_duplicates(after: str) -> None:
    """One chunk of people, in the order of their ids; then the next chunk as a job of its own."""
    people = list(
        Worker.objects.filter(id__gt=UUID(after), merged_into__isnull=True).order_by("id")[:CHUNK]
    )
    for person in people:
        for found in candidates_for(ROBOT, person.id):
            # Each pair once: the younger entry asks about the older one.
            if found.worker.id < person.id:
                _ask(person, found)
    if len(people) == CHUNK:
        enqueue("registry.look_for_duplicates", after=str(people[-1].id))


def _ask(person: Worker, found: Candidate) -> None:
    """A task for the office that has both; for the ministry where nobody else has.

    It stands with the one who entered herself, where one did: the other's offices need not learn
    that she did.
    """
    other = found.worker
    if other.walled and not person.walled:
        person, other = other, person
    if person.region and person.region == other.region:
        owner = "office"
    elif person.post_id is not None and person.post_id == other.post_id:
        owner = "post"
    else:
        owner = "ministry"
    open_task(
        ROBOT,
        about=person,
        kind=DUPLICATE,
        title=gettext_noop("Periksa: mungkin orang yang sama terdaftar dua kali"),
        due_at=timezone.now() + timedelta(days=DUPLICATE_DAYS),
        owner=owner,
        subject=other.id,
        details={"score": found.score, "reasons": [each.kind for each in found.reasons]},
    )


def _first_id(since: datetime) -> UUID:
    """The least id that an entry made at that instant can have: ids begin with their milliseconds."""
    return UUID(int=int(since.timestamp() * 1000) << 80)
