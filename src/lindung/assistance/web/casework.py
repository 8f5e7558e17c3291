"""The page of all help on a case, and the forms of claims, referrals, shelter and interpreters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, need, now, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.assistance import labels, operations, queries
from lindung.assistance.lifecycles import (
    CLAIM,
    AppointmentState,
    ClaimState,
    LetterState,
    ReferralState,
)
from lindung.assistance.shared_fields import FIELDS
from lindung.assistance.web import forms
from lindung.assistance.web.acts import form_page
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.protection import queries as protection


@require_GET
def case_help(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """All help on one case."""
    need(request, Right.HELP_READ)
    actor, case = actor_of(request), protection.case(case_id)
    look(actor, case, worker=case.worker_id, purpose=case.number)
    found = queries.help_on(case_id)
    context = {
        "case": case,
        "letters": [
            (each, labels.LETTER_STATES[LetterState(each.state)]) for each in found.letters
        ],
        "claims": [(row, labels.CLAIM_STATES[ClaimState(row.claim.state)]) for row in found.claims],
        "referrals": [
            (each, labels.REFERRAL_STATES[ReferralState(each.state)], _told(each.shared))
            for each in found.referrals
        ],
        "stays": found.stays,
        "appointments": [
            (each, labels.APPOINTMENT_STATES[AppointmentState(each.state)])
            for each in found.appointments
        ],
        "may": {
            "write": actor.may(Right.LETTER_WRITE) and case.closed_at is None,
            "claim": actor.may(Right.CLAIM_WORK) and case.closed_at is None,
            "refer": actor.may(Right.REFERRAL_MAKE) and case.closed_at is None,
            "shelter": actor.may(Right.SHELTER_KEEP) and case.closed_at is None,
            "call": actor.may(Right.INTERPRETER_CALL) and case.closed_at is None,
        },
    }
    return render(request, "assistance/help.html", context)


def reckon(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write down what is owed."""
    need(request, Right.CLAIM_WORK)
    return form_page(
        request,
        forms.ClaimForm(request.POST or None),
        lambda given: operations.reckon_claim(actor_of(request), case_id, at=now(), **given),
        heading=_("Tuntutan baru"),
        said=_("Tuntutan dicatat."),
        back=_help(case_id),
        case=protection.case(case_id),
        hint=_("Pekerja membaca tuntutan ini dan melihat jalannya."),
    )


def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Take a claim a step on."""
    need(request, Right.CLAIM_WORK)
    found = queries.claim(claim_id)
    form = forms.ClaimStep(request.POST or None, initial={"on": today(), "version": found.version})
    form.fields["step"].choices = [  # type: ignore[attr-defined]
        (each.name, labels.CLAIM_STEPS[each.name])
        for each in CLAIM.open_steps(ClaimState(found.state))
        if each.name in labels.CLAIM_STEPS
    ]
    return form_page(
        request,
        form,
        lambda given: operations.move_claim(actor_of(request), claim_id, **given),
        heading=_("Langkah tuntutan"),
        said=_("Tuntutan diperbarui."),
        back=_help(found.case_id),
        case=found.case,
    )


def payment(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Record money that is said to have come in."""
    need(request, Right.CLAIM_WORK)
    found = queries.claim(claim_id)
    return form_page(
        request,
        forms.PaymentForm(request.POST or None, initial={"paid_on": today()}),
        lambda given: operations.record_payment(actor_of(request), claim_id, at=now(), **given),
        heading=_("Uang masuk"),
        said=_("Dicatat. Pekerja ditanya apakah uangnya benar diterima."),
        back=_help(found.case_id),
        case=found.case,
    )


