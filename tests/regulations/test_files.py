"""The law as shipped is whole, and nothing of it was lost."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from lindung.regulations import files
from lindung.regulations.lawbook import law
from lindung.regulations.validation import validate

OWN = "own_knowledge"


def rows():
    return [(rule, row) for rule in law().parameters.values() for row in rule.values]


class TestTheLawAsShipped:
    def test_has_every_rule_and_every_dated_value(self):
        assert len(law().parameters) == 505
        assert len(rows()) == 796

    def test_says_what_nobody_looked_up(self):
        def kinds(rule, row):
            sources = law().jurisdictions[rule.jurisdiction].sources
            return {sources[key].kind for key in row.source}

        assert sum(kinds(rule, row) == {OWN} for rule, row in rows()) == 235

    def test_says_what_is_unknown(self):
        unknown = [row for _rule, row in rows() if row.status == "unknown"]
        assert len(unknown) == 99
        assert all(row.value is None and row.confidence == "low" for row in unknown)

    def test_has_as_many_rules_per_country_as_were_collected(self):
        counted = Counter(rule.jurisdiction for rule in law().parameters.values())
        assert counted == {
            "AE": 40,
            "BN": 34,
            "HK": 38,
            "ID": 48,
            "JP": 90,
            "KR": 74,
            "MY": 46,
            "SA": 45,
            "SG": 46,
            "TW": 44,
        }

    def test_is_whole(self):
        assert validate() == []

    def test_names_no_place_outside_this_project(self):
        for name, content in files.law_files(files.FOLDER).items():
            text = content.decode()
            assert "shared/" not in text, name
            assert "research/" not in text, name

    def test_names_files_that_exist(self):
        for jurisdiction in law().jurisdictions.values():
            for source in jurisdiction.sources.values():
                if source.locator.startswith("reference/"):
                    assert (files.ROOT / source.locator.split(" ")[0]).is_file(), source.locator


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "regulations"
    shutil.copytree(files.FOLDER, folder)
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


class TestValidate:
    HOURLY = "KR/minimum_wage/hourly.yaml"

    def test_finds_an_unknown_source(self, copy):
        change(copy / self.HOURLY, "source: kbs-2020", "source: nowhere")
        assert [fault for fault in validate(copy) if "nowhere" in fault]

    def test_finds_rows_out_of_order(self, copy):
        change(copy / self.HOURLY, "2019-01-01", "2017-01-01")
        assert [fault for fault in validate(copy) if "order" in fault]

    def test_finds_a_file_in_the_wrong_folder(self, copy):
        (copy / self.HOURLY).rename(copy / "KR/hourly.yaml")
        assert [fault for fault in validate(copy) if "belongs in" in fault]

    def test_finds_an_id_that_stands_twice(self, copy):
        shutil.copy(copy / self.HOURLY, copy / "KR/again.yaml")
        assert [fault for fault in validate(copy) if "kr.minimum_wage.hourly" in fault]

    def test_finds_a_field_that_does_not_exist(self, copy):
        change(copy / self.HOURLY, "rule: minimum", "rule: minimum\nsurprise: 1")
        assert [fault for fault in validate(copy) if "surprise" in fault]

    def test_finds_an_unknown_row_with_a_value(self, copy):
        change(copy / self.HOURLY, "value: null", "value: 11000")
        assert validate(copy)

    def test_finds_an_exception_that_nobody_explained(self, copy):
        change(copy / "KR/night/premium.yaml", "4 or fewer", "9 or fewer")
        assert [fault for fault in validate(copy) if "9 or fewer" in fault]

    def test_finds_a_row_that_still_runs_when_the_next_begins(self, copy):
        change(
            copy / self.HOURLY,
            "effective_from: 2018-01-01",
            "effective_from: 2018-01-01\n    effective_to: 2019-03-01",
        )
        assert [fault for fault in validate(copy) if "still runs" in fault]

    def test_finds_a_reading_of_no_rule(self, copy):
        change(copy / "KR/_readings.yaml", "kr.minimum_wage.monthly_209h:", "kr.no_such:")
        assert [fault for fault in validate(copy) if "kr.no_such" in fault]

    def test_finds_a_pathway_step_that_needs_a_later_one(self, copy):
        change(copy / "ID/pathways/g2g-kr.yaml", "needs: [registration]", "needs: [card]")
        assert [fault for fault in validate(copy) if "needs card" in fault]

    def test_finds_text_that_is_no_yaml(self, copy):
        (copy / self.HOURLY).write_text("a: [")
        assert [fault for fault in validate(copy) if self.HOURLY in fault]


class TestCompiledCopy:
    def test_says_the_same_as_the_files(self, copy, tmp_path):
        first = files.load(copy, cache=tmp_path / "cache")
        assert list((tmp_path / "cache").glob("law-*.msgpack"))
        assert files.load(copy, cache=tmp_path / "cache") == first

    def test_is_not_used_once_a_file_changed(self, copy, tmp_path):
        files.load(copy, cache=tmp_path / "cache")
        change(copy / "KR/minimum_wage/hourly.yaml", "10320", "10321")
        book = files.load(copy, cache=tmp_path / "cache")
        assert [r.value for r in book.parameters["kr.minimum_wage.hourly"].values][-2] == 10321
        assert len(list((tmp_path / "cache").glob("law-*.msgpack"))) == 1

    def test_is_ignored_when_broken(self, copy, tmp_path):
        files.load(copy, cache=tmp_path / "cache")
        (file,) = (tmp_path / "cache").glob("law-*.msgpack")
        file.write_bytes(b"\x93half")
        assert len(files.load(copy, cache=tmp_path / "cache").parameters) == 505

    def test_is_not_needed(self, copy, tmp_path):
        (tmp_path / "cache").write_text("a file where the folder should be")
        assert len(files.load(copy, cache=tmp_path / "cache").parameters) == 505

    def test_versions_are_digests_that_anybody_can_take(self):
        import hashlib

        rule = law().parameters["kr.minimum_wage.hourly"]
        content = (files.FOLDER / rule.path).read_bytes()
        assert rule.version == hashlib.sha256(content).hexdigest()
