"""``manage.py write_docs``: write what the documentation takes from the code.

Lifecycles become one page each in ``docs/lifecycles/``, the API its OpenAPI document in
``docs/api/``, the exchange its AsyncAPI document beside it, the entrances and who may pass them
``docs/security/matrix.md``, figures of speed their page and curves in ``docs/performance``, and
``docs/tables-by-person.md`` says how the tables would lie on many machines; with ``--check`` nothing
is written and
the exit code says whether all is current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from lindung.access import distribution
from lindung.exchange import asyncapi
from lindung.kernel.lifecycle import Lifecycle
from lindung.site import performance
from lindung.site.api import api
from lindung.site.entrances_page import written

_NOTE = "<!-- Written by `./lindung manage write_docs`; change the code, not this page. -->\n"


class Command(BaseCommand):
    help = "Write the pages of docs/ that are taken from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--check`` alone."""
        parser.add_argument(
            "--check", action="store_true", help="exit 1 when a page is not current"
        )

    def handle(self, *, check: bool, **_: Any) -> None:
        """Write or compare every page, and drop the pages of what is gone.

        Raises:
            SystemExit: 1 with ``--check`` and a page that is not current.
        """
        stale = list(outdated())
        for file, content in stale:
            self.stdout.write(f"{file.relative_to(settings.ROOT)}: {_what(content)}")
            if check:
                continue
            if content is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content, encoding="utf-8")
        if check and stale:
            raise SystemExit(1)


def outdated() -> Iterator[tuple[Path, str | None]]:
    """Pages that differ from the code, with what they should hold; ``None`` is nothing."""
    wanted = dict(pages())
    for file, content in wanted.items():
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            yield file, content
    for file in sorted(folder().glob("*.md")):
        if file not in wanted:
            yield file, None


def folder() -> Path:
    """Where the lifecycles' pages lie."""
    return Path(settings.ROOT) / "docs" / "lifecycles"


def pages() -> Iterator[tuple[Path, str]]:
    """Every page: the API, the exchange, the tables, an index of lifecycles, and one page for each."""
    described = json.dumps(_api(), indent=2, ensure_ascii=False)
    yield Path(settings.ROOT) / "docs" / "api" / "openapi.json", described + "\n"
    spoken = json.dumps(asyncapi.document(), indent=2, ensure_ascii=False)
    yield Path(settings.ROOT) / "docs" / "api" / "asyncapi.json", spoken + "\n"
    yield Path(settings.ROOT) / "docs" / "security" / "matrix.md", _NOTE + written()
    spread = Path(settings.ROOT) / "docs" / "tables-by-person.md"
    yield spread, _NOTE + distribution.page()
    found = sorted(lifecycles(), key=lambda pair: pair[1].name)
    rows = [
        f"| [{each.name}]({_slug(each)}.md) | {app} | {len(_states(each))} | {len(each.steps)} |"
        for app, each in found
    ]
    heading = "# Lifecycles\n\nStates and steps as the code has them.\n\n"
    table = "| lifecycle | app | states | steps |\n| --- | --- | --- | --- |\n"
    yield folder() / "README.md", _NOTE + heading + table + "\n".join(rows) + "\n"
    for app, each in found:
        yield folder() / f"{_slug(each)}.md", _page(app, each)
    for file, content in performance.pages(Path(settings.ROOT)):
        yield file, _NOTE.replace("the code", "the figures") * (file.suffix == ".md") + content


def _api() -> dict[str, Any]:
    """The API's document in the order of its addresses, whichever module was read first."""
    document = dict(api.get_openapi_schema())
    parts = document["components"]
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"] = parts | {"schemas": dict(sorted(parts["schemas"].items()))}
    return document


def lifecycles() -> Iterator[tuple[str, Lifecycle[Any]]]:
    """Every lifecycle of every app, with the app's label."""
    for config in apps.get_app_configs():
        name = f"{config.name}.lifecycles"
        if not config.name.startswith("lindung.") or find_spec(name) is None:
            continue
        for value in vars(import_module(name)).values():
            if isinstance(value, Lifecycle):
                yield config.label, value


def _page(app: str, each: Lifecycle[Any]) -> str:
    steps = "\n".join(
        f"| {step.name} | {', '.join(step.sources)} | {step.target} | {_basis(step.basis)} |"
        for step in each.steps
    )
    return (
        f"{_NOTE}# {each.name.capitalize()}\n\n"
        f"`lindung.{app}.lifecycles`. A new one is *{each.initial}*.\n\n"
        f"```mermaid\n{each.mermaid()}```\n\n"
        f"| step | from | to | legal basis |\n| --- | --- | --- | --- |\n{steps}\n"
    )


def _states(each: Lifecycle[Any]) -> list[str]:
    states: type[StrEnum] = type(each.initial)
    return list(states)


def _basis(basis: str) -> str:
    return f"`{basis}`" if basis else ""


def _slug(each: Lifecycle[Any]) -> str:
    return each.name.replace(" ", "-")


def _what(content: str | None) -> str:
    return "nothing in the code any more" if content is None else "not current"
