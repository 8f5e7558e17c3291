"""Where a person stands in the destination's own system, and what time limits run there.

:func:`read_facts` asks; everything else is pure: facts and a day in, the answer out. The count of a
limit is a dated rule of the law's files. Where that is not confirmed for the day, the last known count
is used and marked ``needs_check``; where none is known and no paper names the day, nobody can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.jurisdictions import workweek_of
from lindung.access.roles import ROBOT
from lindung.kernel.clock import ClockState, Count, Deadline, Pause, Workweek
from lindung.kernel.days import add_months
from lindung.placement import queries
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, Evidence, Milestone, Placement
from lindung.placement.systems import ClockRule, NativeState, System, system_of
from lindung.regulations.lawbook import DatedValue, parameter, value_on
from lindung.regulations.shapes import number

_UNTIL = {
    "eps_topik": ("test_passed", "test_until"),
    "roster": ("roster_active", "roster_until"),
    "visa_confirmation": ("visa_authorised", "visa_until"),
    "contract_signed": ("contract_signed", ""),
    "arrival_confirmed": ("arrived", ""),
}
# Requirements with which a time limit begins or ends.
TIMED = frozenset(_UNTIL)
PAUSED, RESUMED = "clock_paused", "clock_resumed"
REFUSED, CANCELLED = "contract_refused", "own_cancellation"
_BEFORE = tuple(PlacementState)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one placement.

    Attributes:
        state: the placement's own state. settled: requirement → day of its evidence.
        days: fact → the newest day it happened on; for a last day, that day.
        marks: milestones in the order they happened: code, day, details.
        refused: days on which the person refused an offer, in this placement or before.
        cancelled: days on which the person cancelled a concluded contract.
    """

    state: PlacementState
    settled: Mapping[str, date] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    marks: Sequence[tuple[str, date, Mapping[str, Any]]] = ()
    refused: Sequence[date] = ()
    cancelled: Sequence[date] = ()
    pathway: str = ""
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The state a person is in, since when, and which states lie behind.

    Attributes:
        here: the state; ``aside`` interrupts the order. since: the day it began, where known.
        reached: state code → the day, or ``None`` where only the fact is known.
    """

    system: System
    here: NativeState
    since: date | None
    aside: bool
    reached: Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class Running:
    """A time limit that runs, was met, or passed.

    Attributes:
        last_day: the last day in time; of a wait, its last day.
        met_on: day on which it was met.
        state: days left on the calendar of the post, by the house's own grouping.
        named: the day stands on a paper or was told by the destination.
        needs_check: the rule behind the count is not confirmed for the day.
        alarms: days on which somebody of ours has to look.
    """

    rule: ClockRule
    began_on: date
    last_day: date
    state: ClockState
    met_on: date | None
    named: bool
    needs_check: bool
    law: DatedValue | None
    alarms: tuple[date, ...]

    @property
    def days_left(self) -> int:
        """Whole days left; 0 is today, negative is past."""
        return self.state.days_left

    @property
    def open(self) -> bool:
        """Whether it runs still."""
        return self.met_on is None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may be done, and how often it was.

    Attributes:
        allowed: by the dated rule; ``None``: nobody knows.
        barred_until: last day on which the person may not apply, where they are barred.
    """

    used: int
    allowed: int | None
    needs_check: bool
    barred_until: date | None = None


def read_facts(placement: Placement) -> Facts:
    """Everything known of a placement that its system's states and limits rest on."""
    settled: dict[str, date] = {}
    days: dict[str, date] = {}
    # Who may see the placement may know what was recorded under an earlier post or office.
    with acting_as(ROBOT):
        given = list(Evidence.objects.filter(placement=placement).exclude(state="given"))
        contracts = list(Contract.objects.filter(placement=placement).order_by("offered_on", "id"))
        told = list(
            Milestone.objects.filter(
                worker_id=placement.worker_id, placement__pathway=placement.pathway
            ).order_by("on", "id")
        )
    marks = [each for each in told if each.placement_id == placement.id]
    newest = {each.requirement: each for each in given}
    for name, each in newest.items():
        if each.state == "refused":
            continue
        settled[name] = each.given_on
        begins, until = _UNTIL.get(name, ("", ""))
        if begins:
            days[begins] = each.given_on
        if until and each.valid_until is not None:
            days[until] = each.valid_until
    for contract in contracts:
        days["offered"] = contract.offered_on
        days.pop("answer_by", None)
        if contract.answer_by is not None:
            days["answer_by"] = contract.answer_by
    for mark in marks:
        days[mark.code] = mark.on
        for name, value in mark.details.get("days", {}).items():
            days[name] = date.fromisoformat(value)
    if placement.departed_on is not None:
        days["departed"] = placement.departed_on
    if placement.arrived_on is not None:
        days["arrived"] = placement.arrived_on
    if placement.state == PlacementState.WITHDRAWN:
        days["withdrawn"] = placement.ended_on or date.max
    return Facts(
        state=PlacementState(placement.state),
        settled=settled,
        days=days,
        marks=[(each.code, each.on, each.details) for each in marks],
        # A bar is the person's: it follows from one placement to the next.
        refused=[each.on for each in told if each.code == REFUSED],
        cancelled=[each.on for each in told if each.code == CANCELLED],
        pathway=placement.pathway,
        post_id=placement.post_id,
    )


