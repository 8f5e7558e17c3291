"""What one country's offices tell the other's: orders, employers under restriction, changes of law."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import HandlerError
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.operations import applying, inbox, rules
from lindung.exchange.wire import agreement, envelopes
from lindung.parties import operations as parties
from lindung.parties.models import PartyKind, ProblemEntry, ProblemKind, PublishedProblem, Weight
from lindung.recruitment import operations as recruiting
from lindung.recruitment.models import JobOrder
from lindung.registry.models import Employer, Task
from lindung.regulations import lawbook
from simulators.eps.law import NotPossible
from tests import cast
from tests.recruitment import people

from .both import Both
from .conftest import Stranger

pytestmark = pytest.mark.usefixtures("posts", "places")

VECTORS = json.loads((agreement.FOLDER / "examples/vectors.json").read_text("utf-8"))
EXAMPLES = {
    vector["name"]: envelopes.read(base64.b64decode(vector["payload"])).data
    for vector in VECTORS["messages"]
}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day of the cast."""
    with time_machine.travel(datetime(2026, 3, 2, 3, 0, tzinfo=UTC)):
        yield


def tell(stranger: Stranger, name: str, subject: str, data: dict[str, Any]) -> Incoming:
    """The partner says it, and it is applied."""
    message, signed = stranger.says(name, subject, data)
    inbox.take([signed])
    applying.apply_incoming(stranger.partner.pk)
    with acting_as(ROBOT):
        return Incoming.objects.get(message_id=message.id)


def said(name: str) -> list[dict[str, Any]]:
    """The data of what left under a name, in order."""
    with acting_as(ROBOT):
        assert not HandlerError.objects.exists()
        rows = Outgoing.objects.filter(type=agreement.type_of(name)).order_by("id")
        return [envelopes.read(bytes(row.raw)).data for row in rows]


def tasks(kind: str, actor: Actor = cast.ATTACHE) -> list[Task]:
    """What waits for an actor."""
    with acting_as(actor):
        return list(Task.objects.filter(kind=kind, state="open"))


@pytest.fixture
def chain(scene: Any, posts: None, places: None) -> None:
    """The recruiters and the partner of the chain."""
    with scene():
        people.parties()


# --- requests for workers -------------------------------------------------------------------------


def order(number: str, under: str | None, **changes: Any) -> dict[str, Any]:
    """A request as the destination publishes it."""
    data = {**EXAMPLES["job_order.published"], "order_no": number, **changes}
    data.pop("agreement_no")
    return data if under is None else data | {"agreement_no": under}


