"""Pages of the administrator: accounts, duties, lost second factors, keys for other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access import administration, queries
from lindung.access import tokens as keys
from lindung.access.doors import actor_of, done, now, refused, today, told
from lindung.access.identity import in_force
from lindung.access.models import Duty
from lindung.access.rights import Right
from lindung.access.web.forms import DutyForm, Key, Opening, Reason
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal

View = Callable[..., HttpResponse]


def only(right: Right) -> Callable[[View], View]:
    """Close a page to whoever does not hold the right."""

    def declare(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not actor_of(request).may(right):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return run

    return declare


@require_http_methods(["GET", "HEAD", "POST"])
@only(Right.ACCOUNT_ADMINISTER)
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts by user name."""
    # User names are people's: what is searched for, and where a page ends, stand in no address.
    text = request.POST.get("q", "").strip()
    found = queries.accounts(on=today(), text=text, after=request.POST.get("sesudah", ""))
    lines, more = found[: queries.PAGE], found[queries.PAGE :]
    return render(
        request,
        "access/accounts.html",
        {
            "lines": lines,
            "text": text,
            "columns": [_("Nama"), _("Tugas"), _("Bukti kedua"), _("Keadaan")],
            "next": lines[-1].account.username if more else "",
        },
    )


@require_http_methods(["GET", "POST"])
@only(Right.ACCOUNT_ADMINISTER)
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account; the first password is shown once."""
    form = Opening(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = administration.open_account(actor_of(request), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return render(request, "access/first_password.html", {"opened": opened})
    return render(
        request, "access/open_account.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@only(Right.ACCOUNT_ADMINISTER)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: its duties, and what can be done with it."""
    return _account_page(request, account_id)


@require_POST
@only(Right.ACCOUNT_ADMINISTER)
def give_duty(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Give a duty."""
    form = DutyForm(request.POST)
    if form.is_valid():
        try:
            administration.give_duty(
                actor_of(request),
                account_id,
                role=form.cleaned_data["role"],
                place=form.place(),
                valid_from=form.cleaned_data["valid_from"],
                valid_to=form.cleaned_data["valid_to"],
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Tugas diberikan."), reverse("account", args=[account_id]))
    return _account_page(request, account_id, duty_form=form)


@require_POST
@only(Right.ACCOUNT_ADMINISTER)
def reset(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take a lost second factor off; the new first password is shown once."""
    form = Reason(request.POST)
    if form.is_valid():
        try:
            opened = administration.reset_second_factor(
                actor_of(request), account_id, reason=form.cleaned_data["reason"]
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return render(request, "access/first_password.html", {"opened": opened})
    return _account_page(request, account_id, reason_form=form)


@require_POST
@only(Right.ACCOUNT_ADMINISTER)
def close(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close the account of someone who leaves."""
    to = reverse("account", args=[account_id])
    try:
        administration.close_account(actor_of(request), account_id, on=today())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Akun ditutup, semua tugasnya berakhir."), to)


@require_POST
@only(Right.ACCOUNT_ADMINISTER)
def end_duty(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """End a duty today."""
    try:
        duty = administration.end_duty(actor_of(request), duty_id, on=today())
    except Refusal as refusal:
        return refused(request, refusal, reverse("accounts"))
    return done(request, _("Tugas berakhir."), reverse("account", args=[duty.account_id]))


@require_http_methods(["GET", "POST"])
@only(Right.TOKEN_ISSUE)
def tokens(request: HttpRequest) -> HttpResponse:
    """Keys of other systems, and a form to issue one; the key is shown once."""
    form = Key(request.POST or None, duties=list(_duties()))
    issued = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        ends = datetime.combine(given["until"], time(), timezone.get_current_timezone())
        try:
            issued = keys.issue(
                actor_of(request),
                UUID(given["duty"]),
                name=given["name"],
                rights=given["rights"],
                expires_at=ends,
                now=now(),
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            form = Key(duties=list(_duties()))
    return render(
        request,
        "access/tokens.html",
        {
            "form": form,
            "issued": issued,
            "tokens": queries.tokens(),
            "now": now(),
            "columns": [_("Sistem"), _("Tugas"), _("Wewenang"), _("Berlaku sampai"), ""],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@only(Right.TOKEN_ISSUE)
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a key now."""
    try:
        keys.revoke(actor_of(request), token_id, now=now())
    except Refusal as refusal:
        return refused(request, refusal, reverse("tokens"))
    return done(request, _("Kunci dicabut."), reverse("tokens"))


def _account_page(
    request: HttpRequest,
    account_id: UUID,
    *,
    duty_form: DutyForm | None = None,
    reason_form: Reason | None = None,
) -> HttpResponse:
    wrong = (duty_form and duty_form.errors) or (reason_form and reason_form.errors)
    return render(
        request,
        "access/account.html",
        {
            "account": queries.account(account_id),
            "duties": queries.duties_ever(account_id),
            "factors": queries.second_factors(account_id),
            "duty_form": duty_form or DutyForm(),
            "reason_form": reason_form or Reason(),
            "today": today(),
            "columns": [_("Peran"), _("Tempat"), _("Mulai"), _("Sampai"), ""],
        },
        status=422 if wrong else 200,
    )


def _duties() -> QuerySet[Duty]:
    return in_force(Duty.objects.select_related("account"), on=today()).order_by(
        "account__display_name"
    )
