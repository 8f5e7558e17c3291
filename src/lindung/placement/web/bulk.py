"""The queue of contracts, and approving many of them: tick, look through, confirm, receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, refused, ticked, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.placement import operations, queries
from lindung.placement.operations.bulk import Looked
from lindung.placement.web import show
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

PAGE = 50


@require_GET
def contracts(request: HttpRequest) -> HttpResponse:
    """Contracts that wait for a check, the most urgent first."""
    actor = actor_of(request)
    if not actor.may(Right.PLACEMENT_READ):
        raise NotAllowed
    waiting = list(queries.awaiting_verification(actor)[:PAGE])
    may = actor.may(Right.CONTRACT_CHECK)
    context = {
        "rows": [(each, show.days_left(each.answer_by, today())) for each in waiting],
        "columns": [
            *([_("Pilih")] if may else []),
            _("Kontrak"),
            _("Pekerja"),
            _("Diterima"),
            _("Jawab sebelum"),
        ],
        "may_check": may,
        "may_see_impact": actor.may(Right.IMPACT_READ),
    }
    return render(request, "placement/contracts.html", context)


@require_POST
def look_through(request: HttpRequest) -> HttpResponse:
    """What the rules say of the ticked contracts, before anything is decided."""
    actor = actor_of(request)
    try:
        looked = operations.look_through(actor, ticked(request, "contract"), on=today())
    except Refusal as refusal:
        return refused(request, refusal, "/kontrak/")
    for each in looked:
        look(
            actor,
            each.contract,
            worker=each.contract.worker_id,
            purpose=gettext_noop("pemeriksaan kontrak"),
        )
    context = {
        "rows": [(each, _counts(each), _reasons(each)) for each in looked],
        "columns": [_("Kontrak"), _("Pekerja"), _("Hasil"), _("Yang menghalangi")],
        "ready": [each for each in looked if each.approvable],
        "others": sum(not each.approvable for each in looked),
    }
    return render(request, "placement/bulk_preview.html", context)


@require_POST
def verify_many(request: HttpRequest) -> HttpResponse:
    """Approve the contracts of the preview that meet everything; the receipt names each."""
    try:
        receipt = operations.verify_many(actor_of(request), ticked(request, "contract"), on=today())
    except Refusal as refusal:
        return refused(request, refusal, "/kontrak/")
    context = {
        "receipt": receipt,
        "columns": [_("Kontrak"), _("Pekerja"), _("Hasil")],
    }
    return render(request, "placement/bulk_receipt.html", context)


def _counts(looked: Looked) -> dict[str, int]:
    if looked.check is None:
        return {}
    return {
        "meets": len(looked.check.having(MEETS)),
        "breaks": len(looked.check.having(BREAKS)),
        "open": len(looked.check.having(NEEDS_CHECK)),
    }


def _reasons(looked: Looked) -> list[str]:
    """The rules that stand in the way, breaches first."""
    if looked.check is None:
        return []
    blocking = (*looked.check.having(BREAKS), *looked.check.having(NEEDS_CHECK))
    return [pick(each.title) for each in blocking]
