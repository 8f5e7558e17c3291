"""Everything that changes a person's file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import Told, record, record_all, told_at
from lindung.access.jurisdictions import post_in_charge
from lindung.access.many import insert_all, insert_columns, insert_missing
from lindung.access.models import Scoped
from lindung.access.numbers import Series, next_number, next_numbers
from lindung.access.operation import operation
from lindung.access.ready import Change, Given, Question, add
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.kernel import identifiers, mrz, nik
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound, Refusal
from lindung.kernel.secrets import Sealed
from lindung.reference.models import Country
from lindung.reference.queries import country_name
from lindung.registry.events import (
    EnteredHerself,
    FactRecorded,
    FactsContradict,
    HeldDistinct,
    IdentifierAdded,
    PostInChargeChanged,
    TaskClosed,
    TaskOpened,
    WallOpened,
    WorkerEnrolled,
    WorkerUpdated,
)
from lindung.registry.lifecycles import TASK, TaskState
from lindung.registry.models import (
    Confidence,
    DistinctPair,
    Fact,
    FactKind,
    Identifier,
    OutsideNumber,
    Papers,
    PostChange,
    SelfEnrolment,
    Source,
    Stage,
    Task,
    Worker,
    WorkerState,
)
from lindung.registry.newcomers import Newcomer
from lindung.registry.scope import move, scope_of
from lindung.registry.tokens import write_first_tokens, write_tokens

# How long an office has to fill a gap in a file; our own practice, not a law's.
GAP_DAYS = 14
CONTRADICTION_DAYS = 7
DUPLICATE = "duplicate:possible"
DUPLICATE_DAYS = 14
# Somebody who entered herself is greeted by the post, and asked again after; our own practice.
WELCOME = "enrolment:welcome"
WELCOME_DAYS = 7
ASK_AGAIN_DAYS = 30

_CURRENT = Question(
    lambda: Fact.objects.filter(worker_id=Given("worker"), kind=Given("kind"), current=True)
)
_OVER = Change(lambda: Fact.objects.filter(id=Given("id")), current=False)
# What is told late of an earlier day does not make a person less lately confirmed.
LATELY_CONFIRMED = Greatest("confirmed_on", Given("on", DateField()))
_CONFIRMED = Change(
    lambda: WorkerState.objects.filter(worker_id=Given("worker")), confirmed_on=LATELY_CONFIRMED
)
_REACHED_BY = frozenset({str(identifiers.Kind.PHONE)})
_GAPS = {
    "nik": gettext_noop("Lengkapi NIK"),
    "birth_date": gettext_noop("Lengkapi tanggal lahir"),
    "region": gettext_noop("Lengkapi daerah asal"),
}


class PhoneOpensTheFile(Refusal):
    """A telephone signs a person in: a recruiter enters none, nobody enters a second one."""

    status = 403
    slug = "phone-opens-the-file"
    title = "Nomor telepon ini tidak dapat Anda catat, karena nomor membuka berkas pekerja."
    advice = "Pekerja mencatatnya sendiri di ponselnya, atau kantor layanan memulihkan aksesnya."


class CheckDigitsWrong(Refusal):
    """A passport's zone does not agree with its own check digits: a character was misread."""

    status = 422
    slug = "check-digits-wrong"
    title = "Angka pemeriksa di kedua baris tidak cocok."
    advice = "Periksa lagi bagian yang disebut; huruf O dan angka 0 sering tertukar."


@operation(Right.WORKER_ENROL)
def enrol(
    actor: Actor,
    *,
    full_name: str,
    on: date,
    channel: str,
    worker_id: UUID | None = None,
    call_name: str = "",
    sex: str = "X",
    birth_date: date | None = None,
    birth_place: str = "",
    region: str = "",
    language: str = "id",
    is_demo: bool = False,
    numbers: Mapping[identifiers.Kind, str] | None = None,
    not_same_as: Collection[UUID] = (),
) -> Worker:
    """Bring a person into the register with whatever is known; what is missing becomes a task.

    Args:
        channel: ``phone``, ``office``, ``agency``, ``post`` or ``import``.
        numbers: identity numbers that are known already; ``add_identifier`` adds others later.
            The rest is as :class:`Newcomer` says.
    Raises:
        Incomplete: no name at all, an impossible number, or an office enrols for a region it does
            not serve.
        NotAllowed: numbers, by one who may add none.
        PhoneOpensTheFile: a telephone, by a recruiter.
    """
    (found,) = _enrol_all(
        actor,
        [
            Newcomer(
                full_name=full_name,
                call_name=call_name,
                sex=sex,
                birth_date=birth_date,
                birth_place=birth_place,
                region=region,
                language=language,
                numbers=numbers or {},
                worker_id=worker_id,
                not_same_as=not_same_as,
            )
        ],
        on=on,
        channel=channel,
        is_demo=is_demo,
    )
    if isinstance(found, Refusal):
        raise found
    return found


