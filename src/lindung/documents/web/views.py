"""Pages of documents: the person's own on the phone, the officer's on the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, now, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.documents import operations, queries
from lindung.documents.lifecycles import DOCUMENT, SHOWN, DocumentState
from lindung.documents.models import Document
from lindung.documents.sound import PDF
from lindung.documents.types import type_of
from lindung.documents.web import show
from lindung.documents.web.forms import Reason, Uploading, Verifying
from lindung.documents.web.intake import Answer, take_in
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.registry import queries as registry

_PURPOSE = gettext_noop("berkas")


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The person's own documents, where each stands, and handing in more."""
    actor = actor_of(request)
    if actor.kind is not Kind.WORKER or actor.worker is None:
        raise NotAllowed
    form = Uploading(request.POST or None, request.FILES or None, kind=actor.kind)
    answers: list[Answer] = []
    if request.method == "POST" and form.is_valid():
        answers = take_in(request, actor.worker, form.cleaned_data["type"])
        if all(each.document for each in answers):
            return done(request, _("Berkas diterima."), reverse("my_documents"))
    context = {
        "rows": show.rows(queries.documents_of(actor.worker)),
        "unsealings": queries.unsealings_of(actor.worker),
        "form": form,
        "answers": answers,
    }
    return render(request, "documents/mine.html", context, status=_status(form, answers))


@require_GET
def my_contents(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """What is in one of the person's own documents."""
    return contents(request, document_id)


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """A person's documents on the desk, and taking in more."""
    actor = actor_of(request)
    if not actor.may(Right.DOCUMENT_READ):
        raise NotAllowed
    worker = registry.worker(worker_id)
    form = Uploading(request.POST or None, request.FILES or None, kind=actor.kind)
    answers: list[Answer] = []
    if request.method == "POST" and form.is_valid():
        answers = take_in(request, worker_id, form.cleaned_data["type"])
        if all(each.document for each in answers):
            to = reverse("documents_of", args=[worker_id])
            return done(request, _("Berkas diterima."), to)
    else:
        look(actor, worker, worker=worker.id, purpose=_PURPOSE)
    context = {
        "worker": worker,
        "rows": show.rows(queries.documents_of(worker_id)),
        "columns": [_("Berkas"), _("Diterima"), _("Berlaku sampai"), _("Keadaan")],
        "outcomes": show.outcomes(queries.fitness_of(worker_id)),
        "form": form,
        "answers": answers,
        "may_upload": actor.may(Right.DOCUMENT_UPLOAD),
    }
    return render(request, "documents/person.html", context, status=_status(form, answers))


@require_GET
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One document: what it is, what is in it, and what can be decided."""
    return _page(request, document_id)


@require_http_methods(["GET", "HEAD", "POST"])
def contents(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file itself. A sealed one is asked for by a form, so that the reason is in no address."""
    opened = operations.open_document(
        actor_of(request),
        document_id,
        at=now(),
        purpose=_PURPOSE,
        reason=request.POST.get("reason", ""),
    )
    found = opened.document
    # A browser shows no PDF in a sandbox, and outside of one we show none: it is saved instead.
    way = "attachment" if found.media == PDF else "inline"
    ending = found.media.partition("/")[2]
    return HttpResponse(
        opened.data,
        content_type=found.media,
        headers={
            "Content-Disposition": f'{way}; filename="{found.number}.{ending}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@require_POST
def verify(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take a document for true; what was typed stays where it is refused."""
    form = Verifying(request.POST, sealed=queries.document(document_id).sealed)
    if form.is_valid():
        try:
            made = operations.verify(
                actor_of(request), document_id, on=today(), **form.cleaned_data
            )
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, reverse("document", args=[document_id]))
        else:
            to = reverse("documents_of", args=[made.worker_id])
            return done(request, _("Berkas dinyatakan sah."), to)
    return _page(request, document_id, verifying=form)


@require_POST
def refuse(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Send a document back with a reason."""
    form = Reason(request.POST)
    if form.is_valid():
        try:
            made = operations.refuse(actor_of(request), document_id, **form.cleaned_data)
        except Refusal as refusal:
            return refused(request, refusal, reverse("document", args=[document_id]))
        to = reverse("documents_of", args=[made.worker_id])
        return done(request, _("Berkas dikembalikan; orangnya membaca alasannya."), to)
    return _page(request, document_id, refusing=form)


@require_POST
def destroy(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Destroy what is in a document for ever, with a reason."""
    form = Reason(request.POST)
    if form.is_valid():
        try:
            made = operations.destroy(actor_of(request), document_id, **form.cleaned_data)
        except Refusal as refusal:
            return refused(request, refusal, reverse("document", args=[document_id]))
        to = reverse("documents_of", args=[made.worker_id])
        return done(request, _("Isi berkas dimusnahkan."), to)
    return _page(request, document_id, destroying=form)


def _page(request: HttpRequest, document_id: UUID, **bound: forms.Form) -> HttpResponse:
    actor = actor_of(request)
    if not actor.may(Right.DOCUMENT_READ):
        raise NotAllowed
    found = queries.document(document_id)
    steps = _steps(found)
    decides = actor.may(Right.DOCUMENT_VERIFY) and actor.kind in type_of(found.type).verify
    context: dict[str, Any] = {
        "row": show.row(found),
        "document": found,
        "is_pdf": found.media == PDF,
        "shown": found.state in SHOWN,
        "may": {
            "unseal": actor.may(Right.DOCUMENT_UNSEAL),
            "verify": decides and "verify" in steps,
            "refuse": decides and "refuse" in steps,
            "destroy": actor.may(Right.DOCUMENT_DESTROY) and "destroy" in steps,
        },
        "verifying": bound.get("verifying") or Verifying(sealed=found.sealed),
        "refusing": bound.get("refusing") or Reason(auto_id="refuse_%s"),
        "destroying": bound.get("destroying") or Reason(auto_id="destroy_%s"),
        "unsealing": Reason(auto_id="unseal_%s"),
        "errors_of": next((form for form in bound.values() if form.errors), None),
    }
    status = 422 if context["errors_of"] else 200
    return render(request, "documents/document.html", context, status=status)


def _steps(found: Document) -> set[str]:
    return {each.name for each in DOCUMENT.open_steps(DocumentState(found.state))}


def _status(form: forms.Form, answers: list[Answer]) -> int:
    return 422 if form.errors or any(each.refusal for each in answers) else 200
