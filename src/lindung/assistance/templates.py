"""Letter templates, read once from ``letters/*.yaml``: titles, to whom, and texts by language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import translation
from django.utils.translation import gettext

from lindung.access.models import Post
from lindung.assistance.models import Addressee
from lindung.kernel.refusals import NotFound
from lindung.protection.models import Case
from lindung.reference.queries import in_language
from lindung.registry.models import Worker

# Stands where only a person can know what to write; no letter leaves with one in it.
PLACE = "[…]"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of letter.

    Attributes:
        id: name of its file.
        titles: language → what an officer picks it by.
        to: to whom it can go.
        texts: language → ``subject`` and ``words`` with ``{places}``.
    """

    id: str
    titles: dict[str, str]
    to: tuple[Addressee, ...]
    texts: dict[str, dict[str, str]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is written in."""
        return tuple(self.texts)

    @property
    def title(self) -> str:
        """Its title in the language of the page."""
        return in_language(self.titles)

    def fill(
        self, language: str, *, case: Case, worker: Worker, name: str, on: date
    ) -> tuple[str, str]:
        """Subject and words in a language, with what the case tells; the rest stays ``[…]``."""
        post = Post.objects.filter(id=case.post_id or 0).only("name").first()
        with translation.override(language):
            problem = case.get_kind_display()
            office = post.name if post else gettext("Kementerian")
        facts: dict[str, Any] = {
            "name": worker.full_name,
            "number": case.number,
            "addressee": name,
            "post": office,
            "problem": problem,
        }
        text = self.texts[language]
        return text["subject"].format(**facts), text["words"].strip().format(**facts)


@cache
def all_templates() -> dict[str, Template]:
    """Every template by id, in the order of their files."""
    found = {}
    for file in sorted((Path(__file__).parent / "letters").glob("*.yaml")):
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        found[file.stem] = Template(
            id=file.stem,
            titles=read["title"],
            to=tuple(Addressee(each) for each in read["to"]),
            texts=read["texts"],
        )
    return found


def of(template_id: str) -> Template:
    """One template.

    Raises:
        NotFound: no such template.
    """
    try:
        return all_templates()[template_id]
    except KeyError:
        raise NotFound(template_id) from None