@operation(Right.WORKER_ENROL)
def enrol_all(
    actor: Actor,
    newcomers: Sequence[Newcomer],
    *,
    on: date,
    channel: str,
    is_demo: bool = False,
) -> list[Worker | Refusal]:
    """Bring many people in as :func:`enrol` does one: for each the person, or why not.

    The number of queries does not grow with the people, but where they have telephones or were
    shown as somebody else.
    """
    return _enrol_all(actor, newcomers, on=on, channel=channel, is_demo=is_demo)


def _enrol_all(
    actor: Actor, newcomers: Sequence[Newcomer], *, on: date, channel: str, is_demo: bool
) -> list[Worker | Refusal]:
    found = [_numbers_of(actor, each) for each in newcomers]
    good = [
        (each, numbers)
        for each, numbers in zip(newcomers, found, strict=True)
        if not isinstance(numbers, Refusal)
    ]
    series = next_numbers(Series.WORKER, len(good), on=on)
    workers = [
        each.worker(actor, number=number, is_demo=is_demo)
        for (each, _), number in zip(good, series, strict=True)
    ]
    _write_newcomers(actor, good, workers, on=on, channel=channel)
    made = iter(workers)
    return [each if isinstance(each, Refusal) else next(made) for each in found]


def _numbers_of(actor: Actor, new: Newcomer) -> dict[identifiers.Kind, str] | Refusal:
    """Their numbers in the canonical form, or why this person is not enrolled."""
    if not new.full_name.strip():
        return Incomplete(fields={"full_name": "Tuliskan nama, seperti yang dipakai sehari-hari."})
    if actor.kind is Kind.OFFICE and new.region and new.region not in actor.regions:
        return Incomplete(fields={"region": "Daerah ini di luar wilayah kantor Anda."})
    if any(new.numbers.values()) and not actor.may(Right.IDENTIFIER_ADD):
        return NotAllowed(right=str(Right.IDENTIFIER_ADD))
    try:
        numbers = {kind: _canonical(kind, value) for kind, value in new.numbers.items() if value}
    except Incomplete as refusal:
        return refusal
    if identifiers.Kind.PHONE in numbers and actor.kind is Kind.AGENCY:
        return PhoneOpensTheFile()
    return numbers


def _write_newcomers(
    actor: Actor,
    good: Sequence[tuple[Newcomer, Mapping[identifiers.Kind, str]]],
    workers: Sequence[Worker],
    *,
    on: date,
    channel: str,
) -> None:
    insert_all(workers)
    insert_columns(
        WorkerState,
        {"worker_id": [each.id for each in workers]}
        | {name: [getattr(each, name) for each in workers] for name in Scoped.SCOPE},
    )
    write_first_tokens(workers)
    told, kept, gaps = list[Told](), list[Identifier](), list[Todo]()
    due_at = told_at() + timedelta(days=GAP_DAYS)
    ring = keyring()
    for (_, numbers), worker in zip(good, workers, strict=True):
        told.append(Told(WorkerEnrolled(number=worker.public_number, channel=channel), worker))
        for kind, value in numbers.items():
            number = _identifier(worker, kind, value, ring.seal(str(kind), value), on=on)
            kept.append(number)
            told.append(Told(_added(number), number))
        for gap, missing in (
            ("nik", identifiers.Kind.NIK not in numbers),
            ("birth_date", worker.birth_date is None),
            ("region", not worker.region),
        ):
            if missing:
                gaps.append(Todo(worker, f"gap:{gap}", _GAPS[gap], due_at=due_at, owner="office"))
    insert_all(kept)
    record_all(told, actor=actor)
    for (new, _), worker in zip(good, workers, strict=True):
        _hold_apart(actor, worker, new.not_same_as, on=on)
    open_tasks(actor, gaps)
    by_id = {each.id: each for each in workers}
    for number in kept:
        if number.kind in _REACHED_BY:
            _keep_reached(actor, by_id[number.worker_id], number, on=on)


