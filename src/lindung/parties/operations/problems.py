"""The problem list: a file is opened, the party is heard, the entry counts until it ends."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import record, told_at
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.parties import queries
from lindung.parties.events import (
    PartyHeard,
    PartyReplied,
    PartyTold,
    ProblemEnded,
    ProblemOverridden,
    ProblemPublished,
    ProblemReported,
)
from lindung.parties.lifecycles import PROBLEM, ProblemState
from lindung.parties.models import (
    ForeignAgency,
    PartyHearing,
    PartyKind,
    ProblemEntry,
    ProblemKind,
    ProblemOverride,
    Provider,
    PublishedProblem,
    Weight,
)
from lindung.parties.operations.registration import require_jurisdiction
from lindung.parties.refusals import (
    AlreadyTold,
    HearingOver,
    NotInForce,
    NotTold,
    ReplyPeriodRuns,
)
from lindung.registry.models import Agency, Employer
from lindung.registry.operations import close_task_about, open_task
from lindung.regulations.lawbook import IN_FORCE

HOUSEHOLD = "household"
REPLY_TASK = "problem:reply"
# How soon an answer is to be read; our own practice.
REPLY_TASK_DAYS = 3


@operation(Right.PROBLEM_REPORT)
def report_problem(
    actor: Actor,
    *,
    party: PartyKind,
    subject: UUID,
    kind: ProblemKind,
    evidence: str,
    basis: str,
    reported_by: str,
    on: date,
    weight: Weight = Weight.BLOCKS,
    is_demo: bool = False,
) -> ProblemEntry:
    """Open a file against a party; it counts against nobody before it is published.

    Args:
        evidence: reference of the papers, such as a case's number.
        basis: law or agreement it rests on.
        reported_by: the office or kind of person it came from, not a name.

    Raises:
        NotFound: no such party, or one outside the post's jurisdiction.
        Incomplete: no evidence, basis or reporter.
    """
    if wrong := _missing(evidence=evidence, basis=basis, reported_by=reported_by):
        raise Incomplete(fields=wrong)
    entry = ProblemEntry(
        number=next_number(Series.PROBLEM, on=on),
        party=party,
        kind=kind,
        weight=weight,
        evidence=evidence.strip(),
        basis=basis.strip(),
        reported_by=reported_by.strip(),
        reported_on=on,
        is_demo=is_demo,
    )
    _put_party(actor, entry, party, subject, on)
    entry.save(force_insert=True)
    record(
        ProblemReported(entry=entry.id, number=entry.number, party=str(party), kind=str(kind)),
        actor=actor,
        about=entry,
    )
    return entry


@operation(Right.PROBLEM_REPORT)
def tell_party(actor: Actor, entry_id: UUID, *, on: date) -> ProblemEntry:
    """Record that the party was told and may answer; its time runs from here.

    An agency reads from then on what it is accused of, and answers from its own desk.

    Raises:
        NotFound: no such file, or none this actor may see.
        StepClosed: the party has been heard, or the file is closed.
        AlreadyTold: the time runs already.
    """
    entry = _locked(entry_id)
    PROBLEM.take("hear", ProblemState(entry.state))
    if entry.told_on is not None:
        raise AlreadyTold
    entry.told_on = on
    entry.save(update_fields=["told_on"])
    if entry.recruiter_id is not None:
        _open_hearing(entry, entry.recruiter_id, on)
    record(PartyTold(entry=entry.id, number=entry.number, on=on), actor=actor, about=entry)
    return entry


@operation(Right.PROBLEM_REPORT)
def hear_party(
    actor: Actor, entry_id: UUID, *, on: date, reply: str = "", silence: str = ""
) -> ProblemEntry:
    """Record the party's reply, or why its silence may be taken as one.

    Where the law says how many days it has, those have to pass first; where that is not known,
    the officer's reason in ``silence`` stands for it.

    Raises:
        NotFound: no such file, or none this actor may see.
        StepClosed: the party has been heard, or the file is closed.
        NotTold: the party does not know of it.
        Incomplete: neither a reply nor a reason.
        ReplyPeriodRuns: the party is silent and can still answer.
    """
    entry = _locked(entry_id)
    state = PROBLEM.take("hear", ProblemState(entry.state))
    if entry.told_on is None:
        raise NotTold
    if not reply.strip():
        if not silence.strip():
            raise Incomplete(fields={"reply": "Tulis tanggapannya, atau alasan bila tidak ada."})
        until = reply_until(entry.told_on)
        if until is not None and on <= until:
            raise ReplyPeriodRuns(until=until.isoformat())
    entry.state, entry.heard_on = str(state), on
    entry.reply = reply.strip()
    entry.silence = "" if entry.reply else silence.strip()
    entry.save(update_fields=["state", "heard_on", "reply", "silence"])
    _close_hearing(entry, on)
    record(
        PartyHeard(entry=entry.id, number=entry.number, answered=bool(entry.reply)),
        actor=actor,
        about=entry,
    )
    return entry


@operation(Right.PROBLEM_ANSWER)
def answer_problem(
    actor: Actor, entry_id: UUID, *, reply: str, evidence: str = "", on: date
) -> PartyHearing:
    """Answer an entry against one's own agency; it is heard by that, and the desk is told.

    Args:
        entry_id: the file's id as the agency was told it; the file itself stays closed to it.
        evidence: reference of the papers that go with the answer.

    Raises:
        NotFound: the agency was told of no such file.
        HearingOver: it has answered, its silence was noted, or the file is closed.
        Incomplete: no words.
    """
    hearing = PartyHearing.objects.select_for_update().filter(entry_id=entry_id).first()
    if hearing is None:
        raise NotFound
    if not hearing.open:
        raise HearingOver
    if wrong := _missing(reply=reply):
        raise Incomplete(fields=wrong)
    hearing.reply, hearing.evidence = reply.strip(), evidence.strip()
    hearing.replied_on = hearing.closed_on = on
    hearing.replied_by = ", ".join(filter(None, (actor.name, actor.office)))[:160]
    hearing.save(update_fields=["reply", "evidence", "replied_on", "replied_by", "closed_on"])
    # The file names who reported, so our robot alone carries the answer into it.
    with acting_as(ROBOT):
        entry = _locked(entry_id)
        entry.state = str(PROBLEM.take("hear", ProblemState(entry.state)))
        entry.heard_on, entry.reply, entry.silence = on, hearing.reply, ""
        entry.save(update_fields=["state", "heard_on", "reply", "silence"])
        open_task(
            ROBOT,
            about=entry,
            kind=REPLY_TASK,
            title=gettext_noop("Baca tanggapan P3MI atas catatan masalah"),
            due_at=told_at() + timedelta(days=REPLY_TASK_DAYS),
            owner="post" if entry.post_id is not None else "ministry",
            subject=entry.id,
            details={"number": entry.number},
        )
    record(PartyReplied(entry=entry_id, number=hearing.number, on=on), actor=actor, about=hearing)
    return hearing


def reply_until(told_on: date) -> date | None:
    """The last day on which a party can answer; ``None`` where the law of that day is not known."""
    said = queries.REPLY_DAYS.on(told_on)
    if said.outcome != IN_FORCE or said.number is None:
        return None
    return told_on + timedelta(days=int(said.number))


@operation(Right.PROBLEM_PUBLISH)
def publish_problem(actor: Actor, entry_id: UUID, *, expires_on: date, on: date) -> ProblemEntry:
    """Let an entry count until a day. A company's is public; a household's stays in the file.

    Raises:
        NotFound: no such file, or none this actor may see.
        StepClosed: the party was not heard, or the entry is out already.
        Incomplete: it would end before it begins.
    """
    entry = _locked(entry_id)
    entry.state = str(PROBLEM.take("publish", ProblemState(entry.state)))
    if expires_on < on:
        raise Incomplete(fields={"expires_on": "Tanggal ini sudah lewat."})
    entry.published_on, entry.expires_on = on, expires_on
    entry.save(update_fields=["state", "published_on", "expires_on"])
    close_task_about(actor, entry.id, kind=REPLY_TASK)
    party = queries.party_of(entry)
    if not (isinstance(party, Employer) and party.kind == HOUSEHOLD):
        PublishedProblem.objects.create(
            id=entry.id,
            number=entry.number,
            party=entry.party,
            subject=party.id,
            name=party.name,
            country=getattr(party, "country", ""),
            kind=entry.kind,
            weight=entry.weight,
            basis=entry.basis,
            published_on=on,
            expires_on=expires_on,
        )
    record(
        ProblemPublished(
            entry=entry.id,
            number=entry.number,
            subject=party.id,
            party=entry.party,
            weight=entry.weight,
            until=expires_on,
        ),
        actor=actor,
        about=entry,
    )
    return entry


@operation(Right.PROBLEM_PUBLISH)
def lift_problem(actor: Actor, entry_id: UUID, *, reason: str, on: date) -> ProblemEntry:
    """Take an entry off the list before its time.

    Raises:
        NotFound: no such file, or none this actor may see.
        StepClosed: it is not published.
        Incomplete: no reason.
    """
    return _end(actor, entry_id, "lift", reason, on)


@operation(Right.PROBLEM_REPORT)
def dismiss_problem(actor: Actor, entry_id: UUID, *, reason: str, on: date) -> ProblemEntry:
    """Close a file without publishing anything.

    Raises:
        NotFound: no such file, or none this actor may see.
        StepClosed: it is published or closed.
        Incomplete: no reason.
    """
    return _end(actor, entry_id, "dismiss", reason, on)


@operation(Right.PROBLEM_PUBLISH)
def expire_problems(actor: Actor, *, on: date) -> int:
    """Close the entries whose last day has passed; returns how many. They stopped counting by date."""
    over = ProblemEntry.objects.select_for_update().filter(
        state=str(ProblemState.PUBLISHED), expires_on__lt=on
    )
    ended = 0
    for entry in over:
        entry.state = str(PROBLEM.take("expire", ProblemState(entry.state)))
        entry.ended_on = on
        entry.save(update_fields=["state", "ended_on"])
        _tell_end(actor, entry, "expire")
        ended += 1
    return ended


@operation(Right.PROBLEM_OVERRIDE)
def override_problem(
    actor: Actor, entry_id: UUID, *, reason: str, until: date, on: date
) -> ProblemOverride:
    """Go on in spite of an entry until a day, with a reason; the entry stays.

    Raises:
        NotFound: no such file, or none this actor may see.
        NotInForce: the entry does not count on that day.
        Incomplete: no reason, or a day outside the entry's own time.
    """
    entry = _locked(entry_id)
    if entry.state != ProblemState.PUBLISHED or not entry.expires_on or entry.expires_on < on:
        raise NotInForce
    wrong = _missing(reason=reason)
    if not on <= until <= entry.expires_on:
        wrong["until"] = "Pilih hari antara hari ini dan akhir catatan."
    if wrong:
        raise Incomplete(fields=wrong)
    party = queries.party_of(entry)
    kept = ProblemOverride.objects.create(
        entry=entry,
        subject=party.id,
        reason=reason.strip(),
        decided_by=actor.id,
        office=actor.office,
        valid_from=on,
        valid_to=until,
        **entry.scope(),
    )
    record(
        ProblemOverridden(entry=entry.id, number=entry.number, subject=party.id, until=until),
        actor=actor,
        about=entry,
    )
    return kept


def _put_party(
    actor: Actor, entry: ProblemEntry, party: PartyKind, subject: UUID, on: date
) -> None:
    """Put the party and the scope onto a new file."""
    found: Employer | ForeignAgency | Agency | Provider | None
    # At home no post is in charge; the file is then that of the post which opens it.
    own = actor.posts[0] if actor.kind is Kind.POST and actor.posts else None
    match party:
        case PartyKind.EMPLOYER:
            entry.employer = found = Employer.objects.filter(id=subject).first()
            if found is not None:
                entry.post_id, entry.country = found.post_id, found.country
        case PartyKind.PARTNER:
            entry.partner = found = ForeignAgency.objects.filter(id=subject).first()
            if found is not None:
                entry.country = found.country
                entry.post_id = require_jurisdiction(actor, country=found.country, on=on)
        case PartyKind.AGENCY:
            entry.recruiter = found = Agency.objects.filter(id=subject).first()
            entry.post_id = own
        case PartyKind.PROVIDER:
            entry.provider = found = Provider.objects.filter(id=subject).first()
            entry.post_id = own
    if found is None:
        raise NotFound


def _open_hearing(entry: ProblemEntry, agency: UUID, on: date) -> None:
    """Tell an agency what it is accused of, and nothing of who said so."""
    PartyHearing.objects.create(
        entry=entry,
        number=entry.number,
        kind=entry.kind,
        weight=entry.weight,
        basis=entry.basis,
        told_on=on,
        answer_by=reply_until(on),
        is_demo=entry.is_demo,
        **(entry.scope() | {"agency_id": agency}),
    )


def _close_hearing(entry: ProblemEntry, on: date) -> None:
    PartyHearing.objects.filter(entry=entry, closed_on__isnull=True).update(closed_on=on)


def _end(actor: Actor, entry_id: UUID, step: str, reason: str, on: date) -> ProblemEntry:
    entry = _locked(entry_id)
    entry.state = str(PROBLEM.take(step, ProblemState(entry.state)))
    if wrong := _missing(reason=reason):
        raise Incomplete(fields=wrong)
    entry.ended_on, entry.end_reason = on, reason.strip()
    entry.save(update_fields=["state", "ended_on", "end_reason"])
    _close_hearing(entry, on)
    close_task_about(actor, entry.id, kind=REPLY_TASK)
    PublishedProblem.objects.filter(id=entry.id).update(lifted_on=on)
    _tell_end(actor, entry, step)
    return entry


def _tell_end(actor: Actor, entry: ProblemEntry, how: str) -> None:
    record(
        ProblemEnded(
            entry=entry.id,
            number=entry.number,
            subject=queries.party_of(entry).id,
            how=how,
        ),
        actor=actor,
        about=entry,
    )


def _missing(**texts: str) -> dict[str, str]:
    return {name: "Wajib diisi." for name, text in texts.items() if not text.strip()}


def _locked(entry_id: UUID) -> ProblemEntry:
    entry = ProblemEntry.objects.select_for_update().filter(id=entry_id).first()
    if entry is None:
        raise NotFound
    return entry
