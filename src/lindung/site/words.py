"""What stands in a journal entry as a code, in words of the reader's language.

An entry keeps the words of the day it was written beside their code. The code is what lasts, so
the words are made from it again; an entry with a code that this version does not know keeps its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from lindung.access.models import JournalEntry
from lindung.placement.labels import EVIDENCE_STATES
from lindung.protection.kinds import CLOSED
from lindung.protection.lifecycles import CASE
from lindung.protection.models import CaseKind
from lindung.protection.stages import STAGE_LABELS
from lindung.protection.track import track
from lindung.registry.models import IDENTIFIER_LABELS, Condition, FactKind
from lindung.regulations.pathways import pathways
from lindung.regulations.sentences import pick
from lindung.reintegration.models import ReturnReason

Words = Mapping[str, Any]

CHANNELS: Words = {
    "office": gettext_lazy("kantor"),
    "phone": gettext_lazy("ponsel pekerja"),
    "web": gettext_lazy("ponsel pekerja"),
    "sos": gettext_lazy("tombol darurat"),
}
FIELDS: Words = {
    "full_name": gettext_lazy("nama lengkap"),
    "call_name": gettext_lazy("nama panggilan"),
    "sex": gettext_lazy("jenis kelamin"),
    "birth_date": gettext_lazy("tanggal lahir"),
    "birth_place": gettext_lazy("tempat lahir"),
    "language": gettext_lazy("bahasa"),
}
NUMBERS: Words = {
    **IDENTIFIER_LABELS,
    "kk": gettext_lazy("kartu keluarga"),
    "residence": gettext_lazy("izin tinggal"),
    "work-permit": gettext_lazy("izin kerja"),
}
ANSWERS: Words = {"accepted": gettext_lazy("setuju"), "refused": gettext_lazy("menolak")}
# As the destination names them: roster.status and employment.changed of schemas/.
ROSTER: Words = {
    "active": pgettext_lazy("daftar pencari kerja", "terdaftar"),
    "returned": pgettext_lazy("daftar pencari kerja", "dikembalikan untuk diperbaiki"),
    "removed": pgettext_lazy("daftar pencari kerja", "dikeluarkan"),
    "expired": pgettext_lazy("daftar pencari kerja", "masa berlakunya habis"),
    "selected": pgettext_lazy("daftar pencari kerja", "dipilih pemberi kerja"),
}
CHANGES: Words = {
    "ended": gettext_lazy("hubungan kerja berakhir"),
    "dismissed": gettext_lazy("diberhentikan"),
    "deceased": gettext_lazy("meninggal dunia"),
    "unfit": gettext_lazy("tidak sehat untuk bekerja"),
    "absent": gettext_lazy("tidak hadir bekerja"),
    "employer_renamed": gettext_lazy("pemberi kerja berganti nama"),
    "workplace_moved": gettext_lazy("tempat kerja pindah"),
    "employer_changed": gettext_lazy("pemberi kerja berganti"),
    "contract_renewed": gettext_lazy("kontrak diperpanjang"),
    "terms_changed": gettext_lazy("syarat kerja berubah"),
}
_AFTER_STEP: Words = {step.name: STAGE_LABELS[step.target] for step in CASE.steps}
_TRACK: Words = {code: lazy(lambda code=code: track()[code].shown, str)() for code in track()}
_FACTS: Words = {kind.value: kind.label for kind in FactKind}

# Event → (place in its sentence, field with the code, words by code).
_CODED: Mapping[str, tuple[str, str, Words]] = {
    "registry.WorkerEnrolled": ("channel", "channel", CHANNELS),
    "registry.IdentifierAdded": ("kind", "kind", NUMBERS),
    "registry.FactRecorded": ("label", "kind", _FACTS),
    "registry.FactsContradict": ("label", "kind", _FACTS),
    "placement.RequirementSettled": ("state", "state", EVIDENCE_STATES),
    "placement.ContractAnswered": ("answer", "answer", ANSWERS),
    "placement.RosterStatusReceived": ("status", "status", ROSTER),
    "monitoring.CheckedIn": ("label", "condition", {c.value: c.label for c in Condition}),
    "monitoring.EmploymentChanged": ("change", "change", CHANGES),
    "protection.ComplaintMade": ("channel", "channel", CHANNELS),
    "protection.CaseOpened": (
        "label",
        "kind",
        {kind.value: kind.label for kind in CaseKind} | {CLOSED: gettext_lazy("Kasus tertutup")},
    ),
    "protection.CaseMoved": ("label", "step", _AFTER_STEP),
    "protection.ContactTried": ("channel", "channel", CHANNELS),
    "protection.TrackStepOpened": ("label", "step", _TRACK),
    "protection.TrackStepEnded": ("label", "step", _TRACK),
    "reintegration.CameHome": ("label", "reason", {r.value: r.label for r in ReturnReason}),
}


def in_words(entry: JournalEntry) -> dict[str, Any]:
    """The payload with codes, titles and days in words of the active language."""
    shown: dict[str, Any] = dict(entry.payload)
    if coded := _CODED.get(entry.type):
        place, code, words = coded
        shown[place] = words.get(str(entry.payload.get(code)), shown.get(place, "…"))
    if entry.type == "registry.WorkerUpdated":
        names = str(shown.get("fields", "")).split(", ")
        shown["fields"] = ", ".join(str(FIELDS.get(name, name)) for name in names)
    if title := _title(entry.payload):
        shown["title"] = title
    for name, value in shown.items():
        if isinstance(value, str) and value:
            if name.endswith("_on"):
                shown[name] = formats.date_format(date.fromisoformat(value), "j M Y")
            elif name.endswith("_at"):
                at = timezone.localtime(datetime.fromisoformat(value))
                shown[name] = formats.date_format(at, "j M Y H:i")
    return shown


def purpose(payload: Mapping[str, Any]) -> str:
    """What a file was opened for; a number of a case stays a number."""
    return gettext(str(payload.get("purpose", "")))


def _title(payload: Mapping[str, Any]) -> str:
    """The title of the pathway or of the requirement that an entry is about, where data has it."""
    ways = pathways()
    if way := ways.get(str(payload.get("pathway"))):
        return pick(way.title)
    wanted, said = payload.get("requirement"), payload.get("title")
    titles = [each.title for way in ways.values() for each in way.requirements if each.id == wanted]
    # Two ways may call one requirement by two names: the one that was said goes before the others.
    titles.sort(key=lambda title: title.id != said)
    return pick(titles[0]) if titles else ""
