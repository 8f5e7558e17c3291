"""Pages that show the chain: what waits, each paper, and the chain it is part of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, today
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed
from lindung.recruitment import queries, vocabulary
from lindung.recruitment.labels import (
    HOLDERS,
    OVERRIDE_STATES,
    PAPER_STATES,
    PAPER_TONES,
    PER,
    PERMIT_STATES,
    PERMIT_TONES,
    STEPS,
    WAITING,
)
from lindung.recruitment.lifecycles import (
    PAPER,
    PERMIT,
    OverrideState,
    PaperState,
    PermitState,
)
from lindung.recruitment.models import Agreement, JobOrder, RecruitmentPermit
from lindung.recruitment.web.forms import Asking, Issuing, Reasoned
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick

PAGE = 50
PAGES = {"agreement": "agreement", "order": "job_order"}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain as drawn.

    Attributes:
        when: ``past``, ``now`` or ``future``.
        who: who has it now; empty where nobody must act.
        days: whole days it has been so; None where it is settled.
    """

    title: str
    strong: str
    state: str
    tone: str
    when: str
    href: str = ""
    who: str = ""
    days: int | None = None


@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """What waits for this actor, and the papers, by kind."""
    actor = actor_of(request)
    need(actor, Right.PAPER_READ)
    tab = request.GET.get("lihat", "")
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [
            {
                "href": f"?lihat={key}" if key else reverse("chain"),
                "label": label,
                "current": key == tab,
            }
            for key, label in (
                ("", _("Menunggu saya")),
                ("perjanjian", _("Perjanjian kerja sama")),
                ("permintaan", _("Permintaan pekerja")),
                ("izin", _("Izin perekrutan")),
            )
        ],
        "may_submit": actor.may(Right.PAPER_SUBMIT),
    }
    match tab:
        case "perjanjian":
            context["rows"] = [
                (
                    each,
                    PAPER_STATES[PaperState(each.state)],
                    PAPER_TONES.get(PaperState(each.state), "abu"),
                )
                for each in queries.agreements()[:PAGE]
            ]
            context["columns"] = [
                _("Nomor"),
                _("Mitra usaha"),
                _("Tempat"),
                _("Berlaku"),
                _("Keadaan"),
            ]
        case "permintaan":
            context["rows"] = [
                (
                    each,
                    PAPER_STATES[PaperState(each.state)],
                    PAPER_TONES.get(PaperState(each.state), "abu"),
                )
                for each in queries.orders()[:PAGE]
            ]
            context["columns"] = [
                _("Nomor"), _("Pemberi kerja"), _("Terisi"), _("Berlaku sampai"), _("Keadaan"),
            ]  # fmt: skip
        case "izin":
            context["rows"] = [
                (
                    each,
                    PERMIT_STATES[PermitState(each.state)],
                    PERMIT_TONES.get(PermitState(each.state), "abu"),
                    days_left(each.due_at) if each.state == PermitState.REQUESTED else None,
                )
                for each in queries.permits()[:PAGE]
            ]
            context["columns"] = [
                _("Nomor"), _("Permintaan"), _("Berlaku"), _("Keadaan"), _("Batas"),
            ]  # fmt: skip
        case _:
            context["tab"] = ""
            context["rows"] = [
                (each, WAITING[each.kind, each.step], reverse(PAGES[each.page], args=[each.id]),
                 days_left(each.due_at))
                for each in queries.waiting(actor, most=PAGE)
            ]  # fmt: skip
            context["may_endorse"] = actor.may(Right.PAPER_ENDORSE)
            context["columns"] = [
                *([_("Pilih")] if actor.may(Right.PAPER_ENDORSE) else []),
                _("Batas"), _("Apa"), _("Siapa"), _("Nomor"),
            ]  # fmt: skip
    return render(request, "recruitment/chain.html", context)


