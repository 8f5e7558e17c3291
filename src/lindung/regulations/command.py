"""``lindung law``: what a rule says on a day, at a terminal. Needs no database.

Run by ``manage.py law`` and, without Django's start-up, by ``python -m lindung.regulations``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from lindung.kernel.refusals import Refusal
from lindung.regulations.conditions import Context
from lindung.regulations.files import LawUnreadable
from lindung.regulations.lawbook import DatedValue, NoSuchRule, law, parameter, value_on
from lindung.regulations.shapes import Parameter
from lindung.regulations.verdicts import Found, Verdict, check

OK, WRONG, UNKNOWN = 0, 1, 2
Say = Callable[[str], object]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's words; shared by both ways to start it."""
    parser.add_argument("words", nargs="*", metavar="ID | check ID", help="a rule's id")
    parser.add_argument("--on", type=date.fromisoformat, help="the day asked for, 2026-03-01")
    parser.add_argument("--value", help="what a contract says, to be tested")
    parser.add_argument("--list", metavar="CC", help="all rules of a country")
    parser.add_argument("--validate", action="store_true", help="check every law file")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--sector", default="", help="sector of the work")
    parser.add_argument("--scheme", default="", help="scheme of the destination")
    parser.add_argument("--region", default="", help="ISO 3166-2 code of the workplace")
    parser.add_argument("--occupation", default="", help="ISCO-08 code")


def run(options: argparse.Namespace, *, today: date, say: Say, complain: Say) -> int:
    """Do what was asked; 0 done, 1 law files at fault, 2 not understood or no such rule."""
    try:
        if options.validate:
            return _validate(options.json, say)
        if options.list:
            return _list(options.list.upper(), options.on or today, options.json, say, complain)
        words = list(options.words)
        testing = bool(words) and words[0] == "check"
        if testing:
            words.pop(0)
        if len(words) != 1 or testing != (options.value is not None):
            complain(
                "Say: law ID --on DAY, law check ID --value V, law --list CC or law --validate."
            )
            return UNKNOWN
        rule = parameter(words[0])
        if testing:
            return _check(rule, options, today, say, complain)
        _tell(value_on(rule, options.on or today), options.json, say)
        return OK
    except NoSuchRule as refusal:
        near = ", ".join(refusal.nearest)
        complain(f"No rule has the id {refusal.detail}." + (f" Nearest: {near}." if near else ""))
        return UNKNOWN
    except (LawUnreadable, Refusal) as error:
        complain(str(error))
        return WRONG


def value_object(said: DatedValue) -> dict[str, Any]:
    """A dated value as one JSON object: ``hint`` is the last known value when a check is due."""
    plain: dict[str, Any] = msgspec.to_builtins(said)
    plain["source"] = plain.pop("sources")
    plain["hint"] = said.hint.value if said.hint else None
    plain["hint_since"] = _text(said.hint.since) if said.hint else None
    return plain


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _line(thing: Any) -> str:
    return json.dumps(thing, ensure_ascii=False)


def _tell(said: DatedValue, as_json: bool, say: Say) -> None:
    if as_json:
        say(_line(value_object(said)))
        return
    say(f"{said.id}  {said.title.en}")
    for name, text in _facts(said):
        say(f"  {name:<17}{text}")


def _facts(said: DatedValue) -> list[tuple[str, str]]:
    facts = [
        ("on", said.on.isoformat()),
        ("outcome", said.outcome + (f" ({said.reason})" if said.reason else "")),
        ("value", "unknown" if said.value is None else _value(said.value)),
        ("unit", said.unit),
        ("since", _text(said.since) or "start not known"),
    ]
    if said.hint:
        since = _text(said.hint.since) or "start not known"
        facts.append(("hint", f"{_value(said.hint.value)} (last known value, since {since})"))
    facts += [
        ("source", f"{source.title} [{source.kind}] {source.url or source.locator}".strip())
        for source in said.sources
    ]
    facts += [
        ("confidence", said.confidence),
        ("verified through", _text(said.verified_through) or "never confirmed"),
    ]
    facts += [("law", f"{basis.law}, {basis.article}") for basis in said.legal_basis]
    for later in said.upcoming:
        value = "unknown" if later.value is None else _value(later.value)
        facts.append(("upcoming", f"{_text(later.since)}: {value} ({later.status})"))
    if said.note:
        facts.append(("note", said.note))
    return facts


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def found_from(text: str, rule: Parameter) -> Found:
    """A typed value as the rule needs it: yes/no, an exact number, a list of codes or text.

    Raises:
        ValueError: nothing was typed, or a number that is not finite.
    """
    text = text.strip()
    if not text:
        raise ValueError("Nothing was typed.")
    if text.casefold() in ("true", "yes", "ya"):
        return True
    if text.casefold() in ("false", "no", "tidak"):
        return False
    try:
        number = Decimal(text)
    except InvalidOperation:
        codes = [row.value for row in rule.values if isinstance(row.value, list)]
        listed = any(code and isinstance(code[0], str) for code in codes)
        return [part.strip() for part in text.split(",")] if listed else text
    if not number.is_finite():
        raise ValueError("A number is finite.")
    return number


