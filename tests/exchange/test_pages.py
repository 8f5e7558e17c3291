"""The exchange's pages, as each side and each duty meets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.actors import Kind
from lindung.access.models import JournalEntry, Post
from lindung.access.roles import ROBOT
from lindung.exchange import queries
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import GraveAct, Incoming, Outgoing, Partner
from lindung.exchange.operations import applying, inbox, outbox
from lindung.exchange.operations.partners import heard, missed
from lindung.exchange.queries import links
from lindung.kernel.refusals import NotFound
from tests import cast
from tests.site.test_closed_pages import signed_in

from .conftest import Stranger

pytestmark = pytest.mark.usefixtures("posts", "places")

PAGES = (
    "exchange-partner", "exchange-messages-of", "exchange-matching", "exchange-repair",
    "exchange-shared", "exchange-trust",
)  # fmt: skip
FOR_ALL = ("exchange-partner", "exchange-messages-of", "exchange-shared", "exchange-trust")
DATA = {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"}


@pytest.fixture
def ministry(scene: Any) -> Client:
    return signed_in(scene, role="ministry_officer")


@pytest.fixture
def korean(scene: Any) -> Client:
    return signed_in(scene, role="counterpart", country="KR")


@pytest.fixture
def taiwanese(scene: Any, other: Partner) -> Client:
    return signed_in(scene, role="counterpart", country="TW")


@pytest.fixture
def other(scene: Any) -> Partner:
    with scene():
        return Partner.objects.create(
            code="tw-test", name="Other node", country="TW", node="urn:lindung:node:tw-test",
            base_url="http://other.test", adapter="http", agreement="MoU", is_demo=True,
        )  # fmt: skip


def attache(scene: Any, number: int = cast.SEOUL) -> Client:
    with scene():
        post = Post.objects.get(id=number)
    return signed_in(scene, role="attache", post=post)


@pytest.fixture
def told(stranger: Stranger, partner: Partner) -> Incoming:
    """The partner said something about a worker of ours; it is in the books."""
    made = cast.placement(cast.worker())
    inbox.take([stranger.roster(made.number)[1]])
    applying.apply_incoming(partner.pk)
    with acting_as(ROBOT):
        return Incoming.objects.get(state=IncomingState.APPLIED)


def looks() -> list[tuple[str, Any]]:
    with acting_as(cast.MINISTRY):
        types = ["access.PersonLookedAt", "exchange.MessageOpened"]
        rows = JournalEntry.objects.filter(type__in=types).order_by("at")
        return [(row.type, row.worker_id) for row in rows]


class TestThePages:
    @pytest.mark.parametrize("name", PAGES)
    def test_open_for_the_ministry(self, ministry: Client, told: Incoming, name: str) -> None:
        answer = ministry.get(reverse(name, args=["kr-test"]))
        assert answer.status_code == 200

    @pytest.mark.parametrize("name", PAGES)
    def test_are_closed_to_recruiters_and_offices_at_home(
        self, scene: Any, partner: Partner, name: str
    ) -> None:
        from lindung.access.models import Office

        with scene():
            office = Office.objects.create(code="X", name="X", regions=["3502"])
        for client in (
            signed_in(scene, role="agency_staff", agency_id=cast.RECRUITER.agency),
            signed_in(scene, role="placement_officer", office=office),
        ):
            assert client.get(reverse(name, args=["kr-test"])).status_code == 403

    @pytest.mark.parametrize("name", FOR_ALL)
    def test_open_for_the_other_country_s_officials(
        self, korean: Client, told: Incoming, name: str
    ) -> None:
        assert korean.get(reverse(name, args=["kr-test"])).status_code == 200

    @pytest.mark.parametrize("name", PAGES)
    def test_show_another_country_nothing(
        self, taiwanese: Client, told: Incoming, name: str
    ) -> None:
        answer = taiwanese.get(reverse(name, args=["kr-test"]))
        assert answer.status_code in {403, 404}
        assert "Test node" not in answer.content.decode()

    @pytest.mark.parametrize("name", ["exchange-matching", "exchange-repair"])
    def test_of_our_own_work_are_not_the_other_country_s(
        self, korean: Client, partner: Partner, name: str
    ) -> None:
        assert korean.get(reverse(name, args=["kr-test"])).status_code == 403

    def test_are_all_that_the_other_country_s_officials_have(
        self, korean: Client, partner: Partner
    ) -> None:
        assert korean.get("/")["Location"] == reverse("exchange")
        page = korean.get(reverse("exchange-partner", args=["kr-test"])).content.decode()
        assert 'href="/pekerja/"' not in page
        assert 'href="/kasus/"' not in page
        assert 'action="/pekerja/"' not in page

    def test_are_mirrored_for_the_other_side(
        self, ministry: Client, korean: Client, told: Incoming
    ) -> None:
        url = reverse("exchange-partner", args=["kr-test"])
        ours, theirs = ministry.get(url).content.decode(), korean.get(url).content.decode()
        assert "Indonesia ⇄ Test node" in ours
        assert "Test node ⇄ Indonesia" in theirs
        assert "Kita kirim" in theirs
        assert "Kita kirim" not in ours
        listing = reverse("exchange-messages-of", args=["kr-test"]) + "?daftar=received"
        assert "dicatat di sana" in korean.get(listing).content.decode()
        assert "dicatat di sana" not in ministry.get(listing).content.decode()

    def test_list_exactly_the_messages_a_number_counts(
        self, told: Incoming, stranger: Stranger, partner: Partner
    ) -> None:
        with acting_as(ROBOT):
            for state, more in (
                ("waiting", {}),
                ("dead", {}),
                ("refused", {"answered_at": told.came_at}),
            ):
                sent = outbox.send("candidate.removed", "PMI-1", DATA, partner=partner)
                Outgoing.objects.filter(pk=sent.pk).update(state=state, **more)
        inbox.take([stranger.roster("PMI-2")[1]] * 2)
        since = datetime.now(UTC) - timedelta(days=30)
        with acting_as(cast.MINISTRY):
            rows = queries.counts(partner, since=since)
            assert len(rows) == 2
            for row in rows:
                for which in queries.LISTED:
                    found = queries.listed(partner, which, since=since, name=row.name)
                    assert found.count() == getattr(row, which), (row.name, which)


class TestAMessage:
    def test_shows_its_fields_in_words_and_its_proofs_checked(
        self, ministry: Client, told: Incoming
    ) -> None:
        page = ministry.get(reverse("exchange-message", args=[told.pk])).content.decode()
        assert "keadaan per" in page
        assert "2 Mar 2026" in page
        assert told.digest in page
        assert "tidak terbukti" not in page
        assert "tidak cocok" not in page

    def test_shows_a_broken_proof_as_broken(
        self, ministry: Client, told: Incoming, scene: Any
    ) -> None:
        with scene():
            Incoming.objects.filter(pk=told.pk).update(raw=bytes(told.raw) + b" ")
        page = ministry.get(reverse("exchange-message", args=[told.pk])).content.decode()
        assert "tidak terbukti" in page
        assert "tidak cocok" in page

    def test_opened_is_written_on_the_person_s_own_list(
        self, ministry: Client, korean: Client, told: Incoming
    ) -> None:
        for client in (ministry, korean):
            client.get(reverse("exchange-message", args=[told.pk]))
        assert looks() == [("access.PersonLookedAt", told.worker_id)] * 2

    def test_about_someone_unknown_is_journalled_too(
        self, ministry: Client, stranger: Stranger, partner: Partner
    ) -> None:
        inbox.take([stranger.roster("KR-1")[1]])
        applying.apply_incoming(partner.pk)
        with acting_as(ROBOT):
            row = Incoming.objects.get()
        ministry.get(reverse("exchange-message", args=[row.pk]))
        assert looks() == [("exchange.MessageOpened", None)]

    def test_shows_the_place_of_a_fault_of_ours_to_our_people_alone(
        self, ministry: Client, korean: Client, told: Incoming, scene: Any
    ) -> None:
        with scene():
            Incoming.objects.filter(pk=told.pk).update(
                state="error", reason="", note="KeyError: exchange/x.py:1"
            )
        url = reverse("exchange-message", args=[told.pk])
        assert "exchange/x.py" in ministry.get(url).content.decode()
        assert "exchange/x.py" not in korean.get(url).content.decode()

    def test_says_nothing_of_people_to_an_administrator(self, scene: Any, told: Incoming) -> None:
        client = signed_in(scene, role="administrator")
        answer = client.get(reverse("exchange-message", args=[told.pk]))
        assert answer.status_code == 200
        assert "keadaan per" not in answer.content.decode()
        assert looks() == []
        for name in ("exchange-raw", "exchange-correct"):
            assert client.get(reverse(name, args=[told.pk])).status_code == 403

    def test_gives_its_exact_bytes_to_those_allowed(
        self, ministry: Client, korean: Client, told: Incoming
    ) -> None:
        url = reverse("exchange-raw", args=[told.pk])
        assert ministry.get(url).content == bytes(told.raw)
        assert korean.get(url).status_code == 403
        assert len(looks()) == 1

    def test_is_not_found_by_another_country_or_post(
        self, scene: Any, taiwanese: Client, told: Incoming
    ) -> None:
        for client in (taiwanese, attache(scene, cast.TAIPEI)):
            assert client.get(reverse("exchange-message", args=[told.pk])).status_code == 404
        for actor in (
            cast.OTHER_ATTACHE,
            cast._actor(Kind.PARTNER, "counterpart", "L", country="TW"),
        ):
            with acting_as(actor), pytest.raises(NotFound):
                queries.opened(told.pk)

    def test_is_nothing_to_a_recruiter(self, told: Incoming) -> None:
        from django.db import ProgrammingError, transaction

        with acting_as(cast.RECRUITER), pytest.raises(ProgrammingError), transaction.atomic():
            list(Incoming.objects.all())

    def test_stays_within_a_few_queries(
        self, ministry: Client, told: Incoming, django_assert_max_num_queries: Any
    ) -> None:
        for url in (
            reverse("exchange-message", args=[told.pk]),
            reverse("exchange-partner", args=["kr-test"]),
        ):
            ministry.get(url)
            with django_assert_max_num_queries(40):
                ministry.get(url)


class TestTheMatchingPage:
    @pytest.fixture
    def row(self, stranger: Stranger, partner: Partner) -> Incoming:
        inbox.take([stranger.roster("KR-1")[1]])
        applying.apply_incoming(partner.pk)
        with acting_as(ROBOT):
            return Incoming.objects.get()

    def test_lists_who_waits_for_the_post(self, scene: Any, row: Incoming) -> None:
        url = reverse("exchange-matching", args=["kr-test"])
        assert "KR-1" in attache(scene).get(url).content.decode()
        assert "KR-1" not in attache(scene, cast.TAIPEI).get(url).content.decode()

    def test_links_by_a_placement_s_number(self, ministry: Client, row: Incoming) -> None:
        made = cast.placement(cast.worker())
        url = reverse("exchange-match", args=[row.pk])
        answer = ministry.post(url, {"langkah": "hubungkan", "who": made.number.lower()})
        assert answer.status_code == 302
        with acting_as(ROBOT):
            assert Incoming.objects.get().state == "applied"

    def test_keeps_what_was_typed_when_nobody_has_that_number(
        self, ministry: Client, row: Incoming
    ) -> None:
        url = reverse("exchange-match", args=[row.pk])
        answer = ministry.post(url, {"langkah": "hubungkan", "who": "PMI-0000"})
        assert answer.status_code == 422
        assert "PMI-0000" in answer.content.decode()

    def test_records_a_new_person(self, ministry: Client, row: Incoming) -> None:
        url = reverse("exchange-match", args=[row.pk])
        answer = ministry.post(url, {"langkah": "catat", "full_name": "Rahma", "sex": "F"})
        assert answer.status_code == 302
        with acting_as(ROBOT):
            assert Incoming.objects.get().worker_id is not None


class TestTheRepairPage:
    def test_shows_why_what_helps_and_corrects(self, ministry: Client, partner: Partner) -> None:
        with acting_as(ROBOT):
            row = outbox.send("candidate.removed", "PMI-1", DATA, partner=partner)
            Outgoing.objects.filter(pk=row.pk).update(state="refused", reason="person_mismatch")
        page = ministry.get(reverse("exchange-repair", args=["kr-test"])).content.decode()
        assert "Data orangnya berbeda" in page
        url = reverse("exchange-correct", args=[row.pk])
        assert "withdrawn_by_origin" in ministry.get(url).content.decode()
        wrong = ministry.post(
            url, {"isi.removed_on": "kemarin", "isi.reason": "other", "reason": "Tanggal salah"}
        )
        assert wrong.status_code == 422
        assert "kemarin" in wrong.content.decode()
        right = ministry.post(
            url,
            {"isi.removed_on": "2026-03-05", "isi.reason": "withdrawn_by_worker", "reason": "x"},
        )
        assert right.status_code == 302
        with acting_as(ROBOT):
            assert list(Outgoing.objects.order_by("id").values_list("state", flat=True)) == [
                "settled", "waiting",
            ]  # fmt: skip

    def test_takes_two_people_to_set_a_message_aside(
        self, scene: Any, ministry: Client, stranger: Stranger, partner: Partner, monkeypatch: Any
    ) -> None:
        def broken(_actor: object, _message: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setitem(applying._handlers, "roster.status", broken)
        inbox.take([stranger.roster("PMI-1")[1]])
        applying.apply_incoming(partner.pk)
        with acting_as(ROBOT):
            row = Incoming.objects.get()
        ministry.post(reverse("exchange-aside", args=[row.pk]), {"reason": "Rusak"})
        with acting_as(ROBOT):
            act = GraveAct.objects.get()
        url = reverse("exchange-aside-answer", args=[act.pk])
        ministry.post(url, {"langkah": "setuju"})
        with acting_as(ROBOT):
            assert Incoming.objects.get().state == "error"
        second = signed_in(scene, role="ministry_officer")
        assert second.post(url, {"langkah": "setuju"})["Location"].endswith("/perbaikan/")
        with acting_as(ROBOT):
            assert Incoming.objects.get().state == "aside"


class TestTheStatusPage:
    @pytest.fixture(autouse=True)
    def counted_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each question is counted by itself here."""
        monkeypatch.setattr(links, "_counted", links._counted.__wrapped__)

    def test_is_anyone_s(self, client: Client, partner: Partner) -> None:
        with acting_as(ROBOT):
            heard(partner.pk, at=datetime(2026, 11, 1, tzinfo=UTC))
        page = client.get("/status/pertukaran/")
        assert page.status_code == 200
        assert "Tersambung" in page.content.decode()
        [link] = client.get("/status/pertukaran.json").json()["links"]
        assert (link["partner"], link["state"]) == ("kr-test", "up")
        assert link["since"].startswith("2026-11-01")

    def test_says_since_when_a_line_is_down(self, client: Client, partner: Partner) -> None:
        day = datetime(2026, 11, 1, tzinfo=UTC)
        later = datetime.now(UTC) + timedelta(hours=1)
        with acting_as(ROBOT):
            heard(partner.pk, at=day)
            missed(partner.pk, at=day + timedelta(days=1), open_until=None)
            missed(partner.pk, at=day + timedelta(days=2), open_until=later)
        [link] = client.get("/status/pertukaran.json").json()["links"]
        assert (link["state"], link["since"][:10]) == ("down", "2026-11-02")
        with acting_as(ROBOT):
            heard(partner.pk, at=day + timedelta(days=3))
        [link] = client.get("/status/pertukaran.json").json()["links"]
        assert (link["state"], link["since"][:10]) == ("up", "2026-11-04")

    def test_tells_no_time_of_a_few_messages_and_never_a_count(
        self, client: Client, partner: Partner
    ) -> None:
        def deliver(seconds: int) -> None:
            row = outbox.send("candidate.removed", f"PMI-{seconds}", DATA, partner=partner)
            at = row.written_at + timedelta(seconds=seconds)
            Outgoing.objects.filter(pk=row.pk).update(state="stored", stored_at=at)

        with acting_as(ROBOT):
            for seconds in range(1, 5):
                deliver(seconds)
        [link] = client.get("/status/pertukaran.json").json()["links"]
        assert link["last_24_hours"] == {"median_seconds": None, "slowest_seconds": None}
        with acting_as(ROBOT):
            deliver(60)
        [link] = client.get("/status/pertukaran.json").json()["links"]
        assert link["last_24_hours"] == {"median_seconds": 3.0, "slowest_seconds": 60.0}
        assert set(link) == {
            "partner", "name", "country", "simulated", "state", "since", "last_24_hours",
            "last_30_days",
        }  # fmt: skip
