"""The queue of the desk: everything that waits for this actor, of every kind, by lateness.

One query asks every kind for its next few rows, each by an index of its own, and brings them into
one order (due, kind, id); a page goes on where the last one ended. One more counts the same rows by
group, so a figure and its list cannot disagree. Policies stay on: each part is a plain query of its
app, filtered by scope as the policy is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Q,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.access.roles import roles
from lindung.parties import queries as parties
from lindung.parties.models import ProblemKind
from lindung.placement import queries as placements
from lindung.protection import queries as protection
from lindung.protection.handlers import HOME_TASK
from lindung.protection.models import CaseKind
from lindung.recruitment import queries as recruitment
from lindung.recruitment.labels import WAITING
from lindung.registry import queries as registry
from lindung.registry.models import Worker, WorkerState

PAGE = 50
WEEK = 7
FAR = -7
_REGENCY = 4  # digits of a regency's code; a province has two
GROUPS = ("lewat", "hari-ini", "7-hari", "nanti")
WHOSE = ("tim", "saya", "tanpa")

# Sets of rows and of their columns alike: what a part is depends on its kind.
Queried = Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for: codes and ids, as they stand in the address."""

    whose: str = "tim"
    group: str = ""
    kind: str = ""
    about: str = ""
    employer: str = ""
    agency: str = ""
    origin: str = ""
    channel: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> Wanted:
        """From an address; what is no choice there is left out."""
        whose, group = given.get("siapa", "tim"), given.get("batas", "")
        return cls(
            whose=whose if whose in WHOSE else "tim",
            group=group if group in GROUPS else "",
            kind=given.get("jenis", "") if given.get("jenis", "") in SOURCES else "",
            about=given.get("masalah", "") if given.get("masalah", "") in CaseKind.values else "",
            employer=_id(given.get("pemberi", "")),
            agency=_id(given.get("agensi", "")),
            origin=digits if (digits := given.get("asal", "")[:4]).isdigit() else "",
            channel=given.get("saluran", "")[:12],
        )

    @property
    def query(self) -> str:
        """The same as an address, without the question mark; empty for the whole queue."""
        pairs = (
            ("siapa", "" if self.whose == "tim" else self.whose),
            ("batas", self.group),
            ("jenis", self.kind),
            ("masalah", self.about),
            ("pemberi", self.employer),
            ("agensi", self.agency),
            ("asal", self.origin),
            ("saluran", self.channel),
        )
        return urlencode([(name, value) for name, value in pairs if value])

    def but(self, **changes: str) -> str:
        """The address of the same with something else; ``?`` where nothing is filtered."""
        return f"?{replace(self, **changes).query}"

    @property
    def narrowed(self) -> bool:
        """Whether a filter other than whose and when is set."""
        return bool(replace(self, whose="tim", group="").query)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the queue: the last row seen."""

    due: datetime
    rank: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.due.timestamp() * 1_000_000:.0f}.{self.rank}.{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """From an address; none where it says nothing that we wrote."""
        try:
            micro, rank, key = text.split(".")
            due = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micro))
            return cls(due, int(rank), UUID(key))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: whole days left, what, whose, number, officer, its page and its pane.

    Attributes:
        on_duty: of a case that no officer has yet, whose duty it is.
    """

    kind: str
    id: UUID
    due: datetime
    days: int
    what: str
    who: str
    number: str
    owner: str
    on_duty: str
    owner_id: UUID | None
    worker_id: UUID | None
    agency_id: UUID | None
    region: str
    channel: str
    href: str
    pane: str
    mark: Mark

    @property
    def key(self) -> str:
        """Name of the row in forms."""
        return f"{self.kind}.{self.id}"

    @property
    def group(self) -> str:
        """The heading it stands under."""
        if self.days < FAR:
            return _("Lewat jauh")
        if self.days < 0:
            return _("Lewat")
        return _("Segera") if self.days <= WEEK else _("Nanti")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue and where the next one begins."""

    rows: list[Row]
    next: Mark | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows are late, due today, within a week, and later: counts of the same rows."""

    late: int = 0
    today: int = 0
    week: int = 0
    later: int = 0

    @property
    def all(self) -> int:
        """Every row."""
        return self.late + self.today + self.week + self.later


