"""The list is looked at and taken out: both are written down, by whom and how many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.crisis import queries
from lindung.crisis.events import MusterSeen, MusterTaken
from lindung.crisis.labels import ANSWER_LABELS
from lindung.crisis.lifecycles import AnswerState
from lindung.crisis.models import CrisisEvent
from lindung.crisis.queries import Listed
from lindung.kernel.sheets import Cell, sheet

# Rows of a file that are read at a time.
_TOGETHER = 1_000


@operation(Right.MUSTER_READ)
def see(actor: Actor, event_id: UUID, *, people: int) -> CrisisEvent:
    """Open the list: names are shown, so it is written down that they were.

    Args:
        people: how many names the page shows.
    Raises:
        NotFound: no such event.
    """
    about = queries.event(event_id)
    if people:
        record(
            MusterSeen(event=about.id, title=about.title, people=people), actor=actor, about=about
        )
    return about


@operation(Right.MUSTER_READ)
def take_out(actor: Actor, event_id: UUID, *, today: date) -> str:
    """The whole list as CSV, recorded; text that a spreadsheet would run is made harmless.

    Sensitive matters (words of a case, health) are not in it. Of a made-up population every row says so.

    Raises:
        NotFound: no such event.
    """
    about = queries.event(event_id)
    rows = list(_every(actor, about, today=today))
    record(
        MusterTaken(event=about.id, title=about.title, people=len(rows)), actor=actor, about=about
    )
    return sheet(
        (
            _("Nomor"), _("Nama"), _("Di dalam"), _("Intensitas"), _("Tempat"),
            _("Umur tempat (hari)"), _("Keyakinan"), _("Sumber"), _("Pemberi kerja"),
            _("Saluran aman"), _("Boleh ditelepon"), _("Keluarga ikut"), _("Sedang cuti"),
            _("Jawaban"), _("Menurut"), _("Data contoh"),
        ),
        rows,
    )  # fmt: skip


def _every(actor: Actor, about: CrisisEvent, *, today: date) -> Iterator[tuple[Cell, ...]]:
    start = 0
    while page := queries.page(actor, about, start=start, most=_TOGETHER, today=today):
        for each in page:
            yield _row(each)
        start += _TOGETHER


def _row(each: Listed) -> tuple[Cell, ...]:
    entry = each.entry
    state = AnswerState(entry.state) if entry else AnswerState.LISTED
    return (
        each.worker.public_number,
        each.worker.full_name,
        _("pasti") if each.inside else _("mungkin"),
        each.level,
        each.place,
        each.place_days,
        each.confidence,
        each.source,
        each.employer,
        each.way,
        _("ya") if each.may_call else _("tidak"),
        each.household,
        _("ya") if each.on_leave else _("tidak"),
        str(ANSWER_LABELS[state]),
        str(entry.get_answered_by_display()) if entry and entry.answered_by else "",
        _("DATA CONTOH") if each.worker.is_demo else "",
    )
