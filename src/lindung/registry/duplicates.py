"""Finding the same person twice: few candidates by equality, then scored one by one.

Only equality on a day of birth, a name token or a keyed hash reaches an index under the row
policies, so candidates come from these, each list cut at a fixed length. What is then compared
more closely (`kernel.names.likeness`) is never more than `POOL` people, however many there are.

A score is a sum of named parts and is shown with them. It orders; it never decides: people do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.access.actors import Actor
from lindung.access.secrets import keyring
from lindung.kernel import identifiers, names
from lindung.kernel.refusals import NotFound
from lindung.registry.models import DistinctPair, Identifier, OutsideNumber, Sex, Worker
from lindung.registry.queries import in_scope, tokens_in_scope

POOL = 300  # people compared closely
COMMON = 400  # a token that more people have than this finds only together with another one
MOST = 10

# Our own judgement, tried on the made-up population; no law's. Points out of a hundred.
LIKELY = 45
STRONG = 75
_POINTS = {
    "nik_same": 70,
    "passport_same": 55,
    "outside_same": 40,
    "phone_same": 10,  # a family shares one
    "name_same": 32,
    "name_close": 25,
    "name_alike": 14,
    "name_other": -18,
    "birth_same": 25,
    "birth_swapped": 20,
    "birth_year": 8,
    "birth_other": -22,
    "sex_other": -25,
    "place_same": 6,
    "region_same": 4,
    "nik_other": -40,
}
REASONS = {
    "nik_same": _("NIK sama"),
    "passport_same": _("nomor paspor sama"),
    "outside_same": _("nomor dari sistem lain sama"),
    "phone_same": _("telepon sama; satu keluarga sering memakai satu nomor"),
    "name_same": _("nama sama, juga bila ejaannya berbeda"),
    "name_close": _("nama hampir sama"),
    "name_alike": _("nama mirip"),
    "name_other": _("nama berbeda"),
    "birth_same": _("tanggal lahir sama"),
    "birth_swapped": _("hari dan bulan lahir tertukar"),
    "birth_year": _("hanya tahun lahir yang sama"),
    "birth_other": _("tanggal lahir berbeda"),
    "sex_other": _("jenis kelamin berbeda"),
    "place_same": _("tempat lahir sama"),
    "region_same": pgettext_lazy("daerah", "asal sama"),
    "nik_other": _("NIK berbeda"),
}
_NUMBERED = frozenset({"nik_same", "passport_same", "outside_same"})
_KINDS = (identifiers.Kind.NIK, identifiers.Kind.PASSPORT, identifiers.Kind.PHONE)


@dataclass(frozen=True, slots=True)
class Draft:
    """Somebody not enrolled yet, as far as known.

    ``numbers`` are kind → text as typed, ``outside`` kind and value of numbers other systems gave.
    """

    full_name: str
    call_name: str = ""
    sex: str = str(Sex.UNSPECIFIED)
    birth_date: date | None = None
    birth_place: str = ""
    region: str = ""
    numbers: dict[identifiers.Kind, str] = field(default_factory=dict)
    outside: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: what was compared, and what it counts; negative speaks against."""

    kind: str
    points: int

    @property
    def label(self) -> str:
        """In words."""
        return str(REASONS[self.kind])

    @property
    def speaks_for(self) -> bool:
        """Whether it speaks for one person."""
        return self.points > 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the same person; ``score`` 0 to 100 is the sum of its reasons, cut off."""

    worker: Worker
    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        """Whether to ask a person about it: scored enough, or a number in common."""
        return self.score >= LIKELY or any(each.kind in _NUMBERED for each in self.reasons)

    @property
    def is_strong(self) -> bool:
        """Whether hardly anything speaks against it."""
        return self.score >= STRONG


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of one person. Numbers are keyed hashes by kind, outside ones kind and value."""

    full_name: str
    call_name: str
    sex: str
    birth_date: date | None
    birth_place: str
    region: str
    blinds: dict[str, frozenset[bytes]]
    outside: frozenset[tuple[str, str]] = frozenset()


