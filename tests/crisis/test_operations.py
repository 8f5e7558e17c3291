"""From an event to everybody's answer: who is listed, who is asked and how, and what counts."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from uuid import UUID

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT, acting_family
from lindung.crisis import operations, queries
from lindung.crisis.lifecycles import AnswerState, EventState
from lindung.crisis.models import CrisisEvent, EventKind, MusterEntry, MusterRound, Way
from lindung.crisis.operations import Given
from lindung.crisis.operations.asking import TASK, NobodyToAsk
from lindung.kernel.identifiers import Kind
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.places import cell_of
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import operations as monitoring
from lindung.monitoring.models import CheckIn, Relation
from lindung.outreach import family
from lindung.outreach import operations as outreach
from lindung.outreach.models import Message, SafeContact, Sender
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import (
    Condition,
    Confidence,
    Fact,
    FactKind,
    Source,
    Stage,
    Task,
    Worker,
    WorkerState,
)
from lindung.registry.operations import add_identifier, record_fact
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")

SEOUL = (37.56, 126.99)
BUSAN = (35.18, 129.08)
BEFORE = cast.NOW - timedelta(hours=3)
AT = cast.NOW
LATER = cast.NOW + timedelta(minutes=20)


def somebody(
    scene: Scene,
    *,
    near: tuple[float, float] | None = SEOUL,
    region: str = "KR-11",
    phone: str = "",
    channel: str = "",
    post: int | None = cast.SEOUL,
    **given: Any,
) -> Worker:
    """Somebody at work abroad whose place is known to a cell, or to a region only."""
    who = cast.worker(**given)
    with scene():
        Worker.objects.filter(id=who.id).update(post_id=post, country="KR")
        WorkerState.objects.filter(worker=who).update(
            post_id=post, country="KR", stage=Stage.DURING, dest_region=region,
            cell=cell_of(*near) if near else None, confirmed_on=cast.TODAY - timedelta(days=9),
        )  # fmt: skip
    with acting_as(ROBOT):
        who = Worker.objects.get(id=who.id)
    if phone:
        add_identifier(cast.self_of(who.id), who.id, kind=Kind.PHONE, value=phone, on=cast.TODAY)
    if channel:
        with scene():
            SafeContact.objects.create(worker=who, channel=channel, channels=[], **who.scope())
    return who


def quake(km: float = 12, actor: Any = cast.ATTACHE, **given: Any) -> CrisisEvent:
    values: dict[str, Any] = {
        "kind": EventKind.EARTHQUAKE,
        "title": "Gempa Seoul",
        "happened_at": BEFORE,
        "source": "KMA, 2 Maret 2026",
        "source_on": cast.TODAY,
        "given": Given(Way.RADIUS, lat=SEOUL[0], lon=SEOUL[1], km=km),
        "at": AT,
    }
    return operations.declare(actor, **(values | given))


def ask(about: CrisisEvent, *, actor: Any = cast.ATTACHE, at: datetime = AT) -> MusterRound:
    """Ask, and let the robot do its part."""
    made = operations.ask(actor, about.id, with_maybe=True, at=at)
    with acting_as(ROBOT):
        people = list(MusterEntry.objects.filter(event=about).values_list("worker_id", flat=True))
    operations.ask_some(ROBOT, made.id, people, now=at)
    return made


def entry(about: CrisisEvent, who: Worker) -> MusterEntry:
    with acting_as(ROBOT):
        return MusterEntry.objects.get(event=about, worker=who)


def listed(about: CrisisEvent, actor: Any = cast.ATTACHE) -> dict[UUID, bool]:
    with acting_as(actor):
        return {each.worker_id: each.inside for each in queries.inside(actor, about)}


def sms(words: str, sender: str, *, at: datetime = LATER) -> Message:
    return outreach.receive(ROBOT, channel="sms", sender=sender, raw=words, at=at)


def rows(model: Any, **which: Any) -> list[Any]:
    with acting_as(ROBOT):
        return list(model.objects.filter(**which))


PHONE = "+821055550101"


class TestDeclare:
    def test_keeps_where_it_came_from_and_is_journalled(self) -> None:
        made = quake()
        assert (made.source, made.source_on) == ("KMA, 2 Maret 2026", cast.TODAY)
        assert made.cells > 50
        assert "KR-11" in made.regions
        told = rows(JournalEntry, type="crisis.CrisisDeclared")
        assert [each.subject for each in told] == [made.id]

    def test_takes_a_magnitude_and_names_the_equation(self) -> None:
        made = quake(
            given=Given(Way.MAGNITUDE, lat=SEOUL[0], lon=SEOUL[1], magnitude=5.5, depth=10, least=6)
        )
        assert made.given["equation"] == "allen-2012-hypocentral"
        assert "Journal of Seismology" in made.given["source"]

    def test_takes_whole_regions(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake(given=Given(Way.REGIONS, regions=("KR-11", "KR-99")))
        assert made.refused == [[2, "no_region"]]
        assert listed(made) == {who.id: True}

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            (Given(Way.FILE), "file"),
            (Given(Way.RADIUS, km=5), "lat"),
            (Given(Way.RADIUS, lat=1, lon=1), "km"),
            (Given(Way.MAGNITUDE, lat=1, lon=1, magnitude=12), "magnitude"),
            (Given(Way.MAGNITUDE, lat=1, lon=1, magnitude=4, depth=600), "least"),
            (Given(Way.REGIONS), "regions"),
            (Given(Way.CELLS), "cells"),
        ],
    )
    def test_says_which_part_is_missing(self, given: Given, field: str) -> None:
        with pytest.raises(Incomplete) as refused:
            quake(given=given)
        assert field in refused.value.facts["fields"]

    def test_refuses_an_event_to_come_without_title_or_source(self) -> None:
        with pytest.raises(Incomplete) as refused:
            quake(title="x", source=" ", happened_at=AT + timedelta(hours=1))
        assert set(refused.value.facts["fields"]) == {"title", "source", "happened_at"}

    @pytest.mark.parametrize("stranger", [cast.RECRUITER, cast.OFFICER])
    def test_is_closed_to_recruiters_and_offices_at_home(self, stranger: Any) -> None:
        with pytest.raises(NotAllowed):
            quake(actor=stranger)


class TestTheList:
    def test_tells_inside_from_maybe_and_leaves_out_the_rest(self, scene: Scene) -> None:
        near = somebody(scene)
        coarse = somebody(scene, near=None)
        somebody(scene, near=BUSAN, region="KR-26")
        home = somebody(scene)
        with scene():
            WorkerState.objects.filter(worker=home).update(stage=Stage.BEFORE)
        assert listed(quake()) == {near.id: True, coarse.id: False}

    def test_a_post_finds_its_own_and_the_ministry_all(self, scene: Scene) -> None:
        mine = somebody(scene)
        theirs = somebody(scene, post=cast.TAIPEI)
        nobodys = somebody(scene, post=None)
        made = quake()
        assert set(listed(made)) == {mine.id}
        assert set(listed(made, cast.OTHER_ATTACHE)) == {theirs.id}
        assert set(listed(made, cast.MINISTRY)) == {mine.id, theirs.id, nobodys.id}

    def test_counts_agree_with_the_names(self, scene: Scene) -> None:
        people = [somebody(scene) for _ in range(3)]
        somebody(scene, near=None)
        monitoring.begin_employment(
            cast.ATTACHE, people[0].id, employer="Hanbit", on=cast.TODAY, source=Source.OFFICER,
            region="KR-11",
        )  # fmt: skip
        made = quake()
        with acting_as(cast.ATTACHE):
            told = queries.counted(cast.ATTACHE, made)
        assert (told.inside, told.maybe, told.silent) == (3, 1, 4)
        assert told.people == len(listed(made))
        assert sum(n for _name, n in told.regions) == 4
        assert told.employers == (("Hanbit", 1),)

    def test_tells_the_age_of_the_place_the_way_and_the_household(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        monitoring.keep_companion(
            cast.ATTACHE, who.id, name="Adi", relation=Relation.CHILD, source=Source.WORKER,
            on=cast.TODAY, needs=["baby"],
        )  # fmt: skip
        record_fact(
            cast.ATTACHE, who.id, kind=FactKind.WHEREABOUTS, value={"cell": cell_of(*SEOUL)},
            shown="Jung-gu", source=Source.EMPLOYER, confirmed_on=cast.TODAY - timedelta(days=9),
            confidence=Confidence.MEDIUM,
        )  # fmt: skip
        made = quake()
        with acting_as(cast.ATTACHE):
            row = queries.page(cast.ATTACHE, made, today=cast.TODAY)[0]
        assert (row.confidence, row.source) == ("sedang", "pemberi kerja")
        assert (row.place_days, row.way, row.household, row.silent) == (9, "SMS", 1, True)
        assert row.needs == ("keperluan bayi",)

    def test_looking_and_taking_out_are_written_down(self, scene: Scene) -> None:
        who = somebody(scene, full_name="=cmd|'x'!A1")
        made = quake()
        operations.see(cast.ATTACHE, made.id, people=1)
        told = operations.take_out(cast.ATTACHE, made.id, today=cast.TODAY)
        assert "'=cmd" in told
        assert who.public_number in told
        kinds = [each.type for each in rows(JournalEntry, subject=made.id)]
        assert "crisis.MusterSeen" in kinds
        assert "crisis.MusterTaken" in kinds
        with pytest.raises(NotAllowed):
            operations.take_out(cast.RECRUITER, made.id, today=cast.TODAY)

    def test_a_file_of_made_up_people_says_so_in_every_row(self, scene: Scene) -> None:
        somebody(scene, is_demo=True)
        told = operations.take_out(cast.ATTACHE, quake(is_demo=True).id, today=cast.TODAY)
        assert all("DATA CONTOH" in line for line in told.splitlines()[1:])


class TestAsk:
    def test_the_preview_is_what_happens(self, scene: Scene) -> None:
        reached = somebody(scene, phone=PHONE, channel="sms")
        page_only = somebody(scene)
        made = quake()
        told = operations.preview(cast.ATTACHE, made.id, with_maybe=True, now=AT)
        assert dict(told.channels) == {"sms": 1, "web": 1}
        receipt = ask(made)
        assert (receipt.people, receipt.channels) == (2, {"sms": 1, "web": 1})
        assert entry(made, reached).state == AnswerState.NO_ANSWER
        assert entry(made, page_only).state == AnswerState.NOT_REACHED
        words = rows(Message, worker=reached, template="muster_ask")[0].words
        assert words.startswith("Gempa Seoul: apakah Anda aman? Balas 1 atau AMAN")

    def test_run_twice_nobody_is_asked_twice(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        made = quake()
        receipt = ask(made)
        assert operations.ask_some(ROBOT, receipt.id, [who.id], now=AT) == 0
        assert len(rows(Message, worker=who, template="muster_ask")) == 1

    def test_who_told_since_it_happened_is_not_asked(self, scene: Scene) -> None:
        well, unwell = somebody(scene), somebody(scene)
        for who, how in ((well, Condition.GOOD), (unwell, Condition.FAIR)):
            monitoring.check_in(cast.self_of(who.id), who.id, condition=how, at=AT)
        silent = somebody(scene)
        made = quake()
        receipt = ask(made)
        assert receipt.people == 1
        assert receipt.skipped == {"answered": 2}
        assert entry(made, well).state == AnswerState.SAFE
        assert entry(made, unwell).state == AnswerState.NEEDS_HELP
        assert entry(made, silent).asked_at == AT

    def test_safe_hours_hold_the_words_back_and_say_so(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        with scene():
            SafeContact.objects.filter(worker=who).update(
                not_before=clock_time(20), not_after=clock_time(22), harmless=True
            )
        made = quake()
        told = operations.preview(cast.ATTACHE, made.id, with_maybe=True, now=AT)
        assert (told.held, told.harmless) == (1, 1)
        ask(made)
        message = rows(Message, worker=who, template="muster_ask")[0]
        assert message.not_before_at > AT
        assert entry(made, who).held_until == message.not_before_at
        assert "Gempa" not in message.carried

    def test_the_next_round_takes_the_next_channel_of_the_silent(self, scene: Scene) -> None:
        silent = somebody(scene, phone=PHONE, channel="sms")
        answered = somebody(scene, phone="+821055550102", channel="sms")
        with scene():
            SafeContact.objects.filter(worker=silent).update(channels=["whatsapp"])
        made = quake()
        ask(made)
        sms("1", "+821055550102")
        receipt = ask(made, at=AT + timedelta(hours=2))
        assert (receipt.number, receipt.people, receipt.channels) == (2, 1, {"whatsapp": 1})
        assert [each.channel for each in rows(Message, worker=silent, template="muster_again")] == [
            "whatsapp"
        ]
        assert entry(made, silent).channels == ["sms", "whatsapp"]
        assert rows(Message, worker=answered, template="muster_again") == []

    def test_nobody_left_is_refused(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        monitoring.check_in(cast.self_of(who.id), who.id, condition=Condition.GOOD, at=LATER)
        with pytest.raises(NobodyToAsk):
            ask(made, at=LATER)

    def test_another_post_asks_its_own_people_of_the_same_event(self, scene: Scene) -> None:
        mine, theirs = somebody(scene), somebody(scene, post=cast.TAIPEI)
        made = quake()
        assert ask(made, actor=cast.OTHER_ATTACHE).people == 1
        assert rows(MusterEntry, worker=mine) == []
        with acting_as(cast.ATTACHE):
            assert not MusterEntry.objects.filter(worker=theirs).exists()
            assert queries.rounds(made) == []
        with pytest.raises(NotFound):
            operations.answer(
                cast.ATTACHE,
                made.id,
                theirs.id,
                state=AnswerState.SAFE,
                source=Source.OFFICER,
                at=AT,
            )

    def test_a_message_that_fails_goes_on_and_the_entry_says_so(self, scene: Scene) -> None:
        who = somebody(scene, channel="sms")  # no number is known
        made = quake()
        ask(made)
        message = rows(Message, worker=who, template="muster_ask")[0]
        outreach.deliver(ROBOT, message.id, now=AT)
        told = entry(made, who)
        assert (told.state, told.channels) == (AnswerState.NOT_REACHED, ["sms", "web"])


class TestAnswers:
    @pytest.mark.parametrize("words", ["1", "AMAN", "aman pak", "Baik"])
    def test_safe_by_text_message_is_a_check_in_with_its_source(
        self, scene: Scene, words: str
    ) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        made = quake()
        ask(made)
        sms(words, PHONE)
        told = entry(made, who)
        assert (told.state, told.answered_by, told.answered_over) == ("safe", "worker", "sms")
        assert [each.channel for each in rows(CheckIn, worker=who)] == ["sms"]
        fact = rows(Fact, worker=who, kind=FactKind.CONDITION, current=True)[0]
        assert (fact.source, fact.value["condition"]) == ("worker", "good")
        assert rows(Case, worker=who) == []
        assert [
            each.payload["state"] for each in rows(JournalEntry, type="crisis.MusterAnswered")
        ] == ["safe"]

    @pytest.mark.parametrize("words", ["2", "TOLONG", "tolong saya di lantai tiga"])
    def test_help_by_text_message_rings_and_is_a_case(self, scene: Scene, words: str) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        made = quake()
        ask(made)
        sms(words, PHONE)
        case = rows(Case, worker=who)[0]
        assert case.kind == CaseKind.DANGER
        told = entry(made, who)
        assert (told.state, told.case_id, told.answered_by) == ("needs_help", case.id, "worker")

    def test_a_digit_without_a_question_is_words(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        message = sms("1", PHONE)
        assert message.asks == "words"
        assert rows(CheckIn, worker=who) == []

    def test_a_digit_long_after_the_question_is_words(self, scene: Scene) -> None:
        somebody(scene, phone=PHONE, channel="sms")
        ask(quake())
        assert sms("2", PHONE, at=AT + timedelta(days=8)).asks == "words"

    def test_the_button_on_the_phone_is_an_answer(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        protection.call_for_help(cast.self_of(who.id), who.id, at=LATER)
        assert entry(made, who).state == AnswerState.NEEDS_HELP

    def test_what_is_said_last_by_the_person_counts(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        made = quake()
        ask(made)
        sms("1", PHONE)
        sms("TOLONG", PHONE, at=LATER + timedelta(minutes=5))
        assert entry(made, who).state == AnswerState.NEEDS_HELP
        sms("AMAN", PHONE, at=LATER + timedelta(minutes=50))
        assert entry(made, who).state == AnswerState.SAFE

    def test_an_officer_writes_down_what_was_learned(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        operations.answer(
            cast.ATTACHE, made.id, who.id, state=AnswerState.SAFE, source=Source.EMPLOYER,
            at=LATER, words="Mandor: semua keluar.", household_safe=True,
        )  # fmt: skip
        told = entry(made, who)
        assert (told.state, told.answered_by, told.household_safe) == ("safe", "employer", True)
        facts = rows(Fact, worker=who, kind=FactKind.CONDITION)
        assert [each.source for each in facts] == ["employer"]

    def test_help_that_an_officer_learns_of_opens_one_case(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        values: dict[str, Any] = {
            "state": AnswerState.NEEDS_HELP, "source": Source.OFFICER, "words": "Terjebak.",
        }  # fmt: skip
        with pytest.raises(Incomplete):
            operations.answer(cast.ATTACHE, made.id, who.id, at=LATER, **(values | {"words": ""}))
        operations.answer(cast.ATTACHE, made.id, who.id, at=LATER, **values)
        operations.answer(cast.ATTACHE, made.id, who.id, at=LATER + timedelta(minutes=1), **values)
        assert [each.id for each in rows(Case, worker=who)] == [entry(made, who).case_id]
        assert len(rows(JournalEntry, type="crisis.MusterAnswered")) == 2

    @pytest.mark.parametrize("stranger", [cast.RECRUITER, cast.OFFICER])
    def test_is_closed_to_others(self, scene: Scene, stranger: Any) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        with pytest.raises(NotAllowed):
            operations.answer(
                stranger, made.id, who.id, state=AnswerState.SAFE, source=Source.OFFICER, at=LATER
            )


class TestTheFamilyLine:
    HOME = "+6281255550909"

    def relative(self, who: Worker) -> Any:
        member = family.name_relative(cast.self_of(who.id), who.id, name="Ibu Sri", relation="ibu")
        sms("Ini ibunya", self.HOME, at=BEFORE)
        sender = rows(Sender)[-1]
        outreach.match(cast.MINISTRY, sender.id, worker_id=who.id, member_id=member.id)
        return member

    def test_a_relative_answers_while_we_ask_and_no_case_is_made_of_it(self, scene: Scene) -> None:
        who = somebody(scene)
        self.relative(who)
        made = quake()
        ask(made)
        before = len(rows(Case, worker=who))
        assert sms("AMAN", self.HOME).asks == "about:check_in:good"
        told = entry(made, who)
        assert (told.state, told.answered_by) == ("safe", "family")
        assert len(rows(Case, worker=who)) == before
        assert [each.source for each in rows(Fact, worker=who, kind=FactKind.CONDITION)] == [
            "family"
        ]

    def test_a_relatives_call_for_help_is_a_case(self, scene: Scene) -> None:
        who = somebody(scene)
        self.relative(who)
        made = quake()
        ask(made)
        sms("2", self.HOME)
        told = entry(made, who)
        assert (told.state, told.answered_by) == ("needs_help", "family")
        assert told.case_id in {each.id for each in rows(Case, worker=who)}

    def test_does_not_take_back_what_the_person_said(self, scene: Scene) -> None:
        who = somebody(scene, phone=PHONE, channel="sms")
        self.relative(who)
        made = quake()
        ask(made)
        sms("TOLONG", PHONE)
        sms("AMAN", self.HOME, at=LATER + timedelta(minutes=3))
        assert entry(made, who).state == AnswerState.NEEDS_HELP

    def test_answers_on_the_familys_page(self, scene: Scene) -> None:
        who = somebody(scene)
        member = family.name_relative(
            cast.self_of(who.id), who.id, name="Sri", relation="ibu", may_see_condition=True
        )
        me = acting_family(member.id, member.name, worker=who.id)
        with pytest.raises(NotFound):
            operations.answer_for(me, safe=True, words="", at=LATER)
        made = quake()
        ask(made)
        assert operations.answer_for(me, safe=True, words="Baru saja menelepon", at=LATER) == 1
        assert entry(made, who).state == AnswerState.SAFE
        operations.answer_for(me, safe=False, words="Rumahnya runtuh", at=LATER)
        assert entry(made, who).state == AnswerState.NEEDS_HELP


class TestTheSilent:
    def test_become_tasks_the_surest_first_and_once(self, scene: Scene) -> None:
        inside = somebody(scene, phone=PHONE, channel="sms")
        maybe = somebody(scene, near=None, phone="+821055550103", channel="sms")
        unreached = somebody(scene)
        made = quake()
        ask(made)

        def tasks() -> set[UUID]:
            return {each.worker_id for each in rows(Task, kind=TASK, state="open")}

        assert operations.chase(ROBOT, now=AT + timedelta(minutes=61)) == 1
        assert tasks() == {unreached.id}
        operations.chase(ROBOT, now=AT + timedelta(hours=3))
        assert tasks() == {unreached.id, inside.id}
        operations.chase(ROBOT, now=AT + timedelta(hours=13))
        assert tasks() == {unreached.id, inside.id, maybe.id}
        assert operations.chase(ROBOT, now=AT + timedelta(hours=14)) == 0

    def test_an_answer_closes_the_task_of_that_person_alone(self, scene: Scene) -> None:
        first, second = somebody(scene), somebody(scene)
        made = quake()
        ask(made)
        operations.chase(ROBOT, now=AT + timedelta(hours=3))
        monitoring.check_in(cast.self_of(first.id), first.id, condition=Condition.GOOD, at=LATER)
        assert [each.worker_id for each in rows(Task, kind=TASK, state="open")] == [second.id]


class TestEnd:
    def test_takes_a_reason_and_closes_the_tasks(self, scene: Scene) -> None:
        who = somebody(scene)
        made = quake()
        ask(made)
        operations.chase(ROBOT, now=AT + timedelta(hours=3))
        with pytest.raises(Incomplete):
            operations.end(cast.ATTACHE, made.id, reason=" ", at=LATER)
        operations.end(cast.ATTACHE, made.id, reason="Semua ditemukan.", at=LATER)
        assert rows(Task, kind=TASK, state="open") == []
        assert rows(CrisisEvent)[0].state == EventState.ENDED
        with pytest.raises(StepClosed):
            ask(made, at=LATER)
        with pytest.raises(StepClosed):
            operations.answer(
                cast.ATTACHE,
                made.id,
                who.id,
                state=AnswerState.SAFE,
                source=Source.OFFICER,
                at=LATER,
            )

    def test_is_for_the_post_that_declared_it_or_the_ministry(self) -> None:
        made = quake()
        with pytest.raises(NotAllowed):
            operations.end(cast.OTHER_ATTACHE, made.id, reason="Selesai.", at=LATER)
        operations.end(cast.MINISTRY, made.id, reason="Selesai.", at=LATER)


def test_a_footprint_from_a_file_finds_the_same_people(scene: Scene) -> None:
    who = somebody(scene)
    lat, lon = SEOUL
    square = [[lon - 0.2, lat - 0.2], [lon + 0.2, lat - 0.2], [lon + 0.2, lat + 0.2],
              [lon - 0.2, lat + 0.2], [lon - 0.2, lat - 0.2]]  # fmt: skip
    raw = json.dumps(
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"value": 6, "units": "mmi"},
             "geometry": {"type": "MultiLineString", "coordinates": [square]}},
        ]}
    ).encode()  # fmt: skip
    made = quake(given=Given(Way.FILE, raw=raw, least=5), source_on=date(2026, 3, 2))
    assert listed(made) == {who.id: True}
    with acting_as(cast.ATTACHE):
        assert [str(each.level) for each in queries.inside(cast.ATTACHE, made)] == ["6.0"]
