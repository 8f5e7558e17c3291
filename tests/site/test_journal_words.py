"""Journal entries are read in the reader's language, whatever language they were written in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

import lindung.site.urls  # noqa: F401  # events are known once the pages that record them are
from lindung.access.events import sentence
from lindung.access.models import JournalEntry
from lindung.regulations.pathways import pathways
from lindung.site.desk.lifeline import lines
from lindung.site.words import CHANGES, ROSTER, in_words, purpose


def entry(type_: str, **payload: object) -> JournalEntry:
    """An entry as the journal keeps it, its words those of an Indonesian officer's day."""
    return JournalEntry(type=type_, payload=payload, at=datetime(2026, 3, 1, 3, tzinfo=UTC))


SAID = [
    (
        entry("monitoring.CheckedIn", condition="fair", label="Kurang baik"),
        "Check-in: Not so good",
        "Lapor diri: Kurang baik",
    ),
    (
        entry("protection.CaseOpened", number="1", kind="violence", label="Kekerasan"),
        "Case 1: Violence",
        "Kasus 1: Kekerasan",
    ),
    (
        entry("protection.CaseMoved", number="1", step="object", label="Ditangani"),
        "Case 1: stage In hand",
        "Kasus 1: tahap Ditangani",
    ),
    (
        entry("registry.FactRecorded", kind="employer", label="Pemberi kerja", shown="A"),
        "Employer: A",
        "Pemberi kerja: A",
    ),
    (
        entry("registry.WorkerEnrolled", number="1", channel="office"),
        "Registered through an office",
        "Terdaftar lewat kantor",
    ),
    (
        entry("registry.WorkerUpdated", fields="birth_date, sex"),
        "Personal data updated (date of birth, sex)",
        "Data diri diperbarui (tanggal lahir, jenis kelamin)",
    ),
    (
        entry("registry.IdentifierAdded", kind="passport", masked="••1"),
        "Passport number ••1 recorded",
        "Nomor Paspor ••1 dicatat",
    ),
    (
        entry("registry.AccessRecovered", opens_at="2026-03-01T03:00:00+00:00"),
        "Access recovered by an officer, open from 1 Mar 2026 10:00",
        "Akses dipulihkan petugas, terbuka 1 Mar 2026 10:00",
    ),
    (
        entry("placement.ContractAnswered", answer="accepted"),
        "The worker answered the contract: agreed",
        "Pekerja menjawab kontrak: setuju",
    ),
    (
        entry("placement.RosterStatusReceived", status="returned"),
        "Roster of job seekers: returned for repair",
        "Daftar pencari kerja: dikembalikan untuk diperbaiki",
    ),
    (
        entry("monitoring.EmploymentChanged", change="absent"),
        "Change of employment reported by the destination: absent from work",
        "Perubahan pekerjaan dari negara tujuan: tidak hadir bekerja",
    ),
    (
        entry("reintegration.CameHome", reason="illness", label="Sakit"),
        "Returned home: Illness",
        "Pulang ke tanah air: Sakit",
    ),
]


@pytest.mark.parametrize(("told", "english", "indonesian"), SAID)
def test_an_entry_is_read_in_the_reader_s_language(
    told: JournalEntry, english: str, indonesian: str
) -> None:
    with translation.override("en"):
        assert sentence(told.type, in_words(told)) == english
    with translation.override("id"):
        assert sentence(told.type, in_words(told)) == indonesian


def test_every_code_that_the_exchange_knows_has_words() -> None:
    schemas = Path(__file__).resolve().parents[2] / "schemas"
    roster = json.loads((schemas / "roster.status.v1.json").read_text())
    changed = json.loads((schemas / "employment.changed.v1.json").read_text())
    assert set(ROSTER) == set(roster["properties"]["status"]["enum"])
    assert set(CHANGES) == set(changed["properties"]["event"]["enum"])


def test_titles_of_pathways_and_requirements_follow_the_reader() -> None:
    way = next(iter(pathways().values()))
    asked = way.requirements[0]
    opened = entry("placement.PlacementOpened", pathway=way.id, title=way.title.id)
    settled = entry(
        "placement.RequirementSettled",
        requirement=asked.id,
        title=asked.title.id,
        state="accepted",
    )
    with translation.override("en"):
        assert in_words(opened)["title"] == way.title.en
        assert sentence(settled.type, in_words(settled)) == f"{asked.title.en}: accepted"
    with translation.override("id"):
        assert in_words(opened)["title"] == way.title.id
        assert sentence(settled.type, in_words(settled)) == f"{asked.title.id}: diterima"


def test_a_code_nobody_knows_any_more_keeps_the_words_of_its_day() -> None:
    old = entry("protection.CaseOpened", number="1", kind="gone", label="Hal lama")
    gone = entry("placement.PlacementOpened", pathway="xx.gone", title="Jalur lama")
    with translation.override("en"):
        assert in_words(old)["label"] == "Hal lama"
        assert in_words(gone)["title"] == "Jalur lama"


def test_requirements_of_a_day_are_counted_in_english() -> None:
    given = entry("placement.RequirementSettled", requirement="x", title="X", state="accepted")
    with translation.override("en"):
        assert [line.title for line in lines([given])] == ["1 requirement recorded"]
        assert [line.title for line in lines([given, given])] == ["2 requirements recorded"]


def test_a_purpose_is_translated_and_a_number_is_not() -> None:
    with translation.override("en"):
        assert purpose({"purpose": "pemeriksaan kontrak"}) == "check of a contract"
        assert purpose({"purpose": "KS-2026-1"}) == "KS-2026-1"
        assert purpose({}) == ""