@dataclass(frozen=True, slots=True)
class Days:
    """The borders between the groups, as days and as instants of the office at home."""

    today: date
    zone: Any = field(default_factory=timezone.get_default_timezone)

    def at(self, after: int) -> datetime:
        """Midnight at the beginning of the day so many days from today."""
        return self.midnight(self.today + timedelta(days=after))

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins."""
        return datetime.combine(day, time.min, tzinfo=self.zone)


_NOTHING = Value("")


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of row.

    Attributes:
        right: who has such rows at all.
        rows: the open ones in the actor's scope, in any order.
        columns: name in the queue → value, for ``number``, ``what``, ``who``, ``owner`` …
        due: when it is due; ``dated`` says that this is a date, ``due=None`` that it is always today.
        key: the column that names the row.
        personal: it has an officer of its own.
    """

    rank: int
    rights: tuple[Right, ...]
    rows: Callable[[Actor], Queried]
    due: Any = "due_at"
    dated: bool = False
    key: str = "id"
    worker: str | None = "worker_id"
    number: Any = _NOTHING
    what: Any = _NOTHING
    who: Any = _NOTHING
    owner: Any = _NOTHING
    owner_id: str | None = None
    channel: Any = _NOTHING
    page_id: str | None = None
    kinds: frozenset[Kind] = frozenset()

    @property
    def personal(self) -> bool:
        """Whether its rows have an officer of their own."""
        return self.owner_id is not None


CASE_DUE = Case(
    When(answered_at__isnull=True, then=F("answer_due_at")),
    default=F("due_at"),
    output_field=DateTimeField(),
)


def _papers(model: str) -> Callable[[Actor], Queried]:
    return lambda actor: recruitment.papers_waiting(actor, model)


SOURCES: dict[str, Source] = {
    "kasus": Source(
        1,
        (Right.CASE_READ,),
        lambda actor: protection.open_cases(actor).select_related(None),
        due=CASE_DUE,
        number=F("number"),
        what=F("kind"),
        # Until a person has it, it is its duty's.
        owner=Case(When(owner_name="", then=F("duty_role")), default=F("owner_name")),
        owner_id="owner_id",
        channel=Coalesce(F("complaint__channel"), Value("")),
    ),
    "kontrak": Source(
        2,
        (Right.CONTRACT_CHECK,),
        lambda actor: (
            placements.awaiting_verification(actor)
            .select_related(None)
            .filter(answer_by__isnull=False)
        ),
        due="answer_by",
        dated=True,
        number=F("number"),
    ),
    "berangkat": Source(
        3,
        (Right.DEPARTURE_CLEAR, Right.REQUIREMENT_CONFIRM),
        lambda actor: placements.awaiting_clearance(actor).select_related(None),
        due=None,
        number=F("number"),
    ),
    "perjanjian": Source(
        4,
        (Right.PAPER_READ,),
        _papers("agreement"),
        due=Coalesce("due_at", "since"),
        worker=None,
        number=F("number"),
        what=F("state"),
        who=F("partner__name"),
    ),
    "permintaan": Source(
        5,
        (Right.PAPER_READ,),
        _papers("order"),
        due=Coalesce("due_at", "since"),
        worker=None,
        number=F("number"),
        what=F("state"),
        who=F("employer_name"),
    ),
    "izin": Source(
        6,
        (Right.PERMIT_ISSUE,),
        lambda _actor: recruitment.permits(states=["requested"]).select_related(None),
        worker=None,
        number=F("number"),
        who=F("order__employer_name"),
        page_id="order_id",
    ),
    "tugas": Source(
        7,
        (Right.TASK_WORK,),
        lambda actor: registry.tasks_of(actor).select_related(None),
        what=F("title"),
        number=F("kind"),
        page_id="subject",
    ),
    "tanggapan": Source(
        8,
        (Right.PROBLEM_ANSWER,),
        parties.open_hearings,
        due=Coalesce("answer_by", "told_on"),
        dated=True,
        key="entry_id",
        worker=None,
        number=F("number"),
        what=F("kind"),
        kinds=frozenset({Kind.AGENCY}),
    ),
}
_BY_RANK = {source.rank: kind for kind, source in SOURCES.items()}
_KIND_OF_PAPER = {"perjanjian": "agreement", "permintaan": "order"}
_STEP = {"submitted": "check", "checked": "endorse", "returned": "repair"}
_COLUMNS = (
    "due", "rank", "row_id", "row_worker", "row_number", "row_what", "row_who", "row_owner",
    "row_owner_id", "row_agency", "row_region", "row_channel", "row_page",
)  # fmt: skip