def _hold_apart(actor: Actor, worker: Worker, others: Collection[UUID], *, on: date) -> None:
    """Write down that these were said to be other people."""
    if not others:
        return
    for other in Worker.objects.filter(id__in=others).order_by("id"):
        DistinctPair.objects.bulk_create(
            DistinctPair(worker=mine, other=theirs, said_by=actor.name, on=on, **mine.scope())
            for mine, theirs in ((worker, other), (other, worker))
        )
        record(HeldDistinct(other=other.public_number), actor=actor, about=worker)


@operation(Right.WORKER_ENROL)
def enrol_abroad(
    actor: Actor,
    *,
    worker_id: UUID,
    name: str,
    works_in: str,
    on: date,
    reach: str = "",
    papers: Papers = Papers.NOT_ASKED,
    language: str = "id",
    is_demo: bool = False,
) -> Worker:
    """Bring in somebody abroad who enters herself, papers or none: a name and a country suffice.

    She is in charge of the post that serves the country, and named to nobody else: the scope
    columns of all her rows leave country and recruiter empty (``Worker.walled``), and nobody is
    told to ask her for a number or a birthday.

    Args:
        worker_id: the id she acts under already.
        works_in: ISO 3166-1 alpha-2.
        reach: how to find her, in her words, where it is no telephone of her own.
        papers: only where she tells it without being asked.
    Raises:
        Incomplete: no name, or no country.
    """
    if not name.strip():
        raise Incomplete(fields={"name": "Tuliskan nama, seperti yang dipakai sehari-hari."})
    if not Country.objects.filter(code=works_in).exists():
        raise Incomplete(fields={"works_in": "Pilih negara tempat Anda berada."})
    worker = Worker(
        id=worker_id,
        public_number=next_number(Series.WORKER, on=on),
        full_name=name.strip(),
        language=language,
        is_demo=is_demo,
        post_id=post_in_charge(works_in, on=on),
        walled=True,
    )
    worker.save(force_insert=True)
    WorkerState.objects.create(
        worker=worker,
        stage=Stage.DURING,
        confirmed_on=on,
        check_in_due_on=on + timedelta(days=ASK_AGAIN_DAYS),
        **worker.scope(),
    )
    write_first_tokens([worker])
    told = SelfEnrolment.objects.create(
        worker=worker,
        works_in=works_in,
        on=on,
        reach=reach.strip(),
        papers=papers,
        **worker.scope(),
    )
    record(WorkerEnrolled(number=worker.public_number, channel="self"), actor=actor, about=worker)
    record(EnteredHerself(enrolment=told.id), actor=actor, about=worker)
    keep_fact(
        actor,
        worker,
        kind=FactKind.WHEREABOUTS,
        value={"country": works_in},
        shown=country_name(works_in),
        source=Source.WORKER,
        confirmed_on=on,
        confidence=Confidence.MEDIUM,
    )
    if reach.strip():
        keep_fact(
            actor,
            worker,
            kind=FactKind.CONTACT,
            value={"reach": "told"},
            shown=reach.strip(),
            source=Source.WORKER,
            confirmed_on=on,
            confidence=Confidence.MEDIUM,
        )
    open_task(
        actor,
        about=worker,
        kind=WELCOME,
        title=gettext_noop("Sapa orang yang mendaftar sendiri"),
        due_at=told_at() + timedelta(days=WELCOME_DAYS),
        owner="post" if worker.post_id is not None else "ministry",
    )
    return worker


@operation(Right.WORKER_ENROL)
def open_wall(actor: Actor, worker_id: UUID, *, on: date) -> Worker:
    """The person herself agrees to be placed and helped under her country like everybody else.

    Whether she has papers stays where it is told: with the post, the ministry and her.

    Raises:
        NotFound: not this person, or nobody who entered herself.
        NotAllowed: somebody else; nobody agrees for her.
    """
    if actor.worker != worker_id:
        raise NotAllowed
    worker = _locked(worker_id)
    told = SelfEnrolment.objects.filter(worker=worker).first()
    if told is None or not worker.walled:
        raise NotFound
    told.opened_on = on
    told.save(update_fields=["opened_on"])
    with acting_as(ROBOT):
        Worker.objects.filter(id=worker.id).update(walled=False)
        worker.walled = False
        move(worker, country=told.works_in)
    record(WallOpened(on=on), actor=actor, about=worker)
    return worker


