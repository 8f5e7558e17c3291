"""Pages of the register: find people, bring one in, finish a task."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, now, refused, ticked, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel import identifiers
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.reference.queries import provinces
from lindung.registry import operations, queries
from lindung.registry.duplicates import Candidate, Draft, candidates_for
from lindung.registry.web.forms import Enrolment, Number


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """People in scope: newest first, or those a search finds."""
    actor = actor_of(request)
    if not actor.may(Right.WORKER_READ):
        raise NotAllowed
    # What is searched for names people, so it comes in the body and stands in no address.
    text = request.POST.get("q", "").strip()
    if text:
        return render(
            request,
            "registry/people.html",
            {"people": queries.find_workers(actor, text), "text": text, "columns": _columns()},
        )
    before = _key(request.GET.get("sebelum", ""))
    found = queries.newest_workers(actor, before=before)
    page, more = found[: queries.PAGE], found[queries.PAGE :]
    return render(
        request,
        "registry/people.html",
        {
            "people": page,
            "columns": _columns(),
            "next": f"?sebelum={page[-1].id}" if more else "",
            "previous": reverse("people") if before else "",
            "may_enrol": actor.may(Right.WORKER_ENROL),
        },
    )


def enrol(request: HttpRequest) -> HttpResponse:
    """Bring a person into the register; what is not known becomes a task."""
    if not actor_of(request).may(Right.WORKER_ENROL):
        raise NotAllowed
    by_agency = actor_of(request).kind is Kind.AGENCY
    form = Enrolment(request.POST or None, with_phone=not by_agency)
    likely: list[Candidate] = []
    if request.method == "POST" and form.is_valid():
        shown = set(ticked(request, "bukan"))
        likely = [each for each in _likely(request, form) if each.worker.id not in shown]
        for each in likely:
            purpose = gettext_noop("mencari berkas ganda")
            look(actor_of(request), each.worker, worker=each.worker.id, purpose=purpose)
    if request.method == "POST" and form.is_valid() and not likely:
        try:
            worker_id = _enrol(request, form, not_same_as=shown)
        except Incomplete as refusal:
            told(form, refusal, otherwise="nik")
        else:
            to = reverse("person", args=[worker_id])
            return done(request, _("Terdaftar. Yang belum lengkap menjadi tugas."), to)
    context = {
        "form": form,
        "likely": likely,
        "columns": [_("Nama"), _("Nomor"), _("Nilai"), _("Alasan")],
        "shown": request.POST.getlist("bukan"),
    }
    return render(request, "registry/enrol.html", context, status=422 if form.errors else 200)


def add_number(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Add a number from a paper; one that does not fit the rest of the file warns on the page."""
    actor = actor_of(request)
    if not actor.may(Right.IDENTIFIER_ADD):
        raise NotAllowed
    worker = queries.worker(worker_id)
    form = Number(request.POST or None, initial={"issuer": provinces()[0].country_id})
    if request.method == "POST" and form.is_valid():
        try:
            added = operations.add_identifier(actor, worker_id, on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told = refusal.facts["fields"]["value"]
            form.add_error("value", _(told))
        else:
            said = _("Nomor disimpan: %(masked)s.") % {"masked": added.masked}
            return done(request, said, reverse("person", args=[worker_id]))
    status = 422 if request.method == "POST" else 200
    context = {"worker": worker, "form": form}
    return render(request, "registry/number.html", context, status=status)


@require_POST
def finish_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick a task as done."""
    back = request.POST.get("kembali", "")
    to = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"
    try:
        operations.close_task(actor_of(request), task_id, step="finish", at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return HttpResponseRedirect(to)


def _key(text: str) -> UUID | None:
    """The id in an address, or none where somebody typed something else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _columns() -> list[str]:
    return [_("Nama"), _("Nomor"), _("Asal"), _("Tujuan"), _("Tahap"), pgettext("orang", "Keadaan")]


_CHANNELS = {Kind.AGENCY: "agency", Kind.POST: "post"}


def _likely(request: HttpRequest, form: Enrolment) -> list[Candidate]:
    """People in scope who may be the one being enrolled; the officer says which."""
    actor, given = actor_of(request), form.cleaned_data
    if not actor.may(Right.WORKER_READ):
        return []
    numbers = {identifiers.Kind.NIK: given["nik"], identifiers.Kind.PHONE: given.get("phone", "")}
    draft = Draft(
        full_name=given["full_name"],
        call_name=given["call_name"],
        sex=given["sex"],
        birth_date=given["birth_date"],
        birth_place=given["birth_place"],
        region=given["region"],
        numbers={kind: text for kind, text in numbers.items() if text},
    )
    return candidates_for(actor, draft)


def _enrol(request: HttpRequest, form: Enrolment, *, not_same_as: set[UUID]) -> UUID:
    actor, given = actor_of(request), form.cleaned_data
    numbers = {
        identifiers.Kind.NIK: given.pop("nik"),
        identifiers.Kind.PHONE: given.pop("phone", ""),
    }
    worker = operations.enrol(
        actor,
        on=today(),
        channel=_CHANNELS.get(actor.kind, "office"),
        not_same_as=not_same_as,
        # Whoever is brought in while the service demonstrates is made up, and their phone can be read.
        is_demo=settings.DEMO,
        numbers=numbers,
        **given,
    )
    return worker.id
