"""The source: no country in code, no scope that outlives its transaction, words for everything."""

from __future__ import annotations

import ast
import csv
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from ninja import Schema

from lindung.access.events import Event, _by_type
from lindung.access.rights import Right
from lindung.access.roles import roles

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "lindung"
FILES = sorted(SOURCE.rglob("*.py"))

# Where a country may be named in Python: what the world's documents say of it.
MAY_NAME_A_COUNTRY = {
    "kernel/identifiers.py": "which number belongs to which country",
    "kernel/mrz.py": "codes of ICAO 9303",
    "kernel/nik.py": "the Indonesian number",
}
# Texts that look like one, and what they are.
NOT_A_COUNTRY = {
    "Bahasa Indonesia": "a language, by its own name",
    "CC": "stands for a code in a command's help",
}
# Made-up people come from somewhere and go somewhere; nothing but the demonstration reads these.
DEMONSTRATION = ("site/population/", "site/demo/", "site/gallery.py")


def relative(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


def may_name_a_country(file: Path) -> bool:
    return relative(file) in MAY_NAME_A_COUNTRY or relative(file).startswith(DEMONSTRATION)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and value of every text that is no docstring."""
    spoken = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in spoken
        ):
            yield node.lineno, node.value


def countries() -> tuple[set[str], re.Pattern[str]]:
    """All alpha-2 and alpha-3 codes, and a pattern of all names."""
    with (ROOT / "reference" / "codes" / "countries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = {row[key] for row in rows for key in row if key in {"alpha2", "alpha3", "code"}}
    names = {
        row[key]
        for row in rows
        for key in row
        if key.startswith("name") and len(row[key] or "") > 3
    }
    assert len(codes) > 200
    assert "Indonesia" in names
    return codes, re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names)))})\b")


def countries_in(module: ast.Module) -> list[tuple[int, str]]:
    codes, names = countries()
    return [
        (line, text)
        for line, text in texts(module)
        if text not in NOT_A_COUNTRY
        and (text in codes or (names.search(text) and "\n" not in text))
    ]


class TestCountries:
    @pytest.mark.parametrize(
        "file", [file for file in FILES if not may_name_a_country(file)], ids=relative
    )
    def test_are_named_in_data_and_not_in_code(self, file: Path) -> None:
        name = relative(file)
        found = countries_in(tree(file))
        if "/migrations/" in name:  # Django's label of a key is "ID"
            found = [each for each in found if each[1] != "ID"]
        assert found == []

    def test_are_found_where_one_is(self) -> None:
        assert countries_in(ast.parse('x = country == "KR"')) == [(1, "KR")]
        assert countries_in(ast.parse('x = {"a": ["Pekerja di Malaysia"]}'))
        assert countries_in(ast.parse('"""About Malaysia."""\nx = "kr"')) == []


class TestSettings:
    @pytest.mark.parametrize("file", FILES, ids=relative)
    def test_never_outlive_the_transaction(self, file: Path) -> None:
        """``set_config(…, false)`` stays on a pooled connection for whoever comes next."""
        for line, text in texts(tree(file)):
            assert not _OUTLIVES.search(text), f"{relative(file)}:{line}"

    def test_that_outlive_it_are_found(self) -> None:
        assert _OUTLIVES.search("select set_config('role', %s, false)")
        assert _OUTLIVES.search("set role acts_as_post")
        assert _OUTLIVES.search("SET SESSION AUTHORIZATION x")
        assert not _OUTLIVES.search("select set_config('role', %s, true)")
        assert not _OUTLIVES.search("set local lock_timeout = '1s'")


_OUTLIVES = re.compile(
    r"set_config\([^)]*,\s*(?:false|'f|0)|^\s*set\s+(?:session\s+)?(?:role|authorization)\b",
    re.IGNORECASE,
)


class TestLayers:
    def test_simulators_know_nothing_of_ours(self) -> None:
        for file in (ROOT / "simulators").rglob("*.py"):
            for node in ast.walk(tree(file)):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                assert not [
                    name for name in names if name.split(".")[0] in {"lindung", "django"}
                ], f"{file}:{getattr(node, 'lineno', 0)}"

    def test_kernel_knows_no_framework(self) -> None:
        for file in (SOURCE / "kernel").glob("*.py"):
            for node in ast.walk(tree(file)):
                if isinstance(node, ast.ImportFrom):
                    assert not (node.module or "").startswith(("django", "lindung.access")), file


def operations() -> list[Callable[..., Any]]:
    """Every operation of every app."""
    found: dict[str, Callable[..., Any]] = {}
    for file in FILES:
        if "@operation(" not in file.read_text(encoding="utf-8") or file.name == "operation.py":
            continue
        module = import_module("lindung." + relative(file)[:-3].replace("/", ".").removesuffix(
            ".__init__"))  # fmt: skip
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and hasattr(value, "right"):
                found[f"{value.__module__}.{name}"] = value
    return list(found.values())


def named(each: Any) -> str:
    return f"{each.__module__.removeprefix('lindung.')}.{each.__name__}"


class TestOperations:
    def test_are_many(self) -> None:
        assert len(operations()) > 20

    @pytest.mark.parametrize("each", operations(), ids=named)
    def test_say_what_they_do(self, each: Callable[..., Any]) -> None:
        assert each.__doc__
        assert each.__doc__.strip().splitlines()[0].endswith((".", ";", ":", ","))

    @pytest.mark.parametrize("each", operations(), ids=named)
    def test_take_the_actor_first_and_ask_for_a_right(self, each: Any) -> None:
        body = each.__wrapped__
        assert body.__code__.co_varnames[0] == "actor"
        assert isinstance(each.right, Right)


class TestRights:
    def test_are_held_by_some_role(self) -> None:
        held = {right for role in roles().values() for right in role.rights}
        assert set(Right) - held == set()

    def test_are_in_alphabetical_order(self) -> None:
        assert [str(right) for right in Right] == sorted(str(right) for right in Right)

    def test_of_recruiters_reach_no_protection(self) -> None:
        assert not [right for right in roles()["agency_staff"].rights
                    if right.startswith("protection:")]  # fmt: skip


def events() -> list[type[Event]]:
    """Every event of every app; those that tests made apart."""
    for config in apps.get_app_configs():
        if config.name.startswith("lindung.") and (Path(config.path) / "events.py").exists():
            import_module(f"{config.name}.events")
    return [each for each in _by_type.values() if each.__module__.startswith("lindung.")]


class TestEvents:
    @pytest.mark.parametrize("each", events(), ids=lambda each: each.type)
    def test_have_a_sentence_of_their_own_fields(self, each: type[Event]) -> None:
        assert each.sentence
        places = set(re.findall(r"%\((\w+)\)", each.sentence))
        fields = set(each.__dataclass_fields__)
        assert places <= fields
        # It formats, and every place is text: no field has a form of its own here.
        assert each.sentence % dict.fromkeys(fields, "x")
        assert "%(" not in re.sub(r"%\(\w+\)s", "", each.sentence)

    @pytest.mark.parametrize("each", events(), ids=lambda each: each.type)
    def test_say_what_happened_and_who_speaks(self, each: type[Event]) -> None:
        assert each.__doc__
        assert each.mark in {"ours", "destination", "worker"}
        assert each.topic in {"", "document", "case", "check-in", "destination", "money", "look"}
        assert set(each.type) <= set(string.ascii_letters + "._")


def test_lifecycles_are_drawn_as_they_are() -> None:
    call_command("write_docs", "--check")


def test_every_step_that_names_a_law_names_one_that_is_kept() -> None:
    from lindung.regulations.lawbook import law
    from lindung.site.management.commands.write_docs import lifecycles

    bases = {step.basis for _, each in lifecycles() for step in each.steps if step.basis}
    assert bases <= set(law().parameters)


def test_no_two_shapes_of_the_api_share_a_name() -> None:
    """In its document the later would stand for both."""
    import_module("lindung.site.urls")

    def below(shape: type[Schema]) -> Iterator[type[Schema]]:
        for each in shape.__subclasses__():
            yield each
            yield from below(each)

    ours = {each for each in below(Schema) if each.__module__.startswith("lindung.")}
    names = Counter(each.__name__ for each in ours)
    assert [name for name, count in names.items() if count > 1] == []
