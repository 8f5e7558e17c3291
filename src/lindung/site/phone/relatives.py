"""The worker's relatives: who they are, what they may know, and the link to hand on."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now
from lindung.kernel.refusals import NotAllowed
from lindung.outreach import family
from lindung.registry.models import Worker
from lindung.site.family.forms import Naming
from lindung.site.phone.views import of_the_worker


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def relatives(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Name a relative, and see those named."""
    form = Naming(request.POST or None)
    if request.method == "POST" and form.is_valid():
        family.name_relative(actor_of(request), worker.id, **form.cleaned_data)
        said = _("Dicatat. Buat tautannya bila ia boleh masuk.")
        return done(request, said, reverse("my_relatives"))
    return _page(request, worker, form=form)


@require_http_methods(["POST"])
@of_the_worker
def change(request: HttpRequest, worker: Worker, member_id: UUID) -> HttpResponse:
    """Hand a link on, take it back, or change what the relative may know."""
    actor, what = actor_of(request), request.POST.get("what", "")
    if what == "invite":
        token = family.invite(actor, member_id, now=now())
        link = f"{settings.PUBLIC_URL}{reverse('family_link', args=[token])}"
        return _page(request, worker, form=Naming(), link=link, member=member_id)
    if what == "shut out":
        family.shut_out(actor, member_id)
        said = _("Ditutup. Ia tidak dapat masuk lagi.")
    elif what in {"allow", "forbid"}:
        family.let_see_condition(actor, member_id, may=what == "allow")
        said = _("Diubah.")
    else:
        raise NotAllowed
    return done(request, said, reverse("my_relatives"))


def _page(
    request: HttpRequest,
    worker: Worker,
    *,
    form: Naming,
    link: str = "",
    member: UUID | None = None,
) -> HttpResponse:
    context = {
        "relatives": family.relatives_of(worker.id),
        "form": form,
        "link": link,
        "member": member,
    }
    return render(request, "saya/relatives.html", context)
