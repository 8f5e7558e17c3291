"""A breach, or an exercise of one: who is touched, the sealed list, and telling them."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO
from time import perf_counter
from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.documents import sealing
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.kernel.sheets import sheet
from lindung.outreach.operations import send
from lindung.privacy import breaches, notices, schedule, terms
from lindung.privacy.breaches import Search
from lindung.privacy.events import BreachClosed, BreachListed, BreachSearched, BreachTold
from lindung.privacy.lifecycles import BREACH, BreachState
from lindung.privacy.models import Affected, Breach
from lindung.registry.models import Worker

BATCH = 200  # people told in one transaction
MOST_WORDS = 600


class AnExercise(Refusal):
    """An exercise sends nothing."""

    status = 409
    slug = "an-exercise"
    title = "Ini latihan: tidak ada yang dikirim."
    advice = "Buat catatan kebocoran tanpa tanda latihan bila kejadiannya sungguh."


@operation(Right.BREACH_WORK)
def find(
    actor: Actor, search: Search, *, window: tuple[datetime, datetime], known_at: datetime,
    how: str, remedy: str, drill: bool, at: datetime,
) -> Breach:  # fmt: skip
    """Work out whose data was touched, and begin the law's clock.

    Args:
        window: first instant, and the first one after it.
        known_at: when the breach became known; the term counts from there.
        how, remedy: as the notices will say them.
    Raises:
        Incomplete: no window, no words, or an account, address, partner or table nobody knows.
    """
    how, remedy = how.strip()[:MOST_WORDS], remedy.strip()[:MOST_WORDS]
    wrong = {}
    if window[0] >= window[1]:
        wrong["window_to"] = "Akhirnya harus sesudah awalnya."
    if not how:
        wrong["how"] = "Tuliskan bagaimana data terungkap; setiap orang membacanya."
    if not remedy:
        wrong["remedy"] = "Tuliskan apa yang dilakukan; setiap orang membacanya."
    if wrong:
        raise Incomplete(fields=wrong)
    term = terms.until(schedule.breach_rule(), known_at)
    id_ = new_id()
    breach = Breach.objects.create(
        id=id_,
        number=f"{'LAT' if drill else 'KBC'}-{known_at:%Y%m%d}-{id_.hex[-6:].upper()}",
        drill=drill, known_at=known_at, due_at=term.at, needs_check=term.needs_check,
        window_from=window[0], window_to=window[1], search=search.as_dict(),
        how=how, remedy=remedy, made_at=at, made_name=actor.name,
    )  # fmt: skip
    began = perf_counter()
    with acting_as(ROBOT):
        breach.people = breaches.find(breach, search)
    breach.seconds = round(perf_counter() - began, 3)
    breach.save(update_fields=["people", "seconds"])
    told = BreachSearched(breach=breach.id, number=breach.number, drill=drill, people=breach.people)
    record(told, actor=actor, subject=breach.id)
    return breach


_COLUMNS = (
    "number", "name", "post", "language", "times", "first_at", "last_at", "what", "exercise",
)  # fmt: skip


@operation(Right.BREACH_WORK)
def sealed_list(actor: Actor, breach_id: UUID) -> bytes:
    """The list of people as a sealed file: a line of JSON with the wrapped key, then the sealed CSV.

    Only this installation's key ring opens it (``./lindung manage breach --open FILE``).
    """
    breach = _breach(breach_id)
    with acting_as(ROBOT):
        rows = Affected.objects.filter(breach=breach).select_related("worker").order_by("id")
        text = sheet(
            _COLUMNS,
            (
                (
                    each.worker.public_number, each.worker.full_name, each.post_id, each.language,
                    each.times, each.first_at.isoformat(), each.last_at.isoformat(),
                    " ".join(each.what), "yes" if breach.drill else "no",
                )
                for each in rows.iterator(chunk_size=2_000)
            ),
        )  # fmt: skip
    key = sealing.new_key()
    head = {
        "breach": str(breach.id),
        "exercise": breach.drill,
        "key": sealing.wrap(keyring(), breach.id, key).hex(),
    }
    told = BreachListed(breach=breach.id, number=breach.number)
    record(told, actor=actor, subject=breach.id)
    sealed = b"".join(sealing.encrypt(BytesIO(text.encode()), key, breach.id))
    return json.dumps(head).encode() + b"\n" + sealed


def opened_list(data: bytes) -> str:
    """The CSV of a sealed list.

    Raises:
        CannotOpen: not one of ours, changed, or its key is gone.
    """
    head, _, sealed = data.partition(b"\n")
    said = json.loads(head)
    breach = UUID(said["breach"])
    key = sealing.unwrap(keyring(), breach, bytes.fromhex(said["key"]))
    return b"".join(sealing.decrypt(BytesIO(sealed), key, breach)).decode()


@operation(Right.BREACH_WORK)
def notify(actor: Actor, breach_id: UUID, *, at: datetime) -> Breach:
    """Begin to tell everybody on the list, each by their safe channel; a job does it in batches.

    Raises:
        NotFound. AnExercise: an exercise sends nothing. StepClosed: it is closed.
    """
    breach = _breach(breach_id)
    if breach.drill:
        raise AnExercise
    breach.state = BREACH.take("notify", BreachState(breach.state))
    breach.notified_at, breach.notified_name = at, actor.name
    breach.save(update_fields=["state", "notified_at", "notified_name"])
    enqueue("privacy.tell", lock=f"breach:{breach.id}", breach=str(breach.id))
    return breach


def tell_next(breach_id: UUID, *, at: datetime) -> int:
    """Tell the next of the people; how many it were. Part of our robot's job, one transaction."""
    breach = _breach(breach_id)
    if breach.drill or breach.state != BreachState.NOTIFIED:
        return 0
    waiting = (
        Affected.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("worker")
        .filter(breach=breach, message_id__isnull=True)
        .order_by("id")[:BATCH]
    )
    told = list(waiting)
    for each in told:
        worker: Worker = each.worker
        language = worker.language if worker.language in notices.LANGUAGES else "id"
        places: dict[str, Any] = notices.facts(breach, language, each.what)
        message = send(ROBOT, worker, "breach_notice", now=at, **places)
        each.message_id = message.id
        said = BreachTold(breach=breach.id, number=breach.number)
        record(said, actor=ROBOT, about=worker, subject=breach.id, worker=worker.id)
    Affected.objects.bulk_update(told, ["message_id"])
    return len(told)


@operation(Right.BREACH_WORK)
def close(actor: Actor, breach_id: UUID) -> Breach:
    """Close a breach or an exercise.

    Raises:
        NotFound, StepClosed.
    """
    breach = _breach(breach_id)
    breach.state = BREACH.take("close", BreachState(breach.state))
    breach.save(update_fields=["state"])
    told = BreachClosed(breach=breach.id, number=breach.number)
    record(told, actor=actor, subject=breach.id)
    return breach


def _breach(breach_id: UUID) -> Breach:
    found = Breach.objects.select_for_update().filter(pk=breach_id).first()
    if found is None:
        raise NotFound
    return found
