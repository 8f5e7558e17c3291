"""The balance and its names, and who was not confirmed lately."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, today
from lindung.access.models import Post
from lindung.access.replicas import may_be_old
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed
from lindung.kernel.sheets import sheet
from lindung.monitoring import queries as monitoring
from lindung.reference.queries import country_name
from lindung.registry import queries as registry
from lindung.site.register import balance as books
from lindung.site.register.forms import Period


@may_be_old
@require_GET
def balance(request: HttpRequest) -> HttpResponse:
    """The balance of a period by post and country; every difference leads to its names."""
    actor = _may(request)
    posts = _posts(actor)
    form = Period(request.GET, posts=sorted(posts.items(), key=lambda each: each[1]))
    given = form.cleaned_data if form.is_valid() else {}
    end = min(given.get("sampai") or today(), today())
    start = min(given.get("mulai") or date(end.year, 1, 1), end)
    told = books.balance(actor, start=start, end=end, today=today(), post=given.get("pos"))
    found = told.sheets
    rows = [
        {
            "sheet": each,
            "post": posts.get(each.post_id or 0, _("Tanpa perwakilan")),
            "country": country_name(each.country) if each.country else _("Tidak diketahui"),
            "names": f"{reverse('balance_names')}?{_asked(each.post_id, each.country)}",
        }
        for each in found
    ]
    context = {
        "form": form,
        "start": start,
        "end": end,
        "rows": rows,
        "total": _total(found),
        "counted": end == today(),
        "book": told.book,
        "columns": [
            _("Perwakilan"), _("Negara"), _("Awal"), _("Berangkat"), _("Daftar sendiri"),
            _("Pindah masuk"), _("Pindah keluar"), _("Pulang"), _("Meninggal"), _("Akhir"),
            _("Terhitung"), _("Selisih"),
        ],
        "all_names": f"{reverse('balance_names')}?{_asked(given.get('pos'), '')}",
        "csv": f"{reverse('balance_csv')}?{_asked(given.get('pos'), '')}",
    }  # fmt: skip
    return render(request, "register/balance.html", context)


@require_GET
def named(request: HttpRequest) -> HttpResponse:
    """Who makes the difference, why, and what to do; a page by key."""
    actor = _may(request)
    post, country, reason = _which(request)
    after = (request.GET.get("sesudah", ""), request.GET.get("sebab_akhir", ""))
    found = books.names(actor, on=today(), post=post, country=country, reason=reason, after=after)
    page, more = found[: books.PAGE], found[books.PAGE :]
    posts = _posts(actor)
    last = {"sesudah": page[-1].number, "sebab_akhir": page[-1].reason} if more else {}
    which = _asked(post, country, reason)
    context = {
        "rows": [
            (each, posts.get(each.post_id or 0, _("Tanpa perwakilan")), _page_of(each))
            for each in page
        ],
        "names": actor.may(Right.WORKER_READ),
        "columns": [_("Nomor"), _("Nama"), _("Perwakilan"), _("Sebab"), _("Yang dilakukan")],
        "reasons": [
            {
                "href": f"?{_asked(post, country, key)}",
                "label": str(said[0]),
                "current": key == reason,
            }
            for key, said in books.REASONS.items()
        ],
        "all": f"?{_asked(post, country)}",
        "reason": reason,
        "next": f"?{which}&{urlencode(last)}" if more else "",
        "previous": f"?{which}" if after[0] else "",
        "csv": f"{reverse('balance_csv')}?{which}",
    }
    return render(request, "register/names.html", context)


COLUMNS = ("number", "post", "country", "reason", "weight", "why", "what_to_do")


@require_GET
def named_csv(request: HttpRequest) -> HttpResponse:
    """The same list as CSV: public numbers and reasons, no name."""
    actor = _may(request)
    post, country, _reason = _which(request)
    codes = {each.id: each.code for each in Post.objects.all()}
    rows = [
        (
            each.number,
            codes.get(each.post_id or 0, ""),
            each.country,
            each.reason,
            each.weight,
            each.why,
            each.cure,
        )
        for each in books.every_name(actor, on=today(), post=post, country=country)
    ]
    return HttpResponse(
        sheet(COLUMNS, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="neraca.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@require_GET
def unconfirmed(request: HttpRequest) -> HttpResponse:
    """People abroad whom nobody has confirmed lately, the longest first, and how to reach them."""
    actor = actor_of(request)
    if not actor.may(Right.WORKER_READ) or not actor.may(Right.FACT_RECORD):
        raise NotAllowed
    on = today()
    found = registry.unconfirmed(actor, on, after=_after(request))
    page, more = found[: registry.PAGE], found[registry.PAGE :]
    last = page[-1] if more else None
    context = {
        "share": monitoring.confirmed_share(actor, on),
        "rows": [
            {
                "person": each.worker,
                "state": each,
                "days": (on - each.confirmed_on).days if each.confirmed_on else None,
                "why": _why(each, on),
            }
            for each in page
        ],
        "columns": [_("Nama"), _("Nomor"), _("Terakhir dipastikan"), _("Sebab"), _("Lakukan")],
        "next": f"?{urlencode({'hari': str(last.confirmed_on or ''), 'id': str(last.worker_id)})}"
        if last
        else "",
        "previous": reverse("unconfirmed") if request.GET.get("id") else "",
        "may_write": actor.may(Right.MESSAGE_SEND),
    }
    return render(request, "register/unconfirmed.html", context)


def _why(state: Any, on: date) -> str:
    if state.last_check_in_at is None:
        return _("Belum pernah lapor diri")
    if state.check_in_due_on is not None and state.check_in_due_on < on:
        return _("Lapor diri terlambat %(n)s hari") % {"n": (on - state.check_in_due_on).days}
    return _("Tidak ada kabar dari siapa pun")


def _may(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may(Right.BALANCE_READ):
        raise NotAllowed(right=str(Right.BALANCE_READ))
    return actor


def _posts(actor: Actor) -> dict[int, str]:
    known = Post.objects.all()
    if actor.kind is Kind.POST:
        known = known.filter(id__in=actor.posts)
    return {each.id: each.name for each in known}


def _page_of(each: books.Named) -> str:
    page = "likely" if each.reason == "maybe_double" else "living"
    return reverse(page, args=[each.worker_id])


def _which(request: HttpRequest) -> tuple[int | None, str, str]:
    post = request.GET.get("pos", "")
    country = request.GET.get("negara", "")[:2].upper()
    reason = request.GET.get("sebab", "")
    known = reason if reason in books.REASONS else ""
    return (int(post) if post.isdecimal() and len(post) < 5 else None), country, known


def _asked(post: int | None, country: str, reason: str = "") -> str:
    told = {"pos": post, "negara": country, "sebab": reason}
    return urlencode({name: value for name, value in told.items() if value not in (None, "")})


def _after(request: HttpRequest) -> tuple[date | None, UUID] | None:
    try:
        key = UUID(request.GET.get("id", ""))
        return parse_date(request.GET.get("hari", "")), key
    except ValueError:
        return None


def _total(found: list[books.Sheet]) -> dict[str, Any]:
    names = ("opening", "departures", "enrolled", "moved_in", "moved_out", "returns", "deaths")
    total: dict[str, Any] = {name: sum(getattr(each, name) for each in found) for name in names}
    total["closing"] = sum(each.closing for each in found)
    total["counted"] = sum(each.counted or 0 for each in found)
    total["difference"] = total["counted"] - total["closing"]
    total["named"] = sum(each.named for each in found)
    return total
