"""Help around a case: letters, claims, referrals, shelter, interpreters."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, transaction

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.assistance import operations, printing, queries, templates
from lindung.assistance.lifecycles import ClaimState, LetterState, ReferralState
from lindung.assistance.models import (
    Addressee,
    Claim,
    ClaimKind,
    Letter,
    Payment,
    Referral,
    SentBy,
    Service,
    ServiceKind,
    Stay,
)
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound
from lindung.outreach.models import Message
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Sex, Worker
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")

DAY = timedelta(days=1)


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def _case(who: Worker, kind: CaseKind = CaseKind.WAGES_UNPAID) -> Case:
    return protection.complain(
        cast.self_of(who.id), who.id, words="Gaji belum dibayar", at=cast.NOW, kind=kind
    )


@pytest.fixture
def case(who: Worker) -> Case:
    return _case(who)


def _draft(case: Case, actor: Any = cast.ATTACHE, **more: Any) -> Letter:
    given: dict[str, Any] = {
        "template": "wages_unpaid",
        "addressee": Addressee.EMPLOYER,
        "name": "Hanbit",
        "language": "en",
        "at": cast.NOW,
    }
    return operations.draft_letter(actor, case.id, **(given | more))


class TestLetters:
    def test_are_drafted_in_the_addressee_s_language(self, case: Case) -> None:
        letter = _draft(case, language="ko")
        assert "Siti Rahayu" in letter.words
        assert case.number in letter.subject
        assert "미지급" in letter.subject
        assert letter.number == f"{case.number}/S1"

    def test_do_not_leave_with_an_open_place(self, case: Case) -> None:
        letter = _draft(case)
        assert templates.PLACE in letter.words
        with pytest.raises(Incomplete):
            operations.send_letter(cast.ATTACHE, letter.id, by=SentBy.POST, on=cast.TODAY)

    def test_keep_their_words_once_they_left(self, case: Case) -> None:
        letter = _sent(case)
        with pytest.raises(StepClosed):
            operations.rewrite_letter(cast.ATTACHE, letter.id, subject="a", words="b")
        operations.record_letter_answer(
            cast.ATTACHE, letter.id, answer="Akan dibayar", on=cast.TODAY + DAY
        )
        with acting_as(cast.ATTACHE):
            assert queries.letter(letter.id).state == LetterState.ANSWERED

    def test_show_both_versions_rather_than_lose_one(self, case: Case) -> None:
        letter = _draft(case)
        operations.rewrite_letter(cast.ATTACHE, letter.id, subject="Satu", words="a", version=1)
        with pytest.raises(Conflict):
            operations.rewrite_letter(cast.ATTACHE, letter.id, subject="Dua", words="b", version=1)

    def test_refuse_an_answer_before_the_letter(self, case: Case) -> None:
        letter = _sent(case)
        with pytest.raises(Incomplete):
            operations.record_letter_answer(
                cast.ATTACHE, letter.id, answer="ya", on=cast.TODAY - DAY
            )

    def test_are_closed_to_another_post(self, case: Case) -> None:
        with pytest.raises(NotFound):
            _draft(case, actor=cast.OTHER_ATTACHE)
        letter = _draft(case)
        with acting_as(cast.OTHER_ATTACHE), pytest.raises(NotFound):
            queries.letter(letter.id)

    def test_cannot_be_written_by_a_recruiter(self, case: Case) -> None:
        with pytest.raises(NotAllowed):
            _draft(case, actor=cast.RECRUITER)

    @pytest.mark.parametrize("name", sorted(templates.all_templates()))
    def test_every_template_says_the_same_in_each_language(self, name: str, case: Case) -> None:
        """Each has Indonesian and English, and as many open places in each language."""
        found = templates.of(name)
        assert {"id", "en"} <= set(found.languages)
        with acting_as(cast.ATTACHE):
            places = {
                language: "".join(
                    found.fill(language, case=case, worker=case.worker, name="X", on=cast.TODAY)
                ).count(templates.PLACE)
                for language in found.languages
            }
        assert len(set(places.values())) == 1, places

    def test_a_recruiter_is_never_told_who_complained(self, case: Case) -> None:
        letter = _draft(case, template="clarification", addressee=Addressee.AGENCY)
        assert "Siti" not in letter.subject + letter.words

    def test_become_a_pdf(self, case: Case) -> None:
        letter = _sent(case)
        with acting_as(cast.ATTACHE):
            pdf = printing.as_pdf(letter)
        assert pdf.startswith(b"%PDF-")

    def test_without_a_font_no_pdf_of_boxes(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(printing, "has_font", lambda language: False)
        letter = _draft(case)
        with acting_as(cast.ATTACHE), pytest.raises(printing.NoFont):
            printing.as_pdf(letter)


def _sent(case: Case) -> Letter:
    letter = _draft(case)
    words = letter.words.replace(templates.PLACE, "x")
    operations.rewrite_letter(cast.ATTACHE, letter.id, subject=letter.subject, words=words)
    return operations.send_letter(
        cast.ATTACHE, letter.id, by=SentBy.POST, on=cast.TODAY, answer_by=cast.TODAY + 14 * DAY
    )


def _claim(case: Case, **more: Any) -> Claim:
    given: dict[str, Any] = {
        "kind": ClaimKind.WAGES,
        "against": Addressee.EMPLOYER,
        "amount": Decimal(4_600_000),
        "currency": "KRW",
        "at": cast.NOW,
    }
    return operations.reckon_claim(cast.ATTACHE, case.id, **(given | more))


class TestClaims:
    def test_without_a_known_last_day_need_a_check(self, case: Case) -> None:
        assert _claim(case).needs_check
        assert not _claim(case, file_by=date(2026, 9, 1)).needs_check

    def test_go_from_reckoning_to_money_in_hand(self, who: Worker, case: Case) -> None:
        claim = _claim(case)
        operations.move_claim(
            cast.ATTACHE, claim.id, step="file", on=cast.TODAY, filed_with="Labor office"
        )
        payment = _paid(claim, 4_600_000)
        with pytest.raises(Incomplete):
            operations.settle_claim(cast.ATTACHE, claim.id)
        operations.confirm_payment(cast.self_of(who.id), payment.id, had=True, at=cast.NOW)
        assert operations.settle_claim(cast.ATTACHE, claim.id).state == ClaimState.PAID

    def test_ask_the_worker_whether_the_money_came(self, who: Worker, case: Case) -> None:
        _paid(_claim(case), 100)
        with acting_as(cast.self_of(who.id)):
            assert Message.objects.filter(worker_id=who.id, template="money_asked").exists()

    def test_count_only_what_the_worker_says_to_have(self, who: Worker, case: Case) -> None:
        claim = _claim(case)
        first, second = _paid(claim, 100), _paid(claim, 200)
        operations.confirm_payment(cast.self_of(who.id), first.id, had=True, at=cast.NOW)
        operations.confirm_payment(cast.self_of(who.id), second.id, had=False, at=cast.NOW)
        with acting_as(cast.ATTACHE):
            (row,) = queries.claims_of(case.id)
            (sum_,) = queries.recovered(cast.ATTACHE)
        assert row.had.amount == 100
        assert row.told.amount == 0
        assert (sum_.currency, sum_.had) == ("KRW", Decimal(100))

    def test_the_word_on_money_is_the_worker_s_and_given_once(
        self, who: Worker, case: Case
    ) -> None:
        payment = _paid(_claim(case), 100)
        with pytest.raises(NotAllowed):
            operations.confirm_payment(cast.ATTACHE, payment.id, had=True, at=cast.NOW)
        stranger = cast.worker(full_name="Ani", call_name="Ani")
        with pytest.raises(NotFound):
            operations.confirm_payment(cast.self_of(stranger.id), payment.id, had=True, at=cast.NOW)
        operations.confirm_payment(cast.self_of(who.id), payment.id, had=True, at=cast.NOW)
        with pytest.raises(StepClosed):
            operations.confirm_payment(cast.self_of(who.id), payment.id, had=False, at=cast.NOW)

    @pytest.mark.parametrize(
        ("step", "more"), [("file", {}), ("award", {}), ("withdraw", {}), ("pay in full", {})]
    )
    def test_refuse_steps_that_say_too_little(
        self, case: Case, step: str, more: dict[str, Any]
    ) -> None:
        with pytest.raises((Incomplete, NotFound)):
            operations.move_claim(cast.ATTACHE, _claim(case).id, step=step, on=cast.TODAY, **more)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": Decimal(0)},
            {"currency": "won"},
            {"since": date(2026, 2, 1), "until": date(2026, 1, 1)},
        ],
    )
    def test_refuse_what_is_no_sum(self, case: Case, wrong: dict[str, Any]) -> None:
        with pytest.raises(Incomplete):
            _claim(case, **wrong)


def _paid(claim: Claim, amount: int) -> Payment:
    return operations.record_payment(
        cast.ATTACHE,
        claim.id,
        amount=Decimal(amount),
        paid_on=cast.TODAY,
        how="transfer",
        at=cast.NOW,
    )


@pytest.fixture
def service() -> Service:
    return operations.enter_service(
        cast.ATTACHE,
        kind=ServiceKind.LEGAL,
        name="Bantuan Hukum",
        source="daftar kantor",
        on=cast.TODAY,
        post_id=cast.SEOUL,
        phone="02",
    )


def _refer(case: Case, service: Service, **more: Any) -> tuple[Referral, str]:
    given: dict[str, Any] = {
        "service_id": service.id,
        "purpose": "Pendampingan di sidang",
        "legal_basis": "UU 27/2022 Pasal 20",
        "consent": "said",
        "fields": ["call_name", "language"],
        "days": 14,
        "at": cast.NOW,
    }
    return operations.refer(cast.ATTACHE, case.id, **(given | more))


class TestReferrals:
    def test_share_the_named_fields_and_nothing_else(self, case: Case, service: Service) -> None:
        _made, token = _refer(case, service)
        read = operations.read_referral(token, at=cast.NOW + DAY)
        assert read.shared == {"call_name": "Siti", "language": "id"}

    def test_every_reading_is_counted_and_on_the_life_line(
        self, who: Worker, case: Case, service: Service
    ) -> None:
        made, token = _refer(case, service)
        for _each in range(2):
            operations.read_referral(token, at=cast.NOW + DAY)
        with acting_as(cast.ATTACHE):
            assert Referral.objects.get(id=made.id).opened_times == 2
        with acting_as(ROBOT):
            told = JournalEntry.objects.filter(type="assistance.ReferralOpened", worker_id=who.id)
            assert told.count() == 2

    def test_end_with_their_time(self, case: Case, service: Service) -> None:
        made, token = _refer(case, service)
        over = cast.NOW + 15 * DAY
        with pytest.raises(operations.ReferralClosed):
            operations.read_referral(token, at=over)
        assert operations.end_expired(at=over) == 1
        assert operations.end_expired(at=over) == 0
        with acting_as(cast.ATTACHE):
            assert Referral.objects.get(id=made.id).state == ReferralState.ENDED

    def test_can_be_ended_at_once(self, case: Case, service: Service) -> None:
        made, token = _refer(case, service)
        operations.end_referral(cast.ATTACHE, made.id)
        with pytest.raises(operations.ReferralClosed):
            operations.read_referral(token, at=cast.NOW)

    @pytest.mark.parametrize("token", ["", "x", "A" * 54])
    def test_a_made_up_link_opens_nothing(self, token: str) -> None:
        with pytest.raises(operations.ReferralClosed):
            operations.read_referral(token, at=cast.NOW)

    def test_the_service_says_how_it_went(self, case: Case, service: Service) -> None:
        _made, token = _refer(case, service)
        operations.answer_referral(token, step="accept", at=cast.NOW)
        with pytest.raises(Incomplete):
            operations.answer_referral(token, step="report result", at=cast.NOW)
        done = operations.answer_referral(
            token, step="report result", at=cast.NOW, result="Didampingi"
        )
        assert done.state == ReferralState.DONE
        with pytest.raises(NotFound):
            operations.answer_referral(token, step="end", at=cast.NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"fields": []},
            {"fields": ["nik"]},
            {"days": 0},
            {"days": 91},
            {"consent": "employer"},
            {"legal_basis": " "},
            {"fields": ["needs"], "needs": ""},
        ],
    )
    def test_refuse_what_is_not_agreed(
        self, case: Case, service: Service, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(Incomplete):
            _refer(case, service, **wrong)

    def test_the_worker_sees_what_was_told(self, who: Worker, case: Case, service: Service) -> None:
        _refer(case, service)
        with acting_as(cast.self_of(who.id)):
            (seen,) = queries.referrals_of(case.id)
        assert seen.shared["call_name"] == "Siti"
        assert seen.service.name == service.name


class TestShelters:
    def _house(self, beds: int = 2, takes: str = "women") -> UUID:
        return operations.open_shelter(
            cast.ATTACHE, post_id=cast.SEOUL, name=f"Rumah {takes}", beds=beds, takes=takes
        ).id

    def _in(self, case: Case, house: UUID, **more: Any) -> Stay:
        return operations.take_in(cast.ATTACHE, case.id, shelter_id=house, on=cast.TODAY, **more)

    def test_never_hold_more_than_their_beds(self, who: Worker, case: Case) -> None:
        house = self._house()
        with pytest.raises(operations.NoBedFree):
            self._in(case, house, beds=3)
        self._in(case, house, beds=2)
        other = cast.worker(full_name="Ani", call_name="Ani")
        cast.arrived(other)
        with pytest.raises(operations.NoBedFree):
            self._in(_case(other), house)

    def test_hold_a_person_once(self, case: Case) -> None:
        house = self._house()
        self._in(case, house)
        with pytest.raises(Incomplete):
            self._in(case, house)

    def test_of_one_sex_refuse_the_other(self, case: Case) -> None:
        with pytest.raises(operations.NotForThem):
            self._in(case, self._house(takes="men"))

    def test_tell_where_people_went(self, case: Case) -> None:
        stay = self._in(case, self._house())
        for wrong in ({"on": cast.TODAY, "went_to": ""}, {"on": cast.TODAY - DAY, "went_to": "x"}):
            with pytest.raises(Incomplete):
                operations.let_go(cast.ATTACHE, stay.id, **wrong)  # type: ignore[arg-type]
        operations.let_go(cast.ATTACHE, stay.id, on=cast.TODAY + DAY, went_to="Pulang")
        with acting_as(cast.ATTACHE):
            ((_house, taken),) = queries.shelters(cast.ATTACHE)
        assert taken == 0
        with pytest.raises(StepClosed):
            operations.let_go(cast.ATTACHE, stay.id, on=cast.TODAY + DAY, went_to="Pulang")

    def test_of_another_post_are_not_there(self, case: Case) -> None:
        house = self._house()
        with acting_as(cast.OTHER_ATTACHE):
            assert queries.shelters(cast.OTHER_ATTACHE) == []
        with pytest.raises(NotFound):
            operations.open_shelter(
                cast.OTHER_ATTACHE, post_id=cast.SEOUL, name="x", beds=1, takes="all"
            )
        with pytest.raises(NotFound):
            operations.take_in(cast.OTHER_ATTACHE, case.id, shelter_id=house, on=cast.TODAY)


class TestInterpreters:
    def _speaker(self) -> UUID:
        return operations.enter_interpreter(
            cast.ATTACHE,
            post_id=cast.SEOUL,
            name="Kim",
            languages=["ko", "id"],
            phone="010",
            sex=Sex.FEMALE,
        ).id

    def _call(self, case: Case, speaker: UUID, **more: Any) -> Any:
        given: dict[str, Any] = {
            "interpreter_id": speaker,
            "language": "ko",
            "at": cast.NOW + DAY,
            "minutes": 60,
            "where": "Sidang",
        }
        return operations.call_interpreter(cast.ATTACHE, case.id, **(given | more))

    def test_are_in_one_place_at_a_time(self, case: Case) -> None:
        speaker = self._speaker()
        self._call(case, speaker)
        for minutes in (-30, 0, 59):
            with pytest.raises(operations.InterpreterBusy):
                self._call(case, speaker, at=cast.NOW + DAY + timedelta(minutes=minutes))
        self._call(case, speaker, at=cast.NOW + DAY + timedelta(minutes=60))

    def test_are_free_again_after_a_cancelled_one(self, case: Case) -> None:
        speaker = self._speaker()
        first = self._call(case, speaker)
        with pytest.raises(Incomplete):
            operations.close_appointment(cast.ATTACHE, first.id, step="cancel")
        operations.close_appointment(cast.ATTACHE, first.id, step="cancel", reason="sakit")
        self._call(case, speaker)

    def test_are_called_for_a_language_they_speak(self, case: Case) -> None:
        with pytest.raises(Incomplete):
            self._call(case, self._speaker(), language="ar")


class TestSealedCases:
    def test_the_help_on_them_is_sealed_too(self, who: Worker, service: Service) -> None:
        """A colleague who has not opened the case finds neither letter nor referral."""
        case = _case(who, CaseKind.SEXUAL_VIOLENCE)
        with acting_as(ROBOT):
            Letter.objects.create(
                case=case,
                worker_id=who.id,
                compartment=Case.objects.get(id=case.id).compartment,
                number=f"{case.number}/S1",
                template="summary_for_worker",
                addressee=Addressee.WORKER,
                name="Siti",
                language="id",
                subject="x",
                words="y",
                made_by="x",
                made_at=cast.NOW,
                **case.scope(),
            )
        with acting_as(cast.ATTACHE):
            assert queries.help_on(case.id).letters == []
        with acting_as(cast.MINISTRY):
            assert not Letter.objects.filter(case_id=case.id).exists()

    @pytest.mark.parametrize("model", [Letter, Claim, Payment, Referral, Stay, Service])
    def test_a_recruiter_reaches_no_table_of_help(self, case: Case, model: Any) -> None:
        with acting_as(cast.RECRUITER), pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.count()

    def test_what_hangs_on_a_case_goes_behind_its_seal(self, case: Case) -> None:
        letter = _draft(case)
        protection.set_kind(cast.ATTACHE, case.id, kind=CaseKind.VIOLENCE)
        with acting_as(ROBOT):
            sealed = Case.objects.get(id=case.id).compartment
            assert Letter.objects.get(id=letter.id).compartment == sealed
        with acting_as(cast.ATTACHE):
            assert queries.help_on(case.id).letters == []
