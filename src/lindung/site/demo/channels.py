"""Words that came in over the channels, told through the operations that the lines themselves use.

One person writes by text message and by WhatsApp, and is written to; another has rules of safe
contact; three telephones that nobody knows wait for an officer, one of them crying for help.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from lindung.access.actors import Actor
from lindung.access.journal import telling_of
from lindung.access.roles import ROBOT, acting_worker
from lindung.outreach import operations
from lindung.outreach.models import Channel
from lindung.registry.models import Worker
from lindung.site.demo.lives import SITI_PHONE

# Numbers of exchanges that are kept for examples or given to nobody.
_UNKNOWN, _SHARED, _CRIES = "+821055550142", "+821055550143", "+821055550144"


def tell(cast: Mapping[str, Actor], people: Mapping[str, Worker], *, today: date) -> None:
    """Tell it; ``people`` as ``lives.make`` gives."""
    siti, slamet = people["at_work"], people["listed"]
    _wrote(SITI_PHONE, "Baik, terima kasih", Channel.SMS, _at(today, 9))
    with telling_of(_at(today, 6)):
        operations.say(
            cast["attache"], siti.id, channel="web", template="please_answer", now=_at(today, 6)
        )
    operations.set_rules(
        acting_worker(slamet.id, slamet.shown_name),
        slamet.id,
        now=_at(today, 3),
        channels=["whatsapp", "sms"],
        not_before=time(20),
        not_after=time(22),
        do_not_call=True,
        harmless=True,
        help_word="resep rendang",
    )
    _wrote(
        _UNKNOWN,
        "Saya kerja di pabrik di Ansan, gaji dua bulan belum dibayar",
        Channel.SMS,
        _at(today, 1),
    )
    _wrote(_SHARED, "BAIK", Channel.WHATSAPP, _at(today, 1, hours=2))
    _wrote(_CRIES, "TOLONG saya di mess, pintu dikunci", Channel.SMS, _at(today, 0))


def _wrote(sender: str, words: str, channel: str, at: datetime) -> None:
    with telling_of(at):
        operations.receive(ROBOT, channel=channel, sender=sender, raw=words, at=at)


def _at(today: date, days_ago: int, *, hours: int = 0) -> datetime:
    day = datetime.combine(today - timedelta(days=days_ago), time(1), UTC)
    return day + timedelta(hours=hours)
