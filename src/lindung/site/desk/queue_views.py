"""Pages of the queue: the first page, a row in the pane, many rows at once, named filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, now, refused, today
from lindung.access.events import sentence
from lindung.access.filters import forget_filter, save_filter, saved_filters
from lindung.access.models import Receipt
from lindung.access.queries import colleagues
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.kernel.sheets import sheet
from lindung.outreach.templates import CHOSEN
from lindung.outreach.templates import render as words_of
from lindung.protection.models import CaseKind
from lindung.reference.queries import provinces, region_name
from lindung.registry.models import Agency, Employer, Worker, WorkerState
from lindung.site.desk import bulk, home, panes
from lindung.site.desk.queue import Mark, Row, Wanted, counts, kinds_of, labels, page, row, rows_of
from lindung.site.words import CHANNELS, in_words

CHANGES_PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above the queue: its name in the address, label, and what can be chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


@require_GET
@vary_on_headers("HX-Request")
def first_page(request: HttpRequest) -> HttpResponse:
    """What must I do now? The queue first, then what changed and what is coming."""
    actor = actor_of(request)
    if actor.kind is Kind.PARTNER:
        return HttpResponseRedirect(reverse("exchange"))
    wanted = Wanted.of(request.GET)
    context = _queue(actor, wanted, request.GET)
    if request.headers.get("HX-Request"):
        return render(request, "desk/_queue.html", context)
    on = today()
    return render(
        request,
        "desk/home.html",
        context
        | {
            "filters": _filters(actor, wanted, context["rows"]),
            "saved": saved_filters(actor),
            "changed": home.changed(actor, today=on),
            "coming": home.coming(actor, today=on),
            "share": home.share(actor, today=on),
            "waiting": home.cries(actor),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def one_row(request: HttpRequest, kind: str, row_id: UUID) -> HttpResponse:
    """A row in the pane with its lawful next acts; posting takes one, then goes to the next row."""
    actor, wanted = actor_of(request), Wanted.of(request.GET)
    found = row(actor, kind, row_id, today=today())
    if found is None:
        if request.headers.get("HX-Request"):
            return render(request, "desk/_pane.html", {"row": None})
        raise NotFound
    here = f"{found.pane}?{wanted.query}"
    if request.method == "POST":
        following = _after(actor, wanted, found)
        try:
            said = panes.take(actor, found, request.POST.get("step", ""), now=now())
        except Refusal as refusal:
            return refused(request, refusal, here)
        on = request.POST.get("lalu") == "berikutnya"
        still = row(actor, kind, row_id, today=today())
        if on or still is None:
            # In the pane nothing is left to show; as a page of its own one goes back to the queue.
            empty = found.pane if request.headers.get("HX-Request") else reverse("home")
            to = f"{following.pane}?{wanted.query}" if following else empty
        else:
            to = here
        return done(request, said, to)
    context = {
        "row": found,
        "steps": panes.steps(actor, found),
        "subject": panes.subject_of(found),
        "about": "pekerja" if found.worker_id else "",
        "query": wanted.query,
        "following": _after(actor, wanted, found),
        "back": f"{reverse('home')}?{wanted.query}",
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "desk/row.html" if whole else "desk/_pane.html", context)


@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """An act on the ticked rows: first what it would do, then, confirmed, its receipt."""
    actor = actor_of(request)
    act = bulk.act_named(actor, request.POST.get("act", ""))
    keys = bulk.keys_of(request.POST.getlist("baris"))
    chosen = bulk.Choices.read(actor, request.POST, today=today())
    to = f"{reverse('home')}?{Wanted.of(QueryDict(request.POST.get('saringan', ''))).query}"
    try:
        if act.key == "csv":
            return _sheet(rows_of(actor, keys[: bulk.MOST], today=today()))
        if "pasti" in request.POST:
            made = bulk.carry_out(actor, act, keys, chosen, today=today(), now=now())
            return HttpResponseRedirect(reverse("receipt", args=[made.id]))
        told = bulk.preview(actor, act, keys, chosen, today=today())
    except Incomplete as refusal:
        return refused(request, refusal, to)
    context = {
        "told": told,
        "sample": bulk.sample(actor, chosen),
        "given": chosen.kept(),
        "back": to,
        "saringan": request.POST.get("saringan", ""),
    }
    return render(request, "desk/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """What a bulk act did; posting takes it back."""
    actor = actor_of(request)
    kept = bulk.receipt(actor, receipt_id)
    if request.method == "POST":
        left = bulk.undo(actor, receipt_id, now=now())
        undone = len(kept.done) - len(left)
        said = ngettext("%(n)s dibatalkan.", "%(n)s dibatalkan.", undone) % {"n": undone}
        for words, n in bulk.counted(left):
            said += " " + _("%(n)s tetap: %(why)s.") % {"n": n, "why": words}
        return done(request, said, reverse("receipt", args=[receipt_id]))
    act = bulk.ACTS[kept.act]
    return render(request, "desk/receipt.html", _receipt(actor, kept, act))


@require_POST
def keep_filter(request: HttpRequest) -> HttpResponse:
    """Keep the present filter under a name, or forget one."""
    actor = actor_of(request)
    wanted = Wanted.of(QueryDict(request.POST.get("saringan", "")))
    to = f"{reverse('home')}?{wanted.query}"
    try:
        if gone := request.POST.get("hapus"):
            forget_filter(actor, _key(gone))
            return done(request, _("Saringan dihapus."), to)
        save_filter(
            actor,
            name=request.POST.get("name", ""),
            query=wanted.query,
            shared="shared" in request.POST,
        )
    except Incomplete as refusal:
        return refused(request, refusal, to)
    return done(request, _("Saringan disimpan."), to)


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """What others did since yesterday, of one topic."""
    actor, topic = actor_of(request), request.GET.get("jenis", "")
    topics = home.topic_labels()
    if topic not in topics:
        raise NotFound
    found = home.changes(actor, topic, today=today(), after=_before(request), most=CHANGES_PAGE)
    shown, more = found[:CHANGES_PAGE], found[CHANGES_PAGE:]
    last = shown[-1] if more else None
    context = {
        "heading": topics[topic],
        "lines": [
            {"at": each.at, "words": sentence(each.type, in_words(each)), "worker": each.worker_id}
            for each in shown
        ],
        "next": f"?jenis={topic}&sebelum={last.at.timestamp()}.{last.id}" if last else "",
    }
    return render(request, "desk/changes.html", context)


@require_GET
def coming(request: HttpRequest, what: str) -> HttpResponse:
    """The list behind a line of what is coming: contracts that end, check-ins that did not come."""
    actor, on = actor_of(request), today()
    if actor.kind is not Kind.POST or what not in {"habis", "lapor"}:
        raise NotFound
    after = _ended(request)
    column, found = (
        ("ends_on", home.ending(actor, today=on))
        if what == "habis"
        else ("check_in_due_on", home.overdue(actor, today=on))
    )
    found = found.order_by(column, "worker_id")
    if after is not None:
        day, key = after
        found = found.filter(Q(**{f"{column}__gt": day}) | Q(**{column: day, "worker_id__gt": key}))
    days = list(found.values_list(column, "worker_id")[: CHANGES_PAGE + 1])
    shown, more = days[:CHANGES_PAGE], days[CHANGES_PAGE:]
    named = Worker.objects.in_bulk([key for _day, key in shown])
    context = {
        "heading": _("Kontrak yang segera habis") if what == "habis" else _("Lapor diri terlambat"),
        "rows": [((day - on).days, named[key]) for day, key in shown if key in named],
        "next": f"?setelah={shown[-1][0].isoformat()}.{shown[-1][1].hex}" if more else "",
        "columns": [_("Batas"), _("Nama"), _("Nomor")],
    }
    return render(request, "desk/coming.html", context)


def _queue(actor: Actor, wanted: Wanted, given: QueryDict) -> dict[str, Any]:
    on = today()
    shown = page(actor, wanted, today=on, after=Mark.read(given.get("setelah", "")))
    extra = f"&{wanted.query}" if wanted.query else ""
    told = counts(actor, wanted, today=on)
    chosen = {"lewat": told.late, "hari-ini": told.today, "7-hari": told.week, "nanti": told.later}
    return {
        "rows": shown.rows,
        "next": f"?setelah={shown.next}{extra}" if shown.next else "",
        "first": wanted.but() if given.get("setelah") else "",
        "wanted": wanted,
        "counts": told,
        "group": {
            "lewat": _("lewat"),
            "hari-ini": _("hari ini"),
            "7-hari": _("7 hari"),
            "nanti": _("nanti"),
        }.get(wanted.group, ""),
        "total": chosen.get(wanted.group, told.all),
        "links": {
            "late": wanted.but(group="lewat"),
            "today": wanted.but(group="hari-ini"),
            "week": wanted.but(group="7-hari"),
            "later": wanted.but(group="nanti"),
        },
        "whose": [
            {"href": wanted.but(whose=key), "label": label, "current": wanted.whose == key}
            for key, label in (
                ("tim", _("Tim")),
                ("saya", _("Saya")),
                ("tanpa", _("Belum ada petugas")),
            )
        ],
        "acts": bulk.acts_of(actor),
        "colleagues": colleagues(actor, on=on) if actor.kind is Kind.POST else [],
        "templates": [(each, words_of(each, "id", {})[0]) for each in CHOSEN],
        "columns": ["", _("Batas"), _("Apa"), _("Siapa"), _("Nomor"), _("Petugas")],
        "here": f"{reverse('home')}?{given.urlencode()}",
    }


def _filters(actor: Actor, wanted: Wanted, rows: list[Row]) -> list[Filter]:
    """Choices above the queue; companies are those of the rows in sight, and the one chosen."""
    kinds = [(key, labels()[key]) for key in kinds_of(actor)]
    found = [Filter("jenis", _("Jenis"), kinds, wanted.kind)]
    if "kasus" in kinds_of(actor):
        found.append(
            Filter(
                "masalah",
                _("Masalah"),
                [(key, str(words)) for key, words in CaseKind.choices],
                wanted.about,
            )
        )
    if actor.kind in {Kind.POST, Kind.MINISTRY}:
        workers = [each.worker_id for each in rows if each.worker_id]
        at_work = WorkerState.objects.filter(worker_id__in=workers, employer_id__isnull=False)
        employers = Employer.objects.filter(id__in=at_work.values("employer_id"))
        named = employers.order_by().values_list("id", "name")
        if wanted.employer:
            # Two look-ups brought together; one with an "or" would go through every employer.
            chosen = Employer.objects.filter(id=UUID(wanted.employer)).order_by()
            named = named.union(chosen.values_list("id", "name"))
        found.append(
            Filter("pemberi", _("Pemberi kerja"), _texts(named.order_by("name")), wanted.employer)
        )
    if actor.kind is not Kind.AGENCY:
        ids = {each.agency_id for each in rows if each.agency_id}
        ids |= {UUID(wanted.agency)} if wanted.agency else set()
        agencies = (
            Agency.objects.filter(id__in=[each for each in ids if each])
            .order_by("name")
            .values_list("id", "name")
        )
        found.append(Filter("agensi", _("Agensi"), _texts(agencies), wanted.agency))
        origins = [(each.code, region_name(each.code)) for each in provinces()]
        found.append(Filter("asal", _("Asal"), origins, wanted.origin))
    if "kasus" in kinds_of(actor):
        channels = [(key, str(words)) for key, words in CHANNELS.items()]
        found.append(Filter("saluran", _("Saluran"), channels, wanted.channel))
    return found


def _texts(pairs: Any) -> list[tuple[str, str]]:
    return [(str(key), str(name)) for key, name in pairs]


def _after(actor: Actor, wanted: Wanted, found: Row) -> Row | None:
    """The row after this one in the queue, else the first one that is another."""
    beyond = page(actor, wanted, today=today(), after=found.mark, most=1).rows
    if beyond:
        return beyond[0]
    first = page(actor, wanted, today=today(), most=2).rows
    return next((each for each in first if each.key != found.key), None)


def _receipt(actor: Actor, kept: Receipt, act: bulk.Act) -> dict[str, Any]:
    n = len(kept.done)
    return {
        "receipt": kept,
        "said": str(act.done) % {"n": n},
        "act": act,
        "skipped": bulk.counted([each["why"] for each in kept.skipped]),
        "again": [f"{kind}.{key}" for kind, key in bulk.skipped_keys(kept)],
        "may_undo": act.undo is not None and kept.undone_at is None and n > 0,
        "given": kept.given,
    }


def _sheet(rows: list[Row]) -> HttpResponse:
    columns = [_("Batas"), _("Apa"), _("Siapa"), _("Nomor"), _("Petugas")]
    text = sheet(
        columns, [(each.due.date(), each.what, each.who, each.number, each.owner) for each in rows]
    )
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="antrean-{today():%Y-%m-%d}.csv"'
    return answer


def _before(request: HttpRequest) -> tuple[datetime, UUID] | None:
    text = request.GET.get("sebelum", "")
    at, _dot, key = text.rpartition(".")
    try:
        return datetime.fromtimestamp(float(at), tz=now().tzinfo), UUID(key)
    except (ValueError, OverflowError):
        return None


def _ended(request: HttpRequest) -> tuple[Any, UUID] | None:
    day, _dot, key = request.GET.get("setelah", "").partition(".")
    try:
        return datetime.fromisoformat(day).date(), UUID(key)
    except ValueError:
        return None


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