def standing(facts: Facts) -> Standing | None:
    """The state of the destination's system; ``None`` where the pathway has no such system."""
    system = system_of(facts.pathway)
    if system is None:
        return None
    reached = {
        each.code: day for each in system.states if (day := _reached(each, facts)) is not None
    }
    here, since = _furthest(system, facts, reached)
    aside = _aside(system, facts)
    known = {code: (None if day == date.min else day) for code, day in reached.items()}
    if aside is not None:
        return Standing(system, aside[0], aside[1], True, known)
    return Standing(system, here, since if since != date.min else None, False, known)


def _furthest(
    system: System, facts: Facts, reached: Mapping[str, date]
) -> tuple[NativeState, date]:
    """Before entry the order decides, after it what was recorded last: work can go round."""
    marked = {each.reached.milestone: each for each in system.states if each.reached.milestone}
    lived = [(marked[code], on) for code, on, _ in facts.marks if code in marked]
    if "arrived" in facts.days and (
        late := [each for each in lived if each[1] >= facts.days["arrived"]]
    ):
        return late[-1]
    back = max(facts.refused, default=date.min)
    behind = [
        each
        for each in system.states
        if each.code in reached and not (each.code == "selected" and reached["selected"] < back)
    ]
    offered = system.state("contract_offered")
    if facts.state == PlacementState.OFFERED and offered is not None:
        return offered, facts.days.get("offered", date.min)
    return behind[-1], reached[behind[-1].code]


def _reached(state: NativeState, facts: Facts) -> date | None:
    """Since when; ``date.min`` where the day is not known; ``None``: not reached."""
    asked = state.reached
    if asked.always:
        return date.min
    if asked.requirement:
        return facts.settled.get(asked.requirement)
    if asked.milestone:
        return facts.days.get(asked.milestone)
    # What our placement has been through; a state behind it counts as reached.
    if facts.state == PlacementState.WITHDRAWN:
        return facts.days["withdrawn"] if str(facts.state) in asked.placement else None
    if _BEFORE.index(facts.state) < min(_BEFORE.index(PlacementState(s)) for s in asked.placement):
        return None
    for name in asked.placement:
        if name in facts.days:
            return facts.days[name]
    return date.min


def _aside(system: System, facts: Facts) -> tuple[NativeState, date | None] | None:
    found: list[tuple[NativeState, date]] = []
    for each in system.aside:
        day = _reached(each, facts)
        if day is None:
            continue
        if each.final or not _over(system, each, day, facts):
            found.append((each, day))
    if not found:
        return None
    state, day = max(found, key=lambda each: (each[0].final, each[1]))
    return state, None if day in (date.min, date.max) else day


def _over(system: System, state: NativeState, since: date, facts: Facts) -> bool:
    """Whether an interruption is over: something later was recorded."""
    if state.over_by:
        names = {
            name: _reached(found, facts) for name in state.over_by if (found := system.state(name))
        }
        return any(day is not None and day > since for day in names.values())
    codes = [code for code, _, _ in facts.marks]
    last = len(codes) - 1 - codes[::-1].index(state.reached.milestone)
    ends = {each.code for each in system.states}
    return any(code in ends for code in codes[last + 1 :])


# --- time limits ----------------------------------------------------------------------------------


def clocks(facts: Facts, *, now: datetime) -> list[Running]:
    """Every limit that began, the most pressing first; those met or moot come last or not at all."""
    system = system_of(facts.pathway)
    if system is None:
        return []
    week = workweek_of(facts.post_id) or Workweek(queries.origin(), settings.TIME_ZONE)
    found = [
        running
        for each in system.clocks
        if (running := run(each, facts, now=now, week=week)) is not None
    ]
    return sorted(found, key=lambda each: (each.met_on is not None, each.last_day))


def run(rule: ClockRule, facts: Facts, *, now: datetime, week: Workweek) -> Running | None:
    """One limit on facts; ``None`` where it does not run, is moot, or nobody knows its length."""
    began = facts.days.get(rule.begins)
    if began is None or (rule.from_ and rule.from_ not in facts.days):
        return None
    since = facts.days[rule.from_] if rule.from_ and rule.side == "before" else began
    if any(facts.days[name] >= since for name in rule.moot if name in facts.days):
        return None
    met_on = min(
        (facts.days[name] for name in rule.met if facts.days.get(name, date.min) >= since),
        default=None,
    )
    law = value_on(parameter(rule.rule), since) if rule.rule else None
    named = facts.days.get(rule.last_day) if rule.last_day else None
    if named is not None and named < since:
        named = None  # it spoke of an earlier round
    deadline = _deadline(rule, began, since, named, law, facts, week)
    if deadline is None:
        return None
    if met_on is not None:
        deadline = _met(deadline, met_on, week)
    due = deadline.due_at(deadline.met_at or now)
    last_day = (week.local(due) - timedelta(microseconds=1)).date()
    return Running(
        rule=rule,
        began_on=since,
        last_day=last_day,
        state=deadline.state(max(now, deadline.began_at)),
        met_on=met_on,
        named=named is not None,
        needs_check=named is None and law is not None and law.outcome == "needs_check",
        law=law,
        alarms=tuple(sorted(_alarm(rule, since, last_day))),
    )


