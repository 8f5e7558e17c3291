"""What money before departure comes to: for the ministry and the posts; a recruiter's own list."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.doors import actor_of
from lindung.access.replicas import may_be_old
from lindung.access.rights import Right
from lindung.costs import ledger, queries
from lindung.costs.labels import MISSING
from lindung.costs.queries import Indicator
from lindung.costs.ratio import Spread
from lindung.costs.web import show
from lindung.kernel.refusals import NotAllowed
from lindung.kernel.sheets import sheet
from lindung.reference.queries import country_name
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick

_MOST = 50
# Overcharges listed by name; the table of rules counts all.
_OPEN = 20


@may_be_old
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """By corridor and component; overcharges; the indicator; what is not told at home."""
    actor = actor_of(request)
    if not actor.may(Right.COST_READ) or actor.worker is not None:
        raise NotAllowed
    if not actor.may(Right.COST_OVERVIEW):
        return _list(request)
    since, until = _day(request, "dari"), _day(request, "sampai")
    found = queries.indicator(actor, since=since, until=until)
    rules = law().parameters
    context = {
        "since": since,
        "until": until,
        "whole": found.whole,
        "groups": show.group_rows(found),
        "hidden": show.hidden(found),
        "left_out": [(str(MISSING[why]), n) for why, n in sorted(found.left_out.items())],
        "spread_columns": [
            _("Kelompok"), _("Orang"), _("Rata-rata"), _("Kuartil 1"), _("Median"),
            _("Kuartil 3"), _("P90"),
        ],
        "paid": show.paid_rows(actor),
        "paid_columns": [_("Negara tujuan"), _("Biaya"), _("Orang"), _("Dibayar")],
        "rules": [
            # A rule that is kept no more goes by its code: what was found under it still counts.
            (
                country_name(each["country"]),
                pick(rules[each["rule"]].title) if each["rule"] in rules else each["rule"],
                each,
            )
            for each in queries.overcharges_by_rule(actor)
        ],
        "rule_columns": [
            _("Negara tujuan"), _("Aturan"), _("Belum dikembalikan"), _("Selesai"),
        ],
        "open": [(each, show.kept(each)) for each in queries.open_overcharges(actor)[:_OPEN]],
        "open_columns": [_("Pekerja"), _("Aturan"), _("Kelebihan"), _("Sejak")],
        "claimed": list(queries.claimed_refunds(actor)[:_MOST]),
        "gaps": show.gap_of_rows(actor),
        "gap_columns": [
            _("Negara tujuan"), _("Biaya"), _("Menjawab dua kali"), _("Mengaku lebih"),
            _("Selisih tengah"),
        ],
    }  # fmt: skip
    return render(request, "costs/overview.html", context)


@may_be_old
@require_GET
def indicator(request: HttpRequest) -> HttpResponse:
    """SDG 10.7.1 as CSV: what may be published, and nothing of one person."""
    actor = actor_of(request)
    if not actor.may(Right.COST_OVERVIEW):
        raise NotAllowed
    found = queries.indicator(actor, since=_day(request, "dari"), until=_day(request, "sampai"))
    return HttpResponse(
        as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="sdg-10-7-1.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


COLUMNS = ("group", "value", "n", "mean", "quartile_1", "median", "quartile_3", "p90")


def as_csv(found: Indicator) -> str:
    """The indicator as a table; hidden groups have no figures."""
    groups = [("total", "", found.whole)]
    groups += [
        (group, value, spread)
        for group, values in found.groups.items()
        for value, spread in values.items()
    ]
    return sheet(COLUMNS, [(group, value, *_figures(each)) for group, value, each in groups])


def _figures(found: Spread) -> tuple[int | str | None, ...]:
    figures = (found.mean, found.quartile1, found.median, found.quartile3, found.p90)
    return (found.n, *(str(show.months(each)) if each is not None else None for each in figures))


def _list(request: HttpRequest) -> HttpResponse:
    """Who reads no figures sees the charges of their own people, the newest first."""
    charges = list(queries.declared(actor_of(request))[:_MOST])
    context = {
        "rows": show.rows(ledger.entries(charges)),
        "columns": [_("Pekerja"), _("Biaya"), _("Jumlah"), _("Dibayar"), _("Menurut")],
    }
    return render(request, "costs/list.html", context)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
