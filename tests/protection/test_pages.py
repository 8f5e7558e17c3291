"""Pages of cases: acts with a preview, two versions shown, and nothing for an agency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.test import Client
from django.urls import get_resolver

from lindung.access import identity
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.kernel.ids import new_id
from lindung.protection import operations, queries
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene
from tests.protection.conftest import COLLEAGUE, complain

ALL_ACTS = (
    "upaya", "rencana", "tugas", "bukti", "jenis", "jeda", "alih", "gabung", "pecah", "kait",
    "sanksi", "tutup",
)  # fmt: skip


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    """A browser of this actor; how people sign in has tests of its own."""
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


class TestTheCasePage:
    @pytest.mark.parametrize("name", ALL_ACTS)
    def test_offers_each_act_and_its_form(self, who: Worker, name: str) -> None:
        case = complain(who)
        with signed_in(cast.ATTACHE) as browser:
            page = browser.get(f"/kasus/{case.id}/")
            assert page.status_code == 200
            assert f"/kasus/{case.id}/tindakan/{name}/".encode() in page.content
            assert browser.get(f"/kasus/{case.id}/tindakan/{name}/").status_code == 200

    def test_shows_what_a_pause_would_change_before_it_does(self, who: Worker) -> None:
        case = complain(who)
        sent = {
            "reason": "Menunggu bank",
            "until": (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M"),
            "version": case.version,
        }
        with signed_in(cast.ATTACHE) as browser:
            page = browser.post(f"/kasus/{case.id}/tindakan/jeda/", sent)
            assert "Yang akan berubah" in page.content.decode()
            with acting_as(cast.ATTACHE):
                assert queries.pause_of(case.id) is None
            browser.post(f"/kasus/{case.id}/tindakan/jeda/", sent | {"sure": "1"})
        with acting_as(cast.ATTACHE):
            assert queries.pause_of(case.id) is not None

    def test_shows_both_where_somebody_was_quicker(self, who: Worker) -> None:
        case = complain(who)
        operations.take_case(COLLEAGUE, case.id)
        with signed_in(cast.ATTACHE) as browser:
            page = browser.post(
                f"/kasus/{case.id}/tindakan/alih/",
                {"reason": "Tugas saya", "post": cast.TAIPEI, "version": case.version},
            )
        said = page.content.decode()
        assert page.status_code == 409
        assert "Sari" in said
        assert "Tugas saya" in said
        with acting_as(cast.ATTACHE):
            assert queries.case(case.id).post_id == cast.SEOUL

    def test_of_a_sealed_one_says_nothing_and_offers_to_ask(self, who: Worker) -> None:
        case = complain(who, CaseKind.VIOLENCE, words="Dipukul")
        with signed_in(cast.ATTACHE) as browser:
            page = browser.get(f"/kasus/{case.id}/").content.decode()
            listed = browser.get("/kasus/").content.decode()
        for said in (page, listed):
            assert "Kasus tertutup" in said
            for secret in ("Dipukul", "Kekerasan", who.full_name):
                assert secret not in said
        assert f"/kasus/{case.id}/tindakan/buka/" in page

    def test_keeps_a_case_that_went_away_readable(self, who: Worker) -> None:
        case = complain(who)
        operations.hand_over(
            cast.ATTACHE, case.id, reason="Pindah", at=cast.NOW + timedelta(hours=1), post_id=cast.TAIPEI
        )  # fmt: skip
        with acting_as(cast.ATTACHE):
            (given,) = queries.handed_over(cast.ATTACHE)
        with signed_in(cast.ATTACHE) as browser:
            assert "Pindah" in browser.get("/kasus/?lihat=dialihkan").content.decode()
            page = browser.get(f"/kasus/dialihkan/{given.id}/")
        assert case.number in page.content.decode()
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert browser.get(f"/kasus/{case.id}/").status_code == 200

    def test_triage_takes_a_report_and_opens_a_case(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            browser.post(
                "/keluhan/lapor/", {"words": "Paspor ditahan", "agency": "P3MI-1", "name": "Yanti"}
            )
            listed = browser.get("/keluhan/").content.decode()
            assert "Paspor ditahan" in listed
            assert "Yanti" not in listed
            with acting_as(cast.ATTACHE):
                (waiting,) = queries.waiting_complaints(cast.ATTACHE)
            page = browser.get(f"/keluhan/{waiting.id}/").content.decode()
            assert "Yanti" not in page
            browser.post(
                f"/keluhan/{waiting.id}/",
                {"what": "open", "person": who.public_number, "kind": "passport_kept"},
            )
        with acting_as(cast.ATTACHE):
            assert Case.objects.get().kind == "passport_kept"


def _plain(page: bytes) -> str:
    """A page without what is new at every showing."""
    # The instant of asking is no secret; some answers carry it.
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "", page.decode(errors="replace"))
    return re.sub(
        r'(csrfmiddlewaretoken|once|nonce|X-CSRFToken)"[^>]{0,120}|nonce="[^"]*"', "", text
    )


def _surfaces(who: Worker) -> list[str]:
    """Every address an agency can ask without knowing more than its own people, and searches."""
    plain = [
        f"/{each.pattern}"
        for each in get_resolver().url_patterns
        if hasattr(each, "callback") and "<" not in str(each.pattern)
    ]
    for resolver in get_resolver().url_patterns:
        for each in getattr(resolver, "url_patterns", []):
            route = f"/{resolver.pattern}{each.pattern}"
            if "<uuid:worker_id>" in route and route.count("<") == 1:
                plain.append(route.replace("<uuid:worker_id>", str(who.id)))
            elif "<" not in route and "(" not in route:
                plain.append(route)
    searches = ["Siti", who.public_number, "Yanti", "KSS", "paspor"]
    plain += [f"/pekerja/?q={each}" for each in searches] + [
        f"/cari/?q={each}" for each in searches
    ]
    return sorted(
        {each for each in plain if not each.startswith(("/health", "/keluar", "/saya/keluar"))}
    )


class TestTheAgency:
    def test_sees_the_same_on_every_page_before_and_after_a_report(
        self, who: Worker, scene: Scene
    ) -> None:
        with scene():
            Worker.objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
            type(who.state)._default_manager.filter(worker=who).update(
                agency_id=cast.RECRUITER.agency
            )
        asked = _surfaces(who)
        assert len(asked) > 25

        def seen(browser: Client) -> dict[str, tuple[int, str]]:
            answers = {}
            for each in asked:
                answer = browser.get(each)
                body = b"" if answer.streaming else answer.content
                answers[each] = (answer.status_code, _plain(body))
            return answers

        with signed_in(cast.RECRUITER) as browser:
            seen(browser)  # what looking leaves behind is there before both
            before = seen(browser)
            assert sum(status == 200 for status, _said in before.values()) > 5
        case = complain(who, CaseKind.OVERCHARGED)
        operations.add_evidence(
            cast.self_of(who.id), worker_id=who.id, content=b"OggS" + bytes(60), at=cast.NOW,
            evidence_id=new_id(), case_id=case.id,
        )  # fmt: skip
        operations.report_in_confidence(
            cast.self_of(who.id), words="Paspor kami ditahan", at=cast.NOW,
            about_agency=cast.RECRUITER.agency, name="Yanti",
        )  # fmt: skip
        with signed_in(cast.RECRUITER) as browser:
            after = seen(browser)
            assert browser.get(f"/kasus/{case.id}/").status_code in {403, 404}
        assert {page for page in before if before[page] != after[page]} == set()
