"""Catalogues of words, without gettext's programs.

The source language is Indonesian. Every app keeps ``locale/<language>/LC_MESSAGES/django.po``;
English is always complete, other languages are offered page by page once they are. Extraction is
Django's ``templatize`` and Babel's reader of Python; what is said without a call to gettext (the
titles of refusals, the sentences of events, the titles of roles) is read from the syntax tree and
from data. Compiling is polib's.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

import polib
import yaml
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
ROOT = SOURCE.parents[1]
COMPLETE = "en"
KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# How each language counts. Kept here since gettext's own table is not on the machine.
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5;",
}
ONE_FORM = "nplurals=1; plural=0;"
# Which templates make up the pages of a kind. Words of Python (refusals, form errors) and of the
# shared parts can appear on any of them.
PAGES = {"phone": ("/phone", "/saya/", "/cotton/", ".py"), "public": (), "desk": ()}

# Plain Python below every app has no catalogue; the lowest app that answers people keeps its words.
KEEPS_FOR = {"access": ("kernel",)}
# Class attributes that are said to people, by the class they come down from.
SAID_BY_CLASSES = {"Refusal": ("title", "advice"), "Event": ("sentence",)}
# Data whose named values are said to people.
SAID_BY_DATA = {"access/roles.yaml": "title"}

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing said to people: its Indonesian words, where it stands, its plural if it counts."""

    msgid: str
    plural: str | None = None
    context: str | None = None
    places: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What makes it one phrase: its words in their context."""
        return (self.context, self.msgid)


@dataclass(frozen=True, slots=True)
class Offer:
    """A language that can be chosen, under its own name."""

    code: str
    name: str


@dataclass(slots=True)
class Report:
    """What is wrong with one catalogue."""

    app: str
    language: str
    missing: list[Phrase] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True when nothing is missing and nothing is left over."""
        return not self.missing and not self.obsolete


def apps() -> list[str]:
    """Apps whose words are collected: every folder with an ``apps.py``."""
    return sorted(path.parent.name for path in SOURCE.glob("*/apps.py"))


def catalogue(app: str, language: str) -> Path:
    """Where an app's catalogue of a language is kept."""
    return SOURCE / app / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def phrases(app: str) -> list[Phrase]:
    """Every phrase of an app's Python, templates and data, ordered by first place and words."""
    found: dict[Key, Phrase] = {}
    places: dict[Key, list[str]] = defaultdict(list)
    folders = [app, *KEEPS_FOR.get(app, ())]
    for path in (path for folder in folders for path in _files(SOURCE / folder)):
        place = path.relative_to(ROOT).as_posix()
        for phrase in _phrases_in(path):
            known = found.setdefault(phrase.key, phrase)
            if known.plural is None and phrase.plural is not None:
                found[phrase.key] = phrase
            if place not in places[phrase.key]:
                places[phrase.key].append(place)
    return [
        Phrase(each.msgid, each.plural, each.context, tuple(places[key]))
        for key, each in found.items()
    ]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if "static" in path.parts or "migrations" in path.parts or not path.is_file():
            continue
        in_templates = "templates" in path.parts and path.suffix in {".html", ".txt", ".svg"}
        in_data = path.relative_to(SOURCE).as_posix() in SAID_BY_DATA
        if path.suffix == ".py" or in_templates or in_data:
            yield path


def _phrases_in(path: Path) -> Iterator[Phrase]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        named = SAID_BY_DATA[path.relative_to(SOURCE).as_posix()]
        yield from (Phrase(row[named]) for row in yaml.safe_load(text).values())
        return
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
        # templatize pads with X to keep columns; it is not Python, so gettext's own reading of
        # it is imitated: one call a line.
        yield from _calls_in_template(text)
        return
    for _line, function, messages, _comments in extract_python(
        BytesIO(text.encode()), KEYWORDS, (), {}
    ):
        phrase = _as_phrase(str(function), messages)
        if phrase is not None:
            yield phrase
    yield from _said_without_a_call(ast.parse(text))


