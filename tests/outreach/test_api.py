"""Another system hands messages in by its key."""

from __future__ import annotations

import pytest

from lindung.access.rights import Right
from lindung.outreach.models import Message
from tests.conftest import Scene
from tests.outreach.test_receiving import PHONE, person, rows
from tests.site.keys import caller

pytestmark = pytest.mark.usefixtures("posts")
GIVEN = {"channel": "sms", "sender": PHONE, "words": "BAIK", "id": "42"}


class TestHandInMessage:
    def test_takes_a_message_once(self, scene: Scene) -> None:
        who = person()
        key = caller(scene, "attache", Right.MESSAGE_RECEIVE)
        first, again = (key.post("/messages", **GIVEN) for _each in range(2))
        assert (first.status_code, first.json()["known"]) == (201, True)
        assert first.json() == again.json()
        [message] = rows(Message, incoming=True)
        assert message.worker_id == who.id

    def test_says_that_a_sender_is_not_known(self, scene: Scene) -> None:
        key = caller(scene, "attache", Right.MESSAGE_RECEIVE)
        answer = key.post("/messages", **(GIVEN | {"sender": "+821099990000"}))
        assert (answer.status_code, answer.json()["known"]) == (201, False)

    @pytest.mark.parametrize(
        "wrong",
        [{"channel": "web"}, {"sender": "Siti"}, {"at": "2026-03-02T10:00:00"}],
    )
    def test_refuses_what_it_cannot_use(self, scene: Scene, wrong: dict[str, str]) -> None:
        key = caller(scene, "attache", Right.MESSAGE_RECEIVE)
        answer = key.post("/messages", **(GIVEN | wrong))
        assert answer.status_code == 422
        assert set(answer.json()["fields"]) == set(wrong)

    def test_is_closed_without_the_right(self, scene: Scene) -> None:
        key = caller(scene, "attache", Right.WORKER_READ)
        assert key.post("/messages", **GIVEN).status_code == 403
