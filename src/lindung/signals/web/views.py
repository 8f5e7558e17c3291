"""Pages of early warning: the queue, one alert and why, how right signals are, thresholds, the quiet ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, now, refused, today, tried
from lindung.access.journal import look
from lindung.access.replicas import may_be_old
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.reference.queries import country_name
from lindung.registry.models import Worker
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick
from lindung.signals import explaining, operations, queries
from lindung.signals.catalogue import ENOUGH, Signal, signal, signals
from lindung.signals.labels import INDICATORS, STATE_LABELS, UNITS
from lindung.signals.lifecycles import ALERT, AlertState, PickState
from lindung.signals.models import Alert, Outcome, Party
from lindung.signals.web.forms import Asked, Filing, Looked, Tuning

MOST = 50
# Records are of a year, as a season of work abroad has every month once.
RECORD_DAYS = 365
_NAMED = 20


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, by person or party, the first due first."""
    actor = _reader(request)
    chosen = request.GET.get("sinyal", "")
    if chosen and chosen not in signals():
        chosen = ""
    of_parties = bool(request.GET.get("pihak"))
    found = list(queries.waiting(actor, signal_id=chosen, parties_only=of_parties)[: MOST * 3])
    groups = queries.grouped(found)[:MOST]
    counts = queries.counts(actor)
    most = queries.employers_with_most(actor)
    names = queries.employer_names([each for each, _n in most])
    context = {
        "tabs": _tabs("pihak" if of_parties else "orang"),
        "columns": [_("Siapa"), _("Mengapa"), _("Tingkat"), _("Tinjau sebelum")],
        "rows": [
            (each, _subject(each.first), _why(each.alerts), _hours(each.first)) for each in groups
        ],
        "filters": [
            (each, pick(each.title), counts[each.id], each.id == chosen)
            for each in signals().values()
            if each.id in counts
        ],
        "total": sum(counts.values()),
        "chosen": chosen,
        "most": [(names.get(each, _("Pemberi kerja")), n) for each, n in most],
        "unjudged": [
            (country_name(each.country), _rule(each.rule), each.people)
            for each in queries.unjudged()[:6]
        ],
        "last": queries.last_pass(),
    }
    return render(request, "signals/alerts.html", context)


@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One alert: the sentence, the rows that raised it, what to beware of, and what was found."""
    actor = _reader(request)
    found = queries.alert(alert_id)
    form, filing = Looked(), Filing()
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "review":
            form = Looked(request.POST)
            if tried(
                form,
                lambda: operations.review(actor, alert_id, at=now(), **_of_review(form)),
            ):
                return _next(request, actor, _("Tercatat."))
        elif act == "file":
            filing = Filing(request.POST)
            if tried(
                filing,
                lambda: operations.open_file_of(
                    actor, alert_id, basis=filing.cleaned_data["basis"], at=now(), on=today()
                ),
            ):
                return done(
                    request,
                    _("Berkas dibuka. Pihak itu diberi tahu dan didengar sebelum apa pun terbit."),
                    reverse("alert", args=[alert_id]),
                )
        else:
            raise NotAllowed
    elif found.worker is not None:
        look(actor, found, worker=found.worker.id, purpose=pick(signal(found.signal).title))
    wrong = form.errors or filing.errors
    context = _about(actor, found) | {"form": form, "filing": filing}
    return render(request, "signals/alert.html", context, status=422 if wrong else 200)


@require_POST
def act(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Open the case, or let the person read what was noticed."""
    actor, to = _reader(request), reverse("alert", args=[alert_id])
    try:
        if request.POST.get("act") == "case":
            opened = operations.open_case_of(actor, alert_id, at=now())
            return done(request, _("Kasus dibuka."), reverse("case", args=[opened.id]))
        operations.release(actor, alert_id, on=today())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Pekerja dapat membacanya di ponselnya."), to)


