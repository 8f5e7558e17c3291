"""Why placements are given up before departure, and what becomes of money that was paid."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# How long the office has to see the money back; our practice, no law.
REFUND_DAYS = 14
REFUND_TASK = gettext_noop("Pastikan uang pekerja dikembalikan")


class Why(models.TextChoices):
    """The cause of a withdrawal, for counting."""

    OWN_WISH = "own_wish", _("Keinginan sendiri")
    FAMILY = "family", _("Keadaan keluarga")
    UNFIT = "unfit", _("Tidak lolos pemeriksaan kesehatan")
    PAPERS = "papers", _("Berkas tidak dapat dilengkapi")
    OFFER_LOST = "offer_lost", _("Lowongan atau izin di negara tujuan batal")
    EMPLOYER = "employer", _("Pemberi kerja mengundurkan diri")
    AGENCY = "agency", _("P3MI tidak memenuhi perjanjian")
    CLOSED = "closed", _("Penempatan ke negara itu ditutup")
    DIED = "died", _("Meninggal dunia")
    OTHER = "other", _("Sebab lain")


class Refund(models.TextChoices):
    """What the person had paid, and whether it came back."""

    NONE = "none", _("Tidak ada yang dibayar pekerja")
    DUE = "due", _("Harus dikembalikan kepada pekerja")
    PAID = "paid", _("Sudah dikembalikan")
    UNKNOWN = "unknown", _("Belum diketahui")
