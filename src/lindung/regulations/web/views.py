"""The law for everyone: a list to search, a page per rule, what to know per country."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lindung.regulations import sentences
from lindung.regulations.command import found_from
from lindung.regulations.conditions import Context
from lindung.regulations.lawbook import DatedValue, law, value_on
from lindung.regulations.shapes import Parameter, Row, Source
from lindung.regulations.verdicts import check
from lindung.regulations.web.forms import OnDay, Search, Try

PAGE = 50


@dataclasses.dataclass(frozen=True)
class Line:
    """A rule in the list, with what it says on the day."""

    id: str
    title: str
    country: str
    category: str
    value: str
    outcome: str
    href: str


@dataclasses.dataclass(frozen=True)
class RowLine:
    """One dated row of a rule's page."""

    since: str
    until: str
    value: str
    status: str
    confidence: str
    sources: tuple[Source, ...]
    note: str
    current: bool


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Rules by words, country and theme, each with its value on a day."""
    form = Search(request.GET or None)
    asked: Mapping[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = asked.get("pada") or timezone.localdate()
    lines = [
        _line(rule, day, asked.get("pada"))
        for rule in law().parameters.values()
        if _wanted(rule, asked)
    ]
    try:
        page = max(1, int(request.GET.get("halaman", "1")))
    except ValueError:
        page = 1
    first = (page - 1) * PAGE
    context = {
        "form": form,
        "lines": lines[first : first + PAGE],
        "count": len(lines),
        "first": min(first + 1, len(lines)),
        "last": min(first + PAGE, len(lines)),
        "day": sentences.shown_day(day),
        "previous": _page(request, page - 1) if page > 1 else "",
        "next": _page(request, page + 1) if first + PAGE < len(lines) else "",
        "columns": [_("Peraturan"), _("Negara"), _("Nilai"), _("Keadaan")],
        "countries": [
            (code, sentences.pick(each.name)) for code, each in law().jurisdictions.items()
        ],
    }
    return render(request, "regulations/index.html", context)


def _page(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["halaman"] = str(number)
    return f"?{asked.urlencode()}"


def _wanted(rule: Parameter, asked: Mapping[str, Any]) -> bool:
    if asked.get("negara") and rule.jurisdiction != asked["negara"]:
        return False
    if asked.get("tema") and rule.category != asked["tema"]:
        return False
    words = (asked.get("q") or "").casefold().split()
    if not words:
        return True
    names = law().jurisdictions[rule.jurisdiction].name
    theme = law().words.categories[rule.category]
    basis = (f"{each.law} {each.article}" for each in rule.legal_basis)
    labels = (rule.title.id, rule.title.en, names.id, names.en, theme.id, theme.en)
    text = " ".join([rule.id, *labels, rule.note, *basis]).casefold()
    return all(word in text for word in words)


def _line(rule: Parameter, day: date, asked: date | None) -> Line:
    said = value_on(rule, day)
    value = said.last_known if said.value is None else said.value
    query = f"?{urlencode({'pada': asked.isoformat()})}" if asked else ""
    return Line(
        id=rule.id,
        title=sentences.pick(rule.title),
        country=sentences.pick(law().jurisdictions[rule.jurisdiction].name),
        category=sentences.pick(law().words.categories[rule.category]),
        value=sentences.shown_value(value, rule.unit),
        outcome=said.outcome,
        href=reverse("regulations:rule", args=[rule.id]) + query,
    )


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it says on a day, every dated row, its sources, and a try with a number."""
    found = law().parameters.get(rule_id)
    if found is None:
        raise Http404
    on_day = OnDay(request.GET or None)
    asked = on_day.cleaned_data.get("pada") if on_day.is_bound and on_day.is_valid() else None
    day = asked or timezone.localdate()
    said = value_on(found, day)
    trying = "nilai" in request.GET
    attempt = Try(request.GET if trying else None)
    jurisdiction = law().jurisdictions[found.jurisdiction]
    context = {
        "rule": found,
        "title": sentences.pick(found.title),
        "country": sentences.pick(jurisdiction.name),
        "country_code": found.jurisdiction,
        "category": sentences.pick(law().words.categories[found.category]),
        "rule_word": sentences.named(sentences.RULES, found.rule),
        "said": said,
        "day": sentences.shown_day(day),
        "iso_day": day.isoformat(),
        "value": sentences.shown_value(said.value, found.unit),
        "hint": sentences.shown_value(said.hint.value, found.unit) if said.hint else "",
        "hint_since": _since(said.hint.since) if said.hint else "",
        "since": _since(said.since),
        "reason": sentences.reason_sentence(said.reason) if said.reason else "",
        "confidence": sentences.named(sentences.CONFIDENCES, said.confidence),
        "tone": {"high": "daun", "medium": "kunyit"}.get(said.confidence, "merah"),
        "verified": sentences.shown_day(found.verified_through),
        "sources": [_source(source) for source in said.sources],
        "rows": [_row(found, row, said) for row in reversed(found.values)],
        "columns": [_("Berlaku"), _("Nilai"), _("Keadaan"), _("Sumber")],
        "sectors": [_sector(code) for code in found.applies_to.sectors],
        "on_day": OnDay(initial={"pada": day}) if asked is None else on_day,
        "attempt": attempt,
        "result": _attempt(found, attempt, day) if trying and attempt.is_valid() else None,
        "testable": found.rule != "informative",
    }
    return render(request, "regulations/rule.html", context)


