"""The worksheet's pages and the page of lines, by plain forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.exchange.models import Drop, Incoming, Outgoing, Partner, Sheet
from lindung.exchange.operations import applying, inbox, outbox
from lindung.exchange.operations.outbox import send
from tests import cast
from tests.documents.files import PDF
from tests.site.test_closed_pages import signed_in

from .conftest import Stranger
from .harnesses import Files, Worklist
from .test_adapters import NO, change

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def portal(stranger: Stranger, tmp_path: Path) -> Partner:
    return Worklist(stranger, tmp_path).partner


@pytest.fixture
def dewi(scene: Any) -> Client:
    return signed_in(scene, role="ministry_officer")


@pytest.fixture
def ratna(scene: Any) -> Client:
    return signed_in(scene, role="ministry_officer")


@pytest.fixture
def row(portal: Partner) -> Outgoing:
    made = cast.placement(cast.worker())
    return send("contract.answered", made.number, NO, partner=portal, about=made)


def test_from_copying_to_the_portal_s_answer(
    dewi: Client, ratna: Client, row: Outgoing, portal: Partner
) -> None:
    home, page = reverse("exchange-sheets"), reverse("exchange-sheet", args=[row.pk])
    assert page in dewi.get(home).content.decode()
    shown = dewi.get(page).content.decode()
    order = [shown.index(words) for words in ("Approval no. (KDN)", "decision<", "Decision date")]
    assert order == sorted(order)
    assert 'value="SLC-1" readonly' in shown
    assert "data-copy=" in shown

    short = dewi.post(page, {"reference": "VDR-9"})
    assert short.status_code == 422
    assert 'value="VDR-9"' in short.content.decode()
    file = SimpleUploadedFile("portal.pdf", PDF, content_type="application/pdf")
    assert dewi.post(page, {"reference": "VDR-9", "file": file}).status_code == 302
    with acting_as(ROBOT):
        sheet = Sheet.objects.get()
    assert sheet.proof_id is not None

    check = reverse("exchange-sheet-check", args=[sheet.pk])
    assert "isian Anda sendiri" in dewi.get(check).content.decode()
    dewi.post(check)
    assert self_state(row) == "waiting"
    assert "VDR-9" in ratna.get(check).content.decode()
    ratna.post(check)
    assert self_state(row) == "stored"

    answer = {"outcome": "refused", "reason": "answer_late", "pointer": "map 1"}
    assert dewi.post(page, answer).status_code == 302
    with acting_as(ROBOT):
        second = Sheet.objects.get(kind="answered")
    ratna.post(reverse("exchange-sheet-check", args=[second.pk]))
    applying.apply_incoming(portal.pk)
    assert self_state(row) == "refused"
    with acting_as(ROBOT):
        looks = JournalEntry.objects.filter(
            type="access.PersonLookedAt", payload__purpose="lembar kerja portal negara tujuan"
        )
        assert looks.filter(worker_id=row.worker_id).count() >= 3


def self_state(row: Outgoing) -> str:
    with acting_as(ROBOT):
        return Outgoing.objects.get(pk=row.pk).state


def test_sends_a_wrong_sheet_back_with_its_reason(
    dewi: Client, ratna: Client, row: Outgoing
) -> None:
    page = reverse("exchange-sheet", args=[row.pk])
    dewi.post(page, {"reference": "VDR-9", "pointer": "map 1"})
    with acting_as(ROBOT):
        sheet = Sheet.objects.get()
    back = reverse("exchange-sheet-return", args=[sheet.pk])
    assert ratna.post(back, {"remark": ""}).status_code == 422
    ratna.post(back, {"remark": "nomor lain di portal"})
    assert "nomor lain di portal" in dewi.get(reverse("exchange-sheets")).content.decode()


def test_types_what_the_portal_tells_and_keeps_what_was_typed(
    dewi: Client, ratna: Client, portal: Partner
) -> None:
    page = reverse("exchange-sheet-told", args=[portal.code, "employment-changed"])
    assert page in dewi.get(reverse("exchange-sheets")).content.decode()
    wrong = {"subject": "PMI-1", "isi_event": "employer_renamed", "isi_event_on": "kemarin"}
    answer = dewi.post(page, wrong)
    assert answer.status_code == 422
    assert 'value="kemarin"' in answer.content.decode()
    right = wrong | {
        "isi_event_on": "2026-03-02", "isi_employer__name": "Hanbit", "pointer": "map 1",
    }  # fmt: skip
    assert dewi.post(page, right).status_code == 302
    with acting_as(ROBOT):
        sheet = Sheet.objects.get()
    assert sheet.values["employer"] == {"name": "Hanbit"}
    ratna.post(reverse("exchange-sheet-check", args=[sheet.pk]))
    with acting_as(ROBOT):
        assert Incoming.objects.get().proof == "typed"


def test_are_closed_to_other_duties(scene: Any, row: Outgoing) -> None:
    stranger = signed_in(scene, role="counterpart", country="KR")
    assert stranger.get(reverse("exchange-sheets")).status_code == 403
    assert stranger.get(reverse("exchange-sheet", args=[row.pk])).status_code == 403
    assert stranger.get(reverse("exchange-lines")).status_code == 403


def test_a_person_sees_what_could_not_be_read_and_why(
    dewi: Client, stranger: Stranger, tmp_path: Path
) -> None:
    files = Files(stranger, tmp_path)
    files.leave([change(stranger)], truncated=True)
    inbox.collect(files.partner.pk)
    page = reverse("exchange-lines")
    assert "file_wrong" in dewi.get(page).content.decode()
    with acting_as(ROBOT):
        drop = Drop.objects.get(state="refused")
    dewi.post(reverse("exchange-drop-looked", args=[drop.pk]))
    assert "file_wrong" not in dewi.get(page).content.decode()
    assert (files.theirs / "refused" / drop.aside).is_dir()


def test_a_person_has_a_stopped_line_tried_again(dewi: Client, partner: Partner) -> None:
    with acting_as(ROBOT):
        Partner.objects.filter(pk=partner.pk).update(adapter="files", settings={})
    send("contract.answered", "PMI-1", NO, partner=partner)
    outbox.pump(partner.pk)
    assert "settings" in dewi.get(reverse("exchange-lines")).content.decode()
    dewi.post(reverse("exchange-line-resume", args=[partner.code]))
    with acting_as(ROBOT):
        after = Partner.objects.get(pk=partner.pk)
    assert (after.halted_why, after.open_until) == ("", None)