@pytest.mark.usefixtures("chain")
class TestOrders:
    def test_one_under_an_agreement_waits_for_two_pairs_of_eyes(self, stranger: Stranger) -> None:
        under = people.in_force()
        row = tell(
            stranger, "job_order.published", "JO-2026-0001", order("JO-2026-0001", under.number)
        )
        assert (row.state, row.post_id) == ("applied", cast.SEOUL)
        with acting_as(cast.ATTACHE):
            made = JobOrder.objects.get(paper_number="JO-2026-0001")
        assert (made.state, made.quota, made.agency_id) == ("submitted", 12, cast.RECRUITER.agency)
        assert made.employer_number == "123-45-67890"
        with acting_as(cast.OTHER_RECRUITER):
            assert not JobOrder.objects.filter(pk=made.pk).exists()
        assert said("job_order.answered") == []

    def test_the_answer_of_our_office_goes_back_and_names_the_request(
        self, stranger: Stranger
    ) -> None:
        under = people.in_force()
        row = tell(
            stranger, "job_order.published", "JO-2026-0001", order("JO-2026-0001", under.number)
        )
        with acting_as(ROBOT):
            made = JobOrder.objects.get(paper_number="JO-2026-0001")
        recruiting.return_paper(
            cast.ATTACHE, "order", made.id, reason_code="terms_unclear", at=people.NOW
        )
        # Published again, repaired: the same order, not a second one.
        data = order("JO-2026-0001", under.number, places=6, places_women=None)
        del data["places_women"], data["places_men"]
        assert tell(stranger, "job_order.published", "JO-2026-0001", data).state == "applied"
        with acting_as(ROBOT):
            made.refresh_from_db()
        assert (made.state, made.quota) == ("submitted", 6)
        # The destination speaks for itself; our office still wants the papers.
        with acting_as(ROBOT):
            JobOrder.objects.filter(pk=made.pk).update(documents=people.DOCUMENTS)
        recruiting.check_order(people.STAFF, made.id, at=people.NOW, on=cast.TODAY)
        recruiting.endorse(cast.ATTACHE, "order", made.id, at=people.NOW, on=cast.TODAY)
        returned, endorsed = said("job_order.answered")
        assert (returned["answer"], returned["reason"]) == ("returned", "terms_unclear")
        assert (endorsed["answer"], endorsed["places"]) == ("endorsed", 6)
        assert endorsed["our_no"] == made.number
        with acting_as(ROBOT):
            first = Outgoing.objects.filter(type=agreement.type_of("job_order.answered"))[0]
            assert first.subject == "JO-2026-0001"
            assert envelopes.read(bytes(first.raw)).correlation != first.id
        assert row.message_id is not None

    def test_an_order_of_a_recruiter_alone_is_told_to_nobody(self, stranger: Stranger) -> None:
        people.endorsed(paper_number="JO-2026-0009")
        assert said("job_order.answered") == []
        assert stranger.partner.country == "KR"

    def test_one_under_no_agreement_of_ours_is_refused(self, stranger: Stranger) -> None:
        row = tell(stranger, "job_order.published", "JO-2", order("JO-2", "PKP-1999-000001"))
        assert (row.state, row.reason) == ("refused", "document_missing")

    def test_one_that_is_decided_is_not_changed(self, stranger: Stranger) -> None:
        under = people.in_force()
        tell(stranger, "job_order.published", "JO-2", order("JO-2", under.number))
        more = order("JO-2", under.number, places=99, places_women=99, places_men=99)
        row = tell(stranger, "job_order.published", "JO-2", more)
        assert (row.state, row.reason) == ("refused", "step_closed")
        with acting_as(ROBOT):
            assert JobOrder.objects.get(paper_number="JO-2").quota == 12

    def test_one_about_another_number_than_its_subject_is_refused(self, stranger: Stranger) -> None:
        row = tell(stranger, "job_order.published", "JO-2", order("JO-3", None))
        assert (row.state, row.reason) == ("refused", "data_invalid")

    def test_between_governments_the_post_is_asked(self, stranger: Stranger) -> None:
        row = tell(stranger, "job_order.published", "JO-2", order("JO-2", None))
        assert row.state == "applied"
        [task] = tasks("exchange-order")
        assert (task.post_id, task.details["number"]) == (cast.SEOUL, "JO-2")
        assert tasks("exchange-order", cast.OTHER_ATTACHE) == []

    def test_one_taken_back_ends_where_nobody_holds_a_place(self, stranger: Stranger) -> None:
        under = people.in_force()
        tell(stranger, "job_order.published", "JO-2", order("JO-2", under.number))
        gone = {"order_no": "JO-2", "withdrawn_on": "2026-03-02", "reason": "cancelled"}
        assert tell(stranger, "job_order.withdrawn", "JO-2", gone).state == "applied"
        with acting_as(ROBOT):
            assert JobOrder.objects.get(paper_number="JO-2").state == "ended"
        assert said("job_order.answered")[-1]["answer"] == "ended"

    def test_one_taken_back_with_people_on_it_is_for_people(self, stranger: Stranger) -> None:
        under = people.in_force()
        tell(stranger, "job_order.published", "JO-2", order("JO-2", under.number))
        with acting_as(ROBOT):
            JobOrder.objects.filter(paper_number="JO-2").update(taken=1)
        gone = {"order_no": "JO-2", "withdrawn_on": "2026-03-02", "reason": "cancelled"}
        assert tell(stranger, "job_order.withdrawn", "JO-2", gone).state == "applied"
        with acting_as(ROBOT):
            assert JobOrder.objects.get(paper_number="JO-2").state == "submitted"
        assert len(tasks("exchange-order-withdrawn")) == 1


# --- employers ------------------------------------------------------------------------------------


