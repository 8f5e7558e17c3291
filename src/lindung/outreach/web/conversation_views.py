"""The conversation with one person over all channels, and how they may safely be reached."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import done, need, now, refused, told
from lindung.access.journal import look
from lindung.access.models import Post
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.outreach import operations, queries
from lindung.outreach.lifecycles import MessageState
from lindung.outreach.models import Channel, Message
from lindung.outreach.web.forms import OfficersSafety, Say, WriteDown
from lindung.registry import queries as registry
from lindung.registry.models import Worker

_PURPOSE = gettext_noop("percakapan")
_TONES = {
    MessageState.FAILED: "merah",
    MessageState.WAITING: "kunyit",
    MessageState.DELIVERED: "daun",
    MessageState.READ: "daun",
}


@require_GET
def conversation(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """One thread over all channels, with what became of each message."""
    actor = need(request, Right.MESSAGE_READ)
    worker = registry.worker(worker_id)
    look(actor, worker, worker=worker_id, purpose=_PURPOSE)
    return _page(request, actor, worker)


@require_POST
def say(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Write to the person; what was typed stays where it is refused."""
    actor = need(request, Right.MESSAGE_SEND)
    worker = registry.worker(worker_id)
    form = _say_form(worker, request.POST)
    if form.is_valid():
        try:
            made = operations.say(actor, worker_id, now=now(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal, otherwise="words")
        else:
            return done(request, _what_happens(made), reverse("conversation", args=[worker_id]))
    return _page(request, actor, worker, form=form, status=422)


@require_POST
def call(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Show the number to call, where the person may be called now."""
    actor = need(request, Right.MESSAGE_SEND)
    worker = registry.worker(worker_id)
    try:
        number = operations.number_to_call(actor, worker_id, now=now())
    except Refusal as refusal:
        return refused(request, refusal, reverse("conversation", args=[worker_id]))
    return _page(request, actor, worker, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Write down what was said at the counter or on the telephone."""
    actor = need(request, Right.MESSAGE_RECEIVE)
    worker = registry.worker(worker_id)
    form = WriteDown(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.write_down(actor, worker_id, at=now(), **form.cleaned_data)
        said = _("Dicatat dengan kata orangnya, dan diteruskan ke kasusnya.")
        return done(request, said, reverse("conversation", args=[worker_id]))
    return render(
        request,
        "outreach/walk_in.html",
        {"worker": worker, "form": form},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """How the person may be reached, set on the person's word."""
    actor = need(request, Right.SAFETY_SET)
    worker = registry.worker(worker_id)
    form = OfficersSafety(request.POST or None, rules=queries.rules(worker_id))
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_rules(actor, worker_id, now=now(), **form.rules())
        except Incomplete as refusal:
            told(form, refusal, otherwise="first")
        else:
            said = _("Aturan kontak aman disimpan. Semua pesan mengikutinya mulai sekarang.")
            return done(request, said, reverse("conversation", args=[worker_id]))
    return render(
        request,
        "outreach/safety.html",
        {"worker": worker, "form": form, "rules": queries.rules(worker_id)},
        status=422 if form.errors else 200,
    )


@require_GET
def enclosure(request: HttpRequest, medium_id: UUID) -> HttpResponse:
    """A voice note or picture that came with a message."""
    actor = need(request, Right.MESSAGE_READ)
    found = queries.medium_of(medium_id)
    media, data = operations.enclosure(medium_id)
    if found.worker_id is not None:
        look(actor, found, worker=found.worker_id, purpose=_PURPOSE)
    return HttpResponse(
        data,
        content_type=media,
        headers={
            "Content-Disposition": "inline",
            "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def lines_of(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages as a conversation shows them."""
    return [
        {
            "message": each,
            "ours": not each.incoming,
            "who": _who(each),
            "channel": _channel(each),
            "state": "" if each.incoming else str(queries.STATE_LABELS[MessageState(each.state)]),
            "tone": _TONES.get(MessageState(each.state), "abu"),
            "media": list(each.media.all()),
        }
        for each in messages
    ]


def _page(
    request: HttpRequest,
    actor: Actor,
    worker: Worker,
    *,
    form: Say | None = None,
    number: str = "",
    status: int = 200,
) -> HttpResponse:
    may_send = actor.may(Right.MESSAGE_SEND)
    context = {
        "worker": worker,
        "lines": lines_of(queries.conversation(worker.id)),
        "reach": queries.reachable(worker, now=now()),
        "safe": queries.safe_contact(worker.id),
        "senders": queries.senders_of(worker.id),
        "form": (form or _say_form(worker, None)) if may_send else None,
        "may_write_down": actor.may(Right.MESSAGE_RECEIVE),
        "may_set": actor.may(Right.SAFETY_SET),
        "number": number,
    }
    post = Post.objects.filter(id=worker.post_id or 0).only("timezone").first()
    # Hours are those of where the person lives, as the safe ones are.
    with timezone.override(ZoneInfo(post.timezone if post else settings.TIME_ZONE)):
        return render(request, "outreach/conversation.html", context, status=status)


def _say_form(worker: Worker, data: Any) -> Say:
    own = queries.reachable(worker, now=now())
    return Say(data, channels=queries.channel_labels(own.channels), language=worker.language)


def _what_happens(message: Message) -> str:
    if message.not_before_at and message.not_before_at > message.made_at:
        return _("Pesan menunggu jam aman orangnya, lalu dikirim.")
    if message.carried:
        return _("Pesan ada di kotak Lindung; lewat saluran itu dikirim pemberitahuan netral.")
    return _("Pesan diserahkan untuk dikirim.")


def _who(message: Message) -> str:
    if not message.incoming:
        return message.author or _("Lindung")
    if message.member is not None:
        return f"{message.member.name} ({message.member.relation})"
    if message.channel in {Channel.WALK_IN, Channel.CALL}:
        return _("dicatat %(name)s") % {"name": message.author}
    return ""


def _channel(message: Message) -> str:
    known = message.channel in Channel.values
    return str(Channel(message.channel).label) if known else message.channel
