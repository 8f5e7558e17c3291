"""A person's documents go along wherever the person goes, whoever moved the person."""

from __future__ import annotations

from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.documents import operations, queries
from lindung.documents.models import Content, Document, Fitness, Unsealing
from lindung.registry import merging
from lindung.registry.balance import imbalances
from lindung.registry.models import Worker
from lindung.registry.scope import move
from tests import cast
from tests.cast import NOW, TODAY
from tests.conftest import Scene
from tests.documents import files

pytestmark = pytest.mark.usefixtures("posts", "places", "folder")

TABLES = (Document, Content, Fitness, Unsealing)


@pytest.fixture
def papers(posts: None, places: None, folder: Any, who: Worker) -> list[Document]:
    """An open paper, and a sealed result that was decided and opened: a row in every table."""
    me = cast.self_of(who.id)
    paper = operations.attach(me, who.id, type_id="passport", data=files.photo(), at=NOW)
    result = operations.attach(me, who.id, type_id="medical_first", data=files.PDF, at=NOW)
    operations.verify(cast.MINISTRY, result.id, on=TODAY, fit=True, valid_until=TODAY)
    operations.open_document(
        cast.MINISTRY, result.id, at=NOW, purpose="berkas", reason="Banding hasil pemeriksaan"
    )
    return [paper, result]


def scopes(who: Worker) -> dict[str, set[tuple[Any, ...]]]:
    with acting_as(ROBOT):
        return {
            model.__name__: set(
                model._default_manager.filter(worker=who).values_list(*Worker.SCOPE)
            )
            for model in TABLES
        }


def seen(actor: Actor, who: Worker) -> int:
    with acting_as(actor):
        return len(queries.documents_of(who.id))


class TestDocuments:
    @pytest.mark.parametrize(
        "scope",
        [
            {"post_id": cast.TAIPEI},
            {"agency_id": cast.RECRUITER.agency},
            {"region": cast.MALANG},
            {"country": "TW"},
            {"post_id": None, "agency_id": None, "region": "", "country": ""},
        ],
        ids=", ".join,
    )
    @pytest.mark.usefixtures("papers")
    def test_follow_every_column_of_the_scope(self, who: Worker, scope: dict[str, Any]) -> None:
        with acting_as(cast.OFFICER):
            move(who, **scope)
        theirs = tuple(who.scope().values())
        assert scopes(who) == {model.__name__: {theirs} for model in TABLES}
        assert {name: who.scope()[name] for name in scope} == scope
        with acting_as(ROBOT):
            assert imbalances() == []

    @pytest.mark.usefixtures("papers")
    def test_are_the_new_region_s_and_no_more_the_old_one_s(self, who: Worker) -> None:
        assert (seen(cast.OFFICER, who), seen(cast.OTHER_OFFICER, who)) == (2, 0)
        with acting_as(cast.OFFICER):
            move(who, region=cast.MALANG)
        assert (seen(cast.OFFICER, who), seen(cast.OTHER_OFFICER, who)) == (0, 2)

    @pytest.mark.usefixtures("papers")
    def test_are_the_new_agency_s_but_for_the_sealed_one(self, who: Worker) -> None:
        assert seen(cast.RECRUITER, who) == 0
        with acting_as(cast.OFFICER):
            move(who, agency_id=cast.RECRUITER.agency)
        assert (seen(cast.RECRUITER, who), seen(cast.OTHER_RECRUITER, who)) == (1, 0)
        with acting_as(cast.OFFICER):
            move(who, agency_id=cast.OTHER_RECRUITER.agency)
        assert (seen(cast.RECRUITER, who), seen(cast.OTHER_RECRUITER, who)) == (0, 1)

    @pytest.mark.usefixtures("papers")
    def test_go_to_the_post_in_charge(self, who: Worker) -> None:
        cast.offered(who)
        assert (seen(cast.ATTACHE, who), seen(cast.OTHER_ATTACHE, who)) == (2, 0)

    def test_of_two_entries_take_the_scope_of_the_kept_one_and_get_theirs_back(
        self, who: Worker, papers: list[Document]
    ) -> None:
        keep = cast.worker(full_name="Siti Rahayu binti Karso", region=cast.MALANG)
        made = merging.merge(
            cast.MINISTRY, keep_id=keep.id, gone_id=who.id, reason="Orang yang sama", on=TODAY
        )
        assert (seen(cast.OFFICER, keep), seen(cast.OTHER_OFFICER, keep)) == (0, len(papers))
        with acting_as(ROBOT):
            assert imbalances() == []
        merging.unmerge(cast.MINISTRY, made.id, reason="Ternyata dua orang", on=TODAY)
        assert (seen(cast.OFFICER, who), seen(cast.OTHER_OFFICER, who)) == (len(papers), 0)
        with acting_as(ROBOT):
            assert imbalances() == []

    @pytest.mark.parametrize("model", TABLES)
    @pytest.mark.usefixtures("papers")
    def test_that_stayed_behind_are_found_by_the_balance(
        self, who: Worker, model: Any, scene: Scene
    ) -> None:
        with scene():
            model.objects.filter(worker=who).update(region=cast.MALANG)
        with acting_as(ROBOT):
            (found,) = imbalances()
        assert found.table == model._meta.db_table
