"""Pages of partners abroad, providers and new employers."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.conflict import Clash, amended
from lindung.access.doors import actor_of, done, today, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.parties import operations, queries
from lindung.parties.models import ProviderKind
from lindung.parties.web.forms import NewEmployer, Partner, Provider
from lindung.parties.web.parts import need, page_key, paged, searched, tabs

_OUTSIDE = gettext_noop("Negara atau daerah ini di luar wilayah tugas Anda.")


@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """Partners abroad by name, and registering another."""
    need(request)
    actor = actor_of(request)
    registering = request.method == "POST" and "q" not in request.POST
    form = Partner(request.POST if registering else None)
    if registering:
        need(request, Right.PARTNER_REGISTER)
        if form.is_valid():
            try:
                made = operations.register_partner(
                    actor, on=today(), is_demo=settings.DEMO, **form.cleaned_data
                )
            except Incomplete as refusal:
                told(form, refusal)
            except NotFound:
                form.add_error("country", _(_OUTSIDE))
            else:
                return done(request, _("Mitra didaftarkan."), reverse("partner", args=[made.id]))
    text = searched(request)
    found, following = paged(
        queries.partners(text=text, after=page_key(request)), searching=bool(text)
    )
    return render(
        request,
        "parties/partners.html",
        {
            "tabs": tabs("partners", actor),
            "text": text,
            "rows": found,
            "columns": [_("Mitra"), _("Nomor"), _("Negara"), _("Izin di negaranya")],
            "next": following,
            "form": form,
            "may_register": actor.may(Right.PARTNER_REGISTER),
            "may_employer": actor.may(Right.EMPLOYER_REGISTER),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """One partner abroad, and changing what is known of it."""
    need(request)
    found = queries.partner(partner_id)
    fields = Partner.base_fields.keys() - {"country"}
    known = {name: getattr(found, name) for name in fields}
    form = Partner(request.POST or None, initial=known, amending=True)
    differs: list[Clash] = []
    if request.method == "POST":
        actor = need(request, Right.PARTNER_REGISTER)
        answer = amended(
            request,
            form,
            lambda version: operations.amend_partner(
                actor, partner_id, version=version, changes=form.cleaned_data, on=today()
            ),
            known=known,
            said=_("Data mitra diperbarui."),
            to=reverse("partner", args=[partner_id]),
        )
        if isinstance(answer, HttpResponse):
            return answer
        differs = answer
    return render(
        request,
        "parties/partner.html",
        {
            "partner": found,
            "form": form,
            "clashes": differs,
            "problems": queries.published_against(found.id, on=today()),
            "over": found.licensed_to is not None and found.licensed_to < today(),
            "may_register": actor_of(request).may(Right.PARTNER_REGISTER),
        },
        status=409 if differs else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: HttpRequest) -> HttpResponse:
    """Providers by name, and registering another."""
    need(request)
    actor = actor_of(request)
    registering = request.method == "POST" and "q" not in request.POST
    form = Provider(request.POST if registering else None)
    if registering:
        need(request, Right.PROVIDER_REGISTER)
        if form.is_valid():
            values = form.cleaned_data | {"kind": ProviderKind(form.cleaned_data["kind"])}
            try:
                made = operations.register_provider(actor, on=today(), **values)
            except Incomplete as refusal:
                told(form, refusal)
            except NotFound:
                form.add_error("region", _(_OUTSIDE))
            else:
                return done(
                    request, _("Penyedia didaftarkan."), reverse("provider", args=[made.id])
                )
    text = searched(request)
    found, following = paged(
        queries.providers(text=text, after=page_key(request)), searching=bool(text)
    )
    return render(
        request,
        "parties/providers.html",
        {
            "tabs": tabs("providers", actor),
            "text": text,
            "rows": [(each, each.valid_from <= today() <= each.valid_to) for each in found],
            "columns": [_("Penyedia"), _("Layanan"), _("Daerah"), _("Akreditasi")],
            "next": following,
            "form": form,
            "may_register": actor.may(Right.PROVIDER_REGISTER),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """One provider, and changing what is known of it."""
    need(request)
    found = queries.provider(provider_id)
    fields = Provider.base_fields.keys() - {"kind"}
    known = {name: getattr(found, name) for name in fields}
    form = Provider(request.POST or None, initial=known, amending=True)
    differs: list[Clash] = []
    if request.method == "POST":
        actor = need(request, Right.PROVIDER_REGISTER)
        answer = amended(
            request,
            form,
            lambda version: operations.amend_provider(
                actor, provider_id, version=version, changes=form.cleaned_data
            ),
            known=known,
            said=_("Data penyedia diperbarui."),
            to=reverse("provider", args=[provider_id]),
        )
        if isinstance(answer, HttpResponse):
            return answer
        differs = answer
    return render(
        request,
        "parties/provider.html",
        {
            "provider": found,
            "form": form,
            "clashes": differs,
            "valid": found.valid_from <= today() <= found.valid_to,
            "problems": queries.published_against(found.id, on=today()),
            "may_register": actor_of(request).may(Right.PROVIDER_REGISTER),
        },
        status=409 if differs else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def employer(request: HttpRequest) -> HttpResponse:
    """Register an employer abroad."""
    need(request, Right.EMPLOYER_REGISTER)
    form: forms.Form = NewEmployer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.register_employer(actor_of(request), on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        except NotFound:
            form.add_error("country", _(_OUTSIDE))
        else:
            said = _("Pemberi kerja %(number)s didaftarkan.") % {"number": made.number}
            return done(request, said, reverse("partners"))
    return render(request, "parties/employer.html", {"form": form})
