"""Worksheets: what officers copy into a partner's portal, what they type from it, and the check."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import done, now, refused, today
from lindung.access.journal import look
from lindung.access.jurisdictions import post_in_charge, workweek_of
from lindung.access.rights import Right
from lindung.documents.sound import FileRefused
from lindung.exchange import portals, words
from lindung.exchange.lifecycles import OutgoingState, SheetKind, SheetState
from lindung.exchange.models import Outgoing, Partner, Sheet
from lindung.exchange.operations import sheets
from lindung.exchange.operations.sheets import Evidence
from lindung.exchange.web.parts import need, partner_of
from lindung.exchange.wire import agreement, envelopes, flat
from lindung.exchange.wire.texts import instant
from lindung.kernel.refusals import Incomplete, NotFound, Refusal

PAGE = 50
_PURPOSE = gettext_noop("lembar kerja portal negara tujuan")
KINDS = {
    SheetKind.COPIED: gettext_lazy("Disalin ke portal"),
    SheetKind.ANSWERED: gettext_lazy("Jawaban portal"),
    SheetKind.TOLD: gettext_lazy("Kabar dari portal"),
}
# Codes a portal's refusal may be given, as the protocol names them.
REASONS = (
    "offer_unknown", "offer_closed", "answer_late", "step_closed", "person_mismatch",
    "number_conflict", "document_missing", "document_expired", "not_eligible", "terms_unlawful",
)  # fmt: skip


class Proven(forms.Form):
    """Where the portal's word is kept."""

    file = forms.FileField(
        label=gettext_lazy("Bukti: tangkapan layar atau PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )
    pointer = forms.CharField(
        label=gettext_lazy("Atau: tempat bukti disimpan"), max_length=200, required=False
    )

    def evidence(self) -> Evidence:
        """As the operations take it."""
        upload = self.files.get("file")
        return Evidence(
            # One byte more than is taken: enough to know that it is too large.
            data=upload.read(settings.DOCUMENT_BYTES + 1) if upload else b"",
            name=upload.name or "" if upload else "",
            declared=upload.content_type or "" if upload else "",
            pointer=self.cleaned_data["pointer"],
        )

    def take_up(self, refusal: Refusal) -> None:
        """Show a refusal beside the fields it is about."""
        for name, sentence in refusal.facts.get("fields", {}).items():
            self.add_error(name if name in self.fields else None, _(sentence))
        if isinstance(refusal, FileRefused):
            self.add_error("file", " ".join(map(_, filter(None, (refusal.title, refusal.advice)))))
        elif not self.errors:
            self.add_error(None, " ".join(map(_, filter(None, (refusal.title, refusal.advice)))))


class Copied(Proven):
    """The portal's own number for what was copied."""

    reference = forms.CharField(
        label=gettext_lazy("Nomor yang diberikan portal"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("reference", "file", "pointer")


class Answered(Proven):
    """What the portal decided."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Keputusan portal"),
        choices=[
            ("", "—"),
            ("accepted", gettext_lazy("Diterima")),
            ("refused", gettext_lazy("Ditolak")),
        ],
    )
    reason = forms.ChoiceField(label=gettext_lazy("Alasan penolakan"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Catatan, tanpa data pribadi"), max_length=300, required=False
    )
    field_order = ("outcome", "reason", "note", "file", "pointer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((code, words.reason(code).says) for code in REASONS)]


class Told(Proven):
    """One message of the portal's, field by field in its own order."""

    subject = forms.CharField(
        label=gettext_lazy("Nomor penempatan"),
        help_text=gettext_lazy("Nomor kita; bila tidak ada, nomor yang dipakai portal."),
        max_length=40,
    )

    def __init__(self, *args: Any, partner: Partner, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = portals.asked(partner, name)
        schema = agreement.schema_of(name)
        needed = set(agreement.needed(schema))
        zone = _zone_of(partner, on=today())
        for place in self.places:
            shape = agreement.place_of(schema, place.path)
            self.fields[_named(place.path)] = _field(place, shape, place.path in needed, zone)
        self.order_fields(["subject", *(_named(place.path) for place in self.places)])

    def cells(self) -> dict[str, str]:
        """What was typed, by path."""
        return {
            place.path: str(self.cleaned_data.get(_named(place.path)) or "").strip()
            for place in self.places
        }


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits to be copied, answered, checked."""
    actor = need(request, Right.SHEET_TYPE)
    partners = _partners(actor)
    open_ = Sheet.objects.filter(state=SheetState.TYPED).select_related("partner")
    taken = set(
        Sheet.objects.filter(state=SheetState.TYPED, message__isnull=False).values_list(
            "message_id", flat=True
        )
    )
    rows = (
        Outgoing.objects.filter(partner__in=partners)
        .exclude(sequence=None)
        .select_related("partner")
        .order_by("written_at")
    )
    return render(
        request,
        "exchange/worksheets.html",
        {
            "partners": partners,
            "to_copy": _listed(rows.filter(state=OutgoingState.WAITING), taken),
            "to_answer": _listed(rows.filter(state=OutgoingState.STORED), taken),
            "to_check": [_sheet_row(each, actor) for each in open_[:PAGE]],
            "returned": [
                _sheet_row(each, actor)
                for each in Sheet.objects.filter(state=SheetState.RETURNED, typed_by=actor.id)
                .select_related("partner")
                .order_by("-checked_at")[:5]
            ],
            "tells": [
                (
                    partner,
                    [
                        (name.replace(".", "-"), words.message(name))
                        for name in portals.portal_of(partner).tells
                    ],
                )
                for partner in partners
            ],
            "columns": [_("Pesan"), _("Tentang"), _("Mitra"), _("Ditulis")],
            "sheet_columns": [_("Langkah"), _("Tentang"), _("Mitra"), _("Diisi oleh")],
        },
    )


@require_http_methods(["GET", "POST"])
def copying(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message in the portal's own order, and what became of it there."""
    actor = need(request, Right.SHEET_TYPE)
    row = _message(message_id)
    answering = row.state == OutgoingState.STORED
    kind = Answered if answering else Copied
    form: Proven = kind(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            if answering:
                sheets.answered(
                    actor, row.pk, accepted=form.cleaned_data["outcome"] == "accepted",
                    reason=form.cleaned_data["reason"], note=form.cleaned_data["note"],
                    evidence=form.evidence(), at=now(),
                )  # fmt: skip
            else:
                sheets.copied(
                    actor, row.pk, reference=form.cleaned_data["reference"],
                    evidence=form.evidence(), at=now(),
                )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            form.take_up(refusal)
        else:
            return done(request, _("Dicatat. Rekan lain harus memeriksanya."), _home())
    elif request.method != "POST":
        _looked(actor, row)
    message = envelopes.read(bytes(row.raw))
    return render(
        request,
        "exchange/worksheet.html",
        {
            "row": row,
            "title": words.message(message.name),
            "fields": _to_copy(row.partner, message.name, message.data),
            "form": form,
            "answering": answering,
            "address": row.partner.settings.get("address", ""),
            "portal_title": _portal_title(row.partner),
            "open": row.state in (OutgoingState.WAITING, OutgoingState.STORED),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def telling(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Type what the portal says."""
    actor = need(request, Right.SHEET_TYPE)
    partner = partner_of(actor, code)
    name = name.replace("-", ".", 1)
    if partner.adapter != "worklist" or name not in portals.portal_of(partner).tells:
        raise NotFound
    form = Told(request.POST or None, request.FILES or None, partner=partner, name=name)
    if request.method == "POST" and form.is_valid():
        try:
            data = flat.unflattened(form.cells(), agreement.schema_of(name))
            sheets.told(
                actor, code, name=name, subject=form.cleaned_data["subject"], data=data,
                evidence=form.evidence(), at=now(),
            )  # fmt: skip
        except Incomplete as refusal:
            fields = {
                place if place in form.fields else _named(place): sentence
                for place, sentence in refusal.facts["fields"].items()
            }
            form.take_up(Incomplete(fields=fields))
        except NotFound:
            raise
        except Refusal as refusal:
            form.take_up(refusal)
        else:
            return done(request, _("Dicatat. Rekan lain harus memeriksanya."), _home())
    return render(
        request,
        "exchange/worksheet_told.html",
        {
            "partner": partner,
            "title": words.message(name),
            "form": form,
            "portal_title": _portal_title(partner),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def checking(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Compare a sheet with the portal: it counts, or goes back."""
    actor = need(request, Right.SHEET_CHECK)
    sheet = _sheet(sheet_id)
    error = ""
    if request.method == "POST":
        try:
            sheets.check(actor, sheet_id, at=now())
        except NotFound:
            raise
        except Refusal as refusal:
            return refused(request, refusal, _home())
        return done(request, _("Diperiksa. Lembar ini sekarang berlaku."), _home())
    if sheet.worker_id is not None:
        look(actor, sheet, worker=sheet.worker_id, purpose=_PURPOSE)
    return _check_page(request, actor, sheet, error)


@require_POST
def returning(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Send a sheet back with what is wrong."""
    actor = need(request, Right.SHEET_CHECK)
    sheet = _sheet(sheet_id)
    try:
        sheets.give_back(actor, sheet_id, remark=request.POST.get("remark", ""), at=now())
    except Incomplete as refusal:
        missing = refusal.facts["fields"]["remark"]
        return _check_page(request, actor, sheet, _(missing), status=422)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, _home())
    return done(request, _("Dikembalikan kepada pengisinya."), _home())


def _check_page(
    request: HttpRequest, actor: Actor, sheet: Sheet, error: str, *, status: int = 200
) -> HttpResponse:
    fields: list[tuple[str, str]] = []
    if sheet.message is not None:
        message = envelopes.read(bytes(sheet.message.raw))
        fields = [
            (place.label if place.listed else _titled(message.name, place.path), value)
            for place, value in portals.fields_of(sheet.partner, message.name, message.data)
        ]
    typed = [
        (_label(sheet, path), value)
        for path, value in flat.flattened(sheet.values).items()
        if value
    ]
    context = {
        "sheet": sheet,
        "kind": KINDS[SheetKind(sheet.kind)],
        "title": words.message(agreement.name_of(sheet.type)),
        "fields": fields,
        "typed": [] if sheet.kind == SheetKind.COPIED else typed,
        "portal_title": _portal_title(sheet.partner),
        "own": sheet.typed_by == actor.id,
        "waits": sheet.state == SheetState.TYPED,
        "error": error,
    }
    return render(request, "exchange/worksheet_check.html", context, status=status)


def _home() -> str:
    return reverse("exchange-sheets")


def _partners(actor: Actor) -> list[Partner]:
    found = Partner.objects.filter(adapter="worklist").order_by("name")
    return [each for each in found if not actor.country or each.country == actor.country]


def _listed(rows: Any, taken: set[UUID]) -> list[dict[str, Any]]:
    return [
        {"row": each, "title": words.message(agreement.name_of(each.type))}
        for each in rows[: PAGE + len(taken)]
        if each.pk not in taken
    ][:PAGE]


def _sheet_row(sheet: Sheet, actor: Actor) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "kind": KINDS[SheetKind(sheet.kind)],
        "title": words.message(agreement.name_of(sheet.type)),
        "own": sheet.typed_by == actor.id,
    }


def _message(message_id: UUID) -> Outgoing:
    found = (
        Outgoing.objects.select_related("partner")
        .filter(pk=message_id, partner__adapter="worklist")
        .exclude(sequence=None)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _sheet(sheet_id: UUID) -> Sheet:
    found = (
        Sheet.objects.select_related("partner", "message", "proof", "came")
        .filter(pk=sheet_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _looked(actor: Actor, row: Outgoing) -> None:
    if row.worker_id is not None:
        look(actor, row, worker=row.worker_id, purpose=_PURPOSE)


def _to_copy(partner: Partner, name: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"salin-{at}",
            "label": place.label if place.listed else _titled(name, place.path),
            "listed": place.listed,
            "value": value,
        }
        for at, (place, value) in enumerate(portals.fields_of(partner, name, data), start=1)
    ]


def _portal_title(partner: Partner) -> str:
    title = portals.portal_of(partner).title
    return words.pick(title) if title else partner.name


def _titled(_name: str, path: str) -> str:
    *above, last = path.split(".")
    inside = next((part for part in reversed(above) if not part.isdigit()), "")
    return words.field(last, inside=inside)


def _label(sheet: Sheet, path: str) -> str:
    listed = portals.portal_of(sheet.partner).tells.get(agreement.name_of(sheet.type), ())
    for place in listed:
        if place.path == path:
            return place.label
    return _titled(agreement.name_of(sheet.type), path)


def _named(path: str) -> str:
    return f"isi_{path.replace('.', '__')}"


def _field(
    place: portals.Place, shape: list[dict[str, Any]], required: bool, zone: ZoneInfo
) -> forms.Field:
    label = place.label if place.listed else _titled("", place.path)
    hint = _("Misalnya %(example)s.") % {"example": place.example} if place.example else ""
    if choices := agreement.choices_of(shape):
        shown = [("", "—"), *((each, each) for each in choices)]
        return forms.ChoiceField(label=label, choices=shown, required=required)
    formats = {each.get("format") for each in shape}
    if "date" in formats:
        day = forms.TextInput(attrs={"type": "date"})
        return forms.CharField(label=label, required=required, widget=day, help_text=hint)
    if "date-time" in formats:
        moment = forms.TextInput(attrs={"type": "datetime-local"})
        hint = _("Waktu setempat, %(zone)s.") % {"zone": zone.key}
        return _Moment(label=label, required=required, widget=moment, help_text=hint, zone=zone)
    return forms.CharField(label=label, required=required, max_length=300, help_text=hint)


class _Moment(forms.CharField):
    """An instant as the portal's clocks show it; kept in UTC, as the schema wants it."""

    def __init__(self, *, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return instant(datetime.fromisoformat(text).replace(tzinfo=self.zone))
        except ValueError:
            raise forms.ValidationError(_("Tulis tanggal dan jamnya.")) from None


def _zone_of(partner: Partner, *, on: date) -> ZoneInfo:
    """Where the portal's clocks stand: at the post in charge of that country."""
    week = workweek_of(post_in_charge(partner.country, on=on))
    return ZoneInfo(week.timezone if week else settings.TIME_ZONE)