@require_POST
def settle(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Close a claim that was paid in full."""
    need(request, Right.CLAIM_WORK)
    to = _help(queries.claim(claim_id).case_id)
    try:
        operations.settle_claim(actor_of(request), claim_id)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Tuntutan lunas."), to)


def refer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand the person on; the link is shown once and kept nowhere."""
    need(request, Right.REFERRAL_MAKE)
    actor, case = actor_of(request), protection.case(case_id)
    form = forms.Referring(request.POST or None)
    form.fields["service_id"].queryset = queries.services(actor)  # type: ignore[attr-defined]
    form.fields["service_id"].label_from_instance = lambda each: (  # type: ignore[attr-defined]
        f"{each.get_kind_display()}: {each.name}"
    )
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        given["service_id"] = given["service_id"].id
        given["fields"] = given.pop("fields_shared")
        try:
            referral, token = operations.refer(actor, case_id, at=now(), **given)
        except Incomplete as refusal:
            told(form, refusal, otherwise="fields_shared")
        else:
            link = settings.PUBLIC_URL + reverse("referral_link", args=[token])
            context = {"referral": referral, "case": case, "link": link}
            return render(request, "assistance/referred.html", context)
    context = {
        "form": form,
        "heading": _("Rujuk ke layanan"),
        "back": _help(case_id),
        "case": case,
        "hint": _(
            "Layanan membaca hanya yang dicentang, sampai hari yang dipilih. Pekerja melihatnya."
        ),
    }
    return render(request, "assistance/form.html", context, status=422 if form.errors else 200)


@require_POST
def end_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """End a referral at once."""
    need(request, Right.REFERRAL_MAKE)
    try:
        ended = operations.end_referral(actor_of(request), referral_id)
    except Refusal as refusal:
        return refused(request, refusal, reverse("cases"))
    return done(request, _("Rujukan dihentikan; tautannya tertutup."), _help(ended.case_id))


def take_in(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the person into a shelter."""
    need(request, Right.SHELTER_KEEP)
    form = forms.TakingIn(request.POST or None, initial={"on": today()})
    form.fields["shelter_id"].choices = [  # type: ignore[attr-defined]
        (
            each.id,
            _("%(name)s, %(takes)s, kosong %(free)s")
            % {"name": each.name, "takes": each.get_takes_display(), "free": each.beds - taken},
        )
        for each, taken in queries.shelters(actor_of(request))
    ]
    return form_page(
        request,
        form,
        lambda given: operations.take_in(
            actor_of(request), case_id, **(given | {"shelter_id": UUID(given["shelter_id"])})
        ),
        heading=_("Masuk rumah aman"),
        said=_("Dicatat masuk rumah aman."),
        back=_help(case_id),
        case=protection.case(case_id),
    )


def call(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Call an interpreter."""
    need(request, Right.INTERPRETER_CALL)
    form = forms.Calling(request.POST or None)
    form.fields["interpreter_id"].queryset = queries.interpreters(actor_of(request))  # type: ignore[attr-defined]
    form.fields["interpreter_id"].label_from_instance = lambda each: (  # type: ignore[attr-defined]
        f"{each.name} ({', '.join(each.languages)})"
    )
    return form_page(
        request,
        form,
        lambda given: operations.call_interpreter(
            actor_of(request), case_id, **(given | {"interpreter_id": given["interpreter_id"].id})
        ),
        heading=_("Panggil juru bahasa"),
        said=_("Janji dengan juru bahasa dicatat."),
        back=_help(case_id),
        case=protection.case(case_id),
    )


@require_POST
def close_appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """An appointment was held, or is cancelled."""
    need(request, Right.INTERPRETER_CALL)
    step, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    try:
        closed = operations.close_appointment(
            actor_of(request), appointment_id, step=step, reason=reason
        )
    except Refusal as refusal:
        return refused(request, refusal, reverse("interpreters"))
    return done(request, _("Janji diperbarui."), _help(closed.case_id))


def _help(case_id: UUID) -> str:
    return reverse("case_help", args=[case_id])


def _told(shared: dict[str, str]) -> str:
    """The labels of what was shared; the values are for the service and the worker."""
    return ", ".join(str(FIELDS[name]) for name in FIELDS if name in shared)
