"""The worker's pages. Each acts as the worker whose phone it is; another's file is not found."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, now, refused, today
from lindung.access.events import sentence
from lindung.access.models import Post
from lindung.access.phones import Phone
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.monitoring import operations as monitoring
from lindung.monitoring import queries as monitored
from lindung.placement import operations as placement
from lindung.placement import queries as placements
from lindung.placement.lifecycles import ContractState
from lindung.placement.models import Contract
from lindung.protection import operations as protection
from lindung.protection import queries as cases
from lindung.protection.lifecycles import CaseState
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations import sos as emergency
from lindung.reference.queries import region_name
from lindung.registry import queries as registry
from lindung.registry.models import Condition, FactKind, Worker
from lindung.site.phone import queries
from lindung.site.phone.forms import Answer, Complaint, Reply
from lindung.site.words import purpose

P = ParamSpec("P")
_LOOKS = 50


def worker_of(request: HttpRequest) -> UUID | None:
    """The worker who acts; None for an official, who has a desk of their own."""
    actor = actor_of(request)
    return actor.worker if actor.kind is Kind.WORKER else None


def of_the_worker(
    view: Callable[Concatenate[HttpRequest, Worker, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a page the worker who acts; officials have a desk of their own."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        own = worker_of(request)
        if own is None:
            return HttpResponseRedirect("/")
        worker = registry.worker(own)
        request.post_in_charge = queries.post_of(worker)  # type: ignore[attr-defined]
        request.public_number = worker.public_number  # type: ignore[attr-defined]
        return view(request, worker, *args, **kwargs)

    return page  # type: ignore[return-value]  # wraps() keeps the inner signature


@require_GET
@of_the_worker
def home(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What can be done now, and how things stand."""
    shown = queries.home(worker, on=today())
    return _page(request, "home", {"home": shown, "worker": worker, "form": Complaint()})