@operation(Right.WORKER_UPDATE)
def update(actor: Actor, worker_id: UUID, *, version: int, changes: Mapping[str, Any]) -> Worker:
    """Change fields of a person's file.

    Args:
        version: as it was when the form was opened.
        changes: field → new value, among name, call name, sex, birth date and place, language.
    Raises:
        NotFound: no such person, or none this actor may see.
        Conflict: somebody else saved meanwhile; carries what stands there now.
    """
    worker = _locked(worker_id)
    if worker.version != version:
        raise Conflict(current={name: str(getattr(worker, name)) for name in changes})
    allowed = {"full_name", "call_name", "sex", "birth_date", "birth_place", "language"}
    if strange := set(changes) - allowed:
        raise Incomplete(fields=dict.fromkeys(strange, "Isian ini tidak diubah di sini."))
    for name, value in changes.items():
        setattr(worker, name, value)
    worker.version += 1
    worker.save(update_fields=[*changes, "version"])
    if "full_name" in changes:
        write_tokens(worker)
    if "birth_date" in changes and worker.birth_date:
        close_task_of(actor, worker, kind="gap:birth_date")
    record(WorkerUpdated(fields=", ".join(sorted(changes))), actor=actor, about=worker)
    return worker


@operation(Right.IDENTIFIER_ADD)
def add_identifier(
    actor: Actor,
    worker_id: UUID,
    *,
    kind: identifiers.Kind,
    value: str,
    on: date,
    issuer: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Identifier:
    """Add an identity number; a mismatch with the rest of the file warns and never blocks.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: the text cannot be a number of this kind.
        NotAllowed: another telephone for somebody who has one. It lets in, so it is changed only
            by the person or by a recovery, of which the old telephone is told.
    """
    worker = _locked(worker_id)
    canonical = _canonical(kind, value)
    sealed = keyring().seal(str(kind), canonical)
    if kind is identifiers.Kind.PHONE and actor.kind is Kind.AGENCY:
        raise PhoneOpensTheFile
    if kind is identifiers.Kind.PHONE and actor.worker != worker_id:
        others = Identifier.objects.filter(worker=worker, kind=str(kind)).exclude(
            blind=sealed.blind
        )
        if others.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).exists():
            raise PhoneOpensTheFile
    new = _identifier(worker, kind, canonical, sealed, on=on)
    new.issuer, new.valid_from, new.valid_to = issuer, valid_from, valid_to
    if not insert_missing([new], constraint="identifier_once"):
        return Identifier.objects.get(worker=worker, kind=str(kind), blind=sealed.blind)
    record(_added(new), actor=actor, about=new)
    close_task_of(actor, worker, kind=f"gap:{kind}")
    if str(kind) in _REACHED_BY:
        _keep_reached(actor, worker, new, on=on)
    return new


def _canonical(kind: identifiers.Kind, value: str) -> str:
    try:
        return identifiers.canonical(kind, value)
    except identifiers.NotThatNumber as error:
        raise Incomplete(
            fields={"value": "Nomor ini belum lengkap atau memuat huruf yang tidak semestinya."}
        ) from error


def _identifier(
    worker: Worker, kind: identifiers.Kind, canonical: str, sealed: Sealed, *, on: date
) -> Identifier:
    """The row of a number, with what does not fit the rest of the file; not saved."""
    odd: tuple[str, ...] = ()
    if kind is identifiers.Kind.NIK:
        odd = nik.oddities(
            nik.parse(canonical), on=on, born=worker.birth_date, sex=worker.sex, regency=None
        )
    return Identifier(
        worker=worker,
        kind=str(kind),
        cipher=sealed.cipher,
        blind=sealed.blind,
        masked=identifiers.masked(kind, canonical),
        warning=", ".join(odd),
        **worker.scope(),
    )


