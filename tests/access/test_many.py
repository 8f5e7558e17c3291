"""Many rows in one statement: what is written is what one row at a time would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lindung.access.acting import acting_as
from lindung.access.many import insert_all, insert_columns, insert_missing, update_all
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.registry.models import Sex, Task, Worker, WorkerToken
from tests import cast

DUE = datetime(2026, 3, 1, 8, tzinfo=UTC)


def people(count: int, **given: Any) -> list[Worker]:
    """So many people of the officer's region, not saved; no two of the same sex beside one another."""
    return [
        Worker(
            public_number=f"X-{n}",
            full_name=f"Nama 'ke' {n} é",
            sex=(Sex.FEMALE, "X", Sex.MALE)[n % 3],
            birth_date=date(1990, 1, 1 + n % 28) if n % 2 else None,
            region=cast.PONOROGO,
            **given,
        )
        for n in range(count)
    ]


def task(worker_id: UUID, kind: str) -> Task:
    """An open task of a person, not saved."""
    return Task(
        worker_id=worker_id, kind=kind, title="x", due_at=DUE, owner="office", details={"a": [1]}
    )


@pytest.mark.usefixtures("posts")
class TestInsertAll:
    @pytest.mark.parametrize("count", [1, 2, 7])
    def test_writes_what_save_would_have_written(self, count: int) -> None:
        made = people(count)
        with acting_as(cast.OFFICER):
            insert_all(made)
            names = [each.attname for each in Worker._meta.concrete_fields]
            for each in made:
                there = Worker.objects.get(id=each.id)
                assert [getattr(there, n) for n in names] == [getattr(each, n) for n in names]

    def test_takes_one_statement_that_is_counted_like_any_other(self) -> None:
        with acting_as(cast.OFFICER), CaptureQueriesContext(connection) as asked:
            insert_all(people(50))
        assert len(asked) == 1

    def test_leaves_rows_that_are_changed_and_not_added_when_saved_again(self) -> None:
        with acting_as(cast.OFFICER):
            insert_all(made := people(2))
            made[0].full_name = "Lain"
            made[0].save()
            assert set(Worker.objects.values_list("full_name", flat=True)) == {
                "Lain", made[1].full_name,
            }  # fmt: skip

    def test_is_bound_by_the_policies(self) -> None:
        with pytest.raises(ProgrammingError, match="row-level"), acting_as(cast.OTHER_OFFICER):
            insert_all(people(2))

    def test_writes_none_where_one_is_refused(self) -> None:
        twice, long = people(3), people(3)
        twice[2].public_number = twice[0].public_number
        long[1].full_name = "a" * 161
        with acting_as(cast.OFFICER):
            for rows, error in ((twice, IntegrityError), (long, DataError)):
                with pytest.raises(error), transaction.atomic():
                    insert_all(rows)
            assert not Worker.objects.exists()

    def test_of_nothing_asks_nothing(self) -> None:
        with CaptureQueriesContext(connection) as asked:
            insert_all([])
            insert_columns(WorkerToken, {})
            assert insert_missing([], constraint="any") == []
            update_all([], ["full_name"])
        assert not asked


@pytest.mark.usefixtures("posts")
class TestInsertColumns:
    def test_gives_what_is_not_named_its_default(self) -> None:
        ids = [new_id() for _ in range(2)]
        with acting_as(cast.OFFICER):
            insert_columns(
                Worker,
                {
                    "id": ids,
                    "public_number": ["X-1", "X-2"],
                    "full_name": ["Siti", "Wati"],
                    "region": [cast.PONOROGO] * 2,
                },
            )
            there = Worker.objects.get(id=ids[1])
        assert (there.full_name, there.language, there.walled) == ("Wati", "id", False)
        assert there.created_at is not None

    @pytest.mark.parametrize("odd", [{"nama": ["x", "y"]}, {"full_name": ["Siti"]}])
    def test_refuses_what_it_would_not_write(self, odd: dict[str, list[Any]]) -> None:
        with pytest.raises(TypeError, match=next(iter(odd))), acting_as(cast.OFFICER):
            insert_columns(Worker, {"id": [new_id(), new_id()]} | odd)

    def test_refuses_rows_with_an_array(self) -> None:
        (who,) = people(1, aliases=[new_id()])
        with pytest.raises(TypeError, match="aliases"), acting_as(cast.OFFICER):
            insert_all([who])


@pytest.mark.usefixtures("posts")
class TestInsertMissing:
    def test_tells_which_were_not_there(self) -> None:
        with acting_as(ROBOT):
            insert_all(who := people(2))
            first, second = (task(each.id, "gap:nik") for each in who)
            assert insert_missing([first], constraint="task_open_once") == [first]
            again, alike = task(who[0].id, "gap:nik"), task(who[1].id, "gap:nik")
            made = insert_missing([again, second, alike], constraint="task_open_once")
            assert made == [second]
            assert Task.objects.count() == 2
            assert Task.objects.get(id=first.id).details == {"a": [1]}


@pytest.mark.usefixtures("posts")
class TestUpdateAll:
    @pytest.mark.parametrize("count", [1, 3])
    def test_gives_each_row_its_own_values_and_touches_no_other(self, count: int) -> None:
        with acting_as(cast.OFFICER):
            insert_all(made := people(count + 1))
            *some, left = made
            for n, each in enumerate(some):
                each.full_name, each.birth_place = f"Baru {n}", "Ponorogo"
                each.birth_date = None if n else date(2000, 2, 29)
            update_all(some, ["full_name", "birth_place", "birth_date"])
            for each in made:
                there = Worker.objects.get(id=each.id)
                assert (there.full_name, there.birth_date) == (each.full_name, each.birth_date)
            assert Worker.objects.get(id=left.id).birth_place == ""