def _said_without_a_call(tree: ast.Module) -> Iterator[Phrase]:
    """Attributes of refusals and events, and what ``Incomplete`` says about fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names = SAID_BY_CLASSES.get(_said_by(SOURCE).get(node.name, ""), ())
            for line in node.body:
                if isinstance(line, ast.Assign):
                    targets: list[ast.expr] = line.targets
                elif isinstance(line, ast.AnnAssign):
                    targets = [line.target]
                else:
                    continue
                if any(isinstance(each, ast.Name) and each.id in names for each in targets):
                    yield from _words_of(line.value)
        elif isinstance(node, ast.Call) and _name(node.func) == "Incomplete":
            for keyword in node.keywords:
                value = keyword.value
                if keyword.arg == "fields" and isinstance(value, ast.Dict):
                    for each in value.values:
                        yield from _words_of(each)
                elif isinstance(value, ast.Call) and _name(value.func) == "fromkeys":
                    yield from _words_of(value.args[1])


def _words_of(value: ast.expr | None) -> Iterator[Phrase]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield Phrase(value.value)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _said_by(source: Path) -> dict[str, str]:
    """Every class under ``source`` that comes down from one of ``SAID_BY_CLASSES``, and which."""
    above: dict[str, list[str]] = {}
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "class " not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                above[node.name] = [_name(base) for base in node.bases]
    found = {root: root for root in SAID_BY_CLASSES}
    grew = True
    while grew:
        fresh = {
            name: next(found[base] for base in bases if base in found)
            for name, bases in above.items()
            if name not in found and any(base in found for base in bases)
        }
        found |= fresh
        grew = bool(fresh)
    return found


def _calls_in_template(text: str) -> Iterator[Phrase]:
    for name in ("npgettext", "ngettext", "pgettext", "gettext"):
        start = 0
        while (at := text.find(f"{name}(", start)) >= 0:
            start = at + 1
            if at and (text[at - 1].isalnum() or text[at - 1] == "_") and text[at - 1] != "X":
                continue
            if text[at - 1 : at] == "n" or text[at - 1 : at] == "p":
                continue
            call = _balanced(text, at + len(name))
            if call is None:
                continue
            messages = _literals(call)
            phrase = _as_phrase(name, messages) if messages else None
            if phrase is not None:
                yield phrase


def _balanced(text: str, opening: int) -> str | None:
    depth, quote, position = 0, "", opening
    while position < len(text):
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return text[opening : position + 1]
        position += 1
    return None


def _literals(call: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(f"f{call.replace(chr(10), ' ')}", mode="eval").body
    except SyntaxError:
        return ()
    if not isinstance(tree, ast.Call):
        return ()
    return tuple(
        argument.value
        for argument in tree.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def _as_phrase(function: str, messages: object) -> Phrase | None:
    words = (messages,) if isinstance(messages, str) else tuple(messages or ())  # type: ignore[arg-type]
    words = tuple(word for word in words if isinstance(word, str))
    if not words or not words[0]:
        return None
    name = function.removesuffix("_lazy")
    if name == "npgettext" and len(words) >= 3:
        return Phrase(words[1], words[2], words[0])
    if name == "pgettext" and len(words) >= 2:
        return Phrase(words[1], None, words[0])
    if name == "ngettext" and len(words) >= 2:
        return Phrase(words[0], words[1])
    return Phrase(words[0])


def check(app: str, language: str = COMPLETE) -> Report:
    """What an app's catalogue lacks, and what it still says that no page says any more."""
    report = Report(app, language)
    said = {phrase.key: phrase for phrase in phrases(app)}
    path = catalogue(app, language)
    entries: dict[Key, polib.POEntry] = {
        (entry.msgctxt, entry.msgid): entry for entry in _read(path)
    }
    for key, phrase in said.items():
        entry = entries.get(key)
        if entry is None or not entry.translated():
            report.missing.append(phrase)
    report.obsolete = [entry.msgid for key, entry in entries.items() if key not in said]
    return report


def _read(path: Path) -> polib.POFile:
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def update(app: str, language: str = COMPLETE) -> tuple[int, int]:
    """Bring a catalogue up to what the pages say; translations of phrases that stay are kept.

    Returns:
        How many phrases were added and how many were dropped.
    """
    said = phrases(app)
    path = catalogue(app, language)
    old: dict[Key, polib.POEntry] = {(entry.msgctxt, entry.msgid): entry for entry in _read(path)}
    if not said and not old:
        return (0, 0)
    new = polib.POFile(wrapwidth=98)
    plural_forms = PLURALS.get(language, ONE_FORM)
    new.metadata = {
        "Language": to_locale(language),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms,
    }
    forms = int(plural_forms.partition("nplurals=")[2].partition(";")[0])
    added = 0
    for phrase in said:
        kept = old.get(phrase.key)
        added += kept is None
        entry = polib.POEntry(
            msgid=phrase.msgid,
            msgctxt=phrase.context,
            occurrences=[(place, "") for place in phrase.places],
        )
        if "%(" in phrase.msgid:
            entry.flags.append("python-format")
        if phrase.plural is None:
            entry.msgstr = kept.msgstr if kept else ""
        else:
            entry.msgid_plural = phrase.plural
            kept_plural = kept.msgstr_plural if kept else {}
            entry.msgstr_plural = {form: kept_plural.get(form, "") for form in range(forms)}
        new.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))
    return (added, len(set(old) - {phrase.key for phrase in said}))


def compile_stale() -> list[Path]:
    """Compile every catalogue that is newer than its ``.mo``; returns those it wrote."""
    written = []
    for path in sorted(SOURCE.glob("*/locale/*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        # Written beside and moved over, so that a server starting now never reads half a file.
        fresh = compiled.with_suffix(".mo.new")
        polib.pofile(str(path)).save_as_mofile(str(fresh))
        fresh.replace(compiled)
        written.append(compiled)
    return written


def offered_languages(pages: str = "public") -> list[Offer]:
    """Languages in which pages of this kind are complete, the source language first.

    Args:
        pages: ``phone`` (worker pages), ``public`` or ``desk``.
    """
    return _offered(pages, tuple(settings.LANGUAGES))


@lru_cache(maxsize=8)
def _offered(pages: str, languages: tuple[tuple[str, str], ...]) -> list[Offer]:
    needed = _needed(PAGES[pages])
    return [
        Offer(code, name)
        for code, name in languages
        if code == settings.LANGUAGE_CODE or (needed and needed <= _translated(code))
    ]


def _needed(parts: Iterable[str]) -> set[Key]:
    parts = tuple(parts)
    return {
        (entry.msgctxt, entry.msgid)
        for app in apps()
        for entry in _read(catalogue(app, COMPLETE))
        if not parts or any(part in place for place, _line in entry.occurrences for part in parts)
    }


def _translated(language: str) -> set[Key]:
    return {
        (entry.msgctxt, entry.msgid)
        for app in apps()
        for entry in _read(catalogue(app, language))
        if entry.translated()
    }
