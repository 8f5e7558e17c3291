"""An accused agency reads what it is accused of, answers it itself, and never learns who reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.parties import operations, queries, refusals
from lindung.parties.models import PartyHearing, PartyKind, ProblemEntry
from lindung.registry import queries as registry
from lindung.registry.models import Agency, Task
from tests import cast
from tests.conftest import Scene
from tests.parties.conftest import partner, reported
from tests.parties.test_pages import attache
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")

SECRET = {"evidence": "KSS-26-000777", "reported_by": "Penampungan Seoul"}
WORDS = {"reply": "Paspor dikembalikan 1 Maret.", "evidence": "Tanda terima 9"}


@pytest.fixture
def accused(scene: Scene) -> Agency:
    with scene():
        return Agency.objects.get(id=cast.RECRUITER.agency)


@pytest.fixture
def entry(accused: Agency) -> ProblemEntry:
    made = reported(PartyKind.AGENCY, accused, **SECRET)
    return operations.tell_party(cast.ATTACHE, made.id, on=cast.TODAY)


def answered(entry: ProblemEntry, who: Actor = cast.RECRUITER, **given: str) -> PartyHearing:
    return operations.answer_problem(
        who,
        entry.id,
        on=date(2026, 3, 4),
        **(WORDS | given),
    )


class TestTheAccused:
    def test_knows_of_nothing_before_it_is_told(self, accused: Agency) -> None:
        made = reported(PartyKind.AGENCY, accused, **SECRET)
        with acting_as(cast.RECRUITER):
            assert queries.hearings(cast.RECRUITER) == []
        with pytest.raises(NotFound):
            answered(made)

    def test_an_old_one_that_waits_goes_before_newer_ones_that_are_over(
        self, entry: ProblemEntry, accused: Agency, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newer = reported(PartyKind.AGENCY, accused, **SECRET)
        operations.tell_party(cast.ATTACHE, newer.id, on=cast.TODAY + timedelta(days=1))
        answered(newer)
        monkeypatch.setattr(queries, "PAGE", 1)
        with acting_as(cast.RECRUITER):
            assert [each.entry_id for each in queries.hearings(cast.RECRUITER)] == [entry.id]

    def test_reads_what_it_is_accused_of_and_no_more(self, entry: ProblemEntry) -> None:
        with acting_as(cast.RECRUITER):
            (told,) = queries.hearings(cast.RECRUITER)
        assert (told.number, told.kind, told.basis) == (entry.number, entry.kind, entry.basis)
        kept = {str(getattr(told, field.attname)) for field in told._meta.concrete_fields}
        assert not kept & set(SECRET.values())

    def test_sees_no_other_agency_s(self, entry: ProblemEntry) -> None:
        with acting_as(cast.OTHER_RECRUITER):
            assert not PartyHearing.objects.exists()
        with pytest.raises(NotFound):
            answered(entry, cast.OTHER_RECRUITER)

    def test_is_an_agency_alone(self, entry: ProblemEntry) -> None:
        made = reported(PartyKind.PARTNER, partner())
        operations.tell_party(cast.ATTACHE, made.id, on=cast.TODAY)
        with acting_as(ROBOT):
            assert [each.entry_id for each in PartyHearing.objects.all()] == [entry.id]
        for who in (cast.ATTACHE, cast.OFFICER, cast.MINISTRY):
            with pytest.raises(NotAllowed):
                answered(entry, who)


class TestAnswerProblem:
    def test_is_the_hearing_and_tells_the_desk(self, entry: ProblemEntry) -> None:
        made = answered(entry)
        assert (made.replied_on, made.evidence) == (date(2026, 3, 4), "Tanda terima 9")
        assert made.replied_by.startswith("Sinar")
        with acting_as(cast.ATTACHE):
            found = queries.entry(entry.id)
            (task,) = [
                each for each in registry.tasks_of(cast.ATTACHE) if each.kind == "problem:reply"
            ]
        assert (found.state, found.reply, found.heard_on) == (
            "heard", WORDS["reply"], date(2026, 3, 4),
        )  # fmt: skip
        assert task.subject == entry.id
        with acting_as(cast.OTHER_ATTACHE):
            assert not list(registry.tasks_of(cast.OTHER_ATTACHE))

    def test_leaves_the_desk_s_task_until_the_file_is_decided(self, entry: ProblemEntry) -> None:
        answered(entry)
        operations.publish_problem(
            cast.ATTACHE, entry.id, expires_on=date(2026, 12, 31), on=cast.TODAY
        )
        with acting_as(ROBOT):
            assert Task.objects.get(subject=entry.id).state == "done"

    def test_goes_to_the_ministry_where_no_post_has_the_file(self, accused: Agency) -> None:
        made = operations.report_problem(
            cast.MINISTRY, party=PartyKind.AGENCY, subject=accused.id, kind="overcharging",
            basis="UU 18/2017", on=cast.TODAY, **SECRET,
        )  # fmt: skip
        operations.tell_party(cast.MINISTRY, made.id, on=cast.TODAY)
        answered(made)
        with acting_as(cast.MINISTRY):
            assert Task.objects.get(subject=made.id).owner == "ministry"

    def test_is_given_once(self, entry: ProblemEntry) -> None:
        answered(entry)
        with pytest.raises(refusals.HearingOver):
            answered(entry, reply="Lain.")

    def test_asks_for_words(self, entry: ProblemEntry) -> None:
        with pytest.raises(Incomplete):
            answered(entry, reply="  ")

    def test_is_closed_once_the_desk_heard_it_or_closed_the_file(self, accused: Agency) -> None:
        for number in range(2):
            made = reported(PartyKind.AGENCY, accused)
            operations.tell_party(cast.ATTACHE, made.id, on=cast.TODAY)
            if number:
                operations.hear_party(cast.ATTACHE, made.id, on=cast.TODAY, reply="Surat.")
            else:
                operations.dismiss_problem(cast.ATTACHE, made.id, reason="Salah.", on=cast.TODAY)
            with pytest.raises(refusals.HearingOver):
                answered(made)

    def test_keeps_the_reporter_out_of_what_the_agency_may_read(self, entry: ProblemEntry) -> None:
        answered(entry)
        with acting_as(cast.RECRUITER):
            told = list(JournalEntry.objects.filter(type__startswith="parties."))
        assert [each.type for each in told] == ["parties.PartyReplied"]

    def test_is_held_by_the_database(self, scene: Scene, entry: ProblemEntry) -> None:
        answered(entry)
        for change in ({"reply": ""}, {"closed_on": None}):
            with scene(), pytest.raises(IntegrityError), transaction.atomic():
                PartyHearing.objects.filter(entry_id=entry.id).update(**change)


class TestThePages:
    def agent(self, scene: Scene, accused: Agency) -> Client:
        return signed_in(scene, role="agency_staff", agency_id=accused.id)

    def test_take_the_answer_and_keep_what_was_typed(
        self, scene: Scene, accused: Agency, entry: ProblemEntry
    ) -> None:
        client, page = self.agent(scene, accused), reverse("answer_problem", args=[entry.id])
        assert page in [row.href for row in client.get("/").context["rows"]]
        assert page in client.get(reverse("hearings")).content.decode()
        wrong = client.post(page, {"reply": "", "evidence": "Surat 3"})
        assert wrong.status_code == 422
        assert 'value="Surat 3"' in wrong.content.decode()
        assert client.post(page, WORDS).status_code == 302
        told = client.get(page).content.decode()
        assert WORDS["reply"] in told
        assert "<textarea" not in told
        assert page not in [row.href for row in client.get("/").context["rows"]]
        desk = attache(scene)
        assert reverse("problem", args=[entry.id]) in [
            row.href for row in desk.get("/").context["rows"]
        ]
        file = desk.get(reverse("problem", args=[entry.id])).content.decode()
        assert "Dijawab sendiri oleh P3MI" in file
        assert "Tanda terima 9" in file

    def test_never_show_who_reported(
        self, scene: Scene, accused: Agency, entry: ProblemEntry
    ) -> None:
        client = self.agent(scene, accused)
        for page in (reverse("hearings"), reverse("answer_problem", args=[entry.id]), "/"):
            told = client.get(page).content.decode()
            for words in (*SECRET.values(), "KBRI Seoul", "Rina"):
                assert words not in told
        assert client.get(reverse("problem", args=[entry.id])).status_code == 403

    def test_are_the_accused_agency_s_alone(self, scene: Scene, entry: ProblemEntry) -> None:
        page = reverse("answer_problem", args=[entry.id])
        with scene():
            other = Agency.objects.get(id=cast.OTHER_RECRUITER.agency)
        assert self.agent(scene, other).get(page).status_code == 404
        assert self.agent(scene, other).post(page, WORDS).status_code == 404
        for client in (attache(scene), signed_in(scene, role="ministry_officer")):
            assert client.get(page).status_code == 403
            assert client.get(reverse("hearings")).status_code == 403
        assert Client().get(page).status_code == 302

    def test_are_a_tab_for_agencies_alone(self, scene: Scene, accused: Agency) -> None:
        own = self.agent(scene, accused).get(reverse("agencies")).content.decode()
        assert reverse("hearings") in own
        assert reverse("hearings") not in attache(scene).get(reverse("agencies")).content.decode()
