"""Pages of the muster: events, the list of one, the question with its preview, an answer, the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, need, now, refused, status_of, today, tried
from lindung.access.models import Post
from lindung.access.rights import Right
from lindung.crisis import footprint, operations, queries
from lindung.crisis.labels import ANSWER_LABELS, EVENT_LABELS
from lindung.crisis.lifecycles import AnswerState, EventState
from lindung.crisis.models import CrisisEvent, EventKind
from lindung.crisis.practice import radii
from lindung.crisis.web.forms import Answering, Declaring, Ending
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.outreach.models import Channel
from lindung.outreach.templates import render as words_of
from lindung.registry.models import Source

_TONES = {
    AnswerState.NEEDS_HELP: "merah",
    AnswerState.NO_ANSWER: "kunyit",
    AnswerState.NOT_REACHED: "kunyit",
    AnswerState.LISTED: "abu",
    AnswerState.SAFE: "daun",
}
_SKIPPED = {
    "answered": gettext_noop("sudah memberi kabar sejak kejadian"),
    "left": gettext_noop("sudah ditanya lewat semua salurannya"),
    "held": gettext_noop("menunggu jam amannya"),
}


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Events, those under way first."""
    actor = need(request, Right.MUSTER_READ)
    found = queries.events()
    context = {
        "rows": [(each, EVENT_LABELS[EventState(each.state)]) for each in found],
        "columns": [_("Yang terjadi"), _("Waktu"), _("Sumber"), _("Keadaan")],
        "may_declare": actor.may(Right.CRISIS_DECLARE),
    }
    return render(request, "crisis/events.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down an event and where it reaches."""
    actor = need(request, Right.CRISIS_DECLARE)
    countries = _countries(actor)
    form = Declaring(
        request.POST or None,
        request.FILES or None,
        countries=countries,
        initial={"source_on": today(), "way": "magnitude"},
    )
    rows: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        made: list[CrisisEvent] = []
        if tried(form, lambda: _declared(actor, form, made, rows)) and made:
            to = reverse("muster", args=[made[0].id])
            return done(request, _("Kejadian dicatat. Belum ada yang ditanya."), to)
    context = {"form": form, "refused": _refused(rows), "equation": radii().equations[radii().use]}
    return render(request, "crisis/new.html", context, status=status_of(form))


def _declared(
    actor: Actor, form: Declaring, made: list[CrisisEvent], rows: list[tuple[int, str]]
) -> None:
    told = form.cleaned_data
    try:
        made.append(
            operations.declare(
                actor,
                kind=EventKind(told["kind"]),
                title=told["title"],
                happened_at=told["happened_at"],
                source=told["source"],
                source_on=told["source_on"],
                given=form.given(),
                at=now(),
            )
        )
    except footprint.NoFootprint as refusal:
        rows += refusal.facts["rows"]
        raise


@require_GET
def muster(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Who is inside, and what is known of each."""
    actor = need(request, Right.MUSTER_READ)
    about = queries.event(event_id)
    state = request.GET.get("jawaban", "")
    chosen = state if state in AnswerState._value2member_map_ else ""
    start = _start(request)
    told = queries.answers(about, now=now())
    rows = (
        queries.entries(about, state=chosen, start=start, today=today(), most=queries.PAGE + 1)
        if chosen
        else queries.page(actor, about, start=start, today=today(), most=queries.PAGE + 1)
    )
    page = rows[: queries.PAGE]
    operations.see(actor, about.id, people=len(page))
    running = about.state != EventState.ENDED
    which = {"jawaban": chosen} if chosen else {}
    context = {
        "about": about,
        "state": EVENT_LABELS[EventState(about.state)],
        "counted": queries.counted(actor, about),
        "answers": told,
        "stats": [
            (str(ANSWER_LABELS[each]), told.states.get(each, 0), _TONES[each], str(each))
            for each in ANSWER_LABELS
            if each is not AnswerState.LISTED or told.states.get(each)
        ],
        "rows": [_row(each) for each in page],
        "columns": [_("Nama"), _("Tempat"), _("Cara aman"), _("Ikut"), _("Jawaban")],
        "areas": [
            (each.label or about.get_way_display(), each.cells) for each in about.areas.all()
        ],
        "refused": _refused(about.refused),
        "rounds": [_receipt(each) for each in queries.rounds(about)],
        "chosen": chosen,
        "next": _at(start + queries.PAGE, which) if rows[queries.PAGE :] else "",
        "previous": _at(start - queries.PAGE, which) if start else "",
        "may_ask": running and actor.may(Right.MUSTER_ASK),
        "may_answer": running and actor.may(Right.MUSTER_ANSWER),
        "may_end": running and _ends(actor, about),
        "ending": Ending(),
    }
    return render(request, "crisis/muster.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """What asking would do; and doing it."""
    actor = need(request, Right.MUSTER_ASK)
    about = queries.event(event_id)
    with_maybe = request.GET.get("mungkin", request.POST.get("mungkin", "1")) != "0"
    to = reverse("muster", args=[event_id])
    if request.method == "POST":
        try:
            made = operations.ask(actor, event_id, with_maybe=with_maybe, at=now())
        except Refusal as refusal:
            return refused(request, refusal, to)
        said = _("%(n)s orang ditanya. Jawaban tampil di sini begitu masuk.") % {"n": made.people}
        return done(request, said, to)
    told = operations.preview(actor, event_id, with_maybe=with_maybe, now=now())
    template = "muster_ask" if told.number == 1 else "muster_again"
    context = {
        "about": about,
        "told": told,
        "channels": _channels(told.channels),
        "sample": words_of(template, "id", {"what": about.title})[0],
        "with_maybe": with_maybe,
        "page_only": told.channels.get(Channel.WEB, 0),
    }
    return render(request, "crisis/ask.html", context)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, event_id: UUID, worker_id: UUID) -> HttpResponse:
    """What an officer learned of one person."""
    actor = need(request, Right.MUSTER_ANSWER)
    about = queries.event(event_id)
    entry = queries.entry_of(about, worker_id)
    form = Answering(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if tried(
            form,
            lambda: operations.answer(
                actor,
                event_id,
                worker_id,
                state=AnswerState(told["state"]),
                source=Source(told["source"]),
                at=now(),
                over=told["over"],
                words=told["words"],
                household_safe={"yes": True, "no": False}.get(told["household"]),
            ),
        ):
            return done(request, _("Tercatat."), reverse("muster", args=[event_id]))
    context = {
        "about": about,
        "entry": entry,
        "person": entry.worker,
        "label": ANSWER_LABELS[AnswerState(entry.state)],
        "tone": _TONES[AnswerState(entry.state)],
        "form": form,
    }
    return render(request, "crisis/answer.html", context, status=status_of(form))


@require_GET
def taken(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The list as a file; who took it is written down."""
    actor = need(request, Right.MUSTER_READ)
    return HttpResponse(
        operations.take_out(actor, event_id, today=today()),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="daftar-kejadian.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@require_http_methods(["POST"])
def end(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """End the asking."""
    actor = actor_of(request)
    to = reverse("muster", args=[event_id])
    try:
        operations.end(actor, event_id, reason=request.POST.get("reason", ""), at=now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Pendataan ditutup. Jawaban tetap tersimpan."), to)


def _row(each: queries.Listed) -> dict[str, Any]:
    entry = each.entry
    state = AnswerState(entry.state) if entry else None
    return {
        "it": each,
        "entry": entry,
        "label": ANSWER_LABELS[state] if state else "",
        "tone": _TONES[state] if state else "abu",
    }


def _receipt(made: Any) -> dict[str, Any]:
    return {
        "it": made,
        "channels": _channels(made.channels),
        "skipped": [(_(_SKIPPED[name]), n) for name, n in made.skipped.items() if name in _SKIPPED],
    }


def _channels(counts: Any) -> list[tuple[str, int]]:
    labels = {each.value: str(each.label) for each in Channel}
    return sorted(
        ((labels.get(name, name), n) for name, n in counts.items()), key=lambda each: -each[1]
    )


def _refused(rows: Any) -> list[tuple[int, str]]:
    """Rows that could not be used, in words; what the officer left out on purpose is no fault."""
    return [
        (number, _(footprint.reason(code))) for number, code in rows if code not in footprint.CHOSEN
    ]


def _countries(actor: Actor) -> list[str]:
    posts = Post.objects.all()
    if actor.kind is Kind.POST:
        posts = posts.filter(id__in=actor.posts)
    return sorted(set(posts.values_list("country", flat=True)))


def _ends(actor: Actor, about: CrisisEvent) -> bool:
    mine = actor.kind is not Kind.POST or about.post_id in actor.posts
    return mine and actor.may(Right.CRISIS_DECLARE)


def _start(request: HttpRequest) -> int:
    text = request.GET.get("dari", "0")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _at(start: int, which: dict[str, str]) -> str:
    told = which | ({"dari": str(start)} if start > 0 else {})
    return f"?{urlencode(told)}"
