"""A person's life with us as lines of a page, from the journal alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lindung.access.events import Event, event_class, sentence
from lindung.access.models import JournalEntry
from lindung.reference.queries import country_name
from lindung.site.words import in_words

# Steps of our own kitchen; they stand in the journal, not in a person's story.
_QUIET = {
    "registry.TaskOpened",
    "registry.TaskClosed",
    "outreach.MessageQueued",
    "outreach.MessageSent",
    "access.PersonLookedAt",
}
_MANY = "placement.RequirementSettled"
_PAGES = (("case", "case"), ("contract", "contract"), ("placement", "placement"))


@dataclass(slots=True)
class Line:
    """One line: who speaks, the day, what happened, where it leads, and what is folded below."""

    origin: str
    on: date
    title: str
    href: str = ""
    source: str = ""
    alarm: bool = False
    folded: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Topic:
    """A filter of the line: key in the address, label, topics of events."""

    key: str
    label: str
    topics: frozenset[str]


def topics() -> tuple[Topic, ...]:
    """The filters, in order; the first shows everything."""
    return (
        Topic("", _("Semua"), frozenset()),
        Topic("dokumen", _("Dokumen"), frozenset({"document"})),
        Topic("kasus", pgettext("menu", "Kasus"), frozenset({"case"})),
        Topic("lapor", _("Lapor diri"), frozenset({"check-in"})),
        Topic("tujuan", _("Negara tujuan"), frozenset({"destination"})),
    )


def lines(entries: Iterable[JournalEntry], *, topic: str = "") -> list[Line]:
    """Journal entries, newest first, as lines; requirements settled on one day fold into one."""
    wanted = next((each.topics for each in topics() if each.key == topic), frozenset())
    found: list[Line] = []
    for entry in entries:
        cls = event_class(entry.type)
        if entry.type in _QUIET or cls is None or (wanted and cls.topic not in wanted):
            continue
        on = timezone.localtime(entry.at).date()
        if entry.type == _MANY:
            _fold(found, entry, on)
            continue
        mark = _mark(cls, entry)
        found.append(
            Line(
                origin=mark,
                on=on,
                title=sentence(entry.type, in_words(entry)),
                href=_href(entry),
                source=_source(entry) if mark == "destination" else "",
                alarm=entry.type == "protection.CaseOpened",
            )
        )
    return found


def _mark(cls: type[Event], entry: JournalEntry) -> str:
    """Who speaks: some events can come from several sides, and then say from which."""
    said = str(entry.payload.get("source", ""))
    return said if said in {"destination", "worker"} else cls.mark


def _fold(found: list[Line], entry: JournalEntry, on: date) -> None:
    told = sentence(entry.type, in_words(entry))
    last = found[-1] if found else None
    if last is None or last.on != on or not last.folded:
        last = Line(origin="ours", on=on, title="", href=_href(entry), folded=[])
        found.append(last)
    last.folded.append(told)
    number = len(last.folded)
    last.title = ngettext("%(n)s syarat dicatat", "%(n)s syarat dicatat", number) % {"n": number}


def _href(entry: JournalEntry) -> str:
    for name, page in _PAGES:
        if identifier := entry.payload.get(name):
            return reverse(page, args=[identifier])
    return ""


def _source(entry: JournalEntry) -> str:
    if not entry.country:
        return _("dari negara tujuan")
    return _("dari %(country)s") % {"country": country_name(entry.country)}
