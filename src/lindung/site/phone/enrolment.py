"""Registering oneself: anybody may, with a name alone, and is signed in with that.

First *where are you now*, then the rest. Whoever is abroad gives a name and a way to be reached,
papers or none, and stands behind the wall (``registry.operations.enrol_abroad``); whoever is still
at home gives the province, then what is known.

Runs at the door. The form carries the id it will be registered under, signed, so that a double tap
makes one person. A form found later in the history of a shared phone opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core import signing
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access import limits
from lindung.access.acting import acting_as
from lindung.access.doors import actor_of, done, now, today
from lindung.access.identity import WORKER_KEY
from lindung.access.roles import acting_worker
from lindung.access.sessions import begin_on_phone
from lindung.kernel import identifiers
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete
from lindung.placement.queries import origin
from lindung.reference.queries import (
    countries,
    country_name,
    is_country,
    provinces,
    region_name,
)
from lindung.registry import operations
from lindung.registry.entry import rules
from lindung.registry.models import Worker
from lindung.site.phone.forms import Enrolment
from lindung.site.phone.views import of_the_worker

_SALT = "lindung.site.phone.enrolment"
_FORM_GOOD_FOR = timedelta(hours=2)
# The same form again within this time is the same tap.
_SAME_TAP = timedelta(minutes=1)


class Abroad(forms.Form):
    """Somebody abroad: the name she uses and how to reach her. Nothing else is asked."""

    name = forms.CharField(
        label=gettext_lazy("Nama yang Anda pakai"),
        max_length=160,
        help_text=gettext_lazy("Nama panggilan cukup."),
        error_messages={"required": gettext_lazy("Tuliskan nama yang Anda pakai sehari-hari.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Nomor telepon Anda, dengan kode negara"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("Contoh: +82 10 0000 0000. Nomornya disimpan tersandi."),
    )
    reach = forms.CharField(
        label=gettext_lazy("Atau cara lain menghubungi Anda"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Misalnya nama akun, atau lewat teman yang Anda percaya."),
    )
    nothing = forms.BooleanField(
        label=gettext_lazy("Belum ada. Saya akan membuka halaman ini lagi."), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A way to be reached, or the word that there is none yet."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(given.get(each) for each in ("phone", "reach", "nothing")):
            self.add_error(
                "phone", _("Isi satu cara menghubungi Anda, atau centang bahwa belum ada.")
            )
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Ask where the person is, then for the rest; sent, register and sign in."""
    if WORKER_KEY in request.session:
        return HttpResponseRedirect(reverse("my_home"))
    place = request.GET.get("negara", "")
    if place and place != origin() and is_country(place):
        return _abroad(request, place)
    province = request.GET.get("provinsi")
    if province is None:
        return _where(request)
    if request.method != "POST":
        return _page(request, Enrolment(province=province))
    form = Enrolment(request.POST, province=province)
    kept = _id_in(request)
    if kept is None:
        form.add_error(None, _("Halaman ini terlalu lama terbuka. Tekan Daftar sekali lagi."))
    if not form.is_valid() or kept is None:
        return _page(request, form, kept)
    return _enrol(request, form, kept)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def opening(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Who entered herself says that she may be helped like everybody else, or leaves it."""
    if not worker.walled:
        return HttpResponseRedirect(reverse("my_data"))
    if request.method == "POST":
        operations.open_wall(actor_of(request), worker.id, on=today())
        return done(request, _("Dicatat. Anda sekarang dilayani seperti semua orang."), "/saya/")
    return render(request, "saya/opening.html")


def _where(request: HttpRequest) -> HttpResponse:
    """The first step: in which country, or from which province."""
    home = origin()
    abroad = [(each.code, country_name(each.code)) for each in countries() if each.code != home]
    context = {
        "countries": sorted(abroad, key=lambda each: each[1]),
        "provinces": [(each.code, region_name(each.code)) for each in provinces()],
    }
    return render(request, "saya/enrol_province.html", context)


def _abroad(request: HttpRequest, place: str) -> HttpResponse:
    """The second step of somebody abroad; sent, register behind the wall and sign in."""
    form = Abroad(request.POST or None)
    kept = _id_in(request) if request.method == "POST" else None
    if request.method == "POST" and kept is None:
        form.add_error(None, _("Halaman ini terlalu lama terbuka. Tekan Daftar sekali lagi."))
    if request.method != "POST" or not form.is_valid() or kept is None:
        return _abroad_page(request, form, place, kept)
    at = _slowed(request)
    try:
        worker = _written_abroad(form, kept, place, at)
    except Incomplete as refusal:
        why = refusal.facts["fields"]["value"]
        form.add_error("phone", _(why))
        return _abroad_page(request, form, place, kept)
    except IntegrityError:
        return _again(request, kept, at)
    return _signed_in(request, worker, at)


def _written_abroad(form: Abroad, worker_id: UUID, place: str, at: datetime) -> Worker:
    given = form.cleaned_data
    day = timezone.localdate(at)
    actor = acting_worker(worker_id, given["name"])
    with acting_as(actor):
        worker = operations.enrol_abroad(
            actor,
            worker_id=worker_id,
            name=given["name"],
            works_in=place,
            reach=given["reach"],
            language=get_language() or settings.LANGUAGE_CODE,
            on=day,
            is_demo=settings.DEMO,
        )
        if given["phone"].strip():
            operations.add_identifier(
                actor, worker_id, kind=identifiers.Kind.PHONE, value=given["phone"], on=day
            )
    return worker


def _abroad_page(request: HttpRequest, form: Abroad, place: str, kept: UUID | None) -> HttpResponse:
    key = signing.dumps(str(kept or new_id()), salt=_SALT)
    context = {"form": form, "key": key, "country": country_name(place)}
    return render(request, "saya/enrol_abroad.html", context)


def _slowed(request: HttpRequest) -> datetime:
    """The instant, once the tries from this address are counted.

    Raises:
        TooManyTries: as ``access.limits`` says.
    """
    at = now()
    limit = rules(at.date()).limits["enrol"]
    address = get_adapter().get_client_ip(request)
    limits.spend("enrol", address, most=limit.most, minutes=limit.minutes, now=at)
    return at


def _enrol(request: HttpRequest, form: Enrolment, worker_id: UUID) -> HttpResponse:
    at = _slowed(request)
    try:
        worker = _written(form, worker_id, at)
    except Incomplete as refusal:
        told = refusal.facts["fields"]["value"]
        form.add_error("phone", _(told))
        return _page(request, form, worker_id)
    except IntegrityError:
        return _again(request, worker_id, at)
    return _signed_in(request, worker, at)


def _written(form: Enrolment, worker_id: UUID, at: datetime) -> Worker:
    """The person in the register, with the number they can be called on."""
    given = form.cleaned_data
    day = timezone.localdate(at)
    actor = acting_worker(worker_id, given["call_name"] or given["full_name"])
    phone = given["phone"].strip()
    numbers = {identifiers.Kind.PHONE: _with_country(phone, at)} if phone else {}
    with acting_as(actor):
        return operations.enrol(
            actor,
            worker_id=worker_id,
            full_name=given["full_name"],
            call_name=given["call_name"],
            sex=given["sex"],
            birth_date=given["birth_date"],
            region=given.get("region", ""),
            language=get_language() or settings.LANGUAGE_CODE,
            on=day,
            channel="phone",
            is_demo=settings.DEMO,
            numbers=numbers,
        )


def _again(request: HttpRequest, worker_id: UUID, at: datetime) -> HttpResponse:
    """The form came a second time: the same tap leads on, a late one to signing in."""
    with acting_as(acting_worker(worker_id, "")):
        worker = Worker.objects.filter(id=worker_id).first()
    if worker is not None and at - worker.created_at < _SAME_TAP:
        return _signed_in(request, worker, at)
    return HttpResponseRedirect("/saya/masuk/")


def _signed_in(request: HttpRequest, worker: Worker, at: datetime) -> HttpResponse:
    days = rules(at.date()).session_days
    begin_on_phone(request.session, worker=worker.id, name=worker.shown_name, days=days, now=at)
    rotate_token(request)
    return HttpResponseRedirect(reverse("my_home"))


def _page(request: HttpRequest, form: Enrolment, kept: UUID | None = None) -> HttpResponse:
    key = signing.dumps(str(kept or new_id()), salt=_SALT)
    return render(request, "saya/enrol.html", {"form": form, "key": key})


def _id_in(request: HttpRequest) -> UUID | None:
    """The id this form was made for, unless it was made up or is too old."""
    try:
        kept = signing.loads(request.POST.get("kunci", ""), salt=_SALT, max_age=_FORM_GOOD_FOR)
    except signing.BadSignature:
        return None
    return UUID(kept)


def _with_country(text: str, at: datetime) -> str:
    """The number with its country code, where it was typed as at home: ``0812…``."""
    digits = text.strip()
    if digits.startswith("0") and not digits.startswith("00"):
        return f"+{rules(at.date()).home_calling_code}{digits[1:]}"
    return digits
