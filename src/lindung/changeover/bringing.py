"""People of one chunk, with their placements and contracts, into our tables in one transaction."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models, transaction

from lindung.access.events import Event
from lindung.access.journal import Told, append_all
from lindung.access.many import insert_all
from lindung.access.models import Scoped
from lindung.access.numbers import Series, next_numbers
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.changeover import understanding
from lindung.changeover.events import ContractBroughtIn, PersonBroughtIn, PlacementBroughtIn
from lindung.changeover.models import Chunk, Fault, Import, Link, Staged, about_key
from lindung.changeover.understanding import ABROAD, OVER, Doubt, Understood
from lindung.kernel import identifiers
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.kernel.memory import nothing_is_garbage
from lindung.placement import terms
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, ContractTerms, Placement
from lindung.placement.queries import origin
from lindung.registry.models import Identifier, Sex, Stage, Worker, WorkerState
from lindung.registry.scope import move_rows
from lindung.registry.tokens import write_first_tokens

BROUGHT_IN = "legacy"
# Of a staged row, what it takes to read it.
STAGED = ("kind", "key", "parent", "line", "sealed")
StagedRow = tuple[str, bytes, bytes | None, int, bytes]
_ORDER: tuple[type[models.Model], ...] = (
    Worker, WorkerState, Identifier, Placement, Contract, ContractTerms, Link,
)  # fmt: skip
_NUMBERS = (("nik", Kind.NIK), ("passport", Kind.PASSPORT))


@dataclass(frozen=True, slots=True)
class Opened:
    """A staged row, readable; ``name`` is the old system's key as it is there."""

    kind: str
    key: bytes
    parent: bytes | None
    line: int
    name: str
    values: dict[str, str]

    def said(self, link: UUID) -> bytes:
        """Hash of what the old system said, to see whether it says something else later.

        Identity numbers are left out: a hash that anybody could make again would give them away.
        """
        told = {name: text for name, text in self.values.items() if name not in dict(_NUMBERS)}
        return sha256(link.bytes + json.dumps(told, sort_keys=True).encode()).digest()


@dataclass(frozen=True, slots=True)
class _Job:
    """One placement with its contracts."""

    row: Opened
    understood: Understood
    papers: list[tuple[Opened, Understood]]


@dataclass(frozen=True, slots=True)
class _Person:
    """One person of the chunk with what belongs to them."""

    row: Opened
    understood: Understood
    jobs: list[_Job]

    def under_way(self) -> _Job | None:
        """The placement that is not over, if one is."""
        for job in self.jobs:
            said = job.understood
            if not said.refused and PlacementState(said.values["state"]) not in OVER:
                return job
        return None

    def rows(self) -> list[Opened]:
        """Every row of the export that is theirs."""
        papers = [paper for job in self.jobs for paper, _ in job.papers]
        return [self.row, *(job.row for job in self.jobs), *papers]


def chunk(import_: Import, number: int, *, now: datetime, keep: bool = True) -> Counter[str]:
    """Bring in the people of one chunk, or only look at them (``keep`` false); counts of rows.

    A chunk that is done already is left alone, so an import that was cut off goes on.
    """
    with transaction.atomic(), nothing_is_garbage():
        if keep and Chunk.objects.filter(import_id=import_.id, number=number).exists():
            return Counter()
        work = _Work(import_, now, _with_families(import_, number))
        for person in work.people:
            work.person(person)
        if keep:
            work.write()
            insert_all([Chunk(import_id=import_.id, number=number, counts=dict(work.counts))])
        insert_all(work.faults)
    return work.counts


def opened(rows: Iterable[StagedRow]) -> list[Opened]:
    """Staged rows, given as :data:`STAGED` says, as they can be read."""
    ring = keyring()
    found = []
    for kind, key, parent, line, sealed in rows:
        content = json.loads(ring.open("legacy", sealed))
        above = None if parent is None else bytes(parent)
        found.append(Opened(kind, bytes(key), above, line, content["key"], content["values"]))
    return found


def links_of(source: str, rows: Sequence[Opened]) -> dict[tuple[str, bytes], Link]:
    """What was brought in of these rows already, by kind and staged key.

    Looked for under every key of the ring: a rotation may be half done.
    """
    ring = keyring()
    wanted = {
        (row.kind, index): row.key
        for row in rows
        for index in ring.indexes(about_key(source, row.kind), row.name)
    }
    found = Link.objects.filter(source=source, key__among=[index for _, index in wanted])
    return {
        (each.kind, wanted[each.kind, bytes(each.key)]): each
        for each in found
        if (each.kind, bytes(each.key)) in wanted
    }


