"""Erasures: asked for with a dry run, agreed to by a second person, run by our robot."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import done, need, now, refused, status_of, today, tried
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.privacy import due, schedule
from lindung.privacy.labels import DECISIONS
from lindung.privacy.lifecycles import Decision
from lindung.privacy.models import Erasure
from lindung.privacy.operations import erasing
from lindung.privacy.web.forms import ErasingKind
from lindung.privacy.web.parts import tabs

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
def erasures(request: HttpRequest) -> HttpResponse:
    """What is asked for, runs and was done; a form to ask for a kind that is due."""
    actor = need(request, Right.ERASURE_APPROVE)
    may_ask = actor.may(Right.ERASURE_ASK)
    kinds = [
        (id_, schedule.said(record.title))
        for id_, record in schedule.kinds().items()
        if due.is_erasable(id_)
    ]
    if request.method == "POST" and not may_ask:
        raise NotAllowed(right=str(Right.ERASURE_ASK))
    form = ErasingKind(request.POST or None, kinds=kinds)
    if request.method == "POST":
        made: list[Erasure] = []
        if tried(
            form,
            lambda: made.append(
                erasing.ask_for_kind(actor, on=today(), at=now(), **form.cleaned_data)
            ),
        ):
            said = _("Diusulkan. Orang lain yang berwenang harus menyetujui.")
            return done(request, said, reverse("erasure", args=[made[0].id]))
    return render(
        request,
        "privacy/erasures.html",
        {
            "rows": [(each, *_shown(each)) for each in Erasure.objects.all()[:MOST]],
            "form": form,
            "may_ask": may_ask,
            "tabs": tabs(actor, "erasures"),
            "columns": [_("Apa"), _("Diusulkan"), _("Orang"), _("Keadaan")],
        },
        status=status_of(form),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """One erasure: its dry run by table, and the second person's answer."""
    actor = need(request, Right.ERASURE_APPROVE)
    row = Erasure.objects.filter(pk=erasure_id).first()
    if row is None:
        raise NotFound
    here = reverse("erasure", args=[row.id])
    if request.method == "POST":
        agree = request.POST.get("langkah") == "setuju"
        try:
            erasing.answer(actor, row.id, agree=agree, at=now())
        except Refusal as refusal:
            return refused(request, refusal, here)
        said = (
            _("Disetujui. Penghapusan berjalan sekarang.")
            if agree
            else _("Usul ditolak. Tidak ada yang berubah.")
        )
        return done(request, said, here)
    title, state = _shown(row)
    return render(
        request,
        "privacy/erasure.html",
        {
            "row": row,
            "title": title,
            "state": state,
            "tables": [
                (name, count, row.done.get(name, 0)) for name, count in sorted(row.expected.items())
            ],
            "waits": row.state == Decision.ASKED,
            "own": row.asked_by == actor.id,
            "tabs": tabs(actor, "erasures"),
            "columns": [_("Tabel"), _("Akan hilang"), _("Sudah hilang")],
        },
    )


def _shown(row: Erasure) -> tuple[str, str]:
    title = (
        schedule.said(schedule.kinds()[row.kind].title) if row.kind else _("Semua data satu orang")
    )
    return title, str(DECISIONS[Decision(row.state)])
