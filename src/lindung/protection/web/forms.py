"""Forms of cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lindung.parties.models import PartyKind, ProblemKind
from lindung.protection.models import CaseKind, LinkSort

CHANNELS: tuple[tuple[str, str | Promise], ...] = (
    ("phone", _("Telepon")),
    ("whatsapp", "WhatsApp"),
    ("sms", "SMS"),
    ("email", _("Surel")),
    ("family", _("Keluarga")),
    ("visit", _("Kunjungan")),
    ("employer", _("Pemberi kerja")),
)


def _words(label: Any, *, rows: int = 3, most: int | None = None) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows})
    )


class Opening(forms.Form):
    """A problem an officer heard of."""

    kind = forms.ChoiceField(label=_("Masalah"), choices=CaseKind.choices)
    words = forms.CharField(
        label=_("Yang terjadi, dengan kata-kata orangnya"), widget=forms.Textarea(attrs={"rows": 4})
    )


class Note(forms.Form):
    """Words to the worker, or an internal note."""

    words = _words(_("Tulis"))
    internal = forms.BooleanField(label=_("Catatan internal, tidak dibaca pekerja"), required=False)


class Pausing(forms.Form):
    """Why and until when plan and close wait."""

    reason = _words(_("Alasan jeda"), most=300)
    until = forms.DateTimeField(
        label=_("Sampai"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class HandingOver(forms.Form):
    """To whom or to which post, and why."""

    person = forms.ChoiceField(label=_("Ke orang"), required=False)
    post = forms.ChoiceField(label=_("Ke pos lain"), required=False)
    reason = _words(_("Alasan"), most=300)


class Merging(forms.Form):
    """Which other case of the person goes on in this one, and why."""

    other = forms.ChoiceField(label=_("Kasus yang digabung ke sini"), widget=forms.RadioSelect)
    reason = _words(_("Alasan"), most=300)


class Splitting(forms.Form):
    """What part becomes a case of its own."""

    kind = forms.ChoiceField(label=_("Masalah"), choices=CaseKind.choices)
    words = _words(_("Bagian yang dipecah"))


class Linking(forms.Form):
    """Which case belongs with this one, and why."""

    number = forms.CharField(label=_("Nomor kasus lain"), max_length=20)
    sort = forms.ChoiceField(
        label=_("Kaitannya"),
        choices=[
            (each.value, each.label) for each in (LinkSort.SAME_EMPLOYER, LinkSort.SAME_EVENT)
        ],
    )
    reason = forms.CharField(label=_("Keterangan"), max_length=300, required=False)


class Understanding(forms.Form):
    """What it is really about."""

    kind = forms.ChoiceField(label=_("Masalah"), choices=CaseKind.choices)


class Attempting(forms.Form):
    """How the person was tried."""

    channel = forms.ChoiceField(label=_("Saluran"), choices=CHANNELS)
    reached = forms.BooleanField(label=_("Tersambung dengan orangnya"), required=False)
    words = forms.CharField(
        label=_("Catatan internal"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class Planning(forms.Form):
    """The plan for the person's safety."""

    words = _words(_("Rencana aman"), rows=5)


class Tasking(forms.Form):
    """What is to be done, until when."""

    words = forms.CharField(label=_("Yang harus dikerjakan"), max_length=300)
    due_on = forms.DateField(
        label=_("Paling lambat"), widget=forms.DateInput(attrs={"type": "date"})
    )


class Proving(forms.Form):
    """A voice, photo or paper."""

    file = forms.FileField(
        label=_("Suara, foto, atau kertas"),
        widget=forms.FileInput(attrs={"accept": "audio/*,image/jpeg,image/png,application/pdf"}),
    )
    note = forms.CharField(label=_("Keterangan"), max_length=300, required=False)


class Asking(forms.Form):
    """Why what is sealed has to be read."""

    reason = _words(_("Alasan; orang yang bersangkutan membacanya"), most=300)


class Proposing(forms.Form):
    """Against whom, and for what."""

    party = forms.ChoiceField(
        label=_("Pihak"),
        choices=[
            (PartyKind.AGENCY.value, PartyKind.AGENCY.label),
            (PartyKind.EMPLOYER.value, PartyKind.EMPLOYER.label),
        ],
    )
    kind = forms.ChoiceField(label=_("Pelanggaran"), choices=ProblemKind.choices)


class Sure(forms.Form):
    """Nothing to fill in; only to be sure."""


class StepEnding(forms.Form):
    """What a step about a company came to."""

    result = forms.ChoiceField(label=_("Hasil"))
    reference = forms.CharField(label=_("Nomor surat atau berita acara"), max_length=120)
    minutes = forms.CharField(
        label=_("Ringkasan berita acara"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    consequence = forms.CharField(
        label=_("Akibat bagi izin, dengan alasannya"), max_length=300, required=False
    )


class Placing(forms.Form):
    """With which case a complaint goes, or how it was answered."""

    number = forms.CharField(label=_("Nomor kasus yang menjawabnya"), max_length=20, required=False)
    how = forms.CharField(label=_("Atau: bagaimana dijawab"), max_length=300, required=False)


class Further(forms.Form):
    """For whom a complaint opens a case."""

    person = forms.CharField(label=_("Nomor PMI orang yang bersangkutan"), max_length=20)
    kind = forms.ChoiceField(label=_("Masalah"), choices=CaseKind.choices)


class Reporting(forms.Form):
    """A report about a company, in confidence."""

    words = _words(_("Yang dilaporkan, dengan kata-kata orangnya"), rows=5)
    agency = forms.CharField(label=_("Nomor P3MI"), max_length=40, required=False)
    employer = forms.CharField(label=_("Nomor pemberi kerja"), max_length=40, required=False)
    name = forms.CharField(label=_("Nama pelapor"), max_length=120, required=False)
    contact = forms.CharField(label=_("Cara menghubungi pelapor"), max_length=160, required=False)
    relation = forms.CharField(label=_("Hubungannya"), max_length=120, required=False)