@may_be_old
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """How right each signal was: precision, misses and lead time, with their numbers."""
    _reader(request)
    since = today() - timedelta(days=RECORD_DAYS)
    context = {
        "tabs": _tabs("ketepatan"),
        "since": since,
        "enough": ENOUGH,
        "rows": [(each, pick(each.signal.title)) for each in queries.records(since=since)],
        "columns": [
            _("Sinyal"), _("Muncul"), _("Benar"), _("Alarm palsu"), _("Ketepatan"),
            _("Terlewat"), _("Lebih awal"),
        ],
        "last": queries.last_pass(),
    }  # fmt: skip
    return render(request, "signals/records.html", context)


@require_http_methods(["GET", "POST"])
def one_signal(request: HttpRequest, signal_id: str) -> HttpResponse:
    """What a signal looks for and from where on; a try of another threshold, and setting it."""
    actor, known = _reader(request), signal(signal_id)
    form, preview = Tuning(known, initial={"valid_from": today()}), None
    may_set = actor.may(Right.THRESHOLD_SET)
    if request.method == "POST":
        if not may_set:
            raise NotAllowed
        form = Tuning(known, request.POST)
        if form.is_valid():
            values = form.cleaned_data
            if request.POST.get("act") == "save":
                if tried(
                    form,
                    lambda: operations.set_threshold(actor, signal_id, at=now(), **values),
                ):
                    return done(
                        request,
                        _("Ambang disimpan."),
                        reverse("signal", args=[signal_id]),
                    )
            else:
                preview = _preview(known, values["name"], values["value"])
    context = _signal_context(known) | {"form": form, "tried": preview, "may_set": may_set}
    return render(request, "signals/signal.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """The quiet people who were drawn by lot, and what they answered."""
    actor = _reader(request)
    rows = list(queries.picks(actor)[:MOST])
    form, at = Asked(), None
    if request.method == "POST":
        at = next((each for each in rows if str(each.id) == request.POST.get("pick")), None)
        form = Asked(request.POST)
        if at is not None and form.is_valid():
            chosen, values = at.id, form.cleaned_data
            if tried(
                form,
                lambda: operations.answer_quiet(
                    actor,
                    chosen,
                    state=PickState(values["state"]),
                    found=tuple(values["found"]),
                    words=values["words"],
                    at=now(),
                ),
            ):
                return done(request, _("Tercatat."), reverse("quiet"))
    context = {
        "tabs": _tabs("diundi"),
        "rows": [
            (each, form if each is at else Asked(auto_id=f"id_{each.id}_%s")) for each in rows
        ],
        "may_review": actor.may(Right.ALERT_REVIEW),
    }
    return render(request, "signals/quiet.html", context, status=422 if form.errors else 200)


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may(Right.ALERT_READ):
        raise NotAllowed
    return actor


def _of_review(form: Looked) -> dict[str, Any]:
    values = form.cleaned_data
    return {
        "outcome": Outcome(values["outcome"]),
        "words": values["words"],
        "harm_on": values["harm_on"],
    }


def _next(request: HttpRequest, actor: Actor, said: str) -> HttpResponse:
    """After one, the next in the queue; after the last, the queue."""
    following = queries.waiting(actor).first()
    to = reverse("alert", args=[following.id]) if following else reverse("alerts")
    return done(request, said, to)


def _tabs(current: str) -> list[dict[str, Any]]:
    return [
        {"href": href, "label": label, "current": code == current}
        for code, href, label in (
            ("orang", reverse("alerts"), _("Antrean")),
            ("pihak", f"{reverse('alerts')}?pihak=1", _("Pihak")),
            ("diundi", reverse("quiet"), _("Yang diam")),
            ("ketepatan", reverse("signal_records"), _("Ketepatan")),
        )
    ]


def _subject(one: Alert) -> str:
    worker: Worker | None = one.worker
    if worker is not None:
        return worker.full_name
    kind = str(Party(one.party).label)
    return f"{kind}: {one.party_name}" if one.party_name else kind


def _why(rows: tuple[Alert, ...]) -> list[tuple[str, str]]:
    return [(pick(signal(each.signal).title), explaining.sentence(each)) for each in rows]


def _hours(one: Alert) -> int:
    """Whole days until somebody has to have looked."""
    return (timezone.localtime(one.due_at).date() - today()).days


def _about(actor: Actor, found: Alert) -> dict[str, Any]:
    known, state = signal(found.signal), AlertState(found.state)
    steps = {each.name for each in ALERT.open_steps(state)}
    may = actor.may(Right.ALERT_REVIEW)
    return {
        "alert": found,
        "title": pick(known.title),
        "who": _subject(found),
        "sentence": explaining.sentence(found),
        "rows": explaining.rows_of(found),
        "guard": pick(known.guard),
        "ask": pick(known.ask),
        "sees": pick(known.sees),
        "known": known,
        "indicators": [(n, INDICATORS[n - 1]) for n in known.ilo],
        "state": STATE_LABELS[state],
        "days": _hours(found) if state is AlertState.NEW else None,
        "beside": [(each, pick(signal(each.signal).title), STATE_LABELS[AlertState(each.state)])
                   for each in queries.beside(found)],
        "reviews": queries.reviews(found.id),
        "softened": pick(known.softened) if found.worker_id else "",
        "released": found.worker_id is not None and queries.is_released(found.id),
        "may_review": may and "review" in steps,
        "may_open": may and "open case" in steps and found.worker_id is not None
        and found.gone_on is None and actor.may(Right.CASE_OPEN),
        "may_file": may and found.party in {Party.EMPLOYER, Party.AGENCY}
        and found.outcome == Outcome.TRUE and found.problem_id is None
        and actor.may(Right.PROBLEM_REPORT),
        "may_release": may and found.worker_id is not None,
    }  # fmt: skip


def _signal_context(known: Signal) -> dict[str, Any]:
    in_force = queries.thresholds_on(today()).get(known.id, {})
    return {
        "tabs": _tabs("ketepatan"),
        "known": known,
        "title": pick(known.title),
        "sees": pick(known.sees),
        "guard": pick(known.guard),
        "ask": pick(known.ask),
        "indicators": [(n, INDICATORS[n - 1]) for n in known.ilo],
        "thresholds": [
            (
                pick(each.title),
                in_force.get(name, each.value),
                each.value,
                UNITS[each.unit],
                _("praktik kami") if each.source == "practice" else _rule(each.source),
            )
            for name, each in known.thresholds.items()
        ],
        "columns": [_("Ambang"), _("Berlaku"), _("Nilai awal"), _("Satuan"), _("Dasar")],
        "changes": [
            (each, pick(known.thresholds[each.name].title))
            for each in queries.thresholds_of(known.id)
            if each.name in known.thresholds
        ],
    }


def _preview(known: Signal, name: str, value: Any) -> dict[str, Any]:
    found = queries.preview(known.id, name=name, value=value, on=today())
    people = Worker.objects.in_bulk([*found.added[:_NAMED], *found.removed[:_NAMED]])
    parties = {
        each.subject: each
        for each in Alert.objects.filter(signal=known.id, worker__isnull=True, gone_on__isnull=True)
    }

    def named(ids: tuple[UUID, ...]) -> list[str]:
        shown = []
        for each in ids[:_NAMED]:
            if each in people:
                shown.append(people[each].full_name)
            elif each in parties:
                shown.append(_subject(parties[each]))
        return shown

    return {
        "added": len(found.added),
        "removed": len(found.removed),
        "kept": found.kept,
        "added_names": named(found.added),
        "removed_names": named(found.removed),
    }


def _rule(code: str) -> str:
    rule = law().parameters.get(code)
    return pick(rule.title) if rule else code
