"""A relative comes in by a link, learns what the worker allows, and can call for help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.doors import now
from lindung.access.identity import WORKER_KEY
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT, acting_family
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach import family
from lindung.protection import operations as protection
from lindung.protection.models import Case, Complaint
from lindung.registry.entry import LinkClosed
from lindung.registry.models import FamilyMember, Worker, WorkerState
from lindung.site.family import queries
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    return cast.worker()


@pytest.fixture
def mother(who: Worker) -> FamilyMember:
    return family.name_relative(cast.self_of(who.id), who.id, name="Sumiati", relation="ibu")


def entered(who: Worker, member: FamilyMember) -> Client:
    token = family.invite(cast.self_of(who.id), member.id, now=now())
    client = Client()
    answer = client.post(reverse("family_link", args=[token]))
    assert answer.status_code == 302
    return client


class TestInvite:
    def test_lets_in_once(self, who: Worker, mother: FamilyMember) -> None:
        token = family.invite(cast.self_of(who.id), mother.id, now=cast.NOW)
        assert family.enter(token, address="a", now=cast.NOW).id == mother.id
        with pytest.raises(LinkClosed):
            family.enter(token, address="a", now=cast.NOW)

    def test_ends_the_link_before_it_and_runs_out(self, who: Worker, mother: FamilyMember) -> None:
        first = family.invite(cast.self_of(who.id), mother.id, now=cast.NOW)
        second = family.invite(cast.self_of(who.id), mother.id, now=cast.NOW)
        for token, at in ((first, cast.NOW), (second, cast.NOW + timedelta(days=30))):
            with pytest.raises(LinkClosed):
                family.enter(token, address="a", now=at)

    def test_is_not_another_worker_s_or_another_office_s(self, mother: FamilyMember) -> None:
        other = cast.worker(full_name="Wati")
        for actor in (cast.self_of(other.id), cast.OTHER_OFFICER):
            with pytest.raises(NotFound):
                family.invite(actor, mother.id, now=cast.NOW)

    @pytest.mark.parametrize("token", ["", "x", "A" * 54, "%%%"])
    def test_knows_no_token_but_its_own(self, token: str) -> None:
        with pytest.raises(LinkClosed):
            family.look_at_link(token, now=cast.NOW)


class TestTheirPage:
    def test_shows_no_condition_until_the_worker_allows_it(
        self, who: Worker, mother: FamilyMember
    ) -> None:
        with acting_as(ROBOT):
            WorkerState.objects.filter(worker=who).update(condition="needs_help")
        client = entered(who, mother)
        assert "Butuh bantuan" not in client.get(reverse("family_home")).content.decode()
        family.let_see_condition(cast.self_of(who.id), mother.id, may=True)
        assert "Butuh bantuan" in client.get(reverse("family_home")).content.decode()

    def test_is_the_only_one_a_relative_reaches(self, who: Worker, mother: FamilyMember) -> None:
        client = entered(who, mother)
        for page in ("/saya/", "/", reverse("person", args=[who.id]), reverse("my_data")):
            answer = client.get(page)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/keluarga/")

    def test_is_seen_by_the_worker_as_a_look(self, who: Worker, mother: FamilyMember) -> None:
        entered(who, mother).get(reverse("family_home"))
        with acting_as(cast.MINISTRY):
            look = JournalEntry.objects.get(type="access.PersonLookedAt", worker_id=who.id)
        assert (look.actor_kind, look.actor_name) == ("family", "Sumiati")

    def test_closes_at_once_when_the_worker_shuts_it(
        self, who: Worker, mother: FamilyMember
    ) -> None:
        client = entered(who, mother)
        assert family.shut_out(cast.self_of(who.id), mother.id) == 1
        answer = client.get(reverse("family_home"))
        assert answer.headers["Location"] == "/saya/masuk/"

    def test_opens_a_case_and_shows_only_how_that_one_goes(
        self, who: Worker, mother: FamilyMember
    ) -> None:
        own = protection.complain(
            cast.self_of(who.id), who.id, words="Gaji belum dibayar", at=cast.NOW
        )
        client = entered(who, mother)
        client.post(reverse("family_home"), {"words": "Anak saya tidak bisa dihubungi"})
        page = client.get(reverse("family_home")).content.decode()
        with acting_as(cast.MINISTRY):
            told = Complaint.objects.get(channel="family")
            case = Case.objects.get(complaint=told)
        assert case.number in page
        assert own.number not in page
        assert told.told_by == mother.id

    def test_keeps_what_was_typed_when_nothing_was_said(
        self, who: Worker, mother: FamilyMember
    ) -> None:
        answer = entered(who, mother).post(reverse("family_home"), {"words": "  "})
        assert "Tulis dahulu" in answer.content.decode()


class TestARelative:
    def test_reads_no_row_of_state_or_case(self, who: Worker, mother: FamilyMember) -> None:
        actor = acting_family(mother.id, mother.name, worker=who.id)
        for model in (WorkerState, Case, Complaint, FamilyMember):
            with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
                model.objects.count()  # type: ignore[attr-defined]

    def test_named_by_nobody_any_more_is_told_nothing(self, who: Worker) -> None:
        stranger = acting_family(who.id, "X", worker=who.id)
        with pytest.raises(NotFound):
            queries.home(stranger)

    def test_has_a_name_and_a_relation(self, who: Worker) -> None:
        with pytest.raises(Incomplete) as refused:
            family.name_relative(cast.self_of(who.id), who.id, name=" ", relation="")
        assert set(refused.value.facts["fields"]) == {"name", "relation"}


class TestTheWorkersPage:
    def test_names_invites_and_shuts_out(self, who: Worker) -> None:
        client = Client()
        session = client.session
        session[WORKER_KEY] = {"id": str(who.id), "name": who.shown_name}
        session.save()
        client.post(reverse("my_relatives"), {"name": "Sumiati", "relation": "ibu"})
        with acting_as(cast.MINISTRY):
            member = FamilyMember.objects.get()
        change = reverse("change_relative", args=[member.id])
        assert "/keluarga/m/" in client.post(change, {"what": "invite"}).content.decode()
        assert client.post(change, {"what": "shut out"}).status_code == 302
