"""Where somebody stands in the destination's own system, in words: the same on the desk and the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lindung.placement import standing
from lindung.placement.labels import GIVEN_BY
from lindung.placement.models import Placement
from lindung.placement.standing import Allowance, Running
from lindung.regulations.sentences import pick

STAKES = {
    "stay": gettext_lazy("Bila lewat, hak tinggal hilang."),
    "entry": gettext_lazy("Bila lewat, izin visa harus diminta lagi."),
    "offer": gettext_lazy("Bila lewat, tawaran hangus."),
    "roster": gettext_lazy("Bila lewat, harus mendaftar lagi."),
    "money": gettext_lazy("Bila lewat, uangnya lebih sulit didapat."),
    "duty": gettext_lazy("Ini kewajiban pihak lain; Anda tidak dirugikan bila melapor."),
    "return": gettext_lazy("Sesudah hari itu boleh masuk lagi."),
}
WHO = {**GIVEN_BY, "post": gettext_lazy("perwakilan")}


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state: where it stands on the way, who acts, and which messages go and come."""

    number: int
    title: str
    here: bool
    done: bool
    on: date | None
    who: str
    sends: tuple[str, ...]
    gets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit in words.

    Attributes:
        left: ``"masih 12 hari"``. tone: of its tag. stake: what is lost.
        named: the day stands on a paper; otherwise it is counted, and ``needs_check`` says that the
            count is not confirmed.
    """

    id: str
    title: str
    left: str
    last_day: date
    began_on: date
    met_on: date | None
    tone: str
    stake: str
    who: str
    own: bool
    named: bool
    needs_check: bool
    basis: str
    rule: str
    paused_for: str
    pausable: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Something that may be done so many times: used, allowed, and what is in the way."""

    used: int
    allowed: int | None
    needs_check: bool
    barred_until: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person is: the state, its limits, the whole list, what is left of what is counted.

    ``right_to_stay`` is the limit of the worker's own that ends it first; ``may_return``: an employer engaged to take the person back, who has not reported yet.
    """

    system: str
    title: str
    number: int
    since: date | None
    aside: bool
    right_to_stay: Limit | None
    running: tuple[Limit, ...]
    over: tuple[Limit, ...]
    states: tuple[StateRow, ...]
    asides: tuple[StateRow, ...]
    refusals: Count | None
    changes: Count | None
    may_return: bool


PAUSES = {
    "injury": gettext_lazy("cedera"),
    "illness": gettext_lazy("sakit"),
    "pregnancy": gettext_lazy("hamil"),
    "birth": gettext_lazy("melahirkan"),
}


def place(placement: Placement, *, now: datetime, on: date) -> Place | None:
    """The whole place of one placement; ``None`` where its pathway has no such system."""
    facts = standing.read_facts(placement)
    stands = standing.standing(facts)
    if stands is None:
        return None
    clocks = standing.clocks(facts, now=now)
    limits = [_limit(each) for each in clocks]
    # What ends the right to stay first is the worker's own right to stay.
    stay = [each for each in clocks if each.open and each.rule.stake == "stay"]
    nearest = next((each.rule.id for each in stay if each.rule.bound == "worker"), "")
    running = tuple(each for each in limits if each.met_on is None)
    rows = []
    for each in stands.system.states:
        here = not stands.aside and each.code == stands.here.code
        rows.append(
            StateRow(
                number=each.number,
                title=pick(each.title),
                here=here,
                done=each.code in stands.reached and not here,
                on=stands.reached.get(each.code),
                who=_who(each.who),
                sends=each.sends,
                gets=each.gets,
            )
        )
    return Place(
        system=pick(stands.system.title),
        title=pick(stands.here.title),
        number=stands.here.number,
        since=stands.since,
        aside=stands.aside,
        right_to_stay=next((each for each in running if each.id == nearest), None),
        running=running,
        over=tuple(each for each in limits if each.met_on is not None),
        states=tuple(rows),
        asides=tuple(
            StateRow(
                each.number,
                pick(each.title),
                stands.aside and each.code == stands.here.code,
                False,
                stands.since if stands.aside and each.code == stands.here.code else None,
                _who(each.who),
                each.sends,
                each.gets,
            )
            for each in stands.system.aside
        ),
        refusals=_count(standing.refusals(facts, on=on)),
        changes=_count(standing.changes(facts, on=on)) if "arrived" in facts.days else None,
        may_return="reentry_committed" in facts.days and "reentry_reported" not in facts.days,
    )


def days_left(running: Running) -> str:
    """How much is left, in words of the active language."""
    left = running.days_left
    if running.rule.wait and left >= 0:
        return ngettext("tunggu %(n)d hari", "tunggu %(n)d hari", left) % {"n": left}
    if running.state.paused_for:
        return _("berhenti sementara")
    if left == 0:
        return _("hari ini terakhir")
    if left < 0:
        return ngettext("lewat %(n)d hari", "lewat %(n)d hari", -left) % {"n": -left}
    return ngettext("masih %(n)d hari", "masih %(n)d hari", left) % {"n": left}


def _limit(each: Running) -> Limit:
    law = each.law
    basis = "; ".join(f"{b.law} {b.article}" for b in law.legal_basis) if law else ""
    late = each.open and each.days_left < 0 and not each.rule.wait
    soon = each.open and min(each.alarms, default=each.last_day) <= _today(each)
    reason = each.state.paused_for
    return Limit(
        id=each.rule.id,
        title=pick(each.rule.title),
        left=days_left(each) if each.open else "",
        last_day=each.last_day,
        began_on=each.began_on,
        met_on=each.met_on,
        tone="merah" if late else "kunyit" if soon else "samudra",
        stake=str(STAKES[each.rule.stake]),
        who=str(WHO.get(each.rule.bound, each.rule.bound)),
        own=each.rule.bound == "worker",
        named=each.named,
        needs_check=each.needs_check,
        basis=basis,
        rule=each.rule.rule,
        paused_for=str(PAUSES.get(reason, reason)) if reason else "",
        pausable=bool(each.rule.pauses) and each.open,
    )


def _today(each: Running) -> date:
    """The day on which the limit was asked, from what it says is left."""
    return each.last_day - timedelta(days=each.days_left)


def _count(allowance: Allowance | None) -> Count | None:
    if allowance is None:
        return None
    return Count(allowance.used, allowance.allowed, allowance.needs_check, allowance.barred_until)


def _who(codes: tuple[str, ...]) -> str:
    return ", ".join(str(WHO.get(code, code)) for code in codes)
