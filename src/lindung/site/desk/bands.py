"""The three bands of a life-line: before, during, after, and which of them is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lindung.kernel.days import whole_months
from lindung.monitoring.queries import current_employment
from lindung.placement import queries as placements
from lindung.placement.contract_forms import form
from lindung.placement.labels import PLACEMENT_STATES
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, Placement
from lindung.placement.web.show import shown as shown_field
from lindung.reference.queries import country_name, region_name
from lindung.registry.models import Stage, Worker
from lindung.registry.queries import works_in
from lindung.reintegration.queries import last_plan, last_return


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its heading, when it is (past, now, future), a strong line and a small one."""

    title: str
    when: str
    strong: str
    small: str


def bands(
    worker: Worker, placement: Placement | None, *, on: date, whereabouts: bool = True
) -> tuple[Band, Band, Band]:
    """The bands of a person; ``placement`` is the latest one, if there is any.

    Args:
        whereabouts: whether the reader may learn where the person has gone since; a recruiter never.
    """
    order = [Stage.BEFORE, Stage.DURING, Stage.AFTER]
    now = order.index(Stage(worker.state.stage))
    when = ["past" if at < now else "now" if at == now else "future" for at in range(3)]
    return (
        _before(placement, when[0], on=on),
        _during(worker, placement, when[1], on=on, whereabouts=whereabouts),
        _after(worker, when[2], whereabouts=whereabouts),
    )


def _before(placement: Placement | None, when: str, *, on: date) -> Band:
    title = str(Stage.BEFORE.label)
    if placement is None:
        return Band(title, when, _("Belum ada penempatan"), _("Petugas penempatan membukanya"))
    small = f"{PLACEMENT_STATES[PlacementState(placement.state)]} · {placement.number}"
    if (way := placements.way_of(placement)) is None:
        return Band(title, when, _("Jalur ini belum diuraikan dalam data"), small)
    asked = sum(each.for_departure for each in way.requirements)
    if placement.cleared_on is not None:
        # The clearance itself proves that nothing was open that day.
        done = asked
    else:
        done = asked - len(placements.open_requirements(placement, on=on))
    strong = _("%(done)s dari %(asked)s syarat") % {"done": done, "asked": asked}
    return Band(title, when, strong, small)


def _during(
    worker: Worker, placement: Placement | None, when: str, *, on: date, whereabouts: bool
) -> Band:
    title = str(Stage.DURING.label)
    if placement is None and worker.state.stage == Stage.DURING:
        # Who entered herself is abroad without a placement that we know of.
        title = _("Selama — %(country)s") % {"country": country_name(works_in(worker))}
        return Band(
            title, when, _("Mendaftar sendiri"), _sureness(worker, on) if whereabouts else ""
        )
    if placement is None or placement.arrived_on is None:
        return Band(title, when, _("Belum berangkat"), "")
    contract = placements.current_contract(placement.id)
    # Farther east the day she arrived on may not have begun here.
    end = max(placement.ended_on or on, placement.arrived_on)
    month = whole_months(placement.arrived_on, end) + 1
    title = _("Selama — %(country)s, bulan ke-%(month)s") % {
        "country": country_name(placement.country),
        "month": month,
    }
    at_work = worker.state.stage == Stage.DURING
    employment = current_employment(worker.id) if at_work and whereabouts else None
    where = employment.employer_name if employment else placement.employer_name
    region = worker.state.dest_region if whereabouts else ""
    place = region_name(region) if region else ""
    sure = _sureness(worker, on) if at_work and whereabouts else ""
    return Band(title, when, _pay(contract), " · ".join(filter(None, (where, place, sure))))


def _sureness(worker: Worker, on: date) -> str:
    """How long ago somebody last said anything about this person."""
    if worker.state.confirmed_on is None:
        return _("belum pernah dipastikan")
    days = max((on - worker.state.confirmed_on).days, 0)
    if days == 0:
        return _("dipastikan hari ini")
    return ngettext("dipastikan %(n)s hari lalu", "dipastikan %(n)s hari lalu", days) % {"n": days}


def _after(worker: Worker, when: str, *, whereabouts: bool) -> Band:
    title = str(Stage.AFTER.label)
    if worker.state.stage != Stage.AFTER:
        return Band(title, when, _("Belum ada rencana pulang"), "")
    if not whereabouts:
        return Band(title, when, _("Sudah pulang"), "")
    returned, plan = last_return(worker.id), last_plan(worker.id)
    if returned is None:
        return Band(title, when, _("Belum ada rencana pulang"), "")
    strong = _("Pulang %(day)s") % {"day": f"{returned.on:%d-%m-%Y}"}
    return Band(title, when, strong, plan.next_step if plan else _("Belum ada rencana"))


def _pay(contract: Contract | None) -> str:
    if contract is None:
        return _("Kontrak belum dikenal")
    paper = form(contract.form)
    pay = next((each for each in paper.fields() if each.field.startswith("wage.")), None)
    words = shown_field(paper, pay, contract.fields) if pay else ""
    return " · ".join(filter(None, (_("Kontrak %(n)s") % {"n": contract.number}, words)))