def _check(
    rule: Parameter, options: argparse.Namespace, today: date, say: Say, complain: Say
) -> int:
    context = Context(
        sector=options.sector,
        scheme=options.scheme,
        region=options.region,
        occupation=options.occupation,
        facts={"sector": options.sector},
    )
    try:
        found = found_from(options.value, rule)
    except ValueError as error:
        complain(str(error))
        return UNKNOWN
    day = options.on or today
    verdict = check(rule, found, on=day, context=context)
    if options.json:
        said = value_object(value_on(rule, day))
        say(_line({**said, **_shown_verdict(verdict)}))
        return OK
    say(f"{rule.id}  {rule.title.en}")
    say(f"  {'outcome':<17}{verdict.outcome} ({verdict.reason})")
    say(f"  {'found':<17}{_value(verdict.found)} {verdict.found_unit}".rstrip())
    if verdict.by_hint:
        say(f"  {'by the hint':<17}{verdict.by_hint}")
    cure = verdict.cure
    if cure.code:
        parts = [cure.code, str(cure.target or ""), *cure.items, cure.fact]
        say(f"  {'cure':<17}{' '.join(part for part in parts if part)}")
    for name, text in _facts(value_on(rule, day)):
        if name != "outcome":
            say(f"  {name:<17}{text}")
    return OK


def _shown_verdict(verdict: Verdict) -> dict[str, Any]:
    frozen = verdict.frozen()
    keys = ("outcome", "reason", "found", "found_unit", "required", "rule", "cure", "by_hint")
    return {key: frozen[key] for key in keys}


def _list(country: str, day: date, as_json: bool, say: Say, complain: Say) -> int:
    if country not in law().jurisdictions:
        complain(f"No rules are kept for {country}; known: {', '.join(law().jurisdictions)}.")
        return UNKNOWN
    for rule in law().parameters.values():
        if rule.jurisdiction != country:
            continue
        said = value_on(rule, day)
        if as_json:
            say(_line(value_object(said)))
        else:
            value = "unknown" if said.value is None else _value(said.value)
            say(f"{rule.id:<48} {said.outcome:<12} {value[:40]:<40} {rule.unit}")
    return OK


def _validate(as_json: bool, say: Say) -> int:
    from lindung.regulations.validation import validate

    faults = validate()
    for fault in faults:
        say(_line({"fault": fault}) if as_json else fault)
    if faults:
        return WRONG
    book = law()
    rows = sum(len(rule.values) for rule in book.parameters.values())
    counted = {"jurisdictions": len(book.jurisdictions), "rules": len(book.parameters)}
    counted["values"] = rows
    if as_json:
        say(_line({**counted, "faults": 0, "digest": book.digest}))
    else:
        say(
            f"{counted['rules']} rules, {rows} dated values, {counted['jurisdictions']} countries: whole."
        )
    return OK


def main(argv: Sequence[str] | None = None) -> int:
    """The command without Django's start-up."""
    parser = argparse.ArgumentParser(prog="lindung law", description=__doc__)
    arguments(parser)
    options = parser.parse_args(argv)
    try:
        return run(
            options,
            today=date.today(),  # noqa: DTZ011  a terminal's own day; --on says another
            say=print,
            complain=lambda text: print(text, file=sys.stderr),
        )
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