def _sector(code: str) -> str:
    if code == "all":
        return _("semua sektor")
    return sentences.pick(law().words.sectors[code])


def _since(day: date | None) -> str:
    return sentences.shown_day(day) if day else _("awalnya tidak diketahui")


def _source(source: Source) -> dict[str, str]:
    # Some addresses carry a remark on the place inside; the link is the address alone.
    url = (source.url or "").split(" ", 1)
    return {
        "title": source.title,
        "url": url[0],
        "place": source.locator or (url[1] if len(url) > 1 else ""),
        "kind": sentences.named(sentences.KINDS, source.kind),
        "own": "yes" if source.kind == "own_knowledge" else "",
    }


def _row(rule: Parameter, row: Row, said: DatedValue) -> RowLine:
    sources = law().jurisdictions[rule.jurisdiction].sources
    current = row.status != "announced" and row.effective_from == said.since
    return RowLine(
        since=_since(row.effective_from),
        until=sentences.shown_day(row.effective_to) if row.effective_to else "",
        value=sentences.shown_value(row.value, rule.unit),
        status=sentences.named(sentences.STATUSES, row.status),
        confidence=sentences.named(sentences.CONFIDENCES, row.confidence),
        sources=tuple(sources[key] for key in row.source),
        note=row.note,
        current=current and said.status != "none",
    )


def _attempt(rule: Parameter, form: Try, day: date) -> dict[str, str] | None:
    sector = form.cleaned_data["sektor"]
    # People type numbers as they write them: 2.156.880 or 8,72 would be misread, so only digits
    # with one point are taken; anything else is compared as text.
    try:
        found = found_from(form.cleaned_data["nilai"], rule)
    except ValueError:
        form.add_error("nilai", _("Tulis satu nilai, misalnya 10320 atau ya."))
        return None
    verdict = check(rule, found, on=day, context=Context(sector=sector))
    return {
        "outcome": verdict.outcome,
        "sentence": verdict.sentence,
        "cure": verdict.cure_sentence,
        "found": sentences.shown_value(verdict.found, verdict.found_unit),
        "required": sentences.shown_value(verdict.required, rule.unit),
        "basis": "; ".join(f"{basis.law}, {basis.article}" for basis in rule.legal_basis),
        "since": sentences.shown_day(verdict.since) if verdict.since else "",
    }


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """What to know before reading a country's rules, and every source they cite."""
    jurisdiction = law().jurisdictions.get(code)
    if jurisdiction is None:
        raise Http404
    rules = [rule for rule in law().parameters.values() if rule.jurisdiction == code]
    context = {
        "code": code,
        "name": sentences.pick(jurisdiction.name),
        "compiled": sentences.shown_day(jurisdiction.compiled_on),
        "notes": jurisdiction.notes,
        "sources": [_source(source) for source in jurisdiction.sources.values()],
        "count": len(rules),
        "rows": sum(len(rule.values) for rule in rules),
        "unknown": sum(row.status == "unknown" for rule in rules for row in rule.values),
    }
    return render(request, "regulations/country.html", context)
