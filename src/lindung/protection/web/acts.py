"""Acts on a case as plain forms: what it takes, what it will change, and then the change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, now, told
from lindung.access.models import Account, Post
from lindung.access.rights import Right
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound, Refusal
from lindung.parties.models import PartyKind, ProblemKind
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind, LinkSort
from lindung.protection.web import forms as papers

Given = dict[str, Any]
Do = Callable[[Actor, Case, Given, datetime, int], object]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its form, what it does, and how it is told.

    Attributes:
        words: what will happen, said before.
        previews: whether the change is shown before it is made.
        danger: whether it is one to think about twice.
    """

    title: str | Promise
    form: type[forms.Form]
    do: Do
    said: str | Promise
    words: str | Promise = ""
    previews: bool = False
    danger: bool = False
    sealed: bool | None = None


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


def _pause(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.pause(
        actor, case.id, reason=given["reason"], until=given["until"], at=at, version=version
    )


def _hand_over(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    person, _sep, name = given["person"].partition(" ")
    return operations.hand_over(
        actor,
        case.id,
        reason=given["reason"],
        at=at,
        to_id=_id(person),
        to_name=name,
        post_id=int(given["post"]) if given["post"] else None,
        version=version,
    )


def _merge(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.merge(
        actor,
        case.id,
        other_id=UUID(given["other"]),
        reason=given["reason"],
        at=at,
        version=version,
    )


def _split(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.split(
        actor,
        case.id,
        kind=CaseKind(given["kind"]),
        words=given["words"],
        at=at,
        version=version,
    )


def _link(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    try:
        other = queries.case_by_number(given["number"])
    except NotFound:
        raise Incomplete(fields={"number": "Kasus itu tidak ditemukan."}) from None
    return operations.link(
        actor,
        case.id,
        other_id=other.id,
        sort=LinkSort(given["sort"]),
        reason=given["reason"],
        at=at,
    )


def _kind(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.set_kind(actor, case.id, kind=CaseKind(given["kind"]), version=version)


def _attempt(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.log_attempt(actor, case.id, at=at, **given)


def _plan(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.write_plan(actor, case.id, at=at, **given)


def _task(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.set_task(actor, case.id, at=at, **given)


def _prove(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.add_evidence(
        actor,
        worker_id=case.worker_id,
        case_id=case.id,
        content=given["file"].read(),
        note=given["note"],
        at=at,
        evidence_id=new_id(),
    )


def _ask(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.ask_opening(actor, case.id, at=at, **given)


def _in_danger(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.open_in_danger(actor, case.id, at=at, **given)


def _propose(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    party = PartyKind(given["party"])
    subject = case.agency_id if party is PartyKind.AGENCY else queries.employer_of(case)
    if subject is None:
        raise Incomplete(fields={"party": "Pihak itu tidak diketahui dari kasus ini."})
    return operations.propose_sanction(
        actor,
        party=party,
        subject=subject,
        kind=ProblemKind(given["kind"]),
        at=at,
        case_id=case.id,
    )


def _close(actor: Actor, case: Case, given: Given, at: datetime, version: int) -> object:
    return operations.close_unreachable(actor, case.id, at=at, version=version)


ACTS: dict[str, Act] = {
    "upaya": Act(
        _("Catat upaya menghubungi"), papers.Attempting, _attempt, _("Upaya dicatat."),
        _("Tiga saluran berbeda tanpa hasil dan lewatnya hari menurut aturan baru membolehkan kasus ditutup."),
    ),
    "rencana": Act(
        _("Rencana aman"), papers.Planning, _plan, _("Rencana aman disimpan."),
        _("Hanya petugas yang membaca rencana ini."),
    ),
    "tugas": Act(_("Tugas"), papers.Tasking, _task, _("Tugas dicatat.")),
    "bukti": Act(
        _("Tambah bukti"), papers.Proving, _prove, _("Bukti disimpan."),
        _("Suara, foto, atau kertas. P3MI tidak pernah melihatnya."),
    ),
    "jenis": Act(
        _("Ubah jenis"), papers.Understanding, _kind, _("Jenis kasus diperbarui."),
        _("Jam hanya dapat menjadi lebih dekat. Jenis kekerasan, perdagangan orang, dan anak menutup kasus."),
        previews=True,
    ),
    "jeda": Act(
        _("Jeda"), papers.Pausing, _pause, _("Kasus dijeda."),
        _("Batas rencana dan selesai bergeser sepanjang jeda; balasan pertama tidak."), previews=True,
    ),
    "alih": Act(
        _("Alihkan"), papers.HandingOver, _hand_over, _("Kasus dialihkan."),
        _("Jam tidak dimulai lagi. Pos lama tetap membaca yang sudah ada."), previews=True,
    ),
    "gabung": Act(
        _("Gabung"), papers.Merging, _merge, _("Kasus digabung."),
        _("Jam yang paling awal berlaku. Penggabungan dapat dibatalkan."), previews=True,
    ),
    "pecah": Act(
        _("Pecah"), papers.Splitting, _split, _("Kasus dipecah."),
        _("Kasus baru dihitung sejak kasus ini dibuka."), previews=True,
    ),
    "kait": Act(_("Kaitkan"), papers.Linking, _link, _("Kasus dikaitkan.")),
    "sanksi": Act(
        _("Usulkan sanksi"), papers.Proposing, _propose, _("Usul sanksi masuk daftar masalah."),
        _("Pihak yang diadukan tidak diberi tahu siapa yang mengadu, juga tidak nomor kasusnya."),
    ),
    "tutup": Act(
        _("Tutup: tidak dapat dihubungi"), papers.Sure, _close, _("Kasus ditutup."),
        _("Pekerja dapat membukanya lagi kapan pun."), previews=True, danger=True,
    ),
    "buka": Act(
        _("Minta dibuka"), papers.Asking, _ask, _("Permintaan dikirim ke orang kedua."),
        _("Orang kedua harus setuju; isinya lalu terbaca oleh Anda saja, beberapa jam."), sealed=True,
    ),
    "darurat": Act(
        _("Buka darurat"), papers.Asking, _in_danger, _("Kasus dibuka darurat; orang kedua menilainya sesudahnya."),
        _("Hanya bila nyawa terancam sekarang."), danger=True, sealed=True,
    ),
}  # fmt: skip


def open_acts(case: Case, *, is_open: bool) -> list[tuple[str, Act]]:
    """The acts that can be taken on a case now, in order."""
    if case.closed_at is not None:
        return [] if is_open else [(name, ACTS[name]) for name in ("buka", "darurat")]
    return [
        (name, each)
        for name, each in ACTS.items()
        if (each.sealed is None or (case.is_sealed and not is_open))
        and not (name == "jeda" and case.paused_until)
    ]


def act(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """The form of one act; posted, first what it would change, then the change."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_WORK):
        raise NotAllowed
    if name not in ACTS:
        raise NotFound
    found, chosen, at = queries.case(case_id), ACTS[name], now()
    form = _form(request, chosen, found, actor)
    context: dict[str, Any] = {"case": found, "act": chosen, "name": name, "form": form}
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "protection/act.html", context, status=status)
    version = _version(request, found)
    try:
        if chosen.previews and not request.POST.get("sure"):
            context["preview"] = _preview(actor, found, chosen, form.cleaned_data, at, version)
            return render(request, "protection/act.html", context)
        chosen.do(actor, found, form.cleaned_data, at, version)
    except Conflict as refusal:
        context["conflict"] = refusal.facts
        return render(request, "protection/act.html", context, status=409)
    except Incomplete as refusal:
        told(form, refusal)
        return render(request, "protection/act.html", context, status=422)
    except Refusal as refusal:
        form.add_error(None, _sentence(refusal))
        return render(request, "protection/act.html", context, status=refusal.status)
    # A case that went to another post is no longer this one's to open.
    still = Case.objects.filter(id=case_id).exists()
    to = reverse("case", args=[case_id]) if still else reverse("cases")
    return done(request, gettext(str(chosen.said)), to)


class _Undo(Exception):
    """Takes a preview's change back."""


def _preview(
    actor: Actor, found: Case, chosen: Act, given: Given, at: datetime, version: int
) -> list[tuple[str, Any, Any]]:
    """What an act would change, found by making the change and taking it back."""
    before = _shown(queries.case(found.id))
    after = before
    try:
        with transaction.atomic():
            chosen.do(actor, found, given, at, version)
            left = Case.objects.filter(id=found.id).first()
            after = _shown(left) if left else before | {"owner": gettext("pos lain")}
            raise _Undo
    except _Undo:
        pass
    labels = {
        "kind": gettext("Masalah"),
        "stage": gettext("Tahap"),
        "owner": gettext("Petugas"),
        "answer": gettext("Balasan pertama"),
        "plan": gettext("Rencana aman"),
        "close": gettext("Selesai"),
    }
    return [(labels[key], before[key], after[key]) for key in labels]


def _shown(case: Case) -> dict[str, Any]:
    return {
        "kind": case.get_kind_display(),
        "stage": case.stage,
        "owner": case.owner,
        "answer": case.answer_due_at,
        "plan": case.plan_due_at,
        "close": case.due_at,
    }


def _version(request: HttpRequest, case: Case) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else case.version


def _form(request: HttpRequest, chosen: Act, case: Case, actor: Actor) -> forms.Form:
    sent = request.method == "POST"
    form = chosen.form(request.POST, request.FILES) if sent else chosen.form()
    if "person" in form.fields and "post" in form.fields:
        people = Account.objects.filter(is_active=True).exclude(id=case.owner_id or actor.id)
        _offer(
            form,
            "person",
            [
                ("", "—"),
                *((f"{each.id} {each.display_name}", each.display_name) for each in people[:200]),
            ],
        )
        posts = Post.objects.exclude(id=case.post_id or 0)
        _offer(form, "post", [("", "—"), *((str(each.id), each.name) for each in posts)])
    if "other" in form.fields:
        same = queries.likely_same(case)
        labels = [f"{each.number} · {each.get_kind_display()} · {each.stage}" for each in same]
        _offer(
            form, "other", [(str(each.id), label) for each, label in zip(same, labels, strict=True)]
        )
    return form


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _sentence(refusal: Refusal) -> str:
    said = [gettext(refusal.title)]
    if ways := refusal.facts.get("ways"):
        said.append(gettext("Sudah dicoba: %(ways)s.") % {"ways": ", ".join(ways)})
    if until := refusal.facts.get("until"):
        said.append(gettext("Paling cepat %(until)s.") % {"until": until})
    return " ".join([*said, gettext(refusal.advice)])
