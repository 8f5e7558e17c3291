"""The documentation keeps up with the tree: links, paths and commands that it names exist."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from launcher import cli

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "lindung"
SKIPPED = {"node_modules", "htmlcov"}
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(
        part.startswith(".") or part in SKIPPED for part in path.relative_to(ROOT).parts[:-1]
    )
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.MULTILINE)
ABROAD = re.compile(r"^[a-z][a-z0-9+.-]*:")
# A file named in code: with a folder, and nothing in it that stands for something else.
FILE = re.compile(r"^/?[\w.-]+(?:/[\w.-]+)*/[\w.-]+\.(?:py|yaml|json|sql|md|txt|csv|po)$")
COMMAND = re.compile(r"\./lindung ([a-z][a-z_-]*)")
# Places of a running installation, and names that a reader fills in.
ELSEWHERE = ("keys/", "etc/")


def relative(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Where a page leads within the repository."""
    found = LINK.findall(CODE.sub("", prose(page)))
    return [target for target in found if not ABROAD.match(target)]


def slug(heading: str) -> str:
    """The anchor that a heading gets, as the common viewers make it."""
    words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return words.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(prose(page))}


def dead(page: Path, root: Path = ROOT) -> list[str]:
    """The links of a page that lead nowhere, or out of the repository."""
    return [target for target in links(page) if not leads(page, target, root)]


def leads(page: Path, target: str, root: Path) -> bool:
    """Whether a relative link leads to a file and, in a page of ours, to a heading of it."""
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if path.startswith("/") or not there.is_relative_to(root) or not there.exists():
        return False
    return not anchor or there.suffix != ".md" or anchor in anchors(there)


def files_named(page: Path) -> list[str]:
    """Files that a page names in code, as it writes them."""
    return [each for each in CODE.findall(prose(page)) if FILE.match(each)]


def is_there(name: str, page: Path) -> bool:
    """Whether a file of that name lies at the root, beside the page or in some app."""
    bare = name.lstrip("/")
    if any((folder / bare).exists() for folder in (ROOT, SOURCE, page.parent)):
        return True
    return any(SOURCE.glob(f"*/{bare}"))


def test_there_are_pages() -> None:
    names = {relative(page) for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=relative)
class TestAPage:
    def test_leads_nowhere_that_is_not_there(self, page: Path) -> None:
        assert dead(page) == []

    def test_names_no_file_that_is_gone(self, page: Path) -> None:
        named = [each for each in files_named(page) if not each.startswith(ELSEWHERE)]
        assert [each for each in named if not is_there(each, page)] == []

    def test_names_no_command_that_lindung_does_not_know(self, page: Path) -> None:
        said = set(COMMAND.findall(page.read_text("utf-8")))
        assert said - commands() == set()


class TestTheReadme:
    def test_is_short(self) -> None:
        assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 120

    def test_says_the_two_commands(self) -> None:
        text = (ROOT / "README.md").read_text("utf-8")
        assert "./lindung up" in text
        assert "./lindung test" in text


class TestTheIndex:
    @pytest.mark.parametrize(
        "page", [page for page in PAGES if relative(page).startswith("docs/")], ids=relative
    )
    def test_leads_to_every_page(self, page: Path) -> None:
        index = ROOT / "docs" / "README.md"
        reached = {(index.parent / target).resolve() for target in links(index)}
        assert page == index or page in reached or page.parent in reached


class TestADecision:
    def test_has_the_next_number(self) -> None:
        numbers = [int(page.name[:4]) for page in DECISIONS]
        assert numbers == list(range(1, len(DECISIONS) + 1))

    @pytest.mark.parametrize("page", DECISIONS, ids=relative)
    def test_has_title_day_and_three_parts(self, page: Path) -> None:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        assert re.search(r"^\*20\d\d-\d\d-\d\d\*$", text, re.MULTILINE)
        parts = re.findall(r"^\*\*(Context|Decision|Consequences)\.\*\*", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"]


class TestTheGlossary:
    def test_names_only_classes_that_exist(self) -> None:
        rows = re.findall(r"^\| (.+?) \|", prose(ROOT / "docs" / "glossary.md"), re.MULTILINE)
        named = {name for row in rows for name in CODE.findall(row) if re.match(r"[A-Z]\w+$", name)}
        code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
        known = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
        known |= set(re.findall(r"^([A-Z]+) = Lifecycle", code, re.MULTILINE))
        assert len(named) >= 15
        assert named - known == set()


class TestTheLicence:
    def test_is_the_text_as_published(self) -> None:
        # Word for word the English EUPL v. 1.2 as in the SPDX list.
        text = (ROOT / "LICENSE").read_bytes()
        assert hashlib.sha256(text).hexdigest() == LICENCE
        assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text("utf-8")


LICENCE = "57fb42fbcd0b037ce528ed8f72f1ec095d67bc6825ecf1448ff39be1fe68a4b4"


class TestTheReaderOfPages:
    """The checks above must be able to fail."""

    def test_sees_a_dead_link(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            "# One heading\n[gone](gone.md) [out](../out.md) [abroad](https://example.org)\n"
            "`[not](a-link.md)` [here](#one-heading) [nowhere](#two)\n"
        )
        (tmp_path.parent / "out.md").touch()
        assert dead(page, tmp_path) == ["gone.md", "../out.md", "#two"]

    def test_sees_a_file_that_is_gone(self) -> None:
        page = ROOT / "README.md"
        assert is_there("access/seals.py", page)
        assert is_there("web/urls.py", page)
        assert not is_there("access/no_such_file.py", page)


def commands() -> set[str]:
    """The commands that the launcher knows."""
    actions = cli._parser()._subparsers
    assert actions is not None
    return {name for group in actions._group_actions for name in group.choices or ()}
