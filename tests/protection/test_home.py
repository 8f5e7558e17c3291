"""What an office at home reads of a case of somebody at home, and that it called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.protection import operations
from lindung.protection.models import Case, CaseKind, CaseNote, ContactAttempt
from lindung.registry.models import Task, Worker
from tests import cast
from tests.cast import ATTACHE, NOW, OFFICER, OTHER_OFFICER, RECRUITER
from tests.conftest import Scene
from tests.factories import OfficeFactory
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def case() -> Case:
    """Somebody at home who has no post yet asks for help."""
    who = cast.worker()
    return operations.complain(
        cast.self_of(who.id), who.id, words="Ditagih calo.", at=NOW, kind=CaseKind.OVERCHARGED
    )


class TestTheOfficeAtHome:
    def test_reads_number_kind_and_clock_and_the_look_is_recorded(self, case: Case) -> None:
        found = operations.read_home_case(OFFICER, case.id)
        assert (found.number, found.sealed) == (case.number, False)
        assert found.kind == "Biaya melebihi batas"
        assert not hasattr(found, "words")
        with acting_as(ROBOT):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt", actor_id=OFFICER.id)
            assert looks.count() == 1

    def test_learns_of_a_sealed_case_only_that_there_is_one(self) -> None:
        who = cast.worker()
        sealed = operations.complain(
            cast.self_of(who.id), who.id, words="x", at=NOW, kind=CaseKind.SEXUAL_VIOLENCE
        )
        found = operations.read_home_case(OFFICER, sealed.id)
        assert found.sealed
        assert "seksual" not in found.kind.lower()

    def test_calls_and_the_task_is_done(self, case: Case) -> None:
        with pytest.raises(Incomplete):
            operations.call_from_home(
                OFFICER, case.id, channel="phone", reached=True, words="", at=LATER
            )
        operations.call_from_home(
            OFFICER, case.id, channel="phone", reached=True, words="Aman, di rumah.", at=LATER
        )
        with acting_as(ROBOT):
            assert Case.objects.get(id=case.id).answered_at == LATER
            assert ContactAttempt.objects.get().by_name == OFFICER.name
            assert CaseNote.objects.filter(internal=True).count() == 1
            assert not Task.objects.filter(kind="case:home", state="open").exists()

    def test_not_reached_leaves_the_clock_and_the_task(self, case: Case) -> None:
        operations.call_from_home(
            OFFICER, case.id, channel="phone", reached=False, words="", at=LATER
        )
        with acting_as(ROBOT):
            assert Case.objects.get(id=case.id).answered_at is None
            assert Task.objects.filter(kind="case:home", state="open").exists()

    def test_has_nothing_of_another_region_or_of_a_post(self, case: Case, scene: Scene) -> None:
        with pytest.raises(NotFound):
            operations.read_home_case(OTHER_OFFICER, case.id)
        for stranger in (RECRUITER, ATTACHE):
            with pytest.raises(NotAllowed):
                operations.read_home_case(stranger, case.id)
        with scene():
            Worker.objects.update(post_id=cast.SEOUL)
            Case.objects.update(post_id=cast.SEOUL)
        with pytest.raises(NotFound):
            operations.read_home_case(OFFICER, case.id)

    def test_has_a_page_and_no_other(self, case: Case, scene: Scene) -> None:
        with scene():
            office = OfficeFactory(regions=[cast.PONOROGO])
        client = signed_in(scene, role="placement_officer", office=office)
        page = client.get(reverse("home_case", args=[case.id]))
        assert case.number in page.content.decode()
        assert "Ditagih calo" not in page.content.decode()
        assert client.get(reverse("case", args=[case.id])).status_code == 403
        wrong = client.post(
            reverse("home_case", args=[case.id]), {"channel": "phone", "reached": "on"}
        )
        assert wrong.status_code == 422
        assert "Tulis apa yang dikatakan" in wrong.content.decode()