@require_GET
def agreement(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One agreement, its chain, what the checks say, and the steps open now."""
    return page(request, Agreement.kind, paper_id)


@require_GET
def order(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One job order, its chain from partner to contract, its places, and the steps open now."""
    return page(request, JobOrder.kind, paper_id)


def page(
    request: HttpRequest,
    kind: str,
    paper_id: UUID,
    *,
    wrong: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    """The page of a paper; ``wrong`` are forms that were refused, with what was typed."""
    actor = actor_of(request)
    need(actor, Right.PAPER_READ)
    paper = queries.paper(kind, paper_id)
    state = PaperState(paper.state)
    wrong = wrong or {}
    live = state in {*queries.UNDER_WAY, PaperState.RETURNED, PaperState.ENDORSED}
    checks = queries.checks(actor, paper, on=today()) if live else []
    context: dict[str, Any] = {
        "paper": paper,
        "kind": kind,
        "state": PAPER_STATES[state],
        "tone": PAPER_TONES.get(state, "abu"),
        "reason": vocabulary.reason_words(paper.reason_code) if paper.reason_code else "",
        "holder": HOLDERS.get(queries.holder(paper), ""),
        "days_open": days_since(paper.since),
        "days": days_left(paper.due_at) if paper.due_at else None,
        "checks": checks,
        "signatures": [
            (
                each,
                STEPS[each.step],
                vocabulary.reason_words(each.reason_code) if each.reason_code else "",
            )
            for each in queries.signatures(paper.id)
        ],
        "overrides": [
            (each, OVERRIDE_STATES[OverrideState(each.state)], _title(kind, each.check_id))
            for each in queries.overrides(actor, paper.id)
        ],
        "may": _may(actor, paper, checks),
        "returning": wrong.get("return") or Reasoned("return"),
        "refusing": wrong.get("refuse") or Reasoned("refuse"),
        "ending": wrong.get("end") or Reasoned("end"),
        "asking": wrong.get("ask")
        or Asking([(each.id, each.title) for each in checks if each.waivable and not each.passes]),
        "errors_of": next(iter(wrong.values()), None),
    }
    if isinstance(paper, JobOrder):
        context |= _order_context(actor, paper, wrong)
    else:
        context["orders"] = [
            (each, PAPER_STATES[PaperState(each.state)])
            for each in queries.orders_under(paper.id)[:PAGE]
        ]
        context["links"] = [_partner(paper), _paper_link(paper, now_=True)]
        context["columns"] = [_("Nomor"), _("Pemberi kerja"), _("Terisi"), _("Keadaan")]
    template = "recruitment/order.html" if kind == JobOrder.kind else "recruitment/agreement.html"
    return render(request, template, context, status=422 if wrong else 200)


def need(actor: Actor, right: Right) -> None:
    """Close a page to duties without the right."""
    if not actor.may(right):
        raise NotAllowed(right=str(right))


def days_left(at: datetime) -> int:
    """Whole days until an instant, on the calendar of the origin; negative when past."""
    return (timezone.localtime(at).date() - today()).days


def days_since(at: datetime) -> int:
    """Whole days since an instant, on the calendar of the origin."""
    return (today() - timezone.localtime(at).date()).days


def _title(kind: str, check: str) -> str:
    words = vocabulary.checks(kind).get(check)
    return pick(words.title) if words else check


def _may(actor: Actor, paper: queries.Paper, checks: list[queries.Check]) -> dict[str, bool]:
    """Which buttons stand on the page: as the operations would answer."""
    open_ = {each.name for each in PAPER.open_steps(PaperState(paper.state))}
    ends = actor.may(Right.PAPER_SUBMIT) or actor.may(Right.PAPER_ENDORSE)
    return {
        "check": "check" in open_ and actor.may(Right.PAPER_CHECK),
        "endorse": "endorse" in open_
        and actor.may(Right.PAPER_ENDORSE)
        and paper.checked_by != actor.id,
        "other_eyes": "endorse" in open_
        and actor.may(Right.PAPER_ENDORSE)
        and paper.checked_by == actor.id,
        "return": "return for repair" in open_ and actor.may(Right.PAPER_CHECK),
        "refuse": "refuse" in open_ and actor.may(Right.PAPER_ENDORSE),
        "repair": "submit again" in open_ and actor.may(Right.PAPER_SUBMIT),
        "end": "end" in open_ and ends,
        "ask": actor.may(Right.OVERRIDE_ASK)
        and any(each.waivable and not each.passes and not each.wish for each in checks),
        "answer": actor.may(Right.OVERRIDE_GIVE),
        "order": paper.kind == Agreement.kind
        and paper.state == PaperState.ENDORSED
        and actor.may(Right.PAPER_SUBMIT),
    }


def _order_context(actor: Actor, paper: JobOrder, wrong: dict[str, forms.Form]) -> dict[str, Any]:
    permits = queries.permits_of(paper.id)
    latest = permits[0] if permits else None
    open_ = (
        {each.name for each in PERMIT.open_steps(PermitState(latest.state))} if latest else set()
    )
    decides = actor.may(Right.PERMIT_ISSUE)
    waiting = any(each.state in {PermitState.REQUESTED, PermitState.ISSUED} for each in permits)
    places = queries.places(paper.id)
    sectors = law().words.sectors
    return {
        "places": places,
        "free": paper.free,
        "sector": pick(sectors[paper.sector]) if paper.sector in sectors else paper.sector,
        "per": PER.get(paper.wage.get("per", ""), ""),
        "needed": [
            (words, paper.documents.get(code, ""))
            for code, words in vocabulary.documents().items()
        ],
        "permits": [
            (each, PERMIT_STATES[PermitState(each.state)],
             PERMIT_TONES.get(PermitState(each.state), "abu"),
             vocabulary.reason_words(each.reason_code) if each.reason_code else "")
            for each in permits
        ],
        "permit": latest,
        "may_ask_permit": actor.may(Right.PERMIT_ASK)
        and paper.state == PaperState.ENDORSED
        and not waiting,
        "may_issue": decides and "issue" in open_,
        "may_revoke": decides and "revoke" in open_,
        "length_known": queries.permit_length(today()).months is not None,
        "issuing": wrong.get("issue") or Issuing(last=paper.valid_to),
        "refusing_permit": wrong.get("refuse_permit") or Reasoned("refuse"),
        "revoking": wrong.get("revoke") or Reasoned("revoke"),
        "links": [
            _partner(paper.agreement),
            _paper_link(paper.agreement),
            _paper_link(paper, now_=True),
            _permit_link(latest, paper),
            _places_link(paper),
        ],
    }  # fmt: skip


def _partner(paper: Agreement) -> Link:
    return Link(_("Mitra usaha"), paper.partner.name, paper.partner.number, "abu", "past")


def _paper_link(paper: queries.Paper, *, now_: bool = False) -> Link:
    state = PaperState(paper.state)
    acting = queries.holder(paper)
    return Link(
        title=_("Permintaan pekerja")
        if paper.kind == JobOrder.kind
        else _("Perjanjian kerja sama"),
        strong=paper.number,
        state=str(PAPER_STATES[state]),
        tone=PAPER_TONES.get(state, "abu"),
        when="now" if now_ and state != PaperState.ENDORSED else "past",
        href="" if now_ else reverse(PAGES[paper.kind], args=[paper.id]),
        who=str(HOLDERS.get(acting, "")),
        days=days_since(paper.since) if acting else None,
    )


def _permit_link(permit: RecruitmentPermit | None, paper: JobOrder) -> Link:
    title = _("Izin perekrutan")
    if permit is None:
        ready = paper.state == PaperState.ENDORSED
        return Link(
            title, _("Belum diminta"), "", "abu", "now" if ready else "future",
            who=str(HOLDERS["agency"]) if ready else "",
            days=days_since(paper.since) if ready else None,
        )  # fmt: skip
    state = PermitState(permit.state)
    asked = state == PermitState.REQUESTED
    return Link(
        title, permit.number, str(PERMIT_STATES[state]), PERMIT_TONES.get(state, "abu"),
        "now" if asked else "past",
        who=str(HOLDERS["ministry"]) if asked else "",
        days=days_since(permit.requested_at) if asked else None,
    )  # fmt: skip


def _places_link(paper: JobOrder) -> Link:
    strong = _("%(taken)s dari %(quota)s terisi") % {"taken": paper.taken, "quota": paper.quota}
    full = paper.free == 0
    return Link(
        _("Tempat"), strong, "", "daun" if full else "abu",
        "past" if full else "now" if paper.taken else "future",
    )  # fmt: skip
