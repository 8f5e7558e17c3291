"""People look: what an alert was, the case or file that came of it, what the person is told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.parties.models import PartyKind, ProblemEntry, ProblemKind
from lindung.parties.operations import report_problem
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations import open_case
from lindung.signals.catalogue import signal, signals
from lindung.signals.events import (
    AlertAboutParty,
    AlertBecameCase,
    AlertReviewed,
    NoticeGiven,
    QuietAsked,
)
from lindung.signals.labels import PICK_LABELS
from lindung.signals.lifecycles import ALERT, PICK, AlertState, PickState
from lindung.signals.models import Alert, AlertReview, AuditPick, Notice, Outcome, Party

_STEP_OF = {
    PickState.WELL: "find well",
    PickState.TROUBLE: "find trouble",
    PickState.UNREACHED: "miss",
}
_FILES = {Party.EMPLOYER: PartyKind.EMPLOYER, Party.AGENCY: PartyKind.AGENCY}


@operation(Right.ALERT_REVIEW)
def review(
    actor: Actor,
    alert_id: UUID,
    *,
    outcome: Outcome,
    at: datetime,
    words: str = "",
    harm_on: date | None = None,
) -> AlertReview:
    """Say what was found: true, a false alarm, or not clear yet. A later look may find otherwise.

    Args:
        words: what was found; needed for a false alarm, since signals learn from those.
        harm_on: when the trouble began, where it is known.
    Raises:
        NotFound: no such alert, or none this actor may see.
        StepClosed: it is a case already.
        Incomplete: no outcome, no words for a false alarm, or a day to come.
    """
    wrong = {}
    if outcome not in Outcome:
        wrong["outcome"] = _("Pilih: benar, alarm palsu, atau belum jelas.")
    if outcome == Outcome.FALSE and not words.strip():
        wrong["words"] = _("Tulis apa yang sebenarnya terjadi.")
    if harm_on is not None and harm_on > at.date():
        wrong["harm_on"] = _("Pilih hari ini atau yang sudah lewat.")
    if wrong:
        raise Incomplete(fields=wrong)
    alert = _locked(alert_id)
    alert.state = str(ALERT.take("review", AlertState(alert.state)))
    alert.outcome, alert.reviewed_at = str(outcome), at
    alert.save(update_fields=["state", "outcome", "reviewed_at"])
    return _reviewed(actor, alert, outcome, at=at, words=words, harm_on=harm_on)


@operation(Right.ALERT_REVIEW)
def open_case_of(actor: Actor, alert_id: UUID, *, at: datetime, words: str = "") -> Case:
    """Open the case that an alert about a person asks for; the alert was true then.

    Raises:
        NotFound: no such alert, or none this actor may see; or it is about a party.
        StepClosed: it is a case already, or its rows are gone.
        NotAllowed: this actor opens no cases.
    """
    alert = _locked(alert_id)
    if alert.worker_id is None:
        raise NotFound
    alert.state = str(ALERT.take("open case", AlertState(alert.state)))
    case = open_case(actor, alert.worker_id, kind=CaseKind(signal(alert.signal).case_kind), at=at)
    alert.case_id, alert.outcome, alert.reviewed_at = case.id, str(Outcome.TRUE), at
    alert.save(update_fields=["state", "case_id", "outcome", "reviewed_at"])
    _reviewed(actor, alert, Outcome.TRUE, at=at, words=words, harm_on=None)
    record(
        AlertBecameCase(
            alert=alert.id,
            signal=alert.signal,
            title=signal(alert.signal).title.id,
            case=case.id,
            number=case.number,
        ),
        actor=actor,
        about=alert,
    )
    return case


@operation(Right.ALERT_REVIEW)
def open_file_of(
    actor: Actor, alert_id: UUID, *, basis: str, at: datetime, on: date
) -> ProblemEntry:
    """Open the file in which an employer or agency is heard, of an alert that a person found true.

    Nothing is published by this: the party is told, replies, and an officer decides (``parties``).

    Raises:
        NotFound: no such alert, or none this actor may see; or its party has no file here.
        StepClosed: nobody has found it true yet, or it has its file.
        Incomplete: no basis.
        NotAllowed: this actor reports no parties.
    """
    alert = _locked(alert_id)
    if alert.party not in _FILES:
        raise NotFound
    if alert.outcome != Outcome.TRUE or alert.problem_id is not None:
        raise StepClosed(step="open file", state=alert.state)
    entry = report_problem(
        actor,
        party=_FILES[Party(alert.party)],
        subject=alert.subject,
        kind=ProblemKind.OTHER,
        evidence=f"{signal(alert.signal).title.id} {alert.id}"[:120],
        basis=basis,
        reported_by=_("Peringatan dini"),
        on=on,
    )
    alert.problem_id = entry.id
    alert.save(update_fields=["problem_id"])
    record(
        AlertAboutParty(
            alert=alert.id,
            signal=alert.signal,
            title=signal(alert.signal).title.id,
            entry=entry.id,
            number=entry.number,
        ),
        actor=actor,
        about=alert,
    )
    return entry


@operation(Right.ALERT_REVIEW)
def release(actor: Actor, alert_id: UUID, *, on: date) -> Notice:
    """Let the person read, in softened words, what was noticed; again changes nothing.

    Raises:
        NotFound: no such alert, or none this actor may see; or it is about a party.
    """
    alert = _locked(alert_id)
    if alert.worker_id is None:
        raise NotFound
    if known := Notice.objects.filter(alert_id=alert.id).first():
        return known
    notice = Notice.objects.create(
        worker_id=alert.worker_id,
        alert_id=alert.id,
        signal=alert.signal,
        on=on,
        released_by=actor.name[:120],
        **alert.scope(),
    )
    record(
        NoticeGiven(signal=alert.signal, title=signal(alert.signal).softened.id),
        actor=actor,
        about=notice,
    )
    return notice


@operation(Right.ALERT_REVIEW)
def answer_quiet(
    actor: Actor,
    pick_id: UUID,
    *,
    state: PickState,
    at: datetime,
    found: tuple[str, ...] = (),
    words: str = "",
) -> AuditPick:
    """Say what one of the quiet people answered. A trouble counts as a miss of the signals named.

    Args:
        found: ids of the signals that should have seen it.
    Raises:
        NotFound: no such pick, or none this actor may see; or no such signal.
        StepClosed: the person has answered.
        Incomplete: a trouble without the signal that should have seen it.
    """
    if state not in _STEP_OF:
        raise Incomplete(fields={"state": _("Pilih: baik, bermasalah, atau tidak terhubung.")})
    if unknown := set(found) - set(signals()):
        raise NotFound(*unknown)
    if state == PickState.TROUBLE and not found:
        raise Incomplete(fields={"found": _("Pilih sinyal yang seharusnya melihatnya.")})
    pick = AuditPick.objects.select_for_update().filter(id=pick_id).first()
    if pick is None:
        raise NotFound
    pick.state = str(PICK.take(_STEP_OF[state], PickState(pick.state)))
    pick.signals = list(found) if state == PickState.TROUBLE else []
    pick.words, pick.answered_at, pick.answered_by = words.strip()[:400], at, actor.name[:120]
    pick.save(update_fields=["state", "signals", "words", "answered_at", "answered_by"])
    record(
        QuietAsked(pick=pick.id, state=str(state), label=str(PICK_LABELS[state])),
        actor=actor,
        about=pick,
    )
    return pick


def _reviewed(
    actor: Actor, alert: Alert, outcome: Outcome, *, at: datetime, words: str, harm_on: date | None
) -> AlertReview:
    made = AlertReview.objects.create(
        alert=alert,
        worker_id=alert.worker_id,
        outcome=outcome,
        severity=alert.severity,
        words=words.strip()[:400],
        harm_on=harm_on,
        at=at,
        reviewer=actor.id,
        reviewer_name=actor.name[:120],
        **alert.scope(),
    )
    record(
        AlertReviewed(
            alert=alert.id,
            signal=alert.signal,
            title=signal(alert.signal).title.id,
            outcome=str(outcome),
            label=str(Outcome(outcome).label),
        ),
        actor=actor,
        about=alert,
    )
    return made


def _locked(alert_id: UUID) -> Alert:
    alert = Alert.objects.select_for_update().filter(id=alert_id).first()
    if alert is None:
        raise NotFound
    return alert
