"""Differences between the two books: both values side by side, who settles them, and both pasts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import done, now, refused
from lindung.access.rights import Right
from lindung.exchange.fields import label_of
from lindung.exchange.lifecycles import DIFFERENCE, DifferenceState
from lindung.exchange.models import Difference, Partner, PastAlarm
from lindung.exchange.operations import settling
from lindung.exchange.queries import differences as asked
from lindung.exchange.web.parts import (
    Sides,
    key_of,
    need,
    need_content,
    origin_name,
    partner_of,
    sides,
    tabs,
)
from lindung.exchange.wire.records import settlers
from lindung.kernel.refusals import NotFound, Refusal
from lindung.reference.queries import region_name

STATES = {
    "found": (gettext_lazy("baru terlihat, mungkin masih di jalan"), "abu"),
    "confirmed": (gettext_lazy("pasti berbeda"), "merah"),
    "asked": (gettext_lazy("%(who)s diminta memeriksa"), "kunyit"),
    "taking": (gettext_lazy("catatan %(who)s diterima, sedang disesuaikan"), "kunyit"),
    "settled": (gettext_lazy("selesai"), "daun"),
    "gone": (gettext_lazy("hilang sendiri"), "daun"),
}
VALUES = {
    ("standing", "active"): gettext_lazy("berjalan"),
    ("standing", "withdrawn"): gettext_lazy("ditarik"),
    ("answer", "accepted"): gettext_lazy("diterima"),
    ("answer", "refused"): gettext_lazy("ditolak"),
}
STEPS = {
    "asked": pgettext_lazy("selisih", "meminta mitra memeriksa"),
    "accepted": pgettext_lazy("selisih", "menerima catatan mitra"),
    "noted": pgettext_lazy("selisih", "mencatat"),
}
PROOFS = {
    "first": (gettext_lazy("yang pertama"), "abu"),
    "extends": (gettext_lazy("terbukti melanjutkan"), "daun"),
    "breaks": (gettext_lazy("tidak melanjutkan"), "merah"),
}
ALARMS = {
    "rewritten": gettext_lazy("masa lalu ditulis ulang"),
    "rollback": gettext_lazy("kembali ke keadaan lama, seperti dari cadangan"),
    "restored": gettext_lazy("dipulihkan dari cadangan, dan diberitahukan"),
    "entry": gettext_lazy("isi di balik satu pesan tidak seperti saat disegel"),
}
HEADS = 10


@require_GET
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """What differs, the newest first; the other country's people see it mirrored."""
    actor = need(request)
    need_content(actor)
    partner = partner_of(actor, code)
    closed = request.GET.get("tampil") == "selesai"
    rows = asked.differences(partner, closed=closed, before=key_of(request))
    page, more = rows[: asked.SHOWN], len(rows) > asked.SHOWN
    steps = asked.steps_of(actor, page)
    called = sides(actor, partner)
    may = actor.may(Right.DIFFERENCE_SETTLE)
    back = reverse("exchange-differences", args=[partner.code])
    query = "?tampil=selesai&" if closed else "?"
    return render(
        request,
        "exchange/differences.html",
        {
            "partner": partner,
            "sides": called,
            "tabs": tabs(actor, partner, "exchange-differences"),
            "views": [
                {"href": back, "label": _("Terbuka"), "current": not closed},
                {"href": f"{back}?tampil=selesai", "label": _("Selesai"), "current": closed},
            ],
            "rows": [_row(row, steps.get(row.pk, []), called, may=may) for row in page],
            "closed": closed,
            "next": f"{back}{query}sebelum={page[-1].pk}" if more else "",
            "columns": [
                pgettext("selisih", "Catatan"), called.here, called.there, pgettext("selisih", "Keadaan"),
            ],
            "last": _compared(partner, called),
            "can_ask": partner.adapter in {"http", "xroad"},
            "alarms": [_alarm(each, partner, may=may) for each in asked.alarms(partner)],
            "heads": [_head(each) for each in asked.heads_kept(partner)[:HEADS]],
            "head_columns": [_("Segel"), _("Kepala"), _("Diterima"), _("Bukti")],
        },
    )  # fmt: skip


