"""The roster of a desk: the week, its holes, the chain, and what one shift leaves to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, need, now, refused, told
from lindung.access.models import Post
from lindung.access.rights import Right
from lindung.duty import operations, queries
from lindung.duty.models import Shift
from lindung.duty.web.forms import Link, OnDuty, Words
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal

WEEK = timedelta(days=7)
# Two forms of the page ask for a place and a telephone.
CHAIN = "rantai"


@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """The week of a desk, and putting somebody on duty."""
    actor = actor_of(request)
    if not actor.may(Right.DUTY_READ):
        raise NotAllowed
    post, monday = _desk(request, actor), _monday(request)
    form = _form(request, actor, post)
    if request.method == "POST" and form.is_valid():
        starts_at, ends_at = form.span(queries.zone_of(post))
        chosen = form.cleaned_data["account"]
        try:
            operations.put_on_duty(
                actor,
                _id(post),
                who=form.cleaned_data["who"],
                starts_at=starts_at,
                ends_at=ends_at,
                phone=form.cleaned_data["phone"],
                account_id=UUID(chosen) if chosen else None,
                role=form.cleaned_data["role"],
            )
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            form.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            return done(request, _("Piket diisi."), _here(post, monday))
    return _page(request, actor, post, monday, form=form)


@require_POST
def withdraw(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Take a shift off."""
    need(request, Right.DUTY_ROSTER)
    actor, post = actor_of(request), _desk(request, actor_of(request))
    to = _here(post, _monday(request))
    try:
        operations.withdraw_shift(actor, shift_id, at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Piket dicabut; jam kosongnya terlihat di tabel."), to)


@require_POST
def swap(request: HttpRequest) -> HttpResponse:
    """Let two take each other's shift."""
    need(request, Right.DUTY_ROSTER)
    actor, post = actor_of(request), _desk(request, actor_of(request))
    to = _here(post, _monday(request))
    try:
        one, other = (UUID(request.POST.get(name, "")) for name in ("one", "other"))
    except ValueError:
        return refused(request, Incomplete(fields={"other": "Pilih dua piket yang berbeda."}), to)
    try:
        operations.swap_shifts(actor, one, other_id=other, at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Piket ditukar."), to)


@require_POST
def repeat(request: HttpRequest) -> HttpResponse:
    """Copy this week's roster to the next."""
    need(request, Right.DUTY_ROSTER)
    actor, post, monday = actor_of(request), _desk(request, actor_of(request)), _monday(request)
    try:
        operations.repeat_week(actor, _id(post), monday=monday)
    except Refusal as refusal:
        return refused(request, refusal, _here(post, monday))
    return done(request, _("Disalin ke minggu berikut."), _here(post, monday + WEEK))


@require_POST
def handover(request: HttpRequest) -> HttpResponse:
    """Leave words for the next shift."""
    need(request, Right.DUTY_ANSWER)
    actor, post, monday = actor_of(request), _desk(request, actor_of(request)), _monday(request)
    form = Words(request.POST)
    if not form.is_valid():
        return _page(request, actor, post, monday, words=form)
    operations.write_handover(actor, _id(post), words=form.cleaned_data["words"], at=now())
    return done(request, _("Catatan disimpan untuk piket berikut."), _here(post, monday))


@require_POST
def chain(request: HttpRequest) -> HttpResponse:
    """Set one place of the chain."""
    need(request, Right.DUTY_ROSTER)
    actor, post, monday = actor_of(request), _desk(request, actor_of(request)), _monday(request)
    form = Link(request.POST, prefix=CHAIN)
    if form.is_valid():
        try:
            operations.keep_chain(actor, _id(post), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Rantai disimpan."), _here(post, monday))
    return _page(request, actor, post, monday, link=form)


def _page(
    request: HttpRequest,
    actor: Actor,
    post: Post | None,
    monday: date,
    *,
    form: OnDuty | None = None,
    words: Words | None = None,
    link: Link | None = None,
) -> HttpResponse:
    zone, at = queries.zone_of(post), now()
    days = queries.week_of(post, monday=monday)
    shown = {each.id: each for day in days for each in day.shifts if each.ends_at > at}
    context = {
        "desk": post.name if post else _("Meja tetap kementerian"),
        "zone": zone.key,
        "tabs": _tabs(actor, post, monday),
        "key": _key(post),
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "before": _here(post, monday - WEEK),
        "after": _here(post, monday + WEEK),
        "here": _here(post, monday),
        "columns": [_("Hari"), _("Piket pertama"), _("Piket kedua"), _("Kosong")],
        "days": [_line(day, zone, at) for day in days],
        "swappable": [(each.id, _named(each, zone)) for each in shown.values()],
        "swap_fields": [("one", _("Piket ini")), ("other", _("dengan piket ini"))],
        "has_holes": any(day.holes for day in days),
        "answering": queries.on_duty(_id(post), at=at),
        "chain": queries.chain_of(_id(post)),
        "handovers": queries.handovers(post),
        "may_edit": actor.may(Right.DUTY_ROSTER),
        "may_write": actor.may(Right.DUTY_ANSWER),
        "form": form or _form(request, actor, post),
        "words": words or Words(),
        "link": link or Link(prefix=CHAIN),
    }
    wrong: list[forms.Form] = [each for each in (form, words, link) if each and each.errors]
    return render(request, "duty/roster.html", context, status=422 if wrong else 200)


def _line(day: queries.Day, zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    def of(who: str) -> list[dict[str, Any]]:
        return [
            {
                "id": each.id,
                "hours": _hours(each.starts_at, each.ends_at, day.on, zone),
                "name": each.name,
                "phone": each.phone,
                "over": each.ends_at <= at,
                "starts_here": each.starts_at.astimezone(zone).date() == day.on,
            }
            for each in day.shifts
            if each.who == who
        ]

    return {
        "on": day.on,
        "today": at.astimezone(zone).date() == day.on,
        "first": of("first"),
        "second": of("second"),
        "holes": [_hours(*each, day.on, zone) for each in day.holes],
    }


def _hours(starts_at: datetime, ends_at: datetime, on: date, zone: ZoneInfo) -> str:
    """The part of a span that lies on a day, as its wall clock says: 22.00–24.00."""
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    begins = f"{first:%H.%M}" if first.date() >= on else "00.00"
    return f"{begins}–{last:%H.%M}" if last.date() <= on else f"{begins}–24.00"


def _named(shift: Shift, zone: ZoneInfo) -> str:
    starts = shift.starts_at.astimezone(zone)
    return f"{starts:%d-%m %H.%M} · {shift.name}"


def _tabs(actor: Actor, chosen: Post | None, monday: date) -> list[dict[str, Any]]:
    desks = queries.desks_of(actor)
    if len(desks) < 2:
        return []
    return [
        {
            "href": _here(each, monday),
            "label": each.city if each else _("Kementerian"),
            "current": each == chosen,
        }
        for each in desks
    ]


def _form(request: HttpRequest, actor: Actor, post: Post | None) -> OnDuty:
    given = request.POST if request.method == "POST" and "begins" in request.POST else None
    return OnDuty(given, staff=queries.staff(_id(post), on=now().date()))


def _desk(request: HttpRequest, actor: Actor) -> Post | None:
    """The desk that the address names, else the actor's own.

    Raises:
        NotFound: none of this actor's.
    """
    desks = queries.desks_of(actor)
    key = request.GET.get("meja", "") or request.POST.get("meja", "")
    for each in desks:
        if not key or key == _key(each):
            return each
    raise NotFound


def _monday(request: HttpRequest) -> date:
    """The Monday of the week that the address names, else of this one."""
    text = request.GET.get("minggu", "") or request.POST.get("minggu", "")
    try:
        on = date.fromisoformat(text)
    except ValueError:
        on = now().date()
    return on - timedelta(days=on.weekday())


def _here(post: Post | None, monday: date) -> str:
    return f"{reverse('roster')}?{urlencode({'meja': _key(post), 'minggu': monday.isoformat()})}"


def _key(post: Post | None) -> str:
    return post.code if post else "pusat"


def _id(post: Post | None) -> int | None:
    return post.id if post else None