def company(name: str = "Daehan Metal", **given: Any) -> Employer:
    """A company in Korea."""
    values: dict[str, Any] = {
        "kind": "company",
        "country": "KR",
        "sector": "manufacturing",
        "on": cast.TODAY,
    }
    return parties.register_employer(cast.ATTACHE, name=name, **(values | given))


def published(employer: Employer, **given: Any) -> ProblemEntry:
    """A file of ours that counts."""
    entry = parties.report_problem(
        cast.ATTACHE,
        party=PartyKind.EMPLOYER,
        subject=employer.id,
        kind=ProblemKind.UNPAID_WAGES,
        evidence="KSS-1",
        basis="MoU",
        reported_by="KBRI",
        on=cast.TODAY,
        **given,
    )
    parties.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
    parties.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY, reply="Tidak benar.")
    return parties.publish_problem(
        cast.MINISTRY, entry.id, expires_on=date(2026, 12, 31), on=cast.TODAY
    )


class TestRestrictedByThem:
    def restricted(self, stranger: Stranger, **changes: Any) -> Incoming:
        """They say that a company may take on nobody."""
        data = {**EXAMPLES["employer.restricted"], **changes}
        return tell(stranger, "employer.restricted", data["restriction_no"], data)

    def test_opens_a_file_that_counts_against_nobody_yet(self, stranger: Stranger) -> None:
        known = company(outside_number="987-65-43210")
        row = self.restricted(stranger)
        assert (row.state, row.post_id) == ("applied", cast.SEOUL)
        with acting_as(cast.ATTACHE):
            entry = ProblemEntry.objects.get()
        assert (entry.subject, entry.state, entry.kind) == (known.id, "reported", "unpaid_wages")
        with acting_as(ROBOT):
            assert not PublishedProblem.objects.exists()
        assert len(tasks("exchange-restriction")) == 1
        with acting_as(cast.OTHER_ATTACHE):
            assert not ProblemEntry.objects.exists()

    def test_one_that_we_never_met_is_entered_so_that_it_is_met(self, stranger: Stranger) -> None:
        self.restricted(stranger)
        with acting_as(ROBOT):
            entered = Employer.objects.get(outside_number="987-65-43210")
            assert ProblemEntry.objects.get().subject == entered.id
        assert (entered.kind, entered.country) == ("company", "KR")

    def test_told_twice_is_one_file(self, stranger: Stranger) -> None:
        self.restricted(stranger)
        assert self.restricted(stranger, until="2030-01-01").state == "applied"
        with acting_as(ROBOT):
            assert ProblemEntry.objects.count() == Employer.objects.count() == 1

    def test_that_it_is_over_is_for_people_to_act_on(self, stranger: Stranger) -> None:
        self.restricted(stranger)
        assert self.restricted(stranger, status="lifted", ended_on="2026-03-02").state == "applied"
        with acting_as(ROBOT):
            assert ProblemEntry.objects.get().state == "reported"
        assert len(tasks("exchange-restriction-over")) == 1

    def test_the_end_of_what_was_never_told_is_refused(self, stranger: Stranger) -> None:
        row = self.restricted(stranger, status="expired", ended_on="2026-03-02")
        assert (row.state, row.reason) == ("refused", "step_closed")

    def test_an_end_without_its_day_is_refused(self, stranger: Stranger) -> None:
        assert self.restricted(stranger, status="lifted").reason == "data_invalid"

    def test_is_not_told_back_to_who_told_us(self, stranger: Stranger) -> None:
        self.restricted(stranger)
        with acting_as(ROBOT):
            entry = ProblemEntry.objects.get()
        parties.tell_party(cast.ATTACHE, entry.id, on=cast.TODAY)
        parties.hear_party(cast.ATTACHE, entry.id, on=cast.TODAY, reply="Sudah dibayar.")
        parties.publish_problem(
            cast.MINISTRY, entry.id, expires_on=date(2026, 12, 31), on=cast.TODAY
        )
        assert said("employer.restricted") == []


