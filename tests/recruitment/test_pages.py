"""The desk's pages of the chain: who gets them, what they keep when they refuse, what they draw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lindung.access import identity
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.recruitment import operations, queries
from lindung.recruitment.models import Agreement, JobOrder
from tests import cast
from tests.recruitment import people
from tests.recruitment.people import NOW, STAFF, TODAY

pytestmark = pytest.mark.usefixtures("parties")
MOST_QUERIES = 25


@pytest.fixture(autouse=True)
def _on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    from lindung.recruitment.web import bulk, orders, papers, views

    for module in (bulk, orders, papers, views):
        monkeypatch.setattr(module, "today", lambda: TODAY)
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: NOW)


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


def page_of(paper: Agreement | JobOrder) -> str:
    return reverse("job_order" if paper.kind == "order" else "agreement", args=[paper.id])


def state_of(model: type[Any], key: UUID) -> str:
    with acting_as(cast.MINISTRY):
        return str(model.objects.get(id=key).state)


class TestPages:
    def test_open_to_those_of_the_chain_and_ask_little(self) -> None:
        made = people.open_order()
        people.placed(made)
        pages = [
            reverse("chain"), *(f"/perekrutan/?lihat={tab}" for tab in ("perjanjian", "permintaan", "izin")),
            page_of(made), page_of(made.agreement),
        ]  # fmt: skip
        for who in (cast.RECRUITER, cast.ATTACHE, STAFF, cast.MINISTRY):
            with signed_in(who) as browser:
                for page in pages:
                    browser.get(page)
                    with CaptureQueriesContext(connection) as asked:
                        answer = browser.get(page)
                    assert answer.status_code == 200, (who.name, page)
                    real = [
                        q
                        for q in asked.captured_queries
                        if q["sql"].startswith(("SELECT", "select"))
                    ]
                    assert len(real) <= MOST_QUERIES, (page, len(real))

    def test_are_not_there_for_others(self) -> None:
        made = people.open_order()
        for who in (cast.OTHER_RECRUITER, cast.OTHER_ATTACHE):
            with signed_in(who) as browser:
                assert browser.get(page_of(made)).status_code == 404
                assert browser.get(page_of(made.agreement)).status_code == 404
                for tab in ("", "perjanjian", "permintaan", "izin"):
                    shown = browser.get(f"/perekrutan/?lihat={tab}").content.decode()
                    assert made.number not in shown
                    assert made.agreement.number not in shown

    def test_ask_for_the_right(self) -> None:
        made = people.open_order()
        pages = (reverse("chain"), page_of(made), reverse("new_agreement"))
        with signed_in(cast.OFFICER) as browser:
            assert {browser.get(page).status_code for page in pages} == {403}
        with signed_in(cast.self_of(cast.new_id())) as browser:
            # A worker is led to their own pages.
            assert {browser.get(page).headers["Location"] for page in pages} == {"/saya/"}

    def test_draw_the_chain_to_the_contract(self) -> None:
        made = people.open_order()
        person = people.candidate()
        got = people.placed(made, person)
        with signed_in(cast.RECRUITER) as browser:
            shown = browser.get(page_of(made)).content.decode()
        for words in ("Hanbit Manpower", made.agreement.number, made.number, "SIP-26-", "1 dari 2",
                      person.full_name, reverse("placement", args=[got.id])):  # fmt: skip
            assert words in shown

    def test_show_a_post_the_places_of_its_order_and_no_name_before_it_is_in_charge(self) -> None:
        made = people.open_order()
        person = people.candidate(full_name="Wati Lestari")
        people.placed(made, person)
        with signed_in(cast.ATTACHE) as browser:
            shown = browser.get(page_of(made)).content.decode()
        assert "belum di wilayah Anda" in shown
        assert person.full_name not in shown

    def test_hide_from_a_recruiter_what_officers_argued(self) -> None:
        made = people.checked(people.in_force(), documents={})
        operations.ask_override(
            STAFF, "order", made.id, check="documents_complete", reason="Rahasia dinas",
            expires_on=TODAY, at=NOW, on=TODAY,
        )  # fmt: skip
        with signed_in(cast.ATTACHE) as browser:
            assert "Rahasia dinas" in browser.get(page_of(made)).content.decode()
        with signed_in(cast.RECRUITER) as browser:
            assert "Rahasia dinas" not in browser.get(page_of(made)).content.decode()


class TestNewAgreement:
    typed = {
        "partner_id": str(people.PARTNER_ID), "quota": "20", "paper_number": "PKP/9",
        "valid_from": "2026-03-02", "valid_to": "2027-03-01",
    }  # fmt: skip

    def test_goes_to_the_post(self) -> None:
        with signed_in(cast.RECRUITER) as browser:
            answer = browser.post(reverse("new_agreement"), self.typed)
        assert answer.status_code == 302
        with acting_as(STAFF):
            (row,) = queries.waiting(STAFF)
        assert row.who == "Hanbit Manpower"

    def test_keeps_what_was_typed_when_it_is_refused(self) -> None:
        with signed_in(cast.RECRUITER) as browser:
            answer = browser.post(
                reverse("new_agreement"), self.typed | {"valid_to": "2026-03-01", "quota": "17"}
            )
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="17"' in shown
        assert "PKP/9" in shown
        assert "Hari terakhir tidak boleh sebelum hari pertama." in shown


class TestNewOrder:
    typed = {
        "employer_name": "Hanbit Co.", "employer_kind": "company", "sector": "manufacturing",
        "quota": "5", "wage_amount": "2300000", "wage_currency": "KRW", "wage_per": "month",
        "valid_to": "2026-09-01", "document_demand_letter": "DL-7",
    }  # fmt: skip

    def test_comes_under_its_agreement(self) -> None:
        under = people.in_force()
        with signed_in(cast.RECRUITER) as browser:
            answer = browser.post(reverse("new_order", args=[under.id]), self.typed)
        assert answer.status_code == 302
        with acting_as(cast.MINISTRY):
            made = JobOrder.objects.get()
        assert made.documents == {"demand_letter": "DL-7"}
        assert made.wage == {"amount": "2300000", "currency": "KRW", "per": "month"}

    def test_keeps_what_was_typed_when_it_is_refused(self) -> None:
        under = people.in_force()
        with signed_in(cast.RECRUITER) as browser:
            answer = browser.post(
                reverse("new_order", args=[under.id]), self.typed | {"quota_female": "9"}
            )
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "DL-7" in shown
        assert "Tidak boleh lebih dari seluruh tempat." in shown

    def test_is_closed_under_another_s_agreement(self) -> None:
        under = people.in_force()
        with signed_in(cast.OTHER_RECRUITER) as browser:
            assert browser.get(reverse("new_order", args=[under.id])).status_code == 404


class TestSteps:
    def test_lead_from_the_check_to_the_permit(self) -> None:
        made = people.order(people.in_force())
        url = reverse("paper_step", args=["order", made.id])
        with signed_in(STAFF) as browser:
            browser.post(url, {"step": "check"})
        with signed_in(cast.ATTACHE) as browser:
            browser.post(url, {"step": "endorse"})
        assert state_of(JobOrder, made.id) == "endorsed"
        with signed_in(cast.RECRUITER) as browser:
            browser.post(reverse("ask_permit", args=[made.id]))
        with acting_as(cast.MINISTRY):
            (wish,) = queries.permits_of(made.id)
        decide = reverse("decide_permit", args=[wish.id])
        with signed_in(cast.MINISTRY) as browser:
            kept = browser.post(decide, {"step": "issue", "reason": "Surat 77", "valid_to": ""})
            assert kept.status_code == 422
            assert "Surat 77" in kept.content.decode()
            browser.post(decide, {"step": "issue", "reason": "Surat 77", "valid_to": "2026-06-01"})
        with acting_as(cast.MINISTRY):
            assert queries.permit_on(made.id, TODAY) is not None

    def test_show_no_button_to_whoever_checked(self) -> None:
        made = people.order(people.in_force())
        operations.check_order(cast.ATTACHE, made.id, at=NOW, on=TODAY)
        with signed_in(cast.ATTACHE) as browser:
            shown = browser.get(page_of(made)).content.decode()
        assert 'value="endorse"' not in shown
        assert "jadi orang lain yang mengesahkan" in shown

    def test_keep_the_words_of_a_return_without_a_reason(self) -> None:
        made = people.agreement()
        with signed_in(STAFF) as browser:
            answer = browser.post(
                reverse("paper_step", args=["agreement", made.id]),
                {"step": "return", "reason_code": "other", "reason": ""},
            )
        assert answer.status_code == 422
        assert "Tulis alasannya." in answer.content.decode()
        assert state_of(Agreement, made.id) == "submitted"

    def test_take_a_returned_order_back_with_its_fields_filled(self) -> None:
        made = people.order(people.in_force())
        operations.return_paper(
            STAFF, "order", made.id, reason_code="document_missing", reason="Kuasa", at=NOW
        )
        url = reverse("repair_paper", args=["order", made.id])
        with signed_in(cast.RECRUITER) as browser:
            shown = browser.get(url).content.decode()
            assert "Dokumen belum lengkap: Kuasa" in shown
            assert "DL-1" in shown
            answer = browser.post(url, TestNewOrder.typed)
        assert answer.status_code == 302
        assert state_of(JobOrder, made.id) == "submitted"

    @pytest.mark.parametrize("who", [cast.OTHER_RECRUITER, cast.OTHER_ATTACHE])
    def test_are_nobody_else_s(self, who: Actor) -> None:
        made = people.checked(people.in_force())
        with signed_in(who) as browser:
            for step in ("check", "endorse", "end"):
                browser.post(
                    reverse("paper_step", args=["order", made.id]),
                    {"step": step, "reason_code": "problem_list"},
                )
            browser.post(reverse("ask_permit", args=[made.id]))
        assert state_of(JobOrder, made.id) == "checked"


class TestOverridePages:
    def test_ask_and_answer(self) -> None:
        made = people.checked(people.in_force(), documents={})
        with signed_in(STAFF) as browser:
            browser.post(
                reverse("ask_override", args=["order", made.id]),
                {"check": "documents_complete", "reason": "Menyusul", "expires_on": "2026-03-09"},
            )
        with acting_as(cast.ATTACHE):
            (one,) = queries.overrides(cast.ATTACHE, made.id)
        url = reverse("answer_override", args=[one.id])
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert browser.post(url, {"answer": "give", "reason": "x"}).status_code == 404
        with signed_in(cast.ATTACHE) as browser:
            browser.post(url, {"answer": "give", "reason": "Dilihat"})
            shown = browser.get(page_of(made)).content.decode()
        assert "Dikecualikan" in shown


class TestBulk:
    def test_looks_through_then_endorses_with_a_receipt(self) -> None:
        under = people.in_force()
        good, lacking = people.checked(under), people.checked(under, documents={})
        chosen = {"order": [str(good.id), str(lacking.id), "nonsense"]}
        with signed_in(cast.ATTACHE) as browser:
            listed = browser.get(reverse("chain")).content.decode()
            assert f'value="{good.id}"' in listed
            preview = browser.post(reverse("look_through_orders"), chosen).content.decode()
            assert "1 dapat disahkan sekaligus; 1 perlu" in preview
            assert state_of(JobOrder, good.id) == "checked"
            receipt = browser.post(reverse("endorse_orders"), chosen).content.decode()
        assert "1 disahkan, 1 tidak." in receipt
        assert state_of(JobOrder, good.id) == "endorsed"
        assert state_of(JobOrder, lacking.id) == "checked"


class TestHome:
    def test_counts_each_kind_that_waits(self) -> None:
        people.agreement()
        people.order(people.in_force())
        with signed_in(STAFF) as browser:
            shown = browser.get("/").content.decode()
        assert "Periksa perjanjian kerja sama" in shown
        assert "Periksa permintaan pekerja" in shown
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert "Periksa permintaan pekerja" not in browser.get("/").content.decode()


class TestOpeningAPlacement:
    def test_offers_the_orders_with_a_free_place_to_their_recruiter(self) -> None:
        made = people.open_order()
        with acting_as(cast.RECRUITER):
            assert list(queries.open_orders(cast.RECRUITER, on=TODAY)) == [made]
        with acting_as(cast.OTHER_RECRUITER):
            assert list(queries.open_orders(cast.OTHER_RECRUITER, on=TODAY)) == []
        with acting_as(cast.OFFICER):
            assert list(queries.open_orders(cast.OFFICER, on=TODAY)) == []

    def test_takes_a_place_on_the_page(self) -> None:
        made = people.open_order()
        person = people.candidate()
        url = reverse("open_placement", args=[person.id])
        typed = {"pathway_id": "g2g-kr", "sector": "manufacturing", "job_order_id": str(made.id)}
        with (
            mock.patch("lindung.placement.web.views.today", return_value=TODAY),
            signed_in(cast.RECRUITER) as browser,
        ):
            assert made.number in browser.get(url).content.decode()
            assert browser.post(url, typed).status_code == 302
        with acting_as(cast.MINISTRY):
            assert [each.seat for each in queries.places(made.id)] == [1]
