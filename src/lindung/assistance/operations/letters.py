"""Letters: drafted from a template, read by a person, fixed on sending, answered or not."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.assistance import templates
from lindung.assistance.events import LetterAnswered, LetterSent
from lindung.assistance.lifecycles import LETTER, LetterState
from lindung.assistance.models import Addressee, Letter, SentBy
from lindung.assistance.operations.parts import numbered, of_case, open_case, same_version
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound


@operation(Right.LETTER_WRITE)
def draft_letter(
    actor: Actor,
    case_id: UUID,
    *,
    template: str,
    addressee: Addressee,
    name: str,
    language: str,
    at: datetime,
    address: str = "",
) -> Letter:
    """Draft a letter from a template; its words are then the officer's to change.

    Raises:
        NotFound: no such case or template.
        StepClosed: the case is closed.
        Incomplete: no name, or the template is not written in that language.
    """
    case = open_case(case_id)
    if not name.strip():
        raise Incomplete(fields={"name": "Tulis kepada siapa surat ini."})
    texts = templates.of(template)
    if language not in texts.languages:
        raise Incomplete(fields={"language": "Templat ini belum ada dalam bahasa itu."})
    subject, words = texts.fill(
        language, case=case, worker=case.worker, name=name.strip(), on=at.date()
    )
    return Letter.objects.create(
        number=numbered(case, Letter, "S"),
        template=template,
        addressee=addressee,
        name=name.strip(),
        address=address.strip(),
        language=language,
        subject=subject,
        words=words,
        made_by=actor.name,
        made_at=at,
        **of_case(case),
    )


@operation(Right.LETTER_WRITE)
def rewrite_letter(
    actor: Actor, letter_id: UUID, *, subject: str, words: str, version: int | None = None
) -> Letter:
    """Change the words of a draft.

    Raises:
        NotFound: no such letter; StepClosed: it has left.
        Conflict: somebody else changed it meanwhile.
        Incomplete: nothing is left of it.
    """
    letter = _locked(letter_id)
    if letter.state != LetterState.DRAFT:
        raise StepClosed(step="rewrite", state=letter.state)
    same_version(letter, version)
    missing = {
        field: "Jangan dikosongkan."
        for field, text in (("subject", subject), ("words", words))
        if not text.strip()
    }
    if missing:
        raise Incomplete(fields=missing)
    letter.subject, letter.words = subject.strip(), words.strip()
    letter.version += 1
    letter.save(update_fields=["subject", "words", "version"])
    return letter


@operation(Right.LETTER_WRITE)
def send_letter(
    actor: Actor, letter_id: UUID, *, by: SentBy, on: date, answer_by: date | None = None
) -> Letter:
    """Record that a letter left; from now on its words stand.

    Raises:
        NotFound: no such letter; StepClosed: it has left already.
        Incomplete: places of the template are still empty, or the answer is due before it left.
    """
    letter = _locked(letter_id)
    letter.state = LETTER.take("send", LetterState(letter.state))
    if templates.PLACE in letter.subject + letter.words:
        raise Incomplete(fields={"words": "Isi dahulu tempat yang bertanda […]."})
    if answer_by is not None and answer_by < on:
        raise Incomplete(fields={"answer_by": "Batas jawab mendahului hari kirim."})
    letter.sent_by, letter.sent_on, letter.answer_by = by, on, answer_by
    letter.version += 1
    letter.save(update_fields=["state", "sent_by", "sent_on", "answer_by", "version"])
    label = str(Addressee(letter.addressee).label)
    record(
        LetterSent(letter=letter.id, number=letter.number, label=label, on=on),
        actor=actor,
        about=letter,
    )
    return letter


@operation(Right.LETTER_WRITE)
def record_letter_answer(actor: Actor, letter_id: UUID, *, answer: str, on: date) -> Letter:
    """Record what the addressee answered.

    Raises:
        NotFound: no such letter; StepClosed: it has not left, or was answered.
        Incomplete: no words, or answered before it left.
    """
    letter = _locked(letter_id)
    letter.state = LETTER.take("record answer", LetterState(letter.state))
    if not answer.strip():
        raise Incomplete(fields={"answer": "Tulis isi jawabannya."})
    if letter.sent_on is not None and on < letter.sent_on:
        raise Incomplete(fields={"on": "Jawaban tidak mungkin mendahului suratnya."})
    letter.answer, letter.answered_on = answer.strip(), on
    letter.version += 1
    letter.save(update_fields=["state", "answer", "answered_on", "version"])
    record(LetterAnswered(letter=letter.id, number=letter.number, on=on), actor=actor, about=letter)
    return letter


@operation(Right.LETTER_WRITE)
def withdraw_letter(actor: Actor, letter_id: UUID) -> Letter:
    """Put a draft aside; its number is not used again.

    Raises:
        NotFound: no such letter; StepClosed: it has left.
    """
    letter = _locked(letter_id)
    letter.state = LETTER.take("withdraw", LetterState(letter.state))
    letter.save(update_fields=["state"])
    return letter


def _locked(letter_id: UUID) -> Letter:
    letter = Letter.objects.select_for_update().filter(id=letter_id).first()
    if letter is None:
        raise NotFound
    return letter
