"""Whether the law's files are whole: their shape, and what a schema cannot say.

Run by ``law --validate`` and by the tests. Every finding names the file and what to change.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from lindung.regulations.files import (
    FOLDER,
    LawUnreadable,
    digest_of,
    law_files,
    parse,
    read_yaml,
)
from lindung.regulations.pathways import pathway_faults
from lindung.regulations.schema import shape_faults
from lindung.regulations.shapes import Conversion, Jurisdiction, Lawbook, Parameter

_SHAPES = {
    "_words.yaml": "words",
    "_jurisdiction.yaml": "jurisdiction",
    "_readings.yaml": "readings",
}


def validate(folder: Path = FOLDER) -> list[str]:
    """Every fault of a law folder, in the order of its files; empty means whole."""
    files = law_files(folder)
    faults = [fault for name, text in files.items() for fault in _shape_faults(folder, name, text)]
    if faults:
        return faults
    try:
        law = parse(files, digest_of(files))
    except LawUnreadable as error:
        return [str(error)]
    return [*_semantic_faults(law), *pathway_faults(folder, law)]


def _shape_faults(folder: Path, name: str, text: bytes) -> Iterator[str]:
    kind = _SHAPES.get(name.rpartition("/")[2], "parameter")
    try:
        data = read_yaml(Path(name), text)
    except LawUnreadable as error:
        yield str(error)
        return
    yield from shape_faults(folder, kind, name, data)


def _semantic_faults(law: Lawbook) -> Iterator[str]:
    for code, jurisdiction in law.jurisdictions.items():
        if jurisdiction.jurisdiction != code:
            yield f"{code}/_jurisdiction.yaml: says {jurisdiction.jurisdiction}."
        yield from _reading_faults(law, jurisdiction)
        yield from _pathless_sources(jurisdiction)
    for rule in law.parameters.values():
        yield from _rule_faults(law, rule)


def _pathless_sources(jurisdiction: Jurisdiction) -> Iterator[str]:
    """Sources need not all be cited, but every one that names a page needs a way to it."""
    for key, source in jurisdiction.sources.items():
        if source.kind not in ("own_knowledge", "none") and not (source.url or source.locator):
            yield f"{jurisdiction.jurisdiction}/_jurisdiction.yaml: {key} has no url and no locator."


def _rule_faults(law: Lawbook, rule: Parameter) -> Iterator[str]:
    parts = rule.id.split(".")
    expected = f"{parts[0].upper()}/{'/'.join(parts[1:])}.yaml"
    if rule.path != expected:
        yield f"{rule.path}: {rule.id} belongs in {expected}."
    sources = law.jurisdictions[rule.jurisdiction].sources
    for key in (key for row in rule.values for key in row.source if key not in sources):
        yield f"{rule.path}: the source {key} is not in _jurisdiction.yaml."
    for fault in (*_order_faults(rule), *_unknown_words(law, rule)):
        yield f"{rule.path}: {fault}"


def _order_faults(rule: Parameter) -> Iterator[str]:
    for row in rule.values:
        if row.effective_to and row.effective_from and row.effective_to < row.effective_from:
            yield f"a row ends before it begins ({row.effective_from})."
    for earlier, later in itertools.pairwise(rule.values):
        begins = later.effective_from
        if begins is None:
            yield "only the first row may have no start."
            continue
        if earlier.effective_from and earlier.effective_from >= begins:
            yield f"rows are not in the order of their days ({begins})."
        runs_on = earlier.effective_to is not None and earlier.effective_to >= begins
        if runs_on and later.status != "announced":
            yield f"a row still runs when the next begins ({begins})."


def _unknown_words(law: Lawbook, rule: Parameter) -> Iterator[str]:
    words, applies = law.words, rule.applies_to
    named: list[tuple[str, Sequence[str], Container[str]]] = [
        ("exception", applies.exceptions, words.exceptions),
        ("condition", (applies.when,) if applies.when else (), words.when),
        ("sector", applies.sectors, {"all", *words.sectors}),
        ("occupation", applies.occupations, words.occupations),
        ("category", (rule.category,), words.categories),
    ]
    for kind, used, known in named:
        for word in used:
            if word not in known:
                yield f"the {kind} {word!r} is not in _words.yaml."


def _reading_faults(law: Lawbook, jurisdiction: Jurisdiction) -> Iterator[str]:
    where = f"{jurisdiction.jurisdiction}/_readings.yaml"
    for id_ in jurisdiction.readings.parameters:
        rule = law.parameters.get(id_)
        if rule is None or rule.jurisdiction != jurisdiction.jurisdiction:
            yield f"{where}: no rule {id_} stands in this folder."
    seen: set[str] = set()
    for conversion in jurisdiction.readings.conversions:
        if conversion.id in seen:
            yield f"{where}: {conversion.id} stands twice."
        seen.add(conversion.id)
        yield from _conversion_faults(where, jurisdiction, conversion)


def _conversion_faults(
    where: str, jurisdiction: Jurisdiction, conversion: Conversion
) -> Iterator[str]:
    if (conversion.hours is None) == (conversion.share is None):
        yield f"{where}: {conversion.id} needs either hours or a share."
    for key in conversion.source:
        if key not in jurisdiction.sources:
            yield f"{where}: the source {key} is not in _jurisdiction.yaml."
    if conversion.start and conversion.end and conversion.end < conversion.start:
        yield f"{where}: {conversion.id} ends before it begins."
