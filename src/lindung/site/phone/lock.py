"""The PIN before the private parts of a phone: set, asked, changed, taken away.

Runs at the door, as nobody: a locked phone proves nothing about who holds it. Whoever forgot the PIN
signs in anew, which leaves this phone without one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lindung.access import phones
from lindung.access.doors import done, now
from lindung.access.identity import WORKER_KEY
from lindung.kernel.refusals import TooMany
from lindung.outreach import entry

DIGITS = 6
_BOX = {
    "inputmode": "numeric",
    "pattern": f"[0-9]{{{DIGITS}}}",
    "maxlength": DIGITS,
    "autocomplete": "off",
}


def _pin(**shown: Any) -> forms.RegexField:
    return forms.RegexField(
        rf"^[0-9]{{{DIGITS}}}$",
        **shown,
        widget=forms.PasswordInput(attrs=_BOX),
        error_messages={
            "required": gettext_lazy("PIN terdiri dari enam angka."),
            "invalid": gettext_lazy("PIN terdiri dari enam angka."),
        },
    )


class Unlocking(forms.Form):
    """The PIN, to open the private parts."""

    pin = _pin(label=gettext_lazy("PIN"))


class Setting(forms.Form):
    """A new PIN, twice."""

    pin = _pin(label=gettext_lazy("PIN baru"))
    again = _pin(label=gettext_lazy("PIN baru, sekali lagi"))

    def clean(self) -> None:
        """Both must be the same."""
        super().clean()
        first, second = self.cleaned_data.get("pin"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", _("Kedua PIN tidak sama. Tulis lagi."))


@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Ask for the PIN of a locked phone; set, change, take away or close on an open one."""
    kept = request.session.get(WORKER_KEY)
    if kept is None:
        return HttpResponseRedirect(reverse("entry"))
    worker = UUID(kept["id"])
    phone: phones.Phone = request.phone  # type: ignore[attr-defined]
    what = request.POST.get("what", "")
    if what == "lock":
        phones.lock(request.session, worker=worker)
        return HttpResponseRedirect(reverse("my_home"))
    if phone.locked:
        return _unlock(request, worker)
    if what == "forget":
        phones.forget_pin(request.session, worker=worker)
        return done(request, _("PIN dihapus dari ponsel ini."), reverse("my_home"))
    form = Setting(request.POST if what == "set" else None)
    if what == "set" and form.is_valid():
        phones.set_pin(request.session, form.cleaned_data["pin"], worker=worker, now=now())
        said = _("PIN dipasang. Kasus, kontrak, dan data Anda kini terkunci bila ponsel diam.")
        return done(request, said, reverse("my_home"))
    return _page(request, "pin", {"form": form})


def _unlock(request: HttpRequest, worker: UUID) -> HttpResponse:
    to = _next(request)
    form = Unlocking(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = request.session.session_key or ""
            entry.spend("pin", key, now=now())
            if phones.unlock(request.session, form.cleaned_data["pin"], worker=worker, now=now()):
                return HttpResponseRedirect(to)
            form.add_error("pin", _("PIN salah."))
        except TooMany as refusal:
            form.add_error("pin", f"{_(refusal.title)} {_(refusal.advice)}")
    return _page(request, "unlock", {"form": form, "next": to})


def _next(request: HttpRequest) -> str:
    """The page asked for, if it is one of the phone's own."""
    to = request.POST.get("ke") or request.GET.get("ke") or ""
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return to if safe and to.startswith("/saya/") else reverse("my_home")


def _page(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    wrong = isinstance(form, forms.Form) and form.is_bound
    return render(request, f"saya/{name}.html", context, status=422 if wrong else 200)
