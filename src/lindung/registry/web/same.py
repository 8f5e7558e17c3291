"""Pages about one person who may be two entries, or two who were taken for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.doors import actor_of, done, refused, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.reference.queries import region_name
from lindung.registry import duplicates, merging, operations, queries
from lindung.registry.models import Identifier, Worker
from lindung.registry.web.forms import Merge, Undo, Zone

_CHECKS = {
    "number": gettext_noop("nomor paspor (baris kedua, huruf 1–10)"),
    "birth": gettext_noop("tanggal lahir (baris kedua, huruf 14–20)"),
    "expiry": gettext_noop("masa berlaku (baris kedua, huruf 22–28)"),
    "optional": gettext_noop("nomor tambahan (baris kedua, huruf 29–43)"),
    "composite": gettext_noop("angka terakhir baris kedua"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of two people side by side, and whether it is the same."""

    label: str
    one: str
    other: str
    # For numbers, of which only a part is shown: two may look alike there and differ.
    in_common: bool | None = None

    @property
    def verdict(self) -> str:
        """``same``, ``differs`` or nothing where one of them is not known."""
        if not self.one or not self.other:
            return ""
        same = self.one == self.other if self.in_common is None else self.in_common
        return "same" if same else "differs"


@require_GET
def likely(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Who may be the same person, and what was merged into this one."""
    actor = actor_of(request)
    _need(actor.may(Right.WORKER_READ))
    worker = queries.worker(worker_id)
    look(actor, worker, worker=worker.id, purpose=gettext_noop("mencari berkas ganda"))
    return render(
        request,
        "registry/likely.html",
        {
            "worker": worker,
            "found": duplicates.candidates_for(actor, worker.id),
            "history": queries.merge_history(worker.id)
            if actor.may(Right.DUPLICATE_SETTLE)
            else [],
            "may_settle": actor.may(Right.DUPLICATE_SETTLE),
            "actor_id": actor.id,
            "undo_form": Undo(),
            "columns": [_("Nama"), _("Nomor"), _("Nilai"), _("Alasan")],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, worker_id: UUID, other_id: UUID) -> HttpResponse:
    """Two people side by side; say that they are one, or two."""
    actor = actor_of(request)
    _need(actor.may(Right.WORKER_READ))
    one, other = queries.worker(worker_id), queries.worker(other_id)
    form = Merge(request.POST or None, one=one, other=other)
    if request.method == "POST":
        if "beda" in request.POST:
            try:
                merging.hold_distinct(actor, one.id, other.id, on=today())
            except Refusal as refusal:
                return refused(request, refusal, reverse("likely", args=[one.id]))
            said = _("Dicatat sebagai dua orang; tidak akan ditanyakan lagi.")
            return done(request, said, reverse("likely", args=[one.id]))
        _need(actor.may(Right.DUPLICATE_SETTLE))
        if form.is_valid():
            return _merge(request, one, other, form)
    else:
        for each in (one, other):
            look(actor, each, worker=each.id, purpose=gettext_noop("membandingkan dua berkas"))
    return render(
        request,
        "registry/compare.html",
        {
            "one": one,
            "other": other,
            "lines": _lines(one, other),
            "found": duplicates.compared(one, other),
            "form": form,
            "previews": [
                (each, sum(merging.moving(each.id).values()), _tables(each))
                for each in (one, other)
            ]
            if actor.may(Right.DUPLICATE_SETTLE)
            else [],
            "needs_second": merging.needs_a_second(one.id, other.id, on=today()),
            "may_settle": actor.may(Right.DUPLICATE_SETTLE),
            "columns": [_("Isian"), one.public_number, other.public_number, _("Perbandingan")],
        },
        status=422 if form.errors else 200,
    )


@require_POST
def settle(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Agree to a proposed merge, decline it, or undo one that was carried out."""
    actor = actor_of(request)
    _need(actor.may(Right.DUPLICATE_SETTLE))
    made = queries.merge_record(merge_id)
    to = reverse("likely", args=[made.worker_id])
    step = request.POST.get("langkah", "")
    try:
        if step == "setuju":
            merging.confirm_merge(actor, merge_id, on=today())
            said = _("Disetujui. Kedua berkas sekarang satu.")
        elif step == "tolak":
            merging.decline_merge(actor, merge_id, on=today())
            said = _("Usul ditolak. Tidak ada yang berubah.")
        else:
            reason = request.POST.get("reason", "")
            merging.unmerge(actor, merge_id, reason=reason, on=today())
            said = _("Dibatalkan. Semua yang dipindahkan sudah kembali.")
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, said, to)


