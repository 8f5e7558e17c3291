"""Words of early warning for people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lindung.signals.lifecycles import AlertState, PickState

STATE_LABELS: dict[AlertState, Promise] = {
    AlertState.NEW: _("Belum ditinjau"),
    AlertState.REVIEWED: _("Sudah ditinjau"),
    AlertState.CASE: _("Menjadi kasus"),
    AlertState.GONE: _("Hilang sendiri"),
}
PICK_LABELS: dict[PickState, Promise] = {
    PickState.WAITING: _("Belum ditanya"),
    PickState.WELL: _("Baik"),
    PickState.TROUBLE: _("Bermasalah"),
    PickState.UNREACHED: _("Tidak terhubung"),
}
# ILO's eleven indicators of forced labour, in their order.
INDICATORS: tuple[Promise, ...] = (
    _("Penyalahgunaan kerentanan"),
    _("Penipuan"),
    _("Pembatasan gerak"),
    _("Isolasi"),
    _("Kekerasan fisik dan seksual"),
    _("Intimidasi dan ancaman"),
    _("Penahanan dokumen"),
    _("Penahanan upah"),
    _("Jeratan utang"),
    _("Kondisi kerja dan hidup yang buruk"),
    _("Lembur berlebihan"),
)
UNITS: dict[str, Promise] = {
    "days": _("hari"),
    "months": _("bulan"),
    "percent": _("persen"),
    "charges": _("potongan"),
    "rules": _("batas"),
    "fields": _("hal"),
    "answers": _("jawaban"),
    "hours": _("jam"),
    "points": _("nilai"),
    "times": _("kali"),
    "people": _("orang"),
    "minutes": _("menit"),
}