def kinds_of(actor: Actor) -> list[str]:
    """The kinds of row that this actor has at all, in order."""
    return [
        kind
        for kind, source in SOURCES.items()
        if any(map(actor.may, source.rights)) and (not source.kinds or actor.kind in source.kinds)
    ]


def page(
    actor: Actor, wanted: Wanted, *, today: date, after: Mark | None = None, most: int = PAGE
) -> Page:
    """Up to ``most`` rows, the latest first, from ``after`` on."""
    days = Days(today)
    parts = []
    for kind in kinds_of(actor):
        rows = _filtered(actor, kind, wanted, days)
        if rows is None:
            continue
        rows = _beyond(kind, rows, after, days)
        if rows is not None:
            parts.append(_shaped(kind, rows, days)[: most + 1])
    if not parts:
        return Page([], None)
    whole = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = list(whole.order_by("due", "rank", "row_id")[: most + 1] if len(parts) > 1 else whole)
    told = _told(found[:most], days)
    return Page(told, told[-1].mark if len(found) > most else None)


def row(actor: Actor, kind: str, row_id: UUID, *, today: date) -> Row | None:
    """One row of the queue, if it still waits for this actor."""
    if kind not in kinds_of(actor):
        return None
    days, source = Days(today), SOURCES[kind]
    found = list(_shaped(kind, source.rows(actor).filter(**{source.key: row_id}), days)[:1])
    return next(iter(_told(found, days)), None)


def rows_of(actor: Actor, keys: list[tuple[str, UUID]], *, today: date) -> list[Row]:
    """Those of the named rows that still wait for this actor, by lateness."""
    days = Days(today)
    parts = []
    for kind in kinds_of(actor):
        if ids := [key for of, key in keys if of == kind]:
            source = SOURCES[kind]
            parts.append(
                _shaped(kind, source.rows(actor).filter(**{f"{source.key}__in": ids}), days)
            )
    found = [each for part in parts for each in part]
    return sorted(_told(found, days), key=lambda each: (each.due, each.mark.rank))


def counts(actor: Actor, wanted: Wanted, *, today: date) -> Counts:
    """How many rows there are by group; the group asked for itself is left out of account."""
    days = Days(today)
    everything = replace(wanted, group="")
    parts = []
    for kind in kinds_of(actor):
        rows = _filtered(actor, kind, everything, days)
        if rows is not None:
            parts.append(_counted(kind, rows, days))
    if not parts:
        return Counts()
    totals = [0, 0, 0, 0]
    for each in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        totals = [sum(pair) for pair in zip(totals, each[1:], strict=True)]
    return Counts(*totals)


def _filtered(actor: Actor, kind: str, wanted: Wanted, days: Days) -> Queried | None:
    """The rows of a kind that are wanted; none where the filter excludes the kind."""
    source = SOURCES[kind]
    if wanted.kind and wanted.kind != kind:
        return None
    rows = source.rows(actor).order_by()
    if wanted.whose == "saya":
        if not source.personal:
            return None
        rows = rows.filter(**{str(source.owner_id): actor.id})
    elif wanted.whose == "tanpa" and source.personal:
        rows = rows.filter(**{f"{source.owner_id}__isnull": True})
    narrowed = _narrowed(kind, rows, wanted)
    return None if narrowed is None else _within(kind, narrowed, wanted.group, days)


