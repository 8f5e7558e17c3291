"""The simulators are strangers: they know the protocol and the schemas, nothing of ours."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "simulators").rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Top names of everything a file imports, relative imports left out."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_there_are_simulators() -> None:
    assert len(FILES) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_simulator_imports_nothing_of_ours(file: Path) -> None:
    assert not imported(file) & {"lindung", "launcher", "django", "manage"}
    assert "import_module" not in file.read_text("utf-8")
