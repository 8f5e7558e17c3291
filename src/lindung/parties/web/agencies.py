"""Pages of agencies: anyone's look-up, the list, one agency and the decisions on its licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.parties import operations, queries
from lindung.parties.labels import LICENCE_STATES, NOTHING_FOUND
from lindung.parties.models import Premises
from lindung.parties.web.forms import Deciding, Found, Granting
from lindung.parties.web.parts import need, page_key, paged, searched, tabs
from lindung.registry.lifecycles import LICENCE, LicenceState
from lindung.registry.models import Agency
from lindung.regulations.sentences import pick, reason_sentence, shown_value
from lindung.regulations.verdicts import Outcome

_DECISIONS = {
    "warn": operations.warn_agency,
    "suspend": operations.suspend_agency,
    "reinstate": operations.reinstate_agency,
    "revoke": operations.revoke_licence,
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as the page shows it."""

    outcome: Outcome
    title: str
    found: str
    required: str
    source: str
    href: str
    since: date | None
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether an agency's licence is valid: yes, no, or could not tell. Open to anyone."""
    text = request.POST.get("q", "").strip()[:160]
    answer = queries.look_up(text, on=today()) if text else None
    held = answer.licence if answer else None
    return render(
        request,
        "parties/check.html",
        {
            "text": text,
            "answer": answer,
            "licence": held,
            "why": _(held.obstacle.title) if held and held.obstacle else "",
            "warned": held is not None and held.state is LicenceState.WARNED,
            "problems": queries.published_against(held.agency.id, on=today()) if held else [],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def agencies(request: HttpRequest) -> HttpResponse:
    """All agencies by name, or those that begin with what was typed."""
    need(request)
    text = searched(request)
    found, following = paged(
        queries.agencies(text=text, after=page_key(request)), searching=bool(text)
    )
    return render(
        request,
        "parties/agencies.html",
        {
            "tabs": tabs("agencies", actor_of(request)),
            "text": text,
            "rows": [(each, _licence(each)) for each in found],
            "columns": [_("P3MI"), _("Nomor izin"), _("Kantor"), _("Izin"), _("Berlaku sampai")],
            "next": following,
            "may_grant": actor_of(request).may(Right.LICENCE_DECIDE),
        },
    )


@require_GET
def agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """One agency: its licence, what each rule says, its history and what is known against it."""
    need(request)
    return _page(request, queries.agency(agency_id))


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Register an agency with its first licence."""
    need(request, Right.LICENCE_DECIDE)
    form = Granting(request.POST or None)
    if request.method == "POST" and form.is_valid():
        names = ["number", "name", "region", "licence_number", "valid_from", "valid_to"]
        names += ["basis", "reason"]
        try:
            made = operations.grant_licence(
                actor_of(request),
                means=form.means(),
                on=today(),
                **{name: form.cleaned_data[name] for name in names},
            )
        except Incomplete as refusal:
            told(form, refusal)
        except operations.LicenceBreaks as refusal:
            titles = "; ".join(each["title"] for each in refusal.facts["requirements"])
            form.add_error(None, f"{_(refusal.title)} {titles}. {_(refusal.advice)}")
        else:
            return done(request, _("Izin diterbitkan."), reverse("agency", args=[made.id]))
    return render(request, "parties/grant.html", {"form": form})


@require_POST
def decide(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Warn, suspend, reinstate, revoke or extend."""
    need(request, Right.LICENCE_DECIDE)
    found = queries.agency(agency_id)
    form = Deciding(request.POST)
    if not form.is_valid():
        return _page(request, found, deciding=form)
    given, to = form.cleaned_data, reverse("agency", args=[agency_id])
    words = {name: given[name] for name in ("basis", "reason", "letter")}
    try:
        if given["act"] == "extend":
            operations.extend_licence(
                actor_of(request),
                agency_id,
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
                on=today(),
                **words,
            )
        else:
            _DECISIONS[given["act"]](actor_of(request), agency_id, on=today(), **words)
    except Incomplete as refusal:
        told(form, refusal)
        return _page(request, found, deciding=form)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Keputusan dicatat."), to)


@require_POST
def means(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Record capital, deposit and premises as found today."""
    need(request, Right.LICENCE_DECIDE)
    found = queries.agency(agency_id)
    form = Found(request.POST)
    if form.is_valid():
        try:
            operations.record_means(actor_of(request), agency_id, means=form.means(), on=today())
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Bukti dicatat."), reverse("agency", args=[agency_id]))
    return _page(request, found, found_form=form)


def _page(request: HttpRequest, found: Agency, **bound: forms.Form) -> HttpResponse:
    actor, standing = actor_of(request), queries.standing(found, on=today())
    held = standing.licence
    context: dict[str, Any] = {
        "agency": found,
        "licence": held,
        "means": standing.means,
        "state": LICENCE_STATES[held.state],
        "why": _(held.obstacle.title) if held.obstacle else "",
        "rules": [_row(each) for each in standing.rules],
        "acts": queries.acts_of(found.id),
        "act_columns": [_("Tanggal"), _("Keputusan"), _("Dasar dan alasan")],
        "problems": queries.published_against(found.id, on=today()),
        "deciding": bound.get("deciding") or Deciding(),
        "found_form": bound.get("found_form") or Found(),
        "errors_of": next((form for form in bound.values() if form.errors), None),
        "may_decide": actor.may(Right.LICENCE_DECIDE)
        and not LICENCE.is_final(LicenceState(found.licence_state)),
        "may_report": actor.may(Right.PROBLEM_REPORT),
    }
    return render(request, "parties/agency.html", context)


def _row(each: queries.RuleOutcome) -> RuleRow:
    said = each.law
    if each.found is None:
        found, why = "", str(NOTHING_FOUND)
    else:
        found = (
            str(Premises(each.found).label)
            if isinstance(each.found, str)
            else shown_value(str(each.found), said.unit)
        )
        why = reason_sentence(each.reason) if each.reason else ""
    known = said.last_known
    return RuleRow(
        outcome=each.outcome,
        title=pick(said.title),
        found=found,
        required=shown_value(known, said.unit) if known is not None else "",
        source="; ".join(f"{basis.law} {basis.article}" for basis in said.legal_basis),
        href=reverse("regulations:rule", args=[said.id]),
        since=said.since,
        why=why,
    )


def _licence(found: Agency) -> tuple[str, str]:
    """State as the list shows it, and its tone; the last day counts before the state."""
    state = LicenceState(found.licence_state)
    if found.licensed_to < today() and state is not LicenceState.REVOKED:
        state = LicenceState.EXPIRED
    tones = {LicenceState.VALID: "daun", LicenceState.WARNED: "kunyit"}
    return str(LICENCE_STATES[state]), tones.get(state, "merah")
