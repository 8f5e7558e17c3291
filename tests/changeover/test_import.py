"""An older system's people, placements and contracts come in once, whole, and with their doubts."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry, Jurisdiction
from lindung.access.renewing import renew_all
from lindung.changeover import bringing, comparing, operations, staging, understanding
from lindung.changeover.mapping import MappingUnusable, load
from lindung.changeover.models import Chunk, Fault, Import, Link, Staged
from lindung.changeover.rotation import ROTATIONS
from lindung.kernel.identifiers import Kind
from lindung.kernel.secrets import Keyring
from lindung.placement import terms
from lindung.placement.models import Contract, ContractTerms, Placement
from lindung.registry.balance import imbalances
from lindung.registry.models import Identifier, Worker, WorkerState
from lindung.registry.operations import add_identifier
from lindung.registry.queries import find_workers
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.django_db

PLAN: dict[str, Any] = {
    "source": "lama-2019",
    "title": "Sistem lama",
    "persons": {
        "file": "pekerja.csv",
        "key": "id",
        "columns": {
            "full_name": "nama",
            "birth_date": {"from": "lahir", "date": "%d/%m/%Y"},
            "sex": {"from": "jk", "values": {"L": "M", "P": "F"}},
            "region": "kab",
            "nik": "nik",
            "passport": "paspor",
        },
    },
    "placements": {
        "file": "penempatan.csv",
        "key": "id",
        "person": "pekerja",
        "columns": {
            "country": {"from": "negara", "values": {"Taiwan": "TW", "Korea": "KR"}},
            "pathway": {"always": "p2p-tw"},
            "sector": {"always": "domestic"},
            "state": {
                "from": "status",
                "values": {"proses": "preparing", "tiba": "arrived", "selesai": "ended"},
            },
            "opened_on": "daftar",
            "cleared_on": "berangkat",
            "departed_on": "berangkat",
            "arrived_on": "tiba",
            "ended_on": "selesai",
        },
    },
    "contracts": {
        "file": "kontrak.csv",
        "key": "id",
        "placement": "penempatan",
        "columns": {
            "signed_on": "ttd",
            "ends_on": "sampai",
            "wage": "upah",
            "currency": "mata_uang",
        },
    },
}
FILES = {
    "pekerja.csv": """id,nama,lahir,jk,kab,nik,paspor
1,Siti Rahayu,03/02/1999,P,3502,3502014302990001,C1234567
2,Budi Santoso,31/02/1990,L,9999,12,
3,,01/01/1990,L,,,
4,Dewi Lestari,05/06/1995,X,3502,,
1,Siti lagi,,,,,
""",
    "penempatan.csv": """id,pekerja,negara,status,daftar,berangkat,tiba,selesai
A,1,Taiwan,tiba,2025-01-05,2025-03-01,2025-03-02,
B,1,Korea,selesai,2019-01-05,2019-03-01,2019-03-02,2022-03-01
C,2,Taiwan,tiba,2025-01-05,,,
D,4,Mars,proses,2025-01-05,,,
E,3,Taiwan,proses,2025-01-05,,,
F,77,Taiwan,proses,2025-01-05,,,
G,4,Taiwan,proses,2025-02-05,,,
H,4,Taiwan,proses,2025-01-05,,,
""",
    "kontrak.csv": """id,penempatan,ttd,sampai,upah,mata_uang
K1,A,2025-01-20,2099-01-20,5100,TWD
K2,B,2019-02-01,2022-02-01,1800000,KRW
K3,C,2025-01-20,2027-01-20,5100,TWD
""",
}


@pytest.fixture
def export(tmp_path: Path, shipped: None, posts: Any) -> tuple[Path, Path]:
    """The export's folder and its mapping file."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(yaml.safe_dump(PLAN))
    return folder, mapping


def bring(export: tuple[Path, Path], scene: Scene, **options: Any) -> Import:
    """Bring it in, as the owner."""
    with scene():
        return operations.bring_in(*export, say=lambda _: None, **options)


def slugs(import_: Import) -> set[tuple[str, int, str, bool]]:
    """Kind, line, slug and whether the row stayed out."""
    return {
        (each.kind, each.line, each.slug, each.refused)
        for each in Fault.objects.filter(import_id=import_.id)
    }


