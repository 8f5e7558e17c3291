"""What a phone sends from its outbox, and what each thing becomes.

An item carries the key made at the tap. Whatever comes a second time under its key changes nothing
and is told again what it became: by the id of the row it made, or by the kept key where it made none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.base import File
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.once import answered_before, keep_answer
from lindung.kernel.refusals import Refusal
from lindung.monitoring import operations as monitoring
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations import sos as emergency
from lindung.registry.models import Condition, Worker
from lindung.site.phone.events import WrittenEarlier
from lindung.site.phone.forms import Complaint, Reply, Wage
from lindung.site.phone.queries import currency_of
from lindung.site.templatetags.formats import instant

# Below this a delay is the way through the net and a skew is no news.
NOTABLE_SECONDS = 120
_CASE = re.compile(r"^/saya/kasus/([0-9a-f-]{36})/$")


class NotReadable(Refusal):
    """What the phone sent is no item of ours: an old version of the page, or a damaged store."""

    slug = "item-not-readable"
    title = "Kiriman ini tidak terbaca."
    advice = "Salin isinya, muat ulang halaman, lalu kirim lagi."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing from the outbox.

    Attributes:
        key: made at the tap.
        claimed_at: when, by the phone's own clock.
        data: what its form held, by kind.
        file: voice or photo, where the kind brings one.
    """

    key: UUID
    kind: str
    claimed_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    file: File[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Became:
    """What the server says an item became: words, and the page and number where it goes on."""

    say: str
    url: str = ""
    number: str = ""


def take(actor: Actor, worker: Worker, item: Item, *, sent_at: datetime, at: datetime) -> Became:
    """Do what an item says, once.

    Args:
        sent_at: the phone's clock when it sent, to tell its skew.
        at: the server's clock, which counts.
    Raises:
        NotReadable: an unknown kind, or fields that are not what the kind holds.
        Refusal: as the operation says.
    """
    doing = KINDS.get(item.kind)
    if doing is None:
        raise NotReadable(kind=item.kind)
    known = answered_before(actor, item.key)
    became = doing(_Taking(actor, worker, item, at, known))
    if known is None:
        keep_answer(actor, item.key, 303, became.url)
        _tell_delay(actor, worker, item, sent_at=sent_at, at=at)
    return became


@dataclass(frozen=True, slots=True)
class _Taking:
    """One item being taken; ``known`` is where it led before, if it came before."""

    actor: Actor
    worker: Worker
    item: Item
    at: datetime
    known: str | None

    def valid(self, form: type[forms.Form]) -> dict[str, Any]:
        """The item's data through the same form as on the page."""
        filled = form(dict(self.item.data))
        if not filled.is_valid():
            raise NotReadable(_errors(filled))
        return filled.cleaned_data


def _check_in(taking: _Taking) -> Became:
    condition = taking.item.data.get("condition", "")
    if condition not in set(Condition.values):
        raise NotReadable
    given = monitoring.check_in(
        taking.actor,
        taking.worker.id,
        condition=Condition(condition),
        at=taking.at,
        channel="web",
        check_in_id=taking.item.key,
    )
    say = _("Kabar %(word)s diterima %(when)s.") % {
        "word": Condition(given.condition).label,
        "when": instant(given.at),
    }
    return Became(say, reverse("my_check_in"))


def _complaint(taking: _Taking) -> Became:
    given = taking.valid(Complaint)
    case = protection.complain(
        taking.actor,
        taking.worker.id,
        words=given["words"],
        kind=CaseKind(given["kind"] or CaseKind.OTHER),
        at=taking.at,
        channel="web",
        complaint_id=taking.item.key,
    )
    return _case(case, _("Keluhan diterima. Nomornya %(number)s.") % {"number": case.number})


def _reply(taking: _Taking) -> Became:
    if taking.known is not None:
        return Became(_("Pesan sudah sampai."), taking.known)
    case_id = _id(taking.item.data.get("case"))
    protection.reply(taking.actor, case_id, words=taking.valid(Reply)["words"], at=taking.at)
    return Became(_("Pesan sudah sampai."), reverse("my_case", args=[case_id]))


def _sos(taking: _Taking) -> Became:
    if taking.known is not None:
        return Became(_("Permintaan tolong sudah sampai."), taking.known)
    case = emergency.call_for_help(
        taking.actor,
        taking.worker.id,
        at=taking.at,
        silent=taking.item.data.get("silent") == "yes",
        complaint_id=taking.item.key,
    )
    say = _("Permintaan tolong diterima. Nomornya %(number)s.") % {"number": case.number}
    return _case(case, say)


def _place(taking: _Taking) -> Became:
    """A finer place, of a case that the phone knows, or of the call that it sent before."""
    if taking.known is not None:
        return Became(_("Tempat Anda sudah sampai."), taking.known)
    data = taking.item.data
    case_id = _id(data["case"]) if data.get("case") else _led_to(taking, _id(data.get("sos")))
    try:
        lat, lon, accuracy = float(data["lat"]), float(data["lon"]), round(float(data["accuracy"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise NotReadable from None
    emergency.share_place(
        taking.actor, case_id, lat=lat, lon=lon, accuracy_m=accuracy, at=taking.at
    )
    said = _("Tempat Anda sampai. Dihapus bila keadaan darurat ini berakhir.")
    return Became(said, reverse("my_case", args=[case_id]))


def _safe(taking: _Taking) -> Became:
    if taking.known is not None:
        return Became(_("Pesan sudah sampai."), taking.known)
    case_id = _id(taking.item.data.get("case"))
    words = taking.valid(Reply)["words"]
    emergency.say_safe(taking.actor, case_id, words=words, at=taking.at)
    return Became(_("Pesan sudah sampai."), reverse("my_case", args=[case_id]))


def _led_to(taking: _Taking, key: UUID) -> UUID:
    """The case that an earlier item of the same person became."""
    found = _CASE.search(answered_before(taking.actor, key) or "")
    if found is None:
        raise NotReadable
    return UUID(found.group(1))


def _evidence(taking: _Taking) -> Became:
    if taking.known is not None:
        return Became(_("Lampiran sudah sampai."), taking.known)
    file, data = taking.item.file, taking.item.data
    if file is None:
        raise NotReadable
    complaint = _id(data["complaint"])
    case = Case.objects.filter(complaint_id=complaint, worker=taking.worker).first()
    protection.add_evidence(
        taking.actor,
        worker_id=taking.worker.id,
        content=file.read(),
        at=taking.at,
        evidence_id=taking.item.key,
        case_id=case.id if case else None,
        complaint_id=complaint,
        note=str(data.get("note", ""))[:200],
    )
    url = reverse("my_case", args=[case.id]) if case else reverse("my_home")
    return Became(_("Lampiran diterima."), url)


def _wage(taking: _Taking) -> Became:
    form = Wage(
        dict(taking.item.data),
        on=timezone.localdate(taking.at),
        currency=currency_of(taking.worker),
    )
    if not form.is_valid():
        raise NotReadable(_errors(form))
    monitoring.report_wage(
        taking.actor, taking.worker.id, at=taking.at, report_id=taking.item.key, **form.told()
    )
    return Became(form.said(), reverse("my_home"))


def _answer(taking: _Taking) -> Became:
    monitoring.answer(
        taking.actor,
        taking.worker.id,
        question=str(taking.item.data.get("question", "")),
        answer=str(taking.item.data.get("answer", "")),
        at=taking.at,
        answer_id=taking.item.key,
    )
    return Became(_("Jawaban diterima."), reverse("my_question"))


KINDS: dict[str, Callable[[_Taking], Became]] = {
    "check_in": _check_in,
    "complaint": _complaint,
    "reply": _reply,
    "sos": _sos,
    "place": _place,
    "safe": _safe,
    "evidence": _evidence,
    "wage": _wage,
    "answer": _answer,
}


def _case(case: Case, say: str) -> Became:
    return Became(say, reverse("my_case", args=[case.id]), case.number)


def _errors(form: forms.Form) -> str:
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotReadable from None


def _tell_delay(
    actor: Actor, worker: Worker, item: Item, *, sent_at: datetime, at: datetime
) -> None:
    waited = (sent_at - item.claimed_at).total_seconds()
    skew = (sent_at - at).total_seconds()
    if abs(skew) < NOTABLE_SECONDS and waited < NOTABLE_SECONDS:
        return
    record(
        WrittenEarlier(
            item=item.key,
            kind=item.kind,
            claimed_at=item.claimed_at,
            # A clock that was set back meanwhile cannot say how long.
            waited_minutes=max(0, round(waited / 60)),
            skew_seconds=round(skew),
        ),
        actor=actor,
        about=worker,
    )
