"""Forms of accounts, duties and keys."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lindung.access.administration import OFFICIAL_KINDS, Place
from lindung.access.models import Account, Duty, Office, Post
from lindung.access.queries import role_title
from lindung.access.roles import roles


class DayInput(forms.DateInput):
    """A day as the browser lets people pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Opening(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("Nama pengguna"),
        help_text=_("Huruf kecil, misalnya nama.depan"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(label=_("Nama lengkap"), max_length=120)
    email = forms.EmailField(label=_("Surel"), required=False)


class DutyForm(forms.Form):
    """A role in one place, for a time."""

    role = forms.ChoiceField(label=_("Peran"))
    post = forms.ModelChoiceField(Post.objects.none(), label=_("Perwakilan"), required=False)
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Kantor"), required=False)
    country = forms.CharField(
        label=_("Negara tujuan"),
        help_text=_("Kode dua huruf; hanya untuk pejabat negara tujuan."),
        required=False,
        max_length=2,
    )
    valid_from = forms.DateField(label=_("Mulai"), widget=DayInput())
    valid_to = forms.DateField(
        label=_("Hari pertama tidak bertugas lagi"), widget=DayInput(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            # An agency's own people are enrolled with the agency, whose table lies higher.
            (role.name, role_title(role.name))
            for role in roles().values()
            if role.kind in OFFICIAL_KINDS and role.kind != "agency"
        ]
        self.fields["post"].queryset = Post.objects.all()  # type: ignore[attr-defined]
        self.fields["office"].queryset = Office.objects.all()  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = timezone.localdate

    def place(self) -> Place:
        """Where the duty is held."""
        post, office = self.cleaned_data["post"], self.cleaned_data["office"]
        return Place(
            post_id=post.id if post else None,
            office_id=office.id if office else None,
            country=self.cleaned_data["country"].upper(),
        )


class Reason(forms.Form):
    """Why a grave act is done."""

    reason = forms.CharField(
        label=_("Alasan"),
        help_text=_("Sebutkan cara Anda memastikan orangnya."),
        max_length=200,
    )


class Delegation(forms.Form):
    """One's own duty for a colleague, until a day."""

    duty = forms.ChoiceField(label=_("Tugas"))
    to = forms.ChoiceField(label=_("Rekan"))
    until = forms.DateField(label=_("Hari pertama tidak berlaku lagi"), widget=DayInput())

    def __init__(
        self, *args: Any, duties: list[Duty], colleagues: list[Account], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            (str(each.id), f"{role_title(each.role)} · {each.post or each.office or ''}")
            for each in duties
        ]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(each.id), each.display_name) for each in colleagues
        ]


def _in_ninety_days() -> date:
    return timezone.localdate() + timedelta(days=90)


class Key(forms.Form):
    """A key for another system."""

    duty = forms.ChoiceField(label=_("Bertindak dalam tugas"))
    name = forms.CharField(label=_("Sistem yang memakai"), max_length=80)
    rights = forms.MultipleChoiceField(
        label=_("Wewenang"),
        help_text=_("Hanya yang dimiliki tugas itu."),
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(label=_("Berlaku sampai"), widget=DayInput(), initial=_in_ninety_days)

    def __init__(self, *args: Any, duties: list[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            (str(each.id), f"{each.account.display_name} · {role_title(each.role)}")
            for each in duties
        ]
        held = {str(right) for each in duties for right in roles()[each.role].rights}
        self.fields["rights"].choices = [  # type: ignore[attr-defined]
            (right, right) for right in sorted(held)
        ]
