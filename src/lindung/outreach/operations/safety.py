"""How a person may safely be reached: set by the person, or by an officer on their word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.outreach import keywords
from lindung.outreach.events import SafetyChanged
from lindung.outreach.models import SENDABLE, Channel, SafeContact
from lindung.registry import queries as registry

_SHORTEST = 4


@operation(Right.SAFETY_SET)
def set_rules(
    actor: Actor,
    worker_id: UUID,
    *,
    now: datetime,
    channels: Sequence[str],
    not_before: time | None = None,
    not_after: time | None = None,
    do_not_call: bool = False,
    harmless: bool = False,
    open_words: bool = False,
    help_word: str = "",
    note: str = "",
) -> SafeContact:
    """Write down when and how a person may be reached without danger.

    A channel that is chosen here is open again, also where the person once wrote STOP on it.

    Args:
        channels: in the person's order; none: only the own page.
        not_before, not_after: hours in the zone where the person is; over midnight where the first
            is the later.
        open_words: an officer's own words may travel.
        help_word: what the person writes when in danger while somebody looks on.
    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: names each field that cannot be so.
    """
    wanted = list(dict.fromkeys(channels)) or [str(Channel.WEB)]
    help_word = " ".join(help_word.split())
    wrong = {}
    if any(each not in SENDABLE for each in wanted):
        wrong["channels"] = gettext_noop("Pilih saluran yang ada.")
    if (not_before is None) != (not_after is None) or (
        not_before is not None and not_before == not_after
    ):
        wrong["not_after"] = gettext_noop(
            "Tulis kedua jam, dan jangan sama; atau kosongkan keduanya."
        )
    if harmless and open_words:
        wrong["open_words"] = gettext_noop(
            "Kata netral dan kata bebas tidak bisa bersama. Pilih satu."
        )
    if help_word and (
        len(help_word) < _SHORTEST or keywords.read(help_word).asks != keywords.WORDS
    ):
        wrong["help_word"] = gettext_noop(
            "Pilih kata lain: setidaknya 4 huruf, dan bukan kata yang sudah ada artinya."
        )
    if wrong:
        raise Incomplete(fields=wrong)
    worker = registry.worker(worker_id)
    rules = SafeContact.objects.select_for_update().filter(worker=worker).first()
    rules = rules or SafeContact(worker=worker, **worker.scope())
    rules.channel, rules.channels = wanted[0], wanted[1:]
    rules.stopped = [each for each in rules.stopped if each not in wanted]
    rules.not_before, rules.not_after = not_before, not_after
    rules.do_not_call, rules.harmless, rules.open_words = do_not_call, harmless, open_words
    rules.help_word = help_word[:40]
    if actor.kind is not Kind.WORKER:
        # What officers note for each other is not shown to the person, nor lost when they save.
        rules.note = note.strip()[:200]
    rules.set_by, rules.set_at = actor.name, now
    rules.save()
    record(SafetyChanged(), actor=actor, about=rules)
    return rules
