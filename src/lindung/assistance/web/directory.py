"""Pages of a post's directory: shelters with their beds, interpreters, services."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, need, today
from lindung.access.rights import Right
from lindung.assistance import operations, queries
from lindung.assistance.web import forms
from lindung.assistance.web.acts import form_page


@require_GET
def shelters(request: HttpRequest) -> HttpResponse:
    """Shelters, their free beds, and who is there."""
    need(request, Right.SHELTER_KEEP)
    houses = queries.shelters(actor_of(request))
    context = {
        "houses": [(each, taken, each.beds - taken) for each, taken in houses],
        "staying": queries.staying([each.id for each, _taken in houses]),
        "columns": [_("Rumah aman"), _("Untuk"), _("Terpakai"), _("Kosong")],
        "people": [_("Siapa"), _("Rumah aman"), _("Sejak"), _("Tempat tidur"), _("Keluar")],
    }
    return render(request, "assistance/shelters.html", context)


def new_shelter(request: HttpRequest) -> HttpResponse:
    """Enter a shelter."""
    need(request, Right.SHELTER_KEEP)
    actor = actor_of(request)
    return form_page(
        request,
        forms.ShelterForm(request.POST or None),
        lambda given: operations.open_shelter(actor, post_id=_post(request), **given),
        heading=_("Rumah aman baru"),
        said=_("Rumah aman dicatat."),
        back=reverse("shelters"),
    )


def leave_shelter(request: HttpRequest, stay_id: UUID) -> HttpResponse:
    """Record that a person left."""
    need(request, Right.SHELTER_KEEP)
    queries.stay(stay_id)
    return form_page(
        request,
        forms.Leaving(request.POST or None, initial={"on": today()}),
        lambda given: operations.let_go(actor_of(request), stay_id, **given),
        heading=_("Keluar dari rumah aman"),
        said=_("Kepergian dicatat."),
        back=reverse("shelters"),
    )


@require_GET
def interpreters(request: HttpRequest) -> HttpResponse:
    """Interpreters and the services of the post."""
    need(request, Right.HELP_READ)
    actor = actor_of(request)
    found = queries.interpreters(actor) if actor.may(Right.INTERPRETER_CALL) else ()
    context = {
        "interpreters": found,
        "services": queries.services(actor),
        "columns": [_("Nama"), _("Bahasa"), _("Telepon"), _("Catatan")],
        "service_columns": [_("Layanan"), _("Jenis"), _("Telepon"), _("Diperiksa"), _("Sumber")],
        "may_enter": actor.kind is Kind.POST and actor.may(Right.INTERPRETER_CALL),
    }
    return render(request, "assistance/directory.html", context)


def new_interpreter(request: HttpRequest) -> HttpResponse:
    """Enter an interpreter."""
    need(request, Right.INTERPRETER_CALL)
    return form_page(
        request,
        forms.InterpreterForm(request.POST or None),
        lambda given: operations.enter_interpreter(
            actor_of(request), post_id=_post(request), **given
        ),
        heading=_("Juru bahasa baru"),
        said=_("Juru bahasa dicatat."),
        back=reverse("interpreters"),
    )


def new_service(request: HttpRequest) -> HttpResponse:
    """Enter a service."""
    need(request, Right.REFERRAL_MAKE)
    actor = actor_of(request)
    return form_page(
        request,
        forms.ServiceForm(request.POST or None),
        lambda given: operations.enter_service(
            actor, post_id=_post(request) if actor.kind is Kind.POST else None, on=today(), **given
        ),
        heading=_("Layanan baru"),
        said=_("Layanan dicatat."),
        back=reverse("interpreters"),
    )


def _post(request: HttpRequest) -> int:
    return next(iter(actor_of(request).posts), 0)
