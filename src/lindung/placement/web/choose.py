"""What stands for a requirement: a paper the person gave before, a new one, or a number alone.

One form for the desk and the phone; it is judged by the operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lindung.access.actors import Actor
from lindung.access.doors import today
from lindung.access.rights import Right
from lindung.documents import operations as papers
from lindung.documents import queries as documents
from lindung.documents.models import Document
from lindung.documents.types import type_of, types_for
from lindung.documents.web import show
from lindung.documents.web.forms import file_field
from lindung.documents.web.intake import Answer, take_in
from lindung.placement import operations
from lindung.placement.models import Placement
from lindung.regulations.sentences import shown_day

WHY_NOT = {
    "refused": gettext_lazy("dikembalikan petugas"),
    "expired": gettext_lazy("sudah kedaluwarsa"),
    "infected": gettext_lazy("ditahan karena virus"),
    "destroyed": gettext_lazy("isinya dimusnahkan"),
    "used": gettext_lazy("sudah dipakai untuk syarat lain"),
}


class Choosing(forms.Form):
    """A document of the person, new files, or the number of a paper."""

    document = forms.TypedChoiceField(
        label=gettext_lazy("Pakai berkas yang sudah ada"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    file = file_field(required=False)
    reference = forms.CharField(
        label=gettext_lazy("Nomor surat atau keterangannya"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Misalnya nomor surat, nama klinik, atau tanggal terbit."),
    )

    def __init__(
        self, *args: Any, given: Sequence[Document], may_upload: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Kirim berkas baru (foto atau PDF)")
        choice = self.fields["document"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("tidak memakai berkas lama")), *map(_choice, given)]
        if not given:
            del self.fields["document"]
        if not may_upload:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """One of the three at least; an old paper and a new one together would be two answers."""
        given = super().clean() or self.cleaned_data
        chosen = given.get("document")
        sent = "file" in self.fields and bool(self.files)
        if chosen and sent:
            self.add_error("file", _("Pilih berkas lama, atau kirim yang baru; jangan keduanya."))
        elif not chosen and not sent and not given.get("reference"):
            only_words = len(self.fields) == 1
            self.add_error(
                "reference",
                _("Tulis nomor atau keterangan berkasnya dahulu.")
                if only_words
                else _("Pilih berkas, kirim yang baru, atau tulis nomornya."),
            )
        return given


@dataclass(slots=True)
class Handing:
    """The form for one requirement, and what became of the files that were sent.

    ``useless`` holds the person's papers of that kind that cannot be used, with the reason.
    """

    form: Choosing
    answers: list[Answer]
    useless: list[tuple[show.Row, str]]
    done: bool = False

    @property
    def status(self) -> int:
        """HTTP status of the page that shows it again."""
        return 422 if self.form.errors or any(each.refusal for each in self.answers) else 200


def handing(request: HttpRequest, actor: Actor, placement: Placement, requirement: str) -> Handing:
    """The form as it stands; after a good POST what was chosen has been handed in.

    Raises:
        Refusal: as ``give_requirement`` does.
    """
    on = today()
    found = documents.papers_for(
        placement.worker_id, requirement=requirement, subject=placement.id, on=on
    )
    uploads = [id_ for id_ in types_for(requirement) if actor.kind in type_of(id_).upload]
    may = bool(uploads) and actor.may(Right.DOCUMENT_UPLOAD)
    given = [paper for paper, why in found if may and not why and paper.type in uploads]
    sent = request.method == "POST"
    form = Choosing(
        request.POST if sent else None,
        request.FILES if sent else None,
        given=given,
        may_upload=may,
    )
    useless = [(show.row(paper), str(WHY_NOT[why])) for paper, why in found if why]
    page = Handing(form, [], useless)
    if sent and form.is_valid():
        first: UUID | None = form.cleaned_data.get("document")
        if may and request.FILES:
            page.answers = take_in(request, placement.worker_id, uploads[0])
            if any(each.refusal for each in page.answers):
                return page
            first = _join(actor, placement, requirement, page.answers, on)
        operations.give_requirement(
            actor,
            placement.id,
            requirement=requirement,
            reference=form.cleaned_data["reference"],
            on=on,
            document=first,
        )
        page.done = True
    return page


def _join(
    actor: Actor, placement: Placement, requirement: str, answers: list[Answer], on: date
) -> UUID:
    """All pages of a new paper are handed in together; the first one names it."""
    made = [each.document for each in answers if each.document is not None]
    for paper in made[1:]:
        papers.hand_in_for(
            actor,
            paper.id,
            worker_id=placement.worker_id,
            subject=placement.id,
            requirement=requirement,
            on=on,
        )
    return made[0].id


def _choice(paper: Document) -> tuple[str, str]:
    row = show.row(paper)
    words = [row.title, paper.number, str(row.state.words)]
    if paper.valid_until is not None:
        words.append(_("berlaku sampai %(day)s") % {"day": shown_day(paper.valid_until)})
    return str(paper.id), " · ".join(words)