@require_POST
def act(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Ask the partner, accept theirs, or note something."""
    actor = need(request, Right.DIFFERENCE_SETTLE)
    note, at = request.POST.get("note", ""), now()
    back = _back(Difference.objects.select_related("partner").filter(pk=difference_id).first())
    try:
        match request.POST.get("langkah", ""):
            case "tanya":
                settling.ask_partner(actor, difference_id, note=note, at=at)
                said = _("Mitra diminta memeriksa catatannya.")
            case "terima":
                if settling.accept_theirs(actor, difference_id, note=note, at=at):
                    said = _("Catatan kita sudah disesuaikan.")
                else:
                    said = _("Diterima. Penyesuaian catatan kita menjadi tugas petugas.")
            case _other:
                settling.note_difference(actor, difference_id, note=note, at=at)
                said = _("Catatan disimpan.")
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, back)
    return done(request, said, back)


@require_POST
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Close an alarm about a broken past, saying what it was."""
    actor = need(request, Right.DIFFERENCE_SETTLE)
    alarm = PastAlarm.objects.select_related("partner").filter(pk=alarm_id).first()
    back = _back(alarm) if alarm is not None and alarm.partner else reverse("exchange")
    reason = request.POST.get("reason", "")
    try:
        settling.close_alarm(actor, alarm_id, reason=reason, at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, back)
    return done(request, _("Peringatan ditutup."), back)


def _back(row: Difference | PastAlarm | None) -> str:
    if row is None or row.partner is None:
        raise NotFound
    return reverse("exchange-differences", args=[row.partner.code])


def _compared(partner: Partner, called: Sides) -> dict[str, Any] | None:
    last = asked.last_comparison(partner)
    if last is None:
        return None
    counts = (last.ours, last.theirs)
    here, there = counts[::-1] if called.mirrored else counts
    return {"row": last, "here": here, "there": there}


def _row(row: Difference, steps: list[Any], called: Sides, *, may: bool) -> dict[str, Any]:
    ours, theirs = _value(row.field, row.ours), _value(row.field, row.theirs)
    words, tone = STATES[row.state]
    able = {step.name for step in DIFFERENCE.open_steps(DifferenceState(row.state))}
    return {
        "row": row,
        "field": label_of(row.field),
        # Left is whoever reads: the other country's people see their own value first.
        "here": theirs if called.mirrored else ours,
        "there": ours if called.mirrored else theirs,
        "words": words % {"who": row.partner.name},
        "tone": tone,
        "settler": _settler(row.field, called),
        "moved": _moved(row, called),
        "steps": [(each, STEPS[each.what]) for each in steps],
        "may_ask": may and "ask partner" in able,
        "may_accept": may and "accept theirs" in able,
        "may_note": may and row.closed_at is None,
    }


def _value(field: str, value: str) -> str:
    if not value:
        return ""
    if field.endswith("_on"):
        return date_format(date.fromisoformat(value), "j M Y")
    if field == "monthly_wage":
        return number_format(Decimal(value), force_grouping=True)
    if field == "region":
        return region_name(value) or value
    return str(VALUES.get((field, value), value))


def _settler(field: str, called: Sides) -> str:
    origin, destination = called.here, called.there
    if called.mirrored:
        origin, destination = destination, origin
    match settlers().get(field, "both"):
        case "origin":
            return origin
        case "destination":
            return destination
        case _both:
            return _("kedua pihak")


def _moved(row: Difference, called: Sides) -> str:
    if not row.moved:
        return ""
    ours = row.moved == "ours"
    return called.here if ours != called.mirrored else called.there


def _alarm(alarm: PastAlarm, partner: Partner, *, may: bool) -> dict[str, Any]:
    return {
        "alarm": alarm,
        "whose": partner.name if alarm.whose == "theirs" else origin_name(),
        "words": ALARMS[alarm.kind],
        "may_close": may,
    }


def _head(head: Any) -> dict[str, Any]:
    words, tone = PROOFS[head.proof]
    return {"head": head, "short": head.head[:16], "words": words, "tone": tone}
