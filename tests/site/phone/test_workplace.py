"""The phone page on which a worker says what the work is really like."""

from __future__ import annotations

from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.placement import operations
from lindung.placement.models import Finding

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def page_of(contract: Any) -> str:
    return f"/saya/kontrak/{contract.id}/tempat-kerja/"


@pytest.fixture
def agreed(lives: Any) -> Any:
    siti = lives.person()
    contract = lives.verified(siti)
    return siti, operations.answer_contract(siti, contract.id, agree=True, on=TODAY)


def findings() -> list[tuple[str, str]]:
    with acting_as(ROBOT):
        return sorted((each.field, each.told["value"]) for each in Finding.objects.all())


class TestThePage:
    def test_is_linked_from_the_contract_and_shows_what_was_agreed(
        self, agreed: Any, phone_of: Any
    ) -> None:
        siti, contract = agreed
        phone = phone_of(siti)
        assert page_of(contract) in phone.get(f"/saya/kontrak/{contract.id}/").content.decode()
        page = phone.get(page_of(contract)).content.decode()
        for part in ("₩2.300.000 per bulan", "Hanbit", "operator mesin"):
            assert part in page

    def test_takes_what_differs(self, agreed: Any, phone_of: Any) -> None:
        siti, contract = agreed
        answer = phone_of(siti).post(
            page_of(contract),
            {"wage": "1900000", "per": "month", "hours": "11", "employer": "", "job": ""},
        )
        assert answer.status_code == 302
        assert findings() == [("hours.daily_regular", "11"), ("wage.monthly_ordinary", "1900000")]

    def test_raises_no_alarm_for_the_same_by_the_hour(self, agreed: Any, phone_of: Any) -> None:
        siti, contract = agreed
        phone_of(siti).post(
            page_of(contract),
            {"wage": "11005", "per": "hour", "employer": "Hanbit", "job": "Operator mesin"},
        )
        assert findings() == []

    def test_keeps_what_was_typed_when_it_cannot_be_read(self, agreed: Any, phone_of: Any) -> None:
        siti, contract = agreed
        page = phone_of(siti).post(page_of(contract), {"hours": "25", "job": "Mengecat"})
        assert "Mengecat" in page.content.decode()
        assert findings() == []

    def test_asks_for_one_answer_at_least(self, agreed: Any, phone_of: Any) -> None:
        siti, contract = agreed
        page = phone_of(siti).post(page_of(contract), {"per": "month"}).content.decode()
        assert "Jawab paling sedikit satu pertanyaan." in page

    def test_is_closed_before_an_agreement(self, lives: Any, phone_of: Any) -> None:
        siti = lives.person()
        contract = lives.verified(siti)
        phone = phone_of(siti)
        assert "terbuka setelah kontrak disepakati" in phone.get(page_of(contract)).content.decode()
        phone.post(page_of(contract), {"job": "Mengecat"})
        assert findings() == []

    def test_is_not_anothers(self, lives: Any, agreed: Any, phone_of: Any) -> None:
        _, contract = agreed
        ani = lives.person("Ani Wati", "Ani")
        assert phone_of(ani).get(page_of(contract)).status_code == 404
        assert phone_of(ani).post(page_of(contract), {"job": "x"}).status_code == 404
