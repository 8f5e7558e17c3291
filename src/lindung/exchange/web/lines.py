"""How each partner's line stands, and what came over it that nobody could read."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, now
from lindung.access.rights import Right
from lindung.exchange import queries
from lindung.exchange.adapters import drop_book
from lindung.exchange.models import Drop
from lindung.exchange.operations import lines
from lindung.exchange.web.parts import need

PAGE = 50
WAYS = {
    "http": gettext_lazy("langsung (HTTP)"),
    "xroad": gettext_lazy("X-Road"),
    "files": gettext_lazy("berkas bertanda tangan"),
    "worklist": gettext_lazy("disalin petugas ke portal"),
}
REASONS = {
    "manifest_missing": gettext_lazy("Daftar isinya tidak pernah datang."),
    "manifest_invalid": gettext_lazy("Daftar isinya tidak menurut kesepakatan."),
    "file_missing": gettext_lazy("Berkas yang terdaftar tidak ada."),
    "file_wrong": gettext_lazy("Isi berkas bukan yang terdaftar: terpotong atau diubah."),
    "table_invalid": gettext_lazy("Tabel tidak terbaca, atau isinya bertentangan."),
    "stray_file": gettext_lazy("Berkas di luar kiriman."),
    "link_refused": gettext_lazy("Tautan, bukan kiriman."),
    "recipient_wrong": gettext_lazy("Kiriman dari atau untuk pihak lain."),
    "too_large": gettext_lazy("Lebih besar dari yang disepakati."),
    "signature_invalid": gettext_lazy("Tanda tangan tidak cocok dengan isinya."),
    "signature_missing": gettext_lazy("Tidak bertanda tangan."),
    "key_unknown": gettext_lazy("Ditandatangani kunci yang tidak kita percayai."),
    "key_not_valid": gettext_lazy("Kuncinya tidak berlaku pada saat itu."),
    "key_revoked": gettext_lazy("Kuncinya sudah dicabut."),
    "clock_skew": gettext_lazy("Bertanggal di masa depan."),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Lines, what was put aside, numbers that never came."""
    actor = need(request, Right.EXCHANGE_RESEND)
    partners = list(queries.partners())
    refused = Drop.objects.filter(state="refused").select_related("partner").order_by("-at")[:PAGE]
    missing = [
        (partner, numbers)
        for partner in partners
        if partner.adapter == "files" and (numbers := drop_book.missing(partner, now=now()))
    ]
    return render(
        request,
        "exchange/lines.html",
        {
            "partners": [{"partner": each, "way": WAYS[each.adapter]} for each in partners],
            "drops": [(each, REASONS.get(each.reason, _("Sebab lain."))) for each in refused],
            "missing": missing,
            "may_resume": actor.may(Right.EXCHANGE_RESEND),
            "columns": [_("Mitra"), _("Cara"), _("Keadaan"), _("Terakhir")],
            "drop_columns": [_("Nama di folder refused"), _("Mitra"), _("Sebab"), _("Waktu")],
        },
    )


@require_POST
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Try a line again at once."""
    lines.resume(actor_of(request), code)
    return done(request, _("Dicoba lagi sekarang."), reverse("exchange-lines"))


@require_POST
def looked(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """Take a refused drop off the page."""
    lines.looked(actor_of(request), drop_id, at=now())
    return done(request, _("Dicatat sebagai sudah dilihat."), reverse("exchange-lines"))