# --- reading ------------------------------------------------------------------------------------


def _with_families(import_: Import, number: int) -> list[_Person]:
    on = import_.began_at.date()
    staged = Staged.objects.filter(import_id=import_.id)
    people = opened(
        staged.filter(kind="persons", number=number).order_by("line").values_list(*STAGED)
    )
    placements = _by_parent(staged.filter(kind="placements"), [each.key for each in people])
    keys = [row.key for rows in placements.values() for row in rows]
    contracts = _by_parent(staged.filter(kind="contracts"), keys)
    gathered = []
    for row in people:
        own = [
            _Job(
                each,
                understanding.placement(each.values, on=on),
                [
                    (paper, understanding.contract(paper.values, on=on))
                    for paper in contracts.get(each.key, [])
                ],
            )
            for each in placements.get(row.key, [])
        ]
        _one_under_way(own)
        gathered.append(_Person(row, understanding.person(row.values, on=on), own))
    return gathered


def _by_parent(staged: Any, keys: Sequence[bytes]) -> dict[bytes, list[Opened]]:
    found: dict[bytes, list[Opened]] = defaultdict(list)
    for row in opened(staged.filter(parent__among=keys).order_by("line").values_list(*STAGED)):
        if row.parent is not None:
            found[row.parent].append(row)
    return found


def _one_under_way(jobs: Sequence[_Job]) -> None:
    """At most one placement is under way: the newest; the others' rows say something untrue."""
    live = [
        each.understood
        for each in jobs
        if not each.understood.refused
        and PlacementState(each.understood.values["state"]) not in OVER
    ]
    live.sort(key=lambda found: found.values["opened_on"])
    for found in live[:-1]:
        found.doubts.append(Doubt("another-under-way", "state", refused=True))


def _known_numbers(people: Sequence[_Person]) -> dict[bytes, Worker]:
    """People of ours by the blind index of a NIK that the chunk names."""
    ring = keyring()
    wanted = [
        blind
        for person in people
        if (nik := person.understood.number("nik", Kind.NIK))
        for blind in ring.indexes(str(Kind.NIK), nik)
    ]
    rows = Identifier.objects.filter(blind__among=wanted, kind=str(Kind.NIK)).select_related(
        "worker"
    )
    return {bytes(each.blind): each.worker for each in rows}


# --- writing ------------------------------------------------------------------------------------


