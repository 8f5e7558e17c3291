"""Nobody rewrites the past: not the partner, not whoever owns our database, not an old backup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.access import journal, merkle, seals
from lindung.access.acting import acting_as
from lindung.access.keys import journal_signer
from lindung.access.models import JournalEntry, Seal
from lindung.access.roles import ROBOT
from lindung.exchange.models import Outgoing, PartnerHead, PastAlarm
from lindung.exchange.operations import heads, past, settling
from lindung.kernel.refusals import Incomplete
from lindung.registry.models import Task
from simulators.eps import reconcile
from tests import cast

from .both import Both, Sealer, tampering

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def both(scene: Any, tmp_path: Path, settings: Any) -> Both:
    """Two nodes that trust each other; a folder of its own for our heads."""
    settings.LINDUNG_HOME = tmp_path / "home"
    return Both(scene, tmp_path)


@pytest.fixture
def seal(
    both: Both, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Sealer:
    """Seals what happened so far."""
    return Sealer(monkeypatch, django_capture_on_commit_callbacks)


def alarms() -> list[tuple[str, str]]:
    """Open alarms: whose past, and what."""
    with acting_as(ROBOT):
        rows = PastAlarm.objects.filter(closed_at=None).order_by("found_at", "id")
        return [(row.whose, row.kind) for row in rows]


def proof_of(both: Both) -> str:
    """How the head they show now stands to the one kept before."""
    head = both.past()
    assert head is not None
    return head.proof


def their_alarms(both: Both) -> list[str]:
    """What the simulator found of ours."""
    return [row["kind"] for row in both.node.store.rows("select kind from past_alarm order by n")]


@given(st.integers(1, 70), st.data())
def test_a_path_leads_to_the_root_by_both_readings(count: int, data: Any) -> None:
    leaves = [bytes([number]) * 32 for number in range(count)]
    place = data.draw(st.integers(0, count - 1))
    root, path = reconcile.merkle(leaves, place)
    assert path == merkle.path(leaves, place)
    assert root == merkle.root(leaves)
    assert heads.root_over(leaves[place].hex(), path) == root.hex()


@given(st.integers(1, 70), st.data())
def test_a_path_is_that_within_a_branch_and_that_among_branches(count: int, data: Any) -> None:
    leaves = [bytes([number]) * 32 for number in range(count)]
    branch, within = divmod(data.draw(st.integers(0, count - 1)), 8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merkle, "BRANCH", 8)
        roots = merkle.branches(leaves)
    under = leaves[branch * 8 : branch * 8 + 8]
    whole = merkle.path(leaves, branch * 8 + within)
    assert [*merkle.path(under, within), *merkle.path(roots, branch)] == whole
    assert merkle.root(roots) == merkle.root(leaves)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "older than branches"])
def test_entries_are_proven_in_the_middle_of_a_seal(
    both: Both, seal: Sealer, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    monkeypatch.setattr(merkle, "BRANCH", 2)
    for _ in range(4):
        cast.worker()
    seal()
    if not kept:
        with tampering() as run:
            run("update access_seal set branches = null")
    with acting_as(ROBOT):
        entries = list(JournalEntry.objects.values_list("id", flat=True))
        proven = past.own_leaves(entries)
        roots = {each.number: bytes(each.root).hex() for each in Seal.objects.all()}
    assert set(proven) == set(entries)
    assert len(entries) > 4
    for each in proven.values():
        assert heads.root_over(each["leaf"], each["path"]) == roots[each["number"]]


class TestThePartnersPast:
    def test_is_kept_head_by_head_each_proven_to_extend_the_last(self, both: Both) -> None:
        assert both.past() is None  # they have said nothing yet
        made = both.signed()
        assert proof_of(both) in {"first", "extends"}
        both.office.plan_entry(made.number)
        assert proof_of(both) == "extends"
        assert proof_of(both) == "extends"  # nothing new: the same head again
        with acting_as(ROBOT):
            kept = list(PartnerHead.objects.order_by("number"))
        assert [each.number for each in kept] == list(range(1, len(kept) + 1))
        assert all(each.signature and each.raw for each in kept)
        assert alarms() == []

    def test_that_was_rewritten_raises_an_alarm_once(self, both: Both) -> None:
        made = both.listed()
        both.past()
        both.office.offer(made.number)
        both.exchange()
        both.past()
        reconcile.rewrite_past(both.node)
        assert proof_of(both) == "breaks"
        assert ("theirs", "rewritten") in alarms()
        assert ("theirs", "entry") in alarms()  # the message that we hold is no more in it
        count = len(alarms())
        both.past()
        assert len(alarms()) == count
        with acting_as(ROBOT):
            assert Task.objects.filter(kind=heads.TASK, state="open").exists()

    def test_from_an_old_backup_is_a_rollback(self, both: Both) -> None:
        made = both.listed()
        both.past()
        both.office.offer(made.number)
        both.exchange()
        both.past()
        reconcile.old_backup(both.node)
        assert proof_of(both) == "breaks"
        assert alarms() == [("theirs", "rollback")]
        with acting_as(ROBOT):
            assert PastAlarm.objects.get().detail == "one past up to 1"

    def test_restored_and_said_so_is_told_apart(self, both: Both) -> None:
        made = both.listed()
        both.past()
        both.office.offer(made.number)
        both.exchange()
        both.past()
        reconcile.old_backup(both.node)
        both.node.store.set("past_epoch", 2)
        both.node.store.db.execute("delete from past_seal")
        both.node.store.db.execute("delete from past_entry")
        both.node.store.db.execute(
            "insert into past_entry (message_id) select message_id from sent"
            " where sequence is not null limit 1"
        )
        both.past()
        assert alarms()[0] == ("theirs", "restored")

    def test_alarm_is_closed_by_a_person_who_says_what_it_was(self, both: Both) -> None:
        both.listed()
        both.past()
        reconcile.rewrite_past(both.node)
        both.past()
        with acting_as(ROBOT):
            alarm = PastAlarm.objects.filter(kind="rewritten").get()
        with pytest.raises(Incomplete):
            settling.close_alarm(cast.MINISTRY, alarm.id, reason=" ", at=both.now)
        settling.close_alarm(cast.MINISTRY, alarm.id, reason="Uji coba mitra", at=both.now)
        assert ("theirs", "rewritten") not in alarms()

    def test_heads_are_changed_by_nobody(self, both: Both) -> None:
        from django.db import ProgrammingError, transaction

        both.listed()
        both.past()
        with acting_as(ROBOT), pytest.raises(ProgrammingError), transaction.atomic():
            PartnerHead.objects.update(head="0" * 64)
        with acting_as(ROBOT), pytest.raises(ProgrammingError), transaction.atomic():
            PartnerHead.objects.all().delete()


class TestOurPast:
    def test_is_proven_to_the_partner_entry_by_entry(self, both: Both, seal: Sealer) -> None:
        both.signed()
        seal()
        theirs = both.theirs()
        assert theirs.look_at_past() == "first"
        with acting_as(ROBOT):
            told = Outgoing.objects.filter(entry_id__isnull=False).count()
        assert theirs.check_entries() == told > 0
        cast.worker()
        seal()
        assert both.theirs().look_at_past() == "extends"
        assert both.theirs().look_at_past() == "same"
        assert their_alarms(both) == []

    def test_changed_by_force_is_found_by_the_partner(self, both: Both, seal: Sealer) -> None:
        both.signed()
        seal()
        both.theirs().look_at_past()
        with acting_as(ROBOT):
            entry = Outgoing.objects.filter(type__contains="contract.answered").get().entry_id
        with tampering() as run:
            run("update access_journal set basis = 'lain' where id = %s", [entry])
        both.theirs().check_entries()
        assert their_alarms(both) == ["entry"]

    def test_taken_away_by_force_is_found_by_the_partner(self, both: Both, seal: Sealer) -> None:
        both.signed()
        seal()
        both.theirs().look_at_past()
        with acting_as(ROBOT):
            entry = Outgoing.objects.filter(type__contains="contract.answered").get().entry_id
        with tampering() as run:
            run("delete from access_journal where id = %s", [entry])
        both.theirs().check_entries()
        assert their_alarms(both) == ["entry"]

    def test_rewritten_with_all_its_seals_is_found_by_the_partner_and_by_us(
        self, both: Both, seal: Sealer
    ) -> None:
        both.listed()
        seal()
        both.signed()
        seal()
        assert both.theirs().look_at_past() == "first"
        self.rewrite()
        assert both.theirs().look_at_past() == "rewritten"
        assert heads.look_at_own(now=both.now) > 0
        assert ("ours", "rewritten") in alarms()

    def test_from_an_old_backup_is_found_by_the_partner_and_by_us(
        self, both: Both, seal: Sealer
    ) -> None:
        both.listed()
        seal()
        both.signed()
        seal()
        both.theirs().look_at_past()
        with tampering() as run:
            run("delete from access_seal where number = 2")
        assert both.theirs().look_at_past() == "rollback"
        assert heads.look_at_own(now=both.now) == 1
        assert alarms() == [("ours", "rollback")]

    def rewrite(self) -> None:
        """What the owner of the database and of the key could do: all of it made to fit."""
        with tampering() as run:
            run("update access_journal set basis = 'lain' where id ="
                " (select id from access_journal order by id limit 1)")  # fmt: skip
        with acting_as(ROBOT):
            sealed = list(Seal.objects.order_by("number"))
            rows = {each.id: each for each in JournalEntry.objects.all()}
        previous = seals.NOTHING
        for each in sealed:
            leaves = [
                journal.leaf({name: getattr(rows[pk], name) for name in journal.BODY})
                for pk in each.entry_ids
            ]
            each.previous, each.root = previous, merkle.root(leaves)
            each.leaves, each.head = b"".join(leaves), seals.head_of(each)
            each.branches = b"".join(merkle.branches(leaves))
            previous = each.head
        with tampering() as run:
            for each in sealed:
                run(
                    "update access_seal set leaves = %s, branches = %s, root = %s, previous = %s,"
                    " head = %s, signature = %s where number = %s",
                    [
                        each.leaves, each.branches, each.root, each.previous, each.head,
                        journal_signer().sign(bytes(each.head)), each.number,
                    ],
                )  # fmt: skip


def test_a_link_says_what_its_head_is_the_hash_of(both: Both, seal: Sealer) -> None:
    cast.worker()
    seal()
    with acting_as(ROBOT):
        said = past.own_head()
    assert said is not None
    link = said["link"]
    assert heads._holds(link)
    assert reconcile._holds(link)
    facts = json.loads(link["facts"])
    assert (facts[0], facts[-1]) == (1, said["entries"])
