"""The same truth, proven: both books compared through the protocol, ours and the simulator's."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.actors import Kind
from lindung.access.events import Event
from lindung.access.models import JournalEntry, Post
from lindung.access.roles import ROBOT
from lindung.exchange import books
from lindung.exchange.handlers import stale
from lindung.exchange.models import (
    Difference,
    DifferenceStep,
    Outgoing,
    PastAlarm,
    SharedRecord,
    StaleRecord,
)
from lindung.exchange.operations import comparing, digests, settling
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import events as monitoring_events
from lindung.monitoring.models import Employment
from lindung.placement import events as placement_events
from lindung.placement import operations as placing
from lindung.placement.models import Contract, Placement
from lindung.registry.models import Task
from lindung.reintegration import events as return_events
from simulators.eps import reconcile
from tests import cast
from tests.site.test_closed_pages import signed_in

from .both import LATER, Both

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def both(scene: Any, tmp_path: Path) -> Both:
    """Two nodes that trust each other."""
    return Both(scene, tmp_path)


def open_tasks(kind: str) -> list[Task]:
    """Tasks of a kind that wait."""
    with acting_as(ROBOT):
        return list(Task.objects.filter(kind=kind, state="open"))


class TestAgreedRecords:
    def test_are_the_same_bytes_on_both_sides_through_a_whole_life(self, both: Both) -> None:
        made = both.arrived()
        with acting_as(ROBOT):
            [held] = books.of_subjects(both.partner, [made.number])
        theirs = reconcile.records(both.node)[made.number]
        assert held.record == theirs
        assert set(theirs) >= {"employer", "monthly_wage", "arrived_on", "stay_expires_on"}
        compared = both.compare()
        assert (compared.ours, compared.theirs, compared.differing) == (1, 1, 0)
        assert both.theirs().differing() == {}

    def test_stay_the_same_when_the_work_changes_and_ends(self, both: Both) -> None:
        made = both.arrived()
        both.office.change_employment(
            made.number, event="employer_changed", event_on="2026-04-01", employer="seoyeong"
        )
        both.exchange()
        assert both.compare().differing == 0
        both.office.confirm_departure(made.number, left_on="2026-05-01")
        both.exchange()
        assert both.compare().differing == 0
        with acting_as(ROBOT):
            [held] = books.of_subjects(both.partner, [made.number])
        assert held.record["employer"].startswith("SEOYEONG PLASTICS")
        assert held.record["left_on"] == "2026-05-01"

    def test_stay_the_same_when_the_stay_is_extended(self, both: Both) -> None:
        made = both.arrived()
        before = reconcile.records(both.node)[made.number]["stay_expires_on"]
        both.office.extend(made.number)
        both.exchange()
        assert both.compare().differing == 0
        assert reconcile.records(both.node)[made.number]["stay_expires_on"] > before

    def test_stay_the_same_when_the_offer_is_refused_or_the_candidate_withdrawn(
        self, both: Both
    ) -> None:
        one = both.listed()
        both.office.offer(one.number)
        both.exchange()
        with acting_as(ROBOT):
            contract = Contract.objects.get(placement=one)
        placing.verify_contract(
            cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
        )
        placing.answer_contract(
            cast.self_of(one.worker_id), contract.id, agree=False, on=cast.TODAY, reason="Upah"
        )
        both.exchange()
        assert both.compare().differing == 0
        assert reconcile.records(both.node)[one.number]["answer"] == "refused"

    def test_of_every_event_of_these_stages_it_is_said_whether_it_changes_one(self) -> None:
        listed = {*stale.CHANGING, *stale.UNCHANGING}
        stages = (placement_events, monitoring_events, return_events)
        known = {
            each
            for module in stages
            for each in vars(module).values()
            if isinstance(each, type)
            and issubclass(each, Event)
            and each.__module__ == module.__name__
        }
        assert known - listed == set()


class TestAChange:
    def test_marks_the_person_and_the_fold_moves_one_leaf(self, both: Both) -> None:
        made = both.signed()
        digests.fold()
        with acting_as(ROBOT):
            before = bytes(SharedRecord.objects.get(subject=made.number).leaf)
            assert not StaleRecord.objects.exists()
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        with acting_as(ROBOT):
            assert StaleRecord.objects.exists()
        assert digests.fold() == 1
        with acting_as(ROBOT):
            assert bytes(SharedRecord.objects.get(subject=made.number).leaf) != before

    def test_that_nobody_marked_is_found_at_night(self, both: Both, scene: Any) -> None:
        made = both.arrived()
        digests.fold()
        with scene():
            Placement.objects.filter(pk=made.pk).update(arrived_on=cast.TODAY)
        assert digests.fold() == 0
        assert digests.recheck(both.partner) == (1, 0)
        assert digests.recheck(both.partner) == (0, 0)


class TestADifference:
    @pytest.fixture
    def differing(self, both: Both) -> Placement:
        """A worker whose wage they changed and told nobody; seen twice."""
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, "monthly", "1900000")
        both.compare()
        both.compare(later=LATER)
        return made

    def the_one(self) -> Difference:
        """The only difference there is."""
        with acting_as(ROBOT):
            return Difference.objects.select_related("partner").get()

    def test_is_found_with_both_values_and_confirmed_when_seen_again(self, both: Both) -> None:
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, "monthly", "1900000")
        both.compare()
        wage = reconcile.records(both.node)[made.number]
        [(ours, theirs, state)] = both.open().values()
        assert (theirs, state) == (wage["monthly_wage"], "found")
        assert ours.isdigit()
        assert ours != theirs
        assert open_tasks("exchange-difference") == []
        both.compare(later=timedelta(seconds=1))  # too soon to be more than a message on its way
        assert self.the_one().state == "found"
        both.compare(later=LATER)
        row = self.the_one()
        assert (row.state, row.times, row.field) == ("confirmed", 3, "monthly_wage")
        [task] = open_tasks("exchange-difference")
        assert (task.worker_id, task.owner, task.post_id) == (made.worker_id, "post", cast.SEOUL)

    def test_is_seen_by_the_other_side_as_well(self, both: Both, differing: Placement) -> None:
        assert list(both.theirs().differing()[differing.number]) == ["monthly_wage"]

    def test_is_not_reported_while_a_message_is_under_way(self, both: Both) -> None:
        made = both.signed()
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        compared = both.compare()
        assert (compared.differing, compared.under_way, both.open()) == (1, 1, {})
        both.exchange()
        assert both.compare(later=LATER).differing == 0

    def test_waits_while_they_say_that_their_message_is_under_way_but_a_day_at_most(
        self, both: Both
    ) -> None:
        made = both.arrived()
        both.office.change_employment(
            made.number, event="employer_changed", event_on="2026-04-01", employer="gaeul"
        )  # written, and their line is down
        first = both.compare()
        assert (first.differing, first.under_way) == (1, 1)
        both.compare(later=LATER)
        assert {state for *_, state in both.open().values()} == {"found"}
        assert open_tasks("exchange-difference") == []
        both.compare(later=comparing.THEIRS_TAKES)
        assert {state for *_, state in both.open().values()} == {"confirmed"}

    def test_is_reported_when_the_message_was_refused(self, both: Both, scene: Any) -> None:
        made = both.signed()
        both.node.store.db.execute("update candidate set passport = 'Z0000000'")
        cast.complete(made.id)
        placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")
        both.exchange()
        both.compare()
        assert both.open() == {(made.number, "departed_on"): ("2026-03-02", "", "found")}

    def test_goes_by_itself_when_the_books_agree_again(
        self, both: Both, differing: Placement
    ) -> None:
        facts = json.loads(both.node.store.rows("select facts from candidate")[0]["facts"])
        offered = both.node.store.rows("select monthly from offer")[0]["monthly"]
        assert facts["monthly"] != offered
        reconcile.change_silently(both.node, differing.number, "monthly", offered)
        both.compare(later=LATER)
        row = self.the_one()
        assert (row.state, row.moved, row.closed_name) == ("gone", "theirs", "")
        assert open_tasks("exchange-difference") == []
        with acting_as(cast.MINISTRY):
            types = set(JournalEntry.objects.values_list("type", flat=True))
        assert {"exchange.DifferenceConfirmed", "exchange.DifferenceClosed"} <= types

    def test_is_settled_by_whoever_asked_the_partner(
        self, both: Both, differing: Placement
    ) -> None:
        settling.ask_partner(cast.ATTACHE, self.the_one().id, note="Menelepon HRD", at=both.now)
        both.exchange()
        [asked] = both.node.store.rows("select subject, fields from queried")
        assert (asked["subject"], asked["fields"]) == (differing.number, "monthly_wage")
        with acting_as(ROBOT):
            assert Outgoing.objects.get(type__contains="record.queried").state == "accepted"
        offered = both.node.store.rows("select monthly from offer")[0]["monthly"]
        reconcile.change_silently(both.node, differing.number, "monthly", offered)
        both.compare(later=LATER)
        row = self.the_one()
        assert (row.state, row.moved, row.closed_name) == ("settled", "theirs", cast.ATTACHE.name)

    def test_of_a_wage_is_accepted_into_an_officer_s_task(
        self, both: Both, differing: Placement
    ) -> None:
        assert not settling.accept_theirs(
            cast.ATTACHE, self.the_one().id, note="Kontrak baru dilihat", at=both.now
        )
        [task] = open_tasks("exchange-take-theirs")
        assert task.details["field"] == "monthly_wage"

    def test_of_an_employer_is_accepted_into_our_books(self, both: Both) -> None:
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, "employer", "gaeul")
        both.compare()
        both.compare(later=LATER)
        fields = {field: row for (_, field), row in both.open().items()}
        assert set(fields) == {"employer", "region"}
        with acting_as(ROBOT):
            row = Difference.objects.get(field="employer")
        assert settling.accept_theirs(cast.ATTACHE, row.id, note="Sudah dipastikan", at=both.now)
        both.compare(later=LATER)
        with acting_as(ROBOT):
            row.refresh_from_db()
            step = DifferenceStep.objects.get(difference=row)
            assert not Difference.objects.filter(closed_at=None).exists()  # the region went along
        assert (row.state, row.moved, row.closed_name) == ("settled", "ours", cast.ATTACHE.name)
        assert (step.what, step.note) == ("accepted", "Sudah dipastikan")

    @pytest.mark.parametrize(
        ("fact", "value"), [("residence_no", "ARC-9911-0077"), ("stay_expires_on", "2032-01-31")]
    )
    def test_of_a_residence_card_or_a_longer_stay_is_accepted_into_our_books(
        self, both: Both, fact: str, value: str
    ) -> None:
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, fact, value)
        both.compare()
        both.compare(later=LATER)
        assert settling.accept_theirs(
            cast.ATTACHE, self.the_one().id, note="Kartunya dilihat", at=both.now
        )
        both.compare(later=LATER)
        with acting_as(ROBOT):
            assert not Difference.objects.filter(closed_at=None).exists()

    def test_of_a_region_alone_moves_the_workplace(self, both: Both, scene: Any) -> None:
        made = both.arrived()
        with scene():
            Employment.objects.filter(worker_id=made.worker_id).update(dest_region="KR-26")
        digests.recheck(both.partner)
        both.compare()
        both.compare(later=LATER)
        assert self.the_one().field == "region"
        assert settling.accept_theirs(
            cast.ATTACHE, self.the_one().id, note="Dipastikan lewat telepon", at=both.now
        )
        both.compare(later=LATER)
        with acting_as(ROBOT):
            assert not Difference.objects.filter(closed_at=None).exists()

    def test_of_a_shorter_stay_is_for_an_officer(self, both: Both) -> None:
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, "stay_expires_on", "2026-06-30")
        both.compare()
        both.compare(later=LATER)
        assert not settling.accept_theirs(
            cast.ATTACHE, self.the_one().id, note="Kartunya dilihat", at=both.now
        )

    def test_needs_a_reason_and_a_confirmation(self, both: Both, differing: Placement) -> None:
        row = self.the_one()
        with pytest.raises(Incomplete):
            settling.accept_theirs(cast.ATTACHE, row.id, note=" ", at=both.now)
        reconcile.change_silently(both.node, differing.number, "departed_on", "2026-03-01")
        both.compare()
        with acting_as(ROBOT):
            new = Difference.objects.get(field="departed_on")
        with pytest.raises(StepClosed):
            settling.ask_partner(cast.ATTACHE, new.id, note="", at=both.now)

    def test_is_found_when_one_side_has_no_such_subject(self, both: Both) -> None:
        made = both.listed()
        both.node.store.db.execute("delete from candidate")
        both.compare()
        assert both.open() == {(made.number, "subject"): (made.number, "", "found")}

    def test_is_seen_by_those_in_charge_and_by_the_other_country_alone(
        self, both: Both, differing: Placement
    ) -> None:
        korea = cast._actor(Kind.PARTNER, "counterpart", "Kim", country="KR")
        taiwan = cast._actor(Kind.PARTNER, "counterpart", "Lin", country="TW")
        for sees in (cast.ATTACHE, cast.MINISTRY, korea, cast.self_of(differing.worker_id)):
            assert len(both.open(sees)) == 1, sees.name
        for blind in (cast.OTHER_ATTACHE, cast.RECRUITER, taiwan, cast.OFFICER):
            with acting_as(blind):
                assert not _sees(Difference), blind.name
        settling.note_difference(cast.ATTACHE, self.the_one().id, note="Rahasia", at=both.now)
        with acting_as(korea):
            assert not _sees(DifferenceStep)
            assert not _sees(SharedRecord)

    def test_is_nobody_else_s_to_settle(self, both: Both, differing: Placement) -> None:
        row = self.the_one()
        with pytest.raises(NotFound):
            settling.ask_partner(cast.OTHER_ATTACHE, row.id, note="", at=both.now)
        with pytest.raises(NotAllowed):
            settling.ask_partner(cast.OFFICER, row.id, note="", at=both.now)

    def test_is_theirs_to_ask_us_about(self, both: Both, differing: Placement) -> None:
        asked = both.app.test_client().post(
            "/reconcile/ask", json={"subject": differing.number, "fields": "monthly_wage"}
        )
        assert asked.status_code == 303
        both.exchange()
        [task] = open_tasks("exchange-queried")
        assert task.details["fields"] == ["monthly_wage"]


class TestAQuestion:
    def test_is_answered_to_a_signed_partner_alone(self, both: Both) -> None:
        body = {"record": "placement.v1", "prefixes": [""]}
        answer = Client().post("/exchange/v1/digests", body, content_type="application/json")
        assert answer.status_code == 401
        for path in ("/exchange/v1/head", "/exchange/v1/head/proof?from=0"):
            assert Client().get(path).status_code == 401

    def test_is_not_answered_when_its_body_was_changed(self, both: Both) -> None:
        def changed(request: httpx.Request) -> httpx.Response:
            body = request.content.replace(b'"a"', b'"b"')
            return both.line.request(
                request.method, str(request.url).replace("us.test", "sim.test"), content=body,
                headers=dict(request.headers),
            )  # fmt: skip

        from lindung.exchange.adapters import Stop
        from lindung.exchange.operations.questions import questions

        with (
            pytest.raises(Stop),
            questions(
                both.partner, http=httpx.Client(transport=httpx.MockTransport(changed))
            ) as asking,
        ):
            asking.ask(
                "digests", "/exchange/v1/digests", {"record": "placement.v1", "prefixes": ["a"]}
            )

    def test_about_records_names_those_of_which_we_have_something_to_say(self, both: Both) -> None:
        quiet, leaving = both.listed(), both.signed()
        cast.complete(leaving.id)
        placing.clear_for_departure(cast.MINISTRY, leaving.id, on=cast.TODAY)
        placing.record_departure(cast.OFFICER, leaving.id, on=cast.TODAY, flight="GA 878")
        asked = {"record": "placement.v1", "subjects": [quiet.number, leaving.number]}
        said = both.theirs().ask("records", "/exchange/v1/records", asked)
        assert said["under_way"] == [leaving.number]
        both.exchange()
        assert both.theirs().ask("records", "/exchange/v1/records", asked)["under_way"] == []

    def test_about_records_shows_shared_ones_only_and_is_recorded(self, both: Both) -> None:
        made = both.listed()
        other = cast.placement(cast.worker())  # never told to them
        digests.fold()
        said = both.theirs().ask(
            "records",
            "/exchange/v1/records",
            {"record": "placement.v1", "subjects": [made.number, other.number]},
        )
        assert [each["subject"] for each in said["records"]] == [made.number]
        assert said["unknown"] == [other.number]
        with acting_as(cast.MINISTRY):
            [shown] = JournalEntry.objects.filter(type="exchange.RecordShown")
        assert (shown.worker_id, shown.actor_name) == (made.worker_id, both.partner.name)


def _sees(model: Any) -> bool:
    """Whether any row is there for whoever acts; a table closed to it has none."""
    from django.db import ProgrammingError, transaction

    try:
        with transaction.atomic():
            return bool(model.objects.exists())
    except ProgrammingError:
        return False


class TestThePage:
    @pytest.fixture
    def differing(self, both: Both) -> Difference:
        """One confirmed difference, and heads kept."""
        made = both.arrived()
        reconcile.change_silently(both.node, made.number, "departed_on", "2026-03-01")
        both.compare()
        both.compare(later=LATER)
        both.past()
        with acting_as(ROBOT):
            return Difference.objects.get()

    def test_shows_both_values_and_takes_what_an_attache_decides(
        self, both: Both, differing: Difference, scene: Any
    ) -> None:
        with scene():
            post = Post.objects.get(id=cast.SEOUL)
        attache = signed_in(scene, role="attache", post=post)
        page = reverse("exchange-differences", args=["kr-eps"])
        shown = attache.get(page).content.decode()
        for words in (
            "2 Mar 2026",
            "1 Mar 2026",
            differing.subject,
            "pasti berbeda",
            "yang pertama",
        ):
            assert words in shown, words
        act = reverse("exchange-difference", args=[differing.pk])
        answer = attache.post(act, {"langkah": "terima", "note": ""}, follow=True)
        assert "Tulis dasar" in answer.content.decode()
        answer = attache.post(act, {"langkah": "catat", "note": "Sudah ditelepon"}, follow=True)
        assert "Sudah ditelepon" in answer.content.decode()
        attache.post(act, {"langkah": "tanya", "note": ""})
        with acting_as(ROBOT):
            differing.refresh_from_db()
        assert differing.state == "asked"

    def test_says_that_both_are_the_same_only_after_a_comparison(
        self, both: Both, scene: Any
    ) -> None:
        both.arrived()
        ministry = signed_in(scene, role="ministry_officer")
        page = reverse("exchange-differences", args=["kr-eps"])
        shown = ministry.get(page).content.decode()
        assert "Belum pernah dibandingkan" in shown
        assert "Kedua catatan sama" not in shown
        both.compare()
        assert "Kedua catatan sama" in ministry.get(page).content.decode()
        settled = ministry.get(f"{page}?tampil=selesai").content.decode()
        assert "Kedua catatan sama" not in settled

    def test_is_mirrored_for_the_other_country_and_shows_no_notes(
        self, both: Both, differing: Difference, scene: Any
    ) -> None:
        settling.note_difference(cast.ATTACHE, differing.id, note="Hanya kita", at=both.now)
        korean = signed_in(scene, role="counterpart", country="KR")
        page = reverse("exchange-differences", args=["kr-eps"])
        shown = korean.get(page).content.decode()
        assert shown.index("1 Mar 2026") < shown.index("2 Mar 2026")  # theirs first
        assert "Hanya kita" not in shown
        assert "<form" not in shown.partition("<main")[2].partition("</main>")[0]
        act = reverse("exchange-difference", args=[differing.pk])
        assert korean.post(act, {"langkah": "tanya"}).status_code == 403
        taiwanese = signed_in(scene, role="counterpart", country="TW")
        assert taiwanese.get(page).status_code == 404

    def test_is_closed_to_duties_that_read_no_files(self, both: Both, scene: Any) -> None:
        page = reverse("exchange-differences", args=["kr-eps"])
        assert signed_in(scene, role="administrator").get(page).status_code == 403

    def test_shows_an_alarm_until_somebody_says_what_it_was(
        self, both: Both, differing: Difference, scene: Any
    ) -> None:
        reconcile.rewrite_past(both.node)
        both.past()
        ministry = signed_in(scene, role="ministry_officer")
        page = reverse("exchange-differences", args=["kr-eps"])
        assert "masa lalu ditulis ulang" in ministry.get(page).content.decode()
        with acting_as(ROBOT):
            rows = list(PastAlarm.objects.filter(closed_at=None))
        for alarm in rows:
            close = reverse("exchange-past-close", args=[alarm.pk])
            ministry.post(close, {"reason": "Mitra mengaku menguji"})
        assert "masa lalu ditulis ulang" not in ministry.get(page).content.decode()
