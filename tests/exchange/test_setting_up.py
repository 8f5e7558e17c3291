"""Entering a partner from the file that people wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.operations.setting_up import enter_partner
from lindung.kernel.refusals import Incomplete

pytestmark = pytest.mark.usefixtures("places")

FACTS = {
    "code": "kr-real", "name": "Agency", "country": "KR", "node": "urn:example:kr",
    "base_url": "https://exchange.example.kr/", "adapter": "http", "schemes": ["g2g-kr"],
    "agreement": "MoU",
}  # fmt: skip


def test_a_partner_is_entered_and_none_of_its_keys_believed() -> None:
    row, made = enter_partner(FACTS)
    assert (made, row.is_demo, row.base_url) == (True, False, "https://exchange.example.kr")
    with acting_as(ROBOT):
        assert not PartnerKey.objects.filter(partner=row).exists()


def test_a_second_time_changes_it() -> None:
    first, _ = enter_partner(FACTS)
    again, made = enter_partner(FACTS | {"name": "Other"})
    assert (again.pk, again.name, made) == (first.pk, "Other", False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": "http://exchange.example.kr"}, "base_url"),
        ({"agreement": ""}, "agreement"),
        ({"country": "ZZ"}, "country"),
        ({"node": "kr"}, "node"),
        ({"is_demo": True}, "is_demo"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_entered(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        enter_partner(FACTS | change)
    assert list(refusal.value.facts["fields"]) == [field]
    with acting_as(ROBOT):
        assert not Partner.objects.exists()


def test_the_command_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "partner.yaml"
    file.write_text("code: x\n", "utf-8")
    with pytest.raises(CommandError, match="agreement: Wajib diisi"):
        call_command("exchange_partner", file)
