"""A contract typed on the desk: its fields from the form's own data, and what the rules say of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from lindung.placement import queries
from lindung.placement.contract_forms import Field, Form, at
from lindung.placement.models import Placement
from lindung.placement.web import show
from lindung.regulations.contracts import ContractCheck
from lindung.regulations.sentences import language
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

PREFIX = "t:"
LONGEST = 300
NUMBERS = frozenset({"money", "number"})
LISTS = frozenset({"codes", "weekly_rest_days"})


@dataclass(frozen=True, slots=True)
class Input:
    """One field to type: its title in the reader's language and in the paper's others.

    ``kind`` is text, number, day, choice, yes_no or list; ``value`` what was typed, text or codes.
    """

    name: str
    id: str
    title: str
    others: tuple[tuple[str, str], ...]
    kind: str
    value: Any
    choices: tuple[tuple[str, str], ...]
    error: str


def inputs(
    paper: Form, terms: Mapping[str, Any], wrong: Mapping[str, str]
) -> list[tuple[str, list[Input]]]:
    """The sections of a form with the fields that a person writes, in the order of the paper."""
    number = 0
    parts = []
    for title, fields in paper.sections:
        rows = []
        for each in fields:
            if each.typed:
                number += 1
                rows.append(_input(paper, each, at(terms, each.path), wrong, number))
        if rows:
            parts.append((title[language()], rows))
    return parts


def read(paper: Form, post: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed, as terms of the form, and what cannot be read: path → the text.

    Args:
        post: the request's form data (``QueryDict``); fields are named ``t:<path>``.
    """
    terms: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in paper.fields():
        if not each.typed:
            continue
        name = PREFIX + each.path
        value: Any = post.get(name, "").strip()[:LONGEST]
        if each.read_as in LISTS:
            known = dict(_choices(paper, each))
            value = [code for code in post.getlist(name) if code in known]
        elif each.read_as == "flag":
            value = {"yes": True, "no": False}.get(value)
        elif each.read_as in NUMBERS and value:
            try:
                value = _number(value)
            except ValueError:
                wrong[each.path] = value
                continue
        if value not in ("", None, []):
            _put(terms, each.path, value)
    return terms, wrong


def merged(paper: Form, earlier: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as typed over those of an earlier version.

    What the form has no place for stays as it was, and so does a value that was typed again in
    another spelling; otherwise a version would tell of changes that nobody made.
    """
    terms: dict[str, Any] = copy.deepcopy(dict(earlier))
    for each in paper.fields():
        if not each.typed:
            continue
        was, now = at(terms, each.path), at(typed, each.path)
        if each.read_as in LISTS:
            known = dict(_choices(paper, each))
            unseen = [code for code in was or [] if code not in known]
            now = [*(now or []), *unseen] or None
        if _same(each, was, now) or (now is None and _unshown(each, was)):
            continue
        if now is None:
            _take(terms, each.path)
        else:
            _put(terms, each.path, now)
    return terms


def day(post: Any, name: str) -> date | None:
    """A day as typed so far; nothing while it cannot be read."""
    try:
        return date.fromisoformat(post.get(name, ""))
    except ValueError:
        return None


def said(
    placement: Placement,
    paper: Form,
    terms: Mapping[str, Any],
    *,
    signed_on: date,
    work_on: date,
    region: str = "",
) -> dict[str, Any]:
    """What the verdict panel shows of terms as they stand."""
    placement.dest_region = region or placement.dest_region
    checked = queries.check_terms(
        placement, form_name=paper.name, terms=terms, signed_on=signed_on, work_on=work_on
    )
    return panel(checked)


def panel(checked: ContractCheck) -> dict[str, Any]:
    """A check as the panel shows it: rows, counts, and how many rules the paper says nothing of."""
    return {
        "verdicts": [show.verdict(each, {}) for each in checked],
        "counts": {
            "meets": len(checked.having(MEETS)),
            "breaks": len(checked.having(BREAKS)),
            "open": len(checked.having(NEEDS_CHECK)),
        },
        "unstated": len(checked.unstated),
    }


def _number(text: str) -> str:
    """A number as plain decimal text; a decimal comma and spaces between thousands are understood.

    Raises:
        ValueError: not a number, or less than nothing.
    """
    plain = text.replace(" ", "").replace("\u00a0", "")
    if "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite() or number < 0:
        raise ValueError(text)
    return f"{number:f}"


def _put(terms: dict[str, Any], path: str, value: Any) -> None:
    *folders, last = path.split(".")
    for folder in folders:
        terms = terms.setdefault(folder, {})
    terms[last] = value


def _take(terms: dict[str, Any], path: str) -> None:
    """Leave a field out, and the part of the paper that is empty without it."""
    *folders, last = path.split(".")
    way = [terms]
    for folder in folders:
        inner = way[-1].get(folder)
        if not isinstance(inner, dict):
            return
        way.append(inner)
    way[-1].pop(last, None)
    for folder, outer in zip(reversed(folders), reversed(way[:-1]), strict=True):
        if not outer[folder]:
            del outer[folder]


def _same(each: Field, was: Any, now: Any) -> bool:
    """Whether two spellings say the same: ``60`` and ``"60"``, codes in another order, spaces."""
    if was is None or now is None:
        return was is now
    if each.read_as in LISTS:
        return isinstance(was, list) and sorted(map(str, was)) == sorted(now)
    if each.read_as in NUMBERS:
        try:
            return Decimal(str(was)) == Decimal(now)
        except InvalidOperation:
            return False
    if isinstance(was, bool) or isinstance(now, bool):
        return was is now
    return " ".join(str(was).split())[:LONGEST].strip() == " ".join(str(now).split())


def _unshown(each: Field, was: Any) -> bool:
    """Whether the form had no way to show a value, so that its absence takes nothing back."""
    if each.read_as == "flag":
        return was is not None and not isinstance(was, bool)
    return bool(each.says) and each.read_as not in LISTS and was not in (None, *each.says)


def _choices(paper: Form, each: Field) -> tuple[tuple[str, str], ...]:
    if each.read_as == "weekly_rest_days":
        return tuple((code, code.replace("_", " ")) for code in (*paper.rest_days, "other"))
    return tuple((code, words[language()]) for code, words in each.says.items())


def _input(paper: Form, each: Field, value: Any, wrong: Mapping[str, str], number: int) -> Input:
    kind = "text"
    if each.read_as in NUMBERS:
        kind = "number"
    elif each.read_as in LISTS:
        kind = "list"
    elif each.read_as == "flag":
        kind, value = "yes_no", {True: "yes", False: "no"}.get(value, "")
    elif each.says:
        kind = "choice"
    elif each.path.endswith(("_on", ".date", "birth_date")):
        kind = "day"
    return Input(
        name=PREFIX + each.path,
        id=f"isian-{number}",
        title=each.title[language()],
        others=show.other_titles(each),
        kind=kind,
        value=wrong.get(each.path, "" if value is None else value),
        choices=_choices(paper, each),
        error=_("Tulis angka saja, misalnya 5100 atau 7.5.") if each.path in wrong else "",
    )