class TestRestrictedByUs:
    def test_a_company_is_told_with_its_end_and_nothing_of_the_file(self, partner: Partner) -> None:
        entry = published(company(outside_number="KR-77", dest_region="KR-41"))
        [told] = said("employer.restricted")
        assert told == {
            "restriction_no": entry.number,
            "status": "restricted",
            "employer": {"name": "Daehan Metal", "registration_no": "KR-77", "region": "KR-41"},
            "sector": "manufacturing",
            "ground": "unpaid_wages",
            "decided_under": "MoU",
            "restricted_on": "2026-03-02",
            "until": "2026-12-31",
        }
        with acting_as(ROBOT):
            raw = bytes(Outgoing.objects.get(sequence__isnull=False).raw)
        for secret in ("KSS-1", "Tidak benar", "KBRI"):
            assert secret.encode() not in raw
        parties.lift_problem(cast.MINISTRY, entry.id, reason="Dibayar.", on=cast.TODAY)
        assert said("employer.restricted")[-1]["status"] == "lifted"
        assert partner.country == "KR"

    def test_a_household_and_a_mere_warning_are_told_to_nobody(self, partner: Partner) -> None:
        published(company("Kim", kind="household", sector="domestic_work"))
        published(company("Warned"), weight=Weight.WARNS)
        assert said("employer.restricted") == []
        assert partner.country == "KR"

    def test_another_country_hears_nothing(self, partner: Partner, scene: Any) -> None:
        with scene():
            Partner.objects.filter(pk=partner.pk).update(country="TW")
        published(company())
        assert said("employer.restricted") == []

    def test_what_ran_out_is_told_to_who_was_told(self, partner: Partner) -> None:
        published(company())
        parties.expire_problems(cast.MINISTRY, on=date(2027, 1, 1))
        assert [each["status"] for each in said("employer.restricted")] == ["restricted", "expired"]
        assert partner.country == "KR"


# --- the law --------------------------------------------------------------------------------------


class TestTheirLaw:
    def test_is_read_by_the_ministry_and_changes_no_value(self, stranger: Stranger) -> None:
        data = EXAMPLES["regulation.changed"]
        before = lawbook.law()
        row = tell(stranger, "regulation.changed", data["rule_no"], data)
        assert row.state == "applied"
        [task] = tasks("exchange-regulation", cast.MINISTRY)
        assert task.owner == "ministry"
        assert task.details["begins_on"] == "2027-01-01"
        assert task.details["source_url"] == data["source_url"]
        assert lawbook.law() is before
        # The same again is the same work; another day is other work.
        tell(stranger, "regulation.changed", data["rule_no"], data)
        assert len(tasks("exchange-regulation", cast.MINISTRY)) == 1
        tell(stranger, "regulation.changed", data["rule_no"], data | {"begins_on": "2028-01-01"})
        assert len(tasks("exchange-regulation", cast.MINISTRY)) == 2

    def test_is_nothing_for_a_stranger(self, stranger: Stranger) -> None:
        data = EXAMPLES["regulation.changed"]
        tell(stranger, "regulation.changed", data["rule_no"], data)
        for actor in (cast.OTHER_ATTACHE, cast.OFFICER, cast.RECRUITER):
            assert tasks("exchange-regulation", actor) == []


class TestOurLaw:
    def first(self) -> date:
        """A day just before one on which a rule of ours begins."""
        home = [each for each in lawbook.law().parameters.values() if each.jurisdiction == "ID"]
        starts = [
            row.effective_from
            for rule in home
            for row in rule.values
            if row.effective_from is not None and row.status == "in_force" and row.source
        ]
        return max(starts) - timedelta(days=1)

    def test_is_told_once_with_its_source(self, partner: Partner) -> None:
        on = self.first()
        assert rules.tell_rules(on=on) > 0
        told = said("regulation.changed")
        assert all(each["instrument"] and each["begins_on"] >= on.isoformat() for each in told)
        assert rules.tell_rules(on=on + timedelta(days=1)) == 0
        assert len(said("regulation.changed")) == len(told)
        assert partner.country == "KR"

    def test_what_began_before_is_not_told(self, partner: Partner) -> None:
        assert rules.tell_rules(on=self.first() + timedelta(days=400)) == 0
        assert partner.country == "KR"

    def test_is_not_told_where_people_would_have_to_copy_it(
        self, partner: Partner, scene: Any
    ) -> None:
        with scene():
            Partner.objects.filter(pk=partner.pk).update(adapter="worklist")
        assert rules.tell_rules(on=self.first()) == 0

    def test_every_rule_has_a_number_of_its_own_that_fits(self) -> None:
        numbers = [rules.rule_number(id_) for id_ in lawbook.law().parameters]
        assert len(set(numbers)) == len(numbers)
        fits = agreement.schema("urn:lindung:exchange:common:v1")["$defs"]["number"]["pattern"]
        assert all(re.fullmatch(fits, number) for number in numbers)

    def test_every_rule_we_have_would_fit_the_schema(self) -> None:
        book = lawbook.law()
        days = {
            row.effective_from
            for rule in book.parameters.values()
            if rule.jurisdiction == "ID"
            for row in rule.values
            if row.effective_from
        }
        for day in days:
            for data in rules.beginning(on=day):
                assert agreement.faults(agreement.schema_of(rules.NAME), data) == []


# --- both offices ---------------------------------------------------------------------------------


@pytest.fixture
def both(scene: Any, tmp_path: Path) -> Both:
    """Two nodes that trust each other."""
    return Both(scene, tmp_path)


def board(both: Both, name: str) -> dict[str, Any]:
    """What the other office keeps of what we told, the newest."""
    kept = [each for each in both.office.notices() if each["name"] == name and not each["ours"]]
    found: dict[str, Any] = kept[0]["data"]
    return found


class TestBothOffices:
    def test_know_of_an_employer_whoever_restricted_it(self, both: Both) -> None:
        number = both.office.restrict(employer="hanbit")
        both.exchange()
        with acting_as(cast.ATTACHE):
            entry = ProblemEntry.objects.get()
        assert number in entry.evidence
        mine = published(company("Own Finding Ltd", outside_number="000-81-99999"))
        both.exchange()
        assert board(both, "employer.restricted")["restriction_no"] == mine.number
        both.office.lift(restriction_no=number)
        both.exchange()
        assert len(tasks("exchange-restriction-over")) == 1
        assert not both.node.store.rows("select 1 from sent where state = 'refused'")

    @pytest.mark.usefixtures("chain")
    def test_carry_an_order_from_its_publishing_to_its_endorsement(self, both: Both) -> None:
        under = people.in_force()
        number = both.office.publish_order(employer="hanbit", places=4, agreement_no=under.number)
        both.exchange()
        with acting_as(ROBOT):
            made = JobOrder.objects.get(paper_number=number)
            JobOrder.objects.filter(pk=made.pk).update(documents=people.DOCUMENTS)
        recruiting.check_order(people.STAFF, made.id, at=people.NOW, on=cast.TODAY)
        recruiting.endorse(cast.ATTACHE, "order", made.id, at=people.NOW, on=cast.TODAY)
        both.exchange()
        told = board(both, "job_order.answered")
        assert (told["answer"], told["places"]) == ("endorsed", 4)

    def test_a_barred_firm_asks_for_nobody(self, both: Both) -> None:
        both.office.restrict(employer="hanbit")
        with pytest.raises(NotPossible):
            both.office.publish_order(employer="hanbit")

    def test_tell_each_other_of_their_law(self, both: Both) -> None:
        both.office.announce_rule(
            rule_no="KR.minimum-wage.hourly", title="Wage", begins_on="2027-01-01", value="10999"
        )
        on = TestOurLaw().first()
        told = rules.tell_rules(on=on)
        both.exchange()
        assert len(tasks("exchange-regulation", cast.MINISTRY)) == 1
        heard = [e for e in both.office.notices() if e["name"] == "regulation.changed"]
        assert len([each for each in heard if not each["ours"]]) == told > 0

    def test_act_on_the_pages_of_the_board(self, both: Both) -> None:
        page = both.line.get("http://127.0.0.1/notices", headers={"Accept": "text/html"})
        assert page.status_code == 200
        answer = both.line.post("http://127.0.0.1/notices/restrict", json={"employer": "hanbit"})
        assert answer.status_code == 303
        kept = both.line.get("http://127.0.0.1/notices", headers={"Accept": "application/json"})
        assert kept.json()["notices"][0]["name"] == "employer.restricted"
        wrong = both.line.post("http://127.0.0.1/notices/lift", json={"restriction_no": "ER-1"})
        assert wrong.status_code == 409
