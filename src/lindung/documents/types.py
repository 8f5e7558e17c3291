"""Kinds of documents, as ``types.yaml`` has them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from lindung.access.actors import Kind
from lindung.kernel.refusals import NotFound
from lindung.regulations.sentences import language

OTHER = "other"


class Type(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of document.

    Attributes:
        title: by language, ``id`` and ``en``.
        upload: kinds of actors that may hand it in.
        verify: kinds of actors that may take it for true.
        sealed: only the person, and a ministry officer with a reason, sees what is in it.
        printed: the paper itself says until when it is valid.
        serves: requirements of pathways that it is handed in for, beside the one with its own id.
        speech: it may also be a recorded voice.
    """

    title: dict[str, str]
    upload: tuple[Kind, ...]
    verify: tuple[Kind, ...]
    sealed: bool = False
    printed: bool = False
    serves: tuple[str, ...] = ()
    speech: bool = False

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return self.title.get(language(), self.title["id"])


class NoSuchType(NotFound):
    """No kind of document has this id."""

    slug = "no-such-document-type"
    title = "Jenis berkas ini tidak dikenal."
    advice = "Pilih jenis dari daftar."


@cache
def types() -> dict[str, Type]:
    """Every kind by id, in the order of the file."""
    return msgspec.yaml.decode(
        (Path(__file__).parent / "types.yaml").read_bytes(), type=dict[str, Type]
    )


def types_for(requirement: str) -> tuple[str, ...]:
    """Ids of the kinds that may stand for a requirement; ``other`` where none is made for it."""
    fitting = tuple(
        id_ for id_, each in types().items() if id_ == requirement or requirement in each.serves
    )
    return fitting or (OTHER,)


def type_of(id_: str) -> Type:
    """One kind.

    Raises:
        NoSuchType: nothing has this id.
    """
    try:
        return types()[id_]
    except KeyError:
        raise NoSuchType(given=id_[:40]) from None
