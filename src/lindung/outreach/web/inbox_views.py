"""What came in and belongs to nobody yet: unknown and shared senders, what could not be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import done, need, refused, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.outreach import keywords, operations, queries
from lindung.outreach.models import Received, ReceivedState
from lindung.outreach.operations.keeping import opened
from lindung.outreach.web.conversation_views import lines_of
from lindung.outreach.web.forms import Matching
from lindung.registry import queries as registry
from lindung.registry.models import FamilyMember, Worker

_PURPOSE = gettext_noop("mencocokkan pengirim pesan")
# So much of something unreadable is shown; it is there to be recognised, not to be read out.
_SHOWN_BYTES = 2000


class Settled(forms.Form):
    """What was done with something that could not be read."""

    reason = forms.CharField(label=gettext_lazy("Yang Anda lakukan"), max_length=200)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Senders who wait to be matched, cries for help first; what could not be read; what was refused."""
    need(request, Right.SENDER_MATCH)
    context = {
        "waiting": queries.waiting_senders(),
        "unreadable": queries.unreadable(),
        "refused": queries.refused(),
        "aside": queries.set_aside_senders(),
        "columns": [_("Pengirim"), _("Banyak"), _("Terakhir"), _("Meminta")],
    }
    return render(request, "outreach/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: HttpRequest, sender_id: UUID) -> HttpResponse:
    """One sender: what was written, who it may be, and the decision. A search is posted: no name in an address."""
    actor = need(request, Right.SENDER_MATCH)
    found = queries.sender(sender_id)
    searched = request.POST.get("q", "").strip()
    people = registry.find_workers(actor, searched) if searched else []
    form = Matching()
    return _page(request, actor, sender_id, form=form, people=people, searched=searched, at=found)


@require_POST
def decide(request: HttpRequest, sender_id: UUID) -> HttpResponse:
    """Match, share, set aside or forget."""
    actor = need(request, Right.SENDER_MATCH)
    to = reverse("sender", args=[sender_id])
    step = request.POST.get("langkah", "")
    try:
        if step == "cocokkan":
            return _matched(request, actor, sender_id)
        if step == "bersama":
            operations.share(actor, sender_id)
            return done(request, _("Dicatat: nomor bersama. Tiap pesan ditanya siapa."), to)
        if step == "kesampingkan":
            operations.set_aside(actor, sender_id)
            return done(request, _("Dikesampingkan. Pesannya tetap tersimpan."), reverse("inbox"))
        if step == "batalkan":
            operations.forget(actor, sender_id)
            return done(request, _("Keputusan dibatalkan; pesan berikutnya ditanyakan lagi."), to)
    except Refusal as refusal:
        return refused(request, refusal, to)
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def unreadable(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Something that could not be read: why, its beginning, and what was done with it."""
    actor = need(request, Right.SENDER_MATCH)
    row = Received.objects.filter(id=received_id, state=ReceivedState.UNREADABLE).first()
    if row is None:
        raise NotFound
    form = Settled(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.settle_unreadable(actor, received_id, **form.cleaned_data)
        return done(request, _("Diselesaikan. Isinya tetap tersimpan."), reverse("inbox"))
    raw = opened(row)[:_SHOWN_BYTES].decode("utf-8", errors="replace")
    context = {"row": row, "raw": raw, "form": form}
    status = 422 if form.errors else 200
    return render(request, "outreach/unreadable.html", context, status=status)


def _matched(request: HttpRequest, actor: Actor, sender_id: UUID) -> HttpResponse:
    form = Matching(request.POST)
    if form.is_valid():
        try:
            worker = registry.worker_by_number(form.cleaned_data["who"].strip().upper())
            relation = form.cleaned_data["relation"]
            operations.match(
                actor,
                sender_id,
                worker_id=worker.id,
                member_id=_member(request, worker) if relation == "relative" else None,
                remember=relation != "once",
            )
        except NotFound:
            form.add_error("who", _("Nomor ini tidak ada, atau di luar wilayah tugas Anda."))
        except Incomplete as refusal:
            told(form, refusal, otherwise="who")
        else:
            said = _("Dicocokkan. Permintaan di pesannya dijalankan sekarang.")
            return done(request, said, reverse("conversation", args=[worker.id]))
    return _page(
        request, actor, sender_id, form=form, people=[], searched="", at=queries.sender(sender_id)
    )


def _member(request: HttpRequest, worker: Worker) -> UUID:
    """The relative who writes: the one chosen, or the only one the person has named."""
    named = list(FamilyMember.objects.filter(worker=worker).order_by("id"))
    chosen = [each for each in named if str(each.id) == request.POST.get("member", "")]
    if chosen:
        return chosen[0].id
    if len(named) != 1:
        words = (
            gettext_noop("Catat dahulu keluarganya di berkas orangnya.")
            if not named
            else gettext_noop("Orangnya mencatat beberapa keluarga. Pilih salah satu.")
        )
        raise Incomplete(fields={"relation": words})
    return named[0].id


def _page(
    request: HttpRequest,
    actor: Actor,
    sender_id: UUID,
    *,
    form: Matching,
    people: list[Worker],
    searched: str,
    at: Any,
) -> HttpResponse:
    messages = queries.thread(sender_id)
    named = _named(messages)
    for each in {person.id: person for person in (*people, *named)}.values():
        look(actor, each, worker=each.id, purpose=_PURPOSE)
    context = {
        "sender": at,
        "lines": lines_of(messages),
        "form": form,
        "people": people,
        "named": named,
        "relatives": FamilyMember.objects.filter(worker__in=[*named, *people]).order_by("id"),
        "searched": searched,
        "columns": [_("Nama"), _("Nomor"), _("Tahap")],
    }
    status = 422 if form.errors else 200
    return render(request, "outreach/sender.html", context, status=status)


def _named(messages: list[Any]) -> list[Worker]:
    """People whose public number stands in the messages; a claim, for the officer to judge."""
    numbers = {keywords.read(each.words).public_number for each in messages if each.incoming} - {""}
    found = []
    for number in sorted(numbers):
        try:
            found.append(registry.worker_by_number(number))
        except NotFound:
            continue
    return found