def _added(number: Identifier) -> IdentifierAdded:
    return IdentifierAdded(kind=number.kind, masked=number.masked, warning=number.warning)


def _keep_reached(actor: Actor, worker: Worker, number: Identifier, *, on: date) -> None:
    """The number stays sealed; the fact says that there is one, since when, and who said it."""
    keep_fact(
        actor,
        worker,
        kind=FactKind.CONTACT,
        value={"by": number.kind},
        shown=number.masked,
        source=Source.WORKER if actor.worker == worker.id else Source.OFFICER,
        confirmed_on=on,
        confidence=Confidence.HIGH,
    )


@operation(Right.IDENTIFIER_ADD)
def add_passport(actor: Actor, worker_id: UUID, *, zone: str, on: date) -> Identifier:
    """Add a passport from the two lines at the foot of its page (ICAO 9303 part 4).

    What it says otherwise than the file warns and never blocks; a name is compared word by word
    in the zone's letters, since it may be cut there.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: not two lines of 44 characters.
        CheckDigitsWrong: names the fields whose check digit does not agree.
    """
    try:
        reading = mrz.parse(zone)
    except mrz.NotAnMrz as error:
        raise Incomplete(
            fields={"zone": "Salin dua baris di bawah halaman foto, masing-masing 44 huruf."}
        ) from error
    if reading.failed:
        raise CheckDigitsWrong(checks=[str(each) for each in reading.failed])
    worker = _locked(worker_id)
    passport = reading.passport
    found = add_identifier(
        actor,
        worker.id,
        kind=identifiers.Kind.PASSPORT,
        value=passport.number,
        on=on,
        issuer=_issuer(passport.state),
        valid_to=passport.expires_on(on=on),
    )
    if warning := ", ".join(_differs(worker, reading, on=on)):
        found.warning = warning
        found.save(update_fields=["warning"])
    return found


def _issuer(state: str) -> str:
    """The two letters of a state that the zone names with three; none for one that is no country."""
    found = Country.objects.filter(alpha3=state).first()
    return found.code if found is not None else ""


def _differs(worker: Worker, reading: mrz.Reading, *, on: date) -> list[str]:
    passport = reading.passport
    born = passport.born_on(on=on)
    said = []
    if worker.birth_date and born and worker.birth_date != born:
        said.append("birth-date-differs")
    if worker.sex in ("F", "M") and passport.sex and worker.sex != passport.sex:
        said.append("sex-differs")
    printed = f"{passport.secondary} {passport.primary}".split()
    written = mrz.transliterate(worker.full_name).split()
    whole = printed[:-1] if reading.name_may_be_cut else printed
    if not set(whole) <= set(written):
        said.append("name-differs")
    return said


def add_outside_number(
    worker_id: UUID,
    *,
    kind: str,
    value: str,
    subject: UUID | None = None,
    issued_on: date | None = None,
    valid_to: date | None = None,
) -> OutsideNumber:
    """Keep a number another system gave; part of an operation of the caller."""
    found, _ = OutsideNumber.objects.update_or_create(
        worker_id=worker_id,
        kind=kind,
        value=value,
        defaults={
            "subject": subject,
            "issued_on": issued_on,
            "valid_to": valid_to,
            **scope_of(worker_id),
        },
    )
    return found


