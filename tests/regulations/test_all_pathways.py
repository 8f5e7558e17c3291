"""Every pathway as shipped: complete, sourced, in both languages, and closed until all is given."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.days import add_months
from lindung.regulations import files
from lindung.regulations.lawbook import law
from lindung.regulations.pathways import (
    Evidence,
    good_until,
    open_requirements,
    pathway_faults,
    pathway_for,
    pathways,
)
from lindung.regulations.validation import validate

DAY = date(2026, 3, 1)
WAYS = pathways()
# Days on which a span of months could be cut short.
ENDS = [date(2026, 3, 1), date(2026, 11, 30), date(2027, 12, 31), date(2028, 2, 29)]
TIMED = [
    (way.id, each.id)
    for way in WAYS.values()
    for each in way.requirements
    if each.validity is not None
]


def test_serve_the_corridors_that_were_asked_for():
    assert {
        "g2g-kr",
        "p2p-hk-domestic",
        "p2p-my-plantation",
        "p2p-tw-care",
        "p2p-tw-manufacturing",
        "perseorangan",
        "ukps",
    } <= set(WAYS)
    assert not [fault for fault in validate() if "pathways/" in fault]


@pytest.mark.parametrize("id_", sorted(WAYS))
class TestEachPathway:
    def test_says_everything_in_both_languages(self, id_):
        for each in [WAYS[id_], *WAYS[id_].requirements, *WAYS[id_].published]:
            assert each.title.id.strip()
            assert each.title.en.strip()
            assert each.title.id != each.title.en

    def test_names_a_source_that_is_described(self, id_):
        way = WAYS[id_]
        for each in way.requirements:
            parts = filter(None, (each, each.validity, each.clock, each.usual))
            assert all(key in way.sources for part in parts for key in part.source)
            assert each.source

    def test_is_sure_only_of_what_rests_on_more_than_own_knowledge(self, id_):
        way = WAYS[id_]
        for each in way.requirements:
            if not each.legal_basis and each.confidence == "high":
                kinds = {way.sources[key].kind for key in each.source}
                assert kinds - {"own_knowledge", "none"}, each.id

    def test_takes_no_usual_length_from_own_knowledge(self, id_):
        way = WAYS[id_]
        spans = [each.usual for each in way.requirements if each.usual]
        assert not any(
            way.sources[key].kind in {"own_knowledge", "none"}
            for span in spans
            for key in span.source
        )

    def test_asks_for_the_papers_of_the_law(self, id_):
        way = WAYS[id_]
        articles = {basis.article for each in way.requirements for basis in each.legal_basis}
        assert {f"13({letter})" for letter in "abcdefh"} <= articles
        # The agreement with an agency exactly where there is an agency.
        assert ("13(g)" in articles) == way.needs_agency
        assert way.asks("placement_agreement") == way.needs_agency
        assert {"social_security_before", "social_security_during", "card"} <= {
            each.id for each in way.requirements
        }

    @given(data=st.data())
    def test_is_open_exactly_while_something_is_missing(self, id_, data):
        way = WAYS[id_]
        wanted = [each.id for each in way.requirements if each.for_departure]
        there = data.draw(st.sets(st.sampled_from(wanted)))
        state = data.draw(st.sampled_from(["accepted", "waived"]))
        evidence = {each: Evidence(state=state, given_on=DAY) for each in there}
        left = {each.requirement.id for each in open_requirements(way, evidence, on=DAY)}
        assert left == set(wanted) - there
        assert (left == set()) == (there == set(wanted))


@pytest.mark.parametrize(("id_", "requirement"), TIMED)
@pytest.mark.parametrize("given_on", ENDS)
def test_a_validity_ends_between_its_last_day_and_the_next(id_, requirement, given_on):
    way = WAYS[id_]
    asked = way.requirement(requirement)
    evidence = {requirement: Evidence(state="accepted", given_on=given_on)}
    last = good_until(asked, evidence[requirement])
    assert last is not None

    def is_open(day):
        left = open_requirements(way, evidence, on=day, for_departure=False)
        return requirement in {each.requirement.id for each in left}

    assert not is_open(last)
    assert is_open(last + timedelta(days=1))
    amount, unit = asked.validity.amount, asked.validity.unit
    months = amount * (12 if unit == "years" else 1)
    assert last == add_months(given_on, months) - timedelta(days=1)


class TestCorridor:
    @pytest.mark.parametrize("id_", ["ukps", "perseorangan"])
    def test_bound_to_none_serves_every_country_but_home(self, id_):
        corridor = WAYS[id_].corridor
        assert corridor.fixed == ""
        assert corridor.serves("JP")
        assert corridor.serves("DE")
        assert not corridor.serves("ID")

    def test_of_one_country_serves_that_alone(self):
        corridor = WAYS["p2p-hk-domestic"].corridor
        assert corridor.fixed == "HK"
        assert not corridor.serves("TW")

    def test_is_found_by_any_country_it_serves(self):
        found = pathway_for(scheme="UKPS", origin="ID", destination="QA", on=DAY)
        assert found.id == "ukps"


class TestFaults:
    @pytest.fixture
    def faults(self, tmp_path):
        kept = yaml.safe_load((files.FOLDER / "ID/pathways/g2g-kr.yaml").read_text("utf-8"))
        folder = tmp_path / "ID" / "pathways"
        folder.mkdir(parents=True)
        (tmp_path / "schema.json").write_bytes((files.FOLDER / "schema.json").read_bytes())

        def found(change):
            data = copy.deepcopy(kept)
            change(data)
            (folder / "g2g-kr.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
            return list(pathway_faults(tmp_path, law()))

        return found

    def test_has_none_as_shipped(self, faults):
        assert faults(lambda data: None) == []

    def test_names_a_published_number_of_no_step(self, faults):
        def change(data):
            data["published"][0]["requirement"] = "lottery"

        assert any("lottery" in fault for fault in faults(change))

    def test_names_a_source_that_is_not_there(self, faults):
        def change(data):
            data["published"][0]["source"] = ["nowhere"]

        assert any("nowhere" in fault for fault in faults(change))

    def test_names_a_span_that_is_turned_round(self, faults):
        def change(data):
            data["requirements"][0]["usual"] = {
                "least": 9,
                "most": 2,
                "count": "days",
                "source": ["eps-jobapp"],
                "confidence": "high",
            }

        assert any("longer at least" in fault for fault in faults(change))

    def test_takes_a_list_of_countries_and_no_free_words(self, faults):
        def to(destination):
            def change(data):
                data["corridor"]["destination"] = destination

            return change

        assert faults(to(["KR", "JP"])) == []
        assert faults(to("any")) == []
        assert faults(to("everywhere"))
