"""Two people in one record: who is there is seen, and nothing is saved over unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lindung.access import filters, presence
from lindung.access.acting import acting_as
from lindung.access.models import Presence, SavedFilter
from lindung.kernel.refusals import NotFound
from lindung.registry import operations as registry
from lindung.registry.models import Worker
from tests import cast
from tests.site.desk.browsing import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SARI = cast._actor(
    cast.ATTACHE.kind, "attache", "Sari", office="KBRI Seoul", posts=cast.ATTACHE.posts
)


@pytest.fixture
def who() -> Worker:
    """At work in Korea."""
    made = cast.worker()
    cast.arrived(made)
    return made


class TestPresence:
    def test_shows_a_colleague_who_types(self, who: Worker) -> None:
        with signed_in(SARI) as browser:
            browser.post(f"/hadir/pekerja/{who.id}/", {"menulis": "1"})
        with signed_in(cast.ATTACHE) as browser:
            part = browser.post(f"/hadir/pekerja/{who.id}/", {"menulis": "0"})
        assert "Sari sedang menulis" in part.content.decode()
        assert "Rina" not in part.content.decode()

    def test_ends_by_itself(self, who: Worker) -> None:
        with acting_as(SARI):
            presence.tell(SARI, who.id, writing=True, now=NOW)
        with acting_as(cast.ATTACHE):
            later = NOW + presence.LASTS
            assert presence.others(cast.ATTACHE, who.id, now=later)
            past = later + timedelta(seconds=1)
            assert presence.others(cast.ATTACHE, who.id, now=past) == []
        with acting_as(SARI):
            presence.tell(SARI, cast.ATTACHE.id, writing=False, now=past)
            assert Presence.objects.count() == 1

    @pytest.mark.parametrize("stranger", [cast.OTHER_ATTACHE, cast.RECRUITER, cast.OFFICER])
    def test_is_not_seen_by_another_office(self, who: Worker, stranger) -> None:  # type: ignore[no-untyped-def]
        with acting_as(SARI):
            presence.tell(SARI, who.id, writing=True, now=NOW)
        with acting_as(stranger):
            assert not Presence.objects.exists()

    def test_is_closed_to_whoever_may_not_see_the_page(self, who: Worker) -> None:
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert browser.post(f"/hadir/pekerja/{who.id}/").status_code == 404
            assert browser.post(f"/hadir/lain/{who.id}/").status_code == 404
        with signed_in(cast.RECRUITER) as browser:
            assert browser.post(f"/hadir/kasus/{who.id}/").status_code == 403


class TestAPersonsData:
    def form(self, who: Worker, **changes: str) -> dict[str, str]:
        """As the page sends it."""
        return {
            "version": "1", "full_name": who.full_name, "call_name": who.call_name, "sex": "F",
            "birth_date": "1999-04-12", "birth_place": "",
        } | changes  # fmt: skip

    def test_is_saved(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            page = browser.get(f"/pekerja/{who.id}/ubah/")
            version = str(page.context["version"])
            answer = browser.post(
                f"/pekerja/{who.id}/ubah/", self.form(who, version=version, call_name="Iti")
            )
        assert answer.status_code == 302
        with acting_as(cast.ATTACHE):
            assert Worker.objects.get(id=who.id).call_name == "Iti"

    def test_is_never_saved_over_a_newer_version_unseen(self, who: Worker) -> None:
        with acting_as(cast.ATTACHE):
            version = Worker.objects.get(id=who.id).version
        registry.update(SARI, who.id, version=version, changes={"birth_place": "Ponorogo"})
        typed = self.form(who, version=str(version), birth_place="Madiun", call_name="Iti")
        with signed_in(cast.ATTACHE) as browser:
            page = browser.post(f"/pekerja/{who.id}/ubah/", typed)
            assert page.status_code == 409
            said = {each.label: (each.theirs, each.typed) for each in page.context["clashes"]}
            assert said["Tempat lahir"] == ("Ponorogo", "Madiun")
            assert 'value="Madiun"' in page.content.decode()
            with acting_as(cast.ATTACHE):
                kept = Worker.objects.get(id=who.id)
            assert (kept.birth_place, kept.call_name) == ("Ponorogo", who.call_name)
            again = typed | {"version": str(page.context["version"])}
            assert browser.post(f"/pekerja/{who.id}/ubah/", again).status_code == 302
        with acting_as(cast.ATTACHE):
            assert Worker.objects.get(id=who.id).birth_place == "Madiun"


class TestNamedFilters:
    def test_are_shared_within_the_office_alone(self) -> None:
        with acting_as(SARI):
            filters.save_filter(SARI, name="Gaji", query="masalah=wages_unpaid", shared=True)
            filters.save_filter(SARI, name="Saya", query="siapa=saya", shared=False)
        with acting_as(cast.ATTACHE):
            assert [each.name for each in filters.saved_filters(cast.ATTACHE)] == ["Gaji"]
        for stranger in (cast.OTHER_ATTACHE, cast.OFFICER, cast.RECRUITER):
            with acting_as(stranger):
                assert not SavedFilter.objects.exists()

    def test_are_forgotten_by_their_owner_alone(self) -> None:
        with acting_as(SARI):
            made = filters.save_filter(SARI, name="Gaji", query="siapa=saya", shared=True)
        with acting_as(cast.ATTACHE), pytest.raises(NotFound):
            filters.forget_filter(cast.ATTACHE, made.id)
        with acting_as(SARI):
            filters.forget_filter(SARI, made.id)
            assert filters.saved_filters(SARI) == []

    def test_are_kept_from_the_page(self) -> None:
        with signed_in(cast.ATTACHE) as browser:
            given = {"saringan": "jenis=kasus&agensi=bukan-id", "name": "Kasus"}
            browser.post("/antrean/saringan/", given)
            saved = browser.get("/").context["saved"]
        assert [(each.name, each.query, each.shared) for each in saved] == [
            ("Kasus", "jenis=kasus", False)
        ]
