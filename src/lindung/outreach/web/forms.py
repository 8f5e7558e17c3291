"""Forms of the conversation: writing, writing down, how a person may be reached, whose words they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.outreach.models import SENDABLE, Channel, SafeContact
from lindung.outreach.templates import CHOSEN, render

_LONGEST = 4000


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class Safety(forms.Form):
    """When and how a person may be reached without danger, in the order of what matters most."""

    first = forms.ChoiceField(label=_("Saluran pertama"), choices=[])
    second = forms.ChoiceField(label=_("Bila gagal, coba lewat"), required=False, choices=[])
    not_before = _clock(_("Aman mulai pukul"))
    not_after = _clock(_("Sampai pukul"))
    do_not_call = forms.BooleanField(label=_("Jangan menelepon saya"), required=False)
    # Short, and whole without a hint: beside a box there is no room for one.
    harmless = forms.BooleanField(
        label=_("SMS, WhatsApp, dan surel hanya berisi kata netral"), required=False
    )
    open_words = forms.BooleanField(
        label=_("Hanya saya yang membaca telepon ini: petugas boleh menulis lengkap"),
        required=False,
    )
    help_word = forms.CharField(
        label=_("Kata rahasia minta tolong"),
        required=False,
        max_length=40,
        help_text=_(
            "Bila kata ini ada di pesan, kami tahu Anda dalam bahaya. Telepon Anda tetap diam."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, rules: SafeContact | None, **kwargs: Any) -> None:
        """Begins with the rules as they are."""
        if rules is not None:
            kwargs.setdefault("initial", _as_typed(rules))
        super().__init__(*args, **kwargs)
        channels = [(str(each), Channel(each).label) for each in SENDABLE]
        for name, empty in (("first", []), ("second", [("", "—")])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*empty, *channels]

    def rules(self) -> dict[str, Any]:
        """What was typed, as the operation takes it."""
        given = dict(self.cleaned_data)
        return {
            "channels": list(filter(None, (given.pop("first"), given.pop("second")))),
            **given,
        }


class OfficersSafety(Safety):
    """The same on the desk, with a note for colleagues."""

    note = forms.CharField(
        label=_("Catatan untuk rekan"),
        required=False,
        max_length=200,
        help_text=_("Orangnya tidak membaca catatan ini."),
    )


class Say(forms.Form):
    """A word to a person: own words or a chosen one, over a channel that they allow."""

    channel = forms.ChoiceField(label=_("Saluran"), choices=[])
    template = forms.ChoiceField(label=_("Pesan siap pakai"), required=False, choices=[])
    words = forms.CharField(
        label=_("Atau tulis sendiri"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, channels: list[tuple[str, str]], language: str, **kwargs: Any
    ) -> None:
        """Offers the channels that the person allows, and templates in the person's language."""
        super().__init__(*args, **kwargs)
        channel, template = self.fields["channel"], self.fields["template"]
        assert isinstance(channel, forms.ChoiceField)
        assert isinstance(template, forms.ChoiceField)
        channel.choices = channels
        template.choices = [
            ("", "—"),
            *((each, render(each, language, {})[0]) for each in CHOSEN),
        ]


class WriteDown(forms.Form):
    """What somebody said at the counter or on the telephone."""

    channel = forms.ChoiceField(
        label=_("Di mana"),
        choices=[(str(each), each.label) for each in (Channel.WALK_IN, Channel.CALL)],
        widget=forms.RadioSelect,
        initial=str(Channel.WALK_IN),
    )
    words = forms.CharField(
        label=_("Yang dikatakan, dengan kata orangnya"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Tulis apa yang dikatakan, dengan kata orangnya.")},
    )


class Matching(forms.Form):
    """Whose the messages of a sender are."""

    who = forms.CharField(
        label=_("Nomor PMI orangnya"),
        max_length=24,
        help_text=_("Dari berkasnya, misalnya PMI-26-000123. Belum tahu? Cari dahulu di bawah."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    relation = forms.ChoiceField(
        label=_("Yang menulis"),
        choices=[
            ("self", _("orangnya sendiri")),
            ("once", _("orangnya sendiri, dari telepon orang lain (hanya pesan ini)")),
            ("relative", _("keluarganya")),
        ],
        widget=forms.RadioSelect,
        initial="self",
    )


def _as_typed(rules: SafeContact) -> dict[str, Any]:
    return {
        "first": rules.channel,
        "second": rules.channels[0] if rules.channels else "",
        "not_before": rules.not_before,
        "not_after": rules.not_after,
        "do_not_call": rules.do_not_call,
        "harmless": rules.harmless,
        "open_words": rules.open_words,
        "help_word": rules.help_word,
        "note": rules.note,
    }
