"""A breach, or an exercise: whose data, in which groups, with which words; an exercise sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lindung.access.acting import acting_as
from lindung.access.journal import look
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotAllowed
from lindung.kernel.secrets import CannotOpen
from lindung.outreach.models import Message
from lindung.privacy import breaches, notices
from lindung.privacy.breaches import Search
from lindung.privacy.models import Affected, Breach
from lindung.privacy.operations import breaches as operations
from tests.cast import ATTACHE, MINISTRY, NOW, posts, worker
from tests.conftest import Scene
from tests.factories import AccountFactory
from tests.privacy.cast import DPO, lived

pytestmark = pytest.mark.django_db
WINDOW = (datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=9))


@pytest.fixture(autouse=True)
def places(scene: Scene) -> None:
    """Two posts."""
    with scene():
        posts()


def find(search: Search, **given: Any) -> Breach:
    """Worked out by the data protection officer."""
    values: dict[str, Any] = {
        "window": WINDOW, "known_at": NOW, "how": "Kata sandi bocor", "remedy": "Akun ditutup",
        "drill": False, "at": NOW,
    }  # fmt: skip
    return operations.find(DPO, search, **(values | given))


def people(breach: Breach) -> set[Any]:
    """Whose data it touched."""
    with acting_as(ROBOT):
        return set(Affected.objects.filter(breach=breach).values_list("worker_id", flat=True))


class TestFind:
    def test_names_whom_an_account_saw_and_nobody_else(self, scene: Scene) -> None:
        with scene():
            account = AccountFactory(username="atase.bocor")
        seen, unseen = worker(), worker(full_name="Lain")
        spy = _as(ATTACHE, account.id)
        with acting_as(spy):
            look(spy, seen, worker=seen.id, purpose="berkas")
        breach = find(Search(accounts=("atase.bocor",)))
        assert people(breach) == {seen.id}
        assert unseen.id not in people(breach)
        with acting_as(ROBOT):
            row = Affected.objects.get()
            assert (row.times, row.what, row.language) == (1, ["access"], "id")

    def test_stays_within_the_window(self) -> None:
        worker()
        early = (WINDOW[0] - timedelta(days=9), WINDOW[0] - timedelta(days=8))
        assert find(Search(), window=early).people == 0

    def test_takes_everybody_of_a_table_that_got_out(self) -> None:
        one, two = lived(), worker()
        breach = find(Search(tables=("registry.Identifier",)))
        assert people(breach) == {one.id}
        assert people(find(Search(tables=("registry.Worker",)))) == {one.id, two.id}

    def test_refuses_what_nobody_knows(self) -> None:
        for search in (
            Search(accounts=("siapa",)), Search(sources=("203.0.113.9",)), Search(partner="xx"),
            Search(tables=("registry.Nothing",)),
        ):  # fmt: skip
            with pytest.raises(Incomplete):
                find(search)

    def test_begins_the_clock_of_the_law(self) -> None:
        breach = find(Search())
        assert breach.due_at == NOW + timedelta(hours=72)
        assert breach.needs_check is False

    def test_groups_by_post_and_language(self) -> None:
        lived()
        breach = find(Search(tables=("registry.Worker",)))
        with acting_as(ROBOT):
            assert [(each.post, each.people) for each in breaches.groups(breach)] == [("SEL", 1)]

    def test_is_the_officers_for_data_alone(self) -> None:
        with pytest.raises(NotAllowed):
            operations.find(
                MINISTRY, Search(), window=WINDOW, known_at=NOW, how="x", remedy="y", drill=True,
                at=NOW,
            )  # fmt: skip


class TestNotices:
    def test_say_what_article_46_asks_in_both_languages(self) -> None:
        lived()
        breach = find(Search(tables=("registry.Worker",)))
        with acting_as(ROBOT):
            for language in notices.LANGUAGES:
                letter = notices.to_authority(breach, language)
                words = notices.to_person(breach, language)
                for part in ("Kata sandi bocor", "Akun ditutup", breach.number):
                    assert part in letter
                    assert part in words
                assert "{" not in letter + words

    def test_go_to_each_by_the_safe_channel_once(self) -> None:
        who = lived()
        breach = find(Search(tables=("registry.Worker",)))
        operations.notify(DPO, breach.id, at=NOW)
        with acting_as(ROBOT):
            assert operations.tell_next(breach.id, at=NOW) == 1
            assert operations.tell_next(breach.id, at=NOW) == 0
            sent = Message.objects.get(template="breach_notice")
            assert sent.worker_id == who.id
            assert "Kata sandi bocor" in sent.words

    def test_an_exercise_sends_nothing(self) -> None:
        lived()
        breach = find(Search(tables=("registry.Worker",)), drill=True)
        with pytest.raises(operations.AnExercise):
            operations.notify(DPO, breach.id, at=NOW)
        with acting_as(ROBOT):
            assert operations.tell_next(breach.id, at=NOW) == 0
            assert not Message.objects.filter(template="breach_notice").exists()
            assert "LATIHAN" in notices.to_person(breach, "id")
            assert breach.number.startswith("LAT-")


class TestTheList:
    def test_opens_with_the_key_ring_alone(self) -> None:
        who = lived()
        breach = find(Search(tables=("registry.Worker",)))
        data = operations.sealed_list(DPO, breach.id)
        assert who.full_name.encode() not in data
        assert who.full_name in operations.opened_list(data)
        with pytest.raises(CannotOpen):
            operations.opened_list(data[:-1] + bytes([data[-1] ^ 1]))


class TestTheCommand:
    def test_counts_groups_and_prints_the_letters(self, tmp_path: Path) -> None:
        who = lived()
        out, file = StringIO(), tmp_path / "list.bin"
        call_command(
            "breach", "--from", WINDOW[0].isoformat(), "--to", WINDOW[1].isoformat(),
            "--table", "registry.Worker", "--how", "Disk hilang", "--remedy", "Kunci diganti",
            "--drill", "--list", str(file), stdout=out,
        )  # fmt: skip
        said = out.getvalue()
        assert "EXERCISE LAT-" in said
        assert "1 people in" in said
        assert "LATIHAN" in said
        assert "Disk hilang" in said
        opened = StringIO()
        call_command("breach", "--open", str(file), stdout=opened)
        assert who.full_name in opened.getvalue()
        assert opened.getvalue().rstrip().endswith("yes")

    def test_says_what_is_missing(self) -> None:
        with pytest.raises(CommandError, match="window"):
            call_command("breach", stdout=StringIO())


def _as(actor: Any, id_: Any) -> Any:
    from dataclasses import replace

    return replace(actor, id=id_)
