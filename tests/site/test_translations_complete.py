"""English is complete, keeps every place of a sentence, and says one thing one way."""

from __future__ import annotations

import re
from collections import defaultdict

import polib
import pytest
from django.utils import translation

import lindung.site.urls  # noqa: F401  # events are known once the pages that record them are
from lindung.access.events import sentence
from lindung.access.queries import role_title
from lindung.kernel.refusals import NotFound
from lindung.site import translations
from lindung.site.refusals import problem

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def entries() -> list[tuple[str, polib.POEntry]]:
    """Every English entry with its app."""
    return [
        (app, entry)
        for app in translations.apps()
        if (path := translations.catalogue(app, "en")).exists()
        for entry in polib.pofile(str(path))
    ]


@pytest.mark.parametrize("app", translations.apps())
def test_everything_said_is_said_in_english(app: str) -> None:
    report = translations.check(app, "en")
    assert [phrase.msgid for phrase in report.missing] == []
    assert report.obsolete == []


def test_english_keeps_the_places_of_each_sentence() -> None:
    wrong = [
        (app, entry.msgid)
        for app, entry in entries()
        for said in (entry.msgstr_plural or {0: entry.msgstr}).values()
        if not set(PLACE.findall(said)) <= set(PLACE.findall(entry.msgid))
        or (not entry.msgid_plural and set(PLACE.findall(said)) != set(PLACE.findall(entry.msgid)))
    ]
    assert wrong == []


def test_apps_do_not_translate_one_phrase_in_two_ways() -> None:
    # Django merges all catalogues: the app listed first would speak for the others.
    said = defaultdict(set)
    for _app, entry in entries():
        said[entry.msgctxt, entry.msgid].add(entry.msgstr)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


@pytest.mark.parametrize("pages", ["desk", "phone", "public"])
def test_english_is_offered_everywhere(pages: str) -> None:
    translations._offered.cache_clear()
    assert [offer.code for offer in translations.offered_languages(pages)][:2] == ["id", "en"]


def test_what_is_said_without_a_call_is_found() -> None:
    access = {phrase.msgid for phrase in translations.phrases("access")}
    assert {NotFound.title, NotFound.advice, "Atase Ketenagakerjaan"} <= access
    registry = {phrase.msgid for phrase in translations.phrases("registry")}
    assert {
        "Terdaftar lewat %(channel)s",
        "Tautan ini tidak berlaku lagi.",
        "Lengkapi NIK",
        "Isian ini tidak diubah di sini.",
        "Tuliskan nama, seperti yang dipakai sehari-hari.",
    } <= registry


def test_sentences_titles_and_refusals_speak_english() -> None:
    with translation.override("en"):
        payload = {"number": "KS-1", "label": "Violence"}
        assert sentence("protection.CaseOpened", payload) == "Case KS-1: Violence"
        assert role_title("attache") == "Labour Attaché"
        body = problem(NotFound(fields={"words": "Tulis pesannya dahulu."})).content.decode()
    assert "Not found." in body
    assert "Write the message first." in body