class TestBringsIn:
    def test_a_whole_life(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with scene():
            siti = Worker.objects.get(full_name="Siti Rahayu")
            placement = Placement.objects.get(worker=siti, state="arrived")
            contract = Contract.objects.get(placement=placement)
            state = WorkerState.objects.get(worker=siti)
            post = Jurisdiction.objects.filter(country="TW").values_list("post_id", flat=True)
            assert (siti.sex, siti.country) == ("F", "TW")
            assert siti.post_id in set(post)
            assert (state.stage, state.confirmed_on) == ("during", None)
            assert contract.state == "signed"
            assert contract.checked_on is None
            stated = ContractTerms.objects.get(contract=contract).stated
            assert stated["wage.monthly_ordinary"] == ["5100", "TWD/month"]
            assert Placement.objects.get(worker=siti, state="ended").country == "KR"
            assert Contract.objects.get(placement__state="ended").state == "lapsed"

    def test_each_row_is_in_the_journal(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with scene():
            siti = Worker.objects.get(full_name="Siti Rahayu")
            told = sorted(
                JournalEntry.objects.filter(worker_id=siti.id).values_list("type", flat=True)
            )
        assert told == [
            "changeover.ContractBroughtIn", "changeover.ContractBroughtIn",
            "changeover.PersonBroughtIn",
            "changeover.PlacementBroughtIn", "changeover.PlacementBroughtIn",
        ]  # fmt: skip

    def test_scope_and_terms_are_as_the_nightly_checks_want_them(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        with scene():
            assert imbalances() == []
            assert list(terms.faults()) == []

    def test_is_found_by_name(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with acting_as(cast.MINISTRY):
            found = find_workers(cast.MINISTRY, "rahayu")
        assert [each.full_name for each in found] == ["Siti Rahayu"]

    def test_numbers_are_sealed(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with scene():
            found = Identifier.objects.filter(worker__full_name="Siti Rahayu")
            assert {each.kind for each in found} == {"nik", "passport"}
            assert not any(b"3502014302990001" in bytes(each.cipher) for each in found)


class TestDoubts:
    def test_each_row_meets_its_fate(self, export: tuple[Path, Path], scene: Scene) -> None:
        import_ = bring(export, scene)
        with scene():
            assert slugs(import_) == {
                ("persons", 3, "day-unreadable", False),
                ("persons", 3, "region-unknown", False),
                ("persons", 3, "number-malformed", False),
                ("persons", 4, "name-missing", True),
                ("persons", 5, "code-unknown", False),
                ("persons", 6, "key-twice", True),
                ("placements", 4, "missing", True),
                ("placements", 5, "code-unknown", False),
                ("placements", 5, "country-unknown", True),
                ("placements", 6, "person-refused", True),
                ("placements", 7, "parent-missing", True),
                ("placements", 9, "another-under-way", True),
                ("contracts", 4, "placement-refused", True),
            }
            assert (
                Worker.objects.filter(full_name__in=["Budi Santoso", "Dewi Lestari"]).count() == 2
            )
            assert import_.counts["persons brought in"] == 3

    def test_nothing_says_a_value(self, export: tuple[Path, Path], scene: Scene) -> None:
        import_ = bring(export, scene)
        with scene():
            told = json.dumps(
                list(Fault.objects.filter(import_id=import_.id).values("field", "slug"))
            )
        assert "9999" not in told
        assert "Mars" not in told


class TestAgain:
    def test_the_same_export_changes_nothing(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with scene():
            before = (Worker.objects.count(), Placement.objects.count(), Contract.objects.count())
        second = bring(export, scene)
        with scene():
            after = (Worker.objects.count(), Placement.objects.count(), Contract.objects.count())
            assert Staged.objects.count() == 0
        assert after == before
        assert second.counts["persons here already"] == 3

    def test_a_later_export_brings_what_is_new(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        folder, _ = export
        with (folder / "kontrak.csv").open("a") as more:
            more.write("K9,A,2025-06-01,2027-06-01,5200,TWD\n")
        text = (
            (folder / "kontrak.csv")
            .read_text()
            .replace("K1,A,2025-01-20,2099", "K1,A,2025-01-20,2025")
        )
        (folder / "kontrak.csv").write_text(text)
        with scene():
            Contract.objects.filter(placement__state="arrived").update(state="lapsed")
        second = bring(export, scene)
        assert second.counts["contracts brought in"] == 1

    def test_goes_on_after_a_cut(
        self, export: tuple[Path, Path], scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staging, "CHUNK", 1)
        real = bringing.chunk

        def cut(import_: Import, number: int, **rest: Any) -> Any:
            if number == 2:
                raise KeyboardInterrupt
            return real(import_, number, **rest)

        monkeypatch.setattr(bringing, "chunk", cut)
        with pytest.raises(KeyboardInterrupt):
            bring(export, scene)
        with scene():
            [begun] = Import.objects.all()
            assert Chunk.objects.filter(import_id=begun.id).count() == 2
        monkeypatch.setattr(bringing, "chunk", real)
        done = bring(export, scene)
        with scene():
            assert done.id == begun.id
            assert Worker.objects.filter(full_name="Siti Rahayu").count() == 1
        assert done.counts["persons brought in"] == 3

    def test_another_export_waits_for_the_first(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        import_ = bring(export, scene)
        with scene():
            Import.objects.filter(id=import_.id).update(ended_at=None)
        (export[0] / "pekerja.csv").write_text("id,nama,lahir,jk,kab,nik,paspor\n")
        with pytest.raises(operations.AnotherUnderWay):
            bring(export, scene)

    def test_somebody_we_know_already_is_not_made_twice(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        folder, mapping = export
        mapping.write_text(yaml.safe_dump(PLAN | {"source": "lain"}))
        second = bring((folder, mapping), scene)
        assert second.counts["persons known by their NIK"] == 1
        with scene():
            assert Worker.objects.filter(full_name="Siti Rahayu").count() == 1

    def test_the_same_nik_with_another_birth_date_is_somebody_else_and_said(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        folder, mapping = export
        people = (folder / "pekerja.csv").read_text()
        (folder / "pekerja.csv").write_text(people.replace("03/02/1999", "04/02/1999"))
        mapping.write_text(yaml.safe_dump(PLAN | {"source": "lain"}))
        second = bring((folder, mapping), scene)
        assert second.counts.get("persons known by their NIK", 0) == 0
        with scene():
            fault = Fault.objects.get(import_id=second.id, slug="nik-of-another")
            assert (fault.kind, fault.line, fault.field, fault.refused) == (
                "persons",
                2,
                "nik",
                False,
            )
            first, other = Worker.objects.filter(full_name="Siti Rahayu").order_by("id")
            warned = Identifier.objects.filter(kind="nik").values_list("worker_id", "warning")
            assert dict(warned) == {first.id: "", other.id: "nik-of-another"}
            assert not Placement.objects.filter(worker=first).exclude(
                id__in=Link.objects.filter(source="lama-2019").values("subject")
            )

    def test_days_that_cannot_be_read_refuse_the_row_alone(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        folder, _ = export
        jobs = folder / "penempatan.csv"
        jobs.write_text(jobs.read_text().replace("2025-03-01,2025-03-02", "2025-99-01,2025-03-02"))
        import_ = bring(export, scene)
        with scene():
            slugs_of_a = Fault.objects.filter(import_id=import_.id, kind="placements", line=2)
            assert ("missing", "departed_on", True) in set(
                slugs_of_a.values_list("slug", "field", "refused")
            )
            assert Placement.objects.filter(state="ended").count() == 1

    def test_an_unknown_state_refuses_the_row_alone(self, export: tuple[Path, Path]) -> None:
        said = understanding.placement(
            {"country": "TW", "state": "lost", "pathway": "p", "sector": "s",
             "opened_on": "2025-01-05"}, on=cast.TODAY,
        )  # fmt: skip
        assert ("state-unknown", True) in {(each.slug, each.refused) for each in said.doubts}

    def test_somebody_under_way_here_is_not_sent_twice(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        folder, mapping = export
        mapping.write_text(yaml.safe_dump(PLAN | {"source": "lain"}))
        second = bring((folder, mapping), scene)
        with scene():
            live = Placement.objects.filter(worker__full_name="Siti Rahayu", state="arrived")
            assert live.count() == 1
            assert ("placements", 2, "another-under-way", True) in slugs(second)

    def test_somebody_at_home_here_moves_with_the_placement(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        who = cast.worker(full_name="Siti Rahayu", birth_date=date(1999, 2, 3))
        add_identifier(cast.OFFICER, who.id, kind=Kind.NIK, value="3502014302990001", on=cast.TODAY)
        bring(export, scene)
        with scene():
            who.refresh_from_db()
            state = WorkerState.objects.get(worker=who)
            assert (who.country, who.post_id) == ("TW", cast.TAIPEI)
            assert (state.country, state.stage) == ("TW", "during")
            assert imbalances() == []


class TestTrial:
    def test_keeps_nothing_but_what_it_found(self, export: tuple[Path, Path], scene: Scene) -> None:
        import_ = bring(export, scene, keep=False)
        with scene():
            assert Worker.objects.count() == 0
            assert (Link.objects.count(), Staged.objects.count()) == (0, 0)
            assert len(slugs(import_)) == 13


class TestSideBySide:
    def test_lists_what_differs_and_who_moved(
        self, export: tuple[Path, Path], scene: Scene
    ) -> None:
        bring(export, scene)
        folder, mapping = export
        text = (folder / "penempatan.csv").read_text()
        text = text.replace("A,1,Taiwan,tiba,2025-01-05,2025-03-01,2025-03-02,", "")
        text = text.replace("2022-03-01\n", "2022-04-01\n")
        (folder / "penempatan.csv").write_text(text + "Z,1,Taiwan,proses,2026-01-05,,,\n")
        with scene():
            import_, found = operations.compare(folder, mapping)
            assert Staged.objects.count() == 0
        seen = {(each.kind, each.what, each.field, each.theirs, each.moved) for each in found}
        assert ("placements", "differs", "ended_on", "2022-04-01", True) in seen
        assert ("placements", "gone there", "", "", False) in seen
        assert ("placements", "new there", "", "", False) in seen
        assert import_.counts["placements gone there"] == 1

    def test_keeps_nobody_staged_when_it_breaks_off(
        self, export: tuple[Path, Path], scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "differences", lambda _import: 1 // 0)
        with scene():
            with pytest.raises(ZeroDivisionError):
                operations.compare(*export)
            assert not Staged.objects.exists()

    def test_agrees_with_itself(self, export: tuple[Path, Path], scene: Scene) -> None:
        bring(export, scene)
        with scene():
            _, found = operations.compare(*export)
        # What was refused is new there still; nothing that is here differs.
        assert {each.what for each in found} == {"new there"}


class TestAnotherKey:
    def test_links_are_found_under_every_key_of_the_ring(
        self, export: tuple[Path, Path], scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = [(1, b"a" * 32, b"b" * 32)]
        rings = {"now": Keyring(old, current=1)}
        for module in (bringing, staging):
            monkeypatch.setattr(module, "keyring", lambda: rings["now"])
        bring(export, scene)
        rings["now"] = Keyring([*old, (2, b"c" * 32, b"d" * 32)], current=2)
        assert bring(export, scene).counts["persons here already"] == 3
        with scene():
            [rotation] = ROTATIONS
            renewed = sum(renew_all(rotation, rings["now"], batch=2))
            assert renewed == Link.objects.count()
        rings["now"] = Keyring([(2, b"c" * 32, b"d" * 32)], current=2)
        monkeypatch.setattr(bringing, "_known_numbers", lambda _: {})
        assert bring(export, scene).counts["persons here already"] == 3


class TestMapping:
    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"persons": {"file": "a", "key": "id", "columns": {"shoe": "x"}}}, "shoe"),
            ({"persons": {"file": "a", "key": "id", "columns": {"sex": "x"}}}, "full_name"),
            ({"placements": {"file": "a", "key": "id", "columns": {}}}, "person"),
            ({"source": "Not a code"}, "source"),
        ],
    )
    def test_says_what_is_wrong(self, tmp_path: Path, change: dict[str, Any], place: str) -> None:
        file = tmp_path / "mapping.yaml"
        file.write_text(yaml.safe_dump(PLAN | change))
        with pytest.raises(MappingUnusable) as refused:
            load(file)
        assert place in str(refused.value.facts["places"])


class TestTheCommand:
    def test_reports_counts_and_rows(self, export: tuple[Path, Path], scene: Scene) -> None:
        folder, mapping = export
        report = folder.parent / "report.csv"
        out = StringIO()
        with scene():
            call_command(
                "import_legacy", str(folder), mapping=mapping, report=report, json=True,
                processes=1, stdout=out,
            )  # fmt: skip
        assert json.loads(out.getvalue())["counts"]["persons brought in"] == 3
        assert "parent-missing" in report.read_text()
        assert report.stat().st_mode & 0o077 == 0

    def test_refuses_with_what_to_mend(self, export: tuple[Path, Path], scene: Scene) -> None:
        (export[0] / "kontrak.csv").unlink()
        with scene(), pytest.raises(CommandError, match="kontrak.csv"):
            call_command("import_legacy", str(export[0]), mapping=export[1], processes=1)
