"""The problem list: heard before it is published, counted while it lasts, seen by whom it may be."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.access.roles import ANYONE, ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.parties import operations, queries, refusals
from lindung.parties.lifecycles import ProblemState
from lindung.parties.models import (
    PartyKind,
    ProblemEntry,
    ProblemOverride,
    PublishedProblem,
    Weight,
)
from lindung.registry.models import Agency
from lindung.regulations import lawbook
from tests import cast
from tests.conftest import Scene
from tests.parties.conftest import employer, partner, published, reported

pytestmark = pytest.mark.usefixtures("posts", "places")

LAST = date(2026, 12, 31)
STRANGERS = [cast.OTHER_ATTACHE, cast.OFFICER, cast.RECRUITER, cast.OTHER_RECRUITER]


def stops(subject: object, on: date = cast.TODAY, who: Actor = cast.OFFICER) -> bool:
    with acting_as(who):
        try:
            queries.require_no_problem(subjects=[subject.id], on=on)
        except refusals.KnownProblem:
            return True
    return False


class TestReportProblem:
    def test_counts_against_nobody_yet(self) -> None:
        subject = partner()
        entry = reported(PartyKind.PARTNER, subject)
        assert entry.number.startswith("MSL-26-")
        assert (entry.post_id, entry.country) == (cast.SEOUL, "KR")
        assert not stops(subject)

    def test_asks_for_evidence_and_basis(self) -> None:
        with pytest.raises(Incomplete) as told:
            reported(PartyKind.PARTNER, partner(), evidence=" ", basis="")
        assert set(told.value.facts["fields"]) == {"evidence", "basis"}

    def test_is_closed_outside_the_jurisdiction(self) -> None:
        subject, household = partner(), employer()
        for party, found in ((PartyKind.PARTNER, subject), (PartyKind.EMPLOYER, household)):
            with pytest.raises(NotFound):
                operations.report_problem(
                    cast.OTHER_ATTACHE,
                    party=party,
                    subject=found.id,
                    kind="violence",
                    evidence="x",
                    basis="x",
                    reported_by="x",
                    on=cast.TODAY,
                )
        with pytest.raises(NotAllowed):
            operations.report_problem(
                cast.RECRUITER,
                party=PartyKind.PARTNER,
                subject=subject.id,
                kind="violence",
                evidence="x",
                basis="x",
                reported_by="x",
                on=cast.TODAY,
            )

    def test_is_about_a_party_of_that_kind(self) -> None:
        with pytest.raises(NotFound):
            reported(PartyKind.AGENCY, partner())

    def test_names_exactly_one_party(self, scene: Scene, agency: Agency) -> None:
        entry = reported(PartyKind.AGENCY, agency)
        for change in ({"recruiter": None}, {"partner": partner()}):
            with scene(), pytest.raises(IntegrityError), transaction.atomic():
                ProblemEntry.objects.filter(id=entry.id).update(**change)

    def test_keeps_no_name_in_the_journal(self) -> None:
        household = employer(name="Kim Younghee")
        published(PartyKind.EMPLOYER, household)
        with acting_as(cast.MINISTRY):
            told = list(JournalEntry.objects.filter(type__startswith="parties."))
        assert told
        assert not [each for each in told if "Younghee" in str(each.payload)]


class TestHearParty:
    def test_comes_after_it_was_told(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        with pytest.raises(refusals.NotTold):
            operations.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY, reply="Tidak benar.")
        operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        with pytest.raises(refusals.AlreadyTold):
            operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)

    def test_asks_for_a_reply_or_a_reason(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        with pytest.raises(Incomplete):
            operations.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        heard = operations.hear_party(
            cast.ATTACHE, entry.id, on=cast.TODAY, silence="Tutup sejak Januari."
        )
        assert (heard.state, heard.silence) == (ProblemState.HEARD, "Tutup sejak Januari.")

    def test_waits_where_the_law_says_how_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With seven days known, silence counts on the eighth and not on the seventh."""
        monkeypatch.setattr(
            queries,
            "REPLY_DAYS",
            SimpleNamespace(on=_known_days),
        )
        entry = reported(PartyKind.PARTNER, partner())
        operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        seventh = cast.TODAY + timedelta(days=7)
        with pytest.raises(refusals.ReplyPeriodRuns):
            operations.hear_party(cast.ATTACHE, entry.id, on=seventh, silence="Diam.")
        eighth = seventh + timedelta(days=1)
        assert operations.hear_party(cast.ATTACHE, entry.id, on=eighth, silence="Diam.").heard_on

    def test_knows_no_number_of_days_of_its_own(self) -> None:
        assert operations.reply_until(cast.TODAY) is None


