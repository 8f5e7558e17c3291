"""What a person asks about her data: a task with the law's clock, answered with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.outreach.models import Message
from lindung.privacy.lifecycles import RequestState
from lindung.privacy.models import Request
from lindung.privacy.operations import requests
from lindung.registry.models import Task
from tests.cast import (
    ATTACHE,
    MINISTRY,
    NOW,
    OFFICER,
    OTHER_ATTACHE,
    RECRUITER,
    posts,
    self_of,
    worker,
)
from tests.conftest import Scene
from tests.privacy.cast import lived

pytestmark = pytest.mark.django_db
HOURS_72 = timedelta(hours=72)


@pytest.fixture(autouse=True)
def places(scene: Scene) -> None:
    """Two posts."""
    with scene():
        posts()


class TestAsk:
    @pytest.mark.parametrize(
        ("kind", "due", "check"),
        [("limit", HOURS_72, False), ("stop", HOURS_72, False), ("correct", HOURS_72, True),
         ("erase", None, True)],
    )  # fmt: skip
    def test_carries_the_term_of_its_article_or_says_that_it_needs_a_check(
        self, kind: str, due: timedelta | None, check: bool
    ) -> None:
        who = lived()
        row = requests.ask(self_of(who.id), who.id, kind=kind, words="Nama saya salah", at=NOW)
        assert row.due_at == (None if due is None else NOW + due)
        assert row.needs_check is check

    def test_becomes_a_task_of_the_post(self) -> None:
        who = lived()
        row = requests.ask(self_of(who.id), who.id, kind="erase", at=NOW)
        with acting_as(ATTACHE):
            task = Task.objects.get(subject=row.id)
        assert (task.kind, task.owner, task.due_at) == ("data-request", "post", NOW + HOURS_72)

    def test_needs_to_know_what_is_wrong(self) -> None:
        who = worker()
        with pytest.raises(Incomplete) as told:
            requests.ask(self_of(who.id), who.id, kind="correct", words=" ", at=NOW)
        assert set(told.value.facts["fields"]) == {"words"}

    def test_is_asked_once_at_a_time(self) -> None:
        who = worker()
        requests.ask(self_of(who.id), who.id, kind="stop", at=NOW)
        with pytest.raises(requests.AskedAlready):
            requests.ask(self_of(who.id), who.id, kind="stop", at=NOW)

    def test_an_officer_asks_on_her_behalf_and_is_named(self) -> None:
        who = worker()
        assert requests.ask(OFFICER, who.id, kind="limit", at=NOW).asked_name == "Budi"

    def test_a_stranger_and_a_recruiter_do_not(self) -> None:
        who = lived()
        with pytest.raises(NotFound):
            requests.ask(OTHER_ATTACHE, who.id, kind="limit", at=NOW)
        with pytest.raises(NotAllowed):
            requests.ask(RECRUITER, who.id, kind="limit", at=NOW)
        with pytest.raises(NotFound):
            requests.ask(self_of(worker().id), who.id, kind="limit", at=NOW)


class TestAnswer:
    def asked(self) -> Any:
        who = lived()
        return who, requests.ask(self_of(who.id), who.id, kind="erase", at=NOW)

    def test_is_read_by_her_and_told_to_her(self) -> None:
        who, row = self.asked()
        requests.answer(ATTACHE, row.id, state="partly", words="Kontrak masih berjalan", at=NOW)
        with acting_as(self_of(who.id)):
            mine = Request.objects.get()
            assert (mine.state, mine.answer) == (RequestState.PARTLY, "Kontrak masih berjalan")
        with acting_as(ROBOT):
            assert Message.objects.filter(worker=who, template="data_answered").exists()
            assert Task.objects.get(subject=row.id).state != "open"

    def test_always_has_a_reason(self) -> None:
        _, row = self.asked()
        with pytest.raises(Incomplete) as told:
            requests.answer(ATTACHE, row.id, state="refused", words="", at=NOW)
        assert set(told.value.facts["fields"]) == {"words"}

    def test_is_given_once(self) -> None:
        _, row = self.asked()
        requests.answer(MINISTRY, row.id, state="granted", words="Baik", at=NOW)
        with pytest.raises(StepClosed):
            requests.answer(MINISTRY, row.id, state="refused", words="Tidak", at=NOW)

    def test_is_not_another_posts(self) -> None:
        _, row = self.asked()
        with pytest.raises(NotFound):
            requests.answer(OTHER_ATTACHE, row.id, state="granted", words="Baik", at=NOW)


def test_she_takes_it_back() -> None:
    who = worker()
    row = requests.ask(self_of(who.id), who.id, kind="stop", at=NOW)
    requests.withdraw(self_of(who.id), row.id, at=NOW)
    requests.ask(self_of(who.id), who.id, kind="stop", at=NOW)
    with pytest.raises(NotFound):
        requests.withdraw(self_of(worker().id), row.id, at=NOW)
