"""Two entries of one person: merged, found under both numbers, and undone to the row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ANYONE, ROBOT
from lindung.kernel import mrz
from lindung.kernel.identifiers import Kind
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry import entry, merging, operations, queries
from lindung.registry.balance import imbalances
from lindung.registry.models import (
    Confidence,
    FactKind,
    FamilyMember,
    Identifier,
    MergeRecord,
    Source,
    Task,
    Worker,
    WorkerState,
    WorkerToken,
)
from tests import cast
from tests.access import cast as rows
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts")
WHY = "Foto dan ibu kandung sama."


def merge(keep: Worker, gone: Worker, actor: Any = cast.OFFICER) -> MergeRecord:
    return merging.merge(actor, keep_id=keep.id, gone_id=gone.id, reason=WHY, on=cast.TODAY)


def nik(who: Worker, value: str) -> None:
    operations.add_identifier(cast.OFFICER, who.id, kind=Kind.NIK, value=value, on=cast.TODAY)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that has people's rows, as it stands."""
    found = {}
    with acting_as(ROBOT):
        for model in [Worker, WorkerState, WorkerToken, *merging.tables()]:
            found[model._meta.label] = sorted(
                map(str, model._default_manager.order_by("pk").values_list())
            )
    return found


class TestMerge:
    def test_leads_from_the_gone_number_to_the_kept_person(self) -> None:
        keep, gone = cast.worker(), cast.worker(full_name="Sitti Rahajoe")
        merge(keep, gone)
        with acting_as(cast.OFFICER):
            assert queries.worker_by_number(gone.public_number) == keep
            assert queries.find_workers(cast.OFFICER, gone.public_number.lower()) == [keep]
            assert queries.kept_id(gone.id) == keep.id
            with pytest.raises(NotFound):
                queries.worker(gone.id)
            assert queries.newest_workers(cast.OFFICER) == [keep]
        with acting_as(cast.MINISTRY):
            assert queries.newest_workers(cast.MINISTRY) == [keep]

    def test_finds_the_kept_person_by_the_name_of_the_gone_one_also_after_a_change(self) -> None:
        keep, gone = cast.worker(), cast.worker(full_name="Wulandari", call_name="Wulan")
        merge(keep, gone)
        operations.update(cast.OFFICER, keep.id, version=1, changes={"full_name": "Siti R."})
        with acting_as(cast.OFFICER):
            assert queries.find_workers(cast.OFFICER, "wulandari") == [keep]

    def test_signs_in_with_either_telephone(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        phone = "+6281234567890"
        operations.add_identifier(
            cast.self_of(gone.id), gone.id, kind=Kind.PHONE, value=phone, on=cast.TODAY
        )
        merge(keep, gone)
        indexes = entry.phone_indexes(phone, on=cast.TODAY)
        assert entry.workers_with_phone(indexes, on=cast.TODAY) == [keep]

    def test_takes_placements_cases_and_numbers_along(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        made = cast.placement(gone)
        cast.placing.withdraw(cast.OFFICER, made.id, reason="Batal")
        protection.complain(
            cast.self_of(gone.id),
            gone.id,
            words="Uang muka",
            at=cast.NOW,
            kind=CaseKind.WAGES_UNPAID,
        )
        merge(keep, gone)
        with acting_as(cast.OFFICER):
            assert [each.id for each in cast.placements.placements_of(keep.id)] == [made.id]
        with acting_as(cast.MINISTRY):
            assert Case.objects.get().worker_id == keep.id

    def test_tells_both_lives_in_one_line(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        merge(keep, gone)
        with acting_as(cast.OFFICER):
            person = queries.worker(keep.id)
            told = queries.story(cast.OFFICER, person).entries
        enrolled = {each.worker_id for each in told if each.type == "registry.WorkerEnrolled"}
        assert enrolled == {keep.id, gone.id}

    def test_leaves_what_both_had_with_the_alias(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        for who in (keep, gone):
            nik(who, "3502015204990001")
        merge(keep, gone)
        with acting_as(ROBOT):
            assert Identifier.objects.filter(worker=keep).count() == 1
            assert Identifier.objects.filter(worker=gone).count() == 1
            assert imbalances() == []

    def test_gives_the_moved_rows_the_kept_scope(self) -> None:
        keep, gone = cast.worker(), cast.worker(region=cast.MALANG)
        nik(keep, "3502015204990001")
        merge(keep, gone, cast.MINISTRY)
        with acting_as(ROBOT):
            assert imbalances() == []
        with acting_as(cast.OTHER_OFFICER), pytest.raises(NotFound):
            queries.worker_by_number(gone.public_number)

    def test_asked_twice_is_done_once(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        assert merge(keep, gone).id == _again(keep, gone).id

    def test_refuses_without_a_reason_or_a_second_entry(self) -> None:
        keep = cast.worker()
        with pytest.raises(Incomplete):
            merging.merge(
                cast.OFFICER, keep_id=keep.id, gone_id=cast.new_id(), reason=" ", on=cast.TODAY
            )
        with pytest.raises(merging.SameEntry):
            merge(keep, keep)

    def test_refuses_two_placements_under_way_and_the_wrong_way_round(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        cast.placement(gone)
        with pytest.raises(merging.KeepTheOtherOne):
            merge(keep, gone)
        cast.placement(keep)
        with pytest.raises(merging.BothUnderWay):
            merge(keep, gone)

    def test_needs_both_in_scope(self) -> None:
        keep, gone = cast.worker(), cast.worker(region=cast.MALANG)
        for actor in (cast.OFFICER, cast.OTHER_OFFICER, cast.ATTACHE):
            with pytest.raises(NotFound):
                merge(keep, gone, actor)

    def test_is_closed_to_recruiters_and_the_person(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        for actor in (cast.RECRUITER, cast.self_of(keep.id)):
            with pytest.raises(NotAllowed):
                merge(keep, gone, actor)


def _again(keep: Worker, gone: Worker) -> MergeRecord:
    """A second tap, by somebody who still sees both."""
    return merge(keep, gone, cast.MINISTRY)


class TestFourEyes:
    @pytest.fixture
    def proposed(self) -> MergeRecord:
        keep, gone = cast.worker(), cast.worker()
        nik(keep, "3502015204990001")
        nik(gone, "3502015204990002")
        return merge(keep, gone)

    def test_nothing_moves_while_two_nik_differ(self, proposed: MergeRecord) -> None:
        assert proposed.state == "proposed"
        with acting_as(cast.OFFICER):
            assert queries.worker(proposed.gone_id).merged_into_id is None

    def test_the_proposer_does_not_agree_too(self, proposed: MergeRecord) -> None:
        with pytest.raises(merging.AnotherPersonAgrees):
            merging.confirm_merge(cast.OFFICER, proposed.id, on=cast.TODAY)

    def test_another_account_agrees(self, proposed: MergeRecord) -> None:
        done = merging.confirm_merge(cast.MINISTRY, proposed.id, on=cast.TODAY)
        assert (done.state, done.settled_by) == ("merged", cast.MINISTRY.id)
        with pytest.raises(StepClosed):
            merging.confirm_merge(cast.MINISTRY, proposed.id, on=cast.TODAY)

    def test_another_office_and_a_stranger_do_not(self, proposed: MergeRecord) -> None:
        with pytest.raises(NotFound):
            merging.confirm_merge(cast.OTHER_OFFICER, proposed.id, on=cast.TODAY)
        with pytest.raises(NotFound):
            merging.decline_merge(cast.OTHER_OFFICER, proposed.id, on=cast.TODAY)
        with pytest.raises(NotAllowed):
            merging.confirm_merge(cast.RECRUITER, proposed.id, on=cast.TODAY)

    def test_may_be_declined_and_then_the_way_is_free(self, proposed: MergeRecord) -> None:
        merging.decline_merge(cast.MINISTRY, proposed.id, on=cast.TODAY)
        again = merging.merge(
            cast.OFFICER,
            keep_id=proposed.gone_id,
            gone_id=proposed.worker_id,
            reason=WHY,
            on=cast.TODAY,
        )
        assert again.state == "proposed"

    def test_an_entry_waits_for_one_answer_at_a_time(self, proposed: MergeRecord) -> None:
        third = cast.worker()
        with acting_as(cast.OFFICER):
            gone = queries.worker(proposed.gone_id)
        with pytest.raises(merging.AlreadyMerged):
            merge(third, gone)


class TestUnmerge:
    def test_restores_every_row(self) -> None:
        keep, gone = cast.worker(), cast.worker(full_name="Wulandari")
        _live(gone)
        before = everything()
        made = merge(keep, gone)
        assert everything() != before
        merging.unmerge(cast.OFFICER, made.id, reason="Saudara kembar.", on=cast.TODAY)
        assert everything() == before

    def test_leaves_what_came_since_with_the_kept_person(self) -> None:
        keep, gone = cast.worker(), cast.worker()
        made = merge(keep, gone)
        nik(keep, "3502015204990001")
        merging.unmerge(cast.OFFICER, made.id, reason="Kembar", on=cast.TODAY)
        with acting_as(ROBOT):
            assert Identifier.objects.get().worker_id == keep.id

    def test_goes_backwards_through_a_chain(self) -> None:
        first, second, third = (cast.worker() for _ in range(3))
        before = everything()
        one = merge(second, first)
        two = merge(third, second)
        with acting_as(cast.OFFICER):
            assert queries.worker_by_number(first.public_number) == third
        with pytest.raises(NotFound):
            merging.unmerge(cast.OFFICER, one.id, reason="x", on=cast.TODAY)
        with pytest.raises(merging.LaterMergeFirst):
            merging.unmerge(cast.MINISTRY, one.id, reason="x", on=cast.TODAY)
        for made in (two, one):
            merging.unmerge(cast.OFFICER, made.id, reason="x", on=cast.TODAY)
        assert everything() == before

    def test_needs_a_reason_and_is_done_once(self) -> None:
        made = merge(cast.worker(), cast.worker())
        with pytest.raises(Incomplete):
            merging.unmerge(cast.OFFICER, made.id, reason="", on=cast.TODAY)
        merging.unmerge(cast.OFFICER, made.id, reason="x", on=cast.TODAY)
        with pytest.raises(StepClosed):
            merging.unmerge(cast.OFFICER, made.id, reason="x", on=cast.TODAY)

    def test_is_closed_to_another_office_and_a_stranger(self) -> None:
        made = merge(cast.worker(), cast.worker())
        with pytest.raises(NotFound):
            merging.unmerge(cast.OTHER_OFFICER, made.id, reason="x", on=cast.TODAY)
        with pytest.raises(NotAllowed):
            merging.unmerge(cast.RECRUITER, made.id, reason="x", on=cast.TODAY)


def _live(who: Worker, told: int = 3) -> None:
    """Some life: numbers, a relative, facts, a placement that ended."""
    if told > 0:
        nik(who, "3502015204990001")
    if told > 1:
        operations.record_fact(
            cast.OFFICER,
            who.id,
            kind=FactKind.WHEREABOUTS,
            value={"region": "3502"},
            shown="Ponorogo",
            source=Source.WORKER,
            confirmed_on=cast.TODAY,
            confidence=Confidence.HIGH,
        )
    if told > 2:
        made = cast.placement(who)
        cast.placing.withdraw(cast.OFFICER, made.id, reason="Batal")
    with acting_as(ROBOT):
        for place in range(told):
            FamilyMember.objects.create(
                worker=who, name=f"Ibu {place}", relation="ibu", **who.scope()
            )


class TestTheLaw:
    """Merging and undoing is nothing: for any two lives, both ways round, and twice."""

    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        lives=st.tuples(st.integers(0, 3), st.integers(0, 3)),
        names=st.tuples(st.sampled_from(["Siti", "Wati Sari"]), st.sampled_from(["Siti", "Rini"])),
        times=st.integers(1, 2),
    )
    def test_merge_then_undo_is_identity_on_rows(
        self, lives: tuple[int, int], names: tuple[str, str], times: int
    ) -> None:
        one, other = (cast.worker(full_name=name) for name in names)
        for who, told in zip((one, other), lives, strict=True):
            _live(who, told)
        before = everything()
        for _ in range(times):
            made = merge(one, other)
            merging.unmerge(cast.OFFICER, made.id, reason="Kembar", on=cast.TODAY)
            assert everything() == before


def _moving_tables() -> list[Any]:
    return merging.tables()


class TestEveryTable:
    """Each table of each app that has a person's rows lets them move, and move back."""

    @pytest.mark.parametrize("model", _moving_tables(), ids=lambda each: each._meta.label)
    def test_moves_and_moves_back(self, scene: Scene, model: Any) -> None:
        with scene():
            ana = rows.row_of(Worker, rows.ANA)
            # Not a gap, which the kept person has too: such a row stays.
            row = rows.row_of(model, rows.ANA, **({"kind": "x"} if model is Task else {}))
            WorkerState.objects.get_or_create(worker=ana, defaults=rows.ANA.scope())
        keep = cast.worker()
        was = everything()
        with acting_as(ROBOT):
            made = MergeRecord(worker=keep, gone=ana)
            made.moved = {
                each._meta.label: merging._moved(each, keep, ana)  # type: ignore[arg-type]
                for each in merging.tables()
            }
            assert model._default_manager.filter(worker_id=keep.id).exists()
            assert str(row.pk) in made.moved[model._meta.label]
            merging._move_back(made, keep, ana)  # type: ignore[arg-type]
        assert everything() == was

    def test_that_stays_has_a_reason_and_is_there(self) -> None:
        assert all(merging.STAYS.values())
        assert set(merging.STAYS) <= set(apps.get_models())
        assert len(merging.tables()) > 20

    def test_no_other_table_points_to_a_person(self) -> None:
        """A new table whose person stands under another name has to be thought of here."""
        odd = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.related_model is Worker and field.name != "worker"
        }
        assert odd == {
            "registry.Worker.merged_into",
            "registry.DistinctPair.other",
            "registry.MergeRecord.gone",
        }


class TestAddPassport:
    def zone(self, **given: str) -> str:
        values = {
            "primary": "RAHAYU",
            "secondary": "SITI",
            "number": "C1234567",
            "state": "IDN",
            "nationality": "IDN",
            "born": "990412",
            "sex": "F",
            "expires": "310101",
        }
        return mrz.format_td3(mrz.Passport(**(values | given)))

    @pytest.mark.usefixtures("places")
    def test_keeps_number_issuer_and_validity(self) -> None:
        who = cast.worker()
        kept = operations.add_passport(cast.OFFICER, who.id, zone=self.zone(), on=cast.TODAY)
        assert (kept.issuer, kept.valid_to, kept.warning) == ("ID", date(2031, 1, 1), "")

    @pytest.mark.usefixtures("places")
    def test_warns_of_what_the_file_says_otherwise_and_keeps_it(self) -> None:
        who = cast.worker()
        zone = self.zone(born="980412", sex="M", primary="WULAN")
        kept = operations.add_passport(cast.OFFICER, who.id, zone=zone, on=cast.TODAY)
        assert kept.warning == "birth-date-differs, sex-differs, name-differs"

    def test_names_the_field_that_was_misread(self) -> None:
        who = cast.worker()
        upper, lower = self.zone().split("\n")
        wrong = f"{upper}\n{lower[:13]}990413{lower[19:]}"
        with pytest.raises(operations.CheckDigitsWrong) as refused:
            operations.add_passport(cast.OFFICER, who.id, zone=wrong, on=cast.TODAY)
        assert refused.value.facts["checks"] == ["birth", "composite"]

    def test_refuses_what_is_no_zone(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.add_passport(cast.OFFICER, who.id, zone="C1234567", on=cast.TODAY)

    def test_is_closed_to_another_office_and_a_stranger(self) -> None:
        who = cast.worker()
        with pytest.raises(NotFound):
            operations.add_passport(cast.OTHER_OFFICER, who.id, zone=self.zone(), on=cast.TODAY)
        with pytest.raises(NotAllowed):
            operations.add_passport(ANYONE, who.id, zone=self.zone(), on=cast.TODAY)


def test_the_journal_names_no_reason(scene: Scene) -> None:
    merge(cast.worker(), cast.worker())
    with scene():
        told = " ".join(str(each.payload) for each in JournalEntry.objects.all())
    assert WHY not in told