def _known_days(day: date) -> lawbook.DatedValue:
    said = lawbook.value_on(lawbook.parameter("id.problem_list.reply_days"), day)
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return lawbook.DatedValue(**(fields | {"value": 7, "outcome": "in_force", "reason": ""}))


class TestPublishProblem:
    def test_is_closed_before_the_party_was_heard(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        with pytest.raises(StepClosed):
            operations.publish_problem(cast.ATTACHE, entry.id, expires_on=LAST, on=cast.TODAY)

    def test_is_refused_with_an_end_before_today(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        operations.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        operations.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY, reply="Tidak benar.")
        with pytest.raises(Incomplete):
            operations.publish_problem(
                cast.ATTACHE, entry.id, expires_on=cast.TODAY - timedelta(days=1), on=cast.TODAY
            )

    def test_shows_a_company_to_all_without_reporter_or_evidence(self) -> None:
        subject = partner()
        published(PartyKind.PARTNER, subject)
        for who in (*STRANGERS, ANYONE):
            with acting_as(who):
                (told,) = queries.published_against(subject.id, on=cast.TODAY)
        columns = {field.name for field in PublishedProblem._meta.concrete_fields}
        assert not columns & {"reported_by", "evidence", "reply"}
        assert told.name == subject.name

    def test_keeps_a_household_to_its_post_and_the_ministry(self) -> None:
        household = employer()
        entry = published(PartyKind.EMPLOYER, household)
        for who in STRANGERS:
            with acting_as(who):
                assert not PublishedProblem.objects.exists()
        for who in (cast.OTHER_ATTACHE,):
            with acting_as(who), pytest.raises(NotFound):
                queries.entry(entry.id)
        for who in (cast.ATTACHE, cast.MINISTRY):
            with acting_as(who):
                assert queries.entry(entry.id).number == entry.number
        # It stops everybody all the same, and says no more than its number.
        with acting_as(cast.RECRUITER), pytest.raises(refusals.KnownProblem) as told:
            queries.require_no_problem(subjects=[household.id], on=cast.TODAY)
        assert told.value.facts == {"entries": [entry.number]}

    def test_is_closed_to_another_post_and_to_strangers(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        with pytest.raises(NotFound):
            operations.tell_party(cast.OTHER_ATTACHE, entry.id, on=cast.TODAY)
        with pytest.raises(NotFound):
            operations.hear_party(cast.OTHER_ATTACHE, entry.id, on=cast.TODAY, reply="x")
        with pytest.raises(NotFound):
            operations.publish_problem(cast.OTHER_ATTACHE, entry.id, expires_on=LAST, on=cast.TODAY)
        for end in (operations.lift_problem, operations.dismiss_problem):
            with pytest.raises(NotFound):
                end(cast.OTHER_ATTACHE, entry.id, reason="x", on=cast.TODAY)
            for who in (cast.RECRUITER, cast.OFFICER):
                with pytest.raises(NotAllowed):
                    end(who, entry.id, reason="x", on=cast.TODAY)


class TestRequireNoProblem:
    def test_stops_from_the_first_to_the_last_day(self) -> None:
        subject = partner()
        published(PartyKind.PARTNER, subject, LAST)
        days = (cast.TODAY - timedelta(days=1), cast.TODAY, LAST, LAST + timedelta(days=1))
        assert [stops(subject, day) for day in days] == [False, True, True, False]

    def test_lets_pass_what_only_warns(self) -> None:
        subject = partner()
        published(PartyKind.PARTNER, subject, weight=Weight.WARNS)
        assert not stops(subject)
        with acting_as(cast.ATTACHE):
            assert queries.in_force(subjects=[subject.id], on=cast.TODAY).count() == 1

    def test_asks_about_nobody_without_a_query(
        self, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        with acting_as(cast.OFFICER), django_assert_num_queries(0):
            queries.require_no_problem(subjects=[], on=cast.TODAY)


class TestEnding:
    def test_lifts_with_a_reason(self) -> None:
        subject = partner()
        entry = published(PartyKind.PARTNER, subject)
        with pytest.raises(Incomplete):
            operations.lift_problem(cast.ATTACHE, entry.id, reason=" ", on=cast.TODAY)
        operations.lift_problem(cast.ATTACHE, entry.id, reason="Upah dibayar.", on=cast.TODAY)
        assert not stops(subject)
        with acting_as(ANYONE):
            assert queries.published_against(subject.id, on=cast.TODAY) == []

    def test_dismisses_before_publication_only(self) -> None:
        entry = reported(PartyKind.PARTNER, partner())
        operations.dismiss_problem(cast.ATTACHE, entry.id, reason="Salah orang.", on=cast.TODAY)
        out = published(PartyKind.PARTNER, partner(name="Lain"))
        with pytest.raises(StepClosed):
            operations.dismiss_problem(cast.ATTACHE, out.id, reason="x", on=cast.TODAY)

    def test_expires_the_day_after_the_last(self) -> None:
        entry = published(PartyKind.PARTNER, partner())
        assert operations.expire_problems(ROBOT, on=LAST) == 0
        assert operations.expire_problems(ROBOT, on=LAST + timedelta(days=1)) == 1
        with acting_as(cast.MINISTRY):
            assert queries.entry(entry.id).state == ProblemState.EXPIRED


class TestOverrideProblem:
    def override(self, entry: ProblemEntry, who: Actor = cast.MINISTRY, **given: object) -> None:
        values = {"reason": "Pemberi kerja satu-satunya.", "until": date(2026, 3, 9)}
        operations.override_problem(who, entry.id, on=cast.TODAY, **(values | given))

    def test_lets_pass_until_its_day(self) -> None:
        subject = partner()
        self.override(published(PartyKind.PARTNER, subject))
        assert not stops(subject, date(2026, 3, 9))
        assert stops(subject, date(2026, 3, 10))

    def test_sets_aside_one_entry_and_no_other(self) -> None:
        subject = partner()
        self.override(published(PartyKind.PARTNER, subject))
        published(PartyKind.PARTNER, subject, kind="violence")
        assert stops(subject)

    def test_needs_a_reason_and_a_day_within(self) -> None:
        entry = published(PartyKind.PARTNER, partner())
        for wrong in ({"reason": " "}, {"until": LAST + timedelta(days=1)}):
            with pytest.raises(Incomplete):
                self.override(entry, **wrong)

    def test_is_of_an_entry_in_force(self) -> None:
        with pytest.raises(refusals.NotInForce):
            self.override(reported(PartyKind.PARTNER, partner()))

    @pytest.mark.parametrize("who", [cast.ATTACHE, *STRANGERS])
    def test_is_the_ministry_s_alone(self, who: Actor) -> None:
        with pytest.raises(NotAllowed):
            self.override(published(PartyKind.PARTNER, partner()), who)

    def test_is_seen_by_the_post_of_the_entry(self) -> None:
        self.override(published(PartyKind.PARTNER, partner()))
        with acting_as(cast.ATTACHE):
            assert ProblemOverride.objects.count() == 1
        with acting_as(cast.OTHER_ATTACHE):
            assert ProblemOverride.objects.count() == 0


def test_a_file_that_is_none_is_not_found() -> None:
    with pytest.raises(NotFound):
        operations.tell_party(cast.ATTACHE, uuid4(), on=cast.TODAY)