@require_GET
@of_the_worker
def private(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What stands on the first page where no PIN is set, and here where one is."""
    shown = queries.home(worker, on=today())
    return _page(request, "private", {"home": shown, "worker": worker})


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def check_in(request: HttpRequest, worker: Worker) -> HttpResponse:
    """One tap says how things are; the page afterwards says what happened."""
    if request.method == "POST":
        condition = request.POST.get("condition", "")
        if condition not in {Condition.GOOD, Condition.FAIR, Condition.NEEDS_HELP}:
            raise Incomplete(fields={"condition": _("Pilih salah satu dari tiga.")})
        monitoring.check_in(
            _actor(request), worker.id, condition=Condition(condition), at=now(), channel="web"
        )
        return HttpResponseRedirect(reverse("my_check_in"))
    state = worker.state
    if state.last_check_in_at is None:
        return HttpResponseRedirect(reverse("my_home"))
    asks = bool(monitored.questions_for(worker, today()))
    return _page(request, "check_in", {"state": state, "form": Complaint(), "asks": asks})


@require_POST
@of_the_worker
def call_for_help(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The emergency button: a case at once, and the number to call."""
    silent = request.POST.get("silent") == "yes"
    found = emergency.call_for_help(_actor(request), worker.id, at=now(), silent=silent)
    return _after(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def complain(request: HttpRequest, worker: Worker) -> HttpResponse:
    """A complaint in own words; it opens a case."""
    form = Complaint(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = protection.complain(
            _actor(request),
            worker.id,
            words=form.cleaned_data["words"],
            kind=CaseKind(form.cleaned_data["kind"] or CaseKind.OTHER),
            at=now(),
        )
        return _after(request, found)
    return _page(request, "complaint", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def contract(request: HttpRequest, worker: Worker, contract_id: UUID) -> HttpResponse:
    """The contract in plain words, what was checked, and the worker's own answer."""
    found = placements.contract(contract_id)
    if request.method != "POST":
        return _contract(request, found, Answer())
    form = Answer(request.POST)
    if not form.is_valid():
        return _contract(request, found, form)
    try:
        placement.answer_contract(
            _actor(request),
            contract_id,
            agree=form.cleaned_data["answer"] == "agree",
            on=today(),
            reason=form.cleaned_data["reason"],
        )
    except Refusal as refusal:
        form.add_error(None, _told(refusal))
        return _contract(request, placements.contract(contract_id), form)
    return HttpResponseRedirect(reverse("my_contract", args=[contract_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def case(request: HttpRequest, worker: Worker, case_id: UUID) -> HttpResponse:
    """One case: its stage, what was said, and a way to say more."""
    form = Reply(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            protection.reply(_actor(request), case_id, words=words, at=now())
        except Refusal as refusal:
            form.add_error(None, _told(refusal))
        else:
            return HttpResponseRedirect(reverse("my_case", args=[case_id]) + "#percakapan")
    story = cases.story_for_worker(case_id)
    found = story.case
    context = {
        "case": found,
        "story": story,
        "stages": queries.stages(found),
        "notes": cases.notes(case_id),
        "form": form,
        "asks": found.state == CaseState.OUTCOME,
        "late": found.answered_at is None and found.answer_due_at < now(),
        "sos": found.complaint is not None and found.complaint.channel == "sos",
    }
    return _page(request, "case", context)


@require_POST
@of_the_worker
def safety(request: HttpRequest, worker: Worker, case_id: UUID) -> HttpResponse:
    """The worker's word that all is well; whoever looks on reads the same answer, always."""
    to = reverse("my_case", args=[case_id])
    form = Reply(request.POST)
    if not form.is_valid():
        raise Incomplete(fields={"words": _("Tulis pesannya dahulu.")})
    emergency.say_safe(_actor(request), case_id, words=form.cleaned_data["words"], at=now())
    return done(request, _("Pesan sudah sampai."), to)


@require_POST
@of_the_worker
def outcome(request: HttpRequest, worker: Worker, case_id: UUID) -> HttpResponse:
    """Whether it is really solved: only the worker can say."""
    to = reverse("my_case", args=[case_id])
    solved = request.POST.get("solved")
    if solved not in {"yes", "no"}:
        raise Incomplete(fields={"solved": _("Pilih ya atau belum.")})
    given = request.POST.get("feedback", "")
    try:
        protection.answer_outcome(
            _actor(request),
            case_id,
            solved=solved == "yes",
            at=now(),
            feedback=int(given) if given.isdecimal() else None,
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return HttpResponseRedirect(to)


@require_POST
@of_the_worker
def object_to_close(request: HttpRequest, worker: Worker, case_id: UUID) -> HttpResponse:
    """Say that a closed case is not over."""
    to = reverse("my_case", args=[case_id])
    try:
        protection.object_to_close(
            _actor(request), case_id, words=request.POST.get("words", ""), at=now()
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return HttpResponseRedirect(to)


@require_GET
@of_the_worker
def outbox(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What waits on this phone; the phone itself fills the list."""
    return _page(request, "outbox", {})


@require_GET
@of_the_worker
def messages(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Everything we wrote to the worker, newest first."""
    return _page(request, "messages", {"messages_to_me": queries.messages(worker.id)})


@require_GET
@of_the_worker
def looks(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Who opened the file, of which office, when and for what."""
    found, total = registry.looks(_actor(request), worker, most=_LOOKS)
    rows = [(entry, sentence(entry.type, {"purpose": purpose(entry.payload)})) for entry in found]
    return _page(request, "looks", {"looks": rows, "total": total, "most": _LOOKS})


@require_GET
@of_the_worker
def data(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What we hold about the worker: numbers masked, facts with who said so and when."""
    facts = [
        (str(FactKind(kind).label), fact, (today() - fact.confirmed_on).days)
        for kind, found in registry.current_facts(worker.id).items()
        for fact in found
    ]
    context = {
        "worker": worker,
        "region": region_name(worker.region) if worker.region else "",
        "facts": facts,
        "numbers": registry.identifiers_of(worker.id),
    }
    return _page(request, "data", context)


def _after(request: HttpRequest, found: Case) -> HttpResponse:
    """On to the case; a locked phone tells its number and opens nothing."""
    phone: Phone | None = getattr(request, "phone", None)
    if phone is not None and phone.locked:
        said = _("Diterima. Nomornya %(number)s.") % {"number": found.number}
        return done(request, said, reverse("my_home"))
    return HttpResponseRedirect(reverse("my_case", args=[found.id]))


def _contract(request: HttpRequest, found: Contract, form: Answer) -> HttpResponse:
    state = ContractState(found.state)
    last = found.answer_by
    verdicts = queries.judged(found)
    context = {
        "contract": found,
        "state": str(state),
        "sections": queries.sections(found),
        "met": [each for each in verdicts if each.outcome == "meets"],
        "others": [each for each in verdicts if each.outcome != "meets"],
        "form": form,
        "days": (last - today()).days if last else None,
        "may_answer": state is ContractState.VERIFIED and (last is None or last >= today()),
    }
    return _page(request, "contract", context)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A page; its days and hours are those of the post in charge, where the worker lives."""
    post = _post(request)
    with timezone.override(ZoneInfo(post.timezone) if post else timezone.get_default_timezone()):
        return render(request, f"saya/{name}.html", {**context, "post": post})


def _post(request: HttpRequest) -> Post | None:
    post: Post | None = request.post_in_charge  # type: ignore[attr-defined]
    return post


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request)


def _told(refusal: Refusal) -> str:
    return " ".join(_(each) for each in (refusal.title, refusal.advice) if each)
