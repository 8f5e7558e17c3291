"""The fields of an agreed record, as people here call them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

LABELS = {
    "subject": gettext_lazy("Seluruh catatan"),
    "standing": gettext_lazy("Kedudukan"),
    "offer_no": gettext_lazy("Nomor penawaran"),
    "answer": gettext_lazy("Jawaban atas penawaran"),
    "employer": gettext_lazy("Pemberi kerja"),
    "region": gettext_lazy("Wilayah tempat kerja"),
    "monthly_wage": gettext_lazy("Upah bulanan"),
    "currency": gettext_lazy("Mata uang upah"),
    "authorisation_no": gettext_lazy("Nomor izin visa"),
    "authorisation_expires_on": gettext_lazy("Izin visa berlaku sampai"),
    "list_no": gettext_lazy("Daftar kedatangan"),
    "departed_on": gettext_lazy("Tanggal berangkat"),
    "arrived_on": gettext_lazy("Tanggal tiba"),
    "residence_no": gettext_lazy("Kartu tinggal"),
    "stay_expires_on": gettext_lazy("Izin tinggal berlaku sampai"),
    "left_on": gettext_lazy("Tanggal meninggalkan negara tujuan"),
}


def label_of(field: str) -> str:
    """The field in the active language; its name where a newer agreement has more."""
    return str(LABELS.get(field, field))
