"""What a service sees behind its link: the named fields, and where to say how it went."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import now, told
from lindung.assistance import operations
from lindung.assistance.lifecycles import REFERRAL, ReferralState
from lindung.assistance.models import Referral
from lindung.assistance.shared_fields import FIELDS
from lindung.assistance.web.forms import ServiceWord
from lindung.kernel.refusals import Incomplete, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, token: str) -> HttpResponse:
    """Only the button opens it, since messengers open links to preview them."""
    if request.method != "POST":
        return _page(request, "assistance/link.html", {"token": token})
    form, said, step = ServiceWord(), "", request.POST.get("step", "")
    try:
        if step:
            form = ServiceWord(request.POST)
            words = form.cleaned_data["result"] if form.is_valid() else ""
            operations.answer_referral(token, step=step, at=now(), result=words)
            form, said = ServiceWord(), _("Tercatat. Perwakilan sudah melihatnya.")
    except Incomplete as refusal:
        told(form, refusal)
    except operations.ReferralClosed as refusal:
        return _closed(request, refusal)
    except Refusal as refusal:
        said = _(refusal.title)
    try:
        found = operations.read_referral(token, at=now())
    except operations.ReferralClosed as refusal:
        return _closed(request, refusal, said=said)
    return _page(request, "assistance/link.html", _shown(found, token, form, said))


def _shown(found: Referral, token: str, form: ServiceWord, said: str) -> dict[str, object]:
    return {
        "token": token,
        "referral": found,
        "told": [(FIELDS[name], found.shared[name]) for name in FIELDS if name in found.shared],
        "steps": {each.name for each in REFERRAL.open_steps(ReferralState(found.state))},
        "form": form,
        "said": said,
    }


def _closed(request: HttpRequest, refusal: Refusal, *, said: str = "") -> HttpResponse:
    context = {"closed": _(refusal.title), "advice": _(refusal.advice), "said": said}
    return _page(request, "assistance/link.html", context, status=refusal.status)


def _page(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