@operation(Right.FACT_RECORD)
def record_fact(
    actor: Actor,
    worker_id: UUID,
    *,
    kind: FactKind,
    value: dict[str, Any],
    shown: str,
    source: Source,
    confirmed_on: date,
    confidence: Confidence,
) -> Fact:
    """Record what somebody said about a person, with its day and how far to rely on it.

    The same value again only renews its age. A different value from the same source, or a newer
    one, takes the place of the old; a different value from another source within the same month
    contradicts it: both stay and a task opens.

    Args:
        value: JSON; ``shown`` is the same in words.
    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = _locked(worker_id)
    fact = keep_fact(
        actor,
        worker,
        kind=kind,
        value=value,
        shown=shown,
        source=source,
        confirmed_on=confirmed_on,
        confidence=confidence,
    )
    record(
        FactRecorded(
            kind=str(kind),
            label=str(FactKind(kind).label),
            shown=shown,
            source=str(source),
            confirmed_on=confirmed_on,
        ),
        actor=actor,
        about=fact,
    )
    return fact


def keep_fact(
    actor: Actor,
    worker: Worker,
    *,
    kind: FactKind,
    value: dict[str, Any],
    shown: str,
    source: Source,
    confirmed_on: date,
    confidence: Confidence,
    state_follows: bool = False,
) -> Fact:
    """The same as part of an operation of the caller, whose own event says what happened.

    Every fact is written here, so that a contradiction always keeps both and opens a task.

    Args:
        state_follows: the caller writes the person's state itself, ``LATELY_CONFIRMED`` with it.
    """
    fact = Fact(
        worker=worker,
        kind=kind,
        value={**value, "shown": shown},
        source=source,
        confirmed_on=confirmed_on,
        confidence=confidence,
        **worker.scope(),
    )
    fact.contradicts = _settle(fact)
    add(fact)
    if fact.contradicts is not None:
        record(
            FactsContradict(
                kind=str(kind),
                label=str(FactKind(kind).label),
                older=fact.contradicts.id,
                newer=fact.id,
            ),
            actor=actor,
            about=fact,
        )
        open_task(
            actor,
            about=worker,
            kind=f"contradiction:{kind}",
            title=gettext_noop("Pastikan keterangan yang berbeda"),
            due_at=told_at() + timedelta(days=CONTRADICTION_DAYS),
            owner="post" if worker.post_id else "office",
            subject=fact.id,
        )
    if not state_follows:
        _CONFIRMED.make(worker=worker.id, on=confirmed_on)
    return fact


@operation(Right.TASK_WORK)
def close_task(actor: Actor, task_id: UUID, *, step: str, at: datetime) -> Task:
    """Finish or drop a task.

    Args:
        step: ``finish`` or ``drop``.
    Raises:
        NotFound: no such task, or none this actor may see.
        StepClosed: it is closed already.
    """
    task = Task.objects.select_for_update().filter(id=task_id).first()
    if task is None:
        raise NotFound
    task.state = TASK.take(step, TaskState(task.state))
    task.closed_at = at
    task.save(update_fields=["state", "closed_at"])
    record(TaskClosed(kind=task.kind, title=task.title), actor=actor, about=task)
    return task


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that somebody is to be given to do.

    Attributes:
        about: the person, or a row about somebody or something.
        owner: ``office``, ``post`` or ``ministry``.
        subject: id of the thing it is about, where it is not the person.
    """

    about: Scoped
    kind: str
    title: str
    due_at: datetime
    owner: str
    subject: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def open_task(
    actor: Actor,
    *,
    about: Scoped,
    kind: str,
    title: str,
    due_at: datetime,
    owner: str,
    subject: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> Task:
    """Give somebody something to do; the same open task is not opened twice.

    Written by our robot: a recruiter, too, gives a post work that it may not read itself.
    """
    todo = Todo(about, kind, title, due_at, owner, subject, details or {})
    return open_tasks(actor, [todo])[0]


def open_tasks(actor: Actor, todos: Sequence[Todo]) -> list[Task]:
    """The same for many, in a number of queries that does not grow with them."""
    if not todos:
        return []
    with acting_as(ROBOT):
        wanted = _tasks_for(todos)
        made = insert_missing(wanted, constraint="task_open_once")
        record_all(
            [Told(TaskOpened(kind=each.kind, title=each.title), each) for each in made], actor=actor
        )
        if len(made) == len(wanted):
            return wanted
        there = {_same_task(each): each for each in made}
        left = [each for each in wanted if _same_task(each) not in there]
        about = Q(worker__in={each.worker_id for each in left if each.worker_id})
        if of_nobody := [each.subject for each in left if not each.worker_id]:
            about |= Q(worker=None) & (
                Q(subject__in=list(filter(None, of_nobody))) | Q(subject=None)
            )
        open_ = Task.objects.filter(about, state=str(TaskState.OPEN))
        for row in open_.filter(kind__in={each.kind for each in left}):
            there[_same_task(row)] = row
        return [there[_same_task(each)] for each in wanted]


def _tasks_for(todos: Sequence[Todo]) -> list[Task]:
    """Work on a person is for whoever looks after that person now, whatever it hangs on."""
    others = {
        id_
        for each in todos
        if not isinstance(each.about, Worker) and (id_ := getattr(each.about, "worker_id", None))
    }
    people = Worker.objects.only(*Scoped.SCOPE).in_bulk(list(others)) if others else {}
    return [
        Task(
            worker_id=(id_ := getattr(each.about, "worker_id", None)),
            kind=each.kind,
            title=each.title,
            due_at=each.due_at,
            owner=each.owner,
            subject=each.subject,
            details=dict(each.details),
            **people.get(id_, each.about).scope(),
        )
        for each in todos
    ]


def _same_task(task: Task) -> tuple[UUID | None, str, UUID | None]:
    return task.worker_id, task.kind, task.subject


def close_task_of(actor: Actor, worker: Worker, *, kind: str) -> None:
    """Close the person's open task of that kind, where there is one: its reason is gone."""
    _close(actor, worker_id=worker.id, kind=kind)


def close_task_about(
    actor: Actor, subject: UUID, *, kind: str, worker_id: UUID | None = None
) -> None:
    """Close the open task of that kind about a thing, where there is one: its reason is gone.

    Args:
        worker_id: only this person's, where many have one about the same thing.
    """
    person = {"worker_id": worker_id} if worker_id is not None else {}
    _close(actor, subject=subject, kind=kind, **person)


def _close(actor: Actor, **which: Any) -> None:
    """Close open tasks whose reason is gone, also one that is not this actor's to read."""
    with acting_as(ROBOT):
        for task in Task.objects.filter(state=str(TaskState.OPEN), **which):
            task.state = TASK.take("finish", TaskState.OPEN)
            task.closed_at = told_at()
            task.save(update_fields=["state", "closed_at"])
            record(TaskClosed(kind=task.kind, title=task.title), actor=actor, about=task)


def close_tasks_between(actor: Actor, one: UUID, other: UUID) -> None:
    """Somebody has said whether these two are one person: nobody need look any more."""
    pair = (one, other)
    for task in Task.objects.filter(
        worker_id__in=pair, subject__in=pair, kind=DUPLICATE, state=str(TaskState.OPEN)
    ):
        task.state = TASK.take("finish", TaskState.OPEN)
        task.closed_at = told_at()
        task.save(update_fields=["state", "closed_at"])
        record(TaskClosed(kind=task.kind, title=task.title), actor=actor, about=task)


def put_in_charge(
    actor: Actor, worker: Worker, *, country: str, region: str, sector: str, on: date
) -> None:
    """Put the post in charge that serves this place and kind of work on that day."""
    post = post_in_charge(country, region=region, sector=sector, on=on)
    if post != worker.post_id or (country != worker.country and not worker.walled):
        was = worker.post_id
        # Everything follows the person, also what this actor may not read.
        with acting_as(ROBOT):
            # Whoever entered herself goes to the post, and is still named to no other country.
            move(worker, post_id=post, **({} if worker.walled else {"country": country}))
            if post != was:
                PostChange.objects.create(worker=worker, was=was, now=post, on=on, **worker.scope())
        record(PostInChargeChanged(was=was, now=post), actor=actor, about=worker)


def _settle(fact: Fact) -> Fact | None:
    """End the facts this one replaces; returns the one it contradicts.

    Two that speak of different things (a region, a coarse place) stand beside each other.
    """
    against: Fact | None = None
    for older in _CURRENT.all(worker=fact.worker_id, kind=str(fact.kind)):
        said, was = _said(fact), _said(older)
        both = set(said) & set(was)
        if not both and said and was:
            continue
        same = all(said[each] == was[each] for each in both)
        near = abs((fact.confirmed_on - older.confirmed_on).days) <= CONTRADICTION_DAYS
        if not same and near and older.source != fact.source and fact.kind != FactKind.CONDITION:
            against = older
            continue
        if older.confirmed_on <= fact.confirmed_on:
            _OVER.make(id=older.id)
        else:
            fact.current = False
    return against


def _said(fact: Fact) -> dict[str, Any]:
    """What a fact says; what it leaves empty it does not say."""
    told = fact.value.items()
    return {name: value for name, value in told if name != "shown" and value not in (None, "")}


def _locked(worker_id: UUID) -> Worker:
    worker = Worker.objects.select_for_update().filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    if worker.merged_into_id is not None:
        # Only the ministry and our robot meet an alias: what they write belongs to the kept person.
        return _locked(worker.merged_into_id)
    return worker