@require_http_methods(["GET", "HEAD", "POST"])
def passport(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Take a passport over from the two lines at the foot of its page."""
    actor = actor_of(request)
    _need(actor.may(Right.IDENTIFIER_ADD))
    worker = queries.worker(worker_id)
    form = Zone(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = operations.add_passport(
                actor, worker_id, zone=form.cleaned_data["zone"], on=today()
            )
        except operations.CheckDigitsWrong as refusal:
            places = "; ".join(_(_CHECKS[each]) for each in refusal.facts["checks"])
            told = _("%(title)s Periksa: %(places)s.")
            form.add_error("zone", told % {"title": _(refusal.title), "places": places})
        except Incomplete as refusal:
            form.add_error("zone", _(next(iter(refusal.facts["fields"].values()))))
        else:
            return done(request, _told(kept), reverse("person", args=[worker_id]))
    status = 422 if form.errors else 200
    context = {"worker": worker, "form": form}
    return render(request, "registry/passport.html", context, status=status)


def _told(kept: Identifier) -> str:
    said = _("Nomor disimpan: %(masked)s.") % {"masked": kept.masked}
    if kept.warning:
        said += " " + _("Ada yang tidak cocok dengan data diri; periksa di berkasnya.")
    return said


def _merge(request: HttpRequest, one: Worker, other: Worker, form: Merge) -> HttpResponse:
    keep, gone = (one, other) if form.cleaned_data["keep"] == str(one.id) else (other, one)
    try:
        made = merging.merge(
            actor_of(request),
            keep_id=keep.id,
            gone_id=gone.id,
            reason=form.cleaned_data["reason"],
            on=today(),
        )
    except Refusal as refusal:
        return refused(request, refusal, reverse("compare", args=[one.id, other.id]))
    to = reverse("likely", args=[keep.id])
    if made.state == "proposed":
        return done(request, _("Diusulkan. Orang lain yang berwenang harus menyetujui."), to)
    rows = sum(map(len, made.moved.values()))
    said = ngettext(
        "Digabung: %(gone)s sekarang menuju %(kept)s; %(rows)s catatan dipindahkan.",
        "Digabung: %(gone)s sekarang menuju %(kept)s; %(rows)s catatan dipindahkan.",
        rows,
    )
    words = {"gone": gone.public_number, "kept": keep.public_number, "rows": rows}
    return done(request, said % words, to)


def _lines(one: Worker, other: Worker) -> list[Line]:
    def both(label: str, of: str) -> Line:
        return Line(label, str(getattr(one, of) or ""), str(getattr(other, of) or ""))

    lines = [
        both(_("Nama lengkap"), "full_name"),
        both(_("Nama panggilan"), "call_name"),
        Line(_("Jenis kelamin"), one.get_sex_display(), other.get_sex_display()),
        Line(_("Tanggal lahir"), _day(one.birth_date), _day(other.birth_date)),
        both(_("Tempat lahir"), "birth_place"),
        Line(_("Kabupaten/kota asal"), region_name(one.region), region_name(other.region)),
        Line(_("Tahap"), one.state.get_stage_display(), other.state.get_stage_display()),
    ]
    mine, theirs = _numbers(one), _numbers(other)
    for kind in sorted(set(mine) | set(theirs)):
        ours, others = (
            ", ".join(row.masked for row in each.get(kind, ())) for each in (mine, theirs)
        )
        label = next(iter([*mine.get(kind, ()), *theirs.get(kind, ())])).kind_label
        blinds = [{bytes(row.blind) for row in each.get(kind, ())} for each in (mine, theirs)]
        lines.append(Line(label, ours, others, bool(blinds[0] & blinds[1])))
    return lines


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""


def _numbers(who: Worker) -> dict[str, list[Identifier]]:
    found: dict[str, list[Identifier]] = {}
    for each in queries.identifiers_of(who.id):
        found.setdefault(each.kind, []).append(each)
    return found


def _tables(who: Worker) -> list[tuple[str, int]]:
    """What moves, in the words of the tables' own apps where a page has them."""
    return [
        (_(_WORDS.get(model._meta.label, gettext_noop("catatan lain"))), rows)
        for model, rows in sorted(
            merging.moving(who.id).items(), key=lambda each: each[0]._meta.label
        )
    ]


_WORDS = {
    "registry.Identifier": gettext_noop("nomor identitas"),
    "registry.OutsideNumber": gettext_noop("nomor dari sistem lain"),
    "registry.Fact": gettext_noop("keterangan"),
    "registry.FamilyMember": gettext_noop("keluarga"),
    "registry.Task": gettext_noop("tugas"),
    "outreach.Message": gettext_noop("pesan"),
    "placement.Placement": gettext_noop("penempatan"),
    "placement.Contract": gettext_noop("kontrak"),
    "placement.Evidence": gettext_noop("bukti syarat"),
    "monitoring.CheckIn": gettext_noop("lapor diri"),
    "protection.Case": gettext_noop("kasus"),
    "protection.Complaint": gettext_noop("pengaduan"),
}


def _need(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed
