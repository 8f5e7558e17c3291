"""Versions of a contract, consent, and what a decision freezes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement import operations, queries
from lindung.placement.models import Contract
from lindung.placement.operations.versions import differences
from lindung.regulations import lawbook
from lindung.regulations.verdicts import Verdict
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
MORE = {"wage": {"monthly_ordinary": "2400000", "payment_method": "bank_transfer"}}


def amended(contract: Contract, **given: Any) -> Contract:
    """A version with a higher wage, brought by the officer."""
    values: dict[str, Any] = {
        "terms": cast.TERMS | MORE,
        "why": "Upah dinaikkan.",
        "offered_on": cast.TODAY,
    }
    return operations.amend_contract(cast.OFFICER, contract.id, **(values | given))


def state_of(contract: Contract) -> str:
    with acting_as(ROBOT):
        return Contract.objects.get(id=contract.id).state


class TestAmendContract:
    def test_repairs_a_returned_one_and_says_what_changed(self) -> None:
        who = cast.worker()
        first = cast.offered(who)
        operations.return_contract(cast.ATTACHE, first.id, reason="Upah.", on=cast.TODAY)
        second = amended(first)
        assert second.version_no == 2
        assert second.offer_number == first.offer_number
        assert second.changes == [
            {"path": "wage.monthly_ordinary", "was": "2300000", "now": "2400000"}
        ]
        assert state_of(first) == "superseded"
        with acting_as(cast.ATTACHE):
            assert queries.current_contract(first.placement_id) == second
            assert queries.versions_of(first) == queries.versions_of(second) == [first, second]
            assert second in queries.awaiting_verification(cast.ATTACHE)

    def test_is_answered_like_a_first_one(self) -> None:
        who = cast.worker()
        first = cast.offered(who)
        operations.return_contract(cast.ATTACHE, first.id, reason="Upah.", on=cast.TODAY)
        second = amended(first)
        answers = cast.yes_to_all(second)
        operations.verify_contract(cast.ATTACHE, second.id, judgements=answers, on=cast.TODAY)
        operations.answer_contract(cast.self_of(who.id), second.id, agree=True, on=cast.TODAY)
        with acting_as(ROBOT):
            assert queries.placement(first.placement_id).state == "contracted"
            assert queries.contract_in_force(first.placement_id) == second

    def test_leaves_the_agreed_one_in_force_until_the_worker_says_yes(self) -> None:
        who = cast.worker()
        agreed = cast.signed(who)
        second = amended(agreed)
        assert state_of(agreed) == "signed"
        answers = cast.yes_to_all(second)
        operations.verify_contract(cast.ATTACHE, second.id, judgements=answers, on=cast.TODAY)
        operations.answer_contract(cast.self_of(who.id), second.id, agree=True, on=cast.TODAY)
        assert (state_of(agreed), state_of(second)) == ("superseded", "signed")
        with acting_as(ROBOT):
            assert queries.placement(agreed.placement_id).state == "authorised"

    def test_leaves_the_agreed_one_when_the_worker_says_no(self) -> None:
        who = cast.worker()
        agreed = cast.signed(who)
        second = amended(agreed)
        answers = cast.yes_to_all(second)
        operations.verify_contract(cast.ATTACHE, second.id, judgements=answers, on=cast.TODAY)
        operations.answer_contract(cast.self_of(who.id), second.id, agree=False, on=cast.TODAY)
        assert (state_of(agreed), state_of(second)) == ("signed", "refused")
        with acting_as(ROBOT):
            assert queries.placement(agreed.placement_id).state == "authorised"

    def test_sent_twice_is_one_version(self) -> None:
        first = cast.offered(cast.worker())
        assert amended(first) == amended(first)

    def test_waits_for_the_version_before_it(self) -> None:
        agreed = cast.signed(cast.worker())
        amended(agreed)
        other = cast.TERMS | {"contract": {"months": 24}}
        with pytest.raises(operations.VersionWaiting):
            amended(agreed, terms=other)

    def test_refuses_the_same_terms(self) -> None:
        first = cast.offered(cast.worker())
        with pytest.raises(operations.NothingDiffers):
            amended(first, terms=cast.TERMS)

    def test_refuses_without_a_reason(self) -> None:
        first = cast.offered(cast.worker())
        with pytest.raises(Incomplete):
            amended(first, why=" ")

    def test_refuses_once_the_placement_is_given_up(self) -> None:
        agreed = cast.signed(cast.worker())
        second = amended(agreed)
        operations.withdraw(cast.OFFICER, agreed.placement_id, reason="Batal.")
        assert (state_of(agreed), state_of(second)) == ("lapsed", "lapsed")
        with pytest.raises(StepClosed):
            amended(agreed, terms=cast.TERMS | {"contract": {"months": 24}})

    def test_hides_a_contract_of_another_office(self) -> None:
        first = cast.offered(cast.worker())
        with pytest.raises(NotFound):
            operations.amend_contract(
                cast.OTHER_OFFICER, first.id, terms=MORE, why="x", offered_on=cast.TODAY
            )

    def test_is_not_the_workers_to_make(self) -> None:
        who = cast.worker()
        first = cast.offered(who)
        with pytest.raises(NotAllowed):
            operations.amend_contract(
                cast.self_of(who.id), first.id, terms=MORE, why="x", offered_on=cast.TODAY
            )

    def test_keeps_the_papers_languages_and_its_hash(self) -> None:
        first = cast.offered(cast.worker())
        paper = (uuid4(), "ab" * 32)
        second = amended(first, languages=("ko", "id"), document=paper)
        with acting_as(ROBOT):
            kept = Contract.objects.get(id=second.id)
        assert (kept.languages, kept.document_id, kept.document_sha256) == (["ko", "id"], *paper)

    def test_the_database_keeps_one_in_force_and_one_waiting(self) -> None:
        agreed = cast.signed(cast.worker())
        second = amended(agreed)
        for twin in (agreed, second):
            with acting_as(ROBOT):
                copied = Contract.objects.get(id=twin.id)
                copied.pk, copied.number, copied.supersedes_id = uuid4(), "KTR-99-1", None
                copied.version_no = 1
                with pytest.raises(IntegrityError, match="contract_one"), transaction.atomic():
                    copied.save(force_insert=True)


class TestRecordEmployerConsent:
    def test_stands_with_the_offer_of_the_destination(self) -> None:
        first = cast.offered(cast.worker())
        assert first.employer_agreed_on == cast.TODAY
        assert first.employer_evidence == first.offer_number

    def test_is_kept_with_its_evidence_and_not_overwritten(self) -> None:
        second = amended(cast.offered(cast.worker()))
        told = {"by": "Hanbit", "evidence": "Surat 12", "on": cast.TODAY}
        operations.record_employer_consent(cast.OFFICER, second.id, **told)
        later = told | {"by": "Lain", "on": cast.TODAY + timedelta(days=1)}
        kept = operations.record_employer_consent(cast.OFFICER, second.id, **later)
        assert (kept.employer_agreed_by, kept.employer_agreed_on) == ("Hanbit", cast.TODAY)

    def test_needs_evidence(self) -> None:
        second = amended(cast.offered(cast.worker()))
        with pytest.raises(Incomplete) as refused:
            operations.record_employer_consent(
                cast.OFFICER, second.id, by="Hanbit", evidence=" ", on=cast.TODAY
            )
        assert set(refused.value.facts["fields"]) == {"evidence"}

    def test_hides_another_offices_contract_and_is_closed_to_the_worker(self) -> None:
        who = cast.worker()
        first = cast.offered(who)
        told = {"by": "x", "evidence": "y", "on": cast.TODAY}
        with pytest.raises(NotFound):
            operations.record_employer_consent(cast.OTHER_OFFICER, first.id, **told)
        with pytest.raises(NotAllowed):
            operations.record_employer_consent(cast.self_of(who.id), first.id, **told)


class TestADecision:
    def test_keeps_its_verdicts_when_the_law_changes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        checked = cast.verified(cast.worker())
        rule = lawbook.parameter("kr.minimum_wage.hourly")
        before = [v for v in checked.verdicts["verdicts"] if v["parameter"] == rule.id]
        assert [each["outcome"] for each in before] == ["meets"]
        book = lawbook.law()
        dearer = msgspec.structs.replace(
            rule,
            values=tuple(msgspec.structs.replace(row, value=99_999) for row in rule.values),
            version="0" * 64,
        )
        changed = msgspec.structs.replace(
            book, digest="changed", parameters={**book.parameters, rule.id: dearer}
        )
        with monkeypatch.context() as patch:
            patch.setattr("lindung.regulations.contracts.law", lambda: changed)
            _forget_applicable()
            with acting_as(cast.ATTACHE):
                kept = queries.contract(checked.id)
                anew = queries.check(kept, on=cast.TODAY)
        _forget_applicable()
        now = [verdict for verdict in anew if verdict.parameter == rule.id]
        assert [each.outcome for each in now] == ["breaks"]
        thawed = [Verdict.thawed(each) for each in kept.verdicts["verdicts"]]
        [still] = [each for each in thawed if each.parameter == rule.id]
        assert (still.outcome, still.version) == ("meets", rule.version)
        assert kept.verdicts["law"] == book.digest


def _forget_applicable() -> None:
    from lindung.regulations import contracts

    contracts._applicable.cache_clear()


LEAVES = st.integers(0, 2)
PARTS = st.dictionaries(st.sampled_from("ab"), LEAVES, max_size=2)
TERMS = st.dictionaries(st.sampled_from("abc"), LEAVES | PARTS, max_size=3)


class TestDifferences:
    @given(TERMS)
    def test_of_a_paper_and_itself_are_none(self, terms: dict[str, Any]) -> None:
        assert differences(terms, terms) == []

    @given(TERMS, TERMS)
    def test_are_there_whenever_two_papers_differ_and_the_same_both_ways(
        self, one: dict[str, Any], other: dict[str, Any]
    ) -> None:
        there, back = differences(one, other), differences(other, one)
        assert bool(there) == (one != other)
        assert [(each["path"], each["was"], each["now"]) for each in there] == [
            (each["path"], each["now"], each["was"]) for each in back
        ]
