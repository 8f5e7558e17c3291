"""Two versions of a contract side by side."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from lindung.access.doors import actor_of
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed
from lindung.placement import queries
from lindung.placement.contract_forms import form as contract_form
from lindung.placement.labels import CONTRACT_STATES
from lindung.placement.lifecycles import ContractState
from lindung.placement.models import Contract
from lindung.placement.web import show
from lindung.regulations.sentences import language, shown_day


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the paper in both versions; empty where a version says nothing."""

    title: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two say something else."""
        return self.left != self.right


@require_GET
def versions(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """All versions of a contract, and what differs between the two that were chosen."""
    actor = actor_of(request)
    if not actor.may(Right.PLACEMENT_READ):
        raise NotAllowed(right=str(Right.PLACEMENT_READ))
    found = queries.contract(contract_id)
    look(actor, found, worker=found.worker_id, purpose=gettext_noop("riwayat kontrak"))
    chain = queries.versions_of(found)
    right = _chosen(request, "kanan", chain, chain[-1])
    left = _chosen(request, "kiri", chain, chain[max(0, chain.index(right) - 1)])
    pairs = _pairs(left, right)
    context = {
        "contract": found,
        "chain": [(each, CONTRACT_STATES[ContractState(each.state)]) for each in chain],
        "left": left,
        "right": right,
        "different": [each for each in pairs if each.differs],
        "same": [each for each in pairs if not each.differs],
        "columns": [
            _("Isi"),
            _("Versi %(n)s") % {"n": left.version_no},
            _("Versi %(n)s") % {"n": right.version_no},
        ],
    }
    return render(request, "placement/versions.html", context)


def _chosen(request: HttpRequest, name: str, chain: list[Contract], else_: Contract) -> Contract:
    """The version whose number was asked for."""
    asked = request.GET.get(name, "")
    return next((each for each in chain if str(each.version_no) == asked), else_)


def _pairs(left: Contract, right: Contract) -> list[Pair]:
    """Every line that one of them has, in the order of the paper, then the days of the paper."""
    lines: dict[str, list[str]] = {}
    for place, version in enumerate((left, right)):
        paper = contract_form(version.form)
        for each in paper.fields():
            if words := show.shown(paper, each, version.fields):
                lines.setdefault(each.title[language()], ["", ""])[place] = words
        for title, day in (
            (_("Tanggal tanda tangan"), version.paper_signed_on),
            (_("Hari pertama kerja"), version.paper_starts_on),
            (_("Berlaku mulai"), version.applies_from),
        ):
            if day is not None:
                lines.setdefault(title, ["", ""])[place] = shown_day(day)
    return [Pair(title, *words) for title, words in lines.items()]
