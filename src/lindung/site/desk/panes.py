"""A row of the queue in the side pane: what it is, and the lawful next acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound
from lindung.protection import operations as protection
from lindung.protection import queries as cases
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.stages import STEP_LABELS
from lindung.registry import operations as registry
from lindung.site.desk.queue import Row

# Steps that need words of their own are taken on the case's page.
_ON_THE_SPOT = ("understand", "handle")


@dataclass(frozen=True, slots=True)
class Step:
    """A lawful next act: a button that does it here (``name``), or a link to where it is done."""

    label: str
    name: str = ""
    href: str = ""
    ends: bool = False


def steps(actor: Actor, row: Row) -> list[Step]:
    """What this actor may do next with the row, most useful first."""
    found: list[Step] = []
    if row.kind == "tugas" and actor.may(Right.TASK_WORK):
        found.append(Step(_("Tugas selesai"), "finish", ends=True))
    if row.kind == "kasus" and actor.may(Right.CASE_WORK):
        if row.owner_id != actor.id:
            found.append(Step(_("Ambil"), "take"))
        state = CaseState(cases.case(row.id).state)
        found += [
            Step(str(STEP_LABELS[each.name]), each.name)
            for each in CASE.open_steps(state)
            if each.name in _ON_THE_SPOT and each.name in STEP_LABELS
        ]
    if row.href:
        found.append(Step(_open_words(row), href=row.href))
    return found


def take(actor: Actor, row: Row, step: str, *, now: datetime) -> str:
    """Take a step of :func:`steps`; what was done, in a sentence.

    Raises:
        NotFound: the step is not open for this actor here.
    """
    if step not in {each.name for each in steps(actor, row) if each.name}:
        raise NotFound
    if step == "finish":
        registry.close_task(actor, row.id, step="finish", at=now)
        return _("Tugas ditutup.")
    if step == "take":
        protection.take_case(actor, row.id)
        return _("Kasus %(number)s kini pada Anda.") % {"number": row.number}
    protection.move_case(actor, row.id, step=step)
    return _("Kasus %(number)s maju: %(step)s.") % {
        "number": row.number,
        "step": STEP_LABELS[step],
    }


def subject_of(row: Row) -> UUID:
    """What colleagues meet at: the person where there is one, else the thing."""
    return row.worker_id or row.id


def _open_words(row: Row) -> str:
    return {
        "kasus": _("Buka kasus"),
        "kontrak": _("Periksa kontrak"),
        "berangkat": _("Buka penempatan"),
        "tugas": _("Buka berkas"),
        "tanggapan": _("Tanggapi"),
    }.get(row.kind, _("Buka berkas"))