def _narrowed(kind: str, rows: Queried, wanted: Wanted) -> Queried | None:
    """By what the row is about."""
    if kind != "kasus" and (wanted.about or wanted.channel):
        return None
    if SOURCES[kind].worker is None and (wanted.origin or wanted.employer):
        return None
    exact = {
        "kind": wanted.about,
        "complaint__channel": wanted.channel,
        "agency_id": wanted.agency,
        "region" if len(wanted.origin) == _REGENCY else "region__begins": wanted.origin,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.employer:
        at_work = WorkerState.objects.filter(employer_id=UUID(wanted.employer))
        rows = rows.filter(worker_id__in=at_work.values("worker_id"))
    return rows


def _within(kind: str, rows: Queried, group: str, days: Days) -> Queried | None:
    if not group:
        return rows
    source = SOURCES[kind]
    if source.due is None:
        return rows if group == "hari-ini" else None
    below, above = {"lewat": (None, 0), "hari-ini": (0, 1), "7-hari": (1, 8), "nanti": (8, None)}[
        group
    ]
    rows = rows.alias(due_in_order=_due_column(source))
    if below is not None:
        rows = rows.filter(due_in_order__gte=_border(source, days, below))
    if above is not None:
        rows = rows.filter(due_in_order__lt=_border(source, days, above))
    return rows


def _beyond(kind: str, rows: Queried, after: Mark | None, days: Days) -> Queried | None:
    """The rows of a kind that come after a place in the whole order."""
    if after is None:
        return rows
    source = SOURCES[kind]
    later_kind, same_kind = source.rank > after.rank, source.rank == after.rank
    if source.due is None:
        today = days.at(0)
        if today != after.due:
            return rows if today > after.due else None
        if same_kind:
            return rows.filter(**{f"{source.key}__gt": after.id})
        return rows if later_kind else None
    rows = rows.alias(due_in_order=_due_column(source))
    if source.dated:
        day = after.due.astimezone(days.zone).date()
        exact = days.midnight(day) == after.due
        # A row due on that day stands at its midnight: before the mark unless the mark is there too.
        if not exact:
            return rows.filter(due_in_order__gt=day)
        limit: Any = day
    else:
        limit = after.due
    if same_kind:
        return rows.filter(
            Q(due_in_order__gt=limit) | Q(**{"due_in_order": limit, f"{source.key}__gt": after.id}),
            due_in_order__gte=limit,
        )
    return rows.filter(**{f"due_in_order__{'gte' if later_kind else 'gt'}": limit})


def _shaped(kind: str, rows: Queried, days: Days) -> Queried:
    """Every kind in the same columns, in order of its own due and id."""
    source = SOURCES[kind]
    at, text, key = DateTimeField(), CharField(), UUIDField()
    if source.due is None:
        due: Any = Value(days.at(0), output_field=at)
        order: tuple[str, ...] = (source.key,)
    else:
        rows = rows.alias(due_in_order=_due_column(source))
        due = _instant(F("due_in_order")) if source.dated else F("due_in_order")
        order = ("due_in_order", source.key)
    has_scope = source.key != "entry_id"
    return (
        rows.order_by(*order)
        .annotate(
            due=due,
            rank=Value(source.rank, output_field=IntegerField()),
            row_id=F(source.key),
            row_worker=F(source.worker) if source.worker else Cast(Value(None), key),
            row_number=_text(source.number, text),
            row_what=_text(source.what, text),
            row_who=_text(source.who, text),
            row_owner=_text(source.owner, text),
            row_owner_id=F(source.owner_id) if source.owner_id else Cast(Value(None), key),
            row_agency=F("agency_id"),
            row_region=F("region") if has_scope else Value("", output_field=text),
            row_channel=_text(source.channel, text),
            row_page=F(source.page_id) if source.page_id else F(source.key),
        )
        .values_list(*_COLUMNS)
    )


def _counted(kind: str, rows: Queried, days: Days) -> Queried:
    """Counts of rows, not of a column: where an index tells when they are due, it alone is read."""
    source = SOURCES[kind]
    rank = Value(source.rank, output_field=IntegerField())
    if source.due is None:
        none = Value(0, output_field=IntegerField())
        return (
            rows.annotate(rank=rank)
            .values("rank")
            .annotate(late=none, today=Count("*"), week=none, later=none)
            .values_list("rank", "late", "today", "week", "later")
        )
    at = [_border(source, days, each) for each in (0, 1, 8)]
    named = rows.alias(due_in_order=_due_column(source)).annotate(rank=rank).values("rank")
    return named.annotate(
        late=Count(Value(1), filter=Q(due_in_order__lt=at[0])),
        today=Count(Value(1), filter=Q(due_in_order__gte=at[0], due_in_order__lt=at[1])),
        week=Count(Value(1), filter=Q(due_in_order__gte=at[1], due_in_order__lt=at[2])),
        later=Count(Value(1), filter=Q(due_in_order__gte=at[2])),
    ).values_list("rank", "late", "today", "week", "later")


def _due_column(source: Source) -> Any:
    return F(source.due) if isinstance(source.due, str) else source.due


def _border(source: Source, days: Days, after: int) -> date | datetime:
    """The beginning of a day in the column's own type: a date is never compared with an instant."""
    return days.today + timedelta(days=after) if source.dated else days.at(after)


def _instant(day: Any) -> Func:
    return Func(
        day,
        Value(settings.TIME_ZONE),
        template="(%(expressions)s)",
        function="",
        arg_joiner="::timestamp at time zone ",
        output_field=DateTimeField(),
    )


def _text(value: Any, kind: CharField[str, str]) -> Any:
    return Value(value.value, output_field=kind) if isinstance(value, Value) else value


def _told(found: list[tuple[Any, ...]], days: Days) -> list[Row]:
    """Rows in words; the people's names in one query."""
    people = {each[3] for each in found if each[3] is not None}
    named = {
        key: (name, number)
        for key, name, number in Worker.objects.filter(id__in=people).values_list(
            "id", "full_name", "public_number"
        )
    }
    rows, duties = [], roles()
    for (due, rank, key, worker, number, what, who, owner, owner_id, agency, region, channel,
         page_id) in found:  # fmt: skip
        kind = _BY_RANK[rank]
        nobody = kind == "kasus" and owner_id is None
        name, public_number = named.get(worker, ("", ""))
        rows.append(
            Row(
                kind=kind,
                id=key,
                due=due,
                days=(due.astimezone(days.zone).date() - days.today).days,
                what=_what(kind, what),
                who=_who(kind, name or who, what),
                number=public_number if kind == "tugas" else number,
                owner="" if nobody else owner,
                on_duty=str(_(duties[owner].title)) if nobody and owner in duties else "",
                owner_id=owner_id,
                worker_id=worker,
                agency_id=agency,
                region=region,
                channel=channel,
                href=_href(kind, key, worker, page_id, number),
                pane=reverse("queue_row", args=[kind, key]),
                mark=Mark(due, rank, key),
            )
        )
    return rows


def _what(kind: str, code: str) -> str:
    if kind == "kasus":
        # A sealed case is called nothing else in a list: what it is about stands with its words.
        return str(CaseKind(code).label) if code in CaseKind.values else _("Kasus tertutup")
    if kind in _KIND_OF_PAPER:
        return str(WAITING[_KIND_OF_PAPER[kind], _STEP[code]])
    if kind == "tugas":
        return _(code)
    return {
        "kontrak": _("Periksa kontrak"),
        "berangkat": _("Lengkapi syarat keberangkatan"),
        "izin": str(WAITING["permit", "permit"]),
        "tanggapan": _("Tanggapi catatan terhadap P3MI Anda"),
    }[kind]


def _who(kind: str, name: str, code: str) -> str:
    return str(ProblemKind(code).label) if kind == "tanggapan" else name


def _href(kind: str, key: UUID, worker: UUID | None, about: UUID | None, number: str) -> str:
    """The page where it is done."""
    if kind == "tugas":
        return _page_of_task(number, worker, about)
    name, argument = {
        "kasus": ("case", key),
        "kontrak": ("contract", key),
        "berangkat": ("placement", key),
        "perjanjian": ("agreement", key),
        "permintaan": ("job_order", key),
        "izin": ("job_order", about),
        "tanggapan": ("answer_problem", key),
    }[kind]
    return reverse(name, args=[argument])


def _page_of_task(kind: str, worker: UUID | None, subject: UUID | None) -> str:
    """Where a task is done: with the person, or at the file it is about."""
    if kind == HOME_TASK and subject is not None:
        return reverse("home_case", args=[subject])
    if worker is not None:
        page = "person_data" if kind == "data-request" else "person"
        return reverse(page, args=[worker])
    if subject is not None:
        if kind.startswith("problem:"):
            return reverse("problem", args=[subject])
        if kind == "exchange-match":
            return reverse("exchange-match", args=[subject])
    return ""


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def labels() -> dict[str, str]:
    """What each kind of row is called in the filter."""
    return {
        "kasus": _("Kasus"),
        "kontrak": _("Kontrak yang diperiksa"),
        "berangkat": _("Syarat keberangkatan"),
        "perjanjian": _("Perjanjian kerja sama"),
        "permintaan": _("Permintaan pekerja"),
        "izin": _("Izin perekrutan"),
        "tugas": _("Tugas"),
        "tanggapan": _("Tanggapan P3MI"),
    }
