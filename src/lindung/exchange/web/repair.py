"""What was not taken: why, whose fault, and what a person can do about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.doors import actor_of, done, now, refused
from lindung.access.rights import Right
from lindung.exchange import queries, words
from lindung.exchange.lifecycles import GraveKind, GraveState, IncomingState
from lindung.exchange.models import GraveAct, Incoming, StrangerHour
from lindung.exchange.operations import repair, strangers
from lindung.exchange.operations.outbox import NotAgreed
from lindung.exchange.web.message import opened_by
from lindung.exchange.web.parts import need, need_content, partner_of, reads_content, tabs
from lindung.exchange.web.views import shown
from lindung.kernel.refusals import Incomplete, NotFound, Refusal

PAGE = 50


class Reasoned(forms.Form):
    """A reason, which the journal and the second person see."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=300,
        help_text=gettext_lazy("Tanpa nama dan nomor orang."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_GET
def waiting(request: HttpRequest, code: str) -> HttpResponse:
    """Faults of ours, messages of ours that were not taken, and what nobody signed."""
    actor = need(request, Right.EXCHANGE_REPAIR)
    partner = partner_of(actor, code)
    failed = Incoming.objects.filter(partner=partner, state=IncomingState.ERROR)
    untaken = Incoming.objects.filter(partner=partner, state=IncomingState.UNTAKEN)
    asked = {
        each.subject: each
        for each in GraveAct.objects.filter(
            partner=partner, kind=GraveKind.LEAVE_OUT, state=GraveState.ASKED
        )
    }
    behind = {each.pk: _behind(each) for each in failed.order_by("came_at")[:PAGE]}
    return render(
        request,
        "exchange/repair.html",
        {
            "partner": partner,
            "tabs": tabs(actor, partner, "exchange-repair"),
            "failed": [
                (shown(each), asked.get(str(each.pk)), behind.get(each.pk, 0))
                for each in failed.order_by("came_at")[:PAGE]
            ],
            "undelivered": [shown(each) for each in queries.undelivered(partner)[:PAGE]],
            "untaken": [shown(each) for each in untaken.order_by("-came_at")[:PAGE]],
            "strangers": [
                shown(each)
                for each in Incoming.objects.filter(
                    partner=None, state=IncomingState.UNTAKEN
                ).order_by("-came_at")[:10]
            ],
            "junk": StrangerHour.objects.aggregate(
                items=Sum("items"), kept=Sum("kept_bytes"), dropped=Sum("dropped")
            ),
            "limits": strangers,
            "actor_id": actor.id,
            "reads": reads_content(actor),
            "may_resend": actor.may(Right.EXCHANGE_RESEND),
        },
    )


@require_POST
def try_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Apply a message again."""
    row = queries.opened(message_id)
    to = _back(row.partner.code if row.partner else "")
    try:
        after = repair.try_again(actor_of(request), message_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, to)
    if after.state == IncomingState.ERROR:
        return done(request, _("Masih gagal; sebabnya tertulis di baris itu."), to)
    return done(request, _("Berhasil. Pesan sesudahnya juga diolah."), to)


@require_POST
def leave_out(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Ask to set a message aside."""
    found = queries.opened(message_id)
    to = _back(found.partner.code if found.partner else "")
    try:
        repair.ask_to_leave_out(
            actor_of(request), message_id, reason=request.POST.get("reason", ""), at=now()
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Diusulkan. Orang lain yang berwenang harus menyetujui."), to)


@require_POST
def answer(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Confirm or refuse that a message is set aside."""
    actor = need(request, Right.EXCHANGE_REPAIR)
    act = GraveAct.objects.select_related("partner").filter(pk=act_id).first()
    if act is None:
        raise NotFound
    to, confirm = _back(act.partner.code), request.POST.get("langkah") == "setuju"
    try:
        repair.answer_leaving_out(actor, act_id, confirm=confirm, at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    if confirm:
        return done(request, _("Disisihkan. Mitra diberi tahu, pesan sesudahnya diolah."), to)
    return done(request, _("Usul ditolak. Tidak ada yang berubah."), to)


@require_POST
def settle(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say that a refused message needs nothing more."""
    found = queries.opened(message_id)
    to = _back(found.partner.code if found.partner else "")
    try:
        repair.settle(actor_of(request), message_id, reason=request.POST.get("reason", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Dinyatakan selesai."), to)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Change what a message of ours says and send it in the other's place."""
    actor = need(request, Right.EXCHANGE_REPAIR)
    need_content(actor)
    found = queries.opened(message_id)
    if found.outgoing is None or found.message is None or found.partner is None:
        raise NotFound
    leaves = dict(_leaves(found.message.data))
    form = Reasoned(request.POST or None)
    typed = {path: request.POST.get(f"isi.{path}", str(value)) for path, value in leaves.items()}
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        data = found.message.data
        for path, value in leaves.items():
            data = _with(data, path, _like(value, typed[path]))
        try:
            made = repair.correct(actor, message_id, data=data, reason=form.cleaned_data["reason"])
        except NotAgreed as refusal:
            problems = [str(each) for each in refusal.facts.get("places", [])]
            form.add_error(None, _(refusal.title))
        except Incomplete as refusal:
            form.add_error("reason", _(next(iter(refusal.facts["fields"].values()))))
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            to = reverse("exchange-message", args=[made.pk])
            return done(request, _("Pesan yang diperbaiki dikirim."), to)
    elif request.method != "POST":
        opened_by(actor, found, what=gettext_noop("memperbaiki pesan pertukaran"))
    titles = {line.path: line.title for line in found.lines}
    return render(
        request,
        "exchange/correct.html",
        {
            "found": found,
            "row": shown(found.row),
            "partner": found.partner,
            "tabs": tabs(actor, found.partner, "exchange-repair"),
            "form": form,
            "problems": problems,
            "fields": [
                {"path": path, "title": titles.get(path) or _titled(path), "value": typed[path]}
                for path in leaves
            ],
        },
        status=422 if form.errors else 200,
    )


def _back(code: str) -> str:
    return reverse("exchange-repair", args=[code])


def _behind(row: Incoming) -> int:
    """How many messages wait behind this one."""
    return Incoming.objects.filter(
        partner=row.partner_id,
        subject=row.subject,
        state=IncomingState.WAITING,
        sequence__gt=row.sequence or 0,
    ).count()


def _titled(path: str) -> str:
    *_rest, last = path.split(".")
    return words.field(last)


def _leaves(value: Any, path: str = "") -> Any:
    """Every value of a message by its path; lists by place."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _leaves(each, f"{path}.{at}".lstrip("."))
    else:
        yield path, value


def _with(value: Any, path: str, new: Any) -> Any:
    """A copy with another value at that path; an empty one is left out."""
    first, _dot, rest = path.partition(".")
    if isinstance(value, list):
        at = int(first)
        return [
            (_with(each, rest, new) if rest else new) if i == at else each
            for i, each in enumerate(value)
        ]
    if rest:
        return {**value, first: _with(value[first], rest, new)}
    if new is None:
        return {name: each for name, each in value.items() if name != first}
    return {**value, first: new}


def _like(value: Any, text: str) -> Any:
    """What was typed, of the kind that stood there; empty means that it is left out."""
    text = text.strip()
    if not text:
        return None
    if isinstance(value, bool):
        return text.lower() in {"true", "ya", "yes", "1"}
    if isinstance(value, int):
        try:
            return int(text)
        except ValueError:
            return text
    return text