class _Work:
    """One chunk under way: what is known of its people already, and the rows it will write.

    Public numbers are taken for every row beforehand; those of rows that stay out are never given.
    """

    def __init__(self, import_: Import, now: datetime, people: list[_Person]) -> None:
        self.import_, self.now, self.people = import_, now, people
        self.ring = keyring()
        self.on: date = import_.began_at.date()
        self.counts: Counter[str] = Counter()
        self.faults: list[models.Model] = []
        self.moves: list[tuple[Worker, dict[str, Any], bool, str]] = []
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.told: list[Told] = []
        self.links = links_of(import_.source, [row for each in people for row in each.rows()])
        self.known = _known_numbers(people)
        jobs = [job for each in people for job in each.jobs]
        self.numbers = {
            Series.WORKER: iter(next_numbers(Series.WORKER, len(people), on=self.on)),
            Series.PLACEMENT: iter(next_numbers(Series.PLACEMENT, len(jobs), on=self.on)),
            Series.CONTRACT: iter(
                next_numbers(Series.CONTRACT, sum(len(job.papers) for job in jobs), on=self.on)
            ),
        }

    def write(self) -> None:
        """All rows, in the order of their foreign keys."""
        for model in _ORDER:
            insert_all(self.rows[model])
        write_first_tokens([each for each in self.rows[Worker] if isinstance(each, Worker)])
        append_all(self.told, actor=ROBOT)
        for worker, scope, abroad, region in self.moves:
            move_rows(worker, **scope)
            if abroad:
                WorkerState.objects.filter(worker=worker).update(
                    stage=Stage.DURING, dest_region=region, check_in_due_on=self.on
                )

    # Each row of the export --------------------------------------------------------------------

    def person(self, person: _Person) -> None:
        """A person and all that is theirs."""
        row, understood = person.row, person.understood
        link = self.links.get(("persons", row.key))
        same = None if link else self._same(understood)
        self._note(row, understood, "persons", here=link is not None)
        if understood.refused:
            for job in person.jobs:
                self._leave_out(job, "person-refused")
            return
        if link is not None:
            worker = Worker.objects.get(id=link.subject)
        elif same is not None:
            worker = same
            self._link(row, worker, worker.id)
            self.counts["persons known by their NIK"] += 1
        else:
            worker = self._enrol(person)
            self._link(row, worker, worker.id)
        if link is not None or same is not None:
            self._fit(worker, person)
        for job in person.jobs:
            self._job(worker, job)

    def _fit(self, worker: Worker, person: _Person) -> None:
        """Somebody who is here already: one placement under way at most, and the scope follows it."""
        job = person.under_way()
        if job is None or ("placements", job.row.key) in self.links:
            return
        if Placement.objects.filter(worker=worker).exclude(state__in=OVER).exists():
            job.understood.doubts.append(Doubt("another-under-way", "state", refused=True))
            return
        values = job.understood.values
        self.moves.append(
            (
                worker,
                {
                    "country": values["country"],
                    "post_id": understanding.post_of(values, on=self.on),
                    "agency_id": understanding.agency_of(values),
                },
                PlacementState(values["state"]) in ABROAD,
                values.get("dest_region", ""),
            )
        )

    def _job(self, worker: Worker, job: _Job) -> None:
        link = self.links.get(("placements", job.row.key))
        self._note(job.row, job.understood, "placements", here=link is not None)
        if job.understood.refused:
            self._leave_out(job, "placement-refused", itself=False)
            return
        if link is not None:
            placement = Placement.objects.get(id=link.subject)
        else:
            placement = self._open(worker, job)
        for paper, understood in job.papers:
            here = ("contracts", paper.key) in self.links
            self._note(paper, understood, "contracts", here=here)
            if not understood.refused and not here:
                self._sign(placement, paper, understood)

    def _leave_out(self, job: _Job, slug: str, *, itself: bool = True) -> None:
        """Rows that hang on one which stays out stay out with it."""
        rows = [("placements", job.row)] if itself else []
        rows += [("contracts", paper) for paper, _ in job.papers]
        for kind, row in rows:
            self.counts[f"{kind} refused"] += 1
            self._fault(row, Doubt(slug, refused=True))

    # What becomes of it ------------------------------------------------------------------------

    def _enrol(self, person: _Person) -> Worker:
        said, values = person.understood, person.understood.values
        live = person.under_way()
        place = live.understood.values if live else {}
        worker = Worker(
            id=new_id(),
            public_number=next(self.numbers[Series.WORKER]),
            full_name=values["full_name"].strip()[:160],
            call_name=values.get("call_name", "")[:80],
            sex=values.get("sex") or Sex.UNSPECIFIED,
            birth_date=said.day("birth_date"),
            birth_place=values.get("birth_place", "")[:80],
            language=values.get("language") or "id",
            is_demo=self.import_.is_demo,
            created_at=self.now,
            region=values.get("region", ""),
            country=place.get("country", ""),
            post_id=understanding.post_of(place, on=self.on) if live else None,
            agency_id=understanding.agency_of(place) if live else None,
        )
        abroad = live is not None and PlacementState(place["state"]) in ABROAD
        state = WorkerState(
            worker=worker,
            stage=_stage(person, abroad=abroad),
            dest_region=place.get("dest_region", "") if abroad else "",
            # Nobody here has heard of them yet: they are asked from the first day.
            check_in_due_on=self.on if abroad else None,
            **worker.scope(),
        )
        self._add(worker, state, *self._identifiers(worker, said))
        event = PersonBroughtIn(number=worker.public_number, title=self.import_.title)
        self._tell(event, worker, worker.id)
        return worker

    def _identifiers(self, worker: Worker, said: Understood) -> Iterator[Identifier]:
        for name, kind in _NUMBERS:
            if not (value := said.number(name, kind)):
                continue
            sealed = self.ring.seal(str(kind), value)
            passport = kind is Kind.PASSPORT
            yield Identifier(
                id=new_id(),
                worker=worker,
                kind=str(kind),
                issuer=origin(),
                cipher=sealed.cipher,
                blind=sealed.blind,
                masked=identifiers.masked(kind, value),
                valid_from=said.day("passport_from") if passport else None,
                valid_to=said.day("passport_to") if passport else None,
                warning="nik-of-another" if said.has("nik-of-another") and not passport else "",
                **worker.scope(),
            )

    def _open(self, worker: Worker, job: _Job) -> Placement:
        said, values = job.understood, job.understood.values
        placement = Placement(
            id=new_id(),
            worker=worker,
            number=next(self.numbers[Series.PLACEMENT]),
            pathway=values["pathway"][:40],
            scheme=values.get("scheme", "")[:24],
            sector=values["sector"][:40],
            occupation=values.get("occupation", "")[:4],
            state=values["state"],
            employer_name=values.get("employer_name", "")[:160],
            dest_region=values.get("dest_region", ""),
            opened_on=said.needed("opened_on"),
            cleared_on=said.day("cleared_on"),
            departed_on=said.day("departed_on"),
            arrived_on=said.day("arrived_on"),
            ended_on=said.day("ended_on"),
            is_demo=self.import_.is_demo,
            region=worker.region,
            country=values["country"],
            post_id=understanding.post_of(values, on=self.on),
            agency_id=understanding.agency_of(values),
        )
        event = PlacementBroughtIn(
            placement=placement.id, number=placement.number, title=self.import_.title
        )
        self._add(placement)
        self._tell(event, placement, worker.id)
        self._link(job.row, placement, worker.id)
        return placement

    def _sign(self, placement: Placement, row: Opened, said: Understood) -> None:
        values = said.values
        state = understanding.contract_state(values, PlacementState(placement.state), on=self.on)
        contract = Contract(
            id=new_id(),
            placement=placement,
            worker_id=placement.worker_id,
            number=next(self.numbers[Series.CONTRACT]),
            offer_number=values.get("offer_number", "")[:60],
            source=BROUGHT_IN,
            fields=understanding.terms(values),
            state=state,
            offered_on=said.day("offered_on") or said.needed("signed_on"),
            signed_on=said.day("signed_on"),
            paper_signed_on=said.day("signed_on"),
            starts_on=said.day("starts_on"),
            ends_on=said.day("ends_on"),
            is_demo=self.import_.is_demo,
            **placement.scope(),
        )
        event = ContractBroughtIn(contract=contract.id, number=contract.number)
        self._add(contract, terms.row_of(contract))
        self._tell(event, contract, placement.worker_id)
        self._link(row, contract, placement.worker_id)

    # Books -------------------------------------------------------------------------------------

    def _same(self, said: Understood) -> Worker | None:
        """Somebody of ours with the same NIK, where the day of birth does not speak against it."""
        nik, born = said.number("nik", Kind.NIK), said.day("birth_date")
        for blind in self.ring.indexes(str(Kind.NIK), nik) if nik else ():
            if (worker := self.known.get(blind)) is None:
                continue
            if not (born and worker.birth_date and born != worker.birth_date):
                return worker
            said.doubts.append(Doubt("nik-of-another", "nik"))
        return None

    def _note(self, row: Opened, said: Understood, kind: str, *, here: bool) -> None:
        fate = "refused" if said.refused else "here already" if here else "brought in"
        self.counts[f"{kind} {fate}"] += 1
        for doubt in said.doubts:
            self._fault(row, doubt)

    def _fault(self, row: Opened, doubt: Doubt) -> None:
        self.faults.append(
            Fault(
                import_id=self.import_.id, kind=row.kind, line=row.line, field=doubt.field,
                slug=doubt.slug, refused=doubt.refused,
            )
        )  # fmt: skip

    def _link(self, row: Opened, about: Scoped, worker: UUID) -> None:
        id_ = new_id()
        sealed = self.ring.seal(about_key(self.import_.source, row.kind), row.name)
        self._add(
            Link(
                id=id_, source=self.import_.source, kind=row.kind, key=sealed.blind,
                sealed=sealed.cipher, subject=about.pk, worker_id=worker, said=row.said(id_),
                import_id=self.import_.id,
            )
        )  # fmt: skip

    def _tell(self, event: Event, about: Scoped, worker: UUID) -> None:
        self.told.append(Told(event, about, worker=worker))

    def _add(self, *rows: models.Model) -> None:
        for row in rows:
            self.rows[type(row)].append(row)


def _stage(person: _Person, *, abroad: bool) -> Stage:
    if abroad:
        return Stage.DURING
    ended = any(
        job.understood.values.get("state") == PlacementState.ENDED
        for job in person.jobs
        if not job.understood.refused
    )
    return Stage.AFTER if ended and person.under_way() is None else Stage.BEFORE
