"""The schedule: what is kept, why, how long; what is due; and how a period is decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.acting import acting_as
from lindung.access.doors import done, need, now, refused, status_of, today, tried
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Refusal
from lindung.privacy import due
from lindung.privacy import schedule as kept
from lindung.privacy.models import Period
from lindung.privacy.operations import periods
from lindung.privacy.web.forms import Deciding
from lindung.privacy.web.parts import tabs


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of record as the pages show it."""

    id: str
    title: str
    purpose: str
    basis: str
    sure: bool
    years: int | None
    decided: bool
    counted: str
    then: str
    stays: bool
    hint: str
    kept_by: str
    tables: tuple[str, ...]
    due: int = 0
    held: int = 0


def lines(*, with_due: bool) -> list[Line]:
    """Every kind of record in the active language; with how many people are due, where asked."""
    with acting_as(ROBOT):
        return [_line(record, with_due=with_due) for record in kept.kinds().values()]


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """For anyone: how long what is kept, and why."""
    return render(
        request,
        "privacy/public.html",
        {"lines": lines(with_due=False), "decides": kept.who_decides()},
    )


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """For officials: the schedule with its tables, what is due, and the periods proposed."""
    need(request, Right.SCHEDULE_READ)
    return _page(request, None)


@require_http_methods(["POST"])
def ask_period(request: HttpRequest) -> HttpResponse:
    """Propose a period."""
    actor = need(request, Right.PERIOD_DECIDE)
    form = Deciding(request.POST, kinds=_open_kinds())
    if tried(form, lambda: periods.ask(actor, at=now(), **form.cleaned_data)):
        said = _("Diusulkan. Orang lain yang berwenang harus menyetujui.")
        return done(request, said, reverse("data_schedule"))
    return _page(request, form)


@require_POST
def answer_period(request: HttpRequest, period_id: UUID) -> HttpResponse:
    """Agree to a period, or refuse it."""
    actor = need(request, Right.PERIOD_DECIDE)
    agree = request.POST.get("langkah") == "setuju"
    to = reverse("data_schedule")
    try:
        periods.answer(actor, period_id, agree=agree, at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    said = (
        _("Disetujui dan berlaku sekarang.")
        if agree
        else _("Usul ditolak. Tidak ada yang berubah.")
    )
    return done(request, said, to)


def _page(request: HttpRequest, form: Deciding | None) -> HttpResponse:
    actor = need(request, Right.SCHEDULE_READ)
    decides = actor.may(Right.PERIOD_DECIDE)
    asked = Period.objects.order_by("-asked_at")[:20] if decides else []
    titles = {id_: kept.said(record.title) for id_, record in kept.kinds().items()}
    form = form or Deciding(kinds=_open_kinds())
    return render(
        request,
        "privacy/schedule.html",
        {
            "lines": lines(with_due=True),
            "decides": kept.who_decides(),
            "may_decide": decides,
            "periods": [(each, titles[each.kind]) for each in asked],
            "form": form,
            "actor_id": actor.id,
            "tabs": tabs(actor, "data_schedule"),
            "columns": [_("Jenis catatan"), _("Untuk apa, atas dasar apa"), _("Berapa lama"), _("Lalu"), _("Jatuh tempo")],
        },
        status=status_of(form),
    )  # fmt: skip


def _open_kinds() -> list[tuple[str, str]]:
    return [
        (id_, kept.said(record.title))
        for id_, record in kept.kinds().items()
        if due.is_erasable(id_)
    ]


def _line(record: kept.Record, *, with_due: bool) -> Line:
    term = due.term_of(record.id)
    going, held = due.people_due(record.id, on=today()) if with_due else (0, 0)
    basis = " ".join(filter(None, [record.basis["instrument"], record.basis["provision"]]))
    return Line(
        id=record.id,
        title=kept.said(record.title),
        purpose=kept.said(record.purpose),
        basis=basis,
        sure=record.basis["confidence"] != "low",
        years=term.years,
        decided=term.by == "decision",
        counted=_("sejak hal terakhir terjadi pada orangnya")
        if record.counts == "person"
        else _("sejak catatan terbarunya selesai"),
        then=kept.THEN[record.then][(get_language() or "id").split("-")[0]],
        stays=record.then == "keep",
        hint=kept.said(record.hint),
        kept_by=kept.said(record.kept_by),
        tables=tuple(each.name for each in kept.tables_of(record.id)),
        due=going,
        held=held,
    )
