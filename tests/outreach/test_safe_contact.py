"""When a person can be reached without danger."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.outreach import operations
from lindung.outreach.models import Message, SafeContact
from lindung.outreach.safe_contact import earliest
from tests import cast

SEOUL = "Asia/Seoul"  # UTC+9, no summer time


def _rules(start: int, end: int) -> SafeContact:
    return SafeContact(not_before=time(start), not_after=time(end))


class TestEarliest:
    @pytest.mark.parametrize(
        ("start", "end", "hour", "wait"),
        [
            (8, 20, 10, 0),
            (8, 20, 8, 0),
            (8, 20, 20, 12),
            (8, 20, 7, 1),
            (22, 6, 23, 0),
            (22, 6, 3, 0),
            (22, 6, 6, 16),
        ],
    )
    def test_waits_for_the_safe_hours_of_where_the_person_lives(
        self, start: int, end: int, hour: int, wait: int
    ) -> None:
        now = datetime(2026, 3, 2, hour, tzinfo=UTC) - timedelta(hours=9)
        at = earliest(_rules(start, end), now=now, timezone=SEOUL)
        assert at - now == timedelta(hours=wait)


@pytest.mark.usefixtures("posts")
class TestDeliver:
    def test_leaves_a_message_waiting_until_the_safe_hours(self) -> None:
        who = cast.worker()
        with acting_as(ROBOT):
            SafeContact.objects.create(
                worker=who, not_before=time(0), not_after=time(1), **who.scope()
            )
            message = operations.send(ROBOT, who, "arrived", now=cast.NOW)
        assert message.not_before_at is not None
        early = operations.deliver(ROBOT, message.id, now=cast.NOW)
        assert early.state == "waiting"
        sent = operations.deliver(ROBOT, message.id, now=message.not_before_at)
        assert sent.state == "sent"

    def test_sends_once_however_often_the_job_runs(self) -> None:
        who = cast.worker()
        with acting_as(ROBOT):
            message = operations.send(ROBOT, who, "arrived", now=cast.NOW)
        first = operations.deliver(ROBOT, message.id, now=cast.NOW)
        again = operations.deliver(ROBOT, message.id, now=cast.NOW + timedelta(hours=1))
        assert again.sent_at == first.sent_at

    def test_says_when_a_channel_has_no_gateway(self) -> None:
        who = cast.worker()
        with acting_as(ROBOT):
            SafeContact.objects.create(worker=who, channel="sms", **who.scope())
            message = operations.send(ROBOT, who, "arrived", now=cast.NOW)
        failed = operations.deliver(ROBOT, message.id, now=cast.NOW)
        assert failed.state == "failed"
        assert "sms" in failed.failure

    def test_falls_back_to_the_source_language_and_says_so(self) -> None:
        who = cast.worker(language="ar")
        with acting_as(ROBOT):
            operations.send(ROBOT, who, "arrived", now=cast.NOW)
            message = Message.objects.get()
        assert message.language == "id"

    def test_keeps_a_secret_out_of_the_facts(self) -> None:
        who = cast.worker()
        with acting_as(ROBOT):
            message = operations.send(
                ROBOT, who, "entry_code", now=cast.NOW, secret=True, code="123456", minutes="10"
            )
        assert message.facts == {}