def candidates_for(actor: Actor, who: UUID | Draft, *, most: int = MOST) -> list[Candidate]:
    """People in the actor's scope who may be the same, the likeliest first.

    At most six queries, each of a fixed length, whatever the size of the register. Whoever was
    said to be another person (``DistinctPair``) is left out, aliases too.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    if isinstance(who, Draft):
        known, apart = _known_of_draft(who), frozenset[UUID]()
    else:
        person = Worker.objects.filter(id=who).first()
        if person is None:
            raise NotFound
        known = known_of([person])[person.id]
        said = DistinctPair.objects.filter(worker_id=who).values_list("other_id", flat=True)
        apart = frozenset({who, *said})
    ids = [each for each in _pool(actor, known) if each not in apart][:POOL]
    people = in_scope(actor, Worker.objects.filter(id__in=ids, merged_into__isnull=True))
    found = list(people)
    theirs = known_of(found)
    scored = [_scored(each, known, theirs[each.id]) for each in found]
    likely = [each for each in scored if each.is_likely]
    return sorted(likely, key=lambda each: (-each.score, each.worker.public_number))[:most]


def compared(one: Worker, other: Worker) -> Candidate:
    """How alike two people are; ``other`` is the candidate."""
    both = known_of([one, other])
    return _scored(other, both[one.id], both[other.id])


def reasons_between(one: Known, other: Known) -> tuple[Reason, ...]:
    """The parts of the score of two people, those that speak most first; symmetric."""
    kinds = [
        *_numbers(one, other),
        _name(one, other),
        _birth(one.birth_date, other.birth_date),
    ]
    sexes = {one.sex, other.sex} - {str(Sex.UNSPECIFIED)}
    if len(sexes) == 2:
        kinds.append("sex_other")
    if one.birth_place and names.likeness(one.birth_place, other.birth_place) > 0.95:
        kinds.append("place_same")
    if one.region and one.region == other.region:
        kinds.append("region_same")
    reasons = (Reason(kind, _POINTS[kind]) for kind in kinds if kind)
    return tuple(sorted(reasons, key=lambda each: (-abs(each.points), each.kind)))


def known_of(people: Iterable[Worker]) -> dict[UUID, Known]:
    """What is compared of these people, in two queries."""
    people = list(people)
    ids = [each.id for each in people]
    blinds: dict[UUID, dict[str, set[bytes]]] = {each: {} for each in ids}
    rows = Identifier.objects.filter(worker_id__in=ids, kind__in=map(str, _KINDS))
    for worker_id, kind, blind in rows.values_list("worker_id", "kind", "blind"):
        blinds[worker_id].setdefault(kind, set()).add(bytes(blind))
    outside: dict[UUID, set[tuple[str, str]]] = {each: set() for each in ids}
    numbers = OutsideNumber.objects.filter(worker_id__in=ids)
    for worker_id, kind, value in numbers.values_list("worker_id", "kind", "value"):
        outside[worker_id].add((kind, value))
    return {
        each.id: Known(
            full_name=each.full_name,
            call_name=each.call_name,
            sex=each.sex,
            birth_date=each.birth_date,
            birth_place=each.birth_place,
            region=each.region,
            blinds={kind: frozenset(found) for kind, found in blinds[each.id].items()},
            outside=frozenset(outside[each.id]),
        )
        for each in people
    }


def swapped(day: date) -> date | None:
    """The day with day and month exchanged, where that is another day that exists."""
    try:
        found = day.replace(month=day.day, day=day.month)
    except ValueError:
        return None
    return found if found != day else None


def _known_of_draft(draft: Draft) -> Known:
    blinds = {}
    for kind, text in draft.numbers.items():
        try:
            value = identifiers.canonical(kind, text)
        except identifiers.NotThatNumber:
            continue  # an unusable number is refused where it is kept; it finds nobody here
        blinds[str(kind)] = frozenset(keyring().indexes(str(kind), value))
    return Known(
        full_name=draft.full_name,
        call_name=draft.call_name,
        sex=draft.sex,
        birth_date=draft.birth_date,
        birth_place=draft.birth_place,
        region=draft.region,
        blinds=blinds,
        outside=draft.outside,
    )


def _scored(worker: Worker, one: Known, other: Known) -> Candidate:
    reasons = reasons_between(one, other)
    total = sum(each.points for each in reasons)
    return Candidate(worker, max(0, min(100, total)), reasons)


def _numbers(one: Known, other: Known) -> list[str]:
    found = []
    for kind in _KINDS:
        mine = one.blinds.get(str(kind), frozenset())
        theirs = other.blinds.get(str(kind), frozenset())
        if mine & theirs:
            found.append(f"{kind}_same")
        elif mine and theirs and kind is identifiers.Kind.NIK:
            # Lifelong: two of them are two people, most often (twins, namesakes). A passport is
            # renewed and a telephone is lost; that they differ says nothing.
            found.append("nik_other")
    if one.outside & other.outside:
        found.append("outside_same")
    return found


def _name(one: Known, other: Known) -> str:
    if not one.full_name or not other.full_name:
        return ""  # nothing said is nothing against it
    alike = names.likeness(one.full_name, other.full_name)
    if alike >= 0.98:
        return "name_same"
    if alike >= 0.88:
        return "name_close"
    if alike >= 0.75:
        return "name_alike"
    return "" if alike >= 0.5 else "name_other"


def _birth(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return ""
    if one == other:
        return "birth_same"
    if swapped(one) == other:
        return "birth_swapped"
    # Where only the year was known, the first of January was written.
    if one.year == other.year and (1, 1) in {(one.month, one.day), (other.month, other.day)}:
        return "birth_year"
    return "birth_other"


def _pool(actor: Actor, known: Known) -> list[UUID]:
    """Ids worth a closer look, the best reasons first, each source cut at a fixed length."""
    found: dict[UUID, None] = {}
    blinds = [blind for each in known.blinds.values() for blind in each]
    if blinds:
        rows = Identifier.objects.filter(blind__in=blinds).values_list("worker_id", flat=True)
        found |= dict.fromkeys(rows[:POOL])
    if known.outside:
        for kind, value in sorted(known.outside)[:5]:
            numbers = OutsideNumber.objects.filter(kind=kind, value=value)
            found |= dict.fromkeys(numbers.values_list("worker_id", flat=True)[:POOL])
    by_name = _by_tokens(actor, known)
    if known.birth_date is not None:
        days = {known.birth_date, swapped(known.birth_date)} - {None}
        born = in_scope(actor, Worker.objects.filter(birth_date__in=days))
        ids = list(born.order_by().values_list("id", flat=True)[: POOL * 4])
        # Of those born that day the namesakes first, then the others: a name may be misspelt.
        found |= dict.fromkeys(each for each in ids if each in by_name)
        found |= dict.fromkeys(ids[:COMMON])
    found |= dict.fromkeys(each for each, _times in by_name.most_common(POOL))
    return list(found)


def _by_tokens(actor: Actor, known: Known) -> Counter[UUID]:
    """People by how many words of the name they share; words too common count in pairs alone."""
    words = names.tokens(f"{known.full_name} {known.call_name}")[:6]
    if not words:
        return Counter()
    base = tokens_in_scope(actor).order_by()
    lists: Sequence[QuerySet[Any, Any]] = [
        base.filter(token=word).values_list("token", "worker_id")[: COMMON + 1] for word in words
    ]
    first, *others = lists
    rows: dict[str, list[UUID]] = {word: [] for word in words}
    for token, worker_id in first.union(*others, all=True) if others else first:
        rows[token].append(worker_id)
    common = [word for word in words if len(rows[word]) > COMMON]
    times: Counter[UUID] = Counter()
    for word in words:
        if word not in common:
            times.update(rows[word])
    for one, other in list(combinations(common, 2))[:3]:
        both = base.filter(
            token=one, worker_id__in=base.filter(token=other).values("worker_id")
        ).values_list("worker_id", flat=True)[:POOL]
        times.update(dict.fromkeys(both, 2))
    return times
