"""The copy: everything declared, under the policies of whoever asks, recorded."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.privacy import schedule
from lindung.privacy.operations import copying
from lindung.registry.models import Worker
from tests.cast import ATTACHE, NOW, OFFICER, OTHER_ATTACHE, RECRUITER, posts, self_of
from tests.conftest import Scene
from tests.privacy.cast import NIK, PASSPORT, PHONE, WORDS, lived_fully, with_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(scene: Scene) -> None:
    """Two posts."""
    with scene():
        posts()


def sections(made: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table."""
    return {each["table"]: each["rows"] for each in made["sections"]}


@pytest.fixture
def who() -> Worker:
    """Siti, with something in every corner and a case."""
    found = lived_fully()
    with_case(found)
    return found


class TestHerOwn:
    def test_holds_what_every_part_knows_of_her(self, who: Worker) -> None:
        rows = sections(copying.take(self_of(who.id), at=NOW))
        assert rows["registry.Worker"][0]["full_name"] == who.full_name
        assert {each["number"] for each in rows["registry.Identifier"]} == {NIK, PASSPORT, PHONE}
        assert rows["monitoring.CheckIn"][0]["words"] == WORDS
        assert rows["protection.Complaint"][0]["words"] == WORDS
        assert {"placement.Contract", "registry.FamilyMember", "outreach.Message"} <= set(rows)
        assert Decimal(rows["monitoring.WageReport"][0]["amount"]) == 2_100_000

    def test_is_of_the_published_form(self, who: Worker) -> None:
        form = json.loads(files("lindung.privacy").joinpath("copy.schema.json").read_text())
        made = json.loads(json.dumps(copying.take(self_of(who.id), at=NOW)))
        Draft202012Validator(form).validate(made)

    def test_names_every_table_or_why_not(self, who: Worker) -> None:
        made = copying.take(self_of(who.id), at=NOW)
        left = {each["table"] for each in made["left_out"]}
        empty = {
            label
            for label, table in schedule.tables().items()
            if table.copy and label not in sections(made)
        }
        assert left | empty | set(sections(made)) >= set(schedule.tables())
        assert all(each["reason"]["en"] for each in made["left_out"])

    def test_says_who_looked(self, who: Worker) -> None:
        copying.give(ATTACHE, who.id, reason="Diminta", at=NOW)
        rows = sections(copying.take(self_of(who.id), at=NOW))
        assert "Rina" in {each["name"] for each in rows["access.looks"]}

    def test_holds_nobody_elses(self, who: Worker) -> None:
        other = lived_fully(worker_id=None)
        text = json.dumps(copying.take(self_of(other.id), at=NOW))
        assert who.public_number not in text

    def test_is_recorded_as_a_fact(self, who: Worker) -> None:
        copying.take(self_of(who.id), at=NOW)
        with acting_as(ROBOT):
            entry = JournalEntry.objects.get(type="privacy.CopyMade")
        assert entry.worker_id == who.id
        assert set(entry.payload) == {"sections", "rows"}


class TestByAnOfficer:
    def test_holds_no_more_than_the_desk_shows(self, who: Worker) -> None:
        made = copying.give(OFFICER, who.id, reason="Diminta di kantor", at=NOW)
        closed = {each["table"] for each in made["left_out"]}
        assert {"protection.Complaint", "protection.Case", "monitoring.WageReport"} <= closed
        assert WORDS not in json.dumps(sections(made).get("protection.Complaint", []))

    def test_is_recorded_as_a_look_she_sees(self, who: Worker) -> None:
        copying.give(ATTACHE, who.id, reason="Diminta", at=NOW)
        with acting_as(self_of(who.id)):
            purposes = {
                each.payload["purpose"]
                for each in JournalEntry.objects.filter(type="access.PersonLookedAt")
            }
        assert "salinan data atas permintaan pekerja" in purposes

    def test_is_closed_to_others(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            copying.give(OTHER_ATTACHE, who.id, reason="x", at=NOW)
        with pytest.raises(NotAllowed):
            copying.give(RECRUITER, who.id, reason="x", at=NOW)
