"""Forms with which people sign in on their phones, and officers let them in again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.outreach.entry import QUESTIONS


class Number(forms.Form):
    """A telephone number, however it is written."""

    phone = forms.CharField(
        label=_("Nomor telepon"),
        help_text=_("Contoh: 0812 3456 7890 atau +852 5123 4567"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )


class Code(forms.Form):
    """The six digits that were sent."""

    code = forms.CharField(
        label=_("Kode masuk"),
        help_text=_("Enam angka yang kami kirim ke nomor Anda."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        """Digits only; people type blanks between them."""
        return "".join(letter for letter in self.cleaned_data["code"] if letter.isdigit())


class Recovery(forms.Form):
    """What an officer asked before letting a person in again."""

    answered = forms.MultipleChoiceField(
        label=_("Pertanyaan yang dijawab benar"),
        help_text=_("Tanyakan tanpa menyebut jawabannya."),
        choices=list(QUESTIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    in_person = forms.BooleanField(
        label=_("Orangnya hadir di depan saya dan dokumennya saya lihat"), required=False
    )
    new_phone = forms.CharField(
        label=_("Nomor telepon baru"),
        help_text=_("Dengan kode negara. Nomor lama tidak berlaku lagi untuk masuk."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("Alasan"), max_length=200)
