"""Coming changes of the law, and the contracts that each of them flips."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, today
from lindung.access.journal import look
from lindung.access.models import Post
from lindung.access.replicas import may_be_old
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.placement import queries
from lindung.placement.impact import Change, Impact, coming, coming_of, flips, impact
from lindung.placement.models import Contract
from lindung.regulations.lawbook import parameter, value_on
from lindung.regulations.sentences import pick, shown_value

LISTED = 50


@may_be_old
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Changes that lie ahead in one's own countries; each count is fetched by itself."""
    actor = _may(request)
    rows = [(each, *_told(each)) for each in coming(today()) if _concerns(each, actor)]
    columns = [_("Peraturan"), _("Mulai"), _("Sekarang"), _("Nanti"), _("Kontrak yang berubah")]
    return render(request, "placement/changes.html", {"rows": rows, "columns": columns})


@may_be_old
@require_GET
def count(request: HttpRequest, rule: str, start: str) -> HttpResponse:
    """How many contracts one change flips, as the words of its cell."""
    _may(request)
    made = impact(_change(rule, start))
    return render(request, "placement/_impact_count.html", _counts(made))


@require_GET
def contracts(request: HttpRequest, rule: str, start: str) -> HttpResponse:
    """The contracts that one change flips, the new breaches first; each look is recorded."""
    actor = _may(request)
    change = _change(rule, start)
    made = impact(change)
    listed = list(flips(made, most=LISTED))
    kept = Contract.objects.select_related("worker").in_bulk([each.contract for each in listed])
    for contract in kept.values():
        look(
            actor,
            contract,
            worker=contract.worker_id,
            purpose=gettext_noop("dampak perubahan peraturan"),
        )
    now, later = _told(change)[:2]
    context = {
        "change": change,
        "title": pick(change.now.title),
        "now": now,
        "later": later,
        "rows": [(kept[each.contract], each) for each in listed],
        "columns": [_("Kontrak"), _("Pekerja"), _("Sekarang"), _("Nanti")],
        **_counts(made),
    }
    return render(request, "placement/change.html", context)


def _may(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may(Right.IMPACT_READ):
        raise NotAllowed(right=str(Right.IMPACT_READ))
    return actor


def _concerns(change: Change, actor: Actor) -> bool:
    """Whether a change is of the actor's own country of work, or of the origin."""
    if actor.kind is not Kind.POST:
        return True
    countries = Post.objects.filter(id__in=actor.posts).values_list("country", flat=True)
    return change.now.jurisdiction in {queries.origin(), *countries}


def _change(rule: str, start: str) -> Change:
    """The change an address names.

    Raises:
        NotFound: no such rule, or no change from that day.
    """
    try:
        day = date.fromisoformat(start)
    except ValueError:
        raise NotFound from None
    return coming_of(parameter(rule), today(), day)


def _told(change: Change) -> tuple[str, str, str]:
    """The value now, the value later, and the rule's title, in words."""
    said = value_on(change.now, change.before)
    unit = change.now.unit
    now = _("perlu dipastikan") if said.last_known is None else shown_value(said.last_known, unit)
    later = _("belum diketahui") if change.value is None else shown_value(change.value, unit)
    return now, later, pick(change.now.title)


def _counts(made: Impact) -> dict[str, int]:
    return {
        "breaks": made.becoming("breaks"),
        "meets": made.becoming("meets"),
        "needs_check": made.becoming("needs_check"),
        "contracts": made.contracts,
        "flipped": made.flipped,
    }
