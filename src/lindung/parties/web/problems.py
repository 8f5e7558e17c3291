"""Pages of the problem list: what is published, files in scope, and their steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.doors import actor_of, done, refused, today, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal
from lindung.parties import operations, queries
from lindung.parties.labels import PROBLEM_STATES
from lindung.parties.lifecycles import PROBLEM, ProblemState
from lindung.parties.models import PartyKind, ProblemEntry, ProblemKind, Weight
from lindung.parties.web.forms import Ending, Hearing, Overriding, Publishing, Reporting
from lindung.parties.web.parts import need, tabs


@require_GET
def problems(request: HttpRequest) -> HttpResponse:
    """What is published today; below it the files that are this office's."""
    need(request)
    actor = actor_of(request)
    files = queries.entries(actor)[: queries.PAGE] if actor.may(Right.PROBLEM_REPORT) else []
    return render(
        request,
        "parties/problems.html",
        {
            "tabs": tabs("problems", actor),
            "published": queries.published(on=today())[: queries.PAGE],
            "published_columns": [_("Pihak"), _("Nomor"), _("Masalah"), _("Akibat"), _("Berlaku")],
            "files": [
                (each, queries.party_of(each).name, PROBLEM_STATES[ProblemState(each.state)])
                for each in files
            ],
            "file_columns": [_("Nomor"), _("Pihak"), _("Masalah"), _("Keadaan")],
            "may_report": actor.may(Right.PROBLEM_REPORT),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Open a file against a party."""
    need(request, Right.PROBLEM_REPORT)
    form = Reporting(request.POST or None, initial={"reported_by": actor_of(request).office})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        party = PartyKind(given["party"])
        try:
            made = operations.report_problem(
                actor_of(request),
                party=party,
                subject=queries.party_id(party, given["number"]),
                kind=ProblemKind(given["kind"]),
                weight=Weight(given["weight"]),
                evidence=given["evidence"],
                basis=given["basis"],
                reported_by=given["reported_by"],
                on=today(),
            )
        except Incomplete as refusal:
            told(form, refusal)
        except NotFound:
            form.add_error("number", _("Nomor ini tidak ditemukan di wilayah tugas Anda."))
        else:
            return done(request, _("Catatan dibuka."), reverse("problem", args=[made.id]))
    return render(request, "parties/report.html", {"form": form})


@require_GET
def problem(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One file and the steps open now."""
    need(request, Right.PROBLEM_REPORT)
    return _page(request, queries.entry(entry_id))


@require_POST
def step(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Tell or hear the party, publish, lift, dismiss, or go on in spite of the entry."""
    need(request, Right.PROBLEM_REPORT)
    found = queries.entry(entry_id)
    actor, name, to = actor_of(request), request.POST.get("step", ""), ""
    to = reverse("problem", args=[entry_id])
    form = _FORMS[name](request.POST) if name in _FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, found, **{name: form})
    given: dict[str, Any] = form.cleaned_data if form is not None else {}
    try:
        if name == "tell":
            operations.tell_party(actor, entry_id, on=today())
        elif name == "hear":
            operations.hear_party(actor, entry_id, on=today(), **given)
        elif name == "publish":
            operations.publish_problem(actor, entry_id, on=today(), **given)
        elif name == "lift":
            operations.lift_problem(actor, entry_id, on=today(), **given)
        elif name == "dismiss":
            operations.dismiss_problem(actor, entry_id, on=today(), **given)
        elif name == "override":
            operations.override_problem(actor, entry_id, on=today(), **given)
        else:
            raise NotAllowed
    except Incomplete as refusal:
        if form is None:
            return refused(request, refusal, to)
        told(form, refusal)
        return _page(request, found, **{name: form})
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Langkah dicatat."), to)


_FORMS: dict[str, type[forms.Form]] = {
    "hear": Hearing,
    "publish": Publishing,
    "lift": Ending,
    "dismiss": Ending,
    "override": Overriding,
}


def _page(request: HttpRequest, found: ProblemEntry, **bound: forms.Form) -> HttpResponse:
    actor, state = actor_of(request), ProblemState(found.state)
    steps = {each.name for each in PROBLEM.open_steps(state)}
    may_publish = actor.may(Right.PROBLEM_PUBLISH)
    counts = state is ProblemState.PUBLISHED and (found.expires_on or today()) >= today()
    party = queries.party_of(found)
    known = operations.reply_until(found.told_on) if found.told_on else None
    return render(
        request,
        "parties/problem.html",
        {
            "entry": found,
            "party_name": party.name,
            "party_number": party.number,
            "state": PROBLEM_STATES[state],
            "reply_until": known,
            "hearing": queries.hearing_of(found.id),
            "overrides": queries.overrides_of(found.id),
            "form": {
                name: bound.get(name) or cls(auto_id=f"{name}_%s") for name, cls in _FORMS.items()
            },
            "errors_of": next((form for form in bound.values() if form.errors), None),
            "may": {
                "tell": "hear" in steps and found.told_on is None,
                "hear": "hear" in steps and found.told_on is not None,
                "publish": "publish" in steps and may_publish,
                "lift": "lift" in steps and may_publish,
                "dismiss": "dismiss" in steps,
                "override": counts and actor.may(Right.PROBLEM_OVERRIDE),
            },
        },
    )
