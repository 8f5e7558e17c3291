"""Pages on which lists are sent, tried, and taken."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.doors import actor_of, done
from lindung.access.rights import Right
from lindung.intake import operations, queries
from lindung.intake.lifecycles import UNDER_WAY, BatchState
from lindung.intake.models import Batch, Row
from lindung.intake.reading import TROUBLES, ListTooLarge, ListUnreadable, columns
from lindung.intake.web.forms import Sending
from lindung.kernel.refusals import NotAllowed
from lindung.kernel.sheets import sheet
from lindung.regulations.pathways import pathways
from lindung.regulations.sentences import pick
from lindung.regulations.shapes import Bilingual


@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of this office, and sending another."""
    actor = actor_of(request)
    _need(request)
    form = Sending(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.send_list(actor, form.cleaned_data["file"].read())
        except (ListTooLarge, ListUnreadable) as refusal:
            form.add_error("file", f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            return done(
                request,
                _("Daftar disimpan; belum ada yang diterima."),
                reverse("intake", args=[made.id]),
            )
    return render(
        request,
        "intake/lists.html",
        {
            "form": form,
            "batches": queries.batches(),
            "columns": [_("Dikirim"), _("Baris"), _("Keadaan")],
            "known": [pick(Bilingual(**each.title)) for each in columns().values()],
            "ways": [
                (way.id, pick(way.title), ", ".join(way.sectors), not way.corridor.fixed)
                for way in pathways().values()
            ],
        },
    )


@require_GET
def intake(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One list: how far its job is; then what is good, what is wrong and its cure, what became of it.

    A page of rows; ``sesudah`` is the line behind which it begins, ``perlu=1`` leaves good rows out.
    While a job is at work the page shows no rows and asks for itself again.
    """
    _need(request)
    batch = queries.batch(batch_id)
    under_way = batch.state in UNDER_WAY
    wrong = request.GET.get("perlu") == "1"
    found = [] if under_way else _page(request, batch, wrong=wrong)
    page, more = found[: queries.PAGE], len(found) > queries.PAGE
    trouble = TROUBLES.get(batch.trouble)
    return render(
        request,
        "intake/list.html",
        {
            "batch": batch,
            "under_way": under_way,
            "trouble": trouble and (_(trouble.title), _(trouble.advice)),
            "left": batch.good if not batch.settled else batch.kept - batch.settled,
            "may_take": batch.state == BatchState.READ,
            "wrong": wrong,
            "rows": [(row, queries.words(row), _problems(row)) for row in page],
            "next": f"?{'perlu=1&' * wrong}sesudah={page[-1].line}" if more else "",
            "columns": [_("Baris"), _("Nama"), _("Keadaan"), _("Yang harus diperbaiki")],
        },
    )


@require_POST
def take(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Have the good rows taken."""
    operations.take_list(actor_of(request), batch_id)
    return done(
        request,
        _("Penerimaan dimulai. Halaman ini menunjukkan sejauh mana."),
        reverse("intake", args=[batch_id]),
    )


@require_GET
def repairs(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The rows that were refused, as CSV with their cures, to be repaired and sent again."""
    _need(request)
    queries.batch(batch_id)
    names = list(columns())
    told = []
    for row in queries.every_row_with_problems(batch_id):
        cure = " | ".join(sentence for _column, sentence in _problems(row))
        said = queries.words(row)
        told.append([*(said.get(name, "") for name in names), cure])
    text = sheet([*names, _("Yang harus diperbaiki")], told)
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="perbaikan.csv"'
    return answer


def _page(request: HttpRequest, batch: Batch, *, wrong: bool) -> list[Row]:
    """A page of rows and one more, which says that there is another page."""
    after = request.GET.get("sesudah", "")
    return queries.rows(
        batch.id,
        with_problems=wrong,
        # No list has a line of more digits; what is no number begins at the first.
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0,
        most=queries.PAGE + 1,
    )


def _problems(row: Row) -> list[tuple[str, str]]:
    told = [(each["column"], each["sentence"]) for each in row.problems]
    return [
        (pick(Bilingual(**columns()[column].title)) if column else "", _(sentence))
        for column, sentence in told
    ]


def _need(request: HttpRequest) -> None:
    if not actor_of(request).may(Right.LIST_SEND):
        raise NotAllowed