def _deadline(
    rule: ClockRule,
    began: date,
    since: date,
    named: date | None,
    law: DatedValue | None,
    facts: Facts,
    week: Workweek,
) -> Deadline | None:
    if named is not None:
        return Deadline(
            _noon(since, week), (named - since).days, Count.DAYS, week, _pauses(rule, facts, week)
        )
    count = count_of(law)
    if count is None:
        return None
    amount, unit = count
    if rule.side == "before":
        last = began - timedelta(days=amount) if unit is Count.DAYS else add_months(began, -amount)
        return Deadline(_noon(since, week), max(0, (last - since).days), Count.DAYS, week)
    return Deadline(_noon(since, week), amount, unit, week, _pauses(rule, facts, week))


def count_of(law: DatedValue | None) -> tuple[int, Count] | None:
    """How many days or months a rule says, by its last known value; ``None``: nobody knows."""
    if law is None:
        return None
    known = number(law.last_known)
    if known is None:
        return None
    units = {"days": Count.DAYS, "months": Count.MONTHS, "working_days": Count.WORKING_DAYS}
    return (int(known), units[law.unit]) if law.unit in units else None


def _met(deadline: Deadline, on: date, week: Workweek) -> Deadline:
    return Deadline(
        deadline.began_at, deadline.amount, deadline.count, week, deadline.pauses,
        met_at=max(_noon(on, week), deadline.began_at),
    )  # fmt: skip


def _alarm(rule: ClockRule, began: date, last: date) -> Iterable[date]:
    if not rule.alarms:
        yield began + timedelta(days=(last - began).days * 2 // 3)
    for days in rule.alarms:
        yield max(began, last + timedelta(days=days)) if days < 0 else began + timedelta(days=days)


def _pauses(rule: ClockRule, facts: Facts, week: Workweek) -> list[Pause]:
    """Times that do not count, as an officer recorded them with a reason."""
    if not rule.pauses:
        return []
    found: list[Pause] = []
    for code, on, details in facts.marks:
        if details.get("clock") != rule.id:
            continue
        if code == PAUSED:
            found.append(Pause(_noon(on, week), str(details["reason"])))
        elif code == RESUMED and found and found[-1].end is None:
            found[-1] = Pause(found[-1].start, found[-1].reason, _noon(on, week))
    return found


def _noon(day: date, week: Workweek) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(week.timezone)).astimezone(UTC)


# --- what may be done how often --------------------------------------------------------------------


def refusals(facts: Facts, *, on: date) -> Allowance | None:
    """Offers refused, how many are free, and whether the person is barred on a day.

    A refusal beyond the free ones, or a contract the person cancelled, bars for the months that the
    rule in force on that day says.
    """
    system = system_of(facts.pathway)
    if system is None or system.refusals is None:
        return None
    free = value_on(parameter(system.refusals.free), on)
    allowed = _number(free)
    beyond = facts.refused[allowed:] if allowed is not None else ()
    over = sorted([*beyond, *facts.cancelled])
    until = None
    checked = free.outcome == "needs_check"
    if over:
        bar = value_on(parameter(system.refusals.bar), over[-1])
        checked = checked or bar.outcome == "needs_check"
        months = _number(bar)
        until = add_months(over[-1], months) if months is not None else None
    barred = until if until is not None and until >= on else None
    return Allowance(len(facts.refused), allowed, checked, barred)


def changes(facts: Facts, *, on: date) -> Allowance | None:
    """Changes of workplace that count in the present term, and how many are allowed in it."""
    system = system_of(facts.pathway)
    if system is None or system.changes is None:
        return None
    extended = facts.days.get("extended")
    rule = system.changes.extension if extended else system.changes.initial
    used, asked = 0, False
    for code, day, details in facts.marks:
        if extended is not None and day < extended:
            continue
        if code == "changing_workplace":
            asked = details.get("counts") is True  # told by two sides, it is one change still
        elif code == "working":
            used, asked = used + asked, False
    used += asked
    law = value_on(parameter(rule), on)
    return Allowance(used, _number(law), law.outcome == "needs_check")


def counts(pathway: str, reason: str, *, on: date) -> bool | None:
    """Whether a change for this reason counts toward the limit; ``None``: an officer must decide."""
    system = system_of(pathway)
    if system is None or system.changes is None:
        return None
    law = value_on(parameter(system.changes.reasons), on)
    known = law.last_known
    if not isinstance(known, list | tuple):
        return None
    return next((bool(each["counts"]) for each in known if each.get("reason") == reason), None)


def _number(law: DatedValue) -> int | None:
    known = number(law.last_known)
    return None if known is None else int(known)
